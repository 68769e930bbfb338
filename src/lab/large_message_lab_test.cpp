#include <gtest/gtest.h>

#include <fmt/format.h>

#include "lab/small_lab.h"
#include "standard/duis/response.h"

// Messages that are too large for one frame of the link (docs/wire/link.md), on a line that loses frames and with a
// platform and a region that die in between.
namespace meterway::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A home that was commissioned fourteen months ago, so that its meter's half-hour log is full, and its supplier.
struct OldHome {
  explicit OldHome(std::size_t block_bytes = wire::kLinkWholeBytes)
      : estate(simulation, internet, *world, history, {}, block_bytes) {
    node.settings().link_block_bytes = block_bytes;
    node.settings().delivery.most_push_bytes = 1u << 20;  // of the push to the User, another matter than the link
    supplier.reads = [this](const std::string& document) {
      const auto response = duis::read_response(document);
      const auto payload = response ? response->gbcs_payload() : std::nullopt;
      if (payload) received.push_back(*payload);
    };
  }
  ~OldHome() {
    node.crash();
    estate.crash();
    simulation.drop();
  }
  OldHome(const OldHome&) = delete;
  OldHome& operator=(const OldHome&) = delete;

  void advance(milliseconds by) {
    simulation.run_until(simulation.now() + by, [] {});
  }
  /// 4.8.1 for the time from `from` on.
  void ask_for_half_hours(const char* from) {
    Wish wish;
    wish.body = fmt::format(
        "<sr:ReadActiveImportProfileData><sr:ReadLogPeriod><sr:StartDateTime>{}</sr:StartDateTime><sr:EndDateTime>"
        "2026-06-01T00:00:00Z</sr:EndDateTime></sr:ReadLogPeriod></sr:ReadActiveImportProfileData>",
        from);
    supplier.ask("4.8.1", SmallWorld::meter(0), wish);
  }
  /// Waits until the meter has answered, and says what it answered. None after a minute.
  std::optional<Bytes> answer_of_the_meter() {
    for (int i = 0; i < 60'000; ++i) {
      for (const auto& waiting : estate.outbox()) {
        if (waiting.device == SmallWorld::meter(0)) return waiting.message;
      }
      advance(milliseconds(1));
    }
    return std::nullopt;
  }

  std::unique_ptr<SmallWorld> world = SmallWorld::make(1, *from_iso8601("2025-04-01T00:00:00Z")).value();
  History history{};
  Simulation simulation{SmallLab::kSeed, *from_iso8601("2026-06-01T00:00:00Z")};
  Internet internet{simulation};
  SimNode node{simulation, internet, *world, SmallLab::kSeed, Plant::None};
  SimEstate estate;
  SimUser supplier{simulation, internet, *world, kSupplier, "supplier", history};
  std::vector<Bytes> received;  ///< GBCS payloads
};

constexpr std::size_t kThirteenMonths = 19056;  ///< half-hours: the log's capacity

TEST(LargeMessages, ThirteenMonthsOfHalfHoursReachTheUserByteForByteThoughFramesAreLost) {
  OldHome lab;
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  lab.internet.faults.lose_frame = 0.1;
  lab.internet.faults.repeat_frame = 0.05;
  lab.ask_for_half_hours("2025-04-25T00:00:00Z");
  const auto answered = lab.answer_of_the_meter();
  ASSERT_TRUE(answered);
  EXPECT_GT(answered->size(), kThirteenMonths * 8) << "a time and a value for each";
  lab.advance(minutes(3));
  ASSERT_EQ(lab.received.size(), 1u);
  EXPECT_EQ(lab.received[0], *answered);
  EXPECT_GT(lab.estate.region().counts().blocks, answered->size() / 1500) << "some were sent again";
  EXPECT_EQ(lab.estate.region().unacknowledged(), 0u);
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.with_result, 1u);
}

/// The answer is on its way in blocks while now the one, now the other end dies.
TEST(LargeMessages, ComeOnceThoughPlatformAndRegionDieWhileTheyAreOnTheirWay) {
  OldHome lab;
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  lab.internet.faults.lose_frame = 0.3;
  lab.ask_for_half_hours("2025-04-25T00:00:00Z");
  const auto answered = lab.answer_of_the_meter();
  ASSERT_TRUE(answered);
  for (int i = 0; i < 6; ++i) {
    lab.advance(milliseconds(1500));
    const bool platform = i % 2 == 0;
    platform ? lab.node.crash() : lab.estate.crash();
    lab.advance(milliseconds(200));
    if (platform) {
      ASSERT_TRUE(lab.node.start());
    } else {
      lab.estate.start();
    }
  }
  EXPECT_TRUE(lab.received.empty()) << "not before they died, else this shows nothing";
  lab.internet.faults.lose_frame = 0.1;
  lab.advance(minutes(3));
  ASSERT_EQ(lab.received.size(), 1u);
  EXPECT_EQ(lab.received[0], *answered);
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
}

/// A limit so small that every command and answer goes in blocks, in both directions.
TEST(LargeMessages, EveryCommandAndAnswerInBlocksArrivesOnceOnABadLine) {
  OldHome lab(wire::kLinkLeastWholeBytes);
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  lab.internet.faults.lose_frame = 0.1;
  lab.internet.faults.repeat_frame = 0.1;
  constexpr std::size_t kRequests = 12;
  for (std::size_t i = 0; i < kRequests; ++i) {
    lab.ask_for_half_hours("2026-05-31T00:00:00Z");
    lab.advance(seconds(30));
  }
  lab.advance(minutes(3));
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.executions, kRequests) << verdict.text();
  EXPECT_EQ(lab.received.size(), kRequests);
  EXPECT_GE(lab.estate.region().counts().blocks, 5 * kRequests) << "some hundred octets each";
}

}  // namespace
}  // namespace meterway::lab
