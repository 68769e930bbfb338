#include "tests/acceptance/operations_node.h"

/// What is wrong is said, all of it, and nothing of it is kept.
namespace meterway::acceptance {
namespace {

using std::chrono::days;
using std::chrono::hours;

TEST(acceptance, ReversedAndOverlappingWindowsAreRefused) {
  Office office;
  const auto month = in(days(100)).substr(0, 8);
  json window = {{"title", "Work"},
                 {"provider", "DSP"},
                 {"services", {"DUIS"}},
                 {"start", month + "10T23:00:00Z"},
                 {"end", month + "10T22:00:00Z"}};
  const auto reversed = office.ask("dcc", "POST", "ledger/maintenance", {{"fields", window}});
  EXPECT_EQ(reversed.status, 409);
  EXPECT_TRUE(says(reversed, "the window ends before it begins")) << reversed.text;
  EXPECT_EQ(office.get("ledger/maintenance").at("total"), 0);
  window["end"] = month + "11T01:00:00Z";
  const auto first = office.made("dcc", "maintenance", window), second = office.made("dcc", "maintenance", window);
  office.acted("dcc", "maintenance", first, "confirm");
  const auto overlap = office.act("dcc", "maintenance", second, "confirm");
  EXPECT_EQ(overlap.status, 409);
  EXPECT_TRUE(says(overlap, "it overlaps " + first)) << overlap.text;
  EXPECT_EQ(office.get("ledger/maintenance/" + second).at("state"), "proposed");
  // Nor does a confirmed window slip out of its limits afterwards.
  const auto later = office.ask("dcc", "PATCH", "ledger/maintenance/" + first,
                                {{"fields", {{"end", month + "11T09:00:00Z"}}}}, {{"if-match", "*"}});
  EXPECT_EQ(later.status, 409);
  EXPECT_TRUE(says(later, "outside the hours")) << later.text;
  EXPECT_EQ(office.record("maintenance", first).at("end"), month + "11T01:00:00Z");
}

TEST(acceptance, ReversedIntervalsTalliesAndObligationsAreRefused) {
  Office office;
  const auto refused = [&](const std::string& who, const std::string& kind, const json& fields,
                           const std::string& words) {
    const auto answer = office.ask(who, "POST", "ledger/" + kind, {{"fields", fields}});
    EXPECT_EQ(answer.status, 409) << kind << "\n" << answer.text;
    EXPECT_TRUE(says(answer, words)) << answer.text;
    EXPECT_EQ(office.get("ledger/" + kind).at("total"), 0);
  };
  refused("large", "interval",
          {{"seen_by", "user"},
           {"claimant", "Large Supplier 1"},
           {"service", "DUIS"},
           {"from", "2018-07-19T09:30:00Z"},
           {"until", "2018-07-19T06:00:00Z"}},
          "it ends before it begins");
  refused("large", "interval",
          {{"seen_by", "user"},
           {"claimant", "Large Supplier 2"},
           {"service", "DUIS"},
           {"from", "2018-07-19T06:00:00Z"},
           {"until", "2018-07-19T09:30:00Z"}},
          "a User claims for itself");
  refused("dcc", "tally", {{"series", "sr.sent"}, {"from", "2018-08-01"}, {"to", "2018-09-30"}, {"value", 1}},
          "beyond the month");
  refused("dcc", "tally", {{"series", "sr.sent"}, {"from", "2018-08-01"}, {"to", "2018-08-31"}, {"value", -1}},
          "not negative");
  refused("dcc", "obligation",
          {{"name", "R"},
           {"clause", "X"},
           {"frequency", "monthly"},
           {"due_rule", "nth_working_day"},
           {"due_days", "no.such.rule"},
           {"from", "2018-01-01"},
           {"owner", "DCC"},
           {"reviewer", "Panel"}},
          "neither a number nor a dated rule");
  refused("dcc", "explanation", {{"figure", "tea"}, {"month", "2018-07-01"}, {"dated", "2018-09-05"}, {"reasons", "r"}},
          "there is no figure tea");
  refused("desk", "incident", {{"title", "t"}, {"raised", in(hours(48))}, {"description", "d"}},
          "that time has not come");
  EXPECT_EQ(office
                .ask("dcc", "POST", "ledger/tally",
                     {{"fields", {{"series", "sr.sendt"}, {"from", "2018-08-01"}, {"to", "2018-08-31"}}}})
                .status,
            400)
      << "a series that there is not";
  EXPECT_EQ(office.ask("dcc", "GET", "reports/tea?month=2018-08").status, 404);
  EXPECT_EQ(office.ask("dcc", "GET", "reports/panel?month=2018-13").status, 400);
  EXPECT_EQ(office.ask("dcc", "GET", "reports/panel").status, 400);
  EXPECT_EQ(office.ask("dcc", "GET", "reports/panel?month=2018-08&as_at=" + in(days(3)).substr(0, 10)).status, 400);
  EXPECT_EQ(office.ask("large", "POST", "reports/hub-deliveries/publish?month=2018-08").status, 403);
  EXPECT_EQ(office.ask("large", "POST", "operations/sweep").status, 403);
}

TEST(acceptance, ATableWithOneBadRowLeavesNothingAndFormulasAreNeutralised) {
  Office office;
  const auto bad = office.import(
      "hub_return", "hub,returned,responsible,reason\r\nA,2018-04-01,DCC,no fault\r\nB,2018-04-31,DCC,no fault\r\n");
  EXPECT_EQ(bad.status, 400);
  EXPECT_TRUE(says(bad, "row 3")) << bad.text;
  EXPECT_EQ(office.get("ledger/hub_return").at("total"), 0);
  office.made("dcc", "regional_issue", {{"title", "=HYPERLINK(\"http://x\")"}, {"region", "North"}, {"owner", "@CSP"}});
  const auto table = office.ask("dcc", "GET", "ledger/regional_issue?format=csv").text;
  EXPECT_NE(table.find("'=HYPERLINK"), std::string::npos) << table;
  EXPECT_NE(table.find("'@CSP"), std::string::npos);
  EXPECT_NE(office.ask("dcc", "GET", "reports/ops-pack?month=2018-08&format=html")
                .text.find("=HYPERLINK(&quot;http://x&quot;)"),
            std::string::npos)
      << "and escaped where it is printed";
}

TEST(acceptance, ARuleWithAGapOrAnOverlapInItsDatesEndsTheBuild) {
  const auto script = fs::path(METERWAY_SOURCE_DIR) / "scripts/dated_rules.py";
  auto pattern = (fs::temp_directory_path() / "meterway_rules_XXXXXX").string();
  const fs::path folder = ::mkdtemp(pattern.data());
  const auto said = [&](const std::string& second_begins) {
    std::ofstream(folder / "rules.tsv") << "name\tclause\tvalue\tunit\tfrom\tto\thow_sure\tmeaning\tsource\n"
                                           "a.rule\tH8\t1\tdays\t2018-01-01\t2019-01-01\tS\tm\ts\n"
                                           "a.rule\tH8\t2\tdays\t"
                                        << second_begins << "\t-\tS\tm\ts\n";
    const auto child = end_to_end::start(
        {"/usr/bin/python3", script.string(), (folder / "rules.tsv").string(), (folder / "rules.inc").string()},
        folder / "said");
    const int status = end_to_end::wait_for(child);  // and then what it said
    return std::pair(status, end_to_end::slurp(folder / "said"));
  };
  EXPECT_EQ(said("2019-01-01").first, 0) << "one follows the other";
  for (const auto* begins : {"2019-02-01", "2018-12-31"}) {
    fs::remove(folder / "rules.inc");
    const auto [status, words] = said(begins);
    EXPECT_NE(status, 0) << begins;
    EXPECT_NE(words.find("a.rule: a row until 2019-01-01, the next from " + std::string(begins)), std::string::npos)
        << words;
    EXPECT_FALSE(fs::exists(folder / "rules.inc")) << "nothing half made";
  }
  fs::remove_all(folder);
}

TEST(acceptance, ARedCountDoesNotLeakThroughATotal) {
  Office office;
  office.load_panel();
  const json red = {{"hub", "X"}, {"returned", "2018-05-05"}, {"responsible", "Secret Party"}, {"reason", "no fault"}};
  EXPECT_EQ(office.ask("public", "GET", "reports/hub-returns?month=2018-06").status, 403) << "returns are Green";
  EXPECT_EQ(figure(office.get("reports/hub-returns?month=2018-06", "large"), "hub_returns").at("counted"), 22);
  office.made("dcc", "hub_return", red, "", "Red");
  EXPECT_EQ(office.get("ledger/hub_return", "large").at("total"), 22);
  const auto refused = office.ask("large", "GET", "reports/hub-returns?month=2018-06");
  EXPECT_EQ(refused.status, 403) << "a total of 23 would tell him of it";
  EXPECT_FALSE(says(refused, "Secret Party") || says(refused, "23"));
  EXPECT_EQ(figure(office.get("reports/hub-returns?month=2018-06"), "hub_returns").at("counted"), 23);
  const auto published = office.publish("hub-returns", "2018-06");
  ASSERT_EQ(published.status, 201);
  EXPECT_EQ(published.body.at("class"), "Red") << "as Red as what it is made from";
  EXPECT_EQ(office.get("ledger/edition", "large").at("total"), 0);
  EXPECT_EQ(office.get("ledger/figure", "large").at("total"), 0);
}

}  // namespace
}  // namespace meterway::acceptance
