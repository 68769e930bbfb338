#include <gtest/gtest.h>

#include <set>

#include "base/util/hex.h"
#include "flow/transform/dlms_rows.h"
#include "flow/transform/dlms_time.h"
#include "flow/transform/expression.h"
#include "flow/transform/use_case_choice.h"
#include "records/registry/log_backup.h"
#include "standard/duis/schema_tables.h"
#include "standard/duis/services.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

Element leaf(std::string name, std::string text = "", std::string index = "") {
  Element element{std::move(name), std::move(text), {}, {}};
  if (!index.empty()) element.attributes.emplace_back("index", std::move(index));
  return element;
}
Element node(std::string name, std::vector<Element> children, std::string index = "") {
  auto element = leaf(std::move(name), "", std::move(index));
  element.children = std::move(children);
  return element;
}

struct Maker {
  Element body;
  PayloadInput input{.body = body,
                     .service = "",
                     .use_case = "",
                     .code = {},
                     .originator = Eui64(0x1111111111111111),
                     .target = Eui64(0x2222222222222222),
                     .counter = {0xA1B2C3D4},
                     .user = Eui64(0x3333333333333333),
                     .user_counter = {9},
                     .now = from_iso8601("2026-11-22T09:30:05Z").value(),
                     .cin = "0042"};
  explicit Maker(Element of) : body(std::move(of)) {}

  /// Hexadecimal of one expression, or the field that was refused.
  std::string data(std::string_view expression) {
    const Circumstances circumstances{};
    const auto made = Expression(input, circumstances).data(expression, body);
    return made ? to_hex(*made) : std::string(made.error().field);
  }
  /// The access-request of a use case, without its first six bytes.
  std::string command(std::string_view use_case) {
    input.use_case = use_case;
    const auto made = build_dlms(input);
    return made ? to_hex(*made).substr(12) : std::string(made.error().field);
  }
};

TEST(Expression, WritesEachTypeWithItsTag) {
  Maker make(node("Body", {leaf("N", "-3"), leaf("T", "AB")}));
  EXPECT_EQ(make.data("{u8(7), u16(0x1F), u32(1), i8(N), i16(N), i32(N), enum(2), bool(1), null}"),
            "020911071200"
            "1f0600000001"
            "0ffd10fffd05fffffffd"
            "160203ff00");
  EXPECT_EQ(make.data("[octets(text(T)), visible(text(T)), octets(#), bits(3, #e0)]"),
            "010409024142"
            "0a024142"
            "0900"
            "0403e0");
}

TEST(Expression, RepeatsForEachElementInTheOrderOfItsIndex) {
  Maker make(node("Body", {leaf("P", "20", "2"), leaf("P", "10", "1")}));
  EXPECT_EQ(make.data("[each(P, {u8(@index), u8(.), u8(position())})]"),
            "0102"
            "0203110111"
            "0a1101"
            "020311021114"
            "1102");
  EXPECT_EQ(make.data("{u8(9), each(Q, u8(.))}"), "02011109") << "elements that are not there add nothing";
}

TEST(Expression, LooksOnlyAtTheBranchThatApplies) {
  Maker make(node("Body", {leaf("A", "3")}));
  EXPECT_EQ(make.data("u16(if(A, A, 100+B))"), "120003");
  EXPECT_EQ(make.data("u16(if(B, B, 100+A))"), "120067");
  EXPECT_EQ(make.data("[when(B, u8(B)), when(!B A=3, u8(1))]"), "01011101");
}

TEST(Expression, NamesTheElementThatIsMissingOrDoesNotFit) {
  Maker make(node("Body", {leaf("Big", "256"), leaf("Mode", "OTHER")}));
  EXPECT_EQ(make.data("u8(Small)"), "Small");
  EXPECT_EQ(make.data("u8(Big)"), "Big");
  EXPECT_EQ(make.data("enum(pick(Mode; ONE=1 TWO=2))"), "Mode");
}

TEST(DlmsTime, ActivationIsNowThenOrNever) {
  const auto of = [](const char* text) {
    const auto element = leaf("ExecutionDateTime", text);
    return to_hex(dlms_activation(&element).value());
  };
  EXPECT_EQ(to_hex(dlms_activation(nullptr).value()), "0000000000000000008000ff");
  EXPECT_EQ(of("2031-02-03T04:05:06Z"), "07ef0203ff040506008000ff");
  EXPECT_EQ(of("2031-02-03T04:05:06+01:00"), "07ef0203ff030506008000ff") << "brought to UTC";
  EXPECT_EQ(of("3000-12-31T00:00:00.00Z"), "ffffffffffffffffff8000ff");
}

TEST(DlmsTime, DatesKeepTheirWildcards) {
  const auto date = [](Element year, Element month, Element day, Element weekday) {
    return to_hex(
        dlms_date(node("Date", {node("Year", {std::move(year)}), node("Month", {std::move(month)}),
                                node("DayOfMonth", {std::move(day)}), node("DayOfWeek", {std::move(weekday)})}))
            .value());
  };
  EXPECT_EQ(date(leaf("SpecifiedYear", "2027"), leaf("SpecifiedMonth", "03"), leaf("SpecifiedDayOfMonth", "9"),
                 leaf("SpecifiedDayOfWeek", "7")),
            "07eb030907");
  EXPECT_EQ(
      date(leaf("NonSpecifiedYear"), leaf("NonSpecifiedMonth"), leaf("LastDayOfMonth"), leaf("NonSpecifiedDayOfWeek")),
      "fffffffeff");
  EXPECT_EQ(date(leaf("NonSpecifiedYear"), leaf("SpecifiedMonth", "10"), leaf("SecondLastDayOfMonth"),
                 leaf("NonSpecifiedDayOfWeek")),
            "ffff0afdff");
}

TEST(DlmsTime, TimesOfDayHaveHundredthsAndAreInUtc) {
  EXPECT_EQ(to_hex(dlms_time("07:08:09.5Z").value()), "07080932");
  EXPECT_EQ(to_hex(dlms_time("00:30:00+01:00").value()), "171e0000");
  EXPECT_FALSE(dlms_time("25:00:00Z"));
}

TEST(BuildDlms, CarriesTheLowBytesOfTheCounterAndANullForEachGet) {
  Maker make(node("ReadMeterBalance", {}));
  make.input.use_case = "ECS82";
  EXPECT_EQ(to_hex(build_dlms(make.input).value()),
            "d920b2c3d400"
            "01"
            "010070"
            "0000130a00ff02"
            "01"
            "00");
}

TEST(BuildDlms, AsksForEncryptionInTheNameOfThePartyThatAsked) {
  Maker make(node("ReadInstantaneousPrepayValues", {}));
  EXPECT_EQ(make.command("ECS19"),
            "01"
            "03001e00002b0201ff01"
            "01"
            "0202"
            "0101"
            "0205120001"
            "090600005e2c221e"
            "0f02120000"
            "0202160000"
            "0101"
            "02021602"
            "0205"
            "09090400000000a1b2c3d4"
            "09083333333333333333"
            "09082222222222222222"
            "0900"
            "02021602"
            "02020901020900");
}

TEST(BuildDlms, ReadsLogsBySecondsSince2000) {
  Maker make(
      node("RetrieveExportDailyReadLog", {node("ReadLogPeriod", {leaf("StartDateTime", "2000-01-01T00:00:01Z"),
                                                                 leaf("EndDateTime", "2000-01-02T00:00:00Z")})}));
  EXPECT_EQ(make.command("ECS21c"),
            "01"
            "04"
            "0007"
            "000062010aff"
            "02"
            "01"
            "0204"
            "0204120001090600005e2c64ff0f02120000"
            "0600000001"
            "0600015180"
            "0100"
            "01"
            "00");
}

TEST(BuildDlms, SetsOneThresholdListForEachRegister) {
  Maker make(
      node("UpdateImportTariffPrimaryElement",
           {node("ElecTariffElements",
                 {node("ThresholdMatrix",
                       {node("Thresholds",
                             {leaf("BlockThreshold", "5", "1"), leaf("BlockThreshold", "4294967295", "2")}, "8")})})}));
  const Circumstances circumstances{};
  const auto& at = make.body.children[0].children[0].children[0];
  EXPECT_EQ(Expression(make.input, circumstances).number("0x0a+@index", at).value(), 0x12);
  EXPECT_EQ(to_hex(Expression(make.input, circumstances).data("[each(BlockThreshold, u32(.))]", at).value()),
            "0102060000000506ffffffff");
}

TEST(BuildDlms, WritesAllEightyPricesAndZeroForThoseNotGiven) {
  Maker make(
      node("ElectricityPriceElements",
           {leaf("PriceScale", "-5"), node("HybridTariff", {node("BlockPrices", {leaf("BlockPrice", "-2", "4")}, "8"),
                                                            leaf("TOUPrice", "300", "48")})}));
  const auto made = make.data("@price_matrix");
  EXPECT_EQ(made.substr(0, 50),
            "020302020f030ffb"
            "02031200030906"
            "0100010800ff0f02"
            "0150");
  EXPECT_EQ(made.size(), 50 + 80 * 16u);
  EXPECT_EQ(made.substr(50 + 47 * 16, 16),
            "02020901"
            "30"
            "10012c");
  EXPECT_EQ(made.substr(50 + 48 * 16, 16),
            "02020901"
            "a1"
            "100000");
  EXPECT_EQ(made.substr(50 + 79 * 16, 16),
            "02020901"
            "d8"
            "10fffe");
}

TEST(BuildDlms, TakesANumberOfACalendarInEveryFormOfTheSchema) {
  const auto calendar = [](const char* month, const char* day) {
    Maker make(node("UpdateDeviceConfigurationBillingCalendar",
                    {node("ElectricityBillingCalendar",
                          {leaf("BillingTime", "06:30:00Z"),
                           node("Yearly", {leaf("DayOfMonth", day), leaf("BillingPeriodStartMonth", month)})})}));
    return make.command("ECS30a");
  };
  EXPECT_EQ(calendar("+8", "+9"), calendar("8", "9"));
  EXPECT_EQ(calendar("08", "009"), calendar("8", "9"));
  const auto special_day = [](const char* year, const char* month, const char* day) {
    const auto part = [](const char* name, const char* specified, const char* value) {
      return node(name, {leaf(specified, value)});
    };
    return dlms_date(node("Date", {part("Year", "SpecifiedYear", year), part("Month", "SpecifiedMonth", month),
                                   part("DayOfMonth", "SpecifiedDayOfMonth", day),
                                   node("DayOfWeek", {leaf("NonSpecifiedDayOfWeek")})}))
        .value();
  };
  EXPECT_EQ(to_hex(special_day("+2032", "+2", "+29")), "07f0021dff");
  EXPECT_EQ(special_day("2032", "02", "029"), special_day("2032", "2", "29"));
}

TEST(BuildDlms, ALogIsReadToItsEndWhereTheRequestLeavesTheEndOpen) {
  EXPECT_EQ(seconds_since_2000(from_iso8601("2000-01-01T00:00:01Z").value()).value(), 1u);
  EXPECT_EQ(seconds_since_2000(from_iso8601("2136-02-07T06:28:14Z").value()).value(), 0xFFFFFFFEu);
  EXPECT_EQ(seconds_since_2000(from_iso8601("3000-12-31T00:00:00Z").value()).value(), 0xFFFFFFFEu);
  EXPECT_FALSE(seconds_since_2000(from_iso8601("1999-12-31T23:59:59Z").value()));
}

TEST(BuildDlms, LinksTheSecondElementOnATwinMeter) {
  Maker make(node("UpdatePaymentMode", {leaf("Credit")}));
  const auto single = make.command("ECS02");
  make.input.facts.twin_element = true;
  const auto twin = make.command("ECS02");
  EXPECT_EQ(twin.size(), single.size() + 2 * 21u);
  EXPECT_NE(twin.find("09060000131405ff0403e0"), std::string::npos);
}

TEST(BuildDlms, CountsBillingMonthsFromTheStartMonthAndPastTheYearsEnd) {
  const auto calendar = [](Element period) {
    Maker make(node("UpdateDeviceConfigurationBillingCalendar",
                    {node("ElectricityBillingCalendar", {leaf("BillingTime", "06:30:00Z"), std::move(period)})}));
    return make.command("ECS30a").substr(24);  // past the specification
  };
  const auto months = [](const char* name) {
    return node(name, {leaf("DayOfMonth", "9"), leaf("BillingPeriodStartMonth", "8")});
  };
  EXPECT_EQ(calendar(leaf("Daily")),
            "0101"
            "0202"
            "0904061e0000"
            "0905ffffffffff");
  EXPECT_EQ(calendar(leaf("Weekly", "7")),
            "0101"
            "0202"
            "0904061e0000"
            "0905ffffffff07");
  EXPECT_EQ(calendar(leaf("Monthly", "28")),
            "0101"
            "0202"
            "0904061e0000"
            "0905ffffff1cff");
  EXPECT_EQ(calendar(months("Yearly")),
            "0101"
            "0202"
            "0904061e0000"
            "0905ffff0809ff");
  EXPECT_EQ(calendar(months("SixMonthly")),
            "0102"
            "0202"
            "0904061e0000"
            "0905ffff0809ff"
            "0202"
            "0904061e0000"
            "0905ffff0209ff");
  EXPECT_NE(calendar(months("Quarterly")).find("0905ffff0b09ff"), std::string::npos);
}

TEST(ChooseUseCase, TwelvePairsThatReadAlikeAreToldApartByPhasesAndVersion) {
  const auto choose = [](std::string_view service, DeviceType type, const DeviceFacts& facts, const char* child = "X") {
    const auto body = node("Body", {node(child, {})});
    const auto choice = choose_use_case(service, type, std::nullopt, body, Circumstances{.facts = facts});
    return choice ? std::string(choice->use_case) : std::string(sentence(choice.error().code));
  };
  const DeviceFacts unknown, polyphase = device_facts("CD", ""), old = device_facts("A", "1.1"),
                             recent = device_facts("A", "4.2");
  struct Pair {
    const char* service;
    DeviceType type;
    const char* before;
    const char* since;
    const char* while_unknown;
    const char* child = "X";
  };
  for (const auto& pair : {Pair{"2.1", DeviceType::ESME, "ECS08", "ECS08a", "ECS08a", "UpdatePrepayConfigElectricity"},
                           Pair{"4.18", DeviceType::GSME, "GCS60", "GCS60a", "GCS60"},
                           Pair{"6.2.3", DeviceType::ESME, "ECS26d", "ECS26l", "ECS26l"},
                           Pair{"6.2.3", DeviceType::GPF, "GCS21d", "GCS21k", "GCS21k"},
                           Pair{"6.2.4", DeviceType::ESME, "ECS26e", "ECS26m", "ECS26m"},
                           Pair{"6.2.4", DeviceType::CHF, "ECS26i", "ECS26n", "ECS26n"},
                           Pair{"6.2.4", DeviceType::GSME, "GCS21e", "GCS21m", "GCS21m"},
                           Pair{"6.8", DeviceType::ESME, "ECS30", "ECS30a", "ECS30", "ElectricityBillingCalendar"},
                           Pair{"6.8", DeviceType::GSME, "GCS25", "GCS25a", "GCS25", "GasBillingCalendar"},
                           Pair{"8.9", DeviceType::CHF, "CCS05CCS04", "CCS06", "CCS06"}}) {
    EXPECT_EQ(choose(pair.service, pair.type, old, pair.child), pair.before);
    EXPECT_EQ(choose(pair.service, pair.type, recent, pair.child), pair.since);
    EXPECT_EQ(choose(pair.service, pair.type, unknown, pair.child), pair.while_unknown);
  }
  for (const auto& pair :
       {Pair{"4.10", DeviceType::ESME, "ECS23", "ECS23b", ""}, Pair{"6.2.1", DeviceType::ESME, "ECS26b", "ECS26k", ""},
        Pair{"6.27", DeviceType::ESME, "ECS29e", "ECS29f", ""}}) {
    EXPECT_EQ(choose(pair.service, pair.type, recent), pair.before);
    EXPECT_EQ(choose(pair.service, pair.type, polyphase), pair.since);
  }
  const auto quarterly = node("Body", {node("ElectricityBillingCalendar", {leaf("Quarterly")})});
  const auto chosen = [&](const DeviceFacts& facts) {
    return choose_use_case("6.8", DeviceType::ESME, std::nullopt, quarterly, Circumstances{.facts = facts});
  };
  EXPECT_EQ(chosen(unknown)->use_case, "ECS30a") << "no other can say so";
  EXPECT_EQ(chosen(old).error().code, ErrorCode::BadRequest) << "an old meter knows no quarters";
}

TEST(BuildDlms, ASecondMpanFollowsTheFirstWhereTheMeterMayBeATwin) {
  Maker make(
      node("SetDeviceConfigurationImportMPxN",
           {node("ImportMPANs", {leaf("ImportMPAN", "1112345678111"), leaf("SecondaryImportMPAN", "2222345678222")})}));
  make.input.facts = device_facts("A", "");
  EXPECT_EQ(make.command("ECS39a"), "body");
  make.input.facts = device_facts("", "");
  const auto unknown = make.command("ECS39a");
  make.input.facts = device_facts("B", "");
  EXPECT_EQ(make.command("ECS39a"), unknown) << "the request says so where the inventory does not";
  EXPECT_EQ(make.command("ECS39a").substr(24),
            "091a"
            "31313132333435363738313131"
            "32323232333435363738323232");
}

TEST(BuildDlms, AHubIsGivenTheLogThatItsPredecessorReported) {
  Maker make(node("RestoreHANDeviceLog", {leaf("OldCHFID", "00-DB-12-34-56-78-90-95")}));
  EXPECT_EQ(make.command("CCS03"), "@device_log") << "it has reported none";
  const registry::LogBackup log{from_hex("0000000000000140").value(),
                                {{Eui64(0x00DB1234567890A0), Bytes(16, 0x83), 0}, {Eui64(0x00DB1234567890A1), {}, 0}},
                                {1}};
  make.input.log = &log;
  EXPECT_EQ(make.command("CCS03").substr(24),
            "0202"
            "09080000000000000140"
            "0102"
            "0202090800db1234567890a00910"
            "83838383838383838383838383838383"
            "0202090800db1234567890a10900");
}

TEST(BuildDlms, TamperStateIsLockedOrUnchanged) {
  const auto state = [](const char* word) {
    Maker make(node("SetElectricitySupplyTamperState", {leaf("SupplyTamperState", word)}));
    return make.command("ECS81").substr(24);
  };
  EXPECT_EQ(state("Locked"), "03ff");
  EXPECT_EQ(state("Unchanged"), "0300");
}

TEST(BuildDlms, ABalanceIsAdjustedInEitherMode) {
  for (const auto* mode : {"PrepaymentMode", "CreditMode"}) {
    Maker make(node("UpdateMeterBalance", {node(mode, {leaf("AdjustMeterBalance", "-2")})}));
    EXPECT_EQ(make.command("ECS04a").substr(24), "05fffffffe") << mode;
  }
}

TEST(BuildDlms, MarksAnEventAndWhetherItIsEnabled) {
  Maker make(node("ConfigureAlertBehaviour",
                  {node("ElectricitySupplierAlerts",
                        {node("SupplierESMECommon", {leaf("x81FF", "Enable"), leaf("x8100", "Disable")}),
                         node("SupplierESMEPolyPhase", {leaf("x81F0", "Enable")})})}));
  const auto made = make.command("ECS25a").substr(24);
  EXPECT_EQ(made.substr(0, 8), "04820200") << "512 bits";
  EXPECT_EQ(made.substr(8, 64), "80" + std::string(60, '0') + "01") << "both are meant, the poly-phase one is not";
  EXPECT_EQ(made.substr(72), "80" + std::string(62, '0')) << "one is enabled";
  make.input.facts.polyphase = true;
  EXPECT_EQ(make.command("ECS25a").substr(32, 64), "8001" + std::string(58, '0') + "01") << "the third is for this one";
}

TEST(BuildDlms, EventsOfAPolyphaseMeterAloneAskNothingOfAnother) {
  Maker make(node(
      "ConfigureAlertBehaviour",
      {node("ElectricityNetworkOperatorAlerts", {node("NetworkOperatorESMEPolyPhase", {leaf("x8003", "Enable")})})}));
  EXPECT_EQ(make.command("ECS25b"), "@event_behaviours");
  make.input.facts.polyphase = true;
  EXPECT_EQ(make.command("ECS25b").substr(24, 8), "04820200");
}

TEST(Expression, MarksDaysAndChannelsInTheirBitMaps) {
  Maker make(node("Body", {leaf("Day", "Monday"), leaf("Day", "Sunday"), leaf("Special", "", "2"),
                           leaf("Special", "", "9"), node("Band", {leaf("Channel27"), leaf("Channel34")})}));
  EXPECT_EQ(make.data("bits(7, weekdays(Day))"), "040782");
  EXPECT_EQ(make.data("bits(10, marked(Special, 10))"), "040a4080");
  EXPECT_EQ(make.data("bits(8, marked(Special, 8))"), "Special") << "the ninth of eight days";
  EXPECT_EQ(make.data("bits(32, channels(Band, 29, 27))"), "0420e8000081");
}

TEST(BuildDlms, RefusesABodyThatAsksNothingOfTheDevice) {
  Maker make(node("SetDeviceConfigurationImportMPxN", {leaf("ImportMPRN", "1")}));
  EXPECT_EQ(make.command("ECS39a"), "ImportMPANs/ImportMPAN");
  EXPECT_EQ(make.command("ECS57"), "body");
  EXPECT_EQ(make.command("XYZ"), "use case");
}

TEST(Tables, EveryRowNamesAUseCaseAndReadsAsAnExpression) {
  const Circumstances circumstances{};
  Maker make(node("Body", {}));
  for (const auto& row : dlms_rows()) {
    auto list = row.use_cases;
    while (!list.empty()) {
      const auto name = list.substr(0, list.find(' '));
      const auto* use_case = gbcs::find_use_case(name);
      ASSERT_NE(use_case, nullptr) << name;
      EXPECT_EQ(use_case->payload, gbcs::PayloadKind::Dlms) << name;
      list.remove_prefix(std::min(list.size(), name.size() + 1));
    }
    const auto made = Expression(make.input, circumstances).data(row.data, make.body);
    if (!made) {
      EXPECT_EQ(made.error().code, ErrorCode::BadRequest)
          << row.use_cases << ": " << row.data << ": " << made.error().field;
    }
  }
}

/// The element names in the paths of an expression or a condition; texts to compare with are left out.
std::vector<std::string> element_names(std::string_view text) {
  std::vector<std::string> names;
  std::string word;
  bool value = false;  // after = or within the choices of pick
  for (const char c : std::string(text) + " ") {
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '@' ||
        c == '#') {
      word += c;
      continue;
    }
    if (!word.empty() && !value && word[0] >= 'A' && word[0] <= 'Z') names.push_back(word);
    word.clear();
    if (c == ';' || c == '=') value = true;
    if (c == ')' || c == ',' || c == '|' || (c == ' ' && text.find(';') == std::string_view::npos)) value = false;
  }
  return names;
}

TEST(Tables, EveryPathIsMadeOfElementsOfTheSchema) {
  std::set<std::string_view> known;
  for (const auto& name : duis::schema::names()) known.insert(name.local);
  const auto expect_known = [&](std::string_view text, std::string_view where) {
    for (const auto& name : element_names(text)) EXPECT_TRUE(known.count(name)) << name << " in " << where;
  };
  int paths = 0;
  for (const auto& row : dlms_rows()) {
    for (const auto text : {row.each, row.when, row.data}) expect_known(text, row.use_cases);
    paths += static_cast<int>(element_names(row.each).size());
    if (row.data.starts_with('@') && !dlms_expression(row.data.substr(1)).empty()) {
      expect_known(dlms_expression(row.data.substr(1)), row.data);
    }
  }
  EXPECT_GT(paths, 50);
  for (const auto& row : use_case_choices()) {
    if (row.when.find("role=") == std::string_view::npos && !row.when.starts_with("other="))
      expect_known(row.when, row.use_case);
  }
}

TEST(Tables, EveryChoiceNamesAServiceAndItsUseCase) {
  for (const auto& row : use_case_choices()) {
    EXPECT_NE(duis::find_service(row.service), nullptr) << row.service;
    const auto* use_case = gbcs::find_use_case(row.code);
    ASSERT_NE(use_case, nullptr) << row.service << " " << row.use_case;
    EXPECT_EQ(use_case->use_case, row.use_case) << row.service;
  }
}

TEST(Tables, EveryServiceThatReachesADeviceHasAUseCase) {
  std::set<std::string_view> chosen;
  for (const auto& row : use_case_choices()) chosen.insert(row.service);
  // 6.23 is the transitional change of supplier party's to make: its key is not the platform's.
  for (const auto& service : duis::all_services()) {
    if (!service.non_device && service.variant != "6.23") {
      EXPECT_TRUE(chosen.count(service.variant)) << service.variant;
    }
  }
}

TEST(ChooseUseCase, DependsOnTheDeviceTheBodyAndTheParty) {
  const auto choose = [](std::string_view service, DeviceType type, const Element& body,
                         const Circumstances& circumstances = {}) {
    const auto choice = choose_use_case(service, type, std::nullopt, body, circumstances);
    return choice ? std::string(choice->use_case) : std::string(sentence(choice.error().code));
  };
  const auto empty = node("Body", {});
  EXPECT_EQ(choose("4.1.1", DeviceType::ESME, empty), "ECS17b");
  EXPECT_EQ(choose("4.1.1", DeviceType::GPF, empty), "GCS13a");
  EXPECT_EQ(choose("4.1.1", DeviceType::PPMID, empty), sentence(ErrorCode::Unsupported));
  EXPECT_EQ(choose("4.1.1", DeviceType::Unknown, empty), sentence(ErrorCode::Unsupported))
      << "two types could be meant";
  EXPECT_EQ(choose("4.12.1", DeviceType::Unknown, empty), "ECS18b") << "only one type can be meant";
  EXPECT_EQ(choose("1.6", DeviceType::ESME, node("Body", {leaf("Credit")})), "ECS02");
  EXPECT_EQ(choose("1.6", DeviceType::ESME, empty), sentence(ErrorCode::BadRequest));
  EXPECT_EQ(choose("6.2.10", DeviceType::ESME, empty), "ECS25r1");
  EXPECT_EQ(choose("6.2.10", DeviceType::ESME, empty, {.network_operator = true}), "ECS25r2");
  EXPECT_EQ(choose("8.7.2", DeviceType::PPMID, empty, {.other = DeviceType::GSME}), "CS03C");
  EXPECT_EQ(choose("8.7.2", DeviceType::PPMID, empty, {.other = DeviceType::ESME}), "CS03A2");
  EXPECT_EQ(choose("8.7.2", DeviceType::PPMID, empty), "CS03A2") << "of one that the inventory does not know";
  EXPECT_EQ(choose("3.3", DeviceType::GSME, node("Body", {leaf("ESMEEventLogType", "ALCS")})),
            sentence(ErrorCode::BadRequest))
      << "a gas meter has no such log";
  EXPECT_EQ(choose("1.5", DeviceType::ESME, node("Body", {node("CreditMode", {leaf("AdjustMeterBalance", "5")})})),
            "ECS04a");
  EXPECT_EQ(choose_use_case("8.7.2", DeviceType::PPMID, "CS03C", empty, {})->use_case, "CS03C");
  EXPECT_EQ(choose_use_case("6.2.1", DeviceType::ESME, "ECS26k", empty, {})->use_case, "ECS26k");
  EXPECT_EQ(choose_use_case("6.2.1", DeviceType::ESME, "ECS17b", empty, {}).error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace meterway::flow::transform
