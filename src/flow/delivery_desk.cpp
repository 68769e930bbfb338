#include "flow/delivery_desk.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/csv_line.h"
#include "flow/gateway/access.h"
#include "flow/gateway/json_answer.h"

namespace meterway::flow {
namespace {

using deliver::DeliveryId;
using deliver::Undelivered;
using gateway::broken;
using gateway::Caller;
using gateway::json_answer;
using gateway::problem;
using nlohmann::json;
constexpr std::string_view kBacklog = "/api/v1/backlog";
constexpr std::string_view kDeliveries = "/api/v1/deliveries";
constexpr std::size_t kMostListed = 1000;

net::HttpResponse not_found(const std::string& what) { return problem(404, "nothing is known of this", what); }

std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return std::nullopt;
}

json text_or_null(const std::optional<UtcTime>& time) { return time ? json(to_iso8601(*time)) : json(nullptr); }

json age_or_null(const std::optional<UtcTime>& oldest, UtcTime now) {
  if (!oldest) return nullptr;
  return std::chrono::duration_cast<std::chrono::seconds>(now - *oldest).count();
}

json to_json(const deliver::UserBacklog& user, UtcTime now) {
  json classes = json::array();
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    const auto& one = user.classes[i];
    if (one.depth == 0 && one.given_up == 0 && one.taken_last_five == 0) continue;
    const auto promise = deliver::promise(user, delivery_class_at(i), now);
    json item = {{"class", name(delivery_class_at(i))}, {"depth", one.depth}, {"oldest", text_or_null(one.oldest)}};
    if (one.oldest) item["oldest_age_seconds"] = age_or_null(one.oldest, now);
    item["given_up"] = one.given_up;
    item["too_large"] = one.too_large;
    item["taken_last_minute"] = one.taken_last_minute;
    item["taken_last_5_minutes"] = one.taken_last_five;
    item["ahead"] = promise.ahead;
    item["drain_by"] = text_or_null(promise.by);
    item["reckoned"] = promise.how;
    classes.push_back(std::move(item));
  }
  const auto promise = deliver::promise(user, std::nullopt, now);
  return {{"user", user.user.plain()},
          {"name", user.name},
          {"depth", user.depth()},
          {"under_way", user.under_way},
          {"failures", user.failures},
          {"next_push", text_or_null(user.next_push)},
          {"taken_last_minute", user.taken_last_minute},
          {"taken_last_5_minutes", user.taken_last_five},
          {"pushes_per_second", user.agreed_per_second == 0 ? json(nullptr) : json(user.agreed_per_second)},
          {"drain_seconds", user.drain ? json(user.drain->count()) : json(nullptr)},
          {"drain_by", text_or_null(promise.by)},
          {"reckoned", promise.how},
          {"classes", classes}};
}

/// A line for each User and class that has, had or lost something.
std::string csv_of(const std::vector<deliver::UserBacklog>& backlog, UtcTime now) {
  std::string out = csv_line({"user", "name", "class", "depth", "oldest", "oldest_age_seconds", "taken_last_minute",
                              "taken_last_5_minutes", "pushes_per_second", "drain_by", "reckoned", "given_up",
                              "too_large", "failures", "next_push"});
  const auto text = [](const std::optional<UtcTime>& time) { return time ? to_iso8601(*time) : std::string(); };
  for (const auto& user : backlog) {
    for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
      const auto& one = user.classes[i];
      if (one.depth == 0 && one.given_up == 0 && one.taken_last_five == 0) continue;
      const auto promise = deliver::promise(user, delivery_class_at(i), now);
      out += csv_line({user.user.plain(), user.name, std::string(name(delivery_class_at(i))), std::to_string(one.depth),
                       text(one.oldest), one.oldest ? age_or_null(one.oldest, now).dump() : std::string(),
                       std::to_string(one.taken_last_minute), std::to_string(one.taken_last_five),
                       user.agreed_per_second == 0 ? std::string() : std::to_string(user.agreed_per_second),
                       text(promise.by), promise.how, std::to_string(one.given_up), std::to_string(one.too_large),
                       std::to_string(user.failures), text(user.next_push)});
    }
  }
  return out;
}

json to_json(const Undelivered& one) {
  return {{"id", one.id.text()},
          {"user", one.id.user.plain()},
          {"class", name(one.id.delivery_class)},
          {"made", to_iso8601(one.id.made)},
          {"given_up", to_iso8601(one.given_up)},
          {"why", deliver::to_string(one.why)},
          {"failures", one.failures},
          {"detail", one.detail}};
}

/// Whose rows are asked for, in the order of the Users; none: everybody's. The answer when the caller may not.
using Whose = std::optional<std::vector<Eui64>>;
Result<Whose, net::HttpResponse> whose(const net::HttpRequest& http, const Caller& caller) {
  if (caller.kind == Caller::Kind::Nobody) return Unexpected{not_found(http.path)};
  if (const auto asked = parameter(http.query, "user")) {
    const auto eui = Eui64::parse(*asked);
    if (!eui) return Unexpected{problem(400, "user: expected an EUI-64", describe(eui.error()))};
    if (!caller.reads_of(*eui)) return Unexpected{not_found(http.path)};
    return Whose(std::vector<Eui64>{*eui});
  }
  return caller.readable();
}

net::HttpResponse show_backlog(const net::HttpRequest& http, const Caller& caller, const deliver::Postman& postman,
                               const Context& context) {
  const auto asked = whose(http, caller);
  if (!asked) return asked.error();
  std::vector<std::optional<Eui64>> of{std::nullopt};
  if (*asked) of.assign((*asked)->begin(), (*asked)->end());
  json users = json::array();
  std::vector<deliver::UserBacklog> all;
  for (const auto user : of) {
    const auto backlog = postman.backlog(user);
    if (!backlog) return broken(backlog.error());
    all.insert(all.end(), backlog->begin(), backlog->end());
  }
  const auto now = context.clock.now();
  const auto format = parameter(http.query, "format").value_or("json");
  if (format == "csv") return {200, {{"content-type", "text/csv; charset=utf-8"}}, csv_of(all, now)};
  if (format != "json") return problem(400, "format: expected csv or json", http.query);
  for (const auto& one : all) users.push_back(to_json(one, now));
  return json_answer(200, {{"users", users}, {"as_of", to_iso8601(now)}});
}

DeliveryId before_all_of(Eui64 user) {
  DeliveryId id;
  id.user = user;
  id.delivery_class = delivery_class_at(0);
  return id;
}

net::HttpResponse list_given_up(const net::HttpRequest& http, const Caller& caller, const Context& context) {
  const auto asked = whose(http, caller);
  if (!asked) return asked.error();
  DeliveryId after = before_all_of(Eui64());
  if (const auto text = parameter(http.query, "after")) {
    const auto id = DeliveryId::parse(*text);
    const bool his = id && (!*asked || std::find((*asked)->begin(), (*asked)->end(), id->user) != (*asked)->end());
    if (!his) return problem(400, "after: expected the id of a delivery", http.query);
    after = *id;
  }
  std::size_t limit = 100;
  if (const auto text = parameter(http.query, "limit")) {
    const auto read = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || limit < 1 || limit > kMostListed)
      return problem(400, "limit: expected a number from 1 to " + std::to_string(kMostListed), http.query);
  }
  std::vector<Undelivered> rows;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    if (!*asked) {
      METERWAY_TRY(rows, deliver::undelivered_after(view, &after, limit));
      return {};
    }
    for (const auto user : **asked) {
      if (user < after.user || rows.size() == limit) continue;
      const auto from = user == after.user ? after : before_all_of(user);
      METERWAY_TRY(auto some, deliver::undelivered_after(view, &from, limit - rows.size()));
      const auto of_others = [&](const Undelivered& row) { return row.id.user != user; };
      some.erase(std::find_if(some.begin(), some.end(), of_others), some.end());
      rows.insert(rows.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return {};
  });
  if (!read) return broken(read.error());
  json list = json::array();
  for (const auto& row : rows) list.push_back(to_json(row));
  const bool more = list.size() == limit;
  return json_answer(200, {{"deliveries", list}, {"next", more ? list.back()["id"] : json(nullptr)}});
}

net::HttpResponse change(const net::HttpRequest& http, const Caller& caller, deliver::Postman& postman) {
  if (!caller.is_operator()) return not_found(http.path);
  auto rest = std::string_view(http.path).substr(kDeliveries.size() + 1);
  constexpr std::string_view kRetry = "/retry";
  const bool retry = rest.ends_with(kRetry);
  if (retry) rest.remove_suffix(kRetry.size());
  const std::string_view method = retry ? "POST" : "DELETE";
  if (http.method != method) {
    auto out = problem(405, "not by this method", http.method);
    out.headers["allow"] = method;
    return out;
  }
  const auto id = DeliveryId::parse(rest);
  if (!id) return not_found(http.path);
  const auto done = retry ? postman.retry(*id) : postman.drop(*id);
  if (!done) return broken(done.error());
  return *done ? net::HttpResponse{204, {}, {}} : not_found(http.path);
}

}  // namespace

std::optional<net::HttpResponse> serve_deliveries(const net::HttpRequest& http, deliver::Postman& postman,
                                                  const Context& context) {
  const bool one = http.path.starts_with(kDeliveries) && http.path.size() > kDeliveries.size() + 1 &&
                   http.path[kDeliveries.size()] == '/';
  if (http.path != kBacklog && http.path != kDeliveries && !one) return std::nullopt;
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return broken(caller.error());
  if (one) return change(http, *caller, postman);
  if (http.method != "GET") {
    auto out = problem(405, "not by this method", http.method);
    out.headers["allow"] = "GET";
    return out;
  }
  return http.path == kBacklog ? show_backlog(http, *caller, postman, context) : list_given_up(http, *caller, context);
}

}  // namespace meterway::flow
