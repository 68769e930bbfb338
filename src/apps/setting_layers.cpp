#include "apps/setting_layers.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "apps/node.h"
#include "base/util/file.h"

namespace meterway::apps {
namespace {

using nlohmann::json;
using Wrong = Unexpected<std::string>;

std::string name_of_account(uid_t account) {
  std::array<char, 4096> room;
  passwd entry{}, *found = nullptr;
  if (::getpwuid_r(account, &entry, room.data(), room.size(), &found) == 0 && found != nullptr) return entry.pw_name;
  return std::to_string(account);
}

Result<SettingLayer, std::string> read_layer(const std::filesystem::path& file, std::string kind) {
  auto text = read_text_file(file);
  if (!text) return Wrong{file.string() + ": " + describe(text.error())};
  if (!json::parse(*text, nullptr, false).is_object()) return Wrong{file.string() + ": not a JSON object"};
  struct stat info {};
  const bool known = ::stat(file.c_str(), &info) == 0;
  return SettingLayer{std::move(kind), file, known ? name_of_account(info.st_uid) : std::string(), std::move(*text)};
}

}  // namespace

Result<LoadedSettings, std::string> load_settings(const DataFolder& data, const std::filesystem::path& config,
                                                  const std::vector<std::pair<std::string, std::string>>& line) {
  LoadedSettings out;
  if (std::filesystem::exists(data.config())) {
    auto layer = read_layer(data.config(), "data folder");
    if (!layer) return Wrong{layer.error()};
    out.layers.push_back(std::move(*layer));
  }
  if (!config.empty()) {
    auto layer = read_layer(config, "file");
    if (!layer) return Wrong{layer.error()};
    out.layers.push_back(std::move(*layer));
  }
  if (!line.empty()) {
    auto said = json::object();
    for (const auto& [name, value] : line) said[name] = json::parse(value, nullptr, false);
    out.layers.push_back({"command line", {}, name_of_account(::getuid()), said.dump()});
  }
  auto merged = json::object();
  for (const auto& layer : out.layers) merged.merge_patch(json::parse(layer.members));
  out.portal_port = portal_port_beside(merged.value("http_port", json(kDefaultHttpPort)) == kDefaultHttpPort);
  if (merged.contains("portal_port")) {
    const auto& port = merged["portal_port"];
    if (!port.is_number_unsigned() || port.get<std::uint64_t>() > 65535)
      return Wrong{"portal_port: expected a number from 0 to 65535"};
    out.portal_port = port.get<std::uint16_t>();
    merged.erase("portal_port");
  }
  if (merged.contains("oversight")) {
    auto read = read_oversight_settings(merged["oversight"].dump());
    if (!read) return Wrong{read.error()};
    out.oversight = std::move(*read);
    merged.erase("oversight");
  }
  if (merged.contains("test")) {
    auto read = read_test_settings(merged["test"].dump());
    if (!read) return Wrong{read.error()};
    out.test = std::move(*read);
    merged.erase("test");
  }
  auto settings = flow::read_settings(merged.dump());
  if (!settings) return Wrong{settings.error()};
  out.settings = std::move(*settings);
  out.settings.rules = out.oversight.rules;
  return out;
}

}  // namespace meterway::apps
