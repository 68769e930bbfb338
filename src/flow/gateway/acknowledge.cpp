#include "flow/gateway/acknowledge.h"

#include "flow/envelope/dating.h"
#include "flow/envelope/response.h"
#include "flow/envelope/trace.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::gateway {
namespace {

using registry::CounterKind;
using registry::Leg;
using registry::Progress;
using registry::RequestRecord;

RequestRecord record_of(const AuthorisedRequest& authorised) {
  const auto& verified = authorised.verified;
  RequestRecord record;
  record.id = record.header = verified.request.id;
  record.leg = verified.leg;
  record.digest = verified.digest;
  record.service_reference = verified.request.service_reference;
  record.service = verified.request.service_reference_variant;
  record.command_variant = verified.request.command_variant;
  record.received_at = verified.received.received_at;
  record.document = verified.received.document;
  return record;
}

void take_message(RequestRecord& record, const gbcs::Message& message, std::string use_case) {
  record.use_case = std::move(use_case);
  record.message = gbcs::write_message(message);
  record.header = {message.header.originator, message.header.target, message.header.counter};
  record.code = message.header.code;
}

/// The date that the DCC keeps; none when the device does, or when nobody has to: what lies in the past goes at once.
/// In a signed pre-command it stands beside the payload, which may have its own.
std::optional<UtcTime> dcc_date(const Command& command, UtcTime now) {
  const auto& request = command.request.verified.request;
  const auto dating = command.request.service->future_dating;
  const bool ours = is_signed(request.command_variant)
                        ? !command.device_date
                        : dating == duis::FutureDating::Dcc || dating == duis::FutureDating::Either;
  const auto text = request.body.text_at("ExecutionDateTime");
  const auto time = from_iso8601(text);
  if (!ours || text.empty() || !time || *time <= now) return std::nullopt;
  return *time;
}

/// Commands of one date do not all go at one moment: each device has its place in the spread, always the same.
std::chrono::milliseconds place_in_spread(Eui64 device, std::chrono::milliseconds spread) {
  if (spread.count() <= 0) return std::chrono::milliseconds(0);
  auto mixed = device.value() * 0x9E3779B97F4A7C15ull;
  mixed ^= mixed >> 32;
  return std::chrono::milliseconds(static_cast<std::int64_t>(mixed % static_cast<std::uint64_t>(spread.count())));
}

void set_times(RequestRecord& record, const Command& command, const Context& context) {
  record.send_at = record.received_at;
  if (const auto date = dcc_date(command, context.clock.now())) {
    record.dcc_dated = true;
    record.send_at = *date;
    if (!is_never(*date)) record.send_at += place_in_spread(record.id.target, context.settings.dated_spread);
  }
  record.deadline = record.send_at + context.settings.reach_timeout;
  record.preceding = command.request.verified.request.preceding;
  if (record.preceding) record.deadline = record.send_at + context.settings.sequence_timeout;
  if (command.device_date) record.device_date = *command.device_date;
  record.total_instructions = command.instructions;
}

/// What makes no sense: a command that the User takes to the device himself waits for nobody; a sequence is one User's.
Step<void> check_waits(const RequestRecord& record, bool local) {
  if (local && record.dcc_dated)
    return refuse(Refusal::Senseless, "ExecutionDateTime: a command for local delivery is not held by the DCC");
  if (!record.preceding) return {};
  if (local) return refuse(Refusal::Senseless, "PrecedingServiceRequestID: a command for local delivery is not held");
  if (record.preceding->originator != record.id.originator || *record.preceding == record.id)
    return refuse(Refusal::Senseless, "PrecedingServiceRequestID is not an earlier request of the same User");
  return {};
}

Result<std::string> write_answer(const RequestRecord& record, std::string_view code,
                                 std::optional<duis::Element> content, const Context& context) {
  duis::Response answer;
  answer.request_id = record.id;
  answer.code = code;
  answer.body = duis::response_message(record.service_reference, record.service, std::move(content));
  return sign_response(std::move(answer), context);
}

Status store_counters(store::WriteView& view, const RequestRecord& record, const Context& context) {
  if (record.leg == Leg::Request) {
    METERWAY_CHECK(registry::advance_counter(
        view, record.id, record.service == "2.2" ? CounterKind::Prepayment : CounterKind::Ordinary));
  }
  if (record.header.originator == context.broker && record.leg == Leg::Request && record.header != record.id) {
    // A counter of the broker's own that another thread has overtaken is not the User's fault.
    if (!registry::advance_counter(view, record.header, CounterKind::Ordinary))
      return fail(ErrorCode::Full, 0, "counter of the broker");
  }
  return {};
}

Step<Acknowledged> commit(RequestRecord&& record, const Context& context, std::vector<Hop> hops) {
  Acknowledged out{record.answer, std::nullopt, record.leg};
  if (record.progress == Progress::Accepted) out.onward = record.id;
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto earlier, registry::find_earlier(view, record.id, record.leg));
    if (earlier) {  // the same request twice at once: the other thread answered it
      if (earlier->digest != record.digest) return fail(ErrorCode::Conflict, 0, "RequestID");
      out.answer = earlier->answer;
      out.onward.reset();
      return {};
    }
    METERWAY_CHECK(store_counters(view, record, context));
    if (record.progress == Progress::Accepted) {
      METERWAY_TRY(record.transaction, registry::next_transaction(view));
      if (record.dcc_dated && (context.settings.later_dated_supersedes || is_never(record.send_at)))
        METERWAY_CHECK(registry::put_last_dated(view, record));
    }
    METERWAY_CHECK(registry::put_request(view, record));
    return trace(view, context, record.id.text(), hops);
  });
  if (stored) return out;
  if (stored.error().code == ErrorCode::StaleCounter)
    return refuse(Refusal::StaleCounter,
                  "a counter as great as " + std::to_string(record.id.counter.value) + " was used before");
  if (stored.error().code == ErrorCode::Conflict)
    return refuse(Refusal::RequestIdReused, "this RequestID came before with other content");
  return refuse(stored.error());
}

std::string service_words(const RequestRecord& record) {
  return "service " + record.service + (record.use_case.empty() ? "" : " as " + record.use_case);
}

}  // namespace

Step<Acknowledged> acknowledge(PreCommand&& made, const Context& context) {
  auto record = record_of(made.request);
  take_message(record, made.message, made.use_case);
  auto answer = write_answer(record, "I0", duis::pre_command(context.settings.gbcs_version, record.message), context);
  if (!answer) return refuse(answer.error());
  record.answer = std::move(*answer);
  auto hops = std::move(made.request.verified.received.hops);
  hops.push_back({"transform", "pre-command", service_words(record), record.message});
  hops.push_back({"gateway", "answered", "I0, a pre-command to be signed", {}});
  return commit(std::move(record), context, std::move(hops));
}

Step<Acknowledged> acknowledge(Command&& command, const Context& context) {
  auto record = record_of(command.request);
  take_message(record, command.message, command.use_case);
  record.critical = command.critical;
  record.cin = command.cin;
  set_times(record, command, context);
  const bool local = !command.local.empty();
  const bool sent = is_sent(record.command_variant);
  if (auto checked = check_waits(record, local); !checked) return Unexpected<Refused>{checked.error()};
  record.progress = sent ? Progress::Accepted : Progress::Handed;
  std::optional<duis::Element> content;
  if (local) content = duis::local_command(command.local);
  auto answer = write_answer(record, local ? "I0" : "I99", std::move(content), context);
  if (!answer) return refuse(answer.error());
  record.answer = std::move(*answer);
  const bool signed_by_user = record.leg == Leg::SignedPreCommand;
  auto hops = std::move(command.request.verified.received.hops);
  hops.push_back({signed_by_user ? "dispatch" : "transform", signed_by_user ? "matched" : "command",
                  service_words(record), record.message});
  if (local) {
    hops.push_back(
        {"dispatch", "protected", "MAC of the access control broker, for local delivery", std::move(command.local)});
  }
  std::string told = local ? "I0, with the command for local delivery" : "I99";
  if (command.device_date && !is_never(*command.device_date))
    told += ", for the device to keep until " + to_iso8601(*command.device_date, 0);
  if (is_held(record)) told += held_words(record);
  hops.push_back({"gateway", sent ? "accepted" : "answered", std::move(told), {}});
  return commit(std::move(record), context, std::move(hops));
}

Step<Acknowledged> acknowledge(DccAnswer&& made, const Context& context) {
  auto record = record_of(made.request);
  const auto code = !made.code.empty() ? made.code : std::string_view(made.content ? "I0" : "I99");
  auto answer = write_answer(record, code, std::move(made.content), context);
  if (!answer) return refuse(answer.error());
  record.answer = std::move(*answer);
  auto hops = std::move(made.request.verified.received.hops);
  hops.push_back({"answer", "answered", service_words(record) + ", " + std::string(code), {}});
  return commit(std::move(record), context, std::move(hops));
}

}  // namespace meterway::flow::gateway
