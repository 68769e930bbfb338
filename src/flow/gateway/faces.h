#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/envelope/context.h"
#include "records/store/event_log.h"
#include "standard/gbcs/known_commands.h"

/// The messages of a trace in words: what `?format=` of the trace asks for. Nothing encrypted is opened: the platform
/// holds no key of a User's.
namespace meterway::flow::gateway {

enum class Face : std::uint8_t {
  Text,  ///< for a person: a line a value
  Json,  ///< as `meterway decode --format json`
  Mmc,   ///< XML of the Message Mapping Catalogue: responses and alerts alone
};
/// "text", "json", "mmc".
std::optional<Face> face_of(std::string_view word);
std::string_view media_type_of(Face face);

/// Reads the messages of one trace: commands among them name what responses answer.
class TraceReader {
 public:
  TraceReader(const std::vector<store::Event>& events, std::string service, Eui64 broker);
  /// Errors: those of gbcs::read_message; Unsupported where the form has no place for such a message.
  Result<std::string> read(ByteView message, Face face) const;
  /// The last response or alert of a device in the trace; null when there is none.
  const store::Event* answer() const { return answer_; }

 private:
  std::string service_;
  Eui64 broker_;
  gbcs::KnownCommands commands_;
  const store::Event* answer_ = nullptr;
};

}  // namespace meterway::flow::gateway
