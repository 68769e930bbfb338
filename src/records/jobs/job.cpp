#include "records/jobs/job.h"

#include <algorithm>

#include "records/jobs/job_json.h"
#include "records/registry/octets.h"

namespace meterway::jobs {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kJobs = "job", kRows = "job-rows", kResults = "job-results", kSame = "job-same",
                           kOf = "job-of", kAtWork = "job-at-work", kNext = "job-next";
constexpr std::size_t kMostAtWork = 10'000, kPage = 200;
constexpr std::string_view kEverybody = "\x01";  // no person, no party

std::string id_key(std::uint64_t id) { return string_of(wire::Writer().u64(id)); }
std::string block_key(std::uint64_t id, std::uint64_t block) {
  return string_of(wire::Writer().u64(id).u32(static_cast<std::uint32_t>(block)));
}
Result<std::uint64_t> read_id(std::string_view key) {
  wire::Reader in(bytes_of(key));
  const auto id = in.u64("job");
  METERWAY_CHECK(in.finish());
  return id;
}
std::string whose_key(std::string_view whose) { return std::string(whose) + '\0'; }
std::string same_key(const Job& job) { return job.person + '\0' + job.kind + '\0' + job.user.plain() + job.digest; }

std::uint64_t first_row(std::uint64_t block) { return block * kRowsInBlock + 2; }  // below the heading

std::size_t rows_in(const Job& job, std::uint64_t block) {
  const auto begin = block * kRowsInBlock;
  return begin >= job.rows ? 0 : std::min<std::size_t>(kRowsInBlock, job.rows - begin);
}

void count(Job& job, const std::vector<RowResult>& rows, std::int64_t by) {
  for (const auto& one : rows) {
    if (one.outcome.empty()) continue;
    auto& so_many = job.counts[one.outcome];
    so_many = static_cast<std::uint64_t>(static_cast<std::int64_t>(so_many) + by);
    if (so_many == 0) job.counts.erase(one.outcome);
  }
}

}  // namespace

std::string_view to_string(Phase phase) {
  return phase == Phase::Check ? "check" : phase == Phase::DryRun ? "dry-run" : "run";
}

std::string_view Job::state() const {
  if (cancelled) return "cancelled";
  if (paused) return "paused";
  switch (phase) {
    case Phase::Check:
      return at_work ? "checking" : "checked";
    case Phase::DryRun:
      return at_work ? "dry running" : "dry run done";
    case Phase::Run:
      break;
  }
  return at_work ? "running" : "done";
}

bool may_run(std::string_view outcome) { return !outcome.empty() && outcome != kNotValid && outcome != kDuplicate; }

Result<std::optional<Job>> find_job(const store::ReadView& view, std::uint64_t id) {
  METERWAY_TRY(const auto row, view.get(kJobs, id_key(id)));
  if (!row) return std::optional<Job>();
  METERWAY_TRY(auto job, job_of(*row));
  job.id = id;
  return std::optional(std::move(job));
}

Status put_job(store::WriteView& view, const Job& job) {
  METERWAY_CHECK(view.put(kJobs, id_key(job.id), text_of(job)));
  return job.is_active() ? view.put(kAtWork, id_key(job.id), "") : view.erase(kAtWork, id_key(job.id));
}

Result<std::uint64_t> add_job(store::WriteView& view, Job job, const std::vector<Cells>& rows) {
  METERWAY_TRY(const auto last, view.get(kNext, ""));
  job.id = 1;
  if (last) {
    METERWAY_TRY(const auto number, read_id(*last));
    job.id = number + 1;
  }
  job.rows = rows.size();
  METERWAY_CHECK(view.put(kNext, "", id_key(job.id)));
  for (std::size_t at = 0; at < rows.size(); at += kRowsInBlock) {
    const auto end = std::min(rows.size(), at + kRowsInBlock);
    const std::vector<Cells> block(rows.begin() + static_cast<std::ptrdiff_t>(at),
                                   rows.begin() + static_cast<std::ptrdiff_t>(end));
    METERWAY_CHECK(view.put(kRows, block_key(job.id, at / kRowsInBlock), text_of(block)));
  }
  METERWAY_CHECK(view.put(kSame, same_key(job), id_key(job.id)));
  for (const auto& whose : {job.party, std::string(kEverybody)})
    METERWAY_CHECK(view.put(kOf, whose_key(whose) + id_key(job.id), ""));
  METERWAY_CHECK(put_job(view, job));
  return job.id;
}

Result<std::optional<std::uint64_t>> same_job(const store::ReadView& view, const Job& like) {
  METERWAY_TRY(const auto row, view.get(kSame, same_key(like)));
  if (!row) return std::optional<std::uint64_t>();
  METERWAY_TRY(const auto id, read_id(*row));
  return std::optional(id);
}

/// The store goes through its keys upwards: pages that lie ever further back, until there are enough.
Result<std::vector<Job>> jobs_before(const store::ReadView& view, std::string_view party, std::uint64_t before,
                                     std::size_t limit) {
  const auto prefix = whose_key(party.empty() ? kEverybody : party);
  METERWAY_TRY(const auto last, view.get(kNext, ""));
  std::uint64_t top = 1;
  if (last) {
    METERWAY_TRY(const auto number, read_id(*last));
    top = number + 1;
  }
  if (before != 0) top = std::min(top, before);
  std::vector<Job> out;
  while (top > 1 && out.size() < limit) {
    const auto bottom = top > kPage ? top - kPage : 1;
    METERWAY_TRY(const auto keys, view.scan(kOf, prefix + id_key(bottom), prefix + id_key(top), kPage));
    for (auto one = keys.rbegin(); one != keys.rend() && out.size() < limit; ++one) {
      METERWAY_TRY(const auto id, read_id(std::string_view(one->key).substr(prefix.size())));
      METERWAY_TRY(auto job, find_job(view, id));
      if (job) out.push_back(std::move(*job));
    }
    top = bottom;
  }
  return out;
}

Result<std::vector<std::uint64_t>> jobs_at_work(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kAtWork, "", "", kMostAtWork));
  std::vector<std::uint64_t> out;
  for (const auto& row : rows) {
    METERWAY_TRY(const auto id, read_id(row.key));
    out.push_back(id);
  }
  return out;
}

Result<std::vector<Cells>> rows_of(const store::ReadView& view, std::uint64_t id, std::uint64_t block) {
  METERWAY_TRY(const auto row, view.get(kRows, block_key(id, block)));
  if (!row) return fail(ErrorCode::Database, 0, "rows of a job");
  return cells_of(*row);
}

Result<std::vector<RowResult>> results_of(const store::ReadView& view, const Job& job, std::uint64_t block) {
  METERWAY_TRY(const auto row, view.get(kResults, block_key(job.id, block)));
  if (row) return read_results(*row);
  std::vector<RowResult> out(rows_in(job, block));
  for (std::size_t i = 0; i < out.size(); ++i) out[i].row = first_row(block) + i;
  return out;
}

Status put_results(store::WriteView& view, Job& job, std::uint64_t block, const std::vector<RowResult>& before,
                   const std::vector<RowResult>& after) {
  count(job, before, -1);
  count(job, after, 1);
  return view.put(kResults, block_key(job.id, block), text_of(after));
}

Result<ResultPage> results_after(const store::ReadView& view, const Job& job, std::string_view outcome,
                                 std::uint64_t after, std::size_t limit) {
  ResultPage page;
  for (auto block = after < 2 ? 0 : (after - 1) / kRowsInBlock; block < job.blocks(); ++block) {
    METERWAY_TRY(auto rows, results_of(view, job, block));
    for (auto& one : rows) {
      if (one.row <= after || (!outcome.empty() && one.outcome != outcome)) continue;
      if (page.rows.size() == limit) {
        page.next = page.rows.back().row;
        return page;
      }
      page.rows.push_back(std::move(one));
    }
  }
  return page;
}

}  // namespace meterway::jobs
