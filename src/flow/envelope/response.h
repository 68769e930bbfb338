#pragma once
#include <string>

#include "flow/envelope/context.h"
#include "standard/duis/response.h"

namespace meterway::flow {

/// The signed document of a response, dated now and of the configured schema version whatever `response` says of
/// either. Everything the DCC says is signed. Errors: UnknownKey, CryptoFailure.
Result<std::string> sign_response(duis::Response response, const Context& context);

}  // namespace meterway::flow
