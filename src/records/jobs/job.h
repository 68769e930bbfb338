#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto/digest.h"
#include "base/util/clock.h"
#include "records/jobs/kind.h"
#include "records/registry/person.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// Jobs as they are kept: what came in a file, row by row, and what has become of each row.
///
/// Rows:  "job"         id:8              -> JSON of Job
///        "job-rows"    id:8 block:4      -> JSON: kRowsInBlock rows of cells, as they came
///        "job-results" id:8 block:4      -> JSON: of each of these rows what has become of it so far
///        "job-same"    person 00 kind 00 User and digest, hexadecimal -> id:8
///        "job-of"      party (01: all of them), 00, id:8 -> nothing
///        "job-at-work" id:8              -> nothing: what is to be gone on with
///        "job-next"    ""                -> last id:8
namespace meterway::jobs {

inline constexpr std::size_t kMostRows = 100'000;
/// So many rows are looked at, or carried out, in one go and one write.
inline constexpr std::size_t kRowsInBlock = 25;
inline constexpr std::size_t kMostCellBytes = 2000;

/// What a job is at, or has ended.
enum class Phase : std::uint8_t { Check, DryRun, Run };

struct Job {
  std::uint64_t id = 0;
  std::string kind, name;
  std::string person, party;  ///< whose authority it has
  Eui64 user;                 ///< in whose name it is done: a User of that party
  std::string digest;         ///< SHA-256 of the file, hexadecimal
  bool all_or_none = false;   ///< nothing is begun unless every row can be
  std::vector<std::string> columns;
  std::uint64_t rows = 0;
  Phase phase = Phase::Check;
  bool at_work = true;  ///< the phase has not come to its end
  bool paused = false, cancelled = false;
  std::uint64_t cursor = 0;                     ///< rows of this phase that are done with
  std::map<std::string, std::uint64_t> counts;  ///< rows by their outcome
  UtcTime created{}, begun{}, ended{};          ///< `begun`, `ended`: of the phase; zero: not yet
  UtcTime tried{};                              ///< when the last dry run ended; zero: there was none since the check
  UtcTime since{};                              ///< of this stretch without a pause,
  std::uint64_t since_cursor = 0;               ///< and where it began

  /// "checking", "checked", "dry running", "dry run done", "running", "done", "paused", "cancelled".
  std::string_view state() const;
  bool is_active() const { return at_work && !paused && !cancelled; }
  std::uint64_t blocks() const { return (rows + kRowsInBlock - 1) / kRowsInBlock; }
  std::uint64_t count(const std::string& outcome) const {
    const auto found = counts.find(outcome);
    return found == counts.end() ? 0 : found->second;
  }
};
std::string_view to_string(Phase phase);

/// What a row has come to. Besides these a kind has a word of its own for what was done before (Kind::again).
inline constexpr std::string_view kValid = "valid", kNotValid = "not valid", kDuplicate = "duplicate",
                                  kWouldBeDone = "would be done", kWouldBeRefused = "would be refused", kDone = "done",
                                  kRefused = "refused";
/// Whether a row with this outcome may be carried out: what is not valid, or stands there twice, never is.
bool may_run(std::string_view outcome);

struct RowResult {
  std::uint64_t row = 0;          ///< as it stands in the file, whose heading is row 1
  std::string key;                ///< what it is about: the hub
  std::string outcome;            ///< empty: nobody has looked at it yet
  std::string column;             ///< of a row that is not valid: where
  std::string why;                ///< for a person
  std::string rule;               ///< by which it was refused or let in
  std::string service, from, to;  ///< what it asks; state of the device before and after
  std::string reference;          ///< of the record that it made
  UtcTime at{};
};

using Cells = std::vector<std::string>;

Result<std::optional<Job>> find_job(const store::ReadView& view, std::uint64_t id);
Status put_job(store::WriteView& view, const Job& job);
/// A new one with its rows. Gives its number.
Result<std::uint64_t> add_job(store::WriteView& view, Job job, const std::vector<Cells>& rows);
/// That this person has submitted for this User with this very content before.
Result<std::optional<std::uint64_t>> same_job(const store::ReadView& view, const Job& like);

/// The youngest first, before an id (0: all): of a party, or everybody's (empty).
Result<std::vector<Job>> jobs_before(const store::ReadView& view, std::string_view party, std::uint64_t before,
                                     std::size_t limit);
/// Those to go on with, in the order of their numbers.
Result<std::vector<std::uint64_t>> jobs_at_work(const store::ReadView& view);

Result<std::vector<Cells>> rows_of(const store::ReadView& view, std::uint64_t id, std::uint64_t block);
/// As many as the block has rows; before the first look their outcomes are empty.
Result<std::vector<RowResult>> results_of(const store::ReadView& view, const Job& job, std::uint64_t block);
/// Puts what a block has come to, and counts it in `job`, which the caller puts.
Status put_results(store::WriteView& view, Job& job, std::uint64_t block, const std::vector<RowResult>& before,
                   const std::vector<RowResult>& after);
/// After a row of the file (0: from the beginning), with this outcome (empty: any), the first `limit` of them.
struct ResultPage {
  std::vector<RowResult> rows;
  std::uint64_t next = 0;  ///< `after` of the next page; 0: this is the last
};
Result<ResultPage> results_after(const store::ReadView& view, const Job& job, std::string_view outcome,
                                 std::uint64_t after, std::size_t limit);

}  // namespace meterway::jobs
