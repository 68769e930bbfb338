#pragma once
#include <optional>

#include "base/xml/document.h"
#include "standard/duis/element.h"
#include "standard/duis/problem.h"
#include "standard/ids/ids.h"

namespace meterway::duis {

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
/// The same over a document that is already parsed, so that check_signature can share it.
Result<Request, Problem> read_request(const xml::Document& document);

/// The unsigned document without any white space, in its own canonical form but for the declaration; sign it with
/// sign_written. What is written reads back as it was when the body fits the schema.
std::string write_request(const Request& request);

/// Body of the second round of a critical request: the pre-command with the User's signature in place.
Element signed_pre_command(ByteView message);

}  // namespace meterway::duis
