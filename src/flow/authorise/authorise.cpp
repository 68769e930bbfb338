#include "flow/authorise/authorise.h"

#include <algorithm>

#include "base/util/base64.h"
#include "flow/authorise/device_certificate.h"
#include "records/access/claim.h"
#include "records/access/explain.h"
#include "records/access/leave.h"
#include "records/registry/products.h"
#include "records/registry/slots.h"
#include "standard/pki/certificate.h"

namespace meterway::flow::authorise {
namespace {

/// What a decision's reason is called on the road. Named alike in spec/refusals.tsv.
Refusal refusal_of(access::Reason reason) {
  switch (reason) {
    case access::Reason::CommandVariant:
      return Refusal::CommandVariant;
    case access::Reason::NoLocalCommand:
      return Refusal::NoLocalCommand;
    case access::Reason::WrongService:
      return Refusal::WrongService;
    case access::Reason::NoUser:
      return Refusal::NoUser;
    case access::Reason::UserNotLive:
      return Refusal::UserNotLive;
    case access::Reason::RoleNotEligible:
      return Refusal::RoleNotEligible;
    case access::Reason::NoDevice:
      return Refusal::NoDevice;
    case access::Reason::DeviceType:
      return Refusal::DeviceType;
    case access::Reason::DeviceState:
      return Refusal::DeviceState;
    case access::Reason::NotResponsible:
    case access::Reason::Allowed:
      break;
  }
  return Refusal::NotResponsible;
}

constexpr std::string_view kUpdateLog = "8.11";

Step<const duis::Service*> known_service(const VerifiedRequest& verified, UtcTime now) {
  const auto& request = verified.request;
  const auto* service = duis::find_service(request.service_reference_variant);
  if (service == nullptr) return refuse(Refusal::NotSchema, "there is no service " + request.service_reference_variant);
  const auto cv = request.command_variant;
  const auto decision = access::decide_command(*service, cv, verified.received.service, now);
  if (!decision.allowed()) return refuse(refusal_of(decision.reason), access::why_not(decision, *service, cv));
  return service;
}

/// 8.11 puts a device into a hub's log or takes it out, and says whose it is by its points: who may ask it of the hub
/// need not be one who may change the device. One that the inventory does not have is nobody's.
Step<void> check_log_update(const duis::Request& request, const registry::User& user, const duis::Service& service,
                            const Context& context) {
  const auto eui = Eui64::parse(request.body.text_at("DeviceID"));
  if (service.variant != kUpdateLog || !eui) return {};
  const access::Claim claim{user, service, context.clock.now()};
  bool may = true;
  std::optional<std::string_view> another;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto device, registry::find_device(view, *eui));
    if (!device) return {};
    METERWAY_TRY(may, access::may_change(view, claim, *device));
    auto after = *device;
    for (const auto name : access::kPoints) {
      const auto value = request.body.text_at("AddDeviceToCHFWhitelist/" + std::string(name));
      if (!value.empty()) after.details[std::string(name)] = value;
    }
    METERWAY_TRY(another, access::point_of_another(view, claim, *device, after));
    return {};
  });
  if (!read) return refuse(read.error());
  if (!may) return refuse(Refusal::NotResponsible, "DeviceID: not responsible for " + eui->dashed_upper());
  if (another) return refuse(Refusal::NotResponsible, std::string(*another) + ": not registered for it");
  return {};
}

constexpr std::string_view kReplaceByParty = "6.15.1", kNewDeviceCertificate = "6.15.2", kHandOver = "6.21";
constexpr std::string_view kSwitch = "certificate.network_operator.check";

/// What decides on a replacement of network operator certificates.
struct Credentials {
  std::vector<Eui64> registered;  ///< network operators; empty: registration does not say
  std::optional<registry::Correction> correction;
};

/// What a decision is made from, all as of one moment.
struct Parties {
  std::optional<registry::User> user;
  std::optional<registry::Device> device;
  std::vector<registration::Holder> holders;  ///< of the device's metering points
  Credentials credentials;                    ///< read where the service concerns them
  UtcTime now{};
};

bool concerns_credentials(const duis::Service& service) {
  return service.variant == kReplaceByParty || service.variant == kHandOver;
}

Status read_parties(const store::ReadView& view, const RequestId& id, const duis::Service& service, Parties& out) {
  METERWAY_TRY(out.user, registry::find_user(view, id.originator));
  METERWAY_TRY(out.device, registry::find_device(view, id.target));
  if (!out.device) return {};
  METERWAY_TRY(*out.device, registry::as_listed(view, *out.device, out.now));
  METERWAY_TRY(out.holders, registration::holders_of(view, *out.device, out.now));
  if (!concerns_credentials(service)) return {};
  METERWAY_TRY(out.credentials.registered, registration::network_operators(view, *out.device, out.now));
  METERWAY_TRY(out.credentials.correction, registry::find_correction(view, out.device->eui, out.now));
  return {};
}

/// Every certificate that the body has for the network operator's cells, by whose it is. What cannot be read is for the
/// step that needs it to refuse.
std::vector<Eui64> network_operators_in(const duis::Element& body) {
  std::vector<Eui64> out;
  if (body.text_at("RemotePartyRole") != "NetworkOperator") return out;
  const auto* certificates = body.find("ReplacementCertificates");
  if (certificates != nullptr && certificates->child("SupplierOrNetworkOperatorCertificates") != nullptr)
    certificates = certificates->child("SupplierOrNetworkOperatorCertificates");
  if (certificates == nullptr) return out;
  for (const auto& one : certificates->children) {
    const auto der = from_base64(one.text);
    const auto certificate = der ? pki::parse_certificate(*der) : fail(ErrorCode::BadCertificate);
    if (certificate && certificate->subject_eui) out.push_back(*certificate->subject_eui);
  }
  return out;
}

/// The network operator's certificates against registration, and against the leave where the User has no other right.
Step<void> check_certificates(const duis::Element& body, const Credentials& credentials, bool by_leave,
                              const Context& context) {
  const auto holders = network_operators_in(body);
  if (by_leave && holders.empty())
    return refuse(Refusal::NotResponsible, credentials.correction->reference +
                                               " lets it replace the network operator's certificates, nothing else");
  const auto today = calendar::date_of(context.clock.now());
  const auto ruling = context.settings.rules.on(kSwitch, today);
  const bool checked = ruling && ruling->value != "0";
  for (const Eui64 holder : holders) {
    if (by_leave && holder != credentials.correction->holder)
      return refuse(Refusal::NotResponsible, credentials.correction->reference + " is for certificates of " +
                                                 credentials.correction->holder.dashed_upper() + ", not of " +
                                                 holder.dashed_upper());
    const auto& registered = credentials.registered;
    if (!checked || registered.empty()) continue;
    if (std::find(registered.begin(), registered.end(), holder) == registered.end())
      return refuse(Refusal::WrongNetworkOperator, "a certificate of " + holder.dashed_upper() +
                                                       ", but registration names " + registered.front().dashed_upper() +
                                                       " as network operator; " + ruling->explain(today));
  }
  if (by_leave && !access::is_prepared(body, *credentials.correction))
    return refuse(Refusal::NotResponsible,
                  credentials.correction->reference + " lets it send the prepared body (offer), and this is another");
  return {};
}

/// The same of what is only known by the document of its first leg: a signed pre-command brings bytes alone, and was
/// made of a body that passed here at another time; what was held is sent at another time. None such: it is for the
/// step that needs it to refuse.
Step<void> check_earlier(const RequestId& id, const std::optional<std::string>& own, const Credentials& credentials,
                         bool by_leave, const Context& context) {
  std::optional<registry::RequestRecord> first;
  if (!own) {
    const auto read = context.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(first, registry::find_request(view, id, registry::Leg::Request));
      return {};
    });
    if (!read) return refuse(read.error());
    if (!first) return {};
  }
  const auto request = duis::read_request(own ? *own : first->document);
  if (!request) return {};
  return check_certificates(request->body, credentials, by_leave, context);
}

/// The decision, and the facts that it was made from.
struct Decided {
  access::Facts facts;
  access::Decision decision;
  std::string note() const { return "; " + access::write_facts(decision, facts); }
};

Step<Decided> decide(const RequestId& id, const Parties& parties, const duis::Service& service,
                     const Context& context) {
  Decided out;
  out.facts = access::facts_of(service, parties.user, parties.device, parties.holders, parties.credentials.correction,
                               id.target == context.broker, parties.now);
  out.decision = access::decide(out.facts);
  if (out.decision.allowed()) return out;
  const access::Names names{id.originator, id.target, context.broker, parties.user, parties.holders};
  return refuse(refusal_of(out.decision.reason), access::why_not(out.decision, out.facts, names) + out.note());
}

}  // namespace

Step<AuthorisedRequest> authorise(VerifiedRequest&& verified, const Context& context) {
  Parties parties;
  parties.now = context.clock.now();
  METERWAY_TRY(const auto* service, known_service(verified, parties.now));
  const auto& id = verified.request.id;
  const auto read =
      context.store.read([&](const store::ReadView& view) { return read_parties(view, id, *service, parties); });
  if (!read) return refuse(read.error());
  METERWAY_TRY(const auto decided, decide(id, parties, *service, context));
  const bool by_leave = decided.decision.by_leave;
  auto& user = parties.user;
  auto& device = parties.device;
  if (service->non_device) device.reset();
  if (device && concerns_credentials(*service)) {
    const bool first = !is_signed(verified.request.command_variant);
    METERWAY_CHECK(first ? check_certificates(verified.request.body, parties.credentials, by_leave, context)
                         : check_earlier(id, {}, parties.credentials, by_leave, context));
  }
  if (device && service->variant == kNewDeviceCertificate && !is_signed(verified.request.command_variant))
    METERWAY_CHECK(check_device_certificate(verified.request.body, context));
  METERWAY_CHECK(check_log_update(verified.request, *user, *service, context));
  if (verified.reused) return refuse(Refusal::RequestIdReused, "this RequestID came before with other content");
  verified.received.hops.push_back({"authorise",
                                    "passed",
                                    "service " + std::string(service->variant) + " for " + user->name +
                                        (by_leave ? ", by leave of " + parties.credentials.correction->reference : "") +
                                        decided.note(),
                                    {},
                                    context.clock.now()});
  AuthorisedRequest out{std::move(verified), service, std::move(*user), std::move(device), decided.note(), {}};
  if (by_leave) out.leave = parties.credentials.correction->reference;
  return out;
}

Step<void> still_allowed(const registry::RequestRecord& record, const Context& context) {
  const auto* service = duis::find_service(record.service);
  if (service == nullptr) return refuse(Refusal::NotSchema, "there is no service " + record.service);
  Parties parties;
  parties.now = context.clock.now();
  const auto read =
      context.store.read([&](const store::ReadView& view) { return read_parties(view, record.id, *service, parties); });
  if (!read) return refuse(read.error());
  METERWAY_TRY(const auto decided, decide(record.id, parties, *service, context));
  if (!parties.device || !concerns_credentials(*service)) return {};
  const auto own = record.leg == registry::Leg::Request ? std::optional(record.document) : std::nullopt;
  return check_earlier(record.id, own, parties.credentials, decided.decision.by_leave, context);
}

}  // namespace meterway::flow::authorise
