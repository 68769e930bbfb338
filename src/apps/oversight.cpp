#include "apps/oversight.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "apps/audit_record.h"
#include "field/sim/control.h"
#include "field/sim/replay_order.h"
#include "oversight/devices/corrections.h"
#include "oversight/devices/rules.h"
#include "oversight/governance/rules.h"
#include "oversight/operations/maintenance.h"
#include "oversight/operations/rules.h"
#include "oversight/operations/sweep.h"
#include "portal/server/registration_routes.h"
#include "portal/server/server.h"
#include "records/audit/checkpoint.h"
#include "records/installation/rules.h"

namespace meterway::apps {
namespace {

std::vector<ledger::Named> all_functions() {
  std::vector<ledger::Named> out;
  for (const auto functions :
       {operations::functions(), governance::functions(), devices::functions(), installation::functions()})
    out.insert(out.end(), functions.begin(), functions.end());
  return out;
}

/// What a queue of answers to a User depends on.
constexpr std::string_view kQueueServices[] = {"DUIS", "DSP", "User Gateway"};
constexpr std::chrono::seconds kSealing{1};  // how often checkpoints of the audit are thought of

/// By the emulated homes that listen there.
portal::Replay replay_on(const std::filesystem::path& socket) {
  if (socket.empty()) return {};
  return [socket](ByteView command) { return field::ask_control(socket, field::write_replay_order(command)); };
}

}  // namespace

Oversight::Oversight(store::Store& store, const Clock& clock, Random& random, OversightSettings settings,
                     const pki::CertificateRecord& dcc, const crypto::PrivateKey& audit_key, Eui64 transitional_cos,
                     std::function<void(Eui64)> look, std::filesystem::path audit_record, const logging::Log& log)
    : store_(store),
      clock_(clock),
      random_(random),
      settings_(std::move(settings)),
      transitional_cos_(transitional_cos),
      replay_(replay_on(settings_.estate)),
      ledger_({store, clock, settings_.rules, all_functions(), settings_.limits, &held_lines_}),
      events_(store, settings_.rules),
      loader_(store, clock, settings_.rules, portal::raise_incidents(ledger_)),
      anomaly_({store, clock, settings_.rules, dcc, std::move(look)}),
      audit_key_(audit_key),
      audit_record_(std::move(audit_record)),
      log_(log) {
  sealer_ = std::thread([this] {
    std::unique_lock lock(sealing_);
    do {
      (void)held_lines_.write_due(store_, clock_.now());  // what cannot be written waits on
      seal();
    } while (!wake_sealer_.wait_for(lock, kSealing, [this] { return ending_.load(); }));
    (void)held_lines_.write_due(store_, clock_.now(), true);
    (void)audit::make_checkpoint(store_, audit_key_, clock_.now());
    record();
  });
  sweeper_ = std::thread([this] {
    (void)loader_.finish_earlier();  // readers see it without; the next file would do it
    std::unique_lock lock(sweeping_);
    // A sweep that fails is tried again: what it would have found is still there.
    while (!wake_.wait_for(lock, settings_.sweep, [this] { return ending_.load(); })) sweep_once();
  });
}

/// One that cannot be made now is made a little later.
void Oversight::seal() {
  const auto now = clock_.now();
  const auto number = [&](const char* rule, std::int64_t usual) {
    const auto ruling = settings_.rules.on(rule, calendar::date_of(now));
    return std::max<std::int64_t>(1, ruling ? ruling->integer().value_or(usual) : usual);
  };
  audit::Pace pace;
  pace.entries = static_cast<std::uint64_t>(number("audit.checkpoint.entries", 1000));
  pace.time = std::chrono::minutes(number("audit.checkpoint.minutes", 5));
  (void)audit::keep_pace(store_, audit_key_, now, pace);
  record();
}

void Oversight::record() {
  const auto kept = keep_audit_record(audit_record_, store_);
  if (kept && *kept) return;
  if (!record_is_told_)
    log_.write(
        "audit.record_broken",
        {{"file", audit_record_.string()},
         {"why", kept ? "the audit has not the entry any more that this record was made of: see meterway audit verify"
                      : describe(kept.error())}});
  record_is_told_ = true;
}

void Oversight::sweep_once() {
  (void)operations::sweep(ledger_, events_);
  // In steps, so that a pass over a large estate holds up no other writer for long.
  constexpr int kMostSteps = 200;
  for (int step = 0; step < kMostSteps; ++step) {
    const auto compared = devices::compare_slots(ledger_);
    if (!compared) log_.write("cells.failed", {{"why", compared.error().detail}});
    if (!compared) return;
    if (compared->more) continue;
    if (compared->unread != unread_cells_ && compared->unread != 0)
      log_.write("cells.unread", {{"devices", std::to_string(compared->unread)}});
    unread_cells_ = compared->unread;
    return;
  }
}

Oversight::~Oversight() {
  {
    const std::scoped_lock lock(sweeping_, sealing_);
    ending_ = true;
  }
  wake_.notify_all();
  wake_sealer_.notify_all();
  sweeper_.join();
  sealer_.join();
}

void Oversight::mark_queues(const net::HttpRequest& http, net::HttpResponse& answer) {
  const auto caller = portal::who_calls(http, store_, settings_.rules, clock_.now(), transitional_cos_);
  auto body = nlohmann::json::parse(answer.body, nullptr, false);
  if (!caller || !*caller || !body.is_object() || !body.contains("users")) return;
  const auto windows = operations::running(ledger_.reader(**caller), clock_.now());
  if (!windows) return;
  auto list = nlohmann::json::array(), affecting = nlohmann::json::array();
  for (const auto& one : *windows) {
    list.push_back({{"reference", one.reference},
                    {"provider", one.text("provider")},
                    {"services", one.list("services")},
                    {"regions", one.list("regions")},
                    {"end", one.text("end")}});
    const auto& services = one.list("services");
    const bool affects = std::any_of(services.begin(), services.end(), [](const std::string& service) {
      return std::find(std::begin(kQueueServices), std::end(kQueueServices), service) != std::end(kQueueServices);
    });
    if (affects) affecting.push_back(one.reference);
  }
  body["maintenance"] = list;
  for (auto& user : body["users"]) user["under_maintenance"] = affecting;
  answer.body = body.dump();
}

std::optional<net::HttpResponse> Oversight::serve(net::HttpRequest& http) {
  return portal::serve(http, {.ledger = ledger_,
                              .store = store_,
                              .clock = clock_,
                              .random = random_,
                              .rules = settings_.rules,
                              .events = events_,
                              .loader = &loader_,
                              .registration_folder = settings_.registration_folder,
                              .anomaly = &anomaly_,
                              .audit_key = &audit_key_.public_key(),
                              .wrong_tokens = &wrong_tokens_,
                              .held_lines = &held_lines_,
                              .replay = replay_,
                              .sending = &sending_,
                              .transitional_cos = transitional_cos_});
}

}  // namespace meterway::apps
