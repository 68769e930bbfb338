#include "flow/cos/desk.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "flow/envelope/awaited_signature.h"
#include "flow/envelope/deadline.h"
#include "flow/envelope/trace.h"
#include "flow/gateway/access.h"
#include "flow/gateway/json_answer.h"
#include "standard/gbcs/protect.h"

namespace meterway::flow::cos {
namespace {

using gateway::broken;
using gateway::json_answer;
using gateway::problem;
using nlohmann::json;
using registry::Leg;
using registry::Progress;

constexpr std::string_view kPath = "/api/v1/cos/requests";
constexpr std::size_t kMostListed = 100, kMostReason = 200;

bool is_open(const registry::RequestRecord& record) {
  return record.progress == Progress::Accepted || record.progress == Progress::Sent;
}

struct Query {
  std::string after;
  std::size_t limit = kMostListed;
};

Result<Query, std::string> read_query(std::string_view text) {
  Query out;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const auto equals = std::min(one.find('='), one.size());
    const auto name = one.substr(0, equals), value = one.substr(std::min(equals + 1, one.size()));
    if (name == "after") {
      const auto id = RequestId::parse(value);
      if (!id) return Unexpected<std::string>{"after: expected a RequestID"};
      out.after = id->text();
    } else if (name == "limit") {
      const auto* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, out.limit);
      if (read.ec != std::errc() || read.ptr != end || out.limit < 1 || out.limit > kMostListed)
        return Unexpected<std::string>{"limit: expected a number from 1 to " + std::to_string(kMostListed)};
    } else {
      return Unexpected<std::string>{"unknown: " + std::string(name)};
    }
  }
  return out;
}

/// A page of what waits. Names of what has ended by another way are passed over, and then taken off the list.
net::HttpResponse list(const Query& query, const Context& context) {
  json requests = json::array(), next;
  std::vector<RequestId> ended;
  const auto done = context.store.read([&](const store::ReadView& view) -> Status {
    for (std::string from = query.after.empty() ? "" : query.after + '\0';;) {
      METERWAY_TRY(const auto rows, view.scan(kUnsigned, from, "", kMostListed));
      for (const auto& row : rows) {
        if (requests.size() == query.limit) {
          next = requests.back()["request"];
          return {};
        }
        const auto id = RequestId::parse(row.key);
        if (!id) return fail(ErrorCode::Database, 0, "name of an unsigned command");
        METERWAY_TRY(const auto record, registry::find_request(view, *id, Leg::Request));
        if (!record || !is_open(*record)) {
          ended.push_back(*id);
          continue;
        }
        requests.push_back({{"request", row.key},
                            {"device", record->header.target.plain()},
                            {"document", record->document},
                            {"command", to_base64(record->message)}});
      }
      if (rows.size() < kMostListed) return {};
      from = rows.back().key + '\0';
    }
  });
  if (!done) return broken(done.error());
  if (!ended.empty()) {
    (void)context.store.write([&](store::WriteView& view) -> Status {
      for (const auto& id : ended) METERWAY_CHECK(forget_unsigned(view, id));
      return {};
    });
  }
  return json_answer(200, {{"requests", requests}, {"next", next}});
}

/// For one line of a trace.
bool is_reason(std::string_view text) {
  return !text.empty() && text.size() <= kMostReason && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

net::HttpResponse take(const net::HttpRequest& http, std::string_view name, const Context& context,
                       const std::function<void(Eui64)>& look) {
  const auto id = RequestId::parse(name);
  const auto body = json::parse(http.body, nullptr, false);
  const auto text = [&](const char* member) -> std::optional<std::string> {
    if (!body.is_object() || body.size() != 1 || !body.contains(member) || !body[member].is_string())
      return std::nullopt;
    return body[member].get<std::string>();
  };
  const auto refused = text("refused"), command = text("command");
  if (refused && !is_reason(*refused)) return problem(400, "refused: expected 1 to 200 characters of one line", "");
  const auto message = command ? from_base64(*command) : Result<Bytes>(fail(ErrorCode::BadJson));
  if (!id || (!refused && !message))
    return problem(400, "expected command, a message in base64, or refused, why", std::string(name));
  const auto taken = refused ? take_refusal(*id, *refused, context) : take_signed(*id, *message, context);
  if (taken) {
    look(id->target);
    return {204, {}, {}};
  }
  const auto code = taken.error().code;
  const int status = code == ErrorCode::NotFound                                                       ? 404
                     : code == ErrorCode::Conflict                                                     ? 409
                     : code == ErrorCode::Database || code == ErrorCode::Io || code == ErrorCode::Full ? 503
                                                                                                       : 400;
  return problem(status, "it is not taken", describe(taken.error()));
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
    record->deadline = deadline_from(*record, context.clock.now(), context);
    METERWAY_CHECK(registry::put_request(view, *record));
    return trace(view, context, id.text(), {{"cos", "signed", "by " + party.dashed_upper(), record->message, {}}});
  });
}

Status take_refusal(const RequestId& id, std::string_view why, const Context& context) {
  return context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto waits, view.get(kUnsigned, id.text()));
    METERWAY_TRY(const auto record, registry::find_request(view, id, Leg::Request));
    if (!waits || !record) return fail(ErrorCode::NotFound, 0, "command that waits for a signature");
    if (!is_open(*record)) return forget_unsigned(view, id);
    METERWAY_CHECK(refuse_signature(view, id, why));
    return trace(view, context, id.text(), {{"cos", "refused", std::string(why), {}, {}}});
  });
}

std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Context& context,
                                       const std::function<void(Eui64)>& look) {
  const bool one =
      http.path.starts_with(kPath) && http.path.size() > kPath.size() + 1 && http.path[kPath.size()] == '/';
  if (http.path != kPath && !one) return std::nullopt;
  const auto caller = gateway::who_calls(http, context);
  if (!caller) return broken(caller.error());
  if (!caller->is_operator() && !caller->is_user(context.settings.transitional_cos))
    return problem(404, "nothing is known of this", http.path);
  const std::string_view method = one ? "POST" : "GET";
  if (http.method != method) {
    auto out = problem(405, "not by this method", http.method);
    out.headers["allow"] = method;
    return out;
  }
  if (one) return take(http, std::string_view(http.path).substr(kPath.size() + 1), context, look);
  const auto query = read_query(http.query);
  return query ? list(*query, context) : problem(400, query.error(), http.query);
}

}  // namespace meterway::flow::cos
