#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/util/clock.h"
#include "base/xml/document.h"
#include "standard/duis/element.h"
#include "standard/duis/problem.h"
#include "standard/ids/ids.h"

namespace meterway::duis {

/// A DUIS Response: what the DCC says to a User, in answer or unasked.
///
/// Source: schema 5.4; spec sheet duis-messages, 1.2 and 2.2.
struct Response {
  std::string schema_version = "5.4";
  std::optional<RequestId> request_id;   ///< absent in an alert
  std::optional<RequestId> response_id;  ///< device : user : counter, when a device answered
  std::string code;                      ///< "I0" result, "I99" accepted, "E.." refused, "W.." part of it done
  UtcTime time{};                        ///< written to the millisecond
  Element body;  ///< ResponseMessage, DeviceAlertMessage, DCCAlertMessage or SMETS1ResponseMessage
  bool has_signature = false;

  bool is_alert() const { return body.name == "DeviceAlertMessage" || body.name == "DCCAlertMessage"; }
  std::string_view service_reference() const { return body.text_at("ServiceReference"); }
  std::string_view service_reference_variant() const { return body.text_at("ServiceReferenceVariant"); }
  /// What a ResponseMessage holds after its references: GBCSPayload, PreCommand, DSPInventory, ...; null for an
  /// acknowledgement or an error, and in other messages.
  const Element* content() const;
  /// The GBCS message inside, wherever the body keeps it (GBCSPayload itself, PreCommand, LocalCommand, CINMessage,
  /// DSPScheduledMessage, an alert); nothing when there is none.
  std::optional<Bytes> gbcs_payload() const;
};

/// Reads and validates; the signature's value is not checked here (signature.h). Errors as read_request.
Result<Response, Problem> read_response(std::string_view xml);
Result<Response, Problem> read_response(const xml::Document& document);

/// The unsigned document without any white space (clients drop white space between elements before they digest, so
/// anything else would not verify), in its own canonical form but for the declaration. Sign it with sign_written.
std::string write_response(const Response& response);

}  // namespace meterway::duis
