#include "field/device/credentials.h"

#include "base/util/random.h"
#include "field/device/test_world.h"
#include "standard/pki/issue.h"
#include "standard/pki/lint.h"

/// What a device accepts into its trust anchor cells, judged from outside: commands in, what it then obeys.
namespace meterway::field::test {
namespace {

namespace asn1 = gbcs::asn1;
using asn1::Node;
using pki::KeyUse;

constexpr Eui64 kOtherNetwork{0x90B3D51F30020008}, kOtherSupplier{0x90B3D51F30010008}, kCos{0x90B3D51F30000004},
    kRecovery{0x90B3D51F30000001};
constexpr MessageCode kNetworkByNetwork{0x0103}, kSupplierByCos{0x0107}, kByRecovery{0x0108}, kDetails{0x0008};

const crypto::PrivateKey& key_for(Eui64 who, KeyUse use) {
  const Keys& keys = keys_of(who);
  return use == KeyUse::DigitalSignature ? keys.signing
         : use == KeyUse::KeyAgreement   ? keys.agreement
                                         : keys.prepayment;
}

/// One key infrastructure for the run, good from the day before the tests' day.
struct Ca {
  SeededRandom random{5};
  pki::Validity validity = pki::Validity::years(test_time() - std::chrono::hours(24), 10);
  pki::Authority root = pki::issue_root("ROOT", validity, random).value();
  pki::Authority issuing = pki::issue_authority(root, "ISSUING", validity, random).value();
  pki::Authority elsewhere =
      pki::issue_authority(pki::issue_root("OTHER", validity, random).value(), "ISSUING", validity, random).value();
};
Ca& ca() {
  static Ca one;
  return one;
}

Bytes certificate(Eui64 who, PartyRole role, KeyUse use, const pki::Authority& by, pki::Validity validity) {
  const auto usage = use == KeyUse::DigitalSignature ? KeyUse::DigitalSignature : KeyUse::KeyAgreement;
  return pki::issue_organisation(by, {who, role, "", usage}, validity, key_for(who, use).public_key(), ca().random)
      .value()
      .der;
}
Bytes certificate(Eui64 who, PartyRole role, KeyUse use) {
  return certificate(who, role, use, ca().issuing, ca().validity);
}

Device device_of(Eui64 eui, DeviceType type) {
  Device plain = make_device(eui, type);
  auto anchors = plain.anchors();
  anchors.put({PartyRole::Root, KeyUse::DigitalSignature, Eui64(), ca().root.certificate.public_key,
               ca().root.certificate.der});
  return Device(plain.identity(), std::move(anchors), LoadProfile(Fuel::Electricity, 1), plain.state());
}

Node usage(KeyUse use) {
  return Node::of(0x03, use == KeyUse::DigitalSignature ? Bytes{0x07, 0x80} : Bytes{0x03, 0x08});
}
Node cell(PartyRole role, KeyUse use, std::uint8_t tag = 0x30) {
  std::vector<Node> items{Node::integer(static_cast<std::uint64_t>(role)), usage(use)};
  if (use == KeyUse::PrepaymentKeyAgreement) items.push_back(Node::integer(1));
  auto node = Node::sequence(std::move(items));
  node.tag = tag;
  return node;
}

struct Wanted {
  PartyRole role;
  KeyUse use;
  Bytes der;
};

/// A replacement as the platform and the authorising party would build it.
struct Swap {
  MessageCode code = kNetworkByNetwork;
  std::uint64_t mode = 3;
  std::optional<PartyRole> authoriser = PartyRole::NetworkOperator;
  Eui64 originator = kNetwork;
  std::vector<Wanted> wanted;
  std::optional<std::uint64_t> floor = 0;
  std::optional<std::uint64_t> prepayment_floor = std::nullopt;
  std::vector<std::pair<PartyRole, std::uint64_t>> other_floors{};
  std::uint64_t counter = 1000;
  std::optional<std::uint64_t> inner_counter = std::nullopt;
  bool check_dates = true;
  bool path = true;
  std::optional<Node> time = std::nullopt;
  Eui64 target = kEsme;

  Bytes content() const {
    std::vector<Node> control{Node::integer(mode)};
    if (!check_dates) control.push_back(Node::integer(1, 0x81));
    if (authoriser) control.push_back(cell(*authoriser, KeyUse::DigitalSignature, 0xA2));
    control.push_back(Node::integer(inner_counter.value_or(counter), 0x83));
    if (floor) control.push_back(Node::integer(*floor, 0x84));
    const auto special = [](std::uint64_t value, std::uint8_t tag) {
      auto list = Node::sequence({Node::sequence({Node::integer(0), Node::integer(value)})});
      list.tag = tag;
      return list;
    };
    if (prepayment_floor && other_floors.empty()) control.push_back(special(*prepayment_floor, 0xA5));
    std::vector<Node> others;
    for (const auto& [role, value] : other_floors) {
      std::vector<Node> entry{Node::integer(static_cast<std::uint64_t>(role)), Node::integer(value)};
      if (prepayment_floor && role == PartyRole::Supplier) entry.push_back(special(*prepayment_floor, 0x30));
      others.push_back(Node::sequence(std::move(entry)));
    }
    if (!others.empty()) {
      auto list = Node::sequence(std::move(others));
      list.tag = 0xA6;
      control.push_back(list);
    }
    std::vector<Node> replacements;
    for (const auto& one : wanted) {
      replacements.push_back(Node::sequence({asn1::read(one.der).value(), cell(one.role, one.use)}));
    }
    std::vector<Node> issuers;
    if (path) issuers.push_back(asn1::read(ca().issuing.certificate.der).value());
    std::vector<Node> all{Node::sequence(std::move(control)), Node::sequence(std::move(replacements)),
                          Node::sequence(std::move(issuers))};
    if (time) all.push_back(*time);
    return asn1::write(Node::sequence(std::move(all)));
  }
  Order order() const { return {code, originator, target, counter, content()}; }
};

std::vector<Wanted> both_of(Eui64 who, PartyRole role) {
  return {{role, KeyUse::DigitalSignature, certificate(who, role, KeyUse::DigitalSignature)},
          {role, KeyUse::KeyAgreement, certificate(who, role, KeyUse::KeyAgreement)}};
}
std::vector<Wanted> three_of(Eui64 who) {
  auto all = both_of(who, PartyRole::Supplier);
  all.push_back({PartyRole::Supplier, KeyUse::PrepaymentKeyAgreement,
                 certificate(who, PartyRole::Supplier, KeyUse::PrepaymentKeyAgreement)});
  return all;
}

/// The outcome's cells: their status values.
std::vector<std::uint64_t> statuses(const Node& outcome) {
  std::vector<std::uint64_t> out;
  for (const auto& one : outcome.items.at(3).items) out.push_back(asn1::integer_value(one.items.at(1)).value());
  return out;
}
Node outcome_in(const gbcs::Message& response) {
  const auto node = asn1::read(response.content).value();
  EXPECT_EQ(node.items.size(), 2u);
  return node.items.size() == 2 ? node.items[1]
                                : Node::sequence({Node(), Node(), Node::sequence({}), Node::sequence({})});
}

Eui64 sits(const Device& device, PartyRole role, KeyUse use = KeyUse::DigitalSignature) {
  const auto* found = device.anchors().find(role, use);
  return found == nullptr ? Eui64() : found->holder;
}

/// Credentials details by the broker: a command that needs nothing but a role.
Order read_by(Eui64 who, std::uint64_t counter) {
  const auto request = Node::sequence(
      {Node::sequence({Node::integer(4), usage(KeyUse::KeyAgreement)}), Node::sequence({Node::integer(3)})});
  return {kDetails, who, kEsme, counter, asn1::write(request)};
}

TEST(Credentials, TheNetworkOperatorInTheCellHandsItToAnotherAndIsNotObeyedAfterwards) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const Swap swap{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator)};
  const auto outcome = outcome_in(answer(device.take(command(swap.order()), test_time())));
  EXPECT_EQ(statuses(outcome), (std::vector<std::uint64_t>{0, 0}));
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kOtherNetwork);
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator, KeyUse::KeyAgreement), kOtherNetwork);

  // The former party: neither its reads nor another replacement.
  EXPECT_FALSE(device.take(command(read_by(kNetwork, 5000)), test_time()).response);
  Swap back{.wanted = both_of(kNetwork, PartyRole::NetworkOperator), .counter = 6000};
  EXPECT_FALSE(device.take(command(back.order()), test_time()).response);
  // The new one begins at its own floor, though the former party's counters were higher.
  EXPECT_TRUE(device.take(command(read_by(kOtherNetwork, 7)), test_time()).response);
  EXPECT_FALSE(device.take(command(read_by(kOtherNetwork, 7)), test_time()).response) << "a replay";
}

TEST(Credentials, WhoIsNotInTheCellChangesNothingWhateverThePlatformThinks) {
  Device device = device_of(kEsme, DeviceType::ESME);
  // The rightful operator signs with its own key; the broker adds its MAC, because the platform lets it.
  const Swap swap{.originator = kOtherNetwork, .wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator)};
  const auto out = device.take(command(swap.order()), test_time());
  EXPECT_FALSE(out.response);
  EXPECT_FALSE(out.alerts.empty()) << "8F1E";
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);
  // A forged name does not help: the signature is checked with the key in the cell.
  auto forged = build(swap.order());
  forged.header.originator = kNetwork;
  forged.mac.reset();
  ASSERT_TRUE(gbcs::sign(forged, keys_of(kOtherNetwork).signing));
  ASSERT_TRUE(gbcs::add_mac(forged, keys_of(kBroker).agreement, keys_of(kEsme).agreement.public_key()));
  EXPECT_FALSE(device.take(gbcs::write_message(forged), test_time()).response);
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);
}

TEST(Credentials, APartyOpensNoOtherCellThanItsOwn) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const Swap supplier{.wanted = three_of(kOtherSupplier)};
  EXPECT_FALSE(device.take(command(supplier.order()), test_time()).response);
  Swap mixed{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .counter = 1001};
  mixed.wanted.push_back({PartyRole::Recovery, KeyUse::DigitalSignature,
                          certificate(kOtherNetwork, PartyRole::Recovery, KeyUse::DigitalSignature)});
  EXPECT_FALSE(device.take(command(mixed.order()), test_time()).response);
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork) << "refused whole";
  Swap pretended{
      .authoriser = PartyRole::Supplier, .wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .counter = 1002};
  EXPECT_FALSE(device.take(command(pretended.order()), test_time()).response);
  Swap other_mode{.mode = 2, .wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .counter = 1003};
  EXPECT_FALSE(device.take(command(other_mode.order()), test_time()).response);
  Swap other_counter{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .counter = 1004, .inner_counter = 9};
  EXPECT_FALSE(device.take(command(other_counter.order()), test_time()).response);
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);
}

TEST(Credentials, EachCertificateIsJudgedByItselfAndAFailedOneKeepsItsCell) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const auto role = PartyRole::NetworkOperator;
  Swap swap{.wanted = {{role, KeyUse::DigitalSignature, certificate(kOtherNetwork, role, KeyUse::DigitalSignature)},
                       {role, KeyUse::KeyAgreement,
                        certificate(kOtherNetwork, role, KeyUse::KeyAgreement, ca().elsewhere, ca().validity)}}};
  const auto outcome = outcome_in(answer(device.take(command(swap.order()), test_time())));
  EXPECT_EQ(statuses(outcome), (std::vector<std::uint64_t>{0, 0x0A}));
  EXPECT_EQ(sits(device, role), kOtherNetwork);
  EXPECT_EQ(sits(device, role, KeyUse::KeyAgreement), kNetwork);
  // Existing and new are the same for the cell that failed.
  const auto& failed = outcome.items[3].items[1].items;
  EXPECT_EQ(failed[2].value, failed[4].value);
  EXPECT_EQ(failed[3].value, failed[5].value);
}

struct BadCase {
  const char* name;
  Bytes der;
  std::uint64_t status;
};

TEST(Credentials, ACertificateMustFitItsCellItsDatesAndItsRoot) {
  const auto role = PartyRole::NetworkOperator;
  const auto sign = KeyUse::DigitalSignature;
  const pki::Validity over{test_time() - std::chrono::hours(20), test_time() - std::chrono::hours(1)};
  const pki::Validity to_come{test_time() + std::chrono::hours(1), test_time() + std::chrono::hours(9)};
  Bytes broken = certificate(kOtherNetwork, role, sign);
  broken.back() ^= 1;
  const BadCase cases[] = {
      {"another role", certificate(kOtherNetwork, PartyRole::Supplier, sign), 5},
      {"another use", certificate(kOtherNetwork, role, KeyUse::KeyAgreement), 5},
      {"expired", certificate(kOtherNetwork, role, sign, ca().issuing, over), 5},
      {"not yet", certificate(kOtherNetwork, role, sign, ca().issuing, to_come), 5},
      {"an authority", ca().issuing.certificate.der, 5},
      {"signature broken", broken, 0x0A},
      {"another root", certificate(kOtherNetwork, role, sign, ca().elsewhere, ca().validity), 0x0A},
  };
  for (const auto& c : cases) {
    Device device = device_of(kEsme, DeviceType::ESME);
    const Swap swap{.wanted = {{role, sign, c.der}}};
    const auto outcome = outcome_in(answer(device.take(command(swap.order()), test_time())));
    EXPECT_EQ(statuses(outcome), std::vector<std::uint64_t>{c.status}) << c.name;
    EXPECT_EQ(sits(device, role), kNetwork) << c.name;
  }
  // Dates are not looked at when the command says so; everything else is.
  Device device = device_of(kEsme, DeviceType::ESME);
  Swap swap{.wanted = {{role, sign, certificate(kOtherNetwork, role, sign, ca().issuing, over)}}, .check_dates = false};
  EXPECT_EQ(statuses(outcome_in(answer(device.take(command(swap.order()), test_time())))),
            std::vector<std::uint64_t>{0});
  // Without its issuer there is no path.
  Swap alone{.originator = kOtherNetwork, .wanted = both_of(kNetwork, role), .counter = 9, .path = false};
  EXPECT_EQ(statuses(outcome_in(answer(device.take(command(alone.order()), test_time())))),
            (std::vector<std::uint64_t>{0x0A, 0x0A}));
}

TEST(Credentials, AnotherPartyComesInOnlyWithAFloorForItsCounters) {
  Device device = device_of(kEsme, DeviceType::ESME);
  Swap swap{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .floor = std::nullopt};
  EXPECT_EQ(statuses(outcome_in(answer(device.take(command(swap.order()), test_time())))),
            (std::vector<std::uint64_t>{0x7F, 0x7F}));
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);
  // Its own new certificates need none, and its counters go on.
  Swap renewal{.wanted = both_of(kNetwork, PartyRole::NetworkOperator), .floor = std::nullopt, .counter = 1001};
  EXPECT_EQ(statuses(outcome_in(answer(device.take(command(renewal.order()), test_time())))),
            (std::vector<std::uint64_t>{0, 0}));
  EXPECT_FALSE(device.take(command(read_by(kNetwork, 1001)), test_time()).response);
  EXPECT_TRUE(device.take(command(read_by(kNetwork, 1002)), test_time()).response);
}

TEST(Credentials, CountersStartFromTheFloor) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const Swap swap{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .floor = 500};
  ASSERT_TRUE(device.take(command(swap.order()), test_time()).response);
  EXPECT_FALSE(device.take(command(read_by(kOtherNetwork, 500)), test_time()).response);
  EXPECT_TRUE(device.take(command(read_by(kOtherNetwork, 501)), test_time()).response);
}

TEST(Credentials, AChangeOfSupplierByTheTransitionalPartyTakesAllThreeCells) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const Swap swap{.code = kSupplierByCos,
                  .mode = 7,
                  .authoriser = PartyRole::TransitionalCos,
                  .originator = kCos,
                  .wanted = three_of(kOtherSupplier),
                  .floor = std::nullopt,
                  .prepayment_floor = 0,
                  .other_floors = {{PartyRole::Supplier, 0}}};
  const auto outcome = outcome_in(answer(device.take(command(swap.order()), test_time())));
  EXPECT_EQ(statuses(outcome), (std::vector<std::uint64_t>{0, 0, 0}));
  for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement, KeyUse::PrepaymentKeyAgreement})
    EXPECT_EQ(sits(device, PartyRole::Supplier, use), kOtherSupplier);
  EXPECT_EQ(sits(device, PartyRole::TransitionalCos), kCos);
  // As the reference response has it: role 2, floor 0, and for prepayment (usage 0) floor 0.
  EXPECT_EQ(asn1::write(outcome.items[2]), (Bytes{0x30, 0x12, 0x30, 0x10, 0x02, 0x01, 0x02, 0x02, 0x01, 0x00,
                                                  0x30, 0x08, 0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00}));
  EXPECT_FALSE(device.take(command(read_by(kSupplier, 9000)), test_time()).response);
}

TEST(Credentials, ADatedReplacementWaitsIsToldOfAndOutlivesARestart) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const auto at = test_time() + std::chrono::hours(24);
  Swap swap{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator)};
  swap.time = generalized_time(at);
  const auto response = answer(device.take(command(swap.order()), test_time()));
  EXPECT_EQ(response.content, (Bytes{0x30, 0x02, 0x05, 0x00}));
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);

  auto state = read_state(write_state(device.state())).value();
  auto delivered = device_of(kEsme, DeviceType::ESME);
  Device again(device.identity(), delivered.anchors(), LoadProfile(Fuel::Electricity, 1), state);
  EXPECT_TRUE(again.pass(at - std::chrono::seconds(1)).empty());
  const auto alerts = again.pass(at);
  ASSERT_EQ(alerts.size(), 1u);
  const auto alert = gbcs::read_message(alerts[0]).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x00CB});
  EXPECT_EQ(alert.header.target, kNetwork);
  EXPECT_TRUE(gbcs::verify_signature(alert, keys_of(kEsme).signing.public_key()));
  const auto body = asn1::read(alert.content).value();
  EXPECT_EQ(asn1::integer_value(body.items[0]).value(), 0x8F66u);
  EXPECT_EQ(statuses(body.items[2]), (std::vector<std::uint64_t>{0, 0}));
  EXPECT_EQ(sits(again, PartyRole::NetworkOperator), kOtherNetwork);

  // And what was replaced is still so after the next restart.
  Device third(device.identity(), delivered.anchors(), LoadProfile(Fuel::Electricity, 1),
               read_state(write_state(again.state())).value());
  EXPECT_EQ(sits(third, PartyRole::NetworkOperator), kOtherNetwork);
  EXPECT_EQ(sits(third, PartyRole::NetworkOperator, KeyUse::KeyAgreement), kOtherNetwork);
  EXPECT_EQ(sits(third, PartyRole::Supplier), kSupplier);
}

TEST(Credentials, NeverTakesAWaitingReplacementAway) {
  Device device = device_of(kEsme, DeviceType::ESME);
  Swap swap{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator)};
  swap.time = generalized_time(test_time() + std::chrono::hours(24));
  ASSERT_TRUE(device.take(command(swap.order()), test_time()).response);
  swap.counter = 1001;
  swap.time = Node::of(0x18, Bytes{'9', '9', '9', '9', '1', '2', '3', '1', '2', '3', '5', '9', '5', '9', 'Z'});
  EXPECT_EQ(answer(device.take(command(swap.order()), test_time())).content, (Bytes{0x30, 0x02, 0x05, 0x00}));
  EXPECT_TRUE(device.state().pending.empty());
  EXPECT_TRUE(device.pass(test_time() + std::chrono::hours(48)).empty());
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);
}

TEST(Credentials, WhatWaitedForAPartyThatIsGoneNeverHappens) {
  Device device = device_of(kEsme, DeviceType::ESME);
  Swap later{.wanted = both_of(kNetwork, PartyRole::NetworkOperator)};
  later.time = generalized_time(test_time() + std::chrono::hours(24));
  ASSERT_TRUE(device.take(command(later.order()), test_time()).response);
  Swap now{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .counter = 1001};
  ASSERT_TRUE(device.take(command(now.order()), test_time()).response);
  EXPECT_TRUE(device.state().pending.empty());
}

TEST(Credentials, ADatedReplacementNeedsItsSignerInTheAuthorisingCellOnThatDay) {
  Device device = device_of(kGpf, DeviceType::GPF);
  const auto at = test_time() + std::chrono::hours(24);
  Swap later{.originator = kBroker, .wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .target = kGpf};
  later.time = generalized_time(at);
  ASSERT_TRUE(device.take(command(later.order()), test_time()).response);
  const Swap now{
      .originator = kBroker, .wanted = both_of(kNetwork, PartyRole::NetworkOperator), .counter = 1001, .target = kGpf};
  ASSERT_TRUE(device.take(command(now.order()), test_time()).response);
  ASSERT_EQ(device.state().pending.size(), 1u) << "the broker still sits in its own cell";
  const auto alerts = device.pass(at);
  ASSERT_EQ(alerts.size(), 1u);
  const auto body = asn1::read(gbcs::read_message(alerts[0]).value().content).value();
  EXPECT_EQ(asn1::integer_value(body.items[0]).value(), 0x8F67u);
  EXPECT_EQ(statuses(body.items[2]), (std::vector<std::uint64_t>{0x7F, 0x7F}));
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork) << "the broker had handed it over";
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator, KeyUse::KeyAgreement), kNetwork);
}

TEST(Credentials, CountersStayWhereNoCertificateWasTaken) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const auto role = PartyRole::NetworkOperator;
  Swap swap;
  for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement})
    swap.wanted.push_back({role, use, certificate(kOtherNetwork, role, use, ca().elsewhere, ca().validity)});
  const auto message = command(swap.order());
  const auto outcome = outcome_in(answer(device.take(message, test_time())));
  EXPECT_EQ(statuses(outcome), (std::vector<std::uint64_t>{0x0A, 0x0A}));
  EXPECT_EQ(outcome.items.at(2).items.size(), 1u) << "the floor is named, as the reference device names it";
  EXPECT_FALSE(device.take(message, test_time()).response) << "a replay";
  EXPECT_FALSE(device.take(command(read_by(kNetwork, 1000)), test_time()).response);
  EXPECT_TRUE(device.take(command(read_by(kNetwork, 1001)), test_time()).response);
}

TEST(Credentials, TheBrokerHandsOverTheCellsThatAGasProxyWasDeliveredWith) {
  Device device = device_of(kGpf, DeviceType::GPF);
  ASSERT_EQ(sits(device, PartyRole::NetworkOperator), kBroker);
  const Swap swap{.originator = kBroker, .wanted = both_of(kNetwork, PartyRole::NetworkOperator), .target = kGpf};
  const auto response = answer(device.take(command(swap.order()), test_time()));
  EXPECT_EQ(statuses(outcome_in(response)), (std::vector<std::uint64_t>{0, 0}));
  EXPECT_EQ(response.header.target, kBroker);
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kNetwork);
  EXPECT_EQ(sits(device, PartyRole::AccessControlBroker, KeyUse::KeyAgreement), kBroker) << "its own cell stays";
  // Once handed over it is not the broker's any more.
  const Swap back{.originator = kBroker,
                  .wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator),
                  .counter = 2000,
                  .target = kGpf};
  EXPECT_FALSE(device.take(command(back.order()), test_time()).response);
}

TEST(Credentials, RecoveryReplacesEveryCellButTheRootBySignatureAlone) {
  Device device = device_of(kEsme, DeviceType::ESME);
  auto wanted = three_of(kOtherSupplier);
  for (auto& one : both_of(kOtherNetwork, PartyRole::NetworkOperator)) wanted.push_back(std::move(one));
  const Swap swap{.code = kByRecovery,
                  .mode = 8,
                  .authoriser = PartyRole::Recovery,
                  .originator = kRecovery,
                  .wanted = std::move(wanted),
                  .floor = 0,
                  .other_floors = {{PartyRole::Supplier, 0}, {PartyRole::NetworkOperator, 0}}};
  auto message = build(swap.order());
  EXPECT_FALSE(device.take(gbcs::write_message(message), test_time()).response) << "a MAC is one too many";
  message.mac.reset();
  const auto outcome = outcome_in(answer(device.take(gbcs::write_message(message), test_time())));
  EXPECT_EQ(statuses(outcome), std::vector<std::uint64_t>(5, 0));
  EXPECT_EQ(outcome.items[2].items.size(), 2u) << "the counters of two roles; recovery keeps its cell and its counter";
  EXPECT_EQ(sits(device, PartyRole::Supplier), kOtherSupplier);
  EXPECT_EQ(sits(device, PartyRole::NetworkOperator), kOtherNetwork);
}

TEST(Credentials, DetailsShowWhatIsInTheCells) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const Swap swap{.wanted = both_of(kOtherNetwork, PartyRole::NetworkOperator), .floor = 77};
  ASSERT_TRUE(device.take(command(swap.order()), test_time()).response);
  const auto body = asn1::read(answer(device.take(command(read_by(kBroker, 2000)), test_time())).content).value();
  const auto& role = body.items.at(0).items;
  EXPECT_EQ(asn1::integer_value(role.at(2)).value(), 77u);
  const auto& cells = role.at(3).items;
  ASSERT_EQ(cells.size(), 2u);
  const auto wire = kOtherNetwork.wire();
  EXPECT_EQ(cells[0].items[1].value, Bytes(wire.begin(), wire.end()));
  EXPECT_EQ(cells[0].items[2].value, pki::key_identifier(keys_of(kOtherNetwork).signing.public_key()));
}

TEST(Credentials, TheSupplierPutsAnotherLoadControllerIn) {
  constexpr Eui64 kNewcomer{0x90B3D51F30010009};
  Device device = device_of(kEsme, DeviceType::ESME);
  Swap swap{.code = {0x0126},
            .mode = 11,
            .authoriser = PartyRole::Supplier,
            .originator = kSupplier,
            .wanted = both_of(kNewcomer, PartyRole::LoadController),
            .floor = std::nullopt,
            .other_floors = {{PartyRole::LoadController, 0}}};
  EXPECT_EQ(statuses(outcome_in(answer(device.take(command(swap.order()), test_time())))),
            (std::vector<std::uint64_t>{0, 0}));
  EXPECT_EQ(sits(device, PartyRole::LoadController), kNewcomer);
  EXPECT_EQ(sits(device, PartyRole::LoadController, KeyUse::KeyAgreement), kNewcomer);
  EXPECT_EQ(sits(device, PartyRole::Supplier), kSupplier);

  swap.counter = 1001;
  swap.wanted = both_of(kLoadController, PartyRole::LoadController);
  swap.time = generalized_time(test_time() + std::chrono::hours(1));
  ASSERT_TRUE(device.take(command(swap.order()), test_time()).response);
  const auto alerts = device.pass(test_time() + std::chrono::hours(1));
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(gbcs::read_message(alerts[0]).value().header.code, MessageCode{0x0124});
  EXPECT_EQ(sits(device, PartyRole::LoadController), kLoadController);
}

TEST(Credentials, TheNetworkOperatorPutsNoLoadControllerIn) {
  Device device = device_of(kEsme, DeviceType::ESME);
  const Swap swap{.code = {0x0126},
                  .mode = 11,
                  .authoriser = PartyRole::NetworkOperator,
                  .originator = kNetwork,
                  .wanted = both_of(kOtherNetwork, PartyRole::LoadController),
                  .floor = std::nullopt,
                  .other_floors = {{PartyRole::LoadController, 0}}};
  EXPECT_FALSE(device.take(command(swap.order()), test_time()).response);
  EXPECT_EQ(sits(device, PartyRole::LoadController), kLoadController);
}

TEST(ReplacementRules, OfTheBrokersOwnCellsDependOnTheDevice) {
  const auto* meter = find_replacement_rule(DeviceType::ESME, {0x0104});
  const auto* hub = find_replacement_rule(DeviceType::CHF, {0x0104});
  ASSERT_TRUE(meter && hub);
  EXPECT_TRUE(meter->by_mac);
  EXPECT_FALSE(hub->by_mac);
  for (const auto type : {DeviceType::ESME, DeviceType::CHF}) {
    for (const std::uint16_t code : {0x0100, 0x0101, 0x0109, 0x0008})
      EXPECT_EQ(find_replacement_rule(type, {code}), nullptr) << code << ": no public rule";
  }
}

}  // namespace
}  // namespace meterway::field::test
