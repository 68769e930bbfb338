#include "flow/pipeline.h"

#include <algorithm>
#include <set>

#include "flow/alert/alert.h"
#include "flow/answer/inventory.h"
#include "flow/authorise/authorise.h"
#include "flow/correlate/correlate.h"
#include "flow/dispatch/dispatch.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/acknowledge.h"
#include "flow/transform/transform.h"
#include "flow/verify/verify.h"

namespace meterway::flow {
namespace {

using registry::Progress;
using registry::RequestRecord;
constexpr std::chrono::seconds kSoon{1};  // when to look again after something of our own was full
constexpr std::string_view kTrace = "/api/v1/trace/";

std::uint64_t lane_of(const RequestId& id) { return id.target.value(); }

}  // namespace

Pipeline::Pipeline(const Context& context) : context_(context) {}
Pipeline::~Pipeline() { stop(); }

Result<std::unique_ptr<Pipeline>> Pipeline::start(const Context& context) {
  std::unique_ptr<Pipeline> self(new Pipeline(context));
  auto* p = self.get();
  METERWAY_TRY(p->postman_, deliver::Postman::start(context));
  wan::LinkEvents events;
  events.inbound = [p](InboundMessage message, std::function<void()> stored) {
    const auto device = message.device;
    auto shared = std::make_shared<InboundMessage>(std::move(message));
    return p->context_.executor.post(
        device.value(), [p, shared, stored = std::move(stored)] { p->take_inbound(std::move(*shared), stored); });
  };
  events.joined = [p](std::vector<Eui64> hubs) {
    if (!hubs.empty()) (void)p->context_.executor.post(hubs.front().value(), [p, hubs] { p->take_joined(hubs); });
  };
  events.arrived = [p](std::uint64_t ticket) { p->take_arrived(ticket); };
  events.failed = [p](std::uint64_t ticket, wire::LinkFailure why) { p->take_failed(ticket, why); };
  std::vector<RequestRecord> open;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(open, registry::open_requests(view));
    return {};
  }));
  METERWAY_TRY(p->link_, wan::Link::open(context.network, context.settings.address, context.settings.link_port,
                                         context.clock, std::move(events)));
  for (const auto& record : open) p->look({record.id, record.leg});
  return self;
}

void Pipeline::stop() {
  if (link_) link_->close();
  context_.executor.stop();
  if (postman_) postman_->stop();
}

net::HttpResponse Pipeline::serve(net::HttpRequest&& http) {
  if (http.path == "/healthz" && http.method == "GET")
    return {200, {{"content-type", "application/json"}}, "{\"status\":\"ok\"}\n"};
  if (http.path.starts_with(kTrace) && http.method == "GET") {
    const auto caller = gateway::who_calls(http, context_);
    if (!caller) return gateway::tell({Refusal::Busy, describe(caller.error())}, std::nullopt, context_);
    return gateway::show_trace(std::string_view(http.path).substr(kTrace.size()), *caller, context_);
  }
  return serve_request(std::move(http));
}

net::HttpResponse Pipeline::serve_request(net::HttpRequest&& http) {
  const auto connection = gateway::owner_of_connection(http);
  auto received = gateway::receive(std::move(http), context_);
  if (!received) return gateway::tell(received.error(), std::nullopt, context_);
  auto verified = verify::verify(std::move(*received), context_);
  if (!verified) return gateway::tell(verified.error(), std::nullopt, context_);
  const auto& request = verified->request;
  const gateway::Asked asked{request.id, request.service_reference, request.service_reference_variant};
  auto hops = verified->received.hops;
  auto done = answer_to(std::move(*verified), connection);
  if (!done) {
    hops.push_back({"gateway", "refused", std::string(name(done.error().why)) + ": " + done.error().detail, {}, {}});
    // A full disk is no reason to leave the User without an answer.
    (void)trace(context_, asked.request_id.text(), hops);
    return gateway::tell(done.error(), asked, context_);
  }
  if (done->onward) look({*done->onward, done->leg});
  return gateway::document_answer(std::move(done->answer));
}

Step<Acknowledged> Pipeline::answer_to(VerifiedRequest&& verified, std::optional<Eui64> connection) {
  METERWAY_CHECK(gateway::check_connection(connection, verified.request.id.originator, context_));
  if (verified.answered) return Acknowledged{*verified.answered, std::nullopt, verified.leg};
  return decide(std::move(verified));
}

Step<Acknowledged> Pipeline::decide(VerifiedRequest&& verified) {
  METERWAY_TRY(auto authorised, authorise::authorise(std::move(verified), context_));
  if (authorised.service->non_device) {
    METERWAY_TRY(auto answer, answer::answer(std::move(authorised), context_));
    return gateway::acknowledge(std::move(answer), context_);
  }
  if (authorised.verified.leg == registry::Leg::SignedPreCommand) {
    METERWAY_TRY(auto command, dispatch::accept_signed(std::move(authorised), context_));
    return gateway::acknowledge(std::move(command), context_);
  }
  return make_command(std::move(authorised));
}

/// The type of the device that a join or unjoin names, where the inventory knows it.
DeviceType Pipeline::type_of_other(const duis::Element& body) {
  const auto eui = Eui64::parse(body.text_at("OtherDeviceID"));
  std::optional<registry::Device> device;
  if (eui) {
    (void)context_.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(device, registry::find_device(view, *eui));
      return {};
    });
  }
  return device ? device->type : DeviceType::Unknown;
}

Step<Acknowledged> Pipeline::make_command(AuthorisedRequest&& authorised) {
  const auto& request = authorised.verified.request;
  transform::Context with;
  with.now = context_.clock.now();
  with.access_control_broker = context_.broker;
  with.target_type = authorised.target->type;
  with.twin_element = authorised.target->detail("ESMEVariant").find('B') != std::string_view::npos;
  with.other_type = type_of_other(request.body);
  with.keys = &context_.keys;
  with.dcc_counter = next_broker_counter(request.id.target);
  std::string cin;
  if (request.service_reference_variant == "9.1") {
    for (int i = 0; i < 4; ++i) cin += static_cast<char>('0' + context_.random.next_u64() % 10);
    with.cin = cin;
  }
  auto made = transform::transform(request, with);
  if (!made) {
    const auto why = request.service_reference_variant + ": " + describe(made.error());
    return refuse(made.error().code == ErrorCode::Unsupported ? Refusal::NotCarried : Refusal::Senseless, why);
  }
  if (request.command_variant == CommandVariant::Transform) {
    return gateway::acknowledge(PreCommand{std::move(authorised), std::move(made->use_case), std::move(made->message)},
                                context_);
  }
  // A use case may be critical where the service is not: no User signs it then, so the broker does (dispatch).
  const bool critical = made->critical || made->signed_by_broker;
  return gateway::acknowledge(
      Command{std::move(authorised), std::move(made->use_case), critical, std::move(made->message), std::move(cin)},
      context_);
}

/// Where the DCC is the originator the counter is its own: time in milliseconds, as Users do it, and always greater.
OriginatorCounter Pipeline::next_broker_counter(Eui64 target) {
  OriginatorCounter stored;
  (void)context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(stored, registry::last_counter(view, context_.broker, target, registry::CounterKind::Ordinary));
    return {};
  });
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.now().time_since_epoch()).count();
  const std::lock_guard lock(mutex_);
  last_broker_counter_ = std::max({static_cast<std::uint64_t>(now), last_broker_counter_ + 1, stored.value + 1});
  return {last_broker_counter_};
}

void Pipeline::look(Leg leg, bool again) {
  const auto posted = context_.executor.post(lane_of(leg.id), [this, leg, again] { advance(leg, again); });
  if (!posted && posted.error().code == ErrorCode::Full) look_at(context_.clock.now() + kSoon, leg, again);
}

void Pipeline::look_at(UtcTime time, Leg leg, bool again) {
  context_.executor.at(time, lane_of(leg.id), [this, leg, again] { advance(leg, again); });
}

void Pipeline::advance(const Leg& leg, bool again) {
  std::optional<RequestRecord> record;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(record, registry::find_request(view, leg.id, leg.leg));
    return {};
  });
  if (!read) return look_at(context_.clock.now() + kSoon, leg, again);
  if (!record) return;
  const auto now = context_.clock.now();
  const bool sent = record->progress == Progress::Sent;
  if (!sent && record->progress != Progress::Accepted) return;
  if (record->send_at > now) return look_at(record->send_at, leg);
  if (sent && now >= record->deadline)
    return finish(correlate::give_up(std::move(*record), Refusal::NoAnswer, context_));
  // What was sent but not known to have arrived may be sent once more: devices refuse a replayed counter.
  if (!sent || (again && !record->arrived)) return send(std::move(*record));
  look_at(record->deadline, leg);
}

void Pipeline::send(RequestRecord&& record) {
  const Leg leg{record.id, record.leg};
  const bool first = record.progress == Progress::Accepted;
  auto kept = record;
  auto outbound = dispatch::dispatch(std::move(record), context_);
  if (!outbound) {
    auto outcome = correlate::give_up(std::move(kept), Refusal::Unreachable, context_);
    outcome.hops.insert(outcome.hops.begin(), Hop{"dispatch", "failed", describe(outbound.error()), {}, {}});
    return finish(std::move(outcome));
  }
  const auto now = context_.clock.now();
  Result<std::uint64_t> ticket = fail(ErrorCode::Closed);
  {
    const std::lock_guard lock(mutex_);  // the answer to the ticket waits until it is known here
    ticket = link_->send(*outbound);
    if (ticket) tickets_[*ticket] = leg;
  }
  if (!ticket) {
    if (now >= kept.deadline)
      return finish(correlate::give_up(std::move(kept), first ? Refusal::Unreachable : Refusal::NoAnswer, context_));
    return look_at(std::min(now + kSoon, kept.deadline), leg, true);
  }
  kept.progress = Progress::Sent;
  if (first) kept.deadline = now + context_.settings.device_timeout;
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::put_request(view, kept));
    std::vector<Hop> hops;
    if (first) hops.push_back({"dispatch", "protected", "MAC of the access control broker", outbound->message, now});
    hops.push_back({"wan",
                    first ? "sent" : "sent again",
                    "to " + kept.header.target.dashed_upper() + " through hub " + outbound->hub.dashed_upper(),
                    {},
                    now});
    return trace(view, context_, kept.id.text(), hops);
  });
  look_at(stored ? kept.deadline : now + kSoon, leg);
}

void Pipeline::finish(Outcome&& outcome) {
  const auto leg = outcome.request ? std::optional<Leg>({outcome.request->id, outcome.request->leg}) : std::nullopt;
  if (!store(std::move(outcome)) && leg) look_at(context_.clock.now() + kSoon, *leg);
}

bool Pipeline::store(Outcome&& outcome) {
  if (!alert::add_alerts(outcome, context_)) return false;
  auto dues = deliver::store_outcome(std::move(outcome), context_);
  if (!dues) return false;
  for (auto& due : *dues) postman_->post(std::move(due));
  return true;
}

void Pipeline::take_inbound(InboundMessage&& inbound, const std::function<void()>& stored) {
  auto outcome = correlate::correlate(std::move(inbound), context_);
  if (!outcome) {
    // Nobody waits for it: say so in the log, and let the region forget it.
    const auto& why = outcome.error();
    if (why.repeat || trace(context_, why.trace_key, {why.hop})) stored();
    return;
  }
  if (!store(std::move(*outcome))) return;  // not stored, so not acknowledged: the region sends it again
  stored();
}

void Pipeline::take_arrived(std::uint64_t ticket) {
  std::optional<Leg> leg;
  {
    const std::lock_guard lock(mutex_);
    const auto found = tickets_.find(ticket);
    if (found == tickets_.end()) return;
    leg = found->second;
    tickets_.erase(found);
  }
  (void)context_.executor.post(lane_of(leg->id), [this, leg = *leg] {
    (void)context_.store.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(auto record, registry::find_request(view, leg.id, leg.leg));
      if (!record || record->arrived) return {};
      record->arrived = true;
      METERWAY_CHECK(registry::put_request(view, *record));
      return trace(view, context_, leg.id.text(), {{"wan", "arrived", "the device has it", {}, {}}});
    });
  });
}

void Pipeline::take_failed(std::uint64_t ticket, wire::LinkFailure why) {
  std::optional<Leg> leg;
  {
    const std::lock_guard lock(mutex_);
    const auto found = tickets_.find(ticket);
    if (found == tickets_.end()) return;
    leg = found->second;
    tickets_.erase(found);
  }
  if (why == wire::LinkFailure::Busy) return look_at(context_.clock.now() + kSoon, *leg, true);
  (void)context_.executor.post(lane_of(leg->id), [this, leg = *leg, why] {
    std::optional<RequestRecord> record;
    (void)context_.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(record, registry::find_request(view, leg.id, leg.leg));
      return {};
    });
    if (!record || record->progress != Progress::Sent) return;
    auto outcome = correlate::give_up(std::move(*record), Refusal::Unreachable, context_);
    outcome.hops.insert(outcome.hops.begin(), Hop{"wan", "failed", std::string(wire::to_string(why)), {}, {}});
    finish(std::move(outcome));
  });
}

void Pipeline::take_joined(const std::vector<Eui64>& hubs) {
  const std::set<Eui64> joined(hubs.begin(), hubs.end());
  std::vector<Leg> waiting;
  (void)context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto open, registry::open_requests(view));
    for (const auto& record : open) {
      METERWAY_TRY(const auto device, registry::find_device(view, record.header.target));
      if (device && device->hub && joined.count(*device->hub) != 0) waiting.push_back({record.id, record.leg});
    }
    return {};
  });
  for (const auto& leg : waiting) look(leg, true);
}

}  // namespace meterway::flow
