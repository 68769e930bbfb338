// Lists that pages show: people by filter and page by page, the table of permissions, the audit as CSV and its check.
#include "portal/server/csv.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

class PeopleLists : public PortalBench {
 protected:
  std::vector<std::string> ids(const std::string& query) {
    const auto answer = ask("GET", "/api/v1/people?" + query, "operator");
    EXPECT_EQ(answer.status, 200) << query << answer.body;
    std::vector<std::string> out;
    const auto body = json::parse(answer.body);
    for (const auto& one : body.at("people")) out.push_back(one.at("id"));
    return out;
  }
  using Ids = std::vector<std::string>;
};

TEST_F(PeopleLists, AreFilteredAndComePageByPage) {
  write([&](store::WriteView& view) {
    return registry::put_person(view, {"anna", "Anna O'Neill", "network", {"desk", "party"}, {}, true});
  });
  EXPECT_EQ(ids("role=desk"), (Ids{"anna", "the.desk"}));
  EXPECT_EQ(ids("party=network"), Ids{"anna"});
  EXPECT_EQ(ids("q=O%27NEILL"), Ids{"anna"});
  EXPECT_EQ(ids("q=tea"), Ids{});
  Ids all;
  for (std::string next;;) {
    const auto body = json::parse(ask("GET", "/api/v1/people?limit=4&after=" + next, "operator").body);
    for (const auto& one : body.at("people")) all.push_back(one.at("id"));
    if (!body.contains("next")) break;
    next = body.at("next");
  }
  EXPECT_EQ(all, ids(""));
  EXPECT_GT(all.size(), 8u);
  for (const auto* wrong : {"limit=0", "limit=x", "format=xml"})
    EXPECT_EQ(ask("GET", std::string("/api/v1/people?") + wrong, "operator").status, 400) << wrong;
}

TEST_F(PeopleLists, AreTheSameRowsAsCsvWithoutFormulas) {
  write([&](store::WriteView& view) {
    return registry::put_person(view, {"mallory", "=cmd|' /C calc'!A0", "network", {"party"}, {}, false});
  });
  const auto answer = ask("GET", "/api/v1/people?format=csv&party=network", "operator");
  EXPECT_EQ(answer.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(answer.body.find("\r\nmallory,=cmd"), std::string::npos) << answer.body;
  const auto rows = csv::read(answer.body);
  ASSERT_TRUE(rows) << rows.error();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ(rows->at(1), (csv::Cells{"false", "White", "mallory", "=cmd|' /C calc'!A0", "network", "party"}));
}

TEST_F(PeopleLists, TheTableOfPermissionsIsToldToAnybody) {
  const auto body = json::parse(ask("GET", "/api/v1/job-types", "public").body);
  std::set<std::string> types, functions;
  for (const auto& one : body.at("job_types")) types.insert(one.at("job_type"));
  for (const auto& row : body.at("permissions")) functions.insert(row.at("function"));
  EXPECT_EQ(types, job_types_);
  std::set<std::string> wanted;
  for (const auto& [function, who] : given_) wanted.insert(function);
  EXPECT_EQ(functions, wanted);
}

TEST_F(PeopleLists, EveryTableIsGivenAsCsv) {
  const std::map<std::string, std::size_t> tables{
      {"job-types?format=csv", table("permissions.tsv").size()},
      {"job-types?format=csv&of=job_types", job_types_.size()},
      {"job-types?format=csv&function=people.change", 1},
      {"job-types?format=csv&function=people.&role=auditor", 4},
      {"people/the.desk/tokens?format=csv", 1},
      {"people/the.desk/certificates?format=csv", 1},
  };
  for (const auto& [path, count] : tables) {
    const auto answer = ask("GET", "/api/v1/" + path, "operator");
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "text/csv; charset=utf-8") << path;
    const auto rows = csv::read(answer.body);
    ASSERT_TRUE(rows) << path << rows.error();
    EXPECT_EQ(rows->size(), count + 1) << path;
    EXPECT_EQ(answer.body.find(tokens_.at("desk")), std::string::npos) << path;
  }
  EXPECT_EQ(ask("GET", "/api/v1/job-types?format=csv&of=tea", "operator").status, 400);
}

TEST_F(PeopleLists, TheAuditIsTheSameRowsAsCsv) {
  for (int i = 0; i < 3; ++i)
    (void)ask("PUT", "/api/v1/people/p" + std::to_string(i), "operator", R"({"party":"=1+1"})");
  const auto shown = json::parse(ask("GET", "/api/v1/audit/entries?function=people&limit=2", "auditor").body);
  const auto answer = ask("GET", "/api/v1/audit/entries?function=people&limit=2&format=csv", "auditor");
  const auto rows = csv::read(answer.body);
  ASSERT_TRUE(rows) << rows.error();
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ(rows->at(1).at(0), shown.at("entries").at(0).at("sequence").dump());
  EXPECT_EQ(rows->at(1).at(8), shown.at("entries").at(0).at("detail"));
  EXPECT_EQ(answer.headers.at("x-next"), shown.at("next").dump());
  EXPECT_EQ(ask("GET", "/api/v1/audit/entries?format=tea", "auditor").status, 400);
}

TEST_F(PeopleLists, TheAuditIsCheckedAndWhatWasChangedIsNamed) {
  for (int i = 0; i < 5; ++i)
    (void)ask("PUT", "/api/v1/people/p" + std::to_string(i), "operator", R"({"party":"supplier"})");
  const auto checked = [&] { return json::parse(ask("GET", "/api/v1/audit/verification", "auditor").body); };
  const auto whole = checked();
  EXPECT_EQ(whole.at("good"), true) << whole;
  EXPECT_GE(whole.at("entries"), 5);
  EXPECT_EQ(whole.at("signatures"), false) << "this bench has no key, and says so";
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto rows, view.scan("audit-entry", "", "", 3));
    auto value = rows.at(2).value;
    value.at(value.size() / 2) = static_cast<char>(value.at(value.size() / 2) ^ 1);
    return view.put("audit-entry", rows.at(2).key, value);
  });
  const auto broken = checked();
  EXPECT_EQ(broken.at("good"), false);
  EXPECT_EQ(broken.at("wrong").at("sequence"), 3) << broken;
}

}  // namespace
}  // namespace meterway::portal
