#include "flow/tracing/edge.h"

#include <algorithm>

#include "base/net/url.h"
#include "flow/gateway/faces.h"
#include "flow/gateway/http_edge.h"
#include "flow/gateway/json_answer.h"
#include "flow/tracing/evidence.h"
#include "flow/tracing/requests.h"
#include "flow/tracing/trace_json.h"
#include "records/permission/permission.h"
#include "records/registry/person.h"
#include "records/registry/users_of_party.h"

namespace meterway::flow::tracing {
namespace {

using gateway::Caller;
using gateway::Face;
using nlohmann::json;

constexpr std::string_view kTrace = "/api/v1/trace/", kAnswer = "/answer", kEvidence = "/evidence",
                           kRequests = "/api/v1/requests", kFormat = "format=", kBytes = "trace.bytes";

/// Whether payloads are for the caller as well: decisions alone may be given of all, and payloads of a party's own.
Result<bool> sees_bytes(const store::ReadView& view, const Caller& caller, const std::string& key) {
  if (caller.person.empty()) return true;
  METERWAY_TRY(const auto person, registry::find_person(view, caller.person));
  if (!person || !permission::may(*person, kBytes)) return false;
  if (permission::may_all(*person, kBytes)) return true;
  Caller party{Caller::Kind::Party, {}, caller.person};
  METERWAY_TRY(party.of_party, registry::users_of_party(view, person->party));
  return gateway::may_read_trace(view, party, key);
}

/// What may be shown of a key; empty when there is nothing, or nothing for this caller.
struct Shown {
  Story story;
  std::vector<KeyName> keys;
  bool bytes = false;
};
Result<Shown> read_for(const std::string& key, const Caller& caller, const Context& context) {
  Shown out;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const bool allowed, gateway::may_read_trace(view, caller, key));
    if (!allowed) return {};
    METERWAY_TRY(out.story, read_story(view, key));
    METERWAY_TRY(out.keys, keys_of(view, out.story));
    METERWAY_TRY(out.bytes, sees_bytes(view, caller, key));
    return {};
  }));
  return out;
}

net::HttpResponse not_known(std::string_view what, const std::string& key) {
  return gateway::problem(404, name(Refusal::UnknownPath), what, key);
}

/// The device's answer alone, as it is asked for.
net::HttpResponse show_answer(const Shown& shown, Face face) {
  const gateway::TraceReader reader(shown.story.events, shown.story.service(), shown.story.broker);
  const auto* answer = reader.answer();
  if (answer == nullptr) return not_known("no answer of a device is known to this request", shown.story.key);
  const auto words = reader.read(answer->bytes, face);
  if (!words)
    return gateway::problem(422, "no-such-form", "the answer cannot be told in this form", describe(words.error()));
  return {200, {{"content-type", std::string(media_type_of(face))}}, *words + (words->ends_with('\n') ? "" : "\n")};
}

/// "evidence-90B3D51F30010000-00DB1234567890A0-1000.zip".
std::string evidence_name(std::string key) {
  std::erase(key, '-');
  std::replace_if(
      key.begin(), key.end(),
      [](char c) { return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')); }, '-');
  return "evidence-" + key + ".zip";
}

net::HttpResponse show_evidence(const Shown& shown, const Context& context) {
  AuditProof proof;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(proof, audit_proof_of(view, shown.story));
    return {};
  });
  if (!read) return gateway::broken(read.error());
  const auto trace = trace_json(shown.story, shown.keys, {Face::Json, true}, context);
  auto zip = write_zip(evidence_of(shown.story, trace, proof));
  if (!zip) return gateway::broken(zip.error());
  return {200,
          {{"content-type", "application/zip"},
           {"content-disposition", "attachment; filename=\"" + evidence_name(shown.story.key) + "\""}},
          std::move(*zip)};
}

/// What is asked about a key: the path behind it.
struct Asked {
  std::string key;
  std::string_view part;  ///< "/answer"; empty: the trace itself
};
Asked read_path(std::string_view path) {
  Asked out;
  for (const auto part : {kAnswer, kEvidence}) {
    if (!path.ends_with(part)) continue;
    out.part = part;
    path.remove_suffix(part.size());
    break;
  }
  out.key = key_as_kept(net::percent_decoded(path));
  return out;
}

}  // namespace

net::HttpResponse show_trace(std::string_view what, std::string_view query, const Caller& caller,
                             const Context& context) {
  const auto face = query.starts_with(kFormat) ? gateway::face_of(query.substr(kFormat.size())) : std::nullopt;
  if (!query.empty() && !face)
    return gateway::problem(400, "bad-query", "the query cannot be read", "format: text, json or mmc");
  const auto asked = read_path(what);
  const auto shown = read_for(asked.key, caller, context);
  if (!shown) return gateway::problem(503, name(Refusal::Busy), sentence(Refusal::Busy), describe(shown.error()));
  if (shown->story.is_empty()) return not_known("nothing is known of this request", asked.key);
  if (asked.part == kAnswer) return show_answer(*shown, face.value_or(Face::Json));
  if (asked.part == kEvidence) return show_evidence(*shown, context);
  return gateway::json_answer(200, trace_json(shown->story, shown->keys, {face, shown->bytes}, context));
}

std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Context& context) {
  if (http.method != "GET" || (!http.path.starts_with(kTrace) && http.path != kRequests)) return std::nullopt;
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return gateway::tell({Refusal::Busy, describe(caller.error())}, std::nullopt, context);
  if (http.path == kRequests) return list_requests(http, *caller, context);
  return show_trace(std::string_view(http.path).substr(kTrace.size()), http.query, *caller, context);
}

}  // namespace meterway::flow::tracing
