#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>

#include "flow/alert/throttle.h"
#include "flow/deliver/deliver.h"
#include "flow/distribute/distribution.h"
#include "flow/envelope/context.h"
#include "flow/envelope/refusal_log.h"
#include "flow/outage/watch.h"
#include "flow/wan/link.h"

namespace meterway::flow {

/// The road after "accepted": carries each command to its device and its outcome to the User's queue.
///
///     5 dispatch::dispatch      RequestRecord   -> OutboundCommand
///     6 wan::Link               OutboundCommand -> (hub, device) -> InboundMessage
///     8 correlate::correlate    InboundMessage  -> Outcome                     an alert enters here
///       alert::Throttle         Outcome         -> the same; an alert of a storm tells nobody by itself
///       alert::tell_as_dcc_alert                   what hubs tell the broker, as DCC alert where it has a code
///       alert::add_alerts       Outcome         -> the same, with the DCC alerts it gives rise to
///       outage::Watch           HubReport       -> Outcome                     a hub's loss of supply enters here
///       distribute::Distribution   image       -> device, by blocks             11.1 and 11.4
///     9 deliver::store_outcome  Outcome         -> Place, and the Postman
///
/// A device has one owner, the executor's lane of its name, and the owner looks at all that is open for the device at
/// once: it sends in the order of acceptance, whoever was told first. What has been sent and what has arrived is in
/// memory only, until it is a second old; after a crash it is sent again under the same transaction, and the region
/// knows it. The region need not know the oldest: what is sent after a command that might be sent again is counted.
/// Sharing: from any thread.
class Carrier {
 public:
  /// `context`, `postman` and `refusals` outlive it. `supplier_told`: a device has said, checked, whose certificates
  /// are in its supplier's cells; from any thread. Errors: Network when the link's port is taken, Database.
  static Result<std::unique_ptr<Carrier>> start(const Context& context, deliver::Postman& postman, RefusalLog& refusals,
                                                std::function<void(Eui64 device)> supplier_told = {});
  /// There is something new to do for the device, or soon.
  void look(Eui64 device);
  /// Devices wait for a firmware image that did not before.
  void images_asked() { firmware_->look(); }
  /// Writes down an outcome, with what is not yet written of the way there. False when the store could not: the request
  /// stays open, and is looked at again.
  bool finish(Outcome&& outcome);
  /// A request has ended: whoever waits for it in a sequence is looked at.
  void ended(const RequestId& id);
  std::uint16_t link_port() const { return link_.port(); }
  /// Communications hubs that can be reached now.
  std::size_t hubs() const { return link_.hubs(); }
  /// Commands sent whose answer has not come yet.
  std::size_t in_flight();
  /// Nothing comes in from the link afterwards, nothing goes out.
  void close() { link_.close(); }

 private:
  /// A command on the link, or with its device.
  struct Flight {
    registry::OpenRequest open;
    UtcTime sent{}, deadline{};
    UtcTime changed{};             ///< when there was last something that the store does not know
    bool arrived = false;          ///< the region has confirmed it
    bool lost = false;             ///< its connection went: to be sent again
    bool written = false;          ///< the store knows that it was sent
    bool settled = false;          ///< and that it has arrived: it is not sent again
    std::uint64_t place = 0;       ///< among all that was sent to the device
    std::uint64_t connection = 0;  ///< that it went by; zero: it is being sent
    std::vector<Hop> hops;
  };
  /// What is remembered of a device with open commands.
  struct Road {
    std::map<std::uint64_t, Flight> flights;  ///< by transaction
    std::uint64_t sent = 0;                   ///< commands, each counted once
    UtcTime wake{};                           ///< the earliest time set and not yet come; zero: none
    bool waits = false;                       ///< commands wait for others to arrive
    std::uint64_t connection = 0;             ///< the latest that the device's hub came by
  };
  struct Look;
  /// Of a command that is Accepted.
  enum class Way : std::uint8_t { Waits, Ended, Goes };

  Carrier(const Context& context, deliver::Postman& postman, RefusalLog& refusals,
          std::function<void(Eui64)> supplier_told);
  Result<std::set<Eui64>> adopt_open();
  wan::LinkEvents link_events();

  void advance(Eui64 device);
  void begin(Look& look, const registry::OpenRequest& open);
  void look_after(Look& look, const Flight& flight);
  void send(Look& look, registry::RequestRecord record);
  void not_sent(Look& look, registry::RequestRecord&& record, UtcTime give_up_at);
  void wait_for_answer(Look& look, const registry::RequestRecord& record);
  void write_sent(Eui64 device, const Flight& flight);
  std::uint64_t room_of(Eui64 device);
  void wake_at(Eui64 device, UtcTime time);

  std::set<std::uint64_t> flights_of(Eui64 device);
  std::optional<Flight> flight_of(Eui64 device, std::uint64_t transaction);
  Result<std::optional<registry::RequestRecord>> record_of(const registry::OpenRequest& open);
  void forget(Eui64 device, std::uint64_t transaction);
  void wait_behind(Look& look, registry::RequestRecord& record, const RequestId& before);
  bool leave_behind(Look& look, registry::RequestRecord& record);
  Way may_go(Look& look, registry::RequestRecord& record);
  void watch_dates(Eui64 device);
  void take_inbound(const std::shared_ptr<const InboundMessage>& inbound, const std::function<void()>& stored);
  void take_arrived(Eui64 device, std::uint64_t transaction);
  void take_failed(Eui64 device, std::uint64_t transaction, wire::LinkFailure why);
  void take_joined(const std::vector<Eui64>& hubs, std::uint64_t connection);

  const Context& context_;
  deliver::Postman& postman_;
  RefusalLog& refusals_;
  const std::function<void(Eui64)> supplier_told_;
  const UtcTime started_;
  std::mutex mutex_;  // guards the two below
  std::unordered_map<Eui64, Road> roads_;
  std::map<RequestId, std::set<Eui64>> followers_;  ///< request -> devices of the commands that wait for it
  std::unique_ptr<outage::Watch> watch_;
  std::shared_ptr<alert::Throttle> throttle_;
  std::unique_ptr<distribute::Distribution> firmware_;
  wan::Link link_;
};

}  // namespace meterway::flow
