#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "standard/pki/certificate.h"

namespace meterway::apps {
namespace {

using nlohmann::json;
constexpr const char* kPath = "/api/v1/certificates";

struct Options {
  AdminTarget target;
  std::string serial, owner, use;
  std::vector<std::string> files;
  std::string path() const { return std::string(kPath) + "/" + serial; }
};
using Shared = std::shared_ptr<Options>;

int add(const Options& options) {
  const auto client = options.target.client();
  int status = 0;
  for (const auto& file : options.files) {
    const auto content = read_file(file, pki::kMaxCertificateBytes);
    if (!content) {
      fmt::print(stderr, "certificate add: {}: {}\n", file, describe(content.error()));
      status = 1;
      continue;
    }
    const std::string text(content->begin(), content->end());
    const bool pem = text.find("-----BEGIN") != std::string::npos;
    json body = {{"certificate", pem ? text : to_base64(*content)},
                 {"name", std::filesystem::path(file).stem().string()}};
    if (!options.use.empty()) body["use"] = options.use;
    status |= tell(client.ask("POST", kPath, body.dump(-1, ' ', false, json::error_handler_t::replace)), file);
  }
  return status;
}

int revoke(const Options& options) {
  return tell(options.target.client().ask("DELETE", options.path()), "certificate revoke");
}
int use(const Options& options) {
  return tell(options.target.client().ask("PUT", options.path(), R"({"status":"in use"})"), "certificate use");
}
int show(const Options& options) {
  return tell(options.target.client().ask("GET", options.path()), "certificate show");
}

/// One line a certificate, page by page.
int list(const Options& options) {
  const auto client = options.target.client();
  std::string path = kPath;
  if (!options.owner.empty()) path += "?owner=" + options.owner;
  while (!path.empty()) {
    const auto text = fetch(client, path);
    if (!text) return 1;
    const auto page = json::parse(*text);
    for (const auto& one : page.at("certificates")) {
      fmt::print("{}  {:5}  {:10}  {:32}  {}\n", one.at("owner").get<std::string>(), one.at("use").get<std::string>(),
                 one.at("status").get<std::string>(), one.at("serial").get<std::string>(),
                 one.at("name").get<std::string>());
    }
    path = page.contains("next") ? std::string(kPath) + "?from=" + page["next"].get<std::string>() : "";
  }
  return 0;
}

Subcommand* add_command(Subcommand& parent, const char* name, const char* about, int& status,
                        int (*run)(const Options&), Shared options, bool names_one) {
  auto* command = parent.add_subcommand(name, about);
  add_admin_options(*command, options->target);
  if (names_one) command->add_option("serial", options->serial, "Serial number, hexadecimal")->required();
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

}  // namespace

void add_certificate(Subcommand& app, int& status) {
  auto* parent =
      app.add_subcommand("certificate", "Certificates that a running platform knows: add, revoke, list, ...");
  parent->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  auto* adding = add_command(*parent, "add", "Make certificates known", status, add, options, false);
  adding->add_option("files", options->files, "Certificates, PEM or DER")->required()->existing_file();
  adding->add_option("--use", options->use, "ds, ka, pp-ka or xml, where the certificate leaves it open");
  add_command(*parent, "revoke", "Believe it no longer, for good", status, revoke, options, true);
  add_command(*parent, "use", "Put it in use instead of the one that is", status, use, options, true);
  add_command(*parent, "show", "Everything about one certificate", status, show, options, true);
  add_command(*parent, "list", "Certificates, one a line", status, list, options, false)
      ->add_option("--owner", options->owner, "Those of this EUI-64 only");
}

}  // namespace meterway::apps
