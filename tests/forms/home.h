#pragma once
#include "base/util/base64.h"
#include "flow/transform/transform.h"
#include "standard/pki/issue.h"

namespace meterway::tests {

inline constexpr Eui64 kFormsBroker{0x90B3D51F30000002}, kFormsCos{0x90B3D51F30000004};
inline constexpr Eui64 kFormsRecovery{0x90B3D51F30000001}, kFormsWan{0x90B3D51F30000007};
inline constexpr Eui64 kFormsSupplier{0x90B3D51F30010000}, kFormsNetwork{0x90B3D51F30020000},
    kFormsController{0x90B3D51F30080000};

/// The parties and devices that the requests of the forms tests are about, with certificates of one authority.
class FormsHome final : public pki::KeyStore {
 public:
  FormsHome() {
    const ManualClock clock(from_iso8601("2026-01-01T00:00:00Z").value());
    SeededRandom random(6);
    auto made = pki::make_demo_pki({{kFormsSupplier, PartyRole::Supplier, "supplier", true},
                                    {kFormsNetwork, PartyRole::NetworkOperator, "network"},
                                    {kFormsController, PartyRole::LoadController, "controller"},
                                    {kFormsBroker, PartyRole::AccessControlBroker, "broker"},
                                    {kFormsCos, PartyRole::TransitionalCos, "cos"},
                                    {kFormsRecovery, PartyRole::Recovery, "recovery"},
                                    {kFormsWan, PartyRole::WanProvider, "wan"}},
                                   {device(DeviceType::ESME), device(DeviceType::GSME), device(DeviceType::GPF),
                                    device(DeviceType::PPMID), device(DeviceType::HCALCS), device(DeviceType::CHF)},
                                   clock, random)
                    .value();
    records_ = std::move(made.records);
    root_ = made.root.certificate;
    path_ = to_base64(made.issuing.certificate.der);
  }

  /// One device of each type.
  static constexpr Eui64 device(DeviceType type) {
    return Eui64(0x00DB1234567890A0 + static_cast<std::uint64_t>(type));
  }

  const crypto::PublicKey* public_key(Eui64 owner, pki::KeyUse use) const override {
    const auto* found = find(owner, use);
    return found == nullptr ? nullptr : &found->public_key;
  }
  const crypto::PrivateKey* private_key(Eui64 owner, pki::KeyUse use) const override {
    for (const auto& record : records_) {
      if (record.certificate.owner() == owner && record.use == use && record.private_key) return &*record.private_key;
    }
    return nullptr;
  }
  const std::vector<pki::CertificateRecord>& records() const { return records_; }
  const pki::Certificate& root() const { return *root_; }
  ByteView certificate(Eui64 owner, pki::KeyUse use) const override {
    const auto* found = find(owner, use);
    return found == nullptr ? ByteView() : ByteView(found->der);
  }

  std::optional<PartyRole> role(Eui64 owner) const override {
    if (owner == kFormsSupplier) return PartyRole::Supplier;
    if (owner == kFormsNetwork) return PartyRole::NetworkOperator;
    if (owner == kFormsController) return PartyRole::LoadController;
    return std::nullopt;
  }

  /// What a request of this party for this device holds where the schema leaves any text: certificates and devices.
  std::optional<std::string> given(Eui64 party, Eui64 target, SeededRandom& random, std::string_view parent,
                                   std::string_view name) const {
    if (name == "Certificate") return path_;
    if (name == "DigitalSigningCertificate") return text(party, pki::KeyUse::DigitalSignature);
    if (name == "KeyAgreementTopUpCertificate") return text(kFormsSupplier, pki::KeyUse::PrepaymentKeyAgreement);
    if (name == "KeyAgreementCertificate" || name == "KAPublicSecurityCredentials")
      return text(party, pki::KeyUse::KeyAgreement);
    if (name == "DeviceCertificate") return text(target, pki::KeyUse::DigitalSignature);
    if (name == "HCALCS" || name == "OtherDeviceID" || name == "DeviceID") {
      constexpr DeviceType kTypes[] = {DeviceType::ESME, DeviceType::GSME, DeviceType::GPF, DeviceType::PPMID,
                                       DeviceType::HCALCS};
      return device(kTypes[random.next_u64() % 5]).dashed_upper();
    }
    (void)parent;
    return std::nullopt;
  }

 private:
  const pki::Certificate* find(Eui64 owner, pki::KeyUse use) const {
    for (const auto& record : records_) {
      if (record.certificate.owner() == owner && record.use == use) return &record.certificate;
    }
    return nullptr;
  }
  std::string text(Eui64 owner, pki::KeyUse use) const {
    const auto* found = find(owner, use);
    return found == nullptr ? "AAAA" : to_base64(found->der);
  }
  std::vector<pki::CertificateRecord> records_;
  std::optional<pki::Certificate> root_;
  std::string path_;
};

}  // namespace meterway::tests
