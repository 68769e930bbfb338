#include <algorithm>

#include "base/util/hex.h"
#include "field/device/dlms_server.h"
#include "field/device/hub_log.h"
#include "field/device/load_control.h"
#include "field/device/logs.h"
#include "field/device/prepayment.h"
#include "field/device/settings.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

namespace dlms = gbcs::dlms;
using dlms::Data;
using dlms::Type;

// Enumerations of units: DLMS Blue Book.
constexpr int kWattHour = 30, kVarHour = 32;

Data u32(std::uint64_t value) { return Data::of(Type::Uint32, static_cast<std::int64_t>(value & 0xFFFFFFFF)); }
Data date_time(UtcTime time) { return Data::octets(dlms_date_time(time)); }
Data scaler_unit(int unit) { return Data::structure({Data::of(Type::Int8, 0), Data::of(Type::Enum, unit)}); }

template <std::size_t N>
Data whole(const std::array<std::uint64_t, N>& milli) {
  std::vector<Data> items;
  for (const auto value : milli) items.push_back(u32(value / 1000));
  return Data::array(std::move(items));
}

/// A twin meter's four registers follow those of its primary element.
Data tariff_matrix(const Registers& r, bool twin) {
  if (twin) return Data::structure({whole(r.tariff_milli), whole(r.secondary_milli)});
  return Data::structure({whole(r.tariff_milli)});
}

/// 4 blocks of 8 registers, then as many counters (MMC TariffBlockTOUType has both; as many in the reference ECS17e).
Data block_matrix(const Registers& r) {
  Data all = whole(r.block_total_milli);
  for (auto& counter : whole(r.block_milli).items) all.items.push_back(std::move(counter));
  return Data::structure({std::move(all)});
}

Data instant_import(const Registers& r) {
  return Data::structure(
      {u32(r.import_milli / 1000), scaler_unit(kWattHour), u32(r.reactive_milli / 1000), scaler_unit(kVarHour)});
}

std::uint64_t active_price(const DeviceState& state, UtcTime now) {
  const Tariff tariff = tariff_of(state);
  const int selector = tariff.selector_at(now);
  std::uint64_t consumed = 0;
  for (std::size_t block = 0; selector > 100 && selector <= 108 && block < 4; ++block) {
    consumed += state.registers.block_milli[block * 8 + static_cast<std::size_t>(selector - 101)];
  }
  return static_cast<std::uint64_t>(
      tariff.price(selector, selector > 100 ? tariff.block_of(selector - 100, consumed / 1000) : 0));
}

std::uint64_t secondary_price(const DeviceState& state, UtcTime now) {
  const Tariff tariff = secondary_tariff_of(state);
  return static_cast<std::uint64_t>(tariff.secondary_price(tariff.secondary_register_at(now)));
}

std::uint8_t set_supply(DeviceState& state, std::int64_t script) {
  switch (script) {
    case 0x33:
      state.supply = Supply::On;
      return access::kSuccess;
    case 0x34:
      state.supply = Supply::Off;
      return access::kSuccess;
    case 0x36:
      // Arming means "ready to be switched on at the meter": a switch that is on needs none.
      if (state.supply == Supply::On) return access::kOtherReason;
      state.supply = Supply::Armed;
      return access::kSuccess;
    default:
      return access::kOtherReason;
  }
}

/// structure{ preset time, interval start, interval end }: the clock may be set while the hub's time lies inside.
std::uint8_t preset_clock(const Data& argument, CommandContext& context) {
  if (argument.type != Type::Structure || argument.items.size() != 3) return access::kTypeUnmatched;
  const auto start = read_activation(argument.items[1].bytes);
  const auto end = read_activation(argument.items[2].bytes);
  if (!start || !end) return access::kTypeUnmatched;
  const bool inside = start->at <= context.now && context.now <= end->at;
  context.state.time_status = inside ? TimeStatus::Reliable : TimeStatus::Unreliable;
  return access::kSuccess;
}

std::uint8_t enter_token(const Data& argument, CommandContext& context) {
  const std::string_view digits(reinterpret_cast<const char*>(argument.bytes.data()), argument.bytes.size());
  const auto result =
      take_token(digits, context.command.counter,
                 {context.self, context.anchors, context.state, context.now, context.told, context.alerts});
  // The answer gives no reason: refused is 01.
  return result.verdict == TopUp::Accepted ? access::kSuccess : access::kHardwareFault;
}

/// The registers of ECS19, as the columns of the prepayment logs have them.
Data prepayment_values(const DeviceState& state) {
  const Account& a = state.account;
  std::vector<Data> values;
  for (const std::int64_t value :
       {state.registers.balance, a.emergency_left, a.time_debt[0], a.time_debt[1], a.payment_debt, a.accumulated_debt})
    values.push_back(Data::of(Type::Int32, value));
  return Data::structure(std::move(values));
}

/// By an increment; a debt does not go below nothing.
std::uint8_t adjust_debt(std::int64_t& debt, const Data& argument) {
  if (argument.type != Type::Int32) return access::kTypeUnmatched;
  debt = std::max<std::int64_t>(0, debt + argument.number);
  return access::kSuccess;
}

/// Methods of credits and charges; kHardwareFault when the source is none of them.
std::uint8_t act_on_account(const ObjectRow& row, CommandContext& c, const Data& argument) {
  Account& account = c.state.account;
  const auto& source = row.source;
  if (source == "adjust_time_debt_1") return adjust_debt(account.time_debt[0], argument);
  if (source == "adjust_time_debt_2") return adjust_debt(account.time_debt[1], argument);
  if (source == "adjust_payment_debt") return adjust_debt(account.payment_debt, argument);
  if (source == "reset_accumulated") {
    account.accumulated_debt = 0;
    return access::kSuccess;
  }
  if (source == "reset_emergency") {
    account.emergency_active = account.offered_emergency = account.told_exhausted = false;
    account.emergency_left = account.emergency_owed = 0;
    return access::kSuccess;
  }
  if (source == "activate_emergency") {
    const bool active = activate_emergency_credit(c.self.type, c.state, c.now, c.told);
    return active ? access::kSuccess : access::kOtherReason;
  }
  if (source == "activate_rate") {
    activate_now(c.self.type, c.state, row.key());
    return access::kSuccess;
  }
  if (source == "reset_blocks") {
    constexpr std::int64_t kResetScript = 99;
    if (argument.type != Type::Uint16 || argument.number != kResetScript) return access::kTypeUnmatched;
    c.state.registers.block_milli.fill(0);
    return access::kSuccess;
  }
  return access::kHardwareFault;
}

/// A change of payment mode or tariff leaves an entry in the billing data log, one for all that change at once.
void note_change(CommandContext& context, const ObjectKey& trigger) {
  note_billing_change({context.self.type, context.self.twin()}, context.state, trigger, context.now);
}

std::uint8_t set_activation(const ObjectRow& row, CommandContext& context, const Data& value) {
  if (value.type != Type::OctetString) return access::kTypeUnmatched;
  const auto activation = read_activation(value.bytes);
  if (!activation) return access::kTypeUnmatched;
  auto& pending = context.state.pending;
  const std::string trigger = row.key().text();
  // A later command replaces what was waiting; "never" only cancels it.
  pending.erase(std::remove_if(pending.begin(), pending.end(), [&](const Pending& p) { return p.trigger == trigger; }),
                pending.end());
  if (activation->kind == Activation::Kind::Now ||
      (activation->kind == Activation::Kind::At && activation->at <= context.now)) {
    note_change(context, row.key());
    activate_now(context.self.type, context.state, row.key());
  } else if (activation->kind == Activation::Kind::At) {
    pending.push_back(
        {activation->at, trigger, context.command.code, context.command.counter, context.command.originator});
  }
  return access::kSuccess;
}

}  // namespace

std::uint8_t get_object(const ObjectRow& row, CommandContext& c, Data& value) {
  const auto& source = row.source;
  const Registers& r = c.state.registers;
  if (source == "stored" || source == "fixed")
    value = stored_value(c.self.type, c.state, row.key());
  else if (source == "instant_import")
    value = instant_import(r);
  else if (source == "tariff_matrix")
    value = tariff_matrix(r, c.self.twin());
  else if (source == "block_matrix")
    value = block_matrix(r);
  else if (source == "import_wh")
    value = u32(r.import_milli / 1000);
  else if (source == "reactive_varh")
    value = u32(r.reactive_milli / 1000);
  else if (source == "balance")
    value = Data::of(Type::Int32, r.balance);
  else if (source == "supply_state")
    value = Data::of(Type::Enum, static_cast<int>(c.state.supply));
  else if (source == "clock_time")
    value = date_time(c.now);
  else if (source == "clock_status")
    value = Data::of(Type::Uint8, static_cast<int>(c.state.time_status));
  else if (source == "own_id")
    value = Data::octets(c.self.eui.wire());
  else if (source == "firmware")
    value = Data::octets(c.state.firmware);
  else if (source == "own_variant")
    value = Data::text(Type::OctetString, c.self.variant);
  else if (source == "active_price")
    value = u32(active_price(c.state, c.now));
  else if (source == "prepayment_values")
    value = prepayment_values(c.state);
  else if (source == "secondary_price")
    value = u32(secondary_price(c.state, c.now));
  else if (source == "log_status")
    value = log_status(c.self, c.state);
  else
    return access::kHardwareFault;
  return access::kSuccess;
}

std::uint8_t set_object(const ObjectRow& row, CommandContext& c, const Data& value) {
  if (row.source == "activate") return set_activation(row, c, value);
  if (row.source == "load_schedule") return set_load_schedule(row, c, value);
  if (row.source == "behaviours") return set_behaviours(row, c, value);
  if (row.source == "join_time") {
    if (value.type != Type::Uint16) return access::kTypeUnmatched;
    c.state.join_seconds = static_cast<std::uint16_t>(value.number);
    return access::kSuccess;
  }
  if (row.source == "join_enable") return value.type == Type::Boolean ? access::kSuccess : access::kTypeUnmatched;
  if (row.source != "stored") return access::kReadWriteDenied;
  // A value must be of the type the object has; null in the table: any.
  const auto like = dlms::read_data(*from_hex(row.value_hex)).value_or(Data::null());
  if (like.type != Type::Null && like.type != value.type) return access::kTypeUnmatched;
  c.state.stored[row.key().text()] = dlms::write_data(value);
  return access::kSuccess;
}

std::uint8_t act_on_object(const ObjectRow& row, CommandContext& c, const Data& argument, Data& value) {
  const auto& source = row.source;
  if (source == "enter_token")
    return argument.type == Type::OctetString ? enter_token(argument, c) : access::kTypeUnmatched;
  if (source == "load_switch_script")
    return argument.type == Type::Uint16 ? set_supply(c.state, argument.number) : access::kTypeUnmatched;
  if (source == "preset_clock") return preset_clock(argument, c);
  if (source == "adjust_clock")
    return c.state.time_status == TimeStatus::Reliable ? access::kSuccess : access::kOtherReason;
  if (source == "adjust_balance") {
    if (argument.type != Type::Int32) return access::kTypeUnmatched;
    c.state.registers.balance += argument.number;
    return access::kSuccess;
  }
  if (source == "reset_balance") {
    c.state.registers.balance = 0;
    return access::kSuccess;
  }
  if (source == "load_script") return run_load_script(c, argument);
  if (source == "limit_script") return run_limit_script(c, argument);
  if (source == "reset") return reset_register(row, c, argument);
  if (source == "reset_demand") return reset_demand(row, c, argument);
  if (source == "log_add") return log_add(argument, c) ? access::kSuccess : access::kTypeUnmatched;
  if (source == "log_remove") return log_remove(argument, c) ? access::kSuccess : access::kTypeUnmatched;
  if (source == "log_restore") return log_restore(argument, c) ? access::kSuccess : access::kTypeUnmatched;
  if (source == "log_backup" || source == "historic_backup") {
    value = log_backup(c.self, c.state, source == "log_backup" ? c.state.device_log : c.state.historic_log, c.now);
    return access::kSuccess;
  }
  return act_on_account(row, c, argument);
}

}  // namespace meterway::field
