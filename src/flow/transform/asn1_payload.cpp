#include <optional>
#include <vector>

#include "base/util/hex.h"
#include "flow/transform/asn1_credentials.h"
#include "flow/transform/asn1_table.h"
#include "flow/transform/asn1_values.h"
#include "flow/transform/gbz_values.h"
#include "flow/transform/payload.h"
#include "records/registry/log_backup.h"
#include "standard/pki/key_store.h"

namespace meterway::flow::transform {
namespace {

using gbcs::asn1::Node;

constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kNull = 0x05;
constexpr std::uint64_t kMaxSeconds = 86400;

/// Device types as joins number them.
std::optional<std::uint64_t> type_number(DeviceType type) {
  switch (type) {
    case DeviceType::GSME:
      return 0;
    case DeviceType::ESME:
      return 1;
    case DeviceType::CHF:
      return 2;
    case DeviceType::GPF:
      return 3;
    case DeviceType::HCALCS:
      return 4;
    case DeviceType::PPMID:
      return 5;
    case DeviceType::IHD:
    case DeviceType::CAD:
      return 6;  // type 2
    case DeviceType::SAPC:
    case DeviceType::Unknown:
      break;
  }
  return std::nullopt;
}

/// Whom a device joins with when the inventory does not say what the other one is: for most methods there is only one
/// possible kind of partner. Rows: message code, target type (Unknown: any), partner.
DeviceType usual_partner(MessageCode code, DeviceType target) {
  struct Pairing {
    std::uint16_t code;
    DeviceType target, partner;
  };
  static constexpr Pairing kPairings[] = {
      {0x000D, DeviceType::Unknown, DeviceType::HCALCS},  // method A, initiator: a meter
      {0x00AB, DeviceType::Unknown, DeviceType::ESME},    // method A, responder: HCALCS or PPMID
      {0x000E, DeviceType::GSME, DeviceType::GPF},        // method B
      {0x000E, DeviceType::GPF, DeviceType::GSME},       {0x00AF, DeviceType::GSME, DeviceType::PPMID},  // method C
      {0x00AF, DeviceType::PPMID, DeviceType::GSME},
  };
  for (const auto& row : kPairings) {
    if (row.code == code.value && (row.target == DeviceType::Unknown || row.target == target)) return row.partner;
  }
  return DeviceType::Unknown;
}

Result<Eui64> eui_at(const duis::Element& body, const char* path) {
  const auto eui = Eui64::parse(body.text_at(path));
  if (!eui) return fail(ErrorCode::BadRequest, 0, path);
  return *eui;
}

Result<Node> usage_node_at(const duis::Element& body, const char* path) {
  const auto text = body.text_at(path);
  if (text == "Digital Signature") return key_usage_node(CellUsage::DigitalSigning);
  if (text == "Key Agreement") return key_usage_node(CellUsage::KeyAgreement);
  return fail(ErrorCode::BadRequest, 0, path);
}

Result<Node> time_node_at(const duis::Element& body, const Asn1Item& item) {
  METERWAY_TRY(auto time, time_at(body, item.path));
  if (item.plus != nullptr) {
    METERWAY_TRY(const auto seconds, unsigned_at(body, item.plus, kMaxSeconds));
    time += std::chrono::seconds(seconds);
  }
  return time_node(time, item.path);
}

Result<Node> partner_node(const PayloadInput& input) {
  const auto type =
      input.other_type != DeviceType::Unknown ? input.other_type : usual_partner(input.code, input.target_type);
  const auto number = type_number(type);
  if (!number) return fail(ErrorCode::BadRequest, 0, "OtherDeviceID");
  return Node::integer(*number);
}

Result<Node> partner_certificate_node(const PayloadInput& input) {
  METERWAY_TRY(const auto other, eui_at(input.body, "OtherDeviceID"));
  const auto der = input.keys == nullptr ? ByteView() : input.keys->certificate(other, pki::KeyUse::KeyAgreement);
  if (der.empty()) return fail(ErrorCode::NotFound, 0, "key agreement certificate of OtherDeviceID");
  return gbcs::asn1::read(der);
}

/// The log of the GPF that is replaced, as the broker keeps it: SEQUENCE OF { device, kind of device }.
Result<Node> device_log_node(const PayloadInput& input) {
  if (input.log == nullptr) return fail(ErrorCode::BadRequest, 0, "OldGPFID");
  std::vector<Node> entries;
  for (const auto& entry : input.log->entries) {
    entries.push_back(Node::sequence({Node::of(kOctetString, entry.device.wire()), Node::integer(entry.type)}));
  }
  return Node::sequence(std::move(entries));
}

/// Everything but braces and lists: one element.
Result<Node> item_node(const PayloadInput& input, const Asn1Item& item) {
  switch (item.op) {
    case Asn1Op::Null:
      return Node::of(kNull, {});
    case Asn1Op::Integer:
      return Node::integer(item.value);
    case Asn1Op::Counter:
      return Node::integer(input.counter.value);
    case Asn1Op::FixedUsage:
      return key_usage_node(static_cast<CellUsage>(item.value));
    case Asn1Op::Usage:
      return usage_node_at(input.body, item.path);
    case Asn1Op::Octets: {
      METERWAY_TRY(const auto* element, element_at(input.body, item.path));
      const auto octets = from_hex(element->text);
      if (!octets) return fail(ErrorCode::BadRequest, 0, item.path);
      return Node::of(kOctetString, *octets);
    }
    case Asn1Op::Eui: {
      METERWAY_TRY(const auto eui, eui_at(input.body, item.path));
      return Node::of(kOctetString, eui.wire());
    }
    case Asn1Op::Certificate: {
      METERWAY_TRY(const auto* element, element_at(input.body, item.path));
      return certificate_node(*element, item.path);
    }
    case Asn1Op::Time:
      return time_node_at(input.body, item);
    case Asn1Op::Credentials:
      return credentials_node(input);
    case Asn1Op::Partner:
      return partner_node(input);
    case Asn1Op::PartnerCertificate:
      return partner_certificate_node(input);
    case Asn1Op::DeviceLog:
      return device_log_node(input);
    case Asn1Op::Begin:
    case Asn1Op::End:
    case Asn1Op::Start:
    case Asn1Op::Roles:
      break;
  }
  return fail(ErrorCode::Unsupported, 0, "item");
}

/// Items that may be no element or several.
Status add_items(const PayloadInput& input, const Asn1Item& item, std::vector<Node>& out) {
  if (item.op == Asn1Op::Start) {
    METERWAY_TRY(const auto execution, execution_of(input.body));
    if (execution.kind == Execution::Kind::Cancelled) out.push_back(never_node());
    if (execution.kind != Execution::Kind::Dated) return {};
    METERWAY_TRY(auto time, time_node(execution.time, "ExecutionDateTime"));
    out.push_back(std::move(time));
    return {};
  }
  if (item.op == Asn1Op::Roles) {
    for (const auto& child : input.body.children) {
      if (child.name != item.path) continue;
      METERWAY_TRY(auto role, role_node(child.text, item.path));
      out.push_back(std::move(role));
    }
    return {};
  }
  METERWAY_TRY(auto node, item_node(input, item));
  out.push_back(std::move(node));
  return {};
}

}  // namespace

/// Content of an ASN.1 message, as the row of spec/asn1_commands.tsv spells it.
Result<Bytes> build_asn1(const PayloadInput& input) {
  const auto items = asn1_items(input.code);
  if (items.empty()) return fail(ErrorCode::Unsupported, 0, "use case");
  std::vector<std::vector<Node>> open(1);
  for (const auto& item : items) {
    if (item.op == Asn1Op::Begin) {
      open.emplace_back();
    } else if (item.op == Asn1Op::End) {
      auto sequence = Node::sequence(std::move(open.back()));
      open.pop_back();
      open.back().push_back(std::move(sequence));
    } else {
      METERWAY_CHECK(add_items(input, item, open.back()));
    }
  }
  return gbcs::asn1::write(open.front().front());
}

}  // namespace meterway::flow::transform
