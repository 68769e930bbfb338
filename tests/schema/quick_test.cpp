// The quick way through a document against the long one: the same verdict, in the same words, and the same tree.
#include <gtest/gtest.h>

#include "standard/duis/quick_reader.h"
#include "standard/duis/schema.h"
#include "tests/schema/generator.h"
#include "tests/schema/mutants.h"
#include "tests/schema/reference_requests.h"

namespace meterway::tests {
namespace {

constexpr std::size_t kMutantsEach = 40;

std::string written(const duis::Element& element) {
  std::string out = "<" + element.name;
  for (const auto& [name, value] : element.attributes) out += " " + name + "='" + value + "'";
  out += ">" + element.text;
  for (const auto& child : element.children) out += written(child);
  return out + "</>";
}

std::string verdict(const Result<duis::Element, duis::Problem>& read) {
  if (read) return written(*read);
  return std::to_string(static_cast<int>(read.error().code)) + " " + read.error().element + ":" +
         std::to_string(read.error().line) + ": " + read.error().rule;
}

bool is_read_quickly(const xml::Document& document) {
  using namespace duis::schema;
  const auto name = find_name(Space::Gateway, "Request");
  for (const auto& global : global_elements()) {
    duis::Element out;
    if (global.name == name) return QuickReader(document.tree()).read(document.root().place(), global.type, {}, &out);
  }
  return false;
}

TEST(QuickReader, ReadsTheReferenceRequestsToTheSameTrees) {
  METERWAY_NEEDS_REFERENCE();
  const auto requests = reference_requests();
  std::size_t quick = 0;
  for (const auto& request : requests) {
    const auto document = xml::Document::parse(request);
    quick += is_read_quickly(*document);
    EXPECT_EQ(verdict(duis::validate(*document, "Request")),
              verdict(duis::validate_the_long_way(*document, "Request")));
  }
  EXPECT_GE(quick + 2, requests.size()) << "all but two whose schema repeats a group five times";
}

TEST(QuickReader, SaysOfTheirMutantsWhatTheLongWaySays) {
  METERWAY_NEEDS_REFERENCE();
  const auto requests = reference_requests();
  Mutator mutator(20261123);
  for (const auto& request : requests) mutator.learn(request);
  std::size_t right = 0, wrong = 0;
  for (const auto& request : requests) {
    if (request.size() > 100'000) continue;
    for (std::size_t i = 0; i < kMutantsEach; ++i) {
      const auto document = xml::Document::parse(mutator.mutant(request));
      if (!document) continue;
      const auto read = duis::validate(*document, "Request");
      ++(read ? right : wrong);
      ASSERT_EQ(verdict(read), verdict(duis::validate_the_long_way(*document, "Request"))) << request.substr(0, 400);
    }
  }
  EXPECT_GT(right, 1000u);
  EXPECT_GT(wrong, 1000u);
}

TEST(QuickReader, SaysOfWhateverIsMadeFromTheTablesWhatTheLongWaySays) {
  Generator generator(7);
  Mutator mutator(8);
  for (const char* root : {"Request", "Response"}) {
    for (int i = 0; i < 400; ++i) {
      const std::string whole = generator.document(root);
      for (int k = 0; k < 6; ++k) {
        const auto document = xml::Document::parse(k == 0 ? whole : mutator.mutant(whole));
        if (!document) continue;
        ASSERT_EQ(verdict(duis::validate(*document, root)), verdict(duis::validate_the_long_way(*document, root)))
            << whole;
      }
    }
  }
}

}  // namespace
}  // namespace meterway::tests
