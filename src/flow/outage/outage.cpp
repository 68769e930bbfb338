#include "flow/outage/outage.h"

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::flow::outage {
namespace {

constexpr std::string_view kOutages = "outage";
constexpr std::string_view kOpen = "outage-open";
constexpr std::uint8_t kFormat = 2, kWithoutRepeats = 1;
constexpr std::size_t kMostOpen = 10'000'000;

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t micros) {
  return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(micros & INT64_MAX)));
}

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

void put_text(wire::Writer& out, std::string_view text) { out.u16(text.size()).bytes(bytes_of(text)); }
std::string take_text(wire::Reader& in) {
  const std::size_t size = in.u16("length of a text");
  const auto view = in.take(size, "text");
  return {view.begin(), view.end()};
}

void put_stamps(wire::Writer& out, const std::optional<Stamps>& stamps) {
  out.u8(stamps ? 1 : 0);
  if (!stamps) return;
  out.u64(micros(stamps->hub_sent)).u64(micros(stamps->region_received));
  out.u64(micros(stamps->region_sent)).u64(micros(stamps->accepted));
}
std::optional<Stamps> take_stamps(wire::Reader& in) {
  if (in.u8("report") == 0) return std::nullopt;
  Stamps stamps;
  for (auto* time : {&stamps.hub_sent, &stamps.region_received, &stamps.region_sent, &stamps.accepted})
    *time = time_of(in.u64("stamp"));
  return stamps;
}

std::string write(const Outage& outage) {
  wire::Writer out;
  out.u8(kFormat).u64(outage.hub.value()).u64(micros(outage.lost));
  out.u64(outage.restored ? micros(*outage.restored) : 0);
  put_text(out, outage.region);
  put_stamps(out, outage.loss_report);
  put_stamps(out, outage.return_report);
  out.u8(static_cast<std::uint8_t>(outage.progress)).u64(micros(outage.raised)).u16(outage.told.size());
  for (const auto& told : outage.told) {
    out.u64(told.user.value()).u64(told.meter.value());
    put_text(out, told.mpxn);
    put_text(out, told.trace_key);
  }
  out.u32(outage.repeats);
  const auto& bytes = out.view();
  return {bytes.begin(), bytes.end()};
}

Result<Outage> read(std::string_view text) {
  wire::Reader in(bytes_of(text));
  Outage outage;
  const auto format = in.u8("format");
  if (format != kFormat && format != kWithoutRepeats) in.fail(ErrorCode::Unsupported, "format of an outage");
  outage.hub = Eui64(in.u64("hub"));
  outage.lost = time_of(in.u64("lost"));
  if (const auto restored = in.u64("restored"); restored != 0) outage.restored = time_of(restored);
  outage.region = take_text(in);
  outage.loss_report = take_stamps(in);
  outage.return_report = take_stamps(in);
  outage.progress = static_cast<Progress>(in.u8("progress"));
  outage.raised = time_of(in.u64("raised"));
  const std::size_t count = in.u16("told");
  for (std::size_t i = 0; in.ok() && i < count; ++i) {
    Told told;
    told.user = Eui64(in.u64("user"));
    told.meter = Eui64(in.u64("meter"));
    told.mpxn = take_text(in);
    told.trace_key = take_text(in);
    outage.told.push_back(std::move(told));
  }
  if (format == kFormat) outage.repeats = in.u32("repeats");
  METERWAY_CHECK(in.finish("outage"));
  return outage;
}

std::string key_of(Eui64 hub, UtcTime lost) {
  const auto time = std::to_string(micros(lost));
  return hub.plain() + ":" + std::string(20 - std::min<std::size_t>(20, time.size()), '0') + time;
}

}  // namespace

std::string Outage::key() const { return key_of(hub, lost); }

Result<std::optional<Outage>> note(store::WriteView& view, const HubReport& report) {
  const auto& frame = report.frame;
  const Eui64 hub(frame.hub);
  const UtcTime lost = time_of(frame.lost);
  METERWAY_TRY(auto known, find_outage(view, key_of(hub, lost)));
  Outage outage;
  if (known) {
    outage = *std::move(known);
  } else {
    outage.hub = hub;
    outage.lost = lost;
    METERWAY_TRY(const auto device, registry::find_device(view, hub));
    if (device) outage.region = device->detail("CSPRegion");
  }
  const bool again = frame.kind == wire::LinkHubEvent::Kind::SupplyLost ? outage.loss_report.has_value()
                                                                        : outage.return_report.has_value();
  if (again) {
    ++outage.repeats;
    METERWAY_CHECK(put_outage(view, outage));
    return std::optional<Outage>();
  }
  const Stamps stamps{time_of(frame.reported), time_of(frame.received), time_of(frame.sent), report.received_at};
  if (frame.kind == wire::LinkHubEvent::Kind::SupplyLost) {
    outage.loss_report = stamps;
  } else {
    outage.return_report = stamps;
    outage.restored = time_of(frame.restored);
  }
  METERWAY_CHECK(put_outage(view, outage));
  return std::optional(std::move(outage));
}

Status put_outage(store::WriteView& view, const Outage& outage) {
  const auto key = outage.key();
  METERWAY_CHECK(view.put(kOutages, key, write(outage)));
  return outage.progress == Progress::Waiting ? view.put(kOpen, key, "") : view.erase(kOpen, key);
}

Result<std::optional<Outage>> find_outage(const store::ReadView& view, std::string_view key) {
  METERWAY_TRY(const auto row, view.get(kOutages, key));
  if (!row) return std::optional<Outage>();
  METERWAY_TRY(auto outage, read(*row));
  return std::optional(std::move(outage));
}

Result<std::vector<Outage>> open_outages(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kOpen, "", "", kMostOpen));
  std::vector<Outage> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto outage, find_outage(view, row.key));
    if (outage) out.push_back(*std::move(outage));
  }
  return out;
}

Result<std::map<Eui64, std::vector<registry::Device>>> devices_behind(const store::ReadView& view,
                                                                      const std::vector<Eui64>& hubs) {
  std::map<Eui64, std::vector<registry::Device>> out;
  for (const auto hub : hubs) {
    METERWAY_TRY(out[hub], registry::devices_of_hub(view, hub));
  }
  return out;
}

Result<std::vector<Outage>> outages_from(const store::ReadView& view, std::string_view from, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kOutages, from, "", limit));
  std::vector<Outage> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto outage, read(row.value));
    out.push_back(std::move(outage));
  }
  return out;
}

}  // namespace meterway::flow::outage
