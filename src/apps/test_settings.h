#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/util/result.h"

namespace meterway::apps {

/// The setting "test" of a node (docs/operations/settings.md): what only a test node has.
struct TestSettings {
  std::filesystem::path estate;   ///< control socket of emulated homes; empty: those that the process starts itself
  std::string signer_url;         ///< of `meterway signer`; empty: nobody signs here
  std::string signer_token_file;  ///< read at each call, as the signer may make it after the platform has started
};
/// {"estate": path, "signer": {"url", "token_file"}}; empty text: none. Errors in words, beginning with the member.
Result<TestSettings, std::string> read_test_settings(std::string_view json);

}  // namespace meterway::apps
