#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "records/registry/device.h"
#include "records/registry/party.h"
#include "records/registry/request_record.h"

namespace meterway::registry {
namespace {

const Eui64 kSupplier(0x90b3d51f30010000);
const Eui64 kMeter(0x00db1234567890a0);
const RequestId kId{kSupplier, kMeter, {1000}};

class Registry : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("meterway_registry_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    auto opened = store::open_sqlite((folder_ / "store.db").string());
    ASSERT_TRUE(opened) << describe(opened.error());
    store_ = std::move(*opened);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Status write(const std::function<Status(store::WriteView&)>& work) { return store_->write(work); }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

RequestRecord waiting_record() {
  RequestRecord record;
  record.id = kId;
  record.header = kId;
  record.service = "4.1.1";
  record.progress = Progress::Accepted;
  record.message = {0xDF, 0x09};
  record.answer = "<sr:Response>\"\n</sr:Response>";
  return record;
}

TEST_F(Registry, RemembersAUserWithItsRolesAndState) {
  const User user{kSupplier, "supplier", {UserRole::IS, UserRole::GS}, UserState::Suspended, "http://127.0.0.1:1/x"};
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_user(view, user); }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_user(view, kSupplier));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->roles, user.roles);
    EXPECT_EQ(found->state, UserState::Suspended);
    EXPECT_EQ(found->push_url, user.push_url);
    METERWAY_TRY(const auto nobody, find_user(view, kMeter));
    EXPECT_FALSE(nobody.has_value());
    return {};
  }));
}

TEST_F(Registry, RemembersADeviceWithItsDetailsAndWhoIsResponsible) {
  const auto device =
      read_device(R"({"eui":"00db1234567890a0","type":"ESME","state":"Commissioned","hub":"00db1234567890a2",
      "details":{"ImportMPxN":"1312345678111"},
      "responsible":[{"role":"IS","user":"90b3d51f30010000","from":"2026-01-01T00:00:00Z"}]})");
  ASSERT_TRUE(device) << describe(device.error());
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_device(view, *device); }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_device(view, kMeter));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->state, DeviceState::Commissioned);
    EXPECT_EQ(found->detail("ImportMPxN"), "1312345678111");
    EXPECT_EQ(found->responsible.at(0).from, *from_iso8601("2026-01-01T00:00:00Z"));
    EXPECT_FALSE(found->responsible.at(0).until.has_value());
    return {};
  }));
}

TEST(ReadDevice, RefusesAnUnknownMemberAnUnknownDetailAndAnUnknownState) {
  EXPECT_FALSE(read_device(R"({"eui":"00db1234567890a0","type":"ESME","colour":"red"})"));
  EXPECT_FALSE(read_device(R"({"eui":"00db1234567890a0","type":"ESME","details":{"Colour":"red"}})"));
  EXPECT_FALSE(read_device(R"({"eui":"00db1234567890a0","type":"ESME","state":"Happy"})"));
  EXPECT_FALSE(read_device(R"({"type":"ESME"})"));
  EXPECT_FALSE(read_device("[]"));
}

TEST_F(Registry, FindsWhoWaitsForADevicesAnswerByTheHeaderOfTheCommand) {
  auto record = waiting_record();
  record.header.originator = Eui64(0x90b3d51f30000002);  // the broker speaks for the User, with a counter of its own
  record.header.counter.value = 77;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto found, find_by_command(view, record.header));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->id, kId);
    EXPECT_EQ(found->answer, record.answer);
    METERWAY_TRY(const auto other, find_by_command(view, kId));
    EXPECT_FALSE(other.has_value());
    return {};
  }));
}

TEST_F(Registry, ListsARequestAsOpenUntilItIsDone) {
  auto record = waiting_record();
  const auto count = [&] {
    std::size_t found = 0;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto open, open_requests(view));
      found = open.size();
      return {};
    }));
    return found;
  };
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  EXPECT_EQ(count(), 1u);
  record.progress = Progress::Sent;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  EXPECT_EQ(count(), 1u);
  record.progress = Progress::Done;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, record); }));
  EXPECT_EQ(count(), 0u);
}

TEST_F(Registry, ListsTheOpenRequestsOfADeviceInTheOrderTheyWereAccepted) {
  auto later = waiting_record();
  auto earlier = waiting_record();
  earlier.id.counter = earlier.header.counter = {later.header.counter.value + 1};
  auto elsewhere = waiting_record();
  elsewhere.id.target = elsewhere.header.target = kSupplier;
  ASSERT_TRUE(write([&](store::WriteView& view) -> Status {
    for (auto* record : {&earlier, &elsewhere, &later}) {
      METERWAY_TRY(record->transaction, next_transaction(view));
      METERWAY_CHECK(put_request(view, *record));
    }
    return {};
  }));
  std::vector<OpenRequest> open;
  const auto look = [&](std::size_t limit) {
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(open, open_requests_of(view, earlier.header.target, limit));
      return {};
    }));
    return open.size();
  };
  EXPECT_EQ(look(1), 1u);
  ASSERT_EQ(look(10), 2u);
  EXPECT_EQ(open[0].id, earlier.id);
  EXPECT_EQ(open[0].transaction, 1u);
  EXPECT_EQ(open[0].leg, earlier.leg);
  EXPECT_EQ(open[1].id, later.id);
  earlier.progress = Progress::Done;
  ASSERT_TRUE(write([&](store::WriteView& view) { return put_request(view, earlier); }));
  ASSERT_EQ(look(10), 1u);
  EXPECT_EQ(open[0].id, later.id);
}

TEST_F(Registry, RefusesACounterThatDoesNotIncreasePerPairAndKind) {
  const auto advance = [&](RequestId id, CounterKind kind) {
    return write([&](store::WriteView& view) { return advance_counter(view, id, kind); });
  };
  EXPECT_TRUE(advance(kId, CounterKind::Ordinary));
  EXPECT_EQ(advance(kId, CounterKind::Ordinary).error().code, ErrorCode::StaleCounter);
  EXPECT_FALSE(advance({kSupplier, kMeter, {999}}, CounterKind::Ordinary));
  EXPECT_TRUE(advance({kSupplier, kMeter, {12884901888}}, CounterKind::Prepayment))
      << "a token's counter stands on its own";
  EXPECT_TRUE(advance({kSupplier, kMeter, {1001}}, CounterKind::Ordinary));
  EXPECT_TRUE(advance({kMeter, kSupplier, {1}}, CounterKind::Ordinary)) << "another pair";
  EXPECT_TRUE(advance({kSupplier, kMeter, {UINT64_MAX}}, CounterKind::Ordinary));
  EXPECT_FALSE(advance({kSupplier, kMeter, {0}}, CounterKind::Ordinary));
}

}  // namespace
}  // namespace meterway::registry
