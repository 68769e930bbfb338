#include "records/registry/products.h"

#include <algorithm>

#include "records/registry/lifecycle.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kProducts = "product", kDue = "product-due", kPass = "product-pass";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMostName = 64, kMostDueAtOnce = 1000, kMostVersions = 200;

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t value) { return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(value))); }

std::string key_of(const Product& product) {
  return product.manufacturer + '\0' + product.model + '\0' + product.version;
}

/// Of what is due, and not before now.
Result<std::vector<std::string>> due_by(const store::ReadView& view, UtcTime now, std::size_t most) {
  METERWAY_TRY(const auto rows, view.scan(kDue, "", string_of(wire::Writer().u64(micros(now) + 1)), most));
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.key);
  return out;
}

/// A row of what is due, whose moment has not come.
bool is_after(const std::string& due, UtcTime now) { return due >= string_of(wire::Writer().u64(micros(now) + 1)); }

struct Pass {
  Eui64 from;
  std::vector<std::string> due;
};

Result<std::optional<Pass>> read_pass(const store::ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kPass, ""));
  if (!row) return std::optional<Pass>();
  wire::Reader in(bytes_of(*row));
  Pass pass;
  pass.from = Eui64(in.u64("device"));
  while (in.ok() && !in.empty() && pass.due.size() < kMostDueAtOnce) pass.due.push_back(string_of(in.prefixed("due")));
  METERWAY_CHECK(in.finish());
  return std::optional<Pass>(std::move(pass));
}

Status put_pass(store::WriteView& view, const Pass& pass) {
  wire::Writer out;
  out.u64(pass.from.value());
  for (const auto& one : pass.due) out.prefixed(bytes_of(one));
  return view.put(kPass, "", string_of(out));
}

/// What the list makes of it, by itself.
Result<Device> by_list(const store::ReadView& view, const Device& device, UtcTime at) {
  Device out = device;
  const auto product = product_of(device);
  std::optional<bool> listed;
  if (product) {
    METERWAY_TRY(const auto listings, listings_of(view, *product));
    listed = is_listed(listings, at);
  }
  if (listed) out.details["CPLStatus"] = *listed ? "Active" : "Withdrawn";
  if (listed && !*listed) {
    (void)happens(out, DeviceEvent::Suspended, at);
    return out;
  }
  if (device.state != DeviceState::Suspended) return out;
  METERWAY_TRY(const auto life, life_of(view, device.eui));
  const auto* row = find_state_row(DeviceEvent::Restored, device.type, device.state);
  if (!life.before || row == nullptr) return out;  // suspended by an operator: the list has no say
  out.state = *life.before;
  // Meanwhile it may have left the log of its hub.
  if (!out.hub && out.state != DeviceState::Pending) out.state = DeviceState::Pending;
  return out;
}

}  // namespace

std::optional<Product> product_of(const Device& device) {
  Product out{std::string(device.detail("DeviceManufacturer")), std::string(device.detail("DeviceModel")),
              std::string(device.detail("DeviceFirmwareVersion"))};
  if (out.manufacturer.empty() || out.model.empty() || out.version.empty()) return std::nullopt;
  return out;
}

Result<std::vector<Listing>> listings_of(const store::ReadView& view, const Product& product) {
  std::vector<Listing> out;
  METERWAY_TRY(const auto row, view.get(kProducts, key_of(product)));
  if (!row) return out;
  wire::Reader in(bytes_of(*row));
  in.expect({kFormat}, "product format");
  while (in.ok() && !in.empty() && out.size() < kMostListings) {
    const auto at = time_of(in.u64("at"));
    out.push_back({at, in.u8("listed") != 0});
  }
  METERWAY_CHECK(in.finish());
  return out;
}

Result<std::vector<Product>> versions_of(const store::ReadView& view, const Product& product) {
  const auto model = product.manufacturer + '\0' + product.model + '\0';
  METERWAY_TRY(const auto rows, view.scan(kProducts, model, model + '\xff', kMostVersions));
  std::vector<Product> out;
  for (const auto& row : rows) out.push_back({product.manufacturer, product.model, row.key.substr(model.size())});
  return out;
}

Status put_listing(store::WriteView& view, const Product& product, const Listing& listing) {
  for (const auto* name : {&product.manufacturer, &product.model, &product.version}) {
    if (name->size() > kMostName) return fail(ErrorCode::TooLarge, name->size(), "name of a product");
    if (name->find('\0') != std::string::npos) return fail(ErrorCode::BadValue, 0, "name of a product");
  }
  METERWAY_TRY(auto all, listings_of(view, product));
  const auto place =
      std::lower_bound(all.begin(), all.end(), listing, [](const auto& a, const auto& b) { return a.at < b.at; });
  if (place != all.end() && place->at == listing.at) {
    *place = listing;
  } else {
    if (all.size() >= kMostListings) return fail(ErrorCode::TooLarge, all.size(), "listings of a product");
    all.insert(place, listing);
  }
  wire::Writer out;
  out.u8(kFormat);
  for (const auto& one : all) out.u64(micros(one.at)).u8(one.listed ? 1 : 0);
  METERWAY_CHECK(view.put(kProducts, key_of(product), string_of(out)));
  const auto due = string_of(wire::Writer().u64(micros(listing.at))) + key_of(product);
  // A pass that is going on with this very moment, and ends it, has gone by some devices: it begins again.
  METERWAY_TRY(auto pass, read_pass(view));
  if (pass && std::find(pass->due.begin(), pass->due.end(), due) != pass->due.end()) {
    pass->from = Eui64();
    METERWAY_CHECK(put_pass(view, *pass));
  }
  return view.put(kDue, due, "");
}

std::optional<bool> is_listed(const std::vector<Listing>& listings, UtcTime at) {
  std::optional<bool> out;
  for (const auto& one : listings) {
    if (one.at <= at) out = one.listed;
  }
  return out;
}

Result<Device> as_listed(const store::ReadView& view, const Device& device, UtcTime at) {
  METERWAY_TRY(auto out, by_list(view, device, at));
  METERWAY_TRY(const bool blocked, is_blocked(view, device.eui));
  if (blocked) (void)happens(out, DeviceEvent::Blocked, at);
  return out;
}

Result<Device> as_listed_then(const store::ReadView& view, const Device& device, UtcTime at) {
  // Suspended then is suspended: why, and what it was before, was written for the entry of now alone.
  return device.state == DeviceState::Suspended ? device : by_list(view, device, at);
}

Result<bool> apply_listing(store::WriteView& view, Device& device, UtcTime at, std::string_view who) {
  METERWAY_TRY(auto now, as_listed(view, device, at));
  const bool changes = now.state != device.state;
  if (!changes && now.details == device.details) return false;
  Cause cause{at, "nothing suspends it any more", std::string(who)};
  if (changes) {
    METERWAY_TRY(auto life, life_of(view, device.eui));
    life.before = now.state == DeviceState::Suspended ? std::optional(device.state) : std::nullopt;
    METERWAY_TRY(const bool blocked, is_blocked(view, device.eui));
    life.why = !life.before ? "" : blocked ? "blocked" : "not on the certified product list";
    METERWAY_CHECK(put_life(view, device.eui, life));
    if (life.before) cause.what = life.why;
  }
  METERWAY_CHECK(put_device(view, now, cause));
  device = std::move(now);
  return changes;
}

Status enter_device(store::WriteView& view, Device& device, UtcTime at, const std::optional<Cause>& cause) {
  METERWAY_CHECK(cause ? put_device(view, device, *cause) : put_device(view, device));
  METERWAY_TRY(const bool blocked, is_blocked(view, device.eui));
  if (!blocked) return {};
  METERWAY_TRY(const bool changed, apply_listing(view, device, at));
  (void)changed;
  return {};
}

Result<bool> is_listing_due(const store::ReadView& view, UtcTime now) {
  METERWAY_TRY(const auto pass, view.get(kPass, ""));
  if (pass) return true;
  METERWAY_TRY(const auto due, due_by(view, now, 1));
  return !due.empty();
}

Result<std::optional<UtcTime>> next_listing_due(const store::ReadView& view) {
  METERWAY_TRY(const auto pass, view.get(kPass, ""));
  if (pass) return std::optional(UtcTime());
  METERWAY_TRY(const auto rows, view.scan(kDue, "", "", 1));
  if (rows.empty()) return std::optional<UtcTime>();
  return std::optional(time_of(wire::Reader(bytes_of(rows.front().key)).u64("moment")));
}

Result<DevicePage> next_to_list(store::WriteView& view, UtcTime now, std::size_t most) {
  METERWAY_TRY(auto pass, read_pass(view));
  // The clock was set back behind what it is for: it begins again when that comes, or the rest would be missed.
  if (pass && std::any_of(pass->due.begin(), pass->due.end(), [&](const auto& one) { return is_after(one, now); })) {
    METERWAY_CHECK(view.erase(kPass, ""));
    pass.reset();
  }
  if (!pass) {
    METERWAY_TRY(auto due, due_by(view, now, kMostDueAtOnce));
    if (due.empty()) return DevicePage{};
    pass = Pass{Eui64(), std::move(due)};
  }
  METERWAY_TRY(auto out, device_page(view, pass->from, most));
  if (out.size() == most && out.last.value() != UINT64_MAX) {
    pass->from = Eui64(out.last.value() + 1);
    METERWAY_CHECK(put_pass(view, *pass));
    return out;
  }
  for (const auto& one : pass->due) METERWAY_CHECK(view.erase(kDue, one));
  METERWAY_TRY(const auto row, view.get(kPass, ""));
  if (row) METERWAY_CHECK(view.erase(kPass, ""));
  return out;
}

}  // namespace meterway::registry
