#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::duis {

/// A GBCS message that a document carries.
struct Carried {
  Bytes message;
  std::string service;  ///< service reference variant that stands before it; empty where there is none, as in alerts
};

/// Every GBCSPayload of a DUIS document (response, pre-command, signed pre-command, alert), wherever it stands, in the
/// order of the document. Neither schema nor signature is looked at: this is for whoever has the document in hand.
/// Errors: BadXml, TooLarge, TooDeep; BadBase64; NotFound when it carries none.
Result<std::vector<Carried>> carried_messages(std::string_view xml);

}  // namespace meterway::duis
