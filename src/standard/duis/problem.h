#pragma once
#include <string>

#include "base/util/error.h"

namespace meterway::duis {

/// Why a document does not fit, in words for the person who sent it (cold path, hence strings).
struct Problem {
  ErrorCode code = ErrorCode::BadXml;  ///< BadXml, TooLarge, TooDeep for form; BadValue and BadRequest for the schema
  std::string element;                 ///< path of the element, "sr:Request/sr:Header/sr:RequestID"
  int line = 0;                        ///< 1-based line in the document, 0 when unknown
  std::string rule;                    ///< the rule that is broken: "pattern: [0-9]{13}", "order: expected sr:Body"
};

}  // namespace meterway::duis
