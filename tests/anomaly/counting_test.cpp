#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "records/anomaly/counter.h"
#include "records/anomaly/files.h"
#include "records/store/log_store.h"
#include "tests/support/flow_bench.h"

// What is counted, and what the files say.
namespace meterway::anomaly {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

UtcTime start() { return *from_iso8601("2026-06-01T00:00:00Z"); }

TEST(Counter, NeverLetsMoreThanTheThresholdIntoAnyWindowAndNothingOlderThanASlotKeepsAnybodyOut) {
  SeededRandom random(3);
  Counter counter;
  std::vector<UtcTime> passed;
  auto now = start();
  constexpr std::uint64_t kThreshold = 40;
  const auto window = hours(24);
  for (int i = 0; i < 20'000; ++i) {
    now += seconds(random.next_u64() % 1200);
    const auto sum = counter.within(now, window);
    const bool may = sum.passed + 1 <= kThreshold;
    const auto in_window = [&](std::chrono::microseconds back) {
      return static_cast<std::uint64_t>(
          std::count_if(passed.begin(), passed.end(), [&](UtcTime then) { return then > now - back; }));
    };
    ASSERT_GE(sum.passed, in_window(window)) << "counts all that is in the window";
    ASSERT_LE(sum.passed, in_window(window + window / Counter::kSlotsPerWindow)) << "and nothing older than a slot";
    counter.add(now, may, window, window);
    if (may) passed.push_back(now);
    if (passed.size() > 500) passed.erase(passed.begin(), passed.begin() + 200);
    if (i % 100 == 0) counter = *Counter::read(counter.write());
  }
  EXPECT_LT(counter.write().size(), 1024u);
}

TEST(Counter, AClockThatIsSetBackLetsNothingMoreThrough) {
  Counter counter;
  const auto window = hours(24);
  for (int i = 0; i < 100; ++i) counter.add(start() + minutes(i), true, window, window);
  EXPECT_EQ(counter.within(start() - hours(48), window).passed, 100u);
  counter.add(start() - hours(48), true, window, window);
  EXPECT_EQ(counter.within(start() - hours(48), window).passed, 101u);
  EXPECT_EQ(counter.within(start() + hours(26), window).passed, 0u);
}

TEST(Counter, AClockThatRanAheadKeepsNobodyOutOnceItIsRightAgain) {
  const auto window = hours(24);
  for (const auto ahead : {hours(24 * 7), hours(24 * 365)}) {
    Counter counter;
    for (int i = 0; i < 10; ++i) counter.add(start() + minutes(i), true, window, window);
    counter.add(start() + ahead, true, window, window);
    counter.warn(start() + ahead);
    const bool far = ahead > hours(24 * 30);
    EXPECT_EQ(counter.forget_ahead(start() + hours(1), window), far);
    EXPECT_EQ(counter.within(start() + hours(1), window).passed, far ? 0u : 1u) << "what came after it decides";
    EXPECT_EQ(counter.warned(start() + hours(1), window), !far);
    EXPECT_FALSE(counter.forget_ahead(start() + hours(1), window));
  }
}

TEST(Counter, StaysSmallWhenItsWindowIsMadeLonger) {
  Counter counter;
  for (int i = 0; i < 10'000; ++i) counter.add(start() + minutes(i), true, hours(1), hours(744));
  EXPECT_LE(counter.write().size(), 10 + Counter::kMostSlots * 24);
  EXPECT_EQ(counter.within(start() + minutes(9'999), hours(744)).passed, 10'000u);
}

/// Steady traffic of a request a minute, and traffic that comes in bursts, through ten of the longest windows.
TEST(Counter, KeepsWindowsOfDifferentLengthsApartForAsLongAsTheTrafficLasts) {
  struct Case {
    std::chrono::seconds shortest, longest;
    int parts;  // of a window, at most so much is counted that is too old for it
    bool in_bursts;
    std::size_t events;
  };
  for (const auto& one :
       {Case{hours(1), hours(24), 24, false, 14'400}, Case{hours(1), hours(24), 24, true, 14'400},
        Case{hours(1), hours(744), 12, false, 100'000}, Case{hours(1), hours(744), 12, true, 60'000}}) {
    SeededRandom random(11);
    Counter counter;
    std::vector<UtcTime> all;
    auto now = start();
    for (std::size_t i = 0; i < one.events; ++i) {
      const auto gap = random.next_u64() % (random.next_u64() % 100 == 0 ? 20'000 : 120);
      now += one.in_bursts ? seconds(gap) : seconds(60);
      counter.add(now, true, one.shortest, one.longest);
      all.push_back(now);
      if (i % 97 != 0) continue;
      const auto after = [&](std::chrono::microseconds window) {
        return static_cast<std::uint64_t>(all.end() - std::upper_bound(all.begin(), all.end(), now - window));
      };
      for (const std::chrono::microseconds window : {one.shortest, 3 * one.shortest, one.longest / 2, one.longest}) {
        const auto counted = counter.within(now, window).passed;
        ASSERT_GE(counted, after(window)) << i;
        ASSERT_LE(counted, after(window + window / one.parts)) << i << ", " << window.count() / 3'600'000'000 << " h";
      }
    }
    EXPECT_LE(counter.write().size(), 10 + Counter::kMostSlots * 24);
    EXPECT_EQ(counter.within(now + one.longest, one.longest).passed, 0u) << "nothing stays for good";
  }
}

TEST(Counter, RowsCutOffOrBrokenAreErrors) {
  Counter counter;
  for (int i = 0; i < 30; ++i) counter.add(start() + hours(i), i % 2 == 0, hours(24), hours(24));
  const auto row = counter.write();
  for (std::size_t at = 0; at < row.size(); ++at) EXPECT_FALSE(Counter::read(row.substr(0, at)));
}

TEST(Decimal, IsExactAndHasLimits) {
  EXPECT_EQ(*read_decimal("0.125"), 125'000);
  EXPECT_EQ(*read_decimal("-7"), -7'000'000);
  EXPECT_EQ(*read_decimal("999999999999.999999"), 999'999'999'999'999'999);
  EXPECT_EQ(*read_decimal("1.50000000"), 1'500'000);
  for (const auto* bad : {"", "-", ".", "1.", "1e3", "0x1", " 1", "1.2.3", "1000000000000", "0.0000001"})
    EXPECT_FALSE(read_decimal(bad)) << bad;
  for (const auto* text : {"0.125", "-7", "0.000001", "12345", "-0.5"})
    EXPECT_EQ(write_decimal(*read_decimal(text)), text);
}

TEST(Limits, FindAValueByTheEndOfItsPath) {
  duis::Element body;
  body.name = "UpdatePaymentMode";
  duis::Element block;
  block.name = "Debt";
  for (const auto* value : {"100", "250"}) {
    duis::Element price;
    price.name = "Value";
    price.text = value;
    block.children.push_back(price);
  }
  body.children.push_back(block);
  Limit limit;
  limit.attribute = "Debt/Value";
  limit.maximum = *read_decimal("200");
  EXPECT_EQ(outside(body, limit), "250");
  limit.maximum = *read_decimal("250");
  EXPECT_EQ(outside(body, limit), "");
  limit.minimum = *read_decimal("100.000001");
  EXPECT_EQ(outside(body, limit), "100");
  limit.attribute = "bt/Value";
  EXPECT_EQ(outside(body, limit), "") << "whole names only";
  body.children[0].children[0].text = "many";
  limit.attribute = "Value";
  EXPECT_EQ(outside(body, limit), "many") << "what is no number is outside";
}

const std::string kFile = std::string(kThresholdsHeader) +
                          "\r\nSM-17,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,24,2026-06-01T00:00:00Z\r\n"
                          "SM-17,90-B3-D5-1F-30-01-00-00,IS,ALL,,5000,,2026-06-01T00:00:00Z\r\n";

TEST(ThresholdsFile, SaysWhatItSays) {
  const auto file = read_thresholds(kFile, 48);
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file->reference, "SM-17");
  ASSERT_EQ(file->levels.size(), 2u);
  EXPECT_EQ(file->levels[0].warning, 80u);
  EXPECT_EQ(file->levels[0].quarantine, 100u);
  EXPECT_EQ(file->levels[1].warning, std::nullopt);
  EXPECT_EQ(file->levels[1].period_hours, 48u);
}

TEST(ThresholdsFile, CutOffAnywhereIsRefusedUnlessARowEndsThere) {
  for (std::size_t at = 0; at < kFile.size(); ++at) {
    const auto part = kFile.substr(0, at);
    const bool whole_rows = part.ends_with("\r\n") && std::count(part.begin(), part.end(), '\n') > 1;
    EXPECT_EQ(static_cast<bool>(read_thresholds(part, 24)), whole_rows) << at << " (a signature covers every row)";
  }
}

TEST(ThresholdsFile, RefusesWhatCannotBeWithRowAndColumn) {
  const std::string good = "R,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,24,2026-06-01T00:00:00Z\r\n";
  const auto wrong = [&](const std::string& row) {
    const auto file = read_thresholds(std::string(kThresholdsHeader) + "\r\n" + row, 24);
    return file ? std::string("taken") : file.error().detail;
  };
  EXPECT_EQ(wrong(good), "taken");
  const std::pair<std::string, std::string> kBad[] = {
      {"../x,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, reference"},
      {"R,90-B3,IS,7.4,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, user_id"},
      {"R,90-B3-D5-1F-30-01-00-00,XX,7.4,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, user_role"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,7.99,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, service_reference_variant"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,8.2,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, service_reference_variant"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,7.4,101,100,24,2026-06-01T00:00:00Z\r\n", "row 2, warning_threshold"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,7.4,80,-1,24,2026-06-01T00:00:00Z\r\n", "row 2, quarantine_threshold"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,0,2026-06-01T00:00:00Z\r\n", "row 2, period_hours"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,24,tomorrow\r\n", "row 2, effective_from"},
      {"R,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,24\r\n", "row 2, row"},
      {"R,90-B3-D5-1F-30-01-00-00,\"IS,7.4,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, end"},
      {good + good, "row 3, service_reference_variant: a second time"},
      {good + "S,90-B3-D5-1F-30-01-00-00,IS,7.1,80,100,24,2026-06-01T00:00:00Z\r\n", "row 3, reference"},
      {good + "R,90-B3-D5-1F-30-03-00-00,IS,7.1,80,100,24,2026-06-01T00:00:00Z\r\n", "row 3, user_id"},
      {"R\x01,90-B3-D5-1F-30-01-00-00,IS,7.4,80,100,24,2026-06-01T00:00:00Z\r\n", "row 2, cell"},
      {"", "no rows"},
  };
  for (const auto& [row, why] : kBad) EXPECT_NE(wrong(row).find(why), std::string::npos) << row << wrong(row);
}

TEST(ActionsFile, NamesEveryRequestTwiceAndEachOnce) {
  const std::string id = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000";
  const auto file = read_actions(std::string(kActionsHeader) + "\r\nR,1," + id + ",PROCESS,\"ours, indeed\"\r\n");
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file->actions[0].reason, "ours, indeed");
  EXPECT_TRUE(file->actions[0].process);
  for (const auto& row : {"R,0," + id + ",PROCESS,\r\n", "R,1," + id + ",MAYBE,\r\n", std::string("R,1,x,DELETE,\r\n"),
                          "R,1," + id + ",DELETE,\r\nR,1," + id + ",DELETE,\r\n"})
    EXPECT_FALSE(read_actions(std::string(kActionsHeader) + "\r\n" + row)) << row;
}

/// What the fuzz target does, for a moment and everywhere: no reader runs past its end, and none takes what a signature
/// would not cover.
TEST(Readers, TakeAnyBytesWithoutHarm) {
  SeededRandom random(17);
  const std::string actions =
      std::string(kActionsHeader) +
      "\r\nR,1,90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000,DELETE,\"a, \"\"b\"\"\"\r\n";
  const std::string limits =
      std::string(kLimitsHeader) + "\r\nL,ALL,1.5,PrepaymentMode/AdjustMeterBalance,-1,2.5,2026-06-01T00:00:00Z\r\n";
  for (int i = 0; i < 60'000; ++i) {
    for (const auto* seed : {&kFile, &actions, &limits}) {
      auto text = *seed;
      for (auto changes = 1 + random.next_u64() % 4; changes > 0; --changes) {
        const auto at = random.next_u64() % text.size();
        const auto byte = static_cast<char>(random.next_u64());
        switch (random.next_u64() % 3) {
          case 0:
            text[at] = byte;
            break;
          case 1:
            text.insert(at, 1, byte);
            break;
          default:
            text.erase(at, 1);
        }
        if (text.empty()) text = ",";
      }
      (void)read_thresholds(text, 24);
      (void)read_actions(text);
      (void)read_limits(text);
      (void)read_dcc_thresholds(text, 24);
    }
  }
  ASSERT_TRUE(read_actions(actions));
  ASSERT_TRUE(read_limits(limits));
}

class Weigh : public tests::FlowBench {
 protected:
  void level(std::optional<Eui64> user, const std::string& service, Source source, std::optional<std::uint32_t> warning,
             std::optional<std::uint32_t> quarantine, std::chrono::seconds from = std::chrono::seconds(0)) {
    write([&](store::WriteView& view) {
      return put_level(view, {{user, service}, source, warning, quarantine, 24, clock.now() + from, "T"}, clock.now());
    });
  }
  Verdict one(Eui64 user = tests::kSupplier, std::string_view service = "7.4") {
    Verdict verdict;
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(verdict, weigh(view, {user, service, clock.now(), {}}));
      return {};
    });
    return verdict;
  }
};

TEST_F(Weigh, OfAThresholdOfAHundredTheHundredAndFirstIsTooMuch) {
  level(tests::kSupplier, "7.4", Source::User, 80, 100);
  unsigned warnings = 0;
  for (int i = 1; i <= 100; ++i) {
    const auto verdict = one();
    ASSERT_EQ(verdict.breach, Breach::None) << i;
    warnings += static_cast<unsigned>(verdict.warnings.size());
    if (i == 50) open();  // what was counted survives a restart
    clock.advance(minutes(1));
  }
  EXPECT_EQ(warnings, 1u) << "once in a window";
  const auto over = one();
  EXPECT_EQ(over.breach, Breach::User);
  EXPECT_EQ(over.threshold, "100");
  EXPECT_EQ(over.counted, "101");
  EXPECT_EQ(one().counted, "102");
  EXPECT_EQ(one(tests::kOtherSupplier).breach, Breach::None) << "another User";
  EXPECT_EQ(one(tests::kSupplier, "7.1").breach, Breach::None) << "another service";
  clock.advance(hours(-30));
  EXPECT_EQ(one().breach, Breach::User) << "a clock set back";
  clock.advance(hours(30 + 25));
  EXPECT_EQ(one().breach, Breach::None) << "a window later";
}

TEST_F(Weigh, DatesDecideByThemselvesWhateverCameFirst) {
  level(tests::kSupplier, "7.4", Source::User, {}, 0, hours(2));
  level(tests::kSupplier, "7.4", Source::User, {}, 5, seconds(0));
  EXPECT_EQ(one().breach, Breach::None);
  clock.advance(hours(2) - seconds(1));
  EXPECT_EQ(one().breach, Breach::None);
  clock.advance(seconds(1));
  EXPECT_EQ(one().breach, Breach::User);
  level(tests::kSupplier, "7.4", Source::User, {}, {}, hours(3));  // no threshold from then on
  clock.advance(hours(3));
  EXPECT_EQ(one().breach, Breach::None);
}

TEST_F(Weigh, OneRequestUnderAClockThatRanAheadLocksNobodyOut) {
  level(tests::kSupplier, "7.4", Source::User, {}, 1);
  clock.advance(hours(24 * 365));
  EXPECT_EQ(one().breach, Breach::None);
  EXPECT_EQ(one().breach, Breach::User);
  clock.advance(-hours(24 * 365));
  EXPECT_EQ(one().breach, Breach::None);
  EXPECT_EQ(one().breach, Breach::User);
  const auto lines = read<std::vector<AuditLine>>([](const auto& view) { return audit(view, 0, 10); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].outcome, "forgotten");
  clock.advance(hours(25));
  EXPECT_EQ(one().breach, Breach::None);
}

TEST_F(Weigh, TheDccCountsAllUsersTogetherAndTheUsersOwnThresholdIsNamedFirst) {
  level({}, "7.4", Source::Dcc, {}, 2);
  EXPECT_EQ(one().breach, Breach::None);
  EXPECT_EQ(one(tests::kOtherSupplier).breach, Breach::None);
  EXPECT_EQ(one().breach, Breach::Dcc);
  level(tests::kSupplier, "ALL", Source::User, {}, 0);
  EXPECT_EQ(one().breach, Breach::User);
  EXPECT_EQ(one(tests::kOtherSupplier).breach, Breach::Dcc);
}

}  // namespace
}  // namespace meterway::anomaly
