#include "flow/transform/dlms_structures.h"

#include <charconv>

#include "base/wire/writer.h"
#include "flow/transform/dlms_time.h"
#include "flow/transform/integers.h"
#include "records/registry/log_backup.h"

namespace meterway::flow::transform {
namespace {

constexpr std::uint8_t kAny = 0xFF;

std::uint8_t number(std::string_view text) { return static_cast<std::uint8_t>(read_integer(text).value_or(0)); }

struct Period {
  const char* name;
  int dates_a_year;
};
constexpr Period kPeriods[] = {{"Quarterly", 4}, {"SixMonthly", 2}, {"Yearly", 1}};

/// month, day, weekday of each date.
std::vector<std::array<std::uint8_t, 3>> dates_of(const duis::Element& at) {
  if (at.child("Daily") != nullptr) return {{kAny, kAny, kAny}};
  if (at.child("Weekly") != nullptr) return {{kAny, kAny, number(at.text_at("Weekly"))}};
  if (at.child("Monthly") != nullptr) return {{kAny, number(at.text_at("Monthly")), kAny}};
  std::vector<std::array<std::uint8_t, 3>> dates;
  for (const auto& period : kPeriods) {
    const auto* element = at.child(period.name);
    if (element == nullptr) continue;
    const int start = number(element->text_at("BillingPeriodStartMonth"));
    for (int i = 0; i < period.dates_a_year; ++i) {
      const int month = (start - 1 + i * (12 / period.dates_a_year)) % 12 + 1;
      dates.push_back({static_cast<std::uint8_t>(month), number(element->text_at("DayOfMonth")), kAny});
    }
  }
  return dates;
}

}  // namespace

Result<Bytes> billing_dates(const duis::Element& at) {
  METERWAY_TRY(const auto time, dlms_time(at.text_at("BillingTime")));
  const auto dates = dates_of(at);
  wire::Writer out;
  out.u8(0x01).length(dates.size());
  for (const auto& date : dates) {
    out.bytes({0x02, 0x02, 0x09}).prefixed(time).bytes({0x09, 0x05, kAny, kAny}).bytes(date);
  }
  return out.take();
}

Result<Bytes> event_behaviours(const duis::Element& at, const PayloadInput& input) {
  constexpr std::size_t kBits = 512;
  Bytes bits(kBits / 8);
  bool any = false;
  const auto set = [&](std::size_t position) { bits[position / 8] |= static_cast<std::uint8_t>(0x80 >> position % 8); };
  for (const auto& group : at.children) {
    if (group.name.ends_with("PolyPhase") && !input.facts.polyphase) continue;
    for (const auto& event : group.children) {
      unsigned code = 0;  // of "x810D"
      const auto* end = event.name.data() + event.name.size();
      const auto [stop, error] = std::from_chars(event.name.data() + 1, end, code, 16);
      if (error != std::errc() || stop != end) return fail(ErrorCode::BadRequest, 0, "event code");
      const std::size_t position = 0xFF - (code & 0xFF);
      any = true;
      set(position);
      if (event.text == "Enable") set(kBits / 2 + position);
    }
  }
  if (!any) return fail(ErrorCode::BadRequest, 0, "event codes of this meter");
  return wire::Writer().u8(0x04).length(kBits).bytes(bits).take();
}

Result<Bytes> device_log(const duis::Element&, const PayloadInput& input) {
  if (input.log == nullptr || input.log->network.empty()) return fail(ErrorCode::BadRequest, 0, "OldCHFID");
  wire::Writer out;
  out.bytes({0x02, 0x02, 0x09}).prefixed(input.log->network).u8(0x01).length(input.log->entries.size());
  for (const auto& entry : input.log->entries) {
    out.bytes({0x02, 0x02, 0x09}).prefixed(entry.device.wire()).u8(0x09).prefixed(entry.link_key_hash);
  }
  return out.take();
}

}  // namespace meterway::flow::transform
