#include "apps/bench_month.h"

#include "records/registry/device.h"

namespace meterway::apps {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kFirstUser = 0x90B3D51F30010000, kFirstDevice = 0x00DB200000000000;
constexpr std::string_view kRegions[] = {"Central", "North", "South"};
constexpr std::string_view kServices[] = {"4.1.1", "4.1.2", "4.2", "4.3",  "4.6.1", "4.8.1", "4.10", "4.16", "4.17",
                                          "4.18",  "6.2.1", "7.4", "6.13", "8.2",   "11.2",  "2.2",  "3.2",  "6.22"};
constexpr std::uint64_t kOwn = 13;  // "8.2"
constexpr std::string_view kCritical = "1.1.1";
/// Of a thousand, in the order of What; events of each.
constexpr std::uint64_t kShares[] = {400, 15, 440, 40, 25, 80}, kEvents[] = {12, 12, 4, 17, 1, 4};
constexpr std::uint64_t kThinner = 100;  // the days after, with so much less in them
constexpr hours kTail{60};

constexpr std::uint64_t events_of_thousand() {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < std::size(kShares); ++i) out += kShares[i] * kEvents[i];
  return out;
}

Eui64 device(std::size_t home, std::size_t which) {
  return Eui64(kFirstDevice + home * BenchMonth::kDevicesOfHome + which);
}

const Bytes& message(std::size_t size) {
  static const Bytes sizes[] = {Bytes(132, 0xDF), Bytes(158, 0xDD), Bytes(183, 0xDD)};
  return sizes[size];
}

}  // namespace

Eui64 BenchMonth::user(std::size_t number) { return Eui64(kFirstUser + number * 0x10000); }
std::string_view BenchMonth::service(std::size_t number) { return kServices[number]; }
std::size_t BenchMonth::services() { return std::size(kServices); }

BenchMonth::BenchMonth(const Plan& plan)
    : plan_(plan),
      random_(plan.seed),
      happenings_(std::max<std::uint64_t>(1, plan.events * 1000 / events_of_thousand() + plan.events / 150)),
      all_(happenings_ +
           (plan.tail ? static_cast<std::uint64_t>(kTail / (start_of(1) - start_of(0))) / kThinner + 2 : 0)) {}

Status BenchMonth::put_inventory(store::WriteView& view, std::size_t first_home, std::size_t homes) {
  constexpr DeviceType kTypes[kDevicesOfHome] = {DeviceType::CHF, DeviceType::GPF, DeviceType::ESME, DeviceType::GSME};
  for (auto home = first_home; home < first_home + homes; ++home) {
    for (std::size_t which = 0; which < kDevicesOfHome; ++which) {
      registry::Device one;
      one.eui = device(home, which);
      one.type = kTypes[which];
      one.state = registry::DeviceState::Commissioned;
      one.hub = device(home, 0);
      if (which == 0) one.details["CSPRegion"] = std::string(kRegions[home % std::size(kRegions)]);
      METERWAY_CHECK(registry::put_device(view, one));
    }
  }
  return {};
}

UtcTime BenchMonth::start_of(std::uint64_t happening) const {
  const auto step = (plan_.end - plan_.begin) / static_cast<std::int64_t>(happenings_);
  if (happening < happenings_) return plan_.begin + step * static_cast<std::int64_t>(happening);
  return plan_.end + step * static_cast<std::int64_t>((happening - happenings_) * kThinner);
}

microseconds BenchMonth::between(microseconds least, microseconds most) {
  return least + microseconds(chance(static_cast<std::uint64_t>((most - least).count()) + 1));
}

BenchMonth::Call BenchMonth::begun(std::uint64_t happening) {
  auto share = chance(1000);
  std::size_t what = 0;
  while (share >= kShares[what]) share -= kShares[what++];
  Call out{start_of(happening), plan_.first_number + happening, static_cast<What>(what), Stage::Asked, 0, 0, 0, {}, {}};
  // A date is named early enough to come within the month.
  if (out.what == What::Dated && out.at > plan_.begin + (plan_.end - plan_.begin) / 2) out.what = What::Reading;
  if (out.what == What::Dated)  // to the millisecond, as events say it
    out.due =
        std::chrono::floor<milliseconds>(out.at) + std::chrono::floor<milliseconds>(between(hours(2), hours(24) * 8));
  out.user = static_cast<std::uint16_t>(chance(kUsers));
  out.service = static_cast<std::uint16_t>(out.what == What::OwnAnswer ? kOwn : chance(std::size(kServices)));
  out.device = static_cast<std::uint32_t>(chance(kHomes) * kDevicesOfHome + 1 + chance(kDevicesOfHome - 1));
  return out;
}

Result<bool> BenchMonth::write(store::WriteView& view, std::size_t calls) {
  for (std::size_t i = 0; i < calls; ++i) {
    while (next_ < all_ && (calls_.empty() || start_of(next_) <= calls_.top().at)) calls_.push(begun(next_++));
    if (calls_.empty()) return false;
    const auto call = calls_.top();
    calls_.pop();
    METERWAY_CHECK(append(view, call));
    go_on(call);
  }
  return true;
}

Status BenchMonth::append(store::WriteView& view, const Call& call) {
  const RequestId id{user(call.user), Eui64(kFirstDevice + call.device), {call.number}};
  const auto device_text = id.target.dashed_upper(), user_text = id.originator.dashed_upper();
  const auto hub_text = Eui64(kFirstDevice + call.device / kDevicesOfHome * kDevicesOfHome).dashed_upper();
  const auto words = "service " + std::string(call.what == What::Critical ? kCritical : kServices[call.service]);
  auto key = id.text();
  const auto held = call.what == What::Dated ? ", held until " + to_iso8601(call.due, 3) : std::string();
  Events events;
  const auto add = [&](const char* step, const char* outcome, std::string detail, const Bytes& bytes = {}) {
    events.push_back({0, call.at, {}, step, outcome, std::move(detail), bytes});
  };
  const auto asked = [&] {
    add("gateway", "received", "1552 bytes for serviceS");
    add("verify", "passed", "schema 5.4, signed with certificate 85382906476315458199169746206390453317");
    add("authorise", "passed", words + " for user" + std::to_string(call.user));
  };
  if (call.what == What::Refused) {
    add("gateway", "refused", "not_authorised: the role of this User may not ask for that");
  } else if (call.what == What::Alert) {
    key = "alert:" + device_text + ":" + std::to_string(call.number);
    if (call.stage == Stage::Asked) {
      add("correlate", "alert", "alert 8F0F of " + device_text + ", signature valid", message(2));
      add("deliver", "queued", "AD1 for " + user_text + ", device_alert");
    } else {
      add("deliver", "pushed", "to http://127.0.0.1:8090/smartdcc/duis");
      add("deliver", "delivered", "taken with 204");
    }
  } else if (call.stage == Stage::Asked && call.what == What::OwnAnswer) {
    asked();
    add("answer", "answered", words + ", I0");
  } else if (call.stage == Stage::Asked && call.what == What::Critical) {
    asked();
    add("transform", "pre-command", words + " as ECS01a", message(0));
    add("gateway", "answered", "I0, a pre-command to be signed");
  } else if (call.stage == Stage::Asked || call.stage == Stage::Signed) {
    asked();
    add(call.stage == Stage::Signed ? "dispatch" : "transform", call.stage == Stage::Signed ? "matched" : "command",
        words + " as ECS17b", message(0));
    add("gateway", "accepted", "I99" + held);
  } else if (call.stage == Stage::Answered) {
    add("dispatch", "protected", "MAC of the access control broker", message(1));
    add("wan", "sent", "to " + device_text + " through hub " + hub_text);
    add("wan", "arrived", "the device has it");
    add("correlate", "matched", "response of " + device_text + ", MAC is the User's to check", message(2));
    add("deliver", "queued", "I0 for " + user_text + ", on_demand" + held);
  } else {
    add("deliver", "pushed", "to http://127.0.0.1:8090/smartdcc/duis");
    add("deliver", "delivered", "taken with 204");
  }
  if (in_month(call.at)) truth_.events += events.size();
  METERWAY_TRY(const auto sequence, store::append_events(view, key, events));
  static_cast<void>(sequence);
  return {};
}

void BenchMonth::go_on(Call call) {
  const bool request = call.what != What::Refused && call.what != What::Alert;
  if (call.stage == Stage::Asked && request && in_month(call.at)) ++truth_.sent;
  if (call.what == What::Refused || call.what == What::OwnAnswer || call.stage == Stage::Delivered) return;
  if (call.stage == Stage::Asked && call.what != What::Critical && request) return accepted(call);
  if (call.stage == Stage::Signed) return accepted(call);
  if (call.what == What::Alert) {
    const auto taken = between(milliseconds(100), seconds(61));
    if (in_month(call.at)) {
      ++truth_.alerts_owed;
      if (taken <= seconds(60)) ++truth_.alerts_in_time;
    }
    call.stage = Stage::Delivered;
    call.at += taken;
  } else if (call.stage == Stage::Asked) {
    call.stage = Stage::Signed;
    call.at += between(milliseconds(50), seconds(90));
  } else {
    call.stage = Stage::Delivered;
    call.at = call.delivered;
  }
  calls_.push(call);
}

/// When the answer will come, if it does, and what that is for the figures.
void BenchMonth::accepted(Call call) {
  const bool dated = call.what == What::Dated;
  const bool missing = chance(500) == 0, late = !missing && chance(dated ? 10 : 50) == 0;
  if (dated) {
    call.delivered =
        call.due + (late ? between(hours(24) + microseconds(1), hours(40)) : between(seconds(5), hours(24)));
  } else {
    call.delivered =
        call.at + (late ? between(seconds(30) + microseconds(1), hours(20)) : between(milliseconds(1100), seconds(30)));
  }
  if (in_month(call.at)) {
    ++(dated ? truth_.dated_owed : truth_.on_demand_owed);
    if (!missing && !late) ++(dated ? truth_.dated_in_time : truth_.on_demand_in_time);
  }
  if (missing) return;
  call.stage = Stage::Answered;
  call.at = call.delivered - seconds(1);
  calls_.push(call);
}

}  // namespace meterway::apps
