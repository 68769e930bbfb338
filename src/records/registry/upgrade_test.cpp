#include "records/registry/upgrade.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "records/registry/device.h"
#include "records/registry/request_record.h"

namespace meterway::registry {
namespace {

/// A store with the rows that version 0.1 wrote for one request, its counter and one device.
class Upgrade : public ::testing::Test {
 protected:
  Upgrade() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_upgrade_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store = *store::open_sqlite((folder_ / "store.db").string());
  }
  ~Upgrade() override {
    store.reset();
    std::filesystem::remove_all(folder_);
  }
  void put(std::string_view table, std::string_view key, std::string_view value) {
    ASSERT_TRUE(store->write([&](store::WriteView& view) { return view.put(table, key, value); }));
  }

  const RequestId id{Eui64(0x90B3D51F30010000), Eui64(0x00DB1234567890A0), {1000}};
  std::unique_ptr<store::Store> store;

 private:
  std::filesystem::path folder_;
};

constexpr const char* kLeg = "90b3d51f30010000:00db1234567890a0:00000000000000001000:R";
constexpr const char* kRequest =
    R"({"id":"90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000","leg":0,"digest":"abc=","service_reference":"4.1",)"
    R"("service":"4.1.1","command_variant":1,"use_case":"ECS17b","critical":false,"received_at":1780272000000000,)"
    R"("send_at":1780272000000000,"deadline":1780272060000000,"progress":2,"message":"dd01","code":39,)"
    R"("header":"90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000","arrived":true,"answer":"<a/>","document":"<d/>"})";

TEST_F(Upgrade, KeepsWhatIsOpenAndWhatWasCounted) {
  put("request", kLeg, kRequest);
  put("open", kLeg, "");
  put("command", "90b3d51f30010000:00db1234567890a0:00000000000000001000", kLeg);
  put("counter", "O:90b3d51f30010000:00db1234567890a0", "1000");
  put("device", "00db1234567890a0",
      R"({"eui":"00db1234567890a0","type":"ESME","state":"Commissioned","details":{},"responsible":[]})");
  ASSERT_TRUE(upgrade_from_version_1(*store));
  ASSERT_TRUE(upgrade_from_version_1(*store)) << "a second start finds nothing to do";
  const auto read = store->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto open, open_requests(view));
    EXPECT_EQ(open.size(), 1u);
    METERWAY_TRY(const auto record, find_by_command(view, id));
    EXPECT_TRUE(record);
    if (!record) return {};
    EXPECT_EQ(record->digest, "abc=");
    EXPECT_EQ(record->progress, Progress::Sent);
    EXPECT_TRUE(record->arrived);
    EXPECT_EQ(record->message, (Bytes{0xDD, 0x01}));
    EXPECT_EQ(record->document, "<d/>");
    METERWAY_TRY(const auto counter, last_counter(view, id.originator, id.target, CounterKind::Ordinary));
    EXPECT_EQ(counter.value, 1000u);
    METERWAY_TRY(const auto device, find_device(view, id.target));
    EXPECT_TRUE(device && device->state == DeviceState::Commissioned);
    return {};
  });
  EXPECT_TRUE(read) << describe(read.error());
}

TEST_F(Upgrade, LeavesEverythingAsItIsWhenARowCannotBeRead) {
  put("request", kLeg, R"({"id":"nonsense"})");
  put("counter", "O:90b3d51f30010000:00db1234567890a0", "1000");
  EXPECT_FALSE(upgrade_from_version_1(*store));
  EXPECT_TRUE(store->read([](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto row, view.get("counter", "O:90b3d51f30010000:00db1234567890a0"));
    EXPECT_TRUE(row);
    return {};
  }));
}

}  // namespace
}  // namespace meterway::registry
