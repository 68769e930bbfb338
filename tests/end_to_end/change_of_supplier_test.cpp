#include <algorithm>
#include <future>

#include "standard/gbcs/message.h"
#include "tests/end_to_end/supplier.h"

// 6.23 over the road: asked by the new supplier, signed by the transitional party alone, obeyed by the meter.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

std::string certificate(const fs::path& file) {
  return to_base64(pki::parse_certificate(read_file(file).value()).value().der);
}

std::string body(const Node& node, const char* supplier) {
  const auto folder = fs::path(node.data()) / "users" / supplier;
  const auto of = [&](const char* use) { return certificate(folder / (std::string(supplier) + use)); };
  return "<sr:SupplierFloorSeqNumber>0</sr:SupplierFloorSeqNumber><sr:SupplierPrepaymentTopUpFloorSeqNumber>0"
         "</"
         "sr:SupplierPrepaymentTopUpFloorSeqNumber><sr:SupplierReplacementCertificates><sr:DigitalSigningCertificate>" +
         of("-ds.pem") + "</sr:DigitalSigningCertificate><sr:KeyAgreementCertificate>" + of("-ka.pem") +
         "</sr:KeyAgreementCertificate><sr:KeyAgreementTopUpCertificate>" + of("-pp-ka.pem") +
         "</sr:KeyAgreementTopUpCertificate></sr:SupplierReplacementCertificates><sr:CertificationPathCertificates>"
         "<sr:Certificate>" +
         certificate(fs::path(node.data()) / "authority" / "issuing.pem") +
         "</sr:Certificate></sr:CertificationPathCertificates><sr:ApplyTimeBasedCPVChecks>false"
         "</sr:ApplyTimeBasedCPVChecks><sr:ImportMPxN>1000000000003</sr:ImportMPxN>";
}

/// A platform that shows the party whatever the test likes, and keeps what it brings.
class FalseDesk {
 public:
  FalseDesk() {
    http_ = net::serve_http("127.0.0.1", 0, [this](const net::HttpRequest& request) {
              const std::lock_guard lock(mutex_);
              if (request.method == "POST") {
                brought_ = json::parse(request.body, nullptr, false);
                return net::HttpResponse{204, {}, ""};
              }
              return net::HttpResponse{200, {}, json{{"requests", {shown_}}, {"next", nullptr}}.dump()};
            }).value();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(http_->port()); }
  /// What the party brings for this; nothing: null.
  json ask(const Node& node, json shown) {
    {
      const std::lock_guard lock(mutex_);
      shown_ = std::move(shown);
      brought_ = nullptr;
    }
    const auto token = (node.root() / "party.token").string();
    std::ofstream(token) << "a token\n";
    said = node.run({"cos", "--once", "--url", url(), "--token-file", token, "--data", node.data()}).out;
    const std::lock_guard lock(mutex_);
    return brought_;
  }
  std::string said;

 private:
  std::mutex mutex_;
  json shown_, brought_;
  std::unique_ptr<net::HttpServer> http_;
};

/// The same command of another counter, as the platform could make it at any time: it stands in the header and again in
/// the content, there without leading zeros.
json with_counter(json waits, std::uint64_t more) {
  auto bytes = from_base64(waits.at("command").get<std::string>()).value();
  const auto counter = gbcs::read_message(bytes).value().header.counter.value;
  const auto digits = [](std::uint64_t value) {
    Bytes out;
    for (; value != 0; value >>= 8) out.insert(out.begin(), static_cast<std::uint8_t>(value));
    return out;
  };
  const auto before = digits(counter), after = digits(counter + more);
  for (auto at = bytes.begin();; at += static_cast<std::ptrdiff_t>(before.size())) {
    at = std::search(at, bytes.end(), before.begin(), before.end());
    if (at == bytes.end()) break;
    std::copy(after.begin(), after.end(), at);
  }
  waits["command"] = to_base64(bytes);
  return waits;
}

TEST(ChangeOfSupplier, TheTransitionalPartySignsAndTheMeterObeysTheNewSupplier) {
  const tests::PortBlock spare;
  Node node(json{{"tls_port", spare[0]}});
  node.start_platform();
  node.start_estate();
  auto meter = json::parse(net::http_request("GET", node.http() + "/api/v1/devices/" + kEsme, node.as_operator(), "",
                                             std::chrono::seconds(20))
                               ->body);
  for (auto& entry : meter["responsible"]) {
    if (entry["user"] == kSupplier) entry["user"] = kSecondSupplier;
  }
  const auto put = net::http_request("PUT", node.http() + "/api/v1/devices/" + kEsme, node.as_operator(), meter.dump(),
                                     std::chrono::seconds(20));
  ASSERT_TRUE(put && put->status <= 201) << put->body;
  Supplier former(node), next(node, kSecondSupplier);
  const auto ask = [&](Supplier& user, const RequestId& id, const std::string& inside) {
    return code_of(node.post('S', user.request(id, CommandVariant::SendCommand, "6.23", inside)));
  };
  EXPECT_EQ(ask(former, former.next_id(kEsme), body(node, kSupplier)), "E4");
  // Another's certificates: the platform takes it, the party does not sign it.
  const auto false_one = next.next_id(kEsme);
  ASSERT_EQ(ask(next, false_one, body(node, kSupplier)), "I99");
  const auto cos = [&] { return node.run({"cos", "--once", "--data", node.data()}); };
  const auto refused = cos();
  EXPECT_TRUE(has(refused.out, false_one.text() + ": not signed: the certificates are not those")) << refused.out;
  const auto id = next.next_id(kEsme);
  ASSERT_EQ(ask(next, id, body(node, kSecondSupplier)), "I99");
  const auto path = node.http() + "/api/v1/cos/requests";
  EXPECT_EQ(net::http_request("GET", path, {}, "", std::chrono::seconds(20))->status, 401) << "nobody may ask";
  const auto waiting =
      json::parse(net::http_request("GET", path, node.as_operator(), "", std::chrono::seconds(20))->body);
  json its;
  for (const auto& one : waiting["requests"]) {  // the command as it is, without a signature, is not taken
    if (one["request"] == id.text()) its = one;
    const auto back = net::http_request("POST", path + "/" + one["request"].get<std::string>(), node.as_operator(),
                                        json{{"command", one["command"]}}.dump(), std::chrono::seconds(20));
    EXPECT_EQ(back->status, 400) << back->body;
  }
  ASSERT_FALSE(its.is_null()) << waiting.dump(1);
  EXPECT_EQ(times_traced(node, id, "wan", "sent"), 0);
  // It has no way in but its own: without its TLS identity it does not ask at all.
  const auto hidden = fs::path(node.data()) / "cos" / "hidden";
  fs::rename(fs::path(node.data()) / "cos" / "tls", hidden);
  EXPECT_EQ(cos().status, 1);
  fs::rename(hidden, fs::path(node.data()) / "cos" / "tls");
  node.stop_platform(SIGKILL);
  node.start_platform();
  const auto done = cos();
  EXPECT_TRUE(has(done.out, id.text() + ": signed\n")) << done.out;
  ASSERT_TRUE(Node::eventually([&] { return has(node.trace(id.text()).dump(), "I0 for "); }, 20))
      << node.trace(id.text()).dump(1);
  EXPECT_EQ(times_traced(node, id, "cos", "signed"), 1);
  // The meter takes a critical command of the new supplier now.
  const auto critical = next.next_id(kEsme);
  const auto transformed = node.post('T', next.request(critical, CommandVariant::Transform, "7.1"));
  ASSERT_EQ(code_of(transformed), "I0") << transformed.body;
  ASSERT_EQ(code_of(node.post('S', next.signed_precommand(critical, CommandVariant::SendSigned, "7.1", transformed))),
            "I99");
  EXPECT_TRUE(Node::eventually([&] { return has(node.trace(critical.text()).dump(), "I0 for "); }, 20))
      << node.trace(critical.text()).dump(1);

  // Whoever has the platform's place shows it again: the same bytes are signed again, another command for it is not.
  FalseDesk desk;
  EXPECT_TRUE(desk.ask(node, its).contains("command")) << desk.said;
  EXPECT_TRUE(has(desk.ask(node, with_counter(its, 1)).value("refused", ""), "another command")) << desk.said;
  const auto later = next.next_id(kEsme);
  ASSERT_EQ(ask(next, later, body(node, kSecondSupplier)), "I99");
  EXPECT_TRUE(has(cos().out, later.text() + ": signed\n"));
  EXPECT_TRUE(has(desk.ask(node, its).value("refused", ""), "a later request")) << desk.said;
  EXPECT_TRUE(has(desk.ask(node, with_counter(its, 1000)).value("refused", ""), "a later request")) << desk.said;
  EXPECT_TRUE(desk.ask(node, {{"request", its["request"]}, {"document", "<a/>"}, {"command", its["command"]}})
                  .contains("refused"))
      << desk.said;

  // The supplier's own program: the device answers the party, and the program takes it all the same.
  const auto file = (node.root() / "body.xml").string();
  std::ofstream(file) << "<sr:UpdateSecurityCredentialsCoS>" << body(node, kSecondSupplier)
                      << "</sr:UpdateSecurityCredentialsCoS>";
  auto sending = std::async(std::launch::async, [&] {
    return node.run({"send", "6.23", "--from", kSecondSupplier, "--to", kEsme, "--body", file, "--wait", "30", "--data",
                     node.data()});
  });
  EXPECT_TRUE(Node::eventually([&] { return has(cos().out, ": signed\n"); }, 20));
  const auto sent = sending.get();
  EXPECT_EQ(sent.status, 0) << sent.out;
  EXPECT_TRUE(has(sent.out, "signature valid")) << sent.out;
  EXPECT_FALSE(has(sent.out, "refused")) << sent.out;
  // So is that of the broker, which reads the cells of a device in its own name.
  const auto cells = node.send({"6.24.1", "--from", kSecondSupplier, "--to", kEsme});
  EXPECT_EQ(cells.status, 0) << cells.out;
  EXPECT_TRUE(has(cells.out, "MAC for the access control broker")) << cells.out;
}

/// The sweep is a day away: it is the meter's answer that takes the schedules away.
TEST(ChangeOfSupplier, TakesTheFormersSchedulesAwayAndTellsHim) {
  const tests::PortBlock spare;
  Node node(json{
      {"tls_port", spare[0]}, {"schedule_sweep_ms", 86'400'000}, {"dcc_alert_codes", {{"schedule_removed", "N43"}}}});
  node.start_platform();
  node.start_estate();
  Supplier former(node), next(node, kSecondSupplier);
  const auto today = to_iso8601(SystemClock().now(), 0).substr(0, 10);
  const auto schedule = [&](Supplier& user) {
    return node.post(
        'D', user.request(user.next_id(kBroker), CommandVariant::NonDevice, "5.1",
                          "<sr:ScheduleFrequency>Monthly</sr:ScheduleFrequency><sr:ScheduleStartDate>2035-01-01"
                          "</sr:ScheduleStartDate><sr:ScheduleExecutionStartTime>01:00:00.00Z"
                          "</sr:ScheduleExecutionStartTime><sr:DSPScheduledServiceReference>4.6"
                          "</sr:DSPScheduledServiceReference><sr:DSPScheduledServiceReferenceVariant>4.6.1"
                          "</sr:DSPScheduledServiceReferenceVariant><sr:DeviceID>" +
                              Eui64::parse(kEsme).value().dashed_upper() +
                              "</sr:DeviceID><sr:DSPRetrieveImportDailyReadLog><sr:StartDateOffset>-1"
                              "</sr:StartDateOffset><sr:StartTime>00:00:00.00Z</sr:StartTime><sr:EndDateOffset>0"
                              "</sr:EndDateOffset><sr:EndTime>00:00:00.00Z</sr:EndTime>"
                              "</sr:DSPRetrieveImportDailyReadLog>"));
  };
  const auto made = schedule(former);
  ASSERT_EQ(code_of(made), "I0") << made.body;
  const auto number = element(made.body, "DSPScheduleID");
  const auto get = [&](const std::string& path) {
    return net::http_request("GET", node.http() + "/api/v1/" + path, node.as_operator(), "", std::chrono::seconds(20));
  };
  auto meter = json::parse(get(std::string("devices/") + kEsme)->body);
  for (auto& entry : meter["responsible"]) {
    if (entry["user"] == kSupplier) entry["user"] = kSecondSupplier;
  }
  const auto put = net::http_request("PUT", node.http() + "/api/v1/devices/" + kEsme, node.as_operator(), meter.dump(),
                                     std::chrono::seconds(20));
  ASSERT_TRUE(put && put->status == 200) << put->body;
  const auto his = schedule(next);
  ASSERT_EQ(code_of(his), "I0") << his.body;
  const auto id = next.next_id(kEsme);
  const auto asked = node.post('S', next.request(id, CommandVariant::SendCommand, "6.23", body(node, kSecondSupplier)));
  ASSERT_EQ(code_of(asked), "I99");
  // At midnight there is a sweep, and nothing left to see.
  const bool same_day = to_iso8601(SystemClock().now(), 0).substr(0, 10) == today;
  EXPECT_TRUE(get("schedules/" + number)->status == 200 || !same_day) << "as long as the meter obeys him";
  const auto done = node.run({"cos", "--once", "--data", node.data()});
  EXPECT_TRUE(has(done.out, id.text() + ": signed\n")) << done.out;
  ASSERT_TRUE(Node::eventually([&] { return has(node.trace(id.text()).dump(), "I0 for "); }, 20))
      << node.trace(id.text()).dump(1);
  EXPECT_TRUE(Node::eventually([&] { return get("schedules/" + number)->status == 404; }, 20));
  EXPECT_TRUE(has(node.trace("dcc:schedule_removed:" + number).dump(), "N43 for ")) << "and he is told";
  EXPECT_EQ(get("schedules/" + element(his.body, "DSPScheduleID"))->status, 200) << "the new one's stays";
}

}  // namespace
}  // namespace meterway::end_to_end
