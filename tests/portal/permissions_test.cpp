// Seed B30: every route of /openapi.json for everybody, as spec/permissions.tsv has it and as this test reads that
// table for itself: without a session 401, without the job type 403, and neither changes anything; with it the route
// answers; never 5xx.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "flow/pipeline.h"
#include "oversight/devices/rules.h"
#include "oversight/governance/rules.h"
#include "oversight/operations/rules.h"
#include "portal/server/identity.h"
#include "portal/server/registration_routes.h"
#include "portal/server/server.h"
#include "records/audit/log.h"
#include "records/registry/access_token.h"
#include "records/registry/party.h"
#include "records/registry/person_certificate.h"
#include "tests/support/flow_bench.h"

namespace meterway::portal {
namespace {

using nlohmann::json;

/// Which tables were written while it is asked.
class WatchedStore : public store::Store {
 public:
  explicit WatchedStore(store::Store& under) : under_(under) {}
  Status read(const std::function<Status(const store::ReadView&)>& work) const override { return under_.read(work); }
  Status write(const std::function<Status(store::WriteView&)>& work) override {
    return under_.write([&](store::WriteView& view) {
      Watch watch(view, written);
      return work(watch);
    });
  }
  Status backup(const std::string& path) const override { return under_.backup(path); }

  std::set<std::string> written;

 private:
  struct Watch : store::WriteView {
    Watch(store::WriteView& view, std::set<std::string>& tables) : under(view), written(tables) {}
    Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
      return under.get(table, key);
    }
    Result<std::vector<store::Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                         std::size_t limit) const override {
      return under.scan(table, from, to, limit);
    }
    Status put(std::string_view table, std::string_view key, std::string_view value) override {
      written.emplace(table);
      return under.put(table, key, value);
    }
    Status erase(std::string_view table, std::string_view key) override {
      written.emplace(table);
      return under.erase(table, key);
    }
    Status append(std::string_view table, std::string_view key, std::string_view value) override {
      written.emplace(table);
      return under.append(table, key, value);
    }
    store::WriteView& under;
    std::set<std::string>& written;
  };
  store::Store& under_;
};

using Rows = std::vector<std::map<std::string, std::string>>;
Rows table(const std::string& name) {
  std::ifstream in(METERWAY_SOURCE_DIR "/spec/" + name);
  Rows out;
  std::vector<std::string> columns;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) continue;
    std::vector<std::string> cells;
    std::stringstream text(line);
    for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < columns.size(); ++i) row[columns[i]] = cells.at(i);
    out.push_back(std::move(row));
  }
  return out;
}

class Permissions : public tests::FlowBench {
 protected:
  Permissions() : store_(context().store) {
    settings.link_port = 0;
    std::vector<ledger::Named> functions;
    for (const auto some : {operations::functions(), governance::functions(), devices::functions()})
      functions.insert(functions.end(), some.begin(), some.end());
    ledger_.emplace(ledger::Surroundings{store_, clock, rules_, functions, {}});
    events_.emplace(store_, rules_);
    loader_.emplace(store_, clock, rules_, raise_incidents(*ledger_));
    desk_.emplace(anomaly::Desk::Around{store_, clock, rules_, context().signer, [](Eui64) {}});
    flow_.emplace(flow::Context{store_, context().certificates, context().keys, context().signer, tests::kBroker, clock,
                                random, executor, context().network, settings});
    pipeline_ = std::move(*flow::Pipeline::start(*flow_));
    for (const auto& row : table("job_types.tsv")) job_types_.insert(row.at("job_type"));
    for (const auto& row : table("permissions.tsv")) {
      std::stringstream list(row.at("job_types"));
      for (std::string one; std::getline(list, one, ',');) given_[row.at("function")].insert(one);
    }
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(
          registry::put_user(view, {tests::kSupplier, "supplier", {UserRole::IS}, registry::UserState::Live, ""}));
      for (const auto& job_type : job_types_) {
        if (job_type == "public") continue;
        const auto secret = registry::new_token(random);
        tokens_[job_type] = secret;
        if (job_type == "operator" || job_type == "user") {
          const auto whose = job_type == "user" ? std::optional(tests::kSupplier) : std::nullopt;
          METERWAY_CHECK(status(registry::put_token(view, secret, whose, clock.now())));
          continue;
        }
        METERWAY_CHECK(registry::put_person(
            view, {"the." + job_type, job_type, "supplier", {job_type}, registry::Classification::Red, true}));
        METERWAY_CHECK(status(registry::put_person_token(view, secret, "the." + job_type, clock.now())));
        certificates_.emplace(job_type, certificate("the." + job_type));
        METERWAY_CHECK(
            status(registry::bind_certificate(view, certificates_.at(job_type), "the." + job_type, clock.now())));
      }
      return {};
    });
  }
  ~Permissions() override { pipeline_->stop(); }

  /// Good for thirty days.
  pki::Certificate certificate(const std::string& person) {
    static const auto key = crypto::PrivateKey::generate().value();
    static SeededRandom chance(11);
    static const auto authority =
        pki::issue_root("Test persons", pki::Validity::years(tests::bench_time(), 5), chance).value();
    const pki::Validity validity{clock.now(), clock.now() + std::chrono::hours(24 * 30)};
    return pki::issue_person(authority, person, validity, key.public_key(), random).value();
  }

  template <class T>
  static Status status(const Result<T>& result) {
    return result ? Status() : Status(Unexpected{result.error()});
  }

  /// As `meterway serve` hands it on. `as`: a job type; "public": without a token.
  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& as) {
    const auto question = path.find('?');
    net::HttpRequest http{method, path.substr(0, question), "", {}, "", {}};
    if (question != std::string::npos) http.query = path.substr(question + 1);
    if (as != "public") http.headers["authorization"] = "Bearer " + tokens_.at(as);
    return send(std::move(http));
  }
  net::HttpResponse send(net::HttpRequest http) {
    store_.written.clear();
    auto answer = serve(http, {.ledger = *ledger_,
                               .store = store_,
                               .clock = clock,
                               .random = random,
                               .rules = rules_,
                               .events = *events_,
                               .loader = &*loader_,
                               .registration_folder = {},
                               .anomaly = &*desk_,
                               .audit_key = nullptr,
                               .wrong_tokens = &wrong_tokens_});
    if (answer) return std::move(*answer);
    return pipeline_->serve(std::move(http));
  }

  /// With something that could be there for each parameter.
  static std::string example(std::string_view pattern) {
    static const std::map<std::string, std::string, std::less<>> kExamples{
        {"eui", "90b3d51f30030000"}, {"kind", "committee"}, {"user", "90b3d51f30010000"}, {"mpxn", "1200023305967"}};
    std::string out(pattern);
    for (auto at = out.find('{'); at != std::string::npos; at = out.find('{')) {
      const auto end = out.find('}', at);
      const auto found = kExamples.find(out.substr(at + 1, end - at - 1));
      out.replace(at, end - at + 1, found == kExamples.end() ? "01" : found->second);
    }
    return out;
  }

  bool expected(const std::string& function, const std::string& job_type) const {
    const auto& who = given_.at(function);
    return who.count("anybody") != 0 || (who.count("anyone") != 0 && job_type != "public") ||
           who.count(job_type) != 0 || job_type == "operator" ||
           (job_type == "user" && who.count("party") != 0);  // a User's systems act for it
  }
  void no_change(const std::string& what) const {
    for (const auto& name : store_.written) EXPECT_TRUE(name.starts_with("audit-")) << what << " wrote " << name;
  }

  std::set<std::string> job_types_;
  std::map<std::string, std::set<std::string>> given_;
  WatchedStore store_;
  std::map<std::string, std::string> tokens_;
  std::map<std::string, pki::Certificate> certificates_;
  rules::Rules rules_;

 private:
  WrongTokens wrong_tokens_;
  std::optional<ledger::Ledger> ledger_;
  std::optional<operations::EventMonths> events_;
  std::optional<registration::Loader> loader_;
  std::optional<anomaly::Desk> desk_;
  std::optional<flow::Context> flow_;
  std::unique_ptr<flow::Pipeline> pipeline_;
};

TEST_F(Permissions, DecideEveryRouteOfTheDescriptionForEveryJobType) {
  const auto described = json::parse(ask("GET", "/openapi.json", "public").body);
  std::size_t routes = 0, allowed = 0, refused = 0;
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
          continue;
        }
        ++refused;
        EXPECT_EQ(answer.status, job_type == "public" ? 401 : 403) << what << ": " << answer.body;
        EXPECT_TRUE(at_door || job_type == "public") << what << ": " << answer.body;
        no_change(what);
      }
    }
  }
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
