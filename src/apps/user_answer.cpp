#include "apps/user_answer.h"

#include <fmt/format.h>

#include "apps/user_precommand.h"
#include "apps/user_xml.h"
#include "base/util/base64.h"
#include "base/util/hex.h"
#include "base/xml/document.h"
#include "flow/envelope/refusal.h"  // the published meanings of the response codes; nothing of the platform's state
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/protect.h"

namespace meterway::apps {
namespace {

constexpr std::size_t kMaxAnswerBytes = 16u << 20;

xml::Node child_of(xml::Node parent, std::string_view name) {
  if (!parent) return {};
  for (auto child = parent.first_element(); child; child = child.next_element()) {
    if (child.name() == name) return child;
  }
  return {};
}

std::string text_of(xml::Node parent, std::string_view name) {
  const auto child = child_of(parent, name);
  return child ? child.text() : "";
}

/// The first GBCSPayload anywhere inside.
xml::Node find_payload(xml::Node at) {
  if (at.name() == "GBCSPayload") return at;
  for (auto child = at.first_element(); child; child = child.next_element()) {
    if (const auto found = find_payload(child)) return found;
  }
  return {};
}

/// " (Supply Armed)" for the code of a device's alert.
std::string name_in_brackets(const std::string& alert_code) {
  const auto code = from_hex(alert_code);
  if (!code || code->size() != 2) return {};
  const auto name = gbcs::alert_name(static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1]));
  return name.empty() ? std::string() : " (" + std::string(name) + ")";
}

void list(xml::Node at, std::size_t depth, std::vector<std::string>& lines) {
  if (at.name() == "GBCSPayload") return;
  const bool leaf = !at.first_element();
  lines.push_back(std::string(2 * depth, ' ') + std::string(at.name()) + (leaf ? ": " + at.text() : ":"));
  if (leaf && at.name().ends_with("AlertCode")) lines.back() += name_in_brackets(at.text());
  for (auto child = at.first_element(); child; child = child.next_element()) list(child, depth + 1, lines);
}

Result<std::optional<RequestId>> id_of(xml::Node header, std::string_view name) {
  const auto text = text_of(header, name);
  if (text.empty()) return std::optional<RequestId>();
  METERWAY_TRY(const auto id, RequestId::parse(text));
  return std::optional(id);
}

Status read_body(xml::Node message, Answer& answer) {
  if (message.name() != "ResponseMessage") answer.carrier = message.name();
  for (auto part = message.first_element(); part; part = part.next_element()) {
    if (part.name() == "ServiceReferenceVariant") answer.service = part.text();
    if (message.name() == "ResponseMessage" && !part.name().starts_with("ServiceReference"))
      answer.carrier = part.name();
    if (!part.name().starts_with("ServiceReference")) list(part, 0, answer.lines);
  }
  if (const auto payload = find_payload(message)) {
    METERWAY_TRY(answer.payload, from_base64(payload.text()));
  }
  return {};
}

/// The DCC's party that the device answered, in words; empty where the answer is for the User. Its MAC is that party's
/// to check: what the User reads proves itself by being sealed for him, by the device's signature, or by the DCC's
/// alone.
std::string_view for_party(const gbcs::Header& header, const World& world) {
  if (header.target == world.access_control_broker) return "the access control broker";
  if (header.target == world.transitional_cos) return "the change of supplier party";
  return {};
}

Result<std::string> check_protection(const gbcs::Message& message, const UserKeys& keys, const World& world) {
  using gbcs::CheckState;
  std::vector<std::string> said;
  const auto signature = gbcs::signature_state(message, keys);
  if (signature == CheckState::Invalid) return fail(ErrorCode::BadSignature, 0, "signature of the device");
  if (signature == CheckState::Unknown) return fail(ErrorCode::UnknownKey, 0, "signing certificate of the device");
  if (signature == CheckState::Valid) said.push_back("signature valid");
  const auto mac = gbcs::mac_state(message, keys, world.access_control_broker);
  if (mac == CheckState::Invalid) return fail(ErrorCode::BadMac, 0, "MAC of the device");
  if (mac == CheckState::Valid) said.push_back("MAC valid");
  if (mac == CheckState::Unknown) {
    const auto party = for_party(message.header, world);
    if (party.empty()) return fail(ErrorCode::UnknownKey, 0, "key agreement keys of User and device");
    said.push_back("MAC for " + std::string(party));
  }
  if (said.empty()) return fail(ErrorCode::NoSignature, 0, "neither MAC nor signature of the device");
  return fmt::format("{}", fmt::join(said, ", "));
}

Status check_answers(const gbcs::Header& header, const RequestId& id, const World& world) {
  if (header.kind == gbcs::Kind::Alert) return {};
  if (header.originator != id.target) return fail(ErrorCode::Conflict, 0, "the answer is of another device");
  const bool direct = header.target == id.originator && header.counter == id.counter;
  // For the DCC's own command the header names the User, or nobody.
  const bool named = header.supplementary_party == id.originator && header.supplementary_counter == id.counter;
  const bool by_dcc = !for_party(header, world).empty() && (named || !header.supplementary_party);
  if (!direct && !by_dcc) return fail(ErrorCode::Conflict, 0, "the answer is to another request");
  return {};
}

}  // namespace

Result<Answer> read_answer(const std::string& text, const UserKeys& keys) {
  METERWAY_CHECK(check_dcc_signature(text, keys));
  const auto document = xml::Document::parse(text, {.size_bytes = kMaxAnswerBytes});
  if (!document) return fail(document.error().code, 0, "DUIS response");
  const auto root = document->root();
  if (root.name() != "Response") return fail(ErrorCode::BadXml, 0, "root element: not a Response");
  Answer answer;
  answer.xml = text;
  const auto header = child_of(root, "Header");
  answer.code = text_of(header, "ResponseCode");
  answer.date_time = text_of(header, "ResponseDateTime");
  METERWAY_TRY(answer.request_id, id_of(header, "RequestID"));
  METERWAY_TRY(answer.response_id, id_of(header, "ResponseID"));
  const auto body = child_of(root, "Body");
  if (body && body.first_element()) METERWAY_CHECK(read_body(body.first_element(), answer));
  return answer;
}

Result<Opened> open_payload(ByteView payload, const UserKeys& keys, const World& world,
                            const std::optional<RequestId>& id) {
  METERWAY_TRY(auto message, gbcs::read_message(payload));
  if (id) METERWAY_CHECK(check_answers(message.header, *id, world));
  METERWAY_TRY(auto protection, check_protection(message, keys, world));
  METERWAY_TRY(auto lines, reading_lines(message, keys));
  return Opened{std::move(message), std::move(protection), std::move(lines)};
}

std::string describe_code(const std::string& code) {
  const auto meaning = flow::meaning_of(code);
  return meaning.empty() || meaning == "-" ? code : fmt::format("{} ({})", code, meaning);
}

std::string describe_answer(const Answer& answer, const Result<Opened>* opened) {
  std::string out;
  const auto line = [&out](std::string_view name, std::string_view text) {
    out += fmt::format("{:<14} {}\n", name, text);
  };
  if (answer.request_id) line("RequestID", answer.request_id->text());
  if (answer.response_id) line("ResponseID", answer.response_id->text());
  if (!answer.service.empty()) line("service", answer.service);
  line("code", describe_code(answer.code) + (answer.carrier.empty() ? "" : " with " + answer.carrier));
  for (const auto& text : answer.lines) out += "  " + text + "\n";
  if (opened == nullptr) return out;
  if (!*opened) {
    line("refused", describe(opened->error()));
    return out;
  }
  line("message", describe_message((*opened)->message));
  line("protection", (*opened)->protection);
  if (const auto why = not_done((*opened)->message); !why.empty()) line("not done", "the device says: " + why);
  for (const auto& text : (*opened)->lines) out += "  " + text + "\n";
  return out;
}

}  // namespace meterway::apps
