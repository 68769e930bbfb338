#include "flow/answer/services.h"
#include "flow/answer/work.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::answer {
namespace {

Step<void> work_of(Work& work) {
  const auto& body = work.body();
  METERWAY_TRY(auto device, named_device(work));
  if (body.text_at("DeviceType") != to_string(device.type) ||
      (device.type != DeviceType::ESME && device.type != DeviceType::GSME))
    return refuse(Refusal::DeviceType, device.eui.dashed_upper() + " is a " + std::string(to_string(device.type)));
  METERWAY_CHECK(check_may_change(work, device));
  const auto before = device;
  if (const auto* points = body.child("MPxNs")) {
    for (const auto& one : points->children) {
      if (device.type != DeviceType::ESME && one.name != "ImportMPxN")
        return refuse(Refusal::Senseless, one.name + ": a gas meter has one metering point");
      device.details[one.name.str()] = one.text;
    }
  }
  METERWAY_CHECK(check_may_have(work, before, device));
  METERWAY_CHECK(happen(work, device, registry::DeviceEvent::OptedIn));
  note(work, "opted in", "from " + std::string(body.text_at("OptInDate")));
  return {};
}

}  // namespace

Step<DccAnswer> opt_in(AuthorisedRequest&& authorised, const Context& context) {
  duis::Element content;
  content.name = "DSPOptIn";
  content.children.push_back(duis::text_element("DeviceID", authorised.verified.request.body.text_at("DeviceID")));
  const auto add = [&](const char* name, pki::KeyUse use) {
    const auto held = context.certificates.in_use(context.broker, use);
    if (held) content.children.push_back(duis::payload_element(name, held->certificate.der));
    return held != nullptr;
  };
  (void)add("DSPBrokerSecurityCredentialsDigitalSigning", pki::KeyUse::DigitalSignature);
  if (!add("DSPBrokerSecurityCredentialsKeyAgreement", pki::KeyUse::KeyAgreement))
    return refuse(Refusal::Busy, "the broker's key agreement certificate is not at hand");
  auto out = answer_by(work_of, std::move(authorised), context);
  out.content = std::move(content);
  return out;
}

}  // namespace meterway::flow::answer
