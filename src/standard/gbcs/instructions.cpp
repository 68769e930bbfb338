#include "standard/gbcs/instructions.h"

#include <algorithm>
#include <set>

#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"

namespace meterway::gbcs {
namespace {

constexpr std::uint8_t kGbzProfile = 0x01;
constexpr std::uint16_t kCalendarCluster = 0x0707;
constexpr std::uint8_t kPublishDayProfile = 0x01, kPublishSeasons = 0x03;
constexpr std::uint8_t kClusterCommand = 0x01;  // of the frame control

/// Neither "now" (zeros) nor "never" (FF).
bool is_activation(const dlms::Data& data) {
  return data.type == dlms::Type::OctetString && data.bytes.size() == 12 && data.bytes[0] != 0x00 &&
         data.bytes[0] != 0xFF;
}

std::size_t count(const dlms::AccessRequest& request) {
  return static_cast<std::size_t>(std::count_if(request.data.begin(), request.data.end(), is_activation));
}

std::size_t count(const gbz::Frames& frames) {
  std::set<std::pair<std::uint16_t, int>> kinds;
  for (const auto& component : frames.components) {
    const bool of_cluster = (component.frame_control & kClusterCommand) != 0;
    if (of_cluster && component.cluster == kCalendarCluster && component.command >= kPublishDayProfile &&
        component.command <= kPublishSeasons)
      continue;
    kinds.emplace(component.cluster, of_cluster ? component.command : -1 - component.command);
  }
  return kinds.size();
}

}  // namespace

unsigned count_instructions(const Message& command) {
  std::size_t found = 0;
  if (!command.content.empty() && command.content[0] == kGbzProfile) {
    if (const auto frames = gbz::read_frames(command.content)) found = count(*frames);
  } else if (const auto apdu = dlms::read_apdu(command.content)) {
    if (const auto* request = std::get_if<dlms::AccessRequest>(&*apdu)) found = count(*request);
  }
  return std::max(1u, static_cast<unsigned>(found));
}

}  // namespace meterway::gbcs
