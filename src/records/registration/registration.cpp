#include "records/registration/registration.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "records/registration/overlay.h"
#include "records/registration/tables.h"
#include "records/registry/octets.h"

namespace meterway::registration {
namespace {

using registry::bytes_of;

std::string number_key(std::uint32_t load) {
  wire::Writer out;
  return registry::string_of(out.u32(load));
}

constexpr const char* kPointNames[] = {"ImportMPxN", "SecondaryImportMPAN", "ExportMPAN"};

}  // namespace

Result<std::vector<Live>> live_loads(const store::ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kLive, ""));
  std::vector<Live> out;
  if (!row) return out;
  wire::Reader in(bytes_of(*row));
  while (in.ok() && !in.empty()) {
    const auto load = in.u32("load");
    out.push_back({load, UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("at"))))});
  }
  METERWAY_CHECK(in.finish());
  return out;
}

Result<std::vector<Operation>> staged_operations(const store::ReadView& view, std::uint32_t load, Mpxn mpxn) {
  METERWAY_TRY(const auto row, view.get(kStaged, number_key(load) + mpxn.key()));
  if (!row) return std::vector<Operation>();
  return read_operations(*row);
}

Status apply_addresses(const std::vector<Operation>& operations, std::uint32_t load,
                       const std::function<Status(std::uint8_t, const std::optional<Address>&)>& set) {
  for (const auto& one : operations) {
    if (one.kind == Operation::Kind::Clear) METERWAY_CHECK(set(one.entry.source, std::nullopt));
    if (one.kind != Operation::Kind::SetAddress) continue;
    // The source before the record, which does not repeat it.
    if (one.text.empty()) return fail(ErrorCode::Truncated, 0, "address");
    const auto source = static_cast<std::uint8_t>(one.text.front());
    if (one.text.size() == 1) {
      METERWAY_CHECK(set(source, std::nullopt));
      continue;
    }
    METERWAY_TRY(auto address, read_address(std::string_view(one.text).substr(1)));
    address.source = source;
    address.load = load;
    METERWAY_CHECK(set(source, address));
  }
  return {};
}

Status overlay_addresses(const store::ReadView& view, Mpxn mpxn, std::vector<Address>& addresses) {
  METERWAY_TRY(const auto live, live_loads(view));
  for (const auto& [load, on] : live) {
    METERWAY_TRY(const auto operations, staged_operations(view, load, mpxn));
    METERWAY_CHECK(
        apply_addresses(operations, load, [&](std::uint8_t source, const std::optional<Address>& now) -> Status {
          addresses.erase(std::remove_if(addresses.begin(), addresses.end(),
                                         [&](const Address& one) { return one.source == source; }),
                          addresses.end());
          if (now) addresses.push_back(*now);
          return {};
        }));
  }
  return {};
}

Result<std::optional<Point>> find_point(const store::ReadView& view, Mpxn mpxn) {
  METERWAY_TRY(const auto row, view.get(kPoints, mpxn.key()));
  std::optional<Point> out;
  if (row) {
    METERWAY_TRY(out, read_point(mpxn, *row));
  }
  METERWAY_TRY(const auto live, live_loads(view));
  for (const auto& [load, on] : live) {
    METERWAY_TRY(const auto operations, staged_operations(view, load, mpxn));
    if (operations.empty()) continue;
    if (!out) out = Point{mpxn, {}, {}};
    apply(*out, operations, load, nullptr, on);
  }
  return out;
}

Result<std::vector<Was>> past_of(const store::ReadView& view, Mpxn mpxn) {
  METERWAY_TRY(const auto row, view.get(kWas, mpxn.key()));
  std::vector<Was> out;
  if (row) {
    METERWAY_TRY(out, read_past(*row));
  }
  METERWAY_TRY(const auto live, live_loads(view));
  if (live.empty()) return out;
  METERWAY_TRY(const auto stored, view.get(kPoints, mpxn.key()));
  Point point{mpxn, {}, {}};
  if (stored) {
    METERWAY_TRY(point, read_point(mpxn, *stored));
  }
  for (const auto& [load, on] : live) {
    METERWAY_TRY(const auto operations, staged_operations(view, load, mpxn));
    if (!operations.empty()) apply(point, operations, load, &out, on);
  }
  return out;
}

Result<std::vector<Point>> points_from(const store::ReadView& view, std::string_view from, std::string_view to,
                                       std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kPoints, from, to, limit));
  std::vector<Point> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    METERWAY_TRY(const auto mpxn, Mpxn::from_key(row.key));
    METERWAY_TRY(auto point, read_point(mpxn, row.value));
    out.push_back(std::move(point));
  }
  return out;
}

Result<MarketParticipant> registrant(const store::ReadView& view, Mpxn mpxn, UserRole role, UtcTime at) {
  METERWAY_TRY(const auto point, find_point(view, mpxn));
  if (!point) return MarketParticipant();
  const auto* entry = point->at(role, at);
  return entry == nullptr ? MarketParticipant() : entry->who;
}

bool names_unreadable_point(const registry::Device& device) {
  return std::any_of(std::begin(kPointNames), std::end(kPointNames), [&](const char* name) {
    const auto text = device.detail(name);
    return !text.empty() && !Mpxn::parse(text);
  });
}

std::vector<std::pair<UserRole, Mpxn>> roles_of(const registry::Device& device) {
  std::vector<std::pair<UserRole, Mpxn>> out;
  for (const auto* name : kPointNames) {
    const auto mpxn = Mpxn::parse(device.detail(name));
    if (!mpxn) continue;
    if (mpxn->fuel() == Fuel::Gas) {
      out.emplace_back(UserRole::GS, *mpxn);
      out.emplace_back(UserRole::GT, *mpxn);
      continue;
    }
    out.emplace_back(std::string_view(name) == "ExportMPAN" ? UserRole::ES : UserRole::IS, *mpxn);
    out.emplace_back(UserRole::ED, *mpxn);
  }
  return out;
}

Result<std::vector<Eui64>> users_of(const store::ReadView& view, UserRole role, MarketParticipant who) {
  return registry::users_that_are(view, role, who);
}

Result<std::vector<Holder>> holders_of(const store::ReadView& view, const registry::Device& device, UtcTime at) {
  std::vector<Holder> out;
  std::optional<Point> point;
  Mpxn read;
  for (const auto& [role, mpxn] : roles_of(device)) {
    if (!(mpxn == read)) {  // both roles of a point come together
      METERWAY_TRY(point, find_point(view, mpxn));
      read = mpxn;
    }
    if (!point) continue;
    const auto* entry = point->at(role, at);
    out.push_back({role, mpxn, {}, 0, point->knows(role)});
    if (entry == nullptr) continue;
    out.back().who = entry->who;
    out.back().load = entry->load;
  }
  return out;
}

Result<std::vector<Eui64>> network_operators(const store::ReadView& view, const registry::Device& device, UtcTime at) {
  METERWAY_TRY(const auto holders, holders_of(view, device, at));
  std::vector<Eui64> out;
  const auto add = [&](Eui64 user) {
    if (std::find(out.begin(), out.end(), user) == out.end()) out.push_back(user);
  };
  for (const auto role : {UserRole::ED, UserRole::GT}) {
    bool registered = false;
    for (const auto& one : holders) {
      if (one.role != role || !one.said) continue;
      registered = true;
      if (one.who.empty()) continue;
      METERWAY_TRY(const auto users, users_of(view, role, one.who));
      std::for_each(users.begin(), users.end(), add);
    }
    if (registered) continue;
    for (const auto& entry : device.responsible) {
      const bool then = (!entry.from || *entry.from <= at) && (!entry.until || at < *entry.until);
      if (entry.role == role && then) add(entry.user);
    }
  }
  return out;
}

}  // namespace meterway::registration
