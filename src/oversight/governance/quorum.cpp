#include "oversight/governance/quorum.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "oversight/governance/functions.h"

namespace meterway::governance {
namespace {

bool is_present(const ledger::Record& one) {
  const auto& capacity = one.text("capacity");
  return one.state == "noted" && one.text("mode") != "apologies" && (capacity == "member" || capacity == "alternate");
}

Result<rules::Ruling> share_of(const rules::Rules& rules, std::string committee, ledger::Date day) {
  for (char& c : committee) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  auto own = rules.on("quorum.share." + committee, day);
  if (own || own.error().code != ErrorCode::NotFound) return own;
  return rules.on("quorum.share", day);
}

}  // namespace

Result<Quorum> count_quorum(const rules::Rules& rules, const ledger::Record& meeting,
                            const std::vector<ledger::Record>& seats, const std::vector<ledger::Record>& attendance) {
  const auto day = meeting.date("held");
  if (!day) return fail(ErrorCode::BadValue, 0, "meeting");
  std::set<std::string, std::less<>> there;
  for (const auto& one : attendance) {
    if (is_present(one)) there.insert(one.text("seat"));
  }
  Quorum out;
  std::map<std::string, bool> categories;
  for (const auto& seat : seats) {
    if (!in_term(seat, *day)) continue;
    const bool present = there.contains(seat.reference);
    out.seats += present || seat.has("holder") ? 1 : 0;  // half of the members: a vacant seat is none
    out.present += present ? 1 : 0;
    auto& somebody = categories[seat.text("category")];
    somebody = somebody || present;
  }
  for (const auto& [category, somebody] : categories) {
    if (!somebody) out.absent.push_back(category);
  }
  METERWAY_TRY(const auto ruling, share_of(rules, meeting.text("committee"), *day));
  METERWAY_TRY(const auto percent, ruling.number());
  out.needed = static_cast<std::size_t>(std::ceil(static_cast<double>(out.seats) * percent / 100.0));
  out.rule = ruling.explain(*day);
  return out;
}

}  // namespace meterway::governance
