#include "standard/pki/issue.h"

#include <algorithm>
#include <cctype>
#include <functional>

#include "base/util/file.h"
#include "standard/pki/der_parts.h"
#include "standard/pki/lint.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

using namespace der;  // what a certificate is put together from

/// UTCTime up to 2049, GeneralizedTime after (RFC 5280 4.1.2.5).
Bytes time(UtcTime moment) {
  std::string digits;
  for (const char c : to_iso8601(moment, 0)) {
    if ((c >= '0' && c <= '9') || c == 'Z') digits += c;
  }
  return digits < "2050" ? tlv(kUtcTime, std::string_view(digits).substr(2)) : tlv(kGeneralizedTime, digits);
}

Bytes relative_name(std::string_view type, std::uint8_t tag, ByteView value) {
  return tlv(kSet, sequence({oid(type), tlv(tag, value)}));
}
Bytes relative_name(std::string_view type, std::string_view text) {
  return relative_name(type, kUtf8String, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

constexpr std::string_view kCommonName = "2.5.4.3", kOrganisationalUnit = "2.5.4.11", kUniqueIdentifier = "2.5.4.45";

std::string role_text(PartyRole role) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto value = static_cast<std::uint8_t>(role);
  return {kDigits[value >> 4], kDigits[value & 15]};
}

Bytes policy(std::string_view identifier) {
  return extension("2.5.29.32", true, sequence({sequence({oid(identifier)})}));
}

Bytes subject_key(const crypto::PublicKey& key) {
  return extension("2.5.29.14", false, tlv(kOctetString, key_identifier(key)));
}
Bytes authority_key(ByteView identifier) {
  return extension("2.5.29.35", false, sequence({tlv(kContext0, identifier)}));
}

Bytes certification_authority(std::optional<std::uint8_t> path_length) {
  static constexpr std::uint8_t kTrue[] = {0xFF};
  const std::uint8_t length[] = {path_length.value_or(0)};
  return extension("2.5.29.19", true, sequence({tlv(kBoolean, kTrue), path_length ? tlv(kInteger, length) : Bytes()}));
}

/// GeneralNames: dNSName [2], iPAddress [7].
Bytes host_names(const std::vector<std::string>& dns_names, const std::vector<Bytes>& addresses) {
  Bytes names;
  for (const auto& name : dns_names) append(names, tlv(kContext0 | 2, std::string_view(name)));
  for (const auto& address : addresses) append(names, tlv(kContext0 | 7, address));
  return names.empty() ? names : extension("2.5.29.17", false, tlv(kSequence, names));
}

Bytes tls_usage() {
  constexpr std::string_view kServer = "1.3.6.1.5.5.7.3.1", kClient = "1.3.6.1.5.5.7.3.2";
  return extension("2.5.29.37", false, sequence({oid(kServer), oid(kClient)}));
}

struct Draft {
  Bytes issuer;  ///< Name
  Bytes subject;
  Validity validity;
  Bytes extensions;
};

Result<Certificate> sign(const Draft& draft, const crypto::PublicKey& key, const crypto::PrivateKey& signer,
                         Random& random) {
  std::array<std::uint8_t, 16> serial;
  random.fill(serial);
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7F) | 0x40);  // positive, and always 16 bytes
  static constexpr std::uint8_t kV3[] = {0x02, 0x01, 0x02};
  const Bytes algorithm = sequence({oid(kEcdsaWithSha256)});
  const Bytes part = sequence({tlv(kExplicit0, kV3), integer(serial), algorithm, draft.issuer,
                               sequence({time(draft.validity.not_before), time(draft.validity.not_after)}),
                               draft.subject, public_key_info(key), tlv(kExplicit3, tlv(kSequence, draft.extensions))});
  METERWAY_TRY(const crypto::EcdsaSignature signature, signer.sign(part));
  return parse_certificate(sequence({part, algorithm, signature_value(signature)}));
}

/// The subject of the authority as it stands in its certificate, to be copied byte for byte.
Bytes authority_name(const std::string& common_name, PartyRole role) {
  return sequence({relative_name(kOrganisationalUnit, role_text(role)), relative_name(kCommonName, common_name)});
}

Bytes name_of(const Authority& authority) {
  return authority_name(authority.certificate.common_name,
                        authority.certificate.role.value_or(PartyRole::IssuingAuthority));
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string_view suffix(KeyUse use) {
  switch (use) {
    case KeyUse::DigitalSignature:
      return "-ds";
    case KeyUse::KeyAgreement:
      return "-ka";
    case KeyUse::PrepaymentKeyAgreement:
      return "-pp-ka";
    case KeyUse::XmlSigning:
      return "-xml";
  }
  return "";
}

}  // namespace

Validity Validity::years(UtcTime from, int count) {
  const auto day = std::chrono::floor<std::chrono::days>(from);
  return {day, day + std::chrono::days(count * 365 + count / 4) - std::chrono::seconds(1)};
}

Result<Authority> issue_root(const std::string& common_name, Validity validity, Random& random) {
  METERWAY_TRY(crypto::PrivateKey key, crypto::PrivateKey::generate());
  const Bytes name = authority_name(common_name, PartyRole::Root);
  const Draft draft{name, name, validity,
                    joined({certification_authority(std::nullopt), key_usage(kUsageKeyCertSign | kUsageCrlSign),
                            subject_key(key.public_key())})};
  METERWAY_TRY(Certificate certificate, sign(draft, key.public_key(), key, random));
  return Authority{std::move(certificate), std::move(key)};
}

Result<Authority> issue_authority(const Authority& root, const std::string& common_name, Validity validity,
                                  Random& random) {
  METERWAY_TRY(crypto::PrivateKey key, crypto::PrivateKey::generate());
  const Draft draft{name_of(root), authority_name(common_name, PartyRole::IssuingAuthority), validity,
                    joined({certification_authority(0), key_usage(kUsageKeyCertSign | kUsageCrlSign),
                            subject_key(key.public_key()), authority_key(root.certificate.subject_key_identifier)})};
  METERWAY_TRY(Certificate certificate, sign(draft, key.public_key(), root.key, random));
  return Authority{std::move(certificate), std::move(key)};
}

Result<Certificate> issue_organisation(const Authority& authority, const OrganisationSubject& subject,
                                       Validity validity, const crypto::PublicKey& key, Random& random) {
  const bool xml_role = subject.role == PartyRole::XmlSigning || subject.role == PartyRole::DspXmlSigning;
  if (xml_role != (subject.use == KeyUse::XmlSigning)) return fail(ErrorCode::BadValue, 0, "role of the certificate");
  const Bytes common = subject.common_name.empty() ? Bytes() : relative_name(kCommonName, subject.common_name);
  const Bytes unique = relative_name(kUniqueIdentifier, kBitString, joined({Bytes{0}, subject.eui.wire()}));
  const Draft draft{name_of(authority),
                    sequence({common, relative_name(kOrganisationalUnit, role_text(subject.role)), unique}), validity,
                    joined({key_usage(usage_bit(subject.use)), subject_key(key), policy(kOrganisationPolicy),
                            authority_key(authority.certificate.subject_key_identifier)})};
  return sign(draft, key, authority.key, random);
}

Result<Certificate> issue_device(const Authority& authority, const DeviceSubject& subject, UtcTime not_before,
                                 const crypto::PublicKey& key, Random& random) {
  using namespace std::chrono;
  const UtcTime never(sys_days(year(9999) / December / 31) + hours(23) + minutes(59) + seconds(59));
  const Draft draft{name_of(authority),
                    sequence({}),
                    {floor<seconds>(not_before), never},
                    joined({key_usage(usage_bit(subject.use)), subject_key(key), hardware_module(subject.eui),
                            policy(kDevicePolicy), authority_key(authority.certificate.subject_key_identifier)})};
  return sign(draft, key, authority.key, random);
}

Result<Certificate> issue_tls(const Authority& authority, const TlsSubject& subject, Validity validity,
                              const crypto::PublicKey& key, Random& random) {
  const Draft draft{
      name_of(authority),
      sequence({relative_name(kCommonName, subject.common_name),
                relative_name(kOrganisationalUnit, role_text(subject.role)),
                relative_name(kUniqueIdentifier, kBitString, joined({Bytes{0}, subject.eui.wire()}))}),
      validity,
      joined({key_usage(kUsageDigitalSignature), tls_usage(), host_names(subject.dns_names, subject.addresses),
              subject_key(key), authority_key(authority.certificate.subject_key_identifier)})};
  return sign(draft, key, authority.key, random);
}

Result<Certificate> issue_file_signer(const Authority& authority, const FileSignerSubject& subject, Validity validity,
                                      const crypto::PublicKey& key, Random& random) {
  const Bytes unique = relative_name(kUniqueIdentifier, kBitString, joined({Bytes{0}, subject.user.wire()}));
  const Draft draft{
      name_of(authority),
      sequence({relative_name(kCommonName, subject.person), relative_name(kOrganisationalUnit, kFileSigning), unique}),
      validity,
      joined({key_usage(kUsageDigitalSignature), subject_key(key),
              authority_key(authority.certificate.subject_key_identifier)})};
  return sign(draft, key, authority.key, random);
}

Result<Certificate> issue_person(const Authority& authority, const std::string& person, Validity validity,
                                 const crypto::PublicKey& key, Random& random) {
  const Draft draft{name_of(authority),
                    sequence({relative_name(kCommonName, person), relative_name(kOrganisationalUnit, "Person")}),
                    validity,
                    joined({key_usage(kUsageDigitalSignature), tls_usage(), subject_key(key),
                            authority_key(authority.certificate.subject_key_identifier)})};
  return sign(draft, key, authority.key, random);
}

bool is_file_signer(const Certificate& certificate) {
  return certificate.organisational_unit == kFileSigning && certificate.key_usage == kUsageDigitalSignature &&
         !certificate.authority.value_or(false) && certificate.subject_eui && !certificate.common_name.empty();
}

Result<DemoPki> make_demo_pki(const std::vector<DemoParty>& parties, const std::vector<Eui64>& devices,
                              const Clock& clock, Random& random) {
  const Validity validity = Validity::years(clock.now(), 10);
  METERWAY_TRY(Authority root, issue_root("Meterway demo root", Validity::years(clock.now(), 25), random));
  METERWAY_TRY(Authority issuing, issue_authority(root, "Meterway demo", Validity::years(clock.now(), 20), random));
  DemoPki pki{std::move(root), std::move(issuing), {}};

  const auto add_party = [&](const DemoParty& party, KeyUse use, PartyRole role, const std::string& name) -> Status {
    METERWAY_TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate());
    const OrganisationSubject subject{party.eui, role, upper(party.name), use};
    METERWAY_TRY(Certificate certificate, issue_organisation(pki.issuing, subject, validity, key.public_key(), random));
    pki.records.push_back({std::move(certificate), use, name, key});
    return {};
  };
  const auto add_device = [&](Eui64 eui, KeyUse use) -> Status {
    METERWAY_TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate());
    METERWAY_TRY(Certificate certificate,
                 issue_device(pki.issuing, {eui, use}, validity.not_before, key.public_key(), random));
    pki.records.push_back({std::move(certificate), use, eui.plain() + std::string(suffix(use)), key});
    return {};
  };
  for (const DemoParty& party : parties) {
    METERWAY_CHECK(add_party(party, KeyUse::DigitalSignature, party.role, party.name + "-ds"));
    METERWAY_CHECK(add_party(party, KeyUse::KeyAgreement, party.role, party.name + "-ka"));
    if (party.prepayment)
      METERWAY_CHECK(add_party(party, KeyUse::PrepaymentKeyAgreement, party.role, party.name + "PP-ka"));
    const auto xml_role =
        party.role == PartyRole::AccessControlBroker ? PartyRole::DspXmlSigning : PartyRole::XmlSigning;
    if (party.xml_signing) METERWAY_CHECK(add_party(party, KeyUse::XmlSigning, xml_role, party.name + "-xml"));
  }
  for (const Eui64 device : devices) {
    METERWAY_CHECK(add_device(device, KeyUse::DigitalSignature));
    METERWAY_CHECK(add_device(device, KeyUse::KeyAgreement));
  }
  return pki;
}

std::string key_file_stem(const CertificateRecord& record) {
  return record.certificate.owner().value_or(Eui64()).plain() + std::string(suffix(record.use));
}

Status write_key_files(const std::filesystem::path& folder, const CertificateRecord& record, WriteKeys keys) {
  const auto stem = folder / key_file_stem(record);
  METERWAY_CHECK(write_text_file(stem.string() + ".pem", to_pem(record.certificate.der, kPemCertificate)));
  if (keys == WriteKeys::No || !record.private_key) return {};
  return write_file(stem.string() + ".key", record.private_key->to_pkcs8(), 0600);
}

}  // namespace meterway::pki
