#include "oversight/governance/functions.h"

/// Actions: what was said of them, their evidence, and whether somebody says that it is wrong.
namespace meterway::governance {
namespace {

bool is_so(const Record& record, std::string_view field) { return record.boolean(field).value_or(false); }

Status keep_the_update(Change& change, const Record&, Record& after) {
  auto updates = after.list("updates");
  updates.push_back(calendar::to_text(change.today()) + " " + change.actor().party + ": " + after.text("update"));
  after.set("updates", std::move(updates));
  return {};
}

Result<Reasons> evidence_is_there(Change&, const Record& before, const Record&) {
  if (before.has("evidence") || before.has("evidence_file")) return Reasons();
  return Reasons{"there is no evidence that could be disputed"};
}

Status is_disputed(Change&, const Record&, Record& after) {
  after.set("disputed", "true");
  after.set("settlement", ledger::Value());
  return {};
}

Status is_settled(Change& change, const Record& before, Record& after) {
  if (!is_so(before, "disputed")) return change.refuse(ErrorCode::Conflict, before.reference + " is not disputed");
  after.set("disputed", "false");
  return {};
}

Result<Reasons> evidence_is_not_disputed(Change&, const Record& before, const Record&) {
  if (!is_so(before, "disputed")) return Reasons();
  return Reasons{"its evidence is disputed by " + before.text("disputed_by") + ": " + before.text("dispute")};
}

constexpr ledger::Named kFunctions[] = {
    {"keep_the_update", nullptr, keep_the_update},
    {"evidence_is_there", evidence_is_there, nullptr},
    {"is_disputed", nullptr, is_disputed},
    {"is_settled", nullptr, is_settled},
    {"evidence_is_not_disputed", evidence_is_not_disputed, nullptr},
};

}  // namespace

std::span<const ledger::Named> functions_of_actions() { return kFunctions; }

}  // namespace meterway::governance
