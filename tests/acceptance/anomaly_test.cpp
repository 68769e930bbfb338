#include "base/util/base64.h"
#include "standard/duis/response.h"
#include "standard/pki/cms.h"
#include "tests/acceptance/oversight_node.h"
#include "tests/end_to_end/supplier.h"

// Anomaly detection and quarantine through the interface and the road (seed B22, B30; sec-operations.md 10).
namespace meterway::acceptance {
namespace {

using end_to_end::kEsme;
using end_to_end::kNetwork;
using end_to_end::kSupplier;
namespace fs = std::filesystem;

const std::string kThresholds =
    "reference,user_id,user_role,service_reference_variant,warning_threshold,quarantine_threshold,period_hours,"
    "effective_from\r\n";
const std::string kActions = "reference,quarantine_id,request_id,action,reason\r\n";

class AnomalyNode : public OversightNode {
 public:
  AnomalyNode() : OversightNode(json{{"dcc_alert_codes", {{"request_quarantined", "N24"}}}}) {
    person("anna", "supplier", {"aro"}, "Green");
    person("bob", "supplier", {"sro"}, "Green");
    person("paul", "supplier", {"party"}, "Green");
    person("eve", "networkOperator", {"aro"}, "Green");
    run({"anomaly", "iki", "--out", path("iki")});
    const auto pem = end_to_end::slurp(path("iki") + "/root.pem") + end_to_end::slurp(path("iki") + "/issuing.pem");
    EXPECT_EQ(ask("PUT", "anomaly/authorities", "operator", pem, {}, "text/plain").status, 204);
    signer("anna", kSupplier, "730");
    signer("eve", kNetwork, "730");
  }

  std::string path(const std::string& name) const { return (node.root() / name).string(); }
  end_to_end::Said run(std::vector<std::string> arguments) {
    const auto said = node.run(std::move(arguments));
    EXPECT_EQ(said.status, 0) << said.out;
    return said;
  }
  /// Its serial number. Its files lie in keys/<name>.
  std::string signer(const std::string& person, const char* user, const std::string& days, std::string folder = {}) {
    if (folder.empty()) folder = person;
    auto said = run({"anomaly", "signer", "--iki", path("iki"), "--person", person, "--user", user, "--days", days,
                     "--out", path(folder)})
                    .out;
    while (!said.empty() && said.back() == '\n') said.pop_back();
    return said;
  }
  /// base64 of the detached signature by what lies in `folder`.
  std::string sign(const std::string& file, const std::string& person, std::string folder = {}) {
    if (folder.empty()) folder = person;
    std::ofstream(path("file"), std::ios::binary) << file;
    run({"anomaly", "sign", path("file"), "--certificate", path(folder) + "/" + person + ".pem", "--key",
         path(folder) + "/" + person + ".key", "--chain", path(folder) + "/issuing.pem"});
    const auto bytes = end_to_end::slurp(path("file.p7s"));
    return to_base64(Bytes(bytes.begin(), bytes.end()));
  }
  net::HttpResponse submit(const std::string& kind, const std::string& file, const std::string& signature,
                           const std::string& who = "anna", const std::string& query = {}) {
    return ask("POST", "anomaly/" + kind + query, who, file, {{"x-signature", signature}}, "text/csv");
  }
  json held(const std::string& who = "anna") { return got("anomaly/quarantine?state=held", who).at("requests"); }
  std::size_t thresholds() {
    return got("anomaly/thresholds?user=" + std::string(kSupplier), "anna").at("thresholds").size();
  }

  bool notes(std::string_view words) {
    return got("anomaly/audit?limit=1000", "operator").dump().find(words) != std::string::npos;
  }
};

std::string threshold(const std::string& reference, const std::string& service, int quarantine,
                      const std::string& warning = {}) {
  return kThresholds + reference + ",90-B3-D5-1F-30-01-00-00,IS," + service + "," + warning + "," +
         std::to_string(quarantine) + ",24,2026-01-01T00:00:00Z\r\n";
}

TEST(acceptance, B22) {
  AnomalyNode dcc;
  const auto file = threshold("SM-1", "7.4", 100);
  const auto signature = dcc.sign(file, "anna");

  // Who has not the role can neither call it nor look.
  EXPECT_EQ(dcc.submit("thresholds", file, signature, "public").status, 401);
  for (const auto* who : {"paul", "bob", "operator"})
    EXPECT_EQ(dcc.submit("thresholds", file, signature, who).status, 403) << who;
  for (const auto* who : {"paul", "member"}) EXPECT_EQ(dcc.ask("GET", "anomaly/thresholds", who).status, 403) << who;
  EXPECT_EQ(dcc.thresholds(), 0u);

  // A valid signature: a receipt that the DCC has signed, and it takes effect.
  const auto taken = dcc.submit("thresholds", file, signature);
  ASSERT_EQ(taken.status, 201) << taken.body;
  const auto receipt = parsed(taken);
  EXPECT_EQ(receipt.at("channel"), "api");
  EXPECT_EQ(receipt.at("signer"), "anna");
  const auto text = receipt.at("receipt").get<std::string>();
  EXPECT_NE(text.find("SM-1,90-B3-D5-1F-30-01-00-00,thresholds,api,"), std::string::npos) << text;
  const Bytes told(text.begin(), text.end());
  const auto by = pki::verify_detached(pki::content_of(told),
                                       from_base64(receipt.at("receipt_signature").get<std::string>()).value());
  ASSERT_TRUE(by);
  EXPECT_EQ(by->certificate.owner(), Eui64::parse(end_to_end::kBroker).value());
  EXPECT_EQ(dcc.got("anomaly/submissions/90b3d51f30010000/SM-1", "anna").at("file"), file);
  EXPECT_EQ(dcc.got("anomaly/thresholds", "anna").at("thresholds")[0].at("state"), "in effect");

  // Everything that is wrong has its own error, and changes nothing.
  const auto refused = [&](const net::HttpResponse& answer, const std::string& name) {
    EXPECT_TRUE(says(answer, name)) << name << ": " << answer.body;
    EXPECT_EQ(dcc.thresholds(), 1u) << name;
  };
  refused(dcc.submit("thresholds", file, signature), "replayed_reference");
  const auto second = threshold("SM-2", "7.4", 1'000'000);
  refused(dcc.submit("thresholds", second, signature), "bad_signature");
  refused(dcc.submit("thresholds", second, ""), "bad_signature");
  refused(dcc.submit("thresholds", second, dcc.sign(second, "eve")), "signer_of_another");
  refused(dcc.submit("thresholds", second, dcc.sign(second, "eve"), "eve"), "signer_of_another");
  dcc.signer("anna", kSupplier, "-30", "expired");
  refused(dcc.submit("thresholds", second, dcc.sign(second, "anna", "expired")), "expired_signer");
  const auto serial = dcc.signer("anna", kSupplier, "30", "revoked");
  ASSERT_EQ(dcc.ask("DELETE", "anomaly/signers/" + serial, "operator").status, 204);
  refused(dcc.submit("thresholds", second, dcc.sign(second, "anna", "revoked")), "revoked_signer");
  dcc.signer("paul", kSupplier, "30");
  refused(dcc.submit("thresholds", second, dcc.sign(second, "paul")), "signer_without_role");
  dcc.run({"anomaly", "iki", "--out", dcc.path("other")});
  dcc.run({"anomaly", "signer", "--iki", dcc.path("other"), "--person", "anna", "--user", kSupplier, "--out",
           dcc.path("stranger")});
  refused(dcc.submit("thresholds", second, dcc.sign(second, "anna", "stranger")), "untrusted_signer");
  const auto broken = second + "SM-2,90-B3";
  refused(dcc.submit("thresholds", broken, dcc.sign(broken, "anna")), "bad_file");

  // The same file by the back-up channel, brought by the operator: the same signature, and marked.
  const auto backup = threshold("SM-3", "7.4", 100, "80");
  EXPECT_EQ(dcc.submit("thresholds", backup, dcc.sign(backup, "anna"), "anna", "?channel=back-up").status, 403);
  refused(dcc.submit("thresholds", backup, signature, "operator", "?channel=back-up"), "bad_signature");
  const auto brought = dcc.submit("thresholds", backup, dcc.sign(backup, "anna"), "operator", "?channel=back-up");
  ASSERT_EQ(brought.status, 201) << brought.body;
  EXPECT_EQ(parsed(brought).at("channel"), "back-up");
  EXPECT_EQ(dcc.got("anomaly/thresholds", "anna").at("thresholds")[0].at("channel"), "back-up");

  // 1 to 100 are processed, the 101st and the 102nd are not.
  dcc.node.start_estate();
  end_to_end::Supplier supplier(dcc.node);
  std::vector<RequestId> asked;
  for (int i = 1; i <= 102; ++i) {
    asked.push_back(supplier.next_id(kEsme));
    const auto answer = dcc.node.post('S', supplier.request(asked.back(), CommandVariant::SendCommand, "7.4"));
    ASSERT_EQ(end_to_end::code_of(answer), "I99") << i << answer.body;
    if (i <= 100) {
      ASSERT_EQ(dcc.held().size(), 0u) << i;
    }
  }
  EXPECT_TRUE(dcc.node.ends(asked[99].text(), "I0"));
  // The User is warned once, of the 81st, which goes its way all the same.
  const auto warned = dcc.got("anomaly/notices", "anna").at("notices");
  ASSERT_EQ(warned.size(), 1u) << warned;
  EXPECT_EQ(warned[0].at("user_id"), "90-B3-D5-1F-30-01-00-00");
  EXPECT_EQ(warned[0].at("text"), "81 of 7.4, over the warning at 80");
  for (std::size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(dcc.node.traced(asked[i].text(), "anomaly", "warning"), i == 80) << i + 1;
  EXPECT_TRUE(dcc.node.ends(asked[80].text(), "I0"));
  EXPECT_EQ(dcc.got("anomaly/notices", "eve").at("notices").size(), 0u) << "another User is told nothing of it";
  auto held = dcc.held();
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].at("request_id"), asked[100].text());
  EXPECT_EQ(held[0].at("breach"), "USER");
  EXPECT_EQ(held[0].at("counted_value"), "101");
  EXPECT_TRUE(end_to_end::Node::eventually([&] { return dcc.held()[1].at("told") == true; }, 10)) << "by the DCC alert";
  EXPECT_FALSE(dcc.node.traced(asked[100].text(), "wan", "sent"));
  EXPECT_TRUE(dcc.node.traced(asked[100].text(), "anomaly", "quarantined"));

  // The report for the User is signed, too.
  const auto report = dcc.ask("GET", "anomaly/quarantine?format=csv&state=held", "anna");
  const Bytes rows(report.body.begin(), report.body.end());
  EXPECT_TRUE(pki::verify_detached(pki::content_of(rows), from_base64(report.headers.at("x-signature")).value()));
  EXPECT_NE(report.body.find(",USER,100,101,"), std::string::npos) << report.body;

  // Released by two different people, or not at all.
  const auto first = std::to_string(held[0].at("quarantine_id").get<int>());
  const auto release = "anomaly/quarantine/" + first + "/release";
  EXPECT_EQ(dcc.ask("POST", release, "public").status, 401);
  for (const auto* who : {"paul", "operator", "member"}) EXPECT_EQ(dcc.ask("POST", release, who).status, 403) << who;
  EXPECT_EQ(dcc.ask("POST", release, "eve").status, 404) << "another User's is not there for her";
  EXPECT_EQ(dcc.ask("POST", release, "anna").status, 202);
  EXPECT_TRUE(says(dcc.ask("POST", release, "anna"), "same_person"));
  dcc.know("anna again", parsed(dcc.ask("POST", "people/anna/tokens", "operator")).at("token"));
  EXPECT_TRUE(says(dcc.ask("POST", release, "anna again"), "same_person")) << "two tokens of one person";
  EXPECT_FALSE(dcc.node.traced(asked[100].text(), "wan", "sent"));
  const auto released = dcc.ask("POST", release, "bob");
  EXPECT_EQ(released.status, 200) << released.body;
  EXPECT_TRUE(dcc.node.ends(asked[100].text(), "I0"));
  EXPECT_FALSE(dcc.node.traced(asked[101].text(), "wan", "sent")) << "exactly the released one";
  EXPECT_TRUE(says(dcc.ask("POST", release, "bob"), "already_decided"));

  // The other by a signed action file, deleted; not by a file of another's, and not twice.
  held = dcc.held();
  ASSERT_EQ(held.size(), 1u);
  const auto action = [&](const std::string& reference, const std::string& what) {
    return kActions + reference + "," + std::to_string(held[0].at("quarantine_id").get<int>()) + "," +
           asked[101].text() + "," + what + ",not ours\r\n";
  };
  EXPECT_TRUE(says(dcc.submit("actions", action("A-1", "PROCESS"), dcc.sign(action("A-1", "PROCESS"), "eve"), "eve"),
                   "no_item"))
      << "of another's number a file is told nothing, either";
  EXPECT_EQ(dcc.held().size(), 1u);
  const auto deleted = dcc.submit("actions", action("A-1", "DELETE"), dcc.sign(action("A-1", "DELETE"), "anna"));
  EXPECT_EQ(deleted.status, 201) << deleted.body;
  EXPECT_TRUE(dcc.node.ends(asked[101].text(), "E100"));
  EXPECT_TRUE(says(dcc.submit("actions", action("A-2", "PROCESS"), dcc.sign(action("A-2", "PROCESS"), "anna")),
                   "already_decided"));
  EXPECT_FALSE(dcc.node.traced(asked[101].text(), "wan", "sent"));

  // What a lower threshold would have done; every step is in the audit.
  const auto preview = parsed(dcc.ask("POST", "anomaly/preview", "anna", threshold("P", "7.4", 40), {}, "text/csv"));
  EXPECT_EQ(preview.at("counted"), 102) << preview;
  EXPECT_EQ(preview.at("quarantined"), 62) << preview;
  for (const auto* words : {"replayed_reference", "bad_signature", "signer_of_another", "expired_signer",
                            "revoked_signer", "untrusted_signer", "signer_without_role", "bad_file", "same_person",
                            "wrong_role", "back-up", "\"hold\"", "\"release ", "\"delete ", "by file A-1"})
    EXPECT_TRUE(dcc.notes(words)) << words;
}

TEST(anomaly, OutlivesRestartsAndHoldsCommandsForLocalDeliveryAndValues) {
  AnomalyNode dcc;
  const auto file = threshold("SM-1", "4.1.1", 0);
  ASSERT_EQ(dcc.submit("thresholds", file, dcc.sign(file, "anna")).status, 201);
  dcc.node.start_estate();
  end_to_end::Supplier supplier(dcc.node);
  // For local delivery: the command is not given before it is released.
  const auto local = supplier.next_id(kEsme);
  const auto answer = dcc.node.post('D', supplier.request(local, CommandVariant::LocalCommand, "4.1.1"));
  EXPECT_EQ(end_to_end::code_of(answer), "I99") << answer.body;
  EXPECT_EQ(answer.body.find("LocalCommand"), std::string::npos) << answer.body;
  const auto remote = supplier.next_id(kEsme);
  ASSERT_EQ(end_to_end::code_of(dcc.node.post('S', supplier.request(remote, CommandVariant::SendCommand, "4.1.1"))),
            "I99");
  ASSERT_EQ(dcc.held().size(), 2u);
  dcc.node.stop_platform(SIGKILL);
  dcc.node.start_platform();
  ASSERT_EQ(dcc.held().size(), 2u);
  EXPECT_EQ(dcc.ask("POST", "anomaly/quarantine/1/release", "anna").status, 202);
  dcc.node.stop_platform(SIGKILL);
  dcc.node.start_platform();
  EXPECT_EQ(dcc.ask("POST", "anomaly/quarantine/1/release", "bob").status, 200);
  EXPECT_TRUE(dcc.node.ends(local.text(), "I0")) << dcc.node.trace(local.text()).dump(1);
  EXPECT_FALSE(dcc.node.traced(local.text(), "wan", "sent")) << "he takes it there himself";
  const auto action = kActions + "A-1,2," + remote.text() + ",PROCESS,ours\r\n";
  ASSERT_EQ(dcc.submit("actions", action, dcc.sign(action, "anna")).status, 201);
  dcc.node.stop_platform(SIGKILL);
  dcc.node.start_platform();
  EXPECT_TRUE(dcc.node.ends(remote.text(), "I0")) << dcc.node.trace(remote.text()).dump(1);
}

TEST(anomaly, HoldsASignedPreCommandWhoseValueIsOutsideALimitOfTheDcc) {
  AnomalyNode dcc;
  const std::string limits =
      "reference,user_id,service_reference_variant,attribute,minimum,maximum,effective_from\r\n"
      "L-1,ALL,1.5,PrepaymentMode/AdjustMeterBalance,-5000,5000,2026-01-01T00:00:00Z\r\n";
  for (const auto* who : {"anna", "paul", "member"})
    EXPECT_EQ(dcc.ask("POST", "anomaly/limits", who, limits, {}, "text/csv").status, 403) << who;
  ASSERT_EQ(dcc.ask("POST", "anomaly/limits", "operator", limits, {}, "text/csv").status, 201);
  dcc.node.start_estate();
  end_to_end::Supplier supplier(dcc.node);
  const auto adjust = [&](const std::string& value) {
    const auto id = supplier.next_id(kEsme);
    const auto made = dcc.node.post('T', supplier.request(id, CommandVariant::Transform, "1.5",
                                                          "<sr:PrepaymentMode><sr:AdjustMeterBalance>" + value +
                                                              "</sr:AdjustMeterBalance></sr:PrepaymentMode>"));
    EXPECT_EQ(end_to_end::code_of(made), "I0") << made.body;
    const auto answer = dcc.node.post('S', supplier.signed_precommand(id, CommandVariant::SendSigned, "1.5", made));
    EXPECT_EQ(end_to_end::code_of(answer), "I99") << answer.body;
    return id;
  };
  const auto within = adjust("5000");
  EXPECT_TRUE(end_to_end::Node::eventually([&] { return dcc.node.traced(within.text(), "wan", "sent"); }, 15));
  EXPECT_EQ(dcc.held().size(), 0u);
  const auto outside = adjust("5001");
  const auto held = dcc.held();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].at("request_id"), outside.text());
  EXPECT_EQ(held[0].at("breach"), "ATTRIBUTE");
  EXPECT_EQ(held[0].at("threshold"), "-5000..5000");
  EXPECT_EQ(held[0].at("counted_value"), "5001");
}

}  // namespace
}  // namespace meterway::acceptance
