#include "flow/tracing/query.h"

#include <algorithm>

#include "base/net/url.h"

namespace meterway::flow::tracing {

std::map<std::string, std::string, std::less<>> parameters_of(std::string_view query) {
  std::map<std::string, std::string, std::less<>> out;
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const auto equals = one.find('=');
    std::string value(equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1));
    std::replace(value.begin(), value.end(), '+', ' ');  // as forms write a blank
    if (!one.empty()) out[net::percent_decoded(one.substr(0, equals))] = net::percent_decoded(value);
  }
  return out;
}

}  // namespace meterway::flow::tracing
