#include "tests/acceptance/operations_node.h"

/// Seed A10 to A21: what the DCC reports to the Panel. Each test is the seed's line of that name, through a running
/// node.
namespace meterway::acceptance {
namespace {

const json* line_of(const json& owed, const std::string& name) {
  for (const auto& one : owed.at("obligations")) {
    if (one.at("name") == name) return &one;
  }
  return nullptr;
}

TEST(acceptance, A10) {  // the register: due on the 10th working day, received one working day late
  Office office;
  office.load_panel();
  const auto owed = office.get("obligations?month=2018-08&as_at=2018-10-05");
  ASSERT_EQ(owed.at("obligations").size(), 7u);
  const auto& csr = *line_of(owed, "Certificate Signing Request Variance Report");
  EXPECT_EQ(csr.at("due"), "2018-09-14");
  EXPECT_EQ(csr.at("received"), "2018-09-17");
  EXPECT_EQ(csr.at("status"), "late by 1 working day");
  const auto& sr = *line_of(owed, "Service Request Variance Report");
  EXPECT_EQ(sr.at("due"), "2018-09-14");
  EXPECT_EQ(sr.at("status"), "on time");
  const auto& performance = *line_of(owed, "Performance Measurement Report");
  EXPECT_EQ(performance.at("period_from"), "2018-07-01") << "the one that falls due in September";
  EXPECT_EQ(performance.at("due"), "2018-09-05");
  EXPECT_EQ(performance.at("status"), "on time");
  const auto before = office.get("obligations?month=2018-08&as_at=2018-09-14");
  EXPECT_EQ(line_of(before, "Certificate Signing Request Variance Report")->at("status"), "not yet due");
  const auto next = office.get("obligations?month=2018-09&as_at=2018-10-16");
  EXPECT_EQ(line_of(next, "Service Request Variance Report")->at("status"), "not received, 2 working days overdue");
}

TEST(acceptance, A11) {  // below target without a dated explanation: no publication, and what is missing
  Office office;
  office.load_panel();
  const auto refused = office.publish("performance", "2018-07");
  ASSERT_EQ(refused.status, 409) << refused.text;
  EXPECT_TRUE(says(refused, "Communications Hub deliveries on time, North, July 2018")) << refused.text;
  EXPECT_TRUE(says(refused, "a dated explanation with reasons is missing"));
  EXPECT_TRUE(says(refused, "preventive steps are missing"));
  EXPECT_TRUE(says(refused, "UNA000001"));
  EXPECT_EQ(office.get("ledger/edition").at("total"), 0) << "nothing of it is kept";
  EXPECT_EQ(office.get("ledger/figure").at("total"), 0);

  const auto north = figure(office.report("performance", "2018-07"), "hub_deliveries", "North");
  EXPECT_EQ(north.at("value"), "25.00 %");
  EXPECT_EQ(north.at("counted"), 100);
  EXPECT_EQ(north.at("of"), 400);
  EXPECT_EQ(north.at("standing"), "below minimum");

  json explanation = {{"figure", "hub_deliveries"}, {"group", "North"},     {"month", "2018-07-01"},
                      {"dated", "2018-09-05"},      {"owner", "CSP North"}, {"reasons", "A depot was moved."}};
  const auto given = office.made("dcc", "explanation", explanation);
  const auto half = office.publish("performance", "2018-07");
  EXPECT_EQ(half.status, 409);
  EXPECT_FALSE(says(half, "reasons is missing"));
  EXPECT_TRUE(says(half, "preventive steps are missing")) << "it is below the minimum, too";
  office.acted("dcc", "explanation", given, "withdraw");
  explanation["steps"] = "Deliveries go from two depots.";
  office.made("dcc", "explanation", explanation);
  EXPECT_EQ(office.publish("performance", "2018-07", "2018-09-04").status, 409) << "it was not given by then";
  office.acted("dcc", "interval", "UNA000001", "count");
  const auto published = office.publish("performance", "2018-07");
  ASSERT_EQ(published.status, 201) << published.text;

  const auto edition = published.body.at("reference").get<std::string>();
  const auto frozen = office.ask("dcc", "GET", "ledger/edition/" + edition + "/document?format=md").text;
  EXPECT_NE(frozen.find("25.00 %"), std::string::npos);
  office.import("tally", "series,from,to,value,region\r\nhub.on_time,2018-07-01,2018-07-31,300,North\r\n");
  EXPECT_EQ(figure(office.report("performance", "2018-07"), "hub_deliveries", "North").at("value"), "100.00 %");
  EXPECT_EQ(office.ask("dcc", "GET", "ledger/edition/" + edition + "/document?format=md").text, frozen)
      << "what is published is not what the books say later";
  for (const auto* format : {"html", "pdf"}) {
    const auto path = "ledger/edition/" + edition + "/document?format=" + format;
    EXPECT_EQ(office.ask("dcc", "GET", path).text, office.ask("dcc", "GET", path).text);
    EXPECT_EQ(office.ask("dcc", "GET", path).status, 200);
  }
}

TEST(acceptance, A12) {  // no green headline over a red metric
  Office office;
  office.load_panel();
  const auto report = office.report("performance", "2018-07");
  EXPECT_FALSE(report.at("all_green"));
  const auto headline = report.at("headline").get<std::string>();
  EXPECT_NE(headline.find("below target: Communications Hub deliveries on time, North, July 2018: 25.00 %"),
            std::string::npos)
      << headline;
  EXPECT_EQ(headline.find("All "), std::string::npos);
  for (const auto* name : {"cpm1", "cpm2", "cpm3", "cpm7", "cpm8"})
    EXPECT_EQ(figure(report, name).at("standing"), "met") << name << ": the code's own measures are all green";
  EXPECT_EQ(figure(report, "provider_measures", "DSP").at("standing"), "met");
}

TEST(acceptance, A13) {  // exclusions are listed with their reason; a claim without counterpart is unmatched
  Office office;
  office.load_panel();
  const auto report = office.report("performance", "2018-07");
  const auto table = rows(report, "Unavailability and what became of it");
  ASSERT_EQ(table.size(), 2u) << table.dump();
  const auto excluded = row(table, "INC000000293311");
  EXPECT_EQ(excluded.at(6), "40");
  EXPECT_EQ(excluded.at(7), "excluded");
  EXPECT_EQ(excluded.at(8), "a fault of the access network outside the DCC Systems");
  const auto claim = row(table, "UNA000001");
  EXPECT_EQ(claim.at(7), "unmatched");
  EXPECT_EQ(claim.at(6), "210");
  EXPECT_TRUE(says(office.publish("performance", "2018-07"), "is neither counted nor excluded with a reason"));
  EXPECT_NE(figure(report, "cpm6", "DUIS").at("note").get<std::string>().find("210 unmatched minutes are not in it"),
            std::string::npos)
      << "no figure is silent over what nobody has accounted for";
  EXPECT_EQ(figure(report, "cpm4").at("value"), "nothing to measure") << "no such incident: neither 100 % nor unknown";
  // Three and a half hours of July count once somebody says so, and the SSI has 40 minutes less to be there.
  office.acted("dcc", "interval", "UNA000001", "count");
  const auto now = office.report("performance", "2018-07");
  EXPECT_EQ(figure(now, "cpm6", "DUIS").at("counted"), 31 * 24 * 60 - 210);
  EXPECT_EQ(figure(now, "cpm6", "SSI").at("of"), 31 * 24 * 60 - 40);
  EXPECT_EQ(figure(now, "cpm6", "SSI").at("excluded"), 40);
  EXPECT_EQ(office.act("dcc", "interval", "UNA000001", "exclude", {{"reason", "x"}}).status, 409) << "it is counted";
  // A claim within an interval that counts is matched by it.
  office.made("large", "interval",
              {{"seen_by", "user"},
               {"claimant", "Large Supplier 1"},
               {"service", "SSI"},
               {"from", "2018-07-12T13:05:00Z"},
               {"until", "2018-07-12T13:30:00Z"}});
  const auto matched =
      row(rows(office.report("performance", "2018-07"), "Unavailability and what became of it"), "UNA000002");
  EXPECT_EQ(matched.at(7), "excluded");
  EXPECT_EQ(matched.at(8), "within INC000000293311");
}

TEST(acceptance, A14) {  // an action from a finding stays in the pack until it is closed with evidence
  Office office;
  office.load_panel();
  const auto action = office.made("secretary", "action",
                                  {{"committee", "OPSG"},
                                   {"number", 24},
                                   {"text", "Investigate the outage of 19 July and report back"},
                                   {"owner", "DCC"},
                                   {"due", "2018-10-30"},
                                   {"finding", "UNA000001"}});
  EXPECT_EQ(action, "OPSG 24/01");
  const auto open = row(rows(office.report("ops-pack", "2018-09"), "Actions"), action);
  ASSERT_FALSE(open.is_null());
  EXPECT_EQ(open.at(4), "UNA000001");
  EXPECT_EQ(office.act("secretary", "action", action, "close").status, 400) << "without evidence";
  EXPECT_FALSE(row(rows(office.report("ops-pack", "2018-09"), "Actions"), action).is_null());
  office.acted("secretary", "action", action, "close", {{"evidence", "Report of 29 October"}});
  EXPECT_TRUE(row(rows(office.report("ops-pack", "2018-09"), "Actions"), action).is_null());
}

TEST(acceptance, A15) {  // returns of a quarter by party and reason; no day is prescribed
  Office office;
  office.load_panel();
  const auto owed = office.get("obligations?month=2018-06&as_at=2018-10-05");
  const auto& line = *line_of(owed, "Responsible Communications Hub Returns Report");
  EXPECT_EQ(line.at("status"), "not prescribed");
  EXPECT_FALSE(line.contains("due"));
  EXPECT_EQ(line.at("received"), "2018-08-01");
  const auto report = office.report("hub-returns", "2018-06");
  const auto total = office.get("ledger/hub_return?range=returned&from=2018-04-01&to=2018-07-01").at("total");
  EXPECT_EQ(total, 22);
  EXPECT_EQ(figure(report, "hub_returns").at("counted"), total);
  std::int64_t sum = 0;
  for (const auto& one : report.at("figures")) sum += one.at("group") == "" ? 0 : one.at("counted").get<std::int64_t>();
  EXPECT_EQ(sum, total);
  const auto table = rows(report, "By party and reason");
  std::int64_t cells = 0;
  for (const auto& one : table) cells += one.at(0) == "all" ? 0 : std::stoi(one.at(2).get<std::string>());
  EXPECT_EQ(cells, total);
  EXPECT_EQ(row(table, "SM WAN fault").at(2), "7");
}

TEST(acceptance, A16) {  // an obligation that ends makes no instance after its end
  Office office;
  office.load_panel();
  const auto duty = office.get("ledger/obligation?clause=F7.21").at("records").at(0).at("reference").get<std::string>();
  EXPECT_EQ(office.act("dcc", "obligation", duty, "raise", {{"raised_for", "2020-11-01"}}).status, 200)
      << "the last quarter that is owed ends on 31 December 2020";
  const auto refused = office.act("dcc", "obligation", duty, "raise", {{"raised_for", "2021-02-01"}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "nothing is owed for 2021-01-01 to 2021-03-31")) << refused.text;
  office.swept();
  const auto count = [&](const std::string& from, const std::string& to) {
    return office.get("ledger/report?obligation=" + duty + "&range=period_to&from=" + from + "&to=" + to)
        .at("total")
        .get<int>();
  };
  EXPECT_EQ(count("2018-01-01", "2021-01-01"), 12) << "the quarters of three years, each once";
  EXPECT_EQ(count("2021-01-01", "2099-01-01"), 0);
  EXPECT_EQ(office.swept().at("instances"), 0) << "a second time makes nothing";
}

TEST(acceptance, A17) {  // 7 opened and resolved, 5 open, 4 of them over a month, each of the 4 chased
  Office office;
  office.load_panel();
  const auto report = office.report("rdp-incidents", "2018-08");
  EXPECT_EQ(figure(report, "rdp_opened_resolved").at("counted"), 7);
  EXPECT_EQ(figure(report, "rdp_open").at("counted"), 5);
  EXPECT_EQ(figure(report, "rdp_open_over_month").at("counted"), 4);
  const auto table = rows(report, "Open at the end of the month");
  ASSERT_EQ(table.size(), 5u);
  int chased = 0, since = 0;
  for (const auto& one : table) {
    if (one.at(4) == "yes")
      chased += one.at(6).get<std::string>().find(" August 2018: asked for a date") != std::string::npos;
    since += one.at(5) == "11 September 2018";
  }
  EXPECT_EQ(chased, 4);
  EXPECT_EQ(since, 1) << "one has been resolved since";
  EXPECT_EQ(office.publish("rdp-incidents", "2018-08").status, 201);
  office.made(
      "desk", "incident",
      {{"title", "Another refresh"}, {"raised", "2018-07-02T10:00:00Z"}, {"description", "d"}, {"rdp", "RDP 2"}},
      "INC000000289999");
  const auto refused = office.publish("rdp-incidents", "2018-08");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "INC000000289999")) << "nobody has chased it";
}

TEST(acceptance, A18) {  // an actual that nobody has recorded is never 0
  Office office;
  office.load_panel();
  const auto report = office.report("csr-variance", "2018-08");
  const auto total = figure(report, "csr_variance");
  EXPECT_EQ(total.at("value"), "not recorded");
  EXPECT_TRUE(total.at("counted").is_null());
  EXPECT_EQ(total.at("of"), 868301);
  const auto table = rows(report, "By Authorised Subscriber");
  ASSERT_EQ(table.size(), 4u);
  std::int64_t sum = 0;
  for (const auto& one : table) {
    EXPECT_EQ(one.at(1), "not recorded");
    auto digits = one.at(2).get<std::string>();
    std::erase(digits, ',');
    sum += std::stoll(digits);
  }
  EXPECT_EQ(sum, 868301) << "the total is the sum over subscribers";
}

TEST(acceptance, A18Submitted) {  // the total is the sum of what was submitted, or not recorded while one is missing
  Office office;
  const std::string dates = ",2018-09-01,2018-09-30,";
  std::string table = "series,from,to,value,party\n";
  for (const auto& [party, submitted, expected] : {std::tuple{"Large Supplier 1", "1200", "1000"},
                                                   {"Large Supplier 2", "0", "500"},
                                                   {"Manufacturer 1", "", "300"}})
    table += "csr.sent" + dates + submitted + "," + party + "\ncsr.forecast" + dates + expected + "," + party + "\n";
  ASSERT_EQ(office.import("tally", table).status, 200);
  const auto missing = office.report("csr-variance", "2018-09");
  EXPECT_EQ(figure(missing, "csr_variance").at("value"), "not recorded");
  EXPECT_TRUE(figure(missing, "csr_variance").at("counted").is_null()) << "not the sum of those that are there";
  EXPECT_EQ(figure(missing, "csr_variance").at("of"), 1800);
  const auto lines = rows(missing, "By Authorised Subscriber");
  EXPECT_EQ(row(lines, "Large Supplier 1").at(1), "1,200");
  EXPECT_EQ(row(lines, "Large Supplier 2").at(1), "0") << "recorded as none";
  EXPECT_EQ(row(lines, "Manufacturer 1").at(1), "not recorded");
  // The one that was missing is recorded.
  const auto tallies = office.get("ledger/tally?series=csr.sent&party=Manufacturer%201").at("records");
  ASSERT_EQ(tallies.size(), 1u);
  const auto put = office.ask("dcc", "PATCH", "ledger/tally/" + tallies[0].at("reference").get<std::string>(),
                              {{"fields", {{"value", 360}}}}, {{"if-match", "*"}});
  ASSERT_EQ(put.status, 200) << put.text;
  const auto whole = office.report("csr-variance", "2018-09");
  EXPECT_EQ(figure(whole, "csr_variance").at("counted"), 1560);
  EXPECT_EQ(figure(whole, "csr_variance").at("of"), 1800);
  EXPECT_EQ(figure(whole, "csr_variance").at("value"), "-13.33 %");
  std::int64_t sum = 0;
  for (const auto& one : rows(whole, "By Authorised Subscriber")) {
    auto digits = one.at(1).get<std::string>();
    std::erase(digits, ',');
    sum += std::stoll(digits);
  }
  EXPECT_EQ(sum, 1560) << "the total is the sum over subscribers";
}

TEST(acceptance, A19) {  // 1,209,004 of 7,004,230: -82.74 %, 17.26 % of the forecast
  Office office;
  office.load_panel();
  const auto report = office.report("sr-variance", "2018-08");
  const auto variance = figure(report, "sr_variance");
  EXPECT_EQ(variance.at("counted"), 1209004);
  EXPECT_EQ(variance.at("of"), 7004230);
  EXPECT_EQ(variance.at("value"), "-82.74 %");
  EXPECT_EQ(figure(report, "sr_share").at("value"), "17.26 %");
  const auto table = rows(report, "By User, service and delivery mode");
  ASSERT_EQ(table.size(), 14u);
  std::int64_t sent = 0, forecast = 0;
  for (const auto& one : table) {
    for (const auto& [cell, sum] : {std::pair{3, &sent}, std::pair{4, &forecast}}) {
      auto digits = one.at(static_cast<std::size_t>(cell)).get<std::string>();
      std::erase(digits, ',');
      *sum += std::stoll(digits);
    }
  }
  EXPECT_EQ(sent, 1209004);
  EXPECT_EQ(forecast, 7004230);
}

TEST(acceptance, A20) {  // every open problem has an incident and an age
  Office office;
  office.load_panel();
  const json problem = {{"title", "Refreshes are not sent"}, {"owner", "RDP 1"}, {"opened", "2018-06-18"}};
  EXPECT_EQ(office.ask("desk", "POST", "ledger/problem", {{"fields", problem}}).status, 400) << "without an incident";
  auto whole = problem;
  whole["incidents"] = {"INC000000280010", "INC000000280008"};
  whole["workaround"] = "delta files";
  whole["target_fix"] = "2018-11-30";
  const auto reference = office.made("desk", "problem", whole);
  const auto report = office.report("problems", "2018-08");
  EXPECT_EQ(figure(report, "problems_open").at("counted"), 1);
  const auto line = row(rows(report, "Problems"), reference);
  ASSERT_FALSE(line.is_null());
  EXPECT_EQ(line.at(3), "104") << "days from 18 June to the end of the quarter";
  EXPECT_EQ(line.at(4), "INC000000280010, INC000000280008");
  EXPECT_EQ(line.at(5), "delta files");
}

TEST(acceptance, A21) {  // nothing due, not received and a nil return are different things
  Office office;
  office.load_panel();
  const auto status = [&](const std::string& month, const std::string& name) {
    return line_of(office.get("obligations?month=" + month + "&as_at=2018-10-05"), name)
        ->at("status")
        .get<std::string>();
  };
  EXPECT_EQ(status("2018-08", "Quarterly Problem Report"), "nothing due");
  EXPECT_EQ(status("2018-08", "Responsible Communications Hub Returns Report"), "nothing due");
  EXPECT_EQ(status("2018-06", "Quarterly Problem Report"), "not prescribed") << "received";
  EXPECT_EQ(status("2018-03", "Quarterly Problem Report"), "not received, no day is prescribed");
  EXPECT_EQ(status("2018-07", "Service Request Variance Report"), "not received, 37 working days overdue");
  const auto duty = office.get("ledger/obligation?clause=H3.24").at("records").at(0).at("reference").get<std::string>();
  office.acted("dcc", "obligation", duty, "raise", {{"raised_for", "2018-07-31"}});
  const auto instance = office.get("ledger/report?obligation=" + duty + "&period_from=2018-07-01").at("records").at(0);
  office.acted("secretary", "report", instance.at("reference"), "nil", {{"received", "2018-08-14"}});
  EXPECT_EQ(status("2018-07", "Service Request Variance Report"), "nil return, on time");
}

TEST(acceptance, PanelReport) {  // the table of section 2.1 of the founding report, and what it waits for
  Office office;
  office.load_panel();
  const auto report = office.report("panel", "2018-08");
  EXPECT_EQ(figure(report, "sr_variance").at("value"), "-82.74 %");
  EXPECT_EQ(figure(report, "csr_variance").at("value"), "not recorded");
  EXPECT_EQ(figure(report, "hub_deliveries", "North").at("value"), "25.00 %");
  EXPECT_EQ(figure(report, "rdp_opened_resolved").at("value"), "7");
  EXPECT_EQ(figure(report, "rdp_open").at("value"), "5");
  EXPECT_EQ(figure(report, "rdp_open_over_month").at("value"), "4");
  const auto said = office.node().run(
      {"report", "panel", "--month", "2018-08", "--as-at", "2018-10-05", "--data", office.node().data()});
  EXPECT_EQ(said.status, 0) << said.out;
  for (const auto* words : {"late by 1 working day", "nothing due", "1,209,004", "7,004,230", "-82.74 %", "868,301",
                            "not recorded", "25.00 %", "What publication waits for"})
    EXPECT_NE(said.out.find(words), std::string::npos) << words << "\n" << said.out;
  EXPECT_EQ(office.ask("dcc", "GET", "reports/panel?month=2018-08&as_at=2018-10-05&format=md").text, said.out);
  const auto refused = office.publish("panel", "2018-08");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(says(refused, "North") && says(refused, "UNA000001")) << refused.text;
  office.made("dcc", "explanation",
              {{"figure", "hub_deliveries"},
               {"group", "North"},
               {"month", "2018-07-01"},
               {"dated", "2018-09-05"},
               {"reasons", "A depot was moved."},
               {"steps", "Two depots."}});
  office.acted("dcc", "interval", "UNA000001", "exclude", {{"reason", "The claimant's own line was down."}});
  const auto published = office.publish("panel", "2018-08");
  ASSERT_EQ(published.status, 201) << published.text;
  const auto& fields = published.body.at("fields");
  EXPECT_EQ(fields.at("figures").size(), report.at("figures").size());
  const auto first = office.record("figure", fields.at("figures").at(0));
  for (const auto* name : {"query", "value", "numerator", "denominator", "exclusions", "status"})
    EXPECT_TRUE(first.contains(name)) << name;
  const auto edition = published.body.at("reference").get<std::string>();
  EXPECT_EQ(office
                .ask("operator", "PATCH", "ledger/edition/" + edition, {{"fields", {{"headline", "All is well"}}}},
                     {{"if-match", "*"}})
                .status,
            400)
      << "not even the operator rewrites what is published";
}

}  // namespace
}  // namespace meterway::acceptance
