#pragma once
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "flow/envelope/delivery_class.h"
#include "records/store/store.h"

/// The durable queue of what Users are owed, and what was given up. A place in the queue is a small row that moves when
/// a push fails; the document is written once and erased once.
///
///     delivery-place      user:8 class:1 due:8 made:8 chance:8  ->  version:1 failures:4
///     delivery-document   user:8 class:1 made:8 chance:8        ->  version:1 len trace key, document
///     given-up            user:8 class:1 made:8 chance:8        ->  version:1 why:1 failures:4 when:8 detail
///     given-up-document   the same                              ->  as delivery-document
///
/// Numbers are big-endian, times in microseconds, so that the rows of a User and class are ordered by when they are
/// due, and their documents by when they were made.
/// Errors of all: those of the store; Truncated, BadValue or TrailingBytes for a row that cannot be read.
namespace meterway::flow::deliver {

/// What a delivery is known by, as long as it exists.
struct DeliveryId {
  Eui64 user;
  DeliveryClass delivery_class = DeliveryClass::OnDemand;
  UtcTime made{};
  std::uint64_t chance = 0;  ///< tells apart what was made at the same time
  friend auto operator<=>(const DeliveryId&, const DeliveryId&) = default;

  std::string text() const;  ///< 50 hexadecimal digits, as operators name it
  /// Errors: BadHex, BadLength, BadValue (no such class).
  static Result<DeliveryId> parse(std::string_view text);
};

/// A place in a User's queue: what is to be pushed, not before when.
struct Place {
  DeliveryId id;
  UtcTime due{};
  std::uint32_t failures = 0;
};

/// What is pushed, and the key that its trace is kept under.
struct Letter {
  std::string trace_key;
  std::string document;
};

enum class GivenUp : std::uint8_t { Expired = 1, TooLarge = 2 };
std::string_view to_string(GivenUp why);

struct Undelivered {
  DeliveryId id;
  GivenUp why = GivenUp::Expired;
  std::uint32_t failures = 0;
  UtcTime given_up{};
  std::string detail;  ///< the last failure, for a person
};

/// Puts a letter in the queue. Whoever calls this hands the place to the Postman once the write has succeeded.
Result<Place> enqueue(store::WriteView& view, const DeliveryId& id, UtcTime due, const Letter& letter);
/// What is to be pushed for a place; nothing when the place is no longer there.
Result<std::optional<Letter>> read_letter(const store::ReadView& view, const Place& place);
/// The first `limit` places of a class, by when they are due.
Result<std::vector<Place>> first_places(const store::ReadView& view, Eui64 user, DeliveryClass one, std::size_t limit);
/// All Users' places page by page: those after `after` (none: from the start), the first `limit` of them.
Result<std::vector<Place>> places_after(const store::ReadView& view, const Place* after, std::size_t limit);
/// When the oldest delivery of a class was made; none when the class is empty.
Result<std::optional<UtcTime>> oldest(const store::ReadView& view, Eui64 user, DeliveryClass one);

/// It was taken: nothing of it stays.
Status take_off(store::WriteView& view, const Place& place);
/// One more failure; gives the new place.
Result<Place> put_back(store::WriteView& view, const Place& place, UtcTime due);
/// Out of the queue, on record only.
Status give_up(store::WriteView& view, const Place& place, GivenUp why, UtcTime now, std::string_view detail);

/// Those given up after `after` (none: from the start), the first `limit` of them, ordered by User, class and age.
Result<std::vector<Undelivered>> undelivered_after(const store::ReadView& view, const DeliveryId* after,
                                                   std::size_t limit);
Result<std::optional<Undelivered>> find_undelivered(const store::ReadView& view, const DeliveryId& id);
/// Back into the queue, due now, its failures forgotten; nothing when it is not among them.
Result<std::optional<Place>> requeue(store::WriteView& view, const DeliveryId& id, UtcTime now);
/// Off the record, too. False when it is not among them.
Result<bool> drop(store::WriteView& view, const DeliveryId& id);

}  // namespace meterway::flow::deliver
