// A browser's way in: what opens a session, what ends it, and what some other page cannot do with it.
#include <algorithm>

#include "portal/server/cookie.h"
#include "records/registry/session.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

class Sessions : public PortalBench {
 protected:
  struct Browser {
    std::string cookie, csrf;
    std::string set;  ///< as it was told
  };

  net::HttpResponse sign_in(const std::string& token, net::Headers headers = {}) {
    return send({"POST", "/api/v1/session", "", std::move(headers), json{{"token", token}}.dump(), {}});
  }
  Browser browser(const std::string& job_type) {
    const auto answer = sign_in(tokens_.at(job_type));
    EXPECT_EQ(answer.status, 201) << answer.body;
    Browser out;
    out.set = answer.headers.at("set-cookie");
    out.cookie = out.set.substr(0, out.set.find(';'));
    out.csrf = json::parse(answer.body).at("csrf");
    return out;
  }
  net::HttpResponse get(const Browser& from, const std::string& path, net::Headers headers = {}) {
    headers["cookie"] = from.cookie;
    return send({"GET", path, "", std::move(headers), "", {}});
  }
  net::HttpResponse post(const Browser& from, const std::string& method, const std::string& path, net::Headers headers,
                         const std::string& body = {}) {
    headers["cookie"] = from.cookie;
    return send({method, path, "", std::move(headers), body, {}});
  }
  static std::string problem_of(const net::HttpResponse& answer) {
    const auto body = json::parse(answer.body, nullptr, false);
    return body.is_object() ? body.value("type", "") : "";
  }
  static std::string who(const net::HttpResponse& answer) {
    return answer.status == 200 ? json::parse(answer.body).at("id").get<std::string>() : std::to_string(answer.status);
  }
  void later(std::chrono::minutes by) { clock.set(clock.now() + by); }
};

TEST_F(Sessions, StandForTheTokenThatTheyWereMadeFrom) {
  for (const auto& [job_type, token] : tokens_) {
    if (job_type == "user") continue;
    const auto from = browser(job_type);
    const auto by_token = json::parse(ask("GET", "/api/v1/me", job_type).body);
    EXPECT_EQ(json::parse(get(from, "/api/v1/me").body), by_token) << job_type;
    const auto shown = json::parse(get(from, "/api/v1/session").body);
    EXPECT_EQ(shown.at("signed_in"), true);
    EXPECT_EQ(shown.at("person").at("id"), by_token.at("id"));
    EXPECT_EQ(shown.at("csrf"), from.csrf);
    EXPECT_EQ(shown.at("idle_until"), to_iso8601(clock.now() + std::chrono::minutes(30)));
    EXPECT_EQ(shown.at("until"), to_iso8601(clock.now() + std::chrono::hours(12)));
    for (const auto& path : {"/api/v1/devices", "/api/v1/people", "/api/v1/users", "/api/v1/audit/entries",
                             "/api/v1/backlog", "/api/v1/anomaly/quarantine"})
      EXPECT_EQ(get(from, path).status, ask("GET", path, job_type).status) << path << " as " << job_type;
  }
  const auto refused = sign_in(tokens_.at("user"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(problem_of(refused), "urn:meterway:refusal:no_person");
  EXPECT_EQ(refused.headers.count("set-cookie"), 0u);
}

TEST_F(Sessions, AreCookiesThatNoScriptReadsAndNoOtherSiteSends) {
  EXPECT_EQ(browser("desk").set.substr(browser("desk").set.find(';')), "; Path=/; HttpOnly; SameSite=Strict");
  const auto by_https =
      sign_in(tokens_.at("desk"), {{"host", "meterway.example"}, {"origin", "https://meterway.example"}});
  EXPECT_EQ(by_https.status, 201);
  EXPECT_TRUE(by_https.headers.at("set-cookie").ends_with("; Secure")) << by_https.headers.at("set-cookie");
  net::HttpRequest tls{"POST", "/api/v1/session", "", {}, json{{"token", tokens_.at("desk")}}.dump(), {}};
  tls.peer_certificate = certificates_.at("desk").der;
  const auto on_tls = send(tls);
  EXPECT_EQ(on_tls.status, 201);
  EXPECT_TRUE(on_tls.headers.at("set-cookie").ends_with("; Secure"));
  tls.body = json{{"token", tokens_.at("aro")}}.dump();
  EXPECT_EQ(send(tls).status, 401) << "the certificate is another's";
}

TEST_F(Sessions, AreNewEachTimeAndNeverWhatTheBrowserShowed) {
  const auto first = browser("desk"), second = browser("desk");
  EXPECT_NE(first.cookie, second.cookie);
  EXPECT_NE(first.csrf, second.csrf);
  const std::string planted = std::string(kSessionCookie) + "=" + std::string(43, 'A');
  const auto answer = sign_in(tokens_.at("desk"), {{"cookie", planted}});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.at("set-cookie").find(planted), std::string::npos);
  EXPECT_EQ(who(get({planted, "", ""}, "/api/v1/me")), "401");
  const auto again = sign_in(tokens_.at("operator"), {{"cookie", first.cookie}});
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(who(get(first, "/api/v1/me")), "401") << "the one before is over";
  EXPECT_EQ(who(get(second, "/api/v1/me")), "the.desk");
}

TEST_F(Sessions, KeepNothingInTheStoreThatOpensAnything) {
  const auto from = browser("desk");
  const auto secret = from.cookie.substr(from.cookie.find('=') + 1);
  ASSERT_TRUE(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto rows, view.scan("portal-session", "", "", 100));
    EXPECT_EQ(rows.size(), 1u);
    for (const auto& row : rows) {
      for (const auto& held : {row.key, row.value}) {
        EXPECT_EQ(held.find(secret), std::string::npos);
        EXPECT_EQ(held.find(tokens_.at("desk")), std::string::npos);
        EXPECT_EQ(held.find(from.csrf), std::string::npos);
      }
    }
    return {};
  }));
}

TEST_F(Sessions, EndWhenNobodyIsSeenAndAtTheLatestAfterTwelveHours) {
  const auto idle = browser("desk"), busy = browser("desk"), page = browser("desk");
  for (int i = 0; i < 23; ++i) {
    later(std::chrono::minutes(29));
    EXPECT_EQ(who(get(busy, "/api/v1/me")), "the.desk") << i;
    (void)get(page, "/api/v1/me", {{"x-meterway-background", "yes"}});
  }
  const auto over = get(idle, "/api/v1/me");
  EXPECT_EQ(over.status, 401);
  EXPECT_EQ(problem_of(over), "urn:meterway:refusal:session_ended");
  EXPECT_TRUE(over.headers.at("set-cookie").ends_with("; Max-Age=0"));
  EXPECT_EQ(who(get(page, "/api/v1/me")), "401") << "what a page asks for by itself keeps nothing open";
  const auto asked = get(idle, "/api/v1/session");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(json::parse(asked.body).at("signed_in"), false);
  later(std::chrono::minutes(29));
  EXPECT_EQ(who(get(busy, "/api/v1/me")), "the.desk") << "11 h 36 min";
  later(std::chrono::minutes(24));
  EXPECT_EQ(who(get(busy, "/api/v1/me")), "401") << "12 h, though somebody was seen";
}

TEST_F(Sessions, EndWithTheirTokenAndTheirPerson) {
  const auto from = browser("desk"), other = browser("aro"), boss = browser("operator");
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto tokens, registry::tokens_of_person(view, "the.desk"));
    return registry::revoke_person_token(view, "the.desk", tokens.at(0).id);
  });
  EXPECT_EQ(who(get(from, "/api/v1/me")), "401");
  EXPECT_EQ(problem_of(get(from, "/api/v1/me")), "urn:meterway:refusal:session_ended");
  EXPECT_EQ(who(get(other, "/api/v1/me")), "the.aro");
  write([&](store::WriteView& view) {
    return registry::put_person(view, {"the.aro", "", "supplier", {"aro"}, registry::Classification::Green, false});
  });
  EXPECT_EQ(who(get(other, "/api/v1/me")), "401") << "he may not come in any more";
  EXPECT_EQ(who(get(boss, "/api/v1/me")), "operator");
  write(
      [&](store::WriteView& view) { return status(registry::put_token(view, "another", std::nullopt, clock.now())); });
  EXPECT_EQ(who(get(boss, "/api/v1/me")), "401") << "the operator has one token";
}

TEST_F(Sessions, EndBySigningOutAndAreNobodysAfterwards) {
  const auto from = browser("desk");
  EXPECT_EQ(post(from, "DELETE", "/api/v1/session", {}).status, 403) << "not by some other page";
  const auto out = post(from, "DELETE", "/api/v1/session", {{"x-meterway-csrf", from.csrf}});
  EXPECT_EQ(out.status, 204);
  EXPECT_TRUE(out.headers.at("set-cookie").ends_with("; Max-Age=0"));
  const auto after = get(from, "/api/v1/me");
  EXPECT_EQ(after.status, 401);
  EXPECT_TRUE(after.headers.at("set-cookie").ends_with("; Max-Age=0"));
  const auto log = lines(4);
  const auto of = [&](const std::string& function, const std::string& detail) {
    return std::any_of(log.begin(), log.end(), [&](const audit::Entry& one) {
      return one.function == function && one.detail == detail && one.person == "the.desk" && one.outcome == "done";
    });
  };
  EXPECT_TRUE(of("session.end", "ended"));
  EXPECT_TRUE(of("session.open", "begun"));
}

TEST_F(Sessions, GiveOfficersWhatTheyAreWhileTheirCertificateIsGood) {
  const auto from = browser("aro");
  const auto may = [&] {
    const auto functions = json::parse(get(from, "/api/v1/me").body).at("functions");
    return std::find(functions.begin(), functions.end(), "anomaly.thresholds.submit") != functions.end();
  };
  EXPECT_TRUE(may());
  write([&](store::WriteView& view) {
    return registry::unbind_certificate(view, "the.aro", registry::fingerprint_of(certificates_.at("aro").der));
  });
  EXPECT_FALSE(may());
}

TEST_F(Sessions, AreNobodysBesideAnotherPersonsTokenOrCertificate) {
  const auto from = browser("desk");
  EXPECT_EQ(who(get(from, "/api/v1/me", {{"authorization", "Bearer " + tokens_.at("desk")}})), "the.desk");
  EXPECT_EQ(who(get(from, "/api/v1/me", {{"authorization", "Bearer " + tokens_.at("operator")}})), "401");
  EXPECT_EQ(who(get(from, "/api/v1/me", {{"authorization", "Basic x"}})), "401");
  const auto on_tls = [&](const ByteView certificate) {
    net::HttpRequest http{"GET", "/api/v1/me", "", {{"cookie", from.cookie}}, "", {}};
    http.peer_certificate.assign(certificate.begin(), certificate.end());
    return who(send(http));
  };
  EXPECT_EQ(on_tls(certificates_.at("desk").der), "the.desk");
  EXPECT_EQ(on_tls(certificates_.at("aro").der), "401");
  EXPECT_EQ(on_tls(record(tests::kSupplier, pki::KeyUse::DigitalSignature).certificate.der), "the.desk")
      << "a person of that User, on its connection";
  const auto two = browser("aro");
  EXPECT_EQ(who(get({from.cookie + "; " + two.cookie, "", ""}, "/api/v1/me")), "401");
  EXPECT_EQ(who(get({"a=b; " + from.cookie + ";c", "", ""}, "/api/v1/me")), "the.desk");
}

// Every changing route of the table, by cookie: nothing without the header of the session, and nothing from elsewhere.
TEST_F(Sessions, ChangeNothingForAnotherPage) {
  const auto from = browser("operator"), other = browser("desk");
  std::size_t changing = 0;
  const std::map<std::string, net::Headers> foreign{
      {"no header", {}},
      {"an empty one", {{"x-meterway-csrf", ""}}},
      {"that of another session", {{"x-meterway-csrf", other.csrf}}},
      {"the session itself", {{"x-meterway-csrf", from.cookie.substr(from.cookie.find('=') + 1)}}},
      {"another origin",
       {{"x-meterway-csrf", from.csrf}, {"host", "localhost:8080"}, {"origin", "http://localhost:8081"}}},
      {"no origin at all", {{"x-meterway-csrf", from.csrf}, {"host", "localhost:8080"}, {"origin", "null"}}},
      {"an origin that begins alike",
       {{"x-meterway-csrf", from.csrf}, {"host", "localhost"}, {"origin", "http://localhost.example"}}},
      {"another site", {{"x-meterway-csrf", from.csrf}, {"sec-fetch-site", "cross-site"}}},
      {"another host of the site", {{"x-meterway-csrf", from.csrf}, {"sec-fetch-site", "same-site"}}},
  };
  for (const auto& route : all_routes()) {
    if (route.method == "GET") continue;
    // What goes by signatures asks for nobody, so there is nobody's name to abuse; signing in has a test of its own.
    if (route.function == "duis.send" || route.function == "session.open") continue;
    ++changing;
    const auto what = std::string(route.method) + " " + std::string(route.path);
    for (const auto& [why, headers] : foreign) {
      const auto answer = post(from, std::string(route.method), example(route.path), headers);
      EXPECT_EQ(answer.status, 403) << what << ": " << why << ": " << answer.body;
      EXPECT_EQ(problem_of(answer), "urn:meterway:refusal:csrf") << what << ": " << why;
      no_change(what);
    }
    if (route.function == "session.end") continue;  // and there would be none left to go on with
    const net::Headers own{{"x-meterway-csrf", from.csrf},
                           {"host", "Localhost:8080"},
                           {"origin", "http://localhost:8080"},
                           {"sec-fetch-site", "same-origin"}};
    const auto answer = post(from, std::string(route.method), example(route.path), own);
    EXPECT_NE(problem_of(answer), "urn:meterway:refusal:csrf") << what << ": " << answer.body;
    EXPECT_NE(answer.status, 401) << what;
  }
  EXPECT_GT(changing, 35u);
  // A token is nobody's who does not give it: it needs no header.
  EXPECT_EQ(ask("PUT", "/api/v1/people/x", "operator", R"({"party":"x"})", {{"sec-fetch-site", "cross-site"}}).status,
            201);
  EXPECT_EQ(lines(1).at(0).function, "people.change");
}

TEST_F(Sessions, AreNotOpenedForAnotherPageEither) {
  for (const auto& headers : {net::Headers{{"host", "localhost"}, {"origin", "http://elsewhere.example"}},
                              net::Headers{{"origin", "null"}}, net::Headers{{"sec-fetch-site", "cross-site"}}}) {
    const auto answer = sign_in(tokens_.at("desk"), headers);
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(problem_of(answer), "urn:meterway:refusal:csrf");
    EXPECT_EQ(answer.headers.count("set-cookie"), 0u);
  }
  EXPECT_EQ(sign_in(tokens_.at("desk"), {{"host", "localhost:80"}, {"origin", "http://localhost"}}).status, 201);
}

TEST_F(Sessions, ACertificateIsSentByTheBrowserAsWell) {
  const auto changed_by = [&](net::Headers headers) {
    net::HttpRequest http{"POST", "/api/v1/operations/sweep", "", std::move(headers), "", {}};
    http.peer_certificate = certificates_.at("desk").der;
    return send(http).status;
  };
  EXPECT_EQ(changed_by({}), 200);
  EXPECT_EQ(changed_by({{"host", "localhost:8443"}, {"origin", "https://localhost:8443"}}), 200);
  EXPECT_EQ(changed_by({{"host", "localhost:8443"}, {"origin", "http://localhost:8443"}}), 403);
  EXPECT_EQ(changed_by({{"sec-fetch-site", "cross-site"}}), 403);
}

TEST_F(Sessions, GuessingIsCountedAsGuessingATokenIs) {
  const auto guess = [&](const std::string& token, const std::string& cookie) {
    net::HttpRequest http{"POST", "/api/v1/session", "", {{":source", "192.0.2.7"}}, json{{"token", token}}.dump(), {}};
    if (!cookie.empty()) {
      http.method = "GET";
      http.path = "/api/v1/me";
      http.headers["cookie"] = cookie;
    }
    return send(http).status;
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guess("wrong" + std::to_string(i), ""), 401);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(guess("", "meterway_session=wrong" + std::to_string(i)), 401);
  EXPECT_EQ(guess("wrong", ""), 429);
  EXPECT_EQ(guess("", "meterway_session=wrong"), 429);
  EXPECT_EQ(guess(tokens_.at("desk"), ""), 201) << "a right one is let in at any time";
  const auto log = lines(10);
  EXPECT_TRUE(std::any_of(log.begin(), log.end(), [](const audit::Entry& one) { return one.outcome == "locked"; }));
}

TEST_F(Sessions, TakeNothingButATokenInTheBody) {
  for (const auto* body : {"", "{}", "[]", "token", R"({"token":1})", R"({"token":""})",
                           R"({"token":"a","next":"//x"})", R"({"token":{"token":"a"}})"}) {
    const auto answer = send({"POST", "/api/v1/session", "", {}, body, {}});
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.headers.count("location"), 0u);
  }
  EXPECT_EQ(send({"POST", "/api/v1/session", "", {}, json{{"token", std::string(300, 'a')}}.dump(), {}}).status, 400);
  EXPECT_EQ(sign_in(tokens_.at("desk") + "\n").status, 201) << "as it stands in a file";
}

TEST_F(Sessions, OfOneTokenAreTwentyAtMost) {
  std::vector<Browser> all;
  for (std::size_t i = 0; i < registry::kMostSessions + 1; ++i) {
    all.push_back(browser("desk"));
    clock.set(clock.now() + std::chrono::seconds(1));
  }
  EXPECT_EQ(who(get(all.front(), "/api/v1/me")), "401");
  EXPECT_EQ(who(get(all.at(1), "/api/v1/me")), "the.desk");
  EXPECT_EQ(who(get(all.back(), "/api/v1/me")), "the.desk");
  later(std::chrono::minutes(60 * 37));
  (void)browser("aro");
  ASSERT_TRUE(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto rows, view.scan("portal-session", "", "", 100));
    EXPECT_EQ(rows.size(), 1u) << "what ended yesterday is gone";
    return {};
  }));
}

TEST_F(Sessions, AreNeverToldAnywhereElse) {
  const auto from = browser("operator");
  const auto secret = from.cookie.substr(from.cookie.find('=') + 1);
  for (const auto& route : all_routes()) {
    if (route.method != "GET") continue;
    const auto answer = get(from, example(route.path));
    EXPECT_EQ(answer.body.find(secret), std::string::npos) << route.path;
    EXPECT_EQ(answer.headers.count("set-cookie"), 0u) << route.path;
  }
}

}  // namespace
}  // namespace meterway::portal
