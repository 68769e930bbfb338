#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "field/sim/alert_order.h"
#include "field/sim/estate.h"
#include "field/sim/estate_table.h"
#include "field/sim/fault_order.h"
#include "field/sim/local_order.h"
#include "field/sim/replay_order.h"
#include "field/sim/running_estate.h"

namespace meterway::apps {
namespace {

struct Options {
  std::string data;
  std::string estate;   // --estate, otherwise DATA/estate
  std::string issuer;   // of init: file stem
  std::string anchors;  // of init
  std::string publish;  // of init
  std::string rows;     // of init: a table of homes
  std::string variant = "A";
  std::string link = "127.0.0.1:8084";
  int latency_ms = 20;
  int gas_wake_ms = 0;
  int retry_ms = 500;
  double loss = 0;
  double reorder = 0;
  std::string radio_ms = "0..0";
  std::uint64_t seed = 1;
  int report_ms = 180000;
  int spread_ms = 2000;
  int hold_up_ms = 240000;
  int resend_ms = 10000;
  std::size_t block_bytes = field::RegionSettings{}.block_bytes;
  std::size_t awake = 2000;
  std::size_t count = 0;                 // of init
  std::string devices = "CHF,GPF,ESME";  // of init
  std::string responsible;               // of init
  std::string supply_region;             // of outage and restore
  std::size_t hubs = 0;
  std::string duration;
  std::string alert, device;            // of alert
  std::vector<std::string> parameters;  // of alert: name=value
  std::string place, result;            // of fault
  bool mend = false;
  std::string message;         // of replay
  std::string token, display;  // of top-up and the others at the keys of a meter

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

Result<std::vector<DeviceType>> read_types(const std::string& text) {
  std::vector<DeviceType> types;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    METERWAY_TRY(const auto type, parse_device_type(text.substr(at, comma - at)));
    types.push_back(type);
    at = comma + 1;
  }
  if (std::count(types.begin(), types.end(), DeviceType::CHF) != 1)
    return fail(ErrorCode::BadValue, 0, "--devices: one CHF a home");
  return types;
}

/// Of ROLE:EUI;ROLE:EUI those whose role is about this type of device.
std::string responsible_for(DeviceType type, const std::string& all) {
  const bool gas = type == DeviceType::GSME || type == DeviceType::GPF;
  const bool electricity = type == DeviceType::ESME;
  std::string out;
  for (std::size_t at = 0; at < all.size() && type != DeviceType::CHF;) {
    const auto end = std::min(all.find(';', at), all.size());
    const auto entry = all.substr(at, end - at);
    const bool gas_role = entry.starts_with("GS:") || entry.starts_with("GT:");
    if (!(gas_role ? electricity : gas)) out += (out.empty() ? "" : ";") + entry;
    at = end + 1;
  }
  return out;
}

/// Keys of many devices follow from one secret; a table of them is written for `device import`.
Status make_many_keys(const Options& options, const field::EstatePaths& paths,
                      const std::vector<field::EstateRow>& rows, const Clock& clock) {
  SystemRandom random;
  std::optional<pki::Authority> issuer;
  if (!options.issuer.empty()) {
    METERWAY_TRY(issuer, load_authority(options.issuer));
  } else {
    const auto validity = pki::Validity::years(clock.now(), 10);
    METERWAY_TRY(const auto root, pki::issue_root("estate root", validity, random));
    METERWAY_TRY(issuer, pki::issue_authority(root, "estate issuing", validity, random));
  }
  std::string table = "eui\ttype\tstate\thub\tCSPRegion\tImportMPxN\tESMEVariant\tresponsible\tsigning\tagreement\n";
  const auto publish = [&](const field::EstateRow& row, const pki::Certificate& signing,
                           const pki::Certificate& agreement) -> Status {
    const bool meter = row.type == DeviceType::ESME;
    const std::string_view region = row.type == DeviceType::CHF ? to_string(row.region) : "";
    table += fmt::format(
        "{}\t{}\tCommissioned\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", row.device.plain(), to_string(row.type), row.hub.plain(),
        region, meter ? field::mpan_of(row.device) : "", meter && row.variant.empty() ? "A" : row.variant,
        responsible_for(row.type, options.responsible), to_base64(signing.der), to_base64(agreement.der));
    return {};
  };
  METERWAY_CHECK(field::make_derived_keys(paths, rows, *issuer, publish, clock.now(), random));
  const auto file = options.publish.empty() ? paths.folder / "public.tsv" : std::filesystem::path(options.publish);
  return write_text_file(file, table);
}

/// Keys that are there already (of `pki make`) are used; with an issuer they are made.
Status init(const Options& options) {
  const auto paths = options.paths();
  const SystemClock clock;
  auto rows = field::demo_home();
  if (options.count > 0) {
    METERWAY_TRY(const auto types, read_types(options.devices));
    rows = field::many_homes(options.count, options.seed, types);
    if (!field::is_variant(options.variant)) return fail(ErrorCode::BadValue, 0, "--variant");
    for (auto& row : rows) {
      if (row.type == DeviceType::ESME) row.variant = options.variant;
    }
  }
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
  if (options.anchors.empty() && options.count > 0) {
    METERWAY_CHECK(field::copy_certificates(paths, DataFolder{options.data}.certificates(), anchors));
    METERWAY_CHECK(field::copy_certificates(paths, DataFolder{options.data}.authority(), {}));
  }
  if (options.count > 0) {
    METERWAY_CHECK(make_many_keys(options, paths, rows, clock));
  } else if (!options.issuer.empty()) {
    METERWAY_TRY(const auto issuer, load_authority(options.issuer));
    SystemRandom random;
    METERWAY_CHECK(field::make_device_keys(paths, rows, issuer, options.publish, clock.now(), random));
  }
  METERWAY_CHECK(field::found_estate(paths, rows, anchors, clock.now()));
  std::fprintf(stderr, "%zu devices in %s\n", rows.size(), paths.folder.c_str());  // a result goes to standard output
  return {};
}

using Ms = std::chrono::milliseconds;

/// "20..300": how long a frame is under way, in milliseconds.
Status read_range(const std::string& text, field::WeatherSettings& weather) {
  int least = 0, most = 0;
  if (std::sscanf(text.c_str(), "%d..%d", &least, &most) != 2 || least < 0 || most < least)
    return fail(ErrorCode::BadValue, 0, "--radio-ms a..b");
  weather.least = Ms(least);
  weather.most = Ms(most);
  return {};
}

/// "90", "90s", "5m" or "2h"; in milliseconds.
Result<std::uint64_t> read_duration(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const std::uint64_t factor = unit.empty() || unit == "s" ? 1000 : unit == "m" ? 60000 : unit == "h" ? 3600000 : 0;
  if (error != std::errc() || factor == 0 || number > 1000000) return fail(ErrorCode::BadValue, 0, "--for 90s|5m|2h");
  return number * factor;
}

/// Tells the estate that runs in the folder, and prints what it says.
Status tell(const Options& options, std::string line) {
  if (options.hubs > 0) line += " hubs=" + std::to_string(options.hubs);
  if (!options.supply_region.empty()) line += " region=" + options.supply_region;
  if (!options.duration.empty()) {
    METERWAY_TRY(const auto ms, read_duration(options.duration));
    line += " for_ms=" + std::to_string(ms);
  }
  METERWAY_TRY(const auto answer, field::ask_control(options.paths().control(), line));
  std::fputs(answer.c_str(), stdout);
  return answer.find("\"error\"") == std::string::npos ? Status() : fail(ErrorCode::BadRequest, 0, "the estate");
}

/// Has a device of the estate that runs in the folder raise an alert.
Status raise(const Options& options) {
  field::AlertOrder order;
  METERWAY_TRY(order.alert, field::parse_alert_code(options.alert));
  METERWAY_TRY(order.device, Eui64::parse(options.device));
  for (const auto& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0) return fail(ErrorCode::BadValue, 0, "--param name=value");
    order.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  METERWAY_TRY(const auto answer, field::ask_control(options.paths().control(), field::write_alert_order(order)));
  std::fputs(answer.c_str(), stdout);
  return answer.find("\"error\"") == std::string::npos ? Status() : fail(ErrorCode::BadRequest, 0, "the estate");
}

/// Breaks or mends something in a device of the estate that runs in the folder, or asks what is broken.
Status fault(const Options& options) {
  field::FaultOrder order;
  METERWAY_TRY(order.device, Eui64::parse(options.device));
  order.fault.at = options.place;
  if (options.mend) {
    order.what = field::FaultOrder::What::Mend;
  } else if (!options.place.empty()) {
    order.what = field::FaultOrder::What::Break;
    METERWAY_TRY(order.fault, field::read_fault(options.place, options.result));
  }
  const auto line = field::write_fault_order(order, options.result);
  METERWAY_TRY(const auto answer, field::ask_control(options.paths().control(), line));
  std::fputs(answer.c_str(), stdout);
  return answer.find("\"error\"") == std::string::npos ? Status() : fail(ErrorCode::BadRequest, 0, "the estate");
}

/// What a device answers to a command, by a copy of it: the message in hexadecimal.
Status replay(const Options& options) {
  METERWAY_TRY(const auto message, from_hex(options.message));
  METERWAY_TRY(const auto answer, field::ask_control(options.paths().control(), field::write_replay_order(message)));
  std::fputs(answer.c_str(), stdout);
  return answer.find("\"error\"") == std::string::npos ? Status() : fail(ErrorCode::BadRequest, 0, "the estate");
}

/// Has a person do something at a meter, or at a display beside it, of the estate that runs in the folder.
Status act(const Options& options, field::LocalAct what) {
  field::HomeOrder order;
  order.order = {what, options.token};
  METERWAY_TRY(order.meter, Eui64::parse(options.device));
  if (!options.display.empty()) {
    METERWAY_TRY(order.display, Eui64::parse(options.display));
  }
  METERWAY_TRY(const auto answer, field::ask_control(options.paths().control(), field::write_home_order(order)));
  std::fputs(answer.c_str(), stdout);
  return answer.find("\"error\"") == std::string::npos ? Status() : fail(ErrorCode::BadRequest, 0, "the estate");
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
  field::EstateSettings settings;
  settings.home = {Ms(options.latency_ms), Ms(options.gas_wake_ms), Ms(options.report_ms), Ms(options.spread_ms),
                   Ms(options.hold_up_ms)};
  settings.region.resend = Ms(options.resend_ms);
  settings.region.longest_resend = std::max(settings.region.longest_resend, settings.region.resend);
  settings.region.awake = options.awake;
  settings.region.block_bytes = options.block_bytes;
  settings.region.weather.loss = options.loss;
  settings.region.weather.reorder = options.reorder;
  settings.region.weather.seed = options.seed;
  METERWAY_CHECK(read_range(options.radio_ms, settings.region.weather));
  settings.address = options.link.substr(0, colon);
  settings.port = static_cast<std::uint16_t>(port);
  settings.retry = Ms(options.retry_ms);
  // A new node has its devices' keys from `pki make`; the first start delivers the devices.
  if (!std::filesystem::exists(paths.table()) && std::filesystem::exists(paths.keys())) METERWAY_CHECK(init(options));
  const SystemClock clock;
  METERWAY_TRY(const auto running, field::RunningEstate::start(paths, settings, clock));
  const auto count = running->homes();
  std::printf("estate of %zu home%s on the link to %s\n", count, count == 1 ? "" : "s", options.link.c_str());
  if (!running->without_control().empty())
    std::fprintf(stderr, "meterway estate: no control socket: %s\n", running->without_control().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return {};
}

}  // namespace

void add_estate(Subcommand& app, int& status) {
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
  estate->add_option("--loss", options->loss, "Share of link frames that are lost on the way")->between(0.0, 0.9);
  estate->add_option("--reorder", options->reorder, "Share of link frames that others overtake")->between(0.0, 1.0);
  estate->add_option("--radio-ms", options->radio_ms, "How long a link frame is under way, a..b")
      ->capture_default_str();
  estate->add_option("--seed", options->seed, "Of loss, order and latency")->capture_default_str();
  estate->add_option("--resend-ms", options->resend_ms, "When to say again what is not acknowledged")
      ->capture_default_str();
  estate
      ->add_option("--block-bytes", options->block_bytes, "A device's message above this goes over the link in blocks")
      ->between(wire::kLinkLeastWholeBytes, wire::kLinkMaxMessageBytes)
      ->capture_default_str();
  estate->add_option("--report-ms", options->report_ms, "How long a hub without supply keeps silent")
      ->capture_default_str();
  estate->add_option("--spread-ms", options->spread_ms, "Over how long hubs then spread their reports")
      ->capture_default_str();
  estate->add_option("--hold-up-ms", options->hold_up_ms, "How long a hub lives without supply")->capture_default_str();
  estate->add_option("--awake", options->awake, "Homes kept ready in memory")->capture_default_str();

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
  make->add_option("--count", options->count,
                   "Make this many homes whose keys follow from one secret; the table of them for `device import` "
                   "goes to --publish (default public.tsv in the estate's folder)");
  make->add_option("--responsible", options->responsible,
                   "Of --count: ROLE:EUI[;ROLE:EUI], each for the devices of its fuel; a hub has none");
  make->add_option("--seed", options->seed, "Of --count: identifiers, loads and install codes")->capture_default_str();
  make->add_option("--variant", options->variant, "Of --count: ESMEVariant of the meters")->capture_default_str();
  make->add_option("--devices", options->devices, "Of --count: what each home has")->capture_default_str();
  make->callback([options, &status] {
    if (const auto done = init(*options); !done) status = complain(done.error());
  });
  const auto add_control = [&](const char* name, const char* help, const std::string& verb) {
    auto* command = estate->add_subcommand(name, help);
    add_data_option(*command, options->data);
    command->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
    if (verb != "stats") {
      command->add_option("--hubs", options->hubs, "At most so many; without it all");
      command->add_option("--region", options->supply_region, "North, Central or South");
    }
    if (verb == "outage") command->add_option("--for", options->duration, "Comes back after 90s, 5m or 2h");
    command->callback([options, &status, verb] {
      if (const auto done = tell(*options, verb); !done) status = complain(done.error());
    });
    return command;
  };
  auto* outage = add_control("outage", "Take the supply of homes away", "outage");
  auto* restore = add_control("restore", "Give the supply of homes back", "restore");
  auto* stats = add_control("stats", "What a running estate has counted", "stats");
  auto* alert = estate->add_subcommand("alert", "Have a device raise an alert");
  add_data_option(*alert, options->data);
  alert->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
  alert->add_option("code", options->alert, "Alert code: 8F36")->required();
  alert->add_option("--device", options->device, "The device's EUI-64")->required();
  alert->add_option("--param", options->parameters, "What the alert says beside code and time, name=value");
  alert->callback([options, &status] {
    if (const auto done = raise(*options); !done) status = complain(done.error());
  });
  auto* broken = estate->add_subcommand("fault", "Break something in a device, mend it, or say what is broken");
  add_data_option(*broken, options->data);
  broken->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
  broken->add_option("--device", options->device, "The device's EUI-64")->required();
  broken->add_option("--at", options->place,
                     "What is broken: 3/1-0:32.7.0.255/2 (object), 0702/0A00 (attribute), 0702/06 (command), "
                     "0702/06/3 (a place of the log that it reads), 000C (use case); without it the faults are told");
  broken->add_option("--result", options->result,
                     "What is answered: other-reason, not found, .. or a number; without it that of broken hardware");
  broken->add_flag("--clear", options->mend, "Mend what is broken there; without --at everything");
  broken->callback([options, &status] {
    if (const auto done = fault(*options); !done) status = complain(done.error());
  });
  auto* again =
      estate->add_subcommand("replay", "What a device answers to a command, by a copy of it that is forgotten");
  add_data_option(*again, options->data);
  again->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
  again->add_option("message", options->message, "The command with its MAC, hexadecimal (a trace has it)")->required();
  again->callback([options, &status] {
    if (const auto done = replay(*options); !done) status = complain(done.error());
  });
  const auto add_act = [&](field::LocalAct what, const char* help) {
    auto* command = estate->add_subcommand(std::string(to_string(what)), help);
    add_data_option(*command, options->data);
    command->add_option("--estate", options->estate, "Folder of the homes (default DATA/estate)");
    command->add_option("--device", options->device, "The meter's EUI-64")->required();
    command->add_option("--at", options->display, "A PPMID that passes it on; without it the meter's own keys");
    if (what == field::LocalAct::TopUp)
      command->add_option("--token", options->token, "The 20 digits (send 2.2 --token prints them)")->required();
    command->callback([options, &status, what] {
      if (const auto done = act(*options, what); !done) status = complain(done.error());
    });
    return command;
  };
  auto* top_up = add_act(field::LocalAct::TopUp, "Type a token into a meter or a display; needs no WAN");
  auto* emergency = add_act(field::LocalAct::EmergencyCredit, "Activate emergency credit at a meter or a display");
  auto* enable = add_act(field::LocalAct::EnableSupply, "Switch supply on, where it is armed");
  estate->callback([options, make, outage, restore, stats, alert, broken, again, top_up, emergency, enable, &status] {
    for (const auto* one : {make, outage, restore, stats, alert, broken, again, top_up, emergency, enable}) {
      if (one->parsed()) return;
    }
    if (const auto done = run(*options); !done) status = complain(done.error());
  });
}

}  // namespace meterway::apps
