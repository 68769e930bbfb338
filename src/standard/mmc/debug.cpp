#include "standard/mmc/debug.h"

#include <fmt/format.h>

#include <algorithm>

#include "standard/gbcs/zcl.h"
#include "standard/mmc/tables.h"

namespace meterway::mmc {
namespace {

using duis::Element;

constexpr std::uint8_t kNotFound = 0x8B;

Element named(std::string_view name, std::string text = {}) {
  Element element;
  element.name = name;
  element.text = std::move(text);
  return element;
}

Element cosem_response(const Outcome& outcome) {
  auto element = named("COSEMResponse");
  element.attributes = {{"Position", std::to_string(outcome.position)}, {"ResponseCode", std::to_string(outcome.code)}};
  const auto word = word_of(outcome.is_action ? "action_result" : "data_access_result", outcome.code);
  element.children.push_back(named(outcome.is_action ? "ActionResult" : "DataAccessResult", std::string(word)));
  return element;
}

Element zigbee_status(std::uint8_t code) {
  auto status = named("Status");
  status.attributes = {{"ResponseCode", fmt::format("{:02X}", code)}};
  status.children.push_back(named("ZCLStatus", std::string(word_of("zcl_status", code))));
  return status;
}

Element cluster_response(std::uint16_t cluster) {
  auto element = named("ZIGBEEClusterResponse");
  auto name = named("ClusterName", std::string(gbcs::zcl::cluster_name(cluster)));
  name.attributes = {{"id", fmt::format("{:04X}", cluster)}};
  element.children.push_back(std::move(name));
  return element;
}

Element zigbee_response(const Outcome& outcome) {
  const bool is_command = outcome.command >= 0;
  auto element = named(is_command ? "ZIGBEECommandResponse" : "ZIGBEEDataResponse");
  element.children.push_back(is_command ? named("CommandID", fmt::format("{:02X}", outcome.command))
                                        : named("AttributeID", fmt::format("{:04X}", outcome.attribute)));
  element.children.push_back(zigbee_status(outcome.code));
  return element;
}

}  // namespace

bool all_went_well(const Content& content) {
  const auto went_well = [](const Outcome& outcome) { return outcome.code == 0; };
  const auto is_nothing = [&](const Outcome& outcome) { return went_well(outcome) || outcome.code == kNotFound; };
  const auto& outcomes = content.outcomes;
  if (content.format != Content::Format::Gbz) return std::all_of(outcomes.begin(), outcomes.end(), went_well);
  return std::all_of(outcomes.begin(), outcomes.end(), is_nothing) &&
         (outcomes.empty() || std::any_of(outcomes.begin(), outcomes.end(), went_well));
}

std::optional<Element> debug_info(const Content& content) {
  if (content.outcomes.empty()) return std::nullopt;
  auto info = named("DebugInfo");
  if (content.format == Content::Format::Dlms) {
    auto list = named("COSEMDebug");
    for (const auto& outcome : content.outcomes) list.children.push_back(cosem_response(outcome));
    info.children.push_back(std::move(list));
    return info;
  }
  auto list = named("ZIGBEEDebug");
  std::optional<std::uint16_t> cluster;
  for (const auto& outcome : content.outcomes) {
    if (cluster != outcome.cluster) list.children.push_back(cluster_response(outcome.cluster));
    cluster = outcome.cluster;
    list.children.back().children.push_back(zigbee_response(outcome));
  }
  info.children.push_back(std::move(list));
  return info;
}

}  // namespace meterway::mmc
