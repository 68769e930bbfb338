#pragma once
#include <functional>
#include <set>

#include "records/ledger/reader.h"
#include "standard/rules/rules.h"

/// How the ledger is changed: each change one atomic write with its history. Who may do what, from which state to
/// which, is in the rows of spec/ledger_*.tsv; what rows cannot say is in guards and effects, functions that the rows
/// name.
namespace meterway::ledger {

struct FieldProblem {
  std::string field;
  std::string detail;
};

/// Why a change was not made. Nothing of it was kept. BadValue: what was said of the record; Refused: not this person;
/// NotFound; StaleCounter: changed since the revision that he has seen; Conflict: not as things stand; BadRequest: a
/// guard's reasons; TooLarge; others: the store's.
struct Problem {
  ErrorCode code = ErrorCode::BadValue;
  std::string detail;
  std::vector<FieldProblem> fields;  ///< every one that is wrong, not only the first
};

/// What a caller wants a record to be. Fields that are not named stay; an empty value removes one.
struct Draft {
  std::string reference{};  ///< of a new record that has one already; empty: numbered by us
  Fields fields{};
  std::optional<Classification> level{};
  std::string why{};  ///< required where the class changes
};

struct NewAttachment {
  std::string title{};
  std::string media_type{};
  std::optional<Classification> level{};  ///< the record's unless it is said
  std::string bytes{};
  std::string why{};
};

inline constexpr std::size_t kMostWhyBytes = 2000, kMostAttachments = 200;

class Change;
/// Sentences that say why not; none: it may. Reads through the Change, which sees everything.
using Guard = Result<std::vector<std::string>> (*)(Change& change, const Record& before, const Record& after);
/// Does more within the same change: may set fields of `after`, and create, change and act on other records.
using Effect = Status (*)(Change& change, const Record& before, Record& after);

struct Named {
  std::string_view name{};
  Guard guard = nullptr;
  Effect effect = nullptr;
};
/// Names that transitions use and nobody has, then names that nobody uses; both empty in a whole program.
struct Unmatched {
  std::vector<std::string> missing, unused;
};
Unmatched unmatched(std::span<const Named> functions);

/// Settings of an operator.
struct Limits {
  std::size_t attachment_bytes = 16u << 20;
};

/// What everything here works with. Outlives it.
struct Surroundings {
  store::Store& store;
  const Clock& clock;
  const rules::Rules& rules;
  std::vector<Named> functions;
  Limits limits;
  audit::Held* held = nullptr;  ///< lines of callers without a name; null: written as they come
};

/// One atomic change by one person, of as many records as it takes. Errors of its functions: those of the store, or one
/// whose words are in problem().
class Change {
 public:
  Change(store::WriteView& view, const Surroundings& around, const Person& actor);

  Result<Record> create(std::string_view kind, const Draft& draft);
  /// The platform's own: roles are not asked, and fields that only rules set may be. Whoever calls it has asked.
  Result<Record> create_by_rule(std::string_view kind, const Draft& draft);
  /// `revision`: that which the caller has seen; another since is a Conflict. None: whichever there is.
  Result<Record> change(std::string_view kind, std::string_view reference, std::optional<std::uint64_t> revision,
                        const Draft& draft);
  Result<Record> act(std::string_view kind, std::string_view reference, std::optional<std::uint64_t> revision,
                     std::string_view action, const Draft& draft);
  Result<Record> attach(std::string_view kind, std::string_view reference, std::optional<std::uint64_t> revision,
                        const NewAttachment& file);

  // For guards and effects: everything as it is within this change, whoever acts.
  Result<std::optional<Record>> find(std::string_view kind, std::string_view reference) const;
  Result<std::vector<Record>> select(const Query& query) const;
  const Person& actor() const { return actor_; }
  UtcTime now() const { return now_; }
  Date today() const { return calendar::date_of(now_); }
  const rules::Rules& rules() const { return around_.rules; }
  /// act() with fields that only the platform sets: for our own code that asks for an action, never with what a caller
  /// has sent.
  Result<Record> act_with(std::string_view kind, std::string_view reference, std::string_view action,
                          const Fields& rule_fields);
  /// The tables of records/registry, which lie in the same store: what an effect writes there is of the same change.
  store::WriteView& registry() { return view_; }

  /// The words for a failure of this change; gives the error to return.
  Unexpected<Error> refuse(ErrorCode code, std::string detail, std::vector<FieldProblem> fields = {});
  const std::optional<Problem>& problem() const { return problem_; }
  /// What the caller was refused, because no row lets him, or a guard or an effect of the row does not (`why`).
  struct Refused {
    std::string function, about, why;
  };
  const std::optional<Refused>& refused() const { return refused_; }
  /// For callers who go on to find every error before they give up: what was wrong, which is forgotten.
  Problem take_problem(const Error& error);

 private:
  Result<Record> existing(const Kind& kind, std::string_view reference, std::optional<std::uint64_t> revision);
  Status merge(const Kind& kind, const Draft& draft, const Transition* transition, Record& record);
  Status check_reference(const Field& field, const std::string& item, std::vector<FieldProblem>& wrong);
  Status check_whole(const Kind& kind, const Record& record, std::string_view entered);
  Status give_reference(const Kind& kind, const Draft& draft, Record& record);
  Status run(const Transition& transition, const Record& before, Record& after);
  Status note_refused(const Transition& transition, const Record& record, const Error& error);
  Result<Record> store(const Kind& kind, const Record* before, Record after, std::string_view action,
                       const std::string& why);
  Unexpected<Error> refuse_caller(const Kind& kind, std::string_view action, const std::string& reference,
                                  std::string detail);
  bool allowed(std::string_view who, const Kind& kind, const Record* record) const;

  store::WriteView& view_;
  const Surroundings& around_;
  const Person& actor_;
  const UtcTime now_;
  Fields rule_fields_;  ///< of act_with()
  int depth_ = 0;       ///< within an effect: the rows say what happens, not who asks
  std::optional<Problem> problem_;
  /// As they are within this change: a large one may be looked at thousands of times.
  mutable std::map<Target, Record> read_;
  std::optional<Refused> refused_;
};

/// Sharing: from any thread.
class Ledger {
 public:
  explicit Ledger(Surroundings around) : around_(std::move(around)) {}
  Reader reader(const Person& person) const { return {around_.store, around_.clock, person, true, around_.held}; }
  /// Of everything, and nothing is written down: for what is made from many records, whose reader is noted by name.
  Reader whole() const;
  /// All of `work` or nothing. What it gives is told to the person as a Reader would tell it.
  using Work = std::function<Result<Record>(Change&)>;
  Result<Record, Problem> write(const Person& actor, const Work& work);

  Result<Record, Problem> create(const Person& actor, std::string_view kind, const Draft& draft);
  Result<Record, Problem> change(const Person& actor, std::string_view kind, std::string_view reference,
                                 std::optional<std::uint64_t> revision, const Draft& draft);
  Result<Record, Problem> act(const Person& actor, std::string_view kind, std::string_view reference,
                              std::optional<std::uint64_t> revision, std::string_view action, const Draft& draft);
  Result<Record, Problem> attach(const Person& actor, std::string_view kind, std::string_view reference,
                                 std::optional<std::uint64_t> revision, const NewAttachment& file);
  const Surroundings& around() const { return around_; }

 private:
  Surroundings around_;
};

}  // namespace meterway::ledger
