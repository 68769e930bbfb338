#pragma once
#include <string>
#include <string_view>

#include "flow/envelope/context.h"

namespace meterway::flow {

/// What a DUIS Response says; the form of the document is the standard's, see duis::write_response.
struct Answer {
  std::string request_id;   ///< empty for an alert
  std::string response_id;  ///< empty unless a device answered
  std::string code;         ///< "I0"
  std::string content;      ///< the one element inside Body, as XML
};

/// ResponseMessage with its references and `content` (as XML, may be empty).
std::string response_message(std::string_view reference, std::string_view variant, std::string_view content);
std::string text_element(std::string_view name, std::string_view value);
/// base64 of the bytes in an element.
std::string payload_element(std::string_view name, ByteView bytes);

/// The signed document, dated now. Everything the DCC says is signed. Errors: CryptoFailure.
Result<std::string> sign_answer(const Answer& answer, const Context& context);

}  // namespace meterway::flow
