#pragma once
#include <string>
#include <string_view>

#include "base/crypto/keys.h"
#include "standard/ids/ids.h"

namespace meterway::gbcs {

/// The 20-digit prepayment token (Unique Transaction Reference Number) that a supplier makes and a meter accepts, by
/// command (use cases CS01a, CS01b) or keyed in by hand. The platform only carries it.
///
/// Source:  GBCS 14 (prepayment top-up token).
/// Form:    19 digits of 7394156990786306048 + PTUT, and a Verhoeff check digit. PTUT, 57 bits:
///
///              truncated counter:10 | class:2 | value:13 | MAC:32
///
/// The truncated counter is the low 10 bits of the high word of the 64-bit counter, whose low word is zero.
struct UtrnFields {
  std::uint16_t truncated_counter = 0;
  std::uint8_t value_class = 0;  ///< 0 pence, 1 pounds; 2 and 3 are reserved, and occur
  std::uint16_t value = 0;       ///< 0..8191
  std::uint32_t mac = 0;
  /// The credit in pence (hundredths of the currency); zero for a reserved class.
  std::uint32_t pence() const { return value_class == 0 ? value : value_class == 1 ? value * 100u : 0u; }
  friend bool operator==(const UtrnFields&, const UtrnFields&) = default;
};

/// For which meter, by which supplier, under which counter.
struct UtrnParties {
  Eui64 originator;
  Eui64 target;
  OriginatorCounter counter;  ///< low 32 bits zero
};

/// The digit that makes 19 digits a token: Verhoeff over the dihedral group D5, from the left, starting with
/// permutation 4. `digits` must be decimal digits.
char utrn_check_digit(std::string_view digits);

/// Errors: BadLength (not 20 characters), BadNumber (not digits), BadDigest (check digit), OutOfRange (not between 0
/// and 57 bits above the offset).
Result<UtrnFields> read_utrn(std::string_view text);
/// The 20 digits of given fields. Errors: OutOfRange.
Result<std::string> write_utrn(const UtrnFields& fields);

/// Makes a token. Errors: OutOfRange for a value above 8191, a class above 1, or a counter whose low 32 bits are not
/// zero; CryptoFailure.
Result<std::string> make_utrn(const UtrnParties& parties, std::uint16_t value, std::uint8_t value_class,
                              const crypto::PrivateKey& supplier_prepayment, const crypto::PublicKey& meter);

/// The last four bytes of the GMAC under the key of these parties and this counter (the fields' own mac is not read).
/// Either side computes it with its own private key. Errors: CryptoFailure.
Result<std::uint32_t> utrn_mac(const UtrnParties& parties, const UtrnFields& fields, const crypto::PrivateKey& own,
                               const crypto::PublicKey& other);

/// Whether the token's MAC is right for these parties and the whole counter, as a meter checks it. Which counters a
/// meter still takes is its own business (field/device/replay.h). Errors: Conflict when the counter is not the token's
/// (its 10 bits, or a low word that is not zero); BadMac; CryptoFailure.
Status check_utrn(const UtrnParties& parties, const UtrnFields& fields, const crypto::PrivateKey& meter,
                  const crypto::PublicKey& supplier_prepayment);

}  // namespace meterway::gbcs
