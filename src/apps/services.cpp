#include <fmt/format.h>

#include "apps/command.h"
#include "apps/command_line.h"
#include "standard/forms/search.h"

/// meterway services: which service request is meant.
namespace meterway::apps {
namespace {

struct Options {
  std::vector<std::string> words;
  unsigned limit = 20;
};

std::string roles_of(const duis::Service& service) {
  std::string out;
  for (unsigned role = 0; role < 8; ++role) {
    if (service.eligible(static_cast<UserRole>(role)))
      out += (out.empty() ? "" : " ") + std::string(to_string(static_cast<UserRole>(role)));
  }
  return out;
}

std::string variants_of(const duis::Service& service) {
  std::string out;
  for (int cv = 1; cv <= 8; ++cv) {
    if (service.permits(static_cast<CommandVariant>(cv))) out += (out.empty() ? "" : ",") + std::to_string(cv);
  }
  return out;
}

int run(const Options& options) {
  const auto found = forms::search_services(fmt::format("{}", fmt::join(options.words, " ")));
  std::size_t shown = 0;
  for (const auto& one : found) {
    if (shown++ == options.limit) break;
    const auto& service = *one.service;
    fmt::print("{:<8} {:<12} cv {:<8} {:<24} {}{}\n", service.variant, service.critical ? "critical" : "",
               variants_of(service), roles_of(service), service.name,
               service.use_cases.empty() ? "" : fmt::format("  [{}]", service.use_cases));
  }
  if (found.empty()) fmt::print(stderr, "services: none is called so\n");
  if (found.size() > options.limit) fmt::print(stderr, "services: {} more; --limit\n", found.size() - options.limit);
  return found.empty() ? 1 : 0;
}

}  // namespace

void add_services(Subcommand& app, int& status) {
  auto* command =
      app.add_subcommand("services", "Find a service request variant by its name, its number or a GBCS use case");
  auto options = std::make_shared<Options>();
  command->add_option("query", options->words, "Words: read balance; 4.1; ECS17b. All of them without");
  command->add_option("--limit", options->limit, "So many at most")->capture_default_str();
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
