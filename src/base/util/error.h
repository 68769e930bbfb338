#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace meterway {

/// Why an operation on input failed. Each code has one sentence in error.cpp.
enum class ErrorCode : std::uint8_t {
  // bytes
  Truncated,
  TrailingBytes,
  BadLength,
  BadTag,
  BadValue,
  OutOfRange,
  TooLarge,
  TooDeep,
  UnknownCode,
  // text
  BadHex,
  BadBase64,
  BadEui64,
  BadNumber,
  BadDateTime,
  BadRequestId,
  BadJson,
  BadXml,
  // keys and protection
  BadKey,
  BadCertificate,
  UnknownKey,
  BadMac,
  BadSignature,
  BadDigest,
  NoSignature,
  Expired,
  Revoked,
  CryptoFailure,
  // meaning
  Unsupported,
  NotFound,
  Conflict,
  StaleCounter,
  Refused,
  BadRequest,
  // the world
  Io,
  Database,
  Network,
  Timeout,
  Full,
  Closed,
};

/// What went wrong, where, and in which field. Trivially copyable: no allocation on the hot path.
/// `field` points to a string with static storage duration.
struct Error {
  ErrorCode code;
  std::uint32_t offset = 0;
  const char* field = "";
  friend bool operator==(const Error& a, const Error& b) { return a.code == b.code && a.offset == b.offset; }
};

/// The sentence for a code, without a full stop.
std::string_view sentence(ErrorCode code);

/// One line for a person: sentence, field and offset.
std::string describe(const Error& error);

}  // namespace meterway
