#include "flow/gateway/http_edge.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "flow/envelope/response.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/faces.h"
#include "records/registry/broker.h"
#include "records/registry/request_record.h"
#include "records/store/event_log.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::gateway {
namespace {

using nlohmann::json;
constexpr std::string_view kServices = "/api/v1/service";

/// "application/xml; charset=utf-8" -> "application/xml", lower case.
std::string media_type(const net::Headers& headers) {
  const auto found = headers.find("content-type");
  if (found == headers.end()) return {};
  auto type = found->second.substr(0, found->second.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

std::string code_of(Refusal why, const Context& context) {
  const auto own = context.settings.refusal_codes.find(why);
  return own == context.settings.refusal_codes.end() ? std::string(response_code(why)) : own->second;
}

}  // namespace

net::HttpResponse problem(int status, std::string_view name, std::string_view title, const std::string& detail) {
  const json body = {
      {"type", "urn:meterway:refusal:" + std::string(name)}, {"title", title}, {"status", status}, {"detail", detail}};
  net::HttpResponse out{status,
                        {{"content-type", "application/problem+json"}},
                        body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
  if (status == 405) out.headers["allow"] = "POST";
  if (status == 503) out.headers["retry-after"] = "1";
  return out;
}

Step<ReceivedRequest> receive(net::HttpRequest&& http, const Context& context) {
  ReceivedRequest out;
  const bool known = http.path.size() == kServices.size() + 1 && http.path.starts_with(kServices) &&
                     std::string_view("STD").find(http.path.back()) != std::string_view::npos;
  if (!known) return refuse(Refusal::UnknownPath, http.path);
  if (http.method != "POST") return refuse(Refusal::WrongMethod, http.method);
  if (media_type(http.headers) != "application/xml")
    return refuse(Refusal::WrongContentType, "expected application/xml");
  out.service = static_cast<duis::WebService>(http.path.back());
  out.document = std::move(http.body);
  out.received_at = context.clock.now();
  out.hops.push_back({"gateway",
                      "received",
                      std::to_string(out.document.size()) + " bytes for service" + http.path.back(),
                      {},
                      out.received_at});
  return out;
}

net::HttpResponse document_answer(std::string document) {
  return {200, {{"content-type", "application/xml"}}, std::move(document)};
}

net::HttpResponse tell(const Refused& refused, const std::optional<Asked>& asked, const Context& context) {
  const auto code = code_of(refused.why, context);
  if (asked && !code.empty()) {
    duis::Response answer;
    answer.request_id = asked->request_id;
    answer.code = code;
    answer.body = duis::response_message(asked->service_reference, asked->service);
    if (auto document = sign_response(std::move(answer), context)) return document_answer(std::move(*document));
    return problem(503, name(Refusal::Busy), sentence(Refusal::Busy), "the answer could not be signed");
  }
  return problem(http_status(refused.why), name(refused.why), sentence(refused.why), refused.detail);
}

namespace {

constexpr std::string_view kAnswer = "/answer", kFormat = "format=";

struct Traced {
  std::vector<store::Event> events;
  std::string service;  ///< service reference variant of the request
  Eui64 broker;
};

/// Nothing in it when the caller may not see it.
Result<Traced> read_trace(std::string_view key, const std::optional<RequestId>& id, const Caller& caller,
                          const Context& context) {
  Traced out;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const bool allowed, may_read_trace(view, caller, key));
    if (!allowed) return {};
    METERWAY_TRY(out.events, store::events_of(view, key));
    METERWAY_TRY(const auto broker, registry::find_broker(view));
    if (broker) out.broker = *broker;
    for (const auto leg : {registry::Leg::Request, registry::Leg::SignedPreCommand}) {
      if (!id || !out.service.empty()) break;
      METERWAY_TRY(const auto record, registry::find_request(view, *id, leg));
      if (record) out.service = record->service;
    }
    return {};
  }));
  return out;
}

json told(const store::Event& event, const TraceReader& reader, std::optional<Face> face) {
  json item = {
      {"time", to_iso8601(event.time, 6)}, {"step", event.step}, {"outcome", event.outcome}, {"detail", event.detail}};
  if (event.bytes.empty()) return item;
  item["bytes"] = to_hex(event.bytes);
  const auto words = face ? reader.read(event.bytes, *face) : Result<std::string>(std::string());
  if (face && words) item["message"] = *face == Face::Json ? json::parse(*words, nullptr, false) : json(*words);
  return item;
}

/// The device's answer alone, as it is asked for.
net::HttpResponse show_answer(const TraceReader& reader, Face face, const std::string& key) {
  const auto* answer = reader.answer();
  if (answer == nullptr)
    return problem(404, name(Refusal::UnknownPath), "no answer of a device is known to this request", key);
  const auto words = reader.read(answer->bytes, face);
  if (!words) return problem(422, "no-such-form", "the answer cannot be told in this form", describe(words.error()));
  return {200, {{"content-type", std::string(media_type_of(face))}}, *words + (words->ends_with('\n') ? "" : "\n")};
}

}  // namespace

net::HttpResponse show_trace(std::string_view what, std::string_view query, const Caller& caller,
                             const Context& context) {
  const bool alone = what.ends_with(kAnswer);
  if (alone) what.remove_suffix(kAnswer.size());
  const auto face = query.starts_with(kFormat) ? face_of(query.substr(kFormat.size())) : std::nullopt;
  if (!query.empty() && !face)
    return problem(400, "bad-query", "the query cannot be read", "format: text, json or mmc");
  const auto id = RequestId::parse(what);
  const std::string key = id ? id->text() : std::string(what);
  const auto traced = read_trace(key, id.has_value() ? std::optional(*id) : std::nullopt, caller, context);
  if (!traced) return problem(503, name(Refusal::Busy), sentence(Refusal::Busy), describe(traced.error()));
  if (traced->events.empty()) return problem(404, name(Refusal::UnknownPath), "nothing is known of this request", key);
  const TraceReader reader(traced->events, traced->service, traced->broker);
  if (alone) return show_answer(reader, face.value_or(Face::Json), key);
  json list = json::array();
  for (const auto& event : traced->events) list.push_back(told(event, reader, face));
  json body = {{"request_id", key}, {"events", list}};
  if (!traced->service.empty()) body["service"] = traced->service;
  return {
      200, {{"content-type", "application/json"}}, body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

}  // namespace meterway::flow::gateway
