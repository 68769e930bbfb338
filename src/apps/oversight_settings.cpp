#include "apps/oversight_settings.h"

#include <nlohmann/json.hpp>

namespace meterway::apps {
namespace {

constexpr std::uint64_t kMostSweepSeconds = 86'400;
constexpr std::size_t kMostMegabytes = 60;  // a row of the store holds 64

}  // namespace

Result<OversightSettings, std::string> read_oversight_settings(std::string_view text) {
  using Wrong = Unexpected<std::string>;
  OversightSettings out;
  if (text.empty()) return out;
  const auto root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) return Wrong{"oversight: expected an object"};
  for (const auto& [key, value] : root.items()) {
    if (key == "attachment_mb") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > kMostMegabytes)
        return Wrong{"oversight.attachment_mb: expected 1 to " + std::to_string(kMostMegabytes)};
      out.limits.attachment_bytes = value.get<std::size_t>() << 20;
    } else if (key == "sweep_s") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 ||
          value.get<std::uint64_t>() > kMostSweepSeconds)
        return Wrong{"oversight.sweep_s: expected 1 to " + std::to_string(kMostSweepSeconds)};
      out.sweep = std::chrono::seconds(value.get<std::int64_t>());
    } else if (key == "registration_folder") {
      if (!value.is_string()) return Wrong{"oversight.registration_folder: expected a path"};
      out.registration_folder = value.get<std::string>();
    } else if (key == "rules") {
      if (!value.is_object()) return Wrong{"oversight.rules: expected an object of names and values"};
      for (const auto& [name, rule] : value.items()) {
        if (!rule.is_string() && !rule.is_number())
          return Wrong{"oversight.rules." + name + ": expected a text or a number"};
        const auto set = out.rules.set(name, rule.is_string() ? rule.get<std::string>() : rule.dump());
        if (!set) return Wrong{"oversight.rules." + set.error()};
      }
    } else {
      return Wrong{"oversight." + key + ": unknown setting"};
    }
  }
  return out;
}

}  // namespace meterway::apps
