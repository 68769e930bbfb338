#include "records/access/decide.h"

#include <gtest/gtest.h>

#include "records/access/explain.h"

namespace meterway::access {
namespace {

const Eui64 kSupplier(0x90b3d51f30010000);
const Eui64 kOther(0x90b3d51f30030000);
const UtcTime kNow = *from_iso8601("2026-06-01T00:00:00Z");
using Holders = std::vector<registration::Holder>;

registry::User user(std::vector<UserRole> roles) {
  return {kSupplier, "supplier", std::move(roles), registry::UserState::Live, ""};
}

registry::Device meter(std::vector<registry::Responsibility> responsible) {
  registry::Device device;
  device.type = DeviceType::ESME;
  device.state = DeviceState::Commissioned;
  device.responsible = std::move(responsible);
  return device;
}

const duis::Service& service(std::string_view variant) { return *duis::find_service(variant); }

Facts facts(const registry::User& who, std::string_view variant, const registry::Device& device,
            const Holders& holders = {}, const std::optional<registry::Correction>& correction = {}) {
  return facts_of(service(variant), who, device, holders, correction, false, kNow);
}
/// Whose it is alone decides: role, type and state are in order.
bool responsible(const registry::User& who, std::string_view variant, const registry::Device& device,
                 const Holders& holders = {}) {
  const auto decision = decide(facts(who, variant, device, holders));
  EXPECT_TRUE(decision.allowed() || decision.reason == Reason::NotResponsible ||
              decision.reason == Reason::RoleNotEligible)
      << to_string(decision.reason);
  return decision.allowed();
}

TEST(Responsible, WhereTheRegistryDoesNotSayNobodyIsTurnedAway) {
  EXPECT_TRUE(responsible(user({UserRole::IS}), "4.1.1", meter({})));
}

TEST(Responsible, TheSupplierInTheRegistryIsAndAnotherIsNot) {
  EXPECT_TRUE(responsible(user({UserRole::IS}), "4.1.1", meter({{UserRole::IS, kSupplier, {}, {}}})));
  EXPECT_FALSE(responsible(user({UserRole::IS}), "4.1.1", meter({{UserRole::IS, kOther, {}, {}}})));
}

TEST(Responsible, OnlyInTheRoleThatTheServiceIsFor) {
  const auto device = meter({{UserRole::ES, kSupplier, {}, {}}, {UserRole::IS, kOther, {}, {}}});
  EXPECT_FALSE(responsible(user({UserRole::IS, UserRole::ES}), "4.1.1", device))
      << "an export supplier does not read import";
  EXPECT_TRUE(responsible(user({UserRole::IS, UserRole::ES}), "4.2", device));
}

TEST(Responsible, FromItsFirstMomentUntilJustBeforeItsLast) {
  const auto from = [](UtcTime time) { return meter({{UserRole::IS, kSupplier, time, {}}}); };
  const auto until = [](UtcTime time) { return meter({{UserRole::IS, kSupplier, {}, time}}); };
  const auto moment = std::chrono::microseconds(1);
  EXPECT_TRUE(responsible(user({UserRole::IS}), "4.1.1", from(kNow)));
  EXPECT_FALSE(responsible(user({UserRole::IS}), "4.1.1", from(kNow + moment)));
  EXPECT_FALSE(responsible(user({UserRole::IS}), "4.1.1", until(kNow)));
  EXPECT_TRUE(responsible(user({UserRole::IS}), "4.1.1", until(kNow + moment)));
}

TEST(Responsible, OtherUsersReadWhatTheyAreEligibleFor) {
  const auto device = meter({{UserRole::IS, kOther, {}, {}}});
  EXPECT_TRUE(responsible(user({UserRole::OU}), "4.8.1", device));
  EXPECT_FALSE(responsible(user({UserRole::OU}), "4.1.1", device)) << "not eligible, so not responsible either";
}

registry::User participant(std::vector<UserRole> roles, std::vector<registry::Participation> participants) {
  auto out = user(std::move(roles));
  out.participants = std::move(participants);
  return out;
}
const auto kUs = *MarketParticipant::parse("US"), kThem = *MarketParticipant::parse("THEM");
const auto kPoint = *Mpxn::parse("1200023305967");

TEST(Responsible, WhereRegistrationDataKnowThePointTheySaySoAndTheListDoesNot) {
  const auto listed = meter({{UserRole::IS, kSupplier, {}, {}}});
  const auto other = meter({{UserRole::IS, kOther, {}, {}}});
  const auto us = participant({UserRole::IS}, {{UserRole::IS, kUs}});
  EXPECT_TRUE(responsible(us, "4.1.1", other, {{UserRole::IS, kPoint, kUs, 1}}));
  EXPECT_FALSE(responsible(us, "4.1.1", listed, {{UserRole::IS, kPoint, kThem, 1}}));
  EXPECT_FALSE(responsible(us, "4.1.1", listed, {{UserRole::IS, kPoint, {}, 0}})) << "known to be nobody's now";
  EXPECT_FALSE(responsible(user({UserRole::IS}), "4.1.1", listed, {{UserRole::IS, kPoint, kUs, 1}}))
      << "a User whose names in registration data are not known";
  EXPECT_FALSE(responsible(participant({UserRole::IS}, {{UserRole::GS, kUs}}), "4.1.1", listed,
                           {{UserRole::IS, kPoint, kUs, 1}}))
      << "its name as a gas supplier";
}

TEST(Responsible, OfRolesThatRegistrationDataDoNotKnowTheListSaysItAndNobodyWhereThereIsNone) {
  const Holders import = {{UserRole::IS, kPoint, kUs, 1}};
  const auto exporter = participant({UserRole::ES}, {{UserRole::ES, kUs}});
  EXPECT_TRUE(responsible(exporter, "4.2", meter({{UserRole::ES, kSupplier, {}, {}}}), import));
  EXPECT_FALSE(responsible(exporter, "4.2", meter({}), import));
  EXPECT_TRUE(responsible(user({UserRole::OU}), "4.8.1", meter({}), import));
  const Holders nothing = {{UserRole::IS, kPoint, {}, 0, false}};  // the point is known, and no supplier of it
  const auto us = participant({UserRole::IS}, {{UserRole::IS, kUs}});
  EXPECT_FALSE(responsible(us, "4.1.1", meter({}), nothing)) << "a known point is not one that nobody speaks of";
  EXPECT_TRUE(responsible(us, "4.1.1", meter({{UserRole::IS, kSupplier, {}, {}}}), nothing));
}

TEST(Responsible, LeaveIsForOneServiceOneUserAndATime) {
  const auto device = meter({{UserRole::ED, kOther, {}, {}}});
  const auto leave = [](Eui64 who, UtcTime until) {
    return std::optional(registry::Correction{who, kOther, until, "WNO1"});
  };
  const auto later = kNow + std::chrono::seconds(1);
  const auto us = user({UserRole::ED});
  const auto by_leave = decide(facts(us, "6.15.1", device, {}, leave(kSupplier, later)));
  EXPECT_TRUE(by_leave.allowed() && by_leave.by_leave);
  EXPECT_EQ(by_leave.rule->rule, "responsible.leave");
  EXPECT_FALSE(decide(facts(us, "6.15.1", device, {}, leave(kSupplier, kNow))).allowed());
  EXPECT_FALSE(decide(facts(us, "6.15.1", device, {}, leave(kOther, later))).allowed());
  EXPECT_FALSE(decide(facts(us, "4.1.1", device, {}, leave(kSupplier, later))).allowed());
  auto not_yet = leave(kSupplier, later);
  not_yet->from = later - std::chrono::milliseconds(1);
  EXPECT_FALSE(decide(facts(us, "6.15.1", device, {}, not_yet)).allowed());
}

/// What becomes of a User whom nothing stands against but the device.
Reason of_device(std::string_view variant, DeviceType type, DeviceState state = DeviceState::Commissioned) {
  auto device = meter({});
  device.type = type;
  device.state = state;
  return decide(facts(user({UserRole::IS}), variant, device)).reason;
}

TEST(Decision, AServiceFitsTheDevicesOfItsUseCases) {
  EXPECT_EQ(of_device("4.1.1", DeviceType::ESME), Reason::Allowed);
  EXPECT_EQ(of_device("4.1.1", DeviceType::GSME), Reason::Allowed);
  EXPECT_EQ(of_device("4.1.1", DeviceType::GPF), Reason::Allowed);
  EXPECT_EQ(of_device("4.1.1", DeviceType::CHF), Reason::DeviceType);
  EXPECT_EQ(of_device("4.1.1", DeviceType::PPMID), Reason::DeviceType);
  EXPECT_EQ(of_device("8.11", DeviceType::CHF), Reason::Allowed);
  EXPECT_EQ(of_device("8.11", DeviceType::ESME), Reason::DeviceType);
  EXPECT_EQ(of_device("2.2", DeviceType::ESME), Reason::Allowed);
  EXPECT_EQ(of_device("2.2", DeviceType::GSME), Reason::Allowed);
  EXPECT_EQ(of_device("2.2", DeviceType::PPMID), Reason::DeviceType);
}

TEST(Decision, OnlyWhatIsInstalledAnswersAndWhatHasLeftNeverDoes) {
  EXPECT_EQ(of_device("4.1.1", DeviceType::ESME, DeviceState::Commissioned), Reason::Allowed);
  EXPECT_EQ(of_device("4.1.1", DeviceType::ESME, DeviceState::InstalledNotCommissioned), Reason::Allowed);
  EXPECT_EQ(of_device("4.1.1", DeviceType::ESME, DeviceState::Pending), Reason::DeviceState);
  EXPECT_EQ(of_device("4.1.1", DeviceType::ESME, DeviceState::Whitelisted), Reason::DeviceState);
  EXPECT_EQ(of_device("8.1.1", DeviceType::ESME, DeviceState::Whitelisted), Reason::Allowed);
  EXPECT_EQ(of_device("4.1.1", DeviceType::ESME, DeviceState::Decommissioned), Reason::DeviceState);
  EXPECT_EQ(of_device("8.1.1", DeviceType::ESME, DeviceState::Withdrawn), Reason::DeviceState);
}

TEST(Decision, SaysWhichRuleItTurnedOnAndInWhichRole) {
  const auto ours = meter({{UserRole::ES, kSupplier, {}, {}}, {UserRole::IS, kOther, {}, {}}});
  auto decision = decide(facts(user({UserRole::IS, UserRole::ES}), "4.2", ours));
  EXPECT_EQ(decision.rule->rule, "responsible.ES");
  EXPECT_EQ(decision.role, UserRole::ES);
  decision = decide(facts(user({UserRole::IS}), "4.2", ours));
  EXPECT_EQ(decision.reason, Reason::RoleNotEligible);
  EXPECT_EQ(decision.rule->rule, "role.4.2");
  auto hub = ours;
  hub.type = DeviceType::CHF;
  EXPECT_EQ(decide(facts(user({UserRole::ES}), "4.2", hub)).rule->rule, "type.4.2");
  auto gone = ours;
  gone.state = DeviceState::Decommissioned;
  decision = decide(facts(user({UserRole::ES}), "4.2", gone));
  EXPECT_EQ(decision.rule->rule, "state.4.2");
  EXPECT_EQ(decision.rule->how_sure, "unconfirmed");
}

TEST(Decision, ARequestIsJudgedBeforeItsUserAndAUserBeforeItsDevice) {
  const auto ours = meter({});
  auto suspended = user({UserRole::IS});
  suspended.state = registry::UserState::Suspended;
  EXPECT_EQ(decide(facts_of(service("4.1.1"), {}, ours, {}, {}, false, kNow)).reason, Reason::NoUser);
  EXPECT_EQ(decide(facts(user({}), "4.1.1", ours)).reason, Reason::NoUser);
  EXPECT_EQ(decide(facts(suspended, "4.1.1", ours)).reason, Reason::UserNotLive);
  EXPECT_EQ(decide(facts_of(service("4.1.1"), user({UserRole::OU}), {}, {}, {}, false, kNow)).reason,
            Reason::RoleNotEligible);
  EXPECT_EQ(decide(facts_of(service("4.1.1"), user({UserRole::IS}), {}, {}, {}, false, kNow)).reason, Reason::NoDevice);
  EXPECT_EQ(decide(facts_of(service("8.2"), user({UserRole::IS}), {}, {}, {}, false, kNow)).reason, Reason::DeviceType);
  EXPECT_TRUE(decide(facts_of(service("8.2"), user({UserRole::IS}), {}, {}, {}, true, kNow)).allowed());
  const auto reason = [](std::string_view variant, CommandVariant cv, duis::WebService to) {
    return decide_command(service(variant), cv, to, kNow).reason;
  };
  EXPECT_EQ(reason("4.1.1", CommandVariant::SendCommand, duis::WebService::Send), Reason::Allowed);
  EXPECT_EQ(reason("4.1.1", CommandVariant::SendCommand, duis::WebService::DccOnly), Reason::WrongService);
  EXPECT_EQ(reason("4.1.1", CommandVariant::Transform, duis::WebService::Transform), Reason::CommandVariant);
}

TEST(Decision, EveryReasonIsARefusalWithAKnownCode) {
  for (auto reason = Reason::CommandVariant; reason <= Reason::NotResponsible;
       reason = static_cast<Reason>(static_cast<int>(reason) + 1)) {
    const auto row = reason_row(to_string(reason));
    EXPECT_EQ(row.name, to_string(reason));
    EXPECT_EQ(row.code.substr(0, 1), "E") << row.name;
  }
}

TEST(Facts, WrittenInAnEventTheyAreReadBackAndGiveTheSameDecision) {
  const auto device = meter({{UserRole::ES, kSupplier, {}, {}}});
  const auto us = participant({UserRole::IS, UserRole::ES, UserRole::OU}, {{UserRole::IS, kUs}});
  for (const auto& before :
       {facts(us, "4.1.1", device, {{UserRole::IS, kPoint, kThem, 70000}}), facts(us, "4.1.1", device, {}),
        facts(us, "4.2", device, {{UserRole::IS, kPoint, kUs, 2}}), facts(us, "4.1.1", meter({})),
        facts_of(service("8.2"), us, {}, {}, {}, true, kNow), facts_of(service("4.1.1"), {}, {}, {}, {}, false, kNow),
        facts(us, "6.15.1", device, {}, registry::Correction{kSupplier, kOther, kNow + std::chrono::hours(1), "W"})}) {
    const auto decision = decide(before);
    const auto detail = "service 4.1.1 for a; b/c; " + write_facts(decision, before);
    EXPECT_EQ(detail.find("THEM"), std::string::npos);
    const auto read = read_facts(detail);
    ASSERT_TRUE(read) << detail;
    EXPECT_EQ(read->reason, decision.reason);
    EXPECT_TRUE(read->facts == before) << detail;
    EXPECT_EQ(decide(read->facts).reason, decision.reason);
    EXPECT_EQ(read->rule, decision.rule->rule);
  }
}

TEST(Facts, OfAnEventThatHasNoneOrBrokenOnesNothingIsMadeUp) {
  const auto asked = facts(user({UserRole::IS}), "4.1.1", meter({}));
  const auto whole = "; " + write_facts(decide(asked), asked);
  ASSERT_TRUE(read_facts(whole)) << whole;
  EXPECT_EQ(read_facts("service 4.1.1 for supplier").error().code, ErrorCode::NotFound);
  for (std::size_t size = 0; size + 1 < whole.size(); ++size)
    EXPECT_FALSE(read_facts(std::string_view(whole).substr(0, size))) << whole.substr(0, size);
  const std::string begin = "; rule a allowed; facts 4.1.1/2026-06-01T00:00:00Z/";
  ASSERT_TRUE(read_facts(begin + "IS/live/ESME/Commissioned/IS:listed/-"));
  for (const auto* bad : {"IS/live/ESME/Commissioned/IS:king/-", "XX/live/-/-//-", "IS/live/ESME/Broken//-", "///////",
                          "IS/live/ESME/Commissioned/IS:listed#99999999999999999999999/-"})
    EXPECT_FALSE(read_facts(begin + bad)) << bad;
  EXPECT_FALSE(read_facts("; rule a perhaps; facts 4.1.1/2026-06-01T00:00:00Z/IS/live/-/-//-"));
  EXPECT_FALSE(read_facts("; rule a allowed; facts 4.9.9/2026-06-01T00:00:00Z/IS/live/-/-//-"));
}

TEST(Explained, EveryQuestionUntilTheOneThatDecidesHasItsRuleAndItsData) {
  const auto device = meter({{UserRole::IS, kOther, {}, {}}});
  const auto asked = facts(user({UserRole::IS}), "4.1.1", device, {{UserRole::IS, kPoint, kThem, 3}});
  const auto lines = lines_of(decide(asked), asked);
  ASSERT_EQ(lines.size(), 7u);
  for (const auto& line : lines) {
    ASSERT_NE(line.rule, nullptr) << line.question;
    EXPECT_FALSE(line.rule->clause.empty()) << line.question;
    EXPECT_FALSE(line.data.empty()) << line.question;
    EXPECT_EQ(line.met, line.question != "responsible");
  }
  EXPECT_EQ(lines.back().data,
            "IS: in registration data another has the role at that moment, by load 3 of registration data");
  const auto before = asked;
  auto after = asked;
  after.state = DeviceState::Suspended;
  EXPECT_EQ(differences(before, after),
            std::vector<std::string>{"state of the device: Commissioned then, Suspended now"});
}

}  // namespace
}  // namespace meterway::access
