#include "apps/bench_reports.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_month.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/process.h"
#include "base/util/file.h"
#include "oversight/operations/rules.h"
#include "records/ledger/ledger.h"
#include "records/registry/person.h"
#include "records/store/log_store.h"

// Five reports over a month of ten million events: how long, in how much memory, and whether they are the same to the
// byte when another process makes them, when somebody writes meanwhile, and by the other back end.
namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using ledger::Draft;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::string_view kWays[] = {"each", "shared", "sqlite", "beside"};
constexpr std::size_t kCallsOfCommit = 4000;

struct Options {
  std::uint64_t events = 10'000'000;
  std::string keep;
  bool json = false;
  ReportsReading reading;
};

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

Draft tally(std::string series, std::uint64_t value, std::string_view field = {}, std::string group = {},
            std::string service = {}) {
  Draft out;
  out.fields = {{"series", {std::move(series)}},
                {"from", {"2018-08-01"}},
                {"to", {"2018-08-31"}},
                {"value", {std::to_string(value)}}};
  if (!field.empty()) out.fields[std::string(field)] = {std::move(group)};
  if (!service.empty()) out.fields["service"] = {std::move(service)};
  return out;
}

/// Forecasts of every User for every service, and what figures count that no event tells.
std::vector<Draft> tallies(std::uint64_t requests) {
  std::vector<Draft> out;
  for (std::size_t user = 0; user < BenchMonth::kUsers; ++user) {
    const auto name = BenchMonth::user(user).dashed_upper();
    for (std::size_t service = 0; service < BenchMonth::services(); ++service)
      out.push_back(tally("sr.forecast", 1 + requests / 500 + user * 7 + service, "party", name,
                          std::string(BenchMonth::service(service))));
    out.push_back(tally("csr.sent", 1000 + user * 13, "party", name));
    out.push_back(tally("csr.forecast", 1500 + user * 11, "party", name));
  }
  for (const auto* region : {"Central", "North", "South"}) {
    out.push_back(tally("hub.deliveries", 400, "region", region));
    out.push_back(tally("hub.on_time", 397, "region", region));
  }
  for (const auto* measure : {"cpm7", "cpm8"}) {
    out.push_back(tally(std::string(measure) + ".total", 100'000));
    out.push_back(tally(std::string(measure) + ".late", 600));
  }
  return out;
}

/// Checkpoints on a thread beside the one that writes.
class Checkpoints {
 public:
  void run(std::function<void()> work) {
    wait();
    thread_ = std::thread(std::move(work));
  }
  void wait() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
};
/// A store must not end before them.
struct WaitAtEnd {
  Checkpoints& checkpoints;
  ~WaitAtEnd() { checkpoints.wait(); }
};

Result<MonthTruth> fill(const fs::path& path, std::uint64_t events) {
  Checkpoints beside;
  store::LogOptions options;
  options.background = [&](std::function<void()> work) { beside.run(std::move(work)); };
  METERWAY_TRY(const auto store, store::open_log_store(path.string(), std::move(options)));
  const WaitAtEnd end{beside};
  constexpr std::size_t kHomesAtOnce = 500;
  for (std::size_t home = 0; home < BenchMonth::kHomes; home += kHomesAtOnce)
    METERWAY_CHECK(
        store->write([&](store::WriteView& view) { return BenchMonth::put_inventory(view, home, kHomesAtOnce); }));
  BenchMonth month({*from_iso8601("2018-08-01T00:00:00Z"), *from_iso8601("2018-09-01T00:00:00Z"), events, 1, true, 1});
  for (bool more = true; more;) {
    METERWAY_CHECK(store->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(more, month.write(view, kCallsOfCommit));
      return {};
    }));
  }
  const ManualClock clock(*from_iso8601("2018-09-20T10:00:00Z"));
  const rules::Rules rules;
  const auto functions = operations::functions();
  ledger::Ledger ledger({*store, clock, rules, {functions.begin(), functions.end()}, {}});
  const auto made = ledger.write(registry::operator_person(), [&](ledger::Change& change) -> Result<ledger::Record> {
    ledger::Record last;
    for (const auto& one : tallies(month.truth().sent)) {
      METERWAY_TRY(last, change.create("tally", one));
    }
    return last;
  });
  if (!made) {
    fmt::print(stderr, "tallies: {}\n", made.error().detail);
    return Unexpected{Error{made.error().code}};
  }
  return month.truth();
}

/// Names of files that are not the same in two folders.
std::vector<std::string> differences(const fs::path& one, const fs::path& other) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(one)) {
    const auto name = entry.path().filename();
    if (name == "seen.json") continue;
    const auto a = read_text_file(entry.path().string()), b = read_text_file((other / name).string());
    if (!a || !b || *a != *b) out.push_back((other / name).string());
  }
  return out;
}

std::uintmax_t size_of(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) bytes += entry.is_regular_file() ? entry.file_size() : 0;
  return bytes;
}

Result<json> measure(const Options& options, const fs::path& folder) {
  auto begin = steady_clock::now();
  const auto store = folder / "store.db";
  METERWAY_TRY(const auto truth, fill(store, options.events));
  const json expected = {truth.events,     truth.sent,          truth.on_demand_owed, truth.on_demand_in_time,
                         truth.dated_owed, truth.dated_in_time, truth.alerts_owed,    truth.alerts_in_time};
  json out = {{"events", truth.events},
              {"service_requests", truth.sent},
              {"fill_s", seconds_since(begin)},
              {"disk_bytes_per_event", static_cast<double>(size_of(folder)) / static_cast<double>(truth.events)}};
  json wrong = json::array();
  for (const auto way : kWays) {
    const auto into = folder / way;
    fs::create_directory(into);
    METERWAY_TRY(const int status, run_self({"bench", "reports", "--read", store.string(), "--into", into.string(),
                                             "--way", std::string(way)}));
    if (status != 0) return fail(ErrorCode::Closed, static_cast<std::uint64_t>(status), "process that reads");
    const auto text = read_text_file((into / "seen.json").string());
    auto seen = json::parse(text ? *text : "", nullptr, false);
    if (!seen.is_object()) return fail(ErrorCode::BadValue, 0, "seen.json");
    if (seen["counted"] != expected)
      wrong.push_back(std::string(way) + ": counted " + seen["counted"].dump() + ", written " + expected.dump());
    for (auto& name : differences(folder / kWays[0], into)) wrong.push_back(std::move(name));
    out[way] = std::move(seen);
  }
  out["ratio"] = out["each"]["reports"]["performance"].get<double>() / out["each"]["events_once_s"].get<double>();
  out["wrong"] = std::move(wrong);
  return out;
}

void print(const json& report) {
  fmt::print("{} events, {} service requests, written in {:.1f} s, {:.0f} bytes an event on disk\n",
             report["events"].get<std::uint64_t>(), report["service_requests"].get<std::uint64_t>(),
             report["fill_s"].get<double>(), report["disk_bytes_per_event"].get<double>());
  for (const auto way : kWays) {
    const auto& seen = report[way];
    fmt::print("{:<7} {:6.2f} s, peak {:.0f} MB:", way, seen["reports_s"].get<double>(), seen["peak_mb"].get<double>());
    for (const auto& [form, seconds] : seen["reports"].items()) fmt::print(" {} {:.2f}", form, seconds.get<double>());
    fmt::print("\n");
  }
  fmt::print("reading the events once {:.2f} s; the performance report takes {:.2f} of that\n",
             report["each"]["events_once_s"].get<double>(), report["ratio"].get<double>());
  for (const auto& one : report["wrong"]) fmt::print("WRONG   {}\n", one.get<std::string>());
  if (report["wrong"].empty()) fmt::print("the same to the byte each time, and as many as were written\n");
}

int run(const Options& options) {
  auto folder = (fs::temp_directory_path() / "meterway_reports_XXXXXX").string();
  if (!options.keep.empty()) {
    folder = options.keep;
    std::error_code failed;
    fs::create_directories(folder, failed);
  } else if (::mkdtemp(folder.data()) == nullptr) {
    return 1;
  }
  const auto result = measure(options, folder);
  if (options.keep.empty()) fs::remove_all(folder);
  if (!result) {
    fmt::print(stderr, "bench reports: {}\n", describe(result.error()));
    return 1;
  }
  if (options.json)
    fmt::print("{}\n", result->dump(2));
  else
    print(*result);
  return (*result)["wrong"].empty() ? 0 : 1;
}

}  // namespace

void add_bench_reports(Subcommand& app, int& status) {
  auto* bench = app.get_subcommand("bench");  // bench.cpp makes it
  auto* command = bench->add_subcommand("reports", "Five reports over a month of events, by every way there is");
  const auto options = std::make_shared<Options>();
  command->add_option("--events", options->events, "Of the month")->between(1000, 1'000'000'000)->capture_default_str();
  command->add_option("--keep", options->keep, "Folder for the store and the reports, kept afterwards");
  command->add_flag("--json", options->json, "One JSON object");
  command->add_option("--read", options->reading.store, "")->hidden();
  command->add_option("--into", options->reading.into, "")->hidden();
  command->add_option("--way", options->reading.way, "")->hidden();
  command->callback(
      [options, &status] { status = options->reading.store.empty() ? run(*options) : read_reports(options->reading); });
}

}  // namespace meterway::apps
