#include "base/crypto/public_inverse.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <random>

#include "base/crypto/owned.h"
#include "base/util/hex.h"

namespace meterway::crypto {
namespace {

using Number = Owned<BIGNUM, BN_free>;

constexpr std::string_view kOrder = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

Number number(const Limbs& limbs) {
  const auto bytes = to_bytes(limbs);
  return Number(BN_bin2bn(bytes.data(), 32, nullptr));
}

/// value * number = 2^shift, as OpenSSL sees it.
void expect_inverse(const Limbs& of, const Limbs& modulus) {
  const auto found = almost_inverse(of, modulus);
  ASSERT_TRUE(found);
  EXPECT_LE(found->shift, 512u);
  const Owned<BN_CTX, BN_CTX_free> context(BN_CTX_new());
  const Number order = number(modulus), power(BN_new()), product(BN_new());
  BN_set_bit(power.get(), static_cast<int>(found->shift));
  BN_nnmod(power.get(), power.get(), order.get(), context.get());
  BN_mod_mul(product.get(), number(found->value).get(), number(of).get(), order.get(), context.get());
  EXPECT_EQ(BN_cmp(product.get(), power.get()), 0);
  EXPECT_LT(BN_cmp(number(found->value).get(), order.get()), 0);
}

TEST(PublicInverse, IsTheInverseButForAPowerOfTwo) {
  const Limbs order = to_limbs(from_hex(kOrder).value());
  Limbs last = order;
  --last[0];
  expect_inverse({1}, order);
  expect_inverse({2}, order);
  expect_inverse({3}, order);
  expect_inverse(last, order);
  for (std::size_t bit = 0; bit < 255; ++bit) {
    Limbs power{};
    power[bit / 64] = std::uint64_t{1} << bit % 64;
    expect_inverse(power, order);
    --power[bit / 64];
    if (power != Limbs{}) expect_inverse(power, order);
  }
  std::mt19937_64 random(4711);
  for (int i = 0; i < 5000; ++i) {
    Limbs any{random(), random(), random(), random() >> (1 + i % 63)};
    if (i % 7 == 0) any[i % 4] = i % 2 == 0 ? 0 : UINT64_MAX >> 1;
    expect_inverse(any, order);
  }
}

TEST(PublicInverse, IsNotThereForZeroNorForWhatIsNotBelowTheModulus) {
  const Limbs order = to_limbs(from_hex(kOrder).value());
  EXPECT_FALSE(almost_inverse({}, order));
  EXPECT_FALSE(almost_inverse(order, order));
  EXPECT_FALSE(almost_inverse({UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}, order));
  const auto bytes = to_bytes(order);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), from_hex(kOrder).value());
}

}  // namespace
}  // namespace meterway::crypto
