#pragma once
#include <span>

#include "standard/ids/ids.h"

namespace meterway::gbcs {

/// How the content of a message is written. ByDevice: DLMS from an ESME, GBZ from a GSME (the generic alerts).
/// Zse: HAN-only, never seen by a remote party. None: not a message.
enum class PayloadKind : std::uint8_t { None, Dlms, Gbz, Asn1, ByDevice, Zse };

/// How a message is protected. Any: both forms exist, the header's parties decide. None: there is no such message.
enum class Protection : std::uint8_t { None, Mac, Sign, SignAndMac, Any };

/// One row of spec/use_cases.tsv.
struct UseCase {
  MessageCode code;               ///< 0 when the use case has no remote party message
  std::string_view use_case;      ///< "ECS17b"
  std::string_view name;          ///< "ECS17b Read ESME Energy Registers (Import Energy)"
  std::string_view services;      ///< service reference variants, space separated: "4.1.1"
  std::string_view message_type;  ///< "SME.C.C", "SME.C.NC", "SME.A.C", ... as the mapping table says
  PayloadKind payload;
  std::string_view device_types;   ///< "GPF/GSME"
  std::string_view parties;        ///< remote parties of the header: "ACB/Supplier"
  std::string_view supplementary;  ///< supplementary remote party
  Protection command;
  Protection response;
  Protection alert;
  bool encrypted;  ///< the response (or alert) carries encrypted attributes
  bool date_time;  ///< the response header carries a date-time

  /// True when the service reference variant ("4.1.1") is one of `services`.
  bool serves(std::string_view service) const;
  /// True when both parties are devices of one home (PPMID and GSME): no remote party takes part in the MAC.
  constexpr bool between_devices() const { return message_type == "SME.C.PPMID-GSME"; }
  /// True when the command must be signed by its originator before the MAC.
  constexpr bool critical() const { return command == Protection::SignAndMac || command == Protection::Sign; }
};

/// All rows, sorted by message code.
std::span<const UseCase> use_cases();
/// Null when the code is unknown (or 0).
const UseCase* find_use_case(MessageCode code);
/// The first row of that name; CS02b and CS02g have one row per replacement mode, told apart by code.
const UseCase* find_use_case(std::string_view use_case);

}  // namespace meterway::gbcs
