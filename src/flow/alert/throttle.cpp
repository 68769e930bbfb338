#include "flow/alert/throttle.h"

#include <algorithm>

#include "base/util/base64.h"
#include "base/util/hex.h"
#include "flow/alert/dcc_form.h"
#include "flow/envelope/trace.h"
#include "records/registry/trace_reader.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/alert_routes.h"
#include "standard/gbcs/alerts.h"

namespace meterway::flow::alert {
namespace {

constexpr std::chrono::seconds kSoon{1};  // after the store could not take it
constexpr std::uint64_t kSweepLane = 0xA1E7;
constexpr std::size_t kSweepPage = 500;
constexpr std::string_view kDeviceAlert = "DeviceAlertMessage";

/// Of an outcome that tells Users of a device's alert; none of any other.
std::optional<StormKey> key_of(const Outcome& outcome) {
  if (outcome.request || outcome.body.name != kDeviceAlert || !outcome.response_id) return std::nullopt;
  if (!outcome.user && outcome.also.empty()) return std::nullopt;
  const auto code = from_hex(outcome.body.text_at("AlertCode"));
  if (!code || code->size() != 2) return std::nullopt;
  return StormKey{outcome.response_id->originator, static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1])};
}

std::vector<HeldFor> users_of(const Outcome& outcome) {
  std::vector<HeldFor> out;
  if (outcome.user) out.push_back({*outcome.user, *outcome.response_id});
  for (const auto& also : outcome.also) {
    if (also.user && also.response_id) out.push_back({*also.user, *also.response_id});
  }
  return out;
}

/// What is written of the storm stands in the same change as the alert.
void also_change(Outcome& outcome, std::function<Status(store::WriteView&)> more) {
  outcome.change = [before = std::move(outcome.change), more = std::move(more)](store::WriteView& view) -> Status {
    if (before) METERWAY_CHECK(before(view));
    return more(view);
  };
}

std::string minutes_of(std::chrono::milliseconds window) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(window).count()) + " s";
}

}  // namespace

Result<std::shared_ptr<Throttle>> Throttle::start(const Context& context, Finish finish) {
  const std::shared_ptr<Throttle> self(new Throttle(context, std::move(finish)));
  std::optional<StormKey> after;
  for (bool more = true; more;) {
    std::vector<StormRow> rows;
    METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(rows, storms_after(view, after, kSweepPage));
      return {};
    }));
    for (const auto& row : rows) {
      if (row.storm.number != 0) self->sum_up_at(row.storm.start + context.settings.throttle.window, row.key);
    }
    more = rows.size() == kSweepPage;
    if (more) after = rows.back().key;
  }
  self->sweep_at(context.clock.now() + context.settings.throttle.window);
  return self;
}

bool Throttle::exempt(std::uint16_t code) const {
  return context_.settings.throttle.never.count(code) != 0 || gbcs::never_throttled(code);
}

Status Throttle::apply(Outcome& outcome) {
  const auto& settings = context_.settings.throttle;
  const auto key = settings.alerts == 0 ? std::nullopt : key_of(outcome);
  if (!key || exempt(key->code)) return {};
  Storm storm;
  METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(auto found, find_storm(view, *key));
    if (found) storm = std::move(*found);
    return {};
  }));
  const auto now = context_.clock.now();
  const bool over = now - storm.start >= settings.window || now < storm.start;
  if (storm.number == 0 && over) {
    storm.start = now;
    storm.told = 0;
  }
  if (storm.number == 0 && storm.told < settings.alerts) {
    ++storm.told;
    also_change(outcome, [key = *key, storm](store::WriteView& view) { return put_storm(view, key, storm); });
    return {};
  }
  const bool begins = storm.number == 0;
  ++storm.held;
  storm.trace_key = outcome.trace_key;
  storm.delivery_class = outcome.delivery_class.value_or(DeliveryClass::Alert);
  METERWAY_TRY(storm.message, from_base64(outcome.body.text_at("GBCSPayload")));
  storm.users = users_of(outcome);
  outcome.hops.push_back({"alert",
                          "throttled",
                          "more than " + std::to_string(settings.alerts) + " of " + MessageCode{key->code}.hex() +
                              " from this device in " + minutes_of(settings.window) +
                              " (thresholds are ours): held and summed up, " + std::to_string(storm.held) + " by now",
                          {},
                          now});
  outcome.user.reset();
  outcome.also.clear();
  also_change(outcome,
              [key = *key, storm, begins, trace_key = outcome.trace_key](store::WriteView& view) mutable -> Status {
                if (begins) {
                  METERWAY_TRY(storm.number, next_storm_number(view));
                }
                for (const auto& one : storm.users) METERWAY_CHECK(registry::let_read_trace(view, trace_key, one.user));
                return put_storm(view, key, storm);
              });
  if (begins) sum_up_at(storm.start + settings.window, *key);
  return {};
}

void Throttle::sum_up_at(UtcTime time, const StormKey& key) {
  context_.executor.at(time, key.device.value(), [self = shared_from_this(), key] { self->sum_up(key); });
}

/// The window of a storm is over: its last alert goes out for all of them, and the storm ends or goes on.
void Throttle::sum_up(const StormKey& key) {
  const auto& settings = context_.settings.throttle;
  const auto now = context_.clock.now();
  std::optional<Storm> storm;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(storm, find_storm(view, key));
    return {};
  });
  if (!read) return sum_up_at(now + kSoon, key);
  if (!storm || storm->number == 0) return;
  if (now < storm->start + settings.window) return sum_up_at(storm->start + settings.window, key);
  const bool goes_on = settings.alerts != 0 && storm->held > settings.alerts;
  Outcome out;
  out.trace_key = storm->trace_key;
  out.response_code = "I0";
  out.delivery_class = storm->delivery_class;
  out.alert_key = "storm:" + key.text() + ":" + std::to_string(storm->number) + ":" +
                  std::to_string(storm->start.time_since_epoch().count());
  out.body = told_body(key.code, storm->message, duis::Throttled{storm->number, storm->held}, context_);
  out.hops.push_back({"alert",
                      storm->held == 0 ? "storm over" : "summed up",
                      "storm " + std::to_string(storm->number) + " of " + MessageCode{key.code}.hex() + ": " +
                          std::to_string(storm->held) + " held since " + to_iso8601(storm->start) +
                          (storm->held == 0 ? "" : ", this is the last of them") +
                          (goes_on ? "; it goes on" : "; it is over"),
                      {},
                      now});
  for (const auto& one : storm->held == 0 ? std::vector<HeldFor>() : storm->users) {
    if (!out.user) {
      out.user = one.user;
      out.response_id = one.response_id;
      continue;
    }
    Outcome copy;
    copy.user = one.user;
    copy.response_id = one.response_id;
    copy.trace_key = out.trace_key;
    copy.response_code = out.response_code;
    copy.delivery_class = out.delivery_class;
    copy.body = out.body;
    copy.alert_key = out.alert_key + ":" + one.user.plain();
    out.also.push_back(std::move(copy));
  }
  auto next = *storm;
  next.start = now;
  next.told = next.held = 0;
  out.change = [key, next, goes_on](store::WriteView& view) {
    return goes_on ? put_storm(view, key, next) : erase_storm(view, key);
  };
  if (!finish_(std::move(out))) return sum_up_at(now + kSoon, key);
  if (goes_on) sum_up_at(now + settings.window, key);
}

void Throttle::sweep_at(UtcTime time) {
  context_.executor.at(time, kSweepLane, [self = shared_from_this()] { self->sweep(); });
}

/// Windows that are over and no storm are forgotten, so that their rows do not gather.
void Throttle::sweep() {
  const auto& settings = context_.settings.throttle;
  const auto now = context_.clock.now();
  std::optional<StormKey> after;
  for (bool more = true; more;) {
    std::vector<StormRow> rows;
    const auto swept = context_.store.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(rows, storms_after(view, after, kSweepPage));
      for (const auto& row : rows) {
        if (row.storm.number == 0 && now - row.storm.start >= settings.window)
          METERWAY_CHECK(erase_storm(view, row.key));
      }
      return {};
    });
    more = swept && rows.size() == kSweepPage;
    if (more) after = rows.back().key;
  }
  sweep_at(now + std::max<std::chrono::milliseconds>(settings.window, kSoon));
}

}  // namespace meterway::flow::alert
