#include "records/ledger/ledger.h"

#include <algorithm>

#include "records/audit/log.h"
#include "records/ledger/select.h"

namespace meterway::ledger {

Unmatched unmatched(std::span<const Named> functions) {
  Unmatched out;
  std::set<std::string_view> guards, effects;
  for (const auto& kind : all_kinds()) {
    for (const auto& row : kind.transitions) {
      for (const auto name : parts(row.guard)) guards.insert(name);
      for (const auto name : parts(row.effect)) effects.insert(name);
    }
  }
  const auto has = [&](std::string_view name, bool effect) {
    return std::any_of(functions.begin(), functions.end(), [&](const Named& one) {
      return one.name == name && (effect ? one.effect != nullptr : one.guard != nullptr);
    });
  };
  for (const auto name : guards) {
    if (!has(name, false)) out.missing.emplace_back(name);
  }
  for (const auto name : effects) {
    if (!has(name, true)) out.missing.emplace_back(name);
  }
  for (const auto& one : functions) {
    const bool used = (one.guard != nullptr && guards.count(one.name) != 0) ||
                      (one.effect != nullptr && effects.count(one.name) != 0);
    if (!used) out.unused.emplace_back(one.name);
  }
  return out;
}

Reader Ledger::whole() const { return {around_.store, around_.clock, the_ledger_itself(), false}; }

Result<Record, Problem> Ledger::write(const Person& actor, const Work& work) {
  std::optional<Record> made;
  std::optional<Problem> problem;
  std::optional<Change::Refused> refused;
  const auto done = around_.store.write([&](store::WriteView& view) -> Status {
    Change change(view, around_, actor);
    auto record = work(change);
    problem = change.problem();
    refused = change.refused();
    if (!record) return Unexpected{record.error()};
    made = std::move(*record);
    return {};
  });
  if (!done && refused) {
    audit::Entry line;
    line.at = around_.clock.now();
    line.person = actor.id;
    line.party = actor.party;
    line.function = refused->function;
    line.about = refused->about;
    line.outcome = "refused";
    line.rule = "spec/ledger_kinds.tsv, ledger_transitions.tsv";
    line.detail = refused->why;
    line.level = actor.clearance;  // he saw it
    const auto noted = around_.store.write([&](store::WriteView& view) { return audit::append_counted(view, line); });
    if (!noted) return Unexpected<Problem>{Problem{noted.error().code, meterway::describe(noted.error()), {}}};
  }
  if (!done)
    return Unexpected<Problem>{problem ? *problem : Problem{done.error().code, meterway::describe(done.error()), {}}};
  return shown(std::move(*made), actor);
}

Result<Record, Problem> Ledger::create(const Person& actor, std::string_view kind, const Draft& draft) {
  return write(actor, [&](Change& change) { return change.create(kind, draft); });
}

Result<Record, Problem> Ledger::change(const Person& actor, std::string_view kind, std::string_view reference,
                                       std::optional<std::uint64_t> revision, const Draft& draft) {
  return write(actor, [&](Change& change) { return change.change(kind, reference, revision, draft); });
}

Result<Record, Problem> Ledger::act(const Person& actor, std::string_view kind, std::string_view reference,
                                    std::optional<std::uint64_t> revision, std::string_view action,
                                    const Draft& draft) {
  return write(actor, [&](Change& change) { return change.act(kind, reference, revision, action, draft); });
}

Result<Record, Problem> Ledger::attach(const Person& actor, std::string_view kind, std::string_view reference,
                                       std::optional<std::uint64_t> revision, const NewAttachment& file) {
  return write(actor, [&](Change& change) { return change.attach(kind, reference, revision, file); });
}

}  // namespace meterway::ledger
