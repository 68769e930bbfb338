#include "flow/deliver/postman.h"

#include <algorithm>
#include <charconv>

#include "base/util/gzip.h"
#include "flow/deliver/heads.h"
#include "flow/envelope/envelope.h"
#include "flow/envelope/trace.h"

namespace meterway::flow::deliver {
namespace {

constexpr int kTaken = 204;
constexpr std::size_t kPage = 10'000;  // places read at a time when starting
constexpr std::size_t kExpiredAtOnce = 100;
constexpr unsigned kDoubtful = 8;               // refusals in a row before the User himself is in doubt
constexpr std::chrono::milliseconds kBusy{50};  // when to try again after the network was full

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

/// A push that is under way.
struct Push {
  Place place;
  std::string trace_key;
  std::string url;
  UtcTime begun{};
};

struct Ended {
  DeliveryId id;
  Result<net::HttpResponse> reply;
  UtcTime at{};
};

}  // namespace

/// Everything of one User. The mutex guards it; what is slow is done without it, in the User's lane.
struct Postman::Queue {
  explicit Queue(Eui64 of) : user(of) {}
  const Eui64 user;
  mutable std::mutex mutex;
  std::array<Heads, kDeliveryClasses> heads;
  Turns turns;
  std::map<DeliveryId, Push> pushes;
  std::vector<Ended> ended;
  bool settling = false;  ///< work that takes up `ended` is posted
  std::array<std::int64_t, kDeliveryClasses> depth{};
  std::array<std::uint64_t, kDeliveryClasses> given_up{};
  std::array<std::uint64_t, kDeliveryClasses> too_large{};
  unsigned silent = 0;   ///< pushes in a row that were not answered
  unsigned refused = 0;  ///< and those that were, with anything but 204
  UtcTime not_before{};  ///< the User is left alone until then,
  UtcTime next_slot{};   ///< or until the agreed rate allows the next
  std::optional<UtcTime> look_at;
  LastMinute taken;

  unsigned doubts() const { return silent + (refused > kDoubtful ? refused - kDoubtful : 0); }
  Heads& heads_of(const Place& place) { return heads[index(place.id.delivery_class)]; }
  void forget_given_up(const Undelivered& one) {
    auto& total = given_up[index(one.id.delivery_class)];
    auto& large = too_large[index(one.id.delivery_class)];
    if (total > 0) --total;
    if (one.why == GivenUp::TooLarge && large > 0) --large;
  }
};

struct Postman::Office : std::enable_shared_from_this<Office> {
  explicit Office(const Context& handed) : context(handed) {}

  Queue& queue_of(Eui64 user) {
    const std::lock_guard lock(mutex);
    auto& queue = queues[user];
    if (!queue) queue = std::make_unique<Queue>(user);
    return *queue;
  }
  std::vector<const Queue*> all_queues() const {
    const std::lock_guard lock(mutex);
    std::vector<const Queue*> out;
    for (const auto& [user, queue] : queues) out.push_back(queue.get());
    return out;
  }
  const DeliverySettings& settings() const { return context.settings.delivery; }

  Status count_stored();
  void post(const Place& place);
  void wake(Queue& queue, UtcTime time);
  void soon(Queue& queue, void (Office::*work)(Queue&));
  void look(Queue& queue);
  std::optional<Place> next_place(Queue& queue, UtcTime now);
  Status refill(Queue& queue);
  void push(Queue& queue, const Place& place);
  void come_back(Queue& queue, const DeliveryId& id, Result<net::HttpResponse> reply);
  void settle(Queue& queue);
  void put_off(Queue& queue, const std::vector<Push>& pushes, std::chrono::milliseconds delay);
  void give_up_large(Queue& queue, const Place& place, const Letter& letter, std::size_t bytes);
  void give_up_expired(Queue& queue);

  const Context& context;
  mutable std::mutex mutex;  // guards the two below
  std::map<Eui64, std::unique_ptr<Queue>> queues;
  bool stopped = false;

  bool is_stopped() const {
    const std::lock_guard lock(mutex);
    return stopped;
  }
};

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
  if (queue.pushes.size() < settings().pushers) wake(queue, std::max(place.due, queue.not_before));
}

/// Has the queue looked at, not later than `time`. The queue's mutex is held.
void Postman::Office::wake(Queue& queue, UtcTime time) {
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

void Postman::Office::soon(Queue& queue, void (Office::*work)(Queue&)) {
  const auto lane = queue.user.value();
  auto call = [self = shared_from_this(), &queue, work] { ((*self).*work)(queue); };
  if (const auto posted = context.executor.post(lane, call); !posted && posted.error().code == ErrorCode::Full)
    context.executor.at(context.clock.now(), lane, call);
}

// ---- pushes

/// Starts as many pushes as may be under way now, and sees to it that the queue is looked at when there may be more.
void Postman::Office::look(Queue& queue) {
  for (;;) {
    if (is_stopped()) return;
    std::optional<Place> place;
    {
      const std::lock_guard lock(queue.mutex);
      const auto now = context.clock.now();
      // One is enough to find out whether a doubtful User is back.
      if (queue.pushes.size() >= (queue.doubts() > 0 ? 1u : settings().pushers)) return;
      if (const auto start = std::max(queue.not_before, queue.next_slot); start > now) return wake(queue, start);
      if (!refill(queue)) return wake(queue, now + settings().first_retry);
      place = next_place(queue, now);
      if (!place) return;
      queue.pushes.emplace(place->id, Push{*place, {}, {}, now});
    }
    push(queue, *place);
  }
}

Status Postman::Office::refill(Queue& queue) {
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

std::optional<Place> Postman::Office::next_place(Queue& queue, UtcTime now) {
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

void Postman::Office::push(Queue& queue, const Place& place) {
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
void Postman::Office::come_back(Queue& queue, const DeliveryId& id, Result<net::HttpResponse> reply) {
  if (is_stopped()) return;
  {
    const std::lock_guard lock(queue.mutex);
    queue.ended.push_back({id, std::move(reply), context.clock.now()});
    if (queue.settling) return;  // one transaction for all that end while the one before is written
    queue.settling = true;
  }
  soon(queue, &Office::settle);
}

// ---- what becomes of them

void Postman::Office::settle(Queue& queue) {
  std::vector<std::pair<Push, Ended>> ends;
  {
    const std::lock_guard lock(queue.mutex);
    queue.settling = false;
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
        --queue.depth[one];
        queue.taken.count(now);
        queue.silent = queue.refused = 0;
        queue.not_before = {};
        continue;
      }
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
  look(queue);
}

/// The store did not take what became of them, or could not be read: they stand where they stood, and are pushed again.
void Postman::Office::put_off(Queue& queue, const std::vector<Push>& pushes, std::chrono::milliseconds delay) {
  const std::lock_guard lock(queue.mutex);
  for (const auto& push : pushes) {
    queue.pushes.erase(push.place.id);
    queue.heads_of(push.place).add(push.place);
  }
  queue.not_before = std::max(queue.not_before, context.clock.now() + delay);
  wake(queue, queue.not_before);
}

void Postman::Office::give_up_large(Queue& queue, const Place& place, const Letter& letter, std::size_t bytes) {
  const auto why = std::to_string(bytes) + " bytes, more than the " + std::to_string(settings().most_push_bytes) +
                   " that a User takes";
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(give_up(view, place, GivenUp::TooLarge, context.clock.now(), why));
    return trace(view, context, letter.trace_key, {{"deliver", "too large", why + "; kept on record only", {}, {}}});
  });
  if (!stored) return put_off(queue, {Push{place, {}, {}, {}}}, settings().first_retry);
  const std::lock_guard lock(queue.mutex);
  queue.pushes.erase(place.id);
  --queue.depth[index(place.id.delivery_class)];
  ++queue.given_up[index(place.id.delivery_class)];
  ++queue.too_large[index(place.id.delivery_class)];
}

/// What a User who does not answer has not taken in all the time it is kept is not tried again one by one.
void Postman::Office::give_up_expired(Queue& queue) {
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
      --queue.depth[index(place.id.delivery_class)];
      ++queue.given_up[index(place.id.delivery_class)];
    }
  }
  if (stored && expired.size() == kExpiredAtOnce) soon(queue, &Office::give_up_expired);
}

// ---- the face

std::chrono::milliseconds retry_delay(unsigned failures, const DeliverySettings& settings, Random& random) {
  auto delay = std::max(settings.first_retry, std::chrono::milliseconds(1));
  for (unsigned i = 1; i < failures && delay < settings.longest_retry; ++i) delay *= 2;
  delay = std::min(delay, std::max(settings.longest_retry, std::chrono::milliseconds(1)));
  const auto chance = static_cast<std::int64_t>(random.next_u64() % static_cast<std::uint64_t>(delay.count() / 2 + 1));
  return delay - std::chrono::milliseconds(chance);
}

Result<std::unique_ptr<Postman>> Postman::start(const Context& context) {
  auto office = std::make_shared<Office>(context);
  METERWAY_CHECK(office->count_stored());
  for (auto& [user, queue] : office->queues) {
    const std::lock_guard lock(queue->mutex);
    office->wake(*queue, context.clock.now());
  }
  return std::unique_ptr<Postman>(new Postman(std::move(office)));
}

Postman::~Postman() { stop(); }
void Postman::post(const Place& place) { office_->post(place); }

void Postman::stop() {
  const std::lock_guard lock(office_->mutex);
  office_->stopped = true;
}

std::size_t Postman::under_way() const {
  std::size_t sum = 0;
  for (const auto* queue : office_->all_queues()) {
    const std::lock_guard lock(queue->mutex);
    sum += queue->pushes.size();
  }
  return sum;
}

Result<std::vector<UserBacklog>> Postman::backlog(std::optional<Eui64> only) const {
  std::vector<UserBacklog> out;
  const auto now = office_->context.clock.now();
  for (const auto* queue : office_->all_queues()) {
    if (only && queue->user != *only) continue;
    UserBacklog user;
    user.user = queue->user;
    const std::lock_guard lock(queue->mutex);
    for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
      // A place may be taken before post() has counted it.
      user.classes[i].depth = static_cast<std::uint64_t>(std::max<std::int64_t>(queue->depth[i], 0));
      user.classes[i].given_up = queue->given_up[i];
      user.classes[i].too_large = queue->too_large[i];
    }
    user.under_way = static_cast<unsigned>(queue->pushes.size());
    user.failures = queue->silent + queue->refused;
    user.next_push = queue->look_at;
    user.taken_last_minute = queue->taken.sum(now);
    if (user.taken_last_minute > 0)
      user.drain = std::chrono::seconds((user.depth() * 60 + user.taken_last_minute - 1) / user.taken_last_minute);
    out.push_back(std::move(user));
  }
  METERWAY_CHECK(office_->context.store.read([&](const store::ReadView& view) -> Status {
    for (auto& user : out) {
      for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
        if (user.classes[i].depth == 0) continue;
        METERWAY_TRY(user.classes[i].oldest, oldest(view, user.user, delivery_class_at(i)));
      }
    }
    return {};
  }));
  return out;
}

Result<bool> Postman::retry(const DeliveryId& id) {
  std::optional<Undelivered> before;
  std::optional<Place> place;
  METERWAY_CHECK(office_->context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(before, find_undelivered(view, id));
    METERWAY_TRY(place, requeue(view, id, office_->context.clock.now()));
    if (!place) return {};
    METERWAY_TRY(const auto letter, read_letter(view, *place));
    if (!letter) return {};
    return trace(view, office_->context, letter->trace_key, {{"deliver", "requeued", "by the operator", {}, {}}});
  }));
  if (!place || !before) return false;
  auto& queue = office_->queue_of(id.user);
  {
    const std::lock_guard lock(queue.mutex);
    queue.forget_given_up(*before);
  }
  post(*place);
  return true;
}

Result<bool> Postman::drop(const DeliveryId& id) {
  std::optional<Undelivered> before;
  METERWAY_CHECK(office_->context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(before, find_undelivered(view, id));
    METERWAY_TRY(const bool gone, deliver::drop(view, id));
    (void)gone;
    return {};
  }));
  if (!before) return false;
  auto& queue = office_->queue_of(id.user);
  const std::lock_guard lock(queue.mutex);
  queue.forget_given_up(*before);
  return true;
}

}  // namespace meterway::flow::deliver
