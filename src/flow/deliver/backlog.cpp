#include "flow/deliver/backlog.h"

#include <algorithm>
#include <cmath>

namespace meterway::flow::deliver {
namespace {

std::int64_t second_of(UtcTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::uint64_t UserBacklog::depth() const {
  std::uint64_t sum = 0;
  for (const auto& one : classes) sum += one.depth;
  return sum;
}

void LastMinute::count(UtcTime now) {
  const auto number = second_of(now);
  auto& slot = seconds_[static_cast<std::size_t>(number % 60)];
  if (slot.number != number) slot = {number, 0};
  ++slot.count;
}

std::uint64_t LastMinute::sum(UtcTime now) const {
  const auto number = second_of(now);
  std::uint64_t sum = 0;
  for (const auto& slot : seconds_) {
    if (slot.number > number - 60 && slot.number <= number) sum += slot.count;
  }
  return sum;
}

void LastFive::count(UtcTime now) {
  const auto number = second_of(now) / 10;
  auto& slot = parts_[static_cast<std::size_t>(number % 30)];
  if (slot.number != number) slot = {number, 0};
  ++slot.count;
}

std::uint64_t LastFive::sum(UtcTime now) const {
  const auto number = second_of(now) / 10;
  std::uint64_t sum = 0;
  for (const auto& slot : parts_) {
    if (slot.number > number - 30 && slot.number <= number) sum += slot.count;
  }
  return sum;
}

namespace {

struct Reckoning {
  double per_second = 0;
  std::string words;
};

std::string per_second_words(double pace) {
  const auto tenths = std::llround(pace * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " a second";
}

Reckoning reckon(const UserBacklog& user) {
  const auto agreed = static_cast<double>(user.agreed_per_second);
  Reckoning out;
  if (user.taken_last_minute > 0) {
    out.per_second = static_cast<double>(user.taken_last_minute) / LastMinute::kTime.count();
    out.words = "the pace of the last minute, ";
  } else if (user.taken_last_five > 0) {
    out.per_second = static_cast<double>(user.taken_last_five) / LastFive::kTime.count();
    out.words = "the pace of the last five minutes, ";
  } else if (agreed > 0 && user.failures == 0) {
    return {agreed, "the rate agreed with the receiver, " + per_second_words(agreed) +
                        ", as nothing was taken in the last five minutes and nothing has failed"};
  } else {
    return {0, user.failures == 0
                   ? "not known: nothing was taken in the last five minutes"
                   : "not known: nothing drains, the last " + std::to_string(user.failures) + " pushes have failed"};
  }
  if (agreed > 0 && out.per_second > agreed) {
    out.per_second = agreed;
    out.words = "the rate agreed with the receiver, ";
  }
  out.words += per_second_words(out.per_second);
  return out;
}

}  // namespace

Promise promise(const UserBacklog& user, std::optional<DeliveryClass> one, UtcTime now) {
  Promise out;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    const auto other = delivery_class_at(i);
    if (one && order(other) > order(*one)) continue;
    out.ahead += user.classes[i].depth;
    if (one && other != *one) before += user.classes[i].depth;
  }
  const auto own = one ? user.classes[index(*one)].depth : out.ahead;
  if (own == 0) {
    out.ahead = 0;
    out.how = "nothing waits";
    return out;
  }
  const auto reckoning = reckon(user);
  out.how = reckoning.words;
  if (reckoning.per_second <= 0) return out;
  const auto begin = std::max(now, user.next_push.value_or(now));
  const auto seconds = std::ceil(static_cast<double>(out.ahead) / reckoning.per_second);
  out.by = begin + std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, 1e9)));
  if (before > 0) out.how += "; " + std::to_string(before) + " of other classes go before it or in turn with it";
  if (begin > now) out.how += "; the next push is at " + to_iso8601(begin, 0);
  out.how += "; if nothing more comes";
  return out;
}

}  // namespace meterway::flow::deliver
