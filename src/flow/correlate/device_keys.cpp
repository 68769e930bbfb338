#include "flow/correlate/device_keys.h"

#include "base/crypto/digest.h"
#include "records/registry/certificates.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/protect.h"

namespace meterway::flow::correlate {
namespace {

using pki::KeyUse;
constexpr MessageCode kTakeCertificate{0x000B}, kShowCertificate{0x000C};

template <class Fits>
bool find_pending(Eui64 device, KeyUse use, const Context& context, Shown& shown, Fits fits) {
  for (const auto& found : context.certificates.of(device)) {
    if (found.status != pki::CertificateStatus::Pending || !found.record || found.record->use != use) continue;
    if (!fits(found.record->certificate.public_key)) continue;
    shown.push_back(found.record->certificate.serial);
    return true;
  }
  return false;
}

}  // namespace

bool signed_by_pending(const gbcs::Message& message, const Context& context, Shown& shown) {
  return find_pending(message.header.originator, KeyUse::DigitalSignature, context, shown,
                      [&](const crypto::PublicKey& key) { return gbcs::verify_signature(message, key); });
}

bool mac_by_pending(const gbcs::Message& message, const Context& context, Shown& shown) {
  const auto* own = context.keys.private_key(context.broker, KeyUse::KeyAgreement);
  if (own == nullptr || !message.mac) return false;
  return find_pending(
      message.header.originator, KeyUse::KeyAgreement, context, shown, [&](const crypto::PublicKey& other) {
        const auto key = gbcs::mac_key(message.header, *own, other);
        if (!key) return false;
        const auto want = gbcs::compute_mac(*key, message.header.originator, gbcs::write_signed_part(message));
        return crypto::equal_constant_time(want, *message.mac);
      });
}

void note_keys(const gbcs::Message& message, ByteView command, const Shown& shown, Outcome& out) {
  Shown taken = shown;
  std::optional<pki::SmkiSerial> refused;
  const auto& header = message.header;
  if (header.kind == gbcs::Kind::Response && header.code == kShowCertificate) {
    const auto certificate = pki::parse_certificate(message.content);
    if (certificate && certificate->device_eui == header.originator) taken.push_back(certificate->serial);
  }
  if (header.kind == gbcs::Kind::Response && header.code == kTakeCertificate) {
    const auto asked = gbcs::read_message(command);
    const auto certificate =
        asked ? pki::parse_certificate(asked->content) : fail(ErrorCode::BadCertificate, 0, "device certificate");
    const auto node = gbcs::asn1::read(message.content);
    const auto result = node ? gbcs::asn1::integer_value(*node) : fail(ErrorCode::BadValue, 0, "result");
    if (certificate && result && *result != 0) refused = certificate->serial;
    // The broker's next command is to be written for the new key; of a new signature the device has to show one first.
    if (certificate && result && *result == 0 && certificate->key_usage == pki::kUsageKeyAgreement)
      taken.push_back(certificate->serial);
  }
  if (taken.empty() && !refused) return;
  out.keys_of = header.originator;
  out.change = [before = std::move(out.change), taken, refused](store::WriteView& view) -> Status {
    if (before) METERWAY_CHECK(before(view));
    for (const auto& serial : taken) METERWAY_CHECK(registry::take_expected_certificate(view, serial));
    if (refused) METERWAY_CHECK(registry::expect_certificate_no_longer(view, *refused));
    return {};
  };
  for (const auto& serial : shown)
    out.hops.push_back({"correlate", "key", "the device goes by certificate " + serial.hex(), {}, {}});
}

}  // namespace meterway::flow::correlate
