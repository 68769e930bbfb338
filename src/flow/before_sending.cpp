#include "flow/before_sending.h"

#include <algorithm>

#include "flow/authorise/authorise.h"
#include "flow/correlate/correlate.h"
#include "flow/hold/hold.h"
#include "standard/duis/response_body.h"

namespace meterway::flow {
namespace {

using registry::RequestRecord;
constexpr std::chrono::seconds kSoon{1};

Outcome end(const RequestRecord& record, Refusal why, std::string detail, const Context& context) {
  auto outcome = correlate::give_up(RequestRecord(record), why, context);
  outcome.hops.insert(outcome.hops.begin(), Hop{"hold", "stopped", std::move(detail), {}, context.clock.now()});
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

}  // namespace

Result<Verdict> before_sending(RequestRecord& record, const Context& context) {
  Verdict verdict;
  const auto now = context.clock.now();
  const bool follows = record.preceding && !record.released;
  // Only what is dated waits for its date: a clock that was set back holds nothing else up.
  if (!record.dcc_dated && !follows) {
    verdict.go = true;
    return verdict;
  }
  METERWAY_TRY(auto decision, hold::decide(record, context));
  switch (decision.course) {
    case hold::Course::Wait:
      verdict.wake = decision.until;
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
  if (record.dcc_dated) {
    if (const auto allowed = authorise::still_allowed(record, context); !allowed) {
      if (allowed.error().why == Refusal::Busy) {
        verdict.wake = now + kSoon;
        return verdict;
      }
      verdict.ends = end(record, allowed.error().why, allowed.error().detail, context);
      return verdict;
    }
  }
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
