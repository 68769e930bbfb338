#include <fmt/format.h>

#include "apps/user_request.h"
#include "standard/duis/xml_text.h"
#include "standard/gbcs/utrn.h"

// What the command line can fill in by itself, per service.
namespace meterway::apps {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps;
  while (!path.empty()) {
    const auto slash = path.find('/');
    steps.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return steps;
}

std::string_view last_of(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

/// Elements by path, those with a common beginning in one parent: {A/B=1, A/C=2} gives <A><B>1</B><C>2</C></A>.
std::string nest(const Parameters& parameters) {
  std::string out;
  std::vector<std::string> open;
  const auto close_to = [&](std::size_t depth) {
    for (; open.size() > depth; open.pop_back()) out += "</sr:" + open.back() + ">";
  };
  for (const auto& [path, text] : parameters) {
    const auto steps = steps_of(path);
    std::size_t common = 0;
    while (common < open.size() && common + 1 < steps.size() && open[common] == steps[common]) ++common;
    close_to(common);
    for (std::size_t i = common; i + 1 < steps.size(); ++i) {
      out += "<sr:" + steps[i] + ">";
      open.push_back(steps[i]);
    }
    const auto& name = steps.empty() ? path : steps.back();
    out += fmt::format("<sr:{0}>{1}</sr:{0}>", name, duis::escaped(text));
  }
  close_to(0);
  return out;
}

/// Given parameters over defaults. A default with empty text only keeps the place of an optional element.
Parameters merge(Parameters defaults, const Parameters& given) {
  const std::size_t places = defaults.size();
  for (const auto& [path, text] : given) {
    bool replaced = false;
    for (auto& [default_path, default_text] : defaults) {
      if (default_path == path || last_of(default_path) == path) {
        default_text = text;
        replaced = true;
        break;
      }
    }
    if (!replaced) defaults.emplace_back(path, text);
  }
  for (std::size_t i = places; i-- > 0;) {
    if (defaults[i].second.empty()) defaults.erase(defaults.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return defaults;
}

bool given(const Wish& wish, std::string_view name) {
  for (const auto& [path, text] : wish.parameters) {
    if (last_of(path) == name) return true;
  }
  return false;
}

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

/// The device that `--to` means stands in the body of these, or of these the hub is the target.
Result<Parameters> defaults_for(const Wish& wish, const duis::Service& service, const UserKeys& keys,
                                OriginatorCounter counter) {
  if (service.variant == "2.2" && !given(wish, "UTRN")) {
    METERWAY_TRY(const auto token, make_token(wish, keys, counter));
    return Parameters{{"UTRN", token}};
  }
  if (service.variant == "8.2") return Parameters{{"DeviceID", wish.target.dashed_upper()}};
  if (service.variant == "8.11") {
    if (!given(wish, "DeviceID")) return fail(ErrorCode::BadRequest, 0, "8.11 needs --param DeviceID=<device to add>");
    for (const auto& [path, text] : wish.parameters) {
      if (path == "RequestType" && text == "Remove") return Parameters{{"DeviceID", ""}, {"RequestType", ""}};
    }
    if (!given(wish, "InstallCode"))
      return fail(ErrorCode::BadRequest, 0, "8.11 needs --param InstallCode=<6 to 16 bytes of hex>");
    return Parameters{{"DeviceID", ""},
                      {"RequestType", "Add"},
                      {"AddDeviceToCHFWhitelist/JoinTimePeriod", "3600"},
                      {"AddDeviceToCHFWhitelist/InstallCode", ""},
                      {"AddDeviceToCHFWhitelist/ImportMPxN", ""},
                      {"AddDeviceToCHFWhitelist/SecondaryImportMPAN", ""},
                      {"AddDeviceToCHFWhitelist/ExportMPAN", ""}};
  }
  return Parameters{};
}

}  // namespace

Result<std::string> body_of(const Wish& wish, const duis::Service& service, const World& world, const UserKeys& keys,
                            OriginatorCounter counter) {
  if (service.variant == "1.1.1" && wish.parameters.empty()) {
    const auto* device = world.device(wish.target);
    if (device != nullptr && device->type == DeviceType::GSME)
      return fail(ErrorCode::BadRequest, 0, "a gas tariff needs --body FILE");
    return default_tariff();
  }
  METERWAY_TRY(const auto defaults, defaults_for(wish, service, keys, counter));
  const auto inside = nest(merge(defaults, wish.parameters));
  return inside.empty() ? fmt::format("<sr:{}/>", service.body_element)
                        : fmt::format("<sr:{0}>{1}</sr:{0}>", service.body_element, inside);
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
