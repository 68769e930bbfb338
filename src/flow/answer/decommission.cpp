#include "flow/answer/services.h"
#include "flow/answer/work.h"

namespace meterway::flow::answer {
namespace {

Step<void> work_of(Work& work) {
  METERWAY_TRY(auto device, named_device(work));
  METERWAY_CHECK(check_may_change(work, device));
  if (device.type == DeviceType::GPF)
    return refuse(Refusal::DeviceType, "a GPF is a part of its Communications Hub and goes with it");
  METERWAY_CHECK(happen(work, device, registry::DeviceEvent::Decommissioned));
  METERWAY_CHECK(kept(registry::forget_joins(work.view, device.eui)));
  return device.type == DeviceType::CHF ? end_home(work, device) : Step<void>();
}

}  // namespace

Step<DccAnswer> decommission(AuthorisedRequest&& authorised, const Context& context) {
  return answer_by(work_of, std::move(authorised), context);
}

}  // namespace meterway::flow::answer
