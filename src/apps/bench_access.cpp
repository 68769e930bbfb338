#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/bench_decision.h"
#include "apps/bench_measure.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/random.h"
#include "flow/answer/inventory_search.h"
#include "records/registry/party.h"
#include "records/store/log_store.h"

// What a decision of access control costs, and a search of the inventory, with a million devices behind it.
namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
constexpr std::uint64_t kFirst = 0x00DB200000000000;  // EUI-64 of the first device
constexpr std::size_t kHome = 5, kBatch = 1000, kAtPostCode = 60, kWarm = 5000;
constexpr Eui64 kUser{0x90B3D51F30010000}, kOther{0x90B3D51F30030000};

struct Options {
  std::size_t devices = 1000000, decisions = 200000, searches = 2000;
  BenchOutput output;
};

std::string post_code_of(std::size_t home) {
  const auto n = home / kAtPostCode;
  return fmt::format("{}{}{} {}{}{}", char('A' + n / 260000 % 26), char('A' + n / 10000 % 26), n / 1000 % 10,
                     n / 100 % 10, char('A' + n / 10 % 10), char('A' + n % 10));
}

registry::Device device(std::size_t number) {
  constexpr DeviceType kTypes[kHome] = {DeviceType::CHF, DeviceType::GPF, DeviceType::ESME, DeviceType::GSME,
                                        DeviceType::PPMID};
  const auto home = number / kHome;
  registry::Device out;
  out.eui = Eui64(kFirst + number);
  out.type = kTypes[number % kHome];
  out.state = registry::DeviceState::Commissioned;
  out.hub = Eui64(kFirst + home * kHome);
  out.details = {{"DeviceManufacturer", "Meterway"}, {"UPRN", std::to_string(100000000000 + home)}};
  if (out.type == DeviceType::ESME) {
    out.details["ImportMPxN"] = Mpxn::mpan(130000000000 + home).text();
    out.details["PostCode"] = post_code_of(home);
    out.details["AddressIdentifier"] = std::to_string(home % kAtPostCode + 1);
  }
  const bool gas = out.type == DeviceType::GSME || out.type == DeviceType::GPF;
  out.responsible = {{gas ? UserRole::GS : UserRole::IS, home % 3 == 0 ? kOther : kUser, {}, {}}};
  return out;
}

Result<json> run_bench(const Options& options, const fs::path& folder) {
  fs::create_directories(folder);
  METERWAY_TRY(const auto store, store::open_log_store((folder / "store.db").string()));
  const SystemClock clock;
  const registry::User user{kUser, "supplier", {UserRole::IS, UserRole::GS}, registry::UserState::Live, ""};
  METERWAY_CHECK(store->write([&](store::WriteView& view) { return registry::put_user(view, user); }));
  for (std::size_t first = 0; first < options.devices; first += kBatch) {
    const auto filled = store->write([&](store::WriteView& view) -> Status {
      for (auto n = first; n < std::min(first + kBatch, options.devices); ++n)
        METERWAY_CHECK(registry::put_device(view, device(n)));
      return {};
    });
    METERWAY_CHECK(filled);
  }
  SeededRandom random(1);
  const auto now = clock.now();
  const auto& service = *duis::find_service("4.1.1");
  const auto decide_among = [&](std::size_t among) {
    return [&, among](std::size_t) -> Result<bool> {
      return decide_as_the_road(*store, {service, kUser, Eui64(kFirst + random.next_u64() % among)}, now);
    };
  };
  const auto search_by = [&](bool by_address) {
    return [&, by_address](std::size_t) -> Result<bool> {
      const auto home = random.next_u64() % (options.devices / kHome);
      const auto meter = device(home * kHome + 2);
      duis::Element query{"ReadInventory", "", {}, {}};
      if (by_address)
        query.children = {{"PropertyFilter",
                           "",
                           {},
                           {{"PostCode", std::string(meter.detail("PostCode")), {}, {}},
                            {"AddressIdentifier", std::string(meter.detail("AddressIdentifier")), {}, {}}}}};
      else
        query.children = {{"MPxN", std::string(meter.detail("ImportMPxN")), {}, {}}};
      bool found = false;
      const auto read = store->read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(const auto result, flow::answer::search(view, query, user, now));
        found = !result.devices.empty();
        return {};
      });
      METERWAY_CHECK(read);
      return found;
    };
  };
  json out = {{"devices", options.devices}};
  const auto add = [&](const std::string& what, const Times& times) {
    out[what + "_p50_us"] = times.p50;
    out[what + "_p99_us"] = times.p99;
    out[what + "_yes_share"] = times.share;
  };
  METERWAY_TRY(const auto first, measure_each(options.decisions, decide_among(std::min(kWarm, options.devices))));
  (void)first;  // what is read for the first time
  METERWAY_TRY(const auto warm, measure_each(options.decisions, decide_among(std::min(kWarm, options.devices))));
  add("decision_warm", warm);
  METERWAY_TRY(const auto all, measure_each(options.decisions, decide_among(options.devices)));
  add("decision_all", all);
  METERWAY_TRY(const auto by_point, measure_each(options.searches, search_by(false)));
  add("search_by_mpxn", by_point);
  METERWAY_TRY(const auto by_address, measure_each(options.searches, search_by(true)));
  add("search_by_address", by_address);
  return out;
}

}  // namespace

void add_bench_access(Subcommand& app, int& status) {
  auto* bench = app.get_subcommand("bench");  // bench.cpp makes it
  auto* command = bench->add_subcommand("access", "Decisions of access control and searches of a large inventory");
  const auto options = std::make_shared<Options>();
  command->add_option("--devices", options->devices, "In the inventory")->capture_default_str()->between(100, 60000000);
  command->add_option("--decisions", options->decisions, "How many are measured")->capture_default_str();
  command->add_option("--searches", options->searches, "How many are measured, of each sort")->capture_default_str();
  add_output_options(*command, options->output, "Folder for the store, kept afterwards");
  command->callback([options, &status] {
    status =
        run_in_folder("access", options->output, [&](const fs::path& folder) { return run_bench(*options, folder); });
  });
}

}  // namespace meterway::apps
