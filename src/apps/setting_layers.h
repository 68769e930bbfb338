#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "apps/oversight_settings.h"
#include "apps/test_settings.h"
#include "apps/world.h"
#include "base/util/clock.h"
#include "flow/envelope/settings.h"

namespace meterway::apps {

/// One place that settings come from; a later one wins.
struct SettingLayer {
  std::string kind;  ///< "data folder", "file", "command line"
  std::filesystem::path file{};
  std::string by;       ///< whose the file is on this machine, or who started the process
  std::string members;  ///< a JSON object
};

struct LoadedSettings {
  flow::Settings settings;
  OversightSettings oversight;
  TestSettings test;
  std::uint16_t portal_port = 0;
  std::vector<SettingLayer> layers;
};

/// The node's own configuration, then `config` (none: empty) on top of it, then `line`, members of the command line
/// with their values as JSON. Errors in words, beginning with the file or the member.
Result<LoadedSettings, std::string> load_settings(const DataFolder& data, const std::filesystem::path& config,
                                                  const std::vector<std::pair<std::string, std::string>>& line);

}  // namespace meterway::apps
