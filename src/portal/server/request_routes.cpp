#include <nlohmann/json.hpp>

#include "portal/server/access_now.h"
#include "portal/server/door.h"
#include "portal/server/form_json.h"
#include "portal/server/request_draft.h"
#include "portal/server/sender.h"
#include "standard/gbcs/use_cases.h"

/// Service requests that persons write: previewed here, signed and sent by the process that holds the Users' keys.
namespace meterway::portal {
namespace {

using nlohmann::json;

constexpr std::string_view kTrace = "/api/v1/trace/", kRequests = "/api/v1/requests/";

net::HttpResponse no_signer() {
  return problem(503, "no_signer", "nobody signs here",
                 "no signer: this is no test node; sign and send the document with the User's own system");
}

/// None: the User is his.
std::optional<net::HttpResponse> not_his(const Ask& ask, const Portal& portal, Eui64 user) {
  const auto his = is_his(ask.person, ask.route.function, user, portal);
  if (!his) return failed(his.error());
  if (*his) return std::nullopt;
  return refused_inside(ask, portal,
                        problem(403, "not_permitted", "this is not for the caller",
                                "user: " + user.plain() + " is no User of your party"),
                        "a User of another party");
}

json becomes_json(const RequestDraft& draft, const Portal& portal) {
  if (draft.service->non_device) return {{"answered_by", "DCC"}};
  if (draft.xml.empty() || portal.sending == nullptr || !portal.sending->becomes) return nullptr;
  std::optional<registry::Device> device;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(device, registry::find_device(view, draft.request.id.target));
    return {};
  });
  if (!read) return {{"why_not", describe(read.error())}};
  if (!device) return {{"why_not", "the device is not in the inventory"}};
  const auto made = portal.sending->becomes(draft.request, *device);
  if (!made) return {{"why_not", describe(made.error())}};
  const auto* use_case = gbcs::find_use_case(made->code);
  return {{"use_case", made->use_case},
          {"code", made->code.hex()},
          {"name", use_case == nullptr ? std::string_view() : use_case->name},
          {"critical", made->critical},
          {"signed_by_broker", made->signed_by_broker},
          {"content_bytes", made->bytes}};
}

bool has_signer(const Portal& portal) { return portal.sending != nullptr && portal.sending->signer; }

/// What the signer says to something that is not well: passed on when it is about the request.
net::HttpResponse from_signer(const Result<net::HttpResponse>& answer) {
  if (!answer) return problem(503, "no_signer", "the process that signs does not answer", describe(answer.error()));
  const auto body = json::parse(answer->body, nullptr, false);
  const auto detail = body.is_object() ? body.value("detail", std::string()) : std::string();
  if (answer->status == 404) return not_found(detail.empty() ? "the signer knows nothing of it" : detail);
  if (answer->status == 400 || answer->status == 409)
    return problem(answer->status, "not_signed", "this was not signed", detail);
  return problem(503, "no_signer", "the process that signs cannot do it now", detail);
}

}  // namespace

net::HttpResponse preview_request(const Ask& ask, const Portal& portal) {
  auto draft = read_request_draft(ask, portal);
  if (!draft) return std::move(draft.error());
  const auto& request = draft->request;
  if (auto refused = not_his(ask, portal, request.id.originator)) return std::move(*refused);
  const bool explains = permission::may(ask.person, "access.explain");
  const auto access =
      access_now(request.id.originator, request.id.target, *draft->service, request.command_variant, explains, portal);
  if (!access) return failed(access.error());
  json out = {{"service", draft->service->variant},
              {"name", draft->service->name},
              {"user", request.id.originator.plain()},
              {"target", request.id.target.plain()},
              {"cv", static_cast<int>(request.command_variant)},
              {"web_service", std::string(1, static_cast<char>(draft->service->web_service(request.command_variant)))},
              {"request_id", request.id.text()},
              {"valid", draft->wrong.empty()},
              {"errors", to_json(draft->wrong)},
              {"access", *access},
              {"becomes", becomes_json(*draft, portal)},
              {"signer", has_signer(portal)}};
  out["xml"] = draft->xml.empty() ? json(nullptr) : json(draft->xml);
  out["made_by_signer"] = draft->needs_token() ? json{"RequestID", "UTRN"} : json{"RequestID"};
  if (draft->wrong.empty()) out["fields"] = json(forms::values_of(request.body));
  return json_answer(200, dumped(out));
}

net::HttpResponse send_request(const Ask& ask, const Portal& portal) {
  auto draft = read_request_draft(ask, portal);
  if (!draft) return std::move(draft.error());
  const auto user = draft->request.id.originator;
  if (auto refused = not_his(ask, portal, user)) return std::move(*refused);
  if (!draft->wrong.empty()) {
    std::vector<ledger::FieldProblem> errors;
    for (const auto& one : draft->wrong)
      errors.push_back({one.field, one.detail + (one.wants.empty() ? "" : " (" + one.wants + ")")});
    return problem(400, "invalid", "this does not fit the schema", "nothing was sent", errors);
  }
  if (!has_signer(portal)) return no_signer();
  json order = {{"user", user.plain()}, {"xml", draft->xml}};
  if (draft->pounds) order["pounds"] = *draft->pounds;
  if (draft->pence) order["pence"] = *draft->pence;
  const auto answer = portal.sending->signer("POST", "/requests", dumped(order));
  if (!answer || answer->status != 202) return from_signer(answer);
  const auto body = json::parse(answer->body, nullptr, false);
  const auto id = RequestId::parse(body.is_object() ? body.value("request_id", std::string()) : std::string());
  if (!id || id->originator != user) return from_signer(fail(ErrorCode::Conflict, 0, "RequestID of the signer"));
  const auto noted = portal.store.write([&](store::WriteView& view) {
    return note_done(view, ask, portal, id->text(), std::string(draft->service->variant));
  });
  if (!noted) return failed(noted.error());
  auto out = json_answer(201, dumped({{"request_id", id->text()},
                                      {"trace", std::string(kTrace) + id->text()},
                                      {"answer", std::string(kRequests) + id->text() + "/answer"}}));
  out.headers["location"] = std::string(kTrace) + id->text();
  return out;
}

net::HttpResponse sent_answer(const Ask& ask, const Portal& portal) {
  const auto id = RequestId::parse(ask.part("request"));
  if (!id) return bad_query("expected a RequestID: originator:target:counter");
  const auto his = is_his(ask.person, ask.route.function, id->originator, portal);
  if (!his) return failed(his.error());
  if (!*his) return not_found(id->text());
  if (!has_signer(portal)) return no_signer();
  const auto answer = portal.sending->signer("GET", "/requests/" + id->text(), "");
  if (!answer || answer->status != 200) return from_signer(answer);
  const auto body = json::parse(answer->body, nullptr, false);
  if (!body.is_object()) return from_signer(fail(ErrorCode::BadJson, 0, "answer of the signer"));
  return json_answer(200, dumped(body));
}

}  // namespace meterway::portal
