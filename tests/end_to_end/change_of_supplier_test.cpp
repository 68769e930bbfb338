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
         "</sr:ApplyTimeBasedCPVChecks><sr:ImportMPxN>1000000000001</sr:ImportMPxN>";
}

TEST(ChangeOfSupplier, TheTransitionalPartySignsAndTheMeterObeysTheNewSupplier) {
  Node node;
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
  const auto refused = node.run({"cos", "--once", "--data", node.data()});
  EXPECT_TRUE(has(refused.out, false_one.text() + ": not signed: the certificates are not those")) << refused.out;
  const auto id = next.next_id(kEsme);
  ASSERT_EQ(ask(next, id, body(node, kSecondSupplier)), "I99");
  const auto path = node.http() + "/api/v1/cos/requests";
  EXPECT_EQ(net::http_request("GET", path, {}, "", std::chrono::seconds(20))->status, 401) << "nobody may ask";
  const auto waiting =
      json::parse(net::http_request("GET", path, node.as_operator(), "", std::chrono::seconds(20))->body);
  ASSERT_EQ(waiting["requests"].size(), 2U) << waiting.dump(1);
  for (const auto& one : waiting["requests"]) {  // the command as it is, without a signature, is not taken
    const auto back = net::http_request("POST", path + "/" + one["request"].get<std::string>(), node.as_operator(),
                                        json{{"command", one["command"]}}.dump(), std::chrono::seconds(20));
    EXPECT_EQ(back->status, 400) << back->body;
  }
  EXPECT_EQ(times_traced(node, id, "wan", "sent"), 0);
  node.stop_platform(SIGKILL);
  node.start_platform();
  const auto done = node.run({"cos", "--once", "--data", node.data()});
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
}

}  // namespace
}  // namespace meterway::end_to_end
