#include "apps/watching.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/process_facts.h"
#include "base/metrics/exposition.h"
#include "base/net/inside.h"
#include "base/net/tls_counts.h"
#include "portal/server/ask.h"
#include "records/store/event_log.h"

namespace meterway::apps {
namespace {

constexpr std::string_view kProbe = "probe";  // a table of one row, written when it is asked whether that goes
constexpr std::string_view kMetrics = "/metrics", kReady = "/readyz", kHealth = "/api/v1/health",
                           kDuis = "/api/v1/service";
constexpr std::uint64_t kLeastFreeBytes = 64u << 20;          // under it the store is about to refuse
constexpr std::chrono::seconds kMostClockStep{30};            // clocks are put right by less, now and then
constexpr std::string_view kOldest = "2025-11-01T00:00:00Z";  // schema 5.4's month: no message of ours is older

/// The function of the route: no label is made of what a caller makes up.
std::string_view group_of(const net::HttpRequest& http) {
  if (http.path.starts_with(kDuis)) return "duis.send";  // by far the most
  portal::PathParameters ignored;
  const auto* route = portal::find_route(http.method, http.path, ignored);
  return route == nullptr ? "none" : route->function;
}

bool can_sign(const pki::CertificateRecord& signer) {
  const Bytes probe{'m'};
  const auto signature = signer.private_key ? signer.private_key->sign(probe)
                                            : Result<crypto::EcdsaSignature>(fail(ErrorCode::UnknownKey, 0, "signer"));
  return signature && signer.certificate.public_key.verify(probe, *signature);
}

}  // namespace

Watching::Watching(Over over, std::chrono::system_clock::time_point began)
    : over_(std::move(over)),
      began_(began),
      requests_(over_.registry["meterway_http_requests_total"]),
      time_(over_.registry["meterway_http_seconds"]) {
  over_.registry["meterway_build_info"].set(
      {METERWAY_VERSION, over_.context.settings.gbcs_version, over_.context.settings.schema_version}, 1);
  over_.registry["process_start_time_seconds"].set({},
                                                   std::chrono::duration<double>(began_.time_since_epoch()).count());
}

std::optional<net::HttpResponse> Watching::serve_anybody(const net::HttpRequest& http) {
  if (http.method != "GET") return std::nullopt;
  if (http.path == kReady) return answer_readiness(http, over_.pipeline.draining(), checks());
  if (http.path == kMetrics && over_.context.settings.metrics_open) return show_metrics(http);
  return std::nullopt;
}

std::optional<net::HttpResponse> Watching::serve(const net::HttpRequest& http) {
  if (http.method != "GET") return std::nullopt;
  if (http.path == kMetrics) return show_metrics(http);
  if (http.path == kHealth) return show_health();
  if (http.path == Configuration::kPath) return over_.configuration.show(http, over_.context.clock.now());
  if (http.path == Configuration::kDangerousPath) return over_.configuration.show_dangerous(over_.context.clock.now());
  return std::nullopt;
}

net::Handler Watching::counted(net::Handler handler, std::string group) {
  return [this, handler = std::move(handler), group = std::move(group)](net::HttpRequest&& http) {
    const auto began = std::chrono::steady_clock::now();
    const std::string of(group.empty() ? group_of(http) : std::string_view(group));
    const bool tells = over_.log.wants(logging::Level::Debug);
    const auto method = tells ? http.method : std::string(), path = tells ? http.path : std::string();
    auto answer = handler(std::move(http));
    const auto took = std::chrono::steady_clock::now() - began;
    const auto status = std::to_string(answer.status);
    requests_.add({of, status});
    time_.observe({of}, took);
    if (tells) {
      const auto micros = std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
      over_.log.write("http.request", {{"method", method}, {"path", path}, {"status", status}, {"micros", micros}});
    }
    return answer;
  };
}

void Watching::count_page(int status) { requests_.add({"page", std::to_string(status)}); }

void Watching::count_refused(int status) { requests_.add({"server", std::to_string(status)}); }

net::HttpResponse Watching::show_metrics(const net::HttpRequest& http) {
  const auto accept = http.headers.find("accept");
  const auto format = metrics::format_for(accept == http.headers.end() ? std::string_view() : accept->second);
  look();
  return {200,
          {{"content-type", std::string(metrics::content_type_of(format))}},
          metrics::write_text(over_.registry, format)};
}

/// The same as /readyz and /metrics, for a page.
net::HttpResponse Watching::show_health() {
  using nlohmann::json;
  look();
  auto body = json::parse(
      answer_readiness({"GET", kReady.data(), "checks", {}, {}, {}}, over_.pipeline.draining(), checks()).body);
  body["as_of"] = to_iso8601(over_.context.clock.now());
  body["version"] = METERWAY_VERSION;
  auto& list = body["metrics"] = json::array();
  for (const auto& family : over_.registry.families()) {
    const auto& row = family->row();
    const auto names = family->label_names();
    auto series = json::array();
    for (const auto& sample : family->samples()) {
      json one = {{"value", sample.value}, {"labels", json::object()}};
      for (std::size_t i = 0; i < names.size(); ++i) one["labels"][std::string(names[i])] = sample.labels[i];
      if (row.type == metrics::Type::Histogram) one["sum"] = sample.sum;
      series.push_back(std::move(one));
    }
    list.push_back({{"name", row.name}, {"type", to_string(row.type)}, {"help", row.help}, {"series", series}});
  }
  return portal::json_answer(200, portal::dumped(body));
}

/// What is not counted as it happens is looked up now.
void Watching::look() {
  auto& registry = over_.registry;
  look_at_queues();
  registry["meterway_hubs_connected"].set({}, static_cast<double>(over_.pipeline.hubs()));
  registry["meterway_commands_in_flight"].set({}, static_cast<double>(over_.pipeline.in_flight()));
  const auto handshakes = net::counts_of(tls_);
  registry["meterway_tls_handshakes_total"].set({"begun"}, static_cast<double>(handshakes.begun));
  registry["meterway_tls_handshakes_total"].set({"completed"}, static_cast<double>(handshakes.completed));
  (void)over_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto last, store::last_event(view));
    registry["meterway_events"].set({}, static_cast<double>(last));
    return {};
  });
  std::error_code error;
  std::uintmax_t bytes = 0;
  const auto name = over_.data.store().filename().string();
  for (std::filesystem::directory_iterator at(over_.data.platform(), error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;  // a file of the store may end while we look
    const auto size = at->path().filename().string().starts_with(name) ? at->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  registry["meterway_store_bytes"].set({}, static_cast<double>(bytes));
  const auto space = std::filesystem::space(over_.data.platform(), error);
  if (!error) registry["meterway_disk_free_bytes"].set({}, static_cast<double>(space.available));
  const auto process = process_facts();
  registry["process_cpu_seconds_total"].set({}, process.cpu_seconds);
  registry["process_resident_memory_bytes"].set({}, static_cast<double>(process.resident_bytes));
  registry["process_threads"].set({}, static_cast<double>(process.threads));
  registry["process_open_fds"].set({}, static_cast<double>(process.open_files));
  registry["process_max_fds"].set({}, static_cast<double>(process.most_files));
}

/// Of all Users together: how many there are is nobody's business here, and one who is far behind shows by the age.
void Watching::look_at_queues() {
  using namespace flow;
  const auto backlog = over_.pipeline.backlog();
  if (!backlog) return;  // the figures of the last time stand
  const auto now = over_.context.clock.now();
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    const auto label = name(delivery_class_at(i));
    std::uint64_t depth = 0, given_up = 0;
    double age = 0;
    for (const auto& user : *backlog) {
      const auto& one = user.classes[i];
      depth += one.depth;
      given_up += one.given_up;
      if (one.oldest) age = std::max(age, std::chrono::duration<double>(now - *one.oldest).count());
    }
    over_.registry["meterway_queue_depth"].set({label}, static_cast<double>(depth));
    over_.registry["meterway_queue_oldest_seconds"].set({label}, age);
    over_.registry["meterway_queue_given_up"].set({label}, static_cast<double>(given_up));
  }
}

/// One that could not write is tried again now: it may be that nothing else would.
bool Watching::store_works() const {
  std::error_code error;
  const auto space = std::filesystem::space(over_.data.platform(), error);
  if (error || space.available < kLeastFreeBytes) return false;
  if (over_.store.takes_writes())
    return over_.store.read([](const store::ReadView&) -> Status { return {}; }).has_value();
  const auto tried = over_.store.write([](store::WriteView& view) { return view.put(kProbe, "", ""); });
  return tried.has_value();
}

/// Behind what it has written down itself, it would give counters and dates that were there before.
bool Watching::clock_is_right() const {
  const auto now = over_.context.clock.now();
  UtcTime last{};
  const auto read = over_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto sequence, store::last_event(view));
    METERWAY_TRY(const auto events, store::events_from(view, sequence, 1));
    if (!events.empty()) last = events.back().time;
    return {};
  });
  return read && now >= *from_iso8601(kOldest) && now >= last - kMostClockStep;
}

std::vector<Check> Watching::checks() const {
  return {
      {"store", [this] { return store_works(); }},
      {"keys",
       [this] { return over_.context.keys.private_key(over_.context.broker, pki::KeyUse::KeyAgreement) != nullptr; }},
      {"signer", [this] { return can_sign(over_.context.signer); }},
      {"link", [this] { return over_.pipeline.link_port() != 0; }},
      {"clock", [this] { return clock_is_right(); }}};
}

}  // namespace meterway::apps
