#pragma once
#include <array>
#include <memory>

#include "base/crypto/digest.h"

struct ec_group_st;

namespace meterway::crypto {

/// A public key with the multiples of its point worked out beforehand (150 kB), so that a verification needs two
/// multiplications of fixed points: about half of the usual cost, for keys that sign often (those of Users).
/// Sharing: immutable, safe between threads.
class VerifyTable {
 public:
  using Signature = std::array<std::uint8_t, 64>;

  /// `point`: 65 bytes, uncompressed, on the curve. Null when this OpenSSL makes no tables.
  static std::shared_ptr<const VerifyTable> make(ByteView point);
  /// As plain::verify.
  bool verify(const Sha256Digest& digest, ByteView signature) const;

 private:
  explicit VerifyTable(std::shared_ptr<const ec_group_st> group) : group_(std::move(group)) {}
  std::shared_ptr<const ec_group_st> group_;  ///< P-256, its generator replaced by the key
};

inline constexpr unsigned kOftenVerified = 64;      ///< verifications before a table is made
inline constexpr std::size_t kMostTables = 256;     ///< 38 MB; then the one longest unused goes
inline constexpr std::size_t kMostCounted = 16384;  ///< keys whose uses are counted; then counting begins anew

/// The table of a key that is used often, otherwise null. Counts this use. Thread-safe.
std::shared_ptr<const VerifyTable> verify_table_of(ByteView point);

}  // namespace meterway::crypto
