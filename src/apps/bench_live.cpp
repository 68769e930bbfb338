#include "apps/bench_live.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_measure.h"
#include "base/net/http.h"
#include "flow/envelope/trace.h"
#include "flow/live/feed_edge.h"
#include "records/registry/device.h"
#include "records/registry/request_record.h"
#include "records/store/log_store.h"
#include "standard/pki/issue.h"

namespace meterway::apps {
namespace {

using flow::gateway::Caller;
using nlohmann::json;
using Clocked = std::chrono::steady_clock;

constexpr Eui64 kFirstUser{0x90B3D51F30010000}, kFirstDevice{0x00DB000000000000};
constexpr std::uint64_t kUsers = 4, kEventsOfRequest = 8;
constexpr unsigned kWriters = 16;

Eui64 device_of(std::uint64_t number) { return Eui64(kFirstDevice.value() + number * 16 + 1); }
Eui64 hub_of(std::uint64_t number) { return Eui64(kFirstDevice.value() + number * 16); }

double cpu_of_this_thread() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

/// The platform as far as the feed needs it.
struct Surroundings {
  SystemClock clock;
  SystemRandom random;
  std::shared_ptr<pki::CertificateDirectory> directory = std::make_shared<pki::CertificateDirectory>();
  std::unique_ptr<pki::KeyStore> keys = pki::key_store_of(directory);
  pki::CertificateRecord signer;  ///< somebody's: nothing is signed
  std::unique_ptr<Executor> executor = make_thread_executor(clock, 1, 64);
  std::unique_ptr<net::Network> network = net::system_network();
  flow::Settings settings;
  std::unique_ptr<store::Store> store;
  explicit Surroundings(pki::CertificateRecord any) : signer(std::move(any)) {}
  ~Surroundings() { executor->stop(); }
  flow::Context context() {
    return {*store, *directory, *keys, signer, Eui64(1), clock, random, *executor, *network, settings};
  }
};

Status put_homes(store::Store& store, unsigned homes) {
  return store.write([&](store::WriteView& view) -> Status {
    for (unsigned i = 0; i < homes; ++i) {
      registry::Device hub;
      hub.eui = hub_of(i);
      hub.type = DeviceType::CHF;
      hub.hub = hub.eui;
      hub.details["CSPRegion"] = i % 3 == 0 ? "North" : i % 3 == 1 ? "Central" : "South";
      METERWAY_CHECK(registry::put_device(view, hub));
      registry::Device meter;
      meter.eui = device_of(i);
      meter.type = DeviceType::ESME;
      meter.hub = hub.eui;
      METERWAY_CHECK(registry::put_device(view, meter));
    }
    return {};
  });
}

/// A request as the road writes it: accepted with its record, sent, answered, delivered.
Status request(const flow::Context& context, std::uint64_t number, unsigned devices) {
  const RequestId id{Eui64(kFirstUser.value() + number % kUsers * 0x10000), device_of(number % devices), {number + 1}};
  const auto key = id.text();
  const Bytes message(180, static_cast<std::uint8_t>(number));
  if (number % 50 == 0)
    return flow::trace(context, key,
                       std::vector<flow::Hop>(kEventsOfRequest, {"gateway", "refused", "not_schema: element", {}, {}}));
  const auto accepted = context.store.write([&](store::WriteView& view) -> Status {
    registry::RequestRecord record;
    record.id = record.header = id;
    record.service = number % 2 == 0 ? "4.1.1" : "6.22";
    record.service_reference = record.service;
    record.received_at = context.clock.now();
    record.message = message;
    record.document.assign(1500, 'x');
    METERWAY_CHECK(registry::put_request(view, record));
    return flow::trace(view, context, key,
                       {{"gateway", "received", "1500 bytes for serviceS", {}, {}},
                        {"verify", "passed", "schema 5.4, signed with certificate 2FD3", {}, {}},
                        {"authorise", "passed", "service 4.1.1 for supplier", {}, {}},
                        {"transform", "command", "service 4.1.1, ECS17b", message, {}}});
  });
  METERWAY_CHECK(accepted);
  METERWAY_CHECK(context.store.write([&](store::WriteView& view) {
    return flow::trace(view, context, key,
                       {{"wan", "sent", "to the device", {}, {}},
                        {"correlate", "matched", "response, MAC", message, {}},
                        {"deliver", "queued", "I0 for the User, on_demand", {}, {}}});
  }));
  return context.store.write([&](store::WriteView& view) {
    return flow::trace(view, context, key, {{"deliver", "delivered", "taken with 204", {}, {}}});
  });
}

struct Viewer {
  std::string name, query;
  Caller caller;
  std::uint64_t after = 0, looked_at = 0, fitted = 0, shown = 0, answers = 0, thinned = 0, bytes = 0;
  double cpu = 0;
  std::vector<double> took_ms{};

  bool ask(const flow::Context& context) {
    const auto begun = Clocked::now();
    const auto answer = flow::live::show_events(
        {"GET", "/api/v1/events", query + "&sample=yes&limit=500&after=" + std::to_string(after), {}, "", {}}, caller,
        context);
    took_ms.push_back(std::chrono::duration<double, std::milli>(Clocked::now() - begun).count());
    ++answers;
    bytes += answer.body.size();
    const auto body = json::parse(answer.body, nullptr, false);
    if (!body.is_object() || !body.contains("next")) return false;
    after = body["next"];
    looked_at += body["looked_at"].get<std::uint64_t>();
    fitted += body["fitted"].get<std::uint64_t>();
    shown += body["shown"].get<std::uint64_t>();
    thinned += body["one_in"].get<std::uint64_t>() > 1 ? 1 : 0;
    return body["more"].get<bool>();
  }
  double percentile(double share) {
    if (took_ms.empty()) return 0;
    std::sort(took_ms.begin(), took_ms.end());
    return took_ms[std::min(took_ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(took_ms.size())))];
  }
};

std::vector<Viewer> make_viewers(unsigned count) {
  const Caller all{Caller::Kind::Operator, {}, {}}, user{Caller::Kind::User, kFirstUser, {}};
  const Viewer kinds[] = {{"all", "", all},
                          {"grouped by request", "grouped=request", all},
                          {"a User, its own", "", user},
                          {"by region", "region=North", all},
                          {"refused", "tone=refused,failed", all}};
  std::vector<Viewer> out;
  for (unsigned i = 0; i < count; ++i) out.push_back(kinds[i % std::size(kinds)]);
  return out;
}

Result<json> measure(const LiveBench& plan, const std::filesystem::path& folder) {
  SystemClock clock;
  SystemRandom random;
  METERWAY_TRY(auto world, pki::make_demo_pki({}, {kFirstDevice}, clock, random));
  Surroundings around(std::move(world.records.front()));
  METERWAY_TRY(around.store, store::open_log_store((folder / "store.db").string()));
  const auto context = around.context();
  METERWAY_CHECK(put_homes(*around.store, plan.devices));
  std::unique_ptr<net::HttpServer> server;
  if (plan.port >= 0) {
    const auto serve = [&](net::HttpRequest&& http) {
      return flow::live::show_events(http, {Caller::Kind::Operator, {}, {}}, context);
    };
    METERWAY_TRY(server, net::serve_http("127.0.0.1", static_cast<std::uint16_t>(plan.port), serve, {}));
  }
  std::atomic<bool> over{false}, failed{false};
  std::atomic<std::uint64_t> written{0};
  const auto begun = Clocked::now();
  std::atomic<std::uint64_t> next{0};
  std::vector<std::thread> writers;  // as many as come together on the road: they share a commit
  for (unsigned i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      while (!over) {
        const auto number = next++;
        std::this_thread::sleep_until(begun +
                                      std::chrono::nanoseconds(1'000'000'000 * kEventsOfRequest * number / plan.rate));
        if (!request(context, number, plan.devices)) failed = true;
        written += kEventsOfRequest;
      }
    });
  }
  auto viewers = make_viewers(plan.viewers);
  std::vector<std::thread> threads;
  for (auto& viewer : viewers) {
    threads.emplace_back([&] {
      while (!over) {
        const auto before = cpu_of_this_thread();
        while (viewer.ask(context) && !over) continue;
        viewer.cpu += cpu_of_this_thread() - before;
        std::this_thread::sleep_for(std::chrono::seconds(1));
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(plan.seconds));
  over = true;
  for (auto& writer : writers) writer.join();
  const auto lasted = seconds_since(begun);
  for (auto& thread : threads) thread.join();
  json list = json::array();
  bool complete = !failed;
  for (auto& viewer : viewers) {
    while (viewer.ask(context)) continue;
    const bool all = viewer.caller.is_operator();
    complete = complete && (!all || viewer.looked_at == written);
    list.push_back({{"viewer", viewer.name},
                    {"cpu_share", viewer.cpu / lasted},
                    {"answers", viewer.answers},
                    {"looked_at", viewer.looked_at},
                    {"fitted", viewer.fitted},
                    {"shown", viewer.shown},
                    {"thinned_answers", viewer.thinned},
                    {"bytes_a_second", static_cast<double>(viewer.bytes) / lasted},
                    {"p50_ms", viewer.percentile(0.5)},
                    {"p99_ms", viewer.percentile(0.99)}});
  }
  return json{{"events", written.load()},
              {"events_a_second", static_cast<double>(written) / lasted},
              {"none_lost", complete},
              {"viewers", list}};
}

}  // namespace

int run_live_bench(const LiveBench& plan) {
  bool complete = false;
  const int status =
      run_in_folder("live", {plan.data, plan.json}, [&](const std::filesystem::path& folder) -> Result<json> {
        METERWAY_TRY(auto figures, measure(plan, folder));
        complete = figures["none_lost"].get<bool>();
        return figures;
      });
  return status != 0 ? status : complete ? 0 : 1;
}

}  // namespace meterway::apps
