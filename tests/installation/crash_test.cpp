// A power cut at every operation of the disk while a hub with its home is decommissioned: afterwards the User has his
// answer and the inventory is changed, or neither; and the request, sent again, comes to the same end.
#include "flow/answer/answer.h"
#include "flow/gateway/acknowledge.h"
#include "lab/sim_disk.h"
#include "records/registry/lifecycle.h"
#include "records/store/log_store.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow {
namespace {

using registry::DeviceState;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kSupplier;

constexpr Eui64 kGpf{0x00DB1234567890A3}, kDisplay{0x00DB1234567890A4};
const RequestId kId{kSupplier, kBroker, {1000}};

class InstallationCrash : public tests::FlowBench {
 protected:
  static std::unique_ptr<store::Store> open_on(Disk& disk) { return *store::open_log_store("data/store.db", {}, disk); }
  Context over(store::Store& store) const {
    const auto& c = context();
    return {store, c.certificates, c.keys, c.signer, c.broker, c.clock, c.random, c.executor, c.network, c.settings};
  }
  static void put(store::WriteView& view, Eui64 eui, DeviceType type) {
    registry::Device device;
    device.eui = eui;
    device.type = type;
    device.state = DeviceState::Commissioned;
    device.hub = kHub;
    device.responsible = {{UserRole::IS, kSupplier, {}, {}}};
    EXPECT_TRUE(registry::put_device(view, device));
  }
  static void make_home(store::Store& store) {
    EXPECT_TRUE(store.write([](store::WriteView& view) -> Status {
      put(view, kHub, DeviceType::CHF);
      put(view, kGpf, DeviceType::GPF);
      put(view, kMeter, DeviceType::ESME);
      put(view, kDisplay, DeviceType::PPMID);
      return registry::join(view, kMeter, kGpf);
    }));
  }
  Step<Acknowledged> decommission(const Context& context) {
    AuthorisedRequest asked;
    auto& request = asked.verified.request;
    request.id = kId;
    request.service_reference = request.service_reference_variant = "8.3";
    request.command_variant = CommandVariant::NonDevice;
    request.body.name = "DecommissionDevice";
    request.body.children.resize(1);
    request.body.children[0].name = "DeviceID";
    request.body.children[0].text = kHub.dashed_upper();
    asked.verified.digest = "digest";
    asked.service = duis::find_service("8.3");
    asked.user.eui = kSupplier;
    asked.user.name = "Supplier";
    asked.user.roles = {UserRole::IS};
    METERWAY_TRY(auto answer, answer::answer(std::move(asked), context));
    std::vector<deliver::Place> places;
    return gateway::acknowledge(std::move(answer), context, places);
  }
  /// "before", "after", or "torn".
  static std::string seen(store::Store& store) {
    std::string out;
    EXPECT_TRUE(store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto request, registry::find_request(view, kId, registry::Leg::Request));
      METERWAY_TRY(const auto hub, registry::find_device(view, kHub));
      METERWAY_TRY(const auto gpf, registry::find_device(view, kGpf));
      METERWAY_TRY(const auto meter, registry::find_device(view, kMeter));
      METERWAY_TRY(const auto display, registry::find_device(view, kDisplay));
      METERWAY_TRY(const auto joins, registry::joins_of(view, kMeter));
      const bool before = !request && hub->state == DeviceState::Commissioned &&
                          gpf->state == DeviceState::Commissioned && meter->hub == kHub && display->hub == kHub &&
                          joins.size() == 1;
      const bool after = request && hub->state == DeviceState::Decommissioned &&
                         gpf->state == DeviceState::Decommissioned && meter->state == DeviceState::Pending &&
                         !meter->hub && !display->hub && joins.empty();
      out = before ? "before" : after ? "after" : "torn";
      return {};
    }));
    return out;
  }
};

TEST_F(InstallationCrash, LeavesAnswerAndInventoryTogetherAtAnyOperationOfTheDisk) {
  std::uint64_t first = 0, all = 0;
  {
    lab::SimDisk disk;
    auto store = open_on(disk);
    make_home(*store);
    first = disk.operations();
    ASSERT_TRUE(decommission(over(*store)));
    EXPECT_EQ(seen(*store), "after");
    store.reset();
    all = disk.operations() - first;
  }
  ASSERT_GT(all, 1u);
  int before = 0, after = 0;
  for (std::uint64_t stop_at = 1; stop_at <= all; ++stop_at) {
    lab::SimDisk disk;
    bool told = false;
    {
      auto store = open_on(disk);
      make_home(*store);
      disk.stop_at(disk.operations() + stop_at);
      told = decommission(over(*store)).has_value();
      disk.stop();
    }
    disk.crash(stop_at * 7919);
    auto store = open_on(disk);
    const auto now = seen(*store);
    ASSERT_NE(now, "torn") << "stopped at " << stop_at;
    ASSERT_TRUE(!told || now == "after") << "what a User was told is there; stopped at " << stop_at;
    (now == "before" ? before : after)++;
    const auto again = decommission(over(*store));
    ASSERT_TRUE(again) << again.error().detail << " stopped at " << stop_at;
    ASSERT_EQ(seen(*store), "after");
  }
  EXPECT_GT(before, 0);
  EXPECT_GT(after, 0);
}

}  // namespace
}  // namespace meterway::flow
