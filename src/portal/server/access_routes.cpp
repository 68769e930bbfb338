#include <nlohmann/json.hpp>

#include "portal/server/access_now.h"
#include "records/access/explain.h"
#include "records/registry/broker.h"
#include "records/registry/device_past.h"
#include "records/registry/products.h"
#include "records/store/event_log.h"

/// /api/v1/explain: why a User may ask something of a device, or may not; and why it was decided so then.
namespace meterway::portal {
namespace {

using nlohmann::json;
constexpr std::string_view kReplaceByParty = "6.15.1", kHandOver = "6.21";
constexpr std::string_view kSwitch = "certificate.network_operator.check";

/// What stands in the records as of a moment.
struct Found {
  std::optional<registry::User> user;
  std::optional<registry::Device> device;
  std::vector<registration::Holder> holders;
  std::optional<registry::Correction> correction;
  std::string of_device;  ///< what is not known of its type and state then; empty: they are as of the moment
  bool no_past = false;   ///< nothing of it is: they are as they are now
};

/// The device as it was at a past moment: type and state by its history, which begins with its first change.
Status read_device(const store::ReadView& view, Eui64 device, UtcTime at, bool past, Found& out) {
  METERWAY_TRY(out.device, registry::find_device(view, device));
  METERWAY_TRY(const auto history, past ? registry::past_of(view, device) : registry::Past());
  const auto* then = history.at(at);
  if (!out.device) {
    if (then != nullptr && then->state) out.of_device = "the device, which has left the inventory since";
    return {};
  }
  if (history.changes.empty()) {
    out.no_past = past;
    if (past) out.of_device = "type and state of the device";
    METERWAY_TRY(*out.device, registry::as_listed(view, *out.device, at));
    return {};
  }
  if (then == &history.changes.back()) {  // it is so still
    METERWAY_TRY(*out.device, registry::as_listed(view, *out.device, at));
    return {};
  }
  const auto state = then != nullptr ? then->state : history.state;
  const auto type = then != nullptr ? then->type : history.type;
  if (then == nullptr && (state || history.dropped != 0))
    out.of_device = "type and state of the device before " + to_iso8601(history.changes.front().at, 6) +
                    ", its first change that is known; taken as they were just before it";
  if (!state) {
    out.device.reset();
    return {};
  }
  out.device->type = type;
  out.device->state = *state;
  METERWAY_TRY(*out.device, registry::as_listed_then(view, *out.device, at));
  return {};
}

Status read(const store::ReadView& view, Eui64 user, Eui64 device, UtcTime at, bool past, Found& out) {
  METERWAY_TRY(out.user, registry::find_user(view, user));
  METERWAY_CHECK(read_device(view, device, at, past, out));
  if (!out.device) return {};
  METERWAY_TRY(out.holders, registration::holders_of(view, *out.device, at));
  METERWAY_TRY(out.correction, registry::find_correction(view, device, at));
  return {};
}

access::Facts facts_of(const duis::Service& service, const Found& found, bool to_dcc, UtcTime at) {
  return access::facts_of(service, found.user, found.device, found.holders, found.correction, to_dcc, at);
}

json to_json(const access::Row* row) {
  if (row == nullptr) return nullptr;
  json out = {{"rule", row->rule},     {"clause", row->clause}, {"how_sure", row->how_sure},
              {"source", row->source}, {"says", row->says},     {"from", calendar::to_text(row->from)}};
  if (row->to != calendar::Date::max()) out["to"] = calendar::to_text(row->to);
  return out;
}

json lines(const access::Decision& decision, const access::Facts& facts) {
  json out = json::array();
  for (const auto& line : access::lines_of(decision, facts)) {
    auto one = line.rule == nullptr ? json::object() : to_json(line.rule);
    one["question"] = line.question;
    one["met"] = line.met;
    one["data"] = line.data;
    out.push_back(std::move(one));
  }
  return out;
}

json answer_of(const access::Decision& decision) {
  const auto row = access::reason_row(access::to_string(decision.reason));
  json out = {{"allowed", decision.allowed()}, {"answer", access::to_string(decision.reason)}};
  if (!decision.allowed()) {
    out["code"] = row.code;
    out["sentence"] = row.sentence;
  }
  if (decision.role) out["as"] = to_string(*decision.role);
  out["rule"] = to_json(decision.rule);
  return out;
}

json registered(const Found& found) {
  json out = json::array();
  for (const auto& one : found.holders) {
    if (!one.said) continue;
    out.push_back({{"role", to_string(one.role)},
                   {"mpxn", one.mpxn.text()},
                   {"participant", one.who.empty() ? json(nullptr) : json(one.who.text())},
                   {"load", one.load}});
  }
  return out;
}

struct Asked {
  Eui64 user, device;
  const duis::Service* service = nullptr;
  UtcTime at;
  bool past = false;  ///< it is before now
  std::optional<CommandVariant> variant;
};

/// Errors in words: which parameter is wrong.
Result<Asked, std::string> read_asked(const Ask& ask, UtcTime now) {
  using Wrong = Unexpected<std::string>;
  Asked out{{}, {}, nullptr, now, false, {}};
  const auto user = Eui64::parse(ask.parameter("user").value_or(""));
  if (!user) return Wrong{"user: expected an EUI-64"};
  out.user = *user;
  out.service = duis::find_service(ask.parameter("service").value_or(""));
  if (out.service == nullptr) return Wrong{"service: expected a service reference variant such as 4.1.1"};
  if (const auto text = ask.parameter("device")) {
    const auto device = Eui64::parse(*text);
    if (!device) return Wrong{"device: expected an EUI-64"};
    out.device = *device;
  } else if (!out.service->non_device) {
    return Wrong{"device: expected an EUI-64, as devices take part in this service"};
  }
  if (const auto text = ask.parameter("at")) {
    const auto at = from_iso8601(*text);
    if (!at) return Wrong{"at: expected a time such as 2026-11-23T00:00:00Z"};
    out.at = *at;
    out.past = *at < now;
  }
  if (const auto text = ask.parameter("cv")) {
    if (text->size() != 1 || (*text)[0] < '1' || (*text)[0] > '8') return Wrong{"cv: expected 1 to 8"};
    out.variant = static_cast<CommandVariant>((*text)[0] - '0');
  }
  return out;
}

json explained(const Asked& asked, const Found& found, bool to_dcc, const Portal& portal) {
  const auto facts = facts_of(*asked.service, found, to_dcc, asked.at);
  const auto variant =
      asked.variant ? access::decide_command(*asked.service, *asked.variant, {}, asked.at) : access::Decision{};
  const auto decision = variant.allowed() ? access::decide(facts) : variant;
  auto out = answer_of(decision);
  out["user"] = asked.user.plain();
  out["service"] = asked.service->variant;
  out["at"] = to_iso8601(asked.at, 3);
  if (!to_dcc) out["device"] = asked.device.plain();
  out["lines"] = variant.allowed() ? lines(decision, facts) : json::array();
  if (asked.variant) {
    auto line = to_json(variant.rule);
    line["question"] = "command variant";
    line["met"] = variant.allowed();
    line["data"] = "command variant " + std::to_string(static_cast<int>(*asked.variant)) + " of " +
                   std::string(asked.service->variant);
    out["lines"].insert(out["lines"].begin(), std::move(line));
  }
  if (!decision.allowed() && variant.allowed() && !to_dcc)
    out["words"] = access::why_not(decision, facts, {asked.user, asked.device, {}, found.user, found.holders});
  out["registered"] = registered(found);
  // Registration, leave and tables are as of the moment; of these no past is kept but in the events of requests.
  if (asked.at != portal.clock.now()) {
    out["as_now"] = json::array({"state and roles of the User"});
    if (!asked.past) out["as_now"].push_back("type and state of the device");
    if (!found.of_device.empty()) out[found.no_past ? "as_now" : "not_known_then"].push_back(found.of_device);
  }
  if (asked.service->variant == kReplaceByParty || asked.service->variant == kHandOver) {
    const auto day = calendar::date_of(asked.at);
    if (const auto rule = portal.rules.on(kSwitch, day)) out["also"] = {rule->explain(day)};
  }
  return out;
}

/// One event that holds a decision: made again from the facts of then, and what is known otherwise of them by now.
json replayed(const store::Event& event, const access::Recorded& then, const access::Facts& now) {
  const auto again = access::decide(then.facts);
  const bool same = again.reason == then.reason && (again.rule == nullptr ? "none" : again.rule->rule) == then.rule;
  json out = {
      {"at", to_iso8601(then.facts.at, 6)}, {"step", event.step},
      {"outcome", event.outcome},           {"then", {{"answer", access::to_string(then.reason)}, {"rule", then.rule}}},
      {"again", answer_of(again)},          {"same", same},
      {"lines", lines(again, then.facts)},  {"changed", access::differences(then.facts, now)}};
  if (!same) out["why_not_the_same"] = "the tables of access control have changed since";
  return out;
}

}  // namespace

Result<json> access_now(Eui64 user, Eui64 target, const duis::Service& service, CommandVariant variant, bool with_data,
                        const Portal& portal) {
  const auto now = portal.clock.now();
  Found found;
  bool to_dcc = service.non_device;
  METERWAY_CHECK(portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto broker, registry::find_broker(view));
    to_dcc = broker && *broker == target;
    return read(view, user, target, now, false, found);
  }));
  auto out = explained({user, target, &service, now, false, variant}, found, to_dcc, portal);
  out.erase("also");
  if (with_data) return out;
  out.erase("registered");
  for (auto& line : out["lines"]) line.erase("data");
  return out;
}

net::HttpResponse explain_access(const Ask& ask, const Portal& portal) {
  const auto asked = read_asked(ask, portal.clock.now());
  if (!asked) return bad_query(asked.error());
  Found found;
  bool to_dcc = asked->service->non_device;
  const auto done = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto broker, registry::find_broker(view));
    if (ask.parameter("device")) to_dcc = broker && *broker == asked->device;
    return read(view, asked->user, asked->device, asked->at, asked->past, found);
  });
  return done ? json_answer(200, dumped(explained(*asked, found, to_dcc, portal))) : failed(done.error());
}

net::HttpResponse explain_request(const Ask& ask, const Portal& portal) {
  const auto id = RequestId::parse(ask.part("request"));
  if (!id) return bad_query("expected a RequestID: originator:target:counter");
  json decisions = json::array();
  const auto done = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto events, store::events_of(view, id->text()));
    for (const auto& event : events) {
      const auto then = access::read_facts(event.detail);
      if (!then) continue;
      Found found;
      METERWAY_CHECK(read(view, id->originator, id->target, then->facts.at, true, found));
      decisions.push_back(
          replayed(event, *then, facts_of(*then->facts.service, found, then->facts.to_dcc, then->facts.at)));
    }
    return {};
  });
  if (!done) return failed(done.error());
  if (decisions.empty()) return not_found("no event of " + id->text() + " tells of a decision");
  return json_answer(200, dumped({{"request", id->text()}, {"decisions", decisions}}));
}

}  // namespace meterway::portal
