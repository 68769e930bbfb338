#include "lab/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "lab/sim_estate.h"
#include "lab/sim_user.h"

namespace meterway::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr std::array<std::string_view, kFaults> kNames{"crash", "torn",   "full",  "pause", "clock",
                                                       "link",  "region", "users", "http",  "supply"};
constexpr std::array<std::string_view, 3> kPlants{"none", "commit-after-i99", "ack-before-delivery"};
// What a request may take when everything works again: the deadlines one after the other, and the longest retry.
constexpr seconds kQuiet{20}, kLongestQuiet{500}, kLongestDarkness{300};

class Run {
 public:
  Run(const RunSettings& settings, const SmallWorld& world, UtcTime start)
      : settings_(settings),
        simulation_(settings.seed, start),
        internet_(simulation_),
        node_(simulation_, internet_, world, settings.seed + 1, settings.plant),
        estate_(simulation_, internet_, world, history_, {}, block_bytes(settings)),
        end_of_load_(start + settings.load) {
    users_.push_back(std::make_unique<SimUser>(simulation_, internet_, world, kSupplier, "supplier", history_));
    users_.push_back(std::make_unique<SimUser>(simulation_, internet_, world, kNetwork, "network", history_));
  }

  ~Run() {
    node_.crash();
    estate_.crash();
    simulation_.drop();
  }

  Result<RunResult> run() {
    node_.settings().link_block_bytes = block_bytes(settings_);
    if (settings_.faults.count(Fault::Link) == 0) node_.set_commands_in_flight(flow::Settings{}.commands_in_flight);
    METERWAY_CHECK(node_.start());
    for (std::size_t i = 0; i < settings_.requests; ++i) {
      const auto at = simulation_.now() + simulation_.between(milliseconds(0), settings_.load);
      simulation_.at(at, [this] { ask(); });
    }
    if (!settings_.faults.empty()) schedule_fault();
    advance(end_of_load_);
    heal();
    std::size_t quiet = 0;  // how often in a row nothing was left to do
    while (simulation_.now() < end_of_load_ + kLongestQuiet && quiet < 2 && !broken_) {
      advance(simulation_.now() + kQuiet);
      const bool settled = judge(history_, simulation_.now()).holds() && simulation_.now() > last_moment_ + kQuiet;
      quiet = settled && users_[0]->open() + users_[1]->open() == 0 ? quiet + 1 : 0;
    }
    if (broken_) return Unexpected{*broken_};
    out_.verdict = judge(history_, simulation_.now());
    for (const auto& user : users_) {
      if (user->open() != 0)
        out_.verdict.broken.push_back(fmt::format("{} requests were never told anything", user->open()));
    }
    auto blind = history_;
    for (auto& seen : blind) seen.content.clear();
    const auto text = write_history(blind);
    const auto digest = crypto::sha256(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    out_.digest = to_hex(ByteView(digest).first(16));
    out_.history = std::move(history_);
    out_.ended = simulation_.now();
    out_.events = simulation_.events();
    return std::move(out_);
  }

 private:
  /// On a bad link, of every other seed everything is too large for one frame.
  static std::size_t block_bytes(const RunSettings& settings) {
    const bool in_blocks = settings.seed % 2 == 0 && settings.faults.count(Fault::Link) != 0;
    return in_blocks ? wire::kLinkLeastWholeBytes : wire::kLinkWholeBytes;
  }
  void advance(UtcTime end) {
    simulation_.run_until(end, [this] {
      if (node_.died()) crash();
    });
  }

  void ask() {
    static constexpr std::array<std::string_view, 5> kServices{"7.4", "7.4", "7.4", "7.1", "8.2"};
    const bool supplier = simulation_.happens(0.7);
    if (simulation_.happens(0.1)) {
      // At a moment among the faults, or when they are over and every one has to come.
      Wish wish;
      wish.date = simulation_.happens(0.5) ? simulation_.now() + simulation_.between(seconds(2), seconds(30))
                                           : end_of_load_ + simulation_.between(seconds(310), seconds(330));
      last_moment_ = std::max(last_moment_, *wish.date);
      return users_[supplier ? 0 : 1]->ask("5.1", SmallWorld::meter(simulation_.draw(settings_.homes)), wish);
    }
    // Only a supplier may have the supply enabled.
    const auto service = supplier ? kServices[simulation_.draw(kServices.size())] : kServices[0];
    users_[supplier ? 0 : 1]->ask(service, SmallWorld::meter(simulation_.draw(settings_.homes)));
  }

  void crash() {
    ++out_.crashes;
    node_.crash();
    simulation_.at(simulation_.now() + simulation_.between(milliseconds(200), milliseconds(4000)),
                   [this] { restart(); });
  }
  /// As often as it takes, as whoever watches over a process does: a full disk lets nobody start.
  void restart() {
    if (node_.machine().running()) return;
    const auto started = node_.start();
    if (started) return;
    if (simulation_.now() > end_of_load_ + kQuiet) broken_ = started.error();
    simulation_.at(simulation_.now() + seconds(1), [this] { restart(); });
  }

  /// For a while, then as before.
  void during(milliseconds least, milliseconds most, std::function<void()> begin, std::function<void()> end) {
    begin();
    simulation_.at(simulation_.now() + simulation_.between(least, most), std::move(end));
  }

  void schedule_fault() {
    const auto at = simulation_.now() + simulation_.between(milliseconds(500), milliseconds(8000));
    if (at >= end_of_load_) return;
    simulation_.at(at, [this] {
      auto fault = settings_.faults.begin();
      std::advance(fault, static_cast<std::ptrdiff_t>(simulation_.draw(settings_.faults.size())));
      strike(*fault);
      schedule_fault();
    });
  }

  void restore(Eui64 hub) {
    if (!estate_.restore_supply(hub)) simulation_.at(simulation_.now() + seconds(1), [this, hub] { restore(hub); });
  }

  void strike(Fault fault) {
    ++out_.faults;
    auto& net = internet_.faults;
    const bool up = node_.machine().running();
    switch (fault) {
      case Fault::Crash:
        if (up) crash();
        break;
      case Fault::Torn:
        if (up) node_.crash_within(1 + simulation_.draw(60));
        break;
      case Fault::Full:
        during(
            milliseconds(500), milliseconds(9000), [this] { node_.disk().set_full(true); },
            [this] { node_.disk().set_full(false); });
        break;
      case Fault::Pause:
        (simulation_.happens(0.7) ? node_.machine() : estate_.machine())
            .pause(simulation_.between(milliseconds(100), milliseconds(12'000)));
        break;
      case Fault::Clock: {
        const auto by = simulation_.between(milliseconds(10), milliseconds(60'000));
        node_.machine().step_clock(simulation_.happens(0.5) ? by : -by);
        break;
      }
      case Fault::Link:
        during(
            milliseconds(1000), milliseconds(10'000),
            [&] {
              net.lose_frame = 0.05 * static_cast<double>(simulation_.draw(8));
              net.repeat_frame = 0.05 * static_cast<double>(simulation_.draw(8));
              net.break_connection = 0.01 * static_cast<double>(simulation_.draw(6));
              if (simulation_.happens(0.4)) internet_.break_links();
            },
            [&net] { net.lose_frame = net.repeat_frame = net.break_connection = 0; });
        break;
      case Fault::Region:
        if (!estate_.machine().running()) break;
        during(
            milliseconds(100), milliseconds(6000), [this] { estate_.crash(); }, [this] { estate_.start(); });
        break;
      case Fault::Users: {
        auto& user = *users_[simulation_.draw(users_.size())];
        const auto mood = static_cast<Mood>(1 + simulation_.draw(3));
        during(
            milliseconds(1000), milliseconds(20'000), [&user, mood] { user.mood = mood; },
            [&user] { user.mood = Mood::Well; });
        break;
      }
      case Fault::Http:
        during(
            milliseconds(1000), milliseconds(10'000),
            [&] { net.lose_call = net.lose_answer = 0.1 * static_cast<double>(1 + simulation_.draw(4)); },
            [&net] { net.lose_call = net.lose_answer = 0; });
        break;
      case Fault::Supply: {
        const auto hub = SmallWorld::hub(simulation_.draw(settings_.homes));
        if (!estate_.lose_supply(hub)) break;
        simulation_.at(simulation_.now() + simulation_.between(seconds(10), kLongestDarkness),
                       [this, hub] { restore(hub); });
        break;
      }
    }
  }

  /// The end of all faults: what is owed can be delivered now.
  void heal() {
    internet_.faults = {};
    node_.disk().set_full(false);
    for (auto& user : users_) user->mood = Mood::Well;
    node_.machine().step_clock(-node_.machine().clock_error());
  }

  const RunSettings settings_;
  History history_;
  Simulation simulation_;
  Internet internet_;
  SimNode node_;
  SimEstate estate_;
  std::vector<std::unique_ptr<SimUser>> users_;
  const UtcTime end_of_load_;
  UtcTime last_moment_{};  ///< of the schedules
  std::optional<Error> broken_;
  RunResult out_;
};

}  // namespace

std::string_view to_string(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }

Result<std::set<Fault>> parse_faults(std::string_view text) {
  std::set<Fault> faults;
  if (text == "none") return faults;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto name = text.substr(0, comma);
    bool known = name == "all";
    for (std::size_t i = 0; i < kFaults; ++i) {
      if (name != kNames[i] && name != "all") continue;
      faults.insert(static_cast<Fault>(i));
      known = true;
    }
    if (!known) return fail(ErrorCode::NotFound, 0, "fault");
    text.remove_prefix(std::min(text.size(), comma + 1));
  }
  return faults;
}

Result<Plant> parse_plant(std::string_view text) {
  const auto found = std::find(kPlants.begin(), kPlants.end(), text);
  if (found == kPlants.end()) return fail(ErrorCode::NotFound, 0, "planted fault");
  return static_cast<Plant>(found - kPlants.begin());
}

Result<RunResult> run_lab(const RunSettings& settings) {
  const auto start = *from_iso8601("2026-06-01T00:00:00Z");
  // Keys are the same for every run of as many homes, and dear: made once.
  static std::map<std::size_t, std::unique_ptr<SmallWorld>> worlds;
  auto& world = worlds[settings.homes];
  if (!world) {
    METERWAY_TRY(world, SmallWorld::make(settings.homes, start));
  }
  Run run(settings, *world, start);
  return run.run();
}

std::string repeat_command(const RunSettings& settings) {
  std::string faults;
  for (const auto fault : settings.faults) faults += (faults.empty() ? "" : ",") + std::string(to_string(fault));
  auto text = fmt::format("meterway lab --seed {} --seconds {} --homes {} --requests {} --faults {}", settings.seed,
                          settings.load.count(), settings.homes, settings.requests, faults.empty() ? "none" : faults);
  if (settings.plant != Plant::None)
    text += " --plant " + std::string(kPlants[static_cast<std::size_t>(settings.plant)]);
  return text;
}

}  // namespace meterway::lab
