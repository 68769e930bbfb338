#include "apps/user_xml.h"

#include <fmt/format.h>

#include "base/xml/document.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/dlms.h"
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
  const auto signer =
      duis::check_signature(*document, [&](const duis::CertificateName& name) -> const crypto::PublicKey* {
        const auto serial = pki::SmkiSerial::from_decimal(name.serial);
        const auto* certificate = serial ? keys.dcc_certificate(*serial) : nullptr;
        return certificate == nullptr ? nullptr : &certificate->public_key;
      });
  if (!signer) return fail(signer.error().code, 0, "XML signature of the DCC");
  return {};
}

namespace {

/// What a device says to a command that reads nothing: how many items it did, and why not the others. Empty when the
/// content says more than that.
std::vector<std::string> outcome_lines(const gbcs::Message& message) {
  const auto content = gbcs::dlms::read_apdu(message.content);
  const auto* response = content ? std::get_if<gbcs::dlms::AccessResponse>(&*content) : nullptr;
  if (response == nullptr) return {};
  std::vector<std::string> failures;
  for (std::size_t i = 0; i < response->results.size(); ++i) {
    if (response->data[i].type != gbcs::dlms::Type::Null) return {};
    const auto code = response->results[i].code;
    if (code != 0) failures.push_back(fmt::format("item {}: {} ({})", i + 1, gbcs::dlms::result_name(code), code));
  }
  std::vector<std::string> lines{
      fmt::format("done: {} of {} items", response->results.size() - failures.size(), response->results.size())};
  lines.insert(lines.end(), failures.begin(), failures.end());
  return lines;
}

/// The content part of the tree that `decode` prints; what stands before it has been told already.
std::vector<std::string> content_lines(const std::string& tree) {
  std::vector<std::string> lines;
  bool inside = false;
  for (std::size_t from = 0; from < tree.size();) {
    const auto end = std::min(tree.find('\n', from), tree.size());
    const auto line = tree.substr(from, end - from);
    from = end + 1;
    if (!line.starts_with(' ')) inside = line.starts_with("content");
    if (inside) lines.push_back(line);
  }
  return lines;
}

}  // namespace

Result<std::vector<std::string>> reading_lines(const gbcs::Message& message, const UserKeys& keys) {
  const auto readings = gbcs::decode_readings(message, &keys);
  if (readings) {
    std::vector<std::string> lines;
    for (const auto& reading : *readings)
      lines.push_back(reading.name + ": " + reading.value + (reading.unit.empty() ? "" : " " + reading.unit));
    return lines;
  }
  if (readings.error().code != ErrorCode::Unsupported) return Unexpected{readings.error()};
  if (auto lines = outcome_lines(message); !lines.empty()) return lines;
  METERWAY_TRY(const auto tree, gbcs::to_text(gbcs::write_message(message), &keys));
  return content_lines(tree);
}

}  // namespace meterway::apps
