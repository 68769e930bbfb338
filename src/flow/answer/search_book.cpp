#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "flow/answer/inventory_search.h"
#include "flow/envelope/trace.h"
#include "records/anomaly/book.h"
#include "records/registry/octets.h"

namespace meterway::flow::answer {
namespace {

constexpr std::string_view kTable = "inventory-search";
constexpr std::chrono::hours kWindow{1};
constexpr std::size_t kSaltBytes = 32, kHashBytes = 8;

struct Count {
  UtcTime begin{};
  std::uint32_t by_address = 0, misses = 0;
  bool told = false;
};

std::string key_of(Eui64 user) {
  const auto wire = user.wire();
  return registry::string_of(ByteView(wire));
}

Result<Count> read_count(const store::ReadView& view, const std::string& key, UtcTime now) {
  METERWAY_TRY(const auto row, view.get(kTable, key));
  if (!row) return Count{now};
  wire::Reader in(registry::bytes_of(*row));
  Count out;
  out.begin = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("begin"))));
  out.by_address = in.u32("by address");
  out.misses = in.u32("misses");
  out.told = in.u8("told") != 0;
  METERWAY_CHECK(in.finish());
  // A clock that was set back begins a new hour as well: nobody is held up for longer than one.
  if (now < out.begin || now - out.begin >= kWindow) return Count{now};
  return out;
}

Status put_count(store::WriteView& view, const std::string& key, const Count& count) {
  wire::Writer out;
  const auto begin = std::chrono::duration_cast<std::chrono::microseconds>(count.begin.time_since_epoch()).count();
  out.u64(static_cast<std::uint64_t>(begin)).u32(count.by_address).u32(count.misses).u8(count.told ? 1 : 0);
  return view.put(kTable, key, registry::string_of(out));
}

Result<std::uint32_t> rule(const Context& context, std::string_view name) {
  METERWAY_TRY(const auto ruling, context.settings.rules.on(name, calendar::date_of(context.clock.now())));
  METERWAY_TRY(const auto value, ruling.integer());
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, UINT32_MAX));
}

}  // namespace

Result<std::string> hash_of(store::WriteView& view, const SearchKey& key, Random& random) {
  METERWAY_TRY(auto salt, view.get(kTable, ""));
  if (!salt) {
    std::uint8_t chance[kSaltBytes];
    random.fill(chance);
    salt = registry::string_of(ByteView(chance));
    METERWAY_CHECK(view.put(kTable, "", *salt));
  }
  const auto kind = static_cast<std::uint8_t>(key.kind);
  const auto digest = crypto::sha256({registry::bytes_of(*salt), ByteView(&kind, 1), registry::bytes_of(key.text)});
  return to_hex(ByteView(digest).first(kHashBytes));
}

Searcher searcher_of(Eui64 user, std::string what) {
  return {key_of(user), "search:" + user.plain(), std::move(what), {user}};
}
Searcher searcher_of(const std::string& person, std::vector<Eui64> notify) {
  return {"person/" + person + "/", "search:" + person, "by the JSON interface", std::move(notify)};
}

Result<bool> note_search(store::WriteView& view, const Searcher& who, const SearchKey& key, SearchClass value,
                         const Context& context) {
  const auto now = context.clock.now();
  METERWAY_TRY(auto count, read_count(view, who.count_key, now));
  METERWAY_TRY(const auto limit, rule(context, "inventory.search.limit"));
  METERWAY_TRY(const auto misses, rule(context, "inventory.search.misses"));
  const bool allowed = !key.by_address() || count.by_address < limit;
  count.by_address += key.by_address() && allowed ? 1 : 0;
  count.misses += value == SearchClass::Found ? 0 : 1;
  METERWAY_TRY(const auto hash, hash_of(view, key, context.random));
  std::vector<Hop> hops = {
      {"answer",
       allowed ? "searched" : "limited",
       "by " + std::string(to_string(key.kind)) + " " + hash + ": " + std::string(to_string(value)) + "; " + who.what,
       {},
       now}};
  if (!count.told && count.misses >= misses) {
    count.told = true;
    const auto text = "enumeration suspected: " + std::to_string(count.misses) +
                      " inventory searches found nothing since " + to_iso8601(count.begin, 0);
    hops.push_back({"answer", "suspected", text + "; rule inventory.search.misses", {}, now});
    for (const auto user : who.notify) METERWAY_CHECK(anomaly::append_notice(view, {0, now, user, text}));
  }
  METERWAY_CHECK(put_count(view, who.count_key, count));
  METERWAY_CHECK(trace(view, context, who.trace_key, hops));
  return allowed;
}

}  // namespace meterway::flow::answer
