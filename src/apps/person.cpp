#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/person_certificate.h"
#include "base/util/file.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  AdminTarget target;
  std::string id, revoke, out;
  std::optional<std::string> name, party, clearance;
  std::vector<std::string> roles;
  std::optional<bool> active;
  std::string path() const { return "/api/v1/people/" + id; }
};
using Shared = std::shared_ptr<Options>;

/// What there is of him, with what is said here over it.
int put(const Options& options) {
  const auto client = options.target.client();
  const auto known = client.ask("GET", options.path());
  if (!known) return tell(known, "person");
  auto person = known->status == 200 ? json::parse(known->body) : json::object();
  if (options.name) person["name"] = *options.name;
  if (options.party) person["party"] = *options.party;
  if (options.clearance) person["clearance"] = *options.clearance;
  if (options.active) person["active"] = *options.active;
  if (!options.roles.empty()) person["roles"] = options.roles;
  return tell(client.ask("PUT", options.path(), person.dump()), "person set");
}

int list(const Options& options) {
  const auto text = fetch(options.target.client(), "/api/v1/people");
  if (!text) return 1;
  const auto answer = json::parse(*text);
  for (const auto& person : answer.at("people")) {
    std::string roles;
    for (const auto& role : person.at("roles")) roles += (roles.empty() ? "" : " ") + role.get<std::string>();
    fmt::print("{:20}  {:20}  {:6}  {}{}\n", person.value("id", ""), person.value("party", ""),
               person.value("clearance", ""), roles, person.value("active", true) ? "" : "  (not active)");
  }
  return 0;
}

int remove(const Options& options) {
  return tell(options.target.client().ask("DELETE", options.path()), "person remove");
}

/// Into a file that its owner alone reads, or told here; never again.
int token(const Options& options) {
  const auto client = options.target.client();
  const auto path = options.path() + "/tokens";
  if (!options.revoke.empty()) return tell(client.ask("DELETE", path + "/" + options.revoke), "person token");
  const auto made = client.ask("POST", path);
  if (!made || made->status != 201) return tell(made, "person token");
  const auto secret = json::parse(made->body).at("token").get<std::string>();
  if (options.out.empty()) {
    fmt::print("{}\n", secret);
    return 0;
  }
  const auto written = write_text_file(options.out, secret + "\n", 0600);
  if (written) return 0;
  fmt::print(stderr, "person token: {}: {}\n", options.out, describe(written.error()));
  return 1;
}

Subcommand* add(Subcommand& parent, const char* name, const char* about, int& status, int (*run)(const Options&),
                const Shared& options, bool names_one = true) {
  auto* command = parent.add_subcommand(name, about);
  add_admin_options(*command, options->target);
  if (names_one) command->add_option("id", options->id, "Who: letters, digits and . - _ @")->required();
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

}  // namespace

void add_person(Subcommand& app, int& status) {
  auto* person =
      app.add_subcommand("person", "Who has a part in the records of oversight: set, list, token, certificate, remove");
  person->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  auto* set = add(*person, "set", "Make or change a person", status, put, options);
  set->add_option("--name", options->name, "Name; a role is as good");
  set->add_option("--party", options->party, "Organisation");
  set->add_option("--role", options->roles, "As in spec/job_types.tsv; several times for several");
  set->add_option("--clearance", options->clearance, "White, Green, Amber or Red");
  set->add_option("--active", options->active, "false: his tokens open nothing");
  add(*person, "list", "Persons, one a line", status, list, options, false);
  add(*person, "remove", "Remove a person and his tokens", status, remove, options);
  auto* make = add(*person, "token", "A new token, told this once", status, token, options);
  make->add_option("--revoke", options->revoke, "Take the token of this id back instead");
  make->add_option("-o,--out", options->out, "File to write it to");
  add_person_certificate(*person, status);
}

}  // namespace meterway::apps
