#pragma once
#include <optional>

#include "field/device/test_world.h"
#include "field/hub/region.h"

/// A region with a small home for tests, and the platform's end of its link as a list of frames.
namespace meterway::field::test {

inline Home small_home(HomeSettings settings = {std::chrono::milliseconds(1), std::chrono::milliseconds(0)}) {
  std::vector<Installed> units;
  units.push_back({make_device(kChf, DeviceType::CHF), {}});
  units.push_back({make_device(kGpf, DeviceType::GPF), {}});
  return Home(std::move(units), settings);
}

inline HomesInMemory homes_of(Home home) {
  std::vector<Home> homes;
  homes.push_back(std::move(home));
  return HomesInMemory(std::move(homes));
}

inline Bytes read_proxy(std::uint64_t counter) {
  return command({{0x0074}, kSupplier, kGpf, counter, zcl(0x0702, 0, 0, {0x00, 0x00})});
}

/// A region on a manual clock with the platform's end as a list of frames.
struct Bench {
  explicit Bench(HomesInMemory homes, RegionSettings with = {}) : store(std::move(homes)), settings(with) { start(); }
  void start() {
    region.emplace(clock, store, settings, [this](Eui64, const HomeEvent& event, UtcTime) {
      (event.repeated ? repeats : arrivals).push_back(event.transaction);
    });
    open();
  }
  void open() {
    sent.clear();
    region->opened([this](const Bytes& frame) { sent.push_back(wire::read_link_frame(frame).value()); });
    pass();
    say(wire::LinkAck{0});
  }
  void say(const wire::LinkFrame& frame) {
    region->take(wire::write_link_frame(frame));
    pass();
  }
  UtcTime pass(std::chrono::milliseconds after = std::chrono::milliseconds(0)) {
    clock.advance(after);
    return region->pass();
  }
  /// The frames of one kind sent so far.
  template <class T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const auto& frame : sent) {
      if (const auto* one = std::get_if<T>(&frame)) out.push_back(*one);
    }
    return out;
  }

  ManualClock clock{test_time()};
  HomesInMemory store;
  RegionSettings settings;
  std::vector<wire::LinkFrame> sent;
  std::vector<std::uint64_t> arrivals, repeats;
  std::optional<Region> region;
};

}  // namespace meterway::field::test
