#include "standard/gbcs/credentials.h"

#include "standard/gbcs/asn1.h"

namespace meterway::gbcs {
namespace {

using asn1::Node;

constexpr std::uint8_t kSequence = 0x30, kOctets = 0x04, kBits = 0x03, kNull = 0x05;
constexpr std::size_t kMostCells = 64;

Unexpected<Error> wrong(const char* what) { return fail(ErrorCode::BadValue, 0, what); }

Result<pki::KeyUse> use_of(const Node& usage, bool prepayment) {
  if (usage.tag != kBits || usage.value.size() != 2) return wrong("key usage of a cell");
  // The root's cell signs certificates: of its kind there is one.
  if ((usage.value[1] & 0x84) != 0) return pki::KeyUse::DigitalSignature;
  if (usage.value[1] != 0x08) return wrong("key usage of a cell");
  return prepayment ? pki::KeyUse::PrepaymentKeyAgreement : pki::KeyUse::KeyAgreement;
}

Result<Eui64> eui_of(const Node& node) {
  if (node.tag != kOctets || node.value.size() != 8) return wrong("holder of a cell");
  std::uint64_t value = 0;
  for (const auto byte : node.value) value = value << 8 | byte;
  return Eui64(value);
}

/// SEQ{ key usage, [1], subject, key identifier }
Result<CellReport> read_detail(PartyRole role, const Node& node) {
  const auto count = node.items.size();
  if (node.tag != kSequence || count < 3 || count > 4) return wrong("details of a cell");
  CellReport cell;
  cell.role = role;
  METERWAY_TRY(cell.use, use_of(node.items[0], count == 4));
  METERWAY_TRY(cell.holder, eui_of(node.items[count - 2]));
  cell.key_id = node.items[count - 1].value;
  return cell;
}

/// SEQ{ cell, status, existing subject, existing key, new subject, new key }
Result<CellReport> read_outcome(const Node& node) {
  if (node.tag != kSequence || node.items.size() != 6) return wrong("outcome of a cell");
  const auto& name = node.items[0].items;
  if (name.size() < 2 || name.size() > 3) return wrong("name of a cell");
  CellReport cell;
  METERWAY_TRY(const auto role, asn1::integer_value(name[0]));
  if (role > 0xFF) return wrong("role of a cell");
  cell.role = static_cast<PartyRole>(role);
  METERWAY_TRY(cell.use, use_of(name[1], name.size() == 3));
  METERWAY_TRY(const auto status, asn1::integer_value(node.items[1]));
  cell.replaced = status == 0;
  METERWAY_TRY(cell.holder, eui_of(node.items[4]));
  cell.key_id = node.items[5].value;
  return cell;
}

}  // namespace

Result<std::vector<CellReport>> read_credentials_details(ByteView content) {
  METERWAY_TRY(const auto details, asn1::read(content));
  if (details.tag != kSequence) return wrong("details of credentials");
  std::vector<CellReport> out;
  for (const auto& role : details.items) {
    if (role.tag != kSequence || role.items.size() < 2) return wrong("details of a role");
    METERWAY_TRY(const auto number, asn1::integer_value(role.items[0]));
    if (number > 0xFF) return wrong("role of a cell");
    if (role.items.size() == 2) continue;  // none found
    if (role.items.size() != 4) return wrong("details of a role");
    for (const auto& cell : role.items[3].items) {
      if (out.size() == kMostCells) return wrong("number of cells");
      METERWAY_TRY(auto one, read_detail(static_cast<PartyRole>(number), cell));
      out.push_back(std::move(one));
    }
  }
  return out;
}

Result<std::vector<CellReport>> read_replacement_outcome(ByteView content) {
  METERWAY_TRY(const auto response, asn1::read(content));
  const auto& parts = response.items;
  if (response.tag != kSequence || parts.empty()) return wrong("outcome of a replacement");
  // SEQ{ NULL, [outcome] } of a response, SEQ{ alert, time, outcome } of an alert.
  const bool answer = parts[0].tag == kNull;
  if (answer && parts.size() == 1) return std::vector<CellReport>{};
  if (parts.size() != (answer ? 2u : 3u)) return wrong("outcome of a replacement");
  const auto& outcome = parts.back().items;
  if (outcome.size() != 4 || outcome[3].items.size() > kMostCells) return wrong("outcome of a replacement");
  std::vector<CellReport> out;
  for (const auto& cell : outcome[3].items) {
    METERWAY_TRY(auto one, read_outcome(cell));
    out.push_back(std::move(one));
  }
  return out;
}

bool reads_credentials(MessageCode code) { return code == MessageCode{0x0008} || code == MessageCode{0x011B}; }

bool replaces_credentials(MessageCode code) {
  return (code.value >= 0x0100 && code.value <= 0x0109) || code == MessageCode{0x0125} || code == MessageCode{0x0126};
}

bool reports_replacement(MessageCode code) { return code == MessageCode{0x00CB} || code == MessageCode{0x0124}; }

}  // namespace meterway::gbcs
