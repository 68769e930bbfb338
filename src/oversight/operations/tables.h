#pragma once
#include "oversight/document/document.h"
#include "oversight/operations/books.h"

/// Tables of reports, by name in spec/report_forms.tsv.
namespace meterway::operations {

struct NamedTable {
  std::string_view name;
  Result<document::Table> (*make)(Books& books, Period month);
};
std::span<const NamedTable> all_tables();

}  // namespace meterway::operations
