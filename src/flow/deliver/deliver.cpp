#include "flow/deliver/deliver.h"

#include <algorithm>

#include "flow/envelope/dating.h"
#include "flow/envelope/decision_line.h"
#include "flow/envelope/response.h"
#include "flow/envelope/trace.h"
#include "records/registry/device_past.h"
#include "records/registry/trace_reader.h"
#include "records/store/event_log.h"

namespace meterway::flow::deliver {
namespace {

constexpr std::string_view kAlerts = "alert";  // alerts that have been told, so that a repeat is not

/// What is to be written for one outcome; signed before the transaction, as signing takes time.
struct Prepared {
  Outcome* outcome = nullptr;
  std::optional<DeliveryId> id;  ///< none when nobody is to be told
  UtcTime due{};
  Letter letter;
};

/// False when the outcome was written before.
Result<bool> take_request(store::WriteView& view, Outcome& outcome) {
  if (!outcome.alert_key.empty()) {
    METERWAY_TRY(const auto told, view.get(kAlerts, outcome.alert_key));
    if (told) return false;
    METERWAY_CHECK(view.put(kAlerts, outcome.alert_key, ""));
  }
  if (!outcome.request) return true;
  METERWAY_TRY(const auto now, registry::find_request(view, outcome.request->id, outcome.request->leg));
  const bool alert = !outcome.alert_key.empty();
  if (!alert && now && (now->progress == registry::Progress::Done || now->progress == outcome.becomes)) return false;
  outcome.request->progress = outcome.becomes;
  if (!alert) outcome.request->outcome = outcome.response_code;
  METERWAY_CHECK(now ? registry::put_progress(view, *outcome.request) : registry::put_request(view, *outcome.request));
  return true;
}

Result<std::string> write_document(const Outcome& outcome, const Context& context) {
  duis::Response response;
  if (outcome.request) response.request_id = outcome.request->id;
  response.response_id = outcome.response_id;
  response.code = outcome.response_code;
  response.body = outcome.body;
  return sign_response(std::move(response), context);
}

DeliveryClass class_of(const Outcome& outcome) {
  if (outcome.delivery_class) return *outcome.delivery_class;
  if (outcome.request && outcome.request->schedule != 0) return DeliveryClass::Scheduled;
  return outcome.request ? class_of_service(outcome.request->service) : DeliveryClass::Alert;
}

Status prepare(Outcome& outcome, UtcTime now, const Context& context, std::vector<Prepared>& out) {
  Prepared one;
  one.outcome = &outcome;
  if (outcome.user) {
    one.id = DeliveryId{*outcome.user, class_of(outcome), now, context.random.next_u64()};
    one.due = now;
    if (outcome.request) one.due = std::max(now, outcome.request->received_at + context.settings.delivery.least_delay);
    one.letter.trace_key = outcome.trace_key;
    METERWAY_TRY(one.letter.document, write_document(outcome, context));
  }
  out.push_back(std::move(one));
  for (auto& also : outcome.also) METERWAY_CHECK(prepare(also, now, context, out));
  return {};
}

/// By whom: the User who asked for what was answered, or the device that reports of itself.
registry::Cause cause_of(const Outcome& outcome, const Context& context) {
  const auto who = outcome.request       ? name_of_user(outcome.request->id.originator)
                   : outcome.response_id ? "device-" + outcome.response_id->originator.plain()
                                         : std::string("platform");
  return {context.clock.now(), outcome.cause, who};
}

/// What a request has changed in the inventory, by the rule and the facts of its own event.
Status audit_change(store::WriteView& view, const Outcome& outcome, std::string what, UtcTime now) {
  const auto& request = *outcome.request;
  std::string decided;
  METERWAY_TRY(const auto events, store::events_of(view, request.id.text()));
  for (const auto& event : events) {
    if (const auto found = decision_in(event.detail); !found.empty()) decided = found;
  }
  auto line = line_of(request.id, request.service, decided, now);
  METERWAY_TRY(const auto user, registry::find_user(view, request.id.originator));
  if (user) line.party = user->name;
  line.about = "device:" + request.header.target.plain();
  line.outcome = "done";
  line.detail += what;
  return audit::append(view, std::move(line));
}

Status write_down(store::WriteView& view, const Prepared& one, const Context& context, std::vector<Place>& places) {
  const auto& outcome = *one.outcome;
  auto hops = outcome.hops;
  std::string changed;
  for (std::size_t i = 0; i < outcome.inventory.size(); ++i) {
    auto device = outcome.inventory[i];
    if (i < outcome.seen.size()) {
      METERWAY_TRY(const auto now, registry::find_device(view, device.eui));
      if (!now) continue;  // it has left the inventory since
      device = registry::with_changes(*now, outcome.seen[i], outcome.inventory[i]);
    }
    METERWAY_CHECK(registry::put_device(view, device, cause_of(outcome, context)));
    hops.push_back({"correlate",
                    "inventory",
                    device.eui.dashed_upper() + " is " + std::string(registry::to_string(device.state)),
                    {},
                    {}});
    changed += "; " + hops.back().detail;
    METERWAY_CHECK(registry::look_at_slots(view, device.eui));
  }
  for (const auto& change : outcome.joins) {
    const auto done = change.joined ? registry::join(view, change.device, change.other)
                                    : registry::unjoin(view, change.device, change.other);
    if (!done && done.error().code == ErrorCode::TooLarge) continue;  // no home is that large: the User is told anyway
    METERWAY_CHECK(done);
    hops.push_back({"correlate",
                    change.joined ? "joined" : "unjoined",
                    change.device.dashed_upper() + " and " + change.other.dashed_upper(),
                    {},
                    {}});
    changed += std::string(change.joined ? "; joined " : "; unjoined ") + hops.back().detail;
  }
  if (outcome.request && !changed.empty())
    METERWAY_CHECK(audit_change(view, outcome, std::move(changed), context.clock.now()));
  if (!outcome.slots.empty()) {
    METERWAY_CHECK(registry::learn_slots(view, outcome.slots_of, outcome.slots));
    hops.push_back({"correlate", "credentials", "cells of " + outcome.slots_of.dashed_upper() + " as it says", {}, {}});
  }
  if (one.id) {
    if (!outcome.request) METERWAY_CHECK(registry::let_read_trace(view, outcome.trace_key, one.id->user));
    METERWAY_TRY(const auto place, enqueue(view, *one.id, one.due, one.letter));
    places.push_back(place);
    auto words = outcome.response_code + " for " + one.id->user.dashed_upper() + ", " +
                 std::string(name(one.id->delivery_class));
    if (outcome.request && is_held(*outcome.request)) words += held_words(*outcome.request);
    hops.push_back({"deliver", "queued", std::move(words), {}, {}});
  }
  return trace(view, context, outcome.trace_key, hops);
}

Status write_all(store::WriteView& view, const Outcome& outcome, const std::vector<Prepared>& all,
                 const Context& context, std::vector<Place>& places) {
  for (const auto& one : all) {
    METERWAY_TRY(const bool first, take_request(view, *one.outcome));
    if (!first && one.outcome == &outcome) return {};  // and what it gave rise to was written with it
    if (!first) continue;
    METERWAY_CHECK(write_down(view, one, context, places));
    if (one.outcome->change) METERWAY_CHECK(one.outcome->change(view));
  }
  return {};
}

}  // namespace

Result<std::vector<Place>> store_outcome(Outcome&& outcome, const Context& context) {
  std::vector<Prepared> all;
  METERWAY_CHECK(prepare(outcome, context.clock.now(), context, all));
  std::vector<Place> places;
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    places.clear();
    return write_all(view, outcome, all, context, places);
  });
  METERWAY_CHECK(stored);
  if (outcome.keys_of) context.certificates.forget(*outcome.keys_of);
  return places;
}

Result<std::vector<Place>> store_outcome(store::WriteView& view, Outcome&& outcome, const Context& context) {
  std::vector<Prepared> all;
  METERWAY_CHECK(prepare(outcome, context.clock.now(), context, all));
  std::vector<Place> places;
  METERWAY_CHECK(write_all(view, outcome, all, context, places));
  return places;
}

}  // namespace meterway::flow::deliver
