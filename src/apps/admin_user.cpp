#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/file.h"
#include "standard/pki/certificate.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  AdminTarget target;
  std::string eui;
  std::optional<std::string> name, push_url, state;
  std::vector<std::string> roles, participants;
  std::optional<bool> gzip;
  std::optional<unsigned> rate;
  std::vector<std::string> files;
  std::string revoke;
  bool list = false;
  bool save = false;
  std::string path() const { return "/api/v1/users/" + eui; }
};
using Shared = std::shared_ptr<Options>;

void change(json& user, const Options& options) {
  if (options.name) user["name"] = *options.name;
  if (options.push_url) user["push_url"] = *options.push_url;
  if (options.state) user["state"] = *options.state;
  if (!options.roles.empty()) user["roles"] = options.roles;
  if (!options.participants.empty()) {
    user["participants"] = json::array();
    for (const auto& one : options.participants) {
      const auto equals = std::min(one.find('='), one.size());
      user["participants"].push_back(
          {{"role", one.substr(0, equals)}, {"id", one.substr(std::min(equals + 1, one.size()))}});
    }
  }
  if (options.gzip) user["takes_gzip"] = *options.gzip;
  if (options.rate) user["pushes_per_second"] = *options.rate;
}

int add(const Options& options) {
  const auto client = options.target.client();
  const auto known = client.ask("GET", options.path());
  if (known && known->status == 200) {
    fmt::print(stderr, "user add: {} is a User already; use `user set`\n", options.eui);
    return 1;
  }
  json user = json::object();
  change(user, options);
  return tell(client.ask("PUT", options.path(), user.dump()), "user add");
}

int set(const Options& options) {
  const auto client = options.target.client();
  const auto known = fetch(client, options.path());
  if (!known) return 1;
  auto user = json::parse(*known);
  change(user, options);
  return tell(client.ask("PUT", options.path(), user.dump()), "user set");
}

/// One line a User; `show` has it all.
int list(const Options& options) {
  const auto text = fetch(options.target.client(), "/api/v1/users");
  if (!text) return 1;
  const auto answer = json::parse(*text);
  for (const auto& user : answer.at("users")) {
    std::string roles;
    for (const auto& role : user.at("roles")) roles += (roles.empty() ? "" : " ") + role.get<std::string>();
    fmt::print("{}  {:12}  {:20}  {:22}  {}\n", user.at("eui").get<std::string>(), user.at("state").get<std::string>(),
               user.at("name").get<std::string>(), roles, user.at("push_url").get<std::string>());
  }
  return 0;
}

int token(const Options& options) {
  const auto client = options.target.client();
  const auto path = options.path() + "/tokens";
  if (options.list) return tell(client.ask("GET", path), "user token");
  if (!options.revoke.empty()) return tell(client.ask("DELETE", path + "/" + options.revoke), "user token");
  const auto made = client.ask("POST", path);
  if (!made || made->status != 201) return tell(made, "user token");
  const auto body = json::parse(made->body);
  const auto secret = body.at("token").get<std::string>();
  if (!options.save) {
    fmt::print("{}\n", secret);
    return 0;
  }
  const auto eui = Eui64::parse(options.eui);  // the platform has read it, too
  const auto file = DataFolder{options.target.data}.user_token(eui ? *eui : Eui64());
  if (const auto written = write_text_file(file, secret + "\n", 0600); !written) {
    fmt::print(stderr, "user token: {}: {}\n", file.string(), describe(written.error()));
    return 1;
  }
  fmt::print("token {} is in {}\n", body.at("id").get<std::string>(), file.string());
  return 0;
}

/// Certificates of this User; another owner's is refused here, before it is added.
int certificate(const Options& options) {
  const auto client = options.target.client();
  const auto owner = Eui64::parse(options.eui);
  int status = 0;
  for (const auto& file : options.files) {
    const auto text = read_text_file(file, pki::kMaxCertificateBytes);
    const auto read = text ? pki::parse_certificate({reinterpret_cast<const std::uint8_t*>(text->data()), text->size()})
                           : Result<pki::Certificate>(Unexpected{text.error()});
    if (!read) {
      fmt::print(stderr, "user certificate: {}: {}\n", file, describe(read.error()));
      status = 1;
    } else if (!owner || read->owner() != *owner) {
      fmt::print(stderr, "user certificate: {}: not a certificate of {}\n", file, options.eui);
      status = 1;
    } else {
      const json body = {{"certificate", pki::to_pem(read->der, pki::kPemCertificate)},
                         {"name", std::filesystem::path(file).stem().string()}};
      status |= tell(client.ask("POST", "/api/v1/certificates", body.dump()), file);
    }
  }
  return status;
}

Subcommand* add_command(Subcommand& user, const char* name, const char* about, int& status, int (*run)(const Options&),
                        Shared options, bool names_one = true) {
  auto* command = user.add_subcommand(name, about);
  add_admin_options(*command, options->target);
  if (names_one) command->add_option("eui", options->eui, "The User's EUI-64")->required();
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

void add_members(Subcommand& command, Options& options) {
  command.add_option("--name", options.name, "What people call it");
  command.add_option("--role", options.roles, "IS, ES, GS, ED, GT, RSA, OU or LC; several times for several");
  command.add_option("--participant", options.participants,
                     "Name in registration data, such as IS=SUNA; several times for several");
  command.add_option("--push-url", options.push_url, "Where responses and alerts are delivered");
  command.add_option("--state", options.state, "live, suspended or \"not yet live\"");
  command.add_option("--gzip", options.gzip, "Whether it takes compressed pushes: true or false");
  command.add_option("--pushes-per-second", options.rate, "The most it has agreed to take; 0: no such agreement");
}

int show(const Options& options) { return tell(options.target.client().ask("GET", options.path()), "user show"); }
int remove(const Options& options) {
  return tell(options.target.client().ask("DELETE", options.path()), "user remove");
}
int suspend(const Options& options) {
  auto changed = options;
  changed.state = "suspended";
  return set(changed);
}
int resume(const Options& options) {
  auto changed = options;
  changed.state = "live";
  return set(changed);
}

}  // namespace

void add_user(Subcommand& app, int& status) {
  auto* user = app.add_subcommand("user", "Users of a running platform: add, set, show, list, suspend, resume, ...");
  user->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  add_members(*add_command(*user, "add", "Make somebody a User", status, add, options), *options);
  add_members(*add_command(*user, "set", "Change what is given here of a User", status, set, options), *options);
  add_command(*user, "show", "Everything about one User", status, show, options);
  add_command(*user, "list", "All Users, one a line", status, list, options, false);
  add_command(*user, "suspend", "Refuse its requests from now on (E3)", status, suspend, options);
  add_command(*user, "resume", "Serve it again", status, resume, options);
  add_command(*user, "remove", "It is no User any more (E1)", status, remove, options);
  auto* tokens = add_command(*user, "token", "Make a token for the API, and print it", status, token, options);
  tokens->add_flag("--list", options->list, "Show the tokens there are instead");
  tokens->add_option("--revoke", options->revoke, "Take back the token with this id instead");
  tokens->add_flag("--save", options->save, "Write the token into the User's folder instead of printing it");
  add_command(*user, "certificate", "Add certificates of this User", status, certificate, options)
      ->add_option("files", options->files, "Certificates, PEM or DER")
      ->required()
      ->existing_file();
}

}  // namespace meterway::apps
