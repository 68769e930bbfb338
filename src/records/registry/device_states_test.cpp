#include "records/registry/device_states.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "records/registry/lifecycle.h"
#include "records/registry/products.h"

namespace meterway::registry {
namespace {

const UtcTime kNow = *from_iso8601("2026-06-01T00:00:00Z");
constexpr Eui64 kMeter{0x00DB1234567890A0}, kDisplay{0x00DB1234567890A4}, kHub{0x00DB1234567890A2};

Device meter(DeviceState state) {
  Device device;
  device.eui = kMeter;
  device.type = DeviceType::ESME;
  device.state = state;
  device.hub = kHub;
  return device;
}

TEST(DeviceStates, EveryRowChangesExactlyWhatItSaysAndNothingElseHappens) {
  constexpr DeviceType kTypes[] = {DeviceType::ESME,  DeviceType::GSME,   DeviceType::CHF, DeviceType::GPF,
                                   DeviceType::PPMID, DeviceType::HCALCS, DeviceType::IHD, DeviceType::CAD};
  std::size_t changes = 0;
  for (unsigned event = 0; event <= static_cast<unsigned>(DeviceEvent::Recovered); ++event) {
    for (const auto type : kTypes) {
      for (unsigned from = 0; from <= static_cast<unsigned>(DeviceState::Recovered); ++from) {
        auto device = meter(static_cast<DeviceState>(from));
        device.type = type;
        const StateRow* wanted = nullptr;
        for (const auto& row : state_rows()) {
          const bool here = row.event == static_cast<DeviceEvent>(event) && row.from == from &&
                            (row.types >> static_cast<unsigned>(type) & 1) != 0;
          if (here) wanted = &row;
        }
        const bool moves = wanted != nullptr && wanted->to != kNotThere && wanted->to != kAsBefore;
        EXPECT_EQ(happens(device, static_cast<DeviceEvent>(event), kNow), moves);
        EXPECT_EQ(static_cast<unsigned>(device.state), moves ? wanted->to : from);
        changes += moves ? 1 : 0;
      }
    }
  }
  EXPECT_GT(changes, 100u);
}

TEST(DeviceStates, ADeviceGoesFromItsPreNotificationToItsEndByTheRows) {
  auto device = meter(DeviceState::Pending);
  EXPECT_FALSE(happens(device, DeviceEvent::Commissioned, kNow)) << "it is in no log yet";
  EXPECT_TRUE(happens(device, DeviceEvent::LogAdded, kNow));
  EXPECT_TRUE(happens(device, DeviceEvent::LinkKey, kNow));
  EXPECT_EQ(device.state, DeviceState::InstalledNotCommissioned);
  EXPECT_TRUE(happens(device, DeviceEvent::Commissioned, kNow));
  EXPECT_EQ(device.detail("DateCommissioned"), "2026-06-01");
  EXPECT_FALSE(happens(device, DeviceEvent::SetPending, kNow));
  EXPECT_TRUE(happens(device, DeviceEvent::Decommissioned, kNow));
  EXPECT_FALSE(happens(device, DeviceEvent::LogAdded, kNow)) << "a log brings nothing back to life";
}

TEST(DeviceStates, WhatChangedMeanwhileStaysAsItIs) {
  const auto seen = meter(DeviceState::Whitelisted);
  auto after = seen;
  after.state = DeviceState::InstalledNotCommissioned;
  after.details["ImportMPxN"] = "1200023305967";
  auto now = seen;
  EXPECT_EQ(with_changes(now, seen, after).state, DeviceState::InstalledNotCommissioned);
  now.state = DeviceState::Decommissioned;
  now.details["UPRN"] = "7";
  const auto kept = with_changes(now, seen, after);
  EXPECT_EQ(kept.state, DeviceState::Decommissioned);
  EXPECT_EQ(kept.detail("UPRN"), "7");
  EXPECT_EQ(kept.detail("ImportMPxN"), "1200023305967");
}

class Lifecycle : public ::testing::Test {
 protected:
  Lifecycle() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_life_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
  }
  ~Lifecycle() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  template <class Work>
  void write(Work work) {
    const auto done = store_->write([&](store::WriteView& view) -> Status { return work(view); });
    EXPECT_TRUE(done) << describe(done.error());
  }
  template <class Work>
  auto get(Work work) {
    typename decltype(work(std::declval<const store::ReadView&>()))::value_type out{};
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, work(view));
      return {};
    }));
    return out;
  }
  Device listed(UtcTime at) {
    return get([&](const store::ReadView& view) -> Result<Device> {
      METERWAY_TRY(const auto device, find_device(view, kMeter));
      return as_listed(view, *device, at);
    });
  }
  /// All that is due at that moment, in steps of one device.
  std::size_t sweep(UtcTime at) {
    std::size_t changed = 0;
    for (bool more = true; more;) {
      write([&](store::WriteView& view) -> Status {
        METERWAY_TRY(auto page, next_to_list(view, at, 1));
        for (auto& device : page.devices) {
          METERWAY_TRY(const bool one, apply_listing(view, device, at));
          changed += one ? 1 : 0;
        }
        METERWAY_TRY(more, is_listing_due(view, at));
        return {};
      });
    }
    return changed;
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(Lifecycle, AJoinIsKnownToBothAndEndsWhenBothHaveSaidSo) {
  const auto of = [&](Eui64 device) { return get([&](const auto& view) { return joins_of(view, device); }); };
  write([&](auto& view) { return join(view, kMeter, kDisplay); });
  ASSERT_EQ(of(kMeter).size(), 1u);
  EXPECT_TRUE(of(kMeter)[0].said);
  EXPECT_FALSE(of(kMeter)[0].other_said);
  ASSERT_EQ(of(kDisplay).size(), 1u);
  EXPECT_TRUE(of(kDisplay)[0].other_said);
  write([&](auto& view) { return join(view, kDisplay, kMeter); });
  write([&](auto& view) { return unjoin(view, kMeter, kDisplay); });
  ASSERT_EQ(of(kDisplay).size(), 1u) << "the display has it still";
  write([&](auto& view) { return unjoin(view, kDisplay, kMeter); });
  EXPECT_TRUE(of(kMeter).empty());
  EXPECT_TRUE(of(kDisplay).empty());
  write([&](auto& view) { return unjoin(view, kDisplay, kMeter); });
  write([&](auto& view) { return join(view, kMeter, kDisplay); });
  write([&](auto& view) { return forget_joins(view, kDisplay); });
  EXPECT_TRUE(of(kMeter).empty());
}

TEST_F(Lifecycle, AProductOffTheListSuspendsFromItsMomentWheneverItIsEntered) {
  const Product product{"Meterway", "M1", "00010001"};
  auto device = meter(DeviceState::Commissioned);
  device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "00010001"}};
  auto other = device;
  other.eui = kDisplay;
  other.details["DeviceFirmwareVersion"] = "00010002";
  write([&](auto& view) -> Status {
    METERWAY_CHECK(put_device(view, other));
    return put_device(view, device);
  });
  EXPECT_EQ(listed(kNow).detail("CPLStatus"), "") << "a list that has never heard of it says nothing";
  const auto day = std::chrono::hours(24);
  write([&](auto& view) { return put_listing(view, product, {kNow - 30 * day, true}); });
  write([&](auto& view) { return put_listing(view, product, {kNow + day, false}); });  // announced
  write([&](auto& view) { return put_listing(view, product, {kNow + 3 * day, true}); });
  EXPECT_EQ(listed(kNow).state, DeviceState::Commissioned);
  EXPECT_EQ(sweep(kNow), 0u);
  EXPECT_EQ(listed(kNow + day).state, DeviceState::Suspended) << "decisions do not wait for the sweep";
  EXPECT_EQ(listed(kNow + day).detail("CPLStatus"), "Withdrawn");
  EXPECT_EQ(sweep(kNow + day), 1u);
  EXPECT_EQ(sweep(kNow + day), 0u);
  EXPECT_EQ(get([&](const auto& view) { return life_of(view, kMeter); }).before, DeviceState::Commissioned);
  EXPECT_EQ(listed(kNow + 3 * day).state, DeviceState::Commissioned);
  EXPECT_EQ(sweep(kNow + 3 * day), 1u);
  const auto back = get([&](const auto& view) { return find_device(view, kMeter); });
  EXPECT_EQ(back->state, DeviceState::Commissioned);
  EXPECT_EQ(get([&](const auto& view) { return find_device(view, kDisplay); })->state, DeviceState::Commissioned);
}

TEST_F(Lifecycle, WhatAnOperatorSuspendedTheListDoesNotRestore) {
  auto device = meter(DeviceState::Suspended);
  device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "00010001"}};
  write([&](auto& view) { return put_device(view, device); });
  write([&](auto& view) { return put_listing(view, {"Meterway", "M1", "00010001"}, {kNow, true}); });
  EXPECT_EQ(sweep(kNow), 0u);
  EXPECT_EQ(listed(kNow).state, DeviceState::Suspended);
}

TEST_F(Lifecycle, NothingButItsReleaseBringsABlockedDeviceBack) {
  const Product product{"Meterway", "M1", "00010001"};
  auto device = meter(DeviceState::Commissioned);
  device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "00010001"}};
  const auto kept = [&] { return get([&](const auto& view) { return find_device(view, kMeter); })->state; };
  const auto apply = [&] {
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(auto one, find_device(view, kMeter));
      METERWAY_TRY(const bool changed, apply_listing(view, *one, kNow));
      (void)changed;
      return {};
    });
  };
  const auto hour = std::chrono::hours(1);
  write([&](auto& view) { return put_device(view, device); });
  // Off the list, then blocked, then on the list again: the list is not what keeps it.
  write([&](auto& view) { return put_listing(view, product, {kNow - 2 * hour, false}); });
  EXPECT_EQ(sweep(kNow), 1u);
  write([&](auto& view) { return block(view, kMeter, "BD0000001"); });
  apply();
  write([&](auto& view) { return put_listing(view, product, {kNow - hour, true}); });
  EXPECT_EQ(listed(kNow).state, DeviceState::Suspended);
  EXPECT_EQ(listed(kNow).detail("CPLStatus"), "Active");
  sweep(kNow);
  EXPECT_EQ(kept(), DeviceState::Suspended);
  // Written by hand as at work: kept for later.
  for (const auto state : {DeviceState::Recovery, DeviceState::Recovered, DeviceState::Commissioned}) {
    device.state = state;
    write([&](auto& view) {
      auto entered = device;
      return enter_device(view, entered, kNow);
    });
    EXPECT_EQ(kept(), DeviceState::Suspended) << to_string(state);
  }
  // Out of use it may go; taken into use again it is blocked still, even before anybody has looked at it.
  device.state = DeviceState::Decommissioned;
  write([&](auto& view) { return put_device(view, device); });
  apply();
  EXPECT_EQ(kept(), DeviceState::Decommissioned);
  ASSERT_TRUE(happens(device, DeviceEvent::SetPending, kNow));
  write([&](auto& view) { return put_device(view, device); });
  EXPECT_EQ(listed(kNow).state, DeviceState::Suspended);
  device.state = DeviceState::Commissioned;
  write([&](auto& view) { return put_device(view, device); });
  apply();
  // Let go while the list stands against it: the list keeps it; then it is what it was.
  write([&](auto& view) { return put_listing(view, product, {kNow, false}); });
  write([&](auto& view) { return unblock(view, kMeter); });
  apply();
  EXPECT_EQ(kept(), DeviceState::Suspended);
  write([&](auto& view) { return put_listing(view, product, {kNow, true}); });
  apply();
  EXPECT_EQ(kept(), DeviceState::Commissioned);
}

TEST_F(Lifecycle, ABlockHoldsADeviceThatIsNotThereYet) {
  write([&](auto& view) { return block(view, kMeter, "BD0000001"); });
  auto device = meter(DeviceState::Pending);
  write([&](auto& view) { return enter_device(view, device, kNow); });
  EXPECT_EQ(device.state, DeviceState::Suspended);
  write([&](auto& view) { return unblock(view, kMeter); });
  write([&](auto& view) { return unblock(view, kMeter); });
  EXPECT_EQ(listed(kNow).state, DeviceState::Pending);
}

TEST_F(Lifecycle, APassThatACrashEndedGoesOnWhereItWas) {
  for (std::uint64_t n = 0; n < 5; ++n) {
    auto device = meter(DeviceState::Commissioned);
    device.eui = Eui64(kMeter.value() + n);
    device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "1"}};
    write([&](auto& view) { return put_device(view, device); });
  }
  write([&](auto& view) { return put_listing(view, {"Meterway", "M1", "1"}, {kNow, false}); });
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto two, next_to_list(view, kNow, 2));
    for (auto& one : two.devices) {
      METERWAY_TRY(const bool changed, apply_listing(view, one, kNow));
      EXPECT_TRUE(changed);
    }
    return {};
  });
  const auto failed = store_->write([&](store::WriteView& view) -> Status {  // the step in which it crashes
    METERWAY_TRY(const auto two, next_to_list(view, kNow, 2));
    return fail(ErrorCode::Io, two.size(), "disk");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(sweep(kNow), 3u);
}

TEST_F(Lifecycle, ACorrectionOfTheMomentThatAPassIsForReachesTheDevicesThatItHasGoneBy) {
  const Product product{"Meterway", "M1", "1"};
  for (std::uint64_t n = 0; n < 5; ++n) {
    auto device = meter(DeviceState::Commissioned);
    device.eui = Eui64(kMeter.value() + n);
    device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "1"}};
    write([&](auto& view) { return put_device(view, device); });
  }
  write([&](auto& view) { return put_listing(view, product, {kNow, false}); });
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto two, next_to_list(view, kNow, 2));
    for (auto& one : two.devices) {
      METERWAY_TRY(const bool changed, apply_listing(view, one, kNow));
      EXPECT_TRUE(changed);
    }
    return {};
  });
  write([&](auto& view) { return put_listing(view, product, {kNow, true}); });
  EXPECT_EQ(sweep(kNow), 2u) << "the two that were suspended are restored";
  for (std::uint64_t n = 0; n < 5; ++n)
    EXPECT_EQ(get([&](const auto& view) { return find_device(view, Eui64(kMeter.value() + n)); })->state,
              DeviceState::Commissioned);
}

TEST_F(Lifecycle, EveryChangeOfAStateIsWrittenWithItsCauseAndTheOldestIsDropped) {
  const auto past = [&] { return get([&](const auto& view) { return past_of(view, kMeter); }); };
  const auto after = [](int minutes) { return kNow + std::chrono::minutes(minutes); };
  auto device = meter(DeviceState::Commissioned);
  write([&](auto& view) { return enter_device(view, device, kNow); });
  EXPECT_TRUE(past().changes.empty()) << "nothing is written of what comes by the million";
  EXPECT_FALSE(since(past(), device));
  device.details["UPRN"] = "7";
  write([&](auto& view) { return put_device(view, device, Cause{after(1), "8.4", "user-1"}); });
  EXPECT_TRUE(past().changes.empty()) << "its state is the same";

  device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "1"}};
  write([&](auto& view) { return put_device(view, device, Cause{after(1), "8.4", "user-1"}); });
  write([&](auto& view) { return put_listing(view, {"Meterway", "M1", "1"}, {after(2), false}); });
  sweep(after(3));
  auto known = past();
  ASSERT_EQ(known.changes.size(), 1u);
  EXPECT_EQ(known.state, DeviceState::Commissioned) << "before it";
  EXPECT_EQ(known.changes[0].state, DeviceState::Suspended);
  EXPECT_EQ(known.changes[0].at, after(3));
  EXPECT_EQ(known.changes[0].what, "not on the certified product list");
  EXPECT_EQ(known.changes[0].who, "platform");
  EXPECT_EQ(known.at(after(2)), nullptr) << "not known then";
  EXPECT_EQ(known.at(after(3))->state, DeviceState::Suspended);

  // Blocked and let go: by whom, too.
  write([&](auto& view) { return block(view, kMeter, "BD0000001"); });
  write([&](auto& view) { return put_listing(view, {"Meterway", "M1", "1"}, {after(4), true}); });
  sweep(after(5));
  EXPECT_EQ(past().changes.size(), 1u);
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(unblock(view, kMeter));
    METERWAY_TRY(auto one, find_device(view, kMeter));
    METERWAY_TRY(const bool changed, apply_listing(view, *one, after(6), "anna"));
    EXPECT_TRUE(changed);
    return {};
  });
  known = past();
  ASSERT_EQ(known.changes.size(), 2u);
  EXPECT_EQ(known.changes[1].who, "anna");
  device = *get([&](const auto& view) { return find_device(view, kMeter); });
  EXPECT_EQ(since(known, device), after(6));

  // It leaves, and comes again; another type alone does not begin its state anew.
  write([&](auto& view) { return erase_device(view, kMeter, Cause{after(7), "removed by hand", "operator"}); });
  EXPECT_FALSE(past().at(after(7))->state);
  write([&](auto& view) { return put_device(view, device, Cause{after(8), "12.2", "user-1"}); });
  device.type = DeviceType::GSME;
  write([&](auto& view) { return put_device(view, device, Cause{after(9), "changed by hand", "operator"}); });
  EXPECT_EQ(past().at(after(8))->type, DeviceType::ESME);
  EXPECT_EQ(since(past(), device), after(8));
  // What somebody has put without a cause is seen: nothing is said of since when.
  device.state = DeviceState::Recovery;
  write([&](auto& view) { return put_device(view, device); });
  EXPECT_FALSE(since(past(), device));

  const auto before = past().changes.size();
  for (int n = 0; n < static_cast<int>(kMostStates); ++n) {
    device.state = n % 2 == 0 ? DeviceState::Pending : DeviceState::Withdrawn;
    write([&](auto& view) { return put_device(view, device, Cause{after(10 + n), "changed by hand", "operator"}); });
  }
  known = past();
  EXPECT_EQ(known.changes.size(), kMostStates);
  EXPECT_EQ(known.dropped, before);
  EXPECT_EQ(known.type, DeviceType::GSME) << "as it was before the first that is kept";
  EXPECT_EQ(since(known, device), after(10 + static_cast<int>(kMostStates) - 1));
}

}  // namespace
}  // namespace meterway::registry
