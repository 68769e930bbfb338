#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/bench_measure.h"
#include "apps/bench_month.h"
#include "apps/bench_node.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/net/http.h"
#include "base/net/url.h"
#include "base/util/file.h"
#include "records/registry/request_index.h"
#include "records/store/log_store.h"

// How long a trace takes, and a page of the search, of a platform whose store holds ten million events: by HTTP, of
// requests picked at random over all of them.
namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::size_t kCallsOfCommit = 4000, kEventsOfPage = 20'000;

struct Options {
  std::uint64_t events = 10'000'000;
  std::size_t traces = 2000;
  BenchOutput output;
};

/// A request as the road keeps it beside its events.
registry::RequestRecord record_of(const RequestId& id, UtcTime at) {
  registry::RequestRecord out;
  out.id = out.header = id;
  out.service = out.service_reference = "4.1.1";
  out.received_at = at;
  out.progress = registry::Progress::Done;
  out.outcome = "I0";
  out.message = Bytes(132, 0xDF);
  out.document = std::string(1552, 'x');
  out.answer = std::string(1200, 'x');
  return out;
}

/// What is noted of the requests among some events; `picked` of them get a record.
struct Noting {
  std::uint64_t last = 0, requests = 0;
  bool more = true;
};
Status note_page(store::WriteView& view, Noting& noting, std::uint64_t every, std::vector<std::string>& picked) {
  std::vector<registry::IndexEntry> entries;
  METERWAY_TRY(noting.more,
               store::see_events(view, noting.last + 1, kEventsOfPage, [&](const store::EventView& event) -> Status {
                 noting.last = event.sequence;
                 if (event.step != "gateway" || event.outcome != "received") return {};
                 const auto id = RequestId::parse(event.key);
                 if (id) entries.push_back({event.time, *id, registry::Leg::Request, "4.1.1", {}});
                 return {};
               }));
  for (const auto& entry : entries) {
    METERWAY_CHECK(registry::note_request(view, entry, true));
    if (noting.requests++ % every != 0) continue;
    METERWAY_CHECK(registry::put_request(view, record_of(entry.id, entry.at)));
    picked.push_back(entry.id.text());
  }
  return {};
}

/// Writes the month; gives the keys of requests spread over all of it.
Result<std::vector<std::string>> fill(const fs::path& path, const Options& options, json& out) {
  const auto begin = steady_clock::now();
  METERWAY_TRY(const auto store, store::open_log_store(path.string()));
  const auto end = std::chrono::floor<std::chrono::hours>(SystemClock().now());
  BenchMonth month({end - std::chrono::hours(24 * 31), end, options.events, 1, false, 1});
  for (bool more = true; more;) {
    METERWAY_CHECK(store->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(more, month.write(view, kCallsOfCommit));
      return {};
    }));
  }
  std::vector<std::string> picked;
  const auto every = std::max<std::uint64_t>(1, options.events / 15 / options.traces);  // some 15 events a request
  Noting noting;
  while (noting.more)
    METERWAY_CHECK(store->write([&](store::WriteView& view) { return note_page(view, noting, every, picked); }));
  SeededRandom random(3);
  for (std::size_t i = picked.size(); i > 1; --i) std::swap(picked[i - 1], picked[random.next_u64() % i]);
  if (picked.size() > options.traces) picked.resize(options.traces);
  out["events"] = static_cast<double>(noting.last);
  out["requests"] = static_cast<double>(noting.requests);
  out["fill_s"] = seconds_since(begin);
  return picked;
}

struct Asking {
  std::string url;
  net::Headers headers;

  /// p50, p99 and the greatest, in milliseconds, under this name.
  Status ask(const std::string& name, const std::vector<std::string>& paths, json& out) const {
    std::vector<double> times;
    for (const auto& path : paths) {
      const auto begin = steady_clock::now();
      METERWAY_TRY(const auto answer, net::http_request("GET", url + path, headers, "", std::chrono::seconds(60)));
      if (answer.status != 200) return fail(ErrorCode::BadValue, static_cast<std::uint64_t>(answer.status), "answer");
      times.push_back(seconds_since(begin) * 1e3);
    }
    if (times.empty()) return fail(ErrorCode::NotFound, 0, "requests to ask about");
    std::sort(times.begin(), times.end());
    out[name + "_p50_ms"] = times[times.size() / 2];
    out[name + "_p99_ms"] = times[times.size() * 99 / 100];
    out[name + "_max_ms"] = times.back();
    return {};
  }
};

Result<json> measure(const Options& options, const fs::path& folder) {
  json out = json::object();
  METERWAY_TRY(const auto node, BenchNode::open(folder / "node", 1));
  METERWAY_TRY(const auto keys, fill(node->data().store(), options, out));
  const auto begin = steady_clock::now();
  METERWAY_CHECK(node->start_platform("{}"));
  out["start_s"] = seconds_since(begin);
  METERWAY_TRY(auto token, read_text_file((node->data().platform() / "operator.token").string()));
  while (!token.empty() && token.back() == '\n') token.pop_back();
  const Asking asking{node->world().http_url(), {{"authorization", "Bearer " + token}}};
  std::vector<std::string> traces, decoded, lists, users;
  for (const auto& key : keys) {
    traces.push_back("/api/v1/trace/" + net::percent_encoded(key));
    decoded.push_back(traces.back() + "?format=json");
    users.push_back("/api/v1/requests?limit=50&user=" + key.substr(0, key.find(':')));
    lists.push_back("/api/v1/requests?q=" + net::percent_encoded(key));
  }
  users.resize(std::min<std::size_t>(users.size(), 200));
  METERWAY_CHECK(asking.ask("trace", traces, out));
  METERWAY_CHECK(asking.ask("trace_decoded", decoded, out));
  METERWAY_CHECK(asking.ask("pasted", lists, out));
  METERWAY_CHECK(asking.ask("requests_of_user", users, out));
  METERWAY_CHECK(asking.ask("requests", std::vector<std::string>(100, "/api/v1/requests?limit=50"), out));
  return out;
}

}  // namespace

void add_bench_trace(Subcommand& app, int& status) {
  auto* bench = app.get_subcommand("bench");  // bench.cpp makes it
  auto* trace = bench->add_subcommand("trace", "Traces and searches of a platform with many stored events");
  auto options = std::make_shared<Options>();
  trace->add_option("--events", options->events, "In the store")->capture_default_str();
  trace->add_option("--traces", options->traces, "Asked for, picked at random")
      ->between(1, 100000)
      ->capture_default_str();
  add_output_options(*trace, options->output, "Folder for the node, kept; without it a temporary one");
  trace->callback([options, &status] {
    status = run_in_folder("trace", options->output, [&](const fs::path& folder) { return measure(*options, folder); });
  });
}

}  // namespace meterway::apps
