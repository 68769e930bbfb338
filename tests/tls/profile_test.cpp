#include "base/util/random.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"
#include "tests/end_to_end/node.h"

// The TLS profile as two other implementations see it: curl, and openssl s_client. Wherever a connection must be
// refused, the same command with the right certificate is let in by the first test.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

class Tls : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ports = new tests::PortBlock();
    port = (*ports)[0];
    push_port = (*ports)[1];
    node = new Node({{"tls_port", port},
                     {"check_dates", false},
                     {"users",
                      {{{"eui", kSupplier},
                        {"name", "supplier"},
                        {"roles", {"IS", "GS", "OU"}},
                        {"push_url", "https://127.0.0.1:" + std::to_string(push_port) + "/smartdcc/duis"}},
                       {{"eui", kSecondSupplier}, {"name", "supplier2"}, {"roles", {"IS", "GS", "OU"}}}}}});
    // An authority whose key we have, so that it can issue what the node's own would not.
    SystemRandom random;
    const auto now = SystemClock().now();
    authority = new pki::Authority(*pki::issue_root("Test TLS", pki::Validity::years(now, 5), random));
    const auto more = pki::to_pem(authority->certificate.der, pki::kPemCertificate);
    std::ofstream(tls_folder() / "authority.pem", std::ios::app) << more;
    node->start_platform();
  }
  static void TearDownTestSuite() {
    delete node;
    delete authority;
    delete ports;
    node = nullptr;
  }

  static fs::path tls_folder() { return node->root() / "data" / "platform" / "tls"; }
  static fs::path user_folder(const std::string& eui) { return node->root() / "data" / "users" / eui / "tls"; }

  /// identity.pem and identity.key in a folder of that name, issued by `by`.
  static fs::path issue(const std::string& name, const pki::Authority& by, pki::Validity validity, const char* eui) {
    SystemRandom random;
    const auto folder = node->root() / name;
    fs::create_directories(folder);
    const auto key = *crypto::PrivateKey::generate();
    const auto certificate =
        *pki::issue_tls(by, {*Eui64::parse(eui), PartyRole::Other, name, {}, {}}, validity, key.public_key(), random);
    std::ofstream(folder / "identity.pem") << pki::to_pem(certificate.der, pki::kPemCertificate);
    std::ofstream(folder / "identity.key") << pki::to_pem(key.to_pkcs8(), pki::kPemPrivateKey);
    return folder;
  }
  static pki::Validity today() { return pki::Validity::years(SystemClock().now(), 1); }

  static Said shell(const std::string& command) {
    static int count = 0;
    const auto output = node->root() / ("shell_" + std::to_string(++count));
    Said said;
    said.status = wait_for(start({"/bin/sh", "-c", command}, output));
    said.out = slurp(output);
    return said;
  }
  static std::string identity(const fs::path& folder) {
    return folder.empty()
               ? ""
               : " --cert " + (folder / "identity.pem").string() + " --key " + (folder / "identity.key").string();
  }
  /// The HTTP status that curl sees; "000" where there was no connection.
  static std::string curl(const fs::path& folder, const std::string& options = "",
                          const std::string& path = "/healthz") {
    return shell("curl -s -m 10 -o /dev/null -w '%{http_code}' --cacert " + (tls_folder() / "authority.pem").string() +
                 identity(folder) + " " + options + " https://127.0.0.1:" + std::to_string(port) + path)
        .out;
  }
  /// One request by openssl; what it says of the connection, and the answer.
  static std::string s_client(const fs::path& folder, const std::string& options,
                              const std::string& path = "/healthz") {
    std::string with = identity(folder);
    for (std::size_t at = 0; (at = with.find(" --", at)) != std::string::npos;) with.erase(at + 1, 1);
    return shell("printf 'GET " + path +
                 " HTTP/1.1\\r\\nHost: h\\r\\nConnection: close\\r\\n\\r\\n' | timeout 10 openssl s_client -ign_eof "
                 "-connect "
                 "127.0.0.1:" +
                 std::to_string(port) + " -CAfile " + (tls_folder() / "authority.pem").string() + with + " " + options)
        .out;
  }

  static Node* node;
  static pki::Authority* authority;
  static tests::PortBlock* ports;
  static int port, push_port;
};
Node* Tls::node = nullptr;
pki::Authority* Tls::authority = nullptr;
tests::PortBlock* Tls::ports = nullptr;
int Tls::port = 0;
int Tls::push_port = 0;

TEST_F(Tls, TheRightCertificateComesInByBothVersionsAndEverySuiteOfTheProfile) {
  const auto user = user_folder(kSupplier);
  EXPECT_EQ(curl(user, "--tls-max 1.2"), "200");
  EXPECT_EQ(curl(user, "--tlsv1.3"), "200");
  for (const auto* suite : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}) {
    EXPECT_EQ(curl(user, std::string("--tls-max 1.2 --ciphers ") + suite), "200") << suite;
    const auto said = s_client(user, std::string("-tls1_2 -cipher ") + suite);
    EXPECT_TRUE(has(said, std::string("Cipher is ") + suite)) << said;
    EXPECT_TRUE(has(said, "ECDH, prime256v1")) << said;
    EXPECT_TRUE(has(said, "HTTP/1.1 200")) << said;
  }
  for (const auto* suite : {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"})
    EXPECT_EQ(curl(user, std::string("--tlsv1.3 --tls13-ciphers ") + suite), "200") << suite;
}

TEST_F(Tls, WeakSuitesVersionsAndGroupsAreRefused) {
  const auto user = user_folder(kSupplier);
  for (const auto* suite :
       {"AES128-GCM-SHA256", "AES256-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"})
    EXPECT_EQ(curl(user, std::string("--tls-max 1.2 --ciphers ") + suite + ":@SECLEVEL=0"), "000") << suite;
  EXPECT_EQ(curl(user, "--tlsv1.3 --tls13-ciphers TLS_CHACHA20_POLY1305_SHA256"), "000");
  EXPECT_EQ(curl(user, "--tls-max 1.2 --curves X25519"), "000");
  for (const auto* version : {"-tls1 -cipher ALL:@SECLEVEL=0", "-tls1_1 -cipher ALL:@SECLEVEL=0"}) {
    const auto said = s_client(user, version);
    EXPECT_FALSE(has(said, "HTTP/1.1")) << said;
    EXPECT_TRUE(has(said, "protocol version") || has(said, "unsupported protocol")) << said;
  }
}

TEST_F(Tls, AnotherCertificateOrNoneIsRefusedByBothVersions) {
  SystemRandom random;
  const auto now = SystemClock().now();
  const auto stranger = *pki::issue_root("Somebody", today(), random);
  const pki::Validity over{now - std::chrono::hours(48), now - std::chrono::hours(24)};
  const pki::Validity later{now + std::chrono::hours(24), now + std::chrono::hours(48)};
  const auto right = issue("right", *authority, today(), kSupplier);
  const fs::path wrong[] = {{},
                            issue("stranger", stranger, today(), kSupplier),
                            issue("expired", *authority, over, kSupplier),
                            issue("not-yet", *authority, later, kSupplier)};
  for (const auto* version : {"--tls-max 1.2", "--tlsv1.3"}) {
    EXPECT_EQ(curl(right, version), "200") << version;
    for (const auto& folder : wrong) EXPECT_EQ(curl(folder, version), "000") << version << " " << folder;
  }
  // A certificate for signing documents is of another authority, and is no key to this door.
  const auto documents = node->root() / "data" / "users" / kSupplier;
  std::string stem = (documents / (std::string(kSupplier) + "-ds")).string();
  ASSERT_TRUE(fs::exists(stem + ".pem"));
  EXPECT_EQ(curl({}, "--cert " + stem + ".pem --key-type DER --key " + stem + ".key"), "000");
}

TEST_F(Tls, ARevokedCertificateIsRefusedEvenWhereItResumes) {
  const auto user = issue("revoked", *authority, today(), kSupplier);
  for (const auto* version : {"-tls1_2", "-tls1_3"}) {
    const auto session = (node->root() / (std::string("session") + version)).string();
    EXPECT_TRUE(has(s_client(user, std::string(version) + " -sess_out " + session), "HTTP/1.1 200"));
  }
  EXPECT_EQ(node->run({"pki", "revoke-tls", "--data", node->data(), (user / "identity.pem").string()}).status, 0);
  EXPECT_EQ(curl(user, "--tls-max 1.2"), "000");
  EXPECT_EQ(curl(user, "--tlsv1.3"), "000");
  for (const auto* version : {"-tls1_2", "-tls1_3"}) {
    const auto session = (node->root() / (std::string("session") + version)).string();
    const auto said = s_client(user, std::string(version) + " -sess_in " + session);
    EXPECT_FALSE(has(said, "HTTP/1.1 200")) << said;
  }
  EXPECT_EQ(curl(user_folder(kSupplier)), "200") << "the others still come in";
}

TEST_F(Tls, ASessionResumesWithTheClientsIdentity) {
  const auto user = user_folder(kSupplier);
  const auto request = node->signed_request({"7.4", "--to", kEsme, "--from", kSupplier});
  ASSERT_EQ(code_of(node->post('S', request)), "I99");
  const auto path = "/api/v1/trace/" + element(request, "RequestID");
  for (const auto* version : {"-tls1_2", "-tls1_3"}) {
    const auto session = (node->root() / (std::string("resume") + version)).string();
    const auto first = s_client(user, std::string(version) + " -sess_out " + session, path);
    EXPECT_TRUE(has(first, "\nNew, ")) << first;
    EXPECT_TRUE(has(first, "HTTP/1.1 200")) << first;
    const auto second = s_client(user, std::string(version) + " -sess_in " + session, path);
    EXPECT_TRUE(has(second, "\nReused, ")) << second;
    EXPECT_TRUE(has(second, "HTTP/1.1 200")) << "it is still known who asks\n" << second;
  }
  const auto other = s_client(user_folder(kSecondSupplier), "-tls1_3", path);
  EXPECT_FALSE(has(other, "HTTP/1.1 200")) << "another User's trace\n" << other;
}

TEST_F(Tls, TheUsersCommandsGoOverTls) {
  const auto said = node->send({"8.2", "--tls", "--to", kSpare, "--from", kSupplier});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "Pending")) << said.out;
}

TEST_F(Tls, ARequestOnTheConnectionOfAnotherUserIsRefused) {
  const auto request = node->root() / "other.xml";
  std::ofstream(request) << node->signed_request({"7.4", "--to", kEsme, "--from", kSupplier});
  const auto post = [&](const std::string& eui) {
    return element(shell("curl -s -m 10 --cacert " + (tls_folder() / "authority.pem").string() +
                         identity(user_folder(eui)) + " -H 'content-type: application/xml' --data-binary @" +
                         request.string() + " https://127.0.0.1:" + std::to_string(port) + "/api/v1/serviceS")
                       .out,
                   "ResponseCode");
  };
  EXPECT_EQ(post(kSecondSupplier), "E1");
  EXPECT_EQ(post(kSupplier), "I99");
}

TEST_F(Tls, PushesGoToAnHttpsAddressWhoseCertificateIsBelieved) {
  node->start_estate();
  const auto listen = [&](const char* log) {
    return start({METERWAY_BINARY, "listen", "--tls", "--data", node->data(), "--user", kSupplier, "--port",
                  std::to_string(push_port)},
                 node->root() / log);
  };
  // First with a certificate that leads to nobody we believe.
  const auto folder = user_folder(kSupplier), aside = node->root() / "aside";
  SystemRandom random;
  const auto false_keys = issue("false", *pki::issue_root("Somebody", today(), random), today(), kSupplier);
  fs::copy(folder, aside);
  for (const auto* file : {"identity.pem", "identity.key"})
    fs::copy_file(false_keys / file, folder / file, fs::copy_options::overwrite_existing);
  auto listener = listen("listen_false.log");
  const auto request = node->signed_request({"7.4", "--to", kEsme, "--from", kSupplier});
  ASSERT_EQ(code_of(node->post('S', request)), "I99");
  const auto id = element(request, "RequestID");
  EXPECT_TRUE(Node::eventually([&] { return node->traced(id, "deliver", "failed"); }, 15)) << node->trace(id).dump(1);
  EXPECT_FALSE(node->traced(id, "deliver", "delivered"));
  ::kill(listener, SIGTERM);
  wait_for(listener);
  for (const auto* file : {"identity.pem", "identity.key"})
    fs::copy_file(aside / file, folder / file, fs::copy_options::overwrite_existing);
  listener = listen("listen.log");
  EXPECT_TRUE(Node::eventually([&] { return node->traced(id, "deliver", "delivered"); }, 15))
      << node->trace(id).dump(1);
  // `send` finds its port taken by `listen`, and asks there.
  auto world = node->world();
  for (auto& user : world.at("users")) {
    if (user.at("eui") == kSupplier) user["push_port"] = push_port;
  }
  std::ofstream(fs::path(node->data()) / "world.json") << world.dump();
  const auto said = node->send({"7.4", "--to", kEsme, "--from", kSupplier, "--tls"});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "MAC valid")) << said.out;
  ::kill(listener, SIGTERM);
  wait_for(listener);
  EXPECT_TRUE(has(slurp(node->root() / "listen.log"), "taken")) << slurp(node->root() / "listen.log");
}

}  // namespace
}  // namespace meterway::end_to_end
