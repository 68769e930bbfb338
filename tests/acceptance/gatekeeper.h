#pragma once
#include <nlohmann/json.hpp>

#include "flow/authorise/authorise.h"
#include "oversight/devices/rules.h"
#include "oversight/governance/rules.h"
#include "oversight/operations/rules.h"
#include "portal/server/registration_routes.h"
#include "portal/server/server.h"
#include "records/installation/rules.h"
#include "records/registry/access_token.h"
#include "tests/registration/files.h"
#include "tests/support/flow_bench.h"

/// Registration data as they come in operation: files through the interface, over a store and a clock of the test's.
namespace meterway::acceptance {

using nlohmann::json;
using registration::css_message;
using registration::electricity_file;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

inline constexpr const char* kPoint = "1200023305967";
/// The interface and the road over one store and one clock that stands still.
class Gatekeeper : public tests::FlowBench {
 public:
  Gatekeeper() {
    clock.set(*from_iso8601("2026-11-22T12:00:00Z"));
    assemble();
    operator_ = registry::new_token(random);
    write([&](store::WriteView& view) -> Status {
      const auto put = registry::put_token(view, operator_, std::nullopt, clock.now());
      return put ? Status() : Status(Unexpected{put.error()});
    });
    for (const auto& [eui, id] : {std::pair{kSupplier, "OLDS"}, std::pair{kOtherSupplier, "NEWS"}}) {
      registry::User user{eui, id, {UserRole::IS}, registry::UserState::Live, ""};
      user.participants = {{UserRole::IS, *MarketParticipant::parse(id)}};
      write([&](store::WriteView& view) { return registry::put_user(view, user); });
    }
    device(kMeter, {{"ImportMPxN", kPoint}});
    sender("RDPE", {{"party", "Electricity RDP"}, {"source", "rdp-electricity"}});
    sender("CSS", {{"party", "CSS"}, {"source", "css"}, {"route", "message"}});
  }
  void TestBody() override {}
  using FlowBench::clock;
  ledger::Ledger& ledger() { return *ledger_; }
  /// As after a restart: nothing but the store is left.
  void restart() {
    loader_.reset();
    events_.reset();
    ledger_.reset();
    open();
    assemble();
  }

  void device(Eui64 eui, std::map<std::string, std::string> details) {
    registry::Device out;
    out.eui = eui;
    out.type = DeviceType::ESME;
    out.state = registry::DeviceState::Commissioned;
    out.details = std::move(details);
    out.responsible = {{UserRole::IS, kSupplier, {}, {}}};
    write([&](store::WriteView& view) { return registry::put_device(view, out); });
  }
  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = {},
                        const std::string& token = {}, net::Headers headers = {}) {
    const auto question = path.find('?');
    net::HttpRequest http{method,
                          "/api/v1/registration/" + path.substr(0, question),
                          question == std::string::npos ? "" : path.substr(question + 1),
                          std::move(headers),
                          body,
                          {}};
    if (token != "-") http.headers["authorization"] = "Bearer " + (token.empty() ? operator_ : token);
    auto answer =
        portal::serve(http, {*ledger_, context().store, clock, random, rules_, *events_, &*loader_, folder.string()});
    EXPECT_TRUE(answer) << path;
    return answer ? std::move(*answer) : net::HttpResponse{};
  }
  json got(const std::string& path) {
    const auto answer = ask("GET", path);
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  void sender(const std::string& id, const json& body) {
    const auto answer = ask("PUT", "senders/" + id, body.dump());
    EXPECT_LE(answer.status, 201) << answer.body;
  }
  json taken(const std::string& file) {
    const auto answer = ask("POST", "files?name=file", file);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  std::string person(const std::string& party, const std::vector<std::string>& roles) {
    const auto token = registry::new_token(random);
    const auto id = "person" + std::to_string(++persons_);
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_person(view, {id, id, party, roles, ledger::Classification::Green, true}));
      const auto put = registry::put_person_token(view, token, id, clock.now());
      return put ? Status() : Status(Unexpected{put.error()});
    });
    return token;
  }
  std::vector<ledger::Record> incidents() {
    const auto found = ledger_->reader(registry::operator_person()).list({"incident"});
    EXPECT_TRUE(found);
    return found ? found->records : std::vector<ledger::Record>{};
  }

  /// Step 3 of the road: "" when the User may read the meter now, else why not.
  std::string refusal(Eui64 user, const char* when, Eui64 meter = kMeter) {
    clock.set(*from_iso8601(when));
    flow::VerifiedRequest request;
    request.received.service = duis::WebService::Send;
    request.request.id = {user, meter, {1}};
    request.request.service_reference = "4.1";
    request.request.service_reference_variant = "4.1.1";
    auto done = flow::authorise::authorise(std::move(request), context());
    if (done) return {};
    EXPECT_EQ(done.error().why, flow::Refusal::NotResponsible) << done.error().detail;
    return done.error().detail;
  }
  bool allowed(Eui64 user, const char* when, Eui64 meter = kMeter) { return refusal(user, when, meter).empty(); }

  std::filesystem::path folder;

 private:
  void assemble() {
    std::vector<ledger::Named> functions;
    for (const auto some :
         {operations::functions(), governance::functions(), devices::functions(), installation::functions()})
      functions.insert(functions.end(), some.begin(), some.end());
    ledger_.emplace(ledger::Surroundings{context().store, clock, rules_, functions, {}});
    events_.emplace(context().store, rules_);
    loader_.emplace(context().store, clock, rules_, portal::raise_incidents(*ledger_));
  }

  rules::Rules rules_;
  std::optional<ledger::Ledger> ledger_;
  std::optional<operations::EventMonths> events_;
  std::optional<registration::Loader> loader_;
  std::string operator_;
  int persons_ = 0;
};

}  // namespace meterway::acceptance
