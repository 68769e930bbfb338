#include <nlohmann/json.hpp>

#include "flow/admin/ask.h"
#include "records/registry/access_token.h"
#include "records/registry/user_json.h"

namespace meterway::flow::admin {
namespace {

using nlohmann::json;

std::string key_of(Eui64 user) { return "user:" + user.plain(); }

net::HttpResponse list(const Context& context) {
  json all = json::array();
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto users, registry::all_users(view));
    for (const auto& user : users) all.push_back(json::parse(registry::to_json(user)));
    return {};
  });
  return read ? json_answer(200, json{{"users", all}}.dump()) : failed(read.error());
}

net::HttpResponse show(Eui64 eui, const Context& context) {
  std::optional<registry::User> user;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(user, registry::find_user(view, eui));
    return {};
  });
  if (!read) return failed(read.error());
  return user ? json_answer(200, registry::to_json(*user)) : not_found(eui.plain());
}

net::HttpResponse put(const Ask& ask, Eui64 eui, const Context& context) {
  const auto body = with_eui(ask.body, eui);
  if (!body) return bad_body(body.error());
  const auto user = registry::read_user(*body);
  if (!user) return bad_body(user.error());
  bool added = false;
  const auto now = registry::to_json(*user);
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto before, registry::find_user(view, eui));
    added = !before;
    METERWAY_CHECK(registry::put_user(view, *user));
    return note(view, context, ask, key_of(eui), added ? "added" : "changed", now);
  });
  return done ? json_answer(added ? 201 : 200, now) : failed(done.error());
}

/// Its tokens go with it. Its certificates stay: they say who somebody is, not that it is a User.
net::HttpResponse remove(const Ask& ask, Eui64 eui, const Context& context) {
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::erase_user(view, eui));
    METERWAY_TRY(const auto tokens, registry::tokens_of(view, eui));
    for (const auto& token : tokens) METERWAY_CHECK(registry::revoke_token(view, eui, token.id));
    return note(view, context, ask, key_of(eui), "removed", "");
  });
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

net::HttpResponse list_tokens(Eui64 eui, const Context& context) {
  json all = json::array();
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto tokens, registry::tokens_of(view, eui));
    for (const auto& token : tokens) all.push_back({{"id", token.id}, {"made_at", to_iso8601(token.made_at)}});
    return {};
  });
  return read ? json_answer(200, json{{"tokens", all}}.dump()) : failed(read.error());
}

/// The only time that the token is told: afterwards its digest alone is known.
net::HttpResponse make_token(const Ask& ask, Eui64 eui, const Context& context) {
  const auto secret = registry::new_token(context.random);
  std::string id;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto user, registry::find_user(view, eui));
    if (!user) return fail(ErrorCode::NotFound, 0, "user");
    METERWAY_TRY(const auto token, registry::put_token(view, secret, eui, context.clock.now()));
    id = token.id;
    return note(view, context, ask, key_of(eui), "token made", id);
  });
  return done ? json_answer(201, json{{"id", id}, {"token", secret}}.dump()) : failed(done.error());
}

net::HttpResponse revoke_token(const Ask& ask, Eui64 eui, const Context& context) {
  const auto& id = ask.path[3];
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::revoke_token(view, eui, id));
    return note(view, context, ask, key_of(eui), "token revoked", id);
  });
  return done ? net::HttpResponse{204, {}, ""} : failed(done.error());
}

}  // namespace

net::HttpResponse users(const Ask& ask, const Context& context) {
  const auto parts = ask.path.size();
  if (parts == 1) return ask.method == "GET" ? list(context) : wrong_method("GET");
  const auto eui = Eui64::parse(ask.path[1]);
  if (!eui) return not_found(ask.path[1] + " is no EUI-64");
  if (parts == 2) {
    if (ask.method == "GET") return show(*eui, context);
    if (ask.method == "PUT") return put(ask, *eui, context);
    return ask.method == "DELETE" ? remove(ask, *eui, context) : wrong_method("GET, PUT, DELETE");
  }
  if (ask.path[2] != "tokens" || parts > 4) return not_found(ask.path[2]);
  if (parts == 4) return ask.method == "DELETE" ? revoke_token(ask, *eui, context) : wrong_method("DELETE");
  if (ask.method == "POST") return make_token(ask, *eui, context);
  return ask.method == "GET" ? list_tokens(*eui, context) : wrong_method("GET, POST");
}

}  // namespace meterway::flow::admin
