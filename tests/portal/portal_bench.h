#pragma once
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "flow/pipeline.h"
#include "oversight/devices/rules.h"
#include "oversight/governance/rules.h"
#include "oversight/operations/rules.h"
#include "portal/server/headers.h"
#include "portal/server/identity.h"
#include "portal/server/list_csv.h"
#include "portal/server/registration_routes.h"
#include "portal/server/server.h"
#include "records/audit/held.h"
#include "records/installation/rules.h"
#include "records/registry/access_token.h"
#include "records/registry/party.h"
#include "records/registry/person_certificate.h"
#include "tests/support/flow_bench.h"

/// The portal before a platform, both in this process, and somebody of every job type.
namespace meterway::portal {

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
inline Rows table(const std::string& name) {
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

class PortalBench : public tests::FlowBench {
 protected:
  PortalBench() : store_(context().store) {
    settings.link_port = 0;
    std::vector<ledger::Named> functions;
    for (const auto some :
         {operations::functions(), governance::functions(), devices::functions(), installation::functions()})
      functions.insert(functions.end(), some.begin(), some.end());
    ledger_.emplace(ledger::Surroundings{store_, clock, rules_, functions, {}, &held_lines_});
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
  ~PortalBench() override { pipeline_->stop(); }

  /// What was laid into the store beside the road (places in queues, say) is known from the next start on. Nothing is
  /// carried out after it.
  void restart() {
    pipeline_->stop();
    pipeline_.reset();
    pipeline_ = std::move(*flow::Pipeline::start(*flow_));
  }

  /// Good for thirty days, with the person's own key.
  pki::Certificate certificate(const std::string& person) {
    static std::map<std::string, crypto::PrivateKey> keys;
    auto key = keys.find(person);
    if (key == keys.end()) key = keys.emplace(person, crypto::PrivateKey::generate().value()).first;
    static SeededRandom chance(11);
    static const auto authority =
        pki::issue_root("Test persons", pki::Validity::years(tests::bench_time(), 5), chance).value();
    const pki::Validity validity{clock.now(), clock.now() + std::chrono::hours(24 * 30)};
    return pki::issue_person(authority, person, validity, key->second.public_key(), random).value();
  }

  template <class T>
  static Status status(const Result<T>& result) {
    return result ? Status() : Status(Unexpected{result.error()});
  }

  /// As `meterway serve` hands it on. `as`: a job type; "public": without a token.
  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& as,
                        const std::string& body = {}, net::Headers headers = {}) {
    const auto question = path.find('?');
    net::HttpRequest http{method, path.substr(0, question), "", std::move(headers), body, {}};
    if (question != std::string::npos) http.query = path.substr(question + 1);
    if (as != "public") http.headers["authorization"] = "Bearer " + tokens_.at(as);
    return send(std::move(http));
  }
  net::HttpResponse send(net::HttpRequest http) {
    store_.written.clear();
    return serve_as_asked(std::move(http), [&](net::HttpRequest&& one) { return send_on(std::move(one)); });
  }
  net::HttpResponse send_on(net::HttpRequest http) {
    auto answer = serve(http, {.ledger = *ledger_,
                               .store = store_,
                               .clock = clock,
                               .random = random,
                               .rules = rules_,
                               .events = *events_,
                               .loader = &*loader_,
                               .registration_folder = registration_folder_,
                               .anomaly = &*desk_,
                               .audit_key = nullptr,
                               .wrong_tokens = &wrong_tokens_,
                               .held_lines = &held_lines_,
                               .replay = replay_,
                               .transitional_cos = settings.transitional_cos});
    if (answer && http.method != "GET") pipeline_->jobs_changed();
    return guarded(answer ? std::move(*answer) : pipeline_->serve(std::move(http)));
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
  /// The last lines of the audit, the youngest first.
  std::vector<audit::Entry> lines(std::size_t most) {
    std::vector<audit::Entry> out;
    EXPECT_TRUE(store_.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(auto page, audit::list(view, {}, 0, most));
      out = std::move(page.entries);
      return {};
    }));
    return out;
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
  std::string registration_folder_;
  audit::Held held_lines_;
  Replay replay_;  ///< empty: no emulated homes are at hand

 private:
  WrongTokens wrong_tokens_;
  std::optional<ledger::Ledger> ledger_;
  std::optional<operations::EventMonths> events_;
  std::optional<registration::Loader> loader_;
  std::optional<anomaly::Desk> desk_;
  std::optional<flow::Context> flow_;
  std::unique_ptr<flow::Pipeline> pipeline_;
};

}  // namespace meterway::portal
