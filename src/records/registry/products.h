#pragma once
#include <string>
#include <vector>

#include "records/registry/device_past.h"

/// The certified product list as decisions read it: which models, in which version of their firmware, are on it from
/// when until when. The records with their history are the ledger's (kind certified_product).
///
/// Rows:  "product"      manufacturer 00 model 00 version -> format:1 { at:8 listed:1 }, in order of time
///        "product-due"  at:8 product -> nothing: devices are to be looked through from that moment on
///        "product-pass" "" -> the device at which the pass under way goes on, then its length and each product-due
namespace meterway::registry {

struct Product {
  std::string manufacturer, model, version;
  friend bool operator==(const Product&, const Product&) = default;
};
/// What it says of itself; nothing when a part of it is not known.
std::optional<Product> product_of(const Device& device);

/// From that moment on; the last one that has begun decides.
struct Listing {
  UtcTime at{};
  bool listed = false;
};
inline constexpr std::size_t kMostListings = 200;

Result<std::vector<Listing>> listings_of(const store::ReadView& view, const Product& product);
/// Every version of a model that the list has heard of, in the order of their names.
Result<std::vector<Product>> versions_of(const store::ReadView& view, const Product& product);
/// One at the same moment gives way. Errors: TooLarge over kMostListings, or for a name over 64 bytes; BadValue for one
/// that has a zero byte.
Status put_listing(store::WriteView& view, const Product& product, const Listing& listing);
/// Whether it is on the list at that moment; nothing: the list has never heard of it, or not by then.
std::optional<bool> is_listed(const std::vector<Listing>& listings, UtcTime at);

/// The device as the list has it at that moment, whether or not anybody has looked through the devices since: suspended
/// when its product is off the list, and what it was before when it is on it again. One that is blocked (lifecycle.h)
/// is suspended whatever the list says.
Result<Device> as_listed(const store::ReadView& view, const Device& device, UtcTime at);
/// The same of what a past moment had, `device` being as the inventory had it then: what is blocked by now has no say.
Result<Device> as_listed_then(const store::ReadView& view, const Device& device, UtcTime at);
/// Brings the entry to that, for its history by `who`. False when it is so already.
Result<bool> apply_listing(store::WriteView& view, Device& device, UtcTime at, std::string_view who = "platform");
/// Puts an entry that somebody writes by hand: while the device is blocked it is kept as suspended, and what was
/// written is what it will be when it is let go. Without a cause its history begins with the first change: many that
/// enter at once leave nothing there.
Status enter_device(store::WriteView& view, Device& device, UtcTime at, const std::optional<Cause>& cause = {});

/// The next devices of a pass through all that is due by then; empty when nothing is. The pass goes on where it was
/// after a crash.
Result<DevicePage> next_to_list(store::WriteView& view, UtcTime now, std::size_t most);
/// Whether there would be any, without a write.
Result<bool> is_listing_due(const store::ReadView& view, UtcTime now);
/// When there is something to go through next, which may be past; nothing: until a listing is put there is not.
Result<std::optional<UtcTime>> next_listing_due(const store::ReadView& view);

}  // namespace meterway::registry
