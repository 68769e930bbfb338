// EC_GROUP_precompute_mult and EC_POINT_get_Jprojective_coordinates_GFp are deprecated since OpenSSL 3.0 without a
// successor; they are used here and nowhere else.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/crypto/verify_table.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "base/crypto/owned.h"
#include "base/crypto/p256.h"
#include "base/crypto/public_inverse.h"

namespace meterway::crypto {
namespace {

using OwnedGroup = Owned<EC_GROUP, EC_GROUP_free>;
using OwnedPoint = Owned<EC_POINT, EC_POINT_free>;
using OwnedContext = Owned<BN_CTX, BN_CTX_free>;
using OwnedNumber = Owned<BIGNUM, BN_free>;

/// Numbers and contexts of one thread, kept: making them costs as much as a few field multiplications.
struct Scratch {
  OwnedContext context{BN_CTX_new()};
};

/// The numbers of one verification, given back to the context at the end of the scope.
class Numbers {
 public:
  explicit Numbers(BN_CTX* context) : context_(context) { BN_CTX_start(context); }
  ~Numbers() { BN_CTX_end(context_); }
  Numbers(const Numbers&) = delete;
  Numbers& operator=(const Numbers&) = delete;
  BIGNUM* take() { return BN_CTX_get(context_); }

 private:
  BN_CTX* context_;
};

/// 2^-shift modulo the order, for every shift that an almost inverse may need.
class HalvesOfOrder {
 public:
  static constexpr std::size_t kMost = 512;
  HalvesOfOrder() {
    const OwnedContext context(BN_CTX_new());
    const BIGNUM* const order = EC_GROUP_get0_order(p256());
    OwnedNumber number(BN_new());
    BN_one(number.get());
    for (auto& place : all_) {
      place.reset(BN_dup(number.get()));
      if (BN_is_odd(number.get())) BN_add(number.get(), number.get(), order);
      BN_rshift1(number.get(), number.get());
    }
  }
  const BIGNUM* of(unsigned shift) const { return all_[shift].get(); }

 private:
  std::array<OwnedNumber, kMost + 1> all_;
};

/// s^-1 modulo the order of the curve. The number is part of a signature, hence public.
bool invert(BIGNUM* out, ByteView s, BN_CTX* context) {
  static const HalvesOfOrder halves;
  static const Limbs order = [] {
    std::array<std::uint8_t, 32> bytes{};
    BN_bn2binpad(EC_GROUP_get0_order(p256()), bytes.data(), 32);
    return to_limbs(bytes);
  }();
  const auto almost = almost_inverse(to_limbs(s), order);
  if (!almost) return false;
  const auto bytes = to_bytes(almost->value);
  return BN_bin2bn(bytes.data(), 32, out) != nullptr &&
         BN_mod_mul(out, out, halves.of(almost->shift), EC_GROUP_get0_order(p256()), context) == 1;
}

/// True when the x coordinate of the point is r modulo the order. The coordinate itself would cost an inversion: it is
/// X / Z^2, so that r Z^2 is compared with X instead, and (r + order) Z^2 where that is below the field's prime.
bool has_x(const EC_POINT* point, const BIGNUM* r, Numbers& numbers, BN_CTX* context) {
  const BIGNUM* const prime = EC_GROUP_get0_field(p256());
  BIGNUM* const big_x = numbers.take();
  BIGNUM* const z = numbers.take();
  BIGNUM* const candidate = numbers.take();
  BIGNUM* const product = numbers.take();
  if (product == nullptr || EC_POINT_is_at_infinity(p256(), point) != 0 ||
      EC_POINT_get_Jprojective_coordinates_GFp(p256(), point, big_x, nullptr, z, context) != 1 ||
      BN_mod_sqr(z, z, prime, context) != 1 || BN_copy(candidate, r) == nullptr)
    return false;
  for (; BN_ucmp(candidate, prime) < 0;) {
    if (BN_mod_mul(product, candidate, z, prime, context) != 1) return false;
    if (BN_ucmp(product, big_x) == 0) return true;
    if (BN_add(candidate, candidate, EC_GROUP_get0_order(p256())) != 1) return false;
  }
  return false;
}

bool is_scalar(const BIGNUM* number, const BIGNUM* order) { return !BN_is_zero(number) && BN_ucmp(number, order) < 0; }

}  // namespace

std::shared_ptr<const VerifyTable> VerifyTable::make(ByteView point) {
  OwnedGroup group(EC_GROUP_dup(p256()));
  if (!group) return nullptr;
  const OwnedPoint generator(EC_POINT_new(group.get()));
  const bool made =
      generator && EC_POINT_oct2point(group.get(), generator.get(), point.data(), point.size(), nullptr) == 1 &&
      EC_GROUP_set_generator(group.get(), generator.get(), EC_GROUP_get0_order(p256()),
                             EC_GROUP_get0_cofactor(p256())) == 1 &&
      EC_GROUP_precompute_mult(group.get(), nullptr) == 1 && EC_GROUP_have_precompute_mult(group.get()) == 1;
  ERR_clear_error();
  if (!made) return nullptr;
  return std::shared_ptr<const VerifyTable>(new VerifyTable({group.release(), &EC_GROUP_free}));
}

bool VerifyTable::verify(const Sha256Digest& digest, ByteView signature) const {
  if (signature.size() != 64) return false;
  thread_local const Scratch scratch;
  BN_CTX* const context = scratch.context.get();
  Numbers numbers(context);
  BIGNUM* const r = numbers.take();
  BIGNUM* const s = numbers.take();
  BIGNUM* const inverse = numbers.take();
  BIGNUM* const of_base = numbers.take();
  BIGNUM* const of_key = numbers.take();
  const BIGNUM* const order = EC_GROUP_get0_order(p256());
  const OwnedPoint sum(EC_POINT_new(p256()));
  const OwnedPoint part(EC_POINT_new(group_.get()));
  // FIPS 186-4, 6.4.2: w = s^-1, the point is (digest w) G + (r w) Q, its x modulo the order is r.
  const bool good = of_key != nullptr && sum && part && BN_bin2bn(signature.data(), 32, r) != nullptr &&
                    BN_bin2bn(signature.data() + 32, 32, s) != nullptr && is_scalar(r, order) && is_scalar(s, order) &&
                    invert(inverse, signature.last(32), context) &&
                    BN_bin2bn(digest.data(), static_cast<int>(digest.size()), of_base) != nullptr &&
                    BN_mod_mul(of_base, of_base, inverse, order, context) == 1 &&
                    BN_mod_mul(of_key, r, inverse, order, context) == 1 &&
                    EC_POINT_mul(p256(), sum.get(), of_base, nullptr, nullptr, context) == 1 &&
                    EC_POINT_mul(group_.get(), part.get(), of_key, nullptr, nullptr, context) == 1 &&
                    EC_POINT_add(p256(), sum.get(), sum.get(), part.get(), context) == 1 &&
                    has_x(sum.get(), r, numbers, context);
  ERR_clear_error();
  return good;
}

namespace {

using Point = std::array<std::uint8_t, 64>;

/// Points are as good as random; whoever may choose them needs a certificate for each.
struct PointHash {
  std::size_t operator()(const Point& point) const {
    std::size_t out = 0;
    std::memcpy(&out, point.data(), sizeof out);
    return out;
  }
};

/// Who signs often, and the tables of those.
class Tables {
 public:
  std::shared_ptr<const VerifyTable> use(ByteView encoded) {
    Point point;
    std::copy_n(encoded.begin() + 1, point.size(), point.begin());
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = tables_.find(point); found != tables_.end()) {
        found->second.last_use = ++now_;
        return found->second.table;
      }
      if (uses_.size() >= kMostCounted) uses_.clear();
      if (++uses_[point] != kOftenVerified) return nullptr;
    }
    auto table = VerifyTable::make(encoded);  // tens of milliseconds: others go on meanwhile
    if (!table) return nullptr;
    const std::lock_guard lock(mutex_);
    uses_.erase(point);
    if (tables_.size() >= kMostTables) {
      tables_.erase(std::min_element(tables_.begin(), tables_.end(), [](const auto& a, const auto& b) {
        return a.second.last_use < b.second.last_use;
      }));
    }
    tables_[point] = {table, ++now_};
    return table;
  }

 private:
  struct Entry {
    std::shared_ptr<const VerifyTable> table;
    std::uint64_t last_use = 0;
  };
  std::mutex mutex_;
  std::uint64_t now_ = 0;
  std::unordered_map<Point, Entry, PointHash> tables_;
  std::unordered_map<Point, unsigned, PointHash> uses_;
};

}  // namespace

std::shared_ptr<const VerifyTable> verify_table_of(ByteView point) {
  if (point.size() != 65) return nullptr;
  static Tables tables;
  return tables.use(point);
}

}  // namespace meterway::crypto
