// Seed B30: every route of /openapi.json for everybody, as spec/permissions.tsv has it and as this test reads that
// table for itself: without a session 401, without the job type 403, and neither changes anything; with it the route
// answers; never 5xx.
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

class Permissions : public PortalBench {};

TEST_F(Permissions, DecideEveryRouteOfTheDescriptionForEveryJobType) {
  const auto described = json::parse(ask("GET", "/openapi.json", "public").body);
  std::size_t routes = 0, allowed = 0, refused = 0;
  const std::set<std::string> narrowed{"anomaly.actions.submit desk", "anomaly.actions.submit operator",
                                       "anomaly.thresholds.submit desk", "anomaly.thresholds.submit operator"};
  std::set<std::string> met;
  for (const auto& [path, methods] : described.at("paths").items()) {
    for (const auto& [name, operation] : methods.items()) {
      ++routes;
      std::string method = name;
      for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
      const auto function = operation.at("x-function").get<std::string>();
      ASSERT_TRUE(given_.count(function)) << function;
      for (const auto& job_type : job_types_) {
        const auto what = method + " " + path + " as " + job_type;
        const auto answer = ask(method, example(path), job_type);
        EXPECT_LT(answer.status, 500) << what << ": " << answer.body;
        const bool at_door = answer.body.find("\"urn:meterway:refusal:not_permitted\"") != std::string::npos;
        if (expected(function, job_type)) {
          ++allowed;
          EXPECT_FALSE(at_door) << what << ": " << answer.body;
          EXPECT_NE(answer.status, 401) << what << ": " << answer.body;
          // Nobody refuses behind the door what the table has given, but for what its scope leaves out.
          // What of the ledger is whose is in ledger_permissions_test.cpp.
          if (answer.status == 403 && !function.starts_with("ledger.")) {
            EXPECT_TRUE(narrowed.count(function + " " + job_type)) << what << ": " << answer.body;
            met.insert(function + " " + job_type);
          }
          continue;
        }
        ++refused;
        EXPECT_EQ(answer.status, job_type == "public" ? 401 : 403) << what << ": " << answer.body;
        EXPECT_TRUE(at_door || job_type == "public") << what << ": " << answer.body;
        no_change(what);
      }
    }
  }
  EXPECT_EQ(met, narrowed);
  EXPECT_EQ(routes, all_routes().size());
  EXPECT_GT(allowed, 500u);
  EXPECT_GT(refused, 500u);
}

TEST_F(Permissions, GiveMeExactlyWhatTheTableGives) {
  for (const auto& job_type : job_types_) {
    std::set<std::string> mine;
    const auto me = json::parse(ask("GET", "/api/v1/me", job_type).body);
    for (const auto& one : me.at("functions")) mine.insert(one.get<std::string>());
    for (const auto& [function, who] : given_)
      EXPECT_EQ(mine.count(function) == 1, expected(function, job_type)) << function << " as " << job_type;
  }
}

// What the tables must have whatever else they say: the job types by default, and what each is for.
TEST_F(Permissions, TheJobTypesByDefaultAreThereAndEachIsForWhatItIsFor) {
  const std::map<std::string, std::set<std::string>> expected{
      {"people.change", {}},
      {"anomaly.thresholds.submit", {"aro", "desk"}},
      {"anomaly.actions.submit", {"aro", "desk"}},
      {"anomaly.quarantine.decide", {"aro", "sro"}},
      {"anomaly.dcc.set", {"desk"}},
      {"access.explain", {"auditor", "desk", "operations"}},
      {"devices.change", {"operations"}},
      {"node.backup", {"operations"}},
      {"audit.entries.read", {"auditor"}},
      {"people.read", {"auditor"}},
      {"people.invite", {"secretary"}},
      {"users.change", {}},
      {"registration.senders.change", {}},
  };
  for (const auto* job_type : {"sro", "aro", "desk", "operations", "auditor", "secretary"}) {
    const auto put = ask("PUT", std::string("/api/v1/people/the.") + job_type, "operator",
                         json{{"party", "supplier"}, {"roles", {job_type}}, {"clearance", "Green"}}.dump());
    EXPECT_EQ(put.status, 200) << job_type << " cannot be given: " << put.body;
    const auto me = json::parse(ask("GET", "/api/v1/me", job_type).body);
    const auto mine = me.at("functions").get<std::set<std::string>>();
    for (const auto& [function, whose] : expected)
      EXPECT_EQ(mine.count(function), whose.count(job_type)) << function << " as " << job_type;
  }
  for (const auto* nobody : {"operator", "user", "public", "tea boy"}) {
    const auto put = ask("PUT", "/api/v1/people/the.desk", "operator",
                         json{{"party", "supplier"}, {"roles", {nobody}}, {"clearance", "Green"}}.dump());
    EXPECT_EQ(put.status, 400) << nobody << " is given to nobody";
  }
}

TEST_F(Permissions, AreExplainedToThePersonHimselfAndToTheAuditor) {
  const auto explained = [&](const std::string& function, const std::string& as, const std::string& about = {}) {
    net::HttpRequest http;
    auto answer = ask("GET", "/api/v1/permissions/" + function + (about.empty() ? "" : "?person=" + about), as);
    return answer;
  };
  const auto own = json::parse(explained("anomaly.thresholds.submit", "sro").body);
  EXPECT_EQ(own.at("allowed"), false);
  EXPECT_NE(own.at("why").get<std::string>().find("aro (seed B30, S)"), std::string::npos) << own;
  EXPECT_TRUE(own.at("decides").is_null());
  const auto officer = json::parse(explained("anomaly.thresholds.submit", "aro").body);
  EXPECT_EQ(officer.at("allowed"), true);
  EXPECT_EQ(officer.at("decides").at("clause"), "seed B30");
  EXPECT_EQ(explained("tea.make", "aro").status, 404);
  const auto ledgers = json::parse(explained("ledger.committee.create", "aro").body);
  EXPECT_EQ(ledgers.at("allowed"), false) << ledgers;
}

TEST_F(Permissions, APersonIsKnownByHisCertificateAsByHisTokenAndNeverByTwoPeoplesAtOnce) {
  const auto me = [&](const pki::Certificate* certificate, const std::string& token) {
    net::HttpRequest http{"GET", "/api/v1/me", "", {}, "", {}};
    if (certificate != nullptr) http.peer_certificate = certificate->der;
    if (!token.empty()) http.headers["authorization"] = "Bearer " + token;
    const auto answer = send(http);
    return answer.status == 200 ? json::parse(answer.body).at("id").get<std::string>() : std::to_string(answer.status);
  };
  const auto& desk = certificates_.at("desk");
  EXPECT_EQ(me(&desk, ""), "the.desk");
  EXPECT_EQ(me(&desk, tokens_.at("desk")), "the.desk");
  EXPECT_EQ(me(&desk, tokens_.at("aro")), "401");
  EXPECT_EQ(me(&desk, tokens_.at("operator")), "401");
  EXPECT_EQ(me(&desk, tokens_.at("user")), "401");
  EXPECT_EQ(me(&desk, "guess"), "401");
  const auto another = certificate("the.desk");
  EXPECT_EQ(me(&another, ""), "401") << "the same name is not the same certificate";
  EXPECT_EQ(me(&another, tokens_.at("desk")), "401");
  const auto& company = record(tests::kSupplier, pki::KeyUse::DigitalSignature).certificate;
  EXPECT_EQ(me(&company, tokens_.at("desk")), "the.desk") << "a person of that User, on its connection";
  ASSERT_TRUE(store_.write([&](store::WriteView& view) {
    return registry::put_person(view, {"the.aro", "", "another", {"aro"}, registry::Classification::Green, true});
  }));
  EXPECT_EQ(me(&company, tokens_.at("aro")), "401") << "a person of another";
  EXPECT_EQ(me(&record(tests::kSupplier, pki::KeyUse::DigitalSignature).certificate, ""), "user:90b3d51f30010000");
  clock.set(clock.now() + std::chrono::hours(24 * 31));
  EXPECT_EQ(me(&desk, ""), "401") << "expired";
  clock.set(tests::bench_time());
  ASSERT_TRUE(store_.write([&](store::WriteView& view) {
    return registry::unbind_certificate(view, "the.desk", registry::fingerprint_of(desk.der));
  }));
  EXPECT_EQ(me(&desk, ""), "401") << "taken back";
  EXPECT_EQ(me(nullptr, tokens_.at("desk")), "the.desk");
}

TEST_F(Permissions, TheTransitionalPartyComesAsItselfAndIsNoUser) {
  static const auto key = crypto::PrivateKey::generate().value();
  const auto authority = pki::issue_root("Test TLS", pki::Validity::years(clock.now(), 5), random).value();
  const auto issued = [&](Eui64 owner) {
    return pki::issue_tls(authority, {owner, PartyRole::TransitionalCos, "party", {}, {}},
                          pki::Validity::years(clock.now(), 1), key.public_key(), random)
        .value()
        .der;
  };
  const auto answer = [&](const std::string& method, const std::string& path, Eui64 owner) {
    net::HttpRequest http{method, path, "", {}, "", {}};
    http.peer_certificate = issued(owner);
    return send(http);
  };
  const auto party = settings.transitional_cos;
  EXPECT_EQ(json::parse(answer("GET", "/api/v1/me", party).body).at("roles"), json({"user"}));
  EXPECT_EQ(answer("GET", "/api/v1/cos/requests", party).status, 200);
  EXPECT_EQ(answer("GET", "/api/v1/devices", party).status, 403);
  EXPECT_EQ(answer("POST", "/api/v1/ledger/hub_notice", party).status, 403) << "it acts for no party";
  EXPECT_EQ(answer("GET", "/api/v1/cos/requests", Eui64(party.value() + 1)).status, 401);
  EXPECT_EQ(ask("GET", "/api/v1/cos/requests", "user").status, 404) << "a User is told nothing of it";
}

TEST_F(Permissions, OfficersAreOfficersWhileACertificateStandsBehindTheirNames) {
  const auto may = [&] {
    const auto me = json::parse(ask("GET", "/api/v1/me", "aro").body);
    const auto functions = me.at("functions");
    return std::find(functions.begin(), functions.end(), "anomaly.thresholds.submit") != functions.end();
  };
  EXPECT_TRUE(may());
  clock.set(clock.now() + std::chrono::hours(24 * 31));
  EXPECT_FALSE(may()) << "it has expired";
  ASSERT_TRUE(rules_.set("people.verified", "no"));
  EXPECT_TRUE(may()) << "the rule asks for none";
}

TEST_F(Permissions, ACertificateStandsForOnePersonAndForNoUser) {
  const auto bind = [&](const pki::Certificate& certificate, const std::string& person) {
    return store_.write([&](store::WriteView& view) {
      return status(registry::bind_certificate(view, certificate, person, clock.now()));
    });
  };
  EXPECT_EQ(bind(certificates_.at("desk"), "the.aro").error().code, ErrorCode::Conflict);
  EXPECT_EQ(bind(certificate("nobody"), "nobody").error().code, ErrorCode::NotFound);
  EXPECT_EQ(bind(record(tests::kSupplier, pki::KeyUse::DigitalSignature).certificate, "the.desk").error().code,
            ErrorCode::BadCertificate);
  const auto short_lived = certificate("the.desk");
  clock.set(clock.now() + std::chrono::hours(24 * 31));
  EXPECT_EQ(bind(short_lived, "the.desk").error().code, ErrorCode::Expired);
}

TEST_F(Permissions, WhoGuessesTokensIsToldToWaitAndLocksNobodyElseOut) {
  const auto guess = [&](const std::string& source, const std::string& token) {
    net::HttpRequest http{"GET", "/api/v1/people", "", {}, "", {}};
    http.headers[":source"] = source;
    http.headers["authorization"] = "Bearer " + token;
    return send(http).status;
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(guess("192.0.2.1", "guess" + std::to_string(i)), 401);
  EXPECT_EQ(guess("192.0.2.1", "guess"), 429);
  EXPECT_FALSE(store_.written.empty()) << "the log says it once";
  EXPECT_EQ(guess("192.0.2.1", "guess"), 429);
  EXPECT_TRUE(store_.written.empty()) << "and no more";
  EXPECT_EQ(guess("192.0.2.2", "guess"), 401) << "another address";
  EXPECT_EQ(guess("192.0.2.1", tokens_.at("operator")), 200) << "a right token, from the same address";
  clock.set(clock.now() + std::chrono::minutes(61));
  EXPECT_EQ(guess("192.0.2.1", "guess"), 401);
}

TEST_F(Permissions, CallersWithoutANameMakeTheStoreWriteNowAndThenAndEachOfTheirRefusalsCounts) {
  const std::string made_up = "/api/v1/ledger/committee/XYZ";
  const auto made = ask("POST", "/api/v1/ledger/committee", "operator",
                        R"({"class":"Amber","fields":{"code":"CSC","name":"Change Sub-Committee"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string amber = "/api/v1/ledger/committee/" + json::parse(made.body).at("reference").get<std::string>();
  const std::map<std::string, int> asked{{"/api/v1/people", 401}, {amber, 404}, {made_up, 404}};
  clock.advance(audit::Held::kAtLeast);
  // How often each was refused, as an auditor reads it.
  const auto times = [&](const std::string& function, const std::string& about) {
    const auto list = json::parse(ask("GET", "/api/v1/audit/entries?who=public&function=" + function, "auditor").body);
    std::uint64_t out = 0;
    for (const auto& one : list.at("entries")) {
      if (one.at("about") == about) out += one.at("times").get<std::uint64_t>();
    }
    return out;
  };
  ASSERT_EQ(ask("GET", "/api/v1/people", "public").status, 401);
  EXPECT_FALSE(store_.written.empty()) << "the first is written at once";
  for (int i = 0; i < 20; ++i) {
    for (const auto& [path, status] : asked) {
      EXPECT_EQ(ask("GET", path, "public").status, status) << path;
      ASSERT_TRUE(store_.written.empty()) << path << ": what is there is as quick as what is not, and writes nothing";
    }
  }
  clock.advance(audit::Held::kAtLeast);
  ASSERT_EQ(ask("GET", made_up, "public").status, 404);
  EXPECT_FALSE(store_.written.empty()) << "all of it, together";
  EXPECT_EQ(times("people.read", "GET /api/v1/people"), 21u);
  EXPECT_EQ(times("ledger.read", "committee"), 21u) << "made up";
  EXPECT_EQ(times("ledger.read", "committee " + amber.substr(amber.rfind('/') + 1)), 20u);

  // Whoever reads the audit reads all; nobody waits for the next who comes without a name.
  ASSERT_EQ(ask("GET", "/api/v1/people", "public").status, 401);
  EXPECT_TRUE(store_.written.empty());
  EXPECT_EQ(times("people.read", "GET /api/v1/people"), 22u);
  ASSERT_EQ(ask("GET", "/api/v1/people", "public").status, 401);
  ASSERT_TRUE(held_lines_.write_due(store_, clock.now()));
  EXPECT_TRUE(store_.written.empty()) << "not yet";
  clock.advance(audit::Held::kAtLeast);
  ASSERT_TRUE(held_lines_.write_due(store_, clock.now()));
  EXPECT_FALSE(store_.written.empty());
  EXPECT_EQ(times("people.read", "GET /api/v1/people"), 23u);
  // Of somebody with a name each is written.
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ask("GET", "/api/v1/people", "party").status, 403);
    EXPECT_FALSE(store_.written.empty());
  }
}

TEST_F(Permissions, WhatWasRefusedIsInTheAuditOnceAnHourAndWhatIsNotedWhenItIsLetIn) {
  for (int i = 0; i < 3; ++i) ask("GET", "/api/v1/people", "party");
  ask("GET", "/api/v1/people", "public");
  ask("POST", "/api/v1/deliveries/01/retry", "operations");
  std::vector<audit::Entry> entries;
  std::uint64_t times = 0;
  const auto read = store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(auto page, audit::list(view, {}, 0, 10));
    entries = std::move(page.entries);
    if (entries.empty()) return fail(ErrorCode::NotFound, 0, "entries");
    METERWAY_TRY(times, audit::times_of(view, entries.back()));
    return {};
  });
  ASSERT_TRUE(read);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].function + entries[0].outcome + entries[0].person, "deliveries.retryallowedthe.operations");
  EXPECT_EQ(entries[1].function + entries[1].outcome + entries[1].person, "people.readrefusedpublic");
  EXPECT_EQ(entries[2].function + entries[2].outcome + entries[2].person, "people.readrefusedthe.party");
  EXPECT_EQ(times, 3u);
  EXPECT_NE(entries[2].detail.find("it is given to auditor (seed B30"), std::string::npos) << entries[2].detail;
}

}  // namespace
}  // namespace meterway::portal
