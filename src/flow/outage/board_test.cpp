#include "flow/outage/board.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "flow/envelope/trace.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::outage {
namespace {

using gateway::Caller;
using nlohmann::json;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::kOtherSupplier;
using tests::kSupplier;
constexpr Eui64 kNetwork{0x90B3D51F30020000};
const Caller kOperator{Caller::Kind::Operator, {}, {}};

/// Losses as the watch leaves them, hub after hub.
class OutageBoard : public tests::FlowBench {
 protected:
  OutageBoard() {
    settings.outage_after = minutes(3);
    open();
  }
  static Eui64 hub(std::uint64_t number) { return Eui64(0x100000 + number * 16); }
  static Eui64 meter(std::uint64_t number) { return Eui64(0x100001 + number * 16); }

  Outage loss(std::uint64_t number, const std::string& region, UtcTime lost) {
    Outage out;
    out.hub = hub(number);
    out.region = region;
    out.lost = lost;
    out.loss_report = Stamps{lost + minutes(3), lost + minutes(3) + seconds(1), lost + minutes(3) + seconds(2),
                             lost + minutes(3) + seconds(3)};
    return out;
  }
  /// Raised, and taken by the User so long after it was owed; zero: never.
  void told(Outage outage, Eui64 user, seconds after) {
    const auto key = "dcc:power_outage:" + outage.key() + ":" + user.plain();
    outage.progress = Progress::Raised;
    outage.raised = outage.owed(minutes(3));
    outage.told.push_back({user, Eui64(outage.hub.value() + 1), "1000000000001", key});
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(put_outage(view, outage));
      if (after == seconds(0)) return {};
      const auto at = outage.owed(minutes(3)) + after;
      return flow::trace(view, context(), key,
                         {{"deliver", "queued", "AD1 for " + user.dashed_upper() + ", outage", {}, outage.raised},
                          {"deliver", "pushed", "to http://x", {}, at - std::chrono::milliseconds(500)},
                          {"deliver", "delivered", "taken with 204", {}, at}});
    });
  }
  void keep(const Outage& outage) {
    write([&](store::WriteView& view) { return put_outage(view, outage); });
  }
  void responsible(std::uint64_t number, Eui64 user) {
    write([&](store::WriteView& view) {
      return registry::put_device(view, {meter(number),
                                         DeviceType::ESME,
                                         registry::DeviceState::Commissioned,
                                         hub(number),
                                         {{"ImportMPxN", "1000000000001"}},
                                         {{UserRole::ED, user, {}, {}}}});
    });
  }
  json board(const std::string& query = "", const Caller& as = kOperator) {
    const auto answer = show_board({"GET", "/api/v1/outages/board", query, {}, "", {}}, as, context());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  json list(const std::string& query = "", const Caller& as = kOperator) {
    const auto answer = show_rows({"GET", "/api/v1/outages", query, {}, "", {}}, as, context());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  static json region(const json& board, const std::string& name) {
    for (const auto& one : board.at("regions")) {
      if (one.at("region") == name) return one;
    }
    return {};
  }
};

TEST_F(OutageBoard, CountsByRegionWhatIsOffAndWhatWasToldInTime) {
  const auto at = tests::bench_time() - minutes(30);
  for (std::uint64_t i = 0; i < 8; ++i) told(loss(i, "North", at), kNetwork, seconds(10 + i));
  told(loss(8, "North", at), kNetwork, seconds(90));
  told(loss(9, "North", at), kNetwork, seconds(0));
  auto back = loss(10, "South", at);
  back.restored = at + minutes(10);
  told(back, kNetwork, seconds(60));
  auto brief = loss(11, "", at);
  brief.restored = at + minutes(1);
  brief.progress = Progress::NotOwed;
  keep(brief);
  keep(loss(12, "South", tests::bench_time() - minutes(1)));
  auto nobody = loss(13, "South", at);
  nobody.progress = Progress::Raised;
  nobody.repeats = 4;
  keep(nobody);
  const auto all = board();
  const auto north = region(all, "North"), south = region(all, "South"), unknown = region(all, "unknown");
  EXPECT_EQ(north.at("hubs_off"), 10);
  EXPECT_EQ(north.at("owed"), 10);
  EXPECT_EQ(north.at("within_target"), 8);
  EXPECT_DOUBLE_EQ(north.at("share").get<double>(), 0.8);
  EXPECT_EQ(north.at("not_acknowledged"), 1);
  EXPECT_EQ(north.at("to_acknowledged_ms").at("p50"), 14000);
  EXPECT_EQ(north.at("to_acknowledged_ms").at("p999"), 90000);
  EXPECT_EQ(north.at("hops_ms").at("accepted").at("max"), 3000);
  EXPECT_EQ(south.at("hubs_off"), 2) << "one that waits, and one of which nobody is told";
  EXPECT_EQ(south.at("owed"), 1);
  EXPECT_EQ(south.at("within_target"), 1) << "60 s are in time";
  EXPECT_EQ(south.at("restored"), 1);
  EXPECT_EQ(south.at("repeats"), 4);
  EXPECT_EQ(south.at("left_out").at("waiting"), 1);
  EXPECT_EQ(south.at("left_out").at("nobody_to_tell"), 1);
  EXPECT_EQ(unknown.at("left_out").at("short"), 1);
  EXPECT_TRUE(unknown.at("share").is_null()) << "nothing was owed, so there is no share";
  EXPECT_EQ(region(all, "all").at("losses"), 14);
  EXPECT_EQ(region(all, "all").at("largest_event"), 11);
  EXPECT_EQ(all.at("hubs_off"), 12);
  const auto chosen = board("region=North");
  EXPECT_EQ(chosen.at("regions").size(), 2u);
  EXPECT_EQ(region(chosen, "all").at("owed"), 10);
}

TEST_F(OutageBoard, EveryNumberLeadsToItsRows) {
  const auto at = tests::bench_time() - minutes(30);
  for (std::uint64_t i = 0; i < 25; ++i)
    told(loss(i, i % 2 == 0 ? "North" : "South", at + seconds(i)), kNetwork, seconds(9));
  auto back = loss(30, "South", at);
  back.restored = at + minutes(4);
  told(back, kNetwork, seconds(1));
  std::set<std::string> seen;
  std::string after, last = "z";
  for (bool more = true; more;) {
    const auto page = list("state=off&limit=4" + after);
    EXPECT_EQ(page.at("total"), 25);
    for (const auto& one : page.at("outages")) {
      EXPECT_TRUE(seen.insert(one.at("id")).second);
      EXPECT_LE(one.at("lost").get<std::string>(), last) << "the latest first";
      last = one.at("lost").get<std::string>();
      EXPECT_EQ(one.at("trace"), "outage:" + one.at("id").get<std::string>());
    }
    more = !page.at("next").is_null();
    if (more) after = "&after=" + page.at("next").get<std::string>();
  }
  EXPECT_EQ(seen.size(), 25u);
  EXPECT_EQ(list("region=South&state=off,restored").at("total"), 13);
  EXPECT_EQ(list("hub=" + hub(30).plain()).at("outages")[0].at("seconds"), 240);
  const auto csv = show_rows({"GET", "/api/v1/outages", "format=csv&limit=1000", {}, "", {}}, kOperator, context());
  EXPECT_EQ(std::count(csv.body.begin(), csv.body.end(), '\n'), 27);
}

TEST_F(OutageBoard, ShowsANetworkOperatorItsOwnAlone) {
  const auto at = tests::bench_time() - minutes(30);
  told(loss(1, "North", at), kNetwork, seconds(9));
  told(loss(2, "North", at), kSupplier, seconds(9));
  keep(loss(3, "North", at));
  keep(loss(4, "North", at));
  responsible(3, kNetwork);
  responsible(4, kOtherSupplier);
  Caller engineer{Caller::Kind::Party, {}, "eva", {kNetwork}};
  EXPECT_EQ(list("", engineer).at("total"), 2) << "what it was told of, and what it is responsible for";
  EXPECT_EQ(region(board("", engineer), "all").at("owed"), 1);
  EXPECT_EQ(list("", {Caller::Kind::User, kSupplier, {}}).at("total"), 1);
  const auto other = "user=" + kSupplier.plain();
  EXPECT_EQ(show_rows({"GET", "/api/v1/outages", other, {}, "", {}}, engineer, context()).status, 404);
  EXPECT_EQ(show_board({"GET", "/api/v1/outages/board", other, {}, "", {}}, engineer, context()).status, 404);
  engineer.of_party.clear();
  EXPECT_EQ(list("", engineer).at("total"), 0);
  EXPECT_EQ(show_rows({"GET", "/api/v1/outages", "", {}, "", {}}, {}, context()).status, 401);
}

TEST_F(OutageBoard, RefusesWhatItCannotRead) {
  for (const auto* query : {"state=dark", "hub=1", "user=x", "from=then", "limit=0", "limit=1001", "after=nothing",
                            "format=pdf", "tea=1", "state=off,"})
    EXPECT_EQ(show_rows({"GET", "/api/v1/outages", query, {}, "", {}}, kOperator, context()).status,
              std::string_view(query) == "state=off," ? 200 : 400)
        << query;
  EXPECT_EQ(show_board({"GET", "/api/v1/outages/board", "limit=1", {}, "", {}}, kOperator, context()).status, 400);
}

}  // namespace
}  // namespace meterway::flow::outage
