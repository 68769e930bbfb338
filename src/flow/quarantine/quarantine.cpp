#include "flow/quarantine/quarantine.h"

#include "flow/alert/alert.h"
#include "flow/envelope/deadline.h"
#include "flow/envelope/meters.h"
#include "flow/envelope/trace.h"

namespace meterway::flow::quarantine {
namespace {

using anomaly::Breach;
using anomaly::Item;
using anomaly::State;

duis::Element element(std::string_view name, std::vector<duis::Element> children) {
  duis::Element out;
  out.name = name;
  out.children = std::move(children);
  return out;
}
duis::Element text(std::string_view name, std::string value) {
  duis::Element out;
  out.name = name;
  out.text = std::move(value);
  return out;
}

std::string_view element_of(Breach breach) {
  switch (breach) {
    case Breach::Dcc:
      return "ADDCCThresholdBreach";
    case Breach::Attribute:
      return "ADAttributeLimitsBreach";
    case Breach::User:
    case Breach::None:
      break;
  }
  return "ADUserThresholdBreach";
}

std::vector<Outcome> alerts(const Item& item, const Context& context) {
  alert::DccAlert alert;
  alert.event = DccEvent::RequestQuarantined;
  alert.body = element("QuarantinedRequest",
                       {element(element_of(item.breach), {text("RequestID", item.request.text()),
                                                          text("QuarantineEventRef", std::to_string(item.number))})});
  alert.identity = std::to_string(item.number);
  alert.requester = item.user();
  return alert::outcomes(alert, context);
}

/// Nobody has decided in time; another may have done so just now.
Result<Item> expire(const Item& seen, const Context& context) {
  Item item = seen;
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto now, anomaly::find_item(view, seen.number));
    if (!now) return fail(ErrorCode::Database, 0, "quarantined request");
    item = *now;
    if (item.state != State::Held) return {};
    item.state = State::Expired;
    item.decided_at = context.clock.now();
    METERWAY_CHECK(anomaly::put_item(view, item));
    METERWAY_CHECK(anomaly::append_audit(
        view, {0, item.decided_at, "platform", "expire", std::to_string(item.number), "expired", item.request.text()}));
    return trace(view, context, item.request.text(), {{"quarantine", "expired", "nobody has decided", {}, {}}});
  });
  METERWAY_CHECK(stored);
  return item;
}

}  // namespace

Result<bool> weigh(store::WriteView& view, registry::RequestRecord& record,
                   const std::function<Result<duis::Element>()>& body, const Context& context, std::vector<Hop>& hops) {
  const auto now = context.clock.now();
  METERWAY_TRY(const auto verdict, anomaly::weigh(view, {record.id.originator, record.service, now, body}));
  for (const auto& warning : verdict.warnings) {
    const auto text = std::to_string(warning.counted) + " of " + warning.scope.service + ", over the warning at " +
                      std::to_string(warning.threshold);
    METERWAY_CHECK(anomaly::append_notice(view, {0, now, record.id.originator, text}));
    hops.push_back({"anomaly", "warning", text, {}, {}});
  }
  if (verdict.breach == Breach::None) return false;
  METERWAY_TRY(const auto keep, context.settings.rules.on("quarantine.keep", calendar::date_of(now)));
  METERWAY_TRY(const auto hours, keep.integer());
  record.held = true;
  record.progress = registry::Progress::Accepted;
  METERWAY_TRY(const auto item, anomaly::hold(view, record, verdict, now, now + std::chrono::hours(hours)));
  if (context.meters != nullptr) context.meters->quarantined.add({});
  hops.push_back({"anomaly", "quarantined", "number " + std::to_string(item.number) + ": " + verdict.why, {}, {}});
  return true;
}

Result<Decision> decide(const registry::RequestRecord& record, const Context& context) {
  std::optional<Item> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, anomaly::item_of(view, record.id, record.leg));
    return {};
  });
  METERWAY_CHECK(read);
  if (!found) return fail(ErrorCode::Database, 0, "quarantined request");
  auto item = std::move(*found);
  if (item.state == State::Held && context.clock.now() >= item.expires_at) {
    METERWAY_TRY(item, expire(item, context));
  }
  Decision out;
  out.item = item.number;
  switch (item.state) {
    case State::Held:
      out.until = item.expires_at;
      if (!item.told) out.tell = alerts(item, context);
      out.untold = !out.tell.empty();  // without a code for the alert nobody is told
      return out;
    case State::Released:
      out.course = Decision::Course::Go;
      return out;
    case State::Deleted:
      out.course = Decision::Course::End;
      out.why = Refusal::QuarantineDeleted;
      out.detail = "deleted in quarantine: " + item.reason;
      return out;
    case State::Expired:
      break;
  }
  out.course = Decision::Course::End;
  out.why = Refusal::QuarantineExpired;
  out.detail = "nobody has decided on quarantined request " + std::to_string(item.number);
  return out;
}

Status told(std::uint64_t number, const Context& context) {
  return context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto item, anomaly::find_item(view, number));
    if (!item || item->told) return {};
    item->told = true;
    return anomaly::put_item(view, *item);
  });
}

Status let_go(registry::RequestRecord& record, const Context& context) {
  record.held = false;
  record.deadline = deadline_from(record, context.clock.now(), context);
  return context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::put_progress(view, record));
    return trace(view, context, record.id.text(), {{"quarantine", "let go", "it goes on", {}, {}}});
  });
}

}  // namespace meterway::flow::quarantine
