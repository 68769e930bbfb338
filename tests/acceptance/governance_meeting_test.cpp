#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "tests/acceptance/oversight_node.h"

/// Seed 003: the meeting of 25 February 2020, line by line (B01 to B12, B35, B36).
namespace meterway::acceptance {
namespace {

constexpr const char* kMeeting = "CSC 12_2502";
constexpr const char* kMarch = "CSC 13_3103";

class TheMeeting : public OversightNode {
 public:
  TheMeeting() { enter("csc_2020_02/steps.json"); }
};

std::vector<std::string> column(const json& list, const char* name) {
  std::vector<std::string> out;
  for (const auto& one : list) out.push_back(one.at(name).is_null() ? "" : one.at(name).get<std::string>());
  return out;
}

json one_of(const json& list, const char* name, const std::string& value) {
  for (const auto& one : list) {
    if (one.at(name) == value) return one;
  }
  ADD_FAILURE() << "no " << value << " in " << list;
  return json::object();
}

/// A committee with a seat in each of these categories, and a proposal at its change board stage.
void committee_with_seats(OversightNode& at, const std::string& code, const std::vector<std::string>& categories) {
  at.made("committee", {{"code", code}, {"name", code}});
  for (const auto& category : std::set<std::string>(categories.begin(), categories.end()))
    at.made("category", {{"code", category}, {"name", category}});
  for (const auto& category : categories)
    at.made("seat", {{"committee", code}, {"category", category}, {"holder", "member"}, {"from", "2019-01-01"}});
}

std::string draft_proposal(OversightNode& at, const std::string& reference, json fields = json::object()) {
  json all = {{"title", "A change"}, {"proposer", "A Party"}, {"issue", "A problem"}, {"raised", "2020-01-28"}};
  all.update(fields);
  at.made("proposal", all, "secretary", {{"reference", reference}});
  at.done("proposal", reference, "review");
  at.done("proposal", reference, "raise");
  return reference;
}

json decision(const std::string& committee, const std::string& subject, const std::string& type,
              const std::string& on = "2020-02-25") {
  return {{"committee", committee}, {"subject", subject}, {"type", type}, {"on", on}};
}

TEST(acceptance, B01) {
  TheMeeting at;
  const std::string white = at.page("minutes", kMeeting, "html"), white_md = at.page("minutes", kMeeting);
  EXPECT_TRUE(end_to_end::has(white_md, "WHITE:"));
  const auto patched = at.patch("meeting", kMeeting, {{"class", "Green"}, {"why", "for Parties alone"}});
  ASSERT_EQ(patched.status, 200) << patched.body;
  const std::string green = at.page("minutes", kMeeting, "html"), green_md = at.page("minutes", kMeeting);
  EXPECT_NE(white, green);
  EXPECT_TRUE(end_to_end::has(green_md, "GREEN:"));
  EXPECT_FALSE(end_to_end::has(green_md, "WHITE:")) << "no rendition keeps the old statement";
  EXPECT_TRUE(at.page("minutes", kMeeting, "pdf").starts_with("%PDF-"));
  EXPECT_EQ(at.ask("GET", "governance/minutes/CSC%2012_2502", "public").status, 404) << "Green is not for the public";
}

TEST(acceptance, B02) {
  TheMeeting at;
  const auto minutes = at.view("minutes", kMeeting);
  EXPECT_EQ(minutes.at("duration_minutes"), 80);
  EXPECT_EQ(minutes.at("state"), "final");
  const auto page = at.page("minutes", kMeeting);
  for (const auto* part : {"25 February 2020", "10:00 to 11:20, 80 minutes", "Teleconference", "final"})
    EXPECT_TRUE(end_to_end::has(page, part)) << part << "\n" << page;
  json next = {{"committee", "CSC"},
               {"number", 14},
               {"held", "2020-04-28"},
               {"begins", "2020-04-28T11:00:00Z"},
               {"ends", "2020-04-28T10:00:00Z"}};
  EXPECT_TRUE(says(at.make("meeting", next), "ends before it begins"));
  next["ends"] = "2020-04-28T12:00:00Z";
  EXPECT_EQ(at.made("meeting", next), "CSC 14_2804");
  EXPECT_EQ(at.patch("meeting", "CSC 14_2804", {{"fields", {{"ends", "2020-04-28T10:00:00Z"}}}}).status, 409);
  EXPECT_EQ(at.view("minutes", "CSC 14_2804").at("duration_minutes"), 60) << "nothing half applied";
  const auto final = at.patch("meeting", kMeeting, {{"fields", {{"ends", "2020-02-25T15:00:00Z"}}}});
  EXPECT_EQ(final.status, 409) << "final minutes are not rewritten";
  EXPECT_EQ(at.view("minutes", kMeeting).at("duration_minutes"), 80);
}

TEST(acceptance, B03) {
  TheMeeting at;
  const auto minutes = at.view("minutes", kMeeting);
  std::map<std::string, int> members, others;
  for (const auto& one : minutes.at("attendance")) {
    if (one.at("mode") == "apologies") continue;
    const bool member = !one.at("seat").is_null();
    if (member) ++members[one.at("category")];
    if (!member && one.at("capacity") != "chair") ++others[one.at("party")];
  }
  EXPECT_EQ(members, (std::map<std::string, int>{{"LS", 2}, {"SS", 2}, {"ENP", 1}}));
  EXPECT_EQ(others, (std::map<std::string, int>{{"DCC", 7}, {"SECAS", 6}}));
  const auto& quorum = minutes.at("quorum");
  EXPECT_EQ(quorum.at("seats"), 8);
  EXPECT_EQ(quorum.at("present"), 5) << "members only: participants never count";
  EXPECT_EQ(quorum.at("needed"), 4);
  EXPECT_EQ(quorum.at("met"), true);
  // The same room with two members and any number of participants decides nothing.
  at.made("meeting", {{"committee", "CSC"}, {"number", 14}, {"held", "2020-04-28"}});
  for (int i = 1; i <= 2; ++i)
    at.made("attendance", {{"meeting", "CSC 14_2804"},
                           {"who", "member " + std::to_string(i)},
                           {"capacity", "member"},
                           {"mode", "in person"},
                           {"seat", "CSC SEAT " + std::to_string(i)}});
  for (int i = 1; i <= 9; ++i)
    at.made("attendance", {{"meeting", "CSC 14_2804"},
                           {"who", "participant " + std::to_string(i)},
                           {"capacity", "participant"},
                           {"mode", "in person"}});
  const auto thin = at.view("minutes", "CSC 14_2804").at("quorum");
  EXPECT_EQ(thin.at("present"), 2);
  EXPECT_EQ(thin.at("met"), false);
  const auto with_seat = at.make("attendance", {{"meeting", "CSC 14_2804"},
                                                {"who", "somebody"},
                                                {"capacity", "participant"},
                                                {"mode", "in person"},
                                                {"seat", "CSC SEAT 3"}});
  EXPECT_EQ(with_seat.status, 409);
  EXPECT_TRUE(says(with_seat, "no vote"));
}

TEST(acceptance, B04) {
  TheMeeting at;
  const auto minutes = at.view("minutes", kMeeting);
  std::map<std::string, int> away;
  for (const auto& one : minutes.at("attendance")) {
    if (one.at("mode") == "apologies") ++away[one.at("category")];
  }
  EXPECT_EQ(away, (std::map<std::string, int>{{"OSP", 2}, {"CONS", 1}}));
  EXPECT_EQ(minutes.at("quorum").at("absent_categories"), json({"CONS", "OSP"}));
  const auto page = at.page("minutes", kMeeting);
  EXPECT_TRUE(end_to_end::has(page, "Categories without anybody"));
  EXPECT_TRUE(end_to_end::has(page, "Consumers, Other SEC Parties")) << page;
  // An alternate comes in the place of who sent apologies, and his category is there.
  at.made("meeting", {{"committee", "CSC"}, {"number", 14}, {"held", "2020-04-28"}});
  const json holder = {{"meeting", "CSC 14_2804"},
                       {"who", "Consumer member"},
                       {"capacity", "member"},
                       {"mode", "apologies"},
                       {"seat", "CSC SEAT 8"}};
  at.made("attendance", holder);
  at.made("attendance", {{"meeting", "CSC 14_2804"},
                         {"who", "Consumer alternate"},
                         {"capacity", "alternate"},
                         {"mode", "in person"},
                         {"seat", "CSC SEAT 8"}});
  const auto absent = at.view("minutes", "CSC 14_2804").at("quorum").at("absent_categories");
  EXPECT_EQ(std::count(absent.begin(), absent.end(), "CONS"), 0);
}

TEST(acceptance, B05) {
  TheMeeting at;
  const auto minutes = at.view("minutes", kMeeting).at("actions");
  EXPECT_EQ(column(minutes, "reference"),
            (std::vector<std::string>{"CSC 10/01", "CSC 11/01", "CSC 11/02", "CSC 12/01"}));
  EXPECT_TRUE(one_of(minutes, "reference", "CSC 10/01").at("status").get<std::string>().starts_with("open"));
  EXPECT_EQ(one_of(minutes, "reference", "CSC 11/01").at("status"), "closed");
  EXPECT_EQ(one_of(minutes, "reference", "CSC 11/02").at("status"), "closed");
  const auto empty = at.act("action", "CSC 12/01", "close");
  EXPECT_EQ(empty.status, 400);
  EXPECT_TRUE(says(empty, "evidence"));
  EXPECT_EQ(at.act("action", "CSC 12/01", "conclude").status, 400) << "or a recorded decision";
  const auto closing = at.made("decision", {{"committee", "CSC"}, {"on", "2020-03-31"}, {"type", "note"}});
  at.made("action", {{"committee", "CSC"}, {"number", 12}, {"text", "Another"}, {"owner", "DCC"}});
  EXPECT_EQ(at.done("action", "CSC 12/02", "conclude", {{"decision", closing}}).at("state"), "closed");
  // Open for more than three meetings: at the 14th the action of the 10th, at the 16th that of the 12th.
  for (int number = 14; number <= 16; ++number)
    at.made("meeting",
            {{"committee", "CSC"}, {"number", number}, {"held", "2020-0" + std::to_string(number - 10) + "-28"}});
  at.done("meeting", kMarch, "draft");
  EXPECT_FALSE(at.fields("action", "CSC 10/01").contains("escalated")) << "open for three meetings";
  at.done("meeting", "CSC 14_2804", "draft");
  EXPECT_EQ(at.fields("action", "CSC 10/01").at("escalated"), true);
  EXPECT_FALSE(at.fields("action", "CSC 12/01").contains("escalated"));
  at.done("meeting", "CSC 16_2806", "draft");
  EXPECT_EQ(at.fields("action", "CSC 12/01").at("escalated"), true);
  EXPECT_EQ(at.view("minutes", kMeeting).at("actions"), minutes) << "final minutes stay as they were";
  EXPECT_TRUE(end_to_end::has(at.page("action-log", "CSC"), "escalated"));
}

TEST(acceptance, B06) {
  TheMeeting at;
  const auto refused = at.act("action", "CSC 10/01", "close", {{"evidence", "the same again"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "its evidence is disputed by Network Party member"));
  EXPECT_EQ(at.record("action", "CSC 10/01").at("state"), "open");
  EXPECT_EQ(at.fields("action", "CSC 10/01").at("evidence"), "Draft legal text and cost breakdown for DP096")
      << "nothing half applied";
  // Evidence of a closed action is disputed: it is open again.
  EXPECT_EQ(at.record("action", "CSC 11/01").at("state"), "closed");
  const auto reopened = at.done("action", "CSC 11/01", "dispute",
                                {{"disputed_by", "Network Party member"}, {"dispute", "wrong"}}, "member");
  EXPECT_EQ(reopened.at("state"), "open");
  EXPECT_EQ(at.act("action", "CSC 11/01", "close", {{"evidence", "again"}}).status, 409);
  at.done("action", "CSC 11/01", "settle", {{"settlement", "the member agrees after all"}});
  EXPECT_EQ(at.done("action", "CSC 11/01", "close", {{"evidence", "again"}}).at("state"), "closed");
}

TEST(acceptance, B07) {
  TheMeeting at;
  EXPECT_EQ(at.view("proposal", "DP098").at("impact"), "DCC Systems impact: none, stated by DCC, 25 February 2020");
  EXPECT_TRUE(
      end_to_end::has(at.page("proposal", "DP098"), "DCC Systems impact: none, stated by DCC, 25 February 2020"));
  EXPECT_EQ(at.view("proposal", "DP094").at("impact"), "DCC Systems impact: not stated by anybody");
  EXPECT_EQ(at.act("proposal", "DP094", "state_impact", {{"dcc_systems", true}}).status, 400) << "by whom, and when?";
  at.done("proposal", "DP094", "state_impact",
          {{"dcc_systems", true}, {"impact_by", "DCC"}, {"impact_on", "2020-03-02"}}, "dcc");
  EXPECT_EQ(at.view("proposal", "DP094").at("impact"), "DCC Systems impact: yes, stated by DCC, 2 March 2020");
}

TEST(acceptance, B08) {
  TheMeeting at;
  ASSERT_EQ(at.patch("proposal", "DP110", {{"fields", {{"aligns_to_practice", true}}}}).status, 200);
  const auto refused = at.decide(decision("CSC", "DP110", "ready to convert"));
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "the rationale for that is missing"));
  EXPECT_EQ(at.record("proposal", "DP110").at("state"), "development");
  EXPECT_EQ(at.got("ledger/decision?subject=DP110").at("total"), 0) << "nothing half applied";
  ASSERT_EQ(at.patch("proposal", "DP110", {{"fields", {{"rationale", "Users rely on the practice."}}}}).status, 200);
  EXPECT_EQ(at.decided(decision("CSC", "DP110", "ready to convert")).at("stage_after"), "ready to convert");
}

TEST(acceptance, B09) {
  TheMeeting at;
  EXPECT_EQ(at.fields("action", "CSC 12/01").at("text"), "Hold a meeting of the DCC and the network operators on DP096")
      << "the next after 11/02, in meeting 12";
  EXPECT_EQ(at.made("action", {{"committee", "CSC"}, {"number", 12}, {"text", "t"}, {"owner", "DCC"}}), "CSC 12/02");
  EXPECT_EQ(at.made("action", {{"committee", "CSC"}, {"number", 13}, {"text", "t"}, {"owner", "DCC"}}), "CSC 13/01");
}

TEST(acceptance, B10) {
  TheMeeting at;
  const std::map<std::string, std::string> stages{{"DP094", "development"},
                                                  {"DP095", "recommended for refinement"},
                                                  {"DP096", "development"},
                                                  {"DP100", "development"},
                                                  {"DP107", "recommended for refinement"},
                                                  {"DP108", "development"},
                                                  {"DP109", "recommended for refinement"},
                                                  {"DP111", "development"},
                                                  {"DP112", "recommended for refinement"},
                                                  {"DP113", "recommended for refinement"},
                                                  {"DP114", "recommended for report phase"},
                                                  {"DP115", "recommended for report phase"},
                                                  {"DP116", "development"},
                                                  {"DP117", "development"}};
  for (const auto& [reference, stage] : stages)
    EXPECT_EQ(at.record("proposal", reference).at("state"), stage) << reference;
  const auto page = at.page("minutes", kMeeting);
  for (const auto* part : {"AGREED", "RECOMMENDED", "Next stage: recommended for refinement",
                           "Next stage: recommended for report phase", "Next stage: development"})
    EXPECT_TRUE(end_to_end::has(page, part)) << part;
  for (const auto& [reference, stage] : stages) EXPECT_TRUE(end_to_end::has(page, reference)) << reference;
  // The Panel converts, by the route that was recommended; the number stays.
  EXPECT_EQ(at.decided(decision("PANEL", "DP095", "convert", "2020-03-13"), "panel").at("stage_after"), "refinement");
  EXPECT_EQ(at.decided(decision("PANEL", "DP114", "convert", "2020-03-13"), "panel").at("stage_after"), "report phase");
  EXPECT_EQ(at.view("proposal", "MP095").at("modification"), "MP095");
  EXPECT_TRUE(says(at.decide(decision("CSC", "DP109", "convert")), "is not CSC's but that of PANEL"));
  // Nothing moves without a decision, and a decision stays what it is, whoever asks.
  const auto bare = at.act("proposal", "DP096", "ready_to_convert", json::object(), "operator");
  EXPECT_EQ(bare.status, 409);
  EXPECT_TRUE(says(bare, "this is moved by a decision"));
  const auto first = at.got("ledger/decision?subject=DP095").at("records")[0];
  for (const auto* who : {"operator", "secretary"})
    EXPECT_NE(at.patch("decision", first.at("reference"), {{"fields", {{"type", "note"}}}}, who).status, 200) << who;
  EXPECT_EQ(at.record("decision", first.at("reference")), first);
  EXPECT_EQ(at.got("ledger/proposal/DP095/history").at("history").size(), 6u);
}

TEST(acceptance, B11) {
  TheMeeting at;
  const auto found = at.got("ledger/statement?dissent=true&speaker=Network%20Party%20member");
  ASSERT_EQ(found.at("total"), 1);
  EXPECT_EQ(found.at("records")[0].at("fields").at("subject"), "DP096");
  EXPECT_EQ(at.got("ledger/statement?dissent=true&speaker=Large%20Supplier%20member%201").at("total"), 0);
  EXPECT_EQ(at.got("ledger/decision?subject=DP096").at("total"), 1) << "dissent blocks nothing";
  EXPECT_TRUE(end_to_end::has(at.page("minutes", kMeeting), "**Network Party member (dissent):** "));
}

TEST(acceptance, B12) {
  TheMeeting at;
  const auto agenda = at.view("agenda", kMarch);
  EXPECT_EQ(agenda.at("held"), "2020-03-31");
  EXPECT_EQ(column(agenda.at("agenda"), "subject"), (std::vector<std::string>{"DP116", "DP117"}));
  EXPECT_EQ(column(agenda.at("agenda"), "title"),
            (std::vector<std::string>{"DP116 Service Request Forecasting", "DP117 Bulk Communications Hub returns"}))
      << "nobody typed them";
  EXPECT_TRUE(end_to_end::has(at.page("minutes", kMeeting), "31 March 2020"));
  // An item is parked by name, too, and says where it came from.
  const auto item = at.made("agenda", {{"meeting", kMarch}, {"title", "Any other business"}});
  at.made("meeting", {{"committee", "CSC"}, {"number", 14}, {"held", "2020-04-28"}});
  EXPECT_EQ(at.act("agenda", item, "park", {{"parked_to", kMeeting}}).status, 409) << "that is over";
  at.done("agenda", item, "park", {{"parked_to", "CSC 14_2804"}});
  const auto april = at.view("agenda", "CSC 14_2804").at("agenda");
  EXPECT_EQ(one_of(april, "title", "Any other business").at("from"), item);
}

TEST(acceptance, B35) {
  OversightNode at;
  at.made("committee", {{"code", "CSC"}, {"name", "CSC"}});
  draft_proposal(at, "DP109", {{"raised", "2020-01-20"}});
  draft_proposal(at, "DP117", {{"raised", "2020-02-18"}});
  const auto ask_for = [&](const char* proposal, const char* asked) {
    return at.made("dcc_assessment",
                   {{"proposal", proposal}, {"type", "preliminary"}, {"asked_of", "DCC"}, {"asked", asked}});
  };
  const auto first = ask_for("DP109", "2020-05-13"), second = ask_for("DP117", "2020-06-03");
  EXPECT_EQ(at.fields("dcc_assessment", first).at("due"), "2020-06-04") << "15 working days, a bank holiday apart";
  auto clock = at.view("proposal", "DP109", "on=2020-07-01").at("assessments")[0];
  EXPECT_EQ(clock.at("state"), "waiting");
  EXPECT_EQ(clock.at("days_waiting"), 49);
  EXPECT_EQ(clock.at("overdue"), true);
  EXPECT_EQ(at.view("proposal", "DP109", "on=2020-07-01", "public").at("assessments").size(), 1u) << "a public clock";
  const json figures = {{"cost_low", "40000"}, {"cost_high", "90000"}, {"assumptions", "one release"}};
  auto answer = figures;
  answer["returned"] = "2020-09-28";
  EXPECT_EQ(at.act("dcc_assessment", first, "return", {{"returned", "2020-09-28"}}).status, 400)
      << "cost, assumptions?";
  at.done("dcc_assessment", first, "return", answer);
  answer["returned"] = "2020-07-16";
  at.done("dcc_assessment", second, "return", answer);
  clock = at.view("proposal", "DP109").at("assessments")[0];
  EXPECT_EQ(clock.at("state"), "returned");
  EXPECT_EQ(clock.at("days_waiting"), 138);
  EXPECT_EQ(clock.at("cost_high"), "90000");
  EXPECT_EQ(at.view("proposal", "DP117").at("assessments")[0].at("days_waiting"), 43);
}

TEST(acceptance, B36) {
  TheMeeting at;
  ASSERT_EQ(at.patch("proposal", "DP095", {{"fields", {{"fixes_non_compliance", true}}}}).status, 200);
  at.decided(decision("PANEL", "DP095", "convert", "2020-03-13"), "panel");
  const auto refused = at.decide(decision("CSC", "DP095", "report", "2020-06-01"));
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "the funding statement is missing"));
  EXPECT_TRUE(says(refused, "of whom, and with what, is missing"));
  EXPECT_EQ(at.act("proposal", "DP095", "assess_preliminary").status, 409) << "nor by another door";
  EXPECT_EQ(at.record("proposal", "DP095").at("state"), "refinement");
  ASSERT_EQ(at.patch("proposal", "DP095",
                     {{"fields",
                       {{"non_compliant", "DCC"},
                        {"non_compliant_with", "H3.14"},
                        {"funding_question", "Do Parties pay to make the DCC compliant?"},
                        {"funding_statement", "The DCC bears the cost."}}}})
                .status,
            200);
  EXPECT_EQ(at.decided(decision("CSC", "DP095", "report", "2020-06-01")).at("stage_after"), "report phase");
}

/// MP112 from end to end: 85 days to the decision, 306 to live (governance.md 3.3).
TEST(governance, TakesAModificationFromItsIdeaToItsRelease) {
  OversightNode at;
  committee_with_seats(at, "CB", {"LS", "LS", "SS", "ENP"});
  at.made("committee", {{"code", "CSC"}, {"name", "CSC"}});
  at.made("committee", {{"code", "PANEL"}, {"name", "SEC Panel"}});
  draft_proposal(at, "DP112", {{"path", "self-governance"}});
  at.decided(decision("CSC", "DP112", "ready to convert"));
  at.decided(decision("CSC", "DP112", "recommend report phase"));
  at.decided(decision("PANEL", "DP112", "convert", "2020-03-13"), "panel");
  at.decided(decision("PANEL", "DP112", "approve report", "2020-03-17"), "panel");
  at.done("proposal", "DP112", "conclude_consultation");
  const auto ballot =
      at.made("ballot", {{"committee", "CB"}, {"on", "2020-04-22"}, {"subject", "DP112"}, {"strategy", "per member"}});
  auto approve = decision("CB", "DP112", "approve", "2020-04-22");
  EXPECT_TRUE(says(at.decide(approve), "rests on a ballot: which?"));
  approve["ballot"] = ballot;
  EXPECT_TRUE(says(at.decide(approve), "has not been counted"));
  const char* votes[] = {"for", "against", "for", "abstain"};
  for (int i = 0; i < 4; ++i)
    at.made("vote", {{"ballot", ballot}, {"seat", "CB SEAT " + std::to_string(i + 1)}, {"choice", votes[i]}});
  const auto counted = at.done("ballot", ballot, "close").at("fields");
  EXPECT_EQ(counted.at("votes_for"), 2);
  EXPECT_EQ(counted.at("abstained"), 1);
  EXPECT_EQ(counted.at("result"), "carried");
  EXPECT_EQ(at.decided(approve).at("stage_after"), "appeal window");
  at.done("proposal", "DP112", "confirm");
  at.done("proposal", "DP112", "implement", {{"implemented_on", "2020-11-29"}});
  const auto view = at.view("proposal", "MP112");
  EXPECT_EQ(view.at("days_to_decision"), 85);
  EXPECT_EQ(view.at("days_to_live"), 306);
}

/// MP117: withdrawn on 9 June 2021 after 477 days; could be adopted until 23 June.
TEST(governance, LetsAnotherPartyAdoptWhatWasWithdrawnWithinTenWorkingDays) {
  OversightNode at;
  draft_proposal(at, "DP117", {{"raised", "2020-02-18"}});
  at.done("proposal", "DP117", "withdraw", {{"withdrawn_on", "2021-06-09"}});
  auto view = at.view("proposal", "DP117");
  EXPECT_EQ(view.at("days_to_withdrawal"), 477);
  EXPECT_EQ(view.at("adoption_until"), "2021-06-23");
  const auto late = at.act("proposal", "DP117", "adopt", {{"adopted_by", "Another"}, {"adopted_on", "2021-06-24"}});
  EXPECT_EQ(late.status, 409);
  EXPECT_TRUE(says(late, "could be adopted until 23 June 2021"));
  EXPECT_TRUE(says(at.act("proposal", "DP117", "adopt", {{"adopted_by", "A Party"}, {"adopted_on", "2021-06-23"}}),
                   "another Party adopts it"));
  const auto adopted = at.done("proposal", "DP117", "adopt", {{"adopted_by", "Another"}, {"adopted_on", "2021-06-23"}});
  EXPECT_EQ(adopted.at("state"), "development");
  EXPECT_EQ(adopted.at("fields").at("proposer"), "Another");
}

TEST(governance, RefusesMoreVotesThanSeatsAndCountsByCategory) {
  OversightNode at;
  committee_with_seats(at, "CB", {"LS", "LS", "LS", "SS", "ENP"});
  at.made("committee", {{"code", "CSC"}, {"name", "CSC"}});
  const auto foreign = at.made("seat", {{"committee", "CSC"}, {"category", "LS"}, {"from", "2019-01-01"}});
  draft_proposal(at, "DP111");
  const auto call = [&](const char* strategy) {
    return at.made("ballot", {{"committee", "CB"}, {"on", "2020-04-22"}, {"subject", "DP111"}, {"strategy", strategy}});
  };
  const auto vote = [&](const std::string& ballot, const std::string& seat, const char* choice) {
    return at.make("vote", {{"ballot", ballot}, {"seat", seat}, {"choice", choice}});
  };
  for (const auto* strategy : {"per member", "per category"}) {
    const auto ballot = call(strategy);
    for (int i = 1; i <= 3; ++i) EXPECT_EQ(vote(ballot, "CB SEAT " + std::to_string(i), "for").status, 201);
    for (int i = 4; i <= 5; ++i) EXPECT_EQ(vote(ballot, "CB SEAT " + std::to_string(i), "against").status, 201);
    const auto again = vote(ballot, "CB SEAT 1", "for");
    EXPECT_EQ(again.status, 409);
    EXPECT_TRUE(says(again, "CB SEAT 1 has voted"));
    EXPECT_TRUE(says(vote(ballot, foreign, "for"), "is no seat of CB"));
    EXPECT_EQ(at.got("ledger/vote?ballot=" + ballot).at("total"), 5) << "nothing half applied";
    const auto counted = at.done("ballot", ballot, "close").at("fields");
    EXPECT_EQ(counted.at("votes_for"), 3);
    EXPECT_EQ(counted.at("result"), std::string(strategy) == "per member" ? "carried" : "not carried");
    EXPECT_EQ(vote(ballot, "CB SEAT 5", "for").status, 409) << "it is over";
  }
}

TEST(governance, LetsOneOfTwoRacingDecisionsWin) {
  OversightNode at;
  at.made("committee", {{"code", "CSC"}, {"name", "CSC"}});
  draft_proposal(at, "DP108");
  auto first = decision("CSC", "DP108", "further development"), second = decision("CSC", "DP108", "ready to convert");
  first["revision"] = second["revision"] = at.record("proposal", "DP108").at("revision");
  net::HttpResponse answers[2];
  std::thread one([&] { answers[0] = at.make("decision", first, "secretary"); });
  std::thread other([&] { answers[1] = at.make("decision", second, "chair"); });
  one.join();
  other.join();
  EXPECT_EQ(answers[0].status + answers[1].status, 201 + 409) << answers[0].body << answers[1].body;
  const auto& loser = answers[0].status == 409 ? answers[0] : answers[1];
  EXPECT_TRUE(says(loser, "it was changed after the one that was decided on")) << loser.body;
  EXPECT_EQ(at.got("ledger/decision?subject=DP108").at("total"), 1);
}

TEST(governance, WritesNothingIntoARecordThatItsReadersMayNotSee) {
  OversightNode at;
  at.made("committee", {{"code", "CSC"}, {"name", "CSC"}});
  at.made("meeting", {{"committee", "CSC"},
                      {"number", 12},
                      {"held", "2020-02-25"},
                      {"begins", "2020-02-25T10:00:00Z"},
                      {"ends", "2020-02-25T11:20:00Z"}});
  at.made("proposal", {{"title", "The quiet matter"}, {"proposer", "p"}, {"issue", "i"}}, "secretary",
          {{"reference", "DP200"}, {"class", "Amber"}});
  at.made("agenda", {{"meeting", kMeeting}, {"subject", "DP200"}});
  at.made("attendance", {{"meeting", kMeeting}, {"who", "Chair"}, {"capacity", "chair"}, {"mode", "in person"}});
  at.made("action", {{"committee", "CSC"}, {"number", 12}, {"text", "Look at the quiet vault"}, {"owner", "DCC"}},
          "secretary", {{"class", "Red"}});
  at.done("meeting", kMeeting, "draft");
  at.done("meeting", kMeeting, "finalise");
  const auto environment = at.made("environment", {{"name", "UIT-A"}});
  at.made("defect", {{"environment", environment}, {"title", "a quiet hole"}, {"severity", "1"}}, "secretary",
          {{"class", "Red"}});
  for (const auto* path : {"governance/minutes/CSC%2012_2502", "governance/agenda/CSC%2012_2502", "ledger/agenda",
                           "ledger/meeting", "ledger/environment"}) {
    const auto answer = at.ask("GET", path, "public");
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_FALSE(says(answer, "quiet")) << path << ": " << answer.body;
  }
  EXPECT_TRUE(says(at.ask("GET", "governance/agenda/CSC%2012_2502", "panel"), "The quiet matter"));
}

TEST(governance, PrintsMinutesAgendaAndActionLogByCommand) {
  TheMeeting at;
  const auto said = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--data", at.node.data()});
    const auto out = at.node.run(words);
    EXPECT_EQ(out.status, 0) << out.out;
    return out.out;
  };
  EXPECT_EQ(said({"meeting", "minutes", "CSC-12"}), at.page("minutes", kMeeting));
  EXPECT_EQ(said({"meeting", "agenda", kMarch}), at.page("agenda", kMarch));
  EXPECT_EQ(said({"action", "log"}), at.page("action-log", "CSC"));
  EXPECT_EQ(said({"meeting", "minutes", "CSC-12", "--format", "html"}), at.page("minutes", kMeeting, "html"));
  EXPECT_TRUE(end_to_end::has(said({"proposal", "clock", "DP096"}), "DNO Power Outage Alerts"));
  const auto nobody = at.node.run({"meeting", "minutes", "CSC-99", "--data", at.node.data()});
  EXPECT_EQ(nobody.status, 1);
}

TEST(governance, RefusesAnAttachmentOfAFalseType) {
  OversightNode at;
  draft_proposal(at, "DP115");
  const auto path = OversightNode::path_of("proposal", "DP115") + "/attachments?title=Guide";
  const auto refused = at.ask("POST", path, "secretary", "MZ this is a program", {}, "application/pdf");
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_TRUE(says(refused, "content"));
  EXPECT_EQ(at.record("proposal", "DP115").at("attachments").size(), 0u);
}

}  // namespace
}  // namespace meterway::acceptance
