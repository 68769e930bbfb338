#pragma once
#include <string>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::apps {

/// A message as a tester has it in hand.
struct FiledMessage {
  Bytes bytes;
  std::string service;  ///< service reference variant, where the file says it
};

/// The messages of one file: hexadecimal digits of one message, a message a line, one message in base64, or a DUIS
/// document that carries some (response, pre-command, alert).
/// Errors: those of from_hex where it is none of these; those of duis::carried_messages.
Result<std::vector<FiledMessage>> messages_in(const std::string& text);

}  // namespace meterway::apps
