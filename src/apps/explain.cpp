#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/api_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/explain_permission.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  AdminTarget target;
  std::string token_file, rule, on;
  std::string user, service, device, at, cv, request;
};

/// The JSON of a GET; the error is told already.
std::optional<json> got(const Options& options, const std::string& path) {
  const auto answer = ApiClient(options.target.data, options.target.url, options.token_file).ask("GET", path);
  if (!answer || answer->status != 200) {
    complain("explain", answer);
    return std::nullopt;
  }
  auto body = json::parse(answer->body, nullptr, false);
  if (body.is_object()) return body;
  fmt::print(stderr, "explain: {}: the answer is no JSON\n", path);
  return std::nullopt;
}

void print(const json& ruling) {
  fmt::print("{}\n  {}\n", ruling.value("explanation", ""), ruling.value("meaning", ""));
}

/// One rule, with every row that it has; or all of them as they are on that day.
int run(const Options& options) {
  const auto query = options.on.empty() ? "" : "?on=" + options.on;
  const auto path = "/api/v1/rules" + (options.rule.empty() ? "" : "/" + options.rule) + query;
  const auto found = got(options, path);
  if (!found) return 1;
  const auto& answer = *found;
  if (answer.contains("rules")) {
    for (const auto& ruling : answer["rules"]) print(ruling);
    return 0;
  }
  if (answer.at("decides").is_null()) {
    fmt::print("{} says nothing of {}\n", options.rule, answer.value("on", ""));
  } else {
    print(answer["decides"]);
  }
  for (const auto& row : answer.at("rows"))
    fmt::print("  {} until {}: {} {}, {}\n", row.value("from", ""), row.value("to", "further notice"),
               row.value("value", ""), row.value("unit", ""), row.value("how_sure", ""));
  return 0;
}

/// A decision, question by question: "  yes  role: IS asks for 4.1.1 (role.4.1.1, SEC Appendix E, V: services.tsv)".
void print_lines(const json& lines) {
  for (const auto& line : lines)
    fmt::print("  {:3}  {}: {} ({}, {}, {}: {})\n", line.value("met", false) ? "yes" : "no", line.value("question", ""),
               line.value("data", ""), line.value("rule", "no rule"), line.value("clause", ""),
               line.value("how_sure", ""), line.value("source", ""));
}

std::string in_words(const json& answer) {
  if (answer.value("allowed", false))
    return answer.contains("as") ? "allowed, as " + answer.value("as", "") : "allowed";
  return fmt::format("refused with {}: {}", answer.value("code", ""), answer.value("sentence", ""));
}

int explain_access(const Options& options) {
  std::string query = "?user=" + options.user + "&service=" + options.service;
  for (const auto& [name, value] :
       {std::pair{"&device=", &options.device}, {"&at=", &options.at}, {"&cv=", &options.cv}})
    if (!value->empty()) query += name + *value;
  const auto found = got(options, "/api/v1/explain/access" + query);
  if (!found) return 1;
  const auto& answer = *found;
  fmt::print("{} asks for {}{} at {}: {}\n", answer.value("user", ""), answer.value("service", ""),
             answer.contains("device") ? " of " + answer.value("device", "") : "", answer.value("at", ""),
             in_words(answer));
  print_lines(answer.at("lines"));
  for (const auto& one : answer.at("registered"))
    fmt::print("  registered: {} of {} is {}, by load {}\n", one.value("role", ""), one.value("mpxn", ""),
               one.at("participant").is_null() ? "nobody" : one.at("participant").get<std::string>(),
               one.value("load", 0));
  constexpr std::pair<const char*, const char*> kBesides[] = {
      {"as_now", "as it is now, no past is known: "}, {"not_known_then", "not known then: "}, {"also", "besides: "}};
  for (const auto& [member, words] : kBesides) {
    for (const auto& one : answer.value(member, json::array())) fmt::print("  {}{}\n", words, one.get<std::string>());
  }
  return 0;
}

int explain_request(const Options& options) {
  const auto found = got(options, "/api/v1/explain/request/" + options.request);
  if (!found) return 1;
  const auto& answer = *found;
  for (const auto& one : answer.at("decisions")) {
    fmt::print("{} {}: then {} by {}; made again from the facts of then: {}\n", one.value("at", ""),
               one.value("outcome", ""), one["then"].value("answer", ""), one["then"].value("rule", ""),
               one.value("same", false) ? "the same" : in_words(one["again"]));
    print_lines(one.at("lines"));
    for (const auto& change : one.at("changed")) fmt::print("  otherwise by now: {}\n", change.get<std::string>());
    if (one.contains("why_not_the_same")) fmt::print("  {}\n", one.value("why_not_the_same", ""));
  }
  return 0;
}

}  // namespace

void add_explain(Subcommand& app, int& status) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "explain", "Why: which rule of the code decides on a day, or on what a User may ask of a device");
  add_admin_options(*command, options->target);
  command->add_option("rule", options->rule, "Its name; all of them unless it is said");
  command->add_option("--on", options->on, "The day, such as 2018-09-01; today unless it is said");
  auto* access = command->add_subcommand("access", "May a User ask a service of a device: rule, clause, data");
  add_admin_options(*access, options->target);
  const auto* who = "Who is asking: the operator unless it is said here";
  access->add_option("--token-file", options->token_file, who);
  access->add_option("--user", options->user, "EUI-64")->required();
  access->add_option("--service", options->service, "Service reference variant, such as 4.1.1")->required();
  access->add_option("--device", options->device, "EUI-64; not needed where no device takes part");
  access->add_option("--at", options->at, "The moment, such as 2026-11-23T00:00:00Z; now unless it is said");
  access->add_option("--cv", options->cv, "Command variant, 1 to 8");
  auto* request = command->add_subcommand("request", "The decisions on a request, made again from the facts of then");
  add_admin_options(*request, options->target);
  request->add_option("--token-file", options->token_file, who);
  request->add_option("request", options->request, "RequestID")->required();
  const auto* permission = add_explain_permission(*command, status);
  command->callback([options, access, request, permission, &status] {
    if (permission->parsed()) return;
    status = access->parsed()    ? explain_access(*options)
             : request->parsed() ? explain_request(*options)
                                 : run(*options);
  });
}

}  // namespace meterway::apps
