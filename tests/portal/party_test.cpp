// A person of job type `party` reads what his party's Users read, and learns of nothing else: every route of the table
// whose function is given to him within "the Users of his own party".
#include "flow/deliver/queue.h"
#include "flow/envelope/trace.h"
#include "flow/outage/outage.h"
#include "records/registry/certificates.h"
#include "records/registry/trace_reader.h"
#include "records/schedule/schedule.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;
const Eui64 kSecond(0x90b3d51f30010008);
constexpr std::string_view kScope = "the Users of his own party";

class PeopleOfAParty : public PortalBench {
 protected:
  PeopleOfAParty() {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_user(view, {kSecond, "supplier", {UserRole::GS}, registry::UserState::Live, ""}));
      METERWAY_CHECK(
          registry::put_user(view, {kOtherSupplier, "another", {UserRole::IS}, registry::UserState::Live, ""}));
      METERWAY_CHECK(let_in(view, "second user", kSecond));
      METERWAY_CHECK(let_in(view, "other user", kOtherSupplier));
      METERWAY_CHECK(make_person(view, "other party", "another", {"party"}));
      METERWAY_CHECK(make_person(view, "no party", "", {"party"}));
      METERWAY_CHECK(make_person(view, "operations party", "another", {"party", "operations"}));
      std::uint64_t number = 0;
      for (const auto user : {kSupplier, kSecond, kOtherSupplier}) METERWAY_CHECK(fill(view, user, ++number));
      return {};
    });
    restart();
  }
  Status let_in(store::WriteView& view, const std::string& as, Eui64 user) {
    tokens_[as] = registry::new_token(random);
    return status(registry::put_token(view, tokens_[as], user, clock.now()));
  }
  Status make_person(store::WriteView& view, const std::string& as, const std::string& party,
                     std::vector<std::string> roles) {
    const auto id = "the." + as.substr(0, as.find(' '));
    tokens_[as] = registry::new_token(random);
    METERWAY_CHECK(
        registry::put_person(view, {id, as, party, std::move(roles), registry::Classification::Green, true}));
    return status(registry::put_person_token(view, tokens_[as], id, clock.now()));
  }
  static std::string request_of(Eui64 user) { return RequestId{user, kMeter, {1000}}.text(); }
  static std::string alert_of(Eui64 user) { return "alert:" + kMeter.plain() + ":" + std::to_string(user.value()); }
  static std::uint64_t schedule_of(Eui64 user) { return user == kSupplier ? 1 : user == kSecond ? 2 : 3; }

  /// One of everything that a User reads.
  Status fill(store::WriteView& view, Eui64 user, std::uint64_t number) {
    METERWAY_CHECK(flow::trace(view, context(), request_of(user), {{"gateway", "received", "", {}, {}}}));
    METERWAY_CHECK(flow::trace(view, context(), alert_of(user), {{"correlate", "alert", "", {}, {}}}));
    METERWAY_CHECK(registry::let_read_trace(view, alert_of(user), user));
    schedule::Schedule one;
    one.id = schedule_of(user);
    one.user = user;
    one.device = kMeter;
    one.service = "4.8.1";
    METERWAY_CHECK(schedule::put_schedule(view, one));
    for (std::uint64_t i = 0; i < 3; ++i) {
      const flow::deliver::DeliveryId id{user, flow::DeliveryClass::OnDemand, clock.now(), number * 10 + i};
      METERWAY_TRY(const auto place, flow::deliver::enqueue(view, id, clock.now(), {request_of(user), "<x/>"}));
      if (i != 0)
        METERWAY_CHECK(flow::deliver::give_up(view, place, flow::deliver::GivenUp::Expired, clock.now(), "nobody"));
    }
    flow::outage::Outage outage;
    outage.hub = Eui64(tests::kHub.value() + number);
    outage.lost = outage.raised = clock.now();
    outage.progress = flow::outage::Progress::Raised;
    outage.told.push_back({user, kMeter, "1200023305967", alert_of(user)});
    return flow::outage::put_outage(view, outage);
  }
  /// A path of the table with what is this User's.
  static std::string his(const std::string& pattern, Eui64 user, const std::string& request) {
    auto out = pattern;
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"{request}", request}, {"{schedule}", std::to_string(schedule_of(user))}, {"{eui}", kMeter.plain()}}) {
      if (const auto at = out.find(name); at != std::string::npos) out.replace(at, name.size(), value);
    }
    return example(out);
  }
  /// GET routes whose function a row gives to people of a party within that scope.
  static std::vector<std::string> routes() {
    std::set<std::string> functions;
    for (const auto& row : table("permissions.tsv")) {
      if (row.at("job_types") == "party" && row.at("scope").starts_with(kScope)) functions.insert(row.at("function"));
    }
    std::vector<std::string> out;
    for (const auto& row : table("api_routes.tsv")) {
      if (row.at("method") == "GET" && functions.count(row.at("function")) != 0) out.push_back(row.at("path"));
    }
    return out;
  }
  /// The list of an answer by a member of its rows.
  std::multiset<std::string> named(const std::string& path, const std::string& as, const char* list, const char* by) {
    const auto answer = ask("GET", path, as);
    EXPECT_EQ(answer.status, 200) << path << " as " << as << ": " << answer.body;
    std::multiset<std::string> out;
    const auto body = json::parse(answer.body, nullptr, false);
    for (const auto& row : body.value(list, json::array())) out.insert(row.at(by).dump());
    return out;
  }
};

TEST_F(PeopleOfAParty, ReadOfEveryRouteExactlyWhatTheirUserReadsByItsOwnToken) {
  std::size_t with_something = 0;
  for (const auto& path : routes()) {
    for (const auto& request : {request_of(kOtherSupplier), alert_of(kOtherSupplier)}) {
      const auto asked = his(path, kOtherSupplier, request);
      const auto person = ask("GET", asked, "other party"), user = ask("GET", asked, "other user");
      EXPECT_EQ(person.status, user.status) << asked;
      EXPECT_EQ(person.body, user.body) << asked;
      EXPECT_EQ(person.body.find(kSupplier.plain()), std::string::npos) << asked;
      with_something += person.status == 200 ? 1 : 0;
    }
  }
  EXPECT_GE(with_something, 10u);
}

TEST_F(PeopleOfAParty, AreToldOfAnothersWhatTheyWouldBeToldOfNothing) {
  const auto nothing = RequestId{kOtherSupplier, kMeter, {77}}.text();
  for (const auto& path : routes()) {
    if (path.find('{') == std::string::npos) continue;
    const auto asked = his(path, kOtherSupplier, request_of(kOtherSupplier));
    const auto hidden = ask("GET", asked, "party");
    EXPECT_EQ(hidden.status, 404) << asked << ": " << hidden.body;
    EXPECT_EQ(ask("GET", asked, "no party").body, hidden.body) << asked;
    if (path.find("{request}") == std::string::npos) continue;
    auto none = ask("GET", his(path, kOtherSupplier, nothing), "party").body;
    none.replace(none.find(nothing), nothing.size(), request_of(kOtherSupplier));
    EXPECT_EQ(hidden.body, none) << asked;
  }
  for (const auto* list : {"/api/v1/backlog", "/api/v1/deliveries", "/api/v1/schedules", "/api/v1/outages/report"}) {
    const auto path = list + std::string("?user=") + kOtherSupplier.plain();
    EXPECT_EQ(ask("GET", path, "party").status, 404) << path;
    EXPECT_EQ(ask("GET", path, "other party").status, 200) << path;
  }
}

TEST_F(PeopleOfAParty, ReadOfBothUsersOfTheirParty) {
  for (const auto user : {kSupplier, kSecond}) {
    for (const auto& key : {request_of(user), alert_of(user)})
      EXPECT_EQ(ask("GET", "/api/v1/trace/" + key, "party").status, 200) << key;
    EXPECT_EQ(ask("GET", "/api/v1/schedules/" + std::to_string(schedule_of(user)), "party").status, 200);
  }
  const std::tuple<const char*, const char*, const char*> lists[] = {{"/api/v1/backlog", "users", "user"},
                                                                     {"/api/v1/deliveries", "deliveries", "id"},
                                                                     {"/api/v1/schedules", "schedules", "id"}};
  for (const auto& [path, list, by] : lists) {
    auto both = named(path, "user", list, by);
    both.merge(named(path, "second user", list, by));
    EXPECT_FALSE(both.empty()) << path;
    EXPECT_EQ(named(path, "party", list, by), both) << path;
    EXPECT_TRUE(named(path, "no party", list, by).empty()) << path;
  }
  const auto device = "/api/v1/schedules?device=" + kMeter.plain();
  EXPECT_EQ(named(device, "party", "schedules", "id").size(), 2u);
  EXPECT_EQ(named(device + "&user=" + kSecond.plain(), "party", "schedules", "id"), std::multiset<std::string>{"2"});
  const auto report = ask("GET", "/api/v1/outages/report?format=csv", "party").body;
  EXPECT_NE(report.find(kSupplier.plain()), std::string::npos);
  EXPECT_NE(report.find(kSecond.plain()), std::string::npos);
  EXPECT_EQ(report.find(kOtherSupplier.plain()), std::string::npos);
}

TEST_F(PeopleOfAParty, AreToldWhichUsersTheirPartyIs) {
  const auto users = [&](const char* as) { return named("/api/v1/me", as, "users", "eui"); };
  const auto quoted = [](Eui64 user) { return "\"" + user.plain() + "\""; };
  EXPECT_EQ(users("party"), (std::multiset<std::string>{quoted(kSupplier), quoted(kSecond)}));
  EXPECT_EQ(users("other party"), std::multiset<std::string>{quoted(kOtherSupplier)});
  EXPECT_TRUE(users("no party").empty());
  EXPECT_TRUE(users("public").empty());
}

TEST_F(PeopleOfAParty, PageThroughTheDeliveriesOfBothUsersWithoutGapOrRepeat) {
  std::multiset<std::string> seen;
  std::string after;
  for (int page = 0; page < 9; ++page) {
    const auto body = json::parse(ask("GET", "/api/v1/deliveries?limit=1" + after, "party").body);
    for (const auto& one : body.at("deliveries")) seen.insert(one.at("id").dump());
    if (body.at("next").is_null()) break;
    after = "&after=" + body.at("next").get<std::string>();
  }
  EXPECT_EQ(seen, named("/api/v1/deliveries", "party", "deliveries", "id"));
  EXPECT_EQ(seen.size(), 4u);
  const auto others = named("/api/v1/deliveries", "other party", "deliveries", "id");
  auto id = *others.begin();
  id = id.substr(1, id.size() - 2);
  EXPECT_EQ(ask("GET", "/api/v1/deliveries?after=" + id, "party").status, 400);
}

TEST_F(PeopleOfAParty, ReadTheCertificatesOfTheirOwnOrganisationAndWhenTheyExpire) {
  const auto& own = record(kSupplier, pki::KeyUse::DigitalSignature).certificate;
  const auto& others = record(kOtherSupplier, pki::KeyUse::DigitalSignature).certificate;
  const auto& device = record(kMeter, pki::KeyUse::DigitalSignature).certificate;
  write([&](store::WriteView& view) -> Status {
    for (const auto* one : {&own, &others, &device})
      METERWAY_CHECK(status(registry::add_certificate(view, *one, pki::KeyUse::DigitalSignature, "")));
    return {};
  });
  const std::string path = "/api/v1/certificates";
  const auto serials = [&](const std::string& query, const char* as) {
    return named(path + query, as, "certificates", "serial");
  };
  const auto quoted = [](const pki::Certificate& one) { return "\"" + one.serial.hex() + "\""; };
  const std::multiset<std::string> mine{quoted(own)};
  for (const auto* as : {"party", "user"}) {
    EXPECT_EQ(serials("", as), mine) << as;
    EXPECT_EQ(serials("?of=users&use=ds&status=in%20use", as), mine) << as;
    EXPECT_EQ(serials("?use=ka", as).size(), 0u);
    EXPECT_EQ(serials("?owner=" + kSupplier.plain(), as), mine) << as;
    EXPECT_EQ(serials("?owner=" + kOtherSupplier.plain(), as).size(), 0u) << as;
    EXPECT_EQ(ask("GET", path + "/" + own.serial.hex(), as).status, 200) << as;
    EXPECT_EQ(ask("GET", path + "/" + others.serial.hex(), as).status, 404) << as;
    EXPECT_EQ(ask("PUT", path + "/" + own.serial.hex(), as, R"({"status":"revoked"})").status, 403) << as;
  }
  EXPECT_TRUE(serials("", "no party").empty());
  EXPECT_EQ(serials("", "desk").size(), 3u);
  EXPECT_EQ(serials("?of=users", "desk").size(), 2u);
  EXPECT_EQ(serials("?expires_before=" + to_iso8601(own.not_after, 0).substr(0, 10), "desk").count(quoted(own)), 0u);
  EXPECT_EQ(serials("?expires_before=9999-12-31", "party"), mine);
  for (const auto* wrong : {"?expires_before=soon", "?of=devices", "?use=tls", "?owner=1"})
    EXPECT_EQ(ask("GET", path + wrong, "party").status, 400) << wrong;
}

TEST_F(PeopleOfAParty, AreNotNarrowedByItWhereAnotherJobTypeGivesThemAll) {
  EXPECT_EQ(named("/api/v1/backlog", "operations party", "users", "user").size(), 3u);
  EXPECT_EQ(ask("GET", "/api/v1/trace/" + request_of(kSupplier), "operations party").status, 200);
  EXPECT_EQ(ask("POST", "/api/v1/deliveries/01/retry", "party").status, 403) << "they change nothing";
}

}  // namespace
}  // namespace meterway::portal
