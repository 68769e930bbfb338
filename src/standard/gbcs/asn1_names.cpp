#include "standard/gbcs/asn1_names.h"

#include <algorithm>
#include <charconv>

namespace meterway::gbcs::asn1 {
namespace {

struct FieldRow {
  std::uint16_t code;
  Kind kind;
  std::string_view path;
  std::string_view name;
  std::string_view values;  ///< list of kValues
};
constexpr FieldRow kFields[] = {
#include "standard/gbcs/asn1_fields.inc"
};

struct ValueRow {
  std::string_view list;
  std::uint64_t value;
  std::string_view name;
};
constexpr ValueRow kValues[] = {
    {"role", 0, "root"},
    {"role", 1, "recovery"},
    {"role", 2, "supplier"},
    {"role", 3, "network operator"},
    {"role", 4, "access control broker"},
    {"role", 5, "transitional change of supplier"},
    {"role", 6, "WAN provider"},
    {"role", 7, "issuing authority"},
    {"role", 8, "load controller"},
    {"role", 127, "other"},
    {"status", 0, "success"},
    {"status", 5, "bad certificate"},
    {"status", 10, "no trust anchor"},
    {"status", 17, "insufficient memory"},
    {"status", 25, "trust anchor not found"},
    {"status", 30, "resources busy"},
    {"status", 127, "other"},
    {"mode", 0, "root by supplier"},
    {"mode", 1, "root by WAN provider"},
    {"mode", 2, "supplier by supplier"},
    {"mode", 3, "network operator by network operator"},
    {"mode", 4, "access control broker by itself"},
    {"mode", 5, "WAN provider by WAN provider"},
    {"mode", 6, "transitional CoS by itself"},
    {"mode", 7, "supplier by transitional CoS"},
    {"mode", 8, "any except abnormal root by recovery"},
    {"mode", 9, "any by contingency"},
    {"mode", 10, "load controller by load controller"},
    {"mode", 11, "load controller by supplier"},
    {"validation", 0, "apply"},
    {"validation", 1, "disapply"},
    {"device", 0, "GSME"},
    {"device", 1, "ESME"},
    {"device", 2, "CHF"},
    {"device", 3, "GPF"},
    {"device", 4, "HCALCS"},
    {"device", 5, "PPMID"},
    {"device", 6, "type 2"},
    {"method", 0, "A, initiator"},
    {"method", 1, "A, responder"},
    {"method", 2, "B"},
    {"method", 3, "C"},
    {"join", 0, "success"},
    {"join", 1, "invalid message code for role"},
    {"join", 2, "invalid method or role"},
    {"join", 3, "incompatible with existing entry"},
    {"join", 4, "log full"},
    {"join", 5, "write failure"},
    {"join", 6, "key agreement: no resources"},
    {"join", 7, "key agreement: unknown issuer"},
    {"join", 8, "key agreement: unsupported suite"},
    {"join", 9, "key agreement: bad message"},
    {"join", 10, "key agreement: bad key confirm"},
    {"join", 11, "invalid or missing certificate"},
    {"join", 12, "no partner link key"},
    {"join", 13, "no key establishment response"},
    {"unjoin", 0, "success"},
    {"unjoin", 1, "not in log"},
    {"unjoin", 2, "failure"},
    {"activation", 0, "success"},
    {"activation", 1, "no image"},
    {"activation", 2, "hash mismatch"},
    {"activation", 3, "failure"},
    {"clock", 0, "reliable"},
    {"clock", 1, "invalid"},
    {"clock", 2, "unreliable"},
};

struct TagRow {
  std::uint8_t tag;
  std::string_view name;
};
constexpr TagRow kTags[] = {
    {0x01, "BOOLEAN"},      {0x02, "INTEGER"},    {0x03, "BIT STRING"},
    {0x04, "OCTET STRING"}, {0x05, "NULL"},       {0x06, "OBJECT IDENTIFIER"},
    {0x0A, "ENUMERATED"},   {0x0C, "UTF8String"}, {0x13, "PrintableString"},
    {0x16, "IA5String"},    {0x17, "UTCTime"},    {0x18, "GeneralizedTime"},
    {0x30, "SEQUENCE"},     {0x31, "SET"},
};

const FieldRow* find_row(const Place& place) {
  const auto* row = std::find_if(std::begin(kFields), std::end(kFields), [&](const FieldRow& candidate) {
    return candidate.code == place.code().value && candidate.kind == place.kind() && place.matches(candidate.path);
  });
  return row != std::end(kFields) ? row : nullptr;
}

bool is_text(std::uint8_t tag) { return tag == 0x0C || tag == 0x13 || tag == 0x16 || tag == 0x17 || tag == 0x18; }

}  // namespace

Place Place::child(std::size_t index, std::uint8_t tag) const {
  Place place = *this;
  place.steps_.push_back({index, tag});
  return place;
}

bool Place::matches(std::string_view path) const {
  std::size_t at = 0;
  for (const auto& step : steps_) {
    if (at >= path.size()) return false;
    const auto end = std::min(path.find('.', at), path.size());
    const auto token = path.substr(at, end - at);
    std::size_t wanted = 0;
    const bool is_tag = token.front() == 't';
    std::from_chars(token.data() + (is_tag ? 1 : 0), token.data() + token.size(), wanted, is_tag ? 16 : 10);
    if (token != "*" && wanted != (is_tag ? step.tag : step.index)) return false;
    at = end + 1;
  }
  return at >= path.size();
}

std::string_view tag_name(std::uint8_t tag) {
  for (const auto& row : kTags) {
    if (row.tag == tag) return row.name;
  }
  return {};
}

std::string_view field_name(const Place& place) {
  const auto* row = find_row(place);
  return row != nullptr ? row->name : std::string_view();
}

std::string value_note(const Node& node, const Place& place) {
  if (is_text(node.tag)) {
    const bool printable =
        std::all_of(node.value.begin(), node.value.end(), [](auto byte) { return byte >= 0x20 && byte < 0x7F; });
    return printable ? std::string(node.value.begin(), node.value.end()) : std::string();
  }
  const bool context_number = (node.tag & 0xC0) == 0x80;
  if (node.tag != 0x02 && node.tag != 0x0A && !context_number) return {};
  const auto value = integer_value(node);
  if (!value) return {};
  std::string note = std::to_string(*value);
  const auto* row = find_row(place);
  for (const auto& meaning : kValues) {
    if (row != nullptr && meaning.list == row->values && meaning.value == *value)
      note += " " + std::string(meaning.name);
  }
  return note;
}

}  // namespace meterway::gbcs::asn1
