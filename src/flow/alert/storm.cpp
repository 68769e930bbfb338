#include "flow/alert/storm.h"

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::flow::alert {
namespace {

constexpr std::string_view kWindows = "alert-window";
constexpr std::string_view kStorms = "alert-storm", kLast = "last";
constexpr std::uint8_t kRowVersion = 1;
constexpr std::size_t kMostHeldFor = 256;

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }
ByteView view_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string row_key(const StormKey& key) {
  return text_of(wire::Writer().u64(key.device.value()).u16(key.code).take());
}

std::string write_storm(const Storm& storm) {
  wire::Writer out;
  out.u8(kRowVersion).u64(static_cast<std::uint64_t>(storm.start.time_since_epoch().count()));
  out.u32(storm.told).u32(storm.number).u32(storm.held);
  if (storm.number == 0) return text_of(out.take());
  out.prefixed(view_of(storm.trace_key)).u8(static_cast<std::uint8_t>(storm.delivery_class)).prefixed(storm.message);
  out.u16(storm.users.size());
  for (const auto& one : storm.users) {
    out.u64(one.user.value()).u64(one.response_id.originator.value()).u64(one.response_id.target.value());
    out.u64(one.response_id.counter.value);
  }
  return text_of(out.take());
}

Result<Storm> read_storm(std::string_view row) {
  wire::Reader in(view_of(row));
  if (in.u8("version") != kRowVersion) return fail(ErrorCode::BadValue, 0, "version of an alert window");
  Storm storm;
  storm.start = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("start"))));
  storm.told = in.u32("told");
  storm.number = in.u32("storm");
  storm.held = in.u32("held");
  if (storm.number != 0) {
    const auto key = in.prefixed("trace key");
    storm.trace_key.assign(key.begin(), key.end());
    const auto one = in.u8("delivery class");
    if (one == 0 || one > kDeliveryClasses) return fail(ErrorCode::BadValue, 0, "delivery class");
    storm.delivery_class = static_cast<DeliveryClass>(one);
    const auto message = in.prefixed("message");
    storm.message.assign(message.begin(), message.end());
    const auto users = in.u16("users");
    for (std::size_t i = 0; i < users && i < kMostHeldFor; ++i) {
      HeldFor held;
      held.user = Eui64(in.u64("user"));
      held.response_id.originator = Eui64(in.u64("originator"));
      held.response_id.target = Eui64(in.u64("target"));
      held.response_id.counter = {in.u64("counter")};
      storm.users.push_back(held);
    }
  }
  METERWAY_CHECK(in.finish("alert window"));
  return storm;
}

}  // namespace

std::string StormKey::text() const { return device.plain() + ":" + MessageCode{code}.hex(); }

Result<std::optional<Storm>> find_storm(const store::ReadView& view, const StormKey& key) {
  METERWAY_TRY(const auto row, view.get(kWindows, row_key(key)));
  if (!row) return std::optional<Storm>();
  METERWAY_TRY(auto storm, read_storm(*row));
  return std::optional(std::move(storm));
}

Status put_storm(store::WriteView& view, const StormKey& key, const Storm& storm) {
  return view.put(kWindows, row_key(key), write_storm(storm));
}

Status erase_storm(store::WriteView& view, const StormKey& key) { return view.erase(kWindows, row_key(key)); }

Result<std::uint32_t> next_storm_number(store::WriteView& view) {
  METERWAY_TRY(const auto row, view.get(kStorms, kLast));
  std::uint32_t number = 0;
  if (row) {
    wire::Reader in(view_of(*row));
    number = in.u32("storms");
    METERWAY_CHECK(in.finish("storms"));
  }
  if (++number == 0) ++number;
  METERWAY_CHECK(view.put(kStorms, kLast, text_of(wire::Writer().u32(number).take())));
  return number;
}

Result<std::vector<StormRow>> storms_after(const store::ReadView& view, const std::optional<StormKey>& after,
                                           std::size_t limit) {
  const auto from = after ? row_key(*after) + '\0' : std::string();
  METERWAY_TRY(const auto rows, view.scan(kWindows, from, {}, limit));
  std::vector<StormRow> out;
  for (const auto& row : rows) {
    wire::Reader in(view_of(row.key));
    StormRow one;
    one.key.device = Eui64(in.u64("device"));
    one.key.code = static_cast<std::uint16_t>(in.u16("code"));
    METERWAY_CHECK(in.finish("key of an alert window"));
    METERWAY_TRY(one.storm, read_storm(row.value));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace meterway::flow::alert
