#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flow/envelope/dcc_event.h"
#include "flow/envelope/delivery_class.h"
#include "flow/envelope/refusal.h"
#include "records/registry/device.h"
#include "records/registry/lifecycle.h"
#include "records/registry/party.h"
#include "records/registry/request_record.h"
#include "records/registry/slots.h"
#include "standard/duis/request.h"
#include "standard/duis/services.h"
#include "standard/gbcs/message.h"

/// What travels from step to step. Each step takes the type before it and gives the next, so that none can be left
/// out or put in another place unnoticed; flow/pipeline.h lists them in order.
namespace meterway::flow {

/// One thing that happened to a request or an alert: what `meterway trace` shows. Steps add theirs; the store gets them
/// in the same transaction as what they tell of.
struct Hop {
  std::string_view step;     ///< folder of the step: "verify"
  std::string_view outcome;  ///< one word: "passed", "refused", "sent"
  std::string detail;        ///< for a person
  Bytes message;             ///< GBCS bytes at this point, when there are any
  UtcTime at{};              ///< zero: when it is written
};

/// A document that came to one of the three web services. Nothing about it is believed yet.
struct ReceivedRequest {
  duis::WebService service = duis::WebService::Send;
  std::string document;
  UtcTime received_at{};
  std::vector<Hop> hops;  ///< so far, not yet written
};

/// The document fits the schema and its signature is its originator's.
struct VerifiedRequest {
  ReceivedRequest received;
  duis::Request request;
  std::string digest;  ///< base64 digest of the document without its signature
  registry::Leg leg = registry::Leg::Request;
  std::optional<std::string> answered;  ///< the same request came before, and this is what it was told
  bool reused = false;                  ///< its RequestID came before with other content
};

/// The User may ask this of this device now.
struct AuthorisedRequest {
  VerifiedRequest verified;
  const duis::Service* service = nullptr;
  registry::User user;
  std::optional<registry::Device> target;  ///< none for a request that the DCC answers itself
  std::string decided{};                   ///< the rule and the facts, as its event has them
  std::string leave{};                     ///< the correction case by whose leave it may; empty: it needs none
};

/// The answer to a critical request (CV 4): a command without signature, for the User to check and sign.
struct PreCommand {
  AuthorisedRequest request;
  std::string use_case;
  gbcs::Message message;
};

/// A command on its way: complete but for the broker's MAC.
struct Command {
  AuthorisedRequest request;
  std::string use_case;
  bool critical = false;
  gbcs::Message message;
  std::string cin;                       ///< customer identification number drawn for it, for 9.1
  Bytes local{};                         ///< the command with its MAC, where the User asked for it (CV 2, 3, 6, 7)
  std::optional<UtcTime> device_date{};  ///< the date that stands in it: the device keeps it (never: cancels)
  unsigned instructions = 0;             ///< that take effect then, each with a report of its own
};

/// What a device has told that Users are to hear of from the DCC itself; flow/alert makes DCC alerts of it.
struct DccNews {
  DccEvent event{};
  duis::Element body;    ///< the one element inside DCCAlert
  std::string identity;  ///< names this very event among all of its kind
  registry::Device about;
};

struct Outcome;
/// What a request without a command does besides being answered.
struct Effects {
  std::vector<Hop> hops;
  std::vector<Outcome> tell;  ///< DCC alerts that it gives rise to
};
/// Does it, in the write that keeps the answer: decides by what the store holds at that moment. A refusal undoes all.
using Effect = std::function<Step<void>(store::WriteView& view, const AuthorisedRequest& request, Effects& effects)>;

/// The answer to a request that no device takes part in (CV 8): the content of the ResponseMessage after its two
/// references; none when there is nothing to say but that it was accepted.
struct DccAnswer {
  AuthorisedRequest request;
  std::optional<duis::Element> content;
  std::string_view code{};  ///< empty: I0 with content, I99 without
  Effect effect{};          ///< none: nothing changes
};

/// Told to the User only after the store has it.
struct Acknowledged {
  std::string answer;               ///< the signed DUIS document
  std::optional<RequestId> onward;  ///< this leg's command is to be sent
  registry::Leg leg = registry::Leg::Request;
};

/// A command with its MAC, and where to carry it.
struct OutboundCommand {
  registry::RequestRecord record;
  Eui64 hub;
  Bytes message;
};

/// What came from a device, unread.
struct InboundMessage {
  Eui64 hub;
  Eui64 device;
  Bytes message;
  UtcTime received_at{};
};

/// Something to tell a User, not yet written down: a response to a request, or an alert.
struct Outcome {
  std::optional<registry::RequestRecord> request;  ///< answered by this; none for an alert
  std::optional<Eui64> user;                       ///< none when it ends at the DCC (a message to the broker)
  std::optional<DeliveryClass> delivery_class;     ///< none: that of the request's service
  std::string trace_key;                           ///< what the event log keeps it under
  std::optional<RequestId> response_id;            ///< none when no device took part
  std::string response_code;                       ///< "I0", "E21"
  duis::Element body;                              ///< the element inside Body
  std::vector<registry::Device> inventory;         ///< entries of the inventory that change with it
  std::vector<registry::Device> seen;              ///< as they were; what changed meanwhile stays as it is
  std::string cause;                               ///< of that, for their history: "answer to 8.1.1"
  std::vector<registry::Slot> slots;               ///< what `slots_of` has said of its cells
  Eui64 slots_of;
  std::optional<Eui64> keys_of;  ///< certificates of this device are in use since, or not
  std::vector<DccNews> news;
  std::vector<registry::JoinChange> joins;                ///< what it has said of its log
  registry::Progress becomes = registry::Progress::Done;  ///< of the request
  std::string alert_key;  ///< an alert's device and counter, so that it is told once; else empty
  std::vector<Hop> hops;
  /// What changes with it, in the same transaction; when it fails nothing is kept. Not asked when it was told before.
  std::function<Status(store::WriteView&)> change;
  std::vector<Outcome> also;  ///< more to tell in the same transaction: other recipients, DCC alerts
};

}  // namespace meterway::flow
