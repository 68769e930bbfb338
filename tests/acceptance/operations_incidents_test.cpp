#include "tests/acceptance/operations_node.h"

/// Seed A32 to A36: incidents, what Users are told, Major Incidents, failing installs, regions.
namespace meterway::acceptance {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

std::string incident(Office& office, const std::string& title,
                     const json& affected = json::array({"Large Supplier 1"})) {
  return office.made("desk", "incident",
                     {{"title", title},
                      {"raised", in(-hours(1))},
                      {"owner", "DSP"},
                      {"description", "Installs fail now and then."},
                      {"affected", affected}});
}

TEST(acceptance, A32) {  // same answers, same category; another needs a reason; a challenge comes to an outcome
  Office office;
  const auto given = answers({{"install_commission", "degraded"}, {"users_affected", 4}, {"workaround", "none"}});
  const auto one = incident(office, "ESME installs"), two = incident(office, "GSME installs");
  auto incomplete = given;
  incomplete.erase("install_commission");
  const auto refused = office.act("desk", "incident", one, "categorise", incomplete);
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(says(refused, "install_commission")) << "the question is put explicitly";
  for (const auto& reference : {one, two}) {
    const auto fields = office.acted("desk", "incident", reference, "categorise", given).at("fields");
    EXPECT_EQ(fields.at("proposed_category"), "2");
    EXPECT_EQ(fields.at("category"), "2");
    EXPECT_EQ(fields.at("rationale"), "category 2: Install and Commission is affected (S)");
    EXPECT_EQ(fields.at("decided_by"), "desk");
  }
  auto other = given;
  other["override"] = "3";
  EXPECT_EQ(office.act("desk", "incident", two, "categorise", other).status, 409);
  EXPECT_EQ(office.record("incident", two).at("category"), "2") << "nothing of it is kept";
  other["override_reason"] = "Only one installer is affected.";
  EXPECT_EQ(office.acted("desk", "incident", two, "categorise", other).at("fields").at("category"), "3");
  EXPECT_EQ(
      office.ask("desk", "PATCH", "ledger/incident/" + two, {{"fields", {{"category", "5"}}}}, {{"if-match", "*"}})
          .status,
      400)
      << "a category comes by the rules alone";

  const json wanted = {
      {"incident", one}, {"party", "Large Supplier 2"}, {"wants", "1"}, {"grounds", "We cannot install."}};
  EXPECT_EQ(office.ask("other", "POST", "ledger/challenge", {{"fields", wanted}}).status, 409) << "it is not affected";
  auto mine = wanted;
  mine["party"] = "Large Supplier 1";
  EXPECT_EQ(office.ask("other", "POST", "ledger/challenge", {{"fields", mine}}).status, 409) << "for somebody else";
  const auto challenge = office.made("large", "challenge", mine);
  office.acted("desk", "incident", one, "resolve", {{"resolution", "restarted"}});
  const auto close = office.act("desk", "incident", one, "close");
  EXPECT_EQ(close.status, 409);
  EXPECT_TRUE(says(close, challenge)) << close.text;
  EXPECT_EQ(office.act("dcc", "challenge", challenge, "uphold").status, 400) << "without an outcome";
  office.acted("dcc", "challenge", challenge, "uphold", {{"outcome", "All of its installers stood still."}});
  const auto now = office.record("incident", one);
  EXPECT_EQ(now.at("category"), "1");
  EXPECT_EQ(now.at("proposed_category"), "2");
  EXPECT_NE(now.at("override_reason").get<std::string>().find(challenge + ", challenge upheld"), std::string::npos);
  office.acted("desk", "incident", one, "close");

  const auto month = in(-hours(1)).substr(0, 7);
  const auto report = office.get("reports/consistency?month=" + month);
  const auto like = rows(report, "Incidents with the same answers");
  ASSERT_EQ(like.size(), 1u) << like.dump();
  EXPECT_EQ(like.at(0).at(3), "1, 3");
  EXPECT_EQ(like.at(0).at(4), "no");
  EXPECT_EQ(rows(report, "Categories set otherwise than proposed").size(), 2u);
}

TEST(acceptance, A33) {  // a communication without a mandatory field is not sent; a missed update raises an alarm
  Office office;
  const auto about = incident(office, "ESME installs");
  json draft = {
      {"incident", about}, {"what", "Installs of electricity meters fail now and then"}, {"who", "All Suppliers"}};
  const auto reference = office.made("desk", "communication", draft);
  const auto refused = office.act("desk", "communication", reference, "send");
  EXPECT_EQ(refused.status, 409);
  for (const auto* field : {"regions", "srvs", "since", "workaround", "next_update"})
    EXPECT_TRUE(says(refused, std::string(field) + " is missing")) << field;
  json rest = {{"regions", {"North"}},
               {"srvs", {"8.1.1"}},
               {"since", in(-hours(1))},
               {"workaround", "try again after an hour"},
               {"next_update", in(-seconds(10))}};
  EXPECT_TRUE(says(office.act("desk", "communication", reference, "send", rest), "that time has passed"));
  rest["next_update"] = in(seconds(2));
  const auto sent = office.acted("desk", "communication", reference, "send", rest);
  EXPECT_EQ(sent.at("fields").at("quality"), 100);
  EXPECT_TRUE(sent.at("fields").contains("sent_at"));
  EXPECT_EQ(office.swept().at("alarms"), 0) << "its time has not come";
  std::this_thread::sleep_for(seconds(3));
  EXPECT_EQ(office.swept().at("alarms"), 1);
  EXPECT_EQ(office.swept().at("alarms"), 0) << "once";
  const auto alarm = office.get("ledger/alarm?state=raised").at("records").at(0).at("fields");
  EXPECT_EQ(alarm.at("about"), reference);
  EXPECT_FALSE(
      row(rows(office.get("reports/ops-pack?month=" + in(seconds(0)).substr(0, 7)), "Alarms"), reference).is_null());
  EXPECT_EQ(office
                .ask("desk", "PATCH", "ledger/communication/" + reference, {{"fields", {{"what", "Nothing"}}}},
                     {{"if-match", "*"}})
                .status,
            409)
      << "what was sent is not rewritten";
}

TEST(acceptance, A34) {  // no report of a Major Incident goes to all Parties while a comment is open
  Office office;
  const auto major = office.made("desk", "incident",
                                 {{"title", "Intermittent issues impacting GSME and ESME installations"},
                                  {"raised", "2018-08-20T08:00:00Z"},
                                  {"description", "Installs fail now and then."},
                                  {"affected", {"Large Supplier 1"}}},
                                 "INC000000294975");
  office.acted("desk", "incident", major, "categorise", answers({{"install_commission", "stopped"}}));
  EXPECT_EQ(office
                .ask("dcc", "POST", "ledger/review",
                     {{"fields", {{"incident", major}, {"which", "review"}, {"title", "Review"}}}})
                .status,
            409)
      << "it has not been declared";
  EXPECT_TRUE(office.acted("dcc", "incident", major, "declare").at("fields").contains("declared_at"));
  office.acted("desk", "incident", major, "resolve",
               {{"resolution", "a certificate was renewed"}, {"resolved_at", "2018-08-28T10:00:00Z"}});
  std::vector<std::string> reports;
  for (const auto* which : {"review", "summary"}) {
    const auto report = office.made("dcc", "review",
                                    {{"incident", major},
                                     {"which", which},
                                     {"title", std::string("Report: ") + which},
                                     {"text", "What happened, and why."}});
    reports.push_back(report);
    office.acted("dcc", "review", report, "ask");
    const auto comment = office.made("large", "redline",
                                     {{"review", report},
                                      {"party", "Large Supplier 1"},
                                      {"place", "2.1"},
                                      {"before", "some Users"},
                                      {"after", "all Users"}});
    const auto refused = office.act("secretary", "review", report, "agree");
    EXPECT_EQ(refused.status, 409);
    EXPECT_TRUE(says(refused, comment)) << refused.text;
    office.acted("dcc", "review", report, "amend", {{"text", "What happened to all Users, and why."}});
    EXPECT_EQ(office.act("secretary", "review", report, "agree").status, 409) << "nobody has answered the comment";
    office.acted("dcc", "redline", comment, "take", {{"answer", "amended"}});
    office.acted("secretary", "review", report, "agree");
    const auto late = office.made("large", "redline",
                                  {{"review", report}, {"party", "Large Supplier 1"}, {"place", "3"}, {"after", "x"}});
    EXPECT_EQ(office.act("secretary", "review", report, "publish", {{"recipients", {"all Parties"}}}).status, 409)
        << late;
    office.acted("dcc", "redline", late, "decline", {{"answer", "out of scope"}});
    EXPECT_EQ(office.act("secretary", "review", report, "publish").status, 400) << "to whom?";
  }
  EXPECT_EQ(office.act("desk", "incident", major, "close").status, 409) << "neither report is published";
  for (const auto& report : reports) {
    const auto fields =
        office
            .acted("secretary", "review", report, "publish", {{"recipients", {"Large Supplier 1", "Large Supplier 2"}}})
            .at("fields");
    EXPECT_TRUE(fields.contains("published_at"));
    EXPECT_EQ(fields.at("recipients").size(), 2u);
  }
  office.acted("desk", "incident", major, "close");
}

/// Attempts of an hour, so many of them failed.
std::string attempts(hours before_now, int all, int failed, const std::string& region) {
  std::string out;
  for (int i = 0; i < all; ++i)
    out += in(-before_now + seconds(i)) + "," + region + ",ESME," + (i < failed ? "false" : "true") + "\r\n";
  return out;
}

TEST(acceptance, A35) {  // a failure rate that doubles in one region raises a candidate within the window
  Office office;
  const std::string head = "at,region,device_type,success\r\n";
  const auto put = [&](const std::string& some) {
    const auto answer = office.import("install_attempt", head + some);
    EXPECT_EQ(answer.status, 200) << answer.text;
  };
  put(attempts(hours(72), 100, 5, "North") + attempts(hours(72), 100, 5, "South"));
  put(attempts(hours(2), 40, 2, "North") + attempts(hours(2), 40, 3, "South"));
  EXPECT_EQ(office.swept().at("candidates"), 0) << "as it was, or half as bad again";
  put(attempts(hours(1), 10, 3, "North"));
  EXPECT_EQ(office.swept().at("candidates"), 1) << "5 of 50 against 5 of 100: twice";
  EXPECT_EQ(office.swept().at("candidates"), 0) << "once";
  const auto candidate = office.get("ledger/candidate?state=raised").at("records").at(0);
  EXPECT_EQ(candidate.at("fields").at("region"), "North");
  EXPECT_NE(candidate.at("fields").at("explanation").get<std::string>().find("5 of 50 failed"), std::string::npos);
  const auto reference = candidate.at("reference").get<std::string>();
  EXPECT_EQ(office.act("desk", "candidate", reference, "dismiss").status, 400) << "without a reason";
  const auto raised = incident(office, "ESME installs in the North");
  office.acted("desk", "candidate", reference, "accept", {{"incident", raised}});
  EXPECT_EQ(office.swept().at("candidates"), 0) << "somebody has seen to it";
}

TEST(acceptance, A35ByItself) {  // the platform looks by itself as often as is configured
  Office office(json{{"sweep_s", 1}});
  office.import("install_attempt", "at,region,device_type,success\r\n" + attempts(hours(72), 100, 2, "North") +
                                       attempts(hours(1), 40, 20, "North"));
  EXPECT_TRUE(end_to_end::Node::eventually([&] { return office.get("ledger/candidate").at("total") == 1; }, 10));
}

TEST(acceptance, A36) {  // an issue without a target date is red, and in the next pack
  Office office;
  const json issue = {{"title", "Ramp-up is held back"}, {"region", "North"}, {"provider", "CSP North"}};
  EXPECT_EQ(office.ask("dcc", "POST", "ledger/regional_issue", {{"fields", issue}}).status, 400) << "without an owner";
  auto owned = issue;
  owned["owner"] = "CSP North";
  const auto reference = office.made("dcc", "regional_issue", owned);
  const auto pack = [&] { return rows(office.get("reports/ops-pack?month=2018-09"), "Regional issues"); };
  const auto line = row(pack(), "RED: no target date");
  ASSERT_FALSE(line.is_null()) << pack().dump();
  EXPECT_EQ(line.at(0).get<std::string>().find(reference), 0u);
  office.ask("dcc", "PATCH", "ledger/regional_issue/" + reference, {{"fields", {{"target", "2018-12-31"}}}},
             {{"if-match", "*"}});
  EXPECT_EQ(row(pack(), "RED: no target date"), json());
  EXPECT_FALSE(row(pack(), "RED: overdue").is_null());
  office.load_panel();
  const auto tallies = office.import("tally",
                                     "series,from,to,value,region\r\n"
                                     "install.attempts,2018-07-01,2018-07-31,1000,North\r\n"
                                     "install.successes,2018-07-01,2018-07-31,700,North\r\n"
                                     "wan.minutes,2018-07-01,2018-07-31,44640,North\r\n"
                                     "wan.available,2018-07-01,2018-07-31,43000,North\r\n");
  ASSERT_EQ(tallies.status, 200) << tallies.text;
  const auto board = office.report("health", "2018-07", "2018-10-05");
  EXPECT_EQ(figure(board, "install_success", "North").at("value"), "70.00 %");
  EXPECT_EQ(figure(board, "install_success", "North").at("standing"), "below target");
  EXPECT_EQ(figure(board, "wan_availability", "North").at("value"), "96.33 %");
  EXPECT_EQ(figure(board, "hub_deliveries", "North").at("value"), "25.00 %");
  EXPECT_FALSE(row(rows(board, "Regional issues"), "North").is_null());
}

}  // namespace
}  // namespace meterway::acceptance
