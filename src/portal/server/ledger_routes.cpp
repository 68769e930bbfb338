#include <charconv>
#include <nlohmann/json.hpp>

#include "base/net/url.h"
#include "portal/server/door.h"
#include "portal/server/query.h"
#include "portal/server/record_json.h"
#include "portal/server/table.h"

/// /api/v1/ledger/...: records of every kind by the same few functions.
namespace meterway::portal {
namespace {

using nlohmann::json;

std::string path_of(const ledger::Record& record) {
  return "/api/v1/ledger/" + record.kind + "/" + net::percent_encoded(record.reference);
}

net::HttpResponse record_answer(int status, const ledger::Record& record) {
  auto out = json_answer(status, to_json(record).dump());
  out.headers["etag"] = "\"" + std::to_string(record.revision) + "\"";
  if (status == 201) out.headers["location"] = path_of(record);
  return out;
}

net::HttpResponse answer(int status, const Result<ledger::Record, ledger::Problem>& done) {
  return done ? record_answer(status, *done) : failed(done.error());
}

net::HttpResponse bad_body(const std::string& detail) {
  const auto colon = detail.find(": ");
  if (colon == std::string::npos) return problem(400, "bad_member", "the body says something that cannot be", detail);
  return problem(400, "bad_member", "the body says something that cannot be", detail,
                 {{detail.substr(0, colon), detail.substr(colon + 2)}});
}

/// The revision that If-Match names ("3" or "3" in quotes; * any); nothing without the header. False: it is no
/// revision.
bool read_revision(const Ask& ask, std::optional<std::uint64_t>& revision) {
  auto text = ask.header("if-match");
  if (text.empty() || text == "*") return true;
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return false;
  revision = number;
  return true;
}

net::HttpResponse bad_revision() {
  return problem(400, "bad_if_match", "If-Match names no revision", "expected the ETag of the record, such as \"3\"");
}

bool is_csv(const std::string& media_type) { return media_type.starts_with("text/csv"); }

json found_json(const std::vector<ledger::Found>& found) {
  json list = json::array();
  for (const auto& one : found)
    list.push_back({{"kind", one.target.kind},
                    {"reference", one.target.reference},
                    {"label", one.label},
                    {"state", one.state},
                    {"class", to_string(one.level)}});
  return {{"records", list}};
}

}  // namespace

net::HttpResponse list(const Ask& ask, const Portal& portal) {
  const auto* kind = ledger::find_kind(ask.part("kind"));
  if (kind == nullptr) return not_found(ask.part("kind"));
  auto query = read_list_query(ask, *kind);
  if (!query) return bad_query(query.error());
  const auto reader = portal.ledger.reader(ask.person);
  const auto format = ask.parameter("format");
  if (format && *format != "csv" && *format != "json") return bad_query("format: expected json or csv");
  if ((format && *format == "csv") || (!format && is_csv(ask.header("accept")))) {
    if (!kind->no_table.empty())
      return problem(403, "no_table", "records of this kind are not given as a table", std::string(kind->no_table));
    return csv_answer(reader, *kind, *query);
  }
  const auto page = reader.list(*query);
  if (!page) return failed(page.error());
  json records = json::array();
  for (const auto& record : page->records) records.push_back(to_json(record));
  json body = {{"records", records}, {"total", page->total}};
  if (!page->next.empty()) body["next"] = page->next;
  if (const auto field = ask.parameter("sum")) {
    const auto sum = reader.sum(*query, *field);
    if (!sum) return failed(sum.error());
    body["sum"] = {{"field", *field},
                   {"total", sum->counted == 0 ? json(nullptr) : json(sum->total)},
                   {"counted", sum->counted},
                   {"not_recorded", sum->not_recorded}};
  }
  return json_answer(200, body.dump());
}

net::HttpResponse create(const Ask& ask, const Portal& portal) {
  if (is_csv(ask.header("content-type"))) return import(ask, portal);
  const auto draft = read_draft(ask.http.body);
  if (!draft) return bad_body(draft.error());
  return answer(201, portal.ledger.create(ask.person, ask.part("kind"), *draft));
}

net::HttpResponse show(const Ask& ask, const Portal& portal) {
  const auto record = portal.ledger.reader(ask.person).find(ask.part("kind"), ask.part("reference"));
  return record ? record_answer(200, *record) : not_found(ask.part("kind") + " " + ask.part("reference"));
}

net::HttpResponse change(const Ask& ask, const Portal& portal) {
  std::optional<std::uint64_t> revision;
  if (!read_revision(ask, revision)) return bad_revision();
  if (ask.header("if-match").empty())
    return problem(428, "if_match_needed", "which revision has the caller seen?",
                   "If-Match, with the ETag of the record, or * for whichever there is");
  const auto draft = read_draft(ask.http.body);
  if (!draft) return bad_body(draft.error());
  if (!draft->reference.empty()) return bad_body("reference: stays as it is");
  return answer(200, portal.ledger.change(ask.person, ask.part("kind"), ask.part("reference"), revision, *draft));
}

net::HttpResponse act(const Ask& ask, const Portal& portal) {
  std::optional<std::uint64_t> revision;
  if (!read_revision(ask, revision)) return bad_revision();
  const auto draft = read_draft(ask.http.body);
  if (!draft) return bad_body(draft.error());
  if (!draft->reference.empty()) return bad_body("reference: stays as it is");
  return answer(200, portal.ledger.act(ask.person, ask.part("kind"), ask.part("reference"), revision,
                                       ask.part("action"), *draft));
}

net::HttpResponse attach(const Ask& ask, const Portal& portal) {
  std::optional<std::uint64_t> revision;
  if (!read_revision(ask, revision)) return bad_revision();
  ledger::NewAttachment file;
  file.title = ask.parameter("title").value_or("");
  file.why = ask.parameter("why").value_or("");
  const auto type = ask.header("content-type");
  file.media_type = type.substr(0, type.find_first_of("; "));
  file.bytes = ask.http.body;
  if (const auto level = ask.parameter("class")) {
    const auto read = registry::classification_of(*level);
    if (!read) return bad_query("class: expected White, Green, Amber or Red");
    file.level = *read;
  }
  return answer(201, portal.ledger.attach(ask.person, ask.part("kind"), ask.part("reference"), revision, file));
}

net::HttpResponse content(const Ask& ask, const Portal& portal) {
  const auto reader = portal.ledger.reader(ask.person);
  auto bytes = reader.content(ask.part("kind"), ask.part("reference"), ask.part("attachment"));
  if (!bytes) return failed(bytes.error());
  const auto record = reader.find(ask.part("kind"), ask.part("reference"));
  if (!record) return failed(record.error());
  net::HttpResponse out{200, {{"cache-control", "no-store"}, {"x-content-type-options", "nosniff"}}, std::move(*bytes)};
  for (const auto& file : record->attachments) {
    if (file.id != ask.part("attachment")) continue;
    out.headers["content-type"] = file.media_type;
    out.headers["content-disposition"] = "attachment; filename*=UTF-8''" + net::percent_encoded(file.title);
    out.headers["x-classification"] = std::string(to_string(file.level));
  }
  return out;
}

net::HttpResponse history(const Ask& ask, const Portal& portal) {
  const auto entries = portal.ledger.reader(ask.person).history(ask.part("kind"), ask.part("reference"));
  if (!entries) return failed(entries.error());
  json list = json::array();
  for (const auto& entry : *entries) list.push_back(to_json(*ledger::find_kind(ask.part("kind")), entry));
  return json_answer(200, json{{"history", list}}.dump());
}

net::HttpResponse mentions(const Ask& ask, const Portal& portal) {
  const auto found = portal.ledger.reader(ask.person).mentioned_in(ask.part("kind"), ask.part("reference"));
  return found ? json_answer(200, found_json(*found).dump()) : failed(found.error());
}

net::HttpResponse search(const Ask& ask, const Portal& portal) {
  const auto limit = read_limit(ask, 100, ledger::kMostListed);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(ledger::kMostListed));
  const auto found = portal.ledger.reader(ask.person).search(ask.parameter("q").value_or(""), *limit);
  return found ? json_answer(200, found_json(*found).dump()) : failed(found.error());
}

net::HttpResponse audit(const Ask& ask, const Portal& portal) {
  const auto limit = read_limit(ask, 100, ledger::kMostListed);
  if (!limit) return bad_query("limit: expected 1 to " + std::to_string(ledger::kMostListed));
  std::uint64_t before = 0;
  if (const auto text = ask.parameter("before")) {
    const auto read = std::from_chars(text->data(), text->data() + text->size(), before);
    if (read.ec != std::errc()) return bad_query("before: expected a sequence number");
  }
  if (const auto written = write_held(portal); !written) return failed(written.error());
  const auto lines = portal.ledger.reader(ask.person).audit(before, *limit);
  if (!lines) return failed(lines.error());
  json list = json::array();
  for (const auto& line : *lines)
    list.push_back({{"sequence", line.sequence},
                    {"at", to_iso8601(line.at, 0)},
                    {"person", line.person},
                    {"party", line.party},
                    {"what", line.what},
                    {"outcome", line.outcome},
                    {"kind", line.target.kind},
                    {"reference", line.target.reference},
                    {"class", to_string(line.level)},
                    {"times", line.times}});
  return json_answer(200, json{{"audit", list}}.dump());
}

}  // namespace meterway::portal
