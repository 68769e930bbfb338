#include "field/device/joins.h"

#include <algorithm>

#include "field/device/alert_routing.h"
#include "field/device/faults.h"
#include "field/device/times.h"
#include "standard/pki/certificate.h"

namespace meterway::field {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;

constexpr std::uint8_t kIdentifier = 0x04, kNothing = 0x05, kSequenceTag = 0x30;
constexpr std::uint8_t kMethodB = 2;
constexpr MessageCode kUnjoinB{0x0010}, kJoinB{0x000E};
constexpr std::uint16_t kProxyLogChanged = 0x8071;

enum JoinResult : std::uint64_t {
  kJoined = 0,
  kWrongCode = 1,
  kWrongPair = 2,
  kIncompatible = 3,
  kLogFull = 4,
  kBadPartnerCertificate = 11,
  kNoPartnerKey = 12
};
enum UnjoinResult : std::uint64_t { kUnjoined = 0, kNotInLog = 1, kNotUnjoined = 2 };

/// One row of spec/device_joins.tsv.
struct JoinRow {
  MessageCode code;
  std::uint8_t method;
  DeviceType device;
  std::uint8_t partner;
  bool network;
  bool certificate;
};
constexpr JoinRow kJoins[] = {
#include "field/device/joins.inc"
};

struct JoinOrder {
  std::uint64_t method = 0, type = 0;
  Eui64 other;
  Bytes certificate;
};

Result<Eui64> read_identifier(const Node& node) {
  if (node.tag != kIdentifier) return fail(ErrorCode::BadTag, 0, "identifier of a device");
  if (node.value.size() != 8) return fail(ErrorCode::BadValue, 0, "identifier of a device");
  return Eui64::from_wire_or_zero(node.value);
}

Result<JoinOrder> read_order(const Node& node) {
  if (node.tag != kSequenceTag || node.items.size() < 3 || node.items.size() > 4)
    return fail(ErrorCode::BadValue, 0, "content of a join");
  JoinOrder order;
  METERWAY_TRY(order.method, asn1::integer_value(node.items[0]));
  METERWAY_TRY(order.other, read_identifier(node.items[1]));
  METERWAY_TRY(order.type, asn1::integer_value(node.items[2]));
  if (node.items.size() == 4) order.certificate = asn1::write(node.items[3]);
  return order;
}

/// Of the device that is named, for key agreement. Who issued it cannot be told: it comes without its issuer.
bool certifies(const JoinOrder& order) {
  const auto certificate = pki::parse_certificate(order.certificate);
  return certificate && certificate->device_eui == order.other &&
         (certificate->key_usage & pki::kUsageKeyAgreement) != 0;
}

auto entry_of(std::vector<Joined>& log, Eui64 other) {
  return std::find_if(log.begin(), log.end(), [other](const Joined& one) { return one.eui == other; });
}

JoinResult judge(const JoinOrder& order, MessageCode code, CommandContext& context) {
  const auto* const end = std::end(kJoins);
  const auto* row = std::find_if(std::begin(kJoins), end, [&](const JoinRow& one) {
    return one.code == code && one.device == context.self.type && one.method == order.method;
  });
  if (row == end) return kWrongCode;
  while (row != end && !(row->code == code && row->device == context.self.type && row->partner == order.type)) ++row;
  if (row == end || order.other == context.self.eui) return kWrongPair;
  auto& log = context.state.joined;
  const auto entry = entry_of(log, order.other);
  if (entry != log.end() && (entry->type != order.type || entry->method != order.method)) return kIncompatible;
  if (entry == log.end() && log.size() >= kJoinedLog) return kLogFull;
  if (row->certificate ? !certifies(order) : !order.certificate.empty()) return kBadPartnerCertificate;
  const bool there = context.network != nullptr && *context.network && (*context.network)(order.other);
  if (row->network && !there) return kNoPartnerKey;
  return kJoined;
}

/// A gas proxy tells of its whole log.
void tell_of_log(CommandContext& context) {
  const auto* route = gbcs::find_alert_route(kProxyLogChanged, context.self.type);
  if (route == nullptr) return;
  auto alert = routed(*route, context.anchors);
  alert.asn1 = asn1::write(
      Node::sequence({Node::integer(kProxyLogChanged), generalized_time(context.now), joined_entries(context.state)}));
  context.alerts.push_back(std::move(alert));
}

/// The entry is in the log from now on.
void put_entry(JoinOrder order, CommandContext& context) {
  auto& log = context.state.joined;
  auto entry = entry_of(log, order.other);
  if (entry == log.end()) {
    log.push_back({order.other, static_cast<std::uint8_t>(order.type), static_cast<std::uint8_t>(order.method), {}});
    entry = log.end() - 1;
  }
  entry->certificate = std::move(order.certificate);
}

}  // namespace

Result<Node> join(const Node& request, CommandContext& context) {
  METERWAY_TRY(auto order, read_order(request));
  const auto result = judge(order, context.command.code, context);
  const auto before = context.state.joined.size();
  if (result == kJoined) put_entry(std::move(order), context);
  if (context.state.joined.size() != before) tell_of_log(context);
  return Node::integer(result);
}

Result<Node> unjoin(const Node& request, CommandContext& context) {
  METERWAY_TRY(const auto other, read_identifier(request));
  auto& log = context.state.joined;
  const auto entry = entry_of(log, other);
  if (entry == log.end()) return Node::integer(kNotInLog);
  if ((entry->method == kMethodB) != (context.command.code == kUnjoinB)) return Node::integer(kNotUnjoined);
  log.erase(entry);
  tell_of_log(context);
  return Node::integer(kUnjoined);
}

Result<Node> join_details(const Node& request, CommandContext& context) {
  if (request.tag != kNothing) return fail(ErrorCode::BadTag, 0, "null");
  if (const auto broken = fault_of(context.state, context.command.code)) return Node::sequence({Node::integer(broken)});
  return Node::sequence({Node::integer(0), joined_entries(context.state)});
}

Result<Node> restore_joins(const Node& request, CommandContext& context) {
  if (request.tag != kSequenceTag || request.items.size() != 1 || request.items[0].tag != kSequenceTag)
    return fail(ErrorCode::BadValue, 0, "content of a restore");
  std::vector<JoinOrder> orders;  // all are read before any is carried out
  for (const auto& entry : request.items[0].items) {
    if (entry.items.size() != 2) return fail(ErrorCode::BadValue, 0, "entry of a device log");
    JoinOrder order;
    order.method = kMethodB;
    METERWAY_TRY(order.other, read_identifier(entry.items[0]));
    METERWAY_TRY(order.type, asn1::integer_value(entry.items[1]));
    orders.push_back(std::move(order));
  }
  const auto broken = fault_of(context.state, context.command.code);
  const auto before = context.state.joined.size();
  std::vector<Node> results;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const std::uint64_t result = broken != 0 ? std::uint64_t{broken} : std::uint64_t{judge(orders[i], kJoinB, context)};
    if (result == kJoined) put_entry(std::move(orders[i]), context);
    context.done = context.done && result == kJoined;
    results.push_back(Node::sequence({request.items[0].items[i], Node::integer(result)}));
  }
  if (context.state.joined.size() != before) tell_of_log(context);
  return Node::sequence({Node::sequence(std::move(results))});
}

Node joined_entries(const DeviceState& state) {
  std::vector<Node> entries;
  for (const auto& one : state.joined)
    entries.push_back(Node::sequence({Node::of(kIdentifier, one.eui.wire()), Node::integer(one.type)}));
  return Node::sequence(std::move(entries));
}

}  // namespace meterway::field
