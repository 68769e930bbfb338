#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/csv_line.h"
#include "flow/gateway/json_answer.h"
#include "flow/gateway/parameters.h"
#include "flow/outage/board.h"

namespace meterway::flow::outage {
namespace {

using gateway::Caller;
using Json = nlohmann::ordered_json;
constexpr std::uint64_t kMostRows = 1000;
constexpr std::string_view kStates = "waiting,off,restored,short,return_only";

struct Asked {
  BoardQuery query;
  std::string after;  ///< key of an outage
  std::uint64_t limit = 100;
  bool csv = false;
  bool others = false;  ///< of a User that is not his
};

Result<Asked, std::string> read(const net::HttpRequest& http, const Caller& caller, bool is_list) {
  using Wrong = Unexpected<std::string>;
  gateway::Parameters in(http.query);
  Asked out;
  METERWAY_TRY(out.query.selection.from, in.time("from"));
  METERWAY_TRY(out.query.selection.until, in.time("until"));
  METERWAY_TRY(out.query.hub, in.eui("hub"));
  METERWAY_TRY(const auto user, in.eui("user"));
  out.query.selection.users = caller.readable();
  if (user) {
    out.others = !caller.reads_of(*user);
    out.query.selection.users = {*user};
  }
  out.query.region = in.text("region");
  out.query.state = in.text("state");
  for (std::string_view states = out.query.state; !states.empty();) {
    const auto one = states.substr(0, states.find(','));
    states.remove_prefix(std::min(one.size() + 1, states.size()));
    if (one.empty() || ("," + std::string(kStates) + ",").find("," + std::string(one) + ",") == std::string::npos)
      return Wrong{"state: expected some of " + std::string(kStates)};
  }
  if (is_list) {
    out.after = in.text("after");
    const auto format = in.text("format");
    if (!format.empty() && format != "csv" && format != "json") return Wrong{"format: expected csv or json"};
    out.csv = format == "csv";
    METERWAY_TRY(out.limit, in.number("limit", 100, 1, out.csv ? kMostFigures : kMostRows));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

/// The answer to who may not ask, or asks for what cannot be read.
std::optional<net::HttpResponse> refused(const net::HttpRequest& http, const Caller& caller,
                                         const Result<Asked, std::string>& asked) {
  if (caller.kind == Caller::Kind::Nobody)
    return gateway::problem(401, "only the operator and Users read this", "no token and no certificate");
  if (!asked) return gateway::problem(400, "the query cannot be read", asked.error());
  if (asked->others) return gateway::problem(404, "nothing is known of this", http.path);
  return std::nullopt;
}

std::string time_or_empty(const std::optional<UtcTime>& time) { return time ? to_iso8601(*time, 6) : std::string(); }

std::optional<std::chrono::seconds> lasted(const Outage& outage, UtcTime now) {
  if (!outage.loss_report && !outage.restored) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(outage.restored.value_or(now) - outage.lost);
}

Json to_json(const Row& row, UtcTime now) {
  const auto& outage = row.outage;
  const auto text = time_or_empty(outage.restored);
  const auto seconds = lasted(outage, now);
  return {{"id", outage.key()},
          {"hub", outage.hub.plain()},
          {"region", outage.region.empty() ? Json(nullptr) : Json(outage.region)},
          {"state", to_string(state_of(outage))},
          {"lost", to_iso8601(outage.lost, 6)},
          {"restored", text.empty() ? Json(nullptr) : Json(text)},
          {"seconds", seconds ? Json(seconds->count()) : Json(nullptr)},
          {"meters", row.meters},
          {"told", outage.told.size()},
          {"repeats", outage.repeats},
          {"trace", "outage:" + outage.key()}};
}

std::string csv_of(const std::vector<Row>& rows, std::size_t from, std::size_t most, UtcTime now) {
  std::string out =
      csv_line({"id", "hub", "region", "state", "lost", "restored", "seconds", "meters", "told", "repeats", "trace"});
  for (std::size_t i = from; i < rows.size() && i - from < most; ++i) {
    const auto& outage = rows[i].outage;
    const auto seconds = lasted(outage, now);
    out += csv_line({outage.key(), outage.hub.plain(), outage.region, std::string(to_string(state_of(outage))),
                     to_iso8601(outage.lost, 6), time_or_empty(outage.restored),
                     seconds ? std::to_string(seconds->count()) : std::string(), std::to_string(rows[i].meters),
                     std::to_string(outage.told.size()), std::to_string(outage.repeats), "outage:" + outage.key()});
  }
  return out;
}

}  // namespace

net::HttpResponse show_rows(const net::HttpRequest& http, const Caller& caller, const Context& context) {
  const auto asked = read(http, caller, true);
  if (auto answer = refused(http, caller, asked)) return std::move(*answer);
  const auto now = context.clock.now();
  std::vector<Row> found;
  const auto done = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, rows(view, asked->query));
    return {};
  });
  if (!done) return gateway::broken(done.error());
  // The latest first: that is what somebody who looks at losses wants.
  std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) {
    return a.outage.lost != b.outage.lost ? a.outage.lost > b.outage.lost : a.outage.hub < b.outage.hub;
  });
  std::size_t from = 0;
  if (!asked->after.empty()) {
    const auto last =
        std::find_if(found.begin(), found.end(), [&](const Row& row) { return row.outage.key() == asked->after; });
    if (last == found.end())
      return gateway::problem(400, "after: expected the id of an outage of this list", http.query);
    from = static_cast<std::size_t>(last - found.begin()) + 1;
  }
  if (asked->csv) return {200, {{"content-type", "text/csv; charset=utf-8"}}, csv_of(found, from, asked->limit, now)};
  Json list = Json::array();
  for (auto i = from; i < found.size() && list.size() < asked->limit; ++i) list.push_back(to_json(found[i], now));
  const bool more = from + list.size() < found.size();
  const Json body = {{"outages", list},
                     {"total", found.size()},
                     {"next", more ? list.back()["id"] : Json(nullptr)},
                     {"as_of", to_iso8601(now)}};
  return {200, {{"content-type", "application/json"}}, body.dump() + "\n"};
}

net::HttpResponse show_board(const net::HttpRequest& http, const Caller& caller, const Context& context) {
  const auto asked = read(http, caller, false);
  if (auto answer = refused(http, caller, asked)) return std::move(*answer);
  const auto now = context.clock.now();
  std::vector<Row> found;
  std::vector<Figure> owed;
  const auto done = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, rows(view, asked->query));
    METERWAY_TRY(owed, figures(view, asked->query.selection, context));
    return {};
  });
  if (!done) return gateway::broken(done.error());
  // What the rows leave out is left out of the figures, too.
  const auto key = [](Eui64 hub, UtcTime lost) { return std::pair(hub, lost); };
  std::vector<std::pair<Eui64, UtcTime>> kept;
  for (const auto& row : found) kept.push_back(key(row.outage.hub, row.outage.lost));
  std::erase_if(
      owed, [&](const Figure& one) { return !std::binary_search(kept.begin(), kept.end(), key(one.hub, one.lost)); });
  return {200, {{"content-type", "application/json"}}, board_json(found, owed, now)};
}

}  // namespace meterway::flow::outage
