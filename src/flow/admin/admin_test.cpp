#include "flow/admin/admin.h"

#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "records/registry/access_token.h"
#include "records/registry/certificates.h"
#include "records/registry/device.h"
#include "records/registry/lifecycle.h"
#include "records/registry/request_record.h"
#include "standard/pki/pem.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::admin {
namespace {

using nlohmann::json;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class Admin : public tests::FlowBench {
 protected:
  Admin() { operator_ = let_in(std::nullopt); }
  std::string let_in(std::optional<Eui64> user) {
    auto secret = registry::new_token(random);
    write([&](store::WriteView& view) -> Status {
      const auto put = registry::put_token(view, secret, user, clock.now());
      return put ? Status() : Status(Unexpected{put.error()});
    });
    return secret;
  }
  net::HttpResponse ask(const std::string& method, const std::string& path, const json& body = {},
                        const std::string& token = {}, const std::string& query = {}) {
    net::HttpRequest http{method, "/api/v1/" + path, query, {}, body.is_null() ? "" : body.dump(), {}};
    http.headers["authorization"] = "Bearer " + (token.empty() ? operator_ : token);
    return serve(http, context());
  }
  /// What is wrong with a body, as the answer says it.
  std::string problem(const std::string& method, const std::string& path, const json& body) {
    const auto answer = ask(method, path, body);
    EXPECT_EQ(answer.status, 400) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
    return json::parse(answer.body).value("detail", "");
  }
  json got(const std::string& path, const std::string& query = {}) {
    const auto answer = ask("GET", path, {}, {}, query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  static json supplier() {
    return {{"name", "supplier"}, {"roles", {"IS", "ES"}}, {"push_url", "http://127.0.0.1:1/"}};
  }
  static std::string user_path(Eui64 user) { return "users/" + user.plain(); }
  static json meter() { return {{"type", "ESME"}, {"details", {{"UPRN", "7"}}}}; }
  static std::string meter_path() { return "devices/" + kMeter.plain(); }

  std::string operator_;
};

TEST_F(Admin, IsTheOperatorsAlone) {
  const auto nobody = serve({"GET", "/api/v1/users", "", {}, "", {}}, context());
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.headers.at("www-authenticate"), "Bearer");
  EXPECT_EQ(ask("GET", "users", {}, let_in(kSupplier)).status, 403);
  EXPECT_EQ(ask("GET", "users").status, 200);
  EXPECT_TRUE(is_admin_path("/api/v1/users"));
  EXPECT_TRUE(is_admin_path("/api/v1/devices/1"));
  EXPECT_FALSE(is_admin_path("/api/v1/usersx"));
  EXPECT_FALSE(is_admin_path("/api/v1/trace/users"));
}

TEST_F(Admin, AddsChangesShowsAndRemovesAUserAndSaysWhoDidIt) {
  EXPECT_EQ(ask("PUT", user_path(kSupplier), supplier()).status, 201);
  auto changed = supplier();
  changed["state"] = "suspended";
  EXPECT_EQ(ask("PUT", user_path(kSupplier), changed).status, 200);
  EXPECT_EQ(got(user_path(kSupplier)).at("state"), "suspended");
  EXPECT_EQ(got("users").at("users").size(), 1u);
  EXPECT_EQ(ask("DELETE", user_path(kSupplier)).status, 204);
  EXPECT_EQ(ask("GET", user_path(kSupplier)).status, 404);
  EXPECT_EQ(ask("DELETE", user_path(kSupplier)).status, 404);
  EXPECT_EQ(trace("user:" + kSupplier.plain()),
            (std::vector<std::string>{"admin added", "admin changed", "admin removed"}));
  const auto events = read<std::vector<store::Event>>(
      [&](const auto& view) { return store::events_of(view, "user:" + kSupplier.plain()); });
  EXPECT_EQ(events[0].detail.rfind("by operator: ", 0), 0u) << events[0].detail;
}

TEST_F(Admin, NamesTheMemberOfAUserThatIsWrong) {
  const auto wrong = [&](const char* key, const json& value) {
    auto body = supplier();
    body[key] = value;
    return problem("PUT", user_path(kSupplier), body);
  };
  EXPECT_EQ(wrong("colour", "red"), "colour: unknown member");
  EXPECT_EQ(wrong("roles", {"IS", "King"}), "roles: [1] no such role");
  EXPECT_EQ(wrong("state", "happy").rfind("state: ", 0), 0u);
  EXPECT_EQ(wrong("push_url", "ftp://somewhere").rfind("push_url: ", 0), 0u);
  EXPECT_EQ(wrong("push_url", "http:///path").rfind("push_url: ", 0), 0u);
  EXPECT_EQ(wrong("eui", kOtherSupplier.plain()), "eui: not the one of the path");
  EXPECT_EQ(wrong("pushes_per_second", -1).rfind("pushes_per_second: ", 0), 0u);
  EXPECT_EQ(problem("PUT", user_path(kSupplier), json::array()), "expected an object");
  EXPECT_EQ(ask("GET", user_path(kSupplier)).status, 404) << "nothing of it is kept";
}

TEST_F(Admin, MakesATokenForAUserAndTakesItBack) {
  EXPECT_EQ(ask("POST", user_path(kSupplier) + "/tokens").status, 404) << "for a User only";
  ask("PUT", user_path(kSupplier), supplier());
  const auto made = ask("POST", user_path(kSupplier) + "/tokens");
  ASSERT_EQ(made.status, 201);
  const auto token = json::parse(made.body).at("token").get<std::string>();
  const auto id = json::parse(made.body).at("id").get<std::string>();
  EXPECT_EQ(ask("GET", "users", {}, token).status, 403) << "known, though not the operator";
  const auto listed = got(user_path(kSupplier) + "/tokens").at("tokens");
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].at("id"), id);
  EXPECT_EQ(listed.dump().find(token), std::string::npos);
  EXPECT_EQ(ask("DELETE", user_path(kSupplier) + "/tokens/" + id).status, 204);
  EXPECT_EQ(ask("GET", "users", {}, token).status, 401);
  for (const auto& event : read<std::vector<store::Event>>(
           [&](const auto& view) { return store::events_of(view, "user:" + kSupplier.plain()); }))
    EXPECT_EQ(event.detail.find(token), std::string::npos) << "a token never stands in the log";
}

TEST_F(Admin, AddsChangesAndRemovesADeviceButNotWhileACommandIsOnItsWay) {
  EXPECT_EQ(ask("PUT", meter_path(), meter()).status, 201);
  EXPECT_EQ(got(meter_path()).at("details").at("UPRN"), "7");
  EXPECT_EQ(problem("PUT", meter_path(), {{"type", "TOASTER"}}), "type: expected a type of device");
  registry::RequestRecord record;
  record.id = record.header = {kSupplier, kMeter, {1}};
  record.progress = registry::Progress::Sent;
  record.transaction = 1;
  write([&](auto& view) { return registry::put_request(view, record); });
  EXPECT_EQ(ask("DELETE", meter_path()).status, 409);
  record.progress = registry::Progress::Done;
  write([&](auto& view) { return registry::put_progress(view, record); });
  EXPECT_EQ(ask("DELETE", meter_path()).status, 204);
  EXPECT_EQ(trace("device:" + kMeter.plain()), (std::vector<std::string>{"admin added", "admin removed"}));
}

TEST_F(Admin, ShowsSinceWhenADeviceIsAsItIsAndWhatItWas) {
  ASSERT_EQ(ask("POST", "devices", {{"devices", {{{"eui", kMeter.plain()}, {"type", "ESME"}}}}}).status, 200);
  auto shown = got(meter_path());
  EXPECT_TRUE(shown.at("since").is_null());
  EXPECT_EQ(shown.at("history"), json::array());
  clock.advance(std::chrono::minutes(1));
  shown["state"] = "Commissioned";
  EXPECT_EQ(ask("PUT", meter_path(), shown).status, 200) << "an answer may be sent back as it came";
  shown = got(meter_path());
  const auto at = to_iso8601(clock.now(), 6);
  EXPECT_EQ(shown.at("since"), at);
  EXPECT_EQ(shown.at("history"), (json::array({{{"at", at},
                                                {"type", "ESME"},
                                                {"state", "Commissioned"},
                                                {"cause", "changed by hand"},
                                                {"by", "operator"}}})));
  EXPECT_FALSE(shown.contains("history_dropped"));
  EXPECT_EQ(ask("POST", "devices", {{"devices", json::array({shown})}}).status, 200) << "in an import as well";
  EXPECT_EQ(ask("DELETE", meter_path()).status, 204);
  ASSERT_EQ(ask("POST", "devices", {{"devices", {{{"eui", kMeter.plain()}, {"type", "ESME"}}}}}).status, 200);
  const auto again = got(meter_path()).at("history");
  ASSERT_EQ(again.size(), 3u) << "who is known has a past";
  EXPECT_TRUE(again[1].at("state").is_null());
  EXPECT_EQ(again[2].at("cause"), "import");
}

TEST_F(Admin, ShowsWhomADeviceHasJoinedAndLetsNobodyWriteIt) {
  constexpr Eui64 kDisplay{0x00DB1234567890A4};
  EXPECT_EQ(ask("PUT", meter_path(), meter()).status, 201);
  EXPECT_FALSE(got(meter_path()).contains("joined"));
  write([&](auto& view) { return registry::join(view, kMeter, kDisplay); });
  const json joined = {{{"device", kDisplay.plain()}, {"said", true}, {"other_said", false}}};
  auto shown = got(meter_path());
  EXPECT_EQ(shown.at("joined"), joined);
  shown["joined"] = json::array();
  EXPECT_EQ(ask("PUT", meter_path(), shown).status, 200) << "what was read may be written back";
  EXPECT_EQ(got(meter_path()).at("joined"), joined) << "and changes nothing of it";
}

TEST_F(Admin, ListsDevicesByHubAndPageByPage) {
  for (int i = 1; i <= 5; ++i) {
    auto body = meter();
    if (i % 2 == 1) body["hub"] = "00000000000000ff";
    EXPECT_EQ(ask("PUT", "devices/" + Eui64(static_cast<unsigned>(i)).plain(), body).status, 201);
  }
  EXPECT_EQ(got("devices", "hub=00-00-00-00-00-00-00-FF").at("devices").size(), 3u);
  EXPECT_EQ(got("devices", "hub=0000000000000001").at("devices").size(), 0u);
  const auto first = got("devices", "limit=3");
  EXPECT_EQ(first.at("devices").size(), 3u);
  const auto second = got("devices", "limit=3&from=" + first.at("next").get<std::string>());
  EXPECT_EQ(second.at("devices").size(), 2u);
  EXPECT_FALSE(second.contains("next"));
  EXPECT_EQ(ask("GET", "devices", {}, {}, "hub=nonsense").status, 400);
}

TEST_F(Admin, ImportsManyDevicesAndTheirCertificatesOrNone) {
  const auto& certificate = record(kMeter, pki::KeyUse::KeyAgreement).certificate;
  json body = {{"devices", json::array()}, {"certificates", {{{"certificate", to_base64(certificate.der)}}}}};
  for (unsigned i = 1; i <= 3; ++i) {
    auto device = meter();
    device["eui"] = Eui64(i).plain();
    body["devices"].push_back(device);
  }
  auto broken = body;
  broken["devices"][2]["state"] = "Happy";
  EXPECT_EQ(problem("POST", "devices", broken).rfind("devices[2].state: ", 0), 0u);
  EXPECT_TRUE(got("devices").at("devices").empty());
  const auto done = ask("POST", "devices", body);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(json::parse(done.body), (json{{"added", 3}, {"changed", 0}, {"certificates", 1}}));
  EXPECT_EQ(json::parse(ask("POST", "devices", body).body), (json{{"added", 0}, {"changed", 3}, {"certificates", 0}}));
  EXPECT_EQ(trace("import"), (std::vector<std::string>{"admin imported", "admin imported"}));
}

TEST_F(Admin, AddsACertificatePutsItInUseAndRevokesItForGood) {
  const auto& certificate = record(kMeter, pki::KeyUse::DigitalSignature).certificate;
  const auto path = "certificates/" + certificate.serial.hex();
  const auto added = ask("POST", "certificates",
                         {{"certificate", pki::to_pem(certificate.der, pki::kPemCertificate)}, {"name", "meter-ds"}});
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(json::parse(added.body).at("status"), "in use");
  EXPECT_EQ(json::parse(added.body).at("owner"), kMeter.plain());
  EXPECT_EQ(got("certificates", "owner=" + kMeter.plain()).at("certificates").size(), 1u);
  EXPECT_EQ(got("certificates").at("certificates").size(), 1u);
  // The bench holds its certificates in memory, as a platform does with its own: those are not to be changed here.
  EXPECT_EQ(ask("DELETE", path).status, 409);
  write([&](auto& view) { return registry::revoke_certificate(view, certificate.serial); });
  EXPECT_EQ(got(path).at("status"), "revoked");
  EXPECT_EQ(ask("GET", "certificates/77").status, 404);
}

TEST_F(Admin, NamesTheMemberOfACertificateThatIsWrong) {
  const auto der = to_base64(record(kMeter, pki::KeyUse::KeyAgreement).certificate.der);
  EXPECT_EQ(problem("POST", "certificates", {{"certificate", der}, {"use", "ds"}}),
            "use: the certificate's key usage does not allow it");
  EXPECT_EQ(problem("POST", "certificates", {{"certificate", der}, {"use", "tea"}}),
            "use: expected ds, ka, pp-ka or xml");
  EXPECT_EQ(problem("POST", "certificates", {{"certificate", "AAAA"}}).rfind("certificate: ", 0), 0u);
  EXPECT_EQ(problem("POST", "certificates", {{"certificat", der}}), "certificat: unknown member");
}

TEST_F(Admin, SaysWhichMethodsAPathHas) {
  EXPECT_EQ(ask("POST", "users").headers.at("allow"), "GET");
  EXPECT_EQ(ask("POST", user_path(kSupplier)).headers.at("allow"), "GET, PUT, DELETE");
  EXPECT_EQ(ask("GET", "users/nonsense").status, 404);
  EXPECT_EQ(ask("GET", user_path(kSupplier) + "/x").status, 404);
}

}  // namespace
}  // namespace meterway::flow::admin
