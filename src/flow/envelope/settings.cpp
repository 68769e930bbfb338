#include "flow/envelope/settings.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "records/registry/device_json.h"
#include "records/registry/user_json.h"

namespace meterway::flow {
namespace {

using nlohmann::json;
/// Takes one member; returns what is wrong with it, or nothing.
using Take = std::function<std::string(const json&)>;
using Members = std::map<std::string, Take>;

std::string read_members(const json& object, const Members& members, const std::string& where) {
  if (!object.is_object()) return where + ": expected an object";
  for (const auto& [key, value] : object.items()) {
    const auto found = members.find(key);
    if (found == members.end()) return where + key + ": unknown setting";
    if (const auto wrong = found->second(value); !wrong.empty()) return where + key + ": " + wrong;
  }
  return {};
}

template <class Number>
Take number(Number& out, std::uint64_t least, std::uint64_t most) {
  return [&out, least, most](const json& value) -> std::string {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most) {
      return "expected a number from " + std::to_string(least) + " to " + std::to_string(most);
    }
    out = static_cast<Number>(value.get<std::uint64_t>());
    return {};
  };
}

Take millis(std::chrono::milliseconds& out) {
  return [&out](const json& value) -> std::string {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 31536000000u) return "expected milliseconds";
    out = std::chrono::milliseconds(value.get<std::int64_t>());
    return {};
  };
}

Take text(std::string& out) {
  return [&out](const json& value) -> std::string {
    if (!value.is_string()) return "expected text";
    out = value.get<std::string>();
    return {};
  };
}

Take truth(bool& out) {
  return [&out](const json& value) -> std::string {
    if (!value.is_boolean()) return "expected true or false";
    out = value.get<bool>();
    return {};
  };
}

Take each(std::function<std::string(const json&)> take) {
  return [take = std::move(take)](const json& value) -> std::string {
    if (!value.is_array()) return "expected a list";
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (const auto wrong = take(value[i]); !wrong.empty()) return "[" + std::to_string(i) + "] " + wrong;
    }
    return {};
  };
}

}  // namespace

Result<Settings, std::string> read_settings(std::string_view source) {
  const auto root = json::parse(source, nullptr, false);
  if (root.is_discarded()) return Unexpected<std::string>{"not JSON"};
  Settings s;
  const Members delivery{{"least_delay_ms", millis(s.delivery.least_delay)},
                         {"timeout_ms", millis(s.delivery.timeout)},
                         {"first_retry_ms", millis(s.delivery.first_retry)},
                         {"longest_retry_ms", millis(s.delivery.longest_retry)},
                         {"keep_ms", millis(s.delivery.keep)},
                         {"pushers", number(s.delivery.pushers, 1, 256)},
                         {"gather_ms", millis(s.delivery.gather)},
                         {"most_push_bytes", number(s.delivery.most_push_bytes, 1024, 64u << 20)}};
  const Members storage{{"append_log", truth(s.storage.append_log)},
                        {"checkpoint_mb", number(s.storage.checkpoint_mb, 1, 4096)},
                        {"gather_us", number(s.storage.gather_us, 0, 1000000)}};
  const Members retention{{"events_days", number(s.retention.events_days, 0, 36500)},
                          {"requests_days", number(s.retention.requests_days, 0, 36500)},
                          {"undelivered_days", number(s.retention.undelivered_days, 0, 36500)},
                          {"files_days", number(s.retention.files_days, 0, 36500)}};
  const Members throttle{{"alerts", number(s.throttle.alerts, 0, 1000000)},
                         {"window_ms", millis(s.throttle.window)},
                         {"never", each([&](const json& v) -> std::string {
                            const auto code = from_hex(v.is_string() ? v.get<std::string>() : "");
                            if (!code || code->size() != 2) return "expected an alert code, four hexadecimal digits";
                            s.throttle.never.insert(static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1]));
                            return {};
                          })}};
  const Members firmware{{"keep_ms", millis(s.firmware.keep)},
                         {"retry_ms", millis(s.firmware.retry)},
                         {"longest_retry_ms", millis(s.firmware.longest_retry)}};
  const Members members{
      {"address", text(s.address)},
      {"http_port", number(s.http_port, 0, 65535)},
      {"tls_port", number(s.tls_port, 0, 65535)},
      {"smki_port", number(s.smki_port, 0, 65535)},
      {"link_port", number(s.link_port, 0, 65535)},
      {"link_block_bytes", number(s.link_block_bytes, wire::kLinkLeastWholeBytes, wire::kLinkMaxMessageBytes)},
      {"most_body_bytes", number(s.most_body_bytes, 1024, 64u << 20)},
      {"http_workers", number(s.http_workers, 1, 256)},
      {"workers", number(s.workers, 1, 256)},
      {"most_queued", number(s.most_queued, 1, 10000000)},
      {"refusal_events_per_minute", number(s.refusal_events_per_minute, 1, 1000000)},
      {"device_timeout_ms", millis(s.device_timeout)},
      {"reach_timeout_ms", millis(s.reach_timeout)},
      {"resend_ms", millis(s.resend)},
      {"drain_ms", millis(s.drain)},
      {"commands_in_flight", number(s.commands_in_flight, 1, 32)},
      {"outage_after_ms", millis(s.outage_after)},
      {"dated_spread_ms", millis(s.dated_spread)},
      {"later_dated_supersedes", truth(s.later_dated_supersedes)},
      {"dcc_date_allowance_ms", millis(s.dcc_date_allowance)},
      {"device_date_allowance_ms", millis(s.device_date_allowance)},
      {"sequence_timeout_ms", millis(s.sequence_timeout)},
      {"schedule_spread_ms", millis(s.schedule_spread)},
      {"schedule_allowance_ms", millis(s.schedule_allowance)},
      {"schedule_sweep_ms", millis(s.schedule_sweep)},
      {"cos_timeout_ms", millis(s.cos_timeout)},
      {"transitional_cos",
       [&](const json& v) -> std::string {
         const auto eui = Eui64::parse(v.is_string() ? v.get<std::string>() : "");
         if (!eui) return "expected an EUI-64";
         s.transitional_cos = *eui;
         return {};
       }},
      {"check_dates", truth(s.check_dates)},
      {"check_connection", truth(s.check_connection)},
      {"gbcs_version", text(s.gbcs_version)},
      {"schema_version", text(s.schema_version)},
      {"signing_serial", text(s.signing_serial)},
      {"delivery", [&](const json& v) { return read_members(v, delivery, ""); }},
      {"storage", [&](const json& v) { return read_members(v, storage, ""); }},
      {"retention", [&](const json& v) { return read_members(v, retention, ""); }},
      {"firmware", [&](const json& v) { return read_members(v, firmware, ""); }},
      {"refusal_codes",
       [&](const json& v) -> std::string {
         if (!v.is_object()) return "expected an object";
         for (const auto& [refusal, code] : v.items()) {
           const auto done = set_code(s.refusal_codes, refusal, code.is_string() ? code.get<std::string>() : "");
           if (!done) return refusal + ": " + describe(done.error());
         }
         return {};
       }},
      {"dcc_alert_codes",
       [&](const json& v) -> std::string {
         if (!v.is_object()) return "expected an object";
         for (const auto& [event, code] : v.items()) {
           if (!code.is_string()) return event + ": expected text";
           const auto done = set_alert_code(s.dcc_alert_codes, event, code.get<std::string>());
           if (!done) return event + ": " + describe(done.error());
         }
         return {};
       }},
      {"throttle", [&](const json& v) { return read_members(v, throttle, ""); }},
      {"alert_routes",
       [&](const json& v) -> std::string {
         if (!v.is_object()) return "expected an object";
         for (const auto& [alert, told] : v.items()) {
           if (!told.is_string()) return alert + ": expected text";
           const auto done = set_alert_told(s.alert_routes, alert, told.get<std::string>());
           if (!done) return alert + ": " + describe(done.error());
         }
         return {};
       }},
      {"users", each([&](const json& v) -> std::string {
         auto user = registry::read_user(v.dump());
         if (!user) return user.error();
         s.users.push_back(std::move(*user));
         return {};
       })},
      {"devices", each([&](const json& v) -> std::string {
         auto device = registry::read_device(v.dump());
         if (!device) return device.error();
         s.devices.push_back(std::move(*device));
         return {};
       })},
      {"push_authorities", each([&](const json& v) -> std::string {
         if (!v.is_string()) return "expected a file";
         s.push_authorities.emplace_back(v.get<std::string>());
         return {};
       })},
      {"certificates", each([&](const json& v) -> std::string {
         if (!v.is_string()) return "expected a folder";
         s.certificates.emplace_back(v.get<std::string>());
         return {};
       })}};
  if (auto wrong = read_members(root, members, ""); !wrong.empty()) return Unexpected<std::string>{std::move(wrong)};
  return s;
}

}  // namespace meterway::flow
