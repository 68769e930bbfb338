#include "flow/distribute/distribution.h"

#include "base/crypto/digest.h"
#include "records/registry/device.h"
#include "records/registry/party.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::distribute {
namespace {

using tests::kHub;
using tests::kMeter;
using tests::kSupplier;
using wire::LinkFailure;

constexpr std::uint64_t kHello = 5;
const RequestId kRequest{kSupplier, tests::kBroker, {1000}};

class Distributing : public tests::FlowBench {
 protected:
  Distributing() {
    registry::User user;
    user.eui = kSupplier;
    user.roles = {UserRole::IS};
    write([&](auto& view) { return registry::put_user(view, user); });
    restart();
  }
  /// As the end of a process and another one.
  void restart() {
    executor.forget();
    open();
    distribution_.emplace(context(),
                          Distribution::Out{[this](Eui64, Eui64 device, const wire::ImageHash&,
                                                   const RequestId&) -> Result<std::uint64_t> {
                                              asked.push_back(device);
                                              if (!connected)
                                                return fail(ErrorCode::Network, 0, "hub is not connected");
                                              return kHello;
                                            },
                                            [this](Eui64, wire::LinkImageBlock block) -> Result<std::uint64_t> {
                                              blocks.push_back(std::move(block));
                                              return kHello;
                                            }},
                          [this](const deliver::Place& place) { places.push_back(place); });
    distribution_->start();
  }
  void wait_for_image(Eui64 device, std::size_t size = 100'000) {
    registry::Device row;
    row.eui = device;
    row.type = DeviceType::ESME;
    row.hub = kHub;
    image.assign(size, 0x5A);
    const auto hash = crypto::sha256(image);
    write([&](auto& view) -> Status {
      METERWAY_CHECK(registry::put_device(view, row));
      METERWAY_CHECK(firmware::put_image(view, hash, image));
      return firmware::put_transfer(view, {device, kRequest, "00020007", hash, clock.now(),
                                           clock.now() + settings.firmware.keep, clock.now(), 0});
    });
    distribution_->look();
  }
  void let_pass(std::chrono::microseconds time) {
    const auto until = clock.now() + time;
    while (clock.now() < until) {
      clock.set(std::min(until, clock.now() + std::chrono::seconds(1)));
      executor.run();
    }
  }
  void says(Eui64 device, std::optional<LinkFailure> why) {
    distribution_->transferred(device, why, kHello);
    executor.run();
  }
  void takes(const wire::LinkImageBlock& block) {
    distribution_->block_taken(block.image, block.offset, kHello);
    executor.run();
  }
  std::optional<firmware::Transfer> waiting(Eui64 device) {
    return read<std::optional<firmware::Transfer>>(
        [&](const auto& view) { return firmware::find_transfer(view, device); });
  }
  bool image_is_kept() {
    return read<std::optional<std::uint32_t>>(
               [&](const auto& view) { return firmware::image_size(view, crypto::sha256(image)); })
        .has_value();
  }

  bool connected = true;
  Bytes image;
  std::vector<Eui64> asked;
  std::vector<wire::LinkImageBlock> blocks;
  std::vector<deliver::Place> places;

 private:
  std::optional<Distribution> distribution_;
};

TEST_F(Distributing, AsksForATransferAndIsDoneWhenTheDeviceHasIt) {
  wait_for_image(kMeter);
  let_pass(std::chrono::seconds(2));
  EXPECT_EQ(asked, std::vector<Eui64>{kMeter}) << "once, not each second";
  says(kMeter, std::nullopt);
  EXPECT_FALSE(waiting(kMeter));
  EXPECT_FALSE(image_is_kept()) << "nobody waits for it any more";
  EXPECT_TRUE(places.empty()) << "the alert has no code";
  EXPECT_EQ(trace(kRequest.text()), (std::vector<std::string>{"firmware delivered"}));
}

TEST_F(Distributing, GivesARegionTheImageInBlocksOnceForAllItsDevices) {
  const Eui64 other(kMeter.value() + 1);
  wait_for_image(kMeter);
  wait_for_image(other);
  let_pass(std::chrono::seconds(2));
  says(kMeter, LinkFailure::ImageMissing);
  says(other, LinkFailure::ImageMissing);
  asked.clear();
  Bytes whole(image.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto block = blocks[i];  // more are added meanwhile
    EXPECT_EQ(block.total, image.size());
    std::copy(block.bytes.begin(), block.bytes.end(), whole.begin() + block.offset);
    takes(block);
  }
  EXPECT_EQ(blocks.size(), 4u) << "of 32 kB, once for both";
  EXPECT_EQ(whole, image);
  EXPECT_EQ(asked.size(), 2u) << "both are asked for again at once";
}

TEST_F(Distributing, SendsABlockAgainThatNobodyConfirms) {
  wait_for_image(kMeter, 10'000);
  let_pass(std::chrono::seconds(2));
  says(kMeter, LinkFailure::ImageMissing);
  ASSERT_EQ(blocks.size(), 1u);
  let_pass(std::chrono::seconds(12));
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0], blocks[1]);
}

TEST_F(Distributing, TriesAgainLaterAndLaterAndGoesOnAfterARestart) {
  wait_for_image(kMeter);
  connected = false;
  let_pass(std::chrono::minutes(4));
  EXPECT_EQ(asked.size(), 4u) << "after 30 s, 1 and 2 minutes";
  restart();
  connected = true;
  let_pass(std::chrono::minutes(5));
  EXPECT_EQ(asked.size(), 5u);
  says(kMeter, std::nullopt);
  EXPECT_FALSE(waiting(kMeter));
}

TEST_F(Distributing, SleepsWhileNothingIsDue) {
  executor.run();
  EXPECT_FALSE(executor.next()) << "nothing waits for an image";
  wait_for_image(kMeter, 10'000);
  executor.run();
  EXPECT_EQ(executor.next(), clock.now() + settings.firmware.retry);
  says(kMeter, LinkFailure::ImageMissing);
  EXPECT_EQ(executor.next(), clock.now() + std::chrono::seconds(10)) << "a block is under way";
  takes(blocks.at(0));
  says(kMeter, std::nullopt);
  let_pass(std::chrono::minutes(5));
  EXPECT_FALSE(executor.next());
}

TEST_F(Distributing, GivesUpAtTheDeadlineAndTellsWhoAsked) {
  settings.dcc_alert_codes[DccEvent::FirmwareNotDelivered] = "N1";
  settings.firmware.keep = std::chrono::minutes(10);
  wait_for_image(kMeter);
  connected = false;
  let_pass(std::chrono::minutes(11));
  EXPECT_FALSE(waiting(kMeter));
  EXPECT_EQ(places.size(), 1u);
  const auto said = trace(kRequest.text());
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said.back(), "firmware given up");
}

TEST_F(Distributing, TellsWhoAskedOfADeliveryWhereTheAlertHasACode) {
  settings.dcc_alert_codes[DccEvent::FirmwareDelivered] = "N2";
  wait_for_image(kMeter);
  let_pass(std::chrono::seconds(2));
  says(kMeter, std::nullopt);
  says(kMeter, std::nullopt);
  EXPECT_EQ(places.size(), 1u);
}

}  // namespace
}  // namespace meterway::flow::distribute
