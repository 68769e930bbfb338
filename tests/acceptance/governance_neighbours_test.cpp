#include <gtest/gtest.h>

#include "tests/acceptance/oversight_node.h"

/// Beside the lines of the founding documents: meetings that cannot decide, papers that are out, other doors to a
/// stage.
namespace meterway::acceptance {
namespace {

/// A committee CSC with four members, one of whose seats has lapsed, and one vacant seat; a meeting; and a proposal.
struct Room : OversightNode {
  Room() {
    for (const auto* code : {"CSC", "PANEL"}) made("committee", {{"code", code}, {"name", code}});
    made("category", {{"code", "LS"}, {"name", "Large Suppliers"}});
    for (int i = 0; i < 5; ++i) {
      json seat = {{"committee", "CSC"}, {"category", "LS"}, {"from", "2019-01-01"}};
      if (i < 4) seat["holder"] = "member " + std::to_string(i + 1);
      made("seat", seat);
    }
    done("seat", "CSC SEAT 4", "end", {{"until", "2020-02-24"}});
    made("meeting", {{"committee", "CSC"}, {"number", 12}, {"held", "2020-02-25"}});
    made("meeting", {{"committee", "CSC"}, {"number", 13}, {"held", "2020-03-31"}});
    made("proposal", {{"title", "t"}, {"proposer", "p"}, {"issue", "i"}}, "secretary", {{"reference", "DP116"}});
    for (const auto* step : {"review", "raise"}) done("proposal", "DP116", step);
  }
  net::HttpResponse attend(int seat) {
    return make("attendance", {{"meeting", "CSC 12_2502"},
                               {"who", "member " + std::to_string(seat)},
                               {"capacity", "member"},
                               {"mode", "in person"},
                               {"seat", "CSC SEAT " + std::to_string(seat)}});
  }
};
const json kFurther = {{"committee", "CSC"},
                       {"meeting", "CSC 12_2502"},
                       {"on", "2020-02-25"},
                       {"subject", "DP116"},
                       {"type", "further development"}};

TEST(neighbours, AMeetingWithoutQuorumDecidesNothingAndLapsedSeatsMakeNone) {
  Room at;
  EXPECT_EQ(at.attend(1).status, 201);
  const auto lapsed = at.attend(4);
  EXPECT_EQ(lapsed.status, 409);
  EXPECT_TRUE(says(lapsed, "term")) << lapsed.body;
  const auto quorum = at.view("minutes", "CSC 12_2502").at("quorum");
  EXPECT_EQ(quorum.at("seats"), 3) << "neither the lapsed nor the vacant one";
  EXPECT_EQ(quorum.at("needed"), 2);
  const auto refused = at.decide(kFurther);
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "is not quorate: 1 of 3")) << refused.body;
  EXPECT_EQ(at.got("ledger/decision").at("total"), 0);
  EXPECT_EQ(at.attend(2).status, 201);
  auto back = kFurther;
  back["bring_back"] = "CSC 12_2502";
  EXPECT_TRUE(says(at.decide(back), "is not after the decision"));
  back["bring_back"] = "CSC 13_3103";
  EXPECT_EQ(at.decide(back).status, 201);
  EXPECT_EQ(at.got("governance/agenda/CSC%2013_3103").at("agenda").size(), 1u);
}

TEST(neighbours, DecisionsOfThePanelAreThePanelsAndOfToday) {
  Room at;
  EXPECT_TRUE(says(at.make("decision", {{"committee", "PANEL"}, {"on", "2020-03-13"}, {"type", "note"}}, "chair"),
                   "recorded by: panel, secretary"));
  EXPECT_TRUE(
      says(at.make("decision", {{"committee", "CSC"}, {"on", "2999-01-01"}, {"type", "note"}}), "has not come"));
  at.done("proposal", "DP116", "withdraw", {{"withdrawn_on", "2020-02-20"}});
  EXPECT_EQ(at.attend(1).status + at.attend(2).status, 402);
  const auto late = at.decide(kFurther);
  EXPECT_EQ(late.status, 409) << "it is withdrawn";
  EXPECT_EQ(at.got("ledger/decision").at("total"), 0);
  EXPECT_EQ(
      at.make("ballot", {{"committee", "CSC"}, {"on", "2020-02-25"}, {"subject", "DP116"}, {"strategy", "per member"}})
          .status,
      409);
  EXPECT_EQ(at.make("dcc_assessment",
                    {{"proposal", "DP116"}, {"type", "preliminary"}, {"asked_of", "DCC"}, {"asked", "2020-02-26"}})
                .status,
            409);
}

TEST(neighbours, AMissingRationaleBlocksEveryStageAndADecisionOfOthersClosesNoAction) {
  Room at;
  at.made("proposal", {{"title", "t"}, {"proposer", "p"}, {"issue", "i"}, {"aligns_to_practice", true}}, "secretary",
          {{"reference", "DP110"}});
  EXPECT_TRUE(says(at.act("proposal", "DP110", "review"), "rationale"));
  ASSERT_EQ(at.patch("proposal", "DP110", {{"fields", {{"rationale", "Users rely on it."}}}}).status, 200);
  at.done("proposal", "DP110", "review");
  at.made("action", {{"committee", "CSC"}, {"number", 12}, {"text", "t"}, {"owner", "DCC"}});
  const auto other = at.made("decision", {{"committee", "PANEL"}, {"on", "2020-03-13"}, {"type", "note"}});
  EXPECT_TRUE(says(at.act("action", "CSC 12/01", "conclude", {{"decision", other}}), "was asked by CSC"));
  EXPECT_TRUE(
      says(at.act("action", "CSC 12/01", "update", {{"update", "u"}, {"update_on", "2999-01-01"}}), "has not come"));
  at.done("action", "CSC 12/01", "update", {{"update", "It is written."}, {"update_on", "2020-02-25"}});
  EXPECT_EQ(at.fields("action", "CSC 12/01").at("updates"), json::array({"2020-02-25 SECAS: It is written."}));
}

TEST(neighbours, WhatIsOutIsNotRewrittenAndTypedFiguresStayOut) {
  Room at;
  const json fields = {
      {"title", "Report"},       {"number", 61},      {"held", "2018-10-12"},  {"item", 19},
      {"decision_type", "note"}, {"author", "SECAS"}, {"dated", "2018-10-05"}, {"assembles", "2018-09"}};
  const auto paper = at.made("paper", fields);
  const auto typed = at.made(
      "highlight", {{"committee", "CSC"},
                    {"month", "2018-09"},
                    {"type", "highlight"},
                    {"text", "In July 2018 25 % of the hubs came in time, and 1,209,004 requests; see DP096."}});
  const auto refused = at.act("paper", paper, "publish");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, typed + " has 25 % typed into it")) << refused.body;
  EXPECT_TRUE(says(refused, "1,209,004"));
  EXPECT_FALSE(says(refused, "2018 typed"));
  at.done("highlight", typed, "strike");
  at.done("paper", paper, "publish");
  const auto rewritten = at.patch("paper", paper, {{"fields", {{"text", "All is well"}}}});
  EXPECT_EQ(rewritten.status, 409);
  EXPECT_TRUE(says(rewritten, "is published and says what it says"));
  EXPECT_EQ(at.patch("paper", paper, {{"class", "Amber"}, {"why", "names Parties"}}).status, 200);
  at.done("paper", paper, "close");
  EXPECT_EQ(at.patch("paper", paper, {{"fields", {{"author", nullptr}}}}).status, 409);
}

TEST(neighbours, AFindingForNamedReadersIsNotToldToOthersByItsNotice) {
  OversightNode at;
  const auto assessment =
      at.made("assessment", {{"scheme", "privacy"}, {"party", "One"}, {"type", "full"}}, "assessor");
  at.made("finding",
          {{"assessment", assessment},
           {"obligation", "I1.2"},
           {"severity", "non-compliant"},
           {"detail", "the quiet vault"},
           {"audience", {"SECAS", "User CIO"}}},
          "assessor");
  const auto notice = at.got("ledger/panel_notice", "panel").at("records").at(0);
  EXPECT_EQ(notice.at("fields").at("text"), "A non-compliance with I1.2 has been found by a privacy assessment");
  EXPECT_EQ(notice.dump().find("quiet"), std::string::npos) << "the Panel member is not named";
  EXPECT_EQ(at.got("ledger/finding", "panel").at("total"), 0);
}

}  // namespace
}  // namespace meterway::acceptance
