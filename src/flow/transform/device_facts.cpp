#include "flow/transform/device_facts.h"

#include <charconv>

namespace meterway::flow::transform {

GbcsVersion parse_gbcs_version(std::string_view text) {
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  const auto* end = text.data() + text.size();
  GbcsVersion version;
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || version.major <= 0) return {};
  if (major.ptr == end) return version;
  if (*major.ptr != '.') return {};
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc() || version.minor < 0 || (minor.ptr != end && *minor.ptr != '.')) return {};
  return version;
}

DeviceFacts device_facts(std::string_view esme_variant, std::string_view gbcs_version) {
  const auto has = [&](char letter) { return esme_variant.find(letter) != std::string_view::npos; };
  return {has('B'), has('A') || has('C'), has('C'), parse_gbcs_version(gbcs_version)};
}

}  // namespace meterway::flow::transform
