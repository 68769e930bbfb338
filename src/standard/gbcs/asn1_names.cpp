#include "standard/gbcs/asn1_names.h"

#include <algorithm>
#include <charconv>

namespace meterway::gbcs::asn1 {

struct FieldRow {
  std::uint16_t code;
  Kind kind;
  std::string_view path;
  std::string_view name;
  std::string_view values;  ///< a list of words, or what stands there: @x509, @pkcs10
};

namespace {

/// Sorted by code and kind. Codes that no message has stand for any content and for what may stand anywhere.
constexpr FieldRow kFields[] = {
#include "standard/gbcs/asn1_fields.inc"
};
constexpr std::uint16_t kAnyContent = 0x0000, kCertificate = 0xFFFE, kCertificationRequest = 0xFFFF;

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

std::span<const FieldRow> rows_of(std::uint16_t code, Kind kind) {
  const auto before = [](const FieldRow& a, const FieldRow& b) {
    return a.code != b.code ? a.code < b.code : a.kind < b.kind;
  };
  const auto [first, last] =
      std::equal_range(std::begin(kFields), std::end(kFields), FieldRow{code, kind, {}, {}, {}}, before);
  return {first, last};
}

std::size_t number(std::string_view text, int base) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

Place::Place(const Header& header) : rows_(rows_of(header.code.value, header.kind)) {
  row_ = find();
  if (row_ == nullptr) row_ = rows_of(kAnyContent, header.kind).data();
}

Place Place::child(const Node& parent, std::size_t index) const {
  Place place = *this;
  if (row_ != nullptr && row_->values.starts_with('@')) {
    place.rows_ = rows_of(row_->values == "@x509" ? kCertificate : kCertificationRequest, Kind::Command);
    place.depth_ = 0;
  }
  const auto tag = parent.items[index].tag;
  const auto same = std::count_if(parent.items.begin(), parent.items.begin() + static_cast<std::ptrdiff_t>(index),
                                  [&](const Node& item) { return item.tag == tag; });
  place.row_ = nullptr;
  if (place.depth_ == steps_.size()) return place;
  place.steps_[place.depth_++] = {static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(same), tag};
  place.row_ = place.find();
  return place;
}

const FieldRow* Place::find() const {
  for (const auto& row : rows_) {
    if (matches(row.path)) return &row;
  }
  return nullptr;
}

bool Place::matches(std::string_view path) const {
  std::size_t at = 0;
  for (std::size_t i = 0; i < depth_; ++i) {
    if (at >= path.size()) return false;
    const auto end = std::min(path.find('.', at), path.size());
    const auto token = path.substr(at, end - at);
    at = end + 1;
    if (token == "*") continue;
    if (token.front() != 't') {
      if (number(token, 10) != steps_[i].index) return false;
      continue;
    }
    const auto colon = std::min(token.find(':'), token.size());
    if (number(token.substr(1, colon - 1), 16) != steps_[i].tag) return false;
    if (colon < token.size() && number(token.substr(colon + 1), 10) != steps_[i].ordinal) return false;
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
  return place.row() != nullptr ? place.row()->name : std::string_view();
}

std::string_view field_words(const Place& place) {
  if (place.row() == nullptr || place.row()->values.starts_with('@')) return {};
  return place.row()->values;
}

}  // namespace meterway::gbcs::asn1
