#pragma once
#include "base/util/clock.h"
#include "records/store/store.h"
#include "standard/duis/services.h"

namespace meterway::apps {

struct Asked {
  const duis::Service& service;
  Eui64 user, device;
};
/// Whether this User may ask this of this device now, with everything that the road reads for it (flow/authorise): the
/// User, the device, the certified product list and what blocks it, who is registered; and the facts as its event has
/// them. Errors: NotFound without the User or the device, those of the store.
Result<bool> decide_as_the_road(const store::Store& store, const Asked& asked, UtcTime now);

}  // namespace meterway::apps
