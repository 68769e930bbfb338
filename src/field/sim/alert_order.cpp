#include "field/sim/alert_order.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/util/hex.h"
#include "standard/gbcs/alerts.h"

namespace meterway::field {
namespace {

using Json = nlohmann::ordered_json;

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-.:+_").find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += is_plain(c) ? std::string(1, c) : "%" + to_hex(ByteView(&byte, 1));
  }
  return out;
}

Result<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    METERWAY_TRY(const auto byte, from_hex(text.substr(i + 1, 2)));
    if (byte.size() != 1) return fail(ErrorCode::BadHex, i, "value of a parameter");
    out += static_cast<char>(byte[0]);
    i += 2;
  }
  return out;
}

}  // namespace

Result<std::uint16_t> parse_alert_code(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 2) return fail(ErrorCode::BadValue, 0, "alert code: four hexadecimal digits");
  return static_cast<std::uint16_t>((*bytes)[0] << 8 | (*bytes)[1]);
}

std::string write_alert_order(const AlertOrder& order) {
  auto line = "alert " + MessageCode{order.alert}.hex() + " " + order.device.plain();
  for (const auto& [name, value] : order.parameters) line += " " + escaped(name) + "=" + escaped(value);
  return line;
}

Result<AlertOrder> read_alert_order(const std::string& line) {
  std::istringstream words(line);
  std::string verb, code, device, word;
  words >> verb >> code >> device;
  AlertOrder order;
  METERWAY_TRY(order.alert, parse_alert_code(code));
  METERWAY_TRY(order.device, Eui64::parse(device));
  while (words >> word) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return fail(ErrorCode::BadValue, 0, "name=value");
    METERWAY_TRY(const auto name, unescaped(std::string_view(word).substr(0, equals)));
    METERWAY_TRY(order.parameters[name], unescaped(std::string_view(word).substr(equals + 1)));
  }
  return order;
}

std::string describe_raised(const AlertOrder& order, const Result<Raised, std::string>& raised) {
  if (!raised) return Json{{"error", raised.error()}}.dump() + "\n";
  const auto& route = *raised->route;
  Json out = {{"alert", MessageCode{order.alert}.hex()},
              {"name", gbcs::alert_name(order.alert)},
              {"device", order.device.plain()}};
  if (route.logged_only() || raised->switched_off) {
    out["sent"] = false;
    if (raised->switched_off) out["switched_off"] = "by 6.22; --param force=yes sends it all the same";
    out["log"] = raised->logged ? route.log : "";
  } else {
    out["sent"] = true;
    out["message"] = route.message.hex();
    out["protection"] = route.protection == gbcs::AlertProtection::Signature ? "signature" : "mac";
    out["to"] = raised->addressee.plain();
    if (raised->second) out["second"] = raised->second->plain();
    out["counter"] = raised->counter.value;
  }
  out["route"] = gbcs::to_string(route.sure);
  return out.dump() + "\n";
}

}  // namespace meterway::field
