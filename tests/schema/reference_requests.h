#pragma once
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/util/file.h"
#include "tests/support/reference.h"

namespace meterway::tests {

/// The requests of the reference data, by the names of their files.
inline std::vector<std::string> reference_requests() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(reference_path() / "duis"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> out;
  for (const auto& file : files) out.push_back(*read_text_file(file));
  return out;
}

}  // namespace meterway::tests
