#include <algorithm>

#include "base/util/hex.h"
#include "base/wire/writer.h"
#include "field/device/context.h"
#include "field/device/credentials.h"
#include "field/device/firmware.h"
#include "field/device/gbz_rules.h"
#include "field/device/logs.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

constexpr std::uint16_t kActioned = 0x8F66;
constexpr MessageCode kOutcomeDlms{0x00CC};

const ActivationRow* first_of(DeviceType type, const std::string& trigger) {
  for (const auto& row : activations()) {
    if (row.device == type && row.trigger.text() == trigger) return &row;
  }
  return nullptr;
}

/// A monitor keeps a list of thresholds where the command that sets its one threshold brings a number.
Bytes shaped_for(DeviceType type, const ObjectKey& to, const Bytes& value) {
  using gbcs::dlms::Data;
  const ObjectRow* row = find_object(type, to, kRead);
  if (row == nullptr) return value;
  const auto like = gbcs::dlms::read_data(*from_hex(row->value_hex)).value_or(Data::null());
  auto data = gbcs::dlms::read_data(value).value_or(Data::null());
  const bool wrap =
      like.type == gbcs::dlms::Type::Array && data.type != like.type && data.type != gbcs::dlms::Type::Null;
  return wrap ? gbcs::dlms::write_data(Data::array({std::move(data)})) : value;
}

/// Which instruction it was:  message code:2 | originator counter:8 | class:2 | instance:6 | attribute:1
Bytes outcome_of(const Pending& pending, const ObjectKey& trigger) {
  wire::Writer out;
  out.u16(pending.code.value)
      .u64(pending.counter.value)
      .u16(trigger.class_id)
      .bytes(ByteView(trigger.instance))
      .u8(trigger.index);
  return out.take();
}

}  // namespace

void activate_now(DeviceType type, DeviceState& state, const ObjectKey& trigger) {
  for (const auto& row : activations()) {
    if (row.device != type || !(row.trigger == trigger)) continue;
    // Nothing was set in advance: what is in force stays in force.
    const auto it = state.stored.find(row.from.text());
    if (it != state.stored.end()) state.stored[row.to.text()] = shaped_for(type, row.to, it->second);
  }
}

void activate(DeviceType type, DeviceState& state, UtcTime now, std::vector<AlertRequest>& alerts, bool twin) {
  std::vector<Pending> due;
  auto& pending = state.pending;
  const auto falls_due = [&](const Pending& p) {
    return p.at <= now && p.trigger != kReplacementTrigger && p.trigger != kFirmwareTrigger &&
           !p.trigger.starts_with(kGbzTrigger);
  };
  std::copy_if(pending.begin(), pending.end(), std::back_inserter(due), falls_due);
  std::erase_if(pending, falls_due);
  for (const auto& p : due) {
    const ActivationRow* row = first_of(type, p.trigger);
    if (row == nullptr) continue;
    note_billing_change({type, twin}, state, row->trigger, now);
    activate_now(type, state, row->trigger);
    alerts.push_back(
        {kActioned, kOutcomeDlms, p.signer, true, {gbcs::dlms::Data::octets(outcome_of(p, row->trigger))}, {}});
  }
}

}  // namespace meterway::field
