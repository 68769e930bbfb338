#pragma once
#include <map>
#include <memory>
#include <optional>

#include "field/hub/home.h"

namespace meterway::field {

/// What the region has to tell the platform, kept until it is acknowledged.
struct Unacknowledged {
  std::uint64_t transaction = 0;
  Eui64 hub;
  Eui64 device;
  Bytes message;  ///< a response or an alert; empty where `event` says what it is
  std::optional<wire::LinkHubEvent> event;
};

/// What a region wants kept, as one change.
struct RegionChange {
  std::vector<Home*> homes;                  ///< their memory and the devices that take_changed() names
  std::vector<const Unacknowledged*> added;  ///< to the outbox
  std::vector<std::uint64_t> acknowledged;   ///< gone from the outbox
};

/// Where the homes of one region sleep while nobody talks to them, and where what they must remember is kept.
/// Sharing: one thread at a time.
class HomeStore {
 public:
  virtual ~HomeStore() = default;
  virtual std::vector<Eui64> hubs() const = 0;
  /// The home as it was last kept. Errors: NotFound; those of its files.
  virtual Result<std::unique_ptr<Home>> wake(Eui64 hub) = 0;
  /// In the order in which they were added.
  virtual std::vector<Unacknowledged> outbox() const = 0;
  /// Homes that have something to do of their own accord, for a region that starts, and when.
  virtual std::vector<std::pair<UtcTime, Eui64>> due() const = 0;
  /// Homes whose supply is gone.
  virtual std::vector<Eui64> without_supply() const = 0;
  /// All of it or nothing, for good once it returns. After a failure the same homes are named again with the next
  /// change, and what take_changed() gave is not asked for twice: an implementation that fails keeps what it was given.
  virtual Status keep(const RegionChange& change) = 0;
};

/// Homes in memory: for tests, and for a simulation that ends and restarts a region without a disk.
class HomesInMemory final : public HomeStore {
 public:
  explicit HomesInMemory(std::vector<Home> homes) {
    for (auto& home : homes) kept_.emplace(home.hub(), std::move(home));
  }
  std::vector<Eui64> hubs() const override;
  Result<std::unique_ptr<Home>> wake(Eui64 hub) override;
  std::vector<Unacknowledged> outbox() const override;
  std::vector<std::pair<UtcTime, Eui64>> due() const override;
  std::vector<Eui64> without_supply() const override;
  Status keep(const RegionChange& change) override;

  bool broken = false;  ///< keep() fails

 private:
  std::map<Eui64, Home> kept_;
  std::map<std::uint64_t, Unacknowledged> outbox_;
};

}  // namespace meterway::field
