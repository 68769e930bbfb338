#include "base/net/framed.h"
#include "base/util/base64.h"
#include "base/util/hex.h"
#include "base/wire/link_frame.h"
#include "standard/gbcs/protect.h"
#include "standard/pki/key_store.h"
#include "tests/end_to_end/node.h"

// spec/refusals.tsv row by row, over HTTP. Each request is right but for one thing.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

/// One platform without a home for all rows; nothing here reaches a device.
class Refusals : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    node = new Node({{"most_body_bytes", 60000}, {"reach_timeout_ms", 300}, {"device_timeout_ms", 500}});
    node->start_platform();
  }
  static void TearDownTestSuite() {
    delete node;
    node = nullptr;
  }
  static std::string read_supply() { return node->signed_request({"7.4", "--to", kEsme, "--from", kSupplier}); }
  static Node* node;
};
Node* Refusals::node = nullptr;

TEST_F(Refusals, PathsMethodsAndTypesOfContent) {
  const auto ask = [&](const std::string& method, const std::string& path, net::Headers headers,
                       const std::string& body) {
    const auto answer = net::http_request(method, node->http() + path, headers, body, std::chrono::seconds(5));
    EXPECT_TRUE(answer);
    return answer ? *answer : net::HttpResponse{};
  };
  EXPECT_EQ(ask("POST", "/api/v1/serviceX", {{"content-type", "application/xml"}}, "<a/>").status, 404);
  EXPECT_EQ(ask("POST", "/", {{"content-type", "application/xml"}}, "<a/>").status, 404);
  const auto get = ask("GET", "/api/v1/serviceS", {}, "");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.headers.at("allow"), "POST");
  EXPECT_EQ(node->post('S', "<a/>", "text/plain").status, 415);
  EXPECT_EQ(node->post('S', "<a/>", "application/xml; charset=utf-8").status, 400) << "parameters are allowed";
  EXPECT_EQ(node->post('S', std::string(70000, ' ')).status, 413);
  EXPECT_EQ(ask("POST", "/api/v1/serviceS", {{"content-type", "application/xml"}, {"x-long", std::string(20000, 'x')}},
                "<a/>")
                .status,
            431);
}

TEST_F(Refusals, WhatIsNoDocument) {
  for (const auto* text : {"", "not xml", "<a><b></a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"}) {
    const auto answer = node->post('S', text);
    EXPECT_EQ(answer.status, 400) << text;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
  }
}

TEST_F(Refusals, WhatDoesNotFitTheSchemaIsNamedWithElementAndLine) {
  const auto answer = node->post('S', replaced(read_supply(), "<sr:CommandVariant>1<", "<sr:CommandVariant>77<"));
  EXPECT_EQ(answer.status, 400);
  const auto detail = json::parse(answer.body).at("detail").get<std::string>();
  EXPECT_TRUE(has(detail, "CommandVariant")) << detail;
  EXPECT_TRUE(has(detail, "line ")) << detail;
}

TEST_F(Refusals, WhatIsNotSignedByItsOriginator) {
  const auto request = read_supply();
  EXPECT_EQ(node->post('S', replaced(request, "90-", "90-")).status, 200) << "the untouched one is taken";
  const auto signature = request.find("<ds:Signature");
  ASSERT_NE(signature, std::string::npos);
  const auto end = request.find("</ds:Signature>") + 15;
  const auto again = read_supply();
  EXPECT_EQ(node->post('S', again.substr(0, again.find("<ds:Signature")) + "</sr:Request>").status, 403) << "none";
  EXPECT_EQ(
      node->post('S', replaced(again, "</sr:Request>", request.substr(signature, end - signature) + "</sr:Request>"))
              .status /
          100,
      4)
      << "two";
  EXPECT_EQ(
      node->post('S', replaced(again, "<sr:ReadSupplyStatus></sr:ReadSupplyStatus>", "<sr:ReadMeterBalance/>")).status /
          100,
      4)
      << "other content";
  auto unknown = again;
  const auto at = unknown.find("X509SerialNumber>") + 17;
  unknown[at] = unknown[at] == '1' ? '2' : '1';
  EXPECT_EQ(node->post('S', unknown).status, 403) << "unknown certificate";
  // The second supplier's own, valid signature under a request that names the first.
  const auto other = node->signed_request({"7.4", "--to", kEsme, "--from", kSecondSupplier});
  EXPECT_EQ(node->post('S', replaced(other, "90-B3-D5-1F-30-03", "90-B3-D5-1F-30-01")).status, 403) << "another's";
}

TEST_F(Refusals, E2WhenTheRoleIsNotEligible) {
  const auto answer = node->post(
      'S', node->sign_again(
               replaced(node->signed_request({"7.4", "--to", kEsme, "--from", kNetwork}),
                        "<sr:ServiceReference>7.4</sr:ServiceReference><sr:ServiceReferenceVariant>7.4</"
                        "sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:ReadSupplyStatus></sr:ReadSupplyStatus>",
                        "<sr:ServiceReference>4.18</sr:ServiceReference><sr:ServiceReferenceVariant>4.18</"
                        "sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:ReadMeterBalance/>"),
               kNetwork));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(code_of(answer), "E2") << answer.body;
  EXPECT_TRUE(has(answer.body, "<ds:Signature")) << "refusals are signed too";
}

TEST_F(Refusals, E4WhenAnotherIsResponsible) {
  EXPECT_EQ(code_of(node->post('S', node->signed_request({"7.4", "--to", kEsme, "--from", kSecondSupplier}))), "E4");
}
TEST_F(Refusals, E5WhenTheDevicesStateDoesNotAllowIt) {
  EXPECT_EQ(code_of(node->post('S', node->signed_request({"8.9", "--to", kSpare, "--from", kSupplier}))), "E5");
}
TEST_F(Refusals, E11WhenTheServiceIsNotForTheTypeOfDevice) {
  EXPECT_EQ(code_of(node->post('S', node->signed_request({"7.4", "--to", kPpmid, "--from", kSupplier}))), "E11");
}

TEST_F(Refusals, E12WhenTheCommandVariantIsNotForTheRequest) {
  EXPECT_EQ(code_of(node->post(
                'T', node->sign_again(replaced(read_supply(), "CommandVariant>1<", "CommandVariant>4<"), kSupplier))),
            "E12");
}

TEST_F(Refusals, E13WhenSentToTheWrongService) {
  EXPECT_EQ(code_of(node->post('T', read_supply())), "E13");
  EXPECT_EQ(code_of(node->post('D', read_supply())), "E13");
}

TEST_F(Refusals, E17WhenAskedForALocalCommand) {
  // 8.5 goes over the WAN alone; 7.4 may be local.
  auto opt_out = replaced(read_supply(), "CommandVariant>1<", "CommandVariant>2<");
  opt_out = replaced(opt_out, "<sr:ServiceReference>7.4<", "<sr:ServiceReference>8.5<");
  opt_out = replaced(opt_out, "<sr:ServiceReferenceVariant>7.4<", "<sr:ServiceReferenceVariant>8.5<");
  opt_out = replaced(opt_out, "<sr:ReadSupplyStatus></sr:ReadSupplyStatus>",
                     "<sr:ServiceOptOut><sr:ExecutionDateTime>3000-12-01T00:00:00Z</sr:ExecutionDateTime>"
                     "<sr:ACBFloorSeqNumber>1</sr:ACBFloorSeqNumber><sr:ReplacementCertificates>"
                     "<sr:KeyAgreementCertificate>AA==</sr:KeyAgreementCertificate></sr:ReplacementCertificates>"
                     "<sr:CertificationPathCertificates><sr:Certificate>AA==</sr:Certificate>"
                     "</sr:CertificationPathCertificates><sr:ApplyTimeBasedCPVChecks>true</sr:ApplyTimeBasedCPVChecks>"
                     "</sr:ServiceOptOut>");
  EXPECT_EQ(code_of(node->post('D', node->sign_again(opt_out, kSupplier))), "E17");
}

TEST_F(Refusals, E19WhenThereIsNoSuchDevice) {
  EXPECT_EQ(code_of(node->post('S', node->signed_request({"7.4", "--to", "00db1234567890ff", "--from", kSupplier}))),
            "E19");
  EXPECT_EQ(code_of(node->post('D', node->signed_request({"8.2", "--to", "00db1234567890ff", "--from", kSupplier}))),
            "E19");
}

TEST_F(Refusals, E100WhenTheCounterIsStaleOrTheRequestIDIsReused) {
  const auto request = read_supply();
  EXPECT_EQ(code_of(node->post('S', request)), "I99");
  const auto id = element(request, "RequestID");
  const auto counter = id.substr(id.rfind(':') + 1);
  const auto earlier = std::to_string(std::stoull(counter) - 1);
  EXPECT_EQ(code_of(node->post('S', node->sign_again(replaced(request, counter, earlier), kSupplier))), "E100")
      << "stale";
  EXPECT_EQ(code_of(node->post(
                'S', node->sign_again(replaced(request, "schemaVersion=\"5.4\"", "schemaVersion=\"5.3\""), kSupplier))),
            "E100")
      << "reused";
  EXPECT_EQ(code_of(node->post('S', request)), "I99") << "the same again is answered the same";
}

TEST_F(Refusals, E100WhenTheSignedPreCommandIsNotTheOneMade) {
  const auto request = node->signed_request({"1.1.1", "--to", kEsme, "--from", kSupplier});
  const auto transformed = node->post('T', request);
  ASSERT_EQ(code_of(transformed), "I0") << transformed.body;
  const auto id = element(request, "RequestID");
  const auto made = element(transformed.body, "GBCSPayload");
  const auto signed_request = [&](const std::string& request_id, const std::string& payload) {
    return node->sign_again(
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" "
        "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" schemaVersion=\"5.4\"><sr:Header><sr:RequestID>" +
            request_id +
            "</sr:RequestID><sr:CommandVariant>5</sr:CommandVariant><sr:ServiceReference>1.1</sr:ServiceReference>"
            "<sr:ServiceReferenceVariant>1.1.1</sr:ServiceReferenceVariant></"
            "sr:Header><sr:Body><sr:SignedPreCommand><sr:GBCSPayload>" +
            payload + "</sr:GBCSPayload></sr:SignedPreCommand></sr:Body><ds:Signature/></sr:Request>",
        kSupplier);
  };
  /// The pre-command, or one that differs in its last byte, with the signature of this User.
  const auto signed_by = [&](const char* user, bool differs) {
    auto message = gbcs::read_message(from_base64(made).value()).value();
    if (differs) message.content.back() ^= 1;
    const auto keys = pki::open_key_folder(node->data() + "/users/" + user).value();
    const auto* key = keys->private_key(Eui64::parse(user).value(), pki::KeyUse::DigitalSignature);
    EXPECT_TRUE(gbcs::sign(message, *key));
    return to_base64(gbcs::write_message(message));
  };
  EXPECT_EQ(code_of(node->post('S', signed_request(id, made))), "E100") << "not signed at all";
  EXPECT_EQ(code_of(node->post('S', signed_request(id, signed_by(kSecondSupplier, false)))), "E100") << "by another";
  EXPECT_EQ(code_of(node->post('S', signed_request(id, signed_by(kSupplier, true)))), "E100") << "another command";
  const auto unknown = signed_request(id + "0", signed_by(kSupplier, false));
  EXPECT_EQ(code_of(node->post('S', unknown)), "E100") << "no pre-command was made for that RequestID";
  const auto right = node->post('S', signed_request(id, signed_by(kSupplier, false)));
  EXPECT_EQ(code_of(right), "I99") << "the wrong ones have not used it up: " << right.body;
}

TEST_F(Refusals, E100ForAServiceThatIsNotCarriedYet) {
  EXPECT_EQ(code_of(node->post('D', node->signed_request({"5.2", "--to", kBroker, "--param",
                                                          "DeviceID=00-DB-12-34-56-78-90-A0", "--from", kSupplier}))),
            "E100");
}

TEST_F(Refusals, E20IsPushedWhenTheHubIsNotConnected) {
  const auto request = node->signed_request({"7.4", "--to", kGsme, "--from", kSupplier});
  EXPECT_EQ(code_of(node->post('S', request)), "I99");
  const auto id = element(request, "RequestID");
  EXPECT_TRUE(Node::eventually([&] { return has(node->trace(id).dump(), "E20"); }, 5)) << node->trace(id).dump(1);
}

TEST_F(Refusals, E21IsPushedWhenTheDeviceDoesNotAnswerInTime) {
  // A region that takes every message and never answers.
  net::FramedEvents events;
  events.connected = [](std::shared_ptr<net::FramedConnection> connection) {
    (void)connection->send(wire::write_link_frame(wire::LinkHello{wire::kLinkVersion, {0x00db1234567890a2}}));
  };
  events.frame = [](const std::shared_ptr<net::FramedConnection>& connection, Bytes bytes) {
    const auto frame = wire::read_link_frame(bytes);
    if (!frame) return;
    if (const auto* deliver = std::get_if<wire::LinkDeliver>(&*frame))
      (void)connection->send(wire::write_link_frame(wire::LinkAck{deliver->transaction}));
  };
  const auto region = net::connect_framed("127.0.0.1", node->world().at("link_port").get<std::uint16_t>(), events,
                                          std::chrono::milliseconds(50));
  ASSERT_TRUE(region);
  const auto request = node->signed_request({"7.4", "--to", kGsme, "--from", kSupplier});
  EXPECT_EQ(code_of(node->post('S', request)), "I99");
  const auto id = element(request, "RequestID");
  EXPECT_TRUE(Node::eventually([&] { return has(node->trace(id).dump(), "E21"); }, 5)) << node->trace(id).dump(1);
  EXPECT_TRUE(node->traced(id, "wan", "arrived"));
}

TEST(RefusalsOfUsers, E1WithoutARoleE3WhileSuspendedAndCodesFromTheConfiguration) {
  Node node({{"users",
              {{{"eui", kSupplier}, {"name", "suspended"}, {"roles", {"IS"}}, {"state", "suspended"}},
               {{"eui", kNetwork}, {"name", "without roles"}, {"roles", json::array()}},
               {{"eui", kSecondSupplier}, {"name", "live"}, {"roles", {"IS", "GS"}}}}},
             {"refusal_codes", {{"senseless", "E31"}}}});
  node.start_platform();
  EXPECT_EQ(code_of(node.post('S', node.signed_request({"7.4", "--to", kEsme, "--from", kSupplier}))), "E3");
  EXPECT_EQ(code_of(node.post('S', node.signed_request({"7.4", "--to", kEsme, "--from", kNetwork}))), "E1");
  EXPECT_EQ(code_of(node.post('D', node.signed_request({"11.1", "--to", kBroker, "--from", kSecondSupplier}))), "E31");
}

TEST(Serve, RefusesASettingThatItDoesNotKnow) {
  Node node(json{{"colour", "red"}});
  const auto said =
      node.run({"serve", "--data", node.data(), "--config", (node.root() / "over.json").string(), "--no-estate"});
  EXPECT_NE(said.status, 0);
  EXPECT_TRUE(has(said.out, "colour: unknown setting")) << said.out;
}

}  // namespace
}  // namespace meterway::end_to_end
