#include <algorithm>
#include <thread>

#include "oversight/devices/directions.h"
#include "standard/pki/signing_request.h"
#include "tests/acceptance/oversight_node.h"
#include "tests/end_to_end/supplier.h"
#include "tests/registration/files.h"

/// Devices that keep their own rules on certificates, and what the platform does about it: A37, A38, A48, A49, B29.
namespace meterway::acceptance {
namespace {

using end_to_end::code_of;
using end_to_end::kEsme;
using end_to_end::kNetwork;
using end_to_end::Node;
using end_to_end::Supplier;
using end_to_end::times_traced;

constexpr const char* kRightful = "90b3d51f30020008";

/// The inside of the element that an offer is.
std::string inside(const std::string& offer) {
  const auto begin = offer.find('>') + 1;
  return offer.substr(begin, offer.rfind("</") - begin);
}

/// A node with a home whose meter was given the certificates of one network operator, while registration names another.
class WrongOperator : public OversightNode {
 public:
  explicit WrongOperator(bool wrong = true) {
    person("rightful", "networkOperator2", {"party"}, "Amber");
    person("holder", "networkOperator", {"party"}, "Amber");
    person("other", "Large Supplier", {"party"}, "Amber");
    node.start_estate();
    if (wrong) register_operator(kRightful);
  }
  /// By a file of registration data that names its participant as operator of the meter's point.
  void register_operator(const char* eui) {
    constexpr const char* kPoint = "1200023305967";
    auto device = got(std::string("devices/") + kEsme, "operator");
    device["details"]["ImportMPxN"] = kPoint;
    const auto put = ask("PUT", std::string("devices/") + kEsme, "operator", device);
    ASSERT_EQ(put.status, 200) << put.body;
    for (const auto& [user, id] : {std::pair{kNetwork, "NETA"}, std::pair{kRightful, "NETB"}}) {
      auto entry = got(std::string("users/") + user, "operator");
      entry["participants"] = {{{"role", "ED"}, {"id", id}}};
      const auto known = ask("PUT", std::string("users/") + user, "operator", entry);
      ASSERT_EQ(known.status, 200) << known.body;
      if (user != std::string(eui)) continue;
      const auto sender = ask("PUT", "registration/senders/RDPE", "operator",
                              {{"party", "Electricity RDP"}, {"source", "rdp-electricity"}});
      ASSERT_LE(sender.status, 201) << sender.body;
      const auto file =
          registration::electricity_file(1, {std::string("REG|") + kPoint + "|ED|" + id + "|20200101||"}, true);
      const auto taken = ask("POST", "registration/files?name=RDPE-1", "operator", file, {}, "text/plain");
      ASSERT_EQ(taken.status, 200) << taken.body;
    }
  }
  /// 6.24.1: the meter says who sits in its cells, to the supplier and so to the platform.
  void read_cells(const char* device = kEsme) {
    Supplier supplier(node);
    const auto id = supplier.next_id(device);
    const auto sent = node.post('S', supplier.request(id, CommandVariant::SendCommand, "6.24.1",
                                                      "<sr:RemotePartyRole>NetworkOperator</sr:RemotePartyRole>"));
    ASSERT_EQ(code_of(sent), "I99") << sent.body;
    ASSERT_TRUE(node.ends(id.text(), "I0")) << node.trace(id.text()).dump(1);
  }
  json cases(const std::string& who = "dcc") { return got("ledger/correction_case", who).at("records"); }
  json swept() { return parsed(ask("POST", "operations/sweep", "operator")); }
  json the_case() {
    const auto all = got("ledger/correction_case", "operator").at("records");
    EXPECT_EQ(all.size(), 1u) << all;
    return all.empty() ? json{} : record("correction_case", all[0].at("reference"), "operator");
  }
  /// What the platform answers to this body, and the request's name.
  std::pair<net::HttpResponse, RequestId> transform(Supplier& user, const std::string& body) {
    const auto id = user.next_id(kEsme);
    return {node.post('T', user.request(id, CommandVariant::Transform, "6.15.1", body)), id};
  }
  /// CV 4, then the pre-command signed, CV 5: the last name. Its outcome comes by the road.
  RequestId replace(Supplier& user, const std::string& body) {
    const auto [made, first] = transform(user, body);
    EXPECT_EQ(made.status, 200) << made.body;
    EXPECT_FALSE(end_to_end::element(made.body, "GBCSPayload").empty()) << made.body;
    const auto sent = node.post('S', user.signed_precommand(first, CommandVariant::SendSigned, "6.15.1", made));
    EXPECT_EQ(code_of(sent), "I99") << sent.body;
    return first;
  }
};

TEST(acceptance, A37) {
  WrongOperator world;
  world.read_cells();
  ASSERT_TRUE(Node::eventually(
      [&] {
        world.swept();
        return world.got("ledger/correction_case", "operator").at("records").size() == 1;
      },
      10));
  const auto found = world.the_case();
  const auto& fields = found.at("fields");
  EXPECT_EQ(fields.at("able"), "networkOperator") << "the only party whose signature the meter accepts";
  EXPECT_EQ(fields.at("route"), "holder");
  EXPECT_EQ(fields.at("rightful"), "networkOperator2");
  EXPECT_EQ(found.at("state"), "open");
  const std::string reference = found.at("reference");
  for (const auto* who : {"rightful", "holder"}) {
    const auto told = world.got("ledger/notice", who).at("records");
    EXPECT_EQ(told.size(), 1u) << who;
    EXPECT_EQ(world.ask("GET", OversightNode::path_of("correction_case", reference), who).status, 200);
  }
  EXPECT_EQ(world.got("ledger/notice", "other").at("records").size(), 0u) << "nobody else's business";
  EXPECT_EQ(world.ask("GET", OversightNode::path_of("correction_case", reference), "other").status, 404);
  // Once is enough, however often it looks.
  world.swept();
  world.read_cells();
  world.swept();
  EXPECT_EQ(world.got("ledger/correction_case", "operator").at("records").size(), 1u);
  // And nobody closes it while the cell is wrong: not the operator either, before and after it is asked for.
  EXPECT_EQ(world.act("correction_case", reference, "close", json::object(), "operator").status, 409);
  EXPECT_EQ(world.the_case().at("state"), "open");

  // The case closes when the slot holds B's certificates: by A's signature.
  world.done("correction_case", reference, "request", {{"reason", "our meter, their certificates"}}, "rightful");
  EXPECT_EQ(world.act("correction_case", reference, "close", json::object(), "operator").status, 409);
  Supplier holder(world.node, kNetwork);
  const auto id = world.replace(holder, inside(world.the_case().at("fields").at("offer")));
  ASSERT_TRUE(world.node.ends(id.text(), "I0")) << world.node.trace(id.text()).dump(1);
  ASSERT_TRUE(Node::eventually(
      [&] {
        world.swept();
        return world.the_case().at("state") == "closed";
      },
      10));
  EXPECT_EQ(world.got("ledger/notice", "rightful").at("records").size(), 2u);
  // And the meter says so itself.
  world.read_cells();
  world.swept();
  EXPECT_EQ(world.the_case().at("state"), "closed");
}

TEST(acceptance, A37ARuleChangedInThePlatformAloneDoesNotMakeTheMeterObey) {
  WrongOperator world;
  world.read_cells();
  world.swept();
  const auto offer = inside(world.the_case().at("fields").at("offer"));
  // Registration names B, so that the platform lets B send it; the meter does not know B.
  Supplier rightful(world.node, kRightful);
  const auto id = world.replace(rightful, offer);
  ASSERT_TRUE(world.node.ends(id.text(), "E21")) << world.node.trace(id.text()).dump(1);
  EXPECT_EQ(times_traced(world.node, id, "dispatch", "matched"), 1) << "the platform did let it through";
  EXPECT_EQ(end_to_end::arrivals_of(world.node, id).size(), 1u) << "and it came to the meter";
  world.read_cells();
  world.swept();
  EXPECT_EQ(world.the_case().at("state"), "open");
}

TEST(acceptance, B29) {
  WrongOperator world;
  world.read_cells();
  world.swept();
  const auto reference = world.the_case().at("reference").get<std::string>();
  const auto offer = inside(world.the_case().at("fields").at("offer"));
  Supplier holder(world.node, kNetwork);
  // Without the rightful party's asking: not responsible, as registration has it.
  EXPECT_EQ(code_of(world.transform(holder, offer).first), "E4");
  EXPECT_EQ(world.act("correction_case", reference, "request", {{"reason", "mine"}}, "other").status, 404);
  EXPECT_EQ(world.act("correction_case", reference, "request", {{"reason", "mine"}}, "holder").status, 403);
  const auto may = [&](UtcTime at) {
    return world
        .got("explain/access?service=6.15.1&user=" + std::string(kNetwork) + "&device=" + kEsme +
                 "&at=" + to_iso8601(at, 6),
             "operator")
        .at("allowed")
        .get<bool>();
  };
  const auto before = SystemClock().now();
  // The rightful one asks: permitted under the correction rule.
  world.done("correction_case", reference, "request", {{"reason", "wrong since installation"}}, "rightful");
  EXPECT_EQ(world.act("correction_case", reference, "again", {{"reason", "twice"}}, "rightful").status, 409);
  const auto held = SystemClock().now();
  EXPECT_TRUE(may(held));
  EXPECT_FALSE(may(before)) << "it had not been given then";
  // For this operation alone, and with these certificates alone.
  const auto read = holder.next_id(kEsme);
  EXPECT_EQ(code_of(world.node.post('S', holder.request(read, CommandVariant::SendCommand, "6.24.1",
                                                        "<sr:RemotePartyRole>NetworkOperator</sr:RemotePartyRole>"))),
            "E4");
  const auto body_with = [&](const std::string& own) {
    const auto keys = pki::open_key_folder(world.node.data() + "/users/" + own).value();
    auto body = offer;
    for (const auto& [name, use] : {std::pair("DigitalSigningCertificate", pki::KeyUse::DigitalSignature),
                                    std::pair("KeyAgreementCertificate", pki::KeyUse::KeyAgreement)}) {
      const auto was = end_to_end::element(body, name);
      body.replace(body.find(was), was.size(), to_base64(keys->certificate(Eui64::parse(own).value(), use)));
    }
    return body;
  };
  EXPECT_EQ(code_of(world.transform(holder, body_with(kNetwork)).first), "E4") << "its own again";
  // The prepared body alone: not with another floor for the rightful party's counters.
  auto floored = inside(world.the_case().at("fields").at("offer"));
  const auto floor = "FloorSeqNumber>" + end_to_end::element(floored, "RemotePartyFloorSeqNumber") + "<";
  floored.replace(floored.find(floor), floor.size(), "FloorSeqNumber>9223372036854775806<");
  const auto [other_floor, other_name] = world.transform(holder, floored);
  EXPECT_EQ(code_of(other_floor), "E4") << other_floor.body;
  EXPECT_TRUE(end_to_end::has(world.node.trace(other_name.text()).dump(), "the prepared body"));
  // The rightful one with certificates of another: refused with the rule (SECMP0063).
  Supplier rightful(world.node, kRightful);
  const auto [wrong, name] = world.transform(rightful, body_with(kNetwork));
  EXPECT_EQ(code_of(wrong), "E100") << wrong.body;
  EXPECT_TRUE(end_to_end::has(world.node.trace(name.text()).dump(), "certificate.network_operator.check"))
      << world.node.trace(name.text()).dump(1);

  const auto id = world.replace(holder, inside(world.the_case().at("fields").at("offer")));
  ASSERT_TRUE(world.node.ends(id.text(), "I0")) << world.node.trace(id.text()).dump(1);
  // Audited: who asked and who was not let, in the audit; the trace names the case, the case who asked and when.
  const auto audited = [&](const std::string& who) {
    return world.got("audit/entries?limit=1000&function=ledger.correction_case.request&who=" + who, "operator")
        .at("entries");
  };
  ASSERT_EQ(audited("rightful").size(), 1u);
  EXPECT_EQ(audited("rightful")[0].at("outcome"), "done");
  EXPECT_EQ(audited("rightful")[0].at("about"), "correction_case " + reference);
  ASSERT_EQ(audited("holder").size(), 1u);
  EXPECT_EQ(audited("holder")[0].at("outcome"), "refused");
  EXPECT_TRUE(end_to_end::has(world.node.trace(id.text()).dump(), "by leave of " + reference));
  // What was sent by leave, and what was refused before, are in it with rule and facts.
  const auto decided = world.got("audit/entries?limit=1000&function=service.6.15.1", "operator").at("entries");
  const auto with_outcome = [&](const std::string& outcome) {
    std::vector<json> out;
    for (const auto& one : decided) {
      if (one.at("outcome") == outcome) out.push_back(one);
    }
    return out;
  };
  ASSERT_EQ(with_outcome("accepted").size(), 1u) << decided.dump(1);
  const auto by_leave = with_outcome("accepted")[0];
  EXPECT_EQ(by_leave.at("rule"), "responsible.leave");
  EXPECT_EQ(by_leave.at("person"), "user-" + std::string(kNetwork));
  for (const auto& words : {"by leave of " + reference, id.text(), std::string("; facts 6.15.1/")})
    EXPECT_TRUE(end_to_end::has(by_leave.dump(), words)) << by_leave.dump();
  EXPECT_FALSE(with_outcome("refused").empty());
  ASSERT_TRUE(Node::eventually(
      [&] {
        world.swept();
        return world.the_case().at("state") == "closed";
      },
      10));
  EXPECT_EQ(world.the_case().at("fields").at("asked_by"), "rightful");
  // The leave ends with the case, and that it held is known.
  EXPECT_EQ(code_of(world.transform(holder, offer).first), "E4");
  EXPECT_TRUE(may(held));
  EXPECT_FALSE(may(before));
  EXPECT_FALSE(may(SystemClock().now()));
}

TEST(acceptance, A37AGasProxyAsDeliveredIsHandedOverByTheDcc) {
  WrongOperator world(false);
  // As a gas proxy leaves the factory: the broker in the network operator's cells.
  const auto anchors = std::filesystem::path(world.node.data()) / "estate" / "anchors.tsv";
  ASSERT_TRUE(Node::eventually([&] { return std::filesystem::exists(anchors); }, 10));
  world.node.stop_estate();
  std::ofstream(anchors, std::ios::app) << "network-operator\t" << end_to_end::kBroker << "\tGPF\n";
  world.node.start_estate();
  world.read_cells(end_to_end::kGpf);
  world.swept();
  const auto found = world.the_case();
  EXPECT_EQ(found.at("fields").at("route"), "handover");
  EXPECT_EQ(found.at("fields").at("able"), "DCC");
  EXPECT_EQ(found.at("fields").at("rightful"), "networkOperator");
  EXPECT_EQ(world.act("correction_case", found.at("reference"), "request", {{"reason", "ours"}}, "holder").status, 409);
  // The supplier asks for it, the broker signs, the proxy believes the broker: it is in the cell.
  Supplier supplier(world.node);
  const auto id = supplier.next_id(end_to_end::kGpf);
  const auto sent = world.node.post(
      'S', supplier.request(id, CommandVariant::SendCommand, "6.21", inside(found.at("fields").at("offer"))));
  EXPECT_EQ(code_of(sent), "I99") << sent.body;
  ASSERT_TRUE(world.node.ends(id.text(), "I0")) << world.node.trace(id.text()).dump(1);
  ASSERT_TRUE(Node::eventually(
      [&] {
        world.swept();
        return world.the_case().at("state") == "closed";
      },
      10));
}

TEST(acceptance, A38) {
  OversightNode world;
  world.person("installer", "Fitters Ltd", {"party"}, "Green");
  const auto table = world.ask("POST", "ledger/coverage", "dcc",
                               "postcode,uprn,technology,mesh,from\nM11AA,,cellular,true,2018-01-01\n"
                               "M11AB,,cellular,false,2018-01-01\n,100012345678,cellular,false,2018-01-01\n",
                               {}, "text/csv");
  ASSERT_EQ(table.status, 200) << table.body;
  world.made("hub_product", {{"model", "HUB420"}, {"variant", "cellular"}, {"mesh", "false"}}, "dcc");
  world.made("hub_product", {{"model", "HUB450"}, {"variant", "cellular with mesh"}, {"mesh", "true"}}, "dcc");
  const auto notify = [&](const std::string& hub, const std::string& stage, const std::string& model, const json& place,
                          const std::string& at = "2018-08-14T10:00:00Z") {
    json fields = {{"hub", hub}, {"stage", stage}, {"model", model}, {"installer", "Fitters Ltd"}, {"at", at}};
    fields.update(place);
    return world.made("hub_notice", fields, "installer");
  };
  const json mesh = {{"postcode", "M1 1AA"}};
  notify("00db1234567890b2", "pre_notified", "HUB450", mesh);
  notify("00db1234567890b2", "installed", "HUB420", mesh);  // another was fitted than notified
  notify("00db1234567890c2", "installed", "HUB420", {{"postcode", "m1 1ab"}});
  notify("00db1234567890d2", "installed", "HUB420", {{"postcode", "M1 1AA"}, {"uprn", "100012345678"}});
  notify("00db1234567890e2", "installed", "HUB420", {{"postcode", "XX1 1XX"}});
  notify("00db1234567890f2", "installed", "HUB420", mesh, "2018-09-02T10:00:00Z");
  const auto every = world.got("ledger/compliance_exception").at("records");
  ASSERT_EQ(every.size(), 2u) << every;
  const auto one = world.record("compliance_exception", "CX0000001").at("fields");
  EXPECT_EQ(one.at("hub"), "00db1234567890b2");
  EXPECT_EQ(one.at("stage"), "installed");
  EXPECT_EQ(one.at("installer"), "Fitters Ltd");
  EXPECT_EQ(one.at("at"), "2018-08-14T10:00:00Z");
  EXPECT_TRUE(end_to_end::has(one.at("rule"), "Appendix I"));
  // One hub is one non-compliance: what is notified again, by whichever spelling, is no other; a stage before is told
  // apart and counts no hub twice.
  const auto exceptions = [&] { return world.got("ledger/compliance_exception").at("total"); };
  notify("00db1234567890b2", "installed", "HUB420", mesh);
  const auto again = notify("00-DB-12-34-56-78-90-B2", "installed", "HUB420", {{"postcode", "m11aa"}});
  EXPECT_TRUE(end_to_end::has(world.record("hub_notice", again).at("fields").at("finding"), "CX0000001"));
  EXPECT_EQ(exceptions(), 2);
  world.made("hub_notice",
             {{"hub", "00db1234567890b2"},
              {"stage", "installed"},
              {"model", "HUB420"},
              {"installer", " fitters  LTD"},
              {"postcode", "M1 1AA"},
              {"at", "2018-08-15T10:00:00Z"}},
             "installer");
  EXPECT_EQ(exceptions(), 2) << "the same installer";
  notify("00db1234567890b2", "ordered", "HUB420", mesh);
  EXPECT_EQ(exceptions(), 3);
  // Fitted wrongly again after it was seen to is another.
  world.done("compliance_exception", "CX0000002", "close", {{"answer", "a mesh hub was fitted"}}, "dcc");
  notify("00db1234567890f2", "installed", "HUB420", mesh, "2018-09-02T10:00:00Z");
  EXPECT_EQ(exceptions(), 3) << "said again of then";
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  notify("00db1234567890f2", "installed", "HUB420", mesh, to_iso8601(SystemClock().now(), 0));
  EXPECT_EQ(exceptions(), 4);
  // Counted per month and installer.
  const auto report = world.got("reports/hub-compliance?month=2018-08&as_at=2018-10-05", "dcc");
  bool counted = false;
  for (const auto& figure : report.at("figures"))
    counted = counted || (figure.at("figure") == "hub_exceptions" && figure.at("group") == "Fitters Ltd" &&
                          figure.at("counted") == 1);
  EXPECT_TRUE(counted) << report.dump(1).substr(0, 3000);
  // Another cannot notify in its name.
  EXPECT_EQ(world
                .make("hub_notice",
                      {{"hub", "00db1234567890b2"},
                       {"stage", "installed"},
                       {"model", "HUB420"},
                       {"postcode", "M1 1AA"},
                       {"installer", "Fitters Ltd"},
                       {"at", "2018-08-14T10:00:00Z"}},
                      "member")
                .status,
            409);
}

TEST(acceptance, A48) {
  OversightNode world;
  world.person("maker", "Meter Works", {"party"}, "Green");
  world.person("supplier", "Large Supplier", {"party"}, "Green");
  world.person("stranger", "Nobody Ltd", {"party"}, "Green");
  world.made(
      "subscriber",
      {{"code", "MAKER"}, {"party", "Meter Works"}, {"roles", {"manufacturer"}}, {"from", "2018-01-01T00:00:00Z"}});
  world.made("subscriber", {{"code", "LARGE"},
                            {"party", "Large Supplier"},
                            {"roles", {"import_supplier"}},
                            {"from", "2018-01-01T00:00:00Z"}});
  const auto key = crypto::PrivateKey::generate().value();
  const auto request = pki::make_signing_request(key).value();
  const auto ask_for = [&](const std::string& who, const std::string& party, const std::string& pem) {
    return world.make(
        "certificate_request",
        {{"subscriber", party}, {"certificate", "device"}, {"subject", "00db1234567890a0"}, {"request", pem}}, who);
  };
  const auto refused = ask_for("maker", "Meter Works", request);
  ASSERT_EQ(refused.status, 201) << refused.body;
  const auto fields = parsed(refused).at("fields");
  EXPECT_EQ(fields.at("decision"), "refused");
  EXPECT_EQ(fields.at("role"), "manufacturer");
  EXPECT_TRUE(end_to_end::has(fields.at("rule"), "L3.16"));
  EXPECT_TRUE(end_to_end::has(fields.at("reason"), "manufacturer"));
  EXPECT_TRUE(end_to_end::has(fields.at("route"), "Authorised Subscriber"));
  EXPECT_EQ(parsed(ask_for("supplier", "Large Supplier", request)).at("fields").at("decision"), "eligible");
  const auto unknown = parsed(ask_for("stranger", "Nobody Ltd", request)).at("fields");
  EXPECT_EQ(unknown.at("decision"), "refused");
  EXPECT_FALSE(unknown.contains("role"));
  // In another's name, or without the private key, it is no request at all.
  EXPECT_EQ(ask_for("maker", "Large Supplier", request).status, 409);
  auto forged = request;
  forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(ask_for("supplier", "Large Supplier", forged).status, 409);
  // Counted, each request once: handed in again it is the same, and the answer says which, and the route.
  EXPECT_EQ(world.got("ledger/certificate_request?decision=refused", "dcc").at("total"), 2);
  for (const auto& [who, party] : {std::pair("maker", "Meter Works"), std::pair("supplier", "Large Supplier")})
    EXPECT_EQ(ask_for(who, party, request).status, 409) << who;
  const auto twice = ask_for("maker", "Meter Works", request + "\n");
  EXPECT_EQ(twice.status, 409) << twice.body;
  EXPECT_TRUE(end_to_end::has(twice.body, parsed(refused).at("reference").get<std::string>())) << twice.body;
  EXPECT_TRUE(end_to_end::has(twice.body, "Authorised Subscriber")) << twice.body;
  EXPECT_EQ(world.got("ledger/certificate_request", "dcc").at("total"), 3);
  // And compared with the forecast (A18), whoever keeps no tally of his own.
  const auto month = fields.at("asked").get<std::string>().substr(0, 7);
  for (const auto& one : world.got("reports/csr-variance?month=" + month, "dcc").at("figures"))
    EXPECT_EQ(one.at("counted"), 3) << one.dump();
  // Eligible since, it is judged again.
  world.made(
      "subscriber",
      {{"code", "NOBODY"}, {"party", "Nobody Ltd"}, {"roles", {"gas_supplier"}}, {"from", "2018-01-01T00:00:00Z"}});
  EXPECT_EQ(parsed(ask_for("stranger", "Nobody Ltd", request)).at("fields").at("decision"), "eligible");
  // An organisation certificate is refused to a manufacturer with its own lawful route.
  const auto organisation = world.make("certificate_request",
                                       {{"subscriber", "Meter Works"},
                                        {"certificate", "organisation"},
                                        {"subject", "00db1234567890a0"},
                                        {"request", request}},
                                       "maker");
  ASSERT_EQ(organisation.status, 201) << organisation.body;
  EXPECT_EQ(parsed(organisation).at("fields").at("decision"), "refused");
  EXPECT_TRUE(end_to_end::has(parsed(organisation).at("fields").at("route"), "as a User"));
}

TEST(acceptance, A48ByRoleKindAndDay) {
  OversightNode world;
  const auto request = pki::make_signing_request(crypto::PrivateKey::generate().value()).value();
  const auto subscribe = [&](const char* code, const char* party, const json& roles, const json& until = nullptr) {
    json fields{{"code", code}, {"party", party}, {"roles", roles}, {"from", "2017-01-01T00:00:00Z"}};
    if (!until.is_null()) fields["until"] = until;
    world.made("subscriber", fields);
  };
  subscribe("BOTH", "Maker and Supplier", {"manufacturer", "import_supplier"});
  subscribe("GONE", "Former Supplier", {"import_supplier"}, "2018-06-01T00:00:00Z");
  subscribe("NETW", "Network", {"network_operator"});
  const auto judged = [&](const std::string& party, const std::string& kind) {
    const auto made = world.make(
        "certificate_request",
        {{"subscriber", party}, {"certificate", kind}, {"subject", "00db1234567890a0"}, {"request", request}},
        "operator");
    EXPECT_EQ(made.status, 201) << made.body;
    return parsed(made).at("fields");
  };
  const auto both = judged("Maker and Supplier", "device");
  EXPECT_EQ(both.at("decision"), "eligible") << "one of its roles is enough";
  EXPECT_EQ(both.at("role"), "import_supplier");
  const auto gone = judged("Former Supplier", "device");
  EXPECT_EQ(gone.at("decision"), "refused");
  EXPECT_EQ(gone.at("reason"), "not an Authorised Subscriber");
  EXPECT_FALSE(gone.contains("role"));
  const auto network = judged("Network", "device");
  EXPECT_EQ(network.at("decision"), "refused");
  EXPECT_TRUE(end_to_end::has(network.at("route"), "the import supplier or gas supplier")) << network;
  EXPECT_EQ(judged("Network", "organisation").at("decision"), "eligible");
}

TEST(acceptance, A49) {
  OversightNode world;
  constexpr std::size_t kDevices = 4700;
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  const auto authority = crypto::PrivateKey::generate().value();
  const auto other = crypto::PrivateKey::generate().value();
  Bytes spki{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
             0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
  append(spki, authority.public_key().point());
  world.made("authority_key", {{"authority", "SMKI PMA"}, {"key", to_base64(spki)}, {"from", "2018-01-01T00:00:00Z"}},
             "operator");

  // All of them meters of the inventory, commissioned. The first is in a home that answers, and so is the proxy that
  // no direction will name.
  world.node.start_estate();
  const Eui64 meter(0x00DB1234567890A0), outside(0x00DB1234567890A3);
  ASSERT_EQ(meter.plain(), kEsme);
  ASSERT_EQ(outside.plain(), end_to_end::kGpf);
  std::string table = "device,cause\n";
  devices::DirectionText text{"SMKI PMA", "PMA 2018/07", "release", now, now + std::chrono::seconds(600), {meter}};
  json estate = json::array();
  for (std::uint64_t i = 0; i < kDevices - 1; ++i) {
    const Eui64 device(0x00DB550000000000 + i), hub(0x00DB560000000000 + i / 4);
    text.scope.push_back(device);
    estate.push_back({{"eui", device.plain()}, {"type", "ESME"}, {"state", "Commissioned"}, {"hub", hub.plain()}});
    if (estate.size() < 1000 && i + 2 < kDevices) continue;
    ASSERT_EQ(world.ask("POST", "devices", "operator", {{"devices", estate}}).status, 200);
    estate.clear();
  }
  for (const Eui64 device : text.scope) table += device.plain() + ",no certificate could be issued\n";
  table += outside.plain() + ",no certificate could be issued\n";
  // How many of them the inventory has in this state.
  const auto in_state = [&](const char* state) {
    std::size_t found = 0;
    for (std::string from = "0000000000000000"; !from.empty();) {
      const auto page = world.got("devices?limit=1000&from=" + from, "operator");
      for (const auto& one : page.at("devices")) {
        const auto eui = Eui64::parse(one.at("eui").get<std::string>()).value();
        found += (eui == outside || std::binary_search(text.scope.begin(), text.scope.end(), eui)) &&
                 one.at("state") == state;
      }
      from = page.value("next", "");
    }
    return found;
  };
  Supplier supplier(world.node);
  // A reading of its cells, as a supplier asks for it: the code that comes at once, and the request's name.
  const auto asked = [&](Eui64 device) {
    const auto id = supplier.next_id(device.plain().c_str());
    const auto sent =
        world.node.post('S', supplier.request(id, CommandVariant::SendCommand, "6.24.1",
                                              "<sr:RemotePartyRole>NetworkOperator</sr:RemotePartyRole>"));
    return std::pair(code_of(sent), id);
  };
  EXPECT_EQ(in_state("Commissioned"), kDevices + 1);
  EXPECT_EQ(asked(outside).first, "I99");
  const auto entered = world.ask("POST", "ledger/blocked_device", "dcc", table, {}, "text/csv");
  ASSERT_EQ(entered.status, 200) << entered.body.substr(0, 500);
  // Blocked: refused on the road, and the inventory says why; nobody's writing lifts it.
  EXPECT_EQ(in_state("Suspended"), kDevices + 1);
  for (const Eui64 device : {meter, text.scope[1], text.scope.back(), outside})
    EXPECT_EQ(asked(device).first, "E5") << device.plain();
  auto by_hand = world.got("devices/" + outside.plain(), "operator");
  by_hand["state"] = "Commissioned";
  EXPECT_EQ(parsed(world.ask("PUT", "devices/" + outside.plain(), "operator", by_hand)).at("state"), "Suspended");
  EXPECT_EQ(world.ask("POST", "devices", "operator", {{"devices", json::array({by_hand})}}).status, 200);
  EXPECT_EQ(world.got("devices/" + outside.plain(), "operator").at("state"), "Suspended");
  EXPECT_EQ(asked(outside).first, "E5");

  const auto blocked_reference = [&](Eui64 device) {
    return world.got("ledger/blocked_device?device=" + device.plain())
        .at("records")
        .at(0)
        .at("reference")
        .get<std::string>();
  };
  const auto take = [&](const std::string& document, const crypto::PrivateKey& key) {
    const auto bytes = ByteView(reinterpret_cast<const std::uint8_t*>(document.data()), document.size());
    return world.make("signed_direction", {{"document", document}, {"signature", to_base64(*key.sign(bytes))}}, "dcc");
  };
  const auto document = devices::write_direction_text(text);
  EXPECT_EQ(take(document, other).status, 409) << "signed by somebody else";
  const auto taken = take(document, authority);
  ASSERT_EQ(taken.status, 201) << taken.body;
  EXPECT_EQ(take(document, authority).status, 409) << "taken once";
  const std::string reference = parsed(taken).at("reference");
  EXPECT_EQ(parsed(taken).at("fields").at("scope"), kDevices);

  const auto released = [&] {
    return world.got("ledger/blocked_device?direction=" + encoded(reference) + "&state=released&limit=1")
        .at("total")
        .get<std::size_t>();
  };
  EXPECT_EQ(released(), 0u);
  // One that it does not name does not pass, alone or among others.
  EXPECT_EQ(
      world.act("blocked_device", blocked_reference(outside), "release", {{"direction", reference}}, "dcc").status,
      409);
  EXPECT_EQ(
      world
          .act("signed_direction", reference, "execute", {{"devices", {text.scope[0].plain(), outside.plain()}}}, "dcc")
          .status,
      409);
  EXPECT_EQ(released(), 0u);
  EXPECT_EQ(asked(meter).first, "E5") << "a direction that is not carried out lets nothing go";
  // Those that it names do, and the count is there after each step.
  world.done("blocked_device", blocked_reference(text.scope[0]), "release", {{"direction", reference}}, "dcc");
  EXPECT_EQ(released(), 1u);
  EXPECT_EQ(in_state("Commissioned"), 1u);
  const auto passed = asked(meter);
  EXPECT_EQ(passed.first, "I99");
  EXPECT_TRUE(
      Node::eventually([&] { return times_traced(world.node, passed.second, "correlate", "matched") == 1; }, 20))
      << "the meter has answered" << world.node.trace(passed.second.text()).dump(1);
  EXPECT_EQ(asked(text.scope[1]).first, "E5") << "named, and not yet let go";
  EXPECT_EQ(asked(outside).first, "E5") << "not named";
  std::size_t at = 1;
  while (at < kDevices) {
    json some = json::array();
    for (; at < kDevices && some.size() < 1000; ++at) some.push_back(text.scope[at].plain());
    const auto done = world.act("signed_direction", reference, "execute", {{"devices", some}}, "dcc");
    ASSERT_EQ(done.status, 200) << done.body.substr(0, 500);
    EXPECT_EQ(released(), at);
    EXPECT_EQ(in_state("Commissioned"), at);
  }
  EXPECT_EQ(in_state("Suspended"), 1u) << "the one that is not named";
  EXPECT_EQ(asked(outside).first, "E5");
  EXPECT_EQ(world.act("signed_direction", reference, "execute", {{"devices", {text.scope[5].plain()}}}, "dcc").status,
            409)
      << "not blocked any more";

  // Each device's own record says why it was blocked, and under what, when and by whom it was let go.
  const auto let_go = blocked_reference(text.scope[7]);
  const auto log = world.record("blocked_device", let_go, "operator");
  EXPECT_EQ(log.at("fields").at("cause"), "no certificate could be issued");
  EXPECT_EQ(log.at("fields").at("direction"), reference);
  EXPECT_GE(log.at("fields").at("released_at").get<std::string>(), to_iso8601(now, 0));
  const auto history = world.got(OversightNode::path_of("blocked_device", let_go) + "/history").at("history");
  ASSERT_EQ(history.size(), 2u);
  const auto release = history[0].at("action") == "release" ? history[0] : history[1];
  EXPECT_EQ(release.at("action"), "release");
  EXPECT_EQ(release.at("by"), "dcc");
  // And the audit who took the direction, carried it out, and let the one go.
  const auto audited = [&](const std::string& function) {
    std::size_t found = 0;
    for (std::string before = "0"; !before.empty();) {
      const auto page =
          world.got("audit/entries?limit=1000&who=dcc&function=" + function + "&before=" + before, "operator");
      for (const auto& one : page.at("entries")) found += one.at("outcome") == "done" ? 1 : 0;
      before = page.contains("next") ? std::to_string(page.at("next").get<std::uint64_t>()) : "";
    }
    return found;
  };
  EXPECT_EQ(audited("ledger.signed_direction.create"), 1u);
  EXPECT_EQ(audited("ledger.signed_direction.execute"), 5u);
  EXPECT_EQ(audited("ledger.blocked_device.release"), kDevices);
}

}  // namespace
}  // namespace meterway::acceptance
