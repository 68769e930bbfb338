#include "standard/gbcs/message.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::gbcs {
namespace {

constexpr std::size_t kMacSize = 12;
constexpr std::size_t kSignatureSize = 64;

template <std::size_t N>
std::array<std::uint8_t, N> array_of(ByteView bytes) {
  std::array<std::uint8_t, N> out{};
  if (bytes.size() == N) std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Eui64 take_eui(wire::Reader& in, const char* field) { return Eui64::from_wire_or_zero(in.take(8, field)); }

/// The length alone tells the form: 2, 10, 18, 26, or 18 and a DER SEQUENCE that reaches the end.
void read_other_information(wire::Reader& in, Header& header) {
  const auto start = in.offset();
  const auto bytes = in.prefixed("other information");
  if (!in.ok()) return;
  wire::Reader other(bytes, in.offset() - bytes.size());
  header.code = MessageCode{other.u16("message code")};
  if (!other.empty()) header.supplementary_party = take_eui(other, "supplementary remote party");
  if (!other.empty()) header.supplementary_counter = OriginatorCounter{other.u64("supplementary remote party counter")};
  if (other.left() == 8) {
    header.supplementary_originator_counter = OriginatorCounter{other.u64("supplementary originator counter")};
  } else if (!other.empty()) {
    const auto certificate = other.rest();
    wire::Reader der(certificate, other.offset() - certificate.size());
    der.expect({0x30}, "supplementary certificate").prefixed("supplementary certificate");
    if (auto done = der.finish("supplementary certificate"); !done) {
      in.fail_at(done.error().code, done.error().offset, done.error().field);
    }
    header.supplementary_certificate.assign(certificate.begin(), certificate.end());
  }
  if (!other.ok()) in.fail_at(ErrorCode::BadLength, start, "other information");
}

Header read_header(wire::Reader& in) {
  Header header;
  in.expect({0xDF}, "general signing").expect({0x09}, "transaction id length");
  const auto kind_at = in.offset();
  const auto kind = in.u8("cra flag");
  if (in.ok() && (kind < 1 || kind > 3)) in.fail_at(ErrorCode::BadValue, kind_at, "cra flag");
  header.kind = static_cast<Kind>(kind);
  header.counter = OriginatorCounter{in.u64("originator counter")};
  in.expect({0x08}, "originator length");
  header.originator = take_eui(in, "originator");
  in.expect({0x08}, "target length");
  header.target = take_eui(in, "target");
  const auto time_at = in.offset();
  const auto time_size = in.u8("date-time length");
  if (time_size == 12) {
    header.date_time = array_of<12>(in.take(12, "date-time"));
  } else if (time_size != 0) {
    in.fail_at(ErrorCode::BadLength, time_at, "date-time length");
  }
  read_other_information(in, header);
  return header;
}

void read_signed_part(wire::Reader& in, Message& message, bool may_end_unsigned) {
  message.header = read_header(in);
  const auto content = in.prefixed("content");
  message.content.assign(content.begin(), content.end());
  if (may_end_unsigned && in.ok() && in.empty()) {
    message.signature_field = SignatureField::Absent;
    return;
  }
  const auto at = in.offset();
  const auto size = in.length("signature length");
  if (!in.ok()) return;
  if (size == 0) {
    message.signature_field = SignatureField::Empty;
  } else if (size == kSignatureSize) {
    message.signature_field = SignatureField::Present;
    message.signature = array_of<kSignatureSize>(in.take(kSignatureSize, "signature"));
  } else {
    in.fail_at(ErrorCode::BadLength, at, "signature length");
  }
}

void write_header(wire::Writer& out, const Header& header) {
  out.bytes({0xDF, 0x09}).u8(static_cast<std::uint8_t>(header.kind)).u64(header.counter.value);
  out.u8(8).u64(header.originator.value()).u8(8).u64(header.target.value());
  out.u8(header.date_time ? 12 : 0);
  if (header.date_time) out.bytes(*header.date_time);
  wire::Writer other;
  other.u16(header.code.value);
  if (header.supplementary_party) other.u64(header.supplementary_party->value());
  if (header.supplementary_counter) other.u64(header.supplementary_counter->value);
  if (header.supplementary_originator_counter) other.u64(header.supplementary_originator_counter->value);
  other.bytes(header.supplementary_certificate);
  out.prefixed(other.view());
}

}  // namespace

Result<Message> read_message(ByteView bytes) {
  Message message;
  wire::Reader in(bytes);
  if (in.peek() == 0xDD) {
    in.expect({0xDD, 0, 0, 0, 0, 0, 0}, "general ciphering header");
    const auto at = in.offset();
    const auto size = in.length("ciphered length");
    if (in.ok() && size < in.left()) in.fail_at(ErrorCode::TrailingBytes, in.offset() + size, "end");
    if (in.ok() && size < 5 + kMacSize) in.fail_at(ErrorCode::BadLength, at, "ciphered length");
    if (in.ok() && size > in.left()) in.fail_at(ErrorCode::Truncated, bytes.size(), "ciphered service");
    in.expect({0x11, 0, 0, 0, 0}, "security header");
    if (!in.ok()) return Unexpected{in.error()};
    const auto start = in.offset();
    wire::Reader signed_part(in.take(in.left() - kMacSize, "signed part"), start);
    read_signed_part(signed_part, message, false);
    METERWAY_CHECK(signed_part.finish());
    message.mac = array_of<kMacSize>(in.take(kMacSize, "mac"));
  } else {
    read_signed_part(in, message, true);
  }
  METERWAY_CHECK(in.finish());
  return message;
}

Bytes write_signed_part(const Message& message) {
  wire::Writer out;
  write_header(out, message.header);
  out.prefixed(message.content);
  if (message.signature_field == SignatureField::Empty) out.u8(0);
  if (message.signature_field == SignatureField::Present) out.prefixed(message.signature);
  return out.take();
}

Bytes to_be_signed(const Message& message) {
  wire::Writer out;
  write_header(out, message.header);
  out.prefixed(message.content);
  Bytes bytes = out.take();
  bytes.erase(bytes.begin());
  return bytes;
}

Bytes write_message(const Message& message) {
  Bytes signed_part = write_signed_part(message);
  if (!message.mac) return signed_part;
  wire::Writer out;
  out.bytes({0xDD, 0, 0, 0, 0, 0, 0}).length(5 + signed_part.size() + kMacSize).bytes({0x11, 0, 0, 0, 0});
  return out.bytes(signed_part).bytes(*message.mac).take();
}

}  // namespace meterway::gbcs
