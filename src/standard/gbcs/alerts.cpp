#include "standard/gbcs/alerts.h"

#include <algorithm>
#include <charconv>

#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "standard/gbcs/dlms.h"

namespace meterway::gbcs {
namespace {

struct AlertNameRow {
  std::uint16_t code;
  std::string_view name;
};

#include "standard/gbcs/alerts.inc"

static_assert(std::is_sorted(std::begin(kAlertNames), std::end(kAlertNames),
                             [](const AlertNameRow& a, const AlertNameRow& b) { return a.code < b.code; }));

std::string take_text(wire::Reader& in, std::string_view type) {
  if (type.substr(0, 3) == "hex") {
    std::size_t size = 0;
    std::from_chars(type.data() + 3, type.data() + type.size(), size);
    return to_hex(in.take(size, "alert field"));
  }
  if (type == "u8") return std::to_string(in.u8("alert field"));
  if (type == "u16") return std::to_string(in.u16("alert field"));
  if (type == "u64") return std::to_string(in.u64("alert field"));
  if (type == "eui") return to_hex(in.take(8, "alert field"));
  dlms::Obis obis{};
  const auto bytes = in.take(obis.size(), "alert field");
  std::copy(bytes.begin(), bytes.end(), obis.begin());
  return dlms::to_string(obis);
}

}  // namespace

std::string_view alert_name(std::uint16_t alert_code) {
  for (const auto& row : kAlertNames) {
    if (row.code == alert_code) return row.name;
  }
  return {};
}

const AlertElement* find_alert_element(MessageCode code, std::size_t element) {
  for (const auto& row : kElements) {
    if (row.code == code && row.element == element) return &row;
  }
  return nullptr;
}

std::vector<std::pair<std::string, std::string>> alert_fields(const AlertElement& element, ByteView bytes) {
  std::vector<std::pair<std::string, std::string>> fields;
  wire::Reader in(bytes);
  for (std::size_t at = 0; at < element.layout.size();) {
    const auto end = std::min(element.layout.find(' ', at), element.layout.size());
    const auto token = element.layout.substr(at, end - at);
    const auto colon = token.find(':');
    fields.emplace_back(token.substr(0, colon), take_text(in, token.substr(colon + 1)));
    at = end + 1;
  }
  if (!in.finish()) fields.clear();
  return fields;
}

}  // namespace meterway::gbcs
