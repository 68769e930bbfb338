#pragma once
#include "field/device/context.h"
#include "field/device/gbz_model.h"
#include "standard/gbcs/zcl.h"

/// The rules that rows of spec/device_commands.tsv name. Each takes one command whose payload has been read and whose
/// time has come, and gives the components that answer it.
namespace meterway::field {

/// ZCL status codes that devices answer with.
enum class GbzStatus : std::uint8_t {
  Success = 0x00,
  Failure = 0x01,
  NotAuthorised = 0x7E,
  Malformed = 0x80,
  UnsupportedCluster = 0x81,
  UnsupportedGeneral = 0x82,
  InvalidField = 0x85,
  UnsupportedAttribute = 0x86,
  InsufficientSpace = 0x89,
  NotFound = 0x8B,
  HardwareFailure = 0xC0,
};

using GbzAnswers = std::vector<gbcs::gbz::Component>;

/// One command while it is carried out.
struct GbzCall {
  const GbzCommandRow& row;
  const gbcs::gbz::Component& request;
  const std::vector<gbcs::zcl::Field>& fields;
  DeviceType device;
  DeviceState& state;
  UtcTime now;
  std::int64_t& open_calendar;        ///< type of the calendar whose parts the message is bringing
  std::vector<Told>& told;            ///< what the account's rules have said
  CommandContext* context = nullptr;  ///< null when a waiting instruction falls due: only those without one may wait

  /// The number in a field; 0 when the payload ends before it.
  std::int64_t number(std::string_view field) const;
  Bytes text(std::string_view field) const;
};

/// The row's answer with this payload.
GbzAnswers gbz_answer(const GbzCall& call, Bytes payload);
GbzAnswers gbz_status(const GbzCall& call, GbzStatus status);
/// A default response to a command; FF as the command when it was not looked at because one before it failed.
gbcs::gbz::Component gbz_default_response(const gbcs::gbz::Component& request, std::uint8_t command, GbzStatus status);

using GbzRule = GbzAnswers (*)(const GbzCall&);
/// Whether the fields of a command make sense, whatever the device holds.
using GbzCheck = bool (*)(const std::vector<gbcs::zcl::Field>& fields);

struct GbzRuleRow {
  std::string_view name;
  GbzRule carry_out;
  GbzRule acknowledge = nullptr;  ///< answers an instruction that is to wait, or waits no longer; null: with success
  GbzCheck sensible = nullptr;    ///< asked of every command of a message before the first is carried out; null: always
};
/// The rules by subject; each file of rules has one list.
std::span<const GbzRuleRow> gbz_attribute_rules();
std::span<const GbzRuleRow> gbz_setting_rules();
std::span<const GbzRuleRow> gbz_calendar_rules();
std::span<const GbzRuleRow> gbz_credit_rules();
std::span<const GbzRuleRow> gbz_event_rules();
std::span<const GbzRuleRow> gbz_log_rules();
/// Null when no list has it, which a test rules out for the rows that there are.
const GbzRuleRow* find_gbz_rule(std::string_view name);

/// Keeps the fields that the row names.
void keep_fields(const GbzCall& call);

/// The first component that makes no sense among the others of its message: a calendar whose weeks name days that it
/// has not, counts that do not agree.
std::optional<std::size_t> first_senseless(const gbcs::gbz::Frames& message);

/// A component for whose sake nothing of its message is carried out.
struct Unfit {
  std::size_t component = 0;
  GbzStatus status = GbzStatus::InvalidField;
};
/// The first of a message that is to change something: one that cannot be read, is not known, or makes no sense by
/// itself or among the others. Reads that fail hinder nobody.
std::optional<Unfit> first_unfit(DeviceType device, MessageCode code, const gbcs::gbz::Frames& message);
/// The switching table that is in force, and the calendar of the hours in which supply is not cut off.
enum class GasCalendar : std::uint8_t { Switching = 0, NonDisablement = 3 };
/// Its seasons, weeks, days and special days; a selector is a tier, or 1 where supply stays on. Empty when none was
/// set.
Tariff read_gas_calendar(const DeviceState& state, GasCalendar which);
/// Calendars that are neither in force nor waited for are forgotten.
void forget_calendars(DeviceState& state);

/// Instructions that wait are kept as Pending with this prefix of the trigger: "zcl/0700/09/05".
inline constexpr std::string_view kGbzTrigger = "zcl/";
/// Carries out every waiting instruction whose time has come and tells whoever asked for it (8F66, 8F67).
void activate_gbz(DeviceType type, DeviceState& state, UtcTime now, std::vector<AlertRequest>& alerts,
                  std::vector<Told>& told);

}  // namespace meterway::field
