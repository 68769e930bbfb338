#include "apps/oversight.h"

#include <nlohmann/json.hpp>

#include "oversight/governance/rules.h"
#include "oversight/operations/rules.h"
#include "portal/server/server.h"

namespace meterway::apps {
namespace {

std::vector<ledger::Named> all_functions() {
  std::vector<ledger::Named> out;
  for (const auto functions : {operations::functions(), governance::functions()})
    out.insert(out.end(), functions.begin(), functions.end());
  return out;
}

constexpr std::size_t kMostMegabytes = 60;  // a row of the store holds 64

}  // namespace

Result<OversightSettings, std::string> read_oversight_settings(std::string_view text) {
  using Wrong = Unexpected<std::string>;
  OversightSettings out;
  if (text.empty()) return out;
  const auto root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) return Wrong{"oversight: expected an object"};
  for (const auto& [key, value] : root.items()) {
    if (key == "attachment_mb") {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0 || value.get<std::uint64_t>() > kMostMegabytes)
        return Wrong{"oversight.attachment_mb: expected 1 to " + std::to_string(kMostMegabytes)};
      out.limits.attachment_bytes = value.get<std::size_t>() << 20;
    } else if (key == "rules") {
      if (!value.is_object()) return Wrong{"oversight.rules: expected an object of names and values"};
      for (const auto& [name, rule] : value.items()) {
        if (!rule.is_string() && !rule.is_number())
          return Wrong{"oversight.rules." + name + ": expected a text or a number"};
        const auto set = out.rules.set(name, rule.is_string() ? rule.get<std::string>() : rule.dump());
        if (!set) return Wrong{"oversight.rules." + set.error()};
      }
    } else {
      return Wrong{"oversight." + key + ": unknown setting"};
    }
  }
  return out;
}

Oversight::Oversight(store::Store& store, const Clock& clock, Random& random, OversightSettings settings)
    : store_(store),
      clock_(clock),
      random_(random),
      settings_(std::move(settings)),
      ledger_({store, clock, settings_.rules, all_functions(), settings_.limits}) {}

std::optional<net::HttpResponse> Oversight::serve(const net::HttpRequest& http) {
  return portal::serve(http, {ledger_, store_, clock_, random_, settings_.rules});
}

}  // namespace meterway::apps
