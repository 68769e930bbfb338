// `meterway doctor`: each check, failing; and the whole of it over a node.
#include <sys/resource.h>

#include "tests/watching/watched_node.h"

namespace meterway::watching {
namespace {

namespace fs = std::filesystem;
using end_to_end::has;

class Doctor : public ::testing::Test {
 protected:
  end_to_end::Said doctor(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"doctor", "--data", node.data()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return node.run(arguments);
  }
  /// It says so, says what to do, and ends with 1.
  void expect_problem(const std::string& what, const std::string& remedy, const std::vector<std::string>& more = {}) {
    const auto said = doctor(more);
    EXPECT_EQ(said.status, 1) << said.out;
    const auto at = said.out.find("PROBLEM  ");
    ASSERT_NE(at, std::string::npos) << said.out;
    EXPECT_TRUE(has(said.out, what)) << said.out;
    EXPECT_TRUE(has(said.out, "do: ") && has(said.out, remedy)) << said.out;
  }
  fs::path platform() const { return fs::path(node.data()) / "platform"; }
  Node node;
};

TEST_F(Doctor, FindsNothingWrongWithANodeThatRuns) {
  node.start_platform();
  node.start_estate();
  ASSERT_TRUE(Node::eventually([&] { return has(doctor().out, "1 communications hubs are connected"); }, 10));
  const auto said = doctor();
  EXPECT_EQ(said.status, 0) << said.out;
  for (const char* what : {"the clock says", "signs and verifies", "files open", "belongs to this account",
                           "can be written", "are their owner's alone", "store of version", "configuration can be read",
                           "XML-signing certificate is valid until", "TLS certificate of the platform is valid until",
                           "answers HTTP", "running platform is ready", "the portal's pages are at"})
    EXPECT_TRUE(has(said.out, what)) << what << "\n" << said.out;
}

TEST_F(Doctor, FindsKeysAndTokensThatOthersCanRead) {
  fs::permissions(platform() / "tls" / "identity.key", fs::perms(0644));
  expect_problem("identity.key can be read by others (mode 644)", "chmod 600 ");
}

TEST_F(Doctor, FindsADiskThatIsFull) {
  expect_problem("MB are free at", "make room", {"--least-free-mb", "999999999"});
}

TEST_F(Doctor, FindsThatTooFewFilesMayBeOpen) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 200;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  expect_problem("may have 200 files open", "ulimit -n");
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(Doctor, FindsASettingThatThereIsNot) {
  std::ofstream(platform() / "config.json") << R"({"http_prot": 1})";
  expect_problem("http_prot: unknown setting", "settings.md");
}

TEST_F(Doctor, FindsThatTheSigningKeyIsGone) {
  for (const auto& file : fs::directory_iterator(platform() / "keys")) {
    if (has(file.path().filename().string(), "-xml.key")) fs::remove(file.path());
  }
  expect_problem("no XML-signing key", "put the DCC's XML-signing certificate and key");
}

TEST_F(Doctor, FindsATlsCertificateThatIsNone) {
  std::ofstream(platform() / "tls" / "identity.pem") << "nothing";
  expect_problem("identity.pem: ", "put a certificate there");
}

TEST_F(Doctor, FindsAStoreThatIsNone) {
  std::ofstream(platform() / "store.db") << std::string(8192, 'x');
  expect_problem("store.db: ", "restore a back-up");
}

TEST_F(Doctor, FindsAFolderThatIsNoNode) {
  fs::remove(fs::path(node.data()) / "world.json");
  expect_problem("world.json", "give the folder of a node");
}

TEST_F(Doctor, FindsThatNoHomeIsConnected) {
  node.start_platform();
  expect_problem("no communications hub is connected", "meterway estate");
}

TEST_F(Doctor, FindsThatThePortalHasNoPages) {
  node.start_platform();
  auto world = node.world();
  world["portal_port"] = world["smki_port"];
  std::ofstream(fs::path(node.data()) / "world.json") << world.dump();
  expect_problem("answers 404 and no page", "built with its pages");
}

TEST_F(Doctor, FindsAStrangerOnThePort) {
  // The link's port speaks no HTTP: the certificate search is made to stand there.
  node.start_platform();
  auto world = node.world();
  world["smki_port"] = world["link_port"];
  std::ofstream(fs::path(node.data()) / "world.json") << world.dump();
  expect_problem("is taken by something that does not speak HTTP", "ss -ltnp");
}

}  // namespace
}  // namespace meterway::watching
