#include "records/registry/slots.h"

#include <algorithm>

#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kSlots = "slots", kLook = "slots-look", kCorrections = "correction", kIssuers = "issuers";
constexpr std::string_view kUnread = "slots-unread", kUnreadCount = "slots-unread-count", kAll = "all";
constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kOneLeave = 1,
                       kLeaves = 2;  ///< formats of a row: an older one has one leave without its beginning
constexpr std::size_t kMostSlots = 64;

std::string key_of(Eui64 device) { return string_of(wire::Writer().u64(device.value())); }
Eui64 device_of(const std::string& key) { return Eui64(wire::Reader(bytes_of(key)).u64("device")); }
std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t value) { return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(value))); }

Result<std::vector<Slot>> read_slots(std::string_view value) {
  wire::Reader in(bytes_of(value));
  in.expect({kFormat}, "slots format");
  std::vector<Slot> out;
  while (in.ok() && !in.empty() && out.size() < kMostSlots) {
    Slot slot;
    slot.role = static_cast<PartyRole>(in.u8("role"));
    slot.use = read_enum(in, pki::KeyUse::XmlSigning, "use");
    slot.holder = Eui64(in.u64("holder"));
    slot.at = time_of(in.u64("time"));
    const auto key = in.prefixed("key identifier");
    slot.key_id.assign(key.begin(), key.end());
    out.push_back(std::move(slot));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

Result<std::vector<Eui64>> keys(const store::ReadView& view, std::string_view table, const std::string& from,
                                std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(table, from, "", limit));
  std::vector<Eui64> out;
  for (const auto& row : rows) out.push_back(device_of(row.key));
  return out;
}

/// All that there were, the latest last.
Result<std::vector<Correction>> corrections_of(const store::ReadView& view, Eui64 device) {
  std::vector<Correction> out;
  METERWAY_TRY(const auto row, view.get(kCorrections, key_of(device)));
  if (!row) return out;
  wire::Reader in(bytes_of(*row));
  const auto format = in.u8("correction format");
  if (format != kOneLeave && format != kLeaves) in.fail(ErrorCode::BadValue, "correction format");
  while (in.ok() && !in.empty()) {
    Correction one;
    one.user = Eui64(in.u64("user"));
    one.holder = Eui64(in.u64("holder"));
    if (format == kLeaves) one.from = time_of(in.u64("from"));
    one.until = time_of(in.u64("until"));
    one.reference = string_of(in.prefixed("case"));
    if (format == kLeaves) one.body = string_of(in.prefixed("body"));
    out.push_back(std::move(one));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

Status keep_corrections(store::WriteView& view, Eui64 device, const std::vector<Correction>& all) {
  wire::Writer out;
  out.u8(kLeaves);
  for (std::size_t i = all.size() - std::min(all.size(), kMostCorrections); i < all.size(); ++i) {
    const auto& one = all[i];
    out.u64(one.user.value()).u64(one.holder.value()).u64(micros(one.from)).u64(micros(one.until));
    out.prefixed(bytes_of(one.reference)).prefixed(bytes_of(one.body));
  }
  return view.put(kCorrections, key_of(device), string_of(out));
}

/// Whether one of them would have held after that moment.
bool end_all(std::vector<Correction>& all, UtcTime at) {
  bool ended = false;
  for (auto& one : all) {
    if (one.until <= at) continue;
    one.until = std::max(one.from, at);
    ended = true;
  }
  return ended;
}

}  // namespace

Result<std::vector<Slot>> slots_of(const store::ReadView& view, Eui64 device) {
  METERWAY_TRY(const auto row, view.get(kSlots, key_of(device)));
  if (!row) return std::vector<Slot>{};
  return read_slots(*row);
}

Status learn_slots(store::WriteView& view, Eui64 device, std::span<const Slot> slots) {
  METERWAY_TRY(auto all, slots_of(view, device));
  for (const auto& slot : slots) {
    const auto old =
        std::find_if(all.begin(), all.end(), [&](const Slot& s) { return s.role == slot.role && s.use == slot.use; });
    if (old == all.end()) {
      if (all.size() < kMostSlots) all.push_back(slot);
    } else if (old->at <= slot.at) {
      *old = slot;
    }
  }
  wire::Writer out;
  out.u8(kFormat);
  for (const auto& slot : all) {
    out.u8(static_cast<std::uint8_t>(slot.role)).u8(static_cast<std::uint8_t>(slot.use));
    out.u64(slot.holder.value()).u64(micros(slot.at)).prefixed(slot.key_id);
  }
  METERWAY_CHECK(view.put(kSlots, key_of(device), string_of(out)));
  return look_at_slots(view, device);
}

Result<std::vector<Eui64>> devices_with_slots(const store::ReadView& view, Eui64 from, std::size_t limit) {
  return keys(view, kSlots, key_of(from), limit);
}

Status look_at_slots(store::WriteView& view, Eui64 device) { return view.put(kLook, key_of(device), ""); }

Result<std::vector<Eui64>> slots_to_look_at(const store::ReadView& view, std::size_t limit) {
  return keys(view, kLook, "", limit);
}

Status looked_at_slots(store::WriteView& view, Eui64 device) { return view.erase(kLook, key_of(device)); }

Status note_unread(store::WriteView& view, Eui64 device, bool unread) {
  const auto key = key_of(device);
  METERWAY_TRY(const auto row, view.get(kUnread, key));
  if (row.has_value() == unread) return {};
  METERWAY_TRY(const auto count, unread_count(view));
  METERWAY_CHECK(unread ? view.put(kUnread, key, "") : view.erase(kUnread, key));
  return view.put(kUnreadCount, kAll, string_of(wire::Writer().u64(unread ? count + 1 : count - 1)));
}

Result<std::uint64_t> unread_count(const store::ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kUnreadCount, kAll));
  return row ? wire::Reader(bytes_of(*row)).u64("count") : std::uint64_t{0};
}

Result<std::vector<Eui64>> unread_from(const store::ReadView& view, Eui64 from, std::size_t limit) {
  return keys(view, kUnread, key_of(from), limit);
}

Result<std::optional<Correction>> find_correction(const store::ReadView& view, Eui64 device, UtcTime at) {
  METERWAY_TRY(auto all, corrections_of(view, device));
  const auto found = std::find_if(all.rbegin(), all.rend(), [&](const Correction& one) { return one.holds(at); });
  if (found == all.rend()) return std::optional<Correction>();
  return std::optional<Correction>(std::move(*found));
}

Status put_correction(store::WriteView& view, Eui64 device, const Correction& correction) {
  METERWAY_TRY(auto all, corrections_of(view, device));
  end_all(all, correction.from);
  all.push_back(correction);
  return keep_corrections(view, device, all);
}

Status end_correction(store::WriteView& view, Eui64 device, UtcTime at) {
  METERWAY_TRY(auto all, corrections_of(view, device));
  if (!end_all(all, at)) return {};
  return keep_corrections(view, device, all);
}

Status put_issuer(store::WriteView& view, ByteView key_identifier, ByteView der) {
  return view.put(kIssuers, string_of(key_identifier), string_of(der));
}

Result<std::optional<Bytes>> find_issuer(const store::ReadView& view, ByteView key_identifier) {
  METERWAY_TRY(const auto row, view.get(kIssuers, string_of(key_identifier)));
  if (!row) return std::optional<Bytes>();
  const auto bytes = bytes_of(*row);
  return std::optional<Bytes>(Bytes(bytes.begin(), bytes.end()));
}

}  // namespace meterway::registry
