#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "portal/server/door.h"
#include "records/anomaly/desk.h"

/// /api/v1/anomaly: thresholds, limits and quarantine (docs/operations/anomaly.md). A file is the body, text/csv; its
/// detached signature is the header x-signature, base64 of the .p7s.
namespace meterway::portal {
namespace {

using anomaly::Reason;
using nlohmann::json;

constexpr std::size_t kUsualPage = 100, kMostPage = 1000, kMostReport = 100'000;

net::HttpResponse failed(const anomaly::Problem& why) {
  return problem(http_status(why.why), name(why.why), title(why.why), why.detail);
}

/// The door has decided by the table. Everything else is the desk's, which notes what it refuses to change.
std::optional<net::HttpResponse> closed(const Portal& portal) {
  if (portal.anomaly != nullptr) return std::nullopt;
  return problem(501, "no_handler", "this is not made yet", "anomaly detection");
}
/// Of what is read: who asks about another's User is noted here.
net::HttpResponse not_read(const Ask& ask, const Portal& portal, const anomaly::Problem& why) {
  auto answer = failed(why);
  return why.why == Reason::WrongRole ? refused_inside(ask, portal, std::move(answer), "a User of another party")
                                      : answer;
}
net::HttpResponse not_for(const Ask& ask, const Portal& portal) {
  return not_read(ask, portal, anomaly::Problem{Reason::WrongRole, ask.person.id});
}

std::optional<anomaly::Channel> channel_of(const Ask& ask) {
  const auto channel = ask.parameter("channel").value_or("api");
  if (channel == "api") return anomaly::Channel::Api;
  if (channel == "back-up") return anomaly::Channel::BackUp;
  return std::nullopt;
}

json to_json(const anomaly::Item& item) {
  return {{"quarantine_id", item.number},
          {"user_id", item.user().dashed_upper()},
          {"request_id", item.request.text()},
          {"service_reference_variant", item.service},
          {"device_id", item.request.target.dashed_upper()},
          {"received_at", to_iso8601(item.received_at)},
          {"expires_at", to_iso8601(item.expires_at)},
          {"breach", to_string(item.breach)},
          {"threshold", item.threshold},
          {"counted_value", item.counted},
          {"why", item.why},
          {"state", to_string(item.state)},
          {"told", item.told},
          {"asked", item.state == anomaly::State::Held ? item.asked : std::string()},
          {"asked_by", item.asked_by},
          {"decided_at", item.decided_at == UtcTime{} ? std::string() : to_iso8601(item.decided_at)},
          {"decided_by", item.decided_by},
          {"reason", item.reason},
          {"reference", item.reference}};
}

using TakeFile = Result<anomaly::Receipt, anomaly::Problem> (anomaly::Desk::*)(const registry::Person&,
                                                                               anomaly::Channel, std::string_view,
                                                                               ByteView);
net::HttpResponse take_file(const Ask& ask, const Portal& portal, TakeFile take) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto channel = channel_of(ask);
  if (!channel) return bad_query("channel: expected api or back-up");
  // What is no base64 is no signature: the desk says so, and notes it.
  const auto signature = from_base64(ask.header("x-signature"));
  const auto receipt =
      (portal.anomaly->*take)(ask.person, *channel, ask.http.body, signature ? ByteView(*signature) : ByteView());
  return receipt ? json_answer(201, receipt->json) : failed(receipt.error());
}

/// The Users asked about: ?user, or all that the caller may look at; none: not for him.
Result<std::vector<Eui64>, net::HttpResponse> users_of(const Ask& ask, const Portal& portal) {
  auto visible = portal.anomaly->visible(ask.person);
  if (!visible) return Unexpected<net::HttpResponse>{portal::failed(visible.error())};
  if (const auto named = ask.parameter("user")) {
    const auto user = Eui64::parse(*named);
    if (!user) return Unexpected<net::HttpResponse>{bad_query("user: expected an EUI-64")};
    std::erase_if(*visible, [&](Eui64 one) { return one != *user; });
  }
  if (visible->empty()) return Unexpected<net::HttpResponse>{not_for(ask, portal)};
  return std::move(*visible);
}

std::string scope_of(const json& row) {
  return row.value("user", "") + "/" + row.value("service", "") + "/" + row.value("source", "") + "/" +
         row.value("attribute", "");
}

/// All that match, whatever that takes: what is signed as a report is whole.
Result<std::vector<anomaly::Item>, anomaly::Problem> all_quarantined(const Ask& ask, const Portal& portal,
                                                                     std::optional<Eui64> user,
                                                                     std::optional<anomaly::State> state,
                                                                     std::uint64_t after) {
  std::vector<anomaly::Item> all;
  for (;;) {
    METERWAY_TRY(auto some, portal.anomaly->quarantine(ask.person, user, state, after, kMostPage));
    const bool last = some.size() < kMostPage;
    if (!last) after = some.back().number;
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    if (last || all.size() > kMostReport) return all;
  }
}

net::HttpResponse rows_set(const Result<std::size_t, anomaly::Problem>& rows) {
  return rows ? json_answer(201, dumped({{"rows", *rows}})) : failed(rows.error());
}

}  // namespace

net::HttpResponse set_thresholds(const Ask& ask, const Portal& portal) {
  return take_file(ask, portal, &anomaly::Desk::set_thresholds);
}
net::HttpResponse take_actions(const Ask& ask, const Portal& portal) {
  return take_file(ask, portal, &anomaly::Desk::take_actions);
}

net::HttpResponse set_dcc_thresholds(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  return rows_set(portal.anomaly->set_dcc_thresholds(ask.person, ask.http.body));
}
net::HttpResponse set_limits(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  return rows_set(portal.anomaly->set_limits(ask.person, ask.http.body));
}

/// The youngest first, in pages. Whether a row decides now is said by all rows of its scope, so all are looked at.
net::HttpResponse thresholds(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto limit = read_limit(ask, kMostPage, kMostPage);
  const auto before = read_number(ask.parameter("before").value_or("0"));
  if (!limit || !before) return bad_query("limit, before: expected numbers");
  auto users = users_of(ask, portal);
  if (!users) return users.error();
  const auto now = to_iso8601(portal.clock.now());
  std::map<std::string, std::pair<std::string, std::uint64_t>> decides;  // of a scope: the latest date, which row
  std::map<std::uint64_t, json> page;
  bool more = false;
  const auto look = [&](std::uint64_t number, const std::string& text) -> Status {
    auto row = json::parse(text, nullptr, false);
    if (!row.is_object()) return fail(ErrorCode::BadJson, 0, "anomaly-history");
    const auto from = row.value("effective_from", "");
    auto& latest = decides[scope_of(row)];
    if (from <= now) latest = std::max(latest, {from, number});
    if (*before != 0 && number >= *before) return {};
    page.emplace(number, std::move(row));
    if (page.size() > *limit) {
      page.erase(page.begin());
      more = true;
    }
    return {};
  };
  const bool everybodys = permission::may_all(ask.person, ask.route.function) && !ask.parameter("user");
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    if (everybodys) return anomaly::each_history(view, std::nullopt, look);
    for (const auto user : *users) METERWAY_CHECK(anomaly::each_history(view, user, look));
    return {};
  });
  if (!read) return portal::failed(read.error());
  // Of each, whether it decides now, will, or was replaced by one of a later date that has come.
  auto list = json::array();
  for (auto one = page.rbegin(); one != page.rend(); ++one) {
    auto& [number, row] = *one;
    const bool come = row.value("effective_from", "") <= now;
    row["state"] = !come ? "to come" : decides[scope_of(row)].second == number ? "in effect" : "replaced";
    row["number"] = number;
    list.push_back(std::move(row));
  }
  json body{{"thresholds", std::move(list)}};
  if (more) body["next"] = page.begin()->first;
  return json_answer(200, dumped(body));
}

net::HttpResponse submission(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto user = Eui64::parse(ask.part("user"));
  if (!user) return not_found(ask.part("user"));
  const auto receipt = portal.anomaly->receipt(ask.person, *user, ask.part("reference"));
  return receipt ? json_answer(200, receipt->json) : not_read(ask, portal, receipt.error());
}

net::HttpResponse preview_thresholds(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto from = from_iso8601(ask.parameter("from").value_or("2013-09-23T00:00:00Z"));
  const auto until = from_iso8601(ask.parameter("until").value_or("9999-01-01T00:00:00Z"));
  if (!from || !until) return bad_query("from, until: expected a date and time");
  const auto days = portal.anomaly->preview(ask.person, ask.http.body, *from, *until);
  if (!days) return not_read(ask, portal, days.error());
  auto list = json::array();
  std::uint64_t counted = 0, warnings = 0, quarantined = 0;
  for (const auto& day : *days) {
    list.push_back({{"day", day.day},
                    {"service_reference_variant", day.service},
                    {"counted", day.counted},
                    {"warnings", day.warnings},
                    {"quarantined", day.quarantined}});
    counted += day.counted;
    warnings += day.warnings;
    quarantined += day.quarantined;
  }
  return json_answer(
      200, dumped({{"days", list}, {"counted", counted}, {"warnings", warnings}, {"quarantined", quarantined}}));
}

net::HttpResponse quarantine(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto limit = read_limit(ask, kUsualPage, kMostPage);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(kMostPage));
  std::optional<Eui64> user;
  if (const auto named = ask.parameter("user")) {
    const auto eui = Eui64::parse(*named);
    if (!eui) return bad_query("user: expected an EUI-64");
    user = *eui;
  }
  std::optional<anomaly::State> state;
  if (const auto named = ask.parameter("state")) {
    for (const auto one :
         {anomaly::State::Held, anomaly::State::Released, anomaly::State::Deleted, anomaly::State::Expired}) {
      if (to_string(one) == *named) state = one;
    }
    if (!state) return bad_query("state: expected held, released, deleted or expired");
  }
  const auto after = read_number(ask.parameter("after").value_or("0"));
  if (!after) return bad_query("after: expected a number");
  const auto format = ask.parameter("format").value_or("json");
  if (format != "json" && format != "csv") return bad_query("format: expected json or csv");
  const bool whole = format == "csv" && !ask.parameter("limit");
  const auto items = whole ? all_quarantined(ask, portal, user, state, *after)
                           : portal.anomaly->quarantine(ask.person, user, state, *after, *limit);
  if (!items) return not_read(ask, portal, items.error());
  if (items->size() > kMostReport)
    return problem(413, "too_large", "a report has at most " + std::to_string(kMostReport) + " requests",
                   "user, state, after and limit make it smaller");
  if (format == "csv") {
    auto text = anomaly::write_report(*items);
    const auto signature = portal.anomaly->sign(text);
    if (!signature) return portal::failed(signature.error());
    return {200, {{"content-type", "text/csv; charset=utf-8"}, {"x-signature", *signature}}, std::move(text)};
  }
  auto list = json::array();
  for (const auto& item : *items) list.push_back(to_json(item));
  return json_answer(200, dumped({{"requests", list}}));
}

net::HttpResponse decide_quarantined(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto number = read_number(ask.part("number"));
  const auto& action = ask.part("action");
  if (!number || (action != "release" && action != "delete")) return not_found(ask.http.path);
  std::string reason;
  if (!ask.http.body.empty()) {
    const auto body = json::parse(ask.http.body, nullptr, false);
    if (!body.is_object() || (body.contains("reason") && !body["reason"].is_string()))
      return problem(400, "bad_member", "the body says something that cannot be", "expected {\"reason\": text}");
    reason = body.value("reason", "");
  }
  const auto item = portal.anomaly->decide(ask.person, *number, action == "release", reason);
  if (!item) return failed(item.error());
  return json_answer(item->state == anomaly::State::Held ? 202 : 200, dumped(to_json(*item)));
}

net::HttpResponse anomaly_notices(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto users = users_of(ask, portal);
  if (!users) return users.error();
  const auto after = read_number(ask.parameter("after").value_or("0"));
  const auto limit = read_limit(ask, kMostPage, kMostPage);
  if (!after || !limit) return bad_query("after, limit: expected numbers");
  // Numbers are of all Users together: a page ends at one number for all, or those of one would be passed over.
  std::vector<anomaly::Notice> page;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    for (const auto user : *users) {
      METERWAY_TRY(const auto some, anomaly::notices(view, user, *after, *limit));
      page.insert(page.end(), some.begin(), some.end());
    }
    return {};
  });
  if (!read) return portal::failed(read.error());
  std::sort(page.begin(), page.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  if (page.size() > *limit) page.resize(*limit);
  auto list = json::array();
  for (const auto& one : page) {
    list.push_back(
        {{"number", one.number}, {"at", to_iso8601(one.at)}, {"user_id", one.user.dashed_upper()}, {"text", one.text}});
  }
  return json_answer(200, dumped({{"notices", list}}));
}

net::HttpResponse anomaly_audit(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto limit = read_limit(ask, kUsualPage, kMostPage);
  const auto before = read_number(ask.parameter("before").value_or("0"));
  if (!limit || !before) return bad_query("limit, before: expected numbers");
  auto list = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto lines, anomaly::audit(view, *before, *limit));
    for (const auto& line : lines) {
      list.push_back({{"number", line.number},
                      {"at", to_iso8601(line.at)},
                      {"person", line.person},
                      {"what", line.what},
                      {"about", line.about},
                      {"outcome", line.outcome},
                      {"detail", line.detail}});
    }
    return {};
  });
  return read ? json_answer(200, dumped({{"audit", list}})) : portal::failed(read.error());
}

net::HttpResponse file_authorities(const Ask&, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  auto list = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto all, anomaly::authorities(view));
    for (const auto& one : all) {
      list.push_back({{"subject", one.subject},
                      {"serial", one.serial.hex()},
                      {"not_before", to_iso8601(one.not_before, 0)},
                      {"not_after", to_iso8601(one.not_after, 0)}});
    }
    return {};
  });
  return read ? json_answer(200, dumped({{"authorities", list}})) : portal::failed(read.error());
}

net::HttpResponse put_file_authorities(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto done = portal.anomaly->set_authorities(ask.person, ask.http.body);
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

net::HttpResponse revoke_file_signer(const Ask& ask, const Portal& portal) {
  if (auto refused = closed(portal)) return std::move(*refused);
  const auto serial = pki::SmkiSerial::from_hex(ask.part("serial"));
  if (!serial) return not_found(ask.part("serial"));
  const auto done = portal.anomaly->revoke(ask.person, *serial);
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

}  // namespace meterway::portal
