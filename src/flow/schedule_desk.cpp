#include "flow/schedule_desk.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "flow/gateway/access.h"
#include "flow/gateway/json_answer.h"
#include "records/schedule/schedule.h"

namespace meterway::flow {
namespace {

using gateway::broken;
using gateway::Caller;
using gateway::json_answer;
using gateway::problem;
using meterway::schedule::Schedule;
using nlohmann::json;
constexpr std::string_view kPath = "/api/v1/schedules";
constexpr std::uint64_t kMostListed = 1000;
constexpr std::size_t kMostLookedAt = 20'000;  // of others', for one page

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

json to_json(const Schedule& one) {
  json out = {{"id", one.id},
              {"user", one.user.plain()},
              {"device", one.device.plain()},
              {"service", one.service},
              {"frequency", to_string(one.timing.frequency)},
              {"start", calendar::to_text(one.timing.start)},
              {"end", one.timing.end ? json(calendar::to_text(*one.timing.end)) : json(nullptr)},
              {"created", to_iso8601(one.created)},
              {"next", to_iso8601(one.next)},
              {"due", to_iso8601(one.due)},
              {"last", one.last ? json(to_iso8601(*one.last)) : json(nullptr)},
              {"runs", one.runs},
              {"missed", one.missed}};
  if (!one.period.empty())
    out["period"] = {{"from", one.period[0] + " " + one.period[1]}, {"to", one.period[2] + " " + one.period[3]}};
  return out;
}

/// What a list is asked for by.
struct Query {
  std::optional<Eui64> user, device;
  std::uint64_t after = 0, limit = 100;
};

Result<Query, std::string> read_query(std::string_view text) {
  Query out;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const auto equals = std::min(one.find('='), one.size());
    const auto name = one.substr(0, equals), value = one.substr(std::min(equals + 1, one.size()));
    if (name == "user" || name == "device") {
      const auto eui = Eui64::parse(value);
      if (!eui) return Unexpected<std::string>{std::string(name) + ": expected an EUI-64"};
      (name == "user" ? out.user : out.device) = *eui;
    } else if (name == "after" || name == "limit") {
      const auto value_read = number(value);
      const bool good = value_read && (name == "after" || (*value_read >= 1 && *value_read <= kMostListed));
      if (!good)
        return Unexpected<std::string>{name == "after" ? "after: expected the number of a schedule"
                                                       : "limit: expected a number from 1 to 1000"};
      (name == "after" ? out.after : out.limit) = *value_read;
    } else {
      return Unexpected<std::string>{"unknown: " + std::string(name)};
    }
  }
  return out;
}

net::HttpResponse list(const Query& query, const Caller& caller, const Context& context) {
  const auto is_asked_for = [&](const Schedule& one) {
    return caller.reads_of(one.user) && (!query.user || one.user == *query.user);
  };
  json schedules = json::array();
  std::uint64_t after = query.after;
  bool more = true;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    if (query.device) {
      METERWAY_TRY(const auto found, meterway::schedule::schedules_of(view, *query.device, query.user, kMostListed));
      for (const auto& one : found) {
        if (is_asked_for(one)) schedules.push_back(to_json(one));
      }
      more = false;
      return {};
    }
    for (std::size_t seen = 0; more && schedules.size() < query.limit && seen < kMostLookedAt;) {
      METERWAY_TRY(const auto page, meterway::schedule::schedules_from(view, after + 1, query.limit));
      for (const auto& one : page) {
        if (schedules.size() == query.limit) break;
        after = one.id;
        if (is_asked_for(one)) schedules.push_back(to_json(one));
      }
      seen += page.size();
      more = page.size() == query.limit;
    }
    return {};
  });
  if (!read) return broken(read.error());
  return json_answer(200, {{"schedules", schedules}, {"next", more ? json(after) : json(nullptr)}});
}

}  // namespace

std::optional<net::HttpResponse> serve_schedules(const net::HttpRequest& http, const Context& context) {
  const bool one =
      http.path.starts_with(kPath) && http.path.size() > kPath.size() + 1 && http.path[kPath.size()] == '/';
  if (http.path != kPath && !one) return std::nullopt;
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return broken(caller.error());
  const auto nothing = [&] { return problem(404, "nothing is known of this", http.path); };
  if (caller->kind == Caller::Kind::Nobody) return nothing();
  if (http.method != "GET") {
    auto out = problem(405, "not by this method", http.method);
    out.headers["allow"] = "GET";
    return out;
  }
  if (one) {
    const auto id = number(std::string_view(http.path).substr(kPath.size() + 1));
    std::optional<Schedule> found;
    const auto read = context.store.read([&](const store::ReadView& view) -> Status {
      if (!id) return {};
      METERWAY_TRY(found, meterway::schedule::find_schedule(view, *id));
      return {};
    });
    if (!read) return broken(read.error());
    if (!found || !caller->reads_of(found->user)) return nothing();
    return json_answer(200, to_json(*found));
  }
  const auto query = read_query(http.query);
  if (!query) return problem(400, query.error(), http.query);
  if (query->user && !caller->reads_of(*query->user)) return nothing();
  return list(*query, *caller, context);
}

}  // namespace meterway::flow
