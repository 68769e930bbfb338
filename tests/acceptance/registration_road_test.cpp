// Registration data and the whole road: a running platform, homes, a supplier and the one that comes after it.
#include "tests/end_to_end/node.h"
#include "tests/registration/files.h"

namespace meterway::acceptance {
namespace {

using nlohmann::json;
using namespace end_to_end;

TEST(acceptance, A60Road) {  // a file that is loaded takes the meter from one supplier and gives it to the other
  Node node;
  node.start_platform();
  node.start_estate();
  constexpr const char* kPoint = "1200023305967";
  const auto ask = [&](const std::string& method, const std::string& path, const json& body) {
    auto headers = node.as_operator();
    const auto text = body.is_string() ? body.get<std::string>() : body.dump();
    const auto answer =
        net::http_request(method, node.http() + "/api/v1/" + path, headers, text, std::chrono::seconds(20));
    EXPECT_TRUE(answer && answer->status <= 201) << path << (answer ? answer->body : "");
  };
  const auto get = [&](const std::string& path) {
    const auto answer =
        net::http_request("GET", node.http() + "/api/v1/" + path, node.as_operator(), "", std::chrono::seconds(20));
    EXPECT_TRUE(answer && answer->status == 200) << path;
    return json::parse(answer->body);
  };
  const auto may_read = [&](const char* user) {
    const auto answer = node.post('S', node.signed_request({"4.1.1", "--to", kEsme, "--from", user}));
    const auto code = code_of(answer);
    EXPECT_TRUE(code == "I99" || code == "E4") << answer.body;
    return code == "I99";
  };
  EXPECT_TRUE(may_read(kSupplier)) << "as the meter's own list has it";
  EXPECT_FALSE(may_read(kSecondSupplier));

  for (const auto& [eui, id] : {std::pair{kSupplier, "OLDS"}, std::pair{kSecondSupplier, "NEWS"}}) {
    auto user = get("users/" + std::string(eui));
    user["participants"] = json::array({{{"role", "IS"}, {"id", id}}});
    ask("PUT", "users/" + std::string(eui), user);
  }
  auto meter = get("devices/" + std::string(kEsme));
  meter["details"]["ImportMPxN"] = kPoint;
  ask("PUT", "devices/" + std::string(kEsme), meter);
  ask("PUT", "registration/senders/RDPE", {{"party", "Electricity RDP"}, {"source", "rdp-electricity"}});
  const auto load = [&](std::uint64_t sequence, const std::string& record) {
    const auto path = node.root() / ("RDPE-" + std::to_string(sequence) + ".usr");
    ASSERT_TRUE(write_text_file(path, registration::electricity_file(sequence, {record})));
    const auto said = node.run({"registration", "load", path.string(), "--data", node.data()});
    EXPECT_EQ(said.status, 0) << said.out;
    EXPECT_TRUE(has(said.out, "1 of 1 records taken")) << said.out;
  };
  load(1, std::string("REG|") + kPoint + "|IS|OLDS|20200101||");
  EXPECT_TRUE(may_read(kSupplier));
  EXPECT_FALSE(may_read(kSecondSupplier));
  load(2, std::string("REG|") + kPoint + "|IS|NEWS|20991231||");
  EXPECT_TRUE(may_read(kSupplier)) << "not yet";
  load(3, std::string("REG|") + kPoint + "|IS|NEWS|20260101||");
  EXPECT_FALSE(may_read(kSupplier));
  EXPECT_TRUE(may_read(kSecondSupplier));
  const auto shown = node.run({"registration", "show", kPoint, "--data", node.data()});
  EXPECT_EQ(shown.status, 0);
  EXPECT_TRUE(has(shown.out, "* IS NEWS from 2026-01-01T00:00:00Z")) << shown.out;
  const auto flags = node.run({"registration", "flags", "RDPE", "--data", node.data()});
  EXPECT_TRUE(has(flags.out, std::string("DC01|") + kPoint + "|A|")) << flags.out;
  EXPECT_EQ(node.run({"registration", "load", "none", "--data", node.data()}).status, 1);

  node.stop_platform(SIGKILL);
  node.start_platform();
  EXPECT_TRUE(may_read(kSecondSupplier)) << "after a power cut as before";
  EXPECT_FALSE(may_read(kSupplier));
}

}  // namespace
}  // namespace meterway::acceptance
