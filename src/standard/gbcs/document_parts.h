#pragma once
#include "standard/gbcs/decoded.h"
#include "standard/gbcs/json_view.h"

/// The parts that document.cpp is made of, one a payload kind: each gives the JSON of a content and writes a content
/// from such JSON.
namespace meterway::gbcs::document {

/// Takes the fields of a decoded message one by one, in the order in which the values stand in the message.
class FieldCursor {
 public:
  explicit FieldCursor(std::span<const Field> fields) : fields_(fields) {}
  /// The next field that is a value of its own; null behind the last.
  const Field* take();
  /// Adds what is known of the value: name, unit, word and note, and the parts of its octets.
  void describe(Json& json, const Field& field);

 private:
  std::span<const Field> fields_;
  std::size_t at_ = 0;
};

Json dlms_to_json(const Decoded& decoded);
Json gbz_to_json(const Decoded& decoded);
Json asn1_to_json(const Decoded& decoded);

Bytes dlms_from_json(const JsonView& json);
Bytes gbz_from_json(const JsonView& json);
Bytes asn1_from_json(const JsonView& json);

/// "2015-01-01 00:00:00", "now", "never", or with wild parts "*"; empty when the 12 bytes are no DLMS date-time.
std::string date_time_text(ByteView bytes);
/// "2015-01-01T00:00:00Z", "now", "never": seconds since 2000.
std::string seconds_text(std::uint32_t seconds);

}  // namespace meterway::gbcs::document
