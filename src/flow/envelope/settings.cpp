#include "flow/envelope/settings.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "records/registry/device_json.h"
#include "records/registry/user_json.h"

namespace meterway::flow {
namespace {

using nlohmann::json;
/// One member: `take` reads it and returns what is wrong with it, or nothing; `show` gives the value as it stands, and
/// is empty where what came in is what stands.
struct Member {
  std::function<std::string(const json&)> take;
  std::function<json()> show{};
};
using Members = std::map<std::string, Member>;

std::string read_members(const json& object, const Members& members, const std::string& where) {
  if (!object.is_object()) return where + ": expected an object";
  for (const auto& [key, value] : object.items()) {
    const auto found = members.find(key);
    if (found == members.end()) return where + key + ": unknown setting";
    if (const auto wrong = found->second.take(value); !wrong.empty()) return where + key + ": " + wrong;
  }
  return {};
}

template <class Number>
Member number(Number& out, std::uint64_t least, std::uint64_t most) {
  return {
      [&out, least, most](const json& value) -> std::string {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most) {
          return "expected a number from " + std::to_string(least) + " to " + std::to_string(most);
        }
        out = static_cast<Number>(value.get<std::uint64_t>());
        return {};
      },
      [&out] { return json(out); }};
}

Member millis(std::chrono::milliseconds& out) {
  return {[&out](const json& value) -> std::string {
            if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 31536000000u)
              return "expected milliseconds";
            out = std::chrono::milliseconds(value.get<std::int64_t>());
            return {};
          },
          [&out] { return json(out.count()); }};
}

Member text(std::string& out) {
  return {[&out](const json& value) -> std::string {
            if (!value.is_string()) return "expected text";
            out = value.get<std::string>();
            return {};
          },
          [&out] { return json(out); }};
}

Member one_of(std::string& out, std::vector<std::string> words) {
  auto member = text(out);
  member.take = [&out, words = std::move(words)](const json& value) -> std::string {
    if (value.is_string() && std::find(words.begin(), words.end(), value.get<std::string>()) != words.end()) {
      out = value.get<std::string>();
      return {};
    }
    std::string wrong = "expected";
    for (const auto& word : words) wrong += " " + word;
    return wrong;
  };
  return member;
}

Member truth(bool& out) {
  return {[&out](const json& value) -> std::string {
            if (!value.is_boolean()) return "expected true or false";
            out = value.get<bool>();
            return {};
          },
          [&out] { return json(out); }};
}

std::function<std::string(const json&)> each(std::function<std::string(const json&)> take) {
  return [take = std::move(take)](const json& value) -> std::string {
    if (!value.is_array()) return "expected a list";
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (const auto wrong = take(value[i]); !wrong.empty()) return "[" + std::to_string(i) + "] " + wrong;
    }
    return {};
  };
}

/// `of` a text for each member of an object.
std::function<std::string(const json&)> each_text(
    std::function<std::string(const std::string& name, const std::string& value)> take) {
  return [take = std::move(take)](const json& object) -> std::string {
    if (!object.is_object()) return "expected an object";
    for (const auto& [name, value] : object.items()) {
      if (!value.is_string()) return name + ": expected text";
      if (const auto wrong = take(name, value.get<std::string>()); !wrong.empty()) return name + ": " + wrong;
    }
    return {};
  };
}

std::string why_not(const Status& done) { return done ? std::string() : describe(done.error()); }

/// All that there are, by the group they stand in; the group without a name is the outermost.
std::map<std::string, Members> members_of(Settings& s) {
  std::map<std::string, Members> all;
  all["delivery"] = {{"least_delay_ms", millis(s.delivery.least_delay)},
                     {"timeout_ms", millis(s.delivery.timeout)},
                     {"first_retry_ms", millis(s.delivery.first_retry)},
                     {"longest_retry_ms", millis(s.delivery.longest_retry)},
                     {"keep_ms", millis(s.delivery.keep)},
                     {"pushers", number(s.delivery.pushers, 1, 256)},
                     {"gather_ms", millis(s.delivery.gather)},
                     {"most_push_bytes", number(s.delivery.most_push_bytes, 1024, 64u << 20)}};
  all["storage"] = {{"append_log", truth(s.storage.append_log)},
                    {"checkpoint_mb", number(s.storage.checkpoint_mb, 1, 4096)},
                    {"gather_us", number(s.storage.gather_us, 0, 1000000)}};
  all["retention"] = {{"events_days", number(s.retention.events_days, 0, 36500)},
                      {"requests_days", number(s.retention.requests_days, 0, 36500)},
                      {"undelivered_days", number(s.retention.undelivered_days, 0, 36500)},
                      {"files_days", number(s.retention.files_days, 0, 36500)}};
  all["throttle"] = {{"alerts", number(s.throttle.alerts, 0, 1000000)},
                     {"window_ms", millis(s.throttle.window)},
                     {"never", {each([&s](const json& v) -> std::string {
                        const auto code = from_hex(v.is_string() ? v.get<std::string>() : "");
                        if (!code || code->size() != 2) return "expected an alert code, four hexadecimal digits";
                        s.throttle.never.insert(static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1]));
                        return {};
                      })}}};
  all["firmware"] = {{"keep_ms", millis(s.firmware.keep)},
                     {"retry_ms", millis(s.firmware.retry)},
                     {"longest_retry_ms", millis(s.firmware.longest_retry)}};
  all["log"] = {{"format", one_of(s.log.format, {"text", "json"})},
                {"level", one_of(s.log.level, {"debug", "info", "warning", "error"})}};
  all[""] = {{"address", text(s.address)},
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
              {[&s](const json& v) -> std::string {
                 const auto eui = Eui64::parse(v.is_string() ? v.get<std::string>() : "");
                 if (!eui) return "expected an EUI-64";
                 s.transitional_cos = *eui;
                 return {};
               },
               [&s] { return json(s.transitional_cos.plain()); }}},
             {"check_dates", truth(s.check_dates)},
             {"check_connection", truth(s.check_connection)},
             {"metrics_open", truth(s.metrics_open)},
             {"gbcs_version", text(s.gbcs_version)},
             {"schema_version", text(s.schema_version)},
             {"signing_serial", text(s.signing_serial)},
             {"refusal_codes", {each_text([&s](const std::string& refusal, const std::string& value) {
                return why_not(set_code(s.refusal_codes, refusal, value));
              })}},
             {"dcc_alert_codes", {each_text([&s](const std::string& event, const std::string& value) {
                return why_not(set_alert_code(s.dcc_alert_codes, event, value));
              })}},
             {"alert_routes", {each_text([&s](const std::string& alert, const std::string& value) {
                return why_not(set_alert_told(s.alert_routes, alert, value));
              })}},
             {"users", {each([&s](const json& v) -> std::string {
                auto user = registry::read_user(v.dump());
                if (!user) return user.error();
                s.users.push_back(std::move(*user));
                return {};
              })}},
             {"devices", {each([&s](const json& v) -> std::string {
                auto device = registry::read_device(v.dump());
                if (!device) return device.error();
                s.devices.push_back(std::move(*device));
                return {};
              })}},
             {"push_authorities", {each([&s](const json& v) -> std::string {
                if (!v.is_string()) return "expected a file";
                s.push_authorities.emplace_back(v.get<std::string>());
                return {};
              })}},
             {"certificates", {each([&s](const json& v) -> std::string {
                if (!v.is_string()) return "expected a folder";
                s.certificates.emplace_back(v.get<std::string>());
                return {};
              })}}};
  return all;
}

}  // namespace

Result<Settings, std::string> read_settings(std::string_view source) {
  const auto root = json::parse(source, nullptr, false);
  if (root.is_discarded()) return Unexpected<std::string>{"not JSON"};
  Settings s;
  auto groups = members_of(s);
  auto outermost = groups.at("");
  for (const auto& [name, members] : groups) {
    if (!name.empty())
      outermost[name].take = [&within = members](const json& value) { return read_members(value, within, ""); };
  }
  if (auto wrong = read_members(root, outermost, ""); !wrong.empty()) return Unexpected<std::string>{std::move(wrong)};
  return s;
}

std::map<std::string, std::string> shown(Settings settings) {
  std::map<std::string, std::string> out;
  for (const auto& [group, members] : members_of(settings)) {
    for (const auto& [name, member] : members)
      out[group.empty() ? name : group + "." + name] = member.show ? member.show().dump() : std::string();
  }
  return out;
}

}  // namespace meterway::flow
