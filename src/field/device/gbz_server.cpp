#include <algorithm>

#include "base/wire/writer.h"
#include "field/device/context.h"
#include "field/device/faults.h"
#include "field/device/gbz_rules.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

namespace gbz = gbcs::gbz;

constexpr std::uint8_t kReadAttributesResponse = 0x01, kDefaultResponse = 0x0B;
constexpr std::uint8_t kClusterCommand = 0x01, kServerToClient = 0x08;
constexpr std::uint16_t kMetering = 0x0702, kPrepayment = 0x0705;
constexpr std::uint8_t kNotLookedAt = 0xFF;
constexpr std::uint32_t kNever = 0xFFFFFFFE;  ///< and FFFFFFFF; the reference uses both to cancel

std::string trigger_of(const gbz::Component& request) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out(kGbzTrigger);
  const auto put = [&](unsigned value) {
    out += kDigits[value >> 4 & 15];
    out += kDigits[value & 15];
  };
  put(request.cluster >> 8);
  put(request.cluster & 0xFF);
  out += '/';
  put(request.frame_control);
  out += '/';
  put(request.command);
  return out;
}

/// The component that a trigger and its content stand for.
gbz::Component component_of(const Pending& pending) {
  const auto digits = [&](std::size_t at) {
    return static_cast<std::uint8_t>(std::stoul(pending.trigger.substr(at, 2), nullptr, 16));
  };
  gbz::Component out;
  const auto at = kGbzTrigger.size();
  out.cluster = static_cast<std::uint16_t>(digits(at) << 8 | digits(at + 2));
  out.frame_control = digits(at + 5);
  out.command = digits(at + 8);
  out.payload = pending.content;
  return out;
}

/// An instruction that carries a start time other than now: it waits, or is taken back. Later ones of the same use case
/// take the place of earlier ones.
bool put_off(const GbzCall& call) {
  if (call.row.starts.empty()) return false;
  const std::uint32_t start = call.row.starts == "from" ? call.request.from.value_or(gbz::ZigbeeTime{}).seconds
                                                        : static_cast<std::uint32_t>(call.number(call.row.starts));
  const UtcTime at = gbz::ZigbeeTime{start}.utc();
  if (start == 0) return false;
  const auto trigger = trigger_of(call.request);
  const auto& header = call.context->command;
  std::erase_if(call.state.pending, [&](const Pending& p) { return p.trigger == trigger && p.code == header.code; });
  if (start >= kNever) return true;
  if (at <= call.now) return false;
  call.state.pending.push_back({at, trigger, header.code, header.counter, header.originator, call.request.payload});
  return true;
}

/// A command that nobody here knows.
GbzStatus unknown(const gbz::Component& request) {
  const bool general = (request.frame_control & kClusterCommand) == 0;
  return general ? GbzStatus::UnsupportedGeneral : GbzStatus::UnsupportedCluster;
}

GbzAnswers carry_out(const gbz::Component& request, std::int64_t& open_calendar, CommandContext& context) {
  const GbzCommandRow* row = find_gbz_command(context.self.type, context.command.code, request);
  if (row == nullptr) return {gbz_default_response(request, request.command, unknown(request))};
  const auto fields = gbcs::zcl::read_fields(request.cluster, request.frame_control, request.command, request.payload);
  if (!fields) return {gbz_default_response(request, request.command, GbzStatus::Malformed)};
  if (row->cluster != GbzCommandRow::kAnyCluster) {
    const auto* offset = gbcs::zcl::find(*fields, "offset");
    const auto place = offset == nullptr ? std::nullopt : std::optional(offset->number);
    if (const auto fault = fault_of(context.state, request.cluster, request.command, place))
      return {gbz_default_response(request, request.command, static_cast<GbzStatus>(fault))};
  }
  const GbzRuleRow* rule = find_gbz_rule(row->rule);
  if (rule == nullptr) return {gbz_default_response(request, request.command, GbzStatus::UnsupportedCluster)};
  const GbzCall call{*row,        request,       *fields,      context.self.type, context.state,
                     context.now, open_calendar, context.told, &context};
  if (!put_off(call)) return rule->carry_out(call);
  return rule->acknowledge != nullptr ? rule->acknowledge(call) : gbz_status(call, GbzStatus::Success);
}

bool is_default_response(const gbz::Component& answer) {
  return (answer.frame_control & kClusterCommand) == 0 && answer.command == kDefaultResponse;
}

/// What is found out of order ends the message: what follows is not looked at. What is merely not there does not.
bool ends_the_message(const gbz::Component& answer) {
  if (is_default_response(answer)) {
    const auto status = static_cast<GbzStatus>(answer.payload.back());
    return status != GbzStatus::Success && status != GbzStatus::NotFound;
  }
  if ((answer.frame_control & kClusterCommand) != 0 || answer.command != kReadAttributesResponse) return false;
  const auto fields = gbcs::zcl::read_fields(answer.cluster, answer.frame_control, answer.command, answer.payload);
  if (!fields || fields->empty()) return false;
  return std::any_of(fields->front().items.begin(), fields->front().items.end(), [](const auto& item) {
    const auto* status = gbcs::zcl::find(item, "status");
    return status != nullptr && status->number == static_cast<std::int64_t>(GbzStatus::HardwareFailure);
  });
}

/// Readings of meter and account are the consumer's own and go to whoever asked under their key alone; how the tariff's
/// numbers are to be read (cluster 0700) is not encrypted, nor is a refusal.
bool is_private(const gbz::Component& answer, const CommandContext& context) {
  return context.encrypted && (answer.cluster == kMetering || answer.cluster == kPrepayment) &&
         !is_default_response(answer);
}

}  // namespace

std::int64_t GbzCall::number(std::string_view field) const {
  const auto* found = gbcs::zcl::find(fields, field);
  return found == nullptr ? 0 : found->number;
}

Bytes GbzCall::text(std::string_view field) const {
  const auto* found = gbcs::zcl::find(fields, field);
  return found == nullptr ? Bytes() : found->bytes;
}

gbz::Component gbz_default_response(const gbz::Component& request, std::uint8_t command, GbzStatus status) {
  gbz::Component out;
  out.cluster = request.cluster;
  out.sequence = request.sequence;
  // It goes the other way than the request did.
  out.frame_control = (request.frame_control & kServerToClient) != 0 ? 0 : kServerToClient;
  out.command = kDefaultResponse;
  out.payload = {command, static_cast<std::uint8_t>(status)};
  return out;
}

GbzAnswers gbz_status(const GbzCall& call, GbzStatus status) {
  return {gbz_default_response(call.request, call.request.command, status)};
}

GbzAnswers gbz_answer(const GbzCall& call, Bytes payload) {
  if (call.row.default_answer) return gbz_status(call, GbzStatus::Success);
  gbz::Component out;
  out.cluster = call.request.cluster;
  out.sequence = call.request.sequence;
  out.frame_control = call.row.answer_frame_control;
  out.command = call.row.answer_command;
  out.payload = std::move(payload);
  return {std::move(out)};
}

const GbzRuleRow* find_gbz_rule(std::string_view name) {
  for (const auto rules : {gbz_attribute_rules(), gbz_setting_rules(), gbz_calendar_rules(), gbz_credit_rules(),
                           gbz_event_rules(), gbz_log_rules()}) {
    for (const auto& row : rules) {
      if (row.name == name) return &row;
    }
  }
  return nullptr;
}

std::optional<Unfit> first_unfit(DeviceType device, MessageCode code, const gbz::Frames& message) {
  const auto senseless = first_senseless(message);
  std::optional<Unfit> unread;
  bool changes = false;
  for (std::size_t i = 0; i < message.components.size(); ++i) {
    const auto& c = message.components[i];
    const GbzCommandRow* row = find_gbz_command(device, code, c);
    // What is answered by a status alone is no read.
    changes = changes || (row != nullptr && row->default_answer);
    if (row == nullptr) {
      if (!unread) unread = {i, unknown(c)};
      continue;
    }
    const auto fields = gbcs::zcl::read_fields(c.cluster, c.frame_control, c.command, c.payload);
    const GbzRuleRow* rule = find_gbz_rule(row->rule);
    if (!fields && !unread) unread = {i, GbzStatus::Malformed};
    if (senseless == i || (fields && rule != nullptr && rule->sensible != nullptr && !rule->sensible(*fields)))
      return unread && changes ? unread : Unfit{i, GbzStatus::InvalidField};
  }
  return changes ? unread : std::nullopt;
}

Result<Bytes> serve_gbz(ByteView content, CommandContext& context) {
  METERWAY_TRY(const auto request, gbz::read_frames(content));
  for (const auto& component : request.components) {
    if (component.encrypted_counter) return fail(ErrorCode::BadValue, 0, "encrypted command");
  }
  gbz::Frames response;
  // Ours: of a message with a part that makes no sense nothing is carried out, so that no half of a change remains.
  const auto unfit = first_unfit(context.self.type, context.command.code, request);
  bool ended = unfit.has_value();
  std::uint8_t encrypted = 0;
  std::int64_t open_calendar = 0;
  for (std::size_t i = 0; i < request.components.size(); ++i) {
    const auto& component = request.components[i];
    GbzAnswers answers;
    if (unfit && unfit->component == i) {
      answers = {gbz_default_response(component, component.command, unfit->status)};
    } else if (ended) {
      answers = {gbz_default_response(component, kNotLookedAt, GbzStatus::Failure)};
    } else {
      answers = carry_out(component, open_calendar, context);
      ended = std::any_of(answers.begin(), answers.end(), ends_the_message);
    }
    for (auto& answer : answers) {
      if (is_private(answer, context)) {
        if (context.encryption == nullptr) {
          answer = gbz_default_response(component, component.command, GbzStatus::NotAuthorised);
        } else {
          answer.payload = gbcs::encrypt_attribute(*context.encryption, context.self.eui, answer.payload);
          answer.encrypted_counter = encrypted++;
        }
      }
      response.components.push_back(std::move(answer));
    }
  }
  context.done = !ended;
  forget_calendars(context.state);
  return gbz::write_frames(response);
}

void activate_gbz(DeviceType type, DeviceState& state, UtcTime now, std::vector<AlertRequest>& alerts,
                  std::vector<Told>& told) {
  constexpr std::uint16_t kActioned = 0x8F66, kNotActioned = 0x8F67;
  constexpr MessageCode kOutcome{0x00CD};
  const auto falls_due = [&](const Pending& p) { return p.at <= now && p.trigger.starts_with(kGbzTrigger); };
  std::vector<Pending> due;
  std::copy_if(state.pending.begin(), state.pending.end(), std::back_inserter(due), falls_due);
  if (due.empty()) return;
  std::erase_if(state.pending, falls_due);
  std::int64_t open_calendar = 0;
  for (const auto& p : due) {
    const auto request = component_of(p);
    const GbzCommandRow* row = find_gbz_command(type, p.code, request);
    const auto fields =
        gbcs::zcl::read_fields(request.cluster, request.frame_control, request.command, request.payload);
    const GbzRuleRow* rule = row == nullptr ? nullptr : find_gbz_rule(row->rule);
    bool done = false;
    const bool sensible = rule != nullptr && fields && (rule->sensible == nullptr || rule->sensible(*fields));
    if (sensible && fault_of(state, request.cluster, request.command) == 0) {
      const auto answers = rule->carry_out({*row, request, *fields, type, state, p.at, open_calendar, told});
      done = std::none_of(answers.begin(), answers.end(), ends_the_message);
    }
    // length 14 | message code:2 | originator counter:8 | cluster:2 | frame control:1 | command:1
    wire::Writer which;
    which.u8(14).u16(p.code.value).u64(p.counter.value).u16(request.cluster);
    which.u8(request.frame_control).u8(request.command);
    AlertRequest alert{done ? kActioned : kNotActioned, kOutcome, p.signer, true, {}, which.take()};
    alert.count = 1;
    alerts.push_back(std::move(alert));
  }
  forget_calendars(state);
}

}  // namespace meterway::field
