#pragma once
#include <map>
#include <string>
#include <string_view>

namespace meterway::flow::tracing {

/// The parameters of a query, decoded; of one that stands there twice the last.
std::map<std::string, std::string, std::less<>> parameters_of(std::string_view query);

}  // namespace meterway::flow::tracing
