#include "flow/deliver/office.h"

#include <algorithm>

#include "base/util/gzip.h"

namespace meterway::flow::deliver {
namespace {

constexpr std::size_t kPage = 10'000;  // places read at a time when starting

}  // namespace

// ---- what waits

Status Postman::Office::count_stored() {
  return context.store.read([&](const store::ReadView& view) -> Status {
    std::optional<Place> last;
    for (;;) {
      METERWAY_TRY(const auto places, places_after(view, last ? &*last : nullptr, kPage));
      for (const auto& place : places) {
        auto& queue = queue_of(place.id.user);
        ++queue.depth[index(place.id.delivery_class)];
        queue.heads_of(place).add(place);
      }
      if (places.size() < kPage) break;
      last = places.back();
    }
    std::optional<DeliveryId> record;
    for (;;) {
      METERWAY_TRY(const auto rows, undelivered_after(view, record ? &*record : nullptr, kPage));
      for (const auto& row : rows) {
        auto& queue = queue_of(row.id.user);
        ++queue.given_up[index(row.id.delivery_class)];
        if (row.why == GivenUp::TooLarge) ++queue.too_large[index(row.id.delivery_class)];
      }
      if (rows.size() < kPage) break;
      record = rows.back().id;
    }
    return {};
  });
}

void Postman::Office::post(const Place& place) {
  auto& queue = queue_of(place.id.user);
  const std::lock_guard lock(queue.mutex);
  ++queue.depth[index(place.id.delivery_class)];
  // Looking for more in the store may have found it before this.
  if (queue.pushes.count(place.id) == 0) queue.heads_of(place).add(place);
  // Whoever ends a push looks at the queue; only when there is room is there something to do before that.
  if (queue.under_way() < settings().pushers) wake(queue, std::max(place.due, queue.not_before));
}

/// Has the queue looked at, not later than `time`. The queue's mutex is held.
void Postman::Office::wake(UserQueue& queue, UtcTime time) {
  if (queue.look_at && *queue.look_at <= time) return;
  queue.look_at = time;
  context.executor.at(time, queue.user.value(), [self = shared_from_this(), &queue, time] {
    {
      const std::lock_guard lock(queue.mutex);
      if (queue.look_at == time) queue.look_at.reset();
    }
    self->look(queue);
  });
}

void Postman::Office::soon(UserQueue& queue, void (Office::*work)(UserQueue&)) {
  const auto lane = queue.user.value();
  auto call = [self = shared_from_this(), &queue, work] { ((*self).*work)(queue); };
  if (const auto posted = context.executor.post(lane, call); !posted && posted.error().code == ErrorCode::Full)
    context.executor.at(context.clock.now(), lane, call);
}

// ---- pushes

/// Starts as many pushes as may be under way now, and sees to it that the queue is looked at when there may be more.
void Postman::Office::look(UserQueue& queue) {
  for (;;) {
    if (is_stopped()) return;
    std::optional<Place> place;
    {
      const std::lock_guard lock(queue.mutex);
      const auto now = context.clock.now();
      // One is enough to find out whether a doubtful User is back.
      if (queue.under_way() >= (queue.doubts() > 0 ? 1u : settings().pushers)) return;
      if (const auto start = std::max(queue.not_before, queue.next_slot); start > now) return wake(queue, start);
      if (!refill(queue)) return wake(queue, now + settings().first_retry);
      place = next_place(queue, now);
      if (!place) return;
      queue.pushes.emplace(place->id, Push{*place, {}, {}, now});
    }
    push(queue, *place);
  }
}

Status Postman::Office::refill(UserQueue& queue) {
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    if (!queue.heads[i].needs_refill()) continue;
    const auto limit = queue.pushes.size() + Heads::kMost;
    METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto places, first_places(view, queue.user, delivery_class_at(i), limit));
      queue.heads[i].refill(places, places.size() < limit,
                            [&](const DeliveryId& id) { return queue.pushes.count(id) != 0; });
      return {};
    }));
  }
  return {};
}

std::optional<Place> Postman::Office::next_place(UserQueue& queue, UtcTime now) {
  std::array<bool, kDeliveryClasses> due{};
  std::optional<UtcTime> next;
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    const auto* first = queue.heads[i].first();
    due[i] = first != nullptr && first->due <= now;
    if (first != nullptr && (!next || first->due < *next)) next = first->due;
  }
  const auto turn = queue.turns.next(due);
  if (turn) return queue.heads[index(*turn)].take_first();
  if (next) wake(queue, *next);
  return std::nullopt;
}

void Postman::Office::push(UserQueue& queue, const Place& place) {
  std::optional<Letter> letter;
  std::optional<registry::User> user;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(letter, read_letter(view, place));
    METERWAY_TRY(user, registry::find_user(view, place.id.user));
    return {};
  });
  if (!read) return put_off(queue, {Push{place, {}, {}, {}}}, settings().first_retry);
  if (!letter) {  // found and dealt with before it was posted
    const std::lock_guard lock(queue.mutex);
    queue.pushes.erase(place.id);
    return;
  }
  net::HttpCall call;
  call.url = user ? user->push_url : std::string();
  call.headers = {{"content-type", "application/xml"}};
  call.timeout = settings().timeout;
  if (letter->document.size() > settings().most_push_bytes && user && user->takes_gzip) {
    if (auto packed = gzip(letter->document)) {
      letter->document = std::move(*packed);
      call.headers["content-encoding"] = "gzip";
    }
  }
  if (letter->document.size() > settings().most_push_bytes)
    return give_up_large(queue, place, *letter, letter->document.size());
  {
    const std::lock_guard lock(queue.mutex);
    const auto now = context.clock.now();
    queue.pushes[place.id] = {place, letter->trace_key, call.url, now};
    if (user && user->pushes_per_second > 0)
      queue.next_slot = now + std::chrono::microseconds(std::chrono::seconds(1)) / user->pushes_per_second;
  }
  if (call.url.empty()) return come_back(queue, place.id, fail(ErrorCode::NotFound, 0, "push address of the User"));
  call.body = std::move(letter->document);
  context.network.call(std::move(call), [self = shared_from_this(), &queue, id = place.id](auto reply) {
    self->come_back(queue, id, std::move(reply));
  });
}

/// On a thread of the network.
void Postman::Office::come_back(UserQueue& queue, const DeliveryId& id, Result<net::HttpResponse> reply) {
  if (is_stopped()) return;
  {
    const std::lock_guard lock(queue.mutex);
    queue.ended.push_back({id, std::move(reply), context.clock.now()});
    if (queue.settling) return;  // one transaction for all that end while the one before is written
    queue.settling = true;
  }
  soon(queue, &Office::settle);
}

}  // namespace meterway::flow::deliver
