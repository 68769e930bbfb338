#pragma once
#include <filesystem>
#include <vector>

#include "flow/envelope/context.h"

namespace meterway::flow::admin {

/// What a new node begins with: the Users and devices of the settings, and folders of certificates. Each User and
/// device is taken into the registry the first time it is named and never again: afterwards the registry alone says
/// what is true of it, so that nothing comes back that an operator has changed or removed. Certificates that the
/// registry does not know are added; what it knows of one (revoked, not in use) stays.
/// Errors: those of the store; what is wrong with the first certificate that cannot be read or added.
Status take_over(const std::vector<std::filesystem::path>& certificates, const Context& context);

}  // namespace meterway::flow::admin
