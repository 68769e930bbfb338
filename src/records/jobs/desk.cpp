#include "records/jobs/desk.h"

#include <algorithm>

#include "base/util/each_part.h"
#include "records/audit/log.h"
#include "records/permission/permission.h"
#include "records/registry/party.h"
#include "records/registry/users_of_party.h"
#include "standard/duis/services.h"

namespace meterway::jobs {
namespace {

using Wrong = Unexpected<Problem>;
using registry::Person;

constexpr std::string_view kRead = "jobs.read";
constexpr std::size_t kMostName = 200;

Wrong wrong(std::string detail) { return Wrong{Problem{ErrorCode::BadValue, std::move(detail)}}; }
Wrong of_store(const Error& error) { return Wrong{Problem{error.code, describe(error)}}; }

Status note(store::WriteView& view, const Person& person, std::string_view function, const Job& job,
            std::string outcome, std::string detail, UtcTime now) {
  audit::Entry line;
  line.at = now;
  line.person = person.id;
  line.party = person.party;
  line.function = function;
  line.about = "job:" + std::to_string(job.id);
  line.outcome = std::move(outcome);
  const auto decision = permission::decide(person, function);
  line.rule = decision.row == nullptr ? "spec/permissions.tsv" : std::string(decision.row->clause);
  line.detail = std::move(detail);
  return audit::append(view, std::move(line));
}

bool is_eligible(const registry::User& user, const Kind& kind) {
  bool out = false;
  each_part(kind.services, ',', [&](std::string_view variant) {
    const auto* service = duis::find_service(variant);
    for (const auto role : user.roles) out |= service != nullptr && service->eligible(role);
  });
  return out;
}

/// The User in whose name it is done.
Result<registry::User, Problem> user_of(const store::ReadView& view, const Person& person, const Kind& kind,
                                        const std::optional<Eui64>& named) {
  const bool everybodys = person.has_role("operator");
  std::vector<registry::User> may;
  if (everybodys) {
    if (!named) return wrong("user: whose jobs are they?");
    const auto user = registry::find_user(view, *named);
    if (!user) return of_store(user.error());
    if (!*user) return wrong("user: there is no User " + named->plain());
    return **user;
  }
  const auto own = registry::users_of_party(view, person.party);
  if (!own) return of_store(own.error());
  for (const auto eui : *own) {
    const auto user = registry::find_user(view, eui);
    if (!user) return of_store(user.error());
    if (*user && named == eui) return **user;
    if (*user && is_eligible(**user, kind)) may.push_back(**user);
  }
  if (named) return Wrong{Problem{ErrorCode::Refused, "user: " + named->plain() + " is no User of his party"}};
  if (may.empty())
    return Wrong{Problem{ErrorCode::Refused, "his party has no User that may ask for " + std::string(kind.services)}};
  if (may.size() > 1) return wrong("user: which of the " + std::to_string(may.size()) + " Users of his party?");
  return may.front();
}

Result<void, Problem> check_columns(const Kind& kind, const Draft& draft) {
  for (std::size_t i = 0; i < draft.columns.size(); ++i) {
    const auto& name = draft.columns[i];
    const auto place = "row 1, column " + std::to_string(i + 1) + ": ";
    if (!kind.has_column(name)) return wrong(place + "there is no column " + name + " in a file of " + draft.kind);
    if (std::find(draft.columns.begin(), draft.columns.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        draft.columns.begin() + static_cast<std::ptrdiff_t>(i))
      return wrong(place + name + " stands there twice");
  }
  for (const auto needed : kind.needed_columns()) {
    if (std::find(draft.columns.begin(), draft.columns.end(), needed) == draft.columns.end())
      return wrong("row 1: the column " + std::string(needed) + " is missing");
  }
  return {};
}

Result<void, Problem> check_rows(const Draft& draft) {
  if (draft.rows.empty()) return wrong("the file has no row below its heading");
  if (draft.rows.size() > kMostRows)
    return Wrong{Problem{ErrorCode::TooLarge, "a job has at most " + std::to_string(kMostRows) + " rows"}};
  for (std::size_t i = 0; i < draft.rows.size(); ++i) {
    for (std::size_t k = 0; k < draft.rows[i].size(); ++k) {
      if (draft.rows[i][k].size() <= kMostCellBytes) continue;
      return wrong("row " + std::to_string(i + 2) + ", column " + draft.columns[k] + ": more than " +
                   std::to_string(kMostCellBytes) + " bytes");
    }
  }
  return {};
}

void begin(Job& job, Phase phase, UtcTime now) {
  job.phase = phase;
  job.at_work = true;
  job.paused = false;
  job.cursor = job.since_cursor = 0;
  job.begun = job.since = now;
  job.ended = UtcTime{};
  if (phase != Phase::Run) job.tried = UtcTime{};
}

Result<void, Problem> may_begin_run(const Job& job) {
  if (!job.all_or_none) return {};
  const auto bad =
      job.count(std::string(kNotValid)) + job.count(std::string(kDuplicate)) + job.count(std::string(kWouldBeRefused));
  if (bad != 0)
    return Wrong{Problem{ErrorCode::BadRequest, "all or none: " + std::to_string(bad) + " of " +
                                                    std::to_string(job.rows) + " rows cannot be"}};
  if (job.phase != Phase::DryRun)
    return Wrong{Problem{ErrorCode::BadRequest, "all or none: a dry run of all rows comes first"}};
  return {};
}

Result<void, Problem> apply(Job& job, std::string_view action, UtcTime now) {
  const auto not_yet = [&](std::string why) {
    return Wrong{Problem{ErrorCode::BadRequest,
                         "job " + std::to_string(job.id) + " is " + std::string(job.state()) + ": " + std::move(why)}};
  };
  if (job.cancelled) return action == "cancel" ? Result<void, Problem>() : not_yet("nothing more is done of it");
  const bool finished = job.phase == Phase::Run && !job.at_work;
  if (action == "pause") {
    if (!job.at_work) return not_yet("nothing is under way");
    job.paused = true;
    return {};
  }
  if (action == "resume") {
    if (!job.paused) return job.at_work ? Result<void, Problem>() : not_yet("it is not paused");
    job.paused = false;
    job.since = now;
    job.since_cursor = job.cursor;
    return {};
  }
  if (action == "cancel") {
    if (finished) return not_yet("every row has been carried out or refused");
    job.cancelled = true;
    job.at_work = job.paused = false;
    job.ended = now;
    return {};
  }
  if (action == "run" && job.phase == Phase::Run)
    return job.paused ? not_yet("resume goes on with it") : Result<void, Problem>();  // it runs, or has run
  if (job.phase == Phase::Run) return not_yet("rows have been carried out");
  if (job.at_work) return not_yet("that comes to its end first");
  if (action == "run") {
    METERWAY_CHECK(may_begin_run(job));
    begin(job, Phase::Run, now);
    return {};
  }
  begin(job, action == "check" ? Phase::Check : Phase::DryRun, now);
  return {};
}

}  // namespace

bool is_action(std::string_view word) {
  static constexpr std::string_view kActions[] = {"check", "dry-run", "run", "pause", "resume", "cancel"};
  return std::find(std::begin(kActions), std::end(kActions), word) != std::end(kActions);
}

bool may_see(const Person& person, const Job& job) {
  return permission::may_all(person, kRead) || person.has_role("operator") ||
         (!person.party.empty() && person.party == job.party);
}

std::optional<std::string> listed_for(const Person& person) {
  if (permission::may_all(person, kRead) || person.has_role("operator")) return std::string();
  return person.party.empty() ? std::nullopt : std::optional(person.party);
}

Result<Submitted, Problem> submit(store::Store& store, const Person& person, Draft draft, UtcTime now) {
  const auto* kind = find_kind(draft.kind);
  if (kind == nullptr) return wrong("kind: there is no kind of job " + draft.kind);
  if (draft.name.size() > kMostName) return wrong("name: at most " + std::to_string(kMostName) + " bytes");
  METERWAY_CHECK(check_columns(*kind, draft));
  METERWAY_CHECK(check_rows(draft));
  Submitted out;
  auto& job = out.job;
  job.kind = draft.kind;
  job.name = draft.name.empty() ? draft.kind : draft.name;
  job.person = person.id;
  job.digest = draft.digest;
  job.all_or_none = draft.all_or_none;
  job.columns = draft.columns;
  begin(job, Phase::Check, now);
  job.created = now;
  std::optional<Problem> refused;
  const auto done = store.write([&](store::WriteView& view) -> Status {
    const auto user = user_of(view, person, *kind, draft.user);
    if (!user) {
      refused = user.error();
      return fail(ErrorCode::Refused, 0, "job");
    }
    job.user = user->eui;
    job.party = user->name;
    METERWAY_TRY(const auto earlier, same_job(view, job));
    if (earlier) {
      METERWAY_TRY(auto found, find_job(view, *earlier));
      if (found && !found->cancelled) {
        job = std::move(*found);
        return {};
      }
    }
    METERWAY_TRY(job.id, add_job(view, job, draft.rows));
    job.rows = draft.rows.size();
    out.fresh = true;
    return note(
        view, person, "jobs.create", job, "done",
        job.kind + ", " + std::to_string(job.rows) + " rows, SHA-256 " + job.digest + ", for " + user->eui.plain(),
        now);
  });
  if (refused) return Wrong{std::move(*refused)};
  if (!done) return of_store(done.error());
  return out;
}

Result<Job, Problem> act(store::Store& store, const Person& person, std::uint64_t id, std::string_view action,
                         UtcTime now) {
  std::optional<Problem> refused;
  std::optional<Job> job;
  const auto done = store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(job, find_job(view, id));
    const auto stop = [&](ErrorCode code, std::string why) -> Status {
      refused = Problem{code, std::move(why)};
      return fail(ErrorCode::Refused, 0, "job");
    };
    if (!job || !may_see(person, *job)) return stop(ErrorCode::NotFound, "job " + std::to_string(id));
    const bool his = person.has_role("operator") || (!person.party.empty() && person.party == job->party);
    if (!his) return stop(ErrorCode::Refused, "job " + std::to_string(id) + " is another party's");
    const auto applied = apply(*job, action, now);
    if (!applied) return stop(applied.error().code, applied.error().detail);
    METERWAY_CHECK(put_job(view, *job));
    return note(view, person, "jobs.act", *job, "done", std::string(action) + ": " + std::string(job->state()), now);
  });
  if (refused) return Wrong{std::move(*refused)};
  if (!done) return of_store(done.error());
  return std::move(*job);
}

Pace pace_of(const Job& job, UtcTime now) {
  Pace out;
  const auto until = job.ended == UtcTime{} ? now : job.ended;
  const auto seconds = std::chrono::duration<double>(until - job.since).count();
  if (job.cursor <= job.since_cursor || seconds <= 0) return out;
  out.rows_per_second = static_cast<double>(job.cursor - job.since_cursor) / seconds;
  if (!job.is_active()) return out;
  const auto left = static_cast<double>(job.rows - job.cursor) / out.rows_per_second;
  out.estimated_end = now + std::chrono::microseconds(static_cast<std::int64_t>(left * 1e6));
  return out;
}

}  // namespace meterway::jobs
