#include "flow/tracing/timeline.h"

#include <charconv>

#include "flow/envelope/event_area.h"

namespace meterway::flow::tracing {
namespace {

Step step_of(const store::Event& event, const rules::Rules& rules) {
  Step out;
  out.event = &event;
  out.outcome = event.outcome;
  out.row = &step_row(event.step, event.outcome);
  const auto& area = area_of(event.step, event.outcome, event.detail);
  out.area = area.area;
  out.tone = area.tone;
  out.title = out.row->title;
  out.detail = event.detail;
  out.time = event.time;
  out.reason = reason_of(event, rules);
  out.has_bytes = !event.bytes.empty();
  return out;
}

/// "schema 5.4 in 85 us, signed with certificate 12": the schema's own time, and where the words part.
struct SchemaTime {
  std::chrono::microseconds took{};
  std::size_t schema_ends = 0, rest_begins = 0;
};
std::optional<SchemaTime> schema_time(const store::Event& event) {
  constexpr std::string_view kIn = " in ", kUs = " us, ";
  if (event.step != "verify" || event.outcome != "passed") return std::nullopt;
  const auto in = event.detail.find(kIn);
  const auto us = event.detail.find(kUs);
  if (in == std::string::npos || us == std::string::npos || us < in) return std::nullopt;
  std::int64_t count = 0;
  const auto* begin = event.detail.data() + in + kIn.size();
  const auto* end = event.detail.data() + us;
  const auto read = std::from_chars(begin, end, count);
  if (read.ec != std::errc() || read.ptr != end || count < 0) return std::nullopt;
  return SchemaTime{std::chrono::microseconds(count), us + kUs.size() - 2, us + kUs.size()};
}

}  // namespace

std::vector<Step> steps_of(const Story& story, const rules::Rules& rules) {
  std::vector<Step> out;
  out.reserve(story.events.size() + 2);
  std::optional<UtcTime> before;
  for (const auto& event : story.events) {
    auto step = step_of(event, rules);
    if (before && step.row->spent != "-")
      step.took = std::chrono::duration_cast<std::chrono::microseconds>(event.time - *before);
    if (const auto schema = schema_time(event); schema && before && schema->took <= event.time - *before) {
      auto first = step;
      first.outcome = "schema";
      first.area = "XSD";
      first.title = "Schema checked";
      first.time = *before + schema->took;
      first.took = schema->took;
      first.detail = event.detail.substr(0, schema->schema_ends);
      first.has_bytes = false;
      step.title = "Signature checked";
      step.detail = event.detail.substr(schema->rest_begins);
      step.took = *step.took - schema->took;
      out.push_back(std::move(first));
    }
    before = event.time;
    out.push_back(std::move(step));
  }
  return out;
}

}  // namespace meterway::flow::tracing
