#include <set>

#include "base/util/base64.h"
#include "records/audit/log.h"
#include "records/store/log_store.h"
#include "tests/acceptance/oversight_node.h"

// People, what they may do, and the log of what they did (seed B30, A02; sec-operations.md 11).
namespace meterway::acceptance {
namespace {

using end_to_end::kSupplier;
namespace fs = std::filesystem;

class PeopleNode : public OversightNode {
 public:
  explicit PeopleNode(json config = json::object()) : OversightNode(std::move(config)) {
    person("anna", "supplier", {"aro"}, "Green");
    person("paul", "supplier", {"party"}, "Green");
    person("ops", "DCC", {"operations"}, "Green");
    person("audit.red", "DCC", {"auditor"}, "Red");
  }
  std::string path(const std::string& name) const { return (node.root() / name).string(); }
  end_to_end::Said run(std::vector<std::string> arguments) { return node.run(std::move(arguments)); }
  end_to_end::Said meterway(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", node.data()});
    return node.run(std::move(arguments));
  }
  /// base64 of the detached signature of an officer whose certificate is made here.
  std::string signature(const std::string& file, const std::string& person) {
    const auto keys = path("keys." + person);
    if (!fs::exists(path("iki"))) {
      EXPECT_EQ(run({"anomaly", "iki", "--out", path("iki")}).status, 0);
      const auto pem = end_to_end::slurp(path("iki") + "/root.pem") + end_to_end::slurp(path("iki") + "/issuing.pem");
      EXPECT_EQ(ask("PUT", "anomaly/authorities", "operator", pem, {}, "text/plain").status, 204);
    }
    if (!fs::exists(keys)) {
      const auto made =
          run({"anomaly", "signer", "--iki", path("iki"), "--person", person, "--user", kSupplier, "--out", keys});
      EXPECT_EQ(made.status, 0) << made.out;
    }
    std::ofstream(path("file"), std::ios::binary) << file;
    const auto made = run({"anomaly", "sign", path("file"), "--certificate", keys + "/" + person + ".pem", "--key",
                           keys + "/" + person + ".key", "--chain", keys + "/issuing.pem"});
    EXPECT_EQ(made.status, 0) << made.out;
    const auto bytes = end_to_end::slurp(path("file.p7s"));
    return to_base64(Bytes(bytes.begin(), bytes.end()));
  }
  std::set<std::string> functions(const std::string& who) {
    std::set<std::string> out;
    const auto me = got("me", who);
    for (const auto& one : me.at("functions")) out.insert(one.get<std::string>());
    return out;
  }
  json entries(const std::string& query) { return got("audit/entries?limit=1000&" + query, "operator").at("entries"); }
};

constexpr const char* kSubmit = "anomaly.thresholds.submit";

TEST(acceptance, B30) {
  PeopleNode dcc;
  const std::string file =
      "reference,user_id,user_role,service_reference_variant,warning_threshold,quarantine_threshold,period_hours,"
      "effective_from\r\nSM-1,90-B3-D5-1F-30-01-00-00,IS,7.4,,100,24,2026-01-01T00:00:00Z\r\n";
  const auto submit = [&](const std::string& who) {
    return dcc.ask("POST", "anomaly/thresholds", who, file, {{"x-signature", dcc.signature(file, "anna")}}, "text/csv");
  };
  const auto thresholds = [&] {
    return dcc.got("anomaly/thresholds?user=" + std::string(kSupplier), "operator").at("thresholds").size();
  };

  // A person of the User's own party without the job type does not see the function, and cannot call it; not with
  // another job type, nor without a name, nor with a file that an officer has signed.
  EXPECT_EQ(dcc.functions("paul").count(kSubmit), 0u);
  EXPECT_EQ(dcc.functions("public").count(kSubmit), 0u);
  for (const auto* who : {"paul", "ops", "audit.red", "secretary", "member"}) {
    const auto answer = submit(who);
    EXPECT_EQ(answer.status, 403) << who;
    EXPECT_TRUE(says(answer, "not_permitted")) << who << answer.body;
    EXPECT_TRUE(says(answer, "it is given to aro (seed B30, S)")) << answer.body;
  }
  EXPECT_EQ(submit("public").status, 401);
  EXPECT_EQ(thresholds(), 0u);
  // Nor by another way to the same thing.
  EXPECT_EQ(dcc.ask("GET", "anomaly/thresholds", "paul").status, 403);
  EXPECT_EQ(dcc.ask("POST", "anomaly/preview", "paul", file, {}, "text/csv").status, 403);
  // What was refused is in the audit, with whom, what and by which rule.
  const auto refused = dcc.entries("who=paul&function=" + std::string(kSubmit));
  ASSERT_EQ(refused.size(), 1u) << refused;
  EXPECT_EQ(refused[0].at("outcome"), "refused");
  EXPECT_EQ(refused[0].at("party"), "supplier");
  const auto said = dcc.meterway({"explain", "permission", kSubmit, "--as", "paul"});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(end_to_end::has(said.out, "paul (party): denied")) << said.out;
  EXPECT_TRUE(end_to_end::has(said.out, "aro: the User of his own party (seed B30, S)")) << said.out;

  // The officer sees it and may; given the job type, so does another, and taken back he does not.
  EXPECT_EQ(dcc.functions("anna").count(kSubmit), 1u);
  EXPECT_EQ(submit("anna").status, 201);
  EXPECT_EQ(thresholds(), 1u);
  const auto give = [&](const std::vector<std::string>& job_types) {
    EXPECT_EQ(
        dcc.ask("PUT", "people/paul", "operator", {{"party", "supplier"}, {"roles", job_types}, {"clearance", "Green"}})
            .status,
        200);
  };
  give({"party", "aro"});
  EXPECT_EQ(dcc.functions("paul").count(kSubmit), 0u) << "the job type is held by a verified identity alone";
  EXPECT_EQ(submit("paul").status, 403);
  const auto identity = dcc.identify("paul");
  EXPECT_EQ(dcc.functions("paul").count(kSubmit), 1u);
  EXPECT_TRUE(says(submit("paul"), "replayed_reference")) << "the file is looked at now";
  EXPECT_EQ(dcc.ask("DELETE", "people/paul/certificates/" + identity.fingerprint, "operator").status, 204);
  EXPECT_EQ(submit("paul").status, 403) << "no certificate stands behind his name any more";
  dcc.identify("paul");
  EXPECT_TRUE(says(submit("paul"), "replayed_reference"));
  give({"party"});
  EXPECT_EQ(dcc.functions("paul").count(kSubmit), 0u);
  EXPECT_EQ(submit("paul").status, 403);

  // The service desk is told of the function for the back-up channel alone: it brings what an officer has signed.
  // (There are no pages; what one would show is `functions` of /me.)
  dcc.person("dora", "DCC", {"desk"}, "Green");
  EXPECT_EQ(dcc.functions("dora").count(kSubmit), 1u);
  auto other = file;
  other.replace(other.find("SM-1"), 4, "SM-2");
  const auto bring = [&](const char* query) {
    return dcc.ask("POST", "anomaly/thresholds" + std::string(query), "dora", other,
                   {{"x-signature", dcc.signature(other, "anna")}}, "text/csv");
  };
  const auto usual = bring("");
  EXPECT_EQ(usual.status, 403);
  EXPECT_TRUE(says(usual, "wrong_role")) << usual.body;
  EXPECT_EQ(thresholds(), 1u);
  EXPECT_EQ(bring("?channel=back-up").status, 201);
  EXPECT_EQ(thresholds(), 2u);
  const auto brought = dcc.entries("who=dora&function=" + std::string(kSubmit));
  ASSERT_EQ(brought.size(), 2u) << brought;
  EXPECT_EQ(brought[0].at("outcome"), "done");
  EXPECT_EQ(brought[1].at("outcome"), "refused");
  EXPECT_EQ(brought[0].at("rule"), "seed B30");
}

TEST(people, NamesLeadOutOfNoFolder) {
  PeopleNode dcc;
  const json body{{"party", "supplier"}, {"roles", {"party"}}, {"clearance", "Green"}};
  const auto before = dcc.got("people", "operator").at("people").size();
  for (const auto* name : {"..%2Fmallory", "%2Ftmp%2Fmallory", "a%2Fb", "a%5Cb", "a%00b", "a%0Ab", "%C3%A9"}) {
    EXPECT_EQ(dcc.ask("PUT", std::string("people/") + name, "operator", body).status, 400) << name;
    EXPECT_EQ(dcc.ask("POST", std::string("people/") + name + "/tokens", "operator").status, 404) << name;
    EXPECT_EQ(
        dcc.ask("POST", std::string("people/") + name + "/certificates", "operator", "x", {}, "text/plain").status, 400)
        << name;
  }
  EXPECT_EQ(dcc.got("people", "operator").at("people").size(), before);

  // A person's name is that of files, too: of the officer's certificate and key.
  ASSERT_EQ(dcc.run({"anomaly", "iki", "--out", dcc.path("iki")}).status, 0);
  for (const std::string name : {"../mallory", "/tmp/meterway-mallory", "a/b", ""}) {
    const auto made = dcc.run({"anomaly", "signer", "--iki", dcc.path("iki"), "--person", name, "--user", kSupplier,
                               "--out", dcc.path("keys/inside")});
    EXPECT_EQ(made.status, 1) << name << made.out;
  }
  EXPECT_FALSE(fs::exists(dcc.path("keys/mallory.key")));
  EXPECT_FALSE(fs::exists("/tmp/meterway-mallory.key"));
  EXPECT_FALSE(fs::exists(dcc.path("keys/inside"))) << "nothing was begun";
}

TEST(people, AnotherAnswerThanWasAskedForEndsACommandWithoutHarm) {
  PeopleNode dcc;
  std::ofstream(dcc.path("t.csv")) << "x";
  const auto other =
      net::serve_http("127.0.0.1", 0, [](const net::HttpRequest&) {
        return net::HttpResponse{200, {}, R"({"days":[7],"requests":[7],"entries":[7],"people":[7],"rows":[7]})"};
      }).value();
  const auto url = "http://127.0.0.1:" + std::to_string(other->port());
  for (const std::vector<std::string>& command : {std::vector<std::string>{"anomaly", "preview", dcc.path("t.csv")},
                                                  {"anomaly", "quarantine", "list"},
                                                  {"explain", "permission", "me.show"},
                                                  {"audit", "show"},
                                                  {"person", "list"}}) {
    auto arguments = command;
    arguments.insert(arguments.end(), {"--url", url, "--data", dcc.node.data()});
    const auto said = dcc.run(arguments);
    EXPECT_EQ(said.status, 1) << command[0] << " " << command[1] << ": " << said.out;
    EXPECT_TRUE(end_to_end::has(said.out, "not what was asked for")) << said.out;
  }
}

TEST(people, OfOperationsActOnThePlatformUnderTheirOwnNames) {
  PeopleNode dcc;
  EXPECT_EQ(dcc.ask("GET", "devices", "ops").status, 200);
  EXPECT_EQ(dcc.ask("GET", "backlog", "ops").status, 200);
  EXPECT_EQ(dcc.ask("GET", "devices", "paul").status, 403);
  EXPECT_EQ(dcc.ask("GET", "devices", "public").status, 401);
  EXPECT_EQ(dcc.ask("PUT", "devices/00db1234567890c0", "ops", {{"type", "ESME"}}).status, 201);
  EXPECT_EQ(dcc.ask("DELETE", "users/" + std::string(kSupplier), "ops").status, 403);
  const auto line = dcc.entries("who=ops&function=devices");
  ASSERT_EQ(line.size(), 1u) << line;
  EXPECT_EQ(line[0].at("about"), "device:00db1234567890c0");
  EXPECT_EQ(dcc.ask("POST", "backup", "ops").status, 201);
  EXPECT_EQ(dcc.entries("who=ops&function=node.backup").at(0).at("outcome"), "allowed");
}

TEST(people, TheAuditIsCheckedFromOutsideAndTellsWhatWasChanged) {
  PeopleNode dcc;
  const auto sealed = [&](std::uint64_t least) {
    return end_to_end::Node::eventually(
        [&] {
          const auto last = dcc.got("audit/checkpoints", "paul").at("last");
          return !last.is_null() && last.at("sequence") >= least;
        },
        15);
  };
  ASSERT_TRUE(sealed(1));
  const auto kept = dcc.path("checkpoint");
  ASSERT_EQ(dcc.meterway({"audit", "checkpoint", "-o", kept}).status, 0);
  const auto key = dcc.path("audit.pub");
  fs::copy_file(fs::path(dcc.node.data()) / "platform" / "audit.pub", key);
  EXPECT_EQ(dcc.ask("GET", "devices", "paul").status, 403);

  // While it runs it is asked; an auditor who is cleared for everything may, others may not.
  const auto running = dcc.meterway({"audit", "verify", "--since", kept, "--key", key});
  EXPECT_EQ(running.status, 0) << running.out;
  EXPECT_TRUE(end_to_end::has(running.out, "follow from each other")) << running.out;
  EXPECT_EQ(dcc.ask("GET", "audit/entries?format=chain", "audit.red").status, 200);
  EXPECT_EQ(dcc.ask("GET", "audit/entries?format=chain", "paul").status, 403);
  dcc.person("audit.green", "DCC", {"auditor"}, "Green");
  EXPECT_EQ(dcc.ask("GET", "audit/entries", "audit.green").status, 200);
  EXPECT_EQ(dcc.ask("GET", "audit/entries?format=chain", "audit.green").status, 403);
  const auto shown = dcc.meterway({"audit", "show", "--who", "paul"});
  EXPECT_EQ(shown.status, 0) << shown.out;
  EXPECT_TRUE(end_to_end::has(shown.out, "devices.read")) << shown.out;

  // Stopped, what lies on the disk is walked; a key or a checkpoint of another node does not fit.
  dcc.node.stop_platform();
  const auto stopped = dcc.meterway({"audit", "verify"});
  EXPECT_EQ(stopped.status, 0) << stopped.out;
  EXPECT_TRUE(end_to_end::has(stopped.out, "entries 1 to ")) << stopped.out;
  EXPECT_TRUE(end_to_end::has(stopped.out, "; 0 entries after the last")) << "sealed when it ended: " << stopped.out;
  end_to_end::Node other;
  other.start_platform();
  const auto theirs = (other.root() / "data/platform/audit.pub").string();
  const auto stranger = dcc.meterway({"audit", "verify", "--key", theirs});
  EXPECT_EQ(stranger.status, 1) << stranger.out;
  EXPECT_TRUE(end_to_end::has(stranger.out, "is not signed by the key of this audit")) << stranger.out;

  // One letter of one entry is another, with the digest that it has then: the next one does not follow from it.
  std::uint64_t changed = 0;
  {
    const auto store = store::open_log_store((fs::path(dcc.node.data()) / "platform" / "store.db").string());
    ASSERT_TRUE(store) << describe(store.error());
    const auto done = (*store)->write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto rows, view.scan("audit-entry", "", "", 1000));
      for (const auto& row : rows) {
        METERWAY_TRY(auto read, audit::read_row(row.value));
        if (changed != 0 || read.entry.person != "paul") continue;
        changed = read.entry.sequence;
        read.entry.person = "saul";
        METERWAY_CHECK(view.put("audit-entry", row.key, audit::row_of(read.entry, read.digest)));
      }
      return {};
    });
    ASSERT_TRUE(done) << describe(done.error());
  }
  ASSERT_NE(changed, 0u);
  const auto told = dcc.meterway({"audit", "verify"});
  EXPECT_EQ(told.status, 1) << told.out;
  EXPECT_TRUE(end_to_end::has(told.out, "entry " + std::to_string(changed))) << told.out;
  EXPECT_EQ(dcc.meterway({"audit", "verify", "--since", kept}).status, 1);
}

TEST(people, AnAuditThatWasEmptiedWithItsCheckpointsIsSaidToBe) {
  PeopleNode dcc;
  EXPECT_EQ(dcc.ask("GET", "devices", "paul").status, 403);
  dcc.node.stop_platform();
  const auto record = fs::path(dcc.node.data()) / "audit.record";
  ASSERT_TRUE(fs::exists(record)) << "written when it ended";
  EXPECT_EQ(dcc.meterway({"audit", "verify"}).status, 0);
  {
    const auto store = store::open_log_store((fs::path(dcc.node.data()) / "platform" / "store.db").string());
    ASSERT_TRUE(store) << describe(store.error());
    const auto done = (*store)->write([&](store::WriteView& view) -> Status {
      for (const auto* table : {"audit-entry", "audit-head", "audit-topic", "audit-repeat", "audit-hour",
                                "audit-checkpoint", "audit-last"}) {
        METERWAY_TRY(const auto rows, view.scan(table, "", "", 10000));
        for (const auto& row : rows) METERWAY_CHECK(view.erase(table, row.key));
      }
      return {};
    });
    ASSERT_TRUE(done) << describe(done.error());
  }
  const auto emptied = dcc.meterway({"audit", "verify"});
  EXPECT_EQ(emptied.status, 1) << emptied.out;
  EXPECT_TRUE(end_to_end::has(emptied.out, "the platform's own record is of entry")) << emptied.out;
  // What is written from then on does not make it good, and the record stays.
  dcc.node.start_platform();
  EXPECT_EQ(dcc.ask("GET", "devices", "paul").status, 403);
  dcc.node.stop_platform();
  EXPECT_EQ(dcc.meterway({"audit", "verify"}).status, 1);
  const auto aside = dcc.path("aside");
  fs::rename(record, aside);
  EXPECT_EQ(dcc.meterway({"audit", "verify", "--record", aside}).status, 1);
  EXPECT_EQ(dcc.meterway({"audit", "verify", "--at-least", "1000"}).status, 1);
  EXPECT_EQ(dcc.meterway({"audit", "verify"}).status, 0) << "nothing is left that knows of it";
}

TEST(people, AnAuditWithoutAKeyIsNotSaidToBeSigned) {
  PeopleNode dcc;
  const auto keyless =
      net::serve_http("127.0.0.1", 0, [](const net::HttpRequest& request) {
        const bool chain = request.path.ends_with("entries");
        return net::HttpResponse{
            200,
            {},
            (chain ? json{{"rows", json::array()}, {"end", {{"sequence", 0}, {"digest", std::string(64, '0')}}}}
                   : json{{"checkpoints", json::array()}, {"last", nullptr}})
                .dump()};
      }).value();
  const auto url = "http://127.0.0.1:" + std::to_string(keyless->port());
  const auto said = dcc.meterway({"audit", "verify", "--url", url});
  EXPECT_EQ(said.status, 1) << said.out;
  EXPECT_TRUE(end_to_end::has(said.out, "no key")) << said.out;
  EXPECT_EQ(dcc.meterway({"audit", "verify", "--url", url, "--key",
                          (fs::path(dcc.node.data()) / "platform" / "audit.pub").string()})
                .status,
            0)
      << "an empty log, by a key that was kept";
}

TEST(people, SignInByACertificateOfTheirOwnOnTheTlsPort) {
  const tests::PortBlock spare;
  PeopleNode dcc(json{{"tls_port", spare[0]}});
  const auto identity = dcc.identify("ops");
  // Some writers leave the last line feed out: a second file after such a one keeps the TLS port readable.
  std::ofstream(dcc.path("persons.pem")) << identity.chain.substr(0, identity.chain.size() - 1);
  for (int i = 0; i < 2; ++i) {
    const auto trusted = dcc.meterway({"person", "trust", dcc.path("persons.pem")});
    ASSERT_EQ(trusted.status, 0) << trusted.out;
  }
  std::ofstream(dcc.path("cut.pem")) << identity.chain.substr(0, identity.chain.size() / 2);
  EXPECT_EQ(dcc.meterway({"person", "trust", dcc.path("cut.pem")}).status, 1);
  dcc.node.stop_platform();
  dcc.node.start_platform();
  const auto platform = end_to_end::slurp(fs::path(dcc.node.data()) / "platform" / "tls" / "authority.pem");
  const auto ask = [&](const std::string& certificate, const std::string& key, const std::string& token = {}) {
    const auto tls = net::TlsContext::client({certificate, key}, platform).value();
    net::Headers headers;
    if (!token.empty()) headers["authorization"] = "Bearer " + token;
    return net::http_request("GET", "https://127.0.0.1:" + std::to_string(spare[0]) + "/api/v1/me", headers, "",
                             std::chrono::seconds(10), tls);
  };
  const auto me = ask(identity.certificate, identity.key);
  ASSERT_TRUE(me) << describe(me.error());
  EXPECT_EQ(parsed(*me).value("id", ""), "ops") << me->body;
  const auto operators = dcc.node.as_operator().at("authorization").substr(7);
  EXPECT_EQ(ask(identity.certificate, identity.key, operators)->status, 401) << "two different people";
  // One by the command, of an authority of its own, beside.
  ASSERT_EQ(dcc.run({"anomaly", "iki", "--out", dcc.path("iki")}).status, 0);
  const auto made =
      dcc.meterway({"person", "certificate", "paul", "--iki", dcc.path("iki"), "--out", dcc.path("paul")});
  EXPECT_EQ(made.status, 0) << made.out;
  const auto paul = [&] {
    return ask(end_to_end::slurp(dcc.path("paul/identity.pem")), end_to_end::slurp(dcc.path("paul/identity.key")));
  };
  EXPECT_FALSE(paul()) << "his authority is not believed yet";
  ASSERT_EQ(dcc.meterway({"person", "trust", dcc.path("iki/issuing.pem")}).status, 0);
  ASSERT_EQ(dcc.meterway({"person", "trust", dcc.path("iki/root.pem")}).status, 0);
  dcc.node.stop_platform();
  dcc.node.start_platform();
  EXPECT_EQ(parsed(*paul()).value("id", ""), "paul");
  EXPECT_EQ(dcc.ask("DELETE",
                    "people/paul/certificates/" + parsed(dcc.ask("GET", "people/paul/certificates", "operator"))
                                                      .at("certificates")[0]
                                                      .at("fingerprint")
                                                      .get<std::string>(),
                    "operator")
                .status,
            204);
  EXPECT_EQ(paul()->status, 401) << "taken back";
  // What an authority of persons has made for a User's EUI-64 is no User's.
  const auto file = end_to_end::slurp(dcc.path("iki/issuing.key"));
  const auto key = crypto::PrivateKey::from_encoded(Bytes(file.begin(), file.end())).value();
  const auto pem = end_to_end::slurp(dcc.path("iki/issuing.pem"));
  const pki::Authority persons{pki::parse_certificate(Bytes(pem.begin(), pem.end())).value(), key};
  SystemRandom random;
  const auto own = crypto::PrivateKey::generate().value();
  const auto forged = pki::issue_tls(persons, {Eui64::parse(kSupplier).value(), PartyRole::Other, "supplier", {}, {}},
                                     pki::Validity::years(SystemClock().now(), 1), own.public_key(), random)
                          .value();
  const auto refused =
      ask(pki::to_pem(forged.der, pki::kPemCertificate) + pem, pki::to_pem(own.to_pkcs8(), pki::kPemPrivateKey));
  EXPECT_FALSE(refused) << refused->body;
}

/// Local ports of this process, by /proc: of TCP sockets in this state, and of UDP sockets that are open.
std::set<int> ports(pid_t process, const std::string& tcp_state) {
  const auto proc = "/proc/" + std::to_string(process);
  std::set<std::string> inodes;
  for (const auto& one : fs::directory_iterator(proc + "/fd")) {
    std::error_code error;
    const auto link = fs::read_symlink(one.path(), error).string();
    if (link.starts_with("socket:[")) inodes.insert(link.substr(8, link.size() - 9));
  }
  std::set<int> out;
  for (const auto* table : {"tcp", "tcp6", "udp", "udp6"}) {
    std::ifstream in(proc + "/net/" + table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::stringstream cells(line);
      std::string number, local, remote, state, skip, inode;
      cells >> number >> local >> remote >> state >> skip >> skip >> skip >> skip >> skip >> inode;
      const bool is_open = state == (table[0] == 'u' ? "07" : tcp_state);
      if (is_open && inodes.count(inode) != 0) out.insert(std::stoi(local.substr(local.rfind(':') + 1), nullptr, 16));
    }
  }
  return out;
}
std::set<int> listening(pid_t process) { return ports(process, "0A"); }

TEST(people, OnlyDocumentedPortsAreOpen) {
  const tests::PortBlock spare;
  end_to_end::Node node(json{{"tls_port", spare[0]}});
  node.start_platform();
  const auto settings = end_to_end::slurp(METERWAY_SOURCE_DIR "/docs/operations/settings.md");
  const auto world = node.world();
  std::set<int> documented;
  for (const auto& [name, value] : world.items()) {
    if (!name.ends_with("_port") || value == 0) continue;
    EXPECT_TRUE(end_to_end::has(settings, "`" + name + "`")) << name << " is not in settings.md";
    documented.insert(value.get<int>());
  }
  EXPECT_EQ(documented.size(), 5u) << world;
  EXPECT_EQ(listening(node.platform()), documented);

  // The emulated homes and the transitional change of supplier party go out, and let nobody in.
  const auto link = "127.0.0.1:" + std::to_string(world.at("link_port").get<int>());
  const auto log = [&](const char* name) { return node.root() / name; };
  const auto estate =
      end_to_end::start({METERWAY_BINARY, "estate", "--data", node.data(), "--link", link}, log("e.log"));
  const auto party = end_to_end::start({METERWAY_BINARY, "cos", "--data", node.data()}, log("c.log"));
  const auto are_at_work = [&] {
    return !ports(estate, "01").empty() && fs::exists(fs::path(node.data()) / "cos" / "signed.db");
  };
  EXPECT_TRUE(end_to_end::Node::eventually(are_at_work, 20))
      << end_to_end::slurp(log("e.log")) << end_to_end::slurp(log("c.log"));
  EXPECT_EQ(listening(estate), std::set<int>());
  EXPECT_EQ(listening(party), std::set<int>());
  for (const auto pid : {estate, party}) {
    ::kill(pid, SIGTERM);
    end_to_end::wait_for(pid);
  }

  // What is turned off is not opened.
  node.stop_platform();
  node.write_config({{"tls_port", 0}});
  node.start_platform();
  documented.erase(spare[0]);
  documented.erase(world.at("portal_port").get<int>());  // any free one, anew at each start
  documented.insert(node.world().at("portal_port").get<int>());
  EXPECT_EQ(listening(node.platform()), documented);
}

}  // namespace
}  // namespace meterway::acceptance
