#include "field/device/joins.h"

#include "base/util/hex.h"
#include "base/util/random.h"
#include "field/device/test_world.h"
#include "standard/pki/issue.h"

/// Joins and unjoins as whoever asks for them sees them: commands in, results out, and what CS07 then says.
namespace meterway::field::test {
namespace {

using gbcs::asn1::Node;

constexpr MessageCode kInitiator{0x000D}, kResponder{0x00AB}, kHubProtects{0x000E}, kByCertificate{0x00AF},
    kPartAC{0x000F}, kPartB{0x0010}, kLog{0x0013}, kRestore{0x008C};
constexpr Eui64 kSwitch{0x00DB1234567890A5}, kFar{0x00DB1234567890FF};
enum : std::uint64_t { kGasMeter = 0, kMeter = 1, kProxy = 3, kLoadSwitch = 4, kDisplay = 5, kTypeTwo = 6 };

/// The home that the device is in; everybody but kFar is on its network.
const Network kHome = [](Eui64 other) { return other != kFar; };

Bytes join_content(std::uint64_t method, Eui64 other, std::uint64_t type, const Bytes& certificate = {}) {
  std::vector<Node> items{Node::integer(method), Node::of(0x04, other.wire()), Node::integer(type)};
  if (!certificate.empty()) items.push_back(gbcs::asn1::read(certificate).value());
  return gbcs::asn1::write(Node::sequence(std::move(items)));
}
Bytes id_content(Eui64 other) { return gbcs::asn1::write(Node::of(0x04, other.wire())); }

Bytes device_certificate(Eui64 who, pki::KeyUse use) {
  SeededRandom random{7};
  static const auto authority =
      pki::issue_root("ROOT", pki::Validity::years(test_time() - std::chrono::hours(24), 10), random).value();
  const Keys& keys = keys_of(who);
  const auto& key = use == pki::KeyUse::KeyAgreement ? keys.agreement : keys.signing;
  return pki::issue_device(authority, {who, use}, test_time(), key.public_key(), random).value().der;
}

/// A device and the counter of what it is told next.
class Joining {
 public:
  Joining(Eui64 eui, DeviceType type, Eui64 from = kSupplier) : device(make_device(eui, type)), from_(from) {}

  std::uint64_t says(MessageCode code, Bytes content) {
    return gbcs::asn1::integer_value(content_of(code, std::move(content))).value();
  }
  std::uint64_t joins(MessageCode code, std::uint64_t method, Eui64 other, std::uint64_t type,
                      const Bytes& certificate = {}) {
    return says(code, join_content(method, other, type, certificate));
  }
  std::uint64_t parts(MessageCode code, Eui64 other) { return says(code, id_content(other)); }
  /// What the device says of its log, as CS07 does: identifier and type of each.
  std::vector<std::pair<Eui64, std::uint64_t>> log() {
    const auto content = content_of(kLog, Bytes{0x05, 0x00});
    EXPECT_EQ(gbcs::asn1::integer_value(content.items.at(0)).value(), 0u);
    std::vector<std::pair<Eui64, std::uint64_t>> out;
    for (const auto& entry : content.items.at(1).items)
      out.emplace_back(Eui64::from_wire_or_zero(entry.items.at(0).value),
                       gbcs::asn1::integer_value(entry.items.at(1)).value());
    return out;
  }
  Node content_of(MessageCode code, Bytes content) {
    return gbcs::asn1::read(answer(takes(code, std::move(content))).content).value();
  }
  Outcome takes(MessageCode code, Bytes content) {
    Order order{code, from_, device.identity().eui, ++counter_, std::move(content)};
    if (from_ == kBroker) order.on_behalf_of = kSupplier;
    return device.take(command(order), test_time(), kHome);
  }

  Device device;

 private:
  Eui64 from_;
  std::uint64_t counter_ = 1000;
};

using Log = std::vector<std::pair<Eui64, std::uint64_t>>;

TEST(CS03A1, AMeterTakesALoadSwitchAndADisplayAndNobodyTwice) {
  Joining meter(kEsme, DeviceType::ESME);
  EXPECT_TRUE(meter.log().empty());
  EXPECT_EQ(meter.joins(kInitiator, 0, kSwitch, kLoadSwitch), 0u);
  EXPECT_EQ(meter.joins(kInitiator, 0, kPpmid, kDisplay), 0u);
  EXPECT_EQ(meter.joins(kInitiator, 0, kPpmid, kDisplay), 0u) << "it is joined: that is what was asked";
  EXPECT_EQ(meter.joins(kInitiator, 0, kSwitch, kDisplay), 3u) << "the log has it as a load switch";
  EXPECT_EQ(meter.log(), (Log{{kSwitch, kLoadSwitch}, {kPpmid, kDisplay}}));
}

TEST(CS03A1, RefusesWhomTheHubDoesNotKnowAndWhoIsNoPartner) {
  Joining meter(kEsme, DeviceType::ESME);
  EXPECT_EQ(meter.joins(kInitiator, 0, kFar, kDisplay), 12u) << "no partner link key";
  EXPECT_EQ(meter.joins(kInitiator, 1, kPpmid, kDisplay), 1u) << "the responder's method under the initiator's code";
  EXPECT_EQ(meter.joins(kInitiator, 0, kGpf, kProxy), 2u);
  EXPECT_EQ(meter.joins(kInitiator, 0, kEsme, kDisplay), 2u) << "itself";
  EXPECT_EQ(meter.joins(kInitiator, 0, kPpmid, 300), 2u);
  EXPECT_EQ(meter.joins(kInitiator, 0, kPpmid, kDisplay, device_certificate(kPpmid, pki::KeyUse::KeyAgreement)), 11u)
      << "a certificate where there is none";
  EXPECT_TRUE(meter.log().empty());
  // Nobody is there when nothing is said of a network.
  auto alone = make_device(kEsme, DeviceType::ESME);
  const auto said =
      answer(alone.take(command({kInitiator, kSupplier, kEsme, 1, join_content(0, kPpmid, kDisplay)}), test_time()));
  EXPECT_EQ(to_hex(said.content), "02010c");
}

TEST(CS03A1, TheLogOfADeviceIsNotEndless) {
  Joining meter(kEsme, DeviceType::ESME);
  for (std::uint64_t i = 0; i < kJoinedLog; ++i)
    EXPECT_EQ(meter.joins(kInitiator, 0, Eui64(0x00DB000000000000 + i), kLoadSwitch), 0u);
  EXPECT_EQ(meter.joins(kInitiator, 0, kPpmid, kDisplay), 4u);
  EXPECT_EQ(meter.joins(kInitiator, 0, Eui64(0x00DB000000000003), kLoadSwitch), 0u) << "it is in the log";
  EXPECT_EQ(meter.parts(kPartAC, Eui64(0x00DB000000000003)), 0u);
  EXPECT_EQ(meter.joins(kInitiator, 0, kPpmid, kDisplay), 0u);
}

TEST(CS03A1, ADisplayNeitherKnowsTheCommandNorTheSupplier) {
  Joining display(kPpmid, DeviceType::PPMID, kBroker);
  EXPECT_FALSE(display.takes(kInitiator, join_content(0, kEsme, kMeter)).response);
  Joining by_supplier(kPpmid, DeviceType::PPMID, kSupplier);
  EXPECT_FALSE(by_supplier.takes(kResponder, join_content(1, kEsme, kMeter)).response);
  EXPECT_TRUE(by_supplier.device.state().joined.empty());
}

TEST(CS03A2, ADisplayObeysTheBrokerAndALoadSwitchTheSupplier) {
  Joining display(kPpmid, DeviceType::PPMID, kBroker);
  EXPECT_EQ(display.joins(kResponder, 1, kEsme, kMeter), 0u);
  EXPECT_EQ(display.joins(kResponder, 1, kGsme, kGasMeter), 2u) << "that is method C";
  EXPECT_EQ(display.joins(kResponder, 1, kFar, kMeter), 12u);
  EXPECT_EQ(display.log(), (Log{{kEsme, kMeter}}));
  Joining load_switch(kSwitch, DeviceType::HCALCS, kSupplier);
  EXPECT_EQ(load_switch.joins(kResponder, 1, kEsme, kMeter), 0u);
  EXPECT_EQ(load_switch.device.state().joined.size(), 1u);
  EXPECT_EQ(load_switch.parts(kPartAC, kEsme), 0u);
}

TEST(CS03B, AGasMeterTakesItsProxyAndNobodyElseSo) {
  Joining meter(kGsme, DeviceType::GSME);
  EXPECT_EQ(meter.joins(kHubProtects, 2, kGpf, kProxy), 0u);
  EXPECT_EQ(meter.joins(kHubProtects, 2, kPpmid, kDisplay), 2u);
  EXPECT_EQ(meter.joins(kHubProtects, 3, kGpf, kProxy), 1u);
  EXPECT_EQ(meter.log(), (Log{{kGpf, kProxy}}));
  Joining proxy(kGpf, DeviceType::GPF);
  EXPECT_EQ(proxy.joins(kHubProtects, 2, kGsme, kGasMeter), 0u);
  EXPECT_EQ(proxy.joins(kHubProtects, 2, kFar, kTypeTwo), 0u) << "an entry of the log, whoever is there";
}

TEST(CS03C, WantsTheKeyAgreementCertificateOfWhomItNames) {
  const auto good = device_certificate(kPpmid, pki::KeyUse::KeyAgreement);
  Joining meter(kGsme, DeviceType::GSME);
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay), 11u) << "none";
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, device_certificate(kEsme, pki::KeyUse::KeyAgreement)),
            11u);
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, device_certificate(kPpmid, pki::KeyUse::DigitalSignature)),
            11u);
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, Bytes{0x30, 0x00}), 11u);
  EXPECT_TRUE(meter.log().empty());
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, good), 0u);
  EXPECT_EQ(meter.device.state().joined.at(0).certificate, good);
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, Bytes{0x30, 0x00}), 11u);
  EXPECT_EQ(meter.device.state().joined.at(0).certificate, good) << "what is refused changes nothing";
  Joining display(kPpmid, DeviceType::PPMID, kBroker);
  EXPECT_EQ(display.joins(kByCertificate, 3, kGsme, kGasMeter), 11u);
  EXPECT_EQ(display.joins(kByCertificate, 3, kGsme, kGasMeter, device_certificate(kGsme, pki::KeyUse::KeyAgreement)),
            0u);
  EXPECT_EQ(display.joins(kResponder, 1, kEsme, kMeter), 0u) << "beside its electricity meter";
}

TEST(CS04, LetsGoOfWhomItHasJoinedByTheCommandThatIsForIt) {
  Joining meter(kGsme, DeviceType::GSME);
  EXPECT_EQ(meter.joins(kHubProtects, 2, kGpf, kProxy), 0u);
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, device_certificate(kPpmid, pki::KeyUse::KeyAgreement)),
            0u);
  EXPECT_EQ(meter.parts(kPartAC, kFar), 1u) << "not in the log";
  EXPECT_EQ(meter.parts(kPartB, kFar), 1u);
  EXPECT_EQ(meter.parts(kPartB, kPpmid), 2u) << "an unsigned command ends nothing that a signed one made";
  EXPECT_EQ(meter.parts(kPartAC, kGpf), 2u);
  EXPECT_EQ(meter.log(), (Log{{kGpf, kProxy}, {kPpmid, kDisplay}}));
  EXPECT_EQ(meter.parts(kPartB, kGpf), 0u);
  EXPECT_EQ(meter.parts(kPartAC, kPpmid), 0u);
  EXPECT_TRUE(meter.log().empty());
  EXPECT_EQ(meter.parts(kPartAC, kPpmid), 1u) << "it is gone";
}

TEST(CS04, WhatIsNoContentOfItFailsTheCheckOfTheCommand) {
  Joining meter(kEsme, DeviceType::ESME);
  EXPECT_FALSE(meter.takes(kPartAC, Bytes{0x05, 0x00}).response);
  EXPECT_FALSE(meter
                   .takes(kPartAC, *from_hex("0407"
                                             "00db1234567890"))
                   .response);
  EXPECT_FALSE(meter.takes(kInitiator, *from_hex("020100")).response);
  EXPECT_FALSE(meter
                   .takes(kInitiator, *from_hex("300d"
                                                "020100"
                                                "0408"
                                                "00db1234567890"))
                   .response);
  EXPECT_EQ(meter.device.state().security_log.size(), 8u) << "each with its alert";
}

/// What GCS59 is given, and per entry what came of it.
using Entries = std::vector<std::pair<Eui64, std::uint64_t>>;
Bytes restore_content(const Entries& entries) {
  std::vector<Node> log;
  for (const auto& [eui, type] : entries)
    log.push_back(Node::sequence({Node::of(0x04, eui.wire()), Node::integer(type)}));
  return gbcs::asn1::write(Node::sequence({Node::sequence(std::move(log))}));
}
std::vector<std::uint64_t> restored(Joining& proxy, const Entries& entries) {
  const auto content = proxy.content_of(kRestore, restore_content(entries));
  std::vector<std::uint64_t> out;
  const auto& results = content.items.at(0).items;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& entry = results[i].items.at(0);
    EXPECT_EQ(Eui64::from_wire_or_zero(entry.items.at(0).value), entries.at(i).first) << "its entry stands beside it";
    out.push_back(gbcs::asn1::integer_value(results[i].items.at(1)).value());
  }
  return out;
}

TEST(GCS59, GivesAGasProxyTheLogOfTheOneBefore) {
  Joining proxy(kGpf, DeviceType::GPF, kBroker);
  const Entries log{{kGsme, kGasMeter}, {kPpmid, kDisplay}, {kSwitch, kTypeTwo}};
  EXPECT_EQ(restored(proxy, log), (std::vector<std::uint64_t>{0, 0, 0}));
  EXPECT_EQ(proxy.log(), log);
  EXPECT_EQ(restored(proxy, log), (std::vector<std::uint64_t>{0, 0, 0})) << "repeated it changes nothing";
  EXPECT_EQ(proxy.log(), log);
}

TEST(GCS59, JudgesEachEntryByItselfAndKeepsWhatIsThere) {
  Joining proxy(kGpf, DeviceType::GPF, kBroker);
  EXPECT_EQ(proxy.joins(kHubProtects, 2, kPpmid, kDisplay), 0u);
  EXPECT_EQ(restored(proxy, {{kPpmid, kTypeTwo}, {kEsme, kMeter}, {kGsme, kGasMeter}}),
            (std::vector<std::uint64_t>{3, 2, 0}));
  EXPECT_EQ(proxy.log(), (Entries{{kPpmid, kDisplay}, {kGsme, kGasMeter}}));
  Entries many;
  for (std::uint64_t i = 0; i < kJoinedLog; ++i) many.emplace_back(Eui64(kFar.value() + i), kTypeTwo);
  auto results = restored(proxy, many);
  EXPECT_EQ(results.back(), 4u) << "the log is full";
  EXPECT_EQ(proxy.log().size(), kJoinedLog);
  proxy.device.set_fault({"008C", 5});
  EXPECT_EQ(restored(proxy, {{kGsme, kGasMeter}}), std::vector<std::uint64_t>{5});
}

TEST(GCS59, WhatIsNoLogFailsTheCheckOfTheCommand) {
  Device proxy = make_device(kGpf, DeviceType::GPF);
  std::uint64_t counter = 1000;
  for (const auto& content :
       {gbcs::asn1::write(Node::sequence({})), gbcs::asn1::write(Node::integer(1)),
        gbcs::asn1::write(Node::sequence({Node::sequence({Node::sequence({Node::integer(1), Node::integer(5)})})}))}) {
    const auto outcome = proxy.take(command({kRestore, kBroker, kGpf, ++counter, content}), test_time());
    EXPECT_FALSE(outcome.response);
    EXPECT_TRUE(proxy.state().joined.empty());
  }
}

TEST(GCS62, TellsTheBrokerOfTheWholeLogAfterEachChangeAndOfNothingElse) {
  Device proxy = make_device(kGpf, DeviceType::GPF);
  std::uint64_t counter = 1000;
  const auto alerts = [&](MessageCode code, Bytes content) {
    return proxy.take(command({code, kBroker, kGpf, ++counter, std::move(content)}), test_time(), kHome).alerts;
  };
  const auto told = alerts(kRestore, restore_content({{kPpmid, kDisplay}, {kSwitch, kTypeTwo}}));
  ASSERT_EQ(told.size(), 1u);
  const auto alert = gbcs::read_message(told[0]).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x00B2});
  EXPECT_EQ(alert.header.target, kBroker);
  EXPECT_TRUE(alert.mac);
  const auto root = gbcs::asn1::read(alert.content).value();
  EXPECT_EQ(gbcs::asn1::integer_value(root.items.at(0)).value(), 0x8071u);
  EXPECT_EQ(root.items.at(2), joined_entries(proxy.state()));
  EXPECT_EQ(alerts(kRestore, restore_content({{kPpmid, kDisplay}})).size(), 0u) << "it was there";
  EXPECT_EQ(alerts(kHubProtects, join_content(2, kGsme, kGasMeter)).size(), 1u);
  EXPECT_EQ(alerts(kHubProtects, join_content(2, kGsme, kGasMeter)).size(), 0u);
  EXPECT_EQ(alerts(kPartB, id_content(kSwitch)).size(), 1u);
  EXPECT_EQ(alerts(kPartB, id_content(kSwitch)).size(), 0u);
}

TEST(Joins, AreKeptWithTheStateOfTheDevice) {
  Joining meter(kGsme, DeviceType::GSME);
  const auto certificate = device_certificate(kPpmid, pki::KeyUse::KeyAgreement);
  EXPECT_EQ(meter.joins(kHubProtects, 2, kGpf, kProxy), 0u);
  EXPECT_EQ(meter.joins(kByCertificate, 3, kPpmid, kDisplay, certificate), 0u);
  const auto& before = meter.device.state();
  const auto after = read_state(write_state(before)).value();
  ASSERT_EQ(after.joined.size(), 2u);
  EXPECT_EQ(after.joined[0].eui, kGpf);
  EXPECT_EQ(after.joined[0].method, 2);
  EXPECT_EQ(after.joined[1].type, kDisplay);
  EXPECT_EQ(after.joined[1].certificate, certificate);
  EXPECT_EQ(write_state(after), write_state(before));
  EXPECT_TRUE(read_state(write_state(DeviceState())).value().joined.empty());
}

}  // namespace
}  // namespace meterway::field::test
