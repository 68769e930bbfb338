#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "oversight/registration/generator.h"
#include "records/registry/octets.h"

namespace meterway::apps {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
constexpr std::chrono::seconds kPatience{600};

struct Options {
  AdminTarget target;
  std::string token_file, signature, mpxn, at, sender, out, file;
  std::vector<std::string> files;
  std::size_t points = 1000;
  std::uint64_t seed = 1;
  bool import = false, all = false;
};
using Shared = std::shared_ptr<Options>;

int complain(const std::string& what, const std::string& why) {
  fmt::print(stderr, "registration: {}: {}\n", what, why);
  return 1;
}

/// Into one file for each sender, and senders.json for `registration senders`.
int generate(const Options& options) {
  std::error_code error;
  fs::create_directories(options.out, error);
  std::map<std::string, std::ofstream> open;
  const registration::Plan plan{options.points, options.seed, SystemClock().now()};
  const auto made = registration::generate(plan, [&](const std::string& name, std::string_view piece) -> Status {
    auto& to = open[name];
    if (!to.is_open()) to.open(fs::path(options.out) / name, std::ios::binary | std::ios::trunc);
    to.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    return to ? Status() : Status(fail(ErrorCode::Io, 0, "file"));
  });
  if (!made) return complain(options.out, describe(made.error()));
  json senders = json::array();
  for (const auto& one : made->senders) senders.push_back(json::parse(registration::to_json(one)));
  const auto written = write_text_file(
      fs::path(options.out) / "senders.json",
      json{{"senders", senders}, {"participants", made->participants}, {"files", made->files}}.dump(2) + "\n");
  if (!written) return complain("senders.json", describe(written.error()));
  fmt::print("{} metering points of {} homes in {} files\n", made->points, made->homes, made->files.size());
  return 0;
}

/// As the operator, or with the token of another.
Result<net::HttpResponse> post(const Options& options, const std::string& path, std::string_view body,
                               const std::string& signature = {}) {
  const DataFolder data{options.target.data};
  auto headers = called_by(options.token_file.empty() ? data.operator_token() : fs::path(options.token_file));
  headers["content-type"] = "application/octet-stream";
  if (!signature.empty()) headers["x-signature"] = to_base64(registry::bytes_of(signature));
  return net::http_request("POST", platform_url(data, options.target.url) + path, headers, body, kPatience);
}

int load(const Options& options) {
  for (const auto& name : options.files) {
    const auto base = fs::path(name).filename().string();
    Result<net::HttpResponse> answer = fail(ErrorCode::Io);
    if (options.import) {
      answer = post(options, "/api/v1/registration/import?name=" + name, {});
    } else {
      const auto text = read_text_file(name);
      if (!text) return complain(name, describe(text.error()) + "; a large file is taken with --import");
      std::string signature;
      if (!options.signature.empty()) {
        const auto read = read_text_file(options.signature);
        if (!read) return complain(options.signature, describe(read.error()));
        signature = *read;
      }
      answer = post(options, "/api/v1/registration/files?name=" + base, *text, signature);
    }
    if (!answer || answer->status != 200) return tell(answer, name);
    const auto done = json::parse(answer->body, nullptr, false);
    fmt::print("{}: {} of {} records taken, {} refused; {} {}\n", name, done.value("accepted", 0),
               done.value("records", 0), done.value("rejected", 0), done.value("sender", ""),
               done.value("sequence", 0));
  }
  return 0;
}

int show(const Options& options) {
  const auto text = fetch(options.target.client(), "/api/v1/registration/points/" + options.mpxn +
                                                       (options.at.empty() ? "" : "?at=" + options.at));
  if (!text) return 1;
  const auto point = json::parse(*text);
  fmt::print("{} ({}) at {}\n", point.value("mpxn", ""), point.value("fuel", ""), point.value("at", ""));
  for (const auto& one : point.at("history")) {
    const auto until = one.at("until").is_null() ? "further notice" : one.at("until").get<std::string>();
    bool holds = false;
    for (const auto& now : point.at("registered")) holds = holds || now == one;
    fmt::print("{} {} {:4} from {} until {} ({})\n", holds ? "*" : " ", one.value("role", ""),
               one.value("participant", ""), one.value("from", ""), until, one.value("source", ""));
  }
  for (const auto& one : point.at("addresses"))
    fmt::print("  {}: {}, {}, {}{}\n", one.value("source", ""), one.value("identifier", ""), one.value("lines", ""),
               one.value("post_code", ""), one.contains("uprn") ? ", UPRN " + one.value("uprn", "") : "");
  for (const auto& one : point.at("details_said"))
    fmt::print("  {}: {} ({})\n", one.value("name", ""), one.value("value", ""), one.value("source", ""));
  return 0;
}

/// Makes batches, and puts each out as it is sent: to a folder, or here.
int flags(const Options& options) {
  const auto client = options.target.client();
  const auto base = "/api/v1/registration/flags/" + options.sender;
  const auto made = client.ask("POST", base + (options.all ? "?all=true" : ""));
  if (!made || made->status != 200) return tell(made, "flags");
  const auto run = json::parse(made->body);
  for (const auto& sequence : run.at("batches")) {
    const auto text = fetch(client, base + "/" + sequence.dump());
    if (!text) return 1;
    if (options.out.empty()) {
      fmt::print("{}", *text);
      continue;
    }
    const auto name = options.sender + "-flags-" + sequence.dump();
    const auto written = write_text_file(fs::path(options.out) / name, *text);
    if (!written) return complain(name, describe(written.error()));
    fmt::print("{}\n", name);
  }
  return 0;
}

/// Lists them, or puts those of a file that `generate` has made.
int senders(const Options& options) {
  const auto client = options.target.client();
  if (!options.file.empty()) {
    const auto text = read_text_file(options.file);
    if (!text) return complain(options.file, describe(text.error()));
    const auto all = json::parse(*text, nullptr, false);
    if (!all.is_object() || !all.contains("senders") || !all["senders"].is_array())
      return complain(options.file, "expected an object with senders");
    for (const auto& one : all["senders"]) {
      const auto id = one.is_object() ? one.value("id", "") : "";
      const auto answer = client.ask("PUT", "/api/v1/registration/senders/" + id, one.dump());
      if (!answer || answer->status > 201) return tell(answer, id);
    }
    return 0;
  }
  const auto text = fetch(client, "/api/v1/registration/senders");
  if (!text) return 1;
  const auto answer = json::parse(*text);
  for (const auto& one : answer.at("senders"))
    fmt::print("{:10}  {:16}  next {:6}  flags by {:8} {}\n", one.value("id", ""), one.value("source", ""),
               one.value("next", 0), one.value("route", ""), one.value("party", ""));
  return 0;
}

Subcommand* add(Subcommand& parent, const char* name, const char* about, int& status, int (*run)(const Options&),
                const Shared& options, bool asks_a_node = true) {
  auto* command = parent.add_subcommand(name, about);
  if (asks_a_node) add_admin_options(*command, options->target);
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

}  // namespace

void add_registration(Subcommand& app, int& status) {
  auto* registration = app.add_subcommand("registration", "Registration data: generate, load, show, flags, senders");
  registration->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  auto* make = add(*registration, "generate", "Full files of an invented country", status, generate, options, false);
  make->add_option("--points", options->points, "Metering points")->capture_default_str()->between(1, 60000000);
  make->add_option("--seed", options->seed, "The same seed gives the same files on the same day")
      ->capture_default_str();
  make->add_option("--out", options->out, "Folder for them")->required();
  auto* take = add(*registration, "load", "Have files of registration data taken", status, load, options);
  take->add_option("files", options->files, "Files; with --import their names in the platform's folder")->required();
  take->add_option("--signature", options->signature, "Detached CMS signature of the file")->existing_file();
  take->add_option("--token-file", options->token_file, "Of who brings them; the operator's unless it is said");
  take->add_flag("--import", options->import, "They lie in the folder that the setting registration_folder names");
  auto* point = add(*registration, "show", "A metering point, its history and addresses", status, show, options);
  point->add_option("mpxn", options->mpxn, "MPAN or MPRN")->required();
  point->add_option("--at", options->at, "A moment, such as 2026-11-23T00:00:00Z; now unless it is said");
  auto* out =
      add(*registration, "flags", "Make the DCC Service Flags that a sender has to be told", status, flags, options);
  out->add_option("sender", options->sender, "Which")->required();
  out->add_flag("--all", options->all, "Of all its points, not only what has changed");
  out->add_option("--out", options->out, "Folder for them; here unless it is said");
  auto* list = add(*registration, "senders", "Who sends registration data, one a line", status, senders, options);
  list->add_option("file", options->file, "senders.json of `generate`: make these senders instead");
}

}  // namespace meterway::apps
