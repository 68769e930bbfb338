#include "records/registry/certificate_row.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/wire/reader.h"
#include "records/registry/octets.h"
#include "standard/pki/certificate_form.h"

namespace meterway::registry {
namespace {

using pki::CertificateForm;
using pki::CertificateStatus;
using pki::KeyUse;
constexpr std::string_view kForms = "certificate-form";
enum Format : std::uint8_t { kWhole = 1, kOfAForm = 2 };
constexpr std::size_t kMostForms = 8;

/// The two ways of RFC 5280, 4.2.1.2 to name a key: SHA-1 of it, or 0100 and the last 60 bits of that.
Bytes usual_identifier(ByteView point, std::size_t size) {
  const auto digest = crypto::sha1(point);
  Bytes out(digest.begin(), digest.end());
  if (size != 8) return out;
  out.erase(out.begin(), out.end() - 8);
  out[0] = static_cast<std::uint8_t>(0x40 | (out[0] & 0x0F));
  return out;
}

std::string key_of_form(std::uint64_t id) { return string_of(wire::Writer().u64(id)); }

/// A form's name is a digest of it, so what one thread has read once is good for every store.
Result<CertificateForm> form_of(const store::ReadView& view, std::uint64_t id) {
  thread_local std::vector<CertificateForm> read;
  for (const auto& form : read) {
    if (form.id() == id) return form;
  }
  METERWAY_TRY(const auto der, view.get(kForms, key_of_form(id)));
  if (!der) return fail(ErrorCode::Database, 0, "certificate form");
  METERWAY_TRY(const auto specimen, pki::parse_certificate(bytes_of(*der)));
  auto form = CertificateForm::of(specimen);
  if (!form || form->id() != id) return fail(ErrorCode::Database, 0, "certificate form");
  if (read.size() >= kMostForms) read.erase(read.begin());
  read.push_back(*form);
  return *std::move(form);
}

/// What is to be kept of it besides the form; none when it would not come back as it is.
Result<std::optional<std::string>> by_form(store::WriteView& view, const CertificateRow& row) {
  const auto none = std::optional<std::string>();
  const auto certificate = pki::parse_certificate(row.certificate.der);
  const auto form = certificate ? CertificateForm::of(*certificate) : std::nullopt;
  if (!form || certificate->owner() != row.certificate.owner || certificate->serial != row.certificate.serial ||
      certificate->not_before != row.not_before)
    return none;
  const auto point = certificate->public_key.point();
  const auto again =
      form->write({row.certificate.serial, row.not_before, row.certificate.owner, Bytes(point.begin(), point.end()),
                   certificate->subject_key_identifier, certificate->signature});
  if (again != row.certificate.der) return none;
  METERWAY_TRY(const auto known, view.get(kForms, key_of_form(form->id())));
  if (!known) METERWAY_CHECK(view.put(kForms, key_of_form(form->id()), string_of(row.certificate.der)));
  const auto& identifier = certificate->subject_key_identifier;
  const bool is_usual = identifier == usual_identifier(point, identifier.size());
  wire::Writer out;
  out.u64(form->id())
      .bytes(point.subspan(1))
      .bytes(certificate->signature)
      .prefixed(is_usual ? ByteView() : ByteView(identifier));
  return std::optional(string_of(out));
}

Result<Bytes> read_by_form(const store::ReadView& view, const CertificateRow& row, wire::Reader& in) {
  const auto id = in.u64("form");
  CertificateForm::Parts parts{row.certificate.serial, row.not_before, row.certificate.owner, {0x04}, {}, {}};
  const auto point = in.take(64, "point"), signature = in.take(parts.signature.size(), "signature");
  const auto identifier = in.prefixed("key identifier");
  METERWAY_CHECK(in.finish());
  parts.point.insert(parts.point.end(), point.begin(), point.end());
  std::copy(signature.begin(), signature.end(), parts.signature.begin());
  METERWAY_TRY(const auto form, form_of(view, id));
  parts.key_identifier.assign(identifier.begin(), identifier.end());
  if (identifier.empty()) parts.key_identifier = usual_identifier(parts.point, form.key_identifier_bytes());
  auto der = form.write(parts);
  if (der.empty()) return fail(ErrorCode::Database, 0, "certificate form");
  return der;
}

}  // namespace

Result<std::string> write_certificate_row(store::WriteView& view, const CertificateRow& row) {
  METERWAY_TRY(const auto short_form, by_form(view, row));
  wire::Writer out;
  out.u8(short_form ? kOfAForm : kWhole).u8(static_cast<std::uint8_t>(row.certificate.status));
  out.u64(static_cast<std::uint64_t>(row.not_before.time_since_epoch().count()));
  out.prefixed(bytes_of(row.certificate.name));
  if (short_form) return string_of(out.bytes(bytes_of(*short_form)));
  return string_of(out.prefixed(row.certificate.der));
}

Result<CertificateRow> read_certificate_row(const store::ReadView& view, std::string_view key, std::string_view value) {
  CertificateRow row;
  auto& c = row.certificate;
  wire::Reader names(bytes_of(key));
  c.owner = Eui64(names.u64("owner"));
  const auto use = names.u8("use");
  if (use > static_cast<std::uint8_t>(KeyUse::XmlSigning)) names.fail(ErrorCode::BadValue, "use");
  c.use = static_cast<KeyUse>(use);
  const auto serial = names.rest();
  METERWAY_CHECK(names.finish());
  METERWAY_TRY(c.serial, pki::SmkiSerial::from_bytes(serial));
  wire::Reader in(bytes_of(value));
  const auto format = in.u8("certificate format");
  if (format != kWhole && format != kOfAForm) in.fail(ErrorCode::BadTag, "certificate format");
  c.status = static_cast<CertificateStatus>(in.u8("status"));
  row.not_before = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("not before"))));
  c.name = string_of(in.prefixed("name"));
  if (!in.ok()) return Unexpected{in.error()};
  if (format == kOfAForm) {
    METERWAY_TRY(c.der, read_by_form(view, row, in));
    return row;
  }
  const auto der = in.prefixed("certificate");
  c.der.assign(der.begin(), der.end());
  METERWAY_CHECK(in.finish());
  return row;
}

}  // namespace meterway::registry
