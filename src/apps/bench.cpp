#include <memory>

#include "apps/bench_live.h"
#include "apps/bench_outage.h"
#include "apps/bench_road.h"
#include "apps/command.h"
#include "apps/command_line.h"

namespace meterway::apps {

namespace {

void add_outage(Subcommand& bench, int& status) {
  auto* outage = bench.add_subcommand(
      "outage", "Take the supply of many hubs away at one moment beside ordinary readings: who was told when");
  auto plan = std::make_shared<OutageBench>();
  outage->add_option("--hubs", plan->hubs, "Without supply")->between(1, 1000000)->capture_default_str();
  outage->add_option("--silence", plan->silence, "Seconds that a hub keeps silent, in place of three minutes")
      ->between(0.0, 600.0)
      ->capture_default_str();
  outage->add_option("--spread", plan->spread, "Seconds over which hubs spread their reports")
      ->between(0.0, 600.0)
      ->capture_default_str();
  outage->add_option("--connections", plan->connections, "Of the readings")->between(1u, 1000u)->capture_default_str();
  outage->add_option("--rate", plan->rate, "Readings a second; 0: half of what a closed loop reaches beforehand");
  outage->add_flag("--no-traffic", plan->no_traffic, "No readings beside");
  outage->add_flag("!--no-restore", plan->restore, "Do not give the supply back afterwards");
  outage->add_option("--data", plan->data, "Folder for the node, kept; without it a temporary one");
  outage->callback([plan, &status] { status = run_outage_bench(*plan); });
}

void add_live_bench(Subcommand& bench, int& status) {
  auto* live = bench.add_subcommand("live", "Events written at a steady rate while viewers poll the live view");
  auto plan = std::make_shared<LiveBench>();
  live->add_option("--seconds", plan->seconds, "How long")->between(1.0, 86400.0)->capture_default_str();
  live->add_option("--rate", plan->rate, "Events a second")
      ->between(std::uint64_t{1}, std::uint64_t{1'000'000})
      ->capture_default_str();
  live->add_option("--viewers", plan->viewers, "Of different rights and filters, each asks once a second")
      ->between(0u, 1000u)
      ->capture_default_str();
  live->add_option("--devices", plan->devices, "That requests go to")->between(1u, 1'000'000u)->capture_default_str();
  live->add_option("--port", plan->port, "Serve /api/v1/events there meanwhile (bench/live_page.mjs)");
  live->add_option("--data", plan->data, "Folder for the store, kept; without it a temporary one");
  live->add_flag("--json", plan->json, "Print one JSON object");
  live->callback([plan, &status] { status = run_live_bench(*plan); });
}

}  // namespace

void add_bench(Subcommand& app, int& status) {
  auto* bench = app.add_subcommand("bench", "Measure this node (bench/README.md)");
  bench->require_subcommand(1);
  auto* road = bench->add_subcommand(
      "road", "Whole round trips through real processes: CPU of the platform beside the cryptography it owes");
  auto plan = std::make_shared<RoadBench>();
  road->add_option("--seconds", plan->seconds, "Of load for each kind of request")
      ->between(1.0, 86400.0)
      ->capture_default_str();
  road->add_option("--connections", plan->connections, "Requests under way, each to a home of its own")
      ->between(1u, 1000u)
      ->capture_default_str();
  road->add_option("--rate", plan->rate, "Requests a second whatever the answers do; 0: as fast as they come")
      ->not_negative()
      ->capture_default_str();
  road->add_option("--latency-ms", plan->latency_ms, "From the hub to a device and through it")->capture_default_str();
  road->add_option("--only", plan->only, "Kinds of request: 4.1.1, 6.22, 1.1.1");
  road->add_option("--data", plan->data, "Folder for the node, kept; without it a temporary one");
  road->add_flag("--json", plan->json, "Print one JSON object");
  road->callback([plan, &status] { status = run_road_bench(*plan); });
  add_outage(*bench, status);
  add_live_bench(*bench, status);
}

}  // namespace meterway::apps
