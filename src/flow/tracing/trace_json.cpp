#include "flow/tracing/trace_json.h"

#include "base/util/hex.h"
#include "flow/tracing/curl.h"
#include "flow/tracing/parts.h"
#include "flow/tracing/timeline.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::flow::tracing {
namespace {

using nlohmann::json;

json told(const Reason& reason) {
  return {{"name", reason.name},
          {"clause", reason.clause},
          {"how_sure", reason.how_sure},
          {"source", reason.source},
          {"says", reason.says}};
}

json header_json(const gbcs::Message& message) {
  const auto& header = message.header;
  const auto* use_case = gbcs::find_use_case(header.code);
  return {{"kind", header.kind == gbcs::Kind::Command    ? "command"
                   : header.kind == gbcs::Kind::Response ? "response"
                                                         : "alert"},
          {"code", header.code.hex()},
          {"use_case", use_case == nullptr ? json(nullptr) : json(use_case->use_case)},
          {"name", use_case == nullptr ? json(nullptr) : json(use_case->name)},
          {"originator", header.originator.dashed_upper()},
          {"target", header.target.dashed_upper()},
          {"counter", header.counter.value},
          {"signed", message.signature_field == gbcs::SignatureField::Present},
          {"mac", message.mac.has_value()}};
}

/// An event as the log has it, with its message in words where they are asked for.
json told(const store::Event& event, const gateway::TraceReader& reader, const Showing& showing) {
  json item = {
      {"time", to_iso8601(event.time, 6)}, {"step", event.step}, {"outcome", event.outcome}, {"detail", event.detail}};
  if (event.bytes.empty() || !showing.bytes) return item;
  item["bytes"] = to_hex(event.bytes);
  const auto words = showing.face ? reader.read(event.bytes, *showing.face) : Result<std::string>(std::string());
  if (showing.face && words)
    item["message"] = *showing.face == gateway::Face::Json ? json::parse(*words, nullptr, false) : json(*words);
  return item;
}

json parts_json(const std::vector<Part>& parts) {
  json list = json::array();
  for (const auto& part : parts)
    list.push_back({{"offset", part.offset}, {"size", part.size}, {"name", part.name}, {"value", part.value}});
  return list;
}

/// A line of the timeline; `event` is its place among the events, which have the bytes.
json told(const Step& step, std::size_t event, const Showing& showing) {
  json item = {{"event", event},           {"time", to_iso8601(step.time, 6)},
               {"step", step.event->step}, {"outcome", step.outcome},
               {"area", step.area},        {"tone", step.tone},
               {"title", step.title},      {"detail", step.detail},
               {"spent", step.row->spent}};
  if (step.took) item["duration_us"] = step.took->count();
  if (step.reason) item["rule"] = told(*step.reason);
  if (!step.has_bytes) return item;
  const auto& bytes = step.event->bytes;
  item["size"] = bytes.size();
  if (const auto message = gbcs::read_message(bytes)) item["header"] = header_json(*message);
  if (!showing.bytes) return item;
  if (const auto parts = parts_of(bytes)) item["parts"] = parts_json(*parts);
  return item;
}

std::string_view word_of(registry::Leg leg) { return leg == registry::Leg::Request ? "request" : "signed pre-command"; }

}  // namespace

json verdict_json(const Verdict& verdict) {
  const auto& move = *verdict.move;
  return {{"state", verdict.state},
          {"who", move.who},
          {"who_words", words_of(move.who)},
          {"area", move.area},
          {"next", move.next},
          {"since", to_iso8601(verdict.since, 6)},
          {"code", verdict.code.empty() ? json(nullptr) : json(verdict.code)},
          {"code_means", verdict.code.empty() ? json(nullptr) : json(meaning_of(verdict.code))},
          {"why", verdict.detail},
          {"delivery", verdict.delivery.empty() ? json(nullptr) : json(verdict.delivery)},
          {"row", move.name},
          {"source", move.source},
          {"how_sure", move.how_sure}};
}

json trace_json(const Story& story, const std::vector<KeyName>& keys, const Showing& showing, const Context& context) {
  const gateway::TraceReader reader(story.events, story.service(), story.broker);
  const auto now = context.clock.now();
  json body = {
      {"request_id", story.key}, {"as_of", to_iso8601(now, 6)}, {"verdict", verdict_json(verdict_of(story, now))},
      {"events", json::array()}, {"legs", json::array()},       {"links", json::array()},
      {"keys", json::array()}};
  if (story.id) {
    body["originator"] = story.id->originator.dashed_upper();
    body["target"] = story.id->target.dashed_upper();
    body["counter"] = story.id->counter.value;
  }
  for (const auto& event : story.events) body["events"].push_back(told(event, reader, showing));
  for (const auto& step : steps_of(story, context.settings.rules))
    body["steps"].push_back(told(step, static_cast<std::size_t>(step.event - story.events.data()), showing));
  if (const auto service = story.service(); !service.empty()) {
    body["service"] = service;
    if (const auto* row = duis::find_service(service)) body["service_name"] = row->name;
  }
  for (const auto& leg : story.legs) {
    body["legs"].push_back({{"leg", word_of(leg.leg)},
                            {"received", to_iso8601(leg.received_at, 6)},
                            {"command_variant", static_cast<int>(leg.command_variant)},
                            {"use_case", leg.use_case},
                            {"document_bytes", leg.document.size()}});
  }
  for (const auto& link : story.links) body["links"].push_back({{"relation", link.relation}, {"key", link.key}});
  for (const auto& key : keys)
    body["keys"].push_back({{"role", key.role},
                            {"owner", key.owner.dashed_upper()},
                            {"serial", key.serial.empty() ? json(nullptr) : json(key.serial)},
                            {"in_use_now", key.in_use_now}});
  if (showing.bytes) body["curl"] = curl_lines(story);
  if (!showing.bytes) body["left_out"] = "payloads: trace.bytes is not given to the caller (spec/permissions.tsv)";
  return body;
}

}  // namespace meterway::flow::tracing
