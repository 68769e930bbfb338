#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/net/http.h"
#include "flow/deliver/heads.h"
#include "flow/deliver/postman.h"

/// What the Postman works with. Only the .cpp files of this folder include this.
namespace meterway::flow::deliver {

inline constexpr std::uint64_t kForgetLane = 0x666F'7267'6574;  ///< no User's EUI-64
inline constexpr unsigned kDoubtful = 8;  ///< refusals in a row before the User himself is in doubt

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

/// Everything of one User. The mutex guards it; what is slow is done without it, in the User's lane.
struct UserQueue {
  explicit UserQueue(Eui64 of) : user(of) {}
  const Eui64 user;
  mutable std::mutex mutex;
  std::array<Heads, kDeliveryClasses> heads;
  Turns turns;
  std::map<DeliveryId, Push> pushes;
  std::vector<Ended> ended;
  bool settling = false;   ///< work that takes up `ended` is posted
  bool gathering = false;  ///< or will be, when more have ended
  std::array<std::int64_t, kDeliveryClasses> depth{};
  std::array<std::uint64_t, kDeliveryClasses> given_up{};
  std::array<std::uint64_t, kDeliveryClasses> too_large{};
  unsigned silent = 0;   ///< pushes in a row that were not answered
  unsigned refused = 0;  ///< and those that were, with anything but 204
  UtcTime not_before{};  ///< the User is left alone until then,
  UtcTime next_slot{};   ///< or until the agreed rate allows the next
  std::optional<UtcTime> look_at;
  Pace taken;
  std::array<Pace, kDeliveryClasses> taken_of;

  /// Of those that were taken and wait to be written down, none is under way any more.
  std::size_t under_way() const { return pushes.size() - (gathering ? ended.size() : 0); }
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

  UserQueue& queue_of(Eui64 user) {
    const std::lock_guard lock(mutex);
    auto& queue = queues[user];
    if (!queue) queue = std::make_unique<UserQueue>(user);
    return *queue;
  }
  std::vector<const UserQueue*> all_queues() const {
    const std::lock_guard lock(mutex);
    std::vector<const UserQueue*> out;
    for (const auto& [user, queue] : queues) out.push_back(queue.get());
    return out;
  }
  const DeliverySettings& settings() const { return context.settings.delivery; }

  // office.cpp: what waits
  Status count_stored();
  void post(const Place& place);
  void wake(UserQueue& queue, UtcTime time);
  void soon(UserQueue& queue, void (Office::*work)(UserQueue&));
  void look(UserQueue& queue);
  std::optional<Place> next_place(UserQueue& queue, UtcTime now);
  Status refill(UserQueue& queue);
  void push(UserQueue& queue, const Place& place);
  void come_back(UserQueue& queue, const DeliveryId& id, Result<net::HttpResponse> reply);
  // settle.cpp: what becomes of it
  void settle(UserQueue& queue);
  bool may_gather(const UserQueue& queue) const;
  void write_ended(UserQueue& queue);
  void put_off(UserQueue& queue, const std::vector<Push>& pushes, std::chrono::milliseconds delay);
  void give_up_large(UserQueue& queue, const Place& place, const Letter& letter, std::size_t bytes);
  void give_up_expired(UserQueue& queue);
  void forget_old();

  const Context& context;
  std::optional<DeliveryId> forgotten_to;  ///< how far the pass over what was given up has come; its lane's own
  mutable std::mutex mutex;                // guards the two below
  std::map<Eui64, std::unique_ptr<UserQueue>> queues;
  bool stopped = false;

  bool is_stopped() const {
    const std::lock_guard lock(mutex);
    return stopped;
  }
};

}  // namespace meterway::flow::deliver
