#include "field/device/meter_account.h"

#include <algorithm>

#include "field/device/context.h"
#include "field/device/logs.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Obis;
using std::chrono::days;

constexpr std::uint16_t kSchedule = 10, kSpecialDays = 11, kMonitor = 21, kAccount = 111, kCredit = 112, kCharge = 113;
constexpr Obis kAccountObject{0, 0, 19, 0, 0, 255}, kEmergency{0, 0, 19, 10, 1, 255}, kDisablement{0, 0, 16, 0, 1, 255},
    kStanding{0, 0, 19, 20, 4, 255}, kNonDisablement{0, 0, 12, 0, 1, 255}, kNonDisablementDays{0, 0, 11, 0, 2, 255};
constexpr std::int64_t kThousandthsPerPenny = 1000;

Data get(const DeviceState& state, std::uint16_t class_id, const Obis& instance, std::uint8_t index) {
  return stored_value(DeviceType::ESME, state, {class_id, instance, index});
}

Obis charge_object(std::uint8_t which) { return {0, 0, 19, 20, which, 255}; }

/// structure{ structure{ i8, scale:i8 }, .., array of structure{ index, price:i16 } }: the first price, in 10^-5 GBP.
std::int64_t rate_of(const Data& charge) {
  if (charge.items.size() < 3 || charge.items[0].items.size() != 2 || charge.items[2].items.empty()) return 0;
  const auto& price = charge.items[2].items.front();
  if (price.items.size() != 2) return 0;
  std::int64_t value = price.items[1].number;
  for (auto scale = charge.items[0].items[1].number; scale > -5 && scale <= 4; --scale) value *= 10;
  return value;
}

struct Link {
  Bytes credit, charge;
  std::uint8_t when = 0;  ///< bits: collected while supply is on, limited, off
};

std::vector<Link> links_of(const DeviceState& state) {
  std::vector<Link> links;
  for (const auto& entry : get(state, kAccount, kAccountObject, 11).items) {
    if (entry.items.size() != 3 || entry.items[2].bytes.empty()) continue;
    links.push_back({entry.items[0].bytes, entry.items[1].bytes, entry.items[2].bytes[0]});
  }
  return links;
}

/// Whether that credit (2: the accumulated debt) meets that charge, and whether it does while supply is off.
bool any_link(const std::vector<Link>& links, std::uint8_t credit, std::uint8_t charge, bool while_off) {
  constexpr std::uint8_t kWhileOff = 0x20;
  return std::any_of(links.begin(), links.end(), [&](const Link& link) {
    return link.credit.size() == 6 && link.charge.size() == 6 && link.credit[4] == credit && link.charge[4] == charge &&
           (!while_off || (link.when & kWhileOff) != 0);
  });
}

/// The day as year:2 month day weekday, to lay beside dates with wildcards FF.
struct Day {
  int year = 0;
  unsigned month = 0, day = 0, weekday = 0;  ///< weekday: Monday 1
  explicit Day(std::chrono::sys_days at) {
    const std::chrono::year_month_day civil(at);
    year = static_cast<int>(civil.year());
    month = unsigned(civil.month());
    day = unsigned(civil.day());
    weekday = std::chrono::weekday(at).iso_encoding();
  }
  bool is(const Bytes& date) const {
    if (date.size() != 5) return false;
    const int wanted = date[0] << 8 | date[1];
    return (wanted == 0xFFFF || wanted == year) && (date[2] == 0xFF || date[2] == month) &&
           (date[3] == 0xFF || date[3] == day) && (date[4] == 0xFF || date[4] == weekday);
  }
  /// -1 before the date, 0 on it or where it has wildcards only, 1 after.
  int compared_with(const Bytes& date) const {
    if (date.size() != 5) return 0;
    const int wanted_year = date[0] << 8 | date[1];
    const auto side = [](int mine, int other) { return mine < other ? -1 : mine > other ? 1 : 0; };
    int order = wanted_year == 0xFFFF ? 0 : side(year, wanted_year);
    if (order == 0 && date[2] != 0xFF) order = side(static_cast<int>(month), date[2]);
    if (order == 0 && date[3] != 0xFF) order = side(static_cast<int>(day), date[3]);
    return order;
  }
};

bool bit(const Data& bits, std::size_t index) {
  return index / 8 < bits.bytes.size() && (bits.bytes[index / 8] & 0x80 >> index % 8) != 0;
}

bool inside(const Day& day, const Bytes& begin, const Bytes& end) {
  const bool after = day.compared_with(begin) >= 0, before = day.compared_with(end) <= 0;
  const bool yearly = begin.size() == 5 && begin[0] == 0xFF && begin[1] == 0xFF && end.size() == 5;
  // A yearly period may run over the end of the year.
  if (yearly && std::lexicographical_compare(end.begin() + 2, end.begin() + 4, begin.begin() + 2, begin.begin() + 4))
    return after || before;
  return after && before;
}

AccountBook book_of(const AccountRules& rules, DeviceState& state, std::vector<AccountEvent>& events) {
  return AccountBook(rules, state.account, state.registers.balance, events);
}

}  // namespace

void tell(const std::vector<AccountEvent>& events, UtcTime now, std::vector<Told>& told) {
  for (const auto event : events) told.push_back({now, alert_of(event)});
}

AccountRules account_rules(DeviceType type, const DeviceState& state) {
  AccountRules rules;
  if (type != DeviceType::ESME) return rules;
  rules.standing_charge = rate_of(get(state, kCharge, kStanding, 5));
  if (!prepays(state)) return rules;
  rules.mode = PaymentMode::Prepayment;
  const Data disablement = get(state, kMonitor, kDisablement, 2);
  if (!disablement.items.empty()) rules.disablement_threshold = disablement.items[0].number;
  rules.low_credit_threshold = get(state, kAccount, kAccountObject, 16).number;
  rules.emergency_limit = get(state, kCredit, kEmergency, 9).number;
  rules.emergency_threshold = get(state, kCredit, kEmergency, 10).number;
  for (std::uint8_t i = 0; i < 2; ++i) {
    const Obis object = charge_object(static_cast<std::uint8_t>(i + 1));
    rules.debts[i].rate = rate_of(get(state, kCharge, object, 5));
    rules.debts[i].period = std::chrono::seconds(get(state, kCharge, object, 8).number);
  }
  rules.per_payment_permyriad = get(state, kCharge, charge_object(3), 13).number;
  // Ours: the cap is in pence; the schema gives no unit.
  rules.payment_debt_cap = get(state, kAccount, kAccountObject, 18).number * kThousandthsPerPenny;
  rules.cap_period = std::chrono::seconds(get(state, kAccount, kAccountObject, 19).number);
  const auto links = links_of(state);
  constexpr std::uint8_t kBalance = 0, kAccumulated = 2, kDebt1 = 1;
  rules.suspend_debt_disabled = any_link(links, kBalance, kDebt1, false) && !any_link(links, kBalance, kDebt1, true);
  rules.suspend_debt_emergency = any_link(links, kAccumulated, kDebt1, false);
  return rules;
}

bool prepays(const DeviceState& state) {
  const Data mode = get(state, kAccount, kAccountObject, 2);
  return !mode.items.empty() && mode.items[0].number == static_cast<int>(PaymentMode::Prepayment);
}

bool kept_on(const DeviceState& state, UtcTime now) {
  constexpr int kStart = 32, kDaysBack = 8;
  const auto entries = get(state, kSchedule, kNonDisablement, 2).items;
  if (entries.empty()) return false;
  const auto special = get(state, kSpecialDays, kNonDisablementDays, 2).items;
  const auto today = std::chrono::floor<days>(now);
  for (int back = 0; back < kDaysBack; ++back) {
    const std::chrono::sys_days date = today - days(back);
    const Day day(date);
    std::vector<std::size_t> marks;  // places of today's special days
    for (std::size_t i = 0; i < special.size(); ++i) {
      if (special[i].items.size() == 3 && day.is(special[i].items[1].bytes)) marks.push_back(i);
    }
    UtcTime last{};
    std::int64_t script = 0;
    for (const auto& entry : entries) {
      const auto& part = entry.items;
      if (part.size() != 10 || part[4].bytes.size() != 4) continue;
      const bool today_is_meant =
          marks.empty() ? bit(part[6], day.weekday - 1)
                        : std::any_of(marks.begin(), marks.end(), [&](std::size_t i) { return bit(part[7], i); });
      if (!today_is_meant || !inside(day, part[8].bytes, part[9].bytes)) continue;
      const UtcTime at = date + std::chrono::hours(part[4].bytes[0]) + std::chrono::minutes(part[4].bytes[1]);
      if (at > now || (script != 0 && at < last)) continue;
      last = at;
      script = part[3].number;
    }
    if (script != 0) return script == kStart;
  }
  return false;
}

void obey(SupplyWish wish, DeviceState& state) {
  switch (wish) {
    case SupplyWish::Off:
      state.supply = Supply::Off;
      break;
    case SupplyWish::Armed:
      if (state.supply == Supply::Off) state.supply = Supply::Armed;
      break;
    case SupplyWish::AsItIs:
      break;
  }
}

void settle_account(DeviceType type, DeviceState& state, UtcTime now, std::vector<Told>& told) {
  if (type != DeviceType::ESME) return;
  if (!state.account.disabled && !prepays(state)) return;  // as most meters: nothing to settle
  const AccountRules rules = account_rules(type, state);
  std::vector<AccountEvent> events;
  auto book = book_of(rules, state, events);
  const bool spent = rules.mode == PaymentMode::Prepayment && book.available() <= rules.disablement_threshold;
  obey(book.settle(spent && kept_on(state, now)), state);
  tell(events, now, told);
}

TopUpParts add_credit(DeviceType type, DeviceState& state, std::int64_t value, UtcTime now, std::vector<Told>& told) {
  const AccountRules rules = account_rules(type, state);
  std::vector<AccountEvent> events;
  const auto parts = book_of(rules, state, events).top_up(value, now);
  tell(events, now, told);
  record({type}, state, "top_up", now, {{"amount", value}});
  if (parts.payment_debt > 0) record({type}, state, "debt_payment", now, {{"amount", parts.payment_debt}});
  settle_account(type, state, now, told);
  return parts;
}

bool activate_emergency_credit(DeviceType type, DeviceState& state, UtcTime now, std::vector<Told>& told) {
  const AccountRules rules = account_rules(type, state);
  std::vector<AccountEvent> events;
  const bool active = book_of(rules, state, events).activate_emergency();
  tell(events, now, told);
  settle_account(type, state, now, told);
  return active;
}

}  // namespace meterway::field
