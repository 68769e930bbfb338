#include "flow/inventory_desk.h"

#include <nlohmann/json.hpp>

#include "flow/admin/ask.h"
#include "flow/answer/inventory_search.h"
#include "flow/gateway/json_answer.h"
#include "flow/inventory_page.h"
#include "records/audit/log.h"
#include "records/registration/address.h"
#include "records/registry/party.h"

namespace meterway::flow {
namespace {

using answer::SearchClass;
using answer::SearchKey;
using gateway::broken;
using gateway::Caller;
using gateway::json_answer;
using gateway::problem;
using nlohmann::json;

constexpr std::string_view kPath = "/api/v1/inventory", kFunction = "inventory.read";
constexpr std::size_t kMostTextBytes = 200, kMostUprnDigits = 12;

/// The query as 8.2 has it, by the one key that is named. Errors in words, beginning with the parameter.
Result<duis::Element, std::string> read_query(const std::map<std::string, std::string>& query) {
  using Wrong = Unexpected<std::string>;
  duis::Element out;
  out.name = "ReadInventory";
  const auto add = [](duis::Element& to, const char* name, std::string text) {
    duis::Element child;
    child.name = name;
    child.text = std::move(text);
    to.children.push_back(std::move(child));
  };
  duis::Element place;
  place.name = "PropertyFilter";
  for (const auto& [name, value] : query) {
    if (name == "device") {
      const auto eui = Eui64::parse(value);
      if (!eui) return Wrong{"device: expected an EUI-64"};
      add(out, "DeviceID", eui->dashed_upper());
    } else if (name == "mpxn") {
      const auto mpxn = Mpxn::parse(value);
      if (!mpxn) return Wrong{"mpxn: expected the whole number of a metering point"};
      add(out, "MPxN", value);
    } else if (name == "uprn") {
      const bool digits = value.find_first_not_of("0123456789") == std::string::npos;
      if (value.empty() || !digits || value.size() > kMostUprnDigits) return Wrong{"uprn: expected at most 12 digits"};
      add(out, "UPRN", value);
    } else if (name == "postcode") {
      if (!registration::plain_post_code(value)) return Wrong{"postcode: expected a whole post code"};
      add(place, "PostCode", value);
    } else if (name == "identifier") {
      if (registration::plain_address(value).empty() || value.size() > kMostTextBytes)
        return Wrong{"identifier: expected the number or name of a house"};
      add(place, "AddressIdentifier", value);
    } else {
      return Wrong{name + ": unknown"};
    }
  }
  if (place.children.size() == 1) return Wrong{"postcode, identifier: a full address has both"};
  if (!place.children.empty()) out.children.push_back(std::move(place));
  if (out.children.size() != 1)
    return Wrong{"expected one of device, mpxn, uprn, or postcode with identifier, and no more"};
  return out;
}

/// Who looks, as the audit names him.
std::string name_of(const Caller& caller) {
  if (caller.kind == Caller::Kind::User) return "user:" + caller.user.plain();
  return caller.person.empty() ? "operator" : caller.person;
}

/// A search that has been made and written down, with what may be told of it.
struct Looked {
  answer::SearchResult found;
  bool allowed = true;  ///< not one too many
};

Result<Looked> look(const duis::Element& query, const Caller& caller, const std::string& about,
                    const Context& context) {
  Looked out;
  const auto now = context.clock.now();
  const auto whose = caller.readable();
  std::vector<registry::User> users;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    for (const auto eui : whose.value_or(std::vector<Eui64>())) {
      METERWAY_TRY(auto user, registry::find_user(view, eui));
      if (user) users.push_back(std::move(*user));
    }
    METERWAY_TRY(out.found, answer::search(view, query, answer::Asker{users, !whose}, now));
    return {};
  }));
  const auto key = answer::key_of(query);
  METERWAY_CHECK(context.store.write([&](store::WriteView& view) -> Status {
    const auto searcher = caller.kind == Caller::Kind::User
                              ? answer::searcher_of(caller.user, "by the JSON interface")
                              : answer::searcher_of(name_of(caller), whose.value_or(std::vector<Eui64>()));
    METERWAY_TRY(out.allowed, answer::note_search(view, searcher, key, out.found.value, context));
    METERWAY_TRY(const auto hash, answer::hash_of(view, key, context.random));
    audit::Entry line;
    line.at = now;
    line.person = name_of(caller);
    METERWAY_TRY(const auto person, registry::find_person(view, line.person));
    if (person) line.party = person->party;
    if (caller.kind == Caller::Kind::User && !users.empty()) line.party = users.front().name;
    line.function = kFunction;
    line.about = about.empty() ? "inventory by " + std::string(to_string(key.kind)) + " " + hash : about;
    line.outcome = out.allowed ? "done" : "refused";
    line.rule = out.allowed ? "spec/permissions.tsv" : "inventory.search.limit";
    line.detail = to_string(out.found.value);
    return audit::append(view, std::move(line));
  }));
  return out;
}

net::HttpResponse too_many() {
  auto out = problem(429, "too many searches by address in an hour", "rule inventory.search.limit");
  out.headers["retry-after"] = "3600";
  return out;
}

net::HttpResponse search_homes(const admin::Ask& ask, const Context& context) {
  const auto query = read_query(ask.query);
  if (!query) return problem(400, "the query cannot be read", query.error());
  const auto looked = look(*query, ask.caller, "", context);
  if (!looked) return broken(looked.error());
  if (!looked->allowed) return too_many();
  json devices;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(devices, devices_json(view, looked->found.devices));
    return {};
  });
  if (!read) return broken(read.error());
  return json_answer(200, {{"by", to_string(answer::key_of(*query).kind)},
                           {"devices", devices},
                           {"left_out", looked->found.left_out},
                           {"as_of", to_iso8601(context.clock.now())}});
}

net::HttpResponse show_device(Eui64 eui, const admin::Ask& ask, const Context& context) {
  const auto query = read_query({{"device", eui.plain()}});
  if (!query) return problem(400, "the query cannot be read", query.error());
  const auto looked = look(*query, ask.caller, "device:" + eui.plain(), context);
  if (!looked) return broken(looked.error());
  const auto nothing = [&] { return problem(404, "the inventory has no such device", eui.plain()); };
  if (looked->found.value != SearchClass::Found) return nothing();
  json page;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto device, registry::find_device(view, eui));
    if (!device) return {};
    METERWAY_TRY(page, device_page(view, *device, looked->found.devices, ask.caller, context.clock.now()));
    return {};
  });
  if (!read) return broken(read.error());
  return page.is_null() ? nothing() : json_answer(200, page);
}

}  // namespace

std::optional<net::HttpResponse> serve_inventory(const net::HttpRequest& http, const Context& context) {
  const bool one =
      http.path.starts_with(kPath) && http.path.size() > kPath.size() + 1 && http.path[kPath.size()] == '/';
  if (http.path != kPath && !one) return std::nullopt;
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return broken(caller.error());
  if (caller->kind == Caller::Kind::Nobody) return problem(401, "a token is needed", "Authorization: Bearer");
  if (http.method != "GET") {
    auto out = problem(405, "not by this method", http.method);
    out.headers["allow"] = "GET";
    return out;
  }
  const auto ask = admin::read_ask(http, *caller);
  if (!one) return search_homes(ask, context);
  const auto eui = Eui64::parse(ask.path[1]);
  if (!eui || ask.path.size() > 2) return problem(404, "the inventory has no such device", ask.path[1]);
  return show_device(*eui, ask, context);
}

}  // namespace meterway::flow
