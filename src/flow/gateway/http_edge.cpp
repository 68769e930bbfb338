#include "flow/gateway/http_edge.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "flow/envelope/response.h"
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

}  // namespace meterway::flow::gateway
