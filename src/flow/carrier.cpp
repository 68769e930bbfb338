#include "flow/carrier.h"

#include <algorithm>

#include "flow/alert/alert.h"
#include "flow/alert/dcc_form.h"
#include "flow/before_sending.h"
#include "flow/correlate/correlate.h"
#include "flow/dispatch/dispatch.h"
#include "flow/envelope/deadline.h"
#include "flow/envelope/meters.h"
#include "flow/envelope/trace.h"
#include "flow/quarantine/quarantine.h"

namespace meterway::flow {
namespace {

using registry::OpenRequest;
using registry::Progress;
using registry::RequestRecord;
constexpr std::chrono::seconds kSoon{1};        // when to look again after something of our own was full
constexpr std::size_t kPage = 64;               // open commands of one device that are read in one go
constexpr std::string_view kFailed = "failed";  // what correlate calls a message it could not look into

bool is_ours(const Error& error) {
  return error.code == ErrorCode::Io || error.code == ErrorCode::Database || error.code == ErrorCode::Full;
}

/// Everything open, page by page: there may be very much of it.
template <class Visit>
Status each_open(const store::ReadView& view, Visit visit) {
  for (std::string last;;) {
    METERWAY_TRY(const auto page, registry::open_page(view, last, registry::kOpenPage));
    for (const auto& open : page) {
      if (auto done = visit(open); !done) return done;
    }
    if (page.size() < registry::kOpenPage) return {};
    last = page.back().key;
  }
}

}  // namespace

/// One look of a device's owner at what is open.
struct Carrier::Look {
  Eui64 device;
  UtcTime now;
  std::optional<UtcTime> next{};  ///< when to look again
  unsigned ahead = 0;             ///< sent and not confirmed
  std::uint64_t room = 0;         ///< how many more may be sent before the region might forget one that matters
  bool settled = false;           ///< there may be more room now
  bool blocked = false;           ///< the hub cannot be reached: what comes later must not overtake
  /// Whose quarantined commands what they ask later must not overtake, and the first of those: counters stay in order.
  /// Never the broker: it asks for many, and what it is let go late gets another counter (number_again).
  std::map<Eui64, RequestId> waiting{};
  bool full = false;  ///< nothing more can be sent until something has arrived or ended

  void wake(UtcTime time) {
    if (!next || time < *next) next = time;
  }
};

Carrier::Carrier(const Context& context, deliver::Postman& postman, RefusalLog& refusals,
                 std::function<void(Eui64)> supplier_told)
    : context_(context),
      postman_(postman),
      refusals_(refusals),
      supplier_told_(std::move(supplier_told)),
      started_(context.clock.now()),
      link_(context.clock, link_events(), context.settings.link_block_bytes) {}

Result<std::unique_ptr<Carrier>> Carrier::start(const Context& context, deliver::Postman& postman, RefusalLog& refusals,
                                                std::function<void(Eui64)> supplier_told) {
  std::unique_ptr<Carrier> self(new Carrier(context, postman, refusals, std::move(supplier_told)));
  METERWAY_TRY(const auto devices, self->adopt_open());
  METERWAY_TRY(self->watch_, outage::Watch::start(context, [me = self.get()](Outcome&& outcome) -> Status {
                 if (!me->finish(std::move(outcome))) return fail(ErrorCode::Database, 0, "outcome not stored");
                 return {};
               }));
  METERWAY_TRY(self->throttle_, alert::Throttle::start(context, [me = self.get()](Outcome&& outcome) {
                 return me->finish(std::move(outcome));
               }));
  auto* link = &self->link_;
  self->firmware_ = std::make_unique<distribute::Distribution>(
      context,
      distribute::Distribution::Out{
          [link](Eui64 hub, Eui64 device, const wire::ImageHash& image, const RequestId& request) {
            return link->send_transfer(hub, device, image, request);
          },
          [link](Eui64 hub, wire::LinkImageBlock block) { return link->send_block(hub, std::move(block)); }},
      [&postman](const deliver::Place& place) { postman.post(place); });
  std::vector<Eui64> dated;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(dated, registry::devices_with_dated_requests(view));
    return {};
  }));
  METERWAY_CHECK(self->link_.listen(context.network, context.settings.address, context.settings.link_port));
  self->firmware_->start();
  for (const auto device : devices) self->look(device);
  for (const auto device : dated) {
    context.executor.at(context.clock.now(), device.value(), [p = self.get(), device] { p->watch_dates(device); });
  }
  return self;
}

/// The devices that something is open for. What version 0.1 left open gets its number now.
Result<std::set<Eui64>> Carrier::adopt_open() {
  std::set<Eui64> devices;
  std::vector<RequestRecord> unnumbered;
  METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
    return each_open(view, [&](const OpenRequest& open) -> Status {
      devices.insert(open.device);
      if (open.transaction != 0) return {};
      METERWAY_TRY(auto record, registry::find_request(view, open.id, open.leg));
      if (record) unnumbered.push_back(std::move(*record));
      return {};
    });
  }));
  if (unnumbered.empty()) return devices;
  const auto numbered = context_.store.write([&](store::WriteView& view) -> Status {
    for (auto& record : unnumbered) {
      const auto progress = std::exchange(record.progress, Progress::Done);
      METERWAY_CHECK(registry::put_request(view, record));  // takes it off the old list
      METERWAY_TRY(record.transaction, registry::next_transaction(view));
      record.progress = progress;
      METERWAY_CHECK(registry::put_request(view, record));
    }
    return {};
  });
  METERWAY_CHECK(numbered);
  return devices;
}

wan::LinkEvents Carrier::link_events() {
  wan::LinkEvents events;
  events.inbound = [this](InboundMessage message, std::function<void()> stored) {
    const auto device = message.device;
    auto shared = std::make_shared<const InboundMessage>(std::move(message));
    return context_.executor.post(device.value(),
                                  [this, shared, stored = std::move(stored)] { take_inbound(shared, stored); });
  };
  events.hub_event = [this](const wan::HubEvent& event, std::function<void()> stored) {
    return watch_->take({event.frame, event.received_at}, std::move(stored));
  };
  events.joined = [this](std::vector<Eui64> hubs, std::uint64_t connection) { take_joined(hubs, connection); };
  events.arrived = [this](Eui64 device, std::uint64_t transaction) { take_arrived(device, transaction); };
  events.failed = [this](Eui64 device, std::uint64_t transaction, wire::LinkFailure why) {
    take_failed(device, transaction, why);
  };
  events.transferred = [this](Eui64 device, std::optional<wire::LinkFailure> why, std::uint64_t hello) {
    firmware_->transferred(device, why, hello);
  };
  events.block_taken = [this](const wire::ImageHash& image, std::uint32_t offset, std::uint64_t hello) {
    firmware_->block_taken(image, offset, hello);
  };
  return events;
}

void Carrier::look(Eui64 device) {
  const auto posted = context_.executor.post(device.value(), [this, device] { advance(device); });
  if (!posted && posted.error().code == ErrorCode::Full) wake_at(device, context_.clock.now() + kSoon);
}

std::size_t Carrier::in_flight() {
  const std::lock_guard lock(mutex_);
  std::size_t flights = 0;
  for (const auto& [device, road] : roads_) flights += road.flights.size();
  return flights;
}

void Carrier::wake_at(Eui64 device, UtcTime time) {
  {
    const std::lock_guard lock(mutex_);
    auto& road = roads_[device];
    if (road.wake != UtcTime{} && road.wake <= time) return;
    road.wake = time;
  }
  context_.executor.at(time, device.value(), [this, device, time] {
    {
      const std::lock_guard lock(mutex_);
      const auto road = roads_.find(device);
      if (road == roads_.end() || road->second.wake != time) return;  // an earlier time was set meanwhile
      road->second.wake = UtcTime{};
    }
    advance(device);
  });
}

void Carrier::advance(Eui64 device) {
  Look look{device, context_.clock.now()};
  look.room = room_of(device);
  const auto under_way = flights_of(device);
  for (const auto transaction : under_way) {
    if (const auto flight = flight_of(device, transaction)) look_after(look, *flight);
  }
  look.full = false;  // what is to be sent again has more time than what has not been sent
  for (std::string last; !look.full;) {
    std::vector<OpenRequest> page;
    const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(page, registry::open_requests_of(view, device, last, kPage));
      return {};
    });
    if (!read) {
      look.wake(look.now + kSoon);
      break;
    }
    for (const auto& open : page) {
      if (under_way.count(open.transaction) == 0) begin(look, open);
      if (look.full) break;
    }
    if (page.size() < kPage) break;
    last = page.back().key;
  }
  {
    const std::lock_guard lock(mutex_);
    const auto road = roads_.find(device);
    if (road != roads_.end()) {
      road->second.waits = look.full;
      if (road->second.flights.empty() && road->second.wake == UtcTime{}) roads_.erase(road);
    }
  }
  if (look.next) wake_at(device, *look.next);
  if (look.full && look.settled) this->look(device);
}

std::set<std::uint64_t> Carrier::flights_of(Eui64 device) {
  std::set<std::uint64_t> transactions;
  const std::lock_guard lock(mutex_);
  const auto road = roads_.find(device);
  if (road == roads_.end()) return transactions;
  for (const auto& [transaction, flight] : road->second.flights) transactions.insert(transaction);
  return transactions;
}

std::uint64_t Carrier::room_of(Eui64 device) {
  const std::lock_guard lock(mutex_);
  const auto road = roads_.find(device);
  if (road == roads_.end()) return wire::kLinkMostUnsettled;
  auto oldest = road->second.sent;
  for (const auto& [transaction, flight] : road->second.flights) {
    if (!flight.settled) oldest = std::min(oldest, flight.place);
  }
  const auto since = road->second.sent - oldest;
  return wire::kLinkMostUnsettled - std::min<std::uint64_t>(since, wire::kLinkMostUnsettled);
}

std::optional<Carrier::Flight> Carrier::flight_of(Eui64 device, std::uint64_t transaction) {
  const std::lock_guard lock(mutex_);
  const auto road = roads_.find(device);
  if (road == roads_.end()) return std::nullopt;
  const auto flight = road->second.flights.find(transaction);
  return flight == road->second.flights.end() ? std::nullopt : std::optional(flight->second);
}

/// The record as long as it is open.
Result<std::optional<RequestRecord>> Carrier::record_of(const OpenRequest& open) {
  std::optional<RequestRecord> record;
  METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(record, registry::find_request(view, open.id, open.leg));
    return {};
  }));
  if (record && record->progress != Progress::Accepted && record->progress != Progress::Sent) record.reset();
  return record;
}

/// What is open and not under way.
void Carrier::begin(Look& look, const OpenRequest& open) {
  auto found = record_of(open);
  if (!found) return look.wake(look.now + kSoon);
  auto& record = *found;
  if (!record) return;  // it has ended meanwhile
  if (record->progress == Progress::Sent && record->arrived) return wait_for_answer(look, *record);
  if (record->progress == Progress::Accepted) {
    const bool held = record->held;
    const auto before = look.waiting.find(record->header.originator);
    if (!held && before != look.waiting.end()) return wait_behind(look, *record, before->second);
    if (!held && !leave_behind(look, *record)) return;
    const auto way = may_go(look, *record);
    if (way == Way::Waits && held && record->header.originator != context_.broker)
      look.waiting.emplace(record->header.originator, record->id);
    if (way != Way::Goes) return;
  }
  if (look.blocked) {
    const auto last = std::max(record->deadline, started_ + context_.settings.reach_timeout);
    return not_sent(look, std::move(*record), last);
  }
  if (look.ahead >= context_.settings.commands_in_flight || look.room == 0) {
    look.full = true;
    return;
  }
  send(look, std::move(*record));
}

/// What has been sent: is it to be sent again, written down, given up?
void Carrier::look_after(Look& look, const Flight& flight) {
  const bool over = look.now >= flight.deadline;
  const auto again = flight.sent + context_.settings.resend;
  const bool resend = !flight.arrived && (flight.lost || look.now >= again);
  if (over || resend) {
    auto record = record_of(flight.open);
    if (!record) return look.wake(look.now + kSoon);
    if (!*record) return forget(look.device, flight.open.transaction);  // it has ended by another way than this one
    if (over) {
      if (!finish(correlate::give_up(std::move(**record), Refusal::NoAnswer, context_))) look.wake(look.now + kSoon);
      return;
    }
    ++look.ahead;
    look.blocked ? look.wake(look.now + kSoon) : send(look, std::move(**record));
  } else if (!flight.arrived) {
    ++look.ahead;
    look.wake(again);
  }
  look.wake(flight.deadline);
  if (flight.settled || (flight.written && !flight.arrived)) return;
  const auto old = flight.changed + kSoon;
  if (look.now < old) return look.wake(old);
  write_sent(look.device, flight);
  look.settled |= flight.arrived;
}

/// It arrived before this process began, and its answer has not come.
void Carrier::wait_for_answer(Look& look, const RequestRecord& record) {
  const std::lock_guard lock(mutex_);
  auto& flight = roads_[look.device].flights[record.transaction];
  flight.open = {record.transaction, record.id, record.leg, look.device, {}};
  flight.arrived = flight.written = flight.settled = true;
  flight.deadline = std::max(record.deadline, started_ + context_.settings.reach_timeout);
  look.wake(flight.deadline);
}

/// It must not overtake a quarantined one. However long that takes, its own time begins afterwards.
void Carrier::wait_behind(Look& look, RequestRecord& record, const RequestId& before) {
  if (record.deadline == no_deadline()) return;
  record.deadline = no_deadline();
  // Of a party that asks for several the one before may be another User's, whose name is nobody else's to read.
  const auto which = before.originator == record.id.originator ? before.text() : std::string("one in quarantine");
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::put_progress(view, record));
    return trace(view, context_, record.id.text(), {{"quarantine", "behind", "waits for " + which, {}, {}}});
  });
  if (!stored) look.wake(look.now + kSoon);
}

/// The one before it has been decided on. False: that could not be written down.
bool Carrier::leave_behind(Look& look, RequestRecord& record) {
  if (record.deadline != no_deadline()) return true;
  record.deadline = deadline_from(record, look.now, context_);
  const auto stored =
      context_.store.write([&](store::WriteView& view) { return registry::put_progress(view, record); });
  if (!stored) look.wake(look.now + kSoon);
  return stored.has_value();
}

/// Unless it goes, what is to happen with it later is arranged.
Carrier::Way Carrier::may_go(Look& look, RequestRecord& record) {
  if (record.preceding && !record.released) {
    const std::lock_guard lock(mutex_);  // before it is judged: the other may end meanwhile
    followers_[*record.preceding].insert(look.device);
  }
  auto verdict = before_sending(record, context_, look.waiting.count(record.header.originator) != 0);
  bool told = true;
  if (verdict) {
    for (auto& one : verdict->tell) told = told && finish(std::move(one));
    if (told && verdict->quarantined) told = quarantine::told(*verdict->quarantined, context_).has_value();
  }
  if (!verdict || !told) {
    look.wake(look.now + kSoon);
  } else if (verdict->ends) {
    if (finish(std::move(*verdict->ends))) return Way::Ended;
    look.wake(look.now + kSoon);
  } else if (!verdict->go) {
    look.wake(verdict->wake);
  } else {
    return Way::Goes;
  }
  return Way::Waits;
}

void Carrier::ended(const RequestId& id) {
  std::set<Eui64> devices;
  {
    const std::lock_guard lock(mutex_);
    const auto found = followers_.find(id);
    if (found == followers_.end()) return;
    devices = std::move(found->second);
    followers_.erase(found);
  }
  for (const auto device : devices) look(device);
}

/// Ends what the device lets pass in silence on the date that it holds.
void Carrier::watch_dates(Eui64 device) {
  auto silent = silent_on_their_date(device, context_);
  if (silent) {
    for (auto& outcome : silent->ends) {
      if (!finish(std::move(outcome))) silent->wake = context_.clock.now() + kSoon;
    }
  }
  const auto wake = silent ? silent->wake : std::optional(context_.clock.now() + kSoon);
  if (wake) context_.executor.at(*wake, device.value(), [this, device] { watch_dates(device); });
}

void Carrier::send(Look& look, RequestRecord record) {
  const auto now = look.now;
  const auto& settings = context_.settings;
  auto kept = record;
  auto outbound = dispatch::dispatch(std::move(record), context_);
  if (!outbound) {
    if (is_ours(outbound.error())) return look.wake(now + kSoon);
    auto outcome = correlate::give_up(std::move(kept), Refusal::Unreachable, context_);
    outcome.hops.insert(outcome.hops.begin(), Hop{"dispatch", "failed", describe(outbound.error()), {}, {}});
    if (!finish(std::move(outcome))) look.wake(now + kSoon);
    return;
  }
  const bool resent = kept.progress == Progress::Sent;
  bool again = false;
  UtcTime give_up_at{};
  {
    // Before it is sent: the region's answer may come at once.
    const std::lock_guard lock(mutex_);
    auto& road = roads_[look.device];
    const auto [place, added] = road.flights.try_emplace(kept.transaction);
    auto& flight = place->second;
    if (added) {
      flight.open = {kept.transaction, kept.id, kept.leg, look.device, {}};
      flight.changed = now;
      flight.place = road.sent++;
      flight.written = resent;
      flight.deadline =
          resent ? std::max(kept.deadline, started_ + settings.reach_timeout) : now + settings.device_timeout;
    }
    again = !added;
    flight.sent = now;
    flight.lost = false;
    flight.connection = 0;
    give_up_at = again || resent ? flight.deadline : std::max(kept.deadline, started_ + settings.reach_timeout);
  }
  const auto sent = link_.send(*outbound);
  if (!sent) {
    {
      const std::lock_guard lock(mutex_);
      auto& flights = roads_[look.device].flights;
      if (again) {
        if (const auto flight = flights.find(kept.transaction); flight != flights.end()) flight->second.lost = true;
      } else {
        flights.erase(kept.transaction);
      }
    }
    look.blocked = true;
    return not_sent(look, std::move(kept), give_up_at);
  }
  if (!again) {
    ++look.ahead;
    --look.room;
  }
  {
    const std::lock_guard lock(mutex_);
    auto& road = roads_[look.device];
    const auto flight = road.flights.find(kept.transaction);
    if (flight == road.flights.end()) return;
    flight->second.connection = *sent;
    if (!flight->second.arrived && *sent < road.connection) {
      flight->second.lost = true;
      look.wake(now + kSoon);
    }
    auto& hops = flight->second.hops;
    if (!again && !resent)
      hops.push_back({"dispatch", "protected", "MAC of the access control broker", outbound->message, now});
    hops.push_back({"wan",
                    again || resent ? "sent again" : "sent",
                    "to " + kept.header.target.dashed_upper() + " through hub " + outbound->hub.dashed_upper(),
                    {},
                    now});
    look.wake(flight->second.deadline);
    if (!flight->second.arrived) look.wake(now + settings.resend);
    if (!flight->second.written) look.wake(now + kSoon);
  }
}

/// The hub is not connected: later, or never.
void Carrier::not_sent(Look& look, RequestRecord&& record, UtcTime give_up_at) {
  if (look.now < give_up_at) {
    look.full = true;  // those after it have more time
    return look.wake(std::min(look.now + kSoon, give_up_at));
  }
  const auto why = record.progress == Progress::Sent ? Refusal::NoAnswer : Refusal::Unreachable;
  if (!finish(correlate::give_up(std::move(record), why, context_))) look.wake(look.now + kSoon);
}

/// A command whose answer takes longer than a second: whoever asks for its trace sees that it was sent, and what has
/// arrived is not sent again.
void Carrier::write_sent(Eui64 device, const Flight& flight) {
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto record, registry::find_request(view, flight.open.id, flight.open.leg));
    if (!record || (record->progress != Progress::Accepted && record->progress != Progress::Sent)) return {};
    record->progress = Progress::Sent;
    record->arrived = flight.arrived;
    record->deadline = flight.deadline;
    METERWAY_CHECK(registry::put_progress(view, *record));
    return trace(view, context_, record->id.text(), flight.hops);
  });
  if (!stored) return wake_at(device, context_.clock.now() + kSoon);
  const std::lock_guard lock(mutex_);
  auto& flights = roads_[device].flights;
  const auto found = flights.find(flight.open.transaction);
  if (found == flights.end()) return;
  found->second.written = true;
  found->second.settled = flight.arrived;
  auto& hops = found->second.hops;
  hops.erase(hops.begin(), hops.begin() + static_cast<std::ptrdiff_t>(std::min(hops.size(), flight.hops.size())));
}

bool Carrier::finish(Outcome&& outcome) {
  const bool ends = outcome.request && outcome.alert_key.empty();
  const auto device = outcome.request ? outcome.request->header.target : Eui64();
  const auto transaction = outcome.request ? outcome.request->transaction : 0;
  if (ends) {
    if (auto flight = flight_of(device, transaction)) {
      outcome.hops.insert(outcome.hops.begin(), std::make_move_iterator(flight->hops.begin()),
                          std::make_move_iterator(flight->hops.end()));
    }
  }
  const bool dated = outcome.request && outcome.becomes == Progress::Dated && ends;
  const auto id = outcome.request ? outcome.request->id : RequestId();
  const bool of_supplier = std::any_of(outcome.slots.begin(), outcome.slots.end(),
                                       [](const auto& slot) { return slot.role == PartyRole::Supplier; });
  const auto told_by = of_supplier ? outcome.slots_of : Eui64();
  const auto came = outcome.request ? outcome.request->received_at : UtcTime{};
  const auto service = outcome.request ? outcome.request->service : std::string();
  const auto code = outcome.response_code;
  if (!alert::add_alerts(outcome, context_)) return false;
  const auto places = deliver::store_outcome(std::move(outcome), context_);
  if (!places) return false;
  for (const auto& place : *places) postman_.post(place);
  if (of_supplier && supplier_told_) supplier_told_(told_by);
  if (!ends) return true;
  if (context_.meters != nullptr && !places->empty()) {
    context_.meters->outcomes.add({service_label(service), code});
    context_.meters->road_time.observe({}, context_.clock.now() - came);
  }
  if (dated) {
    const auto at = context_.clock.now() + kSoon;
    context_.executor.at(at, device.value(), [this, device] { watch_dates(device); });
  }
  ended(id);
  forget(device, transaction);
  return true;
}

/// It is not under way any more; who waits for that may go.
void Carrier::forget(Eui64 device, std::uint64_t transaction) {
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    if (const auto road = roads_.find(device); road != roads_.end()) {
      road->second.flights.erase(transaction);
      waits = std::exchange(road->second.waits, false);
    }
  }
  if (waits) look(device);
}

void Carrier::take_inbound(const std::shared_ptr<const InboundMessage>& inbound, const std::function<void()>& stored) {
  auto outcome = correlate::correlate(InboundMessage(*inbound), context_);
  bool done = false;
  if (outcome) {
    const bool counted = throttle_->apply(*outcome).has_value();
    alert::tell_as_dcc_alert(*outcome, context_);
    done = counted && finish(std::move(*outcome));
  } else {
    // Nobody waits for it: say so in the log, and let the region forget it.
    const auto& why = outcome.error();
    done = why.repeat ||
           (why.hop.outcome != kFailed && refusals_.write(inbound->device, why.trace_key, why.hop.outcome, why.hop));
  }
  if (done) return stored();
  // Not stored, so not acknowledged: the region keeps it, and it is taken up here again without a new connection.
  context_.executor.at(context_.clock.now() + kSoon, inbound->device.value(),
                       [this, inbound, stored] { take_inbound(inbound, stored); });
}

void Carrier::take_arrived(Eui64 device, std::uint64_t transaction) {
  bool waits = false;
  UtcTime now{};
  {
    const std::lock_guard lock(mutex_);
    const auto road = roads_.find(device);
    if (road == roads_.end()) return;
    const auto flight = road->second.flights.find(transaction);
    if (flight == road->second.flights.end() || flight->second.arrived) return;
    now = context_.clock.now();
    flight->second.arrived = true;
    flight->second.changed = now;
    flight->second.hops.push_back({"wan", "arrived", "the device has it", {}, now});
    waits = road->second.waits;
  }
  wake_at(device, now + kSoon);
  if (waits) look(device);
}

void Carrier::take_failed(Eui64 device, std::uint64_t transaction, wire::LinkFailure why) {
  if (why == wire::LinkFailure::Busy) {
    {
      const std::lock_guard lock(mutex_);
      const auto road = roads_.find(device);
      if (road == roads_.end()) return;
      const auto flight = road->second.flights.find(transaction);
      if (flight == road->second.flights.end()) return;
      flight->second.lost = true;
    }
    return wake_at(device, context_.clock.now() + kSoon);
  }
  const auto give_up = [this, device, transaction, why] {
    const auto flight = flight_of(device, transaction);
    if (!flight) return;
    auto record = record_of(flight->open);
    if (!record || !*record) return;
    auto outcome = correlate::give_up(std::move(**record), Refusal::Unreachable, context_);
    outcome.hops.insert(outcome.hops.begin(), Hop{"wan", "failed", std::string(wire::to_string(why)), {}, {}});
    (void)finish(std::move(outcome));  // not stored: its deadline ends it
  };
  (void)context_.executor.post(device.value(), give_up);
}

void Carrier::take_joined(const std::vector<Eui64>& hubs, std::uint64_t connection) {
  if (hubs.empty()) return;
  const auto work = [this, connection, joined = std::set<Eui64>(hubs.begin(), hubs.end())] {
    std::set<Eui64> devices;
    (void)context_.store.read([&](const store::ReadView& view) -> Status {
      return each_open(view, [&](const OpenRequest& open) -> Status {
        if (devices.count(open.device) != 0) return {};
        METERWAY_TRY(const auto device, registry::find_device(view, open.device));
        if (device && device->hub && joined.count(*device->hub) != 0) devices.insert(open.device);
        return {};
      });
    });
    for (const auto device : devices) {
      {
        const std::lock_guard lock(mutex_);
        auto& road = roads_[device];
        road.connection = std::max(road.connection, connection);
        // What is not confirmed went down with the connection before, or will be known as a repeat. What has been sent
        // by this one since is on its way; what is being sent compares for itself.
        for (auto& [transaction, flight] : road.flights) {
          if (!flight.arrived && flight.connection != 0 && flight.connection < connection) flight.lost = true;
        }
      }
      look(device);
    }
  };
  // When the queue is full the second look of each device finds the hub.
  (void)context_.executor.post(hubs.front().value(), work);
}

}  // namespace meterway::flow
