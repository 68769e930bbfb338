#include <set>

#include "tests/acceptance/operations_node.h"

/// What lies beside the lines of the founding documents: the edge of a date, another order, the other report, a second
/// period; and what would slip in by another door.
namespace meterway::acceptance {
namespace {

using std::chrono::days;

TEST(neighbours, WhatComesOnASaturdayIsAWorkingDayLateAndIsNotKnownTheDayBefore) {
  Office office;
  office.load_panel();
  const auto duty = office.made("dcc", "obligation",
                                {{"name", "Another"},
                                 {"clause", "X1"},
                                 {"frequency", "monthly"},
                                 {"due_rule", "nth_working_day"},
                                 {"due_days", "10"},
                                 {"from", "2018-01-01"},
                                 {"owner", "DCC"},
                                 {"reviewer", "Panel"}});
  office.acted("dcc", "obligation", duty, "raise", {{"raised_for", "2018-08-31"}});
  const auto instance = office.get("ledger/report?obligation=" + duty).at("records").at(0).at("reference");
  const auto late = office.acted("secretary", "report", instance, "receive", {{"received", "2018-09-15"}}).at("fields");
  EXPECT_EQ(late.at("outcome"), "late by 1 working day");
  EXPECT_EQ(late.at("late_working_days"), 1);
  const auto line = [&](const std::string& as_at) {
    const auto owed = office.get("obligations?month=2018-08&as_at=" + as_at);
    for (const auto& one : owed.at("obligations")) {
      if (one.at("clause") == "X1") return one;
    }
    return json();
  };
  EXPECT_EQ(line("2018-09-14").at("status"), "not yet due");
  EXPECT_FALSE(line("2018-09-14").contains("received")) << "it had not come by then";
  EXPECT_EQ(line("2018-09-15").at("status"), "late by 1 working day");
}

TEST(neighbours, TwoPeriodsThatFallDueInOneMonthAreTwoLines) {
  Office office;
  json duty = {{"name", "R"},      {"clause", "Y1"},       {"frequency", "monthly"}, {"due_rule", "working_days_after"},
               {"due_days", "21"}, {"from", "2018-01-01"}, {"owner", "DCC"},         {"reviewer", "Panel"}};
  const auto reference = office.made("dcc", "obligation", duty);
  const auto lines = office.get("obligations?month=2018-02&as_at=2018-10-05").at("obligations");
  ASSERT_EQ(lines.size(), 2u) << "January's is due on 1 March, February's on 29 March";
  EXPECT_EQ(lines.at(0).at("due"), "2018-03-01");
  EXPECT_EQ(lines.at(1).at("due"), "2018-03-29");
  // What was refused at the beginning does not come in later.
  for (const auto& wrong : {json{{"until", "2017-01-01"}}, json{{"due_days", "no.such.rule"}}}) {
    const auto answer =
        office.ask("dcc", "PATCH", "ledger/obligation/" + reference, {{"fields", wrong}}, {{"if-match", "*"}});
    EXPECT_EQ(answer.status, 409) << answer.text;
  }
  EXPECT_EQ(office.record("obligation", reference).at("due_days"), "21");
}

TEST(neighbours, ReversedDatesAreRefusedWhereverTheyComeIn) {
  Office office;
  office.load_panel();
  const auto refused = [&](const Answer& answer, const std::string& words) {
    EXPECT_EQ(answer.status, 409) << answer.text;
    EXPECT_TRUE(says(answer, words)) << answer.text;
  };
  const auto make = [&](const std::string& who, const std::string& kind, const json& fields) {
    return office.ask(who, "POST", "ledger/" + kind, {{"fields", fields}});
  };
  const auto change = [&](const std::string& who, const std::string& path, const json& fields) {
    return office.ask(who, "PATCH", "ledger/" + path, {{"fields", fields}}, {{"if-match", "*"}});
  };
  refused(make("dcc", "report",
               {{"title", "t"},
                {"clause", "c"},
                {"owner", "DCC"},
                {"period_from", "2018-08-31"},
                {"period_to", "2018-08-01"}}),
          "the period ends before it begins");
  const json derogation = {{"title", "t"},         {"provider", "DSP"},     {"covers", {"limit"}}, {"hours", "10"},
                           {"from", "2018-10-01"}, {"until", "2018-10-20"}, {"reason", "r"}};
  const auto asked = office.made("dcc", "derogation", derogation);
  refused(change("dcc", "derogation/" + asked, {{"until", "2018-09-01"}}), "it expires before it begins");
  refused(change("dcc", "derogation/" + asked, {{"hours", "-1"}}), "expected more than 0");
  EXPECT_EQ(office.record("derogation", asked).at("until"), "2018-10-20");
  const json problem = {{"title", "t"}, {"owner", "o"}, {"opened", "2018-06-18"}, {"incidents", {"INC000000280010"}}};
  const auto known = office.made("desk", "problem", problem);
  refused(office.act("desk", "problem", known, "fix", {{"fixed", "2018-06-17"}}), "before it was opened");
  office.acted("desk", "problem", known, "fix", {{"fixed", "2018-07-02"}});
  office.acted("desk", "problem", known, "reopen");
  const auto report = office.report("problems", "2018-08");
  EXPECT_EQ(figure(report, "problems_open").at("counted"), 1);
  EXPECT_EQ(row(rows(report, "Problems"), known).at(2), "open") << "the list says what the figure says";
  refused(make("desk", "chase", {{"incident", "INC000000280010"}, {"on", "2018-06-17"}, {"what", "w"}}), "was raised");
  refused(make("desk", "chase", {{"incident", "INC000000280010"}, {"on", in(days(3)).substr(0, 10)}, {"what", "w"}}),
          "has not come");
  refused(change("desk", "incident/INC000000291001", {{"raised", "2018-08-09T09:00:00Z"}}),
          "it was resolved before that");
  EXPECT_EQ(office.ask("large", "GET", "maintenance?from=2018-10-02&to=2018-10-01").status, 400);
}

TEST(neighbours, HalfASecondAfterTheMonthIsOfTheNext) {
  Office office;
  office.load_panel();
  office.made("desk", "incident",
              {{"title", "t"}, {"raised", "2018-09-01T00:00:00.5Z"}, {"description", "d"}, {"rdp", "RDP 1"}});
  EXPECT_EQ(figure(office.report("rdp-incidents", "2018-08"), "rdp_open").at("counted"), 5);
  EXPECT_EQ(office.get("ledger/incident?range=raised&from=2018-09-01T00:00:00Z").at("total"), 1);
}

TEST(neighbours, AnotherOverrideNeedsAReasonOfItsOwnAndAnswersHaveLimits) {
  Office office;
  const auto about =
      office.made("desk", "incident", {{"title", "t"}, {"raised", "2018-08-01T09:00:00Z"}, {"description", "d"}});
  auto given = answers({{"install_commission", "degraded"}, {"override", "3"}, {"override_reason", "one installer"}});
  EXPECT_EQ(office.acted("desk", "incident", about, "categorise", given).at("fields").at("category"), "3");
  given["override"] = "5";
  given.erase("override_reason");
  EXPECT_EQ(office.act("desk", "incident", about, "categorise", given).status, 409) << "that reason was for 3";
  EXPECT_EQ(office.record("incident", about).at("category"), "3");
  for (const auto& wrong : {json{{"users_affected", -1}}, json{{"estate_share", "100.1"}}})
    EXPECT_EQ(office.act("desk", "incident", about, "categorise", answers(wrong)).status, 409) << wrong;
}

TEST(neighbours, ACommentOnOneReportOfAMajorIncidentHoldsBackTheOther) {
  Office office;
  const auto major =
      office.made("desk", "incident", {{"title", "t"}, {"raised", "2018-08-20T08:00:00Z"}, {"description", "d"}});
  office.acted("desk", "incident", major, "categorise", answers({{"install_commission", "stopped"}}));
  office.acted("dcc", "incident", major, "declare");
  std::map<std::string, std::string> reports;
  for (const auto* which : {"review", "summary"}) {
    reports[which] = office.made("dcc", "review",
                                 {{"incident", major}, {"which", which}, {"title", which}, {"text", "What happened."}});
    office.acted("dcc", "review", reports[which], "ask");
  }
  office.acted("secretary", "review", reports["review"], "agree");
  const auto comment = office.made(
      "large", "redline",
      {{"review", reports["summary"]}, {"party", "Large Supplier 1"}, {"place", "1"}, {"after", "all Users"}});
  const auto refused = office.act("secretary", "review", reports["review"], "publish", {{"recipients", {"all"}}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, comment)) << refused.text;
  EXPECT_EQ(office
                .ask("dcc", "PATCH", "ledger/review/" + reports["summary"], {{"fields", {{"which", "review"}}}},
                     {{"if-match", "*"}})
                .status,
            409);
  office.acted("dcc", "redline", comment, "take", {{"answer", "it says so"}});
  office.acted("secretary", "review", reports["review"], "publish", {{"recipients", {"all"}}});
}

TEST(neighbours, WindowsThatClashOverTheEndOfTheAskedPeriodAreTold) {
  Office office;
  const auto window = [&](const char* provider, const char* start, const char* end) {
    return office.made(
        "dcc", "maintenance",
        {{"title", "Work"}, {"provider", provider}, {"services", {"DUIS"}}, {"start", start}, {"end", end}});
  };
  const auto first = window("DSP", "2018-10-31T22:00:00Z", "2018-11-01T02:00:00Z");
  const auto second = window("CSP North", "2018-11-01T01:00:00Z", "2018-11-01T03:00:00Z");
  const auto october = office.get("maintenance?from=2018-10-01&to=2018-11-01", "large");
  ASSERT_EQ(october.at("total"), 1);
  EXPECT_EQ(october.at("windows").at(0).at("clashes"), json::array({second}));
  EXPECT_EQ(office.get("maintenance?from=2018-11-01&to=2018-12-01", "large").at("total"), 2) << "it reaches into both";
}

TEST(neighbours, AHeadlineCountsWhatThereIsToMeasureAndAFigureIsNotRoundedOverItsTarget) {
  Office office;
  office.import("tally",
                "series,from,to,value,region\r\n"
                "hub.on_time,2018-05-01,2018-05-31,94999,North\r\n"
                "hub.deliveries,2018-05-01,2018-05-31,100000,North\r\n");
  const auto report = office.report("hub-deliveries", "2018-05");
  EXPECT_EQ(figure(report, "hub_deliveries", "North").at("value"), "94.99 %") << "94.999, which is below 95";
  EXPECT_EQ(figure(report, "hub_deliveries", "North").at("standing"), "below target");
  EXPECT_EQ(report.at("headline").get<std::string>().find("1 of 1 measure is below target"), 0u)
      << report.at("headline");
  office.load_panel();
  const auto july = office.report("performance", "2018-07").at("headline").get<std::string>();
  EXPECT_EQ(july.find("1 of 16 measures is below target"), 0u) << "nothing to measure of categories 1 and 2: " << july;
}

TEST(neighbours, WhoReadsAReportMadeFromRedIsWrittenDownByName) {
  Office office;
  office.load_panel();
  office.made("dcc", "hub_return",
              {{"hub", "X"}, {"returned", "2018-05-05"}, {"responsible", "Secret"}, {"reason", "no fault"}}, "", "Red");
  EXPECT_EQ(office.ask("secretary", "GET", "reports/hub-returns?month=2018-06").status, 200);
  EXPECT_EQ(office.ask("large", "GET", "reports/hub-returns?month=2018-06").status, 403);
  std::map<std::string, std::string> who;
  const auto audit = office.get("audit", "operator");
  for (const auto& line : audit.at("audit")) {
    if (line.at("what") == "report") who[line.at("person")] = line.at("outcome");
  }
  EXPECT_EQ(who, (std::map<std::string, std::string>{{"secretary", "read"}, {"large", "refused"}}));
}

TEST(neighbours, UsersFarFromTheirForecastAreNamed) {
  Office office;
  office.import("tally",
                "series,from,to,value,party\r\n"
                "sr.sent,2018-05-01,2018-05-31,110,Over\r\nsr.forecast,2018-05-01,2018-05-31,100,Over\r\n"
                "sr.sent,2018-05-01,2018-05-31,109,Near\r\nsr.forecast,2018-05-01,2018-05-31,100,Near\r\n"
                "sr.sent,2018-05-01,2018-05-31,90,Under\r\nsr.forecast,2018-05-01,2018-05-31,100,Under\r\n"
                "sr.sent,2018-05-01,2018-05-31,,Unknown\r\nsr.forecast,2018-05-01,2018-05-31,100,Unknown\r\n");
  const auto named = rows(office.report("sr-variance", "2018-05"), "Users to be named");
  ASSERT_EQ(named.size(), 2u) << named.dump();
  EXPECT_EQ(named.at(0).at(0), "Over");
  EXPECT_EQ(named.at(1).at(3), "90.00 %");
}

TEST(neighbours, APublishedFigureLeadsToWhatItWasCountedFrom) {
  Office office;
  office.load_panel();
  const auto published = office.publish("sr-variance", "2018-08");
  ASSERT_EQ(published.status, 201) << published.text;
  const auto reference = published.body.at("fields").at("figures").at(0).get<std::string>();
  const auto sources = office.get("figures/" + reference + "/events", "secretary");
  EXPECT_EQ(sources.at("value"), "-82.74 %");
  std::int64_t sent = 0;
  ASSERT_EQ(sources.at("records").size(), 2u);
  const auto list = sources.at("records").at(0).get<std::string>().substr(std::string("/api/v1/").size());
  const auto listed = office.get(list + "&limit=1000");
  for (const auto& one : listed.at("records")) sent += one.at("fields").at("value").get<std::int64_t>();
  EXPECT_EQ(sent, 1209004) << "the records that it lists are those that were counted";
  EXPECT_EQ(sources.at("events").size(), 0u) << "no event was read";
  EXPECT_TRUE(sources.at("last_event").is_null());
  const auto said = office.node().run({"report", "sources", "--figure", reference, "--data", office.node().data()});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_EQ(json::parse(said.out, nullptr, false).value("value", ""), "-82.74 %") << said.out;
  const auto deliveries = office.get("figures/hub_deliveries/draft/events?month=2018-07&group=North", "secretary");
  EXPECT_EQ(deliveries.at("value"), "25.00 %");
  const auto on_time = deliveries.at("records").at(0).get<std::string>().substr(std::string("/api/v1/").size());
  EXPECT_EQ(office.get(on_time).at("total"), 1) << "of the North alone";
  EXPECT_EQ(office.ask("large", "GET", "figures/" + reference + "/events").status, 403);
  EXPECT_EQ(office.ask("secretary", "GET", "figures/FIG99999999/events").status, 404);
  EXPECT_EQ(office.ask("secretary", "GET", "figures/" + reference + "/events?after=x").status, 400);
}

TEST(neighbours, AFigureFromTheRoadLeadsToEachOfItsEvents) {
  Office office;
  auto& node = office.node();
  node.start_estate();
  ASSERT_TRUE(end_to_end::Node::eventually(
      [&] {
        return node.send({"4.1.1", "--to", end_to_end::kEsme}).status == 0;
      },
      20));
  EXPECT_EQ(node.send({"1.1.1", "--to", end_to_end::kEsme}).status, 0);
  const auto now = in(days(0));
  const auto month = now.substr(0, 7);
  const auto report = office.report("sr-variance", month, now.substr(0, 10));
  const auto counted = figure(report, "sr_variance").at("counted").get<std::size_t>();
  EXPECT_GE(counted, 2u);
  const auto early = office.publish("sr-variance", month, now.substr(0, 10));
  EXPECT_EQ(early.status, 409) << "the month is not over";
  EXPECT_TRUE(says(early, "has not ended")) << early.text;
  // Page by page, from the range of the draft.
  std::set<std::string> requests;
  std::string path = "figures/sr_variance/draft/events?limit=1&month=" + month;
  for (int pages = 0; pages < 50; ++pages) {
    const auto page = office.get(path, "secretary");
    for (const auto& event : page.at("events")) requests.insert(event.at("request").get<std::string>());
    if (!page.contains("next")) break;
    path = "figures/sr_variance/draft/events?limit=1&month=" + month + "&after=" + page.at("next").get<std::string>();
  }
  EXPECT_EQ(requests.size(), counted) << "a critical request, which comes twice, is one";
}

TEST(neighbours, ANameThatStandsTwiceInABodyIsRefused) {
  Office office;
  const auto twice =
      office.send("dcc", "POST", "ledger/regional_issue",
                  R"({"fields":{"title":"a","title":"b","region":"r","owner":"o"}})", "application/json");
  EXPECT_EQ(twice.status, 400);
  EXPECT_TRUE(says(twice, "stands there twice")) << twice.text;
  EXPECT_EQ(office.get("ledger/regional_issue").at("total"), 0);
}

}  // namespace
}  // namespace meterway::acceptance
