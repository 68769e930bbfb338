#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "portal/server/csv.h"
#include "portal/server/door.h"
#include "records/audit/checkpoint.h"
#include "records/registry/octets.h"

/// /api/v1/audit: the one log of who did what. What is Amber or Red is read as a reader of it is cleared; the chain
/// itself, byte by byte, by who is cleared for everything.
namespace meterway::portal {
namespace {

using nlohmann::json;

constexpr std::size_t kUsualPage = 100, kMostPage = 1000;

json to_json(const audit::Entry& entry, std::uint64_t times) {
  return {{"sequence", entry.sequence},
          {"at", to_iso8601(entry.at)},
          {"person", entry.person},
          {"party", entry.party},
          {"function", entry.function},
          {"about", entry.about},
          {"outcome", entry.outcome},
          {"rule", entry.rule},
          {"detail", entry.detail},
          {"class", to_string(entry.level)},
          {"times", times},
          {"previous", to_hex(entry.previous)}};
}

std::string csv_of(const audit::Entry& entry, std::uint64_t times) {
  return csv::line({std::to_string(entry.sequence), to_iso8601(entry.at), entry.person, entry.party, entry.function,
                    entry.about, entry.outcome, entry.rule, entry.detail, std::string(to_string(entry.level)),
                    std::to_string(times)});
}

json to_json(const audit::Checkpoint& one) {
  return {{"sequence", one.sequence}, {"at", to_iso8601(one.at)},           {"digest", to_hex(one.digest)},
          {"key", to_hex(one.key)},   {"signature", to_hex(one.signature)}, {"text", one.text()}};
}

net::HttpResponse chain(const Ask& ask, const Portal& portal) {
  if (ask.person.clearance < ledger::Classification::Red)
    return refused_inside(ask, portal,
                          problem(403, "above_clearance", "the chain holds what is above your clearance", "Red"),
                          "the chain, which holds what is above his clearance");
  const auto after = read_number(ask.parameter("after").value_or("0"));
  const auto limit = read_limit(ask, kMostPage, kMostPage);
  if (!after || !limit) return bad_query("after, limit: expected numbers");
  json rows = json::array();
  audit::Head end;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(end, audit::head(view));
    METERWAY_TRY(const auto raw, audit::raw(view, *after + 1, *limit));
    for (const auto& one : raw) rows.push_back({one.sequence, to_hex(registry::bytes_of(one.bytes))});
    return {};
  });
  if (!read) return failed(read.error());
  return json_answer(200,
                     dumped({{"rows", rows}, {"end", {{"sequence", end.sequence}, {"digest", to_hex(end.digest)}}}}));
}

}  // namespace

net::HttpResponse audit_entries(const Ask& ask, const Portal& portal) {
  if (const auto written = write_held(portal); !written) return failed(written.error());
  const auto format = ask.parameter("format").value_or("json");
  if (format == "chain") return chain(ask, portal);
  if (format != "json" && format != "csv") return bad_query("format: expected json, csv or chain");
  audit::Filter filter;
  filter.person = ask.parameter("who").value_or("");
  filter.function = ask.parameter("function").value_or("");
  filter.clearance = ask.person.clearance;
  for (const auto& [name, into] : {std::pair{"from", &filter.from}, std::pair{"to", &filter.to}}) {
    const auto text = ask.parameter(name);
    if (!text) continue;
    const auto time = from_iso8601(*text);
    if (!time) return bad_query(std::string(name) + ": expected a date and time");
    *into = *time;
  }
  const auto before = read_number(ask.parameter("before").value_or("0"));
  const auto limit = read_limit(ask, kUsualPage, kMostPage);
  if (!before || !limit) return bad_query("before, limit: expected numbers");
  json list = json::array();
  auto table = csv::line(
      {"sequence", "at", "person", "party", "function", "about", "outcome", "rule", "detail", "class", "times"});
  std::uint64_t next = 0;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto page, audit::list(view, filter, *before, *limit));
    next = page.next;
    for (const auto& entry : page.entries) {
      METERWAY_TRY(const auto times, audit::times_of(view, entry));
      if (format == "csv") {
        table += csv_of(entry, times);
      } else {
        list.push_back(to_json(entry, times));
      }
    }
    return {};
  });
  if (!read) return failed(read.error());
  if (format == "csv") {
    net::HttpResponse out{200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, table};
    if (next != 0) out.headers["x-next"] = std::to_string(next);
    return out;
  }
  json body{{"entries", list}};
  if (next != 0) body["next"] = next;
  return json_answer(200, dumped(body));
}

net::HttpResponse audit_checkpoints(const Ask& ask, const Portal& portal) {
  const auto from = read_number(ask.parameter("from").value_or("0"));
  const auto limit = read_limit(ask, kUsualPage, kMostPage);
  if (!from || !limit) return bad_query("from, limit: expected numbers");
  json list = json::array();
  std::optional<audit::Checkpoint> last;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, audit::checkpoints(view, *from, *limit));
    for (const auto& one : found) list.push_back(to_json(one));
    METERWAY_TRY(last, audit::last_checkpoint(view));
    return {};
  });
  if (!read) return failed(read.error());
  json body{{"checkpoints", list}, {"last", last ? to_json(*last) : json(nullptr)}};
  if (portal.audit_key != nullptr)
    body["key"] = {{"id", to_hex(audit::id_of(*portal.audit_key))}, {"point", to_hex(portal.audit_key->point())}};
  return json_answer(200, dumped(body));
}

}  // namespace meterway::portal
