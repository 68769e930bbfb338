// Our scanner against libxml2 over every reference request and its mutants: tree, lines, canonical forms, verdict.
#include <gtest/gtest.h>

#include "standard/duis/schema.h"
#include "tests/schema/mutants.h"
#include "tests/schema/reference_requests.h"
#include "tests/support/same_document.h"

namespace meterway::tests {
namespace {

constexpr std::size_t kMutantsEach = 8;

std::string verdict(const xml::Document& document) {
  const auto tree = duis::validate(document, "Request");
  return tree ? "" : tree.error().element + ":" + std::to_string(tree.error().line) + ": " + tree.error().rule;
}

/// True when the scanner reads it; a document that libxml2 reads otherwise is a failure.
bool scans_alike(const std::string& text) {
  const auto ours = xml::Document::parse(text);
  const auto theirs = xml::Document::parse_by_libxml2(text);
  EXPECT_EQ(ours.has_value(), theirs.has_value());
  if (!ours || !ours->is_scanned()) return false;
  EXPECT_EQ(difference(*ours, *theirs), "");
  EXPECT_EQ(verdict(*ours), verdict(*theirs));
  return true;
}

TEST(Scan, ReadsEveryReferenceRequestAsLibxml2Does) {
  METERWAY_NEEDS_REFERENCE();
  for (const auto& request : reference_requests()) EXPECT_TRUE(scans_alike(request)) << request.substr(0, 400);
}

TEST(Scan, ReadsTheirMutantsAsLibxml2Does) {
  METERWAY_NEEDS_REFERENCE();
  const auto requests = reference_requests();
  Mutator mutator(20261122);
  for (const auto& request : requests) mutator.learn(request);
  std::size_t scanned = 0;
  for (const auto& request : requests) {
    if (request.size() > 100'000) continue;
    for (std::size_t i = 0; i < kMutantsEach; ++i) scanned += scans_alike(mutator.mutant(request)) ? 1 : 0;
    ASSERT_FALSE(HasFailure()) << request.substr(0, 400);
  }
  EXPECT_GT(scanned, requests.size() * kMutantsEach / 2);
}

}  // namespace
}  // namespace meterway::tests
