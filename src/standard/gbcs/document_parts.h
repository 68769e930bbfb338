#pragma once
#include <functional>

#include "standard/gbcs/json_view.h"
#include "standard/gbcs/message.h"

/// The parts that document.cpp is made of, one a payload kind: each gives the JSON of a content and writes a content
/// from such JSON.
namespace meterway::gbcs::document {

/// Decrypts a protected block of the message; gives nothing where no key is at hand or the tag is wrong.
using Decrypt = std::function<Result<Bytes>(ByteView block)>;

Result<Json> dlms_to_json(const Header& header, ByteView content, const Decrypt& decrypt);
Result<Json> gbz_to_json(const Header& header, ByteView content, const Decrypt& decrypt);
Result<Json> asn1_to_json(const Header& header, ByteView content);

Bytes dlms_from_json(const JsonView& json);
Bytes gbz_from_json(const JsonView& json);
Bytes asn1_from_json(const JsonView& json);

/// "text" of bytes that are all printable; nothing otherwise.
void note_text(Json& json, ByteView bytes);
/// "2015-01-01 00:00:00", "now", "never", or with wild parts "*"; empty when the 12 bytes are no DLMS date-time.
std::string date_time_text(ByteView bytes);

}  // namespace meterway::gbcs::document
