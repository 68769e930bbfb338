#include "apps/user_xml.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/xml/document.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/asn1_names.h"
#include "standard/gbcs/credentials.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/names.h"
#include "standard/gbcs/readings.h"
#include "standard/gbcs/use_cases.h"

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

/// The element with the result of a use case whose answer is DER; null where it has none.
const gbcs::asn1::Node* result_of(const gbcs::Message& message, const gbcs::asn1::Node& content,
                                  gbcs::asn1::Place& place) {
  constexpr std::uint8_t kInteger = 0x02;
  constexpr MessageCode kSetClock{0x007F}, kActivateFirmware{0x0012}, kDeviceLog{0x0013};
  const auto* result = &content;
  const auto code = message.header.code;
  if (code == kSetClock || code == kActivateFirmware || code == kDeviceLog) {
    const std::size_t at = code == kSetClock ? 1 : 0;
    if (content.items.size() <= at) return nullptr;
    result = &content.items[at];
    place = place.child(content, at);
  }
  return result->tag == kInteger ? result : nullptr;
}

std::string asn1_failure(const gbcs::Message& message) {
  const auto content = gbcs::asn1::read(message.content);
  if (!content) return {};
  if (gbcs::replaces_credentials(message.header.code)) {
    const auto cells = gbcs::read_replacement_outcome(message.content);
    if (!cells) return {};
    const auto kept = std::count_if(cells->begin(), cells->end(), [](const auto& cell) { return !cell.replaced; });
    return kept == 0 ? "" : fmt::format("{} of {} cells kept what they had", kept, cells->size());
  }
  gbcs::asn1::Place place(message.header);
  const auto* result = result_of(message, *content, place);
  const auto value = result != nullptr ? gbcs::asn1::integer_value(*result).value_or(1) : 0;
  if (value == 0) return {};
  const auto list = gbcs::names::find_word_list(gbcs::asn1::field_words(place));
  const auto word = gbcs::names::find_word(list, static_cast<std::int64_t>(value));
  return word.empty() ? std::to_string(value) : fmt::format("{} {}", value, word);
}

std::string dlms_failure(const gbcs::Message& message) {
  constexpr MessageCode kSetClock{0x0062};
  const auto content = gbcs::dlms::read_apdu(message.content);
  const auto* response = content ? std::get_if<gbcs::dlms::AccessResponse>(&*content) : nullptr;
  if (response == nullptr) return {};
  for (std::size_t i = 0; i < response->results.size(); ++i) {
    const auto code = response->results[i].code;
    if (code != 0) return fmt::format("item {}: {} ({})", i + 1, gbcs::dlms::result_name(code), code);
  }
  if (message.header.code != kSetClock || response->data.empty() || response->data.back().number == 0) return {};
  return fmt::format("the status of the clock is {}", response->data.back().number);
}

/// A default response that is no success stands for a command that the device did not carry out.
std::string gbz_failure(const gbcs::Message& message) {
  constexpr std::uint8_t kDefaultResponse = 0x0B, kOfCluster = 0x01;
  const auto frames = gbcs::gbz::read_frames(message.content);
  if (!frames) return {};
  for (const auto& one : frames->components) {
    if (one.command != kDefaultResponse || (one.frame_control & kOfCluster) != 0 || one.payload.size() != 2) continue;
    if (one.payload[1] != 0) return fmt::format("command {:02x}: status {:02x}", one.payload[0], one.payload[1]);
  }
  return {};
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

std::string not_done(const gbcs::Message& message) {
  const auto* use_case = gbcs::find_use_case(message.header.code);
  if (message.header.kind != gbcs::Kind::Response || use_case == nullptr) return {};
  if (use_case->payload == gbcs::PayloadKind::Asn1) return asn1_failure(message);
  if (use_case->payload == gbcs::PayloadKind::Gbz) return gbz_failure(message);
  return dlms_failure(message);
}

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
