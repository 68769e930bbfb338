#include "flow/deliver/postman.h"

#include <algorithm>

#include "flow/deliver/office.h"
#include "flow/envelope/envelope.h"
#include "flow/envelope/trace.h"
#include "records/registry/party.h"

namespace meterway::flow::deliver {

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
  context.executor.at(context.clock.now(), kForgetLane, [office] { office->forget_old(); });
  return std::unique_ptr<Postman>(new Postman(std::move(office)));
}

Postman::~Postman() { stop(); }
void Postman::post(const Place& place) { office_->post(place); }

void Postman::stop() {
  std::vector<UserQueue*> queues;
  {
    const std::lock_guard lock(office_->mutex);
    if (office_->stopped) return;
    for (const auto& [user, queue] : office_->queues) queues.push_back(queue.get());
  }
  for (auto* queue : queues) office_->write_ended(*queue);  // what has been taken is not to be pushed again
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
      user.classes[i].taken_last_minute = queue->taken_of[i].minute.sum(now);
      user.classes[i].taken_last_five = queue->taken_of[i].five.sum(now);
    }
    user.under_way = static_cast<unsigned>(queue->pushes.size());
    user.failures = queue->silent + queue->refused;
    user.next_push = queue->look_at;
    user.taken_last_minute = queue->taken.minute.sum(now);
    user.taken_last_five = queue->taken.five.sum(now);
    if (user.taken_last_minute > 0)
      user.drain = std::chrono::seconds((user.depth() * 60 + user.taken_last_minute - 1) / user.taken_last_minute);
    out.push_back(std::move(user));
  }
  METERWAY_CHECK(office_->context.store.read([&](const store::ReadView& view) -> Status {
    for (auto& user : out) {
      METERWAY_TRY(const auto known, registry::find_user(view, user.user));
      if (known) {
        user.name = known->name;
        user.agreed_per_second = known->pushes_per_second;
      }
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
