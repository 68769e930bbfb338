#include "portal/server/request_draft.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "records/registry/broker.h"
#include "standard/forms/fill.h"

namespace meterway::portal {
namespace {

using nlohmann::json;
using Refused = Unexpected<net::HttpResponse>;

constexpr std::string_view kMembers[] = {"user", "target", "cv", "fields", "body", "pounds", "pence", "service"};
constexpr std::string_view kTopUp = "2.2", kTokenToCome = "00000000000000000000";
constexpr unsigned kMostWorth = 8191;  // a token has 13 bits for it (utrn.md)

Refused bad_request_member(const std::string& detail) {
  return Refused{problem(400, "bad_member", "the body says something that cannot be", detail)};
}

std::optional<Eui64> eui_at(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_string()) return std::nullopt;
  const auto eui = Eui64::parse(found->get<std::string>());
  return eui ? std::optional(*eui) : std::nullopt;
}

/// A number, true or false stand for their text; null for a field that is not there. Errors: the member.
Result<forms::Values, std::string> read_fields(const json& fields) {
  using Wrong = Unexpected<std::string>;
  forms::Values out;
  if (!fields.is_object()) return Wrong{"fields: expected an object of places and texts"};
  for (const auto& [place, value] : fields.items()) {
    if (value.is_null()) continue;
    if (value.is_structured()) return Wrong{"fields." + place + ": expected a text, a number, true or false"};
    out[place] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return out;
}

/// A token's counter has a low word of zero (utrn.md); others are milliseconds.
OriginatorCounter counter_of(const duis::Service& service, UtcTime now) {
  const auto since = now.time_since_epoch();
  if (service.variant == kTopUp)
    return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(since).count()) << 32};
  return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count())};
}

/// "sr:Request/sr:Body/sr:ReadInventory/sr:DeviceID" -> "DeviceID".
std::string place_in_body(std::string_view element) {
  std::string out;
  for (int step = 0; !element.empty(); ++step) {
    auto name = element.substr(0, element.find('/'));
    element.remove_prefix(std::min(element.size(), name.size() + 1));
    name.remove_prefix(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1);
    if (step >= 3) out += (out.empty() ? "" : "/") + std::string(name);
  }
  return out;
}

/// The document around a body as it was typed, read and written again, so that nothing but what was read goes on.
void take_body(RequestDraft& draft, std::string body) {
  if (body.starts_with("<?xml")) body.erase(0, std::min(body.size(), body.find("?>") + 2));
  auto request = draft.request;
  request.body.name = draft.service->body_element;
  auto text = duis::write_request(request);
  const auto begin = text.find("<sr:Body>") + 9, end = text.find("</sr:Body>");
  text.replace(begin, end - begin, body);
  const auto read = duis::read_request(text);
  if (!read) {
    const auto& why = read.error();
    draft.wrong.push_back(
        {place_in_body(why.element), "line " + std::to_string(std::max(1, why.line)) + ": " + why.rule, ""});
  } else if (read->body.name != draft.service->body_element || read->has_signature || !(read->id == request.id)) {
    draft.wrong.push_back({"", "it is the body of another service", std::string(draft.service->body_element)});
  } else {
    draft.request.body = read->body;
    draft.xml = duis::write_request(draft.request);
  }
}

void take_fields(RequestDraft& draft, const forms::Values& values) {
  auto filled = forms::fill(*draft.service, values);
  draft.wrong = std::move(filled.wrong);
  draft.request.body = std::move(filled.body);
  if (!draft.wrong.empty()) return;
  auto text = duis::write_request(draft.request);
  const auto read = duis::read_request(text);  // the last word is the schema's
  if (read) {
    draft.xml = std::move(text);
  } else {
    draft.wrong.push_back({place_in_body(read.error().element), read.error().rule, ""});
  }
}

std::optional<std::string> read_worth(const json& body, RequestDraft& draft) {
  for (const auto* name : {"pounds", "pence"}) {
    const auto found = body.find(name);
    if (found == body.end() || found->is_null()) continue;
    if (draft.service->variant != kTopUp) return std::string(name) + ": only a token (2.2) is worth something";
    if (!found->is_number_unsigned() || found->get<std::uint64_t>() > kMostWorth)
      return std::string(name) + ": expected 0 to " + std::to_string(kMostWorth);
    (name == std::string_view("pounds") ? draft.pounds : draft.pence) = found->get<unsigned>();
  }
  if (draft.pounds && draft.pence) return "pence: a token is worth pounds or pence, not both";
  return std::nullopt;
}

/// Errors in words, beginning with the member.
std::optional<std::string> read_variant(const json& body, RequestDraft& draft) {
  const auto& service = *draft.service;
  draft.request.command_variant = service.non_device ? CommandVariant::NonDevice
                                  : service.critical ? CommandVariant::Transform
                                                     : CommandVariant::SendCommand;
  const auto found = body.find("cv");
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() < 1 || found->get<std::uint64_t>() > 8)
    return "cv: expected 1 to 8";
  const auto variant = static_cast<CommandVariant>(found->get<int>());
  if (!service.permits(variant))
    return "cv: " + std::string(service.variant) + " has no command variant " + found->dump();
  if (variant == CommandVariant::SendSigned || found->get<int>() == 6 || found->get<int>() == 7)
    return "cv: a signed pre-command is made from the answer to command variant 4, by whoever signs";
  draft.request.command_variant = variant;
  return std::nullopt;
}

Result<std::optional<Eui64>> broker_of(const Portal& portal) {
  std::optional<Eui64> out;
  METERWAY_CHECK(portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(out, registry::find_broker(view));
    return {};
  }));
  return out;
}

}  // namespace

Result<RequestDraft, net::HttpResponse> read_request_draft(const Ask& ask, const Portal& portal) {
  const auto body = json::parse(ask.http.body, nullptr, false);
  if (!body.is_object()) return bad_request_member("expected an object");
  for (const auto& [name, value] : body.items()) {
    if (std::find(std::begin(kMembers), std::end(kMembers), name) == std::end(kMembers))
      return bad_request_member(name + ": unknown member");
  }
  RequestDraft draft;
  const auto in_path = ask.path.find("service");
  const auto named = in_path != ask.path.end()                                 ? in_path->second
                     : body.contains("service") && body["service"].is_string() ? body["service"].get<std::string>()
                                                                               : std::string();
  draft.service = duis::find_service(named);
  if (draft.service == nullptr) {
    if (in_path != ask.path.end()) return Refused{not_found(named)};
    return bad_request_member("service: expected a service reference variant such as 4.1.1");
  }
  const auto user = eui_at(body, "user");
  if (!user) return bad_request_member("user: expected an EUI-64");
  auto target = eui_at(body, "target");
  if (!target && body.contains("target") && !body["target"].is_null())
    return bad_request_member("target: expected an EUI-64");
  if (draft.service->non_device) {
    const auto broker = broker_of(portal);
    if (!broker) return Refused{failed(broker.error())};
    target = *broker;
  }
  if (!target) return bad_request_member("target: expected the EUI-64 of a device");
  if (const auto wrong = read_variant(body, draft)) return bad_request_member(*wrong);
  if (const auto wrong = read_worth(body, draft)) return bad_request_member(*wrong);
  draft.request.id = {*user, *target, counter_of(*draft.service, portal.clock.now())};
  draft.request.service_reference = draft.service->reference;
  draft.request.service_reference_variant = draft.service->variant;

  const bool has_body = body.contains("body"), has_fields = body.contains("fields");
  if (has_body && has_fields) return bad_request_member("body: either it or fields, not both");
  if (has_body) {
    if (!body["body"].is_string()) return bad_request_member("body: expected XML as a text");
    take_body(draft, body["body"].get<std::string>());
    return draft;
  }
  auto fields = has_fields ? read_fields(body["fields"]) : Result<forms::Values, std::string>(forms::Values());
  if (!fields) return bad_request_member(fields.error());
  if (draft.needs_token()) fields->emplace("UTRN", kTokenToCome);
  take_fields(draft, *fields);
  return draft;
}

}  // namespace meterway::portal
