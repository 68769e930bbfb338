#include "flow/answer/work.h"

#include "flow/alert/alert.h"
#include "flow/envelope/decision_line.h"
#include "records/access/claim.h"
#include "records/installation/rules.h"
#include "records/registry/products.h"
#include "records/registry/slots.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using registry::DeviceEvent;
using registry::DeviceState;

registry::Person person_of(const Work& work) {
  registry::Person person;
  person.id = work.person.empty() ? name_of_user(work.user().eui) : work.person;
  person.party = work.user().name;
  person.roles = {"party"};
  return person;
}

access::Claim claim_of(const Work& work) { return {work.user(), *work.request.service, work.now}; }

std::string words(const Device& device) {
  return std::string(to_string(device.type)) + " " + device.eui.dashed_upper();
}

}  // namespace

audit::Entry line_of(const Work& work) {
  auto line = flow::line_of(work.request.verified.request.id, work.service(), work.request.decided, work.now);
  if (!work.person.empty()) line.person = work.person;
  line.party = work.user().name;
  const auto eui = Eui64::parse(work.body().text_at("DeviceID"));
  line.about = eui ? "device:" + eui->plain() : "inventory";
  line.outcome = "done";
  for (const auto& hop : work.effects.hops) line.detail += "; " + hop.detail;
  return line;
}

DccAnswer answer_by(Service service, AuthorisedRequest&& authorised, const Context& context) {
  DccAnswer out{std::move(authorised), std::nullopt};
  out.effect = [service, &context](store::WriteView& view, const AuthorisedRequest& request,
                                   Effects& effects) -> Step<void> {
    Work work{view, request, context, effects, context.clock.now()};
    METERWAY_CHECK(service(work));
    return kept(audit::append(view, line_of(work)));
  };
  return out;
}

Step<Device> named_device(const Work& work) {
  const auto eui = Eui64::parse(work.body().text_at("DeviceID"));
  if (!eui) return refuse(Refusal::Senseless, "DeviceID");
  METERWAY_TRY(auto device, kept(registry::find_device(work.view, *eui)));
  if (!device) return refuse(Refusal::NoDevice, eui->dashed_upper() + " is not in the inventory");
  return std::move(*device);
}

Step<void> check_may_change(const Work& work, const Device& device) {
  METERWAY_TRY(const bool may, kept(access::may_change(work.view, claim_of(work), device)));
  if (may) return {};
  return refuse(Refusal::NotResponsible, "not responsible for the " + words(device));
}

Step<void> check_may_have(const Work& work, const Device& before, const Device& after) {
  METERWAY_TRY(const auto another, kept(access::point_of_another(work.view, claim_of(work), before, after)));
  if (!another) return {};
  return refuse(Refusal::NotResponsible,
                "not registered for the " + std::string(*another) + " that the " + words(after) + " would have");
}

Step<bool> is_responsible(const Work& work, const Device& device) {
  return kept(access::is_responsible(work.view, claim_of(work), device));
}

registry::Cause cause_of(const Work& work) {
  const auto user = name_of_user(work.user().eui);
  return {work.now, std::string(work.service()), work.person.empty() ? user : work.person + " for " + user};
}

Step<void> keep(Work& work, const Device& device, DeviceState before) {
  METERWAY_CHECK(kept(registry::put_device(work.view, device, cause_of(work))));
  auto kept_one = device;
  METERWAY_TRY(const bool relisted, kept(registry::apply_listing(work.view, kept_one, work.now)));
  (void)relisted;
  if (kept_one.state == DeviceState::Commissioned || kept_one.state != before)
    METERWAY_CHECK(kept(registry::look_at_slots(work.view, device.eui)));
  note(work, "inventory", device.eui.dashed_upper() + " is " + std::string(registry::to_string(kept_one.state)));
  if (auto alert = alert::status_change(before, kept_one, work.now)) {
    for (auto& one : alert::outcomes(*alert, work.context)) work.effects.tell.push_back(std::move(one));
  }
  return {};
}

Step<void> happen(Work& work, Device& device, DeviceEvent event) {
  const auto before = device.state;
  if (!registry::happens(device, event, work.now))
    return refuse(Refusal::DeviceState, words(device) + " is " + std::string(registry::to_string(before)) + ": " +
                                            std::string(registry::name(event)) + " is not for it");
  return keep(work, device, before);
}

Step<void> happen_if(Work& work, Device& device, DeviceEvent event) {
  const auto before = device.state;
  if (!registry::happens(device, event, work.now)) return {};
  return keep(work, device, before);
}

Step<void> end_home(Work& work, const Device& hub) {
  METERWAY_TRY(auto home, kept(registry::devices_of_hub(work.view, hub.eui)));
  METERWAY_CHECK(kept(registry::forget_joins(work.view, hub.eui)));
  for (auto& one : home) {
    if (one.eui == hub.eui) continue;
    if (one.type == DeviceType::GPF) {
      METERWAY_CHECK(kept(registry::forget_joins(work.view, one.eui)));
      METERWAY_CHECK(happen_if(work, one, DeviceEvent::HubDecommissioned));
      continue;
    }
    const auto before = one.state;
    one.hub.reset();
    (void)registry::happens(one, DeviceEvent::LogRemoved, work.now);
    METERWAY_CHECK(keep(work, one, before));
  }
  return {};
}

void note(Work& work, std::string_view outcome, std::string detail) {
  work.effects.hops.push_back({"answer", outcome, std::move(detail), {}, work.now});
}

LedgerWork::LedgerWork(Work& work)
    : around_{work.context.store, work.context.clock, work.context.settings.rules, {}, {}},
      person_(person_of(work)),
      change_(work.view, around_, person_) {
  const auto functions = installation::functions();
  around_.functions.assign(functions.begin(), functions.end());
}

}  // namespace meterway::flow::answer
