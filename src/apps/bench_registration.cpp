#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "apps/bench_decision.h"
#include "apps/bench_measure.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "oversight/registration/generator.h"
#include "oversight/registration/loader.h"
#include "records/registration/registration.h"
#include "records/registry/party.h"
#include "records/registry/products.h"
#include "records/store/log_store.h"

// What registration data of a country cost: time to take full files, room on disk, and one decision.
namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;
constexpr Eui64 kUser{0x90B3D51F30010000};
constexpr std::uint64_t kFirst = 0x00DB300000000000;
constexpr std::size_t kPage = 1000;

struct Options {
  std::size_t points = 2000000, decisions = 200000;
  std::size_t devices = 0;  ///< 0: a meter at every point
  BenchOutput output;
};

double size_of(const fs::path& folder) {
  double out = 0;
  for (const auto& one : fs::recursive_directory_iterator(folder)) {
    if (one.is_regular_file()) out += static_cast<double>(one.file_size());
  }
  return out;
}

Result<registration::Made> write_files(const fs::path& folder, std::size_t points) {
  std::map<std::string, std::ofstream> open;
  const registration::Plan plan{points, 1, SystemClock().now()};
  return registration::generate(plan, [&](const std::string& name, std::string_view piece) -> Status {
    auto& to = open[name];
    if (!to.is_open()) to.open(folder / name, std::ios::binary);
    to.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    return to ? Status() : Status(fail(ErrorCode::Io, 0, "file"));
  });
}

/// Meters of one listed product at points all over the country, `every` so many points one, and a User that is a
/// supplier.
Result<std::size_t> put_devices(store::Store& store, const Options& options, const registration::Made& made) {
  std::size_t seen = 0, put = 0;
  const auto most = options.devices == 0 ? made.points : options.devices;
  const auto every = std::max<std::size_t>(1, made.points / most);
  const registry::Product product{"Meterway", "M1", "0001"};
  registry::User user{kUser, "supplier", {UserRole::IS, UserRole::GS}, registry::UserState::Live, ""};
  for (const auto role : user.roles)
    user.participants.push_back({role, *MarketParticipant::parse(made.participants.front())});
  METERWAY_CHECK(store.write([&](store::WriteView& view) { return registry::put_user(view, user); }));
  const auto listed = store.write([&](store::WriteView& view) {
    return registry::put_listing(view, product, {UtcTime{}, true});
  });
  METERWAY_CHECK(listed);
  for (std::string from;;) {
    bool more = false;
    const auto done = store.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto points, registration::points_from(view, from, "", kPage));
      for (const auto& point : points) {
        if (seen++ % every != 0 || put >= most) continue;
        registry::Device device;
        device.eui = Eui64(kFirst + put++);
        device.type = point.mpxn.fuel() == Fuel::Gas ? DeviceType::GSME : DeviceType::ESME;
        device.state = registry::DeviceState::Commissioned;
        device.details = {{"ImportMPxN", point.mpxn.text()},
                          {"DeviceManufacturer", product.manufacturer},
                          {"DeviceModel", product.model},
                          {"DeviceFirmwareVersion", product.version}};
        METERWAY_CHECK(registry::put_device(view, device));
      }
      more = points.size() == kPage;
      if (more) from = points.back().mpxn.key() + '\0';
      return {};
    });
    METERWAY_CHECK(done);
    if (!more) return put;
  }
}

/// Decisions as the road makes them, of devices drawn from the first `among`.
Result<Times> decide(const store::Store& store, std::size_t among, std::size_t count, std::uint64_t seed) {
  SeededRandom random(seed);
  const auto& service = *duis::find_service("4.1.1");
  const auto now = SystemClock().now();
  return measure_each(count, [&](std::size_t) {
    return decide_as_the_road(store, {service, kUser, Eui64(kFirst + random.next_u64() % among)}, now);
  });
}

/// Of the store without its log, and without what came and went.
Result<double> bytes_of_copy(const store::Store& store, const fs::path& to) {
  METERWAY_CHECK(store.backup(to.string()));
  const auto size = static_cast<double>(fs::file_size(to));
  fs::remove(to);
  return size;
}

Result<nlohmann::json> measure(const Options& options, const fs::path& folder) {
  fs::create_directories(folder / "in");
  fs::create_directories(folder / "store");
  auto begin = steady_clock::now();
  METERWAY_TRY(const auto made, write_files(folder / "in", options.points));
  nlohmann::json out = {{"points", made.points}, {"generate_seconds", seconds_since(begin)}};
  out["file_bytes"] = size_of(folder / "in");
  const SystemClock clock;
  const rules::Rules rules;
  const auto path = (folder / "store" / "store.db").string();
  METERWAY_TRY(auto store, store::open_log_store(path));
  METERWAY_CHECK(store->write([&](store::WriteView& view) -> Status {
    for (const auto& sender : made.senders) {
      if (auto put = registration::put_sender(view, sender); !put) return put;
    }
    return {};
  }));
  registration::Loader loader(*store, clock, rules, [](store::WriteView&, const auto&, const auto&, const auto&) {
    return Result<std::string>(fail(ErrorCode::Conflict, 0, "a gap"));
  });
  begin = steady_clock::now();
  double records = 0;
  for (const auto& name : made.files) {
    const auto done = loader.take({registration::FileContent(folder / "in" / name), name, {}, {"bench", "", true}});
    if (!done) return fail(done.error().code, 0, "load");
    if (done->rejected > 0) return fail(ErrorCode::Refused, 0, "records");
    records += done->records;
  }
  out["records"] = records;
  out["load_seconds"] = seconds_since(begin);
  out["records_per_second"] = records / seconds_since(begin);
  out["folder_bytes_per_point"] = size_of(folder / "store") / static_cast<double>(made.points);
  METERWAY_TRY(const auto points_alone, bytes_of_copy(*store, folder / "copy.db"));
  out["bytes_per_point"] = points_alone / static_cast<double>(made.points);
  begin = steady_clock::now();
  METERWAY_TRY(const auto devices, put_devices(*store, options, made));
  out["device_seconds"] = seconds_since(begin);
  METERWAY_TRY(const auto with_devices, bytes_of_copy(*store, folder / "copy.db"));
  out["bytes_per_device"] = (with_devices - points_alone) / static_cast<double>(devices);
  out["bytes_per_record"] = with_devices / static_cast<double>(made.points + devices);
  const auto warm = std::min<std::size_t>(devices, 5000);
  METERWAY_TRY(const auto first, decide(*store, warm, options.decisions, 1));
  METERWAY_TRY(const auto again, decide(*store, warm, options.decisions, 2));
  METERWAY_TRY(const auto all, decide(*store, devices, options.decisions, 3));
  (void)first;
  out["devices"] = devices;
  out["decision_p50_us"] = again.p50;
  out["decision_p99_us"] = again.p99;
  out["decision_all_p50_us"] = all.p50;
  out["decision_all_p99_us"] = all.p99;
  out["allowed_share"] = again.share;
  return out;
}

}  // namespace

void add_bench_registration(Subcommand& app, int& status) {
  auto* bench = app.get_subcommand("bench");  // bench.cpp makes it
  auto* command = bench->add_subcommand("registration", "Full files of registration data: time, room, decisions");
  const auto options = std::make_shared<Options>();
  command->add_option("--points", options->points, "Metering points")->capture_default_str()->between(100, 60000000);
  command->add_option("--devices", options->devices, "Meters at points that decisions are made about; 0: at every one")
      ->capture_default_str();
  command->add_option("--decisions", options->decisions, "How many are measured")->capture_default_str();
  add_output_options(*command, options->output, "Folder for files and store, kept afterwards");
  command->callback([options, &status] {
    status = run_in_folder("registration", options->output,
                           [&](const fs::path& folder) { return measure(*options, folder); });
  });
}

}  // namespace meterway::apps
