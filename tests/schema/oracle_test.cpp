// Our verdict on a document against the official schema's, for every reference request and many mutants. The second
// opinion is libxml2's validator, which is what xmllint runs; a sample goes through the program itself as well.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>

#include "standard/duis/schema.h"
#include "tests/schema/generator.h"
#include "tests/schema/mutants.h"
#include "tests/schema/official.h"
#include "tests/schema/reference_requests.h"

namespace meterway::tests {
namespace {

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

struct Count {
  std::size_t all = 0;
  std::size_t valid = 0;
  std::size_t stricter = 0;
  int failures = 0;
};

std::ostream& operator<<(std::ostream& out, const Count& count) {
  return out << count.all << " mutants, " << count.valid << " valid, " << count.stricter << " refused by us alone";
}

void compare_verdicts(const OfficialSchema& official, const std::string& xml, std::string_view root, Count& count) {
  std::string theirs_why;
  const bool theirs = official.accepts(xml, &theirs_why);
  const auto ours = our_verdict(xml, root);
  ++count.all;
  count.valid += theirs ? 1 : 0;
  if (ours.accepted == theirs) return;
  if (theirs && is_justified(ours.why)) {
    ++count.stricter;
    return;
  }
  if (++count.failures < kMostFailures)
    ADD_FAILURE() << "ours: " << ours.why << "\ntheirs: " << theirs_why << "\n" << xml;
}

TEST(OfficialSchema, AgreesWithUsOnMutantsOfTheReferenceRequests) {
  METERWAY_NEEDS_REFERENCE();
  const OfficialSchema official;
  ASSERT_TRUE(official.loaded());
  const auto requests = reference_requests();
  Mutator mutator(20261122);
  for (const auto& request : requests) mutator.learn(request);
  constexpr std::size_t kMutants = 24'000;
  Count count;
  for (std::size_t i = 0; i < kMutants; ++i)
    compare_verdicts(official, mutator.mutant(requests[i % requests.size()]), "Request", count);
  std::cout << count << "\n";
  EXPECT_EQ(count.failures, 0);
  EXPECT_GE(count.valid * 100, count.all * 30);
}

/// Every request body and every kind of response and alert, made from our tables.
void agrees_on_generated(std::string_view root, std::size_t documents, std::size_t mutants_each) {
  const OfficialSchema official;
  ASSERT_TRUE(official.loaded());
  Generator generator(5);
  Mutator mutator(6);
  Count count;
  for (std::size_t i = 0; i < documents; ++i) {
    const std::string whole = generator.document(root);
    std::string why;
    ASSERT_TRUE(official.accepts(whole, &why)) << why << whole;
    const auto ours = our_verdict(whole, root);
    ASSERT_TRUE(ours.accepted) << ours.why << whole;
    for (std::size_t k = 0; k < mutants_each; ++k) compare_verdicts(official, mutator.mutant(whole), root, count);
  }
  std::cout << documents << " documents made from the tables, " << count << "\n";
  EXPECT_EQ(count.failures, 0);
}

TEST(OfficialSchema, AgreesWithUsOnRequestsMadeFromTheTables) {
  METERWAY_NEEDS_REFERENCE();
  agrees_on_generated("Request", 130 * 4, 10);
}

TEST(OfficialSchema, AgreesWithUsOnResponsesMadeFromTheTables) {
  METERWAY_NEEDS_REFERENCE();
  agrees_on_generated("Response", 600, 10);
}

/// The same engine, but the program that others will run: files in batches, "FILE validates" or "FILE fails to
/// validate".
TEST(Xmllint, AgreesWithUsOnASampleOfMutants) {
  METERWAY_NEEDS_REFERENCE();
  const TemporaryFolder folder;
  const auto schema = copy_official_schema(folder.path());
  const auto requests = reference_requests();
  Mutator mutator(77);
  for (const auto& request : requests) mutator.learn(request);
  std::vector<Verdict> ours;
  std::string command =
      "cd '" + folder.path().string() + "' && xmllint --nonet --noout --schema '" + schema.string() + "'";
  constexpr std::size_t kSample = 1'000;
  for (std::size_t i = 0; i < kSample; ++i) {
    const std::string text = i < requests.size() ? requests[i] : mutator.mutant(requests[i % requests.size()]);
    const std::string name = std::to_string(i) + ".xml";
    std::ofstream(folder.path() / name) << text;
    command += " " + name;
    ours.push_back(our_verdict(text));
  }
  [[maybe_unused]] const int status = std::system((command + " 2>verdicts.txt").c_str());
  std::ifstream verdicts(folder.path() / "verdicts.txt");
  std::size_t judged = 0;
  for (std::string line; std::getline(verdicts, line);) {
    const auto end = line.find(".xml ");
    const bool valid = line.size() > 10 && line.rfind(".xml validates") == line.size() - 14;
    const bool invalid = line.size() > 20 && line.rfind(".xml fails to validate") == line.size() - 22;
    if (!valid && !invalid) continue;
    const auto& verdict = ours[std::stoul(line.substr(0, end))];
    EXPECT_TRUE(verdict.accepted == valid || (valid && is_justified(verdict.why))) << line << ": " << verdict.why;
    ++judged;
  }
  EXPECT_EQ(judged, kSample);
}

/// The committed tables are what the script makes of the official files.
TEST(SchemaTables, AreWhatTheScriptMakesOfTheOfficialSchema) {
  METERWAY_NEEDS_REFERENCE();
  const TemporaryFolder folder;
  const std::filesystem::path source = METERWAY_SOURCE_DIR;
  const auto types = folder.path() / "types.tsv";
  const auto simple = folder.path() / "simple.tsv";
  const std::string command = "python3 '" + (source / "scripts/duis_schema.py").string() + "' '" +
                              (reference_path() / "xsd").string() + "' '" + types.string() + "' '" + simple.string() +
                              "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(*read_text_file(types), *read_text_file(source / "spec/duis_types.tsv"));
  EXPECT_EQ(*read_text_file(simple), *read_text_file(source / "spec/duis_simple_types.tsv"));
}

}  // namespace
}  // namespace meterway::tests
