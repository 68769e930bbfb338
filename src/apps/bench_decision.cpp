#include "apps/bench_decision.h"

#include "records/access/decide.h"
#include "records/registry/party.h"
#include "records/registry/products.h"

namespace meterway::apps {

Result<bool> decide_as_the_road(const store::Store& store, const Asked& asked, UtcTime now) {
  bool allowed = false;
  const auto read = store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto user, registry::find_user(view, asked.user));
    METERWAY_TRY(auto device, registry::find_device(view, asked.device));
    if (!user || !device) return fail(ErrorCode::NotFound, 0, "User or device");
    METERWAY_TRY(*device, registry::as_listed(view, *device, now));
    METERWAY_TRY(const auto holders, registration::holders_of(view, *device, now));
    const auto facts = access::facts_of(asked.service, user, device, holders, {}, false, now);
    const auto decision = access::decide(facts);
    allowed = decision.allowed() && !access::write_facts(decision, facts).empty();
    return {};
  });
  METERWAY_CHECK(read);
  return allowed;
}

}  // namespace meterway::apps
