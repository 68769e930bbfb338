#include "standard/gbcs/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "standard/gbcs/document_parts.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs {
namespace document {

const Field* FieldCursor::take() {
  while (at_ < fields_.size() && fields_[at_].part) ++at_;
  return at_ < fields_.size() ? &fields_[at_++] : nullptr;
}

void FieldCursor::describe(Json& json, const Field& field) {
  if (const auto unit = unit_text(field.unit); !unit.empty()) json["unit"] = unit;
  if (!field.word.empty()) json["word"] = field.word;
  if (!field.group) {
    if (auto note = value_text(field); note != to_hex(field.bytes) || note.empty()) json["note"] = std::move(note);
  }
  for (; at_ < fields_.size() && fields_[at_].part; ++at_)
    json["fields"][std::string(fields_[at_].name)] = value_text(fields_[at_]);
}

std::string date_time_text(ByteView bytes) {
  if (bytes.size() != 12) return {};
  const auto start = bytes.first(9);
  if (std::all_of(start.begin(), start.end(), [](auto byte) { return byte == 0x00; })) return "now";
  if (std::all_of(start.begin(), start.end(), [](auto byte) { return byte == 0xFF; })) return "never";
  const int year = bytes[0] << 8 | bytes[1];
  const auto part = [](int value, int wild) { return value == wild ? std::string("*") : fmt::format("{:02}", value); };
  return part(year, 0xFFFF) + "-" + part(bytes[2], 0xFF) + "-" + part(bytes[3], 0xFF) + " " + part(bytes[5], 0xFF) +
         ":" + part(bytes[6], 0xFF) + ":" + part(bytes[7], 0xFF);
}

}  // namespace document

namespace {

constexpr const char* kKinds[] = {"", "command", "response", "alert"};

Json supplementary_to_json(const Header& header) {
  Json json;
  json["party"] = header.supplementary_party->plain();
  if (header.supplementary_counter) json["counter"] = std::to_string(header.supplementary_counter->value);
  if (header.supplementary_originator_counter)
    json["originator_counter"] = std::to_string(header.supplementary_originator_counter->value);
  if (!header.supplementary_certificate.empty()) json["certificate"] = to_hex(header.supplementary_certificate);
  return json;
}

Json header_to_json(const Header& header) {
  Json json{{"kind", kKinds[static_cast<std::size_t>(header.kind)]}, {"code", header.code.hex()}};
  if (const auto* row = find_use_case(header.code)) json["use_case"] = row->name;
  json["originator"] = header.originator.plain();
  json["target"] = header.target.plain();
  json["counter"] = std::to_string(header.counter.value);
  if (header.date_time) {
    json["date_time"] = to_hex(*header.date_time);
    json["date_time_note"] = document::date_time_text(*header.date_time);
  }
  if (header.supplementary_party) json["supplementary"] = supplementary_to_json(header);
  return json;
}

Bytes content_from_json(const JsonView& json) {
  const auto format = json.text("format");
  if (format == "dlms") return document::dlms_from_json(json);
  if (format == "gbz") return document::gbz_from_json(json);
  if (format == "asn1") return document::asn1_from_json(json);
  if (format == "raw") return json.hex("hex");
  json.fail(ErrorCode::UnknownCode, "format");
  return {};
}

Json structured_content(const Decoded& decoded) {
  if (std::holds_alternative<dlms::Apdu>(decoded.content)) return document::dlms_to_json(decoded);
  if (std::holds_alternative<GbzContent>(decoded.content)) return document::gbz_to_json(decoded);
  if (std::holds_alternative<asn1::Node>(decoded.content)) return document::asn1_to_json(decoded);
  return {};
}

/// A content that cannot be written back from its parts stays as bytes.
Json content_to_json(const Message& message, const Decoded& decoded) {
  if (auto json = structured_content(decoded); !json.is_null()) {
    Result<void> status;
    if (content_from_json(JsonView(json, status)) == message.content && status) return json;
  }
  return Json{{"format", "raw"}, {"hex", to_hex(message.content)}};
}

Result<Json> message_to_json(ByteView bytes, const DecodeOptions& options) {
  METERWAY_TRY(const auto message, read_message(bytes));
  const auto decoded = decode(message, options);
  Json json = header_to_json(message.header);
  json["content"] = content_to_json(message, decoded);
  if (message.signature_field != SignatureField::Absent) {
    json["signature"] = message.signature_field == SignatureField::Present ? to_hex(message.signature) : "";
  }
  if (message.mac) json["mac"] = to_hex(*message.mac);
  return json;
}

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const JsonView& json, const char* member) {
  const auto bytes = json.hex(member);
  std::array<std::uint8_t, N> out{};
  if (bytes.size() != N) {
    json.fail(ErrorCode::BadLength, member);
  } else {
    std::copy(bytes.begin(), bytes.end(), out.begin());
  }
  return out;
}

Eui64 eui_of(const JsonView& json, const char* member) {
  const auto eui = Eui64::parse(json.text(member));
  if (!eui) json.fail(ErrorCode::BadEui64, member);
  return eui ? *eui : Eui64();
}

/// Other information grows by one part at a time: nothing stands without what comes before it.
void supplementary_from_json(const JsonView& json, Header& header) {
  header.supplementary_party = eui_of(json, "party");
  if (json.has("counter")) header.supplementary_counter = OriginatorCounter{json.decimal("counter")};
  const bool has_originator_counter = json.has("originator_counter");
  const bool has_certificate = json.has("certificate");
  if ((has_originator_counter || has_certificate) && !header.supplementary_counter)
    json.fail(ErrorCode::BadJson, "counter");
  if (has_originator_counter && has_certificate) json.fail(ErrorCode::Conflict, "certificate");
  if (has_originator_counter)
    header.supplementary_originator_counter = OriginatorCounter{json.decimal("originator_counter")};
  if (has_certificate) header.supplementary_certificate = json.hex("certificate");
}

Header header_from_json(const JsonView& json) {
  Header header;
  const auto kind = json.text("kind");
  const auto found = std::find(std::begin(kKinds) + 1, std::end(kKinds), kind);
  if (found == std::end(kKinds)) json.fail(ErrorCode::UnknownCode, "kind");
  header.kind = static_cast<Kind>(found == std::end(kKinds) ? 1 : found - std::begin(kKinds));
  header.code = MessageCode{static_cast<std::uint16_t>(json.hex_number("code", 4))};
  header.originator = eui_of(json, "originator");
  header.target = eui_of(json, "target");
  header.counter = OriginatorCounter{json.decimal("counter")};
  if (json.has("date_time")) header.date_time = array_of<12>(json, "date_time");
  if (json.has("supplementary")) supplementary_from_json(json.at("supplementary"), header);
  return header;
}

}  // namespace

Result<std::string> to_json(ByteView message, const DecodeOptions& options) {
  METERWAY_TRY(const auto json, message_to_json(message, options));
  return json.dump(2);
}

Result<std::string> to_json(ByteView message, const pki::KeyStore* keys) {
  return to_json(message, DecodeOptions{keys, nullptr});
}

Result<Bytes> from_json(std::string_view text) {
  METERWAY_TRY(const auto document, parse_json(text));
  Result<void> status;
  const JsonView json(document, status);
  Message message;
  message.header = header_from_json(json);
  message.content = content_from_json(json.at("content"));
  message.signature_field = SignatureField::Absent;
  if (json.has("signature")) {
    const bool empty = json.text("signature").empty();
    message.signature_field = empty ? SignatureField::Empty : SignatureField::Present;
    if (!empty) message.signature = array_of<64>(json, "signature");
  }
  if (json.has("mac")) message.mac = array_of<12>(json, "mac");
  if (!status) return Unexpected{status.error()};
  auto bytes = write_message(message);
  // The document may combine what no message may (a MAC without a signature field, a certificate that is none).
  METERWAY_CHECK(read_message(bytes));
  return bytes;
}

}  // namespace meterway::gbcs
