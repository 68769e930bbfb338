#include "flow/tracing/requests.h"

#include <algorithm>
#include <charconv>

#include "base/util/csv_line.h"
#include "flow/gateway/json_answer.h"
#include "flow/tracing/query.h"
#include "flow/tracing/trace_json.h"
#include "records/registry/request_index.h"

namespace meterway::flow::tracing {
namespace {

using gateway::Caller;
using nlohmann::json;
using registry::FoundRequests;
using registry::IndexEntry;
using registry::RequestsAsked;

constexpr std::size_t kUsualPage = 50, kMostPage = 500;
constexpr std::size_t kMostLookedAt = 100'000;  ///< of the index, for one answer
constexpr std::size_t kMostJudged = 2'000;      ///< traces read to tell by their outcome

/// What is asked for, read.
struct Filter {
  std::optional<Eui64> user, device;
  std::string service, outcome, after;
  std::optional<UtcTime> from, to;
  std::optional<RequestId> exact;
  std::size_t limit = kUsualPage;
  bool csv = false;
};

/// The sentence says what is wrong.
using Read = Result<Filter, std::string>;

std::optional<RequestId> as_request(const std::string& text) {
  const auto id = RequestId::parse(key_as_kept(text));
  return id ? std::optional(*id) : std::nullopt;
}

/// What was typed into the one search box.
Result<void, std::string> read_words(const std::string& q, Filter& out) {
  if (const auto id = as_request(q)) {
    out.exact = *id;
    return {};
  }
  if (const auto eui = Eui64::parse(key_as_kept(q))) {
    out.device = *eui;
    return {};
  }
  if (duis::find_service(q) != nullptr) {
    out.service = q;
    return {};
  }
  if (is_response_code(q)) {
    out.outcome = q;
    return {};
  }
  return Unexpected<std::string>{"q: a RequestID, an EUI-64, a service reference variant or a response code"};
}

Read read_filter(const std::map<std::string, std::string, std::less<>>& query) {
  Filter out;
  const auto wrong = [](const char* words) { return Unexpected<std::string>{words}; };
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    if (name == "user" || name == "device") {
      const auto eui = Eui64::parse(value);
      if (!eui) return Unexpected<std::string>{name + ": expected an EUI-64"};
      (name == "user" ? out.user : out.device) = *eui;
    } else if (name == "from" || name == "to") {
      const auto time = from_iso8601(value);
      if (!time) return Unexpected<std::string>{name + ": expected a date and time"};
      (name == "from" ? out.from : out.to) = *time;
    } else if (name == "limit") {
      const auto read = std::from_chars(value.data(), value.data() + value.size(), out.limit);
      if (read.ec != std::errc() || read.ptr != value.data() + value.size() || out.limit < 1 || out.limit > kMostPage)
        return wrong("limit: expected a number from 1 to 500");
    } else if (name == "format") {
      if (value != "csv" && value != "json") return wrong("format: json or csv");
      out.csv = value == "csv";
    } else if (name == "service") {
      if (duis::find_service(value) == nullptr) return wrong("service: expected a service reference variant");
      out.service = value;
    } else if (name == "outcome") {
      out.outcome = value;
    } else if (name == "after") {
      out.after = value;
    } else if (name == "q") {
      METERWAY_CHECK(read_words(value, out));
    } else {
      return Unexpected<std::string>{name + ": there is no such filter"};
    }
  }
  return out;
}

/// A request of the list with what became of it.
struct Row {
  IndexEntry entry;
  Verdict verdict;
};

bool is_outcome(const Verdict& verdict, std::string_view asked) {
  return verdict.code == asked || verdict.state == asked || verdict.move->who == asked || verdict.delivery == asked;
}

struct Listed {
  std::vector<Row> rows;
  std::string next;
  std::size_t looked_at = 0;
};

/// Whether it stands in the list at all, before its trace is read.
bool is_plain_fit(const Filter& filter, const IndexEntry& entry) {
  if (filter.device && entry.id.target != *filter.device && entry.id.originator != *filter.device) return false;
  return filter.service.empty() || entry.service == filter.service;
}

Result<Verdict> judge(const store::ReadView& view, const RequestId& id, UtcTime now) {
  METERWAY_TRY(const auto story, read_story(view, id.text()));
  // Retention may have taken its events before its request.
  if (!story.is_empty()) return verdict_of(story, now);
  Verdict out;
  out.kind = "state";
  out.state = "unknown";
  out.move = find_move("state", "unknown");
  return out;
}

Result<Listed> list_all(const store::ReadView& view, const Filter& filter,
                        const std::optional<std::vector<Eui64>>& users, UtcTime now) {
  Listed out;
  RequestsAsked asked{users, filter.from, filter.to, {}};
  asked.fits = [&](const IndexEntry& entry) -> Result<bool> {
    if (!is_plain_fit(filter, entry)) return false;
    if (filter.outcome.empty()) return true;
    METERWAY_TRY(const auto verdict, judge(view, entry.id, now));
    return is_outcome(verdict, filter.outcome);
  };
  const auto most = filter.outcome.empty() ? kMostLookedAt : kMostJudged;
  METERWAY_TRY(auto found, registry::recent_requests(view, asked, filter.after, filter.limit, most));
  for (auto& entry : found.entries) {
    METERWAY_TRY(auto verdict, judge(view, entry.id, now));
    out.rows.push_back({std::move(entry), std::move(verdict)});
  }
  out.next = std::move(found.next);
  out.looked_at = found.looked_at;
  return out;
}

/// The one that was pasted, whether the index has it or not.
Result<Listed> list_exact(const store::ReadView& view, const RequestId& id, const Caller& caller, UtcTime now) {
  Listed out;
  METERWAY_TRY(const bool allowed, gateway::may_read_trace(view, caller, id.text()));
  if (!allowed) return out;
  METERWAY_TRY(const auto story, read_story(view, id.text()));
  if (story.is_empty()) return out;
  auto verdict = verdict_of(story, now);
  const auto refusal = story.legs.empty() && verdict.kind == "refusal" ? verdict.state : std::string();
  out.rows.push_back(
      {{story.events.front().time, id, registry::Leg::Request, story.service(), refusal}, std::move(verdict)});
  out.looked_at = 1;
  return out;
}

json row_json(const Row& row) {
  const auto& entry = row.entry;
  const auto* service = duis::find_service(entry.service);
  return {{"key", entry.id.text()},
          {"time", to_iso8601(entry.at, 6)},
          {"user", entry.id.originator.dashed_upper()},
          {"device", entry.id.target.dashed_upper()},
          {"counter", entry.id.counter.value},
          {"leg", entry.leg == registry::Leg::Request ? "request" : "signed pre-command"},
          {"service", entry.service.empty() ? json(nullptr) : json(entry.service)},
          {"service_name", service == nullptr ? json(nullptr) : json(service->name)},
          {"refusal", entry.refusal.empty() ? json(nullptr) : json(entry.refusal)},
          {"state", row.verdict.state},
          {"code", row.verdict.code.empty() ? json(nullptr) : json(row.verdict.code)},
          {"who", row.verdict.move->who},
          {"who_words", words_of(row.verdict.move->who)},
          {"next", row.verdict.move->next}};
}

net::HttpResponse as_csv(const Listed& listed) {
  std::string body = csv_line(
      {"key", "time", "user", "device", "counter", "leg", "service", "refusal", "state", "code", "who", "next"});
  for (const auto& row : listed.rows) {
    const auto one = row_json(row);
    const auto text = [&](const char* name) {
      const auto& value = one.at(name);
      return value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : value.dump();
    };
    body += csv_line({text("key"), text("time"), text("user"), text("device"), text("counter"), text("leg"),
                      text("service"), text("refusal"), text("state"), text("code"), text("who"), text("next")});
  }
  net::HttpResponse out{200, {{"content-type", "text/csv; charset=utf-8"}}, std::move(body)};
  if (!listed.next.empty()) out.headers["x-next"] = listed.next;
  return out;
}

}  // namespace

net::HttpResponse list_requests(const net::HttpRequest& http, const Caller& caller, const Context& context) {
  const auto read = read_filter(parameters_of(http.query));
  if (!read) return gateway::problem(400, "the query cannot be read", read.error());
  const auto& filter = *read;
  auto users = caller.readable();
  if (filter.user) {
    if (users && std::find(users->begin(), users->end(), *filter.user) == users->end())
      return gateway::problem(404, "nothing is known of this", "user: " + filter.user->plain());
    users = std::vector{*filter.user};
  }
  const auto now = context.clock.now();
  Listed listed;
  bool bad_cursor = false;
  const auto done = context.store.read([&](const store::ReadView& view) -> Status {
    auto found = filter.exact ? list_exact(view, *filter.exact, caller, now) : list_all(view, filter, users, now);
    bad_cursor = !found && !filter.after.empty() &&
                 (found.error().code == ErrorCode::BadValue || found.error().code == ErrorCode::BadHex);
    if (!found) return Unexpected{found.error()};
    listed = std::move(*found);
    return {};
  });
  if (bad_cursor) return gateway::problem(400, "the query cannot be read", "after: expected the `next` of a page");
  if (!done) return gateway::broken(done.error());
  if (filter.csv) return as_csv(listed);
  json list = json::array();
  for (const auto& row : listed.rows) list.push_back(row_json(row));
  json body = {{"requests", std::move(list)},
               {"next", listed.next.empty() ? json(nullptr) : json(listed.next)},
               {"looked_at", listed.looked_at},
               {"as_of", to_iso8601(now, 6)}};
  if (filter.exact) body["exact"] = filter.exact->text();
  if (!listed.next.empty() && listed.rows.size() < filter.limit)
    body["left_out"] = "so many were looked at for this answer; what comes after them is behind `next`";
  return gateway::json_answer(200, body);
}

}  // namespace meterway::flow::tracing
