#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "flow/gateway/access.h"
#include "records/store/store.h"

namespace meterway::flow::live {

/// What the key of an event (RequestID, "alert:<device>:<counter>", "outage:<hub>:...", "device:<eui>"...) says of whom
/// it is about.
struct KeyFacts {
  bool allowed = false;       ///< the caller may know of it
  std::optional<Eui64> user;  ///< of a request its originator
  std::optional<Eui64> device;
};
/// Without looking into any store; `allowed` is not set.
KeyFacts facts_of_key(std::string_view key);

/// Where a device is by the inventory.
struct Place {
  std::optional<Eui64> hub;
  std::string region;  ///< CSPRegion of the hub; empty: unknown
};

/// The same, with what the store knows; remembers what it was asked, so it lives no longer than one answer.
/// Errors: those of the store.
class FactBook {
 public:
  FactBook(const store::ReadView& view, const gateway::Caller& caller) : view_(view), caller_(caller) {}

  Result<const KeyFacts*> of(std::string_view key);
  Result<const Place*> place_of(Eui64 device);
  /// Service reference variant; empty when the key is no request's, or it is kept no longer.
  Result<const std::string*> service_of(std::string_view key);

 private:
  const store::ReadView& view_;
  const gateway::Caller& caller_;
  std::unordered_map<std::string, KeyFacts> keys_;
  const std::string* last_key_ = nullptr;
  const KeyFacts* last_ = nullptr;
  std::map<Eui64, Place> places_;
  std::unordered_map<std::string, std::string> services_;
};

}  // namespace meterway::flow::live
