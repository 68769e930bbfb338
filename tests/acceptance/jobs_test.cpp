// acceptance.B33: 10,000 hub ids in one submission give 10,000 individual outcomes and one summary; resubmission is
// idempotent; a node that is killed while it runs goes on by itself, no row twice and none left out.
#include "tests/acceptance/oversight_node.h"

namespace meterway::acceptance {
namespace {

constexpr int kHubs = 10'000;
/// Of every hundred rows: these are nobody's we know, another party's, stand there twice, or came back before.
enum class Row { Good, Unknown, Others, Twice, Earlier, NotValid };
Row row_of(int n) {
  switch (n % 100) {
    case 11:
      return Row::Unknown;
    case 22:
      return Row::Others;
    case 33:
      return Row::Twice;
    case 44:
      return Row::Earlier;
    case 55:
      return Row::NotValid;
    default:
      return Row::Good;
  }
}

std::string hub(int n) {
  char text[17];
  std::snprintf(text, sizeof text, "00db0000%08x", static_cast<unsigned>(n));
  return text;
}

class BulkReturns {
 public:
  BulkReturns() : office(json{{"oversight", {{"rules", {{"jobs.rate.bulk", 5000}}}}}}) {
    office.person("tester", "supplier", {"party"}, "Green");
    std::vector<json> hubs;
    for (int n = 0; n < kHubs; ++n) {
      const auto row = row_of(n);
      if (row == Row::Unknown || row == Row::Twice || row == Row::NotValid) continue;
      const auto* whose = row == Row::Others ? end_to_end::kSecondSupplier : end_to_end::kSupplier;
      hubs.push_back({{"eui", hub(n)},
                      {"type", "CHF"},
                      {"state", "Commissioned"},
                      {"hub", hub(n)},
                      {"responsible", {{{"role", "IS"}, {"user", whose}}}}});
      if (hubs.size() == 1000) enter(hubs);
    }
    if (!hubs.empty()) enter(hubs);
  }
  void enter(std::vector<json>& hubs) {
    const auto answer = office.ask("POST", "devices", "operator", {{"devices", hubs}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    hubs.clear();
  }
  json submitted(const std::string& file, int status) {
    const auto answer = office.ask("POST", "jobs?kind=hub-returns&name=Returns", "tester", file, {}, "text/csv");
    EXPECT_EQ(answer.status, status) << answer.body;
    return parsed(answer);
  }
  json job(int id) { return office.got("jobs/" + std::to_string(id), "tester"); }
  void ask_of(int id, const std::string& action) {
    const auto answer = office.ask("POST", "jobs/" + std::to_string(id) + "/" + action, "tester");
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  bool comes_to(int id, const std::string& state) {
    return end_to_end::Node::eventually([&] { return job(id).at("state") == state; }, 120);
  }
  int records() { return office.got("ledger/hub_return?limit=1", "dcc").at("total").get<int>(); }

  OversightNode office;
};

TEST(acceptance, B33) {  // ten thousand hubs in one submission
  BulkReturns bulk;
  // What came back before, by a job of its own.
  std::string earlier = "hub,reason\r\n", file = earlier;
  std::map<std::string, int> expected;
  for (int n = 0; n < kHubs; ++n) {
    const auto row = row_of(n);
    if (row == Row::Earlier) earlier += hub(n) + ",lost or stolen\r\n";
    file += (row == Row::NotValid ? "hub " + std::to_string(n) : hub(row == Row::Twice ? n - 1 : n)) + ",no fault\r\n";
    ++expected[row == Row::Good       ? "done"
               : row == Row::Twice    ? "duplicate"
               : row == Row::Earlier  ? "already returned"
               : row == Row::NotValid ? "not valid"
                                      : "refused"];
  }
  const int first = bulk.submitted(earlier, 201).at("id");
  ASSERT_TRUE(bulk.comes_to(first, "checked"));
  bulk.ask_of(first, "run");
  ASSERT_TRUE(bulk.comes_to(first, "done"));
  EXPECT_EQ(bulk.job(first).at("outcomes"), (json{{"done", 100}}));

  const int id = bulk.submitted(file, 201).at("id");
  ASSERT_TRUE(bulk.comes_to(id, "checked"));
  EXPECT_EQ(bulk.job(id).at("outcomes"), (json{{"valid", 9800}, {"duplicate", 100}, {"not valid", 100}}));
  bulk.ask_of(id, "dry-run");
  ASSERT_TRUE(bulk.comes_to(id, "dry run done"));
  EXPECT_EQ(bulk.job(id).at("outcomes"), (json{{"would be done", 9500},
                                               {"would be refused", 200},
                                               {"already returned", 100},
                                               {"duplicate", 100},
                                               {"not valid", 100}}));
  EXPECT_EQ(bulk.records(), 100) << "a dry run returns nothing";

  bulk.ask_of(id, "run");
  const auto under_way = [&](int rows) {
    return end_to_end::Node::eventually([&] { return bulk.job(id).at("rows_of_phase").get<int>() >= rows; }, 60);
  };
  for (const int rows : {500, 3000, 6000}) {
    ASSERT_TRUE(under_way(rows));
    EXPECT_EQ(bulk.submitted(file, 200).at("id"), id) << "also while it runs";
    bulk.office.node.stop_platform(SIGKILL);
    bulk.office.node.start_platform();
  }
  ASSERT_TRUE(bulk.comes_to(id, "done")) << bulk.job(id);
  EXPECT_EQ(bulk.job(id).at("outcomes"), json(expected));

  // One outcome for each row, in the order of the file, with its reason where it was not done.
  const auto table = bulk.office.ask("GET", "jobs/" + std::to_string(id) + "/rows?format=csv", "tester").body;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), kHubs + 1);
  std::map<std::string, int> references;
  int rows = 0;
  for (std::uint64_t after = 0;;) {
    const auto page =
        bulk.office.got("jobs/" + std::to_string(id) + "/rows?limit=1000&after=" + std::to_string(after), "tester");
    for (const auto& one : page.at("rows")) {
      EXPECT_EQ(one.at("row"), ++rows + 1);
      const auto outcome = one.at("outcome").get<std::string>();
      EXPECT_EQ(outcome == "done", one.at("why").get<std::string>().empty()) << one;
      if (outcome == "done") ++references[one.at("reference")];
      const auto kind = row_of(rows - 1);
      const auto* rule = kind == Row::Unknown ? "no_device" : kind == Row::Others ? "not_responsible" : nullptr;
      if (rule != nullptr) {
        EXPECT_EQ(one.at("rule"), rule) << one;
      }
    }
    if (page.at("next").is_null()) break;
    after = page.at("next");
  }
  EXPECT_EQ(rows, kHubs);
  EXPECT_EQ(references.size(), 9500u) << "each with a record of its own";
  EXPECT_EQ(bulk.records(), 9600);

  // Idempotent: the same file is the same job, and what it did is not done again.
  EXPECT_EQ(bulk.submitted(file, 200).at("id"), id);
  bulk.ask_of(id, "run");
  EXPECT_EQ(bulk.job(id).at("state"), "done");
  auto another = file + hub(0) + ",no fault\r\n";
  const int second = bulk.submitted(another, 201).at("id");
  ASSERT_TRUE(bulk.comes_to(second, "checked"));
  bulk.ask_of(second, "run");
  ASSERT_TRUE(bulk.comes_to(second, "done"));
  EXPECT_EQ(bulk.job(second).at("outcomes"),
            (json{{"already returned", 9600}, {"refused", 200}, {"duplicate", 101}, {"not valid", 100}}));
  EXPECT_EQ(bulk.records(), 9600);
  for (const auto n : {0, 1, 9999}) {
    const auto device = bulk.office.got("devices/" + hub(n), "operator");
    EXPECT_EQ(device.at("state"), "Decommissioned") << n;
    EXPECT_EQ(device.at("history").size(), 1u) << "once: " << device;
  }
}

}  // namespace
}  // namespace meterway::acceptance
