#include "flow/deliver/queue.h"

#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::flow::deliver {
namespace {

constexpr std::string_view kPlaces = "delivery-place";
constexpr std::string_view kDocuments = "delivery-document";
constexpr std::string_view kUndelivered = "given-up";
constexpr std::string_view kUndeliveredDocuments = "given-up-document";
constexpr std::uint8_t kVersion = 1;

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t micros) {
  return UtcTime(std::chrono::microseconds(static_cast<std::chrono::microseconds::rep>(micros)));
}

std::string text_of(const wire::Writer& out) { return std::string(out.view().begin(), out.view().end()); }
ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string_view chars_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

wire::Writer prefix(Eui64 user, DeliveryClass one) {
  wire::Writer out;
  out.u64(user.value()).u8(static_cast<std::uint64_t>(one));
  return out;
}
/// The least key after all that begin with `key`; empty when there is none.
std::string end_of(std::string key) {
  while (!key.empty() && static_cast<unsigned char>(key.back()) == 0xFF) key.pop_back();
  if (!key.empty()) key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
  return key;
}
std::string key_of(const DeliveryId& id) {
  auto out = prefix(id.user, id.delivery_class);
  return text_of(out.u64(micros(id.made)).u64(id.chance));
}
std::string key_of(const Place& place) {
  auto out = prefix(place.id.user, place.id.delivery_class);
  return text_of(out.u64(micros(place.due)).u64(micros(place.id.made)).u64(place.id.chance));
}

DeliveryClass read_class(wire::Reader& in) {
  const auto number = in.u8("delivery class");
  if (number < 1 || number > kDeliveryClasses) in.fail(ErrorCode::BadValue, "delivery class");
  return static_cast<DeliveryClass>(number);
}
void read_version(wire::Reader& in) {
  if (in.u8("version") != kVersion) in.fail(ErrorCode::BadValue, "version of a delivery");
}

Result<DeliveryId> read_id(std::string_view key) {
  wire::Reader in(bytes_of(key));
  DeliveryId id;
  id.user = Eui64(in.u64("user"));
  id.delivery_class = read_class(in);
  id.made = time_of(in.u64("made"));
  id.chance = in.u64("chance");
  METERWAY_CHECK(in.finish("delivery"));
  return id;
}

std::string write_place(const Place& place) { return text_of(wire::Writer().u8(kVersion).u32(place.failures)); }
Result<Place> read_place(const store::Row& row) {
  wire::Reader key(bytes_of(row.key));
  Place place;
  place.id.user = Eui64(key.u64("user"));
  place.id.delivery_class = read_class(key);
  place.due = time_of(key.u64("due"));
  place.id.made = time_of(key.u64("made"));
  place.id.chance = key.u64("chance");
  METERWAY_CHECK(key.finish("delivery"));
  wire::Reader value(bytes_of(row.value));
  read_version(value);
  place.failures = value.u32("failures");
  METERWAY_CHECK(value.finish("delivery"));
  return place;
}
Result<std::vector<Place>> read_places(const std::vector<store::Row>& rows) {
  std::vector<Place> places;
  for (const auto& row : rows) {
    METERWAY_TRY(auto place, read_place(row));
    places.push_back(place);
  }
  return places;
}

Result<Undelivered> read_undelivered(std::string_view key, std::string_view value) {
  Undelivered out;
  METERWAY_TRY(out.id, read_id(key));
  wire::Reader in(bytes_of(value));
  read_version(in);
  const auto why = in.u8("why");
  if (why != 1 && why != 2) in.fail(ErrorCode::BadValue, "why");
  out.why = static_cast<GivenUp>(why);
  out.failures = in.u32("failures");
  out.given_up = time_of(in.u64("given up"));
  out.detail = chars_of(in.rest());
  METERWAY_CHECK(in.finish("undelivered"));
  return out;
}

Status move_document(store::WriteView& view, const DeliveryId& id, std::string_view from, std::string_view to) {
  const auto key = key_of(id);
  METERWAY_TRY(const auto document, view.get(from, key));
  if (document) METERWAY_CHECK(view.put(to, key, *document));
  return view.erase(from, key);
}

}  // namespace

std::string DeliveryId::text() const { return to_hex(bytes_of(key_of(*this))); }
Result<DeliveryId> DeliveryId::parse(std::string_view text) {
  METERWAY_TRY(const auto bytes, from_hex(text));
  return read_id(chars_of(bytes));
}

std::string_view to_string(GivenUp why) { return why == GivenUp::TooLarge ? "too large" : "expired"; }

Result<Place> enqueue(store::WriteView& view, const DeliveryId& id, UtcTime due, const Letter& letter) {
  const Place place{id, due, 0};
  METERWAY_CHECK(view.put(kPlaces, key_of(place), write_place(place)));
  wire::Writer out;
  out.u8(kVersion).prefixed(bytes_of(letter.trace_key));
  METERWAY_CHECK(view.put(kDocuments, key_of(id), text_of(out) + letter.document));
  return place;
}

Result<std::optional<Letter>> read_letter(const store::ReadView& view, const Place& place) {
  METERWAY_TRY(const auto there, view.get(kPlaces, key_of(place)));
  if (!there) return std::optional<Letter>();
  METERWAY_TRY(const auto value, view.get(kDocuments, key_of(place.id)));
  if (!value) return fail(ErrorCode::NotFound, 0, "document of a delivery");
  wire::Reader in(bytes_of(*value));
  read_version(in);
  Letter letter;
  letter.trace_key = chars_of(in.prefixed("trace key"));
  letter.document = chars_of(in.rest());
  METERWAY_CHECK(in.finish("delivery"));
  return std::optional<Letter>(std::move(letter));
}

Result<std::vector<Place>> first_places(const store::ReadView& view, Eui64 user, DeliveryClass one, std::size_t limit) {
  const auto from = text_of(prefix(user, one));
  METERWAY_TRY(const auto rows, view.scan(kPlaces, from, end_of(from), limit));
  return read_places(rows);
}

Result<std::vector<Place>> places_after(const store::ReadView& view, const Place* after, std::size_t limit) {
  METERWAY_TRY(const auto rows,
               view.scan(kPlaces, after == nullptr ? std::string() : key_of(*after) + '\0', "", limit));
  return read_places(rows);
}

Result<std::optional<UtcTime>> oldest(const store::ReadView& view, Eui64 user, DeliveryClass one) {
  const auto from = text_of(prefix(user, one));
  METERWAY_TRY(const auto rows, view.scan(kDocuments, from, end_of(from), 1));
  if (rows.empty()) return std::optional<UtcTime>();
  METERWAY_TRY(const auto id, read_id(rows.front().key));
  return std::optional<UtcTime>(id.made);
}

Status take_off(store::WriteView& view, const Place& place) {
  METERWAY_CHECK(view.erase(kPlaces, key_of(place)));
  return view.erase(kDocuments, key_of(place.id));
}

Result<Place> put_back(store::WriteView& view, const Place& place, UtcTime due) {
  const Place next{place.id, due, place.failures + 1};
  METERWAY_CHECK(view.erase(kPlaces, key_of(place)));
  METERWAY_CHECK(view.put(kPlaces, key_of(next), write_place(next)));
  return next;
}

Status give_up(store::WriteView& view, const Place& place, GivenUp why, UtcTime now, std::string_view detail) {
  METERWAY_CHECK(view.erase(kPlaces, key_of(place)));
  METERWAY_CHECK(move_document(view, place.id, kDocuments, kUndeliveredDocuments));
  wire::Writer out;
  out.u8(kVersion).u8(static_cast<std::uint64_t>(why)).u32(place.failures).u64(micros(now)).bytes(bytes_of(detail));
  return view.put(kUndelivered, key_of(place.id), text_of(out));
}

Result<std::vector<Undelivered>> undelivered_after(const store::ReadView& view, const DeliveryId* after,
                                                   std::size_t limit) {
  METERWAY_TRY(const auto rows,
               view.scan(kUndelivered, after == nullptr ? std::string() : key_of(*after) + '\0', "", limit));
  std::vector<Undelivered> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto one, read_undelivered(row.key, row.value));
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::optional<Undelivered>> find_undelivered(const store::ReadView& view, const DeliveryId& id) {
  METERWAY_TRY(const auto value, view.get(kUndelivered, key_of(id)));
  if (!value) return std::optional<Undelivered>();
  METERWAY_TRY(auto one, read_undelivered(key_of(id), *value));
  return std::optional<Undelivered>(std::move(one));
}

Result<std::optional<Place>> requeue(store::WriteView& view, const DeliveryId& id, UtcTime now) {
  METERWAY_TRY(const auto there, view.get(kUndelivered, key_of(id)));
  if (!there) return std::optional<Place>();
  const Place place{id, now, 0};
  METERWAY_CHECK(view.erase(kUndelivered, key_of(id)));
  METERWAY_CHECK(move_document(view, id, kUndeliveredDocuments, kDocuments));
  METERWAY_CHECK(view.put(kPlaces, key_of(place), write_place(place)));
  return std::optional<Place>(place);
}

Result<bool> drop(store::WriteView& view, const DeliveryId& id) {
  METERWAY_TRY(const auto there, view.get(kUndelivered, key_of(id)));
  if (!there) return false;
  METERWAY_CHECK(view.erase(kUndelivered, key_of(id)));
  METERWAY_CHECK(view.erase(kUndeliveredDocuments, key_of(id)));
  return true;
}

}  // namespace meterway::flow::deliver
