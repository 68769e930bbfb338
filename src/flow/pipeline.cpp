#include "flow/pipeline.h"

#include <algorithm>

#include "base/net/url.h"
#include "flow/admin/admin.h"
#include "flow/answer/answer.h"
#include "flow/authorise/authorise.h"
#include "flow/command_context.h"
#include "flow/correlate/correlate.h"
#include "flow/cos/desk.h"
#include "flow/delivery_desk.h"
#include "flow/dispatch/dispatch.h"
#include "flow/envelope/meters.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/acknowledge.h"
#include "flow/inventory_desk.h"
#include "flow/live/alert_edge.h"
#include "flow/live/feed_edge.h"
#include "flow/outage/board.h"
#include "flow/outage/report_edge.h"
#include "flow/schedule_desk.h"
#include "flow/tracing/edge.h"
#include "flow/transform/transform.h"
#include "flow/verify/verify.h"

namespace meterway::flow {

Pipeline::Pipeline(const Context& context) : context_(context) {}
Pipeline::~Pipeline() { stop(); }

Result<std::unique_ptr<Pipeline>> Pipeline::start(const Context& context) {
  std::unique_ptr<Pipeline> self(new Pipeline(context));
  auto* p = self.get();
  METERWAY_TRY(p->postman_, deliver::Postman::start(context));
  // Before there is a runner nothing is missed: it begins with a look at all schedules.
  METERWAY_TRY(p->carrier_, Carrier::start(context, *p->postman_, p->refusals_, [p](Eui64 device) {
                 if (auto* runner = p->runner_.load()) runner->look_over(device);
               }));
  p->schedules_ =
      schedule::Runner::start(context, {[p](Eui64 device) { p->carrier_->look(device); },
                                        [p](Outcome&& outcome) { return p->carrier_->finish(std::move(outcome)); }});
  p->runner_ = p->schedules_.get();
  p->products_ =
      std::make_unique<certified::Sweep>(context, [p](const deliver::Place& place) { p->postman_->post(place); });
  p->jobs_ = jobs::Runner::start(context, [p](const deliver::Place& place) { p->postman_->post(place); });
  return self;
}

void Pipeline::stop() {
  if (carrier_) carrier_->close();
  context_.executor.stop();
  if (postman_) postman_->stop();
}

net::HttpResponse Pipeline::serve(net::HttpRequest&& http) {
  if (http.path == "/healthz" && http.method == "GET")
    return {200, {{"content-type", "application/json"}}, "{\"status\":\"ok\"}\n"};
  if (http.path == "/readyz" && http.method == "GET") {
    if (draining_)
      return {503, {{"content-type", "application/json"}, {"retry-after", "1"}}, "{\"status\":\"draining\"}\n"};
    return {200, {{"content-type", "application/json"}}, "{\"status\":\"ready\"}\n"};
  }
  if (auto answer = tracing::serve(http, context_)) return std::move(*answer);
  if (auto answer = serve_deliveries(http, *postman_, context_)) return std::move(*answer);
  if (auto answer = serve_schedules(http, context_)) return std::move(*answer);
  if (auto answer = serve_inventory(http, context_)) return std::move(*answer);
  if (auto answer = cos::serve(http, context_, [this](Eui64 device) { carrier_->look(device); }))
    return std::move(*answer);
  using Read = net::HttpResponse (*)(const net::HttpRequest&, const gateway::Caller&, const Context&);
  static constexpr std::pair<std::string_view, Read> kReads[] = {
      {live::kEventsPath, live::show_events},   {live::kAlertsPath, live::show_alerts},
      {live::kStormsPath, live::show_storms},   {outage::kRowsPath, outage::show_rows},
      {outage::kBoardPath, outage::show_board}, {outage::kReportPath, outage::show_report}};
  for (const auto& [path, read] : kReads) {
    if (http.path != path || http.method != "GET") continue;
    const auto caller = gateway::who_calls(http, context_);
    if (!caller) return gateway::tell({Refusal::Busy, describe(caller.error())}, std::nullopt, context_);
    return read(http, *caller, context_);
  }
  if (admin::is_admin_path(http.path)) return admin::serve(http, context_);
  return serve_request(std::move(http));
}

net::HttpResponse Pipeline::serve_request(net::HttpRequest&& http) {
  if (draining_) return gateway::tell({Refusal::Busy, "the platform is about to end"}, std::nullopt, context_);
  const auto connection = gateway::owner_of_connection(http);
  auto received = gateway::receive(std::move(http), context_);
  if (!received) return refuse_unread(received.error(), {}, context_.clock.now());
  if (connection) received->hops.back().detail += ", over TLS as " + connection->dashed_upper();
  const auto received_at = received->received_at;
  auto claimed = claimed_request_id(received->document);
  auto verified = verify::verify(std::move(*received), context_);
  if (!verified) return refuse_unread(verified.error(), std::move(claimed), received_at);
  const auto& request = verified->request;
  const gateway::Asked asked{request.id, request.service_reference, request.service_reference_variant};
  auto done = answer_to(std::move(*verified), connection);
  count(asked.service, done ? "accepted" : name(done.error().why), received_at);
  if (!done) {
    refusals_.write(asked.request_id, asked.service, done.error(), received_at);
    return gateway::tell(done.error(), asked, context_);
  }
  if (done->onward) {
    carrier_->look(done->onward->target);
  } else {
    if (asked.service_reference == "5.1") schedules_->look();
    if (asked.service_reference == "11.1" || asked.service_reference == "11.4") carrier_->images_asked();
    carrier_->ended(asked.request_id);
  }
  return gateway::document_answer(std::move(done->answer));
}

void Pipeline::count(std::string_view service, std::string_view outcome, UtcTime received) const {
  if (context_.meters == nullptr) return;
  context_.meters->requests.add({service_label(service), outcome});
  context_.meters->request_time.observe({}, context_.clock.now() - received);
}

/// Before the signature has been checked, a RequestID is only what the sender says.
net::HttpResponse Pipeline::refuse_unread(const Refused& refused, std::string key, UtcTime received) {
  count({}, name(refused.why), received);
  key = refusals_.write(RefusalLog::kNobody, std::move(key), refused, received);
  auto answer = gateway::tell(refused, std::nullopt, context_);
  answer.headers["x-event"] = key;
  return answer;
}

std::string Pipeline::note_fault(int status, std::string why) {
  const auto kind = status == 413   ? Refusal::TooLarge
                    : status == 431 ? Refusal::HeadersTooLarge
                    : status == 503 ? Refusal::Busy
                                    : Refusal::NotHttp;
  auto key = refusals_.new_key();
  (void)context_.executor.post(RefusalLog::kNobody.value(),
                               [this, kind, key, why = std::move(why), now = context_.clock.now()] {
                                 refusals_.write(RefusalLog::kNobody, key, {kind, why}, now);
                               });
  return key;
}

Step<Acknowledged> Pipeline::answer_to(VerifiedRequest&& verified, std::optional<Eui64> connection) {
  METERWAY_CHECK(gateway::check_connection(connection, verified.request.id.originator, context_));
  if (verified.answered) return Acknowledged{*verified.answered, std::nullopt, verified.leg};
  return decide(std::move(verified));
}

Step<Acknowledged> Pipeline::decide(VerifiedRequest&& verified) {
  METERWAY_TRY(auto authorised, authorise::authorise(std::move(verified), context_));
  if (authorised.service->variant == "8.13") return take_returned(std::move(authorised));
  if (authorised.service->non_device) {
    METERWAY_TRY(auto answer, answer::answer(std::move(authorised), context_));
    std::unique_lock door(door_);
    const std::shared_lock among_many(counters_with_us_);
    door.unlock();
    std::vector<deliver::Place> places;
    auto done = gateway::acknowledge(std::move(answer), context_, places);
    if (done) {
      for (const auto& place : places) postman_->post(place);
    }
    return done;
  }
  if (authorised.verified.leg == registry::Leg::SignedPreCommand) {
    METERWAY_TRY(auto signed_one, dispatch::accept_signed(std::move(authorised), context_));
    METERWAY_TRY(auto command, dispatch::add_local(std::move(signed_one), context_));
    return gateway::acknowledge(std::move(command), context_);
  }
  return make_command(std::move(authorised));
}

Step<Acknowledged> Pipeline::make_command(AuthorisedRequest&& authorised) {
  const auto& request = authorised.verified.request;
  auto with = command_context(request, *authorised.target, context_);
  const bool of_cos = request.service_reference_variant == "6.23";
  with.dcc_counter = next_counter(of_cos ? context_.settings.transitional_cos : context_.broker, request.id.target);
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
  METERWAY_TRY(auto command, dispatch::add_local(Command{std::move(authorised), std::move(made->use_case), critical,
                                                         std::move(made->message), std::move(cin)},
                                                 context_));
  return gateway::acknowledge(std::move(command), context_);
}

/// It ends a command, and then uses up its own counter; what is refused for its counter must have ended nothing. So
/// nobody else uses one up meanwhile, and the same 8.13 on another connection finds that this one was answered.
Step<Acknowledged> Pipeline::take_returned(AuthorisedRequest&& authorised) {
  const std::lock_guard door(door_);
  const std::unique_lock alone(counters_with_us_);
  const auto& verified = authorised.verified;
  std::optional<registry::RequestRecord> earlier;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(earlier, registry::find_request(view, verified.request.id, verified.leg));
    return {};
  });
  if (!read) return refuse(read.error());
  if (earlier && earlier->digest == verified.digest) return Acknowledged{earlier->answer, std::nullopt, verified.leg};
  METERWAY_TRY(auto outcome, correlate::returned(authorised.verified.request, context_));
  // Before the 8.13 itself is answered: repeated after a crash in between, it finds the command ended with this answer.
  if (outcome && !carrier_->finish(std::move(*outcome))) return refuse(Refusal::Busy, "the answer could not be stored");
  std::vector<deliver::Place> none;
  return gateway::acknowledge(DccAnswer{std::move(authorised), std::nullopt, "I0"}, context_, none);
}

/// Where the DCC is the originator the counter is its own: time in milliseconds, as Users do it, and always greater.
OriginatorCounter Pipeline::next_counter(Eui64 party, Eui64 target) {
  OriginatorCounter stored;
  (void)context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(stored, registry::last_counter(view, party, target, registry::CounterKind::Ordinary));
    return {};
  });
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.now().time_since_epoch()).count();
  const std::lock_guard lock(mutex_);
  last_broker_counter_ = std::max({static_cast<std::uint64_t>(now), last_broker_counter_ + 1, stored.value + 1});
  return {last_broker_counter_};
}

}  // namespace meterway::flow
