#include "standard/gbcs/alert_routes.h"

#include <algorithm>
#include <iterator>

namespace meterway::gbcs {
namespace {

constexpr AlertRoute kAlertRoutes[] = {
#include "standard/gbcs/alert_routes.inc"
};
static_assert(std::is_sorted(std::begin(kAlertRoutes), std::end(kAlertRoutes),
                             [](const AlertRoute& a, const AlertRoute& b) { return a.alert < b.alert; }));

struct PartyWord {
  PartyRole role;
  std::string_view name;
};
constexpr PartyWord kPartyWords[] = {{PartyRole::Supplier, "supplier"},
                                     {PartyRole::NetworkOperator, "network_operator"},
                                     {PartyRole::AccessControlBroker, "broker"},
                                     {PartyRole::WanProvider, "wan_provider"},
                                     {PartyRole::LoadController, "load_controller"}};

/// Whether the type stands in "ESME GSME".
bool names_type(std::string_view devices, std::string_view type) {
  for (auto at = devices.find(type); at != std::string_view::npos; at = devices.find(type, at + 1)) {
    const auto end = at + type.size();
    if ((at == 0 || devices[at - 1] == ' ') && (end == devices.size() || devices[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(AlertSure sure) {
  switch (sure) {
    case AlertSure::Firm:
      return "firm";
    case AlertSure::ToldUnconfirmed:
      return "told unconfirmed";
    case AlertSure::Unconfirmed:
      break;
  }
  return "unconfirmed";
}

std::span<const AlertRoute> alert_routes() { return kAlertRoutes; }

const AlertRoute* find_alert_route(std::uint16_t alert, DeviceType type) {
  const auto* row = std::lower_bound(std::begin(kAlertRoutes), std::end(kAlertRoutes), alert,
                                     [](const AlertRoute& a, std::uint16_t code) { return a.alert < code; });
  for (; row != std::end(kAlertRoutes) && row->alert == alert; ++row) {
    if (names_type(row->devices, to_string(type))) return row;
  }
  return nullptr;
}

bool never_throttled(std::uint16_t alert) {
  return std::any_of(std::begin(kAlertRoutes), std::end(kAlertRoutes),
                     [&](const AlertRoute& row) { return row.alert == alert && !row.throttled; });
}

std::string_view alert_party(PartyRole role) {
  const auto* word = std::find_if(std::begin(kPartyWords), std::end(kPartyWords),
                                  [&](const PartyWord& one) { return one.role == role; });
  return word == std::end(kPartyWords) ? std::string_view() : word->name;
}

std::optional<PartyRole> parse_alert_party(std::string_view name) {
  for (const auto& word : kPartyWords) {
    if (word.name == name) return word.role;
  }
  return std::nullopt;
}

}  // namespace meterway::gbcs
