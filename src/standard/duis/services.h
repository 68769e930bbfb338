#pragma once
#include <span>
#include <string_view>

#include "standard/ids/ids.h"

namespace meterway::duis {

/// A set of UserRole, one bit each.
using RoleSet = std::uint16_t;
constexpr RoleSet role_bit(UserRole role) { return static_cast<RoleSet>(1u << static_cast<unsigned>(role)); }

/// Who holds a future-dated command back until its time: nobody (it cannot be), the device, the DCC, or either.
enum class FutureDating : std::uint8_t { None, Device, Dcc, Either };

/// Which of the three DUIS web services takes a request: Send Command (S), Transform (T), DCC Only (D).
enum class WebService : char { Send = 'S', Transform = 'T', DccOnly = 'D' };

/// One service request variant: a row of spec/services.tsv.
struct Service {
  std::string_view reference;  ///< "4.1"
  std::string_view variant;    ///< "4.1.1"; equals the reference where there are no variants
  std::string_view name;
  std::string_view
      body_element;  ///< "ReadInstantaneousImportRegisters"; the SignedPreCommand of CV 5 to 7 stands in for it
  bool critical;
  RoleSet eligible_roles;
  bool on_demand;
  FutureDating future_dating;
  bool schedulable;               ///< may be the content of a DSP schedule (5.1)
  bool non_device;                ///< CV 8 only: the DCC answers itself
  std::string_view web_services;  ///< eight characters for CV 1..8: 'S', 'T', 'D', or '-' where the CV is not permitted
  std::string_view use_cases;     ///< GBCS use cases, separated by blanks

  bool permits(CommandVariant cv) const { return web_services[static_cast<std::size_t>(cv) - 1] != '-'; }
  /// The web service for a permitted command variant.
  WebService web_service(CommandVariant cv) const {
    return static_cast<WebService>(web_services[static_cast<std::size_t>(cv) - 1]);
  }
  bool eligible(UserRole role) const { return (eligible_roles & role_bit(role)) != 0; }
};

/// All 129, ordered by variant as text.
std::span<const Service> all_services();

/// By service reference variant; null when there is none.
const Service* find_service(std::string_view variant);

}  // namespace meterway::duis
