#include "base/wire/block_transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "base/util/random.h"

namespace meterway::wire {
namespace {

Bytes message_of(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 131 + i / 256);
  return out;
}

std::vector<GeneralBlock> all_blocks(const Bytes& message, std::size_t most) {
  BlockSender sender(message, most);
  std::vector<GeneralBlock> out = sender.start();
  while (out.size() < sender.count()) {
    for (auto& block : sender.acknowledged(acknowledgement(out.back().number))) out.push_back(std::move(block));
  }
  return out;
}

TEST(BlockSender, CutsAMessageIntoBlocksThatFillTheirApdus) {
  const auto message = message_of(4000);
  const auto blocks = all_blocks(message, 1500);
  ASSERT_EQ(blocks.size(), 3u);
  Bytes joined;
  for (const auto& block : blocks) {
    EXPECT_LE(write_general_block(block).size(), 1500u);
    append(joined, block.data);
  }
  EXPECT_EQ(joined, message);
  EXPECT_EQ(write_general_block(blocks[0]).size(), 1500u);
  EXPECT_TRUE(blocks[0].streaming && blocks[1].streaming && !blocks[2].streaming);
  EXPECT_TRUE(!blocks[0].last && !blocks[1].last && blocks[2].last);
  EXPECT_EQ(blocks[2].number, 3u);
}

TEST(BlockSender, WaitsForAnAnswerAfterAWindowOfTheSizeThatTheOtherSideTakes) {
  BlockSender sender(message_of(100'000), 500);
  auto blocks = sender.start();
  ASSERT_EQ(blocks.size(), kGeneralBlockMostWindow);
  EXPECT_FALSE(blocks.back().streaming);
  GeneralBlock answer = acknowledgement(60);
  answer.window = 5;
  blocks = sender.acknowledged(answer);
  ASSERT_EQ(blocks.size(), 5u);
  EXPECT_EQ(blocks.front().number, 61u);
  EXPECT_FALSE(blocks.back().streaming);
}

TEST(BlockSender, AnswersAnAnswerThatTellsNothingNewOnce) {
  BlockSender sender(message_of(100'000), 500);
  (void)sender.start();
  EXPECT_FALSE(sender.acknowledged(acknowledgement(10)).empty());
  EXPECT_FALSE(sender.acknowledged(acknowledgement(10)).empty()) << "the eleventh was lost again";
  EXPECT_TRUE(sender.acknowledged(acknowledgement(10)).empty()) << "or the answer came twice";
  EXPECT_TRUE(sender.acknowledged(acknowledgement(9)).empty()) << "an answer that others have overtaken";
  EXPECT_TRUE(sender.acknowledged(acknowledgement(0xFFFF)).empty()) << "of blocks that there are not";
  EXPECT_FALSE(sender.acknowledged(acknowledgement(11)).empty());
}

TEST(BlockSender, AsksWithTheFirstBlockHowFarTheOtherSideIs) {
  BlockSender sender(message_of(5000), 500);
  (void)sender.start();
  (void)sender.acknowledged(acknowledgement(10));
  auto asked = sender.again();
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].number, 1u);
  EXPECT_FALSE(asked[0].streaming);
  EXPECT_EQ(sender.acknowledged(acknowledgement(10)).front().number, 11u) << "it has kept what it had";
  (void)sender.again();
  EXPECT_EQ(sender.acknowledged(acknowledgement(1)).front().number, 2u) << "it has begun anew";
  (void)sender.acknowledged(acknowledgement(sender.count()));
  EXPECT_TRUE(sender.done());
}

TEST(BlockAssembly, TakesBlocksInAnyOrderAndTwice) {
  const auto message = message_of(20'000);
  auto blocks = all_blocks(message, 300);
  std::reverse(blocks.begin(), blocks.end());
  BlockAssembly assembly(20'000);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_FALSE(assembly.whole());
    EXPECT_EQ(assembly.acknowledged(), 0u) << "the first is missing";
    EXPECT_TRUE(assembly.take(blocks[i]));
    EXPECT_TRUE(assembly.take(blocks[i / 2]));
  }
  EXPECT_EQ(assembly.acknowledged(), blocks.size());
  ASSERT_TRUE(assembly.whole());
  EXPECT_EQ(assembly.message(), message);
}

TEST(BlockAssembly, BeginsAnewWhenABlockDoesNotGoWithThoseBefore) {
  const auto message = message_of(1000);
  BlockAssembly assembly(1000);
  const auto of_300 = all_blocks(message, 300), of_200 = all_blocks(message, 200);
  for (std::size_t i = 0; i + 1 < of_300.size(); ++i) EXPECT_TRUE(assembly.take(of_300[i]));
  EXPECT_TRUE(assembly.take(of_200[0]));
  EXPECT_EQ(assembly.acknowledged(), 1u);
  for (const auto& block : of_200) EXPECT_TRUE(assembly.take(block));
  EXPECT_EQ(assembly.message(), message);
  auto other = of_200[1];
  other.data[0] ^= 1;
  EXPECT_TRUE(assembly.take(other)) << "another message under the same number";
  EXPECT_EQ(assembly.acknowledged(), 0u);
}

TEST(BlockAssembly, RefusesBlocksThatNoMessageOfItsSizeHas) {
  BlockAssembly assembly(1000);
  const auto take = [&](bool last, std::uint16_t number, std::size_t size) {
    return assembly.take({last, false, 0, number, 0, Bytes(size, 1)});
  };
  EXPECT_FALSE(take(false, 0, 100)) << "numbers begin at one";
  EXPECT_FALSE(take(false, 1, 0));
  EXPECT_FALSE(take(false, 1, 1000)) << "the whole, and yet not the last";
  EXPECT_FALSE(take(false, 10, 100)) << "the tenth of ten, and yet not the last";
  EXPECT_FALSE(take(false, 11, 100)) << "behind the end";
  EXPECT_FALSE(take(false, 1, kLeastBlockBytes - 1));
  EXPECT_FALSE(take(true, 1, 999));
  EXPECT_FALSE(take(true, 3, 333)) << "the two before have no common size";
  EXPECT_FALSE(take(true, 2, 600)) << "the last is not larger than the others";
  EXPECT_FALSE(take(false, 1, 1001));
  EXPECT_EQ(assembly.acknowledged(), 0u);
  EXPECT_TRUE(take(true, 10, 100));
}

/// A line that loses, repeats and reorders, in both directions, and a receiver that now and then forgets everything.
TEST(BlockTransfer, BringsEveryMessageWholeOverABadLine) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SeededRandom random(seed);
    const auto happens = [&](unsigned percent) { return random.next_u64() % 100 < percent; };
    const auto message = message_of(1 + random.next_u64() % 60'000);
    const std::size_t most = 64 + random.next_u64() % 1500;
    BlockSender sender(message, most);
    BlockAssembly assembly(sender.total());
    std::deque<GeneralBlock> there, back;
    const auto put = [&](std::deque<GeneralBlock>& line, std::vector<GeneralBlock> blocks) {
      for (auto& block : blocks) {
        if (happens(20)) continue;
        if (happens(10)) line.push_back(block);
        const bool overtakes = happens(10) && !line.empty();
        overtakes ? line.push_front(std::move(block)) : line.push_back(std::move(block));
      }
    };
    put(there, sender.start());
    std::optional<Bytes> came;
    unsigned rounds = 0;
    for (; !sender.done() && rounds < 20'000; ++rounds) {
      if (there.empty() && back.empty()) put(there, sender.again());
      if (!there.empty()) {
        const auto block = std::move(there.front());
        there.pop_front();
        ASSERT_TRUE(assembly.take(block));
        if (assembly.whole()) came = assembly.message();
        if (!block.streaming || assembly.whole()) put(back, {acknowledgement(assembly.acknowledged())});
        if (rounds < 500 && happens(1)) assembly = BlockAssembly(sender.total());
      } else if (!back.empty()) {
        const auto answer = std::move(back.front());
        back.pop_front();
        put(there, sender.acknowledged(answer));
      }
    }
    ASSERT_TRUE(sender.done()) << "seed " << seed;
    EXPECT_EQ(came, message) << "seed " << seed;
  }
}

}  // namespace
}  // namespace meterway::wire
