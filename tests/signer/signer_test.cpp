#include "tests/end_to_end/node.h"

// From a form to a decoded answer over HTTP: a person of a party has the User's own process sign and send, for his own
// party's Users and for no other.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

class Signer : public testing::Test {
 protected:
  Signer() {
    const auto port = std::to_string(port_[0]);
    const auto token_file = (fs::path(node.data()) / "signer.token").string();
    node.write_config({{"test", {{"signer", {{"url", "http://127.0.0.1:" + port}, {"token_file", token_file}}}}}});
    node.start_platform();
    node.start_estate();
    signer_ = start({METERWAY_BINARY, "signer", "--data", node.data(), "--port", port}, node.root() / "signer.log");
    tester_ = person("tester", "supplier", "party");
    engineer_ = person("engineer", "network", "party");
    desk_ = person("desk", "DCC", "desk");
    EXPECT_TRUE(node.eventually([&] { return has(slurp(node.root() / "signer.log"), "signing for"); }, 20));
    EXPECT_TRUE(node.eventually(
        [&] {
          return has(node.run({"estate", "stats", "--data", node.data()}).out, "{");
        },
        20));
  }
  ~Signer() override {
    ::kill(signer_, SIGTERM);
    wait_for(signer_);
  }

  std::string person(const std::string& id, const std::string& party, const std::string& role) {
    const auto file = (node.root() / (id + ".token")).string();
    const auto made = node.run(
        {"person", "set", id, "--party", party, "--role", role, "--clearance", "Green", "--data", node.data()});
    EXPECT_EQ(made.status, 0) << made.out;
    const auto given = node.run({"person", "token", id, "-o", file, "--data", node.data()});
    EXPECT_EQ(given.status, 0) << given.out;
    auto token = slurp(file);
    while (!token.empty() && token.back() == '\n') token.pop_back();
    return token;
  }
  std::pair<int, json> ask(const std::string& method, const std::string& path, const std::string& token,
                           const json& body = nullptr) {
    const auto answer =
        net::http_request(method, node.http() + "/api/v1/" + path, {{"authorization", "Bearer " + token}},
                          body.is_null() ? "" : body.dump(), std::chrono::seconds(15));
    if (!answer) return {599, json(describe(answer.error()))};
    return {answer->status, json::parse(answer->body, nullptr, false)};
  }
  static json order(const std::string& service, const json& more = json::object()) {
    json out = {{"service", service}, {"user", kSupplier}, {"target", kEsme}};
    out.update(more);
    return out;
  }
  /// Sent, and followed to its end: what GET .../answer says then.
  json sent(const json& order) {
    const auto [status, body] = ask("POST", "requests", tester_, order);
    EXPECT_EQ(status, 201) << body;
    if (status != 201) return {};
    id_ = body.at("request_id");
    json last;
    EXPECT_TRUE(node.eventually(
        [&] {
          last = ask("GET", "requests/" + id_ + "/answer", tester_).second;
          const auto state = last.value("state", std::string());
          return state == "answered" || state == "refused" || state == "failed";
        },
        30))
        << last;
    return last;
  }
  static std::string words(const json& end) {
    std::string out;
    for (const auto& one : end.at("answers")) out += one.at("words").get<std::string>();
    return out;
  }

  Node node;
  tests::PortBlock port_;
  std::string tester_, engineer_, desk_, id_;

 private:
  pid_t signer_ = -1;
};

TEST_F(Signer, CarriesAFormToItsDecodedAnswer) {
  const auto form = ask("GET", "services/4.18/form?device=" + std::string(kEsme), tester_).second;
  EXPECT_EQ(form.at("can_send"), true);
  const json fields = {{"user", kSupplier}, {"target", kEsme}, {"fields", form.at("sample")}};
  const auto preview = ask("POST", "services/4.18/preview", tester_, fields).second;
  EXPECT_EQ(preview.at("valid"), true) << preview;
  EXPECT_EQ(preview.at("access").at("allowed"), true) << preview;
  EXPECT_EQ(preview.at("becomes").at("use_case"), "ECS82") << preview;
  const auto end = sent(order("4.18", {{"fields", form.at("sample")}}));
  EXPECT_EQ(end.at("state"), "answered") << end;
  EXPECT_TRUE(has(words(end), "ECS82")) << words(end);
  EXPECT_TRUE(has(words(end), "MAC valid")) << words(end);
  EXPECT_FALSE(node.trace(id_).empty());
}

TEST_F(Signer, SignsThePreCommandOfACriticalRequest) {
  const auto end = sent(order("7.2"));
  EXPECT_EQ(end.at("state"), "answered") << end;
  bool has_signed = false;
  for (const auto& line : end.at("told")) has_signed |= line.get<std::string>().starts_with("signed");
  EXPECT_TRUE(has_signed) << end;
}

TEST_F(Signer, AnswersForTheDccAtOnceAndMakesATokenWithTheUsersKey) {
  const auto inventory = sent(order("8.2", {{"fields", {{"DeviceID", "00-DB-12-34-56-78-90-A0"}}}}));
  EXPECT_EQ(inventory.at("state"), "answered") << inventory;
  EXPECT_TRUE(has(words(inventory), "DeviceModel")) << words(inventory);
  const auto top_up = sent(order("2.2", {{"pounds", 10}}));
  EXPECT_EQ(top_up.at("state"), "answered") << top_up;
  const auto another = sent(order("2.2", {{"pounds", 5}}));
  EXPECT_EQ(another.at("state"), "answered") << another;
}

TEST_F(Signer, TellsWhatTheDccRefuses) {
  const auto end = sent(order("4.18", {{"target", "00db1234567890ff"}}));
  EXPECT_EQ(end.at("state"), "refused") << end;
  EXPECT_TRUE(has(words(end), "E")) << end;
}

TEST_F(Signer, SignsForNobodyOfAnotherParty) {
  EXPECT_EQ(ask("POST", "requests", engineer_, order("4.18")).first, 403);
  EXPECT_EQ(ask("POST", "requests", desk_, order("4.18")).first, 403);
  EXPECT_EQ(ask("POST", "requests", "guess", order("4.18")).first, 401);
  const auto wrong = ask("POST", "requests", tester_, order("4.18", {{"fields", {{"Nonsense", "1"}}}}));
  EXPECT_EQ(wrong.first, 400);
  EXPECT_EQ(wrong.second.at("errors").at(0).at("field"), "Nonsense");
  const auto end = sent(order("4.18"));
  EXPECT_EQ(end.at("state"), "answered");
  EXPECT_EQ(ask("GET", "requests/" + id_ + "/answer", engineer_).first, 404);
  EXPECT_EQ(ask("GET", "requests/" + id_ + "/answer", desk_).first, 403);
}

}  // namespace
}  // namespace meterway::end_to_end
