#include "tests/acceptance/operations_node.h"

/// Seed A30 and A31: one calendar, and what goes beyond its limits.
namespace meterway::acceptance {
namespace {

using std::chrono::days;
using std::chrono::hours;

/// A night of a month that is far enough away for notice, or any other day of it.
std::string at(int day, const std::string& time) {
  const auto far = in(days(100)).substr(0, 8);
  return far + (day < 10 ? "0" : "") + std::to_string(day) + "T" + time + ":00Z";
}
json window(const std::string& provider, const std::string& service, const std::string& start, const std::string& end,
            const json& regions = json::array()) {
  json out = {{"title", "Work on " + service},
              {"provider", provider},
              {"services", {service}},
              {"start", start},
              {"end", end},
              {"dcc_systems", provider == "DSP"}};
  if (!regions.empty()) out["regions"] = regions;
  return out;
}

TEST(acceptance, A30) {  // five providers, one ordered list with notice, services, regions and clashes
  Office office;
  const auto clash = json::array({"North"});
  const std::vector<json> all{window("CSP North", "WAN", at(12, "22:00"), at(13, "01:00"), clash),
                              window("DSP", "DUIS", at(10, "22:00"), at(11, "00:00")),
                              window("SMKI", "SMKI", at(3, "21:00"), at(3, "23:00")),
                              window("CSP Central", "WAN", at(20, "22:00"), at(21, "02:00"), {"Central"}),
                              window("Service Desk", "SSI", at(12, "23:00"), at(13, "00:30"), clash)};
  for (const auto& one : all) {
    const auto reference = office.made("dcc", "maintenance", one);
    office.acted("dcc", "maintenance", reference, "confirm");
  }
  const auto first = at(1, "00:00");
  const auto from = "maintenance?from=" + first.substr(0, 10);
  const auto feed = office.get(from, "large");
  ASSERT_EQ(feed.at("total"), 5);
  std::string before;
  for (const auto& one : feed.at("windows")) {
    const auto& fields = one.at("fields");
    EXPECT_LT(before, fields.at("start").get<std::string>()) << "in order";
    before = fields.at("start");
    EXPECT_TRUE(fields.contains("end") && fields.contains("services"));
    EXPECT_GT(fields.at("notice_working_days").get<int>(), 20);
  }
  const auto& north = feed.at("windows").at(2);
  EXPECT_EQ(north.at("fields").at("regions"), json::array({"North"}));
  EXPECT_EQ(north.at("clashes"), json::array({"PM000005"})) << feed.dump();
  EXPECT_EQ(feed.at("windows").at(0).at("clashes").size(), 0u);
  EXPECT_EQ(office.get(from + "&provider=DSP", "large").at("total"), 1);
  EXPECT_EQ(office.get(from + "&region=Central", "large").at("total"), 3) << "two are of all regions";
  EXPECT_EQ(office.get(from + "&service=WAN", "large").at("total"), 2);
  EXPECT_EQ(office.get("maintenance?from=2018-01-01&to=2018-02-01", "large").at("total"), 0);
  const auto ics = office.ask("large", "GET", "maintenance.ics?from=" + first.substr(0, 10));
  EXPECT_EQ(ics.headers.at("content-type"), "text/calendar; charset=utf-8");
  EXPECT_TRUE(says(ics, "BEGIN:VCALENDAR\r\n") && says(ics, "UID:PM000001@meterway") && says(ics, "STATUS:CONFIRMED"));
  EXPECT_EQ(ics.text, office.ask("large", "GET", "maintenance.ics?from=" + first.substr(0, 10)).text);
  std::size_t events = 0;
  for (auto place = ics.text.find("BEGIN:VEVENT"); place != std::string::npos;
       place = ics.text.find("BEGIN:VEVENT", place + 1))
    ++events;
  EXPECT_EQ(events, 5u);
  EXPECT_EQ(office.get("ledger/maintenance/PM000001/history").at("history").size(), 2u);
  EXPECT_EQ(office.get("maintenance", "public").at("total"), 0) << "Green is not for the public";
}

TEST(acceptance, A31) {  // beyond the limits only under an approved derogation that has not expired
  Office office;
  const auto confirm = [&](const json& fields) {
    return office.act("dcc", "maintenance", office.made("dcc", "maintenance", fields), "confirm");
  };
  const auto outside = confirm(window("DSP", "DUIS", at(10, "07:30"), at(10, "08:30")));
  EXPECT_EQ(outside.status, 409);
  EXPECT_TRUE(says(outside, "outside the hours") && says(outside, "maintenance.window.begin = 20:00")) << outside.text;
  EXPECT_EQ(confirm(window("DSP", "DUIS", at(10, "01:00"), at(10, "07:00"))).status, 200) << "the sixth hour";
  auto seventh = window("DSP", "DUIS", at(11, "01:00"), at(11, "02:00"));
  const auto over = confirm(seventh);
  EXPECT_EQ(over.status, 409);
  EXPECT_TRUE(says(over, "7 h of maintenance")) << over.text;

  const auto month = at(1, "00:00").substr(0, 8);
  const json request = {{"title", "Ten hours"}, {"provider", "DSP"},     {"covers", {"limit"}},       {"hours", "10"},
                        {"from", month + "01"}, {"until", month + "20"}, {"reason", "A new release."}};
  const auto derogation = office.made("dcc", "derogation", request);
  seventh["derogation"] = derogation;
  EXPECT_EQ(confirm(seventh).status, 409) << "it has been requested only";
  EXPECT_FALSE(
      row(rows(office.get("reports/ops-pack?month=2018-09"), "Derogations that wait for a decision"), derogation)
          .is_null());
  EXPECT_EQ(office.act("panel", "derogation", derogation, "approve", {{"decision", "yes"}}).status, 409)
      << "views come first";
  office.acted("ops", "derogation", derogation, "view", {{"views", "Not before the holidays."}});
  EXPECT_EQ(office.act("dcc", "derogation", derogation, "approve", {{"decision", "yes"}}).status, 403)
      << "the Panel decides";
  EXPECT_EQ(confirm(seventh).status, 409);
  const auto decided =
      office.acted("panel", "derogation", derogation, "approve", {{"decision", "yes"}, {"conditions", "at night"}});
  EXPECT_TRUE(decided.at("fields").contains("decided_on"));
  EXPECT_EQ(confirm(seventh).status, 200);
  auto late = window("DSP", "DUIS", at(21, "01:00"), at(21, "02:00"));
  late["derogation"] = derogation;
  const auto expired = confirm(late);
  EXPECT_EQ(expired.status, 409) << "it has expired by then";
  EXPECT_EQ(
      office
          .ask("dcc", "PATCH", "ledger/derogation/" + derogation, {{"fields", {{"hours", "99"}}}}, {{"if-match", "*"}})
          .status,
      409)
      << "what the Panel approved is not rewritten";
  // Notice: less than 20 working days before the month.
  const auto soon = in(days(3)).substr(0, 11);
  const auto short_notice = confirm(window("SMKI", "SMKI", soon + "21:00:00Z", soon + "22:00:00Z"));
  EXPECT_EQ(short_notice.status, 409);
  EXPECT_TRUE(says(short_notice, "maintenance.notice = 20 working days")) << short_notice.text;
}

TEST(acceptance, RunningMaintenanceMarksQueuesAndIsNoOutage) {
  Office office;
  const json now = {{"title", "Urgent"},      {"provider", "DSP"},   {"services", {"DUIS"}},
                    {"start", in(-hours(1))}, {"end", in(hours(2))}, {"unplanned", true}};
  EXPECT_EQ(office.ask("operator", "GET", "backlog").body.at("maintenance").size(), 0u);
  const auto reference = office.made("dcc", "maintenance", now);
  office.acted("dcc", "maintenance", reference, "confirm");
  const auto backlog = office.ask("operator", "GET", "backlog").body;
  ASSERT_EQ(backlog.at("maintenance").size(), 1u) << backlog.dump();
  EXPECT_EQ(backlog.at("maintenance").at(0).at("reference"), reference);
  for (const auto& user : backlog.at("users")) EXPECT_EQ(user.at("under_maintenance"), json::array({reference}));
  // In a month of the past: planned minutes are not counted, those beyond the planned end are.
  office.load_panel();
  const json planned = {{"title", "Night work"},         {"provider", "Service Desk"},
                        {"services", {"SSI"}},           {"start", "2018-07-03T22:00:00Z"},
                        {"end", "2018-07-04T00:00:00Z"}, {"confirmed_on", "2018-05-01"}};
  const auto past = office.made("dcc", "maintenance", planned);
  office.acted("dcc", "maintenance", past, "confirm");
  const auto ssi = [&] { return figure(office.report("performance", "2018-07"), "cpm6", "SSI"); };
  EXPECT_EQ(ssi().at("of"), 31 * 1440 - 40 - 120);
  EXPECT_EQ(ssi().at("value"), "100.00 %");
  office.acted("dcc", "maintenance", past, "finish",
               {{"actual_start", "2018-07-03T22:00:00Z"}, {"actual_end", "2018-07-04T00:30:00Z"}});
  EXPECT_EQ(ssi().at("of").get<int>() - ssi().at("counted").get<int>(), 30);
}

}  // namespace
}  // namespace meterway::acceptance
