#include "records/registry/slots.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "base/wire/writer.h"
#include "records/registry/octets.h"

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

TEST_F(Slots, ALeaveHoldsFromItsBeginningToItsEndAndIsKept) {
  using std::chrono::hours;
  const auto body = std::string(31, 'b') + '\0';
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(put_correction(view, kMeter, {kOne, kTwo, kNow + hours(9), "CC000001", kNow, body}));
    METERWAY_TRY(const auto early, find_correction(view, kMeter, kNow - hours(1)));
    EXPECT_FALSE(early);
    METERWAY_TRY(const auto leave, find_correction(view, kMeter, kNow));
    EXPECT_TRUE(leave && leave->user == kOne && leave->holder == kTwo && leave->until == kNow + hours(9) &&
                leave->reference == "CC000001" && leave->body == body);
    METERWAY_TRY(const auto late, find_correction(view, kMeter, kNow + hours(9)));
    EXPECT_FALSE(late);
    METERWAY_CHECK(end_correction(view, kMeter, kNow + hours(2)));
    METERWAY_TRY(const auto ended, find_correction(view, kMeter, kNow + hours(2)));
    EXPECT_FALSE(ended);
    METERWAY_TRY(const auto held, find_correction(view, kMeter, kNow + hours(1)));
    EXPECT_TRUE(held && held->reference == "CC000001");
    return {};
  }));
}

TEST_F(Slots, LeavesFollowEachOtherAndTheOldestGoFirst) {
  using std::chrono::hours;
  const auto given = [](std::size_t n) { return kNow + hours(n); };
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    for (std::size_t n = 0; n <= kMostCorrections; ++n)
      METERWAY_CHECK(put_correction(view, kMeter, {kOne, kTwo, given(1000), std::to_string(n), given(n), ""}));
    METERWAY_TRY(const auto gone, find_correction(view, kMeter, given(0)));
    EXPECT_FALSE(gone);
    METERWAY_TRY(const auto second, find_correction(view, kMeter, given(1)));
    EXPECT_TRUE(second && second->reference == "1" && second->until == given(2));
    METERWAY_TRY(const auto last, find_correction(view, kMeter, given(999)));
    EXPECT_TRUE(last && last->reference == std::to_string(kMostCorrections));
    // Ended by a clock that was set back to before it began: it never held.
    METERWAY_CHECK(end_correction(view, kMeter, given(1)));
    METERWAY_TRY(const auto never, find_correction(view, kMeter, given(999)));
    EXPECT_FALSE(never);
    return {};
  }));
}

TEST_F(Slots, ALeaveOfAnEarlierNodeIsRead) {
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    wire::Writer row;
    row.u8(1).u64(kOne.value()).u64(kTwo.value());
    row.u64(static_cast<std::uint64_t>(kNow.time_since_epoch().count())).prefixed(bytes_of("CC000001"));
    METERWAY_CHECK(view.put("correction", string_of(wire::Writer().u64(kMeter.value())), string_of(row)));
    METERWAY_TRY(const auto leave, find_correction(view, kMeter, kNow - std::chrono::seconds(1)));
    EXPECT_TRUE(leave && leave->user == kOne && leave->reference == "CC000001" && leave->body.empty());
    METERWAY_TRY(const auto over, find_correction(view, kMeter, kNow));
    EXPECT_FALSE(over);
    return {};
  }));
}

TEST_F(Slots, UnreadDevicesAreCountedOnce) {
  ASSERT_TRUE(store_->write([&](store::WriteView& view) -> Status {
    for (const bool unread : {false, true, true}) METERWAY_CHECK(note_unread(view, kMeter, unread));
    METERWAY_TRY(const auto count, unread_count(view));
    EXPECT_EQ(count, 1u);
    METERWAY_TRY(const auto list, unread_from(view, Eui64(), 10));
    EXPECT_EQ(list, std::vector<Eui64>{kMeter});
    METERWAY_CHECK(note_unread(view, kMeter, false));
    METERWAY_TRY(const auto none, unread_count(view));
    EXPECT_EQ(none, 0u);
    return {};
  }));
}

}  // namespace
}  // namespace meterway::registry
