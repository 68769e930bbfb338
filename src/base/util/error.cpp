#include "base/util/error.h"

namespace meterway {

std::string_view sentence(ErrorCode code) {
  switch (code) {
    case ErrorCode::Truncated:
      return "the input ends too early";
    case ErrorCode::TrailingBytes:
      return "bytes are left over after the end";
    case ErrorCode::BadLength:
      return "a length is not valid";
    case ErrorCode::BadTag:
      return "a tag or fixed byte is not the expected one";
    case ErrorCode::BadValue:
      return "a value is not allowed";
    case ErrorCode::OutOfRange:
      return "a value is out of range";
    case ErrorCode::TooLarge:
      return "the input is larger than the limit";
    case ErrorCode::TooDeep:
      return "the input is nested deeper than the limit";
    case ErrorCode::UnknownCode:
      return "a code is not known";
    case ErrorCode::BadHex:
      return "the text is not hexadecimal";
    case ErrorCode::BadBase64:
      return "the text is not base64";
    case ErrorCode::BadEui64:
      return "the text is not an EUI-64";
    case ErrorCode::BadNumber:
      return "the text is not a number";
    case ErrorCode::BadDateTime:
      return "the text is not a date and time";
    case ErrorCode::BadRequestId:
      return "the text is not a request identifier";
    case ErrorCode::BadJson:
      return "the text is not the expected JSON";
    case ErrorCode::BadXml:
      return "the text is not well-formed XML";
    case ErrorCode::BadKey:
      return "the key cannot be read";
    case ErrorCode::BadCertificate:
      return "the certificate cannot be read";
    case ErrorCode::UnknownKey:
      return "no such key or certificate is known";
    case ErrorCode::BadMac:
      return "the MAC is wrong";
    case ErrorCode::BadSignature:
      return "the signature is wrong";
    case ErrorCode::BadDigest:
      return "the digest is wrong";
    case ErrorCode::NoSignature:
      return "there is no signature";
    case ErrorCode::Expired:
      return "the validity period does not cover the time";
    case ErrorCode::Revoked:
      return "the certificate is revoked";
    case ErrorCode::CryptoFailure:
      return "a cryptographic operation failed";
    case ErrorCode::Unsupported:
      return "this is not supported";
    case ErrorCode::NotFound:
      return "there is no such thing";
    case ErrorCode::Conflict:
      return "this contradicts what is recorded";
    case ErrorCode::StaleCounter:
      return "the counter is not higher than the last one";
    case ErrorCode::Refused:
      return "the operation is refused";
    case ErrorCode::BadRequest:
      return "the request makes no sense here";
    case ErrorCode::Io:
      return "reading or writing failed";
    case ErrorCode::Database:
      return "the database failed";
    case ErrorCode::Network:
      return "the network failed";
    case ErrorCode::Timeout:
      return "it took too long";
    case ErrorCode::Full:
      return "a limit is reached";
    case ErrorCode::Closed:
      return "it is closed";
  }
  return "unknown error";
}

std::string describe(const Error& error) {
  std::string text(sentence(error.code));
  if (error.field != nullptr && error.field[0] != '\0') text += std::string(" (") + error.field + ")";
  if (error.offset != 0) text += " at byte " + std::to_string(error.offset);
  return text;
}

}  // namespace meterway
