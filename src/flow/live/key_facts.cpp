#include "flow/live/key_facts.h"

#include "records/registry/device.h"
#include "records/registry/request_record.h"

namespace meterway::flow::live {
namespace {

constexpr std::size_t kPlain = 16;  // digits of an identifier without dashes

/// The first identifier between colons from the second part on, if there is one: "dcc:power_outage:00db...:".
std::optional<Eui64> identifier_in(std::string_view key) {
  while (!key.empty()) {
    const auto part = key.substr(0, key.find(':'));
    key.remove_prefix(std::min(part.size() + 1, key.size()));
    if (part.size() != kPlain) continue;
    if (const auto eui = Eui64::parse(part)) return *eui;
  }
  return std::nullopt;
}

}  // namespace

KeyFacts facts_of_key(std::string_view key) {
  KeyFacts out;
  if (const auto id = RequestId::parse(key)) {
    out.user = id->originator;
    out.device = id->target;
    return out;
  }
  const auto kind = key.substr(0, key.find(':'));
  const auto rest = key.substr(std::min(kind.size() + 1, key.size()));
  if (kind == "alert" || kind == "outage" || kind == "device" || kind == "dcc") {
    out.device = identifier_in(rest);
  } else if (kind == "user" || kind == "refused") {
    if (const auto eui = Eui64::parse(rest)) out.user = *eui;
  }
  return out;
}

Result<const KeyFacts*> FactBook::of(std::string_view key) {
  if (last_key_ != nullptr && *last_key_ == key) return last_;
  auto [at, is_new] = keys_.try_emplace(std::string(key));
  if (is_new) {
    at->second = facts_of_key(key);
    METERWAY_TRY(at->second.allowed, gateway::may_read_trace(view_, caller_, key));
  }
  last_key_ = &at->first;
  last_ = &at->second;
  return last_;
}

Result<const Place*> FactBook::place_of(Eui64 device) {
  auto [at, is_new] = places_.try_emplace(device);
  auto& place = at->second;
  if (!is_new) return &place;
  METERWAY_TRY(const auto known, registry::find_device(view_, device));
  if (!known) return &place;
  place.hub = known->type == DeviceType::CHF ? std::optional(device) : known->hub;
  if (!place.hub) return &place;
  if (*place.hub == device) {
    place.region = known->detail("CSPRegion");
    return &place;
  }
  METERWAY_TRY(const auto* of_hub, place_of(*place.hub));  // a map's nodes stay where they are
  place.region = of_hub->region;
  return &place;
}

Result<const std::string*> FactBook::service_of(std::string_view key) {
  auto [at, is_new] = services_.try_emplace(std::string(key));
  if (!is_new) return &at->second;
  const auto id = RequestId::parse(key);
  if (!id) return &at->second;
  for (const auto leg : {registry::Leg::Request, registry::Leg::SignedPreCommand}) {
    METERWAY_TRY(const auto record, registry::find_request(view_, *id, leg));
    if (!record) continue;
    at->second = record->service;
    break;
  }
  return &at->second;
}

}  // namespace meterway::flow::live
