// Our verdict on a document against the official schema's, for every reference request and many mutants. The second
// opinion is libxml2's validator, which is what xmllint runs; a sample goes through the program itself as well.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>

#include "standard/duis/schema.h"
#include "tests/schema/mutants.h"
#include "tests/schema/official.h"

namespace meterway::tests {
namespace {

std::vector<std::string> reference_requests() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(reference_path() / "duis"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> out;
  for (const auto& file : files) out.push_back(*read_text_file(file));
  return out;
}

constexpr int kMostFailures = 5;

struct Verdict {
  bool accepted;
  std::string why;
};

Verdict our_verdict(const std::string& xml, std::string_view root = "Request") {
  const auto document = xml::Document::parse(xml);
  if (!document) return {false, document.error().why};
  const auto tree = duis::validate(*document, root);
  if (tree) return {true, ""};
  return {false, tree.error().element + ": " + tree.error().rule};
}

/// Where we are stricter on purpose (docs/wire/duis.md, "Where we differ").
bool is_justified(const std::string& why) {
  return why.find("form: base64") != std::string::npos || why.find("xsi:type") != std::string::npos;
}

TEST(OfficialSchema, AcceptsEveryReferenceRequestAndSoDoWe) {
  METERWAY_NEEDS_REFERENCE();
  const OfficialSchema official;
  ASSERT_TRUE(official.loaded());
  const auto requests = reference_requests();
  EXPECT_EQ(requests.size(), 256u);
  for (const auto& request : requests) {
    std::string why;
    EXPECT_TRUE(official.accepts(request, &why)) << why;
    const auto ours = our_verdict(request);
    EXPECT_TRUE(ours.accepted) << ours.why;
  }
}

TEST(OfficialSchema, AgreesWithUsOnMutantsOfTheReferenceRequests) {
  METERWAY_NEEDS_REFERENCE();
  const OfficialSchema official;
  ASSERT_TRUE(official.loaded());
  const auto requests = reference_requests();
  Mutator mutator(20261122);
  for (const auto& request : requests) mutator.learn(request);
  constexpr std::size_t kMutants = 24'000;
  std::size_t valid = 0;
  std::size_t stricter = 0;
  int failures = 0;
  for (std::size_t i = 0; i < kMutants; ++i) {
    const std::string mutant = mutator.mutant(requests[i % requests.size()]);
    std::string theirs_why;
    const bool theirs = official.accepts(mutant, &theirs_why);
    const auto ours = our_verdict(mutant);
    valid += theirs ? 1 : 0;
    if (theirs && !ours.accepted && is_justified(ours.why)) {
      ++stricter;
      continue;
    }
    if (ours.accepted == theirs) continue;
    ADD_FAILURE() << "mutant " << i << "\nours: " << ours.why << "\ntheirs: " << theirs_why << "\n" << mutant;
    if (++failures > kMostFailures) FAIL() << "and more";
  }
  std::cout << kMutants << " mutants, " << valid << " valid, " << stricter << " refused by us alone\n";
  EXPECT_GE(valid * 100, kMutants * 30);
}

}  // namespace
}  // namespace meterway::tests
