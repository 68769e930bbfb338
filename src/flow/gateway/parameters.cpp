#include "flow/gateway/parameters.h"

#include <algorithm>
#include <charconv>

#include "base/net/url.h"

namespace meterway::flow::gateway {
namespace {

std::string decoded(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return net::percent_decoded(plain);
}

Unexpected<std::string> wrong(std::string_view name, std::string_view expected) {
  return Unexpected<std::string>{std::string(name) + ": expected " + std::string(expected)};
}

}  // namespace

Parameters::Parameters(std::string_view query) {
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.empty()) continue;
    const auto equals = std::min(one.find('='), one.size());
    auto name = decoded(one.substr(0, equals));
    auto value = decoded(one.substr(std::min(equals + 1, one.size())));
    if (!left_.emplace(name, std::move(value)).second) twice_ = name;
  }
}

std::string Parameters::text(std::string_view name) {
  const auto found = left_.find(name);
  if (found == left_.end()) return {};
  auto value = std::move(found->second);
  left_.erase(found);
  return value;
}

Result<std::optional<Eui64>, std::string> Parameters::eui(std::string_view name) {
  const auto value = text(name);
  if (value.empty()) return std::optional<Eui64>();
  const auto eui = Eui64::parse(value);
  if (!eui) return wrong(name, "an EUI-64");
  return std::optional(*eui);
}

Result<std::uint64_t, std::string> Parameters::number(std::string_view name, std::uint64_t usual, std::uint64_t from,
                                                      std::uint64_t most) {
  const auto value = text(name);
  if (value.empty()) return usual;
  std::uint64_t number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size() || number < from || number > most)
    return wrong(name, "a number from " + std::to_string(from) + " to " + std::to_string(most));
  return number;
}

Result<std::optional<UtcTime>, std::string> Parameters::time(std::string_view name) {
  const auto value = text(name);
  if (value.empty()) return std::optional<UtcTime>();
  const auto read = from_iso8601(value);
  if (!read) return wrong(name, "a time, as 2026-06-01T09:30:00Z");
  return std::optional(*read);
}

Result<bool, std::string> Parameters::flag(std::string_view name) {
  const auto value = text(name);
  if (value.empty() || value == "no") return false;
  if (value != "yes") return wrong(name, "yes or no");
  return true;
}

Result<void, std::string> Parameters::finish() const {
  if (!twice_.empty()) return Unexpected<std::string>{twice_ + ": stands there twice"};
  if (!left_.empty()) return Unexpected<std::string>{left_.begin()->first + ": no such parameter"};
  return {};
}

}  // namespace meterway::flow::gateway
