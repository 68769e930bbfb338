#include <atomic>
#include <mutex>
#include <random>

#include "lab/documents.h"
#include "lab/history.h"
#include "standard/duis/response.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/protect.h"
#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"
#include "tests/end_to_end/node.h"
#include "tests/end_to_end/region.h"

// The platform's process is killed fifty times under load, between and in the middle of everything it does. What its
// Users and its estate saw is judged by the rules of lab/history.h; arrivals are those that the estate's own process
// has counted.
namespace meterway::end_to_end {
namespace {

using lab::Seen;
constexpr int kKills = 50;
constexpr std::chrono::milliseconds kLeastLife{60}, kMostLife{900};

UtcTime now() { return SystemClock().now(); }

/// What several threads saw, in the order they saw it.
class Notes {
 public:
  void write(Seen seen) {
    const std::lock_guard lock(mutex_);
    history_.push_back(std::move(seen));
  }
  lab::History history() {
    const std::lock_guard lock(mutex_);
    return history_;
  }

 private:
  std::mutex mutex_;
  lab::History history_;
};

/// A supplier's systems: one thread a device, each with one request at a time, and an inbox.
class Supplier {
 public:
  explicit Supplier(const Node& node) : node_(node), self_(Eui64::parse(kSupplier).value()) {
    keys_ = pki::open_key_folder(node.data() + "/users/" + kSupplier).value();
    const auto der = keys_->certificate(self_, pki::KeyUse::XmlSigning);
    const auto certificate = pki::parse_certificate(der).value();
    name_ = {certificate.issuer, certificate.serial.decimal()};
    const auto world = node.world();
    for (const auto& user : world.at("users")) {
      if (Eui64::parse(user.at("eui").get<std::string>()).value() == self_)
        port_ = user.at("push_port").get<std::uint16_t>();
    }
    inbox_ = net::serve_http("127.0.0.1", port_, [this](const net::HttpRequest& push) { return take(push); }).value();
  }

  /// Until stopped: request after request, each until it is told something for good.
  void work(const char* device, const std::vector<const char*>& services) {
    const auto target = Eui64::parse(device).value();
    for (std::size_t i = 0; !stop_; ++i) ask(*duis::find_service(services[i % services.size()]), target);
  }
  void stop() { stop_ = true; }
  Notes notes;

 private:
  void ask(const duis::Service& service, Eui64 device) {
    RequestId id{self_, service.non_device ? Eui64::parse(kBroker).value() : device, {next_counter()}};
    auto variant = service.non_device ? CommandVariant::NonDevice
                   : service.critical ? CommandVariant::Transform
                                      : CommandVariant::SendCommand;
    const auto told = post(id, 'R', service.web_service(variant),
                           lab::request_document(id, variant, service, lab::plain_body(service, device)));
    if (variant != CommandVariant::Transform || !told || told->code != "I0") return;
    auto message = gbcs::read_message(told->gbcs_payload().value_or(Bytes()));
    ASSERT_TRUE(message);
    ASSERT_TRUE(gbcs::sign(*message, *keys_->private_key(self_, pki::KeyUse::DigitalSignature)));
    variant = CommandVariant::SendSigned;
    post(id, 'S', service.web_service(variant),
         lab::request_document(id, variant, service, lab::signed_precommand_body(gbcs::write_message(*message))));
  }

  std::optional<duis::Response> post(const RequestId& id, char leg, duis::WebService service, const std::string& text) {
    const auto document = duis::sign_document(text, *keys_->private_key(self_, pki::KeyUse::XmlSigning), name_).value();
    const auto url = node_.http() + "/api/v1/service" + static_cast<char>(service);
    for (;;) {
      notes.write({Seen::Kind::Sent, now(), self_, id, leg, "", ""});
      const auto answer =
          net::http_request("POST", url, {{"content-type", "application/xml"}}, document, std::chrono::seconds(3));
      if (answer && answer->status == 200) {
        auto response = duis::read_response(answer->body);
        EXPECT_TRUE(response) << answer->body;
        if (!response) return std::nullopt;
        const bool to_sign = leg == 'R' && response->gbcs_payload().has_value();
        notes.write({Seen::Kind::Told, now(), self_, id, leg, response->code, to_sign ? "pre-command" : "final"});
        return std::move(*response);
      }
      notes.write({Seen::Kind::Told, now(), self_, id, leg, answer ? std::to_string(answer->status) : "nothing", ""});
      EXPECT_TRUE(!answer || answer->status == 503) << answer->status << " " << answer->body;
      if (answer && answer->status != 503) return std::nullopt;
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
  }

  net::HttpResponse take(const net::HttpRequest& push) {
    const auto response = duis::read_response(push.body);
    EXPECT_TRUE(response) << push.body;
    if (!response) return {400, {}, ""};
    const auto id = response->request_id ? *response->request_id : response->response_id.value_or(RequestId{});
    notes.write({Seen::Kind::Received, now(), self_, id, 'R', response->is_alert() ? "alert" : response->code,
                 lab::outcome_digest(push.body)});
    return {204, {}, ""};
  }

  std::uint64_t next_counter() {
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now().time_since_epoch()).count();
    const std::lock_guard lock(mutex_);
    return last_counter_ = std::max(last_counter_ + 1, static_cast<std::uint64_t>(millis));
  }

  const Node& node_;
  const Eui64 self_;
  std::unique_ptr<pki::KeyStore> keys_;
  duis::CertificateName name_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::uint64_t last_counter_ = 0;
  std::atomic<bool> stop_{false};
  std::unique_ptr<net::HttpServer> inbox_;
};

/// DATA/estate/arrivals.tsv: time, hub, device, number on the link, originator, counter, what became of it.
lab::History arrivals_of(const Node& node) {
  lab::History history;
  std::istringstream lines(slurp(fs::path(node.data()) / "estate" / "arrivals.tsv"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string time, hub, device, number, originator, counter, what;
    fields >> time >> hub >> device >> number >> originator >> counter;
    std::getline(fields >> std::ws, what);
    if (what == "repeated") continue;  // acknowledged again, and not given to the device
    Seen seen{Seen::Kind::Arrived, from_iso8601(time).value(), Eui64::parse(device).value(), {}, '-', "", ""};
    seen.id = {Eui64::parse(originator).value(), seen.who, {std::strtoull(counter.c_str(), nullptr, 10)}};
    history.push_back(seen);
    seen.kind = what == "executed" ? Seen::Kind::Executed : Seen::Kind::Refused;
    seen.code = what;
    history.push_back(seen);
  }
  return history;
}

lab::History everything_seen(Supplier& supplier, const Node& node) {
  auto history = supplier.notes.history();
  const auto arrivals = arrivals_of(node);
  history.insert(history.end(), arrivals.begin(), arrivals.end());
  return history;
}

TEST(Kill, FiftyTimesUnderLoadLosesNothingAndDoesNothingTwice) {
  Node node;
  node.start_platform();
  node.start_estate();
  Supplier supplier(node);
  std::vector<std::thread> load;
  const auto start_load = [&](const char* device, std::vector<const char*> services) {
    load.emplace_back([&supplier, device, services = std::move(services)] { supplier.work(device, services); });
  };
  start_load(kEsme, {"7.4", "4.1.1", "7.1", "7.4"});
  start_load(kGpf, {"4.1.1"});
  start_load(kPpmid, {"8.2"});

  std::mt19937 chance(20261122);
  std::uniform_int_distribution<std::int64_t> life(kLeastLife.count(), kMostLife.count());
  for (int i = 0; i < kKills && !::testing::Test::HasFatalFailure(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(life(chance)));
    node.stop_platform(SIGKILL);
    node.start_platform();
  }
  supplier.stop();
  for (auto& thread : load) thread.join();
  EXPECT_TRUE(Node::eventually([&] { return lab::judge(everything_seen(supplier, node)).holds(); }, 120));
  const auto verdict = lab::judge(everything_seen(supplier, node));
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_GT(verdict.accepted, static_cast<std::size_t>(kKills)) << "too little load to show anything";
  EXPECT_GE(verdict.arrivals, verdict.with_result / 2);
  std::printf("%d kills: %s", kKills, verdict.text().c_str());
}

TEST(Drain, TakesNothingNewEndsWhatRunsAndGoes) {
  Node node;
  node.start_platform();
  node.start_estate();
  Supplier supplier(node);
  std::vector<std::thread> load;
  for (const auto* device : {kEsme, kGpf}) load.emplace_back([&supplier, device] { supplier.work(device, {"4.1.1"}); });
  ASSERT_TRUE(Node::eventually([&] { return lab::judge(supplier.notes.history()).accepted > 10; }, 20));
  const auto ready = [&] {
    const auto answer = net::http_request("GET", node.http() + "/readyz", {}, "", std::chrono::seconds(2));
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(ready(), 200);
  const auto began = std::chrono::steady_clock::now();
  ::kill(node.platform(), SIGTERM);
  EXPECT_EQ(node.wait_platform(), 0) << slurp(node.root() / "serve.log");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  // What it left open the next start ends.
  node.start_platform();
  supplier.stop();
  for (auto& thread : load) thread.join();
  EXPECT_TRUE(Node::eventually([&] { return lab::judge(everything_seen(supplier, node)).holds(); }, 20))
      << lab::judge(everything_seen(supplier, node)).text();
}

TEST(Drain, EndsAtOnceAtASecondSignalAndLosesNothing) {
  Node node({{"drain_ms", 60000}, {"device_timeout_ms", 60000}, {"reach_timeout_ms", 60000}});
  node.start_platform();
  std::string id;
  {
    Region silent(node, false);  // takes the command and says nothing: there is something to wait for
    const auto request = node.signed_request({"7.4", "--to", kEsme, "--from", kSupplier});
    ASSERT_EQ(code_of(node.post('S', request)), "I99");
    id = element(request, "RequestID");
    ASSERT_TRUE(Node::eventually([&] { return silent.commands() == 1; }, 5));
    ::kill(node.platform(), SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    int status = 0;
    ASSERT_EQ(::waitpid(node.platform(), &status, WNOHANG), 0) << "it waits for the answer";
    const auto began = std::chrono::steady_clock::now();
    ::kill(node.platform(), SIGTERM);
    EXPECT_EQ(node.wait_platform(), 1);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
    EXPECT_TRUE(has(slurp(node.root() / "serve.log"), "a second signal")) << slurp(node.root() / "serve.log");
  }
  node.start_platform();
  node.start_estate();
  EXPECT_TRUE(Node::eventually([&] { return node.traced(id, "correlate", "matched"); }, 15)) << node.trace(id).dump(1);
  EXPECT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "queued"); }, 5));
}

}  // namespace
}  // namespace meterway::end_to_end
