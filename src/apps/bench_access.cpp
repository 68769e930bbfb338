#include <fmt/format.h>
#include <stdlib.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "base/util/random.h"
#include "flow/answer/inventory_search.h"
#include "records/access/decide.h"
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
  std::string keep;
  bool json = false;
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

struct Times {
  double p50 = 0, p99 = 0, share = 0;  ///< microseconds of this thread; allowed, or found
};
/// By the CPU clock of this thread, so that whoever else is on the machine does not count.
Result<Times> measure(std::size_t count, const std::function<Result<bool>(std::size_t)>& one) {
  const auto cpu = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
  };
  std::vector<double> micros;
  std::size_t yes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = cpu();
    METERWAY_TRY(const bool said, one(i));
    micros.push_back(cpu() - begin);
    yes += said ? 1 : 0;
  }
  std::sort(micros.begin(), micros.end());
  return Times{micros[count / 2], micros[count * 99 / 100], static_cast<double>(yes) / static_cast<double>(count)};
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
      bool allowed = false;
      const Eui64 eui(kFirst + random.next_u64() % among);
      const auto read = store->read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(const auto who, registry::find_user(view, kUser));
        METERWAY_TRY(const auto what, registry::find_device(view, eui));
        if (!who || !what) return fail(ErrorCode::NotFound, 0, "device");
        METERWAY_TRY(const auto holders, registration::holders_of(view, *what, now));
        const auto facts = access::facts_of(service, who, what, holders, {}, false, now);
        const auto decision = access::decide(facts);
        allowed = decision.allowed() && !access::write_facts(decision, facts).empty();
        return {};
      });
      METERWAY_CHECK(read);
      return allowed;
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
  METERWAY_TRY(const auto first, measure(options.decisions, decide_among(std::min(kWarm, options.devices))));
  (void)first;  // what is read for the first time
  METERWAY_TRY(const auto warm, measure(options.decisions, decide_among(std::min(kWarm, options.devices))));
  add("decision_warm", warm);
  METERWAY_TRY(const auto all, measure(options.decisions, decide_among(options.devices)));
  add("decision_all", all);
  METERWAY_TRY(const auto by_point, measure(options.searches, search_by(false)));
  add("search_by_mpxn", by_point);
  METERWAY_TRY(const auto by_address, measure(options.searches, search_by(true)));
  add("search_by_address", by_address);
  return out;
}

int run(const Options& options) {
  auto folder = (fs::temp_directory_path() / "meterway_access_XXXXXX").string();
  if (!options.keep.empty())
    folder = options.keep;
  else if (::mkdtemp(folder.data()) == nullptr)
    return 1;
  const auto result = run_bench(options, folder);
  if (options.keep.empty()) fs::remove_all(folder);
  if (!result) {
    fmt::print(stderr, "bench access: {}\n", describe(result.error()));
    return 1;
  }
  if (options.json) {
    fmt::print("{}\n", result->dump(2));
    return 0;
  }
  for (const auto& [key, value] : result->items()) fmt::print("{:28} {:>16.3f}\n", key, value.get<double>());
  return 0;
}

}  // namespace

void add_bench_access(CLI::App& app, int& status) {
  auto* bench = app.get_subcommand("bench");  // bench.cpp makes it
  auto* command = bench->add_subcommand("access", "Decisions of access control and searches of a large inventory");
  const auto options = std::make_shared<Options>();
  command->add_option("--devices", options->devices, "In the inventory")
      ->capture_default_str()
      ->check(CLI::Range(100, 60000000));
  command->add_option("--keep", options->keep, "Folder for the store, kept afterwards");
  command->add_flag("--json", options->json, "One JSON object");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
