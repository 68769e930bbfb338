#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/util/result.h"

/// The service request matrix of the code: which service request variant is open to which User role. The system's own
/// side is the table that authorises (standard/duis/services.h), so a document made from it cannot differ.
namespace meterway::governance {

/// Rows of cells; the first names the columns: variant, name, critical, then the User roles.
using Matrix = std::vector<std::vector<std::string>>;
const Matrix& service_matrix();

struct MatrixDifference {
  std::string row, column;         ///< column empty: the whole row
  std::string in_text, in_system;  ///< "missing" where there is no such row or column
};
/// Every difference between a matrix from a text of the code, its columns in any order, and the system's. A cell says
/// yes as "x", "X", "yes", "Yes" or "Y". Errors in words.
Result<std::vector<MatrixDifference>, std::string> compare_with_system(const Matrix& text);

}  // namespace meterway::governance
