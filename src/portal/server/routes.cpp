#include "portal/server/routes.h"

#include <algorithm>
#include <iterator>

#include "base/net/url.h"
#include "portal/server/ask.h"

namespace meterway::portal {
namespace {

#include "portal/server/routes.inc"

std::string_view next_part(std::string_view& path) {
  const auto end = path.find('/', 1);
  const auto part = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  return part;
}

}  // namespace

std::span<const Route> all_routes() { return kRoutes; }

const Route* find_route(std::string_view method, std::string_view path, PathParameters& parameters) {
  const auto* found = std::find_if(std::begin(kRoutes), std::end(kRoutes), [&](const Route& row) {
    return row.method == method && fits(row.path, path, parameters);
  });
  return found == std::end(kRoutes) ? nullptr : found;
}

bool fits(std::string_view pattern, std::string_view path, PathParameters& parameters) {
  PathParameters found;
  while (!pattern.empty() && !path.empty()) {
    const auto wanted = next_part(pattern), there = next_part(path);
    if (wanted.size() > 3 && wanted[1] == '{') {
      if (there.size() < 2) return false;
      found[std::string(wanted.substr(2, wanted.size() - 3))] = net::percent_decoded(there.substr(1));
    } else if (wanted != there) {
      return false;
    }
  }
  if (!pattern.empty() || !path.empty()) return false;
  parameters = std::move(found);
  return true;
}

}  // namespace meterway::portal
