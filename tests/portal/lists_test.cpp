// Every list of the table as CSV: the rows of `format=csv` are those of JSON, whoever serves the route.
#include "flow/deliver/queue.h"
#include "portal/server/csv.h"
#include "records/anomaly/book.h"
#include "records/schedule/schedule.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kMeter;
using tests::kSupplier;

class Lists : public PortalBench {
 protected:
  Lists() {
    write([&](store::WriteView& view) -> Status {
      schedule::Schedule one;
      one.id = 1;
      one.user = kSupplier;
      one.device = kMeter;
      one.service = "4.8.1";
      METERWAY_CHECK(schedule::put_schedule(view, one));
      for (std::uint64_t i = 0; i < 3; ++i) {
        const flow::deliver::DeliveryId id{kSupplier, flow::DeliveryClass::OnDemand, clock.now(), i};
        METERWAY_TRY(const auto place, flow::deliver::enqueue(view, id, clock.now(), {"=trace", "<x/>"}));
        if (i != 0)
          METERWAY_CHECK(flow::deliver::give_up(view, place, flow::deliver::GivenUp::Expired, clock.now(), "=1+1"));
      }
      METERWAY_CHECK(anomaly::append_notice(view, {0, clock.now(), kSupplier, "@notice"}));
      registry::Device meter{kMeter, DeviceType::ESME, registry::DeviceState::Commissioned, {}, {}, {}};
      meter.details["UPRN"] = "7";
      METERWAY_CHECK(registry::put_device(view, meter));
      return registry::put_device(view, {Eui64(kMeter.value() + 1), DeviceType::GSME, {}, {}, {}, {}});
    });
    restart();
    const auto made = ask("POST", "/api/v1/ledger/committee", "operator",
                          R"({"class":"White","fields":{"code":"CSC","name":"=Change Sub-Committee"}})");
    EXPECT_EQ(made.status, 201) << made.body;
    committee_ = json::parse(made.body).at("reference").get<std::string>();
  }
  std::string asked(const std::string& path) const {
    static const std::map<std::string, std::string> kQueries{
        {"/api/v1/search", "q=change"},
        {"/api/v1/inventory", "device=" + kMeter.plain()},
        {"/api/v1/obligations", "month=2018-08"},
        {"/api/v1/registration/files", "sender=none"},
    };
    auto out = path;
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"{reference}", committee_}, {"{person}", "the.desk"}, {"{eui}", kSupplier.plain()}}) {
      if (const auto at = out.find(name); at != std::string::npos) out.replace(at, name.size(), value);
    }
    const auto query = kQueries.find(path);
    return example(out) + "?" + (query == kQueries.end() ? "" : query->second + "&");
  }
  /// The one list of an answer, null when it has none, or several.
  static json list_of(const std::string& body) {
    const auto answer = json::parse(body, nullptr, false);
    json found;
    if (!answer.is_object()) return found;
    for (const auto& [name, value] : answer.items()) {
      if (!value.is_array()) continue;
      if (!found.is_null()) return json();
      found = value;
    }
    return found;
  }
  std::string committee_;
};

TEST_F(Lists, GiveTheSameRowsAsCsvWithTheSameNext) {
  std::size_t routes = 0, with_rows = 0;
  for (const auto& row : table("api_routes.tsv")) {
    if (!row.at("gives").ends_with("|rows")) continue;
    ++routes;
    ASSERT_EQ(row.at("method"), "GET");
    const auto path = asked(row.at("path"));
    const auto as_json = ask("GET", path, "operator");
    // What may be asked of nobody in this estate is refused in either form alike.
    const auto as_csv = ask("GET", path + "format=csv", "operator");
    ASSERT_EQ(as_csv.status, as_json.status) << path << ": " << as_json.body;
    if (as_json.status != 200) {
      EXPECT_EQ(as_json.status, 404) << path << ": " << as_json.body;
      continue;
    }
    const auto list = list_of(as_json.body);
    ASSERT_TRUE(list.is_array()) << path << " is no list: " << as_json.body;
    const auto rows = csv::read(as_csv.body);
    ASSERT_TRUE(rows) << path << ": " << rows.error();
    EXPECT_EQ(rows->size(), list.size() + 1) << path << ": " << as_csv.body;
    EXPECT_EQ(as_csv.headers.at("content-type"), "text/csv; charset=utf-8") << path;
    const auto next = json::parse(as_json.body).value("next", json());
    EXPECT_EQ(as_csv.headers.count("x-next") == 1, !next.is_null()) << path;
    with_rows += list.empty() ? 0 : 1;
    for (const char* begin : {"=", "@", "+", "-"}) {
      for (const auto* before : {"\n", ","})
        EXPECT_EQ(as_csv.body.find(std::string(before) + begin), std::string::npos) << path << ": " << as_csv.body;
    }
  }
  EXPECT_GE(routes, 25u);
  EXPECT_GE(with_rows, 15u) << "lists that have something";
}

TEST_F(Lists, AreMarkedInTheTableWhereverAnAnswerIsOne) {
  for (const auto& row : table("api_routes.tsv")) {
    if (row.at("method") != "GET") continue;
    const auto path = asked(row.at("path"));
    const auto answer = ask("GET", path, "operator");
    if (answer.status != 200 || list_of(answer.body).is_null()) continue;
    const auto body = json::parse(answer.body);
    const bool pages = body.contains("next") || body.size() == 1;
    if (!pages) continue;
    const auto& gives = row.at("gives");
    EXPECT_TRUE(gives.ends_with("|rows") || gives.ends_with("csv") ||
                row.at("query").find("format") != std::string::npos)
        << path << " answers a list, and its row does not say so: " << answer.body.substr(0, 200);
  }
}

TEST_F(Lists, AsCsvAreForThoseAloneForWhomTheyAreAsJson) {
  for (const auto& row : table("api_routes.tsv")) {
    if (!row.at("gives").ends_with("|rows")) continue;
    const auto path = asked(row.at("path"));
    for (const auto* as : {"public", "party", "secretary"})
      EXPECT_EQ(ask("GET", path + "format=csv", as).status, ask("GET", path, as).status) << path << " as " << as;
  }
}

}  // namespace
}  // namespace meterway::portal
