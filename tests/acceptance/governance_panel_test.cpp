#include <gtest/gtest.h>

#include <map>

#include "tests/acceptance/oversight_node.h"

/// Seed 002's papers, assurance and releases (A01 to A06, A40 to A43, A64 to A66), and access, consent, legal text and
/// status names of seed 003 (B13 to B15, B23).
namespace meterway::acceptance {
namespace {

constexpr const char* kPaper = "SECP_61_1210_19";

class ThePaper : public OversightNode {
 public:
  explicit ThePaper(const json& more = json::object()) {
    json fields = {{"title", "SEC Panel Sub-Committee Report"},
                   {"number", 61},
                   {"held", "2018-10-12"},
                   {"item", 19},
                   {"decision_type", "information"}};
    fields.update(more);
    EXPECT_EQ(made("paper", fields), kPaper);
  }
  void publish() {
    ASSERT_EQ(patch("paper", kPaper, {{"fields", {{"author", "SECAS"}, {"dated", "2018-10-05"}}}}).status, 200);
    done("paper", kPaper, "publish");
  }
  net::HttpResponse attach_red() {
    return ask("POST", path_of("paper", kPaper) + "/attachments?title=Appendix%20A&class=Red", "secretary",
               "Details of assurance\n", {}, "text/plain");
  }
};

TEST(acceptance, A01) {
  ThePaper at;
  const auto paper = at.view("paper", kPaper);
  EXPECT_EQ(paper.at("meeting"), 61);
  EXPECT_EQ(paper.at("held").get<std::string>().substr(5), "10-12");
  EXPECT_EQ(paper.at("item"), 19);
  EXPECT_EQ(paper.at("decision_type"), "information");
  const json fields = {{"title", "t"}, {"number", 61}, {"held", "2018-10-12"}, {"item", 20}, {"decision_type", "note"}};
  EXPECT_TRUE(says(at.make("paper", fields, "secretary", {{"reference", "SECP_61_1310_20"}}), "SECP_61_1210_20"))
      << "the reference says what the fields say";
}

TEST(acceptance, A02) {
  ThePaper at;
  ASSERT_EQ(at.attach_red().status, 201);
  const auto paper = at.record("paper", kPaper, "public");
  ASSERT_EQ(paper.at("attachments").size(), 1u);
  EXPECT_EQ(paper.at("attachments")[0].at("title"), "Appendix A");
  EXPECT_EQ(paper.at("attachments")[0].at("class"), "Red");
  EXPECT_FALSE(paper.at("attachments")[0].contains("size_bytes")) << "by title only";
  EXPECT_TRUE(
      end_to_end::has(at.ask("GET", "governance/paper/SECP_61_1210_19?format=html", "public").body, "Appendix A"));
  const auto content = OversightNode::path_of("paper", kPaper) + "/attachments/1";
  EXPECT_EQ(at.ask("GET", content, "public").status, 403);
  EXPECT_EQ(at.ask("GET", content, "panel").body, "Details of assurance\n");
  std::map<std::string, int> outcomes;
  const auto audit = at.got("audit", "operator").at("audit");
  for (const auto& line : audit) {
    if (line.at("reference") == kPaper) ++outcomes[line.at("outcome")];
  }
  EXPECT_GE(outcomes["refused"], 1) << audit;
  EXPECT_GE(outcomes["read"], 1);
}

TEST(acceptance, A03) {
  ThePaper at(json{{"assembles", "2018-09"}});
  for (const auto* code : {"OPSG", "SSC", "TAG"}) at.made("committee", {{"code", code}, {"name", code}});
  const auto report = at.made("report",
                              {{"title", "SR variance"},
                               {"clause", "H3.24"},
                               {"owner", "DCC"},
                               {"period_from", "2018-08-01"},
                               {"period_to", "2018-08-31"},
                               {"due", "2018-09-14"}},
                              "secretary", {{"class", "White"}});
  const auto highlight = [&](const char* committee, const char* type, const std::string& text) {
    return at.made("highlight", {{"committee", committee}, {"month", "2018-09"}, {"type", type}, {"text", text}});
  };
  highlight(
      "OPSG", "highlight",
      "The report was due on [[report:" + report + ".due]] and came on [[report:" + report + ".received]]; see DP096.");
  highlight("SSC", "decision", "Two statuses were set.");
  highlight("TAG", "ask", "The Panel is asked to decide on [[paper:" + std::string(kPaper) + ".held]].");
  EXPECT_TRUE(says(
      at.make("highlight",
              {{"committee", "TAG"}, {"month", "2018-09"}, {"type", "ask"}, {"text", "[[report:" + report + ".tea]]"}}),
      "names no field"));
  auto paper = at.view("paper", kPaper);
  ASSERT_EQ(paper.at("figures").size(), 3u);
  EXPECT_EQ(paper.at("figures")[1].at("value"), "not recorded");
  at.publish();
  const auto frozen = at.view("paper", kPaper).at("figures");
  ASSERT_EQ(frozen.size(), 3u);
  for (const auto& figure : frozen) {
    EXPECT_EQ(figure.at("frozen"), true);
    const auto now = at.fields(figure.at("kind"), figure.at("reference"));
    const std::string field = figure.at("field");
    EXPECT_EQ(figure.at("value"), now.contains(field) ? now.at(field) : json("not recorded")) << figure;
  }
  const auto page = at.page("paper", kPaper);
  for (const auto* part : {"OPSG", "SSC", "TAG", "2018-09-14", "2018-10-12"})
    EXPECT_TRUE(end_to_end::has(page, part)) << part;
  EXPECT_TRUE(end_to_end::has(page, "/api/v1/ledger/report/" + report)) << "each figure leads to its record";
  // The record goes on; the paper stays what it was.
  at.done("report", report, "receive", {{"received", "2018-09-17"}});
  EXPECT_EQ(at.view("paper", kPaper).at("figures"), frozen);
  EXPECT_EQ(at.page("paper", kPaper), page);
}

TEST(acceptance, A04) {
  ThePaper at(json{{"text", "The public page of SECMP0063 and INC000000294975 say more, as does DP096."}});
  at.made("proposal",
          {{"title", "Wrong network operator certificates"},
           {"proposer", "A Party"},
           {"issue", "i"},
           {"raised", "2018-10-02"}},
          "secretary", {{"reference", "SECMP0063"}});
  const auto page = at.page("paper", kPaper, "html");
  EXPECT_TRUE(end_to_end::has(page, "/api/v1/ledger/proposal/SECMP0063"));
  EXPECT_TRUE(end_to_end::has(page, "/api/v1/ledger/incident/INC000000294975"));
  const auto mentions = at.got(OversightNode::path_of("proposal", "SECMP0063") + "/mentions").at("records");
  ASSERT_EQ(mentions.size(), 1u);
  EXPECT_EQ(mentions[0].at("reference"), kPaper);
  EXPECT_EQ(at.view("proposal", "SECMP0063").at("mentioned_in").at(0).at("reference"), kPaper);
  EXPECT_TRUE(end_to_end::has(at.page("proposal", "SECMP0063"), "Mentioned in"));
}

TEST(acceptance, A05) {
  ThePaper at;
  const auto note = at.made("recommendation", {{"paper", kPaper}, {"ask", "note"}, {"text", "NOTE the report"}});
  const auto approve = at.made("recommendation", {{"paper", kPaper}, {"ask", "approve"}, {"text", "APPROVE it"}});
  at.publish();
  at.done("recommendation", note, "decide", {{"outcome", "NOTED"}}, "panel");
  const auto refused = at.act("paper", kPaper, "close");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, approve + " (approve) has no outcome"));
  EXPECT_FALSE(says(refused, note));
  EXPECT_EQ(at.act("recommendation", approve, "decide", json::object(), "panel").status, 400) << "what outcome?";
  at.done("recommendation", approve, "decide", {{"outcome", "APPROVED"}}, "panel");
  EXPECT_EQ(at.done("paper", kPaper, "close").at("state"), "closed");
  EXPECT_EQ(at.make("recommendation", {{"paper", kPaper}, {"ask", "note"}, {"text", "late"}}).status, 409);
}

TEST(acceptance, A06) {
  ThePaper at;
  auto refused = at.act("paper", kPaper, "publish");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(says(refused, "\"author\""));
  EXPECT_TRUE(says(refused, "\"dated\""));
  ASSERT_EQ(at.patch("paper", kPaper, {{"fields", {{"author", "SECAS"}}}}).status, 200);
  refused = at.act("paper", kPaper, "publish");
  EXPECT_TRUE(says(refused, "\"dated\"")) << "either of them";
  EXPECT_FALSE(says(refused, "\"author\""));
  EXPECT_EQ(at.record("paper", kPaper).at("state"), "draft");
  at.publish();
  EXPECT_EQ(at.record("paper", kPaper).at("state"), "published");
}

/// An assessment that has come as far as its status.
std::string assessed(OversightNode& at, const json& more, const std::string& status, const std::string& on) {
  json fields = {{"scheme", "security"}, {"party", "A Supplier"}, {"type", "full"}};
  fields.update(more);
  const auto reference = at.made("assessment", fields, "assessor");
  at.done("assessment", reference, "fieldwork", {{"fieldwork", "2018-08-06"}}, "assessor");
  for (const auto* step : {"report", "respond", "review"})
    at.done("assessment", reference, step, json::object(), "assessor");
  at.done("assessment", reference, "set_status", {{"status", status}, {"status_on", on}}, "assessor");
  return reference;
}

TEST(acceptance, A40) {
  OversightNode at;
  assessed(at, {{"party", "One"}}, "Approved", "2018-09-26");
  assessed(at, {{"party", "Two"}}, "Approved, subject to steps", "2018-09-12");
  assessed(at, {{"party", "Three"}}, "Approved", "2018-08-31");
  assessed(at, {{"party", "Four"}}, "Rejected", "2018-10-01");
  at.made("assessment", {{"scheme", "security"}, {"party", "Five"}, {"type", "full"}});
  const std::string september = "ledger/assessment?range=status_on&from=2018-09-01&to=2018-10-01";
  EXPECT_EQ(at.got(september).at("total"), 2);
  EXPECT_EQ(at.got(september, "dcc").at("total"), 0) << "Red by default";
  const auto unknown = at.made("assessment", {{"scheme", "security"}, {"party", "Six"}, {"type", "full"}}, "assessor");
  EXPECT_EQ(at.act("assessment", unknown, "set_status", {{"status", "Approved"}, {"status_on", "2018-09-26"}}).status,
            409)
      << "before it has been reviewed";
}

TEST(acceptance, A41) {
  OversightNode at;
  const auto reference = assessed(at, {{"type", "verification"}}, "Approved", "2018-09-26");
  const auto find = [&](const char* severity, const char* obligation) {
    return at.made("finding",
                   {{"assessment", reference},
                    {"obligation", obligation},
                    {"severity", severity},
                    {"detail", "the vault door stood open"}},
                   "assessor");
  };
  find("compliant", "G3");
  EXPECT_EQ(at.got("ledger/panel_notice").at("total"), 0);
  const auto finding = find("potential", "G4");
  const auto notices = at.got("ledger/panel_notice", "dcc");
  ASSERT_EQ(notices.at("total"), 1) << "the notice itself is Green";
  const auto& notice = notices.at("records")[0];
  EXPECT_EQ(notice.at("fields").at("text"),
            "A potential non-compliance with G4 has been found by a security assessment");
  EXPECT_FALSE(notice.at("fields").contains("detail")) << "the detail needs Red";
  EXPECT_EQ(at.record("panel_notice", notice.at("reference"), "panel").at("fields").at("detail"),
            "the vault door stood open");
  EXPECT_EQ(at.got("search?q=vault", "dcc").at("records").size(), 0u);
  EXPECT_EQ(at.fields("finding", finding).at("notice"), notice.at("reference"));
}

TEST(acceptance, A42) {
  OversightNode at;
  const std::string user = "90b3d51f30990000";
  const auto reference = assessed(at, {{"user", user}, {"role", "IS"}}, "Approved, subject to steps", "2018-09-26");
  const auto clean = at.made("letter", {{"assessment", reference}, {"received", "2018-09-10"}, {"text", "All done."}});
  EXPECT_EQ(at.done("letter", clean, "accept").at("state"), "accepted");
  const auto letter =
      at.made("letter", {{"assessment", reference}, {"received", "2018-09-20"}, {"text", "Nearly done."}});
  EXPECT_EQ(at.act("letter", letter, "require_steps").status, 400) << "which steps?";
  at.done("letter", letter, "require_steps", {{"steps", json::array({"close the vault"})}});
  const auto enable = [&](const json& roles, const char* state = "live") {
    return at.ask("PUT", "users/" + user, "operator", {{"name", "A Supplier"}, {"roles", roles}, {"state", state}});
  };
  const auto refused = enable({"IS"});
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_TRUE(says(refused, "assurance steps"));
  EXPECT_EQ(at.ask("GET", "users/" + user, "operator").status, 404) << "nothing half applied";
  EXPECT_EQ(enable({"GS"}).status, 201) << "the other role is free";
  EXPECT_EQ(enable({"GS", "IS"}).status, 409);
  EXPECT_EQ(enable({"GS", "IS"}, "not yet live").status, 200) << "it may be prepared";
  EXPECT_EQ(enable({"GS", "IS"}).status, 409) << "and not made live";
  EXPECT_EQ(at.act("letter", letter, "complete").status, 400) << "with what evidence?";
  const auto second = [&](const char* name) {
    return at.ask("PUT", "users/90b3d51f30990002", "operator", {{"name", name}, {"roles", {"IS"}}, {"state", "live"}});
  };
  for (const auto* name : {"A Supplier", "a  supplier ", "A Suppli\u00e9r", "Supplier, A"})
    EXPECT_EQ(second(name).status, 409) << "the party has no second way in: " << name;
  at.done("letter", letter, "complete", {{"evidence", "the vault is closed"}});
  EXPECT_EQ(enable({"GS", "IS"}).status, 200);
  EXPECT_EQ(second("A Supplier").status, 201);
  // An assessment may name the party alone.
  const auto party = assessed(at, {{"party", "NewCo"}, {"role", "IS"}}, "Deferred", "2018-09-26");
  const auto enable_party = [&] {
    return at
        .ask("PUT", "users/90b3d51f30990003", "operator", {{"name", "NewCo"}, {"roles", {"IS"}}, {"state", "live"}})
        .status;
  };
  EXPECT_EQ(enable_party(), 409);
  at.done("assessment", party, "set_status", {{"status", "Approved"}, {"status_on", "2018-12-01"}}, "assessor");
  EXPECT_EQ(enable_party(), 201);
  // A status that does not pass closes it as well, until another is set.
  const std::string other = "90b3d51f30990001";
  const auto failed = assessed(at, {{"user", other}, {"role", "ED"}}, "Deferred", "2018-09-26");
  const auto enable_other = [&] {
    return at.ask("PUT", "users/" + other, "operator", {{"name", "DNO"}, {"roles", {"ED"}}, {"state", "live"}}).status;
  };
  EXPECT_EQ(enable_other(), 409);
  at.done("assessment", failed, "set_status", {{"status", "Approved"}, {"status_on", "2018-12-01"}}, "assessor");
  EXPECT_EQ(enable_other(), 201);
}

TEST(acceptance, A43) {
  ThePaper at;
  ASSERT_EQ(at.attach_red().status, 201);
  at.publish();
  const auto content = OversightNode::path_of("paper", kPaper) + "/attachments/1";
  for (const auto* who : {"public", "dcc", "member", "chair"})
    EXPECT_EQ(at.ask("GET", content, who).status, 403) << who;
  for (const auto* who : {"panel", "assessor", "secretary"}) EXPECT_EQ(at.ask("GET", content, who).status, 200) << who;
  const auto too_high = at.ask("POST", OversightNode::path_of("paper", kPaper) + "/attachments?title=x&class=Red",
                               "dcc", "text\n", {}, "text/plain");
  EXPECT_EQ(too_high.status, 403) << "nobody gives away a class that he has not";
  // A White paper freezes nothing that is Red.
  at.made("committee", {{"code", "SSC"}, {"name", "SSC"}});
  const auto reference =
      at.made("assessment", {{"scheme", "security"}, {"party", "Secret Supplier"}, {"type", "full"}});
  at.made("highlight", {{"committee", "SSC"},
                        {"month", "2018-10"},
                        {"type", "highlight"},
                        {"text", "[[assessment:" + reference + ".party]] was assessed"}});
  const json next = {
      {"title", "t"},           {"number", 62},      {"held", "2018-11-09"}, {"item", 4}, {"decision_type", "note"},
      {"assembles", "2018-10"}, {"author", "SECAS"}, {"dated", "2018-11-02"}};
  const auto white = at.made("paper", next);
  const auto refused = at.act("paper", white, "publish");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "holds what is Red, and the paper is White"));
  EXPECT_FALSE(says(at.ask("GET", "governance/paper/" + white, "dcc"), "Secret"));
}

TEST(acceptance, A64) {
  OversightNode at;
  const auto uit_a = at.made("environment", {{"name", "UIT-A"}}), uit_b = at.made("environment", {{"name", "UIT-B"}});
  const auto release = at.made("release", {{"name", "Release 2.0"}});
  at.done("environment", uit_b, "deploy",
          {{"build", "2.0.17"}, {"release", release}, {"changes", json::array({"CR1", "CR2"})}});
  at.done("environment", uit_a, "deploy", {{"build", "1.4.3"}});
  const auto find = [&](const char* title) {
    return at.made("defect", {{"environment", uit_b}, {"title", title}, {"severity", "2"}, {"release", release}},
                   "member");
  };
  const auto first = find("alerts twice"), second = find("no reads");
  auto shown = at.fields("environment", uit_b);
  EXPECT_EQ(shown.at("build"), "2.0.17");
  EXPECT_EQ(shown.at("open_defects"), json({first + ", severity 2: alerts twice", second + ", severity 2: no reads"}));
  EXPECT_EQ(at.fields("environment", uit_a).at("build"), "1.4.3");
  EXPECT_FALSE(at.fields("environment", uit_a).contains("open_defects"));
  at.done("defect", first, "fix", {{"fixed_in", "2.0.18"}});
  at.done("environment", uit_b, "deploy", {{"build", "2.0.18"}, {"release", release}});
  shown = at.fields("environment", uit_b);
  EXPECT_EQ(shown.at("build"), "2.0.18");
  EXPECT_EQ(shown.at("open_defects"), json::array({second + ", severity 2: no reads"}));
  at.done("defect", first, "reopen");
  EXPECT_EQ(at.fields("environment", uit_b).at("open_defects").size(), 2u);
}

/// A release with DP112 and DP114 in its agreed scope.
std::string agreed_release(OversightNode& at) {
  for (const auto* reference : {"DP112", "DP114", "DP115"})
    at.made("proposal", {{"title", "t"}, {"proposer", "p"}, {"issue", "i"}}, "secretary", {{"reference", reference}});
  at.made("committee", {{"code", "PANEL"}, {"name", "SEC Panel"}});
  const auto release = at.made("release", {{"name", "June 2020"}, {"planned", "2020-06-25"}});
  const auto record =
      at.made("scope_change", {{"release", release}, {"add", {"DP112", "DP114"}}, {"reason", "approved"}});
  const auto decision = at.made("decision", {{"committee", "PANEL"}, {"on", "2020-04-17"}, {"type", "note"}}, "panel");
  EXPECT_EQ(at.act("scope_change", record, "approve", json::object(), "panel").status, 400) << "by which decision?";
  EXPECT_FALSE(at.fields("release", release).contains("scope")) << "nothing before it is agreed";
  at.done("scope_change", record, "approve", {{"decision", decision}}, "panel");
  at.done("release", release, "agree");
  return release;
}

TEST(acceptance, A65) {
  OversightNode at;
  const auto release = agreed_release(at);
  EXPECT_EQ(at.fields("release", release).at("scope"), json({"DP112", "DP114"}));
  for (const auto* who : {"secretary", "operator", "panel"}) {
    EXPECT_NE(at.patch("release", release, {{"fields", {{"scope", {"DP115"}}}}}, who).status, 200) << who;
    EXPECT_NE(at.act("release", release, "check", {{"deployed", {"DP115"}}, {"scope", {"DP115"}}}, who).status, 200)
        << who;
  }
  const auto more = at.act("release", release, "deploy", {{"deployed", {"DP112", "DP114", "DP115"}}});
  EXPECT_EQ(more.status, 409);
  EXPECT_TRUE(says(more, "DP115 is deployed and not in scope"));
  const auto less = at.act("release", release, "check", {{"deployed", {"DP112"}}});
  EXPECT_EQ(less.status, 409);
  EXPECT_TRUE(says(less, "DP114 is in scope and not deployed"));
  EXPECT_EQ(at.act("release", release, "check", {{"deployed", {"DP114", "DP112"}}}).status, 200);
  // Out again by a change record, and only what is in.
  EXPECT_EQ(at.make("scope_change", {{"release", release}, {"remove", {"DP115"}}, {"reason", "late"}}).status, 409);
  const auto record = at.made("scope_change", {{"release", release}, {"remove", {"DP114"}}, {"reason", "late"}});
  const auto decision = at.made("decision", {{"committee", "PANEL"}, {"on", "2020-05-15"}, {"type", "note"}}, "panel");
  at.done("scope_change", record, "approve", {{"decision", decision}}, "panel");
  EXPECT_EQ(at.done("release", release, "deploy", {{"deployed", {"DP112"}}}).at("state"), "deployed");
}

TEST(acceptance, A66) {
  OversightNode at;
  const auto release = agreed_release(at);
  at.done("release", release, "deploy", {{"deployed", {"DP112", "DP114"}}});
  const auto criterion = [&](const char* text, bool mandatory) {
    return at.made("criterion", {{"release", release}, {"text", text}, {"mandatory", mandatory}});
  };
  const auto tested = criterion("all tests passed", true), trained = criterion("desk trained", true);
  criterion("nice to have", false);
  const auto decision = at.made(
      "decision", {{"committee", "PANEL"}, {"on", "2020-06-19"}, {"type", "go live"}, {"subject", release}}, "panel");
  const json live = {{"decision", decision}, {"live_on", "2020-06-25"}};
  auto refused = at.act("release", release, "go_live", live, "panel");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, tested + " (all tests passed) is open"));
  EXPECT_TRUE(says(refused, trained));
  at.done("criterion", tested, "submit", {{"evidence", "test report 12"}});
  EXPECT_TRUE(says(at.act("release", release, "go_live", live, "panel"), "is evidence given")) << "not yet accepted";
  at.done("criterion", tested, "accept", json::object(), "panel");
  EXPECT_EQ(at.act("criterion", trained, "waive", json::object(), "panel").status, 400) << "with what reason?";
  at.done("criterion", trained, "waive", {{"waiver", "done in July"}}, "panel");
  const auto other = at.made("decision", {{"committee", "PANEL"}, {"on", "2020-06-19"}, {"type", "note"}}, "panel");
  EXPECT_EQ(at.act("release", release, "go_live", {{"decision", other}, {"live_on", "2020-06-25"}}, "panel").status,
            409);
  EXPECT_EQ(at.done("release", release, "go_live", live, "panel").at("state"), "live");
}

TEST(acceptance, B13) {
  OversightNode at;
  at.made("committee", {{"code", "CSC"}, {"name", "CSC"}});
  at.made("category", {{"code", "LS"}, {"name", "Large Suppliers"}});
  for (int i = 1; i <= 2; ++i)
    at.made("seat", {{"committee", "CSC"}, {"category", "LS"}, {"holder", "member"}, {"from", "2019-01-01"}});
  EXPECT_EQ(at.view("adoption", "CSC").at("percent"), 0.0);
  json fields = {{"committee", "CSC"},    {"seat", "CSC SEAT 1"},         {"person", "new.member"},
                 {"party", "A Supplier"}, {"roles", {"member", "party"}}, {"clearance", "Green"}};
  auto bold = fields;
  bold["roles"] = {"secretary"};
  EXPECT_TRUE(says(at.make("invitation", bold), "nobody is invited to be secretary"));
  bold = fields;
  bold["person"] = "dcc";
  EXPECT_TRUE(says(at.make("invitation", bold), "has access already"));
  const auto invitation = at.made("invitation", fields);
  const std::string path = "invitations/" + invitation;
  EXPECT_EQ(at.ask("POST", path + "/accept", "public", {{"code", ""}}).status, 403) << "there is no code yet";
  EXPECT_EQ(at.ask("POST", path + "/code", "member").status, 403);
  const auto answer = at.ask("POST", path + "/code");
  ASSERT_EQ(answer.status, 201) << answer.body;
  const std::string code = parsed(answer).at("code");
  const auto mail = at.ask("GET", path + "/mail").body;
  EXPECT_TRUE(end_to_end::has(mail, invitation));
  EXPECT_FALSE(end_to_end::has(mail, code)) << "no secret is ever mailed";
  EXPECT_FALSE(says(at.ask("GET", OversightNode::path_of("invitation", invitation)), code)) << "nor kept";
  EXPECT_FALSE(says(at.ask("GET", OversightNode::path_of("invitation", invitation), "dcc"), "code_digest"));
  EXPECT_EQ(at.ask("POST", path + "/accept", "public", {{"code", "AAAA-AAAA-AAAA-AAAA"}}).status, 403);
  const auto accepted = at.ask("POST", path + "/accept", "public", {{"code", code}});
  ASSERT_EQ(accepted.status, 201) << accepted.body;
  at.know("new.member", parsed(accepted).at("token"));
  const auto me = at.got("me", "new.member");
  EXPECT_EQ(me.at("party"), "A Supplier");
  EXPECT_EQ(me.at("clearance"), "Green");
  EXPECT_FALSE(end_to_end::has(mail, parsed(accepted).at("token").get<std::string>()));
  EXPECT_NE(at.ask("POST", path + "/accept", "public", {{"code", code}}).status, 201) << "once";
  const auto adoption = at.view("adoption", "CSC");
  EXPECT_EQ(adoption.at("members"), 2);
  EXPECT_EQ(adoption.at("with_access"), 1);
  EXPECT_EQ(adoption.at("percent"), 50.0) << "as in February 2020";
  // Only who has access counts: a name that nobody has, or somebody who has left, does not.
  EXPECT_EQ(at.patch("seat", "CSC SEAT 2", {{"fields", {{"person", "nobody"}}}}).status, 409);
  EXPECT_EQ(at.ask("DELETE", "people/new.member", "operator").status, 204);
  EXPECT_EQ(at.view("adoption", "CSC").at("percent"), 0.0);
}

TEST(acceptance, B14) {
  OversightNode at;
  const auto survey = at.made("survey", {{"title", "Customer survey 2020"}, {"company", "A company"}});
  const auto contact = [&](const char* name) {
    return at.made("contact", {{"name", name}, {"party", "A Party"}, {"email", std::string(name) + "@example.com"}});
  };
  const auto one = contact("one"), two = contact("two");
  at.done("contact", one, "consent", {{"survey", survey}});
  EXPECT_EQ(at.ask("GET", "governance/survey/" + survey).status, 409) << "not shared";
  const auto refused = at.act("survey", survey, "share", {{"contacts", {one, two}}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, two + " has not agreed to " + survey));
  EXPECT_FALSE(says(refused, one + " has not"));
  EXPECT_EQ(at.record("survey", survey).at("state"), "planned");
  at.done("survey", survey, "share", {{"contacts", json::array({one})}});
  const auto shared = at.view("survey", survey);
  ASSERT_EQ(shared.at("contacts").size(), 1u);
  EXPECT_EQ(shared.at("contacts")[0].at("email"), "one@example.com");
  const auto table = at.ask("GET", "ledger/contact?format=csv");
  EXPECT_EQ(table.status, 403) << "by no other way";
  EXPECT_TRUE(says(table, "/api/v1/governance/survey"));
  EXPECT_FALSE(says(table, "example.com"));
  EXPECT_EQ(at.ask("GET", "ledger/survey?format=csv").status, 200);
  at.done("contact", one, "refuse", {{"survey", survey}});
  EXPECT_EQ(at.ask("GET", "governance/survey/" + survey).status, 409) << "taken back";
}

TEST(acceptance, B15) {
  OversightNode at;
  const auto csv = at.ask("GET", "governance/matrix/current?format=csv", "public").body;
  const auto compare = [&](const std::string& text) {
    return parsed(at.ask("POST", "governance/matrix", "public", text, {}, "text/csv"));
  };
  const auto same = compare(csv);
  EXPECT_EQ(same.at("same"), true) << same;
  // Planted: the first cell of a User role in the row of 8.2.4, or whichever comes, is turned round.
  auto planted = csv;
  const auto row = planted.find("\r\n6.15.1,");
  ASSERT_NE(row, std::string::npos);
  const auto name = planted.find(',', row + 9), critical = planted.find(',', name + 1);
  const bool was = planted[critical + 1] == 'x';
  if (was) {
    planted.erase(critical + 1, 1);
  } else {
    planted.insert(critical + 1, "x");
  }
  const auto found = compare(planted);
  EXPECT_EQ(found.at("same"), false);
  ASSERT_EQ(found.at("differences").size(), 1u) << found;
  EXPECT_EQ(found.at("differences")[0],
            (json{{"row", "6.15.1"}, {"column", "IS"}, {"text", was ? "" : "x"}, {"system", was ? "x" : ""}}));
  auto cut = csv;
  cut.erase(row + 2, cut.find("\r\n", row + 2) - row);
  EXPECT_EQ(compare(cut).at("differences"),
            json::array({{{"row", "6.15.1"}, {"column", ""}, {"text", "missing"}, {"system", "there"}}}));
  EXPECT_EQ(at.ask("POST", "governance/matrix", "public", "a,b\r\n1\r\n", {}, "text/csv").status, 400);
  for (const auto* format : {"md", "html"})
    EXPECT_TRUE(end_to_end::has(at.page("matrix", "current", format), "6.15.1")) << format;
  // Clauses have versions by date; nothing is written over.
  at.made("legal_text", {{"code", "SECI"}, {"title", "Section I"}});
  const auto clause = [&](const char* number, int position, const char* from, const char* text) {
    json fields = {{"document", "SECI"}, {"number", number}, {"position", position}, {"from", from}};
    if (text != nullptr) fields["text"] = text;
    return at.make("clause", fields);
  };
  EXPECT_EQ(clause("I2.31", 1, "2016-01-01", "The Panel shall set a status.").status, 201);
  EXPECT_EQ(clause("I2.32", 2, "2016-01-01", "The status is Provisionally approved or Deferred.").status, 201);
  EXPECT_EQ(clause("I2.32", 2, "2020-11-29", "The status is Deferred or Rejected.").status, 201);
  EXPECT_EQ(clause("I2.33", 3, "2020-11-29", "A Party that is Rejected is assessed again.").status, 201);
  EXPECT_EQ(clause("I2.31", 1, "2021-06-01", nullptr).status, 201) << "and is no more";
  EXPECT_EQ(clause("I2.32", 2, "2020-11-29", "Other words.").status, 409);
  EXPECT_EQ(at.view("legal-text", "SECI", "on=2020-11-28").at("clauses").size(), 2u);
  const auto changes = at.view("legal-diff", "SECI", "from=2020-11-28&to=2021-06-01").at("changes");
  std::map<std::string, std::string> kinds;
  for (const auto& one : changes) kinds[one.at("number")] = one.at("change");
  EXPECT_EQ(kinds,
            (std::map<std::string, std::string>{{"I2.31", "removed"}, {"I2.32", "changed"}, {"I2.33", "added"}}));
  EXPECT_EQ(changes[1].at("redline")[0], (json{{"edit", "kept"}, {"text", "The status is"}}));
  EXPECT_EQ(at.view("legal-diff", "SECI", "from=2020-11-29&to=2020-12-01").at("changes").size(), 0u);
  // The fast track corrects an error without refinement; only the Panel raises it.
  at.made("committee", {{"code", "PANEL"}, {"name", "SEC Panel"}});
  const auto raise = [&](const char* reference, const char* proposer) {
    at.made("proposal",
            {{"title", "Matrix"}, {"proposer", proposer}, {"issue", "An error in SECMP0025"}, {"fast_track", true}},
            "secretary", {{"reference", reference}});
    at.done("proposal", reference, "review");
    at.done("proposal", reference, "raise");
    return at.decide({{"committee", "PANEL"}, {"subject", reference}, {"type", "fast track"}, {"on", "2020-03-13"}},
                     "panel");
  };
  EXPECT_TRUE(says(raise("DP118", "A Party"), "only the SEC Panel raises"));
  const auto fast = raise("DP119", "SEC Panel");
  ASSERT_EQ(fast.status, 201) << fast.body;
  EXPECT_EQ(parsed(fast).at("fields").at("stage_after"), "report phase");
}

TEST(acceptance, B23) {
  OversightNode at;
  const auto code_of = [&](const char* name, const char* on) {
    const auto statuses = at.view("assurance-status", name, std::string("on=") + on).at("statuses");
    for (const auto& one : statuses) {
      if (one.at("scheme") == "privacy") return one.at("code").get<std::string>();
    }
    return std::string();
  };
  EXPECT_EQ(code_of("Rejected", "2020-12-01"), "P4");
  EXPECT_EQ(code_of("Deferred", "2020-11-28"), "P4") << "the old name of the same code";
  EXPECT_EQ(code_of("Deferred", "2020-11-29"), "P3") << "the word changes its meaning with MP112";
  const auto old_name = at.view("assurance-status", "P3", "on=2020-02-25").at("statuses")[0];
  EXPECT_EQ(old_name.at("name"), "Provisionally approved");
  EXPECT_EQ(old_name.at("names").size(), 2u);
  // Records keep the code, and their history the name valid at the time.
  const json privacy = {{"scheme", "privacy"}, {"role", "OU"}, {"type", "full"}};
  const auto before = assessed(at, privacy, "Deferred", "2020-02-25");
  const auto after = assessed(at, privacy, "Rejected", "2021-02-25");
  EXPECT_EQ(at.fields("assessment", before).at("status_code"), "P4");
  EXPECT_EQ(at.fields("assessment", after).at("status_code"), "P4");
  EXPECT_EQ(at.got("ledger/assessment?status_code=P4").at("total"), 2);
  EXPECT_EQ(at.fields("assessment", before).at("status"), "Deferred");
  at.done("assessment", before, "set_status", {{"status", "Deferred"}, {"status_on", "2021-03-01"}}, "assessor");
  EXPECT_EQ(at.fields("assessment", before).at("status_code"), "P3");
  const auto history = at.got(OversightNode::path_of("assessment", before) + "/history").dump();
  EXPECT_TRUE(end_to_end::has(history, "P4"));
  EXPECT_EQ(at.act("assessment", after, "set_status",
                   {{"status", "Provisionally approved"}, {"status_on", "2021-03-01"}}, "assessor")
                .status,
            409)
      << "a name that holds no more";
}

}  // namespace
}  // namespace meterway::acceptance
