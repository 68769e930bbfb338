#include "flow/gateway/faces.h"

#include "standard/gbcs/document.h"
#include "standard/mmc/mmc.h"

namespace meterway::flow::gateway {

std::optional<Face> face_of(std::string_view word) {
  if (word == "text") return Face::Text;
  if (word == "json") return Face::Json;
  if (word == "mmc") return Face::Mmc;
  return std::nullopt;
}

std::string_view media_type_of(Face face) {
  if (face == Face::Text) return "text/plain; charset=utf-8";
  return face == Face::Json ? "application/json" : "application/xml";
}

TraceReader::TraceReader(const std::vector<store::Event>& events, std::string service, Eui64 broker)
    : service_(std::move(service)), broker_(broker) {
  for (const auto& event : events) {
    if (event.bytes.empty()) continue;
    const auto message = gbcs::read_message(event.bytes);
    if (!message) continue;
    commands_.add(*message);
    if (message->header.kind != gbcs::Kind::Command) answer_ = &event;
  }
}

Result<std::string> TraceReader::read(ByteView bytes, Face face) const {
  METERWAY_TRY(const auto message, gbcs::read_message(bytes));
  const auto* command = commands_.answered_by(message.header);
  if (face == Face::Text) return gbcs::to_text(bytes, {nullptr, command});
  if (face == Face::Json) return gbcs::to_json(bytes, {nullptr, command});
  mmc::Options options;
  options.broker = broker_;
  options.command = command;
  options.service = service_;
  return mmc::to_mmc(bytes, options);
}

}  // namespace meterway::flow::gateway
