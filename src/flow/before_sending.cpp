#include "flow/before_sending.h"

#include <algorithm>

#include "flow/authorise/authorise.h"
#include "flow/command_context.h"
#include "flow/correlate/correlate.h"
#include "flow/dispatch/dispatch.h"
#include "flow/envelope/awaited_signature.h"
#include "flow/envelope/deadline.h"
#include "flow/envelope/decision_line.h"
#include "flow/hold/hold.h"
#include "flow/quarantine/quarantine.h"
#include "standard/duis/response_body.h"

namespace meterway::flow {
namespace {

using registry::RequestRecord;
constexpr std::chrono::seconds kSoon{1};
constexpr std::chrono::hours kBehind{24};  // it is looked at when the one before it is decided on

Outcome end(const RequestRecord& record, Refusal why, std::string detail, const Context& context) {
  auto outcome = correlate::give_up(RequestRecord(record), why, context);
  outcome.hops.insert(outcome.hops.begin(), Hop{"hold", "stopped", std::move(detail), {}, context.clock.now()});
  return outcome;
}

/// What access control refuses by then is counted in the audit like what it refuses at once.
Outcome end_by_access(const RequestRecord& record, const Refused& refused, const Context& context) {
  auto outcome = end(record, refused.why, refused.detail, context);
  if (is_of_access(refused.why)) {
    outcome.change = [id = record.id, service = record.service, refused, now = context.clock.now()](
                         store::WriteView& view) { return append_refusal(view, id, service, refused, now); };
  }
  return outcome;
}

/// A request sent to take back others has done so.
Outcome end_of_cancellation(const RequestRecord& record, const Context& context) {
  Outcome out;
  out.user = record.id.originator;
  out.trace_key = record.id.text();
  out.response_code = "I0";
  out.body = duis::response_message(record.service_reference, record.service);
  out.hops.push_back({"hold", "cancelled", "what this User had dated for the device", {}, context.clock.now()});
  out.request = record;
  return out;
}

/// True when the User may still ask for it; otherwise the verdict says what is to happen.
bool is_still_allowed(const RequestRecord& record, const Context& context, Verdict& verdict) {
  const auto allowed = authorise::still_allowed(record, context);
  if (allowed) return true;
  if (allowed.error().why == Refusal::Busy) {
    verdict.wake = context.clock.now() + kSoon;
  } else {
    verdict.ends = end_by_access(record, allowed.error(), context);
  }
  return false;
}

/// Whoever has lost the device before the date has come hears so now: it is not to wait for another's meter.
void end_if_lost(const RequestRecord& record, const Context& context, Verdict& verdict) {
  const auto allowed = authorise::still_allowed(record, context);
  if (allowed || allowed.error().why != Refusal::NotResponsible) return;
  verdict.ends = end_by_access(record, allowed.error(), context);
}

/// A command for local delivery that was held: the User gets it now. Where it is to go over the WAN as well, that
/// follows.
Result<Outcome> local_command(const RequestRecord& record, const Context& context) {
  METERWAY_TRY(auto message, gbcs::read_message(record.message));
  METERWAY_TRY(const auto bytes, dispatch::protect(message, record.critical, context));
  Outcome out;
  out.user = record.id.originator;
  out.trace_key = record.id.text();
  out.response_code = "I0";
  out.body = duis::response_message(record.service_reference, record.service, duis::local_command(bytes));
  out.alert_key = "released:" + record.id.text() + ":" + std::to_string(static_cast<int>(record.leg));
  out.becomes = is_sent(record.command_variant) ? registry::Progress::Accepted : registry::Progress::Handed;
  out.hops.push_back({"quarantine", "let go", "with the command for local delivery", bytes, context.clock.now()});
  out.request = record;
  out.request->held = false;
  out.request->deadline = deadline_from(*out.request, context.clock.now(), context);
  return out;
}

/// True when it may go on.
Result<bool> leaves_quarantine(RequestRecord& record, const Context& context, bool behind, Verdict& verdict) {
  METERWAY_TRY(auto decision, quarantine::decide(record, context));
  switch (decision.course) {
    case quarantine::Decision::Course::Wait:
      if (decision.untold) verdict.quarantined = decision.item;
      verdict.tell = std::move(decision.tell);
      verdict.wake = decision.until;
      return false;
    case quarantine::Decision::Course::End: {
      auto ended = record;
      ended.held = false;
      verdict.ends = end(ended, *decision.why, std::move(decision.detail), context);
      return false;
    }
    case quarantine::Decision::Course::Go:
      break;
  }
  if (behind) {
    verdict.wake = context.clock.now() + kBehind;
    return false;
  }
  if (!is_still_allowed(record, context, verdict)) return false;
  METERWAY_CHECK(number_again(record, context));
  if (is_local(record.command_variant)) {
    METERWAY_TRY(auto outcome, local_command(record, context));
    verdict.tell.push_back(std::move(outcome));
    verdict.wake = context.clock.now();
    return false;
  }
  METERWAY_CHECK(quarantine::let_go(record, context));
  return true;
}

}  // namespace

Result<Verdict> before_sending(RequestRecord& record, const Context& context, bool behind) {
  Verdict verdict;
  if (record.held) {
    METERWAY_TRY(const bool leaves, leaves_quarantine(record, context, behind, verdict));
    if (!leaves) return verdict;
  }
  if (awaits_signature(record, context)) {
    METERWAY_TRY(const auto why, why_not_signed(record.id, context));
    verdict.wake = record.deadline;
    if (why) {
      verdict.ends =
          end(record, Refusal::SignatureRefused, "the transitional change of supplier party: " + *why, context);
      verdict.ends->change = [id = record.id](store::WriteView& view) { return forget_unsigned(view, id); };
    } else if (context.clock.now() >= record.deadline) {
      verdict.ends =
          end(record, Refusal::NoAnswer, "the transitional change of supplier party has not signed", context);
      verdict.ends->change = [id = record.id](store::WriteView& view) { return forget_unsigned(view, id); };
    }
    return verdict;
  }
  const bool follows = record.preceding && !record.released;
  // Only what is dated waits for its date: a clock that was set back holds nothing else up.
  if (!record.dcc_dated && !follows) {
    // Of what a schedule makes nobody has asked yet whether its User may still ask for it.
    verdict.go = record.schedule == 0 || is_still_allowed(record, context, verdict);
    return verdict;
  }
  METERWAY_TRY(auto decision, hold::decide(record, context));
  switch (decision.course) {
    case hold::Course::Wait:
      verdict.wake = decision.until;
      if (record.dcc_dated) end_if_lost(record, context, verdict);
      return verdict;
    case hold::Course::GiveUp:
      verdict.ends = end(record, decision.why, std::move(decision.detail), context);
      return verdict;
    case hold::Course::Cancels:
      verdict.ends = end_of_cancellation(record, context);
      return verdict;
    case hold::Course::Go:
      break;
  }
  if (follows) METERWAY_CHECK(hold::release(record, context));
  if (record.dcc_dated && !is_still_allowed(record, context, verdict)) return verdict;
  verdict.go = true;
  return verdict;
}

Result<Silent> silent_on_their_date(Eui64 device, const Context& context) {
  std::vector<RequestRecord> dated;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(dated, registry::dated_requests_of(view, device));
    return {};
  });
  METERWAY_CHECK(read);
  Silent silent;
  for (const auto& record : dated) {
    if (hold::is_overdue(record, context)) {
      silent.ends.push_back(end(record, Refusal::FutureDatedTimeout, "the device did not report on its date", context));
    } else {
      const auto at = hold::overdue_at(record, context);
      silent.wake = silent.wake ? std::min(*silent.wake, at) : at;
    }
  }
  return silent;
}

}  // namespace meterway::flow
