#include "records/registry/slots.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace meterway::registry {
namespace {

const Eui64 kMeter(0x00db1234567890a0), kOne(0x90b3d51f30020000), kTwo(0x90b3d51f30020008);
const UtcTime kNow = *from_iso8601("2026-06-01T00:00:00Z");

class Slots : public ::testing::Test {
 protected:
  Slots() : folder_(std::filesystem::temp_directory_path() / ("meterway_slots_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    store_ = store::open_sqlite((folder_ / "store.db").string()).value();
  }
  ~Slots() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void learn(Eui64 holder, UtcTime at) {
    const Slot slot{PartyRole::NetworkOperator, pki::KeyUse::DigitalSignature, holder, at, Bytes(8, 0x41)};
    ASSERT_TRUE(store_->write([&](store::WriteView& view) { return learn_slots(view, kMeter, {&slot, 1}); }));
  }
  std::vector<Slot> known() {
    std::vector<Slot> out;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, slots_of(view, kMeter));
      return {};
    }));
    return out;
  }
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(Slots, AreThoseOfTheLatestAnswerWhicheverComesLast) {
  EXPECT_TRUE(known().empty());
  learn(kOne, kNow);
  learn(kTwo, kNow + std::chrono::seconds(1));
  learn(kOne, kNow - std::chrono::seconds(1));  // an earlier answer that was long under way
  ASSERT_EQ(known().size(), 1u);
  EXPECT_EQ(known()[0].holder, kTwo);
  EXPECT_EQ(known()[0].at, kNow + std::chrono::seconds(1));
  EXPECT_EQ(known()[0].key_id, Bytes(8, 0x41));
}

TEST_F(Slots, AreToBeLookedAtUntilSomebodyHas) {
  learn(kOne, kNow);
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto some, slots_to_look_at(view, 10));
    EXPECT_EQ(some, std::vector<Eui64>{kMeter});
    return looked_at_slots(view, kMeter);
  }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto some, slots_to_look_at(view, 10));
    EXPECT_TRUE(some.empty());
    METERWAY_TRY(const auto all, devices_with_slots(view, Eui64(), 10));
    EXPECT_EQ(all, std::vector<Eui64>{kMeter});
    return {};
  }));
}

TEST_F(Slots, ALeaveIsKeptAsGivenAndGone) {
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(put_correction(view, kMeter, {kOne, kTwo, kNow, "CC000001"}));
    METERWAY_TRY(const auto leave, find_correction(view, kMeter));
    EXPECT_TRUE(leave && leave->user == kOne && leave->holder == kTwo && leave->until == kNow &&
                leave->reference == "CC000001");
    METERWAY_CHECK(erase_correction(view, kMeter));
    METERWAY_TRY(const auto gone, find_correction(view, kMeter));
    EXPECT_FALSE(gone);
    return {};
  }));
}

}  // namespace
}  // namespace meterway::registry
