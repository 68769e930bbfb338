#include "field/device/state.h"

#include <nlohmann/json.hpp>

#include "base/util/hex.h"

namespace meterway::field {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }
UtcTime time_of(const Json& json) { return UtcTime(std::chrono::microseconds(json.get<std::int64_t>())); }

Bytes bytes_of(const Json& json) {
  auto bytes = from_hex(json.get_ref<const std::string&>());
  if (!bytes) throw std::runtime_error("hexadecimal");  // caught in read_state, with the library's own
  return *bytes;
}

Json write_log(const std::vector<LogEntry>& log) {
  Json out = Json::array();
  for (const auto& e : log) {
    out.push_back({{"eui", e.eui.value()},
                   {"key_hash", to_hex(e.key_hash)},
                   {"install_code", to_hex(e.install_code)},
                   {"last_contact", micros(e.last_contact)}});
  }
  return out;
}

std::vector<LogEntry> read_log(const Json& json) {
  std::vector<LogEntry> out;
  for (const auto& e : json) {
    out.push_back({Eui64(e.at("eui").get<std::uint64_t>()), bytes_of(e.at("key_hash")), bytes_of(e.at("install_code")),
                   time_of(e.at("last_contact"))});
  }
  return out;
}

Json write_registers(const Registers& r) {
  return {{"read_at", micros(r.read_at)},
          {"import_milli", r.import_milli},
          {"reactive_milli", r.reactive_milli},
          {"tariff_milli", r.tariff_milli},
          {"block_milli", r.block_milli},
          {"block_total_milli", r.block_total_milli},
          {"balance", r.balance},
          {"bill_to_date", r.bill_to_date},
          {"cost_remainder", r.cost_remainder},
          {"secondary_milli", r.secondary_milli},
          {"energy_remainder", r.energy_remainder}};
}

Registers read_registers(const Json& json) {
  Registers r;
  r.read_at = time_of(json.at("read_at"));
  json.at("import_milli").get_to(r.import_milli);
  json.at("reactive_milli").get_to(r.reactive_milli);
  json.at("tariff_milli").get_to(r.tariff_milli);
  json.at("block_milli").get_to(r.block_milli);
  json.at("balance").get_to(r.balance);
  json.at("bill_to_date").get_to(r.bill_to_date);
  json.at("cost_remainder").get_to(r.cost_remainder);
  r.block_total_milli = json.value("block_total_milli", r.block_milli);   // not in states of older versions
  r.secondary_milli = json.value("secondary_milli", r.secondary_milli);   // not in states of older versions
  r.energy_remainder = json.value("energy_remainder", std::uint64_t{0});  // not in states of older versions
  return r;
}

Json write_account(const Account& a) {
  return {{"emergency_active", a.emergency_active},
          {"emergency_left", a.emergency_left},
          {"emergency_owed", a.emergency_owed},
          {"accumulated_debt", a.accumulated_debt},
          {"time_debt", a.time_debt},
          {"payment_debt", a.payment_debt},
          {"paid_in_period", a.paid_in_period},
          {"period_began", micros(a.period_began)},
          {"disabled", a.disabled},
          {"warned_low", a.warned_low},
          {"offered_emergency", a.offered_emergency},
          {"told_exhausted", a.told_exhausted},
          {"told_kept_on", a.told_kept_on}};
}

Account read_account(const Json& json) {
  Account a;
  json.at("emergency_active").get_to(a.emergency_active);
  json.at("emergency_left").get_to(a.emergency_left);
  json.at("emergency_owed").get_to(a.emergency_owed);
  json.at("accumulated_debt").get_to(a.accumulated_debt);
  json.at("time_debt").get_to(a.time_debt);
  json.at("payment_debt").get_to(a.payment_debt);
  json.at("paid_in_period").get_to(a.paid_in_period);
  a.period_began = time_of(json.at("period_began"));
  json.at("disabled").get_to(a.disabled);
  json.at("warned_low").get_to(a.warned_low);
  json.at("offered_emergency").get_to(a.offered_emergency);
  json.at("told_exhausted").get_to(a.told_exhausted);
  json.at("told_kept_on").get_to(a.told_kept_on);
  return a;
}

void write_logs(const DeviceState& s, Json& json) {
  if (!(s.account == Account())) json["account"] = write_account(s.account);
  for (const auto& [key, book] : s.logs) json["logs"][key] = Json::binary(book);
  if (s.billing_changed != UtcTime()) json["billing_changed"] = micros(s.billing_changed);
  for (const auto& gap : s.idle) json["idle"].push_back({micros(gap.from), micros(gap.to)});
}

void read_logs(const Json& json, DeviceState& s) {
  if (json.contains("account")) s.account = read_account(json.at("account"));
  if (json.contains("logs")) {
    for (const auto& [key, book] : json.at("logs").items()) s.logs[key] = Bytes(book.get_binary());
  }
  if (json.contains("billing_changed")) s.billing_changed = time_of(json.at("billing_changed"));
  if (json.contains("idle")) {
    for (const auto& gap : json.at("idle")) s.idle.push_back({time_of(gap.at(0)), time_of(gap.at(1))});
  }
}

/// [reached, [[scheduled, shown, [start, end, level] or null of command, of limit], ... a side each]]
Json write_auxiliaries(const Auxiliaries& loads) {
  const auto window = [](const std::optional<AuxiliaryWindow>& w) {
    return w ? Json::array({micros(w->start), micros(w->end), w->level}) : Json();
  };
  Json sides = Json::array();
  for (const auto& controller : loads.controllers) {
    for (const auto& side : controller.sides)
      sides.push_back(Json::array({side.scheduled, side.shown, window(side.commanded), window(side.limit)}));
  }
  return Json::array({micros(loads.reached), sides});
}

Auxiliaries read_auxiliaries(const Json& json) {
  const auto window = [](const Json& w) -> std::optional<AuxiliaryWindow> {
    if (w.is_null()) return std::nullopt;
    return AuxiliaryWindow{time_of(w.at(0)), time_of(w.at(1)), w.at(2).get<std::uint8_t>()};
  };
  Auxiliaries loads;
  loads.reached = time_of(json.at(0));
  std::size_t at = 0;
  for (auto& controller : loads.controllers) {
    for (auto& side : controller.sides) {
      const Json& one = json.at(1).at(at++);
      side = {one.at(0).get<std::uint8_t>(), window(one.at(2)), window(one.at(3)), one.at(1).get<std::uint8_t>()};
    }
  }
  return loads;
}

DeviceState from_json(const Json& json) {
  DeviceState s;
  s.commissioned = time_of(json.at("commissioned"));
  for (const auto& e : json.at("execution_counters")) {
    s.replay.accept(static_cast<PartyRole>(e.at(0).get<int>()), {e.at(1).get<std::uint64_t>()});
  }
  for (const auto& e : json.at("token_counters")) s.tokens.add({e.get<std::uint64_t>()});
  json.at("alert_counter").get_to(s.alert_counter);
  s.time_status = static_cast<TimeStatus>(json.at("time_status").get<int>());
  s.supply = static_cast<Supply>(json.at("supply").get<int>());
  s.registers = read_registers(json.at("registers"));
  for (const auto& [key, value] : json.at("stored").items()) s.stored[key] = bytes_of(value);
  for (const auto& e : json.at("pending")) {
    s.pending.push_back({time_of(e.at("at")),
                         e.at("trigger").get<std::string>(),
                         {e.at("code").get<std::uint16_t>()},
                         {e.at("counter").get<std::uint64_t>()},
                         Eui64(e.at("signer").get<std::uint64_t>()),
                         e.contains("content") ? bytes_of(e.at("content")) : Bytes()});
  }
  for (const auto& e : json.at("security_log")) {
    s.security_log.push_back(
        {time_of(e.at("at")), e.at("code").get<std::uint16_t>(), e.at("detail").get<std::string>()});
  }
  s.device_log = read_log(json.at("device_log"));
  s.historic_log = read_log(json.at("historic_log"));
  json.at("join_seconds").get_to(s.join_seconds);
  // States of older versions have none of these.
  s.tokens.raise_floor({json.value("token_floor", std::uint64_t{0})});
  if (json.contains("cells")) {
    for (const auto& e : json.at("cells")) {
      s.cells.push_back({static_cast<PartyRole>(e.at(0).get<int>()), static_cast<pki::KeyUse>(e.at(1).get<int>()),
                         bytes_of(e.at(2))});
    }
  }
  if (json.contains("own_keys")) {
    for (const auto& e : json.at("own_keys")) {
      s.own_keys.push_back({static_cast<pki::KeyUse>(e.at(0).get<int>()),
                            static_cast<OwnKey::Stage>(e.at(1).get<int>()), bytes_of(e.at(2)), bytes_of(e.at(3))});
    }
  }
  if (json.contains("firmware")) s.firmware = bytes_of(json.at("firmware"));
  if (json.contains("image")) {
    const auto& e = json.at("image");
    s.image = HeldImage{bytes_of(e.at(0)), bytes_of(e.at(1)), Eui64(e.at(2).get<std::uint64_t>())};
  }
  if (json.contains("limit_restores")) s.limit_restores = time_of(json.at("limit_restores"));
  if (json.contains("network_id")) s.network_id = Eui64(json.at("network_id").get<std::uint64_t>());
  if (json.contains("faults")) json.at("faults").get_to(s.faults);
  if (json.contains("auxiliaries")) s.auxiliaries = read_auxiliaries(json.at("auxiliaries"));
  if (json.contains("joined")) {
    for (const auto& e : json.at("joined")) {
      s.joined.push_back({Eui64(e.at(0).get<std::uint64_t>()), e.at(1).get<std::uint8_t>(), e.at(2).get<std::uint8_t>(),
                          bytes_of(e.at(3))});
      if (e.size() > 4) s.joined.back().counter = {e.at(4).get<std::uint64_t>()};
    }
  }
  read_logs(json, s);
  return s;
}

}  // namespace

void DeviceState::log(UtcTime at, std::uint16_t code, std::string detail) {
  if (security_log.size() == kSecurityLog) security_log.erase(security_log.begin());
  security_log.push_back({at, code, std::move(detail)});
}

Bytes write_state(const DeviceState& s) {
  Json counters = Json::array();
  for (const auto& [role, counter] : s.replay.all()) counters.push_back({static_cast<int>(role), counter.value});
  Json stored = Json::object();
  for (const auto& [key, value] : s.stored) stored[key] = to_hex(value);
  Json pending = Json::array();
  for (const auto& p : s.pending) {
    pending.push_back({{"at", micros(p.at)},
                       {"trigger", p.trigger},
                       {"code", p.code.value},
                       {"counter", p.counter.value},
                       {"signer", p.signer.value()}});
    if (!p.content.empty()) pending.back()["content"] = to_hex(p.content);
  }
  Json security = Json::array();
  for (const auto& e : s.security_log)
    security.push_back({{"at", micros(e.at)}, {"code", e.code}, {"detail", e.detail}});
  Json json = {{"commissioned", micros(s.commissioned)},
               {"execution_counters", counters},
               {"token_counters", s.tokens.counters()},
               {"alert_counter", s.alert_counter},
               {"time_status", static_cast<int>(s.time_status)},
               {"supply", static_cast<int>(s.supply)},
               {"registers", write_registers(s.registers)},
               {"stored", stored},
               {"pending", pending},
               {"security_log", security},
               {"device_log", write_log(s.device_log)},
               {"historic_log", write_log(s.historic_log)},
               {"join_seconds", s.join_seconds}};
  if (s.tokens.floor().value != 0) json["token_floor"] = s.tokens.floor().value;
  for (const auto& cell : s.cells)
    json["cells"].push_back({static_cast<int>(cell.role), static_cast<int>(cell.use), to_hex(cell.certificate)});
  for (const auto& own : s.own_keys) {
    json["own_keys"].push_back(
        {static_cast<int>(own.use), static_cast<int>(own.stage), to_hex(own.key), to_hex(own.certificate)});
  }
  if (s.firmware != DeviceState().firmware) json["firmware"] = to_hex(s.firmware);
  if (s.image) json["image"] = {to_hex(s.image->hash), to_hex(s.image->version), s.image->signer.value()};
  if (s.limit_restores) json["limit_restores"] = micros(*s.limit_restores);
  if (s.network_id) json["network_id"] = s.network_id->value();
  if (!s.faults.empty()) json["faults"] = s.faults;
  if (s.auxiliaries != Auxiliaries()) json["auxiliaries"] = write_auxiliaries(s.auxiliaries);
  for (const auto& other : s.joined)
    json["joined"].push_back(
        {other.eui.value(), other.type, other.method, to_hex(other.certificate), other.counter.value});
  write_logs(s, json);
  return Json::to_cbor(json);
}

Result<DeviceState> read_state(ByteView bytes) {
  try {
    const bool text = !bytes.empty() && bytes.front() == '{';
    return from_json(text ? Json::parse(bytes.begin(), bytes.end()) : Json::from_cbor(bytes.begin(), bytes.end()));
  } catch (const std::exception&) {  // the library's, or a hexadecimal digit: either way not a state of ours
    return fail(ErrorCode::BadJson, 0, "device state");
  }
}

}  // namespace meterway::field
