// Bulk jobs over HTTP: a CSV file in, state and rows out, as JSON and CSV (docs/wire/api.md). Seed B33.
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

const std::string kPath = "/api/v1/jobs";

class JobRoutes : public PortalBench {
 protected:
  JobRoutes() {
    write([&](store::WriteView& view) -> Status {
      for (std::uint64_t n = 1; n <= 40; ++n) {
        registry::Device device;
        device.eui = hub(n);
        device.type = DeviceType::CHF;
        device.state = registry::DeviceState::Commissioned;
        device.responsible = {{UserRole::IS, tests::kSupplier, {}, {}}};
        METERWAY_CHECK(registry::put_device(view, device));
      }
      METERWAY_CHECK(
          registry::put_person(view, {"stranger", "", "another", {"party"}, registry::Classification::Green, true}));
      METERWAY_CHECK(registry::put_person(view, {"nobody", "", "", {"party"}, registry::Classification::Green, true}));
      tokens_["nobody"] = registry::new_token(random);
      METERWAY_CHECK(status(registry::put_person_token(view, tokens_["nobody"], "nobody", clock.now())));
      tokens_["stranger"] = registry::new_token(random);
      return status(registry::put_person_token(view, tokens_["stranger"], "stranger", clock.now()));
    });
  }
  static Eui64 hub(std::uint64_t n) { return Eui64(0x00DB000000000000 + n); }
  static std::string file(std::uint64_t from, std::uint64_t to) {
    std::string out = "hub,reason\r\n";
    for (auto n = from; n <= to; ++n) out += hub(n).dashed_upper() + ",no fault\r\n";
    return out;
  }
  net::HttpResponse submit(const std::string& text, const std::string& as = "party", const std::string& more = {}) {
    return ask("POST", kPath + "?kind=hub-returns" + more, as, text, {{"content-type", "text/csv"}});
  }
  json got(const std::string& path, const std::string& as = "party") {
    const auto answer = ask("GET", kPath + path, as);
    EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  json act(int id, const std::string& action, const std::string& as = "party") {
    const auto answer = ask("POST", kPath + "/" + std::to_string(id) + "/" + action, as);
    EXPECT_EQ(answer.status, 200) << action << ": " << answer.body;
    return json::parse(answer.body, nullptr, false);
  }
  /// Lets time go on until the job is in this state.
  bool comes_to(int id, const std::string& state) {
    for (int steps = 0; steps < 5000; ++steps) {
      if (got("/" + std::to_string(id)).at("state") == state) return true;
      if (executor.step()) continue;
      const auto next = executor.next();
      if (!next) return false;
      if (*next > clock.now()) clock.set(*next);
    }
    return false;
  }
};

TEST_F(JobRoutes, AFileIsCheckedTriedAndRunAndEachRowHasItsResult) {
  auto text = file(1, 40);
  text += "not a hub,no fault\r\n";
  const auto made = submit(text, "party", "&name=May%20returns");
  EXPECT_EQ(made.status, 201) << made.body;
  const auto job = json::parse(made.body);
  EXPECT_EQ(job.at("state"), "checking");
  EXPECT_EQ(job.at("name"), "May returns");
  EXPECT_EQ(job.at("rows"), 41);
  EXPECT_EQ(job.at("by"), "the.party");
  EXPECT_EQ(job.at("user"), tests::kSupplier.plain());
  ASSERT_TRUE(comes_to(1, "checked"));
  EXPECT_EQ(got("/1").at("outcomes"), (json{{"valid", 40}, {"not valid", 1}}));
  const auto bad = got("/1/rows?outcome=not%20valid").at("rows");
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_EQ(bad[0].at("row"), 42);
  EXPECT_EQ(bad[0].at("column"), "hub");
  act(1, "dry-run");
  ASSERT_TRUE(comes_to(1, "dry run done"));
  EXPECT_NE(got("/1").at("dry_run_ended"), "");
  act(1, "run");
  ASSERT_TRUE(comes_to(1, "done"));
  const auto done = got("/1");
  EXPECT_EQ(done.at("outcomes"), (json{{"done", 40}, {"not valid", 1}}));
  EXPECT_EQ(done.at("not_looked_at"), 0);
  std::size_t rows = 0;
  for (auto after = std::string("0"); !after.empty();) {
    const auto page = got("/1/rows?limit=7&after=" + after);
    rows += page.at("rows").size();
    after = page.at("next").is_null() ? "" : std::to_string(page.at("next").get<std::uint64_t>());
  }
  EXPECT_EQ(rows, 41u);
  const auto table = ask("GET", kPath + "/1/rows?format=csv", "party");
  EXPECT_EQ(table.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(std::count(table.body.begin(), table.body.end(), '\n'), 42);
  EXPECT_NE(table.body.find("9," + hub(8).plain() + ",done"), std::string::npos) << table.body.substr(0, 900);
}

TEST_F(JobRoutes, TheSameFileAgainIsTheSameJob) {
  EXPECT_EQ(submit(file(1, 3)).status, 201);
  const auto again = submit(file(1, 3));
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(json::parse(again.body).at("id"), 1);
  EXPECT_EQ(submit(file(1, 4)).status, 201);
}

TEST_F(JobRoutes, AFileThatCannotBeReadSaysTheRowAndTheCell) {
  const auto wrong = [&](const std::string& text, int status, const std::string& words) {
    const auto answer = submit(text);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_NE(answer.body.find(words), std::string::npos) << answer.body;
  };
  wrong("hub,reason\r\nx,\"never closed\r\n", 400, "row 2: cell 2: a quote is not closed");
  wrong("hub,reason\r\nx\r\n", 400, "row 2: has 1 cells, the first row 2");
  wrong("", 400, "row 1: there is no heading");
  wrong("hub,reason\r\n", 400, "the file has no row below its heading");
  wrong("hub\r\nx\r\n", 400, "row 1: the column reason is missing");
  std::string long_one = "hub,reason\r\n";
  for (int i = 0; i < 100'001; ++i) long_one += "x,y\r\n";
  wrong(long_one, 413, "a job has at most 100000 rows");
  EXPECT_EQ(ask("POST", kPath + "?kind=tea", "party", "a\r\nb\r\n").status, 400);
  EXPECT_TRUE(got("").at("jobs").empty()) << "nothing was taken";
}

TEST_F(JobRoutes, AreForThePartyAndToBeReadByThoseWhoOperate) {
  EXPECT_EQ(submit(file(1, 3)).status, 201);
  EXPECT_EQ(submit(file(1, 3), "desk").status, 403);
  EXPECT_EQ(submit(file(1, 3), "stranger").status, 403) << "no User of its own";
  EXPECT_EQ(submit(file(1, 3), "party", "&user=" + tests::kOtherSupplier.plain()).status, 403);
  for (const auto* path : {"", "/1", "/1/rows", "/kinds"}) {
    EXPECT_EQ(ask("GET", kPath + path, "desk").status, 200) << path;
    EXPECT_EQ(ask("GET", kPath + path, "operations").status, 200) << path;
    EXPECT_EQ(ask("GET", kPath + path, "secretary").status, 403) << path;
    EXPECT_EQ(ask("GET", kPath + path, "public").status, 401) << path;
  }
  EXPECT_EQ(ask("GET", kPath + "/1", "stranger").status, 404);
  EXPECT_EQ(ask("GET", kPath + "/1/rows", "stranger").status, 404);
  EXPECT_EQ(ask("POST", kPath + "/1/cancel", "stranger").status, 404);
  EXPECT_TRUE(got("", "stranger").at("jobs").empty());
  EXPECT_TRUE(got("", "nobody").at("jobs").empty()) << "no party is not everybody's";
  EXPECT_EQ(ask("GET", kPath + "/1", "nobody").status, 404);
  EXPECT_EQ(got("", "user").at("jobs").size(), 1u) << "the User's own systems are of its party";
  EXPECT_EQ(ask("POST", kPath + "/1/dance", "party").status, 404);
  EXPECT_EQ(ask("POST", kPath + "/1/resume", "party").status, 200) << "it is under way";
}

TEST_F(JobRoutes, AreListedTheYoungestFirstInPages) {
  for (std::uint64_t n = 1; n <= 7; ++n) EXPECT_EQ(submit(file(n, n)).status, 201);
  std::vector<int> seen;
  for (auto after = std::string("0"); !after.empty();) {
    const auto page = got("?limit=3&after=" + after);
    for (const auto& one : page.at("jobs")) seen.push_back(one.at("id"));
    after = page.at("next").is_null() ? "" : std::to_string(page.at("next").get<std::uint64_t>());
  }
  EXPECT_EQ(seen, (std::vector<int>{7, 6, 5, 4, 3, 2, 1}));
  // Filtered pages leave none out either, wherever they end.
  EXPECT_EQ(act(6, "cancel").at("state"), "cancelled");
  seen.clear();
  for (auto after = std::string("0"); !after.empty();) {
    const auto page = got("?state=checking&limit=4&after=" + after);
    for (const auto& one : page.at("jobs")) seen.push_back(one.at("id"));
    after = page.at("next").is_null() ? "" : std::to_string(page.at("next").get<std::uint64_t>());
  }
  EXPECT_EQ(seen, (std::vector<int>{7, 5, 4, 3, 2, 1}));
  EXPECT_EQ(got("?state=checking").at("jobs").size(), 6u);
  EXPECT_TRUE(got("?state=done").at("jobs").empty());
  const auto table = ask("GET", kPath + "?format=csv", "party").body;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 8);
}

}  // namespace
}  // namespace meterway::portal
