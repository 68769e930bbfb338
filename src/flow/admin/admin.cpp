#include "flow/admin/admin.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/each_part.h"
#include "flow/admin/ask.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/http_edge.h"
#include "records/audit/log.h"

namespace meterway::flow::admin {
namespace {

using nlohmann::json;
constexpr std::string_view kBase = "/api/v1/";
constexpr std::size_t kMostParts = 6;

struct Route {
  std::string_view name;
  net::HttpResponse (*serve)(const Ask&, const Context&);
};
constexpr Route kRoutes[] = {{"users", users}, {"devices", devices}, {"certificates", certificates}};

const Route* route_of(std::string_view path) {
  if (!path.starts_with(kBase)) return nullptr;
  path.remove_prefix(kBase.size());
  const auto name = path.substr(0, path.find('/'));
  for (const auto& route : kRoutes) {
    if (route.name == name) return &route;
  }
  return nullptr;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Percent-encoding (RFC 3986, 2.1); what is no valid triplet stays as it is.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool triplet = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    if (!triplet) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

}  // namespace

Ask read_ask(const net::HttpRequest& http, gateway::Caller caller) {
  Ask ask{http.method, {}, {}, http.body, caller};
  each_part(std::string_view(http.path).substr(kBase.size()), '/', [&](std::string_view part) {
    if (ask.path.size() < kMostParts) ask.path.push_back(decoded(part));
  });
  std::string query = http.query;  // as forms write it: a blank is a plus
  std::replace(query.begin(), query.end(), '+', ' ');
  each_part(query, '&', [&](std::string_view part) {
    const auto equals = part.find('=');
    if (equals != std::string_view::npos) ask.query[decoded(part.substr(0, equals))] = decoded(part.substr(equals + 1));
  });
  return ask;
}

std::size_t limit_of(const Ask& ask) {
  const auto found = ask.query.find("limit");
  std::size_t limit = 0;
  if (found != ask.query.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), limit);
  return limit == 0 ? kMostListed : std::min(limit, kMostListed);
}

net::HttpResponse json_answer(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body) + "\n"};
}
net::HttpResponse bad_body(const std::string& detail) {
  return gateway::problem(400, "bad_member", "the body says something that cannot be", detail);
}
net::HttpResponse not_found(const std::string& what) {
  return gateway::problem(404, "not_found", "there is no such entry", what);
}
net::HttpResponse conflict(const std::string& why) {
  return gateway::problem(409, "conflict", "this cannot be done as things stand", why);
}
net::HttpResponse wrong_method(const char* allowed) {
  auto out = gateway::problem(405, name(Refusal::WrongMethod), sentence(Refusal::WrongMethod), "");
  out.headers["allow"] = allowed;
  return out;
}

net::HttpResponse failed(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound:
      return not_found(describe(error));
    case ErrorCode::Conflict:
    case ErrorCode::Revoked:
      return conflict(describe(error));
    case ErrorCode::TooLarge:
    case ErrorCode::BadCertificate:
    case ErrorCode::BadValue:
      return bad_body(describe(error));
    default:
      return gateway::problem(503, name(Refusal::Busy), sentence(Refusal::Busy), describe(error));
  }
}

Result<std::string, std::string> with_eui(std::string_view body, Eui64 eui) {
  auto object = json::parse(body, nullptr, false);
  if (object.is_discarded()) return Unexpected<std::string>{"not JSON"};
  if (!object.is_object()) return Unexpected<std::string>{"expected an object"};
  if (object.contains("eui")) {
    const auto named = Eui64::parse(object["eui"].is_string() ? object["eui"].get<std::string>() : "");
    if (!named || *named != eui) return Unexpected<std::string>{"eui: not the one of the path"};
  }
  object["eui"] = eui.plain();
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string person_of(const Ask& ask) { return ask.caller.person.empty() ? "operator" : ask.caller.person; }

Status note(store::WriteView& view, const Context& context, const Ask& ask, const std::string& key,
            std::string_view done, const std::string& now) {
  audit::Entry line;
  line.at = context.clock.now();
  line.person = person_of(ask);
  line.function = key.substr(0, key.find(':')) + "s." + (done.starts_with("token") ? "tokens.change" : "change");
  line.about = key;
  line.outcome = "done";
  line.rule = "spec/permissions.tsv";
  line.detail = std::string(done) + (now.empty() ? "" : ": " + now);
  METERWAY_CHECK(audit::append(view, std::move(line)));
  return trace(view, context, key,
               {{"admin", done, "by " + ask.caller.name() + (now.empty() ? "" : ": " + now), {}, {}}});
}

bool is_admin_path(std::string_view path) { return route_of(path) != nullptr; }

net::HttpResponse serve(const net::HttpRequest& http, const Context& context) {
  const auto* route = route_of(http.path);
  if (route == nullptr) return gateway::tell({Refusal::UnknownPath, http.path}, std::nullopt, context);
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return gateway::tell({Refusal::Busy, describe(caller.error())}, std::nullopt, context);
  if (caller->kind == gateway::Caller::Kind::Nobody) {
    auto out =
        gateway::problem(401, "who_calls", "a token is needed", "Authorization: Bearer, with the operator's token");
    out.headers["www-authenticate"] = "Bearer";
    return out;
  }
  // Of certificates people of a party and Users read their own, which the route sees to.
  const bool reads_own = route->name == "certificates" && http.method == "GET";
  if (!caller->is_operator() && !reads_own)
    return gateway::problem(403, "not_operator", "this is the operator's", caller->name());
  return route->serve(read_ask(http, *caller), context);
}

}  // namespace meterway::flow::admin
