#include "flow/jobs/runner.h"

#include <algorithm>

#include "flow/authorise/authorise.h"
#include "flow/envelope/decision_line.h"
#include "records/store/overlay.h"

namespace meterway::flow::jobs {
namespace {

using meterway::jobs::Cells;
using meterway::jobs::Job;
using meterway::jobs::kDone;
using meterway::jobs::kDuplicate;
using meterway::jobs::kNotValid;
using meterway::jobs::kRefused;
using meterway::jobs::kRowsInBlock;
using meterway::jobs::kValid;
using meterway::jobs::kWouldBeDone;
using meterway::jobs::kWouldBeRefused;
using meterway::jobs::Phase;
using meterway::jobs::RowResult;

constexpr std::uint64_t kLane = 0x6a6f'6273;      // no device's EUI-64
constexpr std::chrono::seconds kSoon{1};          // when the store refused
constexpr std::chrono::milliseconds kBetween{1};  // pieces that change nothing: others are to get on meanwhile
constexpr std::int64_t kUsualRate = 500;          // rows a second
constexpr std::size_t kMostKey = 60;

RowResult fresh(const RowResult& before) {
  RowResult out;
  out.row = before.row;
  out.key = before.key;
  out.service = before.service;
  return out;
}

audit::Entry line_of(const Job& job, UtcTime now) {
  audit::Entry line;
  line.at = now;
  line.person = job.person;
  line.party = job.party;
  line.function = "jobs.act";
  line.about = "job:" + std::to_string(job.id);
  return line;
}

/// The one line that says what became of all rows.
Status note_end(store::WriteView& view, const Job& job, UtcTime now) {
  auto line = line_of(job, now);
  line.outcome = "done";
  line.rule = "spec/job_kinds.tsv";
  line.detail = std::string(to_string(job.phase)) + " has come to its end: " + std::to_string(job.rows) + " rows";
  for (const auto& [outcome, rows] : job.counts) line.detail += ", " + std::to_string(rows) + " " + outcome;
  return audit::append(view, std::move(line));
}

Status note_refused(store::WriteView& view, const Job& job, const RowResult& row, const Refused& refused, UtcTime now) {
  if (!is_of_access(refused.why)) return {};
  auto line = line_of(job, now);
  line.function = "service." + row.service;
  line.rule = rule_in(refused.detail);
  line.about = name(refused.why);
  line.outcome = "refused";
  line.detail = "job:" + std::to_string(job.id) + ":" + std::to_string(row.row) + ": " + refused.detail;
  return audit::append_counted(view, std::move(line));
}

/// As the dry run says it.
std::string_view would(std::string_view outcome) {
  return outcome == kDone ? kWouldBeDone : outcome == kRefused ? kWouldBeRefused : outcome;
}

}  // namespace

Runner::Runner(const Context& context, Post post)
    : context_(context), post_(std::move(post)), waker_(context.executor, kLane, [this] { work(); }) {}

std::unique_ptr<Runner> Runner::start(const Context& context, Post post) {
  std::unique_ptr<Runner> self(new Runner(context, std::move(post)));
  self->look();
  return self;
}

void Runner::look() { waker_.at(context_.clock.now()); }

void Runner::work() {
  std::vector<std::uint64_t> jobs;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(jobs, meterway::jobs::jobs_at_work(view));
    return {};
  });
  if (!read) return waker_.at(context_.clock.now() + kSoon);
  std::erase_if(seen_, [&](const auto& one) { return std::find(jobs.begin(), jobs.end(), one.first) == jobs.end(); });
  if (jobs.empty()) return;
  const auto next = std::upper_bound(jobs.begin(), jobs.end(), last_);
  last_ = next == jobs.end() ? jobs.front() : *next;
  const auto pause = slice(last_);
  waker_.at(context_.clock.now() + (pause ? *pause : std::chrono::microseconds(kSoon)));
}

Result<std::optional<Runner::Block>> Runner::read_block(std::uint64_t id) const {
  std::optional<Block> out;
  METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(auto job, meterway::jobs::find_job(view, id));
    if (!job || !job->is_active()) return {};
    Block block{std::move(*job), 0, {}, {}};
    block.number = block.job.cursor / kRowsInBlock;
    METERWAY_TRY(block.cells, meterway::jobs::rows_of(view, id, block.number));
    METERWAY_TRY(block.before, meterway::jobs::results_of(view, block.job, block.number));
    if (block.cells.size() != block.before.size()) return fail(ErrorCode::Database, 0, "rows of a job");
    out = std::move(block);
    return {};
  }));
  return out;
}

Result<std::chrono::microseconds> Runner::slice(std::uint64_t id) {
  METERWAY_TRY(const auto block, read_block(id));
  if (!block) return std::chrono::microseconds(kBetween);  // somebody has stopped it meanwhile
  switch (block->job.phase) {
    case Phase::Check:
      METERWAY_CHECK(check(*block));
      break;
    case Phase::DryRun:
      METERWAY_CHECK(dry_run(*block));
      break;
    case Phase::Run:
      METERWAY_CHECK(run(*block));
      break;
  }
  return pause_after(block->job, block->cells.size());
}

std::chrono::microseconds Runner::pause_after(const Job& job, std::size_t rows) const {
  if (job.phase != Phase::Run) return kBetween;
  const auto* kind = meterway::jobs::find_kind(job.kind);
  const auto rule = "jobs.rate." + std::string(kind == nullptr ? std::string_view() : kind->delivery_class);
  const auto ruling = context_.settings.rules.on(rule, calendar::date_of(context_.clock.now()));
  const auto rate = ruling ? ruling->integer().value_or(kUsualRate) : kUsualRate;
  return std::chrono::microseconds(static_cast<std::int64_t>(rows) * 1'000'000 / std::max<std::int64_t>(rate, 1));
}

/// What rows before this block are about, by their results: after a restart nothing of it is in memory.
Result<const std::map<std::string, std::uint64_t>*> Runner::seen_before(const Block& block) {
  const auto found = seen_.find(block.job.id);
  if (found != seen_.end() && block.number != 0) return &found->second;
  std::map<std::string, std::uint64_t> seen;
  METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
    for (std::uint64_t number = 0; number < block.number; ++number) {
      METERWAY_TRY(const auto rows, meterway::jobs::results_of(view, block.job, number));
      for (const auto& one : rows) {
        if (one.outcome == kValid) seen.emplace(one.key, one.row);
      }
    }
    return {};
  }));
  return &(seen_[block.job.id] = std::move(seen));
}

Status Runner::check(const Block& block) {
  const auto& job = block.job;
  const auto* kind = meterway::jobs::find_kind(job.kind);
  if (kind == nullptr) return fail(ErrorCode::Unsupported, 0, "kind of job");
  METERWAY_TRY(const auto* seen, seen_before(block));
  std::vector<RowResult> results;
  std::map<std::string, std::uint64_t> own;
  for (std::size_t i = 0; i < block.cells.size(); ++i) {
    RowResult one;
    one.row = block.before[i].row;
    one.key = std::string(cell(job, block.cells[i], kind->columns().front()->name)).substr(0, kMostKey);
    auto cells = block.cells[i];
    const auto bad = [&](const BadCell& why) {
      one.outcome = kNotValid;
      one.column = why.column;
      one.why = why.why;
    };
    if (const auto eui = Eui64::parse(one.key)) one.key = eui->plain();
    if (const auto service = service_of_return(job, cells); !service) {
      bad(service.error());
    } else if (const auto request = request_of(*kind, *service, job, cells, context_.broker, context_.clock.now());
               !request) {
      one.service = *service;
      bad(request.error());
    } else {
      one.service = *service;
      const auto earlier = seen->find(one.key);
      const auto within = own.find(one.key);
      auto first = one.row;  // what was looked at before a pause may stand there itself
      if (earlier != seen->end()) first = std::min(first, earlier->second);
      if (within != own.end()) first = std::min(first, within->second);
      one.outcome = first < one.row ? kDuplicate : kValid;
      if (first < one.row) one.why = "stands in row " + std::to_string(first);
      if (first == one.row) own.emplace(one.key, one.row);
    }
    results.push_back(std::move(one));
  }
  METERWAY_CHECK(write(block, [&](store::WriteView&, std::vector<RowResult>& out) -> Status {
    out = std::move(results);
    return {};
  }));
  seen_[job.id].merge(own);
  return {};
}

/// The row as a request, and whether access control lets it pass. What is not to be carried out has none.
Step<Runner::Row> Runner::prepare(const Block& block, std::size_t index) const {
  const auto& before = block.before[index];
  Row out{before};
  if (!meterway::jobs::may_run(before.outcome)) return out;
  out.result = fresh(before);
  const auto now = context_.clock.now();
  auto cells = block.cells[index];
  const auto service = service_of_return(block.job, cells);
  const auto bad = [&](const BadCell& why) {
    out.result.outcome = kNotValid;
    out.result.column = why.column;
    out.result.why = why.why;
    return std::move(out);
  };
  if (!service) return bad(service.error());
  const auto* kind = meterway::jobs::find_kind(block.job.kind);
  auto request = request_of(*kind, *service, block.job, cells, context_.broker, now);
  if (!request) return bad(request.error());
  VerifiedRequest verified;
  verified.received.service = duis::WebService::DccOnly;
  verified.received.received_at = now;
  verified.received.hops.push_back(
      {"job",
       "row",
       "row " + std::to_string(before.row) + " of job " + std::to_string(block.job.id) + ", by " + block.job.person,
       {},
       now});
  verified.request = std::move(*request);
  auto authorised = authorise::authorise(std::move(verified), context_);
  if (authorised) {
    out.request = std::move(*authorised);
  } else if (authorised.error().why == Refusal::Busy) {
    return Unexpected<Refused>{authorised.error()};
  } else {
    auto carried = refused_row(std::move(out.result), authorised.error());
    out.result = std::move(carried.result);
    out.refused = std::move(carried.refused);
  }
  return out;
}

Status Runner::dry_run(const Block& block) {
  std::vector<RowResult> results;
  for (std::size_t i = 0; i < block.cells.size(); ++i) {
    auto row = prepare(block, i);
    if (!row) return fail(ErrorCode::Full, 0, "dry run");
    if (row->request) {
      bool busy = false;
      METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
        store::Overlay overlay(view);
        Effects effects;
        auto carried = carry_return(overlay, *row->request, block.job, std::move(row->result), context_, effects);
        busy = !carried;
        if (carried) row->result = std::move(carried->result);
        return {};
      }));
      if (busy) return fail(ErrorCode::Full, 0, "dry run");
      row->result.reference.clear();
    }
    row->result.outcome = would(row->result.outcome);
    results.push_back(std::move(row->result));
  }
  return write(block, [&](store::WriteView&, std::vector<RowResult>& out) -> Status {
    out = std::move(results);
    return {};
  });
}

Status Runner::run(const Block& block) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < block.cells.size(); ++i) {
    auto row = prepare(block, i);
    if (!row) return fail(ErrorCode::Full, 0, "run");
    rows.push_back(std::move(*row));
  }
  std::vector<deliver::Place> places;
  const auto written = write(block, [&](store::WriteView& view, std::vector<RowResult>& out) -> Status {
    const auto now = context_.clock.now();
    for (auto& row : rows) {
      auto refused = row.refused;
      auto result = row.result;
      if (row.request) {
        // A refusal undoes what this row has begun, and no other row.
        store::Overlay overlay(view);
        Effects effects;
        auto carried = carry_return(overlay, *row.request, block.job, std::move(result), context_, effects);
        if (!carried) return fail(ErrorCode::Full, 0, "run");
        if (!carried->refused) {
          for (auto& one : effects.tell) {
            METERWAY_TRY(const auto more, deliver::store_outcome(overlay, std::move(one), context_));
            places.insert(places.end(), more.begin(), more.end());
          }
          METERWAY_CHECK(overlay.pour(view));
        }
        result = std::move(carried->result);
        refused = std::move(carried->refused);
      }
      if (refused) METERWAY_CHECK(note_refused(view, block.job, result, *refused, now));
      if (meterway::jobs::may_run(result.outcome)) result.at = now;
      out.push_back(std::move(result));
    }
    return {};
  });
  METERWAY_CHECK(written);
  for (const auto& place : places) post_(place);
  return {};
}

Status Runner::write(const Block& block, const Fill& fill) {
  return context_.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto job, meterway::jobs::find_job(view, block.job.id));
    if (!job || !job->is_active() || job->phase != block.job.phase || job->cursor != block.job.cursor) return {};
    std::vector<RowResult> after;
    METERWAY_CHECK(fill(view, after));
    METERWAY_CHECK(meterway::jobs::put_results(view, *job, block.number, block.before, after));
    job->cursor = std::min<std::uint64_t>(job->rows, job->cursor + block.cells.size());
    if (job->cursor == job->rows) {
      job->at_work = false;
      job->ended = context_.clock.now();
      if (job->phase == Phase::DryRun) job->tried = job->ended;
      METERWAY_CHECK(note_end(view, *job, job->ended));
    }
    return meterway::jobs::put_job(view, *job);
  });
}

}  // namespace meterway::flow::jobs
