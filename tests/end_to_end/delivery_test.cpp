#include <set>

#include "base/net/network.h"
#include "base/util/base64.h"
#include "base/wire/link_frame.h"
#include "tests/end_to_end/node.h"

// Delivery with real Users' inboxes: what fails comes again, what is given up can be put back, and what only the User
// can check is delivered as it came.
namespace meterway::end_to_end {
namespace {

/// Stands between the region and the platform and changes a byte of every response and alert.
class Tamperer {
 public:
  explicit Tamperer(std::uint16_t platform_port) {
    net::FramedEvents region;
    region.connected = [this, platform_port](std::shared_ptr<net::FramedConnection> connection) {
      region_ = std::move(connection);
      net::FramedEvents platform;
      platform.connected = [this](std::shared_ptr<net::FramedConnection> up) {
        const std::lock_guard lock(mutex_);
        platform_ = std::move(up);
        for (const auto& frame : waiting_) (void)platform_->send(frame);
        waiting_.clear();
      };
      platform.frame = [this](const auto&, Bytes frame) { (void)region_->send(frame); };
      up_ = *network_->connect_framed("127.0.0.1", platform_port, platform, std::chrono::milliseconds(100),
                                      wire::kLinkMaxFrameBytes);
    };
    region.frame = [this](const auto&, Bytes frame) {
      auto content = wire::read_link_frame(frame);
      if (auto* inbound = content ? std::get_if<wire::LinkInbound>(&*content) : nullptr) {
        inbound->message.back() ^= 1;  // the last byte of the MAC
        const std::lock_guard lock(mutex_);
        tampered_.push_back(inbound->message);
        frame = wire::write_link_frame(*content);
      }
      const std::lock_guard lock(mutex_);
      platform_ ? (void)platform_->send(frame) : waiting_.push_back(std::move(frame));
    };
    down_ = *network_->listen_framed("127.0.0.1", 0, region, wire::kLinkMaxFrameBytes);
  }
  ~Tamperer() {
    down_.reset();
    up_.reset();
  }
  std::uint16_t port() const { return down_->port(); }
  std::vector<Bytes> tampered() {
    const std::lock_guard lock(mutex_);
    return tampered_;
  }

 private:
  std::unique_ptr<net::Network> network_ = net::system_network();
  std::mutex mutex_;
  std::shared_ptr<net::FramedConnection> region_, platform_;
  std::vector<Bytes> waiting_;
  std::vector<Bytes> tampered_;
  std::unique_ptr<net::FramedEndpoint> up_, down_;
};

/// `listen` in a process of its own.
class Listening {
 public:
  Listening(const Node& node, std::vector<std::string> more = {}) : log_(node.root() / "listen.log") {
    std::vector<std::string> arguments{METERWAY_BINARY, "listen", "--data", node.data(), "--user", kSupplier};
    arguments.insert(arguments.end(), more.begin(), more.end());
    fs::remove(log_);
    pid_ = start(arguments, log_);
    EXPECT_TRUE(Node::eventually([&] { return has(slurp(log_), "listening for"); }, 20)) << slurp(log_);
  }
  ~Listening() {
    ::kill(pid_, SIGTERM);
    wait_for(pid_);
  }

 private:
  fs::path log_;
  pid_t pid_;
};

std::vector<std::string> files(const fs::path& folder, const std::string& extension = ".xml") {
  std::vector<std::string> out;
  if (!fs::exists(folder)) return out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) out.push_back(slurp(entry.path()));
  }
  return out;
}

fs::path inbox(const Node& node) { return fs::path(node.data()) / "users" / kSupplier / "inbox"; }

TEST(Delivery, AFailingUserHasEveryAnswerInTheEndAndEachIsTheSame) {
  Node node;
  node.start_platform();
  node.start_estate();
  const Listening listening(node, {"--fail", "every:2"});
  std::set<std::string> asked;
  for (int i = 0; i < 6; ++i) {
    const auto said = node.send({"7.4", "--to", kEsme, "--no-wait"});
    ASSERT_EQ(said.status, 0) << said.out;
    const auto at = said.out.find("RequestID");
    const auto begin = said.out.find_first_not_of(' ', at + 9);
    asked.insert(said.out.substr(begin, said.out.find('\n', begin) - begin));
  }
  const auto answered = [&] {
    std::set<std::string> out;
    for (const auto& document : files(inbox(node))) out.insert(element(document, "RequestID"));
    return out;
  };
  EXPECT_TRUE(Node::eventually([&] { return answered() == asked; }, 30)) << answered().size();
  // What was taken is written down some milliseconds later.
  for (const auto& id : asked)
    EXPECT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "delivered"); }, 5)) << node.trace(id).dump(1);
  EXPECT_EQ(files(inbox(node)).size(), asked.size()) << "none was taken twice";
}

TEST(Delivery, WhatOnlyTheUserCanCheckIsDeliveredAsItCameAndRefusedByHim) {
  Node node;
  node.start_platform();
  Tamperer tamperer(static_cast<std::uint16_t>(node.world().at("link_port").get<int>()));
  node.start_estate(tamperer.port());
  const Listening listening(node);
  const auto said = node.send({"4.1.1", "--to", kEsme, "--no-wait"});
  ASSERT_EQ(said.status, 0) << said.out;
  const auto refused = inbox(node) / "refused";
  ASSERT_TRUE(Node::eventually([&] { return !files(refused, ".txt").empty(); }, 20))
      << slurp(node.root() / "serve.log");
  EXPECT_TRUE(has(files(refused, ".txt").front(), "MAC of the device")) << files(refused, ".txt").front();
  const auto document = files(refused).front();
  EXPECT_EQ(element(document, "ResponseCode"), "I0");
  const auto tampered = tamperer.tampered();
  EXPECT_TRUE(std::any_of(tampered.begin(), tampered.end(), [&](const Bytes& message) {
    return element(document, "GBCSPayload") == to_base64(message);
  })) << "byte for byte what came from the link";
  EXPECT_TRUE(files(inbox(node)).empty());
  const auto id = element(document, "RequestID");
  EXPECT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "failed"); }, 5)) << node.trace(id).dump(1);
}

TEST(Delivery, WhatWasGivenUpIsListedAndPutBackByTheOperator) {
  Node node(nlohmann::json{{"delivery", {{"keep_ms", 1500}}}});
  node.start_platform();
  node.start_estate();
  const auto said = node.send({"7.4", "--to", kEsme, "--no-wait"});
  ASSERT_EQ(said.status, 0) << said.out;
  const auto list = [&] { return node.run({"deliveries", "list", "--data", node.data(), "--json"}); };
  ASSERT_TRUE(Node::eventually([&] { return has(list().out, "expired"); }, 30)) << list().out;
  const auto backlog = node.run({"backlog", "--data", node.data()});
  EXPECT_EQ(backlog.status, 0);
  EXPECT_TRUE(has(backlog.out, "1 given up")) << backlog.out;
  for (const auto* user : {kSupplier, kSecondSupplier})
    ASSERT_EQ(node.run({"user", "token", user, "--save", "--data", node.data()}).status, 0);
  const auto own = node.run({"backlog", "--data", node.data(), "--as", kSupplier, "--json"});
  const auto other = node.run({"backlog", "--data", node.data(), "--as", kSecondSupplier, "--json"});
  EXPECT_TRUE(has(own.out, kSupplier)) << own.out;
  EXPECT_FALSE(has(other.out, kSupplier)) << "one User sees nothing of another's: " << other.out;
  const auto nobody = net::http_request("GET", node.http() + "/api/v1/backlog", {}, "", std::chrono::seconds(5));
  EXPECT_EQ(nobody ? nobody->status : 0, 401);

  const Listening listening(node);
  const auto retried = node.run({"deliveries", "retry", "--all", "--data", node.data()});
  EXPECT_EQ(retried.status, 0) << retried.out;
  EXPECT_TRUE(has(retried.out, "1 of 1")) << retried.out;
  EXPECT_TRUE(Node::eventually([&] { return files(inbox(node)).size() == 1; }, 20));
  EXPECT_TRUE(Node::eventually([&] { return list().out == "[]\n"; }, 20)) << list().out;
}

}  // namespace
}  // namespace meterway::end_to_end
