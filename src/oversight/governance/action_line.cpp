#include "oversight/governance/action_line.h"

#include <algorithm>

#include "records/ledger/kind.h"

namespace meterway::governance {
namespace {

std::string one_line(std::string text) {
  for (char& c : text) c = c == '\t' || c == '\n' ? ' ' : c;
  return text;
}

}  // namespace

PartIn part_in(const ledger::Record& action, const ledger::Record& meeting) {
  const auto asked = action.integer("number"), number = meeting.integer("number");
  if (asked == number) return PartIn::New;
  const auto& carried = action.list("carried_to");
  const bool came = std::find(carried.begin(), carried.end(), meeting.reference) != carried.end();
  return came ? PartIn::Outstanding : PartIn::None;
}

ActionLine line_of_action(const ledger::Record& action, PartIn part) {
  const auto& updates = action.list("updates");
  ActionLine out{part, action.reference, action.text("owner"), action.text("text"), {}, action.state};
  out.update = updates.empty() ? action.text("evidence") : updates.back();
  if (action.boolean("disputed").value_or(false)) out.status += ", disputed by " + action.text("disputed_by");
  if (action.boolean("escalated").value_or(false) && action.state == "open") out.status += ", escalated";
  return out;
}

std::string action_line(const ledger::Record& action, PartIn part) {
  const auto line = line_of_action(action, part);
  std::string out(1, static_cast<char>(part));
  for (const auto& text : {line.reference, line.owner, line.text, line.update, line.status})
    out += "\t" + one_line(text);
  return out;
}

ActionLine read_action_line(std::string_view line) {
  auto parts = ledger::parts(line, '\t');
  parts.resize(6);
  return {parts[0] == "n" ? PartIn::New : PartIn::Outstanding,
          std::string(parts[1]),
          std::string(parts[2]),
          std::string(parts[3]),
          std::string(parts[4]),
          std::string(parts[5])};
}

}  // namespace meterway::governance
