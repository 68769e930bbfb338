#include "flow/correlate/dated_answer.h"

#include <algorithm>

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::asn1::Node;
constexpr std::uint8_t kNotGeneral = 0x03;  // of a ZCL frame control
constexpr std::uint8_t kWriteAttributesResponse = 0x04, kDefaultResponse = 0x0B;
constexpr std::uint8_t kInteger = 0x02, kNull = 0x05, kEnumerated = 0x0A, kSequence = 0x30;

bool refuses(const gbcs::dlms::AccessResponse& answer) {
  return std::any_of(answer.results.begin(), answer.results.end(), [](const auto& result) { return result.code != 0; });
}

bool refuses(const gbcs::gbz::Component& component) {
  const auto& payload = component.payload;
  if ((component.frame_control & kNotGeneral) != 0 || component.encrypted_counter) return false;
  if (component.command == kDefaultResponse) return payload.size() == 2 && payload[1] != 0;  // command, status
  return component.command == kWriteAttributesResponse && !payload.empty() && payload[0] != 0;
}

bool is_failure(const Node& node) {
  if (node.tag != kInteger && node.tag != kEnumerated) return false;
  const auto value = gbcs::asn1::integer_value(node);
  return !value || *value != 0;
}

bool refuses(const Node& node) {
  if (node.tag != kSequence || node.items.empty()) return is_failure(node);
  return is_failure(node.items[0]) || (node.items[0].tag == kNull && node.items.size() > 1);
}

}  // namespace

bool keeps_no_date(const gbcs::Message& response) {
  const auto* use_case = gbcs::find_use_case(response.header.code);
  if (use_case != nullptr && use_case->payload == gbcs::PayloadKind::Gbz) {
    const auto frames = gbcs::gbz::read_frames(response.content);
    return frames && std::any_of(frames->components.begin(), frames->components.end(),
                                 [](const auto& component) { return refuses(component); });
  }
  if (use_case != nullptr && use_case->payload == gbcs::PayloadKind::Asn1) {
    const auto node = gbcs::asn1::read(response.content);
    return node && refuses(*node);
  }
  const auto apdu = gbcs::dlms::read_apdu(response.content);
  const auto* answer = apdu ? std::get_if<gbcs::dlms::AccessResponse>(&*apdu) : nullptr;
  return answer != nullptr && refuses(*answer);
}

}  // namespace meterway::flow::correlate
