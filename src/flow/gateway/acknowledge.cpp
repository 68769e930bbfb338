#include "flow/gateway/acknowledge.h"

#include "flow/deliver/deliver.h"
#include "flow/envelope/awaited_signature.h"
#include "flow/envelope/dating.h"
#include "flow/envelope/deadline.h"
#include "flow/envelope/decision_line.h"
#include "flow/envelope/response.h"
#include "flow/envelope/trace.h"
#include "flow/quarantine/quarantine.h"
#include "records/registry/certificates.h"
#include "records/registry/request_index.h"
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

void set_times(RequestRecord& record, const Command& command, const Context& context) {
  record.send_at = record.received_at;
  if (const auto date = dcc_date(command, context.clock.now())) {
    record.dcc_dated = true;
    record.send_at = *date;
    if (!is_never(*date)) record.send_at += place_in_spread(record.id.target.value(), context.settings.dated_spread);
  }
  record.preceding = command.request.verified.request.preceding;
  record.deadline = deadline_from(record, record.send_at, context);
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
  const bool own =
      record.header.originator == context.broker || record.header.originator == context.settings.transitional_cos;
  if (own && record.leg == Leg::Request && record.header != record.id) {
    // A counter of the DCC's own that another thread has overtaken is not the User's fault.
    if (!registry::advance_counter(view, record.header, CounterKind::Ordinary))
      return fail(ErrorCode::Full, 0, "counter of the broker");
  }
  return {};
}

/// What a command is weighed by (records/anomaly), and what may come of it: the answer to one for local delivery holds
/// the command, so it must not be given where it is held.
struct Weighing {
  enum class May : std::uint8_t { Both, Pass, Hold } may = May::Both;
  const duis::Element* body = nullptr;  ///< what is asked for; of a signed pre-command the first leg has it
  bool otherwise = false;               ///< set: it came out as it may not, and nothing was stored
};

Result<duis::Element> body_of(const store::ReadView& view, const RequestRecord& record, const Weighing& weighing) {
  if (record.leg == Leg::Request) return *weighing.body;
  METERWAY_TRY(const auto first, registry::find_request(view, record.id, Leg::Request));
  auto asked = first ? duis::read_request(first->document) : duis::read_request(std::string_view());
  if (!asked) return fail(ErrorCode::Database, 0, "request of a signed pre-command");
  return std::move(asked->body);
}

Status weigh(store::WriteView& view, RequestRecord& record, Weighing& weighing, const Context& context,
             std::vector<Hop>& hops) {
  METERWAY_TRY(const bool held, quarantine::weigh(
                                    view, record, [&] { return body_of(view, record, weighing); }, context, hops));
  if (weighing.may != (held ? Weighing::May::Pass : Weighing::May::Hold)) return {};
  weighing.otherwise = true;
  return fail(ErrorCode::Full, 0, "anomaly detection");
}

constexpr MessageCode kUpdateDeviceCertificate{0x000B};  // CS02d, of 6.15.2

/// The certificate that a device is about to be told to take. From now on the device is believed by it as well: its
/// answer may be lost, or be the last that the old key signs. What the device will refuse is of no interest here.
Status expect_device_certificate(store::WriteView& view, const RequestRecord& record) {
  if (record.code != kUpdateDeviceCertificate || record.leg != Leg::SignedPreCommand) return {};
  const auto message = gbcs::read_message(record.message);
  const auto certificate =
      message ? pki::parse_certificate(message->content) : fail(ErrorCode::BadCertificate, 0, "device certificate");
  if (!certificate || certificate->device_eui != record.header.target) return {};
  const bool signing = certificate->key_usage == pki::kUsageDigitalSignature;
  if (!signing && certificate->key_usage != pki::kUsageKeyAgreement) return {};
  const auto expected = registry::expect_certificate(
      view, *certificate, signing ? pki::KeyUse::DigitalSignature : pki::KeyUse::KeyAgreement);
  if (!expected && expected.error().code != ErrorCode::Conflict) return expected;  // another's serial number
  return {};
}

/// What an answer of the DCC does besides, and why it does not.
struct Doing {
  const Effect& effect;
  const AuthorisedRequest& request;
  std::vector<deliver::Place>& places;
  std::optional<Refused> refused{};
};

Status carry_out(store::WriteView& view, Doing& doing, const Context& context, std::vector<Hop>& hops) {
  Effects effects;
  doing.places.clear();
  if (auto done = doing.effect(view, doing.request, effects); !done) {
    doing.refused = std::move(done.error());
    return fail(ErrorCode::Refused, 0, "request");
  }
  for (auto& one : effects.tell) {
    METERWAY_TRY(const auto places, deliver::store_outcome(view, std::move(one), context));
    doing.places.insert(doing.places.end(), places.begin(), places.end());
  }
  for (auto& hop : effects.hops) hops.push_back(std::move(hop));
  return {};
}

Step<Acknowledged> commit(RequestRecord&& record, const Context& context, std::vector<Hop> hops,
                          Weighing* weighing = nullptr, Doing* doing = nullptr, const audit::Entry* line = nullptr) {
  Acknowledged out{record.answer, std::nullopt, record.leg};
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto earlier, registry::find_earlier(view, record.id, record.leg));
    if (earlier) {  // the same request twice at once: the other thread answered it
      if (earlier->digest != record.digest) return fail(ErrorCode::Conflict, 0, "RequestID");
      out.answer = earlier->answer;
      out.onward.reset();
      return {};
    }
    METERWAY_CHECK(store_counters(view, record, context));
    if (weighing != nullptr) METERWAY_CHECK(weigh(view, record, *weighing, context, hops));
    if (record.progress == Progress::Accepted) {
      out.onward = record.id;
      METERWAY_TRY(record.transaction, registry::next_transaction(view));
      if (record.dcc_dated && (context.settings.later_dated_supersedes || is_never(record.send_at)))
        METERWAY_CHECK(registry::put_last_dated(view, record));
    }
    if (doing != nullptr) METERWAY_CHECK(carry_out(view, *doing, context, hops));
    if (line != nullptr) METERWAY_CHECK(audit::append(view, *line));
    METERWAY_CHECK(registry::put_request(view, record));
    METERWAY_CHECK(registry::note_request(view, {record.received_at, record.id, record.leg, record.service, {}}, true));
    METERWAY_CHECK(note_unsigned(view, record, context));
    METERWAY_CHECK(expect_device_certificate(view, record));
    return trace(view, context, record.id.text(), hops);
  });
  if (stored && record.code == kUpdateDeviceCertificate) context.certificates.forget(record.header.target);
  if (stored) return out;
  if (doing != nullptr && doing->refused) return Unexpected<Refused>{std::move(*doing->refused)};
  if (stored.error().code == ErrorCode::StaleCounter)
    return refuse(Refusal::StaleCounter,
                  "a counter as great as " + std::to_string(record.id.counter.value) + " was used before");
  if (stored.error().code == ErrorCode::Conflict)
    return refuse(Refusal::RequestIdReused, "this RequestID came before with other content");
  return refuse(stored.error());
}

/// What goes by leave of a correction case is the one request that stands in the audit though it changes nothing here.
std::optional<audit::Entry> line_by_leave(const AuthorisedRequest& request, UtcTime now) {
  if (request.leave.empty()) return std::nullopt;
  const auto& id = request.verified.request.id;
  auto line = line_of(id, request.service->variant, ", by leave of " + request.leave + request.decided, now);
  line.party = request.user.name;
  line.about = "device:" + id.target.plain();
  line.outcome = "accepted";
  return line;
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
  const auto line = line_by_leave(command.request, context.clock.now());
  Weighing weighing;
  weighing.body = &command.request.verified.request.body;
  if (local) weighing.may = Weighing::May::Pass;
  auto kept = local ? record : RequestRecord();
  const bool signed_by_user = record.leg == Leg::SignedPreCommand;
  auto hops = std::move(command.request.verified.received.hops);
  hops.push_back({signed_by_user ? "dispatch" : "transform", signed_by_user ? "matched" : "command",
                  service_words(record), record.message});
  auto if_held = hops;
  if (local) {
    hops.push_back(
        {"dispatch", "protected", "MAC of the access control broker, for local delivery", std::move(command.local)});
  }
  if (awaits_signature(record, context) && local)
    return refuse(Refusal::NoLocalCommand, "the command is another party's to sign");
  std::string told = local ? "I0, with the command for local delivery" : "I99";
  if (command.device_date && !is_never(*command.device_date))
    told += ", for the device to keep until " + to_iso8601(*command.device_date, 0);
  if (is_held(record)) told += held_words(record);
  hops.push_back({"gateway", sent ? "accepted" : "answered", std::move(told), {}});
  auto done = commit(std::move(record), context, std::move(hops), &weighing, nullptr, line ? &*line : nullptr);
  if (done || !local || !weighing.otherwise) return done;
  // It is too much: the User hears I99, and gets the command when it is released.
  auto held_answer = write_answer(kept, "I99", std::nullopt, context);
  if (!held_answer) return refuse(held_answer.error());
  kept.answer = std::move(*held_answer);
  if_held.push_back({"gateway", "accepted", "I99", {}});
  weighing.may = Weighing::May::Hold;
  return commit(std::move(kept), context, std::move(if_held), &weighing, nullptr, line ? &*line : nullptr);
}

Step<Acknowledged> acknowledge(DccAnswer&& made, const Context& context, std::vector<deliver::Place>& places) {
  auto record = record_of(made.request);
  const auto code = !made.code.empty() ? made.code : std::string_view(made.content ? "I0" : "I99");
  auto answer = write_answer(record, code, std::move(made.content), context);
  if (!answer) return refuse(answer.error());
  record.answer = std::move(*answer);
  auto hops = std::move(made.request.verified.received.hops);
  hops.push_back({"answer", "answered", service_words(record) + ", " + std::string(code), {}});
  Doing doing{made.effect, made.request, places};
  return commit(std::move(record), context, std::move(hops), nullptr, made.effect ? &doing : nullptr);
}

}  // namespace meterway::flow::gateway
