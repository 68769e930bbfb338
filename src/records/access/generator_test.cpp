// What scripts/access_tables.py refuses: a table that cannot be right ends the build, and says where.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

namespace meterway::access {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The generator over the real tables, of which one is changed.
class Generator {
 public:
  Generator() {
    auto pattern = (fs::temp_directory_path() / "meterway_access_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Generator() { fs::remove_all(folder_); }

  /// What it says; empty when it made the rows.
  std::string said(const std::string& table, const std::function<void(std::string&)>& change) {
    const fs::path root(METERWAY_SOURCE_DIR);
    std::string command = "/usr/bin/python3 " + (root / "scripts/access_tables.py").string();
    for (const std::string name :
         {"services", "use_cases", "access_types", "access_states", "access_rules", "access_changes", "refusals"}) {
      auto text = slurp(root / "spec" / (name + ".tsv"));
      if (name == table) change(text);
      std::ofstream(folder_ / (name + ".tsv")) << text;
      command += " " + (folder_ / (name + ".tsv")).string();
    }
    const auto rows = folder_ / "rows.inc", words = folder_ / "said";
    fs::remove(rows);
    const int status = std::system((command + " " + rows.string() + " >" + words.string() + " 2>&1").c_str());
    made_ = slurp(rows);
    EXPECT_EQ(status == 0, fs::exists(rows)) << "nothing half made";
    EXPECT_EQ(status == 0, slurp(words).empty()) << slurp(words);
    return slurp(words);
  }
  std::string changed(const std::string& rows) {
    return said("access_changes", [&](std::string& text) { text += rows; });
  }

  /// What it made the last time, in lines.
  std::vector<std::string> made() const {
    std::istringstream in(made_);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }

 private:
  fs::path folder_;
  std::string made_;
};

void replace(std::string& text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), by);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(AccessTables, AGapAnOverlapOrAMissingServiceEndsTheBuild) {
  Generator generator;
  EXPECT_EQ(generator.said("", [](std::string&) {}), "");
  const std::string row = "4.1.1\tno\tno\tyes\tyes\tno\tno\tno\tno\tyes\t2013-09-23\t-";
  const auto dated = [&](const char* until, const char* from) {
    return generator.said("access_states", [&](std::string& text) {
      replace(text, row,
              row.substr(0, row.size() - 1) + until + "\tE5\tS\ta\n4.1.1\tno\tno\tno\tno\tno\tno\tno\tno\tno\t" + from +
                  "\t-");
    });
  };
  EXPECT_EQ(dated("2027-01-01", "2027-01-01"), "") << "one follows the other";
  EXPECT_TRUE(has(dated("2027-01-01", "2027-01-02"), "4.1.1: a row until 2027-01-01, the next from 2027-01-02"));
  EXPECT_TRUE(has(dated("2027-01-01", "2026-12-31"), "4.1.1: a row until 2027-01-01"));
  const auto states = [&](const std::string& what, const std::string& by) {
    return generator.said("access_states", [&](std::string& text) { replace(text, what, by); });
  };
  EXPECT_TRUE(has(states(row, row.substr(0, row.size() - 1) + "2027-01-01"), "nothing is said from 2027-01-01 on"));
  EXPECT_TRUE(has(states("\n4.1.1\t", "\n4.1.77\t"), "no such service: ['4.1.77']"));
  EXPECT_TRUE(has(states(row, "# " + row), "4.1.1: rows are for services that devices take part in"));
  EXPECT_TRUE(has(states(row, "8.2" + row.substr(5)), "4.1.1: rows are"));
  EXPECT_TRUE(has(states("4.1.1\tno", "4.1.1\tperhaps"), "4.1.1: a cell is yes or no"));
  EXPECT_TRUE(has(generator.said("access_rules", [](std::string& text) { replace(text, "\tno_user\t", "\tno_one\t"); }),
                  "no refusal no_one"));
  EXPECT_TRUE(
      has(generator.said("access_rules", [](std::string& text) { replace(text, "\tappointed\t", "\tsometimes\t"); }),
          "appointed or eligible"));
}

TEST(AccessTables, ACellOfAPublishedTableIsOneBitOfOneRow) {
  Generator generator;
  EXPECT_EQ(generator.said("", [](std::string&) {}), "");
  const auto before = generator.made();
  /// The mask that a row of cells ends with.
  const auto mask = [](const std::string& row) { return std::stoul(row.substr(row.rfind(", ") + 2)); };
  const struct {
    std::string table, what, by, rule;
    unsigned long bit;
  } cells[] = {
      {"services", "ReadInstantaneousImportRegisters\tNo\tIS GS ED GT\t",
       "ReadInstantaneousImportRegisters\tNo\tIS GS ED\t", "role.4.1.1", 1u << 4},
      {"access_states", "\n4.1.1\tno\t", "\n4.1.1\tyes\t", "state.4.1.1", 1u << 0},
  };
  for (const auto& cell : cells) {
    EXPECT_EQ(generator.said(cell.table, [&](std::string& text) { replace(text, cell.what, cell.by); }), "");
    const auto after = generator.made();
    ASSERT_EQ(after.size(), before.size());
    std::size_t different = 0;
    for (std::size_t at = 0; at < after.size(); ++at) {
      if (after[at] == before[at]) continue;
      ++different;
      EXPECT_TRUE(has(after[at], "\"" + cell.rule + "\"")) << after[at];
      EXPECT_EQ(mask(after[at]) ^ mask(before[at]), cell.bit) << after[at];
    }
    EXPECT_EQ(different, 1u) << cell.what;
  }
}

TEST(AccessTables, AnExceptionNamesWhatThereIsAndMeetsNoOtherThatNamesAsMuch) {
  Generator generator;
  const std::string end = "\tyes\t2026-01-01\t2027-01-01\tH\tS\ta\n";
  EXPECT_EQ(generator.changed("one\t4.1.1\tOU\t*\t*" + end + "two\t4.1.1\tOU\tESME\t*" + end), "");
  EXPECT_TRUE(has(generator.changed("one\t4.1.99\tOU\t*\t*" + end), "no such service"));
  EXPECT_TRUE(has(generator.changed("one\t4.1.1\tQQ\t*\t*" + end), "role QQ"));
  EXPECT_TRUE(has(generator.changed("one\t4.1.1\t*\t*\t*" + end), "names no role, no type and no state"));
  EXPECT_TRUE(has(generator.changed("one\t4.1.1\t*\tESME\tPending" + end + "two\t4.1.1\tIS\t*\tPending" + end),
                  "two meets one, which names as many"));
  EXPECT_EQ(generator.changed("one\t4.1.1\tOU\t*\t*" + end + "two\t4.1.1\tOU\t*\t*\tno\t2027-01-01\t-\tH\tS\ta\n"), "")
      << "one after the other";
  EXPECT_TRUE(
      has(generator.changed("one\t4.1.1\tOU\t*\t*\tyes\t2027-01-01\t2026-01-01\tH\tS\ta\n"), "ends before it begins"));
}

}  // namespace
}  // namespace meterway::access
