#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "apps/command.h"
#include "apps/world.h"
#include "base/util/file.h"
#include "field/sim/estate.h"
#include "field/sim/estate_table.h"

namespace meterway::apps {
namespace {

struct Options {
  std::string data;
  std::string estate;   // --estate, otherwise DATA/estate
  std::string issuer;   // of init: file stem
  std::string anchors;  // of init
  std::string publish;  // of init
  std::string rows;     // of init: a table of homes
  std::string link = "127.0.0.1:8084";
  int latency_ms = 20;
  int gas_wake_ms = 0;
  int retry_ms = 500;

  field::EstatePaths paths() const {
    return {estate.empty() ? DataFolder{data}.estate() : std::filesystem::path(estate)};
  }
};

int complain(const Error& error) {
  std::fprintf(stderr, "meterway estate: %s\n", describe(error).c_str());
  return 1;
}

Result<pki::Authority> load_authority(const std::string& stem) {
  METERWAY_TRY(const auto pem, read_file(stem + ".pem"));
  METERWAY_TRY(auto certificate, pki::parse_certificate(pem));
  METERWAY_TRY(const auto encoded, read_file(stem + ".key"));
  METERWAY_TRY(auto key, crypto::PrivateKey::from_encoded(encoded));
  return pki::Authority{std::move(certificate), std::move(key)};
}

/// Keys that are there already (of `pki make`) are used; with an issuer they are made.
Status init(const Options& options) {
  const auto paths = options.paths();
  const SystemClock clock;
  auto rows = field::demo_home();
  auto anchors = field::demo_anchors();
  if (!options.rows.empty()) {
    METERWAY_TRY(const auto text, read_text_file(options.rows));
    METERWAY_TRY(rows, field::read_rows(text));
  }
  if (!options.anchors.empty()) {
    const std::filesystem::path folder = options.anchors;
    METERWAY_TRY(const auto text, read_text_file(folder / "anchors.tsv"));
    METERWAY_TRY(anchors, field::read_anchor_rows(text));
    METERWAY_CHECK(field::copy_certificates(paths, folder, anchors));
  }
  if (!options.issuer.empty()) {
    METERWAY_TRY(const auto issuer, load_authority(options.issuer));
    SystemRandom random;
    METERWAY_CHECK(field::make_device_keys(paths, rows, issuer, options.publish, clock.now(), random));
  }
  METERWAY_CHECK(field::found_estate(paths, rows, anchors, clock.now()));
  std::printf("%zu devices in %s\n", rows.size(), paths.folder.c_str());
  return {};
}

Status run(const Options& options) {
  const auto colon = options.link.rfind(':');
  int port = 0;
  if (colon != std::string::npos) port = std::atoi(options.link.c_str() + colon + 1);
  if (port <= 0 || port > 65535) return fail(ErrorCode::BadValue, 0, "--link host:port");

  // Blocked before any thread starts, so that none of them is interrupted and we can wait for it.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const auto paths = options.paths();
  const field::HomeSettings settings{std::chrono::milliseconds(options.latency_ms),
                                     std::chrono::milliseconds(options.gas_wake_ms)};
  // A new node has its devices' keys from `pki make`; the first start delivers the devices.
  if (!std::filesystem::exists(paths.table()) && std::filesystem::exists(paths.keys())) METERWAY_CHECK(init(options));
  METERWAY_TRY(auto homes, field::load_homes(paths, settings));
  METERWAY_TRY(auto outbox, field::load_outbox(paths));
  const SystemClock clock;
  const std::size_t count = homes.size();
  field::Region region(clock, std::move(homes), std::move(outbox), field::save_to(paths));
  METERWAY_CHECK(region.connect(options.link.substr(0, colon), static_cast<std::uint16_t>(port),
                                std::chrono::milliseconds(options.retry_ms)));
  std::printf("estate of %zu home%s on the link to %s\n", count, count == 1 ? "" : "s", options.link.c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return {};
}

}  // namespace

void add_estate(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* estate = app.add_subcommand("estate", "Run the emulated homes, or make them (estate init)");
  estate->require_subcommand(0, 1);
  add_data_option(*estate, options->data);
  estate->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
  estate->add_option("--link", options->link, "The platform's WAN port")->capture_default_str();
  estate->add_option("--latency-ms", options->latency_ms, "From the hub to a device and through it")
      ->capture_default_str();
  estate->add_option("--gas-wake-ms", options->gas_wake_ms, "How often a gas meter wakes; 0: always awake")
      ->capture_default_str();
  estate->add_option("--retry-ms", options->retry_ms, "Between attempts to connect")->capture_default_str();

  auto* make = estate->add_subcommand(
      "init", "Deliver the devices of new homes: their first state and, with an issuer, their keys");
  add_data_option(*make, options->data);
  make->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
  make->add_option("--issuer", options->issuer,
                   "Issuing authority, file name without .pem and .key; without it the keys are there already");
  make->add_option(
      "--anchors", options->anchors,
      "Folder with anchors.tsv (role, eui) and the parties' certificates; without it those of the demonstration");
  make->add_option("--publish", options->publish, "Folder for the devices' certificates, with --issuer");
  make->add_option("--homes", options->rows, "Table of homes to make (default: the demonstration's)");
  make->callback([options, &status] {
    if (const auto done = init(*options); !done) status = complain(done.error());
  });
  estate->callback([options, make, &status] {
    if (make->parsed()) return;
    if (const auto done = run(*options); !done) status = complain(done.error());
  });
}

}  // namespace meterway::apps
