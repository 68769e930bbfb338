#pragma once
#include <openssl/bn.h>

#include <optional>

#include "base/crypto/owned.h"

namespace meterway::crypto {

/// The half of an ECDSA signature on P-256 that depends neither on the key nor on what is signed (FIPS 186-4, 6.3): of
/// a random number k its inverse modulo the order, and r, the x coordinate of kG. As secret as the key itself; wiped
/// when it goes.
struct Nonce {
  using Number = Owned<BIGNUM, BN_clear_free>;
  Number inverse, r;
};

/// One that nobody was ever given, nor will be: not in another thread, not in a process forked from this one. They are
/// made many at a time, as two inversions for all of them cost little more than two for one. Thread-safe. Nothing when
/// OpenSSL has no random numbers or no memory.
std::optional<Nonce> take_nonce();

}  // namespace meterway::crypto
