#pragma once
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "tests/support/reference.h"

namespace meterway::tests {

struct ReferenceMessage {
  std::string name;
  Bytes bytes;
};

/// Every message of the reference data, sorted by file name.
inline std::vector<ReferenceMessage> reference_messages() {
  std::vector<ReferenceMessage> messages;
  for (const auto& entry : std::filesystem::directory_iterator(reference_path() / "hex")) {
    const auto text = read_text_file(entry.path());
    if (!text) continue;
    const auto bytes = from_hex(*text);
    EXPECT_TRUE(bytes) << entry.path();
    if (bytes) messages.push_back({entry.path().stem().string(), *bytes});
  }
  std::sort(messages.begin(), messages.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return messages;
}

}  // namespace meterway::tests
