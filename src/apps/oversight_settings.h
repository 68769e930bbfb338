#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "records/ledger/ledger.h"
#include "standard/rules/rules.h"

namespace meterway::apps {

/// The setting "oversight" of a node (docs/operations/settings.md).
struct OversightSettings {
  rules::Rules rules;
  ledger::Limits limits;
  std::chrono::seconds sweep{60};   ///< how often alarms and candidates are looked for
  std::string registration_folder;  ///< where files of registration data lie for import; empty: nowhere
  std::filesystem::path estate;     ///< not of this setting: control socket of the emulated homes; empty: none at hand
};
/// {"rules": {name: value}, "attachment_mb": n, "sweep_s": n, "registration_folder": path}; empty text: as it comes.
/// Errors in words, beginning with the member.
Result<OversightSettings, std::string> read_oversight_settings(std::string_view json);

}  // namespace meterway::apps
