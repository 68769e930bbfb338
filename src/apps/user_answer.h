#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apps/user_keys.h"
#include "standard/gbcs/message.h"

/// What a User's system does with what the DCC says: check the DCC's signature, take the document apart, check the
/// device's MAC and signature with the User's own keys, decrypt, and put the reading in words.
namespace meterway::apps {

/// A DUIS response or alert whose XML signature has been checked.
struct Answer {
  std::string xml;
  std::string code;                      ///< "I0", "I99", "E19"; empty in an alert without one
  std::optional<RequestId> request_id;   ///< absent in alerts
  std::optional<RequestId> response_id;  ///< device : user : counter
  std::string date_time;
  std::string service;  ///< service reference variant; empty in alerts
  std::string
      carrier;    ///< "GBCSPayload", "PreCommand", "DSPInventory", "DeviceAlertMessage"...; empty: an acknowledgement
  Bytes payload;  ///< the GBCS message in it, when there is one
  std::vector<std::string> lines;  ///< what the carrier says besides GBCS, "name: text", indented by depth

  bool accepted() const { return code == "I0" || code == "I99"; }
};

/// Errors: TooLarge, TooDeep, BadXml; NoSignature, BadDigest, BadSignature, UnknownKey (the DCC's certificate);
/// BadRequestId, BadBase64.
Result<Answer> read_answer(const std::string& xml, const UserKeys& keys);

/// A device's message, checked as far as a User can.
struct Opened {
  gbcs::Message message;
  std::string protection;          ///< "MAC valid", "signature valid, MAC valid", ...
  std::vector<std::string> lines;  ///< the reading: name, value, unit
};

/// Errors: those of read_message; BadMac, BadSignature, UnknownKey; Conflict when it does not answer `id`. What answers
/// a command of the DCC's own (6.23, 6.24.1 for the broker) names no User: the DCC's signed document alone says to
/// which request it belongs.
Result<Opened> open_payload(ByteView payload, const UserKeys& keys, const World& world,
                            const std::optional<RequestId>& id);

/// "E19 (device does not exist)"; the code alone where no meaning is published.
std::string describe_code(const std::string& code);

/// What a person reads: one fact a line.
std::string describe_answer(const Answer& answer, const Result<Opened>* opened);

}  // namespace meterway::apps
