#include "field/device/credentials.h"

#include <algorithm>
#include <set>

#include "field/device/faults.h"
#include "field/device/times.h"
#include "standard/pki/lint.h"
#include "standard/pki/path.h"

namespace meterway::field {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;
using pki::KeyUse;
using Role = PartyRole;

constexpr std::uint8_t kOctets = 0x04, kBits = 0x03, kEnumerated = 0x0A;
/// Context tags of the control, IMPLICIT.
enum Tag : std::uint8_t {
  kTimeChecks = 0x81,
  kAuthorisingCell = 0xA2,
  kAuthorisingCounter = 0x83,
  kNewFloor = 0x84,
  kPrepaymentFloor = 0xA5,
  kOtherFloors = 0xA6,
};

/// Outcome of one cell.
enum CellStatus : std::uint64_t {
  kSuccess = 0,
  kBadCertificate = 0x05,
  kNoTrustAnchor = 0x0A,
  kCellNotFound = 0x19,
  kOther = 0x7F
};

constexpr std::uint16_t kActivated = 0x8F66, kNotActivated = 0x8F67, kUpdated = 0x8F70;
constexpr MessageCode kOutcomeAlert{0x00CB}, kLoadControllerOutcomeAlert{0x0124};
constexpr std::uint8_t kFirstLoadControllerMode = 10;
constexpr std::size_t kMostCells = 16, kMostIssuers = 8;

constexpr ReplacementRule kReplacements[] = {
#include "field/device/replacements.inc"
};

bool opens(const ReplacementRule& rule, Role role) {
  return role != Role::Root && std::find(rule.opens.begin(), rule.opens.end(), role) != rule.opens.end();
}

Node key_usage(Role role, KeyUse use) {
  if (role == Role::Root) return Node::of(kBits, Bytes{0x02, 0x04});
  return use == KeyUse::DigitalSignature ? Node::of(kBits, Bytes{0x07, 0x80}) : Node::of(kBits, Bytes{0x03, 0x08});
}

/// As the certificate that sits there gives it; of the key, where it alone is known.
Bytes key_identifier(const Cell& cell) {
  const auto certificate = pki::parse_certificate(cell.certificate);
  return pki::key_identifier(certificate ? certificate->public_key : cell.key);
}

/// { role, key usage, [1 when prepayment] }
struct CellName {
  Role role = Role::Root;
  KeyUse use = KeyUse::DigitalSignature;
  Node node;
};
Result<CellName> read_cell(const Node& node) {
  if (node.items.size() < 2 || node.items.size() > 3 || node.items[1].tag != kBits)
    return fail(ErrorCode::BadValue, 0, "trust anchor cell");
  CellName cell;
  METERWAY_TRY(const auto role, asn1::integer_value(node.items[0]));
  if (role > 0xFF) return fail(ErrorCode::OutOfRange, 0, "role of a trust anchor cell");
  cell.role = static_cast<Role>(role);
  cell.node = node;
  if (node.items[1].value == Bytes{0x07, 0x80}) {
    cell.use = KeyUse::DigitalSignature;
  } else if (node.items[1].value == Bytes{0x03, 0x08}) {
    cell.use = KeyUse::KeyAgreement;
  } else {
    return fail(ErrorCode::BadValue, 0, "key usage of a trust anchor cell");
  }
  if (node.items.size() == 3) {
    METERWAY_TRY(const auto usage, asn1::integer_value(node.items[2]));
    if (usage > 1 || (usage == 1 && cell.use != KeyUse::KeyAgreement))
      return fail(ErrorCode::BadValue, 0, "usage of a trust anchor cell");
    if (usage == 1) cell.use = KeyUse::PrepaymentKeyAgreement;
  }
  return cell;
}

struct RoleFloor {
  Role role = Role::Root;
  std::optional<std::uint64_t> counter;
  std::optional<std::uint64_t> prepayment;
};

/// SEQ OF { usage 0 = prepayment, counter }
Result<std::uint64_t> read_prepayment_floor(const Node& list) {
  if (list.items.size() != 1 || list.items[0].items.size() != 2)
    return fail(ErrorCode::BadValue, 0, "floor of prepayment counters");
  METERWAY_TRY(const auto usage, asn1::integer_value(list.items[0].items[0]));
  if (usage != 0) return fail(ErrorCode::BadValue, 0, "usage of a specialist floor");
  return asn1::integer_value(list.items[0].items[1]);
}

struct Control {
  std::optional<CellName> authorising;
  std::uint64_t mode = 0, counter = 0;
  bool check_dates = true;
  std::vector<RoleFloor> floors;
};

Result<Control> read_control(const Node& node, const ReplacementRule& rule) {
  if (node.items.empty()) return fail(ErrorCode::BadValue, 0, "control of the replacement");
  Control control;
  METERWAY_TRY(control.mode, asn1::integer_value(node.items[0]));
  bool counted = false;
  std::uint8_t last = 0;
  RoleFloor own{rule.authoriser, {}, {}};
  for (std::size_t i = 1; i < node.items.size(); ++i) {
    const Node& item = node.items[i];
    const std::uint8_t number = item.tag & 0x1F;
    if (item.tag < 0x80 || (i > 1 && number <= last)) return fail(ErrorCode::BadTag, 0, "control of the replacement");
    last = number;
    switch (item.tag) {
      case kTimeChecks: {
        METERWAY_TRY(const auto value, asn1::integer_value(item));
        if (value > 1) return fail(ErrorCode::OutOfRange, 0, "time-based validation");
        control.check_dates = value == 0;
        break;
      }
      case kAuthorisingCell: {
        METERWAY_TRY(control.authorising, read_cell(item));
        break;
      }
      case kAuthorisingCounter: {
        METERWAY_TRY(control.counter, asn1::integer_value(item));
        counted = true;
        break;
      }
      case kNewFloor: {
        METERWAY_TRY(own.counter, asn1::integer_value(item));
        break;
      }
      case kPrepaymentFloor: {
        METERWAY_TRY(own.prepayment, read_prepayment_floor(item));
        break;
      }
      case kOtherFloors:
        for (const auto& entry : item.items) {
          if (entry.items.size() < 2 || entry.items.size() > 3)
            return fail(ErrorCode::BadValue, 0, "floors of other roles");
          RoleFloor floor;
          METERWAY_TRY(const auto role, asn1::integer_value(entry.items[0]));
          floor.role = static_cast<Role>(role);
          METERWAY_TRY(floor.counter, asn1::integer_value(entry.items[1]));
          if (entry.items.size() == 3) {
            METERWAY_TRY(floor.prepayment, read_prepayment_floor(entry.items[2]));
          }
          if (role > 0xFF || !opens(rule, floor.role)) return fail(ErrorCode::Refused, 0, "floor of a role not opened");
          control.floors.push_back(floor);
        }
        break;
      default:  // the symmetric key among them: it belongs to contingency alone
        return fail(ErrorCode::BadTag, 0, "control of the replacement");
    }
  }
  if (!counted) return fail(ErrorCode::BadValue, 0, "counter of the authorising party");
  if (own.prepayment && own.role != Role::Supplier) return fail(ErrorCode::BadValue, 0, "floor of prepayment counters");
  if (own.prepayment && !own.counter) return fail(ErrorCode::BadValue, 0, "floor of the new party");
  if (own.counter) {
    if (!opens(rule, rule.authoriser)) return fail(ErrorCode::Refused, 0, "floor of a role not opened");
    control.floors.insert(control.floors.begin(), own);
  }
  return control;
}

struct Replacement {
  Bytes certificate;
  CellName cell;
};

/// A command that may be carried out: everything that is judged before any certificate is.
struct Order {
  Control control;
  std::vector<Replacement> replacements;
  std::vector<pki::Certificate> issuers;
  std::optional<Node> time;
};

Result<Order> read_order(const Node& request, const ReplacementRule& rule) {
  const auto& parts = request.items;
  if (parts.size() < 3 || parts.size() > 4) return fail(ErrorCode::BadValue, 0, "replacement of credentials");
  Order order;
  METERWAY_TRY(order.control, read_control(parts[0], rule));
  if (parts[1].items.empty() || parts[1].items.size() > kMostCells || parts[2].items.size() > kMostIssuers)
    return fail(ErrorCode::OutOfRange, 0, "certificates of the replacement");
  for (const auto& item : parts[1].items) {
    if (item.items.size() != 2) return fail(ErrorCode::BadValue, 0, "replacement of a cell");
    METERWAY_TRY(auto cell, read_cell(item.items[1]));
    if (!opens(rule, cell.role)) return fail(ErrorCode::Refused, 0, "cell that the authorising party may not replace");
    for (const auto& other : order.replacements) {
      if (other.cell.role == cell.role && other.cell.use == cell.use)
        return fail(ErrorCode::BadValue, 0, "cell named twice");
    }
    order.replacements.push_back({asn1::write(item.items[0]), std::move(cell)});
  }
  for (const auto& item : parts[2].items) {
    // One that cannot be read is no part of any path.
    if (auto issuer = pki::parse_certificate(asn1::write(item))) order.issuers.push_back(*std::move(issuer));
  }
  if (parts.size() == 4) order.time = parts[3];
  return order;
}

/// What stands against this certificate in this cell; kSuccess when nothing does.
std::uint64_t judge(const Replacement& replacement, const Order& order, const ReplacementRule& rule,
                    const TrustAnchors& anchors, UtcTime now, std::optional<pki::Certificate>& certificate) {
  auto parsed = pki::parse_certificate(replacement.certificate);
  if (!parsed) return kBadCertificate;
  const bool signing = replacement.cell.use == KeyUse::DigitalSignature;
  const std::uint16_t usage = signing ? pki::kUsageDigitalSignature : pki::kUsageKeyAgreement;
  if ((parsed->role != replacement.cell.role && !rule.any_role) || parsed->key_usage != usage || !parsed->subject_eui ||
      parsed->authority.value_or(false))
    return kBadCertificate;
  const Cell* root = anchors.find(Role::Root, KeyUse::DigitalSignature);
  if (root == nullptr || root->certificate.empty()) return kNoTrustAnchor;
  const auto root_certificate = pki::parse_certificate(root->certificate);
  if (!root_certificate) return kNoTrustAnchor;
  const auto at = order.control.check_dates ? std::optional<UtcTime>(now) : std::nullopt;
  const auto path = pki::verify_path(*parsed, order.issuers, *root_certificate, at);
  if (!path) return path.error().code == ErrorCode::UnknownKey ? kNoTrustAnchor : kBadCertificate;
  certificate = *std::move(parsed);
  return kSuccess;
}

/// The floor that the order has for a role; null when it has none.
const RoleFloor* floor_for(const Order& order, Role role) {
  for (const auto& floor : order.control.floors) {
    if (floor.role == role) return &floor;
  }
  return nullptr;
}

Node prepayment_floor_node(std::uint64_t counter) {
  return Node::sequence({Node::sequence({Node::integer(0), Node::integer(counter)})});
}

/// The outgoing party's instructions that wait for their time do not outlive its place.
void forget_instructions_of(Eui64 party, const TrustAnchors& anchors, DeviceState& state) {
  if (!anchors.roles_of(party).empty()) return;  // it still sits somewhere
  std::erase_if(state.pending, [&](const Pending& p) { return p.signer == party; });
}

void put_cell(Cell cell, TrustAnchors& anchors, DeviceState& state) {
  std::erase_if(state.cells, [&](const KeptCell& kept) { return kept.role == cell.role && kept.use == cell.use; });
  state.cells.push_back({cell.role, cell.use, cell.certificate});
  anchors.put(std::move(cell));
}

/// outcome = SEQ{ counter, mode, SEQ OF { role, floor, [specialist] }, SEQ OF { cell, status, existing, new } }
Node carry_out(const Order& order, const ReplacementRule& rule, TrustAnchors& anchors, DeviceState& state, UtcTime now,
               bool& complete) {
  complete = true;
  std::vector<Node> cells;
  std::map<Role, Eui64> newcomers;  // certificates of one role are one party's
  std::vector<Eui64> leaving;
  std::set<Role> asked, replaced;
  bool supplier_changes = false;
  for (const auto& replacement : order.replacements) {
    const auto& name = replacement.cell;
    asked.insert(name.role);
    std::optional<pki::Certificate> certificate;
    std::uint64_t status = judge(replacement, order, rule, anchors, now, certificate);
    const Cell* old = anchors.find(name.role, name.use);
    const Eui64 holder = old == nullptr ? Eui64() : old->holder;
    const Bytes key = old == nullptr ? Bytes(8) : key_identifier(*old);
    if (status == kSuccess && old == nullptr) status = kCellNotFound;
    if (status == kSuccess &&
        newcomers.emplace(name.role, *certificate->subject_eui).first->second != *certificate->subject_eui)
      status = kBadCertificate;
    // Control that moves to another party takes a floor with it: its counters are another series.
    const bool moves = status == kSuccess && *certificate->subject_eui != holder;
    if (moves && rule.floor_when_moved && floor_for(order, name.role) == nullptr) status = kOther;
    Eui64 new_holder = holder;
    Bytes new_key = key;
    if (status == kSuccess) {
      new_holder = *certificate->subject_eui;
      new_key = pki::key_identifier(certificate->public_key);
      if (new_holder != holder) {
        leaving.push_back(holder);
        supplier_changes = supplier_changes || name.role == Role::Supplier;
      }
      replaced.insert(name.role);
      put_cell({name.role, name.use, new_holder, certificate->public_key, replacement.certificate}, anchors, state);
    } else {
      complete = false;
    }
    cells.push_back(
        Node::sequence({name.node, Node::integer(status, kEnumerated), Node::of(kOctets, holder.wire()),
                        Node::of(kOctets, key), Node::of(kOctets, new_holder.wire()), Node::of(kOctets, new_key)}));
  }
  for (const Eui64 party : leaving) forget_instructions_of(party, anchors, state);
  if (supplier_changes) state.tokens.start_over();

  std::vector<Node> counters;
  for (const auto& floor : order.control.floors) {
    // Who keeps its cells keeps its counters; where they were to be replaced the outcome names the floor all the same
    // (reference CS02g, refused at once and later).
    const bool taken = replaced.count(floor.role) != 0;
    if (asked.count(floor.role) == 0) continue;
    if (taken) state.replay.accept(floor.role, {*floor.counter});
    std::vector<Node> entry{Node::integer(static_cast<std::uint64_t>(floor.role)), Node::integer(*floor.counter)};
    if (floor.prepayment) {
      if (taken) state.tokens.raise_floor({*floor.prepayment});
      entry.push_back(prepayment_floor_node(*floor.prepayment));
    }
    counters.push_back(Node::sequence(std::move(entry)));
  }
  state.log(now, kUpdated, complete ? "credentials replaced" : "credentials replaced in part or not at all");
  return Node::sequence({Node::integer(order.control.counter), Node::integer(order.control.mode),
                         Node::sequence(std::move(counters)), Node::sequence(std::move(cells))});
}

/// Devices of the reference messages write lengths of 128 to 255 in two bytes, not in one.
Node as_devices_write(Node node) {
  std::size_t size = 0;
  for (auto& item : node.items) {
    item = as_devices_write(std::move(item));
    size += asn1::write(item).size();
  }
  if (node.constructed() && size >= 0x80 && size <= 0xFF) node.length_size = 3;
  return node;
}

Node null_node() { return Node::of(0x05, {}); }

}  // namespace

const ReplacementRule* find_replacement_rule(DeviceType device, MessageCode code) {
  for (const auto& rule : kReplacements) {
    const bool for_it = rule.devices == "all" || (rule.devices == "CHF") == (device == DeviceType::CHF);
    if (rule.code == code && for_it) return &rule;
  }
  return nullptr;
}

Result<Node> credentials_details(const Node& request, CommandContext& context) {
  if (request.items.size() != 2 || !request.items[1].constructed())
    return fail(ErrorCode::BadValue, 0, "credentials request");
  std::vector<Node> out;
  for (const auto& item : request.items[1].items) {
    METERWAY_TRY(const auto number, asn1::integer_value(item));
    const auto role = static_cast<PartyRole>(number);
    if (const auto broken = fault_of(context.state, context.command.code, static_cast<std::uint8_t>(number))) {
      out.push_back(Node::sequence({Node::integer(number), Node::integer(broken, kEnumerated)}));
      continue;
    }
    std::vector<Node> cells;
    for (const auto& cell : context.anchors.cells()) {
      if (cell.role != role) continue;
      std::vector<Node> one{key_usage(role, cell.use)};
      if (cell.use == KeyUse::PrepaymentKeyAgreement) one.push_back(Node::integer(1));
      one.push_back(Node::of(kOctets, cell.holder.wire()));
      one.push_back(Node::of(kOctets, key_identifier(cell)));
      cells.push_back(Node::sequence(std::move(one)));
    }
    if (cells.empty()) {
      out.push_back(Node::sequence({Node::integer(number), Node::integer(kCellNotFound, kEnumerated)}));
      continue;
    }
    const auto counter = context.state.replay.last(role).value_or(OriginatorCounter{0});
    out.push_back(Node::sequence({Node::integer(number), Node::integer(0, kEnumerated), Node::integer(counter.value),
                                  Node::sequence(std::move(cells))}));
  }
  return as_devices_write(Node::sequence(std::move(out)));
}

Result<Node> replace_credentials(const Node& request, CommandContext& context) {
  const auto* rule = find_replacement_rule(context.self.type, context.command.code);
  if (rule == nullptr) return fail(ErrorCode::Unsupported, 0, "use case");
  METERWAY_TRY(const auto order, read_order(request, *rule));
  if (order.control.mode != rule->mode) return fail(ErrorCode::BadValue, 0, "replacement mode");
  if (order.control.counter != context.command.counter.value)
    return fail(ErrorCode::BadValue, 0, "counter of the authorising party");
  const auto& cell = order.control.authorising;
  if (rule->by_mac ? cell.has_value()
                   : !cell || cell->role != rule->authoriser || cell->use != KeyUse::DigitalSignature)
    return fail(ErrorCode::Refused, 0, "authorising cell");

  auto& pending = context.state.pending;
  if (order.time) {
    // A later instruction takes the place of one that waits; "never" only takes it away.
    const auto same = [&](const Pending& p) {
      return p.trigger == kReplacementTrigger && p.code == context.command.code;
    };
    if (is_never(*order.time)) {
      std::erase_if(pending, same);
      return Node::sequence({null_node()});
    }
    METERWAY_TRY(const auto at, read_generalized_time(*order.time));
    std::erase_if(pending, same);
    if (at > context.now) {
      pending.push_back({at, std::string(kReplacementTrigger), context.command.code, context.command.counter,
                         context.command.originator, asn1::write(request)});
      return Node::sequence({null_node()});
    }
  }
  bool complete = false;
  auto outcome = carry_out(order, *rule, context.anchors, context.state, context.now, complete);
  return as_devices_write(Node::sequence({null_node(), std::move(outcome)}));
}

namespace {

/// That the party which has asked for it still sits where it had to: nobody instructs by a cell that it has left.
bool still_authorises(const ReplacementRule& rule, Eui64 signer, const TrustAnchors& anchors) {
  const auto use = rule.by_mac ? KeyUse::KeyAgreement : KeyUse::DigitalSignature;
  const Cell* cell = anchors.find(rule.authoriser, use);
  return cell != nullptr && cell->holder == signer;
}

/// As if each of its certificates had failed.
Node not_carried_out(const Order& order, const TrustAnchors& anchors) {
  std::vector<Node> cells;
  for (const auto& replacement : order.replacements) {
    const Cell* old = anchors.find(replacement.cell.role, replacement.cell.use);
    const auto holder = Node::of(kOctets, (old == nullptr ? Eui64() : old->holder).wire());
    const auto key = Node::of(kOctets, old == nullptr ? Bytes(8) : key_identifier(*old));
    cells.push_back(
        Node::sequence({replacement.cell.node, Node::integer(kOther, kEnumerated), holder, key, holder, key}));
  }
  return Node::sequence({Node::integer(order.control.counter), Node::integer(order.control.mode), Node::sequence({}),
                         Node::sequence(std::move(cells))});
}

}  // namespace

void activate_credentials(DeviceType device, TrustAnchors& anchors, DeviceState& state, UtcTime now,
                          std::vector<AlertRequest>& alerts) {
  for (;;) {
    const auto due = std::find_if(state.pending.begin(), state.pending.end(),
                                  [&](const Pending& p) { return p.trigger == kReplacementTrigger && p.at <= now; });
    if (due == state.pending.end()) return;
    const Pending p = std::move(*due);
    state.pending.erase(due);
    const auto* rule = find_replacement_rule(device, p.code);
    const auto request = asn1::read(p.content);
    if (rule == nullptr || !request) continue;
    const auto order = read_order(*request, *rule);
    if (!order) continue;
    bool complete = false;
    auto outcome = still_authorises(*rule, p.signer, anchors) ? carry_out(*order, *rule, anchors, state, now, complete)
                                                              : not_carried_out(*order, anchors);
    const std::uint16_t code = complete ? kActivated : kNotActivated;
    const bool load = rule->mode >= kFirstLoadControllerMode;
    AlertRequest alert{code, load ? kLoadControllerOutcomeAlert : kOutcomeAlert, p.signer, true, {}, {}};
    alert.asn1 = asn1::write(
        as_devices_write(Node::sequence({Node::integer(code), generalized_time(p.at), std::move(outcome)})));
    alerts.push_back(std::move(alert));
  }
}

void restore_cells(const DeviceState& state, TrustAnchors& anchors) {
  for (const auto& kept : state.cells) {
    const auto certificate = pki::parse_certificate(kept.certificate);
    if (!certificate || !certificate->subject_eui) continue;
    anchors.put({kept.role, kept.use, *certificate->subject_eui, certificate->public_key, kept.certificate});
  }
}

}  // namespace meterway::field
