#include "records/anomaly/book.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "records/audit/log.h"
#include "records/permission/permission.h"
#include "records/registry/octets.h"

namespace meterway::anomaly {
namespace {

using nlohmann::json;
using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kItems = "anomaly-item", kOfUser = "anomaly-user", kOfRequest = "anomaly-request",
                           kHeld = "anomaly-held", kNotices = "anomaly-notice", kSubmissions = "anomaly-submission",
                           kHistory = "anomaly-history", kNumbers = "anomaly-number";
constexpr std::string_view kFunctions = "anomaly.";
constexpr std::string_view kStates[] = {"held", "released", "deleted", "expired"};
constexpr std::size_t kPage = 500;

std::string number_key(std::uint64_t number) { return string_of(wire::Writer().u64(number)); }
std::string user_key(std::optional<Eui64> user) { return number_key(user ? user->value() : 0); }
Result<std::uint64_t> read_number(std::string_view key) {
  wire::Reader in(bytes_of(key));
  const auto number = in.u64("number");
  METERWAY_CHECK(in.finish());
  return number;
}
std::string request_key(const RequestId& id, registry::Leg leg) { return id.text() + static_cast<char>(leg); }

Result<std::uint64_t> next_number(store::WriteView& view, std::string_view name) {
  METERWAY_TRY(const auto row, view.get(kNumbers, name));
  std::uint64_t last = 0;
  if (row) {
    METERWAY_TRY(last, read_number(*row));
  }
  METERWAY_CHECK(view.put(kNumbers, name, number_key(last + 1)));
  return last + 1;
}

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }
UtcTime time_at(const json& object, const char* name) {
  return UtcTime(std::chrono::microseconds(object.value(name, std::int64_t{0})));
}

json to_json(const Item& item) {
  return {{"request", item.request.text()},
          {"leg", static_cast<int>(item.leg)},
          {"service", item.service},
          {"received", micros(item.received_at)},
          {"expires", micros(item.expires_at)},
          {"decided", micros(item.decided_at)},
          {"breach", static_cast<int>(item.breach)},
          {"threshold", item.threshold},
          {"counted", item.counted},
          {"why", item.why},
          {"state", static_cast<int>(item.state)},
          {"told", item.told},
          {"asked", item.asked},
          {"asked_by", item.asked_by},
          {"decided_by", item.decided_by},
          {"reason", item.reason},
          {"reference", item.reference}};
}

Result<Item> read_item(std::uint64_t number, const std::string& row) {
  const auto object = json::parse(row, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "quarantined request");
  METERWAY_TRY(const auto id, RequestId::parse(object.value("request", "")));
  Item item;
  item.number = number;
  item.request = id;
  item.leg = object.value("leg", 0) == 0 ? registry::Leg::Request : registry::Leg::SignedPreCommand;
  item.service = object.value("service", "");
  item.received_at = time_at(object, "received");
  item.expires_at = time_at(object, "expires");
  item.decided_at = time_at(object, "decided");
  item.breach = static_cast<Breach>(std::clamp(object.value("breach", 0), 0, 3));
  item.threshold = object.value("threshold", "");
  item.counted = object.value("counted", "");
  item.why = object.value("why", "");
  item.state = static_cast<State>(std::clamp(object.value("state", 0), 0, 3));
  item.told = object.value("told", false);
  item.asked = object.value("asked", "");
  item.asked_by = object.value("asked_by", "");
  item.decided_by = object.value("decided_by", std::vector<std::string>());
  item.reason = object.value("reason", "");
  item.reference = object.value("reference", "");
  return item;
}

std::string after_user(Eui64 user) { return user.value() == UINT64_MAX ? std::string() : number_key(user.value() + 1); }

std::string next_of(const std::vector<store::Row>& rows, std::size_t batch) {
  return rows.size() == batch ? rows.back().key + '\0' : std::string();
}

/// When it came, as rows of JSON say it; never, when they do not.
UtcTime received_at(const json& object) {
  const auto time = from_iso8601(object.value("received", ""));
  return time ? *time : UtcTime::max();
}

/// Whether what a row of the history tells of still stands.
Result<bool> stands(const store::ReadView& view, const json& row) {
  Scope scope{{}, row.value("service", "")};
  if (const auto user = Eui64::parse(row.value("user", "")); user) scope.user = *user;
  const auto is_it = [&](const auto& one) {
    return to_iso8601(one.from) == row.value("effective_from", "") && one.reference == row.value("reference", "");
  };
  const auto source = row.value("source", "");
  if (source == "ATTRIBUTE") {
    METERWAY_TRY(const auto limits, limits_of(view, scope.key()));
    return std::any_of(limits.begin(), limits.end(),
                       [&](const Limit& one) { return one.attribute == row.value("attribute", "") && is_it(one); });
  }
  METERWAY_TRY(const auto levels, levels_of(view, scope.key()));
  return std::any_of(levels.begin(), levels.end(), [&](const Level& one) {
    return (one.source == Source::User) == (source == "USER") && is_it(one);
  });
}

/// JSON that was given us may hold any bytes: what is no UTF-8 is replaced.
std::string dumped(const json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::string_view to_string(State state) { return kStates[static_cast<std::size_t>(state)]; }

Result<Item> hold(store::WriteView& view, const registry::RequestRecord& record, const Verdict& verdict, UtcTime now,
                  UtcTime expires_at) {
  Item item;
  METERWAY_TRY(item.number, next_number(view, "item"));
  item.request = record.id;
  item.leg = record.leg;
  item.service = record.service;
  item.received_at = record.received_at;
  item.expires_at = expires_at;
  item.breach = verdict.breach;
  item.threshold = verdict.threshold;
  item.counted = verdict.counted;
  item.why = verdict.why;
  METERWAY_CHECK(put_item(view, item));
  METERWAY_CHECK(view.put(kOfRequest, request_key(record.id, record.leg), number_key(item.number)));
  METERWAY_CHECK(append_audit(
      view, {0, now, "platform", "hold", std::to_string(item.number), "held", record.id.text() + ": " + verdict.why}));
  return item;
}

Result<std::optional<Item>> find_item(const store::ReadView& view, std::uint64_t number) {
  METERWAY_TRY(const auto row, view.get(kItems, number_key(number)));
  if (!row) return std::optional<Item>();
  METERWAY_TRY(auto item, read_item(number, *row));
  return std::optional(std::move(item));
}

Result<std::optional<Item>> item_of(const store::ReadView& view, const RequestId& request, registry::Leg leg) {
  METERWAY_TRY(const auto row, view.get(kOfRequest, request_key(request, leg)));
  if (!row) return std::optional<Item>();
  METERWAY_TRY(const auto number, read_number(*row));
  return find_item(view, number);
}

Status put_item(store::WriteView& view, const Item& item) {
  METERWAY_CHECK(view.put(kItems, number_key(item.number), dumped(to_json(item))));
  const auto key = user_key(item.user()) + number_key(item.number);
  METERWAY_CHECK(item.state == State::Held ? view.put(kHeld, key, "") : view.erase(kHeld, key));
  return view.put(kOfUser, key, std::string(1, static_cast<char>(item.state)));
}

Status erase_item(store::WriteView& view, const Item& item) {
  const auto key = user_key(item.user()) + number_key(item.number);
  METERWAY_CHECK(view.erase(kHeld, key));
  METERWAY_CHECK(view.erase(kOfUser, key));
  METERWAY_CHECK(view.erase(kOfRequest, request_key(item.request, item.leg)));
  return view.erase(kItems, number_key(item.number));
}

Result<std::uint64_t> remove_items(store::WriteView& view, std::uint64_t after, UtcTime before, std::size_t batch) {
  METERWAY_TRY(const auto rows, view.scan(kItems, number_key(after + 1), "", batch));
  for (const auto& row : rows) {
    METERWAY_TRY(after, read_number(row.key));
    METERWAY_TRY(const auto item, read_item(after, row.value));
    if (item.state == State::Held || std::max(item.decided_at, item.received_at) >= before) continue;
    // What was decided and not yet carried out is still needed.
    METERWAY_TRY(const bool open, registry::is_open(view, item.request));
    if (!open) METERWAY_CHECK(erase_item(view, item));
  }
  return rows.size() == batch ? after : 0;
}

Result<std::string> remove_notices(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch) {
  METERWAY_TRY(const auto rows, view.scan(kNotices, from, "", batch));
  for (const auto& row : rows) {
    const auto object = json::parse(row.value, nullptr, false);
    if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "notice");
    if (time_at(object, "at") < before) METERWAY_CHECK(view.erase(kNotices, row.key));
  }
  return next_of(rows, batch);
}

Result<std::string> strip_submissions(store::WriteView& view, const std::string& from, UtcTime before,
                                      std::size_t batch) {
  METERWAY_TRY(const auto rows, view.scan(kSubmissions, from, "", batch));
  std::optional<Eui64> user;
  std::vector<Level> levels;
  for (const auto& row : rows) {
    auto object = json::parse(row.value, nullptr, false);
    if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "submission");
    if (!object.contains("file") || received_at(object) >= before) continue;
    METERWAY_TRY(const auto number, read_number(std::string_view(row.key).substr(0, 8)));
    if (user != Eui64(number)) {
      user = Eui64(number);
      METERWAY_TRY(levels, all_levels(view, user));
    }
    const auto reference = row.key.substr(8);
    const bool is_set =
        object.value("kind", "") == "thresholds" && std::any_of(levels.begin(), levels.end(), [&](const Level& one) {
          return one.source == Source::User && one.reference == reference;
        });
    if (is_set) continue;
    for (const auto* member : {"file", "file_signature", "receipt", "receipt_signature"}) object.erase(member);
    METERWAY_CHECK(view.put(kSubmissions, row.key, dumped(object)));
  }
  return next_of(rows, batch);
}

Result<std::string> remove_history(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch) {
  METERWAY_TRY(const auto rows, view.scan(kHistory, from, "", batch));
  for (const auto& row : rows) {
    const auto object = json::parse(row.value, nullptr, false);
    if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "anomaly-history");
    if (received_at(object) >= before) continue;
    METERWAY_TRY(const bool is_kept, stands(view, object));
    if (!is_kept) METERWAY_CHECK(view.erase(kHistory, row.key));
  }
  return next_of(rows, batch);
}

Result<std::vector<Item>> items(const store::ReadView& view, std::optional<Eui64> user, std::optional<State> state,
                                std::uint64_t after, std::size_t limit) {
  std::vector<Item> out;
  const bool held = user && state == State::Held;  // of all that a User ever had, few
  const auto table = held ? kHeld : user ? kOfUser : kItems;
  const auto prefix = user ? user_key(user) : std::string();
  auto from = prefix + number_key(after + 1);
  const auto to = user ? after_user(*user) : std::string();
  while (out.size() < limit) {
    METERWAY_TRY(const auto rows, view.scan(table, from, to, kPage));
    for (const auto& row : rows) {
      METERWAY_TRY(const auto number, read_number(std::string_view(row.key).substr(prefix.size())));
      if (user && state && !held && (row.value.empty() || static_cast<State>(row.value[0]) != *state)) continue;
      METERWAY_TRY(auto item, find_item(view, number));
      if (item && (!state || item->state == *state)) out.push_back(std::move(*item));
      if (out.size() == limit) break;
    }
    if (rows.size() < kPage) break;
    from = rows.back().key + '\0';
  }
  return out;
}

Status append_audit(store::WriteView& view, AuditLine line) {
  audit::Entry entry;
  entry.at = line.at;
  entry.person = std::move(line.person);
  entry.function = std::string(kFunctions) + line.what;
  entry.about = std::move(line.about);
  entry.outcome = std::move(line.outcome);
  const auto rows = permission::permissions_of(entry.function);
  entry.rule = std::string(rows.empty() ? "G6" : rows.front().clause);
  entry.detail = std::move(line.detail);
  return audit::append(view, std::move(entry));
}

Result<std::vector<AuditLine>> audit(const store::ReadView& view, std::uint64_t before, std::size_t limit) {
  METERWAY_TRY(const auto entries, audit::list_topic(view, kFunctions.substr(0, kFunctions.size() - 1), before, limit));
  std::vector<AuditLine> out;
  for (const auto& entry : entries) {
    if (entry.function.size() > kFunctions.size())
      out.push_back({entry.sequence, entry.at, entry.person, entry.function.substr(kFunctions.size()), entry.about,
                     entry.outcome, entry.detail});
  }
  return out;
}

Status append_notice(store::WriteView& view, Notice notice) {
  METERWAY_TRY(notice.number, next_number(view, "notice"));
  return view.put(kNotices, user_key(notice.user) + number_key(notice.number),
                  dumped({{"at", micros(notice.at)}, {"text", notice.text}}));
}

Result<std::vector<Notice>> notices(const store::ReadView& view, Eui64 user, std::uint64_t after, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kNotices, user_key(user) + number_key(after + 1), after_user(user), limit));
  std::vector<Notice> out;
  for (const auto& row : rows) {
    const auto object = json::parse(row.value, nullptr, false);
    wire::Reader key(bytes_of(row.key));
    Notice notice;
    notice.user = Eui64(key.u64("user"));
    notice.number = key.u64("number");
    if (!object.is_object() || !key.finish()) return fail(ErrorCode::BadJson, 0, "notice");
    notice.at = time_at(object, "at");
    notice.text = object.value("text", "");
    out.push_back(std::move(notice));
  }
  return out;
}

Status append_history(store::WriteView& view, std::optional<Eui64> user, std::string_view text) {
  METERWAY_TRY(const auto number, next_number(view, "history"));
  return view.put(kHistory, user_key(user) + number_key(number), text);
}

Status each_history(const store::ReadView& view, std::optional<Eui64> user,
                    const std::function<Status(std::uint64_t, const std::string&)>& take) {
  auto from = user ? user_key(user) : std::string();
  const auto to = user ? after_user(*user) : std::string();
  for (;;) {
    METERWAY_TRY(const auto rows, view.scan(kHistory, from, to, kPage));
    for (const auto& row : rows) {
      wire::Reader key(bytes_of(row.key));
      (void)key.u64("user");
      const auto number = key.u64("number");
      METERWAY_CHECK(key.finish());
      METERWAY_CHECK(take(number, row.value));
    }
    if (rows.size() < kPage) return {};
    from = rows.back().key + '\0';
  }
}

Status put_submission(store::WriteView& view, Eui64 user, std::string_view reference, std::string_view text) {
  return view.put(kSubmissions, user_key(user) + std::string(reference), text);
}
Result<std::optional<std::string>> find_submission(const store::ReadView& view, Eui64 user,
                                                   std::string_view reference) {
  return view.get(kSubmissions, user_key(user) + std::string(reference));
}

}  // namespace meterway::anomaly
