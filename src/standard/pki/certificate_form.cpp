#include "standard/pki/certificate_form.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::pki {
namespace {

constexpr std::uint8_t kSequence = 0x30, kInteger = 0x02, kBitString = 0x03;
constexpr std::size_t kUtcTime = 13, kGeneralizedTime = 15;  // YYMMDDhhmmssZ, YYYYMMDDhhmmssZ

/// INTEGER contents in their shortest form, not negative: without the leading zero byte.
std::optional<ByteView> magnitude(ByteView content) {
  if (content.empty() || content[0] >= 0x80) return std::nullopt;
  if (content[0] != 0) return content;
  if (content.size() < 2 || content[1] < 0x80) return std::nullopt;
  return content.subspan(1);
}

bool read_half(wire::Reader& in, std::uint8_t* out) {
  const auto number = magnitude(in.expect({kInteger}, "r or s").prefixed("r or s"));
  if (!number || number->size() > 32) return false;
  std::copy(number->begin(), number->end(), out + 32 - number->size());
  return true;
}

std::optional<crypto::EcdsaSignature> read_signature(ByteView bits) {
  wire::Reader outer(bits);
  wire::Reader in(outer.expect({0x00, kSequence}, "signature").prefixed("signature"));
  crypto::EcdsaSignature out{};
  const bool whole = read_half(in, out.data()) && read_half(in, out.data() + 32);
  if (!whole || !in.finish() || !outer.finish()) return std::nullopt;
  return out;
}

void write_half(wire::Writer& out, const std::uint8_t* half) {
  const auto* end = half + 32;
  while (half < end - 1 && *half == 0) ++half;
  Bytes number(half, end);
  if (number[0] >= 0x80) number.insert(number.begin(), 0);
  out.u8(kInteger).prefixed(number);
}

/// The digits of a UTCTime (RFC 5280: 1950 to 2049) or GeneralizedTime, in whole seconds.
std::optional<UtcTime> read_time(ByteView text) {
  if (text.back() != 'Z') return std::nullopt;
  unsigned parts[7] = {};  // century, year, month, day, hour, minute, second
  auto* part = parts + (text.size() == kUtcTime ? 1 : 0);
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    const unsigned tens = text[at] - unsigned{'0'}, ones = text[at + 1] - unsigned{'0'};
    if (tens > 9 || ones > 9) return std::nullopt;
    *part++ = tens * 10 + ones;
  }
  if (text.size() == kUtcTime) parts[0] = parts[1] < 50 ? 20 : 19;
  using namespace std::chrono;
  const year_month_day day(year(static_cast<int>(parts[0] * 100 + parts[1])), month(parts[2]),
                           std::chrono::day(parts[3]));
  if (!day.ok() || parts[4] > 23 || parts[5] > 59 || parts[6] > 59) return std::nullopt;
  return UtcTime(sys_days(day) + hours(parts[4]) + minutes(parts[5]) + seconds(parts[6]));
}

std::string write_time(UtcTime time, std::size_t size) {
  using namespace std::chrono;
  const auto days = floor<std::chrono::days>(time);
  const year_month_day day(days);
  const hh_mm_ss clock(floor<seconds>(time - days));
  std::string text;
  const auto two_digits = [&](auto number) {
    text += static_cast<char>('0' + number / 10 % 10);
    text += static_cast<char>('0' + number % 10);
  };
  two_digits(static_cast<int>(day.year()) / 100);
  two_digits(static_cast<int>(day.year()));
  two_digits(static_cast<unsigned>(day.month()));
  two_digits(static_cast<unsigned>(day.day()));
  two_digits(clock.hours().count());
  two_digits(clock.minutes().count());
  two_digits(clock.seconds().count());
  text += 'Z';
  return size == kUtcTime ? text.substr(2) : text;
}

/// Where `part` stands in `whole`; none unless exactly once.
std::optional<std::size_t> place_of(ByteView whole, ByteView part) {
  const auto found = std::search(whole.begin(), whole.end(), part.begin(), part.end());
  if (part.empty() || found == whole.end()) return std::nullopt;
  if (std::search(found + 1, whole.end(), part.begin(), part.end()) != whole.end()) return std::nullopt;
  return static_cast<std::size_t>(found - whole.begin());
}

}  // namespace

std::optional<CertificateForm> CertificateForm::of(const Certificate& specimen) {
  if (!specimen.device_eui || specimen.signature_algorithm != kEcdsaWithSha256) return std::nullopt;
  CertificateForm form(specimen);
  const ByteView part = form.specimen_.signed_part;
  wire::Reader outer(part);
  outer.expect({kSequence}, "signed part").length("signed part");
  outer.expect({0xA0}, "version").prefixed("version");
  form.serial_.size = outer.expect({kInteger}, "serial").length("serial");
  form.serial_.at = outer.offset();
  outer.take(form.serial_.size, "serial");
  outer.expect({kSequence}, "algorithm").prefixed("algorithm");
  outer.expect({kSequence}, "issuer").prefixed("issuer");
  outer.expect({kSequence}, "validity").length("validity");
  outer.u8("time");
  form.not_before_.size = outer.length("not before");
  form.not_before_.at = outer.offset();
  outer.take(form.not_before_.size, "not before");
  if (!outer.ok() || (form.not_before_.size != kUtcTime && form.not_before_.size != kGeneralizedTime))
    return std::nullopt;
  const auto eui = specimen.device_eui->wire();
  const auto place = [&](Hole& hole, ByteView content) {
    const auto at = place_of(part, content);
    hole = {at.value_or(0), content.size()};
    return at.has_value();
  };
  if (!place(form.device_, eui) || !place(form.point_, specimen.public_key.point()) ||
      !place(form.key_identifier_, specimen.subject_key_identifier))
    return std::nullopt;
  wire::Reader whole(form.specimen_.der);
  whole.expect({kSequence}, "certificate").length("certificate");
  whole.take(part.size(), "signed part");
  const auto begin = whole.offset();
  whole.expect({kSequence}, "algorithm").prefixed("algorithm");
  if (!whole.ok()) return std::nullopt;
  const auto algorithm = ByteView(form.specimen_.der).subspan(begin, whole.offset() - begin);
  form.algorithm_.assign(algorithm.begin(), algorithm.end());
  Bytes common;
  for (std::size_t at = 0; at < part.size(); ++at) common.push_back(form.is_hole(at) ? 0 : part[at]);
  const auto digest = crypto::sha256({common, form.algorithm_});
  for (std::size_t i = 0; i < 8; ++i) form.id_ = form.id_ << 8 | digest[i];
  // What this form reads and writes must be what the specimen is.
  if (const auto again = form.read(specimen.der); !again || again->serial != specimen.serial) return std::nullopt;
  return form;
}

bool CertificateForm::is_hole(std::size_t at) const {
  const auto within = [at](const Hole& hole) { return at >= hole.at && at < hole.at + hole.size; };
  return within(serial_) || within(not_before_) || within(device_) || within(point_) || within(key_identifier_);
}

std::optional<Certificate> CertificateForm::read(ByteView der) const {
  const ByteView like = specimen_.signed_part;
  wire::Reader in(der);
  const auto size = in.expect({kSequence}, "certificate").length("certificate");
  if (!in.ok() || size != in.left()) return std::nullopt;
  const auto part = in.take(like.size(), "signed part");
  const auto algorithm = in.take(algorithm_.size(), "algorithm");
  const auto bits = in.expect({kBitString}, "signature").prefixed("signature");
  if (!in.finish() || !std::equal(algorithm.begin(), algorithm.end(), algorithm_.begin())) return std::nullopt;
  for (std::size_t at = 0; at < like.size(); ++at) {
    if (part[at] != like[at] && !is_hole(at)) return std::nullopt;
  }
  const auto number = magnitude(serial_.of(part));
  const auto serial = number ? SmkiSerial::from_bytes(*number) : Result<SmkiSerial>(fail(ErrorCode::BadNumber));
  const auto not_before = read_time(not_before_.of(part));
  const auto signature = read_signature(bits);
  if (!serial || !not_before || !signature) return std::nullopt;
  auto key = crypto::PublicKey::from_point(point_.of(part));
  if (!key) return std::nullopt;
  auto out = specimen_;
  out.der.assign(der.begin(), der.end());
  out.serial = *serial;
  out.not_before = *not_before;
  out.device_eui = Eui64::from_wire_or_zero(device_.of(part));
  out.public_key = std::move(*key);
  const auto identifier = key_identifier_.of(part);
  out.subject_key_identifier.assign(identifier.begin(), identifier.end());
  out.signed_part.assign(part.begin(), part.end());
  out.signature = *signature;
  return out;
}

Bytes CertificateForm::write(const Parts& parts) const {
  Bytes part = specimen_.signed_part;
  bool fits = true;
  const auto fill = [&](const Hole& hole, ByteView content) {
    fits = fits && content.size() == hole.size;
    if (fits) std::copy(content.begin(), content.end(), part.begin() + static_cast<std::ptrdiff_t>(hole.at));
  };
  const auto number = parts.serial.bytes();
  Bytes serial(number.begin(), number.end());
  if (!serial.empty() && serial[0] >= 0x80) serial.insert(serial.begin(), 0);
  fill(serial_, serial);
  const auto time = write_time(parts.not_before, not_before_.size);
  fill(not_before_, Bytes(time.begin(), time.end()));
  fill(device_, parts.device.wire());
  fill(point_, parts.point);
  fill(key_identifier_, parts.key_identifier);
  if (!fits) return {};
  wire::Writer halves, signature, whole, out;
  write_half(halves, parts.signature.data());
  write_half(halves, parts.signature.data() + 32);
  signature.u8(0).u8(kSequence).prefixed(halves.view());
  whole.bytes(part).bytes(algorithm_).u8(kBitString).prefixed(signature.view());
  out.u8(kSequence).prefixed(whole.view());
  return Bytes(out.view().begin(), out.view().end());
}

}  // namespace meterway::pki
