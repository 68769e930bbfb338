#include <nlohmann/json.hpp>

#include "portal/server/csv.h"
#include "portal/server/door.h"
#include "portal/server/form_json.h"
#include "portal/server/sender.h"
#include "standard/forms/search.h"

/// /api/v1/services: the service request variants, found by name, number or use case, and their forms.
namespace meterway::portal {
namespace {

using nlohmann::json;
constexpr std::size_t kMostFound = 129;

std::string joined(const json& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : " ") + one.get<std::string>();
  return out;
}

std::string csv_of(const std::vector<forms::Found>& found, std::size_t limit, UtcTime now) {
  std::string out =
      csv::line({"service", "name", "critical", "command_variants", "roles", "device_types", "use_cases"});
  for (std::size_t i = 0; i < found.size() && i < limit; ++i) {
    const auto one = to_json(*found[i].service, now);
    std::string variants;
    for (const auto& variant : one.at("command_variants"))
      variants += (variants.empty() ? "" : " ") + std::to_string(variant.at("cv").get<int>());
    out +=
        csv::line({one.at("service"), one.at("name"), one.at("critical").get<bool>() ? "yes" : "no", variants,
                   joined(one.at("roles")), joined(one.at("device_types")), std::string(found[i].service->use_cases)});
  }
  return out;
}

}  // namespace

net::HttpResponse services(const Ask& ask, const Portal& portal) {
  const auto limit = read_limit(ask, kMostFound, kMostFound);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(kMostFound));
  const auto format = ask.parameter("format").value_or("json");
  if (format != "json" && format != "csv") return bad_query("format: expected json or csv");
  const auto found = forms::search_services(ask.parameter("q").value_or(""));
  const auto now = portal.clock.now();
  if (format == "csv")
    return {
        200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, csv_of(found, *limit, now)};
  json list = json::array();
  for (std::size_t i = 0; i < found.size() && i < *limit; ++i) list.push_back(to_json(*found[i].service, now));
  return json_answer(200, dumped({{"services", std::move(list)},
                                  {"total", found.size()},
                                  {"left_out", found.size() > *limit ? found.size() - *limit : 0}}));
}

net::HttpResponse service_form(const Ask& ask, const Portal& portal) {
  const auto* service = duis::find_service(ask.part("service"));
  if (service == nullptr) return not_found(ask.part("service"));
  duis::SampleOf about{portal.clock.now(), {}, false};
  if (const auto text = ask.parameter("device")) {
    const auto device = Eui64::parse(*text);
    if (!device) return bad_query("device: expected an EUI-64");
    about.device = *device;
  }
  const auto kind = ask.parameter("fuel").value_or("electricity");
  if (kind != "electricity" && kind != "gas") return bad_query("fuel: expected electricity or gas");
  about.gas = kind == "gas";
  auto out = to_json(*service, about.now);
  out["form"] = form_json(*service, about);
  out["sample"] = sample_json(*service, about);
  const auto users = senders_of(ask.person, *service, portal);
  if (!users) return failed(users.error());
  out["users"] = *users;
  out["can_send"] =
      portal.sending != nullptr && portal.sending->signer != nullptr && permission::may(ask.person, "requests.send");
  return json_answer(200, dumped(out));
}

}  // namespace meterway::portal
