#include "apps/oversight.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "oversight/governance/rules.h"
#include "oversight/operations/maintenance.h"
#include "oversight/operations/rules.h"
#include "oversight/operations/sweep.h"
#include "portal/server/server.h"

namespace meterway::apps {
namespace {

std::vector<ledger::Named> all_functions() {
  std::vector<ledger::Named> out;
  for (const auto functions : {operations::functions(), governance::functions()})
    out.insert(out.end(), functions.begin(), functions.end());
  return out;
}

/// What a queue of answers to a User depends on.
constexpr std::string_view kQueueServices[] = {"DUIS", "DSP", "User Gateway"};
constexpr std::uint64_t kMostSweepSeconds = 86'400;
constexpr std::size_t kMostMegabytes = 60;  // a row of the store holds 64

}  // namespace

Result<OversightSettings, std::string> read_oversight_settings(std::string_view text) {
  using Wrong = Unexpected<std::string>;
  OversightSettings out;
  if (text.empty()) return out;
  const auto root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) return Wrong{"oversight: expected an object"};
  for (const auto& [key, value] : root.items()) {
    if (key == "attachment_mb") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > kMostMegabytes)
        return Wrong{"oversight.attachment_mb: expected 1 to " + std::to_string(kMostMegabytes)};
      out.limits.attachment_bytes = value.get<std::size_t>() << 20;
    } else if (key == "sweep_s") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 ||
          value.get<std::uint64_t>() > kMostSweepSeconds)
        return Wrong{"oversight.sweep_s: expected 1 to " + std::to_string(kMostSweepSeconds)};
      out.sweep = std::chrono::seconds(value.get<std::int64_t>());
    } else if (key == "rules") {
      if (!value.is_object()) return Wrong{"oversight.rules: expected an object of names and values"};
      for (const auto& [name, rule] : value.items()) {
        if (!rule.is_string() && !rule.is_number())
          return Wrong{"oversight.rules." + name + ": expected a text or a number"};
        const auto set = out.rules.set(name, rule.is_string() ? rule.get<std::string>() : rule.dump());
        if (!set) return Wrong{"oversight.rules." + set.error()};
      }
    } else {
      return Wrong{"oversight." + key + ": unknown setting"};
    }
  }
  return out;
}

Oversight::Oversight(store::Store& store, const Clock& clock, Random& random, OversightSettings settings)
    : store_(store),
      clock_(clock),
      random_(random),
      settings_(std::move(settings)),
      ledger_({store, clock, settings_.rules, all_functions(), settings_.limits}),
      events_(store, settings_.rules) {
  sweeper_ = std::thread([this] {
    std::unique_lock lock(sweeping_);
    // A sweep that fails is tried again: what it would have found is still there.
    while (!wake_.wait_for(lock, settings_.sweep, [this] { return ending_; }))
      (void)operations::sweep(ledger_, events_);
  });
}

Oversight::~Oversight() {
  {
    const std::lock_guard lock(sweeping_);
    ending_ = true;
  }
  wake_.notify_all();
  sweeper_.join();
}

void Oversight::mark_queues(const net::HttpRequest& http, net::HttpResponse& answer) {
  const auto caller = portal::who_calls(http, store_);
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

std::optional<net::HttpResponse> Oversight::serve(const net::HttpRequest& http) {
  return portal::serve(http, {ledger_, store_, clock_, random_, settings_.rules, events_});
}

}  // namespace meterway::apps
