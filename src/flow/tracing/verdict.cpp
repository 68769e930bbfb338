#include "flow/tracing/verdict.h"

#include <algorithm>

#include "flow/envelope/refusal.h"
#include "flow/tracing/reason.h"
#include "records/access/tables.h"
#include "standard/gbcs/decoded.h"

namespace meterway::flow::tracing {
namespace {

using registry::Progress;
using registry::RequestRecord;

void take(Verdict& out, std::string_view kind, std::string_view name) {
  const auto* move = find_move(kind, name);
  if (move == nullptr) return take(out, "state", "unknown");
  out.kind = kind;
  out.state = name;
  out.move = move;
}

void because_of(Verdict& out, const store::Event& event) {
  out.detail = event.detail;
  out.since = event.time;
}

const store::Event* last_event(const Story& story, std::string_view step, std::string_view outcome = {}) {
  const auto found = std::find_if(story.events.rbegin(), story.events.rend(), [&](const store::Event& event) {
    return event.step == step && (outcome.empty() || event.outcome == outcome);
  });
  return found == story.events.rend() ? nullptr : &*found;
}

/// How far the delivery of what was last queued has come.
std::string delivery_of(const Story& story) {
  const auto* last = last_event(story, "deliver");
  if (last == nullptr) return {};
  if (last->outcome == "delivered") return "delivered";
  if (last->outcome == "failed") return "not_taken";
  return last->outcome == "given up" || last->outcome == "too large" ? "not_delivered" : "owed";
}

/// "stale_counter" where words begin as the sentence of that refusal: what is pushed later says it so.
std::string refusal_by_sentence(std::string_view words) {
  for (const auto& move : all_moves()) {
    constexpr std::string_view kKind = "refusal.";
    if (!move.name.starts_with(kKind)) continue;
    const auto name = move.name.substr(kKind.size());
    const auto sentence = access::reason_row(name).sentence;
    if (!sentence.empty() && words.starts_with(sentence)) return std::string(name);
  }
  return {};
}

/// Nobody believed it, or it was not asked for: what an event of correlate says beside a request.
bool is_disbelieved(const store::Event& event) {
  return event.step == "correlate" && (event.outcome == "refused" || event.outcome == "unmatched");
}

/// Alerts, devices, and requests that left no record.
void judge_events(const Story& story, Verdict& out) {
  const auto& last = story.events.back();
  because_of(out, last);
  for (auto event = story.events.rbegin(); event != story.events.rend(); ++event) {
    const auto refusal = refusal_in(*event);
    if (refusal.empty()) continue;
    because_of(out, *event);
    out.code = access::reason_row(refusal).code;
    return take(out, "refusal", refusal);
  }
  if (!out.delivery.empty()) return take(out, "state", out.delivery);
  take(out, "state", is_disbelieved(last) ? "not_believed" : "noted");
}

std::string_view waiting_state(const RequestRecord& leg, UtcTime now) {
  if (leg.held) return "held";
  if (leg.progress == Progress::Sent) return leg.arrived ? "arrived" : "sent";
  if (leg.dcc_dated && leg.send_at > now) return "dated";
  if (leg.preceding && !leg.released) return "sequence";
  return "queued";
}

/// What ended a request is told by its code; which refusal stands behind that, by an event.
void judge_end(const Story& story, const RequestRecord& leg, Verdict& out) {
  out.code = leg.outcome;
  const bool well = leg.outcome.starts_with('I');
  if (well) {
    const auto* answer = last_event(story, "correlate", "matched");
    if (answer != nullptr && refused_by_device(answer->bytes)) {
      because_of(out, *answer);
      return take(out, "state", "refused_by_device");
    }
    return take(out, "state", out.delivery.empty() ? std::string_view("answered") : out.delivery);
  }
  const auto* end = last_event(story, "correlate", "given up");
  if (const auto* stopped = last_event(story, "hold", "stopped"); stopped != nullptr) because_of(out, *stopped);
  if (end != nullptr) {
    because_of(out, *end);
    if (const auto refusal = refusal_by_sentence(end->detail); !refusal.empty()) return take(out, "refusal", refusal);
  }
  take(out, "code", leg.outcome);
}

void judge_leg(const Story& story, const RequestRecord& leg, UtcTime now, Verdict& out) {
  because_of(out, story.events.back());
  switch (leg.progress) {
    case Progress::Answered: {
      out.code = leg.command_variant == CommandVariant::Transform ? "I0" : "";
      if (leg.command_variant == CommandVariant::Transform) return take(out, "state", "pre_command");
      const auto* answer = last_event(story, "answer", "answered");
      const auto comma = answer == nullptr ? std::string::npos : answer->detail.rfind(", ");
      const auto code = comma == std::string::npos ? std::string() : answer->detail.substr(comma + 2);
      if (answer != nullptr) because_of(out, *answer);
      out.code = code;
      return code.starts_with('I') || code.empty() ? take(out, "state", "answered") : take(out, "code", code);
    }
    case Progress::Accepted:
    case Progress::Sent:
      out.code = "I99";
      return take(out, "state", waiting_state(leg, now));
    case Progress::Handed:
      return take(out, "state", "handed");
    case Progress::Dated:
      out.code = "I0";
      return take(out, "state", "device_dated");
    case Progress::Done:
      return judge_end(story, leg, out);
  }
}

/// A signed pre-command that was refused leaves no leg, and its event behind that of the pre-command.
const store::Event* refused_after(const Story& story) {
  const auto& last = story.events.back();
  return refusal_in(last).empty() ? nullptr : &last;
}

}  // namespace

bool refused_by_device(ByteView answer) {
  const auto decoded = gbcs::decode(answer);
  if (!decoded || decoded->header.kind != gbcs::Kind::Response) return false;
  if (std::any_of(decoded->instructions.begin(), decoded->instructions.end(),
                  [](const gbcs::Instruction& one) { return one.result != 0; }))
    return true;
  const auto* gbz = std::get_if<gbcs::GbzContent>(&decoded->content);
  const auto* frames = gbz == nullptr ? nullptr : std::get_if<gbcs::gbz::Frames>(&gbz->form);
  if (frames == nullptr) return false;
  constexpr std::uint8_t kDefaultResponse = 0x0B;  // command it answers:1 status:1
  return std::any_of(frames->components.begin(), frames->components.end(), [](const gbcs::gbz::Component& one) {
    return (one.frame_control & 0x03) == 0 && one.command == kDefaultResponse && one.payload.size() == 2 &&
           one.payload[1] != 0;
  });
}

Verdict verdict_of(const Story& story, UtcTime now) {
  Verdict out;
  out.delivery = delivery_of(story);
  if (story.legs.empty()) {
    judge_events(story, out);
  } else if (const auto* refused = refused_after(story);
             refused != nullptr && story.legs.back().progress == Progress::Answered) {
    because_of(out, *refused);
    const auto name = refusal_in(*refused);
    out.code = access::reason_row(name).code;
    take(out, "refusal", name);
  } else {
    judge_leg(story, story.legs.back(), now, out);
  }
  return out;
}

}  // namespace meterway::flow::tracing
