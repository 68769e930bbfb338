#pragma once
#include <optional>

#include "standard/duis/element.h"
#include "standard/ids/ids.h"

namespace meterway::duis {

/// Why a document does not fit, in words for the person who sent it (cold path, hence strings).
struct Problem {
  ErrorCode code;       ///< BadXml, TooLarge, TooDeep for form; BadValue and BadRequest for the schema
  std::string element;  ///< path of the element, "sr:Request/sr:Header/sr:RequestID"
  int line = 0;         ///< 1-based line in the document, 0 when unknown
  std::string rule;     ///< the rule that is broken: "pattern [0-9]{13}", "order: expected sr:Body"
};

/// A DUIS service request, read and thereby validated against schema 5.4 (schemaVersion 5.0 to 5.4).
struct Request {
  std::string schema_version;
  RequestId id;
  std::optional<bool> first_in_sequence;
  std::optional<RequestId> preceding;
  CommandVariant command_variant = CommandVariant::SendCommand;
  std::string service_reference;
  std::string service_reference_variant;
  Element body;  ///< the one element inside Body: ReadInstantaneousImportRegisters, SignedPreCommand, ...
  bool has_signature = false;
};

/// Reads and validates. The XML signature is not checked here (see signature.h); its structure is.
Result<Request, Problem> read_request(std::string_view xml);

}  // namespace meterway::duis
