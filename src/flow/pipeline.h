#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "base/net/http.h"
#include "flow/carrier.h"
#include "flow/certified/certified.h"
#include "flow/envelope/context.h"
#include "flow/envelope/refusal_log.h"
#include "flow/gateway/http_edge.h"
#include "flow/jobs/runner.h"
#include "flow/schedule/runner.h"

namespace meterway::flow {

/// The road of one request, by the steps it takes. What comes before "accepted" runs while the User waits:
///
///     1 gateway::receive        HTTP            -> ReceivedRequest
///     2 verify::verify          ReceivedRequest -> VerifiedRequest
///     3 authorise::authorise    VerifiedRequest -> AuthorisedRequest
///     4 make_command            AuthorisedRequest -> PreCommand | Command      (flow/transform)
///       dispatch::accept_signed                   -> Command                   a signed pre-command, past step 4
///       answer::answer                            -> DccAnswer                 where no device takes part
///       gateway::acknowledge                      -> Acknowledged              stored, then told
///
/// The rest is the Carrier's (flow/carrier.h). What schedules make (flow/schedule) begins there.
///
/// Sharing: serve() from any thread.
class Pipeline {
 public:
  /// Opens the link and takes up what the store has open. `context` outlives the pipeline, which stops its executor.
  /// Errors: Network, Database.
  static Result<std::unique_ptr<Pipeline>> start(const Context& context);
  ~Pipeline();

  /// POST /api/v1/service{S,T,D}, GET /api/v1/trace/<RequestID>, GET /api/v1/events, /alerts, /outages,
  /// GET /api/v1/schedules, GET /healthz (the process lives), GET /readyz (it takes requests: 503 once it drains).
  net::HttpResponse serve(net::HttpRequest&& http);
  /// What the server has refused by itself, with this status, leaves its event too. Does not wait for it;
  /// gives its key.
  std::string note_fault(int status, std::string why);
  std::uint16_t link_port() const { return carrier_->link_port(); }
  /// Takes no new requests from now on (503 with Retry-After); what was accepted goes on.
  void drain() { draining_ = true; }
  /// Something of this device was decided beside the road: a quarantined request of it, say.
  void look(Eui64 device) { carrier_->look(device); }
  /// From now on the certified product list suspends and restores devices when its moments have come.
  void watch_products() { products_->start(); }
  /// It may say something else from now on.
  void products_changed() { products_->look(); }
  /// Bulk work has come, or something was asked of it.
  void jobs_changed() { jobs_->look(); }
  /// Commands are on the link, and their answers are still to come.
  bool busy() { return in_flight() != 0; }
  std::size_t in_flight() { return carrier_->in_flight(); }
  /// Communications hubs that can be reached now.
  std::size_t hubs() const { return carrier_->hubs(); }
  bool draining() const { return draining_; }
  /// What Users are owed.
  Result<std::vector<deliver::UserBacklog>> backlog() const { return postman_->backlog(); }
  void stop();

 private:
  explicit Pipeline(const Context& context);

  net::HttpResponse serve_request(net::HttpRequest&& http);
  void count(std::string_view service, std::string_view outcome, UtcTime received) const;
  net::HttpResponse refuse_unread(const Refused& refused, std::string key, UtcTime received);
  Step<Acknowledged> answer_to(VerifiedRequest&& verified, std::optional<Eui64> connection);
  Step<Acknowledged> decide(VerifiedRequest&& verified);
  Step<Acknowledged> make_command(AuthorisedRequest&& authorised);
  OriginatorCounter next_counter(Eui64 party, Eui64 target);
  /// 8.13: the answer to a command for local delivery.
  Step<Acknowledged> take_returned(AuthorisedRequest&& authorised);

  const Context& context_;
  std::atomic<bool> draining_{false};
  RefusalLog refusals_{context_};
  // The counters that a User has used with the DCC itself: many use up one each, or one 8.13 uses his alone. Whoever
  // wants either goes through the door, so that the many cannot keep the one waiting.
  std::mutex door_;
  std::shared_mutex counters_with_us_;
  std::mutex mutex_;  // guards the one below
  std::uint64_t last_broker_counter_ = 0;
  // Stopped in this order: nothing new comes in, what runs ends.
  std::unique_ptr<Carrier> carrier_;
  std::unique_ptr<deliver::Postman> postman_;
  std::unique_ptr<schedule::Runner> schedules_;
  std::atomic<schedule::Runner*> runner_{nullptr};  ///< the same, for whoever runs while the pipeline starts
  std::unique_ptr<certified::Sweep> products_;
  std::unique_ptr<jobs::Runner> jobs_;
};

}  // namespace meterway::flow
