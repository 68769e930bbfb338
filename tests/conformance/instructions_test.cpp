#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/util/hex.h"
#include "standard/gbcs/instructions.h"
#include "tests/support/reference.h"

// Every future-dated reference command against the alerts that the reference device sent on it.
namespace meterway {
namespace {

TEST(Instructions, AreAsManyAsTheReferenceDeviceReportedOn) {
  METERWAY_NEEDS_REFERENCE();
  std::ifstream manifest(tests::reference_path() / "manifest.tsv");
  std::string line;
  std::getline(manifest, line);
  int seen = 0;
  while (std::getline(manifest, line)) {
    std::vector<std::string> columns;
    std::stringstream fields(line);
    for (std::string field; std::getline(fields, field, '\t');) columns.push_back(field);
    if (columns.size() < 9 || columns[3].find("FUTURE_DATED") == std::string::npos ||
        columns[8].find("8F66") == std::string::npos || columns[6] == "-")
      continue;
    std::ifstream file(tests::reference_path() / "hex" / columns[6]);
    std::string hex, word;
    while (file >> word) hex += word;
    const auto bytes = from_hex(hex);
    ASSERT_TRUE(bytes) << columns[6];
    const auto command = gbcs::read_message(*bytes);
    ASSERT_TRUE(command) << columns[6];
    const auto alerts = 1 + std::count(columns[8].begin(), columns[8].end(), ';');
    EXPECT_EQ(gbcs::count_instructions(*command), static_cast<unsigned>(alerts)) << columns[0];
    ++seen;
  }
  EXPECT_GE(seen, 10);
}

}  // namespace
}  // namespace meterway
