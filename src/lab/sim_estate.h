#pragma once
#include <memory>

#include "field/hub/region.h"
#include "lab/history.h"
#include "lab/sim_network.h"
#include "lab/world.h"

namespace meterway::lab {

/// The homes of a small world behind one link, in the simulation: the real region, hubs and meters. It writes down each
/// command that came to a device, and what the device did with it.
class SimEstate {
 public:
  /// `region`: with the homes of that one alone; empty: with all. What devices say beyond `block_bytes` goes in blocks.
  SimEstate(Simulation& simulation, Internet& internet, const SmallWorld& world, History& history,
            std::string_view region = {}, std::size_t block_bytes = wire::kLinkWholeBytes);

  Machine& machine() { return machine_; }
  const field::Region& region() const { return *region_; }
  /// What the region has yet to have acknowledged, as it is on disk.
  std::vector<field::Unacknowledged> outbox() const { return homes_.outbox(); }
  /// The process of the region ends; its homes keep what they had on disk.
  void crash();
  void start();
  /// A home's supply goes, or comes back. False when it is so already, or the region's process does not run.
  bool lose_supply(Eui64 hub);
  bool restore_supply(Eui64 hub);
  /// A device raises an alert of its own accord. False when the region's process does not run, or the device will not.
  bool raise(Eui64 hub, Eui64 device, std::uint16_t alert);

 private:
  void pass();

  Simulation& simulation_;
  Internet& internet_;
  const SmallWorld& world_;
  History& history_;
  const std::size_t block_bytes_;
  Machine machine_;
  field::HomesInMemory homes_;
  std::unique_ptr<net::Network> network_;
  std::unique_ptr<field::Region> region_;
  std::shared_ptr<net::FramedConnection> connection_;
  std::unique_ptr<net::FramedEndpoint> endpoint_;
  UtcTime next_{};
};

}  // namespace meterway::lab
