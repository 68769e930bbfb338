#include <algorithm>
#include <iterator>

#include "flow/answer/hub_return.h"
#include "flow/answer/services.h"
#include "flow/answer/work.h"
#include "flow/envelope/decision_line.h"
#include "flow/envelope/trace.h"
#include "records/installation/hubs.h"
#include "records/registration/registration.h"
#include "records/registry/lifecycle.h"
#include "records/registry/trace_reader.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using registry::DeviceEvent;

constexpr std::string_view kBackdated = "installation.before_prenotification";

Step<Device> named_hub(const Work& work) {
  METERWAY_TRY(auto hub, named_device(work));
  if (hub.type != DeviceType::CHF)
    return refuse(Refusal::DeviceType, hub.eui.dashed_upper() + " is a " + std::string(to_string(hub.type)));
  METERWAY_CHECK(check_may_change(work, hub));
  return hub;
}

/// When the User says that it was; now, when he does not.
Step<UtcTime> time_of(const Work& work, std::string_view element) {
  const auto text = work.body().text_at(element);
  if (text.empty()) return work.now;
  const auto time = from_iso8601(text);
  if (!time) return refuse(Refusal::Senseless, std::string(element));
  if (*time > work.now) return refuse(Refusal::Senseless, std::string(element) + ": that time has not come");
  return *time;
}

/// A hub that a User has pre-notified was installed on that day or later: what is backdated would be counted in a month
/// whose report has been read. The standard's rule is not public.
Step<void> check_not_before_notified(const Work& work, const Device& hub, UtcTime at) {
  METERWAY_TRY(const auto life, kept(registry::life_of(work.view, hub.eui)));
  if (!life.notified_by || calendar::date_of(at) >= calendar::date_of(life.notified_at)) return {};
  const auto today = calendar::date_of(work.now);
  const auto ruling = work.context.settings.rules.on(kBackdated, today);
  if (!ruling || ruling->value != "0") return {};
  return refuse(Refusal::Senseless, "InstallDateTime: the hub was pre-notified at " + to_iso8601(life.notified_at, 0) +
                                        "; " + ruling->explain(today));
}

/// What would be at a metering point, without a list of its own.
Device at_point(std::string_view mpxn) {
  Device there;
  there.details["ImportMPxN"] = mpxn;
  return there;
}

/// The premises of a metering point, where the User is responsible for what is there: by registration data, else by a
/// device that has the point. Of others' nothing is copied, as it would be the User's to read from then on.
Step<Device> place_of(const Work& work, std::string_view mpxn) {
  Device place;
  METERWAY_TRY(auto devices, kept(registry::devices_with(work.view, registry::DeviceProperty::MeteringPoint, mpxn)));
  std::vector<Device> own;
  for (auto& one : devices) {
    METERWAY_TRY(const bool his, is_responsible(work, one));
    if (his) own.push_back(std::move(one));
  }
  METERWAY_TRY(const bool registered, is_responsible(work, at_point(mpxn)));
  if (own.empty() && !registered) return place;
  if (const auto point = Mpxn::parse(mpxn)) {
    METERWAY_TRY(const auto all, kept(registration::addresses_of(work.view, *point, calendar::date_of(work.now))));
    if (!all.empty()) {
      const auto& best = all.front();
      if (best.uprn != 0) place.details["UPRN"] = std::to_string(best.uprn);
      if (!best.post_code.empty()) place.details["PostCode"] = best.post_code;
      if (!best.identifier.empty()) place.details["AddressIdentifier"] = best.identifier;
      return place;
    }
  }
  for (const auto& one : own) {
    for (const auto* name : {"UPRN", "PostCode", "AddressIdentifier"}) {
      if (const auto text = one.detail(name); !text.empty() && place.detail(name).empty()) place.details[name] = text;
    }
  }
  return place;
}

Step<void> with_gpf(Work& work, const Device& hub, DeviceEvent event) {
  METERWAY_TRY(auto home, kept(registry::devices_of_hub(work.view, hub.eui)));
  for (auto& one : home) {
    if (one.type == DeviceType::GPF) METERWAY_CHECK(happen_if(work, one, event));
  }
  return {};
}

Step<void> installed(Work& work) {
  const bool wan = work.service() == "8.14.1";
  const auto& body = work.body();
  METERWAY_TRY(auto hub, named_hub(work));
  METERWAY_TRY(const auto at, time_of(work, "InstallDateTime"));
  METERWAY_CHECK(check_not_before_notified(work, hub, at));
  const auto mpxn = body.text_at("MPxN");
  // Whoever says that he installed a hub at a metering point is registered there, where registration knows the point.
  METERWAY_CHECK(check_may_have(work, Device(), at_point(mpxn)));
  METERWAY_TRY(const auto place, place_of(work, mpxn));
  for (const auto& [name, text] : place.details) hub.details[name] = text;
  const auto event = wan ? DeviceEvent::Installed : DeviceEvent::InstalledNoWan;
  METERWAY_CHECK(happen(work, hub, event));
  METERWAY_CHECK(with_gpf(work, hub, event));
  note(work, "installed",
       std::string(body.text_at("CHFInstallType")) + " at " + std::string(mpxn) + ", " +
           std::string(body.text_at("CHFLocation")) + ", aerial " + std::string(body.text_at("AerialInstall")));
  LedgerWork ledger(work);
  METERWAY_TRY(auto finding,
               kept(installation::note_hub(
                   ledger.change(), {hub.eui, "installed", std::string(hub.detail("DeviceModel")), work.user().name, at,
                                     installation::Premises{std::string(place.detail("UPRN")),
                                                            std::string(place.detail("PostCode"))}})));
  note(work, "coverage", std::move(finding));
  return {};
}

Step<HubBack> come_back(Work& work) {
  const bool fault = work.service() == "8.14.3";
  const auto& body = work.body();
  METERWAY_TRY(auto hub, named_hub(work));
  METERWAY_TRY(const auto at, time_of(work, "UserRefDateTime"));
  HubBack back;
  back.from = hub.state;
  METERWAY_CHECK(happen(work, hub, DeviceEvent::Returned));
  back.to = hub.state;
  METERWAY_CHECK(end_home(work, hub));
  const std::string kind(body.text_at(fault ? "CHFFaultReturnType" : "CHFNoFaultReturnType"));
  const std::string reason(fault ? body.text_at("CHFFaultReason") : "");
  note(work, "returned", kind + (reason.empty() ? "" : ", " + reason));
  LedgerWork ledger(work);
  METERWAY_TRY(auto made, kept(installation::note_return(ledger.change(), {hub.eui, work.user().name, at, kind, reason,
                                                                           std::string(hub.detail("CSPRegion"))})));
  note(work, "recorded", made);
  back.reference = std::move(made);
  return back;
}

Step<void> returned(Work& work) {
  METERWAY_CHECK(come_back(work));
  return {};
}

constexpr std::string_view kReturns[] = {"8.14.3", "8.14.4"};

}  // namespace

Step<HubBack> return_hub(store::WriteView& view, const AuthorisedRequest& request, const Context& context,
                         Effects& effects, const std::string& person, const std::string& key) {
  Work work{view, request, context, effects, context.clock.now(), person};
  METERWAY_TRY(auto back, come_back(work));
  auto line = line_of(work);
  line.detail = key + line.detail.substr(std::min(line.detail.find(';'), line.detail.size()));
  METERWAY_CHECK(kept(audit::append(view, std::move(line))));
  auto hops = request.verified.received.hops;
  hops.insert(hops.end(), effects.hops.begin(), effects.hops.end());
  METERWAY_CHECK(kept(trace(view, context, key, hops)));
  METERWAY_CHECK(kept(registry::let_read_trace(view, key, request.user.eui)));
  return back;
}

Result<std::optional<std::string>> returned_before(const store::ReadView& view, Eui64 hub, Eui64 user) {
  std::optional<std::string> none;
  METERWAY_TRY(const auto past, registry::past_of(view, hub));
  if (past.changes.empty()) return none;
  const auto& last = past.changes.back();
  const bool gone =
      last.state == registry::DeviceState::Decommissioned || last.state == registry::DeviceState::Withdrawn;
  const bool back = std::find(std::begin(kReturns), std::end(kReturns), last.what) != std::end(kReturns);
  if (!gone || !back || !last.who.ends_with(name_of_user(user))) return none;
  return std::optional("by " + last.who + " at " + to_iso8601(last.at, 0));
}

Step<DccAnswer> hub_status(AuthorisedRequest&& authorised, const Context& context) {
  const bool comes = authorised.service->variant == "8.14.1" || authorised.service->variant == "8.14.2";
  return answer_by(comes ? installed : returned, std::move(authorised), context);
}

}  // namespace meterway::flow::answer
