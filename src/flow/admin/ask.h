#pragma once
#include <map>
#include <string>
#include <vector>

#include "flow/envelope/envelope.h"
#include "flow/gateway/access.h"

/// What the routes of the JSON interface share.
namespace meterway::flow::admin {

struct Ask {
  std::string method;
  std::vector<std::string> path;             ///< below /api/v1: "users", "90b3d51f30010000", "tokens"
  std::map<std::string, std::string> query;  ///< decoded
  std::string_view body;
  gateway::Caller caller;
};
Ask read_ask(const net::HttpRequest& http, gateway::Caller caller);

/// From ?limit=, between 1 and kMostListed; kMostListed when it says nothing that can be read.
std::size_t limit_of(const Ask& ask);
inline constexpr std::size_t kMostListed = 1000;

net::HttpResponse json_answer(int status, std::string body);
/// 400: `detail` begins with the member that is wrong.
net::HttpResponse bad_body(const std::string& detail);
net::HttpResponse not_found(const std::string& what);
net::HttpResponse conflict(const std::string& why);
/// 405 with Allow.
net::HttpResponse wrong_method(const char* allowed);
/// What failed in the store: 404, 409, 400 or 503 by its code.
net::HttpResponse failed(const Error& error);

/// The body with this EUI-64 as its member `eui`. Errors in words: not an object, or it names another.
Result<std::string, std::string> with_eui(std::string_view body, Eui64 eui);

/// Who asks, as the audit names him.
std::string person_of(const Ask& ask);

/// Written with every change: under `key` ("user:...", "device:...", "certificate:..."), what was done, by whom, and
/// what is true since.
Status note(store::WriteView& view, const Context& context, const Ask& ask, const std::string& key,
            std::string_view done, const std::string& now);

net::HttpResponse users(const Ask& ask, const Context& context);
net::HttpResponse devices(const Ask& ask, const Context& context);
net::HttpResponse certificates(const Ask& ask, const Context& context);

}  // namespace meterway::flow::admin
