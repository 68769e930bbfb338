#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "apps/bench_month.h"
#include "apps/bench_reports.h"
#include "base/util/file.h"
#include "oversight/operations/event_months.h"
#include "portal/server/ask.h"
#include "records/registry/person.h"
#include "records/store/log_store.h"

// Five reports of one month by the handlers of the HTTP API, in every format, timed.
namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::string_view kForms[] = {"performance", "sr-variance", "csr-variance", "panel", "hub-deliveries"};
constexpr std::string_view kFormats[] = {"md", "html", "pdf", "json"};

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// Of this process at its greatest, in MB.
double peak_mb() {
  const auto status = read_text_file("/proc/self/status", 65536);
  const auto at = status ? status->find("VmHWM:") : std::string::npos;
  return at == std::string::npos ? 0 : std::strtod(status->c_str() + at + 6, nullptr) / 1024;
}

/// Goes on with the month after while there is one who reads.
class Beside {
 public:
  explicit Beside(store::Store& store)
      : thread_([this, &store] {
          BenchMonth next({*from_iso8601("2018-09-10T00:00:00Z"), *from_iso8601("2018-10-01T00:00:00Z"), 5'000'000,
                           1'000'000'000, false, 2});
          while (!ending_) {
            const auto done = store.write([&](store::WriteView& view) -> Status {
              METERWAY_TRY(const bool more, next.write(view, 200));
              if (!more) ending_ = true;
              return {};
            });
            if (!done) break;
            ++commits_;
          }
        }) {}
  ~Beside() {
    ending_ = true;
    thread_.join();
  }
  std::uint64_t commits() const { return commits_; }

 private:
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

class Reading {
 public:
  Reading(store::Store& store, const ReportsReading& reading) : store_(store), reading_(reading) {}

  Result<json> run() {
    std::optional<Beside> beside;
    if (reading_.way == "beside") beside.emplace(store_);
    json out = json::object();
    double all = 0;
    for (const auto form : kForms) {
      const auto begin = steady_clock::now();
      if (reading_.way == "each" || !events_) events_.emplace(store_, rules_);
      for (const auto format : kFormats) METERWAY_CHECK(make(std::string(form), std::string(format)));
      out["reports"][form] = seconds_since(begin);
      all += seconds_since(begin);
    }
    out["reports_s"] = all;
    out["peak_mb"] = peak_mb();
    if (beside) out["commits_beside"] = beside->commits();
    beside.reset();
    METERWAY_TRY(const auto counts, events_->month(*calendar::parse_date("2018-08-01")));
    out["counted"] = {counts->events,
                      counts->sent(),
                      counts->on_demand.owed,
                      counts->on_demand.in_time,
                      counts->future_dated.owed,
                      counts->future_dated.in_time,
                      counts->alerts.owed,
                      counts->alerts.in_time};
    if (reading_.way == "each") {
      METERWAY_TRY(out["events_once_s"], read_once());
    }
    return out;
  }

 private:
  Status make(const std::string& form, const std::string& format) {
    const net::HttpRequest http;
    const portal::Ask ask{http,
                          portal::all_routes().front(),
                          {{"form", form}},
                          {{"month", "2018-08"}, {"as_at", "2018-10-05"}, {"format", format}},
                          registry::operator_person()};
    const auto answer = portal::report(ask, {ledger_, store_, clock_, random_, rules_, *events_});
    if (answer.status != 200) {
      fmt::print(stderr, "{}: {}\n", form, answer.body);
      return fail(ErrorCode::BadValue, static_cast<std::uint64_t>(answer.status), "report");
    }
    return write_text_file((reading_.into / (form + "." + format)).string(), answer.body);
  }
  /// What it takes to read every event there is, and to do nothing with it.
  Result<double> read_once() const {
    constexpr std::size_t kPage = 2000;
    const auto begin = steady_clock::now();
    std::uint64_t last = 0, bytes = 0;
    for (bool more = true; more;) {
      METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(more, store::see_events(view, last + 1, kPage, [&](const store::EventView& event) -> Status {
                       last = event.sequence;
                       bytes += event.key.size() + event.detail.size();
                       return {};
                     }));
        return {};
      }));
    }
    return bytes == 0 ? 0 : seconds_since(begin);
  }

  store::Store& store_;
  const ReportsReading& reading_;
  const ManualClock clock_{*from_iso8601("2018-10-05T10:00:00Z")};
  SystemRandom random_;
  const rules::Rules rules_;
  ledger::Ledger ledger_{{store_, clock_, rules_, {}, {}}};
  std::optional<operations::EventMonths> events_;
};

Result<json> read(const ReportsReading& reading) {
  METERWAY_TRY(const auto store, reading.way == "sqlite" ? store::open_sqlite(reading.store.string())
                                                         : store::open_log_store(reading.store.string()));
  return Reading(*store, reading).run();
}

}  // namespace

int read_reports(const ReportsReading& reading) {
  const auto begin = steady_clock::now();
  auto seen = read(reading);
  if (!seen) {
    fmt::print(stderr, "bench reports: {}\n", describe(seen.error()));
    return 1;
  }
  (*seen)["process_s"] = seconds_since(begin);
  return write_text_file((reading.into / "seen.json").string(), seen->dump()) ? 0 : 1;
}

}  // namespace meterway::apps
