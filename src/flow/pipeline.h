#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "base/net/http.h"
#include "flow/deliver/deliver.h"
#include "flow/envelope/context.h"
#include "flow/gateway/http_edge.h"
#include "flow/wan/link.h"

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
/// The rest runs on the worker that owns the device, from what the store says, as often as it takes:
///
///     5 dispatch::dispatch      RequestRecord   -> OutboundCommand
///     6 wan::Link               OutboundCommand -> (hub, device) -> InboundMessage
///     8 correlate::correlate    InboundMessage  -> Outcome                     an alert enters here
///       alert::add_alerts       Outcome         -> the same, with the DCC alerts it gives rise to
///     9 deliver::store_outcome  Outcome         -> Due, and the Postman
///
/// Sharing: serve() from any thread.
class Pipeline {
 public:
  /// Opens the link and takes up what the store has open. `context` outlives the pipeline, which stops its executor.
  /// Errors: Network, Database.
  static Result<std::unique_ptr<Pipeline>> start(const Context& context);
  ~Pipeline();

  /// POST /api/v1/service{S,T,D}, GET /api/v1/trace/<RequestID>, GET /healthz.
  net::HttpResponse serve(net::HttpRequest&& http);
  std::uint16_t link_port() const { return link_->port(); }
  void stop();

 private:
  struct Leg {
    RequestId id;
    registry::Leg leg = registry::Leg::Request;
  };
  explicit Pipeline(const Context& context);

  net::HttpResponse serve_request(net::HttpRequest&& http);
  Step<Acknowledged> answer_to(VerifiedRequest&& verified, std::optional<Eui64> connection);
  Step<Acknowledged> decide(VerifiedRequest&& verified);
  Step<Acknowledged> make_command(AuthorisedRequest&& authorised);
  DeviceType type_of_other(const duis::Element& body);
  OriginatorCounter next_broker_counter(Eui64 target);

  /// Has the worker of the device look at the leg: to send it, to give it up, or to wait on.
  void look(Leg leg, bool again = false);
  void look_at(UtcTime time, Leg leg, bool again = false);
  void advance(const Leg& leg, bool again);
  void send(registry::RequestRecord&& record);
  void finish(Outcome&& outcome);
  /// Writes it down with the alerts it gives rise to. False: nothing is written, try again.
  bool store(Outcome&& outcome);
  void take_inbound(InboundMessage&& inbound, const std::function<void()>& stored);
  void take_arrived(std::uint64_t ticket);
  void take_failed(std::uint64_t ticket, wire::LinkFailure why);
  void take_joined(const std::vector<Eui64>& hubs);

  const Context& context_;
  std::mutex mutex_;                      // guards the two below
  std::map<std::uint64_t, Leg> tickets_;  // what is on the link, not yet arrived
  std::uint64_t last_broker_counter_ = 0;
  // Stopped in this order: nothing new comes in, what runs ends.
  std::unique_ptr<wan::Link> link_;
  std::unique_ptr<deliver::Postman> postman_;
};

}  // namespace meterway::flow
