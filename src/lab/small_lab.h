#pragma once
#include "lab/sim_estate.h"
#include "lab/sim_node.h"
#include "lab/sim_user.h"

/// A world of a few homes whose misfortunes a test arranges one by one.
namespace meterway::lab {

struct SmallLab {
  static constexpr std::uint64_t kSeed = 5;
  /// `stranger`: a User whom the meters do not know, and leave without an answer.
  explicit SmallLab(std::size_t homes, std::optional<Eui64> stranger = {})
      : world(make(homes, {})), at_home(make(homes, stranger)) {}
  ~SmallLab() {
    node.crash();
    estate.crash();
    simulation.drop();
  }
  SmallLab(const SmallLab&) = delete;
  SmallLab& operator=(const SmallLab&) = delete;

  void advance(std::chrono::milliseconds by) {
    simulation.run_until(simulation.now() + by, [] {});
  }
  /// What `who` received, in the order it came.
  std::vector<Seen> received(Eui64 who) const {
    std::vector<Seen> out;
    for (const auto& seen : history) {
      if (seen.kind == Seen::Kind::Received && seen.who == who) out.push_back(seen);
    }
    return out;
  }

  static std::unique_ptr<SmallWorld> make(std::size_t homes, std::optional<Eui64> without) {
    auto made = SmallWorld::make(homes, *from_iso8601("2026-06-01T00:00:00Z")).value();
    if (without) made->forget(*without);
    return made;
  }

  std::unique_ptr<SmallWorld> world, at_home;  ///< the same, as platform and Users see it, and the homes
  History history{};
  Simulation simulation{kSeed, *from_iso8601("2026-06-01T00:00:00Z")};
  Internet internet{simulation};
  SimNode node{simulation, internet, *world, kSeed, Plant::None};
  SimEstate estate{simulation, internet, *at_home, history};
  SimUser supplier{simulation, internet, *world, kSupplier, "supplier", history};
  SimUser network{simulation, internet, *world, kNetwork, "network", history};
};

}  // namespace meterway::lab
