#include "apps/test_settings.h"

#include <nlohmann/json.hpp>

namespace meterway::apps {
namespace {

using Wrong = Unexpected<std::string>;

Result<void, std::string> read_signer(const nlohmann::json& signer, TestSettings& out) {
  if (!signer.is_object()) return Wrong{"test.signer: expected url and token_file"};
  for (const auto& [name, value] : signer.items()) {
    if (name != "url" && name != "token_file") return Wrong{"test.signer." + name + ": unknown setting"};
    if (!value.is_string()) return Wrong{"test.signer." + name + ": expected a text"};
    (name == "url" ? out.signer_url : out.signer_token_file) = value.get<std::string>();
  }
  if (out.signer_url.empty() || out.signer_token_file.empty()) return Wrong{"test.signer: expected url and token_file"};
  if (!out.signer_url.starts_with("http://127.0.0.1:"))
    return Wrong{"test.signer.url: expected http://127.0.0.1:PORT, as keys of Users are behind it"};
  return {};
}

}  // namespace

Result<TestSettings, std::string> read_test_settings(std::string_view text) {
  TestSettings out;
  if (text.empty()) return out;
  const auto root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) return Wrong{"test: expected an object"};
  for (const auto& [key, value] : root.items()) {
    if (key == "estate") {
      if (!value.is_string()) return Wrong{"test.estate: expected the path of a socket"};
      out.estate = value.get<std::string>();
    } else if (key == "signer") {
      if (const auto read = read_signer(value, out); !read) return Wrong{read.error()};
    } else {
      return Wrong{"test." + key + ": unknown setting"};
    }
  }
  return out;
}

}  // namespace meterway::apps
