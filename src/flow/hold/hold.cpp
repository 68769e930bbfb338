#include "flow/hold/hold.h"

#include "flow/envelope/dating.h"
#include "flow/envelope/deadline.h"
#include "flow/envelope/trace.h"

namespace meterway::flow::hold {
namespace {

using registry::Leg;
using registry::Progress;
using registry::RequestRecord;

enum class Preceding : std::uint8_t { Open, Succeeded, Failed };

/// Of the two legs of an exchange the second decides; a pre-command that nobody has signed yet is no success.
Result<Preceding> state_of(const store::ReadView& view, const RequestId& id) {
  METERWAY_TRY(auto record, registry::find_request(view, id, Leg::SignedPreCommand));
  if (!record) {
    METERWAY_TRY(record, registry::find_request(view, id, Leg::Request));
  }
  if (!record) return Preceding::Open;
  switch (record->progress) {
    case Progress::Answered:
      return record->command_variant == CommandVariant::Transform ? Preceding::Open : Preceding::Succeeded;
    case Progress::Done:
      return record->outcome == "I0" ? Preceding::Succeeded : Preceding::Failed;
    case Progress::Dated:
      return Preceding::Succeeded;  // the device has taken it
    case Progress::Accepted:
    case Progress::Sent:
    case Progress::Handed:
      break;
  }
  return Preceding::Open;
}

Decision give_up(Refusal why, std::string detail) { return {Course::GiveUp, {}, why, std::move(detail)}; }
Decision wait(UtcTime until) { return {Course::Wait, until, {}, {}}; }

}  // namespace

Result<Decision> decide(const RequestRecord& record, const Context& context) {
  std::uint64_t last = 0;
  auto preceding = Preceding::Succeeded;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    if (record.dcc_dated) {
      METERWAY_TRY(last, registry::last_dated(view, record));
    }
    if (record.preceding && !record.released) {
      METERWAY_TRY(preceding, state_of(view, *record.preceding));
    }
    return {};
  }));
  const auto now = context.clock.now();
  if (last > record.transaction) return give_up(Refusal::Superseded, "a later request took its place");
  if (record.dcc_dated && is_never(record.send_at)) return Decision{Course::Cancels, {}, {}, {}};
  if (preceding == Preceding::Failed)
    return give_up(Refusal::Sequence, "request " + record.preceding->text() + " before it failed");
  if (preceding == Preceding::Open) {
    if (now < record.deadline) return wait(record.deadline);
    return give_up(Refusal::Sequence, "request " + record.preceding->text() + " before it did not end in time");
  }
  if (record.dcc_dated && record.send_at > now) return wait(record.send_at);
  if (record.dcc_dated && now > record.send_at + context.settings.dcc_date_allowance)
    return give_up(Refusal::FutureDatedTimeout, "its date, " + to_iso8601(record.send_at, 0) + ", is too long past");
  return Decision{};
}

Status release(RequestRecord& record, const Context& context) {
  record.released = true;
  record.deadline = deadline_from(record, context.clock.now(), context);
  return context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::put_progress(view, record));
    return trace(view, context, record.id.text(),
                 {{"hold", "released", "request " + record.preceding->text() + " before it succeeded", {}, {}}});
  });
}

UtcTime overdue_at(const RequestRecord& record, const Context& context) {
  return record.device_date + context.settings.device_date_allowance;
}

bool is_overdue(const RequestRecord& record, const Context& context) {
  return context.clock.now() >= overdue_at(record, context);
}

}  // namespace meterway::flow::hold
