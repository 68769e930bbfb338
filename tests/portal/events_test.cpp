// The live view over HTTP: whoever asks sees his own events and nothing of another party's, by every filter there is;
// the answers of a poll add up to what was written.
#include "flow/envelope/trace.h"
#include "records/registry/trace_reader.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

class Events : public PortalBench {
 protected:
  Events() {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(
          registry::put_user(view, {kOtherSupplier, "another", {UserRole::IS}, registry::UserState::Live, ""}));
      tokens_["other user"] = registry::new_token(random);
      METERWAY_CHECK(status(registry::put_token(view, tokens_["other user"], kOtherSupplier, clock.now())));
      tokens_["other party"] = registry::new_token(random);
      METERWAY_CHECK(registry::put_person(
          view, {"the.other", "other", "another", {"party"}, registry::Classification::Green, true}));
      return status(registry::put_person_token(view, tokens_["other party"], "the.other", clock.now()));
    });
    for (const auto user : {kSupplier, kOtherSupplier}) {
      for (std::uint64_t i = 1; i <= 20; ++i) happens(RequestId{user, kMeter, {i}}.text(), user, false);
      for (std::uint64_t i = 1; i <= 5; ++i) happens(alert_of(user, i), user, true);
    }
    happens("device:" + kMeter.plain(), kSupplier, false);
  }
  static std::string alert_of(Eui64 user, std::uint64_t number) {
    return "alert:" + kMeter.plain() + ":" + std::to_string(number + (user == kSupplier ? 100 : 200));
  }
  void happens(const std::string& key, Eui64 told, bool is_alert) {
    write([&](store::WriteView& view) -> Status {
      if (is_alert) METERWAY_CHECK(registry::let_read_trace(view, key, told));
      return flow::trace(view, context(), key,
                         {is_alert ? flow::Hop{"correlate", "alert", "alert 8f3e of x, MAC", {1, 2}, {}}
                                   : flow::Hop{"gateway", "received", "secret of " + told.plain(), {1, 2}, {}},
                          {"deliver", "delivered", "taken with 204", {}, {}}});
    });
  }
  std::set<std::string> keys(const std::string& path, const std::string& list, const std::string& as) {
    std::set<std::string> out;
    std::string after;
    for (bool more = true; more;) {
      const auto answer = ask("GET", path + after, as);
      EXPECT_EQ(answer.status, 200) << path << " as " << as << ": " << answer.body;
      const auto body = json::parse(answer.body, nullptr, false);
      if (!body.is_object()) return out;
      for (const auto& one : body.at(list)) out.insert(one.at("key"));
      more = body.at("more");
      if (more) after = "&after=" + body.at("next").dump();
    }
    return out;
  }
  static bool is_of(const std::string& key, Eui64 user) {
    if (const auto id = RequestId::parse(key)) return id->originator == user;
    for (std::uint64_t i = 1; i <= 5; ++i) {
      if (key == alert_of(user, i)) return true;
    }
    return false;
  }
};

TEST_F(Events, OfAnotherPartyAreSeenByNobodyButThoseWhoSeeAll) {
  const std::map<std::string, std::optional<Eui64>> sees{{"user", kSupplier},
                                                         {"party", kSupplier},
                                                         {"other user", kOtherSupplier},
                                                         {"other party", kOtherSupplier},
                                                         {"operations", std::nullopt},
                                                         {"desk", std::nullopt},
                                                         {"operator", std::nullopt}};
  for (const auto& [as, whose] : sees) {
    for (const auto* query : {"limit=7", "limit=7&order=newest", "limit=9&grouped=request",
                              "limit=3&grouped=request&order=newest", "limit=500&sample=yes", "q=received&limit=50",
                              "area=DELIVERY&limit=50", "device=00db1234567890a0&limit=50"}) {
      const auto found = keys(std::string("/api/v1/events?") + query, "events", as);
      EXPECT_FALSE(found.empty()) << query << " as " << as;
      for (const auto& key : found) EXPECT_TRUE(!whose || is_of(key, *whose)) << key << " by " << query << " as " << as;
    }
    const auto alerts = keys("/api/v1/alerts?limit=3", "alerts", as);
    EXPECT_EQ(alerts.size(), whose ? 5u : 10u) << as;
    for (const auto& key : alerts) EXPECT_TRUE(!whose || is_of(key, *whose)) << key << " as " << as;
    const auto all = json::parse(ask("GET", "/api/v1/events?limit=500", as).body);
    EXPECT_EQ(all.at("looked_at"), whose ? 50 : 102) << as << ": what is another's is not counted either";
    EXPECT_EQ(all.dump().find("0102"), std::string::npos) << "no message is in the feed";
    if (!whose) continue;
    const auto other = *whose == kSupplier ? kOtherSupplier : kSupplier;
    EXPECT_EQ(json::parse(ask("GET", "/api/v1/events?user=" + other.plain(), as).body).at("shown"), 0) << as;
    EXPECT_EQ(all.dump().find(other.plain()), std::string::npos) << as;
  }
}

TEST_F(Events, AreForNobodyElse) {
  for (const auto& job_type : job_types_) {
    for (const auto& [path, function] : {std::pair{"/api/v1/events", "events.read"},
                                         {"/api/v1/alerts", "alerts.read"},
                                         {"/api/v1/alerts/storms", "alerts.read"},
                                         {"/api/v1/outages", "outages.read"},
                                         {"/api/v1/outages/board", "outages.read"}}) {
      const auto status = ask("GET", path, job_type).status;
      EXPECT_EQ(status, expected(function, job_type) ? 200
                        : job_type == "public"       ? 401
                                                     : 403)
          << path << " as " << job_type;
      EXPECT_EQ(ask("POST", path, "operator").status, 404) << path;
    }
  }
}

TEST_F(Events, PolledAsAPageDoesAddUpToAllThatWasWritten) {
  const auto first = json::parse(ask("GET", "/api/v1/events?order=newest&limit=10", "operations").body);
  auto cursor = first.at("newest").get<std::uint64_t>();
  std::uint64_t looked = 0, written = 0;
  for (std::uint64_t round = 1; round <= 6; ++round) {
    for (std::uint64_t i = 0; i < round * 20; ++i, written += 2)
      happens(RequestId{kSupplier, kMeter, {1000 * round + i}}.text(), kSupplier, false);
    const auto page = json::parse(
        ask("GET", "/api/v1/events?sample=yes&limit=10&after=" + std::to_string(cursor), "operations").body);
    looked += page.at("looked_at").get<std::uint64_t>();
    const auto one_in = page.at("one_in").get<std::uint64_t>(), fitted = page.at("fitted").get<std::uint64_t>();
    EXPECT_EQ(fitted, round * 40);
    EXPECT_EQ(page.at("shown"), (fitted + one_in - 1) / one_in);
    EXPECT_LE(page.at("shown"), 10);
    cursor = page.at("next");
  }
  EXPECT_EQ(looked, written);
}

TEST_F(Events, AndQueuesAndOutagesAsCsvSayTheSameAsJson) {
  for (const auto* path : {"/api/v1/events?limit=500", "/api/v1/alerts?limit=500", "/api/v1/alerts/storms?limit=500",
                           "/api/v1/outages?limit=500", "/api/v1/backlog?user="}) {
    const auto csv = ask("GET", std::string(path) + "&format=csv", "operations");
    if (std::string_view(path).ends_with("user=")) {
      EXPECT_EQ(ask("GET", "/api/v1/backlog?format=csv", "operations").headers.at("content-type"),
                "text/csv; charset=utf-8");
      continue;
    }
    ASSERT_EQ(csv.status, 200) << path;
    const auto body = json::parse(ask("GET", path, "operations").body);
    std::size_t rows = 0;
    for (const auto* list : {"events", "alerts", "storms", "outages"}) {
      if (body.contains(list) && body[list].is_array()) rows = body[list].size();
    }
    EXPECT_EQ(static_cast<std::size_t>(std::count(csv.body.begin(), csv.body.end(), '\n')), rows + 1) << path;
  }
}

}  // namespace
}  // namespace meterway::portal
