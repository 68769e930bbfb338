#pragma once
#include <memory>
#include <optional>

#include "flow/pipeline.h"
#include "lab/sim_disk.h"
#include "lab/sim_network.h"
#include "lab/world.h"

namespace meterway::lab {

/// A fault that is built in on purpose, to show that the histories give it away.
enum class Plant {
  None,
  CommitAfterI99,    ///< the disk says "synced" at once and syncs later, so that I99 comes before the commit
  AckBeforeDelivery  ///< a push counts as taken before the User has it
};

/// The platform in the simulation: the real pipeline over the real store on a disk that loses what was not synced.
class SimNode {
 public:
  SimNode(Simulation& simulation, Internet& internet, const SmallWorld& world, std::uint64_t seed, Plant plant);
  ~SimNode();

  Machine& machine() { return machine_; }
  SimDisk& disk() { return disk_; }
  /// While it runs.
  flow::Pipeline& pipeline() { return *pipeline_; }
  void set_alert_code(flow::DccEvent event, const std::string& code) { settings_.dcc_alert_codes[event] = code; }
  /// From the next start on. More than one at a time keep their order only where no single frame is lost.
  void set_commands_in_flight(unsigned commands) { settings_.commands_in_flight = commands; }
  /// As they will be from the next start on.
  flow::Settings& settings() { return settings_; }
  /// Changes in memory before they are written to the database, from the next start on.
  void set_checkpoint(std::size_t bytes) { checkpoint_bytes_ = bytes; }
  /// While it runs.
  store::Store& store() { return *store_; }
  /// Loses power now; of what was not synced a random part stays.
  void crash();
  /// Loses power in the middle of the n-th change of the disk from now on.
  void crash_within(std::uint64_t operations);
  /// To be asked after each event: the power has gone as crash_within() said.
  bool died() const;
  /// Opens the store and takes up the work. Errors: those of the store.
  Status start();

 private:
  class Impatient;
  class Liar;
  Simulation& simulation_;
  Internet& internet_;
  const SmallWorld& world_;
  const Plant plant_;
  Machine machine_;
  SimDisk disk_;
  std::unique_ptr<Disk> lying_;
  SeededRandom random_;
  std::uint64_t dies_at_ = 0;
  flow::Settings settings_;
  std::size_t checkpoint_bytes_ = 256u << 10;  ///< small, so that crashes meet it
  std::shared_ptr<pki::CertificateDirectory> directory_;
  std::unique_ptr<pki::KeyStore> keys_;
  pki::CertificateHandle signer_;
  std::unique_ptr<net::Network> network_;
  std::unique_ptr<store::Store> store_;
  std::optional<flow::Context> context_;
  std::unique_ptr<flow::Pipeline> pipeline_;
};

}  // namespace meterway::lab
