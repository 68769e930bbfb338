#include "standard/gbcs/gbz.h"

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::gbcs::gbz {
namespace {

constexpr std::uint8_t kLast = 0x01;
constexpr std::uint8_t kEncrypted = 0x02;
constexpr std::uint8_t kFrom = 0x10;

constexpr auto kEpoch2000 = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

/// Alerts whose content is no component: outcome of a dated instruction, firmware receipt, meter integrity.
bool has_detail(MessageCode code) { return code.value == 0x00CD || code.value == 0x00CF || code.value == 0x00F2; }

Bytes copy(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

Component take_component(wire::Reader& in, bool is_last) {
  Component component;
  const auto at = in.offset();
  const auto control = in.u8("component control");
  if (in.ok() && ((control & ~(kLast | kEncrypted | kFrom)) != 0 || ((control & kLast) != 0) != is_last)) {
    in.fail_at(ErrorCode::BadValue, at, "component control");
  }
  component.cluster = in.u16("cluster");
  const auto size = in.u16("component length");
  const auto body = in.take(size, "component");
  if (!in.ok()) return component;
  wire::Reader frame(body, in.offset() - body.size());
  const bool encrypted = (control & kEncrypted) != 0;
  if (encrypted) component.encrypted_counter = frame.expect({0x00}, "additional header").u8("frame counter");
  if ((control & kFrom) != 0) component.from = ZigbeeTime{frame.u32("from date-time")};
  component.frame_control = frame.u8("frame control");
  component.sequence = frame.u8("sequence");
  component.command = frame.u8("command");
  component.payload = copy(encrypted ? frame.take(frame.u16("ciphered length"), "ciphered information") : frame.rest());
  if (auto done = frame.finish("component"); !done)
    in.fail_at(done.error().code, done.error().offset, done.error().field);
  return component;
}

std::vector<Component> take_components(wire::Reader& in, std::size_t count) {
  std::vector<Component> components;
  for (std::size_t i = 0; i < count && in.ok(); ++i) components.push_back(take_component(in, i + 1 == count));
  return components;
}

void put_component(wire::Writer& out, const Component& component, bool is_last) {
  wire::Writer body;
  if (component.encrypted_counter) body.u8(0).u8(*component.encrypted_counter);
  if (component.from) body.u32(component.from->seconds);
  body.u8(component.frame_control).u8(component.sequence).u8(component.command);
  if (component.encrypted_counter) body.u16(component.payload.size());
  body.bytes(component.payload);
  out.u8((is_last ? kLast : 0) | (component.encrypted_counter ? kEncrypted : 0) | (component.from ? kFrom : 0));
  out.u16(component.cluster).u16(body.size()).bytes(body.view());
}

void put_components(wire::Writer& out, const std::vector<Component>& components) {
  for (std::size_t i = 0; i < components.size(); ++i) put_component(out, components[i], i + 1 == components.size());
}

}  // namespace

ZigbeeTime ZigbeeTime::from(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time) - kEpoch2000;
  return ZigbeeTime{static_cast<std::uint32_t>(seconds.count())};
}

UtcTime ZigbeeTime::utc() const { return UtcTime(kEpoch2000 + std::chrono::seconds(seconds)); }

Result<Frames> read_frames(ByteView content) {
  wire::Reader in(content);
  Frames frames;
  const auto count = in.expect({0x01, 0x09}, "profile").u8("component count");
  frames.components = take_components(in, count);
  METERWAY_CHECK(in.finish("components"));
  return frames;
}

Result<Alert> read_alert(ByteView content, MessageCode code) {
  wire::Reader in(content);
  Alert alert;
  alert.count = in.expect({0x01, 0x09}, "profile").u8("component count");
  alert.code = in.u16("alert code");
  alert.time = ZigbeeTime{in.u32("alert time")};
  if (has_detail(code)) {
    alert.detail = copy(in.rest());
  } else {
    alert.components = take_components(in, alert.count);
  }
  METERWAY_CHECK(in.finish("alert"));
  return alert;
}

Bytes write_frames(const Frames& frames) {
  wire::Writer out;
  out.bytes({0x01, 0x09}).u8(frames.components.size());
  put_components(out, frames.components);
  return out.take();
}

Bytes write_alert(const Alert& alert) {
  wire::Writer out;
  out.bytes({0x01, 0x09}).u8(alert.count).u16(alert.code).u32(alert.time.seconds);
  put_components(out, alert.components);
  return out.bytes(alert.detail).take();
}

}  // namespace meterway::gbcs::gbz
