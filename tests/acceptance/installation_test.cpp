#include <fstream>

#include "tests/acceptance/oversight_node.h"
#include "tests/end_to_end/supplier.h"

/// Installation over the road: what Users say of devices, what devices say of themselves, and what the list of
/// certified products says of both. A38 at pre-notification and at installation.
namespace meterway::acceptance {
namespace {

using end_to_end::code_of;
using end_to_end::element;
using end_to_end::kBroker;
using end_to_end::kEsme;
using end_to_end::kHub;
using end_to_end::kNetwork;
using end_to_end::kPpmid;
using end_to_end::Node;
using end_to_end::Supplier;

constexpr const char* kNewHub = "00db1234567890b2";
constexpr const char* kNewGpf = "00db1234567890b4";

class Installation : public OversightNode {
 public:
  Installation() : supplier(node) {}
  /// 8.x, 12.x: the answer's code.
  std::string tell(const char* service, const std::string& inside, const char* device = nullptr) {
    const auto id = supplier.next_id(kBroker);
    const auto named = device == nullptr ? "" : of("DeviceID", device);
    last = node.post('D', supplier.request(id, CommandVariant::NonDevice, service, named + inside));
    trace_key = id.text();
    return code_of(last);
  }
  static std::string of(const char* name, const std::string& text) {
    const auto eui = Eui64::parse(text);
    return std::string("<sr:") + name + ">" + (eui ? eui->dashed_upper() : text) + "</sr:" + name + ">";
  }
  json device(const char* eui) { return got(std::string("devices/") + eui, "operator"); }
  std::string state(const char* eui) { return device(eui).at("state"); }
  void change(const char* eui, const json& details, const char* to = nullptr) {
    auto now = device(eui);
    now["details"].update(details);
    if (to != nullptr) now["state"] = to;
    const auto put = ask("PUT", std::string("devices/") + eui, "operator", now);
    ASSERT_EQ(put.status, 200) << put.body;
  }
  std::string prenotify(const char* eui, const char* type, const char* model, const std::string& more = {}) {
    return tell("12.2", of("DeviceManufacturer", "Meterway") + of("DeviceModel", model) + of("DeviceType", type) + more,
                eui);
  }
  std::string installed(const char* hub, const std::string& mpxn, const std::string& at = {}) {
    return tell("8.14.1",
                of("CHFInstallType", "New CHF Install") + (at.empty() ? "" : of("InstallDateTime", at)) +
                    of("MPxN", mpxn) + of("AerialInstall", "true") + of("CHFLocation", "Basement or Cellar"),
                hub);
  }
  /// CV 4, signed, CV 5.
  RequestId critical(const char* target, const char* service, const std::string& inside) {
    const auto id = supplier.next_id(target);
    const auto made = node.post('T', supplier.request(id, CommandVariant::Transform, service, inside));
    EXPECT_EQ(code_of(made), "I0") << made.body;
    const auto sent = node.post('S', supplier.signed_precommand(id, CommandVariant::SendSigned, service, made));
    EXPECT_EQ(code_of(sent), "I99") << sent.body;
    return id;
  }
  bool becomes(const char* eui, const std::string& wanted) {
    return Node::eventually([&] { return state(eui) == wanted; }, 20);
  }
  std::string read(const char* target) {
    return code_of(node.post('S', supplier.request(supplier.next_id(target), CommandVariant::SendCommand, "7.4")));
  }

  Supplier supplier;
  net::HttpResponse last;
  std::string trace_key;
};

TEST(acceptance, A38OverTheRoadByPreNotificationAndInstall) {
  Installation world;
  const auto table = world.ask("POST", "ledger/coverage", "dcc",
                               "postcode,technology,mesh,from\nM11AA,cellular,true,2018-01-01\n"
                               "M11AB,cellular,false,2018-01-01\n",
                               {}, "text/csv");
  ASSERT_EQ(table.status, 200) << table.body;
  world.made("hub_product", {{"model", "HUB420"}, {"variant", "cellular"}, {"mesh", "false"}}, "dcc");
  world.made("hub_product", {{"model", "HUB450"}, {"variant", "cellular with mesh"}, {"mesh", "true"}}, "dcc");
  const auto ordered = [&](const char* hub, const char* postcode, const char* model = "HUB450") {
    world.made("hub_notice",
               {{"hub", hub},
                {"stage", "ordered"},
                {"model", model},
                {"installer", "supplier"},
                {"postcode", postcode},
                {"at", "2018-08-01T10:00:00Z"}},
               "dcc");
  };
  ordered(kNewHub, "M1 1AA");
  const auto exceptions = [&] { return world.got("ledger/compliance_exception", "dcc").at("records"); };
  ASSERT_EQ(exceptions().size(), 0u) << "the order was right";

  // Another model is pre-notified than was ordered for premises that need a mesh.
  ASSERT_EQ(world.prenotify(kNewHub, "CHF", "HUB420", Installation::of("AssociatedGPFDeviceID", kNewGpf)), "I99")
      << world.last.body;
  EXPECT_EQ(world.state(kNewHub), "Pending");
  EXPECT_EQ(world.state(kNewGpf), "Pending");
  ASSERT_EQ(exceptions().size(), 1u);
  auto one = world.record("compliance_exception", "CX0000001", "dcc").at("fields");
  EXPECT_EQ(one.at("stage"), "pre_notified");
  EXPECT_EQ(one.at("installer"), "supplier");
  EXPECT_EQ(one.at("hub"), kNewHub);

  // And installed at a metering point there.
  world.change(kEsme, {{"PostCode", "M1 1AA"}, {"AddressIdentifier", "1"}});
  const std::string mpxn = world.device(kEsme).at("details").at("ImportMPxN");
  // Not on a day before its own pre-notification: that month has been reported.
  EXPECT_EQ(world.installed(kNewHub, mpxn, "2018-08-14T10:00:00Z"), "E100");
  EXPECT_TRUE(end_to_end::has(world.node.trace(world.trace_key).dump(), "installation.before_prenotification"));
  EXPECT_EQ(world.state(kNewHub), "Pending");
  const auto now = to_iso8601(SystemClock().now(), 0);
  ASSERT_EQ(world.installed(kNewHub, mpxn, now), "I99") << world.last.body;
  EXPECT_EQ(world.state(kNewHub), "Commissioned");
  EXPECT_EQ(world.state(kNewGpf), "Commissioned");
  ASSERT_EQ(exceptions().size(), 2u);
  one = world.record("compliance_exception", "CX0000002", "dcc").at("fields");
  EXPECT_EQ(one.at("stage"), "installed");
  EXPECT_EQ(one.at("at"), now);
  EXPECT_TRUE(end_to_end::has(one.at("rule"), "Appendix I"));
  EXPECT_TRUE(end_to_end::has(world.node.trace(world.trace_key).dump(), ", mesh needed; cellular has none"));

  // Said once more it is the same exception.
  ASSERT_EQ(world.installed(kNewHub, mpxn, now), "I99") << world.last.body;
  EXPECT_TRUE(end_to_end::has(world.node.trace(world.trace_key).dump(), "said before: CX0000002"));
  ASSERT_EQ(exceptions().size(), 2u);

  // Counted for the month and its installer: one hub, seen at two stages.
  const auto report = world.got("reports/hub-compliance?month=" + now.substr(0, 7), "dcc");
  bool counted = false;
  for (const auto& figure : report.at("figures"))
    counted = counted || (figure.at("figure") == "hub_exceptions" && figure.at("group") == "supplier" &&
                          figure.at("counted") == 1);
  EXPECT_TRUE(counted) << report.dump(1).substr(0, 3000);

  // The right variant, premises that need none, and a hub of which nothing is known leave no exception.
  ordered("00db1234567890c2", "M1 1AA");
  EXPECT_EQ(world.prenotify("00db1234567890c2", "CHF", "HUB450"), "I99");
  ordered("00db1234567890d2", "M1 1AB");
  EXPECT_EQ(world.prenotify("00db1234567890d2", "CHF", "HUB420"), "I99");
  EXPECT_EQ(world.prenotify("00db1234567890e2", "CHF", "HUB420"), "I99");
  EXPECT_EQ(exceptions().size(), 2u);
  // What is refused leaves none either.
  ordered("00db1234567890f2", "M1 1AA");
  EXPECT_EQ(world.prenotify("00db1234567890f2", "CHF", "HUB420",
                            Installation::of("AssociatedGPFDeviceID", "00db1234567890f2")),
            "E120201");
  EXPECT_EQ(exceptions().size(), 2u);
  // Wrong as early as the order.
  ordered("00db1234567890b8", "M1 1AA", "HUB420");
  ASSERT_EQ(exceptions().size(), 3u);
  one = world.record("compliance_exception", "CX0000003", "dcc").at("fields");
  EXPECT_EQ(one.at("stage"), "ordered");
  EXPECT_EQ(one.at("hub"), "00db1234567890b8");
  EXPECT_EQ(one.at("at"), "2018-08-01T10:00:00Z");
}

TEST(acceptance, InstallationFromPreNotificationToReturn) {
  Installation world;
  world.node.start_estate();
  // A meter that has joined the network is commissioned by its own answer to 8.1.1.
  world.change(kEsme, json::object(), "InstalledNotCommissioned");
  world.critical(kEsme, "8.1.1",
                 "<sr:CurrentDateTime>" + to_iso8601(SystemClock().now(), 0) +
                     "</sr:CurrentDateTime>"
                     "<sr:TolerancePeriod>86400</sr:TolerancePeriod>");
  EXPECT_TRUE(world.becomes(kEsme, "Commissioned")) << world.device(kEsme).dump(1);
  EXPECT_EQ(world.device(kEsme).at("details").at("DateCommissioned").get<std::string>().size(), 10u);

  // 8.3: gone, and nobody may ask it anything.
  EXPECT_EQ(world.read(kEsme), "I99");
  EXPECT_EQ(world.tell("8.3", "", kEsme), "I99") << world.last.body;
  EXPECT_EQ(world.state(kEsme), "Decommissioned");
  EXPECT_EQ(world.read(kEsme), "E5");
  EXPECT_EQ(world.tell("8.3", "", kEsme), "E5");
  // 8.4: to be used again.
  EXPECT_EQ(world.tell("8.4", Installation::of("UpdateDeviceStatusExceptCH", "Pending"), kEsme), "I99");
  EXPECT_EQ(world.state(kEsme), "Pending");

  // 8.14.4: the hub comes back, and its home is in no log.
  EXPECT_EQ(world.tell("8.14.4", Installation::of("CHFNoFaultReturnType", "Lost or Stolen Hub"), kHub), "I99")
      << world.last.body;
  EXPECT_EQ(world.state(kHub), "Decommissioned");
  EXPECT_EQ(world.state(kPpmid), "Pending");
  EXPECT_FALSE(world.device(kPpmid).contains("hub"));
  const auto back = world.got("ledger/hub_return", "dcc").at("records");
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(world.record("hub_return", back[0].at("reference"), "dcc").at("fields").at("reason"), "lost or stolen");

  // Not another's devices, and never twice.
  Supplier network(world.node, kNetwork);
  const auto id = network.next_id(kBroker);
  EXPECT_EQ(code_of(world.node.post(
                'D', network.request(id, CommandVariant::NonDevice, "8.3", Installation::of("DeviceID", kPpmid)))),
            "E2");
  EXPECT_EQ(world.tell("12.1", "<sr:UPRN>100012345678</sr:UPRN>"), "I0") << world.last.body;
  EXPECT_EQ(element(world.last.body, "CSPRegionResponseCode"), "E100");
}

TEST(acceptance, CertifiedProductListSuspendsAndRestoresByItsOwnMoments) {
  Installation world;
  world.node.start_estate();
  world.change(kEsme, {{"DeviceFirmwareVersion", "00010001"}});
  const auto details = world.device(kEsme).at("details");
  const auto file = world.node.root() / "cpl.csv";
  std::ofstream(file) << "manufacturer,model,version,from\n"
                      << details.at("DeviceManufacturer").get<std::string>() << ","
                      << details.at("DeviceModel").get<std::string>() << ",00010001,2018-01-01T00:00:00Z\n";
  auto said = world.node.run({"cpl", "load", "--data", world.node.data(), file.string()});
  ASSERT_EQ(said.status, 0) << said.out;
  EXPECT_EQ(world.read(kEsme), "I99");
  EXPECT_EQ(world.state(kEsme), "Commissioned");
  said = world.node.run({"cpl", "show", "--data", world.node.data(), "CPL000001"});
  EXPECT_TRUE(end_to_end::has(said.out, "Emulated ESME")) << said.out;

  // Announced for later: nothing happens yet.
  world.done("certified_product", "CPL000001", "remove", {{"removed_on", "2099-01-01T00:00:00Z"}}, "dcc");
  EXPECT_EQ(world.read(kEsme), "I99");
  world.done("certified_product", "CPL000001", "return", {{"returned_on", "2099-01-02T00:00:00Z"}}, "dcc");
  // From a moment that has passed: it decides at once, whoever has looked through the devices by then.
  world.done("certified_product", "CPL000001", "remove", {{"removed_on", "2020-01-01T00:00:00Z"}}, "dcc");
  EXPECT_EQ(world.read(kEsme), "E5");
  ASSERT_TRUE(world.becomes(kEsme, "Suspended"));
  EXPECT_EQ(world.device(kEsme).at("details").at("CPLStatus"), "Withdrawn");
  EXPECT_TRUE(end_to_end::has(world.node.trace(std::string("device:") + kEsme).dump(), "certified"));
  EXPECT_EQ(world.state(kPpmid), "Commissioned") << "another model";

  world.done("certified_product", "CPL000001", "return", {{"returned_on", "2020-02-01T00:00:00Z"}}, "dcc");
  EXPECT_EQ(world.read(kEsme), "I99");
  EXPECT_TRUE(world.becomes(kEsme, "Commissioned"));
  EXPECT_EQ(world.device(kEsme).at("details").at("CPLStatus"), "Active");
}

}  // namespace
}  // namespace meterway::acceptance
