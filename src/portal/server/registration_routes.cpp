#include "portal/server/registration_routes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "portal/server/door.h"
#include "records/registry/octets.h"

/// /api/v1/registration: points, addresses and senders.
namespace meterway::portal {
namespace {

using nlohmann::json;
constexpr std::size_t kMostTextBytes = 200;

/// Which load said so, in words that can be followed.
Result<json> origin(const store::ReadView& view, std::uint32_t number) {
  METERWAY_TRY(const auto load, registration::load_of_number(view, number));
  if (!load) return json(nullptr);
  return json{{"sender", load->sender}, {"sequence", load->sequence}, {"at", to_iso8601(load->at)}};
}

json time_or_null(const std::optional<UtcTime>& time) { return time ? json(to_iso8601(*time, 0)) : json(nullptr); }

Result<json> json_of(const store::ReadView& view, const registration::Address& address) {
  METERWAY_TRY(auto from, origin(view, address.load));
  json out = {{"source", registration::name_of_source(address.source)},
              {"quality", std::string(1, address.quality)},
              {"post_code", address.post_code},
              {"identifier", address.identifier},
              {"lines", address.lines},
              {"file", std::move(from)}};
  if (address.uprn != 0) out["uprn"] = std::to_string(address.uprn);
  return out;
}

Result<json> json_of(const store::ReadView& view, const registration::Point& point, UtcTime at) {
  json now = json::array(), history = json::array(), past = json::array(), details = json::object(),
       said = json::array();
  for (const auto role : {UserRole::IS, UserRole::ES, UserRole::ED, UserRole::GS, UserRole::GT}) {
    for (const auto& span : point.spans(role)) {
      METERWAY_TRY(auto from, origin(view, span.load));
      json one = {{"role", to_string(role)},
                  {"participant", span.who.text()},
                  {"from", to_iso8601(span.from, 0)},
                  {"until", time_or_null(span.until)},
                  {"source", registration::name_of_source(span.source)},
                  {"file", std::move(from)}};
      if (span.from <= at && (!span.until || at < *span.until)) now.push_back(one);
      history.push_back(std::move(one));
    }
  }
  METERWAY_TRY(const auto was, registration::past_of(view, point.mpxn));
  for (const auto& one : was) {
    METERWAY_TRY(auto from, origin(view, one.entry.load));
    METERWAY_TRY(auto by, origin(view, one.by));
    past.push_back({{"role", to_string(one.entry.role)},
                    {"participant", one.entry.who.text()},
                    {"from", to_iso8601(one.entry.from, 0)},
                    {"source", registration::name_of_source(one.entry.source)},
                    {"file", std::move(from)},
                    {"replaced_by", std::move(by)}});
  }
  for (const auto& [of, text] : point.details) {
    const auto name = to_string(of.detail);
    details[std::string(name)] = point.detail(of.detail, calendar::date_of(at))->second;
    said.push_back({{"name", name}, {"value", text}, {"source", registration::name_of_source(of.source)}});
  }
  METERWAY_TRY(const auto addresses, registration::addresses_of(view, point.mpxn, calendar::date_of(at)));
  json places = json::array();
  for (const auto& address : addresses) {
    METERWAY_TRY(auto one, json_of(view, address));
    places.push_back(std::move(one));
  }
  return json{{"mpxn", point.mpxn.text()}, {"fuel", to_string(point.mpxn.fuel())},
              {"at", to_iso8601(at)},      {"registered", now},
              {"history", history},        {"corrected", past},
              {"details", details},        {"details_said", said},
              {"addresses", places}};
}

/// For the audit: what a certificate is by its digest, so that the rest is not cut.
std::string told_of(registration::Sender sender) {
  if (!sender.certificate.empty())
    sender.certificate = "sha256 " + to_hex(crypto::sha256(registry::bytes_of(sender.certificate)));
  return registration::to_json(sender);
}

}  // namespace

registration::Raise raise_incidents(const ledger::Ledger& ledger) {
  return [&ledger](store::WriteView& view, const registration::Sender& sender, const std::string& title,
                   const std::string& description) -> Result<std::string> {
    ledger::Change change(view, ledger.around(), registry::platform_person());
    METERWAY_TRY(const auto open, change.select({"incident", {{"rdp", sender.party}, {"state", "open"}}}));
    for (const auto& one : open) {
      if (one.text("title") == title) return one.reference;
    }
    ledger::Draft draft;
    draft.fields = {{"title", {title}},
                    {"raised", {to_iso8601(change.now(), 0)}},
                    {"owner", {sender.party}},
                    {"description", {description}},
                    {"rdp", {sender.party}}};
    METERWAY_TRY(const auto made, change.create_by_rule("incident", draft));
    return made.reference;
  };
}

net::HttpResponse registration_point(const Ask& ask, const Portal& portal) {
  const auto mpxn = Mpxn::parse(ask.part("mpxn"));
  if (!mpxn) return problem(400, "bad_metering_point", "this is no metering point", describe(mpxn.error()));
  auto at = portal.clock.now();
  if (const auto text = ask.parameter("at")) {
    const auto read = from_iso8601(*text);
    if (!read) return bad_query("at: expected a time such as 2026-11-23T00:00:00Z");
    at = *read;
  }
  std::string found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto point, registration::find_point(view, *mpxn));
    if (!point) return {};
    METERWAY_TRY(const auto body, json_of(view, *point, at));
    found = dumped(body);
    return {};
  });
  if (!read) return failed(read.error());
  return found.empty() ? not_found(ask.part("mpxn")) : json_answer(200, std::move(found));
}

net::HttpResponse registration_addresses(const Ask& ask, const Portal& portal) {
  const auto post_code = ask.parameter("postcode").value_or(""), identifier = ask.parameter("identifier").value_or("");
  if (!registration::plain_post_code(post_code)) return bad_query("postcode: expected a post code");
  if (registration::plain_address(identifier).empty() || identifier.size() > kMostTextBytes)
    return bad_query("identifier: expected the number or name of a house");
  const auto today = calendar::date_of(portal.clock.now());
  std::optional<std::uint8_t> source;
  if (const auto name = ask.parameter("source")) {
    const auto* row = registration::find_source(*name, today);
    if (row == nullptr) return bad_query("source: there is no such source");
    source = row->code;
  }
  json matches = json::array(), elsewhere = json::array();
  std::set<Mpxn> points_found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, registration::match_address(view, post_code, identifier, source, today));
    for (const auto& match : found) {
      json points = json::array();
      for (const auto& point : match.points) points.push_back(point.text());
      points_found.insert(match.points.begin(), match.points.end());
      matches.push_back({{"source", registration::name_of_source(match.source)}, {"points", points}});
    }
    for (const auto& point : points_found) {
      METERWAY_TRY(const auto addresses, registration::addresses_of(view, point, today));
      for (const auto& one : addresses) {
        if (registration::is_at(one, post_code, identifier)) continue;
        elsewhere.push_back({{"mpxn", point.text()},
                             {"source", registration::name_of_source(one.source)},
                             {"post_code", one.post_code},
                             {"identifier", one.identifier}});
      }
    }
    return {};
  });
  if (!read) return failed(read.error());
  return json_answer(200, dumped({{"matches", matches},
                                  {"sources_agree", matches.empty() ? json(nullptr) : json(elsewhere.empty())},
                                  {"elsewhere", elsewhere}}));
}

net::HttpResponse registration_senders(const Ask&, const Portal& portal) {
  json all = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto senders, registration::all_senders(view));
    for (const auto& one : senders) all.push_back(json::parse(registration::to_json(one)));
    return {};
  });
  return read ? json_answer(200, dumped({{"senders", all}})) : failed(read.error());
}

net::HttpResponse registration_sender(const Ask& ask, const Portal& portal) {
  std::optional<registration::Sender> found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registration::find_sender(view, ask.part("sender")));
    return {};
  });
  if (!read) return failed(read.error());
  return found ? json_answer(200, registration::to_json(*found)) : not_found(ask.part("sender"));
}

/// What the body does not say of a sender that there is stays: its place in both sequences above all.
net::HttpResponse put_registration_sender(const Ask& ask, const Portal& portal) {
  auto body = json::parse(ask.http.body, nullptr, false);
  if (!body.is_object())
    return problem(400, "bad_member", "the body says something that cannot be", "expected an object");
  bool added = false;
  std::string wrong, now;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto before, registration::find_sender(view, ask.part("sender")));
    added = !before;
    auto merged = before ? json::parse(registration::to_json(*before)) : json::object();
    merged.update(body);
    const auto sender = registration::read_sender(dumped(merged), ask.part("sender"));
    if (!sender) {
      wrong = sender.error();
      return fail(ErrorCode::BadValue, 0, "sender");
    }
    now = registration::to_json(*sender);
    METERWAY_CHECK(registration::put_sender(view, *sender));
    return note_done(view, ask, portal, "sender " + sender->id, told_of(*sender));
  });
  if (!wrong.empty()) return problem(400, "bad_member", "the body says something that cannot be", wrong);
  return done ? json_answer(added ? 201 : 200, now) : failed(done.error());
}

}  // namespace meterway::portal
