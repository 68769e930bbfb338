#include <gtest/gtest.h>

#include <initializer_list>

#include "base/util/hex.h"
#include "flow/transform/payload.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

Element leaf(std::string name, std::string text = "") { return Element{std::move(name), std::move(text), {}, {}}; }
Element node(std::string name, std::vector<Element> children) {
  return Element{std::move(name), "", {}, std::move(children)};
}
Element indexed(std::string name, int index, std::string text) {
  return Element{std::move(name), std::move(text), {{"index", std::to_string(index)}}, {}};
}

/// 2020-02-02T00:00:00Z is 633916800 seconds after 2000-01-01: 25C8CD80, on the wire 80 CD C8 25.
constexpr std::string_view kNow = "2020-02-02T00:00:00Z";
constexpr std::string_view kNowWire = "80cdc825";

Result<Bytes> build(std::uint16_t code, const Element& body, std::string_view cin = "") {
  PayloadInput input{body,
                     "",
                     "",
                     MessageCode{code},
                     Eui64(0x1),
                     Eui64(0x2),
                     OriginatorCounter{7},
                     Eui64(0x1),
                     OriginatorCounter{7},
                     *from_iso8601(kNow),
                     cin,
                     nullptr};
  return build_gbz(input);
}

std::string hex(const Result<Bytes>& built) { return built ? to_hex(*built) : describe(built.error()); }

TEST(GbzPayload, ReadsAttributesInOneComponentACluster) {
  EXPECT_EQ(hex(build(0x008D, leaf("ReadMeterBalance"))),
            "010902"
            "0007020005"
            "000000"
            "000a"
            "0107050005"
            "000100"
            "0100");
}

TEST(GbzPayload, RefusesAUseCaseWithoutRows) {
  const auto built = build(0x0027, leaf("ReadInstantaneousImportRegisters"));
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::Unsupported);
}

TEST(GbzPayload, PaymentModeStartsAtOnceAtATimeOrNever) {
  const auto mode = [](std::vector<Element> children) {
    return build(0x006C, node("UpdatePaymentMode", std::move(children)));
  };
  const std::string head =
      "0109010107050015010006"
      "00000000" +
      std::string(kNowWire);
  EXPECT_EQ(hex(mode({leaf("Credit")})), head +
                                             "00000000"
                                             "940c"
                                             "ffffffff");
  EXPECT_EQ(hex(mode({leaf("ExecutionDateTime", "2020-02-02T00:00:05.75Z"), leaf("Credit")})), head +
                                                                                                   "85cdc825"
                                                                                                   "940c"
                                                                                                   "ffffffff");
  EXPECT_EQ(hex(mode({leaf("ExecutionDateTime", "3000-12-31T00:00:00Z"), leaf("Credit")})), head +
                                                                                                "ffffffff"
                                                                                                "940c"
                                                                                                "ffffffff");
}

TEST(GbzPayload, PrepaymentModeSaysWhenDebtCollectionIsSuspended) {
  const auto mode = [](const char* disabled, const char* emergency) {
    return hex(build(0x006D, node("UpdatePaymentMode", {node("Prepayment", {leaf("SuspendDebtDisabled", disabled),
                                                                            leaf("SuspendDebtEmergency", emergency),
                                                                            leaf("DisablementThreshold", "-2")})})));
  };
  EXPECT_TRUE(mode("true", "true").ends_with("9704feffffff"));
  EXPECT_TRUE(mode("0", "1").ends_with("9700feffffff"));
  EXPECT_TRUE(mode("1", "false").ends_with("970cfeffffff"));
  EXPECT_TRUE(mode("false", "0").ends_with("9708feffffff"));
}

TEST(GbzPayload, AnExecutionDateBeforeTheClockOfTheDeviceBeganIsRefused) {
  const auto built =
      build(0x006C, node("UpdatePaymentMode", {leaf("ExecutionDateTime", "1999-12-31T23:59:59Z"), leaf("Credit")}));
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::BadRequest);
  EXPECT_STREQ(built.error().field, "ExecutionDateTime");
}

TEST(GbzPayload, ABodyForAnElectricityMeterIsRefusedAsAWhole) {
  const auto built = build(0x006F, node("UpdatePrepayConfiguration", {node("UpdatePrepayConfigElectricity", {})}));
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::BadRequest);
}

TEST(GbzPayload, DebtsAreIncrementsWithTheirOwnRecoveryPeriods) {
  const auto recovery = [](const char* name, const char* rate, const char* period) {
    return node(name, {leaf("DebtRecoveryRate", rate), leaf("DebtRecoveryRatePeriod", period)});
  };
  const auto body =
      node("UpdateDebt", {leaf("TimeDebtRegister1", "-1"), leaf("TimeDebtRegister2", "2"),
                          leaf("PaymentDebtRegister", "3"), leaf("DebtRecoveryPerPayment", "10000"),
                          recovery("GasDebtRecovery1", "4", "HOURLY"), recovery("GasDebtRecovery2", "5", "DAILY")});
  const std::string now(kNowWire);
  EXPECT_EQ(hex(build(0x006E, body)),
            "010903"
            "000705001b"
            "010002" +
                now +
                "00"
                "ffffffff"
                "00"
                "01"
                "00000000"
                "0000"
                "00"
                "04000000"
                "0000"
                "000705001b"
                "010102" +
                now +
                "00"
                "02000000"
                "00"
                "03"
                "00000000"
                "0000"
                "01"
                "05000000"
                "0000"
                "010705001b"
                "010202" +
                now +
                "00"
                "03000000"
                "01"
                "05"
                "00000000"
                "0000"
                "01"
                "00000000"
                "1027");
}

Element price_body(std::vector<Element> more) {
  auto prices = std::vector<Element>{leaf("CurrencyUnits", "ECB"), leaf("StandingCharge", "258")};
  prices.insert(prices.end(), more.begin(), more.end());
  return node("UpdatePricePrimaryElement", {node("PriceElements", {node("GasPriceElements", std::move(prices))})});
}

TEST(GbzPayload, TimeOfUsePricesAreNumberedFromOne) {
  const auto body = price_body({node("TOUTariff", {indexed("TOUPrice", 2, "20"), indexed("TOUPrice", 1, "10")})});
  const std::string now(kNowWire);
  EXPECT_EQ(hex(build(0x00A3, body)),
            "010902"
            "0007000026"
            "090004"
            "00000000" +
                now +
                "01000000"
                "00000000"
                "00"
                "00"
                "02"
                "00"
                "00"
                "d203"
                "50"
                "02010000"
                "ff"
                "010000"
                "e80300"
                "0107000020"
                "090105"
                "00000000" +
                now +
                "00000000"
                "01000000"
                "00"
                "01"
                "01"
                "010a000000"
                "0214000000");
}

TEST(GbzPayload, BlockPricesAreNumberedFromZeroAndLieBetweenOneThresholdFewer) {
  const auto body =
      price_body({node("BlockTariff", {indexed("BlockPrice", 1, "10"), indexed("BlockPrice", 2, "20"),
                                       indexed("BlockPrice", 3, "30"), leaf("NumberOfThresholds", "2")})});
  const std::string now(kNowWire);
  EXPECT_EQ(hex(build(0x00A3, body)),
            "010902"
            "0007000026"
            "090004"
            "00000000" +
                now +
                "01000000"
                "00000000"
                "10"
                "00"
                "00"
                "02"
                "00"
                "d203"
                "50"
                "02010000"
                "ff"
                "010000"
                "e80300"
                "0107000025"
                "090105"
                "00000000" +
                now +
                "00000000"
                "01000000"
                "00"
                "01"
                "00"
                "000a000000"
                "0114000000"
                "021e000000");
}

TEST(GbzPayload, APriceWithADoubledIndexIsRefused) {
  const auto built =
      build(0x00A3, price_body({node("TOUTariff", {indexed("TOUPrice", 1, "1"), indexed("TOUPrice", 1, "2")})}));
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::BadRequest);
  EXPECT_STREQ(built.error().field, "TOUPrice");
}

TEST(GbzPayload, ADayOfATimeOfUseTariffNamesItsTier) {
  std::vector<Element> week{leaf("WeekName", "2")};
  for (int i = 1; i <= 7; ++i) week.push_back(indexed("ReferencedDayName", i, i < 6 ? "1" : "4"));
  const auto date = node("SeasonStartDate", {node("GasYearWithWildcards", {leaf("SpecifiedYear", "2021")}),
                                             node("GasMonthWithWildcards", {leaf("NonSpecifiedMonth")}),
                                             node("GasDayOfMonthWithWildcards", {leaf("GasNonSpecifiedDayOfMonth")}),
                                             node("GasDayOfWeekWithWildcards", {leaf("SpecifiedDayOfWeek", "7")})});
  auto holiday = date;
  holiday.name = "Date";
  const auto table = node(
      "SwitchingTable", {node("DayProfiles", {node("DayProfile", {leaf("DayName", "1"), leaf("TOUTariffAction", "3")}),
                                              node("DayProfile", {leaf("DayName", "4"), leaf("BlockTariff")})}),
                         node("WeekProfiles", {node("WeekProfile", week)}),
                         node("Seasons", {node("Season", {date, leaf("ReferencedWeekName", "2")})})});
  const auto body =
      node("UpdateImportTariffPrimaryElement",
           {leaf("ExecutionDateTime", "3000-12-31T00:00:00Z"),
            node("GasTariffElements",
                 {table, node("SpecialDays", {node("SpecialDay", {holiday, leaf("ReferencedDayName", "4")})}),
                  node("ThresholdMatrix", {indexed("BlockThreshold", 1, "281474976710655")})}),
            node("PriceElements", {node("GasPriceElements", {leaf("CurrencyUnits", "GBP"), leaf("StandingCharge", "0"),
                                                             node("TOUTariff", {indexed("TOUPrice", 1, "9")})})})});
  const std::string now(kNowWire), head = "00000000" + now;
  EXPECT_EQ(hex(build(0x006B, body)),
            "010909"
            "0007070019"
            "090000" +
                head + now +
                "feffffff"
                "00"
                "00"
                "00"
                "01"
                "01"
                "02"
                "0007070017"
                "090101" +
                head + now +
                "01"
                "01"
                "00"
                "01"
                "00"
                "0000"
                "03"
                "0007070017"
                "090201" +
                head + now +
                "04"
                "01"
                "00"
                "01"
                "00"
                "0000"
                "00"
                "0007070017"
                "090302" +
                head + now +
                "02"
                "01010101010404"
                "0007070016"
                "090403" +
                head + now +
                "00"
                "01"
                "79ffff07"
                "02"
                "000707001c"
                "090504" +
                head + now +
                "feffffff"
                "00"
                "01"
                "00"
                "01"
                "79ffff07"
                "04"
                "0007000026"
                "090604" +
                head +
                "01000000"
                "ffffffff"
                "00"
                "00"
                "01"
                "00"
                "00"
                "3a03"
                "50"
                "00000000"
                "ff"
                "010000"
                "e80300"
                "000700001d"
                "090706" +
                head +
                "feffffff"
                "01000000"
                "00"
                "01"
                "01"
                "01"
                "ffffffffffff"
                "010700001b"
                "090805" +
                head +
                "feffffff"
                "01000000"
                "00"
                "01"
                "01"
                "0109000000");
}

TEST(GbzPayload, HalfHourlySamplesCountBothEnds) {
  const auto period = [](const char* start, const char* end) {
    return build(0x0078, node("ReadActiveImportProfileData",
                              {node("ReadLogPeriod", {leaf("StartDateTime", start), leaf("EndDateTime", end)})}));
  };
  EXPECT_TRUE(hex(period("2020-02-02T00:00:00Z", "2020-02-02T00:00:00Z")).ends_with("000080cdc825000100"));
  EXPECT_TRUE(hex(period("2020-02-02T00:00:00Z", "2020-02-02T01:29:59Z")).ends_with("000080cdc825000300"));
  EXPECT_TRUE(hex(period("2020-02-02T00:00:00Z", "2099-02-02T01:29:59Z")).ends_with("000080cdc82500ffff"));
  const auto backwards = period("2020-02-02T00:00:00Z", "2020-02-01T00:00:00Z");
  ASSERT_FALSE(backwards);
  EXPECT_STREQ(backwards.error().field, "EndDateTime");
}

TEST(GbzPayload, LogsAreReadFromAMomentThatStandsInTheComponentHeader) {
  const auto body = node("RetrieveBillingDataLogPrepaymentCredits",
                         {node("ReadLogPeriod", {leaf("StartDateTime", "2020-02-02T00:00:01Z"),
                                                 leaf("EndDateTime", "2999-01-01T00:00:00Z")})});
  EXPECT_EQ(hex(build(0x00C5, body)),
            "010901"
            "110705000c"
            "25c8cd81"
            "010008"
            "feffffff"
            "05");
}

TEST(GbzPayload, SnapshotsAreReadOneByOne) {
  const auto body =
      node("RetrieveImportDailyReadLog", {node("ReadLogPeriod", {leaf("StartDateTime", "2020-02-02T00:00:01Z"),
                                                                 leaf("EndDateTime", "2020-02-02T00:00:02Z")})});
  const auto built = build(0x0077, body);
  ASSERT_TRUE(built);
  ASSERT_EQ(built->size(), 3 + 31 * 21u);
  const std::string text = to_hex(*built);
  EXPECT_EQ(text.substr(0, 6), "01091f");
  EXPECT_EQ(text.substr(6 + 42, 42),
            "0007020010"
            "010106"
            "81cdc825"
            "82cdc825"
            "01"
            "01000000");
  EXPECT_EQ(text.substr(text.size() - 42),
            "0107020010"
            "011e06"
            "81cdc825"
            "82cdc825"
            "1e"
            "01000000");
}

TEST(GbzPayload, DecimalsAreScaledWithoutRounding) {
  const auto conversion = [](const char* calorific, const char* factor) {
    return build(0x007C, node("UpdateDeviceConfigurationGasConversion",
                              {leaf("CalorificValue", calorific), leaf("ConversionFactor", factor)}));
  };
  const std::string text = hex(conversion("39.5", "1"));
  EXPECT_NE(text.find("a086010050"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("8b0100000110")) << text;
  EXPECT_TRUE(hex(conversion("+0.10", ".5")).ends_with("010000000110"));
  EXPECT_FALSE(conversion("39.55", "1"));
  EXPECT_FALSE(conversion(".", "1"));
}

TEST(GbzPayload, AlertsWithTheSameSettingsShareACommand) {
  const auto event = [](const char* name, const char* wan, const char* han, const char* log, const char* alarm) {
    return node(name, {leaf("WANAlert", wan), leaf("HANAlert", han), leaf("EventLog", log), leaf("Alarm", alarm)});
  };
  const auto body =
      node("ConfigureAlertBehaviour",
           {node("GasSupplierAlertEventSettings", {event("x810D", "Disable", "Disable", "Disable", "Enable"),
                                                   event("x8119", "Enable", "Disable", "Enable", "Disable"),
                                                   event("x81C5", "Disable", "Disable", "Disable", "Enable")})});
  const std::string now(kNowWire);
  EXPECT_EQ(hex(build(0x00AD, body)),
            "010902"
            "0007080010"
            "090004" +
                now +
                "00000000"
                "0b"
                "00"
                "01"
                "1981"
                "0107080012"
                "090104" +
                now +
                "00000000"
                "40"
                "00"
                "02"
                "0d81c581");
}

TEST(GbzPayload, TheCustomerIdentificationNumberIsTheOneDrawn) {
  const auto body = leaf("RequestCustomerIdentificationNumber");
  EXPECT_EQ(hex(build(0x0083, body, "0042")),
            "010901"
            "0107080014"
            "090006" +
                std::string(kNowWire) +
                "00000000"
                "00000000"
                "0430303432");
  EXPECT_FALSE(build(0x0083, body));
}

}  // namespace
}  // namespace meterway::flow::transform
