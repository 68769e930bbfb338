#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/device_import.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  AdminTarget target;
  std::string eui;
  std::optional<std::string> type, state, hub;
  std::vector<std::string> details, responsible;
  std::string file, certificates;
  std::size_t batch = 500;
  std::string path() const { return "/api/v1/devices/" + eui; }
};
using Shared = std::shared_ptr<Options>;

/// What is wrong with the command line; empty when nothing is. An empty value takes a detail or the hub away.
std::string change(json& device, const Options& options) {
  if (options.type) device["type"] = *options.type;
  if (options.state) device["state"] = *options.state;
  if (options.hub && options.hub->empty())
    device.erase("hub");
  else if (options.hub)
    device["hub"] = *options.hub;
  for (const auto& detail : options.details) {
    const auto equals = detail.find('=');
    if (equals == std::string::npos) return "--detail " + detail + ": expected NAME=VALUE";
    device["details"][detail.substr(0, equals)] = detail.substr(equals + 1);
  }
  if (options.responsible.empty()) return {};
  auto list = json::array();
  for (const auto& text : options.responsible) {
    auto entry = read_responsible(text);
    if (!entry) return "--responsible " + text + ": " + entry.error();
    list.push_back(json::parse(*entry));
  }
  device["responsible"] = list;
  return {};
}

int put(const Options& options, json device, const char* what) {
  if (const auto wrong = change(device, options); !wrong.empty()) {
    fmt::print(stderr, "{}: {}\n", what, wrong);
    return 1;
  }
  return tell(options.target.client().ask("PUT", options.path(), device.dump()), what);
}

int add(const Options& options) {
  const auto known = options.target.client().ask("GET", options.path());
  if (known && known->status == 200) {
    fmt::print(stderr, "device add: {} is in the inventory already; use `device set`\n", options.eui);
    return 1;
  }
  return put(options, json::object(), "device add");
}

int set(const Options& options) {
  const auto known = fetch(options.target.client(), options.path());
  return known ? put(options, json::parse(*known), "device set") : 1;
}

int show(const Options& options) { return tell(options.target.client().ask("GET", options.path()), "device show"); }
int remove(const Options& options) {
  return tell(options.target.client().ask("DELETE", options.path()), "device remove");
}

/// One line a device, page by page.
int list(const Options& options) {
  const auto client = options.target.client();
  std::string path = "/api/v1/devices";
  path += options.hub ? "?hub=" + *options.hub : "";
  while (!path.empty()) {
    const auto text = fetch(client, path);
    if (!text) return 1;
    const auto page = json::parse(*text);
    for (const auto& device : page.at("devices")) {
      fmt::print("{}  {:7}  {:24}  hub {}\n", device.at("eui").get<std::string>(), device.at("type").get<std::string>(),
                 device.at("state").get<std::string>(), device.value("hub", "-"));
    }
    path = page.contains("next") ? "/api/v1/devices?from=" + page["next"].get<std::string>() : "";
  }
  return 0;
}

/// What the sweep of network operator cells cannot compare, as nobody has read it.
int unread_cells(const Options& options) {
  const auto client = options.target.client();
  std::string path = "/api/v1/operations/unread-cells?limit=1000";
  std::uint64_t count = 0;
  while (!path.empty()) {
    const auto text = fetch(client, path);
    if (!text) return 1;
    const auto page = json::parse(*text);
    count = page.at("count");
    for (const auto& device : page.at("devices")) {
      fmt::print("{}  {:7}  {:24}  hub {}\n", device.at("eui").get<std::string>(), device.at("type").get<std::string>(),
                 device.at("state").get<std::string>(), device.value("hub", "-"));
    }
    path = page.contains("next") ? "/api/v1/operations/unread-cells?limit=1000&from=" + page["next"].get<std::string>()
                                 : "";
  }
  fmt::print(
      "{} devices have not said who sits in their network operator cells; 6.24.1 for NetworkOperator asks them\n",
      count);
  return 0;
}

int import(const Options& options) {
  const auto done = import_devices(options.target.client(), options.file, options.certificates, options.batch);
  if (!done) {
    fmt::print(stderr, "device import: {}\n", done.error());
    return 1;
  }
  fmt::print("{} devices added, {} changed, {} certificates\n", done->added, done->changed, done->certificates);
  return 0;
}

Subcommand* add_command(Subcommand& device, const char* name, const char* about, int& status,
                        int (*run)(const Options&), Shared options, bool names_one = true) {
  auto* command = device.add_subcommand(name, about);
  add_admin_options(*command, options->target);
  if (names_one) command->add_option("eui", options->eui, "The device's EUI-64")->required();
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

void add_members(Subcommand& command, Options& options) {
  command.add_option("--type", options.type, "ESME, GSME, CHF, GPF, PPMID, HCALCS, SAPC, IHD or CAD");
  command.add_option("--state", options.state, "As in the inventory: Pending, Whitelisted, Commissioned, ...");
  command.add_option("--hub", options.hub, "EUI-64 of its communications hub; empty: none");
  command.add_option("--detail", options.details, "NAME=VALUE of the inventory record, several times for several");
  command.add_option("--responsible", options.responsible,
                     "ROLE:EUI[,from=TIME][,until=TIME]; replaces those there are");
}

}  // namespace

void add_device(Subcommand& app, int& status) {
  auto* device = app.add_subcommand("device", "Devices of a running platform: add, set, show, list, remove, import");
  device->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  add_members(*add_command(*device, "add", "Put a device into the inventory", status, add, options), *options);
  add_members(*add_command(*device, "set", "Change what is given here of a device", status, set, options), *options);
  add_command(*device, "show", "Everything about one device", status, show, options);
  add_command(*device, "list", "Devices, one a line", status, list, options, false)
      ->add_option("--hub", options->hub, "Those of this hub only");
  add_command(*device, "unread-cells", "Devices that have not said who sits in their network operator cells", status,
              unread_cells, options, false);
  add_command(*device, "remove", "Take it out of the inventory", status, remove, options);
  auto* many =
      add_command(*device, "import", "Add or change many devices from a table", status, import, options, false);
  many->add_option("file", options->file, "Tab-separated: the first line names the columns")
      ->required()
      ->existing_file();
  many->add_option("--certificates", options->certificates, "Folder of <eui>-ds.pem and <eui>-ka.pem")
      ->existing_folder();
  many->add_option("--batch", options->batch, "Devices in one write")->between(1, 1000);
}

}  // namespace meterway::apps
