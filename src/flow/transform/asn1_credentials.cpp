#include "flow/transform/asn1_credentials.h"

#include <optional>

#include "flow/transform/asn1_table.h"
#include "flow/transform/asn1_values.h"
#include "flow/transform/gbz_values.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;
using gbcs::asn1::Node;

constexpr std::uint64_t kMaxFloor = 0x7FFFFFFFFFFFFFFF;

/// Context tags of the control, IMPLICIT.
enum Tag : std::uint8_t {
  kTimeChecks = 0x81,
  kAuthorisingCell = 0xA2,
  kAuthorisingCounter = 0x83,
  kNewFloor = 0x84,
  kPrepaymentFloor = 0xA5,
  kOtherFloors = 0xA6,
};

Node tagged(std::uint8_t tag, std::vector<Node> items) {
  auto node = Node::sequence(std::move(items));
  node.tag = tag;
  return node;
}

/// A floor that the body holds; nothing when it does not.
Result<std::optional<std::uint64_t>> floor_at(const Element& body, const char* path) {
  if (path == nullptr || body.find(path) == nullptr) return std::optional<std::uint64_t>{};
  METERWAY_TRY(const auto value, unsigned_at(body, path, kMaxFloor));
  return std::optional<std::uint64_t>{value};
}

/// Prepayment top-ups have a series of counters of their own: { usage 0 = prepayment, floor }.
Node prepayment_floor_node(std::uint64_t floor) { return Node::sequence({Node::integer(0), Node::integer(floor)}); }

Status add_floors(const ReplacementMode& mode, const CredentialBody& where, const Element& body,
                  std::vector<Node>& control) {
  METERWAY_TRY(const auto floor, floor_at(body, where.floor));
  METERWAY_TRY(const auto prepayment, floor_at(body, where.prepayment_floor));
  if (mode.floor == FloorKind::Own) {
    if (floor) control.push_back(Node::integer(*floor, kNewFloor));
    if (prepayment) control.push_back(tagged(kPrepaymentFloor, {prepayment_floor_node(*prepayment)}));
  }
  if (mode.floor == FloorKind::Other && (floor || prepayment)) {
    // The role's own floor is not optional inside this list.
    if (!floor) return fail(ErrorCode::BadRequest, 0, where.floor);
    std::vector<Node> entry{Node::integer(mode.role), Node::integer(*floor)};
    if (prepayment) entry.push_back(Node::sequence({prepayment_floor_node(*prepayment)}));
    control.push_back(tagged(kOtherFloors, {Node::sequence(std::move(entry))}));
  }
  return {};
}

Result<Node> control_node(const ReplacementMode& mode, const CredentialBody& where, const PayloadInput& input) {
  std::vector<Node> control{Node::integer(mode.mode)};
  METERWAY_TRY(const auto checks, boolean_at(input.body, "ApplyTimeBasedCPVChecks"));
  if (!checks) control.push_back(Node::integer(1, kTimeChecks));
  if (!mode.authoriser_on_hub_only || input.target_type == DeviceType::CHF) {
    control.push_back(
        tagged(kAuthorisingCell, {Node::integer(mode.authoriser), key_usage_node(CellUsage::DigitalSigning)}));
  }
  control.push_back(Node::integer(input.counter.value, kAuthorisingCounter));
  METERWAY_CHECK(add_floors(mode, where, input.body, control));
  return Node::sequence(std::move(control));
}

/// { { certificate { role usage [1] } } .. }
Result<Node> replacements_node(const ReplacementMode& mode, const Element& certificates,
                               const pki::KeyStore* repository) {
  struct Slot {
    const char* element;
    CellUsage usage;
    bool prepayment;
    pki::KeyUse use;
  };
  static constexpr Slot kSlots[] = {
      {"DigitalSigningCertificate", CellUsage::DigitalSigning, false, pki::KeyUse::DigitalSignature},
      {"KeyAgreementCertificate", CellUsage::KeyAgreement, false, pki::KeyUse::KeyAgreement},
      {"KeyAgreementTopUpCertificate", CellUsage::KeyAgreement, true, pki::KeyUse::PrepaymentKeyAgreement},
  };
  const bool is_root = mode.role == static_cast<std::uint8_t>(PartyRole::Root);
  std::vector<Node> replacements;
  for (const auto& slot : kSlots) {
    const auto* element = certificates.child(slot.element);
    if (element == nullptr) continue;
    // A root has one cell, and no role but a supplier a prepayment cell.
    if ((is_root && slot.usage != CellUsage::DigitalSigning) ||
        (slot.prepayment && mode.role != static_cast<std::uint8_t>(PartyRole::Supplier))) {
      return fail(ErrorCode::BadRequest, 0, slot.element);
    }
    const auto usage = is_root ? CellUsage::CertificateSigning : slot.usage;
    METERWAY_TRY(auto certificate, replacement_node(*element, usage, slot.use, repository, slot.element));
    std::vector<Node> cell{Node::integer(mode.role), key_usage_node(usage)};
    if (slot.prepayment) cell.push_back(Node::integer(1));
    replacements.push_back(Node::sequence({std::move(certificate), Node::sequence(std::move(cell))}));
  }
  if (replacements.empty()) return fail(ErrorCode::BadRequest, 0, "ReplacementCertificates");
  return Node::sequence(std::move(replacements));
}

}  // namespace

Result<Node> credentials_node(const PayloadInput& input) {
  const auto* mode = replacement_mode(input.code);
  const auto* where = credential_body(input.body.name);
  if (mode == nullptr || where == nullptr) return fail(ErrorCode::Unsupported, 0, "replacement mode");
  if (where->role != nullptr && input.body.text_at(where->role) != mode->body_role)
    return fail(ErrorCode::BadRequest, 0, where->role);

  METERWAY_TRY(auto control, control_node(*mode, *where, input));
  METERWAY_TRY(const auto* certificates, element_at(input.body, where->certificates));
  METERWAY_TRY(auto replacements, replacements_node(*mode, *certificates, input.keys));
  METERWAY_TRY(const auto* path, element_at(input.body, "CertificationPathCertificates"));
  std::vector<Node> issuers;
  for (const auto& element : path->children) {
    METERWAY_TRY(auto issuer, certificate_node(element, "CertificationPathCertificates"));
    issuers.push_back(std::move(issuer));
  }
  std::vector<Node> content{std::move(control), std::move(replacements), Node::sequence(std::move(issuers))};

  METERWAY_TRY(const auto execution, execution_of(input.body));
  if (where->dated_by_device && execution.kind == Execution::Kind::Cancelled) content.push_back(never_node());
  if (where->dated_by_device && execution.kind == Execution::Kind::Dated) {
    METERWAY_TRY(auto time, time_node(execution.time, "ExecutionDateTime"));
    content.push_back(std::move(time));
  }
  return Node::sequence(std::move(content));
}

bool signed_on_hub(MessageCode code, DeviceType target) {
  const auto* mode = replacement_mode(code);
  return mode != nullptr && mode->authoriser_on_hub_only && target == DeviceType::CHF;
}

}  // namespace meterway::flow::transform
