#pragma once
#include <span>

#include "portal/server/static_files.h"

namespace meterway::apps {

/// The pages of the portal, as they were when the executable was built (cmake/Pages.cmake).
std::span<const portal::StaticFile> pages();

}  // namespace meterway::apps
