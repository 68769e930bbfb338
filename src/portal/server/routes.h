#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace meterway::portal {

/// A row of spec/api_routes.tsv: what dispatches and what /openapi.json is made from.
struct Route {
  std::string_view method;
  std::string_view path;      ///< "/api/v1/ledger/{kind}/{reference}"
  std::string_view handler;   ///< of this folder; "flow": the platform answers it
  std::string_view function;  ///< what it is to call it: of spec/permissions.tsv
  std::string_view query, takes, gives, summary;
};
std::span<const Route> all_routes();

using PathParameters = std::map<std::string, std::string, std::less<>>;

/// The row of this method and path, and its parameters; null when there is none.
const Route* find_route(std::string_view method, std::string_view path, PathParameters& parameters);
/// Whether a path as it came fits; its parameters, percent-decoded.
bool fits(std::string_view pattern, std::string_view path, PathParameters& parameters);

}  // namespace meterway::portal
