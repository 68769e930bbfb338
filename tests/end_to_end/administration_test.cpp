#include "base/util/clock.h"
#include "base/util/random.h"
#include "standard/pki/issue.h"
#include "tests/end_to_end/node.h"

// What an operator changes on a running platform is true for the next request, and still true after a restart.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

class Administration : public ::testing::Test {
 protected:
  Said run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", node.data()});
    return node.run(std::move(arguments));
  }
  /// Runs a command that must work; the JSON that it prints.
  json done(std::vector<std::string> arguments) {
    const auto said = run(std::move(arguments));
    EXPECT_EQ(said.status, 0) << said.out;
    return json::parse(said.out, nullptr, false);
  }
  std::string read_supply() { return node.signed_request({"7.4", "--to", kEsme, "--from", kSupplier}); }
  net::HttpResponse get(const std::string& path, const net::Headers& headers) {
    const auto answer = net::http_request("GET", node.http() + path, headers, "", std::chrono::seconds(5));
    EXPECT_TRUE(answer);
    return answer ? *answer : net::HttpResponse{};
  }
  void restart() {
    node.stop_platform();
    node.start_platform();
  }
  Node node{json{{"check_dates", true}}};
};

TEST_F(Administration, ASuspendedUserIsRefusedUntilItIsResumedAlsoAfterARestart) {
  node.start_platform();
  EXPECT_EQ(code_of(node.post('S', read_supply())), "I99");
  done({"user", "suspend", kSupplier});
  EXPECT_EQ(code_of(node.post('S', read_supply())), "E3");
  restart();
  EXPECT_EQ(code_of(node.post('S', read_supply())), "E3") << "the configuration does not bring it back";
  done({"user", "resume", kSupplier});
  EXPECT_EQ(code_of(node.post('S', read_supply())), "I99");
  done({"user", "remove", kSupplier});
  restart();
  EXPECT_EQ(code_of(node.post('S', read_supply())), "E1");
  done({"user", "add", kSupplier, "--name", "again", "--role", "IS"});
  EXPECT_EQ(code_of(node.post('S', read_supply())), "I99");
}

TEST_F(Administration, ARevokedCertificateIsRefusedFromTheNextRequestOnAndShownAsRevoked) {
  node.start_platform();
  EXPECT_EQ(code_of(node.post('S', read_supply())), "I99");
  const auto request = read_supply();
  const auto begin = request.find("X509SerialNumber>") + 17;
  const auto serial = request.substr(begin, request.find('<', begin) - begin);
  std::string hex;
  const auto list = json::parse(get("/api/v1/certificates?owner=" + std::string(kSupplier), node.as_operator()).body);
  for (const auto& one : list.at("certificates")) {
    if (pki::SmkiSerial::from_hex(one.at("serial").get<std::string>())->decimal() == serial) hex = one.at("serial");
  }
  ASSERT_FALSE(hex.empty()) << serial;
  EXPECT_EQ(done({"certificate", "revoke", hex}).at("status"), "revoked");
  const auto refused = node.post('S', request);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(has(refused.body, "revoked")) << refused.body;
  const auto search = net::http_request(
      "POST", node.smki() + "/services/certificatesearch", {{"content-type", "application/xml"}},
      "<CertificateSearchRequest><CertificateSubjectName>90-B3-D5-1F-30-01-00-00</CertificateSubjectName>"
      "</CertificateSearchRequest>",
      std::chrono::seconds(5));
  ASSERT_TRUE(search);
  EXPECT_TRUE(has(search->body, "<CertificateStatus>R</CertificateStatus>")) << search->body;
  restart();
  EXPECT_EQ(node.post('S', request).status, 403) << "the folder it came from does not bring it back";
  EXPECT_FALSE(run({"certificate", "use", hex}).status == 0) << "for good";
}

TEST_F(Administration, AnExpiredCertificateIsRefusedWhereDatesAreChecked) {
  node.start_platform();
  EXPECT_EQ(code_of(node.post('S', read_supply())), "I99") << "valid today";
  // The supplier signs with a certificate that ended years ago.
  SystemRandom random;
  const ManualClock long_ago(*from_iso8601("2010-01-01T00:00:00Z"));
  const Eui64 supplier = *Eui64::parse(kSupplier);
  auto old = pki::make_demo_pki({{supplier, PartyRole::Supplier, "supplier", false, true}}, {}, long_ago, random);
  ASSERT_TRUE(old);
  const auto folder = fs::path(node.data()) / "users" / kSupplier;
  for (const auto& record : old->records) {
    if (record.use != pki::KeyUse::XmlSigning) continue;
    ASSERT_TRUE(pki::write_key_files(folder, record, pki::WriteKeys::Yes));
    done({"certificate", "add", (folder / (std::string(kSupplier) + "-xml.pem")).string()});
    EXPECT_LT(record.certificate.not_after, SystemClock().now());
  }
  const auto refused = node.post('S', read_supply());
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(has(refused.body, "not valid today")) << refused.body;
}

TEST_F(Administration, AUserReadsItsOwnTracesAndSeesNothingOfOthers) {
  node.start_platform();
  const auto request = read_supply();
  EXPECT_EQ(code_of(node.post('S', request)), "I99");
  const auto id = element(request, "RequestID");
  for (const auto* user : {kSupplier, kSecondSupplier}) {
    const auto said = run({"user", "token", user, "--save"});
    EXPECT_EQ(said.status, 0) << said.out;
  }
  EXPECT_EQ(run({"trace", id}).status, 0) << "the operator";
  EXPECT_EQ(run({"trace", id, "--as", kSupplier}).status, 0) << "the originator";
  const auto other = run({"trace", id, "--as", kSecondSupplier});
  EXPECT_NE(other.status, 0);
  EXPECT_TRUE(has(other.out, "nothing is known")) << other.out;
  EXPECT_EQ(get("/api/v1/trace/" + id, {}).status, 401) << "nobody";
  const auto mode = fs::status(fs::path(node.data()) / "platform" / "operator.token").permissions();
  EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Administration, DevicesAreAddedImportedAndTakenAway) {
  node.start_platform();
  const std::string meter = "00db1234567890f1";
  const auto ask = [&] {
    return code_of(node.post('S', node.signed_request({"7.4", "--to", meter, "--from", kSupplier})));
  };
  EXPECT_EQ(ask(), "E19");
  std::ofstream(node.root() / "devices.tsv")
      << "eui\ttype\tstate\thub\tUPRN\tresponsible\n"
      << meter << "\tESME\tCommissioned\t" << kHub << "\t100000000001\tIS:" << kSupplier << "\n"
      << "00db1234567890f2\tGSME\tPending\t\t\tGS:" << kSupplier << ",from=2026-01-01T00:00:00Z;GT:" << kNetwork
      << "\n";
  const auto imported = run({"device", "import", (node.root() / "devices.tsv").string()});
  EXPECT_EQ(imported.status, 0) << imported.out;
  EXPECT_TRUE(has(imported.out, "2 devices added")) << imported.out;
  EXPECT_EQ(ask(), "I99");
  EXPECT_EQ(done({"device", "show", "00db1234567890f2"}).at("responsible").size(), 2u);
  done({"device", "set", meter, "--state", "Suspended", "--detail", "UPRN="});
  EXPECT_FALSE(done({"device", "show", meter}).at("details").contains("UPRN"));
  EXPECT_EQ(ask(), "E5");
  EXPECT_TRUE(has(run({"device", "list", "--hub", kHub}).out, meter));
  std::ofstream(node.root() / "wrong.tsv") << "eui\ttype\n00db1234567890f3\tESME\n00db1234567890f4\tTOASTER\n";
  const auto wrong = run({"device", "import", (node.root() / "wrong.tsv").string()});
  EXPECT_NE(wrong.status, 0);
  EXPECT_TRUE(has(wrong.out, "line 3")) << wrong.out;
  EXPECT_NE(run({"device", "show", "00db1234567890f3"}).status, 0) << "all or none of a batch";
  EXPECT_NE(run({"device", "add", meter, "--type", "ESME"}).status, 0) << "it is there";
}

}  // namespace
}  // namespace meterway::end_to_end
