#include "standard/pki/certificate.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include "base/crypto/owned.h"
#include "base/wire/reader.h"
#include "standard/pki/certificate_form.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

using crypto::Owned;
using OwnedX509 = Owned<X509, X509_free>;
constexpr std::size_t kMostForms = 8;

/// id-on-hardwareModuleName, RFC 4108.
constexpr const char* kHardwareModuleName = "1.3.6.1.5.5.7.8.4";

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return size > 0 && size < static_cast<int>(text.size()) ? std::string(text.data()) : std::string();
}

ByteView bytes_of(const ASN1_STRING* text) {
  if (text == nullptr) return {};
  return {ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string name_text(const X509_NAME* name) {
  const Owned<BIO, BIO_free> out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

const ASN1_STRING* entry(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  return at < 0 ? nullptr : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

std::string entry_text(const X509_NAME* name, int nid) {
  const ByteView bytes = bytes_of(entry(name, nid));
  return {bytes.begin(), bytes.end()};
}

/// Two hexadecimal digits; "137" is how one old test certificate writes 89.
std::optional<PartyRole> role_of(std::string_view unit) {
  static constexpr std::array<std::uint8_t, 12> kRoles{0, 1, 2, 3, 4, 5, 6, 7, 8, 127, 135, 137};
  int base = unit.size() == 2 ? 16 : unit.size() == 3 ? 10 : 0;
  if (base == 0) return std::nullopt;
  unsigned value = 0;
  for (const char c : unit) {
    const bool decimal = c >= '0' && c <= '9';
    if (!decimal && (base == 10 || c < 'A' || c > 'F')) return std::nullopt;
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(decimal ? c - '0' : c - 'A' + 10);
  }
  if (std::find(kRoles.begin(), kRoles.end(), value) == kRoles.end()) return std::nullopt;
  return static_cast<PartyRole>(value);
}

/// hardwareModuleName of one otherName:  30 len | 06 len hwType | 04 08 EUI-64
std::optional<Eui64> hardware_serial(const GENERAL_NAME& name) {
  if (name.type != GEN_OTHERNAME || dotted(name.d.otherName->type_id) != kHardwareModuleName) return std::nullopt;
  const ASN1_TYPE* value = name.d.otherName->value;
  if (value == nullptr || value->type != V_ASN1_SEQUENCE) return std::nullopt;
  wire::Reader outer(bytes_of(value->value.sequence));
  const ByteView content = outer.expect({0x30}, "hardware module name").prefixed("hardware module name");
  wire::Reader in(content);
  in.expect({0x06}, "hardware type").prefixed("hardware type");
  const ByteView serial = in.expect({0x04}, "hardware serial").prefixed("hardware serial");
  if (!in.finish() || !outer.finish() || serial.size() != 8) return std::nullopt;
  return Eui64::from_wire_or_zero(serial);
}

std::optional<Eui64> device_eui_of(const X509* x509, bool& critical) {
  int flag = -1;
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, &flag, nullptr)));
  critical = flag == 1;
  if (!names) return std::nullopt;
  for (int at = 0; at < sk_GENERAL_NAME_num(names.get()); ++at) {
    if (const auto eui = hardware_serial(*sk_GENERAL_NAME_value(names.get(), at))) return eui;
  }
  return std::nullopt;
}

void read_policies(const X509* x509, Certificate& out) {
  int flag = -1;
  const Owned<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free> policies(
      static_cast<CERTIFICATEPOLICIES*>(X509_get_ext_d2i(x509, NID_certificate_policies, &flag, nullptr)));
  out.policies_critical = flag == 1;
  for (int at = 0; policies && at < sk_POLICYINFO_num(policies.get()); ++at) {
    const POLICYINFO* policy = sk_POLICYINFO_value(policies.get(), at);
    out.policies.push_back(dotted(policy->policyid));
    out.policy_qualifiers |= policy->qualifiers != nullptr && sk_POLICYQUALINFO_num(policy->qualifiers) > 0;
  }
}

void read_usage(const X509* x509, Certificate& out) {
  int flag = -1;
  const Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> usage(
      static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(x509, NID_key_usage, &flag, nullptr)));
  out.key_usage_critical = flag == 1;
  const ByteView bits = bytes_of(usage.get());
  if (!bits.empty()) out.key_usage = bits[0];
  if (bits.size() > 1) out.key_usage = static_cast<std::uint16_t>(out.key_usage | bits[1] << 8);
}

void read_identifiers(const X509* x509, Certificate& out) {
  const Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> own(
      static_cast<ASN1_OCTET_STRING*>(X509_get_ext_d2i(x509, NID_subject_key_identifier, nullptr, nullptr)));
  const ByteView own_bytes = bytes_of(own.get());
  out.subject_key_identifier.assign(own_bytes.begin(), own_bytes.end());
  const Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> authority(
      static_cast<AUTHORITY_KEYID*>(X509_get_ext_d2i(x509, NID_authority_key_identifier, nullptr, nullptr)));
  const ByteView authority_bytes = bytes_of(authority ? authority->keyid : nullptr);
  out.authority_key_identifier.assign(authority_bytes.begin(), authority_bytes.end());
}

void read_constraints(const X509* x509, Certificate& out) {
  const Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> constraints(
      static_cast<BASIC_CONSTRAINTS*>(X509_get_ext_d2i(x509, NID_basic_constraints, nullptr, nullptr)));
  if (!constraints) return;
  out.authority = constraints->ca != 0;
  if (constraints->pathlen == nullptr) return;
  const long length = ASN1_INTEGER_get(constraints->pathlen);
  if (length >= 0 && length <= 255) out.path_length = static_cast<std::uint32_t>(length);
}

Result<UtcTime> time_of(const ASN1_TIME* time, const char* field) {
  std::tm tm{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &tm) != 1) return fail(ErrorCode::BadCertificate, 0, field);
  using namespace std::chrono;
  const sys_days day = year(tm.tm_year + 1900) / month(static_cast<unsigned>(tm.tm_mon + 1)) /
                       std::chrono::day(static_cast<unsigned>(tm.tm_mday));
  return UtcTime(day + hours(tm.tm_hour) + minutes(tm.tm_min) + seconds(tm.tm_sec));
}

/// SEQUENCE of two integers to r || s; zero, which verifies nothing, when it is anything else.
crypto::EcdsaSignature plain_signature(const ASN1_BIT_STRING* bits) {
  crypto::EcdsaSignature out{};
  if ((bits->flags & 7) != 0) return out;  // not whole bytes: a second encoding of the same signature
  const ByteView der = bytes_of(bits);
  const unsigned char* at = der.data();
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + 32, 32) != 32) {
    out.fill(0);
  }
  return out;
}

Result<crypto::PublicKey> key_of(const X509* x509) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
  if (size <= 0) return fail(ErrorCode::BadKey, 0, "public key");
  const Bytes spki(der, der + size);
  OPENSSL_free(der);
  return crypto::PublicKey::from_spki(spki);
}

void read_subject(const X509_NAME* subject, Certificate& out) {
  out.subject = name_text(subject);
  out.common_name = entry_text(subject, NID_commonName);
  out.organisational_unit = entry_text(subject, NID_organizationalUnitName);
  out.role = role_of(out.organisational_unit);
  const ASN1_STRING* unique = entry(subject, NID_x500UniqueIdentifier);
  // The low three flag bits of a BIT STRING count its unused bits: an EUI-64 has none.
  if (unique != nullptr && ASN1_STRING_type(unique) == V_ASN1_BIT_STRING && (unique->flags & 7) == 0 &&
      ASN1_STRING_length(unique) == 8) {
    out.subject_eui = Eui64::from_wire_or_zero(bytes_of(unique));
  }
}

Result<Certificate> read_x509(X509* x509, ByteView der) {
  METERWAY_TRY(crypto::PublicKey key, key_of(x509));
  Certificate out(std::move(key));
  out.der.assign(der.begin(), der.end());
  out.version = static_cast<int>(X509_get_version(x509)) + 1;
  const ASN1_INTEGER* serial = X509_get0_serialNumber(x509);
  if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) return fail(ErrorCode::BadCertificate, 0, "serial number");
  METERWAY_TRY(out.serial, SmkiSerial::from_bytes(bytes_of(serial)));
  out.issuer = name_text(X509_get_issuer_name(x509));
  read_subject(X509_get_subject_name(x509), out);
  METERWAY_TRY(out.not_before, time_of(X509_get0_notBefore(x509), "not before"));
  METERWAY_TRY(out.not_after, time_of(X509_get0_notAfter(x509), "not after"));
  out.device_eui = device_eui_of(x509, out.alternative_name_critical);
  read_usage(x509, out);
  read_policies(x509, out);
  read_constraints(x509, out);
  read_identifiers(x509, out);

  const ASN1_BIT_STRING* signature = nullptr;
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(&signature, &algorithm, x509);
  const ASN1_OBJECT* identifier = nullptr;
  X509_ALGOR_get0(&identifier, nullptr, nullptr, algorithm);
  out.signature_algorithm = dotted(identifier);
  out.signature = plain_signature(signature);
  // The part as it came, not encoded again: a signature is over the bytes sent.
  wire::Reader outer(out.der);
  wire::Reader content(outer.expect({0x30}, "certificate").prefixed("certificate"));
  const ByteView all = outer.ok() ? ByteView(out.der).last(content.left()) : ByteView();
  content.expect({0x30}, "signed part").prefixed("signed part");
  if (!outer.ok() || !content.ok()) return fail(ErrorCode::BadCertificate, 0, "signed part");
  const ByteView part = all.first(content.offset());
  out.signed_part.assign(part.begin(), part.end());
  return out;
}

}  // namespace

bool Certificate::is_signed_by(const Certificate& issuer_certificate) const {
  return signature_algorithm == kEcdsaWithSha256 && same_name(issuer, issuer_certificate.subject) &&
         issuer_certificate.public_key.verify(signed_part, signature);
}

Result<Certificate> parse_certificate_by_structure(ByteView der) {
  const unsigned char* at = der.data();
  const OwnedX509 x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!x509) {
    ERR_clear_error();
    return fail(ErrorCode::BadCertificate, 0, "certificate");
  }
  if (at != der.data() + der.size()) {
    return fail(ErrorCode::TrailingBytes, static_cast<std::size_t>(at - der.data()), "certificate");
  }
  auto result = read_x509(x509.get(), der);
  ERR_clear_error();
  return result;
}

Result<Certificate> parse_certificate(ByteView pem_or_der) {
  if (pem_or_der.size() > kMaxCertificateBytes) return fail(ErrorCode::TooLarge, 0, "certificate");
  Bytes der(pem_or_der.begin(), pem_or_der.end());
  const std::string_view text(reinterpret_cast<const char*>(pem_or_der.data()), pem_or_der.size());
  if (has_pem(text, kPemCertificate)) {
    METERWAY_TRY(der, pem_body(text, kPemCertificate));
  }
  thread_local std::vector<CertificateForm> forms;  // of those read last
  for (const auto& form : forms) {
    if (auto alike = form.read(der)) return *std::move(alike);
  }
  auto read = parse_certificate_by_structure(der);
  if (!read) return read;
  auto form = CertificateForm::of(*read);
  const auto same = [&](const CertificateForm& known) { return known.id() == form->id(); };
  if (form && std::none_of(forms.begin(), forms.end(), same)) {
    if (forms.size() >= kMostForms) forms.erase(forms.begin());
    forms.push_back(*std::move(form));
  }
  return read;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto squeeze = [](std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
      const bool beside =
          name[at] == ' ' && ((!out.empty() && out.back() == ',') || at + 1 == name.size() || name[at + 1] == ',');
      if (!beside) out += name[at];
    }
    return out;
  };
  return squeeze(a) == squeeze(b);
}

}  // namespace meterway::pki
