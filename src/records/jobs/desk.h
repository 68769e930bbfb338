#pragma once
#include <optional>

#include "records/jobs/job.h"

/// Where people bring bulk work and say what is to be done with it. Each step is one write with its line in the audit.
/// What it asks for is done by flow/jobs; here nothing but records changes.
namespace meterway::jobs {

/// Why it was not taken. Errors of the store pass through with their code.
struct Problem {
  ErrorCode code = ErrorCode::BadValue;  ///< BadValue, Refused (not his), NotFound, BadRequest (not as it stands)
  std::string detail;
};

/// A file as it came. `columns`: its heading; each row has as many cells.
struct Draft {
  std::string kind, name;
  std::optional<Eui64> user;  ///< in whose name; none: his party's only User that may
  bool all_or_none = false;
  std::string digest;  ///< of the whole file, hexadecimal
  Cells columns;
  std::vector<Cells> rows;
};

/// `fresh`: it was not there; else the job that the same person made of the same file for the same User before,
/// unless that was cancelled.
struct Submitted {
  Job job;
  bool fresh = false;
};
Result<Submitted, Problem> submit(store::Store& store, const registry::Person& person, Draft draft, UtcTime now);

/// "check", "dry-run", "run", "pause", "resume", "cancel"; what is so already stays so.
bool is_action(std::string_view word);
/// Errors besides: NotFound also where it is not his to see; Refused where it is his to see alone.
Result<Job, Problem> act(store::Store& store, const registry::Person& person, std::uint64_t id, std::string_view action,
                         UtcTime now);

/// Whether he may see it: of his own party, or everybody's by a row without scope.
bool may_see(const registry::Person& person, const Job& job);
/// Whose jobs he lists: a party's, or everybody's (empty). None: nobody's, for he belongs to no party.
std::optional<std::string> listed_for(const registry::Person& person);

/// Rows of the phase a second in this stretch, and when it will have come to its end; none before that can be said.
struct Pace {
  double rows_per_second = 0;
  std::optional<UtcTime> estimated_end;
};
Pace pace_of(const Job& job, UtcTime now);

}  // namespace meterway::jobs
