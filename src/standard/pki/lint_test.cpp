#include "standard/pki/lint.h"

#include <functional>

#include "base/util/hex.h"
#include "standard/pki/test_pki.h"
#include "tests/support/reference.h"

namespace meterway::pki {
namespace {

std::string text(const std::vector<Finding>& findings) {
  std::string out;
  for (const auto& finding : findings) out += std::string(finding.rule) + " ";
  return out;
}

TEST(Lint, FindsNothingInWhatWeIssue) {
  for (const auto& record : test_pki().records) EXPECT_EQ(text(lint(record.certificate)), "") << record.name;
  EXPECT_EQ(text(lint(test_pki().root.certificate)), "");
  EXPECT_EQ(text(lint(test_pki().issuing.certificate)), "");
}

// A change to a certificate that conforms, and the rules it breaks.
struct Fault {
  const char* rules;
  std::function<void(Certificate&)> make;
};

TEST(Lint, NamesTheRuleThatAnOrganisationCertificateBreaks) {
  const Fault faults[] = {
      {"version ", [](Certificate& c) { c.version = 1; }},
      {"serial ", [](Certificate& c) { c.serial = SmkiSerial::from_hex(std::string(34, 'a')).value(); }},
      {"signature_algorithm ", [](Certificate& c) { c.signature_algorithm = "1.2.840.10045.4.3.3"; }},
      {"validity ", [](Certificate& c) { c.not_after = c.not_before - std::chrono::seconds(1); }},
      {"subject_key_identifier ", [](Certificate& c) { c.subject_key_identifier[7] ^= 1; }},
      {"authority_key_identifier ", [](Certificate& c) { c.authority_key_identifier.pop_back(); }},
      {"authority_key_present ", [](Certificate& c) { c.authority_key_identifier.clear(); }},
      {"key_usage_critical ", [](Certificate& c) { c.key_usage_critical = false; }},
      {"one_key_usage ", [](Certificate& c) { c.key_usage = kUsageDigitalSignature | kUsageKeyAgreement; }},
      {"one_key_usage ", [](Certificate& c) { c.key_usage = 0; }},
      {"policies_critical ", [](Certificate& c) { c.policies_critical = false; }},
      {"one_policy ", [](Certificate& c) { c.policies.clear(); }},
      {"one_policy ", [](Certificate& c) { c.policies.push_back(c.policies[0]); }},
      {"one_policy ", [](Certificate& c) { c.policy_qualifiers = true; }},
      {"organisation_policy ", [](Certificate& c) { c.policies[0] = "1.2.3"; }},
      {"no_basic_constraints ", [](Certificate& c) { c.authority = false; }},
      {"role ", [](Certificate& c) { c.role.reset(); }},
      {"role_form ", [](Certificate& c) { c.organisational_unit = "137"; }},
      {"organisation_eui ", [](Certificate& c) { c.subject_eui.reset(); }},
      {"xml_signing_usage ",
       [](Certificate& c) {
         c.role = PartyRole::XmlSigning;
         c.key_usage = kUsageKeyAgreement;
       }},
  };
  for (const Fault& fault : faults) {
    Certificate certificate = test_record(kSupplier, KeyUse::DigitalSignature).certificate;
    fault.make(certificate);
    EXPECT_EQ(text(lint(certificate)), fault.rules);
  }
}

TEST(Lint, NamesTheRuleThatADeviceCertificateBreaks) {
  const Fault faults[] = {
      {"empty_subject ", [](Certificate& c) { c.subject = "CN=meter"; }},
      {"alternative_name_critical ", [](Certificate& c) { c.alternative_name_critical = false; }},
      {"device_policy ", [](Certificate& c) { c.policies[0] = "1.2.3"; }},
      {"never_expires ", [](Certificate& c) { c.not_after -= std::chrono::seconds(1); }},
      {"no_authority no_basic_constraints ", [](Certificate& c) { c.authority = true; }},
  };
  for (const Fault& fault : faults) {
    Certificate certificate = test_record(kMeter, KeyUse::DigitalSignature).certificate;
    fault.make(certificate);
    EXPECT_EQ(text(lint(certificate)), fault.rules);
  }
}

TEST(Lint, PassesEveryReferenceCertificate) {
  METERWAY_NEEDS_REFERENCE();
  for (const char* folder : {"keystore/rtds", "keystore/xmlsign"}) {
    CertificateDirectory directory;
    ASSERT_TRUE(add_certificate_folder(directory, tests::reference_path() / folder));
    ASSERT_GT(directory.size(), 15u);
    for (const auto& found : directory.all()) {
      EXPECT_TRUE(conforms(found.record->certificate))
          << found.record->name << ": " << text(lint(found.record->certificate));
    }
  }
}

}  // namespace
}  // namespace meterway::pki
