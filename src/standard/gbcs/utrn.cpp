#include "standard/gbcs/utrn.h"

#include <array>

#include "base/crypto/aes_gcm.h"
#include "base/wire/writer.h"
#include "standard/gbcs/protect.h"

namespace meterway::gbcs {
namespace {

constexpr std::uint64_t kOffset = 7394156990786306048u;  // 0x669D529B714A0000
constexpr std::uint16_t kMaxValue = 0x1FFF;

// Row r is permutation 1 applied r times.
constexpr std::uint8_t kPermute[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                          {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                          {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                          {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
// Multiplication in the dihedral group of the pentagon.
constexpr std::uint8_t kMultiply[10][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                            {2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                            {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                            {6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                            {8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
constexpr char kLastDigit[] = "1267583094";  // by the state after 19 digits

std::uint32_t high_word(const UtrnFields& fields) {
  return static_cast<std::uint32_t>(fields.truncated_counter) << 15 |
         static_cast<std::uint32_t>(fields.value_class) << 13 | fields.value;
}

std::uint16_t truncate(OriginatorCounter counter) { return counter.value >> 32 & 0x3FF; }

}  // namespace

char utrn_check_digit(std::string_view digits) {
  std::uint8_t state = 0;
  std::size_t row = 4;
  for (const char c : digits) {
    state = kMultiply[state][kPermute[row][c - '0']];
    row = (row + 1) % 8;
  }
  return kLastDigit[state];
}

Result<UtrnFields> read_utrn(std::string_view text) {
  if (text.size() != 20) return fail(ErrorCode::BadLength, 0, "token");
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') return fail(ErrorCode::BadNumber, at, "token");
    if (at < 19) number = number * 10 + static_cast<std::uint64_t>(text[at] - '0');  // 19 digits always fit
  }
  if (utrn_check_digit(text.substr(0, 19)) != text[19]) return fail(ErrorCode::BadDigest, 19, "token check digit");
  if (number < kOffset || (number - kOffset) >> 57 != 0) return fail(ErrorCode::OutOfRange, 0, "token");
  const std::uint64_t packed = number - kOffset;
  return UtrnFields{static_cast<std::uint16_t>(packed >> 47 & 0x3FF), static_cast<std::uint8_t>(packed >> 45 & 3),
                    static_cast<std::uint16_t>(packed >> 32 & kMaxValue), static_cast<std::uint32_t>(packed)};
}

Result<std::string> write_utrn(const UtrnFields& fields) {
  if (fields.truncated_counter > 0x3FF || fields.value_class > 3 || fields.value > kMaxValue)
    return fail(ErrorCode::OutOfRange, 0, "token");
  std::string digits = std::to_string(kOffset + (static_cast<std::uint64_t>(high_word(fields)) << 32 | fields.mac));
  digits += utrn_check_digit(digits);
  return digits;
}

Result<std::uint32_t> utrn_mac(const UtrnParties& parties, const UtrnFields& fields, const crypto::PrivateKey& own,
                               const crypto::PublicKey& other) {
  METERWAY_TRY(const crypto::SharedSecret secret, own.agree(other));
  const crypto::AesKey key =
      derive_key(secret, Purpose::CommandMac, parties.originator, parties.counter, parties.target);
  // 11 0000000000 | originator:8 | target:8 | 01 counter:8 | counter and value:4
  const Bytes covered = wire::Writer()
                            .u8(0x11)
                            .number(0, 5)
                            .u64(parties.originator.value())
                            .u64(parties.target.value())
                            .u8(0x01)
                            .u64(parties.counter.value)
                            .u32(high_word(fields))
                            .take();
  const Bytes iv = wire::Writer().u64(parties.originator.value()).u32(0).take();
  std::array<std::uint8_t, 16> tag;
  crypto::gcm_seal(key, std::span<const std::uint8_t, 12>(iv.data(), 12), {covered}, {}, tag);
  return static_cast<std::uint32_t>(tag[12]) << 24 | static_cast<std::uint32_t>(tag[13]) << 16 |
         static_cast<std::uint32_t>(tag[14]) << 8 | tag[15];
}

Result<std::string> make_utrn(const UtrnParties& parties, std::uint16_t value, std::uint8_t value_class,
                              const crypto::PrivateKey& supplier_prepayment, const crypto::PublicKey& meter) {
  if (value > kMaxValue) return fail(ErrorCode::OutOfRange, 0, "token value");
  if (value_class > 1) return fail(ErrorCode::OutOfRange, 0, "token value class");
  if ((parties.counter.value & 0xFFFFFFFF) != 0) return fail(ErrorCode::OutOfRange, 0, "token counter");
  UtrnFields fields{truncate(parties.counter), value_class, value, 0};
  METERWAY_TRY(fields.mac, utrn_mac(parties, fields, supplier_prepayment, meter));
  return write_utrn(fields);
}

Status check_utrn(const UtrnParties& parties, const UtrnFields& fields, const crypto::PrivateKey& meter,
                  const crypto::PublicKey& supplier_prepayment) {
  if (truncate(parties.counter) != fields.truncated_counter || (parties.counter.value & 0xFFFFFFFF) != 0) {
    return fail(ErrorCode::Conflict, 0, "token counter");
  }
  METERWAY_TRY(const std::uint32_t mac, utrn_mac(parties, fields, meter, supplier_prepayment));
  if (mac != fields.mac) return fail(ErrorCode::BadMac, 0, "token");
  return {};
}

}  // namespace meterway::gbcs
