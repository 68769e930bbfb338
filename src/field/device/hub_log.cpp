#include "field/device/hub_log.h"

#include <algorithm>
#include <utility>

#include "base/crypto/digest.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Type;

constexpr std::uint16_t kDeviceLogChanged = 0x8F12;
constexpr MessageCode kDeviceLogAlert{0x0018};

Eui64 broker_of(const TrustAnchors& anchors) {
  const Cell* cell = anchors.find(PartyRole::AccessControlBroker, pki::KeyUse::KeyAgreement);
  return cell == nullptr ? Eui64() : cell->holder;
}

LogEntry* find_entry(std::vector<LogEntry>& log, Eui64 eui) {
  const auto it = std::find_if(log.begin(), log.end(), [&](const LogEntry& e) { return e.eui == eui; });
  return it == log.end() ? nullptr : &*it;
}

}  // namespace

const LogEntry* find_entry(const std::vector<LogEntry>& log, Eui64 eui) {
  const auto it = std::find_if(log.begin(), log.end(), [&](const LogEntry& e) { return e.eui == eui; });
  return it == log.end() ? nullptr : &*it;
}

bool log_add(const Data& argument, CommandContext& context) {
  if (argument.type != Type::Structure || argument.items.size() != 4 || argument.items[0].bytes.size() != 8)
    return false;
  const Eui64 eui = Eui64::from_wire_or_zero(argument.items[0].bytes);
  if (find_entry(context.state.device_log, eui) != nullptr) return true;
  context.state.device_log.push_back({eui, {}, argument.items[2].bytes, {}});
  context.alerts.push_back(log_changed(context.self, context.state, broker_of(context.anchors), context.now));
  return true;
}

bool log_remove(const Data& argument, CommandContext& context) {
  if (argument.type != Type::OctetString || argument.bytes.size() != 8) return false;
  const Eui64 eui = Eui64::from_wire_or_zero(argument.bytes);
  auto& log = context.state.device_log;
  const LogEntry* entry = find_entry(log, eui);
  if (entry == nullptr) return true;
  auto& historic = context.state.historic_log;
  // The gas proxy is part of the hub: it has no link key with it and is never recorded here.
  if (eui != context.self.pan) {
    if (LogEntry* old = find_entry(historic, eui)) {
      *old = *entry;
    } else {
      if (historic.size() == kHistoricLog) historic.erase(historic.begin());
      historic.push_back(*entry);
    }
  }
  log.erase(std::remove_if(log.begin(), log.end(), [&](const LogEntry& e) { return e.eui == eui; }), log.end());
  context.alerts.push_back(log_changed(context.self, context.state, broker_of(context.anchors), context.now));
  return true;
}

bool log_restore(const Data& argument, CommandContext& context) {
  if (argument.type != Type::Structure || argument.items.size() != 2 || argument.items[0].bytes.size() != 8 ||
      argument.items[1].type != Type::Array)
    return false;
  std::vector<LogEntry> log;
  for (const auto& item : argument.items[1].items) {
    const bool entry = item.items.size() == 2 && item.items[0].bytes.size() == 8 &&
                       (item.items[1].bytes.empty() || item.items[1].bytes.size() == 16);
    if (!entry) return false;
    log.push_back({Eui64::from_wire_or_zero(item.items[0].bytes), item.items[1].bytes, {}, {}});
  }
  context.state.device_log = std::move(log);
  context.state.network_id = Eui64::from_wire_or_zero(argument.items[0].bytes);
  context.alerts.push_back(log_changed(context.self, context.state, broker_of(context.anchors), context.now));
  return true;
}

Data log_status(const Identity& self, const DeviceState& state) {
  std::vector<Data> out;
  for (const auto& entry : state.device_log) {
    // Radio conditions of a home do not change here: they follow from who talks to whom.
    const auto digest = crypto::sha256({self.eui.wire(), entry.eui.wire()});
    const std::int64_t strength = -40 - digest[0] % 40;
    const auto i8 = [](std::int64_t v) { return Data::of(Type::Int8, v); };
    const auto u8 = [](std::int64_t v) { return Data::of(Type::Uint8, v); };
    Data status;
    status.type = Type::BitString;
    status.bits = 8;
    status.bytes = {static_cast<std::uint8_t>(entry.key_hash.empty() ? 0x80 : 0xC0)};
    out.push_back(
        Data::structure({Data::octets(entry.eui.wire()), status, i8(strength + 5), i8(strength), i8(strength - 9),
                         u8(250), u8(220 - digest[1] % 60), u8(120), Data::octets(dlms_date_time(entry.last_contact)),
                         u8(entry.eui == self.pan ? 0 : 1), u8(0), u8(100), u8(1), u8(1)}));
  }
  return Data::array(std::move(out));
}

Data log_backup(const Identity& self, const DeviceState& state, const std::vector<LogEntry>& log, UtcTime now) {
  std::vector<Data> entries;
  for (const auto& entry : log)
    entries.push_back(Data::structure({Data::octets(entry.eui.wire()), Data::octets(entry.key_hash)}));
  return Data::structure({Data::octets(dlms_date_time(now)), Data::octets(state.network_id.value_or(self.pan).wire()),
                          Data::array(std::move(entries))});
}

Heard heard(const Identity& self, DeviceState& state, Eui64 device, ByteView install_code, UtcTime now) {
  LogEntry* entry = find_entry(state.device_log, device);
  if (entry == nullptr) return Heard::Stranger;
  if (!entry->key_hash.empty() || device == self.pan) {
    entry->last_contact = now;
    return Heard::Known;
  }
  const LogEntry* before = find_entry(std::as_const(state.historic_log), device);
  if (before != nullptr && !before->key_hash.empty()) {
    entry->key_hash = before->key_hash;
  } else if (std::equal(install_code.begin(), install_code.end(), entry->install_code.begin(),
                        entry->install_code.end())) {
    const auto digest = crypto::sha256({self.eui.wire(), device.wire(), install_code});
    entry->key_hash.assign(digest.begin(), digest.begin() + 16);
  } else {
    return Heard::Stranger;
  }
  entry->last_contact = now;
  return Heard::Joined;
}

AlertRequest log_changed(const Identity& self, const DeviceState& state, Eui64 broker, UtcTime now) {
  return {kDeviceLogChanged, kDeviceLogAlert, broker, false, {log_backup(self, state, state.device_log, now)}, {}};
}

}  // namespace meterway::field
