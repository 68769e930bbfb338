#include "records/registry/device_record.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::uint8_t kFormat = 1;
enum Hub : std::uint8_t { kNoHub = 0, kItself = 1, kAnother = 2 };
enum Dated : std::uint8_t { kFrom = 1, kUntil = 2 };
constexpr std::uint8_t kDigits = 0x80;  // together with how many: below it the length of a text
constexpr std::size_t kMostDigits = 0x7F, kMostText = 0x7F;

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Market and property references are numbers of a dozen digits or more: half the room.
void write_text(wire::Writer& out, std::string_view text) {
  if (!is_digits(text)) {
    text = text.substr(0, kMostText);
    out.u8(text.size()).bytes(bytes_of(text));
    return;
  }
  out.u8(kDigits | text.size());
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto low = i + 1 < text.size() ? text[i + 1] - '0' : 0;
    out.u8(static_cast<std::uint8_t>((text[i] - '0') << 4 | low));
  }
}

std::string read_text(wire::Reader& in) {
  const auto size = in.u8("detail");
  if ((size & kDigits) == 0) return string_of(in.take(size, "detail"));
  const std::size_t digits = size & ~kDigits;
  std::string text;
  for (const auto two : in.take((digits + 1) / 2, "digits")) {
    if ((two >> 4) > 9 || (two & 0xF) > 9) in.fail(ErrorCode::BadValue, "digits");
    text += static_cast<char>('0' + (two >> 4));
    text += static_cast<char>('0' + (two & 0xF));
  }
  text.resize(std::min(text.size(), digits));
  return text;
}

void write_time(wire::Writer& out, UtcTime time) {
  out.u64(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}
UtcTime read_time(wire::Reader& in) {
  return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("date"))));
}

Responsibility read_responsibility(wire::Reader& in) {
  Responsibility entry;
  entry.role = read_enum(in, UserRole::LC, "role");
  const auto dated = in.u8("dated");
  entry.user = Eui64(in.u64("user"));
  if ((dated & kFrom) != 0) entry.from = read_time(in);
  if ((dated & kUntil) != 0) entry.until = read_time(in);
  return entry;
}

}  // namespace

std::string write_device_record(const Device& device) {
  wire::Writer out;
  out.u8(kFormat).u8(static_cast<std::uint8_t>(device.type)).u8(static_cast<std::uint8_t>(device.state));
  const auto hub = !device.hub ? kNoHub : *device.hub == device.eui ? kItself : kAnother;
  out.u8(hub);
  if (hub == kAnother) out.u64(device.hub->value());
  const auto names = detail_names();
  std::uint32_t present = 0;
  wire::Writer texts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto text = device.detail(std::string(names[i]));
    if (text.empty()) continue;
    present |= 1u << i;
    write_text(texts, text);
  }
  out.u24(present).bytes(texts.view());
  const auto count = std::min<std::size_t>(device.responsible.size(), kMostResponsible);
  out.u8(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = device.responsible[i];
    out.u8(static_cast<std::uint8_t>(entry.role)).u8((entry.from ? kFrom : 0) | (entry.until ? kUntil : 0));
    out.u64(entry.user.value());
    if (entry.from) write_time(out, *entry.from);
    if (entry.until) write_time(out, *entry.until);
  }
  return string_of(out);
}

Result<Device> read_device_record(Eui64 eui, std::string_view record) {
  wire::Reader in(bytes_of(record));
  in.expect({kFormat}, "device format");
  Device device;
  device.eui = eui;
  device.type = read_enum(in, DeviceType::CAD, "device type");
  device.state = read_enum(in, DeviceState::Recovered, "device state");
  const auto hub = read_enum(in, kAnother, "hub");
  if (hub == kItself) device.hub = eui;
  if (hub == kAnother) device.hub = Eui64(in.u64("hub"));
  const auto present = in.u24("details");
  const auto names = detail_names();
  for (std::size_t i = 0; i < names.size() && in.ok(); ++i) {
    if ((present >> i & 1) != 0) device.details[std::string(names[i])] = read_text(in);
  }
  if ((present >> names.size()) != 0) in.fail(ErrorCode::BadValue, "details");
  const auto count = in.u8("responsible");
  for (unsigned i = 0; i < count && in.ok(); ++i) device.responsible.push_back(read_responsibility(in));
  METERWAY_CHECK(in.finish());
  return device;
}

}  // namespace meterway::registry
