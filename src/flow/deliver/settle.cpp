#include <algorithm>
#include <charconv>
#include <utility>

#include "flow/deliver/office.h"
#include "flow/envelope/envelope.h"
#include "flow/envelope/meters.h"
#include "flow/envelope/trace.h"

namespace meterway::flow::deliver {
namespace {

constexpr int kTaken = 204;
constexpr std::size_t kTogether = 16;  // pushes that were taken and are written down in one transaction
constexpr std::size_t kExpiredAtOnce = 100;
constexpr std::chrono::milliseconds kBusy{50};      // when to try again after the network was full
constexpr std::chrono::milliseconds kBetween{50};   // batches of what is forgotten: others are to get on meanwhile
constexpr std::chrono::minutes kBetweenPasses{60};  // days are meant, so an hour is soon

bool never_answered(const Result<net::HttpResponse>& reply) {
  return !reply || reply->status >= 500 || reply->status == 408 || reply->status == 429;
}

/// What a busy User asks for; zero when nothing.
std::chrono::milliseconds retry_after(const Result<net::HttpResponse>& reply) {
  if (!reply) return {};
  const auto found = reply->headers.find("retry-after");
  std::uint32_t seconds = 0;
  if (found == reply->headers.end()) return {};
  const auto* end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, seconds).ptr != end) return {};
  return std::chrono::seconds(seconds);
}

void count(const Context& context, const Place& place, std::string_view outcome) {
  if (context.meters != nullptr) context.meters->deliveries.add({name(place.id.delivery_class), outcome});
}

}  // namespace

/// What was taken may stay unwritten for a moment: were the process to die in it, it would be pushed again.
bool Postman::Office::may_gather(const UserQueue& queue) const {
  return !queue.ended.empty() && queue.ended.size() < kTogether && queue.doubts() == 0 &&
         context.clock.now() < queue.ended.front().at + settings().gather &&
         std::all_of(queue.ended.begin(), queue.ended.end(),
                     [](const Ended& one) { return one.reply && one.reply->status == kTaken; });
}

void Postman::Office::settle(UserQueue& queue) {
  bool gather = false;
  {
    const std::lock_guard lock(queue.mutex);
    queue.settling = false;
    gather = may_gather(queue);
    if (gather && !std::exchange(queue.gathering, true)) {
      context.executor.at(queue.ended.front().at + settings().gather, queue.user.value(),
                          [self = shared_from_this(), &queue] {
                            self->write_ended(queue);
                            self->look(queue);
                          });
    }
  }
  if (!gather) write_ended(queue);
  look(queue);
}

/// One transaction for all that have ended.
void Postman::Office::write_ended(UserQueue& queue) {
  std::vector<std::pair<Push, Ended>> ends;
  {
    const std::lock_guard lock(queue.mutex);
    queue.gathering = false;
    for (auto& ended : queue.ended) ends.emplace_back(queue.pushes.at(ended.id), std::move(ended));
    queue.ended.clear();
  }
  if (is_stopped() || ends.empty()) return;
  struct Fate {
    enum { Taken, Again, Over, NotTried } what = Taken;
    Place next;
  };
  std::vector<Fate> fates(ends.size());
  const auto now = context.clock.now();
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const auto& [push, end] = ends[i];
      auto& fate = fates[i];
      std::vector<Hop> hops{{"deliver", "pushed", "to " + push.url, {}, push.begun}};
      if (end.reply && end.reply->status == kTaken) {
        fate.what = Fate::Taken;
        METERWAY_CHECK(take_off(view, push.place));
        hops.push_back({"deliver", "delivered", "taken with 204", {}, end.at});
      } else if (!end.reply &&
                 (end.reply.error().code == ErrorCode::Full || end.reply.error().code == ErrorCode::Closed)) {
        fate.what = Fate::NotTried;
        continue;
      } else {
        const auto why = end.reply ? "answered " + std::to_string(end.reply->status) : describe(end.reply.error());
        const bool over = now - push.place.id.made >= settings().keep;
        fate.what = over ? Fate::Over : Fate::Again;
        auto delay = retry_delay(push.place.failures + 1, settings(), context.random);
        delay = std::max(delay, std::min(retry_after(end.reply), settings().longest_retry));
        if (over) {
          METERWAY_CHECK(give_up(view, push.place, GivenUp::Expired, now, why));
        } else {
          METERWAY_TRY(fate.next, put_back(view, push.place, now + delay));
        }
        const auto next =
            over ? std::string("; kept on record only") : "; again in " + std::to_string(delay.count()) + " ms";
        hops.push_back({"deliver", over ? "given up" : "failed", why + next, {}, end.at});
      }
      METERWAY_CHECK(trace(view, context, push.trace_key, hops));
    }
    return {};
  });
  if (!stored) {
    std::vector<Push> pushes;
    for (auto& [push, end] : ends) pushes.push_back(std::move(push));
    return put_off(queue, pushes, settings().first_retry);
  }
  bool expire = false;
  {
    const std::lock_guard lock(queue.mutex);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const auto& [push, end] = ends[i];
      const auto one = index(push.place.id.delivery_class);
      queue.pushes.erase(push.place.id);
      if (fates[i].what == Fate::NotTried) {
        queue.heads_of(push.place).add(push.place);
        queue.not_before = std::max(queue.not_before, now + kBusy);
        continue;
      }
      if (fates[i].what == Fate::Taken) {
        count(context, push.place, "delivered");
        --queue.depth[one];
        queue.taken.count(now);
        queue.taken_of[one].count(now);
        queue.silent = queue.refused = 0;
        queue.not_before = {};
        continue;
      }
      count(context, push.place, fates[i].what == Fate::Over ? "given up" : "failed");
      if (fates[i].what == Fate::Over) {
        --queue.depth[one];
        ++queue.given_up[one];
      } else {
        queue.heads_of(push.place).add(fates[i].next);
      }
      ++(never_answered(end.reply) ? queue.silent : queue.refused);
      if (queue.doubts() == 0) continue;
      auto delay = retry_delay(queue.doubts(), settings(), context.random);
      delay = std::max(delay, std::min(retry_after(end.reply), settings().longest_retry));
      queue.not_before = std::max(queue.not_before, now + delay);
    }
    expire = queue.doubts() > 0;
  }
  if (expire) give_up_expired(queue);
}

/// The store did not take what became of them, or could not be read: they stand where they stood, and are pushed again.
void Postman::Office::put_off(UserQueue& queue, const std::vector<Push>& pushes, std::chrono::milliseconds delay) {
  const std::lock_guard lock(queue.mutex);
  for (const auto& push : pushes) {
    queue.pushes.erase(push.place.id);
    queue.heads_of(push.place).add(push.place);
  }
  queue.not_before = std::max(queue.not_before, context.clock.now() + delay);
  wake(queue, queue.not_before);
}

void Postman::Office::give_up_large(UserQueue& queue, const Place& place, const Letter& letter, std::size_t bytes) {
  const auto why = std::to_string(bytes) + " bytes, more than the " + std::to_string(settings().most_push_bytes) +
                   " that a User takes";
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(give_up(view, place, GivenUp::TooLarge, context.clock.now(), why));
    return trace(view, context, letter.trace_key, {{"deliver", "too large", why + "; kept on record only", {}, {}}});
  });
  if (!stored) return put_off(queue, {Push{place, {}, {}, {}}}, settings().first_retry);
  count(context, place, "too large");
  const std::lock_guard lock(queue.mutex);
  queue.pushes.erase(place.id);
  --queue.depth[index(place.id.delivery_class)];
  ++queue.given_up[index(place.id.delivery_class)];
  ++queue.too_large[index(place.id.delivery_class)];
}

/// What a User who does not answer has not taken in all the time it is kept is not tried again one by one.
void Postman::Office::give_up_expired(UserQueue& queue) {
  const auto now = context.clock.now();
  std::vector<Place> expired;
  {
    const std::lock_guard lock(queue.mutex);
    if (queue.doubts() == 0 || !refill(queue)) return;
    for (auto& heads : queue.heads) {
      while (expired.size() < kExpiredAtOnce && heads.first() != nullptr &&
             now - heads.first()->id.made >= settings().keep)
        expired.push_back(heads.take_first());
    }
  }
  if (expired.empty()) return;
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    for (const auto& place : expired) {
      METERWAY_TRY(const auto letter, read_letter(view, place));
      METERWAY_CHECK(give_up(view, place, GivenUp::Expired, now, "the User has not answered"));
      if (letter) {
        METERWAY_CHECK(trace(view, context, letter->trace_key,
                             {{"deliver", "given up", "the User has not answered; kept on record only", {}, {}}}));
      }
    }
    return {};
  });
  {
    const std::lock_guard lock(queue.mutex);
    for (const auto& place : expired) {
      if (!stored) {
        queue.heads_of(place).add(place);
        continue;
      }
      count(context, place, "given up");
      --queue.depth[index(place.id.delivery_class)];
      ++queue.given_up[index(place.id.delivery_class)];
    }
  }
  if (stored && expired.size() == kExpiredAtOnce) soon(queue, &Office::give_up_expired);
}

/// Takes off the record what was given up longer ago than the settings keep it: a batch, then the next in its time.
void Postman::Office::forget_old() {
  const auto days = context.settings.retention.undelivered_days;
  if (days == 0 || is_stopped()) return;
  const auto now = context.clock.now();
  std::vector<Undelivered> old;
  std::optional<DeliveryId> last;
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    old.clear();
    METERWAY_TRY(auto rows, undelivered_after(view, forgotten_to ? &*forgotten_to : nullptr, kExpiredAtOnce));
    last = rows.size() == kExpiredAtOnce ? std::optional(rows.back().id) : std::nullopt;
    for (auto& row : rows) {
      if (now - row.given_up < std::chrono::hours(24) * days) continue;
      METERWAY_TRY(const bool gone, deliver::drop(view, row.id));
      if (gone) old.push_back(std::move(row));
    }
    return {};
  });
  if (stored) {
    forgotten_to = last;
    for (const auto& one : old) {
      auto& queue = queue_of(one.id.user);
      const std::lock_guard lock(queue.mutex);
      queue.forget_given_up(one);
    }
  }
  const std::chrono::milliseconds pause = stored && last ? kBetween : std::chrono::milliseconds(kBetweenPasses);
  context.executor.at(now + pause, kForgetLane, [self = shared_from_this()] { self->forget_old(); });
}

}  // namespace meterway::flow::deliver
