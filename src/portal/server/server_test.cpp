#include "portal/server/server.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "oversight/devices/rules.h"
#include "oversight/governance/rules.h"
#include "oversight/operations/rules.h"
#include "records/installation/rules.h"
#include "records/registry/access_token.h"

namespace meterway::portal {
namespace {

using nlohmann::json;

std::vector<ledger::Named> functions() {
  std::vector<ledger::Named> out;
  for (const auto some :
       {operations::functions(), governance::functions(), devices::functions(), installation::functions()})
    out.insert(out.end(), some.begin(), some.end());
  return out;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_portal_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
    ledger_.emplace(ledger::Surroundings{*store_, clock, rules_, functions(), {}});
    events_.emplace(*store_, rules_);
    operator_ = registry::new_token(random);
    EXPECT_TRUE(store_->write([&](store::WriteView& view) -> Status {
      const auto put = registry::put_token(view, operator_, std::nullopt, clock.now());
      return put ? Status() : Status(Unexpected{put.error()});
    }));
    secretary = person("sec", "SECAS", {"secretary"}, "Red");
    dcc = person("dcc", "DCC", {"reporter"}, "Green");
    EXPECT_EQ(ask("POST", "ledger/committee", {{"fields", {{"code", "CSC"}, {"name", "Change Sub-Committee"}}}}).status,
              201);
  }
  ~ServerTest() override { std::filesystem::remove_all(folder_); }

  net::HttpResponse send(net::HttpRequest http) {
    auto answer = serve(http, {*ledger_, *store_, clock, random, rules_, *events_});
    if (!answer) return {599, {}, "nobody's path"};
    return std::move(*answer);
  }
  /// `token`: "-" for none.
  net::HttpResponse ask(const std::string& method, const std::string& path, const json& body = {},
                        std::string token = {}, net::Headers headers = {}, const std::string& query = {}) {
    net::HttpRequest http{method,
                          "/api/v1/" + path,
                          query,
                          std::move(headers),
                          body.is_null()     ? ""
                          : body.is_string() ? body.get<std::string>()
                                             : body.dump(),
                          {}};
    if (token.empty()) token = operator_;
    if (token != "-") http.headers["authorization"] = "Bearer " + token;
    return send(std::move(http));
  }
  json got(const std::string& path, const std::string& query = {}, const std::string& token = {}) {
    const auto answer = ask("GET", path, {}, token, {}, query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  std::string person(const std::string& id, const std::string& party, const std::vector<std::string>& roles,
                     const std::string& clearance) {
    const auto put = ask("PUT", "people/" + id, {{"party", party}, {"roles", roles}, {"clearance", clearance}});
    EXPECT_EQ(put.status, 201) << put.body;
    const auto made = ask("POST", "people/" + id + "/tokens");
    EXPECT_EQ(made.status, 201) << made.body;
    return json::parse(made.body).at("token");
  }
  json action(const std::string& level = "White", const std::string& owner = "DCC") {
    const auto made =
        ask("POST", "ledger/action",
            {{"class", level},
             {"fields", {{"committee", "CSC"}, {"number", 12}, {"text", "Meet about DP096"}, {"owner", owner}}}},
            secretary);
    EXPECT_EQ(made.status, 201) << made.body;
    return json::parse(made.body);
  }

  ManualClock clock{*from_iso8601("2020-02-25T10:00:00Z")};
  SeededRandom random{3};
  std::string operator_, secretary, dcc;

 private:
  rules::Rules rules_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::optional<ledger::Ledger> ledger_;
  std::optional<operations::EventMonths> events_;
};

TEST_F(ServerTest, MakesShowsChangesAndActsOnARecord) {
  const auto made =
      ask("POST", "ledger/action",
          {{"fields", {{"committee", "CSC"}, {"number", 12}, {"text", "Meet"}, {"owner", "DCC"}}}}, secretary);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.at("etag"), "\"1\"");
  EXPECT_EQ(made.headers.at("location"), "/api/v1/ledger/action/CSC%2012%2F01");
  const auto path = "ledger/action/CSC%2012%2F01";
  const auto record = got(path);
  EXPECT_EQ(record.at("reference"), "CSC 12/01");
  EXPECT_EQ(record.at("fields").at("number"), 12);
  EXPECT_EQ(ask("PATCH", path, {{"fields", {{"due", "2020-03-31"}}}}).status, 428) << "which revision?";
  EXPECT_EQ(ask("PATCH", path, {{"fields", {{"due", "2020-03-31"}}}}, secretary, {{"if-match", "\"1\""}}).status, 200);
  EXPECT_EQ(ask("PATCH", path, {{"fields", {{"due", "2020-04-01"}}}}, secretary, {{"if-match", "\"1\""}}).status, 412);
  EXPECT_EQ(ask("POST", std::string(path) + "/close", {{"fields", {{"evidence", "minutes"}}}}, dcc).status, 200);
  EXPECT_EQ(got(path).at("state"), "closed");
  EXPECT_EQ(got(std::string(path) + "/history").at("history").size(), 3u);
}

TEST_F(ServerTest, SaysWhatIsWrongAsProblemJsonWithEveryField) {
  const auto answer = ask("POST", "ledger/action", {{"fields", {{"number", "x"}, {"tea", 1}}}}, secretary);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  const auto body = json::parse(answer.body);
  EXPECT_EQ(body.at("status"), 400);
  EXPECT_EQ(body.at("errors").size(), 2u) << answer.body;
  EXPECT_EQ(ask("POST", "ledger/action", "not json", secretary).status, 400);
  EXPECT_EQ(ask("POST", "ledger/action", json::array(), secretary).status, 400);
  EXPECT_EQ(ask("POST", "ledger/tea", json::object(), secretary).status, 404);
  EXPECT_EQ(ask("GET", "ledger/action", {}, "", {}, "tea=1").status, 400);
  EXPECT_EQ(ask("GET", "ledger/action", {}, "", {}, "limit=0").status, 400);
  EXPECT_EQ(ask("GET", "ledger/action", {}, "", {}, "after=%2F").status, 400);
  EXPECT_EQ(ask("DELETE", "ledger/action").headers.at("allow"), "GET, POST");
  EXPECT_EQ(ask("DELETE", "requests").headers.at("allow"), "POST, GET") << "one is the platform's, one the portal's";
  EXPECT_EQ(ask("GET", "me", {}, "nonsense").status, 401);
}

TEST_F(ServerTest, KnowsWhoCalls) {
  EXPECT_EQ(got("me").at("id"), "operator");
  EXPECT_EQ(got("me", "", "-").at("id"), "public");
  EXPECT_EQ(got("me", "", dcc).at("party"), "DCC");
  EXPECT_EQ(ask("GET", "people", {}, secretary).status, 403);
  EXPECT_EQ(ask("GET", "people", {}, "-").status, 401);
  EXPECT_EQ(ask("PUT", "people/x", {{"roles", {"operator"}}}).status, 400) << "nobody becomes the operator";
  EXPECT_EQ(ask("PUT", "people/dcc", {{"party", "DCC"}, {"active", false}}).status, 200);
  EXPECT_EQ(ask("GET", "me", {}, dcc).status, 401) << "whoever has left has no token";
}

TEST_F(ServerTest, NeutralisesFormulasInATableAndReadsThemBackAsTheyWere) {
  const std::string bad = "=HYPERLINK(\"http://x\"), and \"more\"";
  const auto made =
      ask("POST", "ledger/action",
          {{"fields", {{"committee", "CSC"}, {"number", 12}, {"text", bad}, {"owner", "@DCC"}}}}, secretary);
  ASSERT_EQ(made.status, 201) << made.body;
  const auto table = ask("GET", "ledger/action", {}, secretary, {}, "format=csv");
  EXPECT_EQ(table.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_NE(table.body.find("\"'=HYPERLINK(\"\"http://x\"\"), and \"\"more\"\"\",'@DCC"), std::string::npos)
      << table.body;
  auto again = table.body;
  again.replace(again.find("CSC 12/01"), 9, "CSC 12/07");
  const auto in = ask("POST", "ledger/action", again, secretary, {{"content-type", "text/csv"}});
  EXPECT_EQ(json::parse(in.body), (json{{"made", 1}, {"changed", 0}}));
  EXPECT_EQ(got("ledger/action/CSC%2012%2F07").at("fields").at("text"), bad);
}

TEST_F(ServerTest, ImportsATableWholeOrNotAtAllAndNamesEveryRowThatIsWrong) {
  const std::string head = "committee,number,text,owner,due\r\n";
  const auto in = [&](const std::string& rows) {
    return ask("POST", "ledger/action", head + rows, secretary, {{"content-type", "text/csv"}});
  };
  const auto wrong = in("CSC,12,a,DCC,\r\nCSC,12,b,DCC,31/03/2020\r\nTAG,12,c,DCC,\r\n");
  EXPECT_EQ(wrong.status, 400);
  const auto errors = json::parse(wrong.body).at("errors");
  ASSERT_EQ(errors.size(), 2u) << wrong.body;
  EXPECT_EQ(errors[0].at("field"), "row 3");
  EXPECT_EQ(errors[0].at("detail"), "due: expected a date such as 2018-09-14");
  EXPECT_EQ(errors[1].at("field"), "row 4");
  EXPECT_EQ(got("ledger/action").at("total"), 0) << "nothing of it is kept";
  EXPECT_EQ(in("CSC,12,\"a,DCC,\r\n").status, 400);
  EXPECT_NE(in("CSC,12,a\r\n").body.find("row 2: has 3 cells, the first row 5"), std::string::npos);
  EXPECT_EQ(in("CSC,12,a,DCC,\r\nCSC,12,b,DCC,2020-03-31\r\n").status, 200);
  EXPECT_EQ(got("ledger/action").at("total"), 2);
}

TEST_F(ServerTest, KeepsARedAttachmentFromThePublicAndWritesTheAttemptDown) {  // seed A02
  const auto made = ask("POST", "ledger/paper",
                        {{"reference", "SECP_61_1210_19"},
                         {"fields",
                          {{"title", "Sub-Committee Report"},
                           {"number", 61},
                           {"held", "2018-10-12"},
                           {"item", 19},
                           {"decision_type", "information"}}}},
                        secretary);
  ASSERT_EQ(made.status, 201) << made.body;
  const auto attached = ask("POST", "ledger/paper/SECP_61_1210_19/attachments", "findings", secretary,
                            {{"content-type", "text/plain"}}, "title=Appendix+A&class=Red");
  ASSERT_EQ(attached.status, 201) << attached.body;
  const auto seen = got("ledger/paper/SECP_61_1210_19", "", "-");
  EXPECT_EQ(seen.at("attachments"), (json{{{"id", "1"}, {"title", "Appendix A"}, {"class", "Red"}}}));
  EXPECT_EQ(ask("GET", "ledger/paper/SECP_61_1210_19/attachments/1", {}, "-").status, 403);
  EXPECT_EQ(ask("GET", "ledger/paper/SECP_61_1210_19/attachments/1", {}, secretary).body, "findings");
  const auto audit = got("audit").at("audit");
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_EQ(audit[1].at("person"), "public");
  EXPECT_EQ(audit[1].at("outcome"), "refused");
  const auto false_type = ask("POST", "ledger/paper/SECP_61_1210_19/attachments", "no pdf", secretary,
                              {{"content-type", "application/pdf"}}, "title=B");
  EXPECT_EQ(false_type.status, 400);
  EXPECT_NE(false_type.body.find("is said to be application/pdf, and is not"), std::string::npos);
}

TEST_F(ServerTest, RendersARecordInThreeFormsTheSameBytesEachTime) {
  action();
  const auto path = "ledger/action/CSC%2012%2F01/document";
  for (const auto* format : {"md", "html", "pdf"}) {
    const auto first = ask("GET", path, {}, secretary, {}, std::string("format=") + format);
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(first.body, ask("GET", path, {}, secretary, {}, std::string("format=") + format).body);
    EXPECT_GT(first.body.size(), 200u);
  }
  EXPECT_NE(ask("GET", path, {}, "", {}, "format=html").body.find("href=\"/api/v1/ledger/proposal/DP096\""),
            std::string::npos);
}

TEST_F(ServerTest, ExplainsWhichRuleDecidesAndCountsWorkingDays) {
  const auto rule = got("rules/report.sr_variance.due", "on=2018-08-31");
  EXPECT_EQ(rule.at("decides").at("value"), "10");
  EXPECT_EQ(rule.at("decides").at("clause"), "H3.24");
  EXPECT_EQ(got("working-days", "from=2018-08-31&n=10").at("day"), "2018-09-14");
  EXPECT_EQ(got("working-days", "from=2018-09-14&to=2018-09-17").at("working_days"), 1);
  EXPECT_EQ(ask("GET", "rules/tea").status, 404);
  EXPECT_EQ(ask("GET", "working-days", {}, "", {}, "from=2040-01-01&n=1").status, 400);
}

TEST(Routes, AreThoseOfTheHandlersAndTheOtherWayRound) {
  std::set<std::string_view> named, there;
  for (const auto& route : all_routes()) {
    if (route.handler != "flow") named.insert(route.handler);
  }
  for (const auto& handler : all_handlers()) there.insert(handler.name);
  EXPECT_EQ(named, there);
}

TEST_F(ServerTest, SaysInOpenApiWhatTheTableOfRoutesHas) {
  net::HttpRequest http{"GET", "/openapi.json", "", {}, "", {}};
  const auto document = json::parse(send(http).body);
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  std::size_t operations = 0;
  for (const auto& [path, item] : document.at("paths").items()) operations += item.size();
  EXPECT_EQ(operations, all_routes().size());
  for (const auto& kind : ledger::all_kinds()) {
    const auto& schema = document.at("components").at("schemas").at("fields." + std::string(kind.name));
    EXPECT_EQ(schema.at("properties").size(), kind.fields.size());
  }
  const auto text = document.dump();  // every $ref leads somewhere
  for (std::size_t at = text.find("#/components/schemas/"); at != std::string::npos;
       at = text.find("#/components/schemas/", at + 1)) {
    const auto begin = at + 21;
    EXPECT_TRUE(document.at("components").at("schemas").contains(text.substr(begin, text.find('"', begin) - begin)));
  }
}

TEST(Functions, AreThoseThatTheTransitionsName) {
  const auto all = functions();
  const auto found = ledger::unmatched(all);
  EXPECT_EQ(found.missing, std::vector<std::string>());
  EXPECT_EQ(found.unused, std::vector<std::string>());
}

}  // namespace
}  // namespace meterway::portal
