#include "flow/cos/desk.h"

#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "flow/envelope/awaited_signature.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/access.h"
#include "standard/gbcs/protect.h"

namespace meterway::flow::cos {
namespace {

using nlohmann::json;
using registry::Leg;
using registry::Progress;

constexpr std::string_view kPath = "/api/v1/cos/requests";
constexpr std::size_t kMostListed = 100;

net::HttpResponse answer(int status, const json& body) {
  return {status,
          {{"content-type", status < 400 ? "application/json" : "application/problem+json"}},
          body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}
net::HttpResponse problem(int status, std::string_view title, const std::string& detail) {
  return answer(status, {{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
}

bool is_open(const registry::RequestRecord& record) {
  return record.progress == Progress::Accepted || record.progress == Progress::Sent;
}

/// What waits, the first so many; names of what has ended meanwhile are taken off the list.
net::HttpResponse list(const Context& context) {
  json requests;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    requests = json::array();
    for (std::string from; requests.size() < kMostListed;) {
      METERWAY_TRY(const auto rows, view.scan(kUnsigned, from, "", kMostListed));
      for (const auto& row : rows) {
        const auto id = RequestId::parse(row.key);
        if (!id) return fail(ErrorCode::Database, 0, "name of an unsigned command");
        METERWAY_TRY(const auto record, registry::find_request(view, *id, Leg::Request));
        if (!record || !is_open(*record)) {
          METERWAY_CHECK(view.erase(kUnsigned, row.key));
        } else if (requests.size() < kMostListed) {
          requests.push_back({{"request", row.key},
                              {"device", record->header.target.plain()},
                              {"document", record->document},
                              {"command", to_base64(record->message)}});
        }
      }
      if (rows.size() < kMostListed) break;
      from = rows.back().key + '\0';
    }
    return {};
  });
  if (!done) return problem(503, "the platform cannot answer now", describe(done.error()));
  return answer(200, {{"requests", requests}});
}

net::HttpResponse take(const net::HttpRequest& http, std::string_view name, const Context& context,
                       const std::function<void(Eui64)>& look) {
  const auto id = RequestId::parse(name);
  const auto body = json::parse(http.body, nullptr, false);
  const bool has = body.is_object() && body.contains("command") && body["command"].is_string();
  const auto message = has ? from_base64(body["command"].get<std::string>()) : Result<Bytes>(fail(ErrorCode::BadJson));
  if (!id || !message) return problem(400, "command: expected a message in base64", std::string(name));
  const auto taken = take_signed(*id, *message, context);
  if (taken) {
    look(id->target);
    return {204, {}, {}};
  }
  const auto code = taken.error().code;
  const int status = code == ErrorCode::NotFound                                                       ? 404
                     : code == ErrorCode::Conflict                                                     ? 409
                     : code == ErrorCode::Database || code == ErrorCode::Io || code == ErrorCode::Full ? 503
                                                                                                       : 400;
  return problem(status, "the command is not taken", describe(taken.error()));
}

}  // namespace

Status take_signed(const RequestId& id, ByteView bytes, const Context& context) {
  METERWAY_TRY(const auto message, gbcs::read_message(bytes));
  const auto party = context.settings.transitional_cos;
  const auto* key = context.keys.public_key(party, pki::KeyUse::DigitalSignature);
  if (key == nullptr) return fail(ErrorCode::UnknownKey, 0, "signing certificate of the transitional CoS party");
  if (message.mac || !gbcs::verify_signature(message, *key))
    return fail(ErrorCode::BadSignature, 0, "transitional CoS party");
  return context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto waits, view.get(kUnsigned, id.text()));
    METERWAY_TRY(auto record, registry::find_request(view, id, Leg::Request));
    if (!waits || !record) return fail(ErrorCode::NotFound, 0, "command that waits for a signature");
    METERWAY_CHECK(view.erase(kUnsigned, id.text()));
    if (!is_open(*record)) return {};  // it has ended meanwhile: nothing waits any more
    METERWAY_TRY(const auto made, gbcs::read_message(record->message));
    auto bare = message;
    bare.signature_field = made.signature_field;
    bare.signature = made.signature;
    if (gbcs::write_message(bare) != record->message) return fail(ErrorCode::Conflict, 0, "command");
    record->message.assign(bytes.begin(), bytes.end());
    record->deadline = std::max(context.clock.now(), record->send_at) + context.settings.reach_timeout;
    METERWAY_CHECK(registry::put_request(view, *record));
    return trace(view, context, id.text(), {{"cos", "signed", "by " + party.dashed_upper(), record->message, {}}});
  });
}

std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Context& context,
                                       const std::function<void(Eui64)>& look) {
  const bool one =
      http.path.starts_with(kPath) && http.path.size() > kPath.size() + 1 && http.path[kPath.size()] == '/';
  if (http.path != kPath && !one) return std::nullopt;
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return problem(503, "the platform cannot answer now", describe(caller.error()));
  if (!caller->is_operator() && !caller->is_user(context.settings.transitional_cos))
    return problem(404, "nothing is known of this", http.path);
  const std::string_view method = one ? "POST" : "GET";
  if (http.method != method) {
    auto out = problem(405, "not by this method", http.method);
    out.headers["allow"] = method;
    return out;
  }
  return one ? take(http, std::string_view(http.path).substr(kPath.size() + 1), context, look) : list(context);
}

}  // namespace meterway::flow::cos
