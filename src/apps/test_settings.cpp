#include "apps/test_settings.h"

#include <nlohmann/json.hpp>

namespace meterway::apps {

Result<TestSettings, std::string> read_test_settings(std::string_view text) {
  using Wrong = Unexpected<std::string>;
  TestSettings out;
  if (text.empty()) return out;
  const auto root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) return Wrong{"test: expected an object"};
  for (const auto& [key, value] : root.items()) {
    if (key == "estate") {
      if (!value.is_string()) return Wrong{"test.estate: expected the path of a socket"};
      out.estate = value.get<std::string>();
    } else {
      return Wrong{"test." + key + ": unknown setting"};
    }
  }
  return out;
}

}  // namespace meterway::apps
