#include <CLI/CLI.hpp>
#include <memory>

#include "apps/bench_road.h"
#include "apps/command.h"

namespace meterway::apps {

void add_bench(CLI::App& app, int& status) {
  auto* bench = app.add_subcommand("bench", "Measure this node (bench/README.md)");
  bench->require_subcommand(1);
  auto* road = bench->add_subcommand(
      "road", "Whole round trips through real processes: CPU of the platform beside the cryptography it owes");
  auto plan = std::make_shared<RoadBench>();
  road->add_option("--seconds", plan->seconds, "Of load for each kind of request")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str();
  road->add_option("--connections", plan->connections, "Requests under way, each to a home of its own")
      ->check(CLI::Range(1u, 1000u))
      ->capture_default_str();
  road->add_option("--rate", plan->rate, "Requests a second whatever the answers do; 0: as fast as they come")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  road->add_option("--latency-ms", plan->latency_ms, "From the hub to a device and through it")->capture_default_str();
  road->add_option("--only", plan->only, "Kinds of request: 4.1.1, 6.22, 1.1.1");
  road->add_option("--data", plan->data, "Folder for the node, kept; without it a temporary one");
  road->add_flag("--json", plan->json, "Print one JSON object");
  road->callback([plan, &status] { status = run_road_bench(*plan); });
}

}  // namespace meterway::apps
