#include "apps/user_xml.h"

#include "base/xml/document.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/readings.h"

namespace meterway::apps {

Result<std::string> sign_as_user(const std::string& xml, const UserKeys& keys) {
  METERWAY_TRY(const auto signer, keys.xml_signer());
  return duis::sign_document(xml, signer.key, {signer.certificate.issuer, signer.certificate.serial.decimal()});
}

Status check_dcc_signature(const std::string& text, const UserKeys& keys) {
  const auto document = xml::Document::parse(text);
  if (!document) return fail(document.error().code, 0, "DUIS response");
  const auto signer = duis::check_signature(*document, [&](const duis::CertificateName& name) -> const crypto::PublicKey* {
    const auto serial = pki::SmkiSerial::from_decimal(name.serial);
    const auto* certificate = serial ? keys.dcc_certificate(*serial) : nullptr;
    return certificate == nullptr ? nullptr : &certificate->public_key;
  });
  if (!signer) return fail(signer.error().code, 0, "XML signature of the DCC");
  return {};
}

/// Readings with their units where the use case has some; otherwise the message as a tree of names.
Result<std::vector<std::string>> reading_lines(const gbcs::Message& message, const UserKeys& keys) {
  std::vector<std::string> lines;
  const auto readings = gbcs::decode_readings(message, &keys);
  if (readings) {
    for (const auto& reading : *readings) lines.push_back(reading.name + ": " + reading.value + (reading.unit.empty() ? "" : " " + reading.unit));
    return lines;
  }
  if (readings.error().code != ErrorCode::Unsupported) return Unexpected{readings.error()};
  METERWAY_TRY(const auto text, gbcs::to_text(gbcs::write_message(message), &keys));
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

}  // namespace meterway::apps
