#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "records/audit/log.h"
#include "records/ledger/ledger.h"
#include "records/ledger/media.h"
#include "records/ledger/select.h"
#include "records/ledger/value.h"
#include "records/registry/octets.h"

namespace meterway::ledger {
namespace {

constexpr int kMostDepth = 8;
constexpr std::size_t kMostKept = 64;
constexpr std::string_view kChange = "change";

/// A field that the reference is written with stays what it was.
bool names_field(const Kind& kind, std::string_view field) {
  const auto begin = "{" + std::string(field);
  for (const auto end : {'}', ':', '.'}) {
    if (kind.format.find(begin + end) != std::string_view::npos) return true;
  }
  return false;
}

Classification level_of(const Kind& kind, std::string_view field) {
  const auto* row = kind.field(field);
  return row == nullptr ? Classification::White : row->least_class;
}

Change::Refused refused_of(std::string_view action, const Record& record, std::string why) {
  return {"ledger." + record.kind + "." + std::string(action),
          record.kind + (record.reference.empty() ? "" : " " + record.reference), std::move(why)};
}

}  // namespace

Change::Change(store::WriteView& view, const Surroundings& around, const Person& actor)
    : view_(view), around_(around), actor_(actor), now_(around.clock.now()) {}

Unexpected<Error> Change::refuse(ErrorCode code, std::string detail, std::vector<FieldProblem> fields) {
  if (!problem_) problem_ = Problem{code, std::move(detail), std::move(fields)};
  return fail(code, 0, "ledger");
}

/// As the rows of who may have it: that goes into the audit when nothing came of the change.
Unexpected<Error> Change::refuse_caller(const Kind& kind, std::string_view action, const std::string& reference,
                                        std::string detail) {
  refused_ = Refused{"ledger." + std::string(kind.name) + "." + std::string(action),
                     std::string(kind.name) + (reference.empty() ? "" : " " + reference),
                     {}};
  return refuse(ErrorCode::Refused, std::move(detail));
}

Problem Change::take_problem(const Error& error) {
  auto out = problem_ ? std::move(*problem_) : Problem{error.code, meterway::describe(error), {}};
  problem_.reset();
  return out;
}

Result<std::optional<Record>> Change::find(std::string_view kind, std::string_view reference) const {
  Target target{std::string(kind), std::string(reference)};
  if (const auto there = read_.find(target); there != read_.end()) return std::optional<Record>(there->second);
  METERWAY_TRY(auto record, rows::find(view_, kind, reference));
  if (!record) return record;
  if (read_.size() >= kMostKept) read_.clear();
  read_.emplace(std::move(target), *record);
  return record;
}

Result<std::vector<Record>> Change::select(const Query& query) const {
  METERWAY_TRY(const auto hits, ledger::select(view_, the_ledger_itself(), query));
  std::vector<Record> out;
  for (const auto& hit : hits) {
    METERWAY_TRY(auto record, find(hit.target.kind, hit.target.reference));
    if (!record) return fail(ErrorCode::Database, 0, "ledger index");
    out.push_back(std::move(*record));
  }
  return out;
}

bool Change::allowed(std::string_view who, const Kind& kind, const Record* record) const {
  const bool owns = record != nullptr && !actor_.party.empty() && record->text(kind.owner) == actor_.party;
  return depth_ > 0 || is_named(actor_, who, owns);
}

Result<Record> Change::existing(const Kind& kind, std::string_view reference, std::optional<std::uint64_t> revision) {
  const auto read = read_reference(kind, reference);
  std::optional<Record> record;
  if (read) {
    METERWAY_TRY(record, find(kind.name, read->reference));
  }
  if (!record || (depth_ == 0 && !may_see(actor_, seen_of(*record))))
    return refuse(ErrorCode::NotFound, "there is no " + std::string(kind.name) + " " + std::string(reference));
  if (revision && *revision != record->revision)
    return refuse(ErrorCode::StaleCounter, record->reference + " has been changed since: it is at revision " +
                                               std::to_string(record->revision) + ", not " + std::to_string(*revision));
  return std::move(*record);
}

Status Change::check_reference(const Field& field, const std::string& item, std::vector<FieldProblem>& wrong) {
  const auto target = field.of == "*" ? read_target(item) : std::optional(Target{std::string(field.of), item});
  std::optional<Record> there;
  if (target) {
    METERWAY_TRY(there, find(target->kind, target->reference));
  }
  if (!there || (depth_ == 0 && !may_see(actor_, seen_of(*there))))
    wrong.push_back({std::string(field.name), "there is no " + item});
  return {};
}

/// The draft over the record, each field in its canonical form.
Status Change::merge(const Kind& kind, const Draft& draft, const Transition* transition, Record& record) {
  std::vector<FieldProblem> wrong;
  for (const auto& [name, value] : draft.fields) {
    const auto* field = kind.field(name);
    if (field == nullptr || (depth_ == 0 && field->least_class > actor_.clearance)) {
      wrong.push_back({name, "is no field of a " + std::string(kind.name)});
      continue;
    }
    const bool open =
        depth_ > 0 || field->set_by == SetBy::Anyone || (field->set_by == SetBy::Action && transition != nullptr);
    if (!open) {
      wrong.push_back({name, field->set_by == SetBy::Action ? "is set together with an action only"
                                                            : "is set by the platform alone"});
      continue;
    }
    auto read = canonical(*field, value);
    if (!read) {
      wrong.push_back({name, read.error()});
      continue;
    }
    if (field->type == Type::Reference) {
      for (const auto& item : *read) METERWAY_CHECK(check_reference(*field, item, wrong));
    }
    if (field->type == Type::Attachment) {
      for (const auto& item : *read) {
        const bool there = std::any_of(record.attachments.begin(), record.attachments.end(),
                                       [&](const Attachment& file) { return file.id == item; });
        if (!there) wrong.push_back({name, "there is no attachment " + item});
      }
    }
    if (record.revision > 0 && names_field(kind, name) && record.list(name) != *read) {
      wrong.push_back({name, "stands in the reference " + record.reference + " and stays as it is"});
      continue;
    }
    record.set(name, std::move(*read));
  }
  if (transition != nullptr) {
    for (const auto name : parts(transition->needs)) {
      const auto given = draft.fields.find(name);
      if (given == draft.fields.end() || given->second.empty())
        wrong.push_back({std::string(name), "comes with " + std::string(transition->action)});
    }
  }
  if (draft.why.size() > kMostWhyBytes) wrong.push_back({"why", "is too long"});
  if (draft.level && *draft.level != record.level) {
    if (record.revision > 0 && draft.why.empty()) wrong.push_back({"why", "is needed where the class changes"});
    if (depth_ == 0 && *draft.level > actor_.clearance) wrong.push_back({"class", "is above your clearance"});
    record.level = *draft.level;
  }
  if (wrong.empty()) return {};
  return refuse(ErrorCode::BadValue, "what is said of the " + std::string(kind.name) + " cannot be", std::move(wrong));
}

/// Whether everything is there that has to be; `entered`: the state it comes into, and has.
Status Change::check_whole(const Kind& kind, const Record& record, std::string_view entered) {
  std::vector<FieldProblem> wrong;
  for (const auto& field : kind.fields) {
    if (record.has(field.name)) continue;
    if (field.always) wrong.push_back({std::string(field.name), "is needed: " + std::string(field.meaning)});
    if (has_part(field.before, entered))
      wrong.push_back({std::string(field.name), "is needed before it is " + std::string(entered)});
  }
  if (wrong.empty()) return {};
  return refuse(ErrorCode::BadValue, "something is missing", std::move(wrong));
}

Status Change::give_reference(const Kind& kind, const Draft& draft, Record& record) {
  Status broken;
  const LookUp look_up = [&](const Field& field, const std::string& of,
                             std::string_view other) -> std::optional<std::string> {
    const auto target = find(field.of, of);
    if (!target) broken = Unexpected{target.error()};
    if (!target || !*target || !(*target)->has(other)) return std::nullopt;
    return (*target)->text(other);
  };
  const auto prefix = make_reference(kind, record.fields, 0, look_up);
  METERWAY_CHECK(broken);
  if (!prefix) return refuse(ErrorCode::BadValue, "the reference cannot be made", {{"reference", prefix.error()}});
  METERWAY_TRY(const auto last, rows::last_number(view_, kind.name, *prefix));
  auto number = last + 1;
  if (draft.reference.empty()) {
    record.reference = make_reference(kind, record.fields, number, look_up).value();
    if (!read_reference(kind, record.reference))
      return refuse(ErrorCode::BadValue, "the reference cannot be made",
                    {{"reference", record.reference + " is not in the form " + std::string(kind.format)}});
  } else {
    const auto read = read_reference(kind, draft.reference);
    if (!read)
      return refuse(ErrorCode::BadValue, "the reference cannot be",
                    {{"reference", "expected the form " + std::string(kind.format)}});
    record.reference = read->reference;
    number = read->number;
    const auto ours = make_reference(kind, record.fields, number, look_up).value();
    const bool other_form = kind.format.find('|') != std::string_view::npos;
    if (ours != record.reference && !other_form)
      return refuse(ErrorCode::BadValue, "the reference is not that of these fields",
                    {{"reference", "expected " + ours}});
    if (ours != record.reference) number = 0;  // of another form, which we do not number
  }
  METERWAY_TRY(const auto there, find(kind.name, record.reference));
  if (there) return refuse(ErrorCode::Conflict, record.reference + " is taken");
  if (is_numbered(kind) && number > last) METERWAY_CHECK(rows::set_last_number(view_, kind.name, *prefix, number));
  return {};
}

/// What the rules refuse goes into the audit as what the rows refuse does. Failures of the store are no decisions.
Status Change::note_refused(const Transition& transition, const Record& record, const Error& error) {
  if (depth_ == 0 && problem_) refused_ = refused_of(transition.action, record, problem_->detail);
  return Unexpected{error};
}

/// The guard and the effect of a transition that is under way.
Status Change::run(const Transition& transition, const Record& before, Record& after) {
  const auto named = [&](std::string_view name) -> const Named* {
    const auto found = std::find_if(around_.functions.begin(), around_.functions.end(),
                                    [&](const Named& one) { return one.name == name; });
    return found == around_.functions.end() ? nullptr : &*found;
  };
  if (depth_ >= kMostDepth) return refuse(ErrorCode::TooDeep, "one change leads to another without end");
  for (const auto name : parts(transition.guard)) {
    const auto* function = named(name);
    if (function == nullptr || function->guard == nullptr)
      return refuse(ErrorCode::Unsupported, "there is no guard " + std::string(name));
    const auto judged = function->guard(*this, before, after);
    if (!judged) return note_refused(transition, after, judged.error());
    const auto& reasons = *judged;
    if (reasons.empty()) continue;
    std::vector<FieldProblem> wrong;
    if (depth_ == 0) refused_ = refused_of(transition.action, after, reasons.front());
    for (const auto& reason : reasons) wrong.push_back({"", reason});
    return refuse(ErrorCode::BadRequest, std::string(transition.action) + ": not yet", std::move(wrong));
  }
  for (const auto name : parts(transition.effect)) {
    const auto* function = named(name);
    if (function == nullptr || function->effect == nullptr)
      return refuse(ErrorCode::Unsupported, "there is no effect " + std::string(name));
    ++depth_;
    const auto done = function->effect(*this, before, after);
    --depth_;
    if (!done) return note_refused(transition, after, done.error());
  }
  return {};
}

Result<Record> Change::store(const Kind& kind, const Record* before, Record after, std::string_view action,
                             const std::string& why) {
  static const Record kNothing;
  const auto& was = before == nullptr ? kNothing : *before;
  after.revision = was.revision + 1;
  after.changed = now_;
  HistoryEntry entry{after.revision,
                     now_,
                     actor_.id,
                     actor_.party,
                     std::string(action),
                     was.state,
                     after.state,
                     why,
                     std::max(was.level, after.level),
                     {},
                     {}};
  entry.audience = was.level > after.level ? was.list("audience") : after.list("audience");
  const auto note = [&](const std::string& name) {
    if (was.list(name) != after.list(name))
      entry.changes.push_back({name, was.list(name), after.list(name), level_of(kind, name)});
  };
  for (const auto& [name, value] : after.fields) note(name);
  for (const auto& [name, value] : was.fields) {
    if (!after.has(name)) note(name);
  }
  if (before != nullptr && was.level != after.level)
    entry.changes.push_back(
        {"class", {std::string(to_string(was.level))}, {std::string(to_string(after.level))}, Classification::White});
  for (std::size_t i = was.attachments.size(); i < after.attachments.size(); ++i)
    entry.changes.push_back({"attachment", {}, {after.attachments[i].title}, Classification::White});
  METERWAY_CHECK(rows::put(view_, before, after));
  read_.erase({after.kind, after.reference});
  METERWAY_CHECK(rows::append_history(view_, after, entry));
  const auto* row = kind.transition(was.state, action);
  audit::Entry line;
  line.at = now_;
  line.person = actor_.id;
  line.party = actor_.party;
  line.function = "ledger." + after.kind + "." + std::string(action);
  line.about = after.kind + " " + after.reference;
  line.outcome = "done";
  line.rule = std::string(row == nullptr ? kind.source : row->source);
  line.detail = why;
  line.level = entry.level;
  METERWAY_CHECK(audit::append(view_, std::move(line)));
  return after;
}

Result<Record> Change::create(std::string_view kind_name, const Draft& draft) {
  const auto* kind = find_kind(kind_name);
  if (kind == nullptr) return refuse(ErrorCode::NotFound, "there is no kind " + std::string(kind_name));
  const auto& transition = *kind->transition("", "create");
  if (!allowed(kind->creates, *kind, nullptr) || !allowed(transition.who, *kind, nullptr))
    return refuse_caller(*kind, "create", "",
                         "a " + std::string(kind_name) + " is made by: " + std::string(kind->creates));
  Record record;
  record.kind = std::string(kind_name);
  record.state = std::string(transition.to);
  record.level = kind->level;
  record.created = now_;
  record.created_by = actor_.id;
  METERWAY_CHECK(merge(*kind, draft, &transition, record));
  if (depth_ == 0 && record.level > actor_.clearance)
    return refuse(ErrorCode::Refused, "the class " + std::string(to_string(record.level)) + " is above your clearance");
  METERWAY_CHECK(check_whole(*kind, record, record.state));
  METERWAY_CHECK(give_reference(*kind, draft, record));
  METERWAY_CHECK(run(transition, Record(), record));
  METERWAY_CHECK(check_whole(*kind, record, record.state));
  return store(*kind, nullptr, std::move(record), "create", draft.why);
}

Result<Record> Change::create_by_rule(std::string_view kind, const Draft& draft) {
  ++depth_;
  auto out = create(kind, draft);
  --depth_;
  return out;
}

Result<Record> Change::change(std::string_view kind_name, std::string_view reference,
                              std::optional<std::uint64_t> revision, const Draft& draft) {
  const auto* kind = find_kind(kind_name);
  if (kind == nullptr) return refuse(ErrorCode::NotFound, "there is no kind " + std::string(kind_name));
  METERWAY_TRY(const auto before, existing(*kind, reference, revision));
  if (!allowed(kind->changes, *kind, &before))
    return refuse_caller(*kind, kChange, before.reference,
                         "a " + std::string(kind_name) + " is changed by: " + std::string(kind->changes));
  auto after = before;
  METERWAY_CHECK(merge(*kind, draft, nullptr, after));
  if (after == before) return before;
  // What a state was reached by holds of it afterwards, too: a row with the action `change` says which guard asks.
  if (const auto* row = kind->transition(before.state, kChange)) METERWAY_CHECK(run(*row, before, after));
  METERWAY_CHECK(check_whole(*kind, after, after.state));
  return store(*kind, &before, std::move(after), kChange, draft.why);
}

Result<Record> Change::act(std::string_view kind_name, std::string_view reference,
                           std::optional<std::uint64_t> revision, std::string_view action, const Draft& draft) {
  const auto* kind = find_kind(kind_name);
  if (kind == nullptr) return refuse(ErrorCode::NotFound, "there is no kind " + std::string(kind_name));
  METERWAY_TRY(const auto before, existing(*kind, reference, revision));
  const auto* transition = action == kChange ? nullptr : kind->transition(before.state, action);
  if (transition == nullptr) {
    std::string open;
    for (const auto& row : kind->transitions) {
      if (row.action == kChange) continue;
      if (row.from == before.state || (row.from == "*" && !row.from.empty()))
        open += (open.empty() ? "" : ", ") + std::string(row.action);
    }
    return refuse(ErrorCode::Conflict, before.reference + " is " + before.state + ": " +
                                           (open.empty() ? "nothing more can be done" : "what can be done is " + open));
  }
  if (!allowed(transition->who, *kind, &before))
    return refuse_caller(*kind, action, before.reference,
                         std::string(action) + " is done by: " + std::string(transition->who));
  auto after = before;
  METERWAY_CHECK(merge(*kind, draft, transition, after));
  if (transition->to != "=") after.state = std::string(transition->to);
  if (depth_ == 0) {
    for (const auto& [name, value] : rule_fields_) after.set(name, value);
  }
  METERWAY_CHECK(run(*transition, before, after));
  METERWAY_CHECK(check_whole(*kind, after, after.state));
  // An effect may have come back to this very record.
  METERWAY_TRY(const auto now, find(kind_name, before.reference));
  if (!now || now->revision != before.revision)
    return refuse(ErrorCode::Conflict, before.reference + " was changed by what follows from its own change");
  return store(*kind, &before, std::move(after), action, draft.why);
}

Result<Record> Change::act_with(std::string_view kind, std::string_view reference, std::string_view action,
                                const Fields& rule_fields) {
  rule_fields_ = rule_fields;
  auto done = act(kind, reference, std::nullopt, action, {});
  rule_fields_.clear();
  return done;
}

Result<Record> Change::attach(std::string_view kind_name, std::string_view reference,
                              std::optional<std::uint64_t> revision, const NewAttachment& file) {
  const auto* kind = find_kind(kind_name);
  if (kind == nullptr) return refuse(ErrorCode::NotFound, "there is no kind " + std::string(kind_name));
  METERWAY_TRY(const auto before, existing(*kind, reference, revision));
  if (!allowed(kind->changes, *kind, &before))
    return refuse_caller(*kind, "attach", before.reference,
                         "a " + std::string(kind_name) + " is changed by: " + std::string(kind->changes));
  const auto level = file.level.value_or(before.level);
  if (level > actor_.clearance)
    return refuse(ErrorCode::Refused, "the class of the attachment is above your clearance");
  static constexpr Field kTitle{"title", Type::Text, false, "", true, "", SetBy::Anyone, Classification::White,
                                false,   "",         ""};
  const auto title = canonical_item(kTitle, file.title);
  if (!title) return refuse(ErrorCode::BadValue, "the attachment cannot be", {{"title", title.error()}});
  if (file.bytes.size() > around_.limits.attachment_bytes)
    return refuse(ErrorCode::TooLarge,
                  "an attachment has at most " + std::to_string(around_.limits.attachment_bytes) + " bytes");
  if (before.attachments.size() >= kMostAttachments) return refuse(ErrorCode::TooLarge, "it has too many attachments");
  if (const auto wrong = wrong_media(file.media_type, file.bytes); !wrong.empty())
    return refuse(ErrorCode::BadValue, "the attachment cannot be", {{"content", wrong}});
  auto after = before;
  const auto id = std::to_string(++after.attachments_ever);
  const auto digest = crypto::sha256(registry::bytes_of(file.bytes));
  after.attachments.push_back({id, *title, file.media_type, level, file.bytes.size(), to_hex(digest), actor_.id, now_});
  METERWAY_CHECK(rows::put_content(view_, after, id, file.bytes));
  return store(*kind, &before, std::move(after), "attach", file.why);
}

}  // namespace meterway::ledger
