// EC_POINTs_make_affine and EC_POINT_get_Jprojective_coordinates_GFp are deprecated since OpenSSL 3.0 without a
// successor.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/crypto/nonces.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <vector>

#include "base/crypto/p256.h"

namespace meterway::crypto {
namespace {

using OwnedPoint = Owned<EC_POINT, EC_POINT_clear_free>;
using OwnedContext = Owned<BN_CTX, BN_CTX_free>;
using OwnedMontgomery = Owned<BN_MONT_CTX, BN_MONT_CTX_free>;
using Number = Nonce::Number;

constexpr std::size_t kAtOnce = 32;

/// Counts the forks that led to this process: what was made before one is in both of the processes after it.
std::atomic<unsigned>& forks() {
  static std::atomic<unsigned> count{0};
  static const int watched = ::pthread_atfork(nullptr, nullptr, [] { ++count; });
  static_cast<void>(watched);
  return count;
}

/// The numbers below the order, multiplied by OpenSSL's Montgomery routines, whose time does not tell the factors.
class Order {
 public:
  Order() : montgomery_(BN_MONT_CTX_new()) {
    const OwnedContext context(BN_CTX_new_ex(nullptr));
    minus_two_.reset(BN_dup(number()));
    good_ = BN_MONT_CTX_set(montgomery_.get(), number(), context.get()) == 1 && BN_sub_word(minus_two_.get(), 2) == 1;
  }
  bool good() const { return good_; }
  const BIGNUM* number() const { return EC_GROUP_get0_order(p256()); }
  bool enter(BIGNUM* out, const BIGNUM* in, BN_CTX* context) const {
    return BN_to_montgomery(out, in, montgomery_.get(), context) == 1;
  }
  bool leave(BIGNUM* out, const BIGNUM* in, BN_CTX* context) const {
    return BN_from_montgomery(out, in, montgomery_.get(), context) == 1;
  }
  bool multiply(BIGNUM* out, const BIGNUM* a, const BIGNUM* b, BN_CTX* context) const {
    return BN_mod_mul_montgomery(out, a, b, montgomery_.get(), context) == 1;
  }
  /// By Fermat: the order is a prime. Neither number in Montgomery's form.
  bool invert(BIGNUM* out, const BIGNUM* in, BN_CTX* context) const {
    return BN_mod_exp_mont_consttime(out, in, minus_two_.get(), number(), context, montgomery_.get()) == 1;
  }

 private:
  OwnedMontgomery montgomery_;
  Number minus_two_;
  bool good_ = false;
};

Number secret() {
  Number number(BN_secure_new());
  if (number) BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

/// A thread's own.
class Pool {
 public:
  std::optional<Nonce> take() {
    if (made_after_ != forks()) {
      kept_.clear();
      made_after_ = forks();
    }
    if (kept_.empty() && !refill()) return std::nullopt;
    std::optional<Nonce> out(std::move(kept_.back()));
    kept_.pop_back();
    return out;
  }

 private:
  bool refill() {
    static const Order order;
    const OwnedContext owned(BN_CTX_secure_new());
    auto* const context = owned.get();
    std::array<Number, kAtOnce> numbers, products;  // products[i]: of the numbers 0 to i; both in Montgomery's form
    std::array<OwnedPoint, kAtOnce> points;
    std::array<EC_POINT*, kAtOnce> to_change{};
    if (!order.good() || context == nullptr) return false;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      Number& number = numbers[i] = secret();
      Number& product = products[i] = secret();
      points[i].reset(to_change[i] = EC_POINT_new(p256()));
      if (!number || !product || !points[i]) return false;
      do {
        if (BN_priv_rand_range(number.get(), order.number()) != 1) return false;
      } while (BN_is_zero(number.get()));
      if (EC_POINT_mul(p256(), to_change[i], number.get(), nullptr, nullptr, context) != 1 ||
          !order.enter(number.get(), number.get(), context) ||
          !(i == 0 ? BN_copy(product.get(), number.get()) != nullptr
                   : order.multiply(product.get(), products[i - 1].get(), number.get(), context)))
        return false;
    }
    // The inverse of the product of all, from which each one's own follows by multiplications.
    const Number inverse = secret();
    if (!inverse || EC_POINTs_make_affine(p256(), kAtOnce, to_change.data(), context) != 1 ||
        !order.leave(inverse.get(), products.back().get(), context) ||
        !order.invert(inverse.get(), inverse.get(), context) || !order.enter(inverse.get(), inverse.get(), context))
      return false;
    for (std::size_t i = kAtOnce; i-- > 0;) {
      Nonce nonce{secret(), Number(BN_new())};
      if (!nonce.inverse || !nonce.r) return false;
      const bool own = i == 0 ? BN_copy(nonce.inverse.get(), inverse.get()) != nullptr
                              : order.multiply(nonce.inverse.get(), inverse.get(), products[i - 1].get(), context);
      if (!own || !order.leave(nonce.inverse.get(), nonce.inverse.get(), context) ||
          !order.multiply(inverse.get(), inverse.get(), numbers[i].get(), context) ||
          EC_POINT_get_Jprojective_coordinates_GFp(p256(), to_change[i], nonce.r.get(), nullptr, nullptr,
                                                   context) != 1 ||  // affine now: X is x
          BN_nnmod(nonce.r.get(), nonce.r.get(), order.number(), context) != 1)
        return false;
      if (!BN_is_zero(nonce.r.get())) kept_.push_back(std::move(nonce));
    }
    return !kept_.empty();
  }

  unsigned made_after_ = 0;
  std::vector<Nonce> kept_;
};

}  // namespace

std::optional<Nonce> take_nonce() {
  thread_local Pool pool;
  auto out = pool.take();
  if (!out) ERR_clear_error();
  return out;
}

}  // namespace meterway::crypto
