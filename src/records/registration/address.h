#pragma once
#include <optional>
#include <string>
#include <vector>

#include "records/registration/source.h"
#include "records/store/store.h"

/// Addresses of metering points. A point has at most one of each source; none is made up of two, and every read says
/// which source an address came from.
///
/// Rows:  "registration-address"    point:6 source:1 -> load:4 record
///        "registration-postcode"   post code (capitals and digits, 00 to 8 octets):8 source:1 point:6 -> empty
namespace meterway::registration {

struct Address {
  std::uint8_t source = 0;
  std::uint32_t load = 0;
  char quality = '-';      ///< as the source marks it: A to Z or 0 to 9; '-': it does not say
  std::uint64_t uprn = 0;  ///< 0: none
  std::string post_code;   ///< as it came
  std::string identifier;  ///< number or name of the house, flat included: DUIS AddressIdentifier
  std::string lines;       ///< street, town
  friend bool operator==(const Address&, const Address&) = default;
};
inline constexpr std::size_t kMostAddressBytes = 200;  ///< of identifier, and of lines

/// Capitals and digits of a post code: "SW1A 1AA" is "SW1A1AA". Errors: BadValue unless there are 5 to 7 of them.
Result<std::string> plain_post_code(std::string_view text);
/// Capitals and digits, words with one blank between: "Flat 2,  14" is "FLAT 2 14".
std::string plain_address(std::string_view text);

//   record:  quality:1 uprn:8, then a length and the bytes of: post code, identifier, lines
std::string write_address(const Address& address);
Result<Address> read_address(std::string_view record);

/// Of one point, in the order of precedence on that day.
Result<std::vector<Address>> addresses_of(const store::ReadView& view, Mpxn mpxn, Date on);

/// Exactly there, but for blanks, case and signs.
bool is_at(const Address& address, std::string_view post_code, std::string_view identifier);

struct AddressMatch {
  std::uint8_t source = 0;
  std::vector<Mpxn> points;  ///< every point that this source has at the address
};
/// What each source by itself has at exactly this post code and identifier, in the order of precedence; sources without
/// one are not named. Whoever needs one answer asks one source, or sees that they agree. Errors: BadValue (post code);
/// Full: more addresses than are looked through have it.
Result<std::vector<AddressMatch>> match_address(const store::ReadView& view, std::string_view post_code,
                                                std::string_view identifier, std::optional<std::uint8_t> source,
                                                Date on);

/// Puts an address with its post code, or takes away the one of this source (no address).
Status put_address(store::WriteView& view, Mpxn mpxn, std::uint8_t source, const std::optional<Address>& address);

}  // namespace meterway::registration
