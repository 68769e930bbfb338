#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/util/random.h"
#include "oversight/operations/event_months.h"
#include "oversight/operations/figures.h"
#include "oversight/operations/incidents.h"
#include "oversight/operations/intervals.h"
#include "oversight/operations/obligations.h"
#include "oversight/operations/report.h"
#include "oversight/operations/rules.h"
#include "oversight/operations/tables.h"
#include "records/registry/device.h"
#include "records/store/event_log.h"
#include "records/store/log_store.h"
#include "standard/ids/ids.h"

namespace meterway::operations {
namespace {

TEST(Queries, AreThoseThatTheTableNamesAndTheOtherWayRound) {
  std::set<std::string_view> named, there;
  for (const auto& row : all_figures()) named.insert(row.query);
  for (const auto& one : all_queries()) there.insert(one.name);
  EXPECT_EQ(named, there);
}

TEST(Tables, AreThoseThatTheFormsNameAndTheOtherWayRound) {
  std::set<std::string_view> named, there;
  for (const auto& row : all_sections()) {
    if (row.content.starts_with("table ")) named.insert(row.content.substr(6));
  }
  for (const auto& one : all_tables()) there.insert(one.name);
  EXPECT_EQ(named, there);
}

TEST(Percent, IsExactAndRoundsHalfAwayFromZero) {
  EXPECT_EQ(percent_text(1'209'004 - 7'004'230, 7'004'230), "-82.74");
  EXPECT_EQ(percent_text(1'209'004, 7'004'230), "17.26");
  EXPECT_EQ(percent_text(1, 4), "25.00");
  EXPECT_EQ(percent_text(1, 20'000), "0.01") << "half of a hundredth";
  EXPECT_EQ(percent_text(-1, 20'000), "-0.01");
  EXPECT_EQ(percent_text(1, 0), std::nullopt);
  EXPECT_EQ(grouped(-1'209'004), "-1,209,004");
  EXPECT_EQ(grouped(std::optional<std::int64_t>()), "not recorded");
}

UtcTime at(const char* time) { return *from_iso8601(time); }

TEST(Spans, AreUnitedAndTakenAwayFromEachOther) {
  const auto a = at("2018-07-01T10:00:00Z");
  const auto minute = [&](int n) { return a + std::chrono::minutes(n); };
  EXPECT_EQ(united({{minute(5), minute(9)}, {minute(0), minute(6)}}), (Spans{{minute(0), minute(9)}}));
  EXPECT_EQ(without({{minute(0), minute(9)}}, {{minute(2), minute(3)}, {minute(8), minute(20)}}),
            (Spans{{minute(0), minute(2)}, {minute(3), minute(8)}}));
  EXPECT_EQ(minutes_of({{minute(0), minute(2) + std::chrono::seconds(1)}}), 3) << "a minute that has begun";
}

TEST(Category, IsTheSameForTheSameAnswers) {
  Record one;
  for (const auto& [field, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"install_commission", "none"}, {"reads", "degraded"}, {"users_affected", "12"}, {"workaround", "none"}})
    one.set(field, std::string(value));
  EXPECT_EQ(propose_category(one).category, "1");
  auto two = one;
  two.set("users_affected", std::string("9"));
  EXPECT_EQ(propose_category(two).category, "3");
  EXPECT_EQ(answers_of(one), answers_of(Record(one)));
  EXPECT_NE(answers_of(one), answers_of(two));
}

class OperationsTest : public ::testing::Test {
 protected:
  OperationsTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_operations_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
    std::vector<ledger::Named> functions(operations::functions().begin(), operations::functions().end());
    ledger_.emplace(ledger::Surroundings{*store_, clock, rules_, std::move(functions), {}});
    events_.emplace(*store_, rules_);
  }
  ~OperationsTest() override { std::filesystem::remove_all(folder_); }
  void made(std::string_view kind, ledger::Fields fields) {
    const auto done = ledger_->create(registry::operator_person(), kind, {"", std::move(fields), {}, ""});
    EXPECT_TRUE(done) << done.error().detail << (done.error().fields.empty() ? "" : done.error().fields[0].detail);
  }
  void happened(const std::string& key, const char* time, const char* step, const char* outcome,
                const char* detail = "") {
    EXPECT_TRUE(store_->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto done, store::append_event(view, {0, at(time), key, step, outcome, detail, {}}));
      (void)done;
      return {};
    }));
  }
  Figure one(const char* name, const char* month) {
    auto books = books_of(*ledger_, *events_, calendar::date_of(clock.now()));
    const auto out = figures_of(books, *find_figure(name), month_of(*calendar::parse_date(std::string(month) + "-01")));
    EXPECT_TRUE(out && out->size() == 1u);
    return out->at(0);
  }

  ManualClock clock{at("2018-10-05T10:00:00Z")};
  rules::Rules rules_;
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::optional<ledger::Ledger> ledger_;
  std::optional<EventMonths> events_;
};

// 1,000,000 responses, 12,000 late, 500 of them in an exclusion: 98.849 % (sec-operations.md 1.1)
TEST_F(OperationsTest, AppliesAnExclusionOnlyWhenThePanelHasApprovedIt) {
  const auto tally = [&](const char* series, const char* value, const char* decision) {
    ledger::Fields fields{{"series", {series}}, {"from", {"2018-08-01"}}, {"to", {"2018-08-31"}}, {"value", {value}}};
    if (*decision != 0) fields["decision"] = {decision};
    made("tally", fields);
  };
  made("derogation", {{"title", {"storm"}},
                      {"provider", {"DSP"}},
                      {"covers", {"exclusion"}},
                      {"from", {"2018-08-01"}},
                      {"until", {"2018-09-01"}},
                      {"reason", {"r"}}});
  tally("cpm1.total", "1000000", "");
  tally("cpm1.late", "12000", "");
  tally("cpm1.excluded", "500", "DER0001");
  EXPECT_EQ(one("cpm1", "2018-08").value, "98.80 %");
  EXPECT_EQ(one("cpm1", "2018-08").counted.note, "500 would be excluded by relief that the Panel has not approved");
  const auto& who = registry::operator_person();
  ASSERT_TRUE(ledger_->act(who, "derogation", "DER0001", {}, "view", {"", {{"views", {"v"}}}, {}, ""}));
  ASSERT_TRUE(ledger_->act(who, "derogation", "DER0001", {}, "approve", {"", {{"decision", {"yes"}}}, {}, ""}));
  const auto figure = one("cpm1", "2018-08");
  EXPECT_EQ(figure.counted.of, 999'500);
  EXPECT_EQ(figure.counted.counted, 988'000);
  EXPECT_EQ(figure.value, "98.85 %");
  EXPECT_EQ(figure.standing, Standing::BelowTarget);
  tally("cpm1.late", "30000", "");
  EXPECT_EQ(one("cpm1", "2018-08").standing, Standing::BelowMinimum);
}

TEST_F(OperationsTest, CountsAServiceRequestOnceAndItsAnswerByTheTargetResponseTime) {
  const std::string user = "90-B3-D5-1F-30-01-00-00", meter = "00-DB-12-34-56-78-90-A0";
  const auto id = [&](int n) { return user + ":" + meter + ":" + std::to_string(n); };
  happened(id(1), "2018-07-31T23:59:59Z", "authorise", "passed", "service 4.8.1 for Supplier");
  for (int n = 2; n <= 4; ++n) {
    happened(id(n), "2018-08-02T10:00:00Z", "authorise", "passed", "service 7.4 for Supplier");
    happened(id(n), "2018-08-02T10:00:00Z", "gateway", "accepted", "I99");
  }
  happened(id(3), "2018-08-02T10:00:05Z", "authorise", "passed", "service 7.4 for Supplier");  // signed, now
  happened(id(2), "2018-08-02T10:00:20Z", "deliver", "delivered");
  happened(id(3), "2018-08-02T10:00:50Z", "deliver", "delivered");
  happened("alert:" + meter + ":7", "2018-08-02T10:00:50Z", "deliver", "delivered");
  const auto early = events_->month(*calendar::parse_date("2018-08-01"));
  ASSERT_TRUE(early);
  EXPECT_EQ((*early)->sent(), 3u);
  EXPECT_EQ((*early)->on_demand.owed, 2u);
  EXPECT_EQ((*early)->on_demand.in_time, 1u);
  happened(id(5), "2018-08-31T23:00:00Z", "authorise", "passed", "service 4.8.1 for Supplier");
  happened(id(6), "2018-09-01T00:00:00Z", "authorise", "passed", "service 4.8.1 for Supplier");
  const auto later = events_->month(*calendar::parse_date("2018-08-01"));
  ASSERT_TRUE(later) << "a pass goes on where it stopped";
  EXPECT_EQ((*later)->sent(), 4u);
  EXPECT_EQ((*later)->on_demand.owed, 3u) << "what nobody has answered for a day is owed, and late";
  ASSERT_EQ((*later)->services.size(), 2u);
  EXPECT_EQ((*later)->services[0].service, "4.8.1");
  EXPECT_EQ((*later)->services[0].user, user);
  EXPECT_EQ((*later)->first_sequence, 2u);
  EXPECT_EQ((*later)->last_sequence, 12u);
  made("tally", {{"series", {"sr.forecast"}}, {"from", {"2018-08-01"}}, {"to", {"2018-08-31"}}, {"value", {"8"}}});
  EXPECT_EQ(one("sr_variance", "2018-08").value, "-50.00 %");
  EXPECT_EQ(one("sr_variance", "2018-08").counted.last_event, 12u);
}

TEST_F(OperationsTest, OwesAFutureDatedResponseInTheMonthOfItsDateAndNotBefore) {
  const std::string user = "90-B3-D5-1F-30-01-00-00", meter = "00-DB-12-34-56-78-90-A0";
  const auto id = [&](int n) { return user + ":" + meter + ":" + std::to_string(n); };
  const auto asked = [&](int n, const char* time, const char* date) {
    happened(id(n), time, "authorise", "passed", "service 4.1.1 for Supplier");
    happened(id(n), time, "gateway", "accepted", ("I99, held until " + std::string(date)).c_str());
  };
  const auto told = [&](int n, const char* time, const char* date) {
    happened(id(n), time, "deliver", "queued", ("I0 for " + user + ", on_demand, held until " + date).c_str());
    happened(id(n), time, "deliver", "delivered");
  };
  asked(1, "2018-07-20T10:00:00Z", "2018-08-10T00:00:00.000Z");
  asked(2, "2018-08-02T10:00:00Z", "2018-08-11T00:00:00.000Z");
  asked(3, "2018-08-03T10:00:00Z", "2018-09-05T00:00:00.000Z");
  asked(4, "2018-08-03T11:00:00Z", "2018-08-12T00:00:00.000Z");
  happened("device:1", "2018-08-09T10:00:00Z", "correlate", "refused");
  const auto august = [&] { return *events_->month(*calendar::parse_date("2018-08-01")); };
  EXPECT_EQ(august()->on_demand, ResponseCount{}) << "nobody waits for an answer before its date";
  EXPECT_EQ(august()->future_dated, ResponseCount{});
  told(1, "2018-08-10T23:59:59Z", "2018-08-10T00:00:00.000Z");
  told(2, "2018-08-12T00:00:01Z", "2018-08-11T00:00:00.000Z");
  happened("device:1", "2018-08-14T10:00:00Z", "correlate", "refused");
  told(3, "2018-09-05T00:00:02Z", "2018-09-05T00:00:00.000Z");
  EXPECT_EQ(august()->future_dated, (ResponseCount{3, 1})) << "one in time, one late, one that has not come";
  ASSERT_EQ(august()->services.size(), 1u);
  EXPECT_TRUE(august()->services[0].dated);
  EXPECT_EQ(august()->services[0].sent, 3u);
  const auto september = events_->month(*calendar::parse_date("2018-09-01"));
  ASSERT_TRUE(september);
  EXPECT_EQ((*september)->future_dated, (ResponseCount{1, 1})) << "accepted in August";
}

TEST_F(OperationsTest, CountsAlertsForEachUserFromWhenTheyReachTheDcc) {
  const auto alert = [&](const std::string& key, const char* came, int users) {
    happened(key, came, "correlate", "alert", "alert 8f35 of a meter");
    for (int i = 0; i < users; ++i) happened(key, came, "deliver", "queued", "I0 for a User, alert");
  };
  alert("alert:1:1", "2018-07-31T23:59:59Z", 1);
  happened("alert:1:1", "2018-08-01T00:00:05Z", "deliver", "delivered");
  alert("alert:1:2", "2018-08-03T10:00:00Z", 2);
  happened("alert:1:2", "2018-08-03T10:01:00Z", "deliver", "delivered");
  happened("alert:1:2", "2018-08-03T10:01:01Z", "deliver", "delivered");
  alert("alert:1:3", "2018-08-03T10:00:02Z", 0);  // to the DCC itself
  happened("dcc:meter_left:1", "2018-08-03T10:02:00Z", "alert", "raised", "N1 for a User");
  happened("dcc:meter_left:1", "2018-08-03T10:02:00Z", "deliver", "queued", "I0 for a User, alert");
  EXPECT_EQ((*events_->month(*calendar::parse_date("2018-08-01")))->alerts, (ResponseCount{2, 1}));
  happened("device:1", "2018-08-03T10:03:01Z", "correlate", "refused");
  EXPECT_EQ((*events_->month(*calendar::parse_date("2018-08-01")))->alerts, (ResponseCount{3, 1}));
  EXPECT_EQ(one("cpm3", "2018-08").value, "33.33 %");
}

TEST_F(OperationsTest, MeasuresEachRegionBesideTheWhole) {
  const Eui64 north(0x00DB1234567890A0), south(0x00DB1234567891A0), user(0x90B3D51F30010000);
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    for (const auto& [meter, region] : {std::pair{north, "North"}, std::pair{south, "South"}}) {
      registry::Device hub;
      hub.eui = Eui64(meter.value() + 1);
      hub.type = DeviceType::CHF;
      hub.hub = hub.eui;
      hub.details["CSPRegion"] = region;
      METERWAY_CHECK(registry::put_device(view, hub));
      registry::Device device;
      device.eui = meter;
      device.type = DeviceType::ESME;
      device.hub = hub.eui;
      METERWAY_CHECK(registry::put_device(view, device));
    }
    return {};
  }));
  std::uint64_t counter = 0;
  const auto answered = [&](Eui64 meter, const char* when) {
    const auto id = RequestId{user, meter, {++counter}}.text();
    happened(id, "2018-08-02T10:00:00Z", "authorise", "passed", "service 4.1.1 for Supplier");
    happened(id, "2018-08-02T10:00:00Z", "gateway", "accepted", "I99");
    happened(id, when, "deliver", "delivered");
  };
  answered(north, "2018-08-02T10:00:40Z");
  answered(north, "2018-08-02T10:00:20Z");
  answered(south, "2018-08-02T10:00:20Z");
  happened("alert:" + south.plain() + ":7", "2018-08-03T10:00:00Z", "correlate", "alert", "alert 8f35");
  happened("alert:" + south.plain() + ":7", "2018-08-03T10:00:00Z", "deliver", "queued", "I0 for a User, alert");
  happened("alert:" + south.plain() + ":7", "2018-08-03T10:00:09Z", "deliver", "delivered");
  const auto counts = *events_->month(*calendar::parse_date("2018-08-01"));
  EXPECT_EQ(counts->on_demand, (ResponseCount{3, 2}));
  EXPECT_EQ(counts->regions, (std::vector<RegionCount>{{"North", {2, 1}, {}, {}}, {"South", {1, 1}, {}, {1, 1}}}));
  auto books = books_of(*ledger_, *events_, calendar::date_of(clock.now()));
  const auto figures = figures_of(books, *find_figure("cpm1"), month_of(*calendar::parse_date("2018-08-01")));
  ASSERT_TRUE(figures && figures->size() == 3u);
  EXPECT_EQ(figures->at(0).counted.group, "");
  EXPECT_EQ(figures->at(1).title(), "On-demand service responses in time, North, August 2018");
  EXPECT_EQ(figures->at(1).value, "50.00 %");
  EXPECT_EQ(figures->at(1).standing, Standing::BelowMinimum);
  EXPECT_EQ(figures->at(2).standing, Standing::Met);
}

// A part of a month is no figure of the month (flow/retain removes events by their age).
TEST_F(OperationsTest, HasNoFigureOfAMonthWhoseEventsWereRemovedBeforeTheyWereCounted) {
  const auto sent = [&](int n, const char* time) {
    const auto id = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:" + std::to_string(n);
    happened(id, time, "authorise", "passed", "service 7.4 for Supplier");
  };
  sent(1, "2018-07-30T10:00:00Z");
  for (int n = 2; n < 6; ++n) sent(n, "2018-08-10T10:00:00Z");
  made("tally", {{"series", {"sr.forecast"}}, {"from", {"2018-08-01"}}, {"to", {"2018-08-31"}}, {"value", {"8"}}});
  EXPECT_EQ(one("sr_variance", "2018-08").value, "-50.00 %");
  const auto remove = [&](const char* before) {
    EXPECT_TRUE(store_->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto next, store::remove_events(view, 0, at(before), 1000,
                                                         [](std::string_view) -> Result<bool> { return false; }));
      (void)next;
      return {};
    }));
  };
  remove("2018-08-01T00:00:00Z");
  events_.emplace(*store_, rules_);
  EXPECT_EQ(one("sr_variance", "2018-08").value, "-50.00 %") << "what was removed is of July";
  EXPECT_EQ(one("sr_variance", "2018-07").value, "not recorded");
  remove("2018-08-10T10:00:01Z");
  sent(6, "2018-08-20T10:00:00Z");
  EXPECT_EQ(one("sr_variance", "2018-08").value, "-37.50 %") << "they had been counted";
  events_.emplace(*store_, rules_);
  const auto gone = one("sr_variance", "2018-08");
  EXPECT_EQ(gone.value, "not recorded");
  EXPECT_EQ(gone.counted.note, "events of the month were removed before they were counted");
  EXPECT_EQ(one("cpm1", "2018-08").value, "not recorded");
  made("tally", {{"series", {"sr.sent"}}, {"from", {"2018-08-01"}}, {"to", {"2018-08-31"}}, {"value", {"5"}}});
  EXPECT_EQ(one("sr_variance", "2018-08").value, "-37.50 %") << "a tally of all of it does instead";
}

TEST_F(OperationsTest, AddsATallyToEventsOnlyWhenItSaysWhatItCovers) {
  happened("90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1", "2018-08-10T10:00:00Z", "authorise", "passed",
           "service 7.4 for Supplier");
  made("tally", {{"series", {"sr.forecast"}}, {"from", {"2018-08-01"}}, {"to", {"2018-08-31"}}, {"value", {"8"}}});
  made("tally", {{"series", {"sr.sent"}}, {"from", {"2018-08-01"}}, {"to", {"2018-08-31"}}, {"value", {"5"}}});
  const auto figure = one("sr_variance", "2018-08");
  EXPECT_EQ(figure.value, "not recorded");
  EXPECT_EQ(figure.counted.unresolved,
            "counted by tally and by events: what do these cover that events do not hold (covers)? TAL00000002");
  auto books = books_of(*ledger_, *events_, calendar::date_of(clock.now()));
  const auto month = month_of(*calendar::parse_date("2018-08-01"));
  const auto report = make_report(books, "sr-variance", month);
  ASSERT_TRUE(report);
  ASSERT_FALSE(report->missing.empty());
  EXPECT_EQ(report->missing[0].field, "Service Requests against forecast, August 2018");
  const auto& who = registry::operator_person();
  const auto refused = publish(*ledger_, *events_, who, "sr-variance", month, calendar::date_of(clock.now()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::BadRequest);
  ASSERT_TRUE(ledger_->change(who, "tally", "TAL00000002", {}, {"", {{"covers", {"before Meterway"}}}, {}, ""}));
  EXPECT_EQ(one("sr_variance", "2018-08").value, "-25.00 %");
  EXPECT_TRUE(publish(*ledger_, *events_, who, "sr-variance", month, calendar::date_of(clock.now())));
}

TEST_F(OperationsTest, MeasuresFromTheMomentAndNotFromItsSecond) {
  const std::string id = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1";
  happened(id, "2018-08-02T10:00:00.900Z", "gateway", "accepted", "I99");
  happened(id, "2018-08-02T10:00:30.800Z", "deliver", "delivered");
  EXPECT_EQ((*events_->month(*calendar::parse_date("2018-08-01")))->on_demand.in_time, 1u);
}

/// Requests of few Users to few devices, so that counters meet, over a month and its edges; in the order of time.
std::vector<store::Event> traffic(std::size_t requests) {
  SeededRandom random(8);
  const auto chance = [&](std::uint64_t of) { return random.next_u64() % of; };
  const auto begin = at("2018-07-31T12:00:00Z");
  std::vector<store::Event> out;
  for (std::size_t i = 0; i < requests; ++i) {
    const RequestId id{Eui64(0x90B3D51F30010000 + chance(3)), Eui64(0x00DB000000000000 + chance(8)), {chance(1000)}};
    auto time = begin + std::chrono::microseconds(chance(std::uint64_t{33} * 86'400 * 1'000'000));
    const auto add = [&](const char* step, const char* outcome, std::string detail = {}) {
      out.push_back({0, time, id.text(), step, outcome, std::move(detail), Bytes(chance(3) * 50, 0xDF)});
    };
    add("gateway", "received");
    add("authorise", "passed", "service " + std::to_string(1 + chance(4)) + ".1 for Supplier");
    if (chance(5) == 0) continue;
    add("gateway", "accepted", "I99");
    if (chance(20) == 0) continue;
    time += chance(10) == 0 ? std::chrono::microseconds(std::chrono::hours(chance(20)))
                            : std::chrono::microseconds(chance(40'000'000));
    add("deliver", "delivered");
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  out.push_back({0, at("2018-09-05T00:00:00Z"), "hub:1", "wan", "lost", "", {}});
  return out;
}

/// What EventMonths should say of August, by the plainest means there are.
struct Plain {
  std::set<std::string> seen;
  std::map<std::string, UtcTime> waiting;
  std::map<std::array<std::string, 2>, std::uint64_t> sent;  // User, service
  std::uint64_t owed = 0, in_time = 0;
  explicit Plain(const std::vector<store::Event>& events) {
    const auto begin = at("2018-08-01T00:00:00Z"), end = at("2018-09-01T00:00:00Z");
    for (const auto& one : events) {
      const bool inside = one.time >= begin && one.time < end;
      if (one.step == "authorise" && inside && seen.insert(one.request_id).second)
        ++sent[{one.request_id.substr(0, 23), one.detail.substr(8, 3)}];
      if (one.outcome == "accepted" && inside) waiting[one.request_id] = one.time;
      if (one.outcome != "delivered" || one.time < begin || waiting.count(one.request_id) == 0) continue;
      ++owed;
      in_time += one.time - waiting[one.request_id] <= std::chrono::seconds(30) ? 1 : 0;
      waiting.erase(one.request_id);
    }
    owed += waiting.size();
  }
};

TEST_F(OperationsTest, CountsByEveryBackEndWhatAMapOfTextsCounts) {
  const auto events = traffic(5000);
  const Plain expected(events);
  ASSERT_GT(expected.waiting.size(), 10u);
  store::LogOptions small;  // so that some of it lies in SQLite, and some before it
  small.checkpoint_bytes = 200'000;
  const auto log = *store::open_log_store((folder_ / "log.db").string(), small);
  for (auto* store : {log.get(), store_.get()}) {
    for (std::size_t from = 0; from < events.size(); from += 100) {
      ASSERT_TRUE(store->write([&](store::WriteView& view) -> Status {
        for (auto i = from; i < std::min(from + 100, events.size()); ++i) {
          METERWAY_TRY(const auto done, store::append_event(view, events[i]));
          (void)done;
        }
        return {};
      }));
    }
    const EventMonths months(*store, rules_);
    const auto counts = *months.month(*calendar::parse_date("2018-08-01"));
    std::map<std::array<std::string, 2>, std::uint64_t> sent;
    for (const auto& one : counts->services) sent[{one.user, one.service}] += one.sent;
    EXPECT_EQ(sent, expected.sent);
    EXPECT_EQ(counts->on_demand.owed, expected.owed);
    EXPECT_EQ(counts->on_demand.in_time, expected.in_time);
    EXPECT_EQ(counts->future_dated.owed, 0u);
  }
}

TEST_F(OperationsTest, HasDueDatesOfBothKindsByTheCalendarOfEngland) {
  Record duty;
  const auto due = [&](const char* rule, const char* days, const char* day) {
    duty.set("due_rule", std::string(rule));
    duty.set("due_days", std::string(days));
    const auto out = due_of(duty, period_of("monthly", *calendar::parse_date(day)), rules_);
    return out && *out ? calendar::to_text(**out) : std::string("none");
  };
  EXPECT_EQ(due("nth_working_day", "report.sr_variance.due", "2018-08-31"), "2018-09-14");
  EXPECT_EQ(due("working_days_after", "25", "2018-07-15"), "2018-09-05");
  EXPECT_EQ(due("not_prescribed", "25", "2018-07-15"), "none");
  EXPECT_EQ(period_of("quarterly", *calendar::parse_date("2018-12-31")).first, *calendar::parse_date("2018-10-01"));
  EXPECT_EQ(period_of("half-yearly", *calendar::parse_date("2018-06-30")).first, *calendar::parse_date("2018-01-01"));
  EXPECT_EQ(month_in_words(month_back(month_of(*calendar::parse_date("2018-01-15")), 1)), "December 2017");
}

TEST(Frozen, IsTheSameDocumentWhenItIsThawed) {
  document::Document out;
  out.title = "t \"quoted\" \xC2\xA3";
  out.reference = "r";
  out.level = ledger::Classification::Amber;
  out.about = {{"a", "b"}};
  out.heading(3, "h").paragraph({document::strong("s"), document::figure("7", {"figure", "FIG00000001"})});
  out.bullets({{document::plain("one")}, {}});
  out.table({"c", {"x", "y"}, {{{document::plain("1")}, {}}}});
  const auto back = thawed(frozen(out));
  ASSERT_TRUE(back);
  EXPECT_EQ(to_html(*back), to_html(out));
  EXPECT_EQ(frozen(*back), frozen(out));
  EXPECT_FALSE(thawed("{}"));
  EXPECT_FALSE(thawed("not json"));
}

}  // namespace
}  // namespace meterway::operations
