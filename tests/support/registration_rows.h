#pragma once
#include <optional>

#include "records/registration/loads.h"

namespace meterway::tests {

/// One more entry of a metering point as a load would have left it; `who` empty: nobody.
inline Status put_registered(store::WriteView& view, Mpxn mpxn, UserRole role, MarketParticipant who,
                             UtcTime from = *from_iso8601("2020-01-01T00:00:00Z")) {
  METERWAY_TRY(const auto there, registration::find_point(view, mpxn));
  METERWAY_TRY(const auto load, registration::next_load_number(view));
  auto point = there.value_or(registration::Point{mpxn, {}, {}});
  registration::Operation start;
  start.kind = registration::Operation::Kind::Start;
  start.entry.role = role;
  start.entry.source = 1;
  start.entry.from = from;
  start.entry.who = who;
  registration::apply(point, {start}, load, nullptr);
  return view.put("registration", mpxn.key(), registration::write_point(point));
}

inline Status put_address(store::WriteView& view, Mpxn mpxn, std::uint64_t uprn, const std::string& post_code,
                          const std::string& house) {
  registration::Address address;
  address.source = 1;
  address.uprn = uprn;
  address.post_code = post_code;
  address.identifier = house;
  return registration::put_address(view, mpxn, address.source, address);
}

}  // namespace meterway::tests
