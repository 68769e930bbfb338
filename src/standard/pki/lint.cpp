#include "standard/pki/lint.h"

#include <algorithm>
#include <array>

#include "base/crypto/digest.h"

namespace meterway::pki {
namespace {

using Check = bool (*)(const Certificate&);

constexpr std::uint8_t kForOrganisation = 1, kForDevice = 2, kForAuthority = 4;
constexpr std::uint8_t kForEndEntity = kForOrganisation | kForDevice, kForAll = 7;

bool one_end_entity_usage(const Certificate& c) {
  return c.key_usage == kUsageDigitalSignature || c.key_usage == kUsageKeyAgreement;
}

bool is_upper_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

bool role_is_two_digits(const Certificate& c) {
  return c.organisational_unit.size() == 2 && is_upper_hex(c.organisational_unit[0]) &&
         is_upper_hex(c.organisational_unit[1]);
}

bool signs_when_for_xml(const Certificate& c) {
  const bool for_xml = c.role == PartyRole::XmlSigning || c.role == PartyRole::DspXmlSigning;
  return !for_xml || c.key_usage == kUsageDigitalSignature;
}

bool policy_is(const Certificate& c, std::initializer_list<std::string_view> known) {
  return std::all_of(c.policies.begin(), c.policies.end(), [&](const std::string& policy) {
    return std::find(known.begin(), known.end(), policy) != known.end();
  });
}

/// 99991231235959Z: "no well-defined expiration date".
bool never_expires(const Certificate& c) {
  using namespace std::chrono;
  return c.not_after == UtcTime(sys_days(year(9999) / December / 31) + hours(23) + minutes(59) + seconds(59));
}

struct Rule {
  std::string_view name;
  std::string_view clause;
  std::uint8_t profiles;
  Severity severity;
  std::string_view what;
  Check holds;
};

constexpr auto kError = Severity::Error;
constexpr auto kNotice = Severity::Notice;

constexpr std::array kRules{
    Rule{"version", "RFC 5280 4.1.2.1", kForAll, kError, "the version is v3",
         [](const Certificate& c) { return c.version == 3; }},
    Rule{"serial", "RFC 5280 4.1.2.2; SMKI common profile", kForAll, kError, "the serial number has at most 16 bytes",
         [](const Certificate& c) { return c.serial.bytes().size() <= 16; }},
    Rule{"signature_algorithm", "RFC 5758 3.2; SMKI common profile", kForAll, kError,
         "the signature is ecdsa-with-SHA256",
         [](const Certificate& c) { return c.signature_algorithm == kEcdsaWithSha256; }},
    Rule{"validity", "RFC 5280 4.1.2.5", kForAll, kError, "the validity does not end before it begins",
         [](const Certificate& c) { return c.not_before <= c.not_after; }},
    Rule{"subject_key_identifier", "RFC 5280 4.2.1.2 (2); SMKI common profile", kForAll, kError,
         "the subject key identifier is 0100 and the low 60 bits of SHA-1 of the public key",
         [](const Certificate& c) { return c.subject_key_identifier == key_identifier(c.public_key); }},
    Rule{"authority_key_identifier", "RFC 5280 4.2.1.1; SMKI common profile", kForEndEntity, kError,
         "the authority key identifier has 8 bytes",
         [](const Certificate& c) {
           return c.authority_key_identifier.empty() || c.authority_key_identifier.size() == 8;
         }},
    Rule{"authority_key_present", "RFC 5280 4.2.1.1; SMKI common profile", kForEndEntity, kNotice,
         "there is an authority key identifier",
         [](const Certificate& c) { return !c.authority_key_identifier.empty(); }},
    Rule{"key_usage_critical", "RFC 5280 4.2.1.3; SMKI common profile", kForAll, kError, "the key usage is critical",
         [](const Certificate& c) { return c.key_usage_critical; }},
    Rule{"one_key_usage", "SMKI common profile, key usage", kForEndEntity, kError,
         "the key usage is either digital signature or key agreement", one_end_entity_usage},
    Rule{"authority_key_usage", "RFC 5280 4.2.1.3", kForAuthority, kError, "an authority's key signs certificates",
         [](const Certificate& c) { return (c.key_usage & kUsageKeyCertSign) != 0; }},
    Rule{"policies_critical", "RFC 5280 4.2.1.4; SMKI common profile", kForEndEntity, kError,
         "the certificate policies are critical", [](const Certificate& c) { return c.policies_critical; }},
    Rule{"one_policy", "SMKI common profile, certificate policies", kForEndEntity, kError,
         "there is one policy, without qualifiers",
         [](const Certificate& c) { return c.policies.size() == 1 && !c.policy_qualifiers; }},
    Rule{"no_authority", "RFC 5280 4.2.1.9", kForEndEntity, kError, "an end entity is no authority",
         [](const Certificate& c) { return !c.authority.value_or(false); }},
    Rule{"no_basic_constraints", "SMKI common profile", kForEndEntity, kNotice,
         "an end entity has no basic constraints", [](const Certificate& c) { return !c.authority.has_value(); }},
    Rule{"role", "SMKI organisation profile, subject", kForOrganisation, kError,
         "the organisational unit is a role code", [](const Certificate& c) { return c.role.has_value(); }},
    Rule{"role_form", "SMKI organisation profile, subject", kForOrganisation, kNotice,
         "the role code is two upper-case hexadecimal digits", role_is_two_digits},
    Rule{"organisation_eui", "SMKI organisation profile, subject", kForOrganisation, kError,
         "the subject has an x500UniqueIdentifier of 8 bytes",
         [](const Certificate& c) { return c.subject_eui.has_value(); }},
    Rule{"organisation_policy", "SMKI organisation profile, certificate policies", kForOrganisation, kError,
         "the policy is that of organisations",
         [](const Certificate& c) { return policy_is(c, {kOrganisationPolicy}); }},
    Rule{"xml_signing_usage", "SMKI organisation profile, key usage", kForOrganisation, kError,
         "a certificate for signing XML has the usage digital signature", signs_when_for_xml},
    Rule{"empty_subject", "SMKI device profile, subject", kForDevice, kError, "a device's subject is empty",
         [](const Certificate& c) { return c.subject.empty(); }},
    Rule{"alternative_name_critical", "RFC 5280 4.2.1.6; SMKI device profile", kForDevice, kError,
         "the subject alternative name is critical, as the subject is empty",
         [](const Certificate& c) { return c.alternative_name_critical; }},
    Rule{"device_policy", "SMKI device profile, certificate policies", kForDevice, kError,
         "the policy is one that devices have",
         [](const Certificate& c) {
           return policy_is(c, {kDevicePolicy, kOrganisationPolicy});
         }},
    Rule{"never_expires", "RFC 5280 4.1.2.5; SMKI device profile", kForDevice, kError,
         "a device's certificate ends at 99991231235959Z", never_expires},
};

std::uint8_t bit_of(Profile profile) {
  switch (profile) {
    case Profile::Organisation:
      return kForOrganisation;
    case Profile::Device:
      return kForDevice;
    case Profile::Authority:
      return kForAuthority;
  }
  return 0;
}

}  // namespace

Profile profile_of(const Certificate& certificate) {
  if (certificate.is_device()) return Profile::Device;
  return certificate.authority.value_or(false) ? Profile::Authority : Profile::Organisation;
}

std::vector<Finding> lint(const Certificate& certificate) {
  const std::uint8_t profile = bit_of(profile_of(certificate));
  std::vector<Finding> findings;
  for (const Rule& rule : kRules) {
    if ((rule.profiles & profile) != 0 && !rule.holds(certificate)) {
      findings.push_back({rule.severity, rule.name, rule.clause, rule.what});
    }
  }
  return findings;
}

bool conforms(const Certificate& certificate) {
  const auto findings = lint(certificate);
  return std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity == Severity::Error; });
}

Bytes key_identifier(const crypto::PublicKey& key) {
  const auto digest = crypto::sha1(key.point());
  Bytes identifier(digest.end() - 8, digest.end());
  identifier[0] = static_cast<std::uint8_t>(0x40 | (identifier[0] & 0x0F));
  return identifier;
}

}  // namespace meterway::pki
