#include "oversight/registration/record.h"

#include <algorithm>
#include <charconv>

#include "standard/calendar/civil_time.h"

namespace meterway::registration {
namespace {

using calendar::Date;
using Kind = Operation::Kind;

const UtcTime kFirst{},
    kLast = Date(std::chrono::year_month_day(std::chrono::year(2100), std::chrono::January, std::chrono::day(1)));

Said refused(Mpxn mpxn, std::string code, std::string reason) {
  return {mpxn, {}, Remark{std::move(code), std::move(reason)}, {}};
}

/// "05:00"
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hours = 0, minutes = 0;
  std::from_chars(text.data(), text.data() + 2, hours);
  std::from_chars(text.data() + 3, text.data() + 5, minutes);
  return hours > 23 || minutes > 59 ? std::nullopt : std::optional(std::chrono::seconds(hours * 3600 + minutes * 60));
}

/// Of a day before the first row: as on that of the first row.
Result<rules::Ruling> rule_on(const std::string& name, Date day, const rules::Rules& rules) {
  for (const auto& row : rules::all_rules()) {
    if (row.name == name) return rules.on(name, std::max(day, row.from));
  }
  return fail(ErrorCode::NotFound, 0, "rule");
}

Result<std::chrono::seconds> clock_time(std::string_view text) {
  int all = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), all);
  if (text.size() != 6 || read.ec != std::errc() || read.ptr != text.data() + 6)
    return fail(ErrorCode::BadDateTime, 8, "time");
  const int hours = all / 10000, minutes = all / 100 % 100, seconds = all % 100;
  if (hours > 23 || minutes > 59 || seconds > 59) return fail(ErrorCode::BadDateTime, 8, "time");
  return std::chrono::seconds(hours * 3600 + minutes * 60 + seconds);
}

/// REG, CAN: who, in which role, from when.
Said read_registration(const Line& line, Mpxn mpxn, const Sender& sender, const rules::Rules& rules) {
  const bool cancels = line.code == "CAN";
  const auto role = parse_user_role(line.fields[1]);
  const bool fits =
      role && *role <= UserRole::GT && (*role == UserRole::GS || *role == UserRole::GT) == (mpxn.fuel() == Fuel::Gas);
  if (!fits) return refused(mpxn, "role", "there is no role " + line.fields[1] + " at this metering point");
  const auto& from_text = line.fields[cancels ? 2 : 3];
  const auto from = read_moment(from_text, mpxn.fuel(), rules);
  if (!from) return refused(mpxn, "date", "from: " + from_text + ": " + describe(from.error()));
  Said out{mpxn, {}, {}, {}};
  Operation begin{cancels ? Kind::Cancel : Kind::Start};
  begin.entry = {*role, sender.source, *from, {}, 0};
  if (cancels) {
    out.operations.push_back(begin);
    return out;
  }
  if (!line.fields[2].empty()) {
    const auto who = MarketParticipant::parse(line.fields[2]);
    if (!who) return refused(mpxn, "participant", line.fields[2] + ": expected up to four capitals and digits");
    begin.entry.who = *who;
  }
  out.operations.push_back(begin);
  if (line.fields.size() < 5 || line.fields[4].empty()) return out;
  const auto until = read_moment(line.fields[4], mpxn.fuel(), rules);
  if (!until) return refused(mpxn, "date", "until: " + line.fields[4] + ": " + describe(until.error()));
  if (*until <= *from) return refused(mpxn, "date", "until: ends before it begins, or with it");
  Operation end{Kind::End};
  end.entry = {*role, sender.source, *until, {}, 0};
  out.operations.push_back(end);
  return out;
}

Said read_address_record(const Line& line, Mpxn mpxn, const Sender& sender) {
  Address address;
  const auto& quality = line.fields[1];
  const bool is_mark =
      quality.size() == 1 && ((quality[0] >= 'A' && quality[0] <= 'Z') || (quality[0] >= '0' && quality[0] <= '9'));
  if (!quality.empty() && !is_mark) return refused(mpxn, "quality", "expected a capital, a digit or nothing");
  if (is_mark) address.quality = quality[0];
  const auto& uprn = line.fields[2];
  if (!uprn.empty()) {
    const auto read = std::from_chars(uprn.data(), uprn.data() + uprn.size(), address.uprn);
    if (uprn.size() > 12 || read.ec != std::errc() || read.ptr != uprn.data() + uprn.size())
      return refused(mpxn, "uprn", "expected up to 12 digits");
  }
  address.post_code = line.fields[3];
  if (!address.post_code.empty() && !plain_post_code(address.post_code))
    return refused(mpxn, "post-code", address.post_code + " is no post code");
  address.identifier = line.fields[4];
  address.lines = line.fields[5];
  if (address.identifier.size() > kMostAddressBytes || address.lines.size() > kMostAddressBytes)
    return refused(mpxn, "address", "longer than " + std::to_string(kMostAddressBytes) + " bytes");
  Operation out{Kind::SetAddress};
  out.text = std::string(1, static_cast<char>(sender.source));
  const bool says_nothing =
      uprn.empty() && address.post_code.empty() && address.identifier.empty() && address.lines.empty();
  if (!says_nothing) out.text += write_address(address);
  return {mpxn, {out}, {}, {}};
}

Said read_detail_record(const Line& line, Mpxn mpxn, const Sender& sender) {
  const auto detail = parse_detail(line.fields[1]);
  if (!detail) return refused(mpxn, "detail", "there is no detail " + line.fields[1]);
  Operation out{Kind::SetDetail};
  out.detail = *detail;
  out.entry.source = sender.source;
  out.text = line.fields[2];
  if (out.text.size() > kMostDetailBytes)
    return refused(mpxn, "detail", "longer than " + std::to_string(kMostDetailBytes) + " bytes");
  if (*detail != Detail::ServiceFlag || out.text.empty()) return {mpxn, {out}, {}, {}};
  // The values of before 5 November 2021 are taken, as what stands for them now.
  if (out.text == "S" || out.text == "W") {
    const auto was = out.text;
    out.text = "N";
    return {mpxn, {out}, {}, Remark{"flag", was + " is taken as N"}};
  }
  if (out.text != "A" && out.text != "I" && out.text != "N") return refused(mpxn, "flag", "expected A, I or N");
  return {mpxn, {out}, {}, {}};
}

}  // namespace

Result<UtcTime> read_moment(std::string_view text, Fuel fuel, const rules::Rules& rules) {
  UtcTime out;
  if (text.find('-') != std::string_view::npos) {
    METERWAY_TRY(out, from_iso8601(text));
    if (text.find('Z') == std::string_view::npos) return fail(ErrorCode::BadDateTime, 0, "expected UTC");
  } else {
    METERWAY_TRY(const auto day, calendar::parse_compact_date(text.substr(0, 8)));
    if (day < calendar::date_of(kFirst) || UtcTime(day) > kLast) return fail(ErrorCode::OutOfRange, 0, "date");
    std::chrono::seconds since_midnight(0);
    if (text.size() > 8) {
      METERWAY_TRY(since_midnight, clock_time(text.substr(8)));
    } else {
      METERWAY_TRY(const auto rule, rule_on("registration.effective." + std::string(to_string(fuel)), day, rules));
      const auto time = time_of_day(rule.value);
      if (!time) return fail(ErrorCode::BadDateTime, 0, "the rule of the time of day");
      since_midnight = *time;
    }
    out = calendar::civil_moment(day, since_midnight);
  }
  if (out < kFirst || out > kLast || out != std::chrono::floor<std::chrono::seconds>(out))
    return fail(ErrorCode::OutOfRange, 0, "date");
  return out;
}

Said read_record(const Line& line, const Sender& sender, const rules::Rules& rules, Date on) {
  struct Row {
    std::string_view code;
    std::size_t fields, or_fields;
  };
  constexpr Row kRows[] = {{"REG", 4, 5}, {"CAN", 3, 3}, {"ADR", 6, 6}, {"DET", 3, 3}};
  const auto row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& one) { return one.code == line.code; });
  if (row == std::end(kRows)) return refused({}, "record", "there is no record " + line.code.substr(0, 20));
  if (line.fields.size() != row->fields && line.fields.size() != row->or_fields)
    return refused({}, "record", "a record " + line.code + " has " + std::to_string(row->or_fields) + " fields");
  const auto mpxn = Mpxn::parse(line.fields[0]);
  if (!mpxn) return refused({}, "metering-point", describe(mpxn.error()));
  const auto* source = find_source(sender.source, on);
  if (source == nullptr || !source->has(mpxn->fuel()))
    return refused(*mpxn, "fuel", "the sender does not speak of " + std::string(to_string(mpxn->fuel())));
  const auto& networks = sender.networks;
  if (mpxn->fuel() == Fuel::Electricity && !networks.empty() &&
      std::find(networks.begin(), networks.end(), mpxn->distributor()) == networks.end())
    return refused(*mpxn, "network", "the sender does not speak of network " + mpxn->distributor());
  auto out = line.code == "ADR"   ? read_address_record(line, *mpxn, sender)
             : line.code == "DET" ? read_detail_record(line, *mpxn, sender)
                                  : read_registration(line, *mpxn, sender, rules);
  out.is_its_own = true;
  return out;
}

}  // namespace meterway::registration
