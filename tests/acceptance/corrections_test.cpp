// Network operator certificates against registration data (seed A37, B29): a file says who the operator is, the device
// has said who sits in its cells, and time is the test's.
#include "oversight/devices/corrections.h"

#include "records/registry/certificates.h"
#include "tests/acceptance/gatekeeper.h"

namespace meterway::acceptance {
namespace {

using devices::Compared;
using registry::Slot;

// Parties whose certificates the bench has.
constexpr Eui64 kNorth = kSupplier, kSouth = kOtherSupplier, kEast = tests::kBroker;
constexpr auto kDay = std::chrono::hours(24);

std::string operator_from(const std::string& id, const char* date) {
  return std::string("REG|") + kPoint + "|ED|" + id + "|" + date + "||";
}

/// A meter with North in its network operator cells; North (NORT) and South (SOUT) are Users.
class Corrections : public Gatekeeper {
 public:
  using FlowBench::read;
  using FlowBench::trace;
  using FlowBench::write;

  Corrections() {
    user(kNorth, "North", "NORT");
    user(kSouth, "South", "SOUT");
    meter(kMeter);
    for (const auto party : {kNorth, kSouth}) certificates(party);
  }
  void user(Eui64 eui, const std::string& name, const char* id, registry::UserState state = registry::UserState::Live) {
    registry::User user{eui, name, {UserRole::ED}, state, ""};
    if (id != nullptr) user.participants = {{UserRole::ED, *MarketParticipant::parse(id)}};
    write([&](store::WriteView& view) { return registry::put_user(view, user); });
  }
  void meter(Eui64 eui, Eui64 signing = kNorth, Eui64 agreement = kNorth) {
    device(eui, {{"ImportMPxN", kPoint}});
    cells(eui, signing, agreement);
  }
  void cells(Eui64 eui, Eui64 signing, Eui64 agreement) {
    clock.advance(std::chrono::milliseconds(1));  // a later answer
    const std::vector<Slot> slots{
        {PartyRole::NetworkOperator, pki::KeyUse::DigitalSignature, signing, clock.now(), {1}},
        {PartyRole::NetworkOperator, pki::KeyUse::KeyAgreement, agreement, clock.now(), {2}}};
    write([&](store::WriteView& view) { return registry::learn_slots(view, eui, slots); });
  }
  void certificates(Eui64 party) {
    for (const auto use : {pki::KeyUse::DigitalSignature, pki::KeyUse::KeyAgreement}) {
      const auto& one = record(party, use);
      write([&](store::WriteView& view) -> Status {
        METERWAY_TRY(const bool added, registry::add_certificate(view, one.certificate, use, ""));
        (void)added;
        return registry::put_issuer(view, one.certificate.authority_key_identifier, one.certificate.der);
      });
    }
  }
  Compared compared(std::size_t most = 500) {
    const auto done = devices::compare_slots(ledger(), most);
    EXPECT_TRUE(done) << done.error().detail;
    return done ? *done : Compared{};
  }
  /// Until there is no more, in steps.
  Compared all_compared(std::size_t most) {
    Compared out;
    for (int step = 0; step < 100; ++step) {
      const auto one = compared(most);
      out += one;
      if (!one.more) break;
    }
    return out;
  }
  std::vector<ledger::Record> cases() {
    const auto found = ledger().reader(registry::operator_person()).list({"correction_case"});
    EXPECT_TRUE(found);
    return found ? found->records : std::vector<ledger::Record>{};
  }
  ledger::Record the_case() {
    const auto all = cases();
    EXPECT_EQ(all.size(), 1u);
    if (all.empty()) return {};
    const auto found = ledger().reader(registry::operator_person()).find("correction_case", all[0].reference);
    EXPECT_TRUE(found);
    return found ? *found : ledger::Record{};
  }
  /// "" when it is given, else why not.
  std::string asked(const char* action = "request") {
    ledger::Draft draft;
    draft.fields = {{"reason", {"the cell is wrong"}}};
    const auto done =
        ledger().act(registry::operator_person(), "correction_case", the_case().reference, {}, action, draft);
    if (done) return {};
    auto why = done.error().detail;
    for (const auto& field : done.error().fields) why += "; " + field.detail;
    return why;
  }
  std::optional<registry::Correction> leave() { return leave_at(clock.now()); }
  std::optional<registry::Correction> leave_at(UtcTime at) {
    return read<std::optional<registry::Correction>>(
        [at](const auto& view) { return registry::find_correction(view, kMeter, at); });
  }
  /// By the operator, who may do everything: "" when it is, else why not.
  std::string closed_by_hand() {
    const auto done =
        ledger().act(registry::operator_person(), "correction_case", the_case().reference, {}, "close", {});
    if (done) return {};
    auto why = done.error().detail;
    for (const auto& field : done.error().fields) why += "; " + field.detail;
    return why;
  }
  std::size_t notices() {
    const auto found = ledger().reader(registry::operator_person()).list({"notice"});
    EXPECT_TRUE(found);
    return found ? found->records.size() : 0;
  }
};

/// What a file of registration data changes, nothing tells the devices about: the daily pass finds it.
TEST(acceptance, A37DailyPass) {
  Corrections world;
  world.taken(electricity_file(1, {operator_from("NORT", "20200101")}, true));
  EXPECT_EQ(world.all_compared(500).opened, 0u);
  world.taken(electricity_file(2, {operator_from("SOUT", "20261122")}));
  world.clock.advance(kDay - std::chrono::minutes(1));
  EXPECT_EQ(world.compared().opened, 0u) << "a day has not passed";
  EXPECT_TRUE(world.cases().empty());
  world.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(world.compared().opened, 1u);
  const auto one = world.the_case();
  EXPECT_EQ(one.text("route"), "holder");
  EXPECT_EQ(one.text("able"), "North");
  EXPECT_EQ(one.text("rightful"), "South");
  EXPECT_EQ(one.text("mpxn"), kPoint);
  EXPECT_FALSE(one.text("offer").empty());
  world.clock.advance(kDay);
  const auto again = world.compared();
  EXPECT_EQ(again.opened + again.changed + again.closed, 0u) << "one case, whatever a pass finds";
  // A clock that is set back does not put the next pass off, and registration is that of the moment it shows.
  world.clock.advance(-kDay * 3);
  EXPECT_EQ(world.compared().closed, 1u);
}

TEST(acceptance, A37PassGoesOnAfterARestart) {
  Corrections world;
  constexpr std::uint64_t kMeters = 7;
  for (std::uint64_t n = 0; n < kMeters; ++n) world.meter(Eui64(kMeter.value() + 0x100 + n));
  world.taken(electricity_file(1, {operator_from("NORT", "20200101")}, true));
  EXPECT_EQ(world.all_compared(3).opened, 0u);
  world.taken(electricity_file(2, {operator_from("SOUT", "20261122")}));
  world.clock.advance(kDay);
  const auto first = world.compared(3);
  EXPECT_EQ(first.opened, 3u);
  EXPECT_TRUE(first.more);
  world.restart();
  EXPECT_EQ(world.all_compared(3).opened, kMeters + 1 - 3);
  EXPECT_EQ(world.all_compared(3).opened, 0u);
  EXPECT_EQ(world.cases().size(), kMeters + 1);
}

TEST(acceptance, A37Recovery) {  // nobody is left who could sign for the cell
  Corrections world;
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.user(kNorth, "North", "NORT", registry::UserState::Suspended);
  EXPECT_EQ(world.compared().opened, 1u);
  const auto one = world.the_case();
  EXPECT_EQ(one.text("route"), "recovery");
  EXPECT_EQ(one.text("able"), "recovery");
  EXPECT_TRUE(one.text("offer").empty());
  EXPECT_NE(one.text("explanation").find("contingency"), std::string::npos);
  EXPECT_NE(one.text("explanation").find("North is suspended"), std::string::npos) << one.text("explanation");
  const auto to_the_authority = [&] {
    const auto found =
        world.ledger().reader(registry::operator_person()).count({.kind = "notice", .filters = {{"to", "SMKI PMA"}}});
    return found ? *found : 0;
  };
  EXPECT_EQ(to_the_authority(), 1u) << "who decides on it hears of it";
  // The rightful one asks for it: nobody gets leave, and the authority has the request.
  EXPECT_EQ(world.asked(), "");
  EXPECT_EQ(world.the_case().state, "requested");
  EXPECT_EQ(world.the_case().text("asked_by"), "operator");
  EXPECT_EQ(to_the_authority(), 2u);
  EXPECT_FALSE(world.leave());
  EXPECT_NE(world.asked("again").find("it was asked for"), std::string::npos);
  // It is back, and so is the other route.
  world.user(kNorth, "North", "NORT");
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().changed, 1u);
  EXPECT_EQ(world.the_case().text("route"), "holder");
  EXPECT_EQ(world.the_case().text("able"), "North");
  EXPECT_FALSE(world.leave());
  EXPECT_EQ(world.asked("again"), "");
  EXPECT_TRUE(world.leave());
  // What the platform finds by itself is not the operator's doing.
  EXPECT_EQ(world.the_case().created_by, "platform");
}

TEST(acceptance, A37KeyAgreementAlone) {  // the rightful one can put it right by itself
  Corrections world;
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.cells(kMeter, kSouth, kNorth);
  EXPECT_EQ(world.compared().opened, 1u);
  EXPECT_EQ(world.the_case().text("route"), "holder");
  EXPECT_EQ(world.the_case().text("able"), "South");
  world.cells(kMeter, kSouth, kSouth);
  EXPECT_EQ(world.compared().closed, 1u);
  EXPECT_EQ(world.the_case().state, "closed");
}

TEST(acceptance, A37OfSeveralUsersTheOneInTheCellIsNamed) {
  Corrections world;
  world.user(kEast, "East", "SOUT");  // acts for the same participant, and comes first
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.cells(kMeter, kSouth, kNorth);
  EXPECT_EQ(world.compared().opened, 1u);
  EXPECT_EQ(world.the_case().text("rightful"), "South");
  EXPECT_EQ(world.the_case().text("able"), "South");
  world.cells(kMeter, kSouth, kEast);
  EXPECT_EQ(world.compared().closed, 1u) << "either is right";
}

TEST(acceptance, B29LeaveEndsWithWhatItWasGivenFor) {
  Corrections world;
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.compared();
  EXPECT_EQ(world.asked(), "");
  ASSERT_TRUE(world.leave());
  EXPECT_EQ(world.leave()->user, kNorth);
  EXPECT_EQ(world.leave()->holder, kSouth);
  EXPECT_NE(world.asked("again").find("it was asked for"), std::string::npos);
  // Run out, it is asked for again.
  world.clock.advance(kDay * 31);
  EXPECT_EQ(world.asked("again"), "");
  EXPECT_GT(world.leave()->until, world.clock.now());
  // Another has become the operator: the leave was for South's certificates.
  world.user(kEast, "East", "EAST");
  world.taken(electricity_file(2, {operator_from("EAST", "20200102")}));
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().changed, 1u);
  EXPECT_FALSE(world.leave());
  EXPECT_EQ(world.the_case().text("rightful"), "East");
  EXPECT_EQ(world.the_case().text("leave_until"), "");
  EXPECT_NE(world.asked("again").find("not at hand"), std::string::npos) << "East's certificates are not known";
  // And back: it can be asked for at once.
  world.taken(electricity_file(3, {operator_from("SOUT", "20200103")}));
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().changed, 1u);
  EXPECT_EQ(world.asked("again"), "");
  ASSERT_TRUE(world.leave());
  // A device that is gone has no case.
  world.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::erase_device(view, kMeter));
    return registry::look_at_slots(view, kMeter);
  });
  EXPECT_EQ(world.compared().closed, 1u);
  EXPECT_EQ(world.the_case().text("outcome"), "The device has left the inventory.");
  EXPECT_FALSE(world.leave());
}

TEST(acceptance, B29CertificatesThatComeLaterMakeTheOffer) {
  Corrections world;
  world.user(kEast, "East", "EAST");
  world.taken(electricity_file(1, {operator_from("EAST", "20200101")}, true));
  EXPECT_EQ(world.compared().opened, 1u);
  EXPECT_EQ(world.the_case().text("offer"), "");
  EXPECT_NE(world.asked().find("not at hand"), std::string::npos);
  world.certificates(kEast);
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().changed, 1u);
  EXPECT_FALSE(world.the_case().text("offer").empty());
  EXPECT_EQ(world.asked(), "");
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().changed, 0u);
}

TEST(acceptance, A37ClosesOnlyWhenTheCellIsRight) {
  Corrections world;
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.compared();
  // Registration names a participant that is no User: that says nothing of the cell.
  world.user(kSouth, "South", nullptr);
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().closed, 0u);
  EXPECT_EQ(world.the_case().state, "open");
  EXPECT_NE(world.asked().find("is not the network operator by registration any more"), std::string::npos);
  world.user(kSouth, "South", "SOUT");
  world.cells(kMeter, kSouth, kSouth);
  EXPECT_EQ(world.compared().closed, 1u);
  EXPECT_NE(world.the_case().text("outcome").find("agree"), std::string::npos);
}

TEST(acceptance, A37NobodyClosesACaseWhileTheCellIsWrongOrUnknown) {
  Corrections world;
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.compared();
  EXPECT_NE(world.closed_by_hand().find("registration names South"), std::string::npos) << world.closed_by_hand();
  EXPECT_EQ(world.the_case().state, "open");
  EXPECT_EQ(world.asked(), "");
  EXPECT_NE(world.closed_by_hand(), "") << "nor while it is asked for";
  EXPECT_EQ(world.the_case().state, "requested");
  EXPECT_TRUE(world.leave());
  world.user(kSouth, "South", nullptr);
  EXPECT_NE(world.closed_by_hand().find("registration names no User"), std::string::npos) << world.closed_by_hand();
  world.user(kSouth, "South", "SOUT");
  // The device has said that it is right, and no pass has come by yet.
  world.cells(kMeter, kSouth, kSouth);
  const auto told = world.notices();
  EXPECT_EQ(world.closed_by_hand(), "");
  const auto closed = world.the_case();
  EXPECT_EQ(closed.state, "closed");
  EXPECT_EQ(closed.text("closed_at"), to_iso8601(world.clock.now(), 0));
  EXPECT_NE(closed.text("outcome").find("agree"), std::string::npos);
  EXPECT_EQ(world.notices(), told + 2) << "both parties hear of it";
  EXPECT_FALSE(world.leave());
  EXPECT_EQ(world.compared().closed, 0u);
}

TEST(acceptance, B29LeaveIsKnownAsOfThenWhenItIsOver) {
  Corrections world;
  world.taken(electricity_file(1, {operator_from("SOUT", "20200101")}, true));
  world.compared();
  const auto before = world.clock.now();
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(world.asked(), "");
  const auto given = world.clock.now();
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(world.leave_at(before)) << "it had not been given";
  world.cells(kMeter, kSouth, kSouth);
  EXPECT_EQ(world.compared().closed, 1u);
  const auto ended = world.clock.now();
  EXPECT_EQ(*world.the_case().instant("leave_until"), ended);
  world.clock.advance(std::chrono::seconds(1));
  EXPECT_FALSE(world.leave());
  EXPECT_FALSE(world.leave_at(ended));
  EXPECT_FALSE(world.leave_at(before));
  ASSERT_TRUE(world.leave_at(given));
  EXPECT_EQ(world.leave_at(given)->user, kNorth);
  EXPECT_EQ(world.leave_at(given)->until, ended);
}

TEST(acceptance, A37DevicesThatNobodyHasReadAreCounted) {
  Corrections world;
  constexpr const char* kUnknown = "2000050773706";
  world.taken(electricity_file(1, {operator_from("NORT", "20200101")}, true));
  EXPECT_EQ(world.all_compared(500).unread, 0u) << "the one meter has said who sits in its cells";
  const Eui64 silent(kMeter.value() + 0x10), gas(kMeter.value() + 0x20), new_one(kMeter.value() + 0x30);
  world.device(silent, {{"ImportMPxN", kUnknown}});
  const auto other = [&](Eui64 eui, DeviceType type, registry::DeviceState state) {
    registry::Device one;
    one.eui = eui;
    one.type = type;
    one.state = state;
    world.write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_device(view, one));
      return registry::look_at_slots(view, eui);
    });
  };
  other(gas, DeviceType::GSME, registry::DeviceState::Commissioned);  // not known to have such cells
  other(new_one, DeviceType::ESME, registry::DeviceState::Pending);   // not there yet
  EXPECT_EQ(world.compared().unread, 0u) << "nothing has happened to the silent one";
  world.clock.advance(kDay);
  EXPECT_EQ(world.all_compared(2).unread, 1u) << "the pass over all finds it";
  const auto listed =
      world.read<std::vector<Eui64>>([](const auto& view) { return registry::unread_from(view, Eui64(), 10); });
  EXPECT_EQ(listed, std::vector<Eui64>{silent});
  other(new_one, DeviceType::ESME, registry::DeviceState::Commissioned);
  EXPECT_EQ(world.compared().unread, 2u);
  EXPECT_EQ(world.compared().unread, 2u) << "once each, and told when there is nothing to do, too";
  world.cells(silent, kNorth, kNorth);
  EXPECT_EQ(world.compared().unread, 1u);
  world.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(registry::erase_device(view, new_one));
    return registry::look_at_slots(view, new_one);
  });
  EXPECT_EQ(world.compared().unread, 0u);
}

TEST(acceptance, A37OneDeviceThatCannotBeWrittenHoldsUpNoOther) {
  Corrections world;
  constexpr const char* kOther = "2000050773706";
  const Eui64 before(kMeter.value() - 0x10), after(kMeter.value() + 0x10);
  world.meter(before);
  world.meter(after);
  // The rightful party of the one in the middle has a name that no record can hold.
  world.device(kMeter, {{"ImportMPxN", kOther}});
  world.user(kEast, "two\nlines", "EAST");
  world.taken(electricity_file(
      1, {operator_from("SOUT", "20200101"), std::string("REG|") + kOther + "|ED|EAST|20200101||"}, true));
  const auto done = world.compared();
  EXPECT_EQ(done.opened, 2u);
  EXPECT_EQ(done.failed, 1u);
  EXPECT_EQ(world.cases().size(), 2u);
  EXPECT_EQ(world.trace("device:" + kMeter.plain()), std::vector<std::string>{"correction failed"});
  EXPECT_EQ(world.compared().failed, 0u) << "the pass has gone on";
  world.user(kEast, "East", "EAST");
  world.clock.advance(kDay);
  EXPECT_EQ(world.compared().opened, 1u);
}

}  // namespace
}  // namespace meterway::acceptance
