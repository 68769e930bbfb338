#include "records/jobs/job_json.h"

#include <nlohmann/json.hpp>

namespace meterway::jobs {
namespace {

using nlohmann::json;

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }
UtcTime time_of(const json& object, const char* name) {
  return UtcTime(std::chrono::microseconds(object.value(name, std::int64_t{0})));
}
/// What people gave us may hold any bytes: what is no UTF-8 is replaced.
std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json json_of(const RowResult& one) {
  json out{{"row", one.row}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) out[name] = text;
  };
  add("key", one.key);
  add("outcome", one.outcome);
  add("column", one.column);
  add("why", one.why);
  add("rule", one.rule);
  add("service", one.service);
  add("from", one.from);
  add("to", one.to);
  add("reference", one.reference);
  if (one.at != UtcTime{}) out["at"] = micros(one.at);
  return out;
}

RowResult result_of(const json& from) {
  RowResult out;
  out.row = from.value("row", std::uint64_t{0});
  out.key = from.value("key", "");
  out.outcome = from.value("outcome", "");
  out.column = from.value("column", "");
  out.why = from.value("why", "");
  out.rule = from.value("rule", "");
  out.service = from.value("service", "");
  out.from = from.value("from", "");
  out.to = from.value("to", "");
  out.reference = from.value("reference", "");
  out.at = time_of(from, "at");
  return out;
}

}  // namespace

std::string text_of(const Job& job) {
  return dumped({{"kind", job.kind},
                 {"name", job.name},
                 {"person", job.person},
                 {"party", job.party},
                 {"user", job.user.value()},
                 {"digest", job.digest},
                 {"all_or_none", job.all_or_none},
                 {"columns", job.columns},
                 {"rows", job.rows},
                 {"phase", static_cast<int>(job.phase)},
                 {"at_work", job.at_work},
                 {"paused", job.paused},
                 {"cancelled", job.cancelled},
                 {"cursor", job.cursor},
                 {"counts", job.counts},
                 {"created", micros(job.created)},
                 {"begun", micros(job.begun)},
                 {"ended", micros(job.ended)},
                 {"tried", micros(job.tried)},
                 {"since", micros(job.since)},
                 {"since_cursor", job.since_cursor}});
}

Result<Job> job_of(std::string_view text) {
  const auto from = json::parse(text, nullptr, false);
  if (!from.is_object()) return fail(ErrorCode::BadJson, 0, "job");
  Job out;
  out.kind = from.value("kind", "");
  out.name = from.value("name", "");
  out.person = from.value("person", "");
  out.party = from.value("party", "");
  out.user = Eui64(from.value("user", std::uint64_t{0}));
  out.digest = from.value("digest", "");
  out.all_or_none = from.value("all_or_none", false);
  out.columns = from.value("columns", std::vector<std::string>());
  out.rows = from.value("rows", std::uint64_t{0});
  const auto phase = from.value("phase", 0);
  if (phase < 0 || phase > static_cast<int>(Phase::Run)) return fail(ErrorCode::BadJson, 0, "job");
  out.phase = static_cast<Phase>(phase);
  out.at_work = from.value("at_work", false);
  out.paused = from.value("paused", false);
  out.cancelled = from.value("cancelled", false);
  out.cursor = from.value("cursor", std::uint64_t{0});
  out.counts = from.value("counts", std::map<std::string, std::uint64_t>());
  out.created = time_of(from, "created");
  out.begun = time_of(from, "begun");
  out.ended = time_of(from, "ended");
  out.tried = time_of(from, "tried");
  out.since = time_of(from, "since");
  out.since_cursor = from.value("since_cursor", std::uint64_t{0});
  return out;
}

std::string text_of(const std::vector<Cells>& rows) { return dumped(rows); }

Result<std::vector<Cells>> cells_of(std::string_view text) {
  const auto from = json::parse(text, nullptr, false);
  if (!from.is_array()) return fail(ErrorCode::BadJson, 0, "rows of a job");
  std::vector<Cells> out;
  for (const auto& row : from) {
    if (!row.is_array()) return fail(ErrorCode::BadJson, 0, "rows of a job");
    Cells cells;
    for (const auto& cell : row) cells.push_back(cell.is_string() ? cell.get<std::string>() : std::string());
    out.push_back(std::move(cells));
  }
  return out;
}

std::string text_of(const std::vector<RowResult>& results) {
  auto out = json::array();
  for (const auto& one : results) out.push_back(json_of(one));
  return dumped(out);
}

Result<std::vector<RowResult>> read_results(std::string_view text) {
  const auto from = json::parse(text, nullptr, false);
  if (!from.is_array()) return fail(ErrorCode::BadJson, 0, "results of a job");
  std::vector<RowResult> out;
  for (const auto& one : from) {
    if (!one.is_object()) return fail(ErrorCode::BadJson, 0, "results of a job");
    out.push_back(result_of(one));
  }
  return out;
}

}  // namespace meterway::jobs
