#include "base/wire/link_blocks.h"

#include <gtest/gtest.h>

namespace meterway::wire {
namespace {

using std::chrono::seconds;

LinkMessageBlock first_block(std::uint64_t transaction, std::uint32_t total) {
  return {transaction, LinkMessageBlock::Of::Inbound, 1, 2, total, {false, true, 63, 1, 0, Bytes(100, 1)}};
}

TEST(LinkAssemblies, KeepsMessagesApartByHubAndTransaction) {
  LinkAssemblies assemblies;
  const auto say = [&](std::uint64_t hub, std::uint64_t transaction, std::uint16_t number, std::uint8_t what) {
    const bool last = number == 2;
    return assemblies.take({transaction,
                            LinkMessageBlock::Of::Inbound,
                            hub,
                            9,
                            150,
                            {last, !last, 63, number, 0, Bytes(last ? 50 : 100, what)}},
                           seconds(1));
  };
  EXPECT_FALSE(say(1, 1, 1, 11).message);
  EXPECT_FALSE(say(2, 1, 1, 21).message) << "another hub";
  EXPECT_FALSE(say(1, 2, 2, 12).message) << "another message, by its end";
  EXPECT_EQ(assemblies.unfinished(), 3u);
  const auto whole = say(1, 1, 2, 11);
  EXPECT_EQ(whole.message, Bytes(150, 11));
  ASSERT_TRUE(whole.answer);
  EXPECT_TRUE(whole.answer->acknowledges());
  EXPECT_EQ(whole.answer->block.acknowledged, 2u);
  EXPECT_EQ(whole.answer->hub, 1u);
  EXPECT_EQ(say(1, 2, 1, 12).message, Bytes(150, 12));
  EXPECT_EQ(assemblies.unfinished(), 1u);
}

TEST(LinkAssemblies, BeginsNoMoreThanItsLimitsAndForgetsWhatHasStopped) {
  LinkAssemblies assemblies;
  for (std::uint64_t i = 1; i <= LinkAssemblies::Limits{}.messages; ++i)
    EXPECT_FALSE(assemblies.take(first_block(i, 1000), seconds(i)).full);
  EXPECT_TRUE(assemblies.take(first_block(100, 1000), seconds(60)).full);
  EXPECT_EQ(assemblies.unfinished(), LinkAssemblies::Limits{}.messages);
  EXPECT_FALSE(assemblies.take(first_block(1, 1000), seconds(60)).full) << "one that has begun goes on";
  EXPECT_FALSE(assemblies.take(first_block(100, 1000), seconds(62)).full) << "the second has stopped for a minute";
  EXPECT_EQ(assemblies.unfinished(), LinkAssemblies::Limits{}.messages);
}

TEST(LinkAssemblies, HoldsNoMoreBytesThanItsLimit) {
  LinkAssemblies assemblies;
  const std::size_t fit = LinkAssemblies::Limits{}.bytes / kLinkMaxMessageBytes;
  for (std::uint64_t i = 1; i <= fit; ++i)
    EXPECT_FALSE(assemblies.take(first_block(i, kLinkMaxMessageBytes), seconds(1)).full);
  EXPECT_TRUE(assemblies.take(first_block(100, kLinkMaxMessageBytes), seconds(2)).full);
  EXPECT_FALSE(assemblies.take(first_block(1, 1000), seconds(2)).full) << "the same number, another message";
  EXPECT_TRUE(assemblies.take(first_block(100, kLinkMaxMessageBytes), seconds(2)).full) << "a thousand are too many";
  EXPECT_FALSE(assemblies.take(first_block(100, kLinkMaxMessageBytes - 1000), seconds(2)).full);
}

TEST(LinkAssemblies, PassesOverWhatIsNoBlockOfAMessage) {
  LinkAssemblies assemblies;
  auto frame = first_block(1, 100);
  EXPECT_FALSE(assemblies.take(frame, seconds(1)).answer) << "the whole, and yet not the last";
  EXPECT_EQ(assemblies.unfinished(), 0u);
}

}  // namespace
}  // namespace meterway::wire
