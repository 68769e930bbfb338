#include "records/schedule/schedule.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace meterway::schedule {
namespace {

UtcTime at(const char* text) { return *from_iso8601(text); }
Date day(const char* text) { return *calendar::parse_date(text); }

std::string moments(const Timing& timing, UtcTime from, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    const auto next = timing.first_from(from);
    if (!next) return out + "end";
    out += to_iso8601(*next, 0) + " ";
    from = *next + std::chrono::microseconds(1);
  }
  return out;
}

TEST(Timing, RunsByItsFrequencyFromItsStartUntilTheDayOfItsEnd) {
  const Date start = day("2026-06-10");
  using F = Frequency;
  EXPECT_EQ(moments({F::Daily, start, day("2026-06-12"), std::chrono::hours(3)}, at("2026-01-01T00:00:00Z"), 5),
            "2026-06-10T03:00:00Z 2026-06-11T03:00:00Z 2026-06-12T03:00:00Z end");
  EXPECT_EQ(moments({F::Weekly, start, {}, {}}, at("2026-06-10T00:00:00.000001Z"), 2),
            "2026-06-17T00:00:00Z 2026-06-24T00:00:00Z ");
  EXPECT_EQ(moments({F::Quarterly, start, {}, {}}, at("2026-07-01T00:00:00Z"), 2),
            "2026-09-10T00:00:00Z 2026-12-10T00:00:00Z ");
  EXPECT_EQ(moments({F::HalfYearly, start, {}, {}}, at("2026-06-11T00:00:00Z"), 2),
            "2026-12-10T00:00:00Z 2027-06-10T00:00:00Z ");
  EXPECT_EQ(moments({F::Yearly, day("2024-02-29"), {}, {}}, at("2024-03-01T00:00:00Z"), 4),
            "2025-02-28T00:00:00Z 2026-02-28T00:00:00Z 2027-02-28T00:00:00Z 2028-02-29T00:00:00Z ");
}

TEST(Timing, AMonthWithoutTheDayRunsOnItsLast) {
  EXPECT_EQ(moments({Frequency::Monthly, day("2026-01-31"), {}, {}}, at("2026-02-01T00:00:00Z"), 4),
            "2026-02-28T00:00:00Z 2026-03-31T00:00:00Z 2026-04-30T00:00:00Z 2026-05-31T00:00:00Z ");
}

TEST(Timing, ClocksGoingForwardAndBackMakeNoMomentMissingOrDouble) {
  const auto time = *time_of_day("01:30:00.00Z");
  EXPECT_EQ(moments({Frequency::Daily, day("2026-03-28"), {}, time}, at("2026-03-28T00:00:00Z"), 3),
            "2026-03-28T01:30:00Z 2026-03-29T01:30:00Z 2026-03-30T01:30:00Z ");
  EXPECT_EQ(moments({Frequency::Daily, day("2026-10-24"), {}, time}, at("2026-10-24T00:00:00Z"), 3),
            "2026-10-24T01:30:00Z 2026-10-25T01:30:00Z 2026-10-26T01:30:00Z ");
}

TEST(Timing, AZoneMayBringTheTimeToTheDayBefore) {
  const Timing timing{Frequency::Daily, day("2026-06-10"), day("2026-06-11"), *time_of_day("00:30:00+01:00")};
  EXPECT_EQ(timing.time, -std::chrono::minutes(30));
  EXPECT_EQ(moments(timing, at("2026-01-01T00:00:00Z"), 3), "2026-06-09T23:30:00Z 2026-06-10T23:30:00Z end");
  EXPECT_EQ(timing.day_of(at("2026-06-09T23:30:00Z")), day("2026-06-10"));
  EXPECT_FALSE(time_of_day("25:00:00"));
}

/// Every frequency against one that only counts up: none skipped, none twice, over seven years from any moment.
TEST(Timing, JumpingToAMomentFindsTheOneThatCountingFinds) {
  for (int f = 0; f <= static_cast<int>(Frequency::Yearly); ++f) {
    for (const auto* start : {"2023-01-31", "2024-02-29", "2023-11-30"}) {
      const Timing timing{static_cast<Frequency>(f), day(start), {}, std::chrono::hours(5)};
      std::vector<UtcTime> counted;
      for (auto from = UtcTime(timing.start); from < at("2030-01-01T00:00:00Z");) {
        counted.push_back(*timing.first_from(from));
        from = counted.back() + std::chrono::microseconds(1);
      }
      auto expected = counted.begin();
      for (auto now = UtcTime(timing.start) - std::chrono::hours(30); now < counted.back();
           now += std::chrono::hours(17)) {
        while (*expected < now) ++expected;
        ASSERT_EQ(timing.first_from(now), *expected) << start << " " << f << " " << to_iso8601(now);
      }
    }
  }
}

class Schedules : public ::testing::Test {
 protected:
  Schedules() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_schedule_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
  }
  ~Schedules() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  static Schedule one(std::uint64_t id, std::uint64_t user, std::uint64_t device, const char* due) {
    Schedule out;
    out.id = id;
    out.user = Eui64(user);
    out.device = Eui64(device);
    out.service = "4.6.1";
    out.timing = {Frequency::Weekly, day("2026-06-10"), day("2027-06-10"), -std::chrono::minutes(30)};
    out.time_text = "00:30:00+01:00";
    out.period = {"-1", "00:00:00Z", "0", "00:00:00Z"};
    out.credentials = "AAAA";
    out.created = at("2026-06-01T00:00:00Z");
    out.request = {7};
    out.next = at("2026-06-09T23:30:00Z");
    out.due = at(due);
    return out;
  }
  void write(const std::function<Status(store::WriteView&)>& work) {
    const auto done = store_->write(work);
    ASSERT_TRUE(done) << describe(done.error());
  }
  template <class Work>
  auto read(Work work) {
    std::decay_t<decltype(*work(std::declval<const store::ReadView&>()))> out{};
    const auto done = store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, work(view));
      return {};
    });
    EXPECT_TRUE(done) << describe(done.error());
    return out;
  }
  std::vector<std::uint64_t> due(const char* now, std::size_t limit = 100) {
    std::vector<std::uint64_t> ids;
    for (const auto& found : read([&](const auto& view) { return due_schedules(view, {}, at(now), limit); }))
      ids.push_back(found.id);
    return ids;
  }
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(Schedules, AreReadBackAsTheyWereWritten) {
  auto given = one(kGreatestId, 1, 2, "2026-06-09T23:31:00.123Z");
  given.last = at("2026-06-02T23:30:00Z");
  given.runs = 3;
  given.missed = 1;
  write([&](auto& view) { return put_schedule(view, given); });
  const auto found = *read([&](const auto& view) { return find_schedule(view, given.id); });
  EXPECT_EQ(found.user, given.user);
  EXPECT_EQ(found.device, given.device);
  EXPECT_EQ(found.service, given.service);
  EXPECT_EQ(found.timing.frequency, given.timing.frequency);
  EXPECT_EQ(found.timing.start, given.timing.start);
  EXPECT_EQ(found.timing.end, given.timing.end);
  EXPECT_EQ(found.timing.time, given.timing.time);
  EXPECT_EQ(found.time_text, given.time_text);
  EXPECT_EQ(found.period, given.period);
  EXPECT_EQ(found.credentials, given.credentials);
  EXPECT_EQ(found.created, given.created);
  EXPECT_EQ(found.request, given.request);
  EXPECT_EQ(found.next, given.next);
  EXPECT_EQ(found.due, given.due);
  EXPECT_EQ(found.last, given.last);
  EXPECT_EQ(found.runs, 3u);
  EXPECT_EQ(found.missed, 1u);
}

TEST_F(Schedules, ThoseDueComeFirstAndMoveWithTheirNextTime) {
  write([&](auto& view) -> Status {
    METERWAY_CHECK(put_schedule(view, one(1, 1, 2, "2026-06-10T02:00:00Z")));
    METERWAY_CHECK(put_schedule(view, one(2, 1, 2, "2026-06-10T01:00:00Z")));
    return put_schedule(view, one(3, 1, 3, "2026-06-10T03:00:00Z"));
  });
  EXPECT_EQ(due("2026-06-10T00:59:59.999999Z"), std::vector<std::uint64_t>{});
  EXPECT_EQ(due("2026-06-10T01:00:00Z"), std::vector<std::uint64_t>{2});
  EXPECT_EQ(due("2026-06-11T00:00:00Z"), (std::vector<std::uint64_t>{2, 1, 3}));
  EXPECT_EQ(due("2026-06-11T00:00:00Z", 2), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(read([&](const auto& view) { return next_due(view, {}); }), at("2026-06-10T01:00:00Z"));
  EXPECT_EQ(read([&](const auto& view) { return next_due(view, at("2026-06-10T01:00:00.000001Z")); }),
            at("2026-06-10T02:00:00Z"));
  write([&](auto& view) { return put_schedule(view, one(2, 1, 2, "2026-06-17T01:00:00Z")); });
  EXPECT_EQ(due("2026-06-18T00:00:00Z"), (std::vector<std::uint64_t>{1, 3, 2}));
}

TEST_F(Schedules, AreFoundByDeviceAndUserAndGoWithAllTheirRows) {
  write([&](auto& view) -> Status {
    METERWAY_CHECK(put_schedule(view, one(1, 1, 2, "2026-06-10T02:00:00Z")));
    METERWAY_CHECK(put_schedule(view, one(2, UINT64_MAX, 2, "2026-06-10T01:00:00Z")));
    return put_schedule(view, one(3, 1, UINT64_MAX, "2026-06-10T03:00:00Z"));
  });
  const auto of = [&](std::uint64_t device, std::optional<Eui64> user) {
    std::string ids;
    for (const auto& found : read([&](const auto& view) { return schedules_of(view, Eui64(device), user); }))
      ids += std::to_string(found.id) + " ";
    return ids;
  };
  EXPECT_EQ(of(2, {}), "1 2 ");
  EXPECT_EQ(of(2, Eui64(1)), "1 ");
  EXPECT_EQ(of(2, Eui64(UINT64_MAX)), "2 ");
  EXPECT_EQ(of(UINT64_MAX, {}), "3 ");
  EXPECT_EQ(of(4, {}), "");
  write([&](auto& view) { return erase_schedule(view, 1); });
  EXPECT_EQ(of(2, {}), "2 ");
  EXPECT_EQ(due("2026-06-11T00:00:00Z"), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_FALSE(read([&](const auto& view) { return find_schedule(view, 1); }));
}

TEST_F(Schedules, ARowCutAtAnyPlaceIsAnErrorAndNotASchedule) {
  write([&](auto& view) { return put_schedule(view, one(1, 1, 2, "2026-06-10T02:00:00Z")); });
  const auto key = std::string(7, '\0') + '\x01';
  const auto row = *read([&](const auto& view) { return view.get("schedule", key); });
  for (std::size_t size = 0; size < row.size(); ++size) {
    write([&](auto& view) { return view.put("schedule", key, row.substr(0, size)); });
    const auto done = store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto found, find_schedule(view, 1));
      static_cast<void>(found);
      return {};
    });
    ASSERT_FALSE(done) << size;
  }
}

}  // namespace
}  // namespace meterway::schedule
