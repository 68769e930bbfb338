#include "flow/tracing/tables.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace meterway::flow::tracing {
namespace {

#include "flow/tracing/trace.inc"

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kWords = {{
    {"user", "the User"},
    {"adaptor", "the User's software"},
    {"platform", "the platform"},
    {"device", "who looks after the device"},
    {"registration", "who sends the registration data"},
    {"operations", "the DCC's operations"},
    {"done", "nobody: it is done"},
    {"in_progress", "nobody: it is under way"},
}};

const StepRow* find_step(std::string_view step, std::string_view outcome) {
  const auto found = std::find_if(std::begin(kSteps), std::end(kSteps),
                                  [&](const StepRow& row) { return row.step == step && row.outcome == outcome; });
  return found == std::end(kSteps) ? nullptr : found;
}

}  // namespace

const StepRow& step_row(std::string_view step, std::string_view outcome) {
  if (const auto* own = find_step(step, outcome)) return *own;
  if (const auto* of_step = find_step(step, "*")) return *of_step;
  return *find_step("*", "*");
}

std::span<const StepRow> all_steps() { return kSteps; }

const MoveRow* find_move(std::string_view kind, std::string_view name) {
  const auto whole = std::string(kind) + "." + std::string(name);
  const auto found = std::lower_bound(std::begin(kMoves), std::end(kMoves), whole,
                                      [](const MoveRow& row, const std::string& key) { return row.name < key; });
  return found == std::end(kMoves) || found->name != whole ? nullptr : found;
}

std::span<const MoveRow> all_moves() { return kMoves; }

std::string_view words_of(std::string_view who) {
  for (const auto& [name, words] : kWords) {
    if (name == who) return words;
  }
  return who;
}

}  // namespace meterway::flow::tracing
