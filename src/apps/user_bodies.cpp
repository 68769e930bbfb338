#include <fmt/format.h>

#include "apps/user_request.h"
#include "standard/duis/sample_body.h"
#include "standard/gbcs/utrn.h"

// What the command line can fill in by itself, per service.
namespace meterway::apps {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::string_view last_of(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

bool given(const Wish& wish, std::string_view name) {
  for (const auto& [path, text] : wish.parameters) {
    if (last_of(path) == name) return true;
  }
  return false;
}

/// What the schema cannot say of these: a token is made, and nobody joins a network by mistake.
Result<Parameters> more_for(const Wish& wish, const duis::Service& service, const UserKeys& keys,
                            OriginatorCounter counter) {
  if (service.variant == "2.2" && !given(wish, "UTRN")) {
    METERWAY_TRY(const auto token, make_token(wish, keys, counter));
    return Parameters{{"UTRN", token}};
  }
  if (service.variant == "8.2" && wish.parameters.empty()) return Parameters{{"DeviceID", wish.target.dashed_upper()}};
  if (service.variant != "8.11") return Parameters{};
  if (!given(wish, "DeviceID")) return fail(ErrorCode::BadRequest, 0, "8.11 needs --param DeviceID=<device to add>");
  for (const auto& [path, text] : wish.parameters) {
    if (last_of(path) == "RequestType" && text == "Remove") return Parameters{};
  }
  if (!given(wish, "InstallCode"))
    return fail(ErrorCode::BadRequest, 0, "8.11 needs --param InstallCode=<6 to 16 bytes of hex>");
  Parameters more;
  if (!given(wish, "RequestType")) more.emplace_back("RequestType", "Add");
  if (!given(wish, "JoinTimePeriod")) more.emplace_back("JoinTimePeriod", "3600");
  return more;
}

}  // namespace

Result<std::string> make_token(const Wish& wish, const UserKeys& keys, OriginatorCounter counter) {
  const auto* own = keys.private_key(keys.user(), pki::KeyUse::PrepaymentKeyAgreement);
  if (own == nullptr) return fail(ErrorCode::UnknownKey, 0, "prepayment key agreement key of the User");
  const auto* meter = keys.public_key(wish.target, pki::KeyUse::KeyAgreement);
  if (meter == nullptr)
    return fail(ErrorCode::UnknownKey, 0,
                "key agreement certificate of the meter, neither in the User's folder nor from the certificate search");
  const bool pence = wish.pence.has_value();
  const unsigned value = pence ? *wish.pence : wish.pounds.value_or(10);
  if (value > 8191) return fail(ErrorCode::OutOfRange, 0, "a token is worth at most 8191 pounds or pence");
  return gbcs::make_utrn({keys.user(), wish.target, counter}, static_cast<std::uint16_t>(value), pence ? 0 : 1, *own,
                         *meter);
}

Result<std::string> body_of(const Wish& wish, const duis::Service& service, const World& world, const UserKeys& keys,
                            OriginatorCounter counter, UtcTime now) {
  const auto* device = world.device(wish.target);
  const bool gas = device != nullptr && (device->type == DeviceType::GSME || device->type == DeviceType::GPF);
  if (service.variant == "1.1.1" && wish.parameters.empty() && !gas) return default_tariff();
  METERWAY_TRY(auto values, more_for(wish, service, keys, counter));
  values.insert(values.begin(), wish.parameters.begin(), wish.parameters.end());
  // The shortest tariff of blocks has one price and one threshold, which makes no sense.
  if (service.variant == "1.2.1" && wish.parameters.empty() && gas)
    values.emplace_back("GasPriceElements/TOUTariff/TOUPrice", "0");
  return duis::sample_body(service, std::move(values), {now, wish.target, gas});
}

std::string default_tariff() {
  constexpr std::string_view kAnyYear = "<sr:Year><sr:NonSpecifiedYear/></sr:Year>";
  std::string week, thresholds;
  for (int day = 1; day <= 7; ++day)
    week += fmt::format("<sr:ReferencedDayName index=\"{}\">1</sr:ReferencedDayName>", day);
  for (int index = 1; index <= 8; ++index) {
    thresholds += fmt::format(
        "<sr:Thresholds index=\"{}\"><sr:BlockThreshold index=\"1\">4294967295</sr:BlockThreshold></sr:Thresholds>",
        index);
  }
  // Night from midnight to seven, day for the rest; unit prices in 1/100,000 pound, the standing charge in 1/10,000.
  return fmt::format(
      "<sr:UpdateImportTariffPrimaryElement><sr:ElecTariffElements><sr:CurrencyUnits>GBP</"
      "sr:CurrencyUnits><sr:SwitchingTable>"
      "<sr:DayProfiles><sr:DayProfile><sr:DayName>1</sr:DayName>"
      "<sr:ProfileSchedule><sr:StartTime>00:00:00.00Z</sr:StartTime><sr:TOUTariffAction>1</sr:TOUTariffAction></"
      "sr:ProfileSchedule>"
      "<sr:ProfileSchedule><sr:StartTime>07:00:00.00Z</sr:StartTime><sr:TOUTariffAction>2</sr:TOUTariffAction></"
      "sr:ProfileSchedule>"
      "</sr:DayProfile></sr:DayProfiles>"
      "<sr:WeekProfiles><sr:WeekProfile><sr:WeekName>1</sr:WeekName>{0}</sr:WeekProfile></sr:WeekProfiles>"
      "<sr:Seasons><sr:Season><sr:SeasonName>year</"
      "sr:SeasonName><sr:SeasonStartDate>{1}<sr:Month><sr:SpecifiedMonth>01</sr:SpecifiedMonth></sr:Month>"
      "<sr:DayOfMonth><sr:SpecifiedDayOfMonth>01</sr:SpecifiedDayOfMonth></"
      "sr:DayOfMonth><sr:DayOfWeek><sr:NonSpecifiedDayOfWeek/></sr:DayOfWeek>"
      "</sr:SeasonStartDate><sr:ReferencedWeekName>1</sr:ReferencedWeekName></sr:Season></sr:Seasons></"
      "sr:SwitchingTable>"
      "<sr:SpecialDays/><sr:ThresholdMatrix>{2}</sr:ThresholdMatrix></sr:ElecTariffElements>"
      "<sr:PriceElements><sr:ElectricityPriceElements><sr:StandingCharge>4250</"
      "sr:StandingCharge><sr:StandingChargeScale>-4</sr:StandingChargeScale>"
      "<sr:PriceScale>-5</sr:PriceScale><sr:TOUTariff><sr:TOUPrice index=\"1\">12250</sr:TOUPrice><sr:TOUPrice "
      "index=\"2\">29750</sr:TOUPrice>"
      "</sr:TOUTariff></sr:ElectricityPriceElements></sr:PriceElements></sr:UpdateImportTariffPrimaryElement>",
      week, kAnyYear, thresholds);
}

}  // namespace meterway::apps
