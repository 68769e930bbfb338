#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_measure.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "apps/process.h"
#include "base/util/clock.h"
#include "base/util/file.h"
#include "records/registry/certificates.h"
#include "records/registry/device.h"
#include "records/store/log_store.h"
#include "standard/pki/issue.h"

// What an inventory of a million devices costs: room on disk, memory of the platform, and the time until it is ready.
namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;
constexpr std::uint64_t kFirst = 0x00DB200000000000;  // EUI-64 of the first device
constexpr std::size_t kHome = 5;                      // devices of one home: hub, GPF, ESME, GSME, PPMID
constexpr std::size_t kBatch = 1000;
constexpr Eui64 kTemplate{0x1122334455667788};
constexpr std::chrono::minutes kPatience{10};

struct Options {
  std::size_t devices = 1000000;
  bool certificates = true;
  BenchOutput output;
};

/// A home as suppliers register them: types, hub, references, who is responsible.
registry::Device device(std::size_t number) {
  constexpr DeviceType kTypes[kHome] = {DeviceType::CHF, DeviceType::GPF, DeviceType::ESME, DeviceType::GSME,
                                        DeviceType::PPMID};
  const auto home = number / kHome;
  registry::Device out;
  out.eui = Eui64(kFirst + number);
  out.type = kTypes[number % kHome];
  out.state = registry::DeviceState::Commissioned;
  out.hub = Eui64(kFirst + home * kHome);
  out.details = {{"DeviceManufacturer", "Meterway"},
                 {"DeviceModel", "M-" + std::to_string(number % kHome)},
                 {"SMETSCHTSVersion", "SMETS2 V5.1"},
                 {"DeviceFirmwareVersion", "01020304"},
                 {"UPRN", std::to_string(100000000000 + home)}};
  const auto supplier = Eui64(0x90B3D51F30010000), network = Eui64(0x90B3D51F30020000);
  if (out.type == DeviceType::ESME) {
    out.details["ImportMPxN"] = std::to_string(1300000000000 + home);
    out.details["ESMEVariant"] = "A";
    out.responsible = {{UserRole::IS, supplier, {}, {}}, {UserRole::ED, network, {}, {}}};
  } else if (out.type == DeviceType::GSME) {
    out.details["ImportMPxN"] = std::to_string(2000000000 + home);
    out.responsible = {{UserRole::GS, supplier, {}, {}}, {UserRole::GT, network, {}, {}}};
  } else {
    out.responsible = {{UserRole::IS, supplier, {}, {}}};
  }
  return out;
}

/// The same certificate for another device: identifier and serial number replaced, so that a million need no million
/// signatures. Nobody checks them.
class Certificates {
 public:
  static Result<Certificates> make(const Clock& clock, Random& random) {
    METERWAY_TRY(auto world, pki::make_demo_pki({}, {kTemplate}, clock, random));
    Certificates out;
    for (auto& record : world.records) {
      if (record.certificate.owner() == kTemplate) out.templates_.push_back(std::move(record));
    }
    return out;
  }
  Status add(store::WriteView& view, std::size_t number) const {
    for (std::size_t i = 0; i < templates_.size(); ++i) {
      auto certificate = templates_[i].certificate;
      const Eui64 eui(kFirst + number);
      Bytes serial(certificate.serial.bytes().begin(), certificate.serial.bytes().end());
      const Bytes before = serial;
      for (std::size_t at = 0; at < 8; ++at)
        serial[serial.size() - 1 - at] = static_cast<std::uint8_t>((number * 2 + i) >> (8 * at));
      replace(certificate.der, before, serial);
      const auto from = kTemplate.wire(), to = eui.wire();
      replace(certificate.der, {from.begin(), from.end()}, {to.begin(), to.end()});
      METERWAY_TRY(certificate.serial, pki::SmkiSerial::from_bytes(serial));
      certificate.device_eui = eui;
      const auto added = registry::add_certificate(view, certificate, templates_[i].use, "");
      if (!added) return Unexpected{added.error()};
    }
    return {};
  }

 private:
  static void replace(Bytes& in, const Bytes& from, const Bytes& to) {
    const auto at = std::search(in.begin(), in.end(), from.begin(), from.end());
    if (at != in.end()) std::copy(to.begin(), to.end(), at);
  }
  std::vector<pki::CertificateRecord> templates_;
};

std::uintmax_t size_of(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().starts_with("store")) bytes += entry.file_size();
  }
  return bytes;
}

template <class Work>
Status fill(const DataFolder& data, std::size_t devices, Work work) {
  store::LogOptions small;  // so that what is measured lies in the store, not in the log before it
  small.checkpoint_bytes = 1u << 20;
  METERWAY_TRY(const auto store, store::open_log_store(data.store().string(), std::move(small)));
  for (std::size_t first = 0; first < devices; first += kBatch) {
    const auto written = store->write([&](store::WriteView& view) -> Status {
      for (auto number = first; number < std::min(first + kBatch, devices); ++number)
        METERWAY_CHECK(work(view, number));
      return {};
    });
    if (!written) return written;
  }
  return {};
}

struct Started {
  double seconds = 0;
  double resident_bytes = 0;
  bool found = false;  ///< a device of the inventory is shown on demand
};

double resident_bytes(pid_t pid) {
  const auto text = read_text_file("/proc/" + std::to_string(pid) + "/statm", 4096);
  const auto space = text ? text->find(' ') : std::string::npos;
  return space == std::string::npos ? 0 : std::strtod(text->c_str() + space, nullptr) * ::sysconf(_SC_PAGESIZE);
}

/// A real platform: from its start to the line that says it is ready.
Result<Started> start_platform(const DataFolder& data, std::size_t devices) {
  const auto log = (data.root / "serve.log").string();
  const auto begin = steady_clock::now();
  METERWAY_TRY(auto serve, ChildProcess::start({"serve", "--data", data.root.string(), "--no-estate", "--http-port",
                                                "0", "--smki-port", "0", "--link-port", "0"},
                                               false, log));
  Started out;
  for (;;) {
    const auto said = read_text_file(log);
    if (said && said->find("ready:") != std::string::npos) break;
    if (!serve.running()) return fail(ErrorCode::Closed, 0, "the platform ended; see serve.log");
    if (steady_clock::now() - begin > kPatience) return fail(ErrorCode::Timeout, 0, "the platform is not ready");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  out.seconds = seconds_since(begin);
  out.resident_bytes = resident_bytes(serve.pid());
  if (devices > 0) {
    const NodeClient client(data, std::nullopt);
    const auto answer = client.ask("GET", "/api/v1/devices/" + Eui64(kFirst + devices / 2).plain());
    out.found = answer && answer->status == 200;
  }
  serve.stop();
  return out;
}

Result<nlohmann::json> measure(const Options& options, const DataFolder& data) {
  const SystemClock clock;
  SystemRandom random;
  const auto count = static_cast<double>(options.devices);
  METERWAY_TRY(const auto empty, start_platform(data, 0));
  const auto bytes_before = size_of(data.platform());
  auto begin = steady_clock::now();
  METERWAY_CHECK(fill(data, options.devices, [](store::WriteView& view, std::size_t number) {
    return registry::put_device(view, device(number));
  }));
  nlohmann::json out = {{"devices", options.devices}, {"fill_seconds", seconds_since(begin)}};
  const auto bytes_devices = size_of(data.platform());
  out["disk_bytes_per_device"] = static_cast<double>(bytes_devices - bytes_before) / count;
  if (options.certificates) {
    METERWAY_TRY(const auto certificates, Certificates::make(clock, random));
    begin = steady_clock::now();
    METERWAY_CHECK(fill(data, options.devices,
                        [&](store::WriteView& view, std::size_t number) { return certificates.add(view, number); }));
    out["fill_certificates_seconds"] = seconds_since(begin);
    out["disk_bytes_per_device_with_certificates"] =
        static_cast<double>(size_of(data.platform()) - bytes_before) / count;
  }
  METERWAY_TRY(const auto full, start_platform(data, options.devices));
  if (!full.found) return fail(ErrorCode::NotFound, 0, "a device of the inventory");
  out["start_seconds"] = full.seconds;
  out["start_seconds_empty"] = empty.seconds;
  out["resident_bytes"] = full.resident_bytes;
  out["resident_bytes_empty"] = empty.resident_bytes;
  out["memory_bytes_per_device"] = std::max(0.0, full.resident_bytes - empty.resident_bytes) / count;
  return out;
}

Result<nlohmann::json> run_bench(const Options& options, const fs::path& folder) {
  const DataFolder data{folder / "data"};
  METERWAY_TRY(const auto made, run_self({"pki", "make", "--data", data.root.string(), "--http-port", "0",
                                          "--smki-port", "0", "--link-port", "0"}));
  return made == 0 ? measure(options, data) : Result<nlohmann::json>(fail(ErrorCode::Io, 0, "node"));
}

}  // namespace

void add_bench_registry(Subcommand& app, int& status) {
  auto* bench = app.get_subcommand("bench");  // bench.cpp makes it
  auto* command = bench->add_subcommand("registry", "Room, memory and start-up with many devices");
  const auto options = std::make_shared<Options>();
  command->add_option("--devices", options->devices, "How many")->capture_default_str()->between(1, 100000000);
  add_output_options(*command, options->output, "Folder for the node, kept afterwards");
  command->add_flag("!--no-certificates", options->certificates, "Devices alone");
  command->callback([options, &status] {
    status =
        run_in_folder("registry", options->output, [&](const fs::path& folder) { return run_bench(*options, folder); });
  });
}

}  // namespace meterway::apps
