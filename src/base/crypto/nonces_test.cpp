#include "base/crypto/nonces.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace meterway::crypto {
namespace {

using Bytes32 = std::array<unsigned char, 32>;

Bytes32 bytes_of(const BIGNUM* number) {
  Bytes32 out{};
  EXPECT_EQ(BN_bn2binpad(number, out.data(), 32), 32);
  return out;
}

TEST(Nonces, HaveTheInverseOfTheNumberWhosePointGivesR) {
  const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Owned<EC_POINT, EC_POINT_free> point(EC_POINT_new(group.get()));
  const Owned<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const Owned<BIGNUM, BN_free> k(BN_new()), x(BN_new());
  for (int i = 0; i < 100; ++i) {  // of several batches, the first and the last of each
    const auto nonce = take_nonce();
    ASSERT_TRUE(nonce);
    ASSERT_TRUE(BN_mod_inverse(k.get(), nonce->inverse.get(), EC_GROUP_get0_order(group.get()), context.get()));
    ASSERT_EQ(EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr, context.get()), 1);
    ASSERT_EQ(EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), nullptr, context.get()), 1);
    ASSERT_EQ(BN_nnmod(x.get(), x.get(), EC_GROUP_get0_order(group.get()), context.get()), 1);
    EXPECT_EQ(BN_cmp(x.get(), nonce->r.get()), 0) << i;
  }
}

TEST(Nonces, ComeOnceEachInEveryThread) {
  std::mutex mutex;
  std::set<Bytes32> seen;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        const auto r = bytes_of(take_nonce()->r.get());
        const std::lock_guard lock(mutex);
        seen.insert(r);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen.size(), 800u);
}

// Two signatures with one nonce give the key away, and a fork copies what lies ready.
TEST(Nonces, AreNotSharedWithAForkedProcess) {
  ASSERT_TRUE(take_nonce());  // more of its batch lie ready now
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto r = bytes_of(take_nonce()->r.get());
    ::_exit(::write(ends[1], r.data(), r.size()) == 32 ? 0 : 1);
  }
  Bytes32 theirs{};
  EXPECT_EQ(::read(ends[0], theirs.data(), theirs.size()), 32);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  for (int i = 0; i < 64; ++i) EXPECT_NE(bytes_of(take_nonce()->r.get()), theirs) << i;
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace meterway::crypto
