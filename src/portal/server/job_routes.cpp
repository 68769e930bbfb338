#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "portal/server/csv.h"
#include "portal/server/door.h"
#include "records/jobs/desk.h"

/// /api/v1/jobs: bulk work that people bring as CSV files (docs/operations/jobs.md). What they ask for is written down
/// here and done by flow/jobs.
namespace meterway::portal {
namespace {

using jobs::Job;
using jobs::RowResult;
using nlohmann::json;

constexpr std::size_t kUsualPage = 100, kMostPage = 1000, kMostJobs = 5000;

net::HttpResponse failed(const Ask& ask, const Portal& portal, const jobs::Problem& why) {
  auto answer = portal::failed(ledger::Problem{why.code, why.detail, {}});
  return why.code == ErrorCode::Refused ? refused_inside(ask, portal, std::move(answer), why.detail) : answer;
}

std::string time_text(UtcTime time) { return time == UtcTime{} ? std::string() : to_iso8601(time); }

json json_of(const Job& job, UtcTime now) {
  const auto pace = jobs::pace_of(job, now);
  std::uint64_t looked_at = 0;
  for (const auto& [outcome, rows] : job.counts) looked_at += rows;
  return {{"id", job.id},
          {"kind", job.kind},
          {"name", job.name},
          {"state", job.state()},
          {"phase", to_string(job.phase)},
          {"mode", job.all_or_none ? "all-or-none" : "partial"},
          {"by", job.person},
          {"party", job.party},
          {"user", job.user.plain()},
          {"sha256", job.digest},
          {"columns", job.columns},
          {"rows", job.rows},
          {"rows_of_phase", job.cursor},
          {"outcomes", job.counts},
          {"not_looked_at", job.rows - std::min(job.rows, looked_at)},
          {"created", time_text(job.created)},
          {"begun", time_text(job.begun)},
          {"ended", time_text(job.ended)},
          {"dry_run_ended", time_text(job.tried)},
          {"rows_per_second", pace.rows_per_second},
          {"estimated_end", pace.estimated_end ? to_iso8601(*pace.estimated_end) : std::string()},
          {"as_of", to_iso8601(now)}};
}

json json_of(const RowResult& row) {
  return {{"row", row.row}, {"key", row.key},          {"outcome", row.outcome},    {"column", row.column},
          {"why", row.why}, {"rule", row.rule},        {"service", row.service},    {"from", row.from},
          {"to", row.to},   {"at", time_text(row.at)}, {"reference", row.reference}};
}

net::HttpResponse csv_table(std::string text) {
  return {200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, std::move(text)};
}

csv::Cells cells_of(const RowResult& row) {
  return {
      std::to_string(row.row), row.key,      row.outcome, row.column, row.why, row.rule, row.service, row.from, row.to,
      time_text(row.at),       row.reference};
}

/// The job of the path, where it is the caller's to see.
Result<Job, net::HttpResponse> job_of(const store::ReadView& view, const Ask& ask) {
  using Wrong = Unexpected<net::HttpResponse>;
  const auto id = read_number(ask.part("job"));
  if (!id) return Wrong{not_found("job " + ask.part("job"))};
  auto job = jobs::find_job(view, *id);
  if (!job) return Wrong{portal::failed(job.error())};
  if (!*job || !jobs::may_see(ask.person, **job)) return Wrong{not_found("job " + ask.part("job"))};
  return std::move(**job);
}

std::optional<std::string> format_of(const Ask& ask) {
  const auto format = ask.parameter("format").value_or("json");
  return format == "json" || format == "csv" ? std::optional(format) : std::nullopt;
}

}  // namespace

net::HttpResponse submit_job(const Ask& ask, const Portal& portal) {
  jobs::Draft draft;
  draft.kind = ask.parameter("kind").value_or("");
  draft.name = ask.parameter("name").value_or("");
  const auto mode = ask.parameter("mode").value_or("partial");
  if (mode != "partial" && mode != "all-or-none") return bad_query("mode: expected partial or all-or-none");
  draft.all_or_none = mode == "all-or-none";
  if (const auto named = ask.parameter("user")) {
    const auto user = Eui64::parse(*named);
    if (!user) return bad_query("user: expected an EUI-64");
    draft.user = *user;
  }
  if (jobs::find_kind(draft.kind) == nullptr) return bad_query("kind: there is no kind of job \"" + draft.kind + "\"");
  auto rows = csv::read(ask.http.body, jobs::kMostRows + 2);  // one too many is told by the desk, with its limit
  if (!rows) return problem(400, "bad_csv", "the table cannot be read", rows.error());
  if (rows->empty()) return problem(400, "bad_csv", "the table cannot be read", "row 1: there is no heading");
  const auto& body = ask.http.body;
  draft.digest = to_hex(crypto::sha256(ByteView(reinterpret_cast<const std::uint8_t*>(body.data()), body.size())));
  draft.columns = std::move(rows->front());
  rows->erase(rows->begin());
  draft.rows = std::move(*rows);
  const auto done = jobs::submit(portal.store, ask.person, std::move(draft), portal.clock.now());
  if (!done) return failed(ask, portal, done.error());
  return json_answer(done->fresh ? 201 : 200, dumped(json_of(done->job, portal.clock.now())));
}

net::HttpResponse act_on_job(const Ask& ask, const Portal& portal) {
  const auto id = read_number(ask.part("job"));
  if (!id || !jobs::is_action(ask.part("action"))) return not_found(ask.http.path);
  const auto now = portal.clock.now();
  const auto job = jobs::act(portal.store, ask.person, *id, ask.part("action"), now);
  return job ? json_answer(200, dumped(json_of(*job, now))) : failed(ask, portal, job.error());
}

/// The youngest first. What state and kind leave out is left out of pages that are looked through, so that `next` may
/// come with few rows, or none.
net::HttpResponse list_jobs(const Ask& ask, const Portal& portal) {
  const auto limit = read_limit(ask, kUsualPage, kMostPage);
  const auto after = read_number(ask.parameter("after").value_or("0"));
  const auto format = format_of(ask);
  if (!limit || !after) return bad_query("limit, after: expected numbers");
  if (!format) return bad_query("format: expected json or csv");
  const auto state = ask.parameter("state"), kind = ask.parameter("kind");
  std::vector<Job> found;
  std::uint64_t next = 0;
  const auto whose = jobs::listed_for(ask.person);
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    if (!whose) return {};
    auto at = *after;
    for (std::size_t looked = 0; looked < kMostJobs && found.size() < *limit;) {
      METERWAY_TRY(auto page, jobs::jobs_before(view, *whose, at, *limit));
      looked += page.size();
      bool whole = true;
      for (auto& one : page) {
        whole = found.size() < *limit;
        if (!whole) break;
        at = one.id;
        if ((!state || one.state() == *state) && (!kind || one.kind == *kind)) found.push_back(std::move(one));
      }
      next = whole && page.size() < *limit ? 0 : at;
      if (next == 0) break;
    }
    return {};
  });
  if (!read) return portal::failed(read.error());
  const auto now = portal.clock.now();
  if (*format == "csv") {
    auto text = csv::line({"id", "kind", "name", "state", "by", "party", "user", "rows", "created", "begun", "ended"});
    for (const auto& one : found)
      text += csv::line({std::to_string(one.id), one.kind, one.name, std::string(one.state()), one.person, one.party,
                         one.user.plain(), std::to_string(one.rows), time_text(one.created), time_text(one.begun),
                         time_text(one.ended)});
    return csv_table(std::move(text));
  }
  auto list = json::array();
  for (const auto& one : found) list.push_back(json_of(one, now));
  return json_answer(200,
                     dumped({{"jobs", list}, {"next", next == 0 ? json() : json(next)}, {"as_of", to_iso8601(now)}}));
}

net::HttpResponse job_kinds(const Ask&, const Portal&) {
  auto list = json::array();
  for (const auto& kind : jobs::all_kinds()) {
    auto columns = json::array();
    for (const auto* column : kind.columns()) {
      columns.push_back({{"name", column->name},
                         {"service", column->service},
                         {"needed", column->needed},
                         {"meaning", column->meaning},
                         {"source", column->source}});
    }
    list.push_back({{"kind", kind.name},
                    {"what", kind.what},
                    {"services", kind.services},
                    {"class", kind.delivery_class},
                    {"clause", kind.clause},
                    {"how_sure", kind.how_sure},
                    {"most_rows", jobs::kMostRows},
                    {"columns", columns}});
  }
  return json_answer(200, dumped({{"kinds", list}}));
}

net::HttpResponse show_job(const Ask& ask, const Portal& portal) {
  std::optional<net::HttpResponse> answer;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    const auto found = job_of(view, ask);
    answer = found ? json_answer(200, dumped(json_of(*found, portal.clock.now()))) : found.error();
    return {};
  });
  return read ? std::move(*answer) : portal::failed(read.error());
}

net::HttpResponse job_rows(const Ask& ask, const Portal& portal) {
  const auto limit = read_limit(ask, kUsualPage, kMostPage);
  const auto after = read_number(ask.parameter("after").value_or("0"));
  const auto format = format_of(ask);
  if (!limit || !after) return bad_query("limit, after: expected numbers");
  if (!format) return bad_query("format: expected json or csv");
  const bool whole = *format == "csv" && !ask.parameter("limit");
  const auto outcome = ask.parameter("outcome").value_or("");
  std::optional<net::HttpResponse> answer;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    const auto found = job_of(view, ask);
    if (!found) {
      answer = found.error();
      return {};
    }
    METERWAY_TRY(const auto page,
                 jobs::results_after(view, *found, outcome, *after, whole ? jobs::kMostRows + 1 : *limit));
    if (*format == "csv") {
      auto text =
          csv::line({"row", "key", "outcome", "column", "why", "rule", "service", "from", "to", "at", "reference"});
      for (const auto& row : page.rows) text += csv::line(cells_of(row));
      answer = csv_table(std::move(text));
      return {};
    }
    auto list = json::array();
    for (const auto& row : page.rows) list.push_back(json_of(row));
    answer = json_answer(200, dumped({{"rows", list},
                                      {"next", page.next == 0 ? json() : json(page.next)},
                                      {"state", found->state()},
                                      {"as_of", to_iso8601(portal.clock.now())}}));
    return {};
  });
  return read ? std::move(*answer) : portal::failed(read.error());
}

}  // namespace meterway::portal
