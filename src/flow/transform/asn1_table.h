#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "standard/ids/ids.h"

namespace meterway::flow::transform {

/// What a cell of a device's trust anchor store, or a certificate, is for.
enum class CellUsage : std::uint8_t { DigitalSigning, KeyAgreement, CertificateSigning };

/// How an element of an ASN.1 content gets its value; the language is described in spec/asn1_commands.tsv.
enum class Asn1Op : std::uint8_t {
  Begin,
  End,
  Null,
  Integer,
  Counter,
  Start,
  FixedUsage,
  Usage,
  Octets,
  Eui,
  Certificate,
  Roles,
  Time,
  Credentials,
  Partner,
  PartnerCertificate,
  DeviceLog,
};

struct Asn1Item {
  Asn1Op op;
  std::uint8_t value;
  const char* path;  ///< in the body
  const char* plus;  ///< Time: path of the seconds to add, or null
};

struct Asn1Content {
  std::uint16_t code;  ///< message code
  std::uint16_t first_item;
  std::uint16_t item_count;
};

/// Which counter a new party starts from, and where the control of the command says so.
enum class FloorKind : std::uint8_t { None, Own, Other };

/// One way to replace credentials (CS02b, CS02g).
struct ReplacementMode {
  std::uint16_t code;
  std::uint8_t mode;
  std::uint8_t role;      ///< of the replaced cells
  const char* body_role;  ///< the RemotePartyRole of the body
  std::uint8_t authoriser;
  bool authoriser_on_hub_only;
  FloorKind floor;
};

/// Where a service request keeps the parts; null where it has none.
struct CredentialBody {
  std::string_view body;
  const char* role;
  const char* floor;
  const char* prepayment_floor;
  const char* certificates;
  bool dated_by_device;
};

/// Empty when the message code has no row.
std::span<const Asn1Item> asn1_items(MessageCode code);
/// Null when there is no such row.
const ReplacementMode* replacement_mode(MessageCode code);
const CredentialBody* credential_body(std::string_view body);

}  // namespace meterway::flow::transform
