#include "field/device/replay.h"

#include <gtest/gtest.h>

namespace meterway::field {
namespace {

OriginatorCounter token(std::uint64_t high) { return {high << 32}; }

TEST(ReplayGuard, AcceptsOnlyStrictlyGreaterCountersOfTheSameRole) {
  ReplayGuard guard;
  EXPECT_TRUE(guard.fresh(PartyRole::Supplier, {1000}));
  guard.accept(PartyRole::Supplier, {1000});
  EXPECT_FALSE(guard.fresh(PartyRole::Supplier, {1000}));
  EXPECT_FALSE(guard.fresh(PartyRole::Supplier, {999}));
  EXPECT_TRUE(guard.fresh(PartyRole::Supplier, {1001}));
  EXPECT_TRUE(guard.fresh(PartyRole::NetworkOperator, {1})) << "roles count apart";
}

TEST(TokenCache, RefusesATokenSeenBeforeAndTakesTokensOutOfOrder) {
  TokenCache cache;
  cache.add(token(5));
  EXPECT_EQ(cache.look(token(5)), TokenCache::Verdict::Duplicate);
  EXPECT_EQ(cache.look(token(3)), TokenCache::Verdict::New);
}

TEST(TokenCache, ForgetsTheOldestOf100AndThenRefusesAnythingOlder) {
  TokenCache cache;
  for (std::uint64_t i = 10; i < 10 + TokenCache::kSize; ++i) cache.add(token(i));
  EXPECT_EQ(cache.look(token(9)), TokenCache::Verdict::TooOld);
  cache.add(token(200));
  EXPECT_EQ(cache.counters().size(), TokenCache::kSize);
  EXPECT_EQ(cache.look(token(10)), TokenCache::Verdict::TooOld);
  EXPECT_EQ(cache.look(token(11)), TokenCache::Verdict::Duplicate);
}

TEST(TokenCache, ReconstructsTheCounterNearestToTheHighest) {
  TokenCache cache;
  EXPECT_EQ(cache.reconstruct(3), token(3));
  cache.add(token(1'700'000'000));
  const std::uint16_t now = 1'700'000'000 & 0x3FF;
  EXPECT_EQ(cache.reconstruct(now), token(1'700'000'000));
  EXPECT_EQ(cache.reconstruct((now + 5) & 0x3FF), token(1'700'000'005));
  EXPECT_EQ(cache.reconstruct((now - 5) & 0x3FF), token(1'699'999'995));
  EXPECT_EQ(cache.reconstruct((now + 512) & 0x3FF), token(1'700'000'512)) << "of two equally near ones the later";
}

}  // namespace
}  // namespace meterway::field
