#include <gtest/gtest.h>

#include "field/hub/test_region.h"

// Messages that are too large for a frame: the region's end. The answer of the proxy is small, so the frames are, too.
namespace meterway::field {
namespace {

using namespace test;
using namespace std::chrono_literals;
using wire::LinkMessageBlock;

constexpr std::size_t kFrame = 40;  ///< octets of the largest APDU

RegionSettings small_frames() {
  RegionSettings settings;
  settings.block_bytes = kFrame;
  settings.block_resend = 2s;
  return settings;
}

/// The platform's end: takes what comes in blocks and answers it.
struct PlatformEnd {
  /// Answers what has been sent since the last call; `loses` says which blocks never come.
  void take_all(Bench& bench, const std::function<bool(const LinkMessageBlock&)>& loses = nullptr) {
    for (; seen < bench.sent.size(); ++seen) {
      const auto* frame = std::get_if<LinkMessageBlock>(&bench.sent[seen]);
      if (frame == nullptr || frame->of != LinkMessageBlock::Of::Inbound) continue;
      EXPECT_LE(wire::write_general_block(frame->block).size(), kFrame);
      const auto copy = *frame;  // what is said makes the list grow
      if (loses && loses(copy)) continue;
      auto taken = assemblies.take(copy, 1s);
      if (taken.answer) bench.say(*taken.answer);
      if (taken.message) whole.emplace_back(copy.transaction, *std::move(taken.message));
    }
  }
  wire::LinkAssemblies assemblies;
  std::size_t seen = 0;
  std::vector<std::pair<std::uint64_t, Bytes>> whole;
};

std::vector<wire::LinkFrame> in_blocks(std::uint64_t transaction, const Bytes& message) {
  wire::BlockSender sender(message, kFrame);
  std::vector<wire::LinkFrame> out;
  for (const auto& block : sender.start())
    out.emplace_back(LinkMessageBlock{transaction, LinkMessageBlock::Of::Deliver, kChf.value(), kGpf.value(),
                                      sender.total(), block});
  return out;
}

TEST(RegionInBlocks, GivesADeviceACommandOnceAllItsBlocksHaveCome) {
  Bench bench(homes_of(small_home()), small_frames());
  const auto blocks = in_blocks(6, read_proxy(2));
  ASSERT_GE(blocks.size(), 3u);
  for (std::size_t i = blocks.size(); i-- > 1;) bench.say(blocks[i]);
  bench.pass(1s);
  EXPECT_TRUE(bench.arrivals.empty());
  ASSERT_EQ(bench.all<LinkMessageBlock>().size(), 1u) << "the last of a window is answered";
  EXPECT_EQ(bench.all<LinkMessageBlock>()[0].block.acknowledged, 0u);
  bench.open();  // the connection breaks: what has come is kept
  bench.say(blocks[0]);
  bench.pass(1s);
  EXPECT_EQ(bench.arrivals, std::vector<std::uint64_t>{6});
  EXPECT_EQ(bench.all<wire::LinkAck>().size(), 1u);
  for (const auto& block : blocks) bench.say(block);  // again, as the platform is in doubt
  bench.pass(1s);
  EXPECT_EQ(bench.all<wire::LinkAck>().size(), 2u);
  EXPECT_EQ(bench.repeats, std::vector<std::uint64_t>{6}) << "not given to the device again";
}

TEST(RegionInBlocks, SaysOfACommandForAnUnknownHubThatItWillNotArrive) {
  Bench bench(homes_of(small_home()), small_frames());
  for (const auto& block : in_blocks(6, read_proxy(2))) {
    auto frame = std::get<LinkMessageBlock>(block);
    frame.hub = 99;
    bench.say(frame);
  }
  ASSERT_EQ(bench.all<wire::LinkDeliverFailed>().size(), 1u);
  EXPECT_EQ(bench.all<wire::LinkDeliverFailed>()[0].reason, wire::LinkFailure::UnknownHub);
}

TEST(RegionInBlocks, SendsALargeAnswerInBlocksUntilItIsStored) {
  Bench bench(homes_of(small_home()), small_frames());
  PlatformEnd platform;
  bench.say(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
  bench.pass(1s);
  unsigned lost = 0;
  platform.take_all(bench, [&](const LinkMessageBlock& frame) { return frame.block.number == 2 && lost++ == 0; });
  ASSERT_EQ(platform.whole.size(), 1u) << "the lost one comes again";
  EXPECT_EQ(gbcs::read_message(platform.whole[0].second)->header.counter.value, 2u);
  EXPECT_TRUE(bench.all<wire::LinkInbound>().empty());
  EXPECT_EQ(bench.store.outbox().size(), 1u) << "it is there, and not said to be stored";
  bench.pass(10s);
  platform.take_all(bench);
  ASSERT_EQ(platform.whole.size(), 2u);
  EXPECT_EQ(platform.whole[0], platform.whole[1]);
  bench.say(wire::LinkAck{platform.whole[0].first});
  EXPECT_TRUE(bench.store.outbox().empty());
  const auto sent = bench.sent.size();
  bench.pass(1h);
  EXPECT_EQ(bench.sent.size(), sent);
}

TEST(RegionInBlocks, AsksAgainWhenNothingIsAnsweredAndBeginsAnewAfterARestart) {
  Bench bench(homes_of(small_home()), small_frames());
  bench.say(wire::LinkDeliver{6, kChf.value(), kGpf.value(), read_proxy(2)});
  bench.pass(1s);
  const auto first = bench.all<LinkMessageBlock>().size();
  ASSERT_GE(first, 3u);
  bench.pass(2s);
  auto frames = bench.all<LinkMessageBlock>();
  ASSERT_EQ(frames.size(), first + 1) << "one block alone";
  EXPECT_EQ(frames.back().block.number, 1u);
  bench.start();
  EXPECT_EQ(bench.all<LinkMessageBlock>().size(), first);
  PlatformEnd platform;
  platform.take_all(bench);
  ASSERT_EQ(platform.whole.size(), 1u);
  EXPECT_EQ(gbcs::read_message(platform.whole[0].second)->header.counter.value, 2u);
}

TEST(RegionInBlocks, SendsNoMoreAtOnceThanThePlatformPutsTogether) {
  Bench bench(homes_of(small_home()), small_frames());
  constexpr std::uint64_t kAnswers = 2 * Region::kMostInBlocks;
  for (std::uint64_t i = 1; i <= kAnswers; ++i)
    bench.say(wire::LinkDeliver{i, kChf.value(), kGpf.value(), read_proxy(i)});
  bench.pass(1s);
  std::set<std::uint64_t> under_way;
  for (const auto& frame : bench.all<LinkMessageBlock>()) under_way.insert(frame.transaction);
  EXPECT_EQ(under_way.size(), Region::kMostInBlocks);
  // Nobody takes those: the others have their turn all the same.
  bench.pass(2s);
  for (const auto& frame : bench.all<LinkMessageBlock>()) under_way.insert(frame.transaction);
  EXPECT_EQ(under_way.size(), kAnswers);
}

TEST(RegionInBlocks, BringsEverythingOnceOverABadRadio) {
  auto settings = small_frames();
  settings.resend = 1s;
  settings.longest_resend = 2s;
  settings.weather = {0.2, 0.2, 10ms, 200ms, 7};
  Bench bench(homes_of(small_home()), settings);
  std::map<std::uint64_t, std::vector<wire::LinkFrame>> open;
  for (std::uint64_t i = 1; i <= 20; ++i) open[i] = in_blocks(i, read_proxy(100 + i));
  PlatformEnd platform;
  std::map<std::uint64_t, Bytes> answers;
  for (int round = 0; round < 300 && (!open.empty() || answers.size() < 20); ++round) {
    for (const auto& [transaction, frames] : open) {
      for (const auto& frame : frames) bench.say(frame);
    }
    for (int i = 0; i < 40; ++i) {
      bench.pass(50ms);
      platform.take_all(bench);
    }
    if (!bench.region->accepted()) bench.say(wire::LinkAck{0});
    for (const auto& ack : bench.all<wire::LinkAck>()) open.erase(ack.transaction);
    for (const auto& [transaction, message] : platform.whole) {
      answers.emplace(transaction, message);
      bench.say(wire::LinkAck{transaction});
    }
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(bench.arrivals.size(), 20u);
  EXPECT_EQ(answers.size(), 20u);
  std::set<std::uint64_t> counters;
  for (const auto& [transaction, message] : answers) counters.insert(gbcs::read_message(message)->header.counter.value);
  EXPECT_EQ(counters.size(), 20u);
  EXPECT_GT(bench.region->counts().lost, 10u);
}

}  // namespace
}  // namespace meterway::field
