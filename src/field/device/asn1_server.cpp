#include <algorithm>

#include "field/device/context.h"
#include "field/device/credentials.h"
#include "field/device/firmware.h"
#include "field/device/joins.h"
#include "field/device/own_keys.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;

constexpr std::uint8_t kOctets = 0x04, kNull = 0x05;

/// SEQ{ start, end } -> SEQ{ device time, status }: the clock is set from the hub's, which must lie inside.
Result<Node> set_clock(const Node& request, CommandContext& context) {
  if (request.items.size() != 2) return fail(ErrorCode::BadValue, 0, "clock interval");
  METERWAY_TRY(const auto start, read_generalized_time(request.items[0]));
  METERWAY_TRY(const auto end, read_generalized_time(request.items[1]));
  const bool inside = start <= context.now && context.now <= end;
  context.state.time_status = inside ? TimeStatus::Reliable : TimeStatus::Unreliable;
  return Node::sequence(
      {generalized_time(context.now), Node::integer(static_cast<std::uint64_t>(context.state.time_status))});
}

/// NULL -> SEQ{ firmware version, INTEGER 0 }.
Result<Node> firmware_version(const Node& request, CommandContext& context) {
  if (request.tag != kNull) return fail(ErrorCode::BadTag, 0, "null");
  return Node::sequence({Node::of(kOctets, context.state.firmware), Node::integer(0)});
}

struct Rule {
  MessageCode code;
  Result<Node> (*carry_out)(const Node&, CommandContext&);
};
constexpr Rule kRules[] = {
    {{0x0008}, credentials_details},
    {{0x000A}, issue_credentials},
    {kUpdateCertificate, update_certificate},
    {{0x000C}, provide_certificate},
    {{0x000D}, join},
    {{0x000E}, join},
    {{0x000F}, unjoin},
    {{0x0010}, unjoin},
    {{0x0012}, activate_firmware},
    {{0x0013}, join_details},
    {{0x007F}, set_clock},
    {{0x008C}, restore_joins},
    {{0x011B}, credentials_details},
    {{0x00AB}, join},
    {{0x00AF}, join},
    {{0x0129}, firmware_version},
};

}  // namespace

Result<Bytes> serve_asn1(ByteView content, CommandContext& context) {
  METERWAY_TRY(const auto request, asn1::read(content, asn1::Lengths::Shortest));
  const MessageCode code = context.command.code;
  for (const auto& rule : kRules) {
    if (rule.code != code) continue;
    METERWAY_TRY(const auto response, rule.carry_out(request, context));
    return asn1::write(response);
  }
  if (find_replacement_rule(context.self.type, code) != nullptr) {
    METERWAY_TRY(const auto response, replace_credentials(request, context));
    return asn1::write(response);
  }
  return fail(ErrorCode::Unsupported, 0, "use case");
}

}  // namespace meterway::field
