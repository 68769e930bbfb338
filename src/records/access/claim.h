#pragma once
#include <optional>
#include <string_view>

#include "records/access/decide.h"

/// Who may change what the inventory says of a device, by whichever service (8.3, 8.4, 8.6, 8.11, 8.14): registration
/// data decide where they know its metering point, then its own list. Ours: the standard's rule is not public.
/// Errors of all: those of the store.
namespace meterway::access {

/// Who wants to, by which service, and when.
struct Claim {
  const registry::User& user;
  const duis::Service& service;
  UtcTime at{};
};

/// Responsible for it in a role other than OU and RSA, for a hub or GPF responsible for a device of its home. While
/// nobody is known to be: the User who pre-notified it; of one that nobody did, a supplier. Who pre-notified it may
/// also as long as it has never been commissioned.
Result<bool> may_change(const store::ReadView& view, const Claim& claim, const registry::Device& device);

/// Of the metering points that a device has afterwards and had not before: the name of the first that is another's by
/// registration data; none when there is none such. A point that registration data do not know is nobody's.
Result<std::optional<std::string_view>> point_of_another(const store::ReadView& view, const Claim& claim,
                                                         const registry::Device& before, const registry::Device& after);

/// Whether registration data name the User at the point that the device names, or the device's own list where they do
/// not know it: only then is what stands there his to hear.
Result<bool> is_responsible(const store::ReadView& view, const Claim& claim, const registry::Device& device);

/// Names of the details that are metering points.
inline constexpr std::string_view kPoints[] = {"ImportMPxN", "SecondaryImportMPAN", "ExportMPAN"};

}  // namespace meterway::access
