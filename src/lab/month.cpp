#include "lab/month.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/sim_estate.h"
#include "lab/sim_user.h"
#include "records/store/event_log.h"

namespace meterway::lab {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Crowd kCrowd{5, 3, 2};
constexpr std::size_t kHomes = 90;
constexpr unsigned kMostKept = 50;  // shares with more requests than this leaves do not keep their history
// Nothing begins so near the ends of the month that it could be stamped on either side of them.
constexpr minutes kEdge{5};
constexpr hours kTopUp{3};
constexpr hours kLongestDate{24 * 8};

struct Offer {
  UserRole role;
  std::string_view service;
  unsigned weight;
  bool dated;
};
/// What Users ask for: the shares are ours.
constexpr Offer kOffers[] = {
    {UserRole::IS, "7.4", 20, false}, {UserRole::IS, "4.1.1", 20, false}, {UserRole::IS, "4.1.1", 6, true},
    {UserRole::IS, "7.1", 8, false},  {UserRole::IS, "8.2", 6, false},    {UserRole::ED, "7.4", 15, false},
    {UserRole::ED, "4.1.1", 6, true}, {UserRole::ED, "8.2", 4, false},    {UserRole::OU, "8.2", 15, false},
};

class Road final : public Month {
 public:
  Road(const MonthSettings& settings, std::unique_ptr<SmallWorld> world)
      : settings_(settings),
        world_(std::move(world)),
        begin_(settings.month),
        end_(calendar::last_of_month(settings.month) + std::chrono::days(1)),
        simulation_(settings.seed, begin_ - hours(1)),
        internet_(simulation_),
        node_(simulation_, internet_, *world_, settings.seed + 1, Plant::None),
        counter_(begin_, end_, *world_) {
    for (const auto region : kRegions)
      estates_.push_back(std::make_unique<SimEstate>(simulation_, internet_, *world_, history_, region));
    for (const auto& user : world_->users()) {
      const auto host = user.push_url.substr(7, user.push_url.rfind('/') - 7);
      users_.push_back(std::make_unique<SimUser>(simulation_, internet_, *world_, user.eui, host, history_));
    }
    // The platform as it is set up by default.
    node_.settings() = {};
    node_.set_checkpoint(8u << 20);
  }
  ~Road() override {
    node_.crash();
    for (const auto& estate : estates_) estate->crash();
    simulation_.drop();
  }

  Status run() {
    METERWAY_CHECK(node_.start());
    advance(begin_ - minutes(50));
    for (int i = 0; i < 5; ++i) at(begin_ - minutes(40) + minutes(5 * i), [this] { ask(); });  // of the month before
    schedule_asks();
    schedule_troubles();
    while (simulation_.now() < end_ - kTopUp && !broken_) advance(simulation_.now() + hours(1));
    METERWAY_CHECK(top_up());
    for (int i = 0; i < 5; ++i) at(end_ + kEdge + minutes(5 * i), [this] { ask(); });  // of the month after
    at(end_ + hours(24) + minutes(20), [this] { ask(); });                             // by then everything is due
    while (simulation_.now() < end_ + hours(25) && !broken_) advance(simulation_.now() + hours(1));
    // What waits for a date of the month after comes to its end, too.
    while (simulation_.now() < end_ + kLongestDate + hours(2) && !broken_) advance(simulation_.now() + hours(1));
    if (broken_) return Unexpected{*broken_};
    if (settings_.share >= kMostKept) verdict_ = judge(kept_);
    own_ = counter_.count();
    // What is on the disk is what counts.
    node_.crash();
    return node_.start();
  }

  const MonthSettings& settings() const override { return settings_; }
  const SmallWorld& world() const override { return *world_; }
  const OwnCount& own() const override { return own_; }
  store::Store& store() override { return node_.store(); }
  const Verdict& verdict() const override { return verdict_; }
  std::uint64_t crashes() const override { return crashes_; }
  std::vector<Line> mix() const override {
    std::vector<Line> out;
    for (const auto& user : world_->users()) {
      for (const auto& offer : kOffers) {
        if (std::find(user.roles.begin(), user.roles.end(), offer.role) != user.roles.end())
          out.push_back({user.eui, std::string(offer.service), "", offer.dated});
      }
    }
    return out;
  }

 private:
  template <class Work>
  void at(UtcTime time, Work work) {
    simulation_.at(time, std::move(work));
  }

  void advance(UtcTime end) {
    simulation_.run_until(end, [this] {
      if (node_.died()) crash();
    });
    counter_.take(history_);
    if (settings_.share >= kMostKept) kept_.insert(kept_.end(), history_.begin(), history_.end());
    history_.clear();
  }

  /// One after the other, each in its own piece of the month.
  void schedule_asks() {
    piece_ = std::chrono::duration_cast<microseconds>(end_ - begin_ - kEdge - kTopUp) /
             static_cast<std::int64_t>(settings_.requests());
    ask_in_piece(0);
  }
  void ask_in_piece(std::uint64_t number) {
    if (number == settings_.requests()) return;
    const auto from = begin_ + kEdge + piece_ * static_cast<std::int64_t>(number);
    at(from + simulation_.between(microseconds(0), piece_), [this, number] {
      ask();
      if (simulation_.draw(1000) < 25) ask_in_vain();
      if (simulation_.draw(300) == 0) trip();
      if (simulation_.draw(150) == 0) darken();
      if (number == settings_.requests() / 2) plant();
      ask_in_piece(number + 1);
    });
  }

  SimUser& user_of(Eui64 eui) {
    return **std::find_if(users_.begin(), users_.end(), [&](const auto& user) { return user->self() == eui; });
  }
  void ask() {
    unsigned all = 0;
    for (const auto& offer : kOffers) all += offer.weight;
    auto chosen = simulation_.draw(all);
    const auto* offer = std::begin(kOffers);
    while (chosen >= offer->weight) chosen -= (offer++)->weight;
    const auto home = simulation_.draw(kHomes);
    const auto user = offer->role == UserRole::IS   ? world_->supplier_of(home)
                      : offer->role == UserRole::ED ? world_->network_of(home)
                                                    : Eui64(kOther.value() + simulation_.draw(kCrowd.others));
    Wish wish;
    // Some for the month after.
    if (offer->dated) wish.date = simulation_.now() + simulation_.between(minutes(2), kLongestDate);
    if (simulation_.draw(100) < 3)
      wish.again = simulation_.happens(0.5) ? simulation_.between(microseconds(0), milliseconds(50))
                                            : simulation_.between(seconds(1), hours(48));
    user_of(user).ask(offer->service, SmallWorld::meter(home), wish);
  }

  /// What is refused is no Service Request that was sent.
  void ask_in_vain() {
    const auto home = simulation_.draw(kHomes);
    const auto other = (home + 3) % kHomes;  // of the next supplier
    switch (simulation_.draw(4)) {
      case 0:
        return user_of(world_->network_of(home)).ask("7.1", SmallWorld::meter(home));  // not his role's
      case 1:
        return user_of(world_->supplier_of(other)).ask("7.4", SmallWorld::meter(home));  // not his meter
      case 2:
        return user_of(world_->supplier_of(home)).ask("7.4", SmallWorld::meter(kHomes + home));  // of nobody
      default:
        return user_of(world_->supplier_of(home)).ask("7.4", SmallWorld::meter(home), {{}, {}, true});
    }
  }

  bool calm() const { return simulation_.now() < begin_ + kEdge || simulation_.now() >= end_ - 2 * kTopUp; }

  /// A power cut while a request is on its way through the platform.
  void trip() {
    if (calm() || !node_.machine().running()) return;
    if (simulation_.happens(0.5)) return node_.crash_within(1 + simulation_.draw(40));
    at(simulation_.now() + simulation_.between(microseconds(0), milliseconds(120)), [this] {
      if (node_.machine().running()) crash();
    });
  }
  void crash() {
    ++crashes_;
    node_.crash();
    const auto off = simulation_.happens(0.8) ? simulation_.between(milliseconds(200), seconds(4))
                                              : simulation_.between(minutes(1), minutes(4));
    at(simulation_.now() + off, [this, from = simulation_.now()] {
      counter_.away({}, from, simulation_.now());
      restart();
    });
  }
  void restart() {
    if (node_.machine().running()) return;
    if (const auto started = node_.start(); !started) broken_ = started.error();
  }

  SimEstate& estate_of(Eui64 hub) { return *estates_[SmallWorld::home_of(hub) % kRegions.size()]; }
  void darken() {
    if (calm()) return;
    const auto hub = SmallWorld::hub(simulation_.draw(kHomes));
    if (!estate_of(hub).lose_supply(hub)) return;
    const auto off = simulation_.happens(0.9) ? simulation_.between(minutes(1), minutes(10))
                                              : simulation_.between(hours(10), hours(50));
    at(std::min(simulation_.now() + off, end_ - kTopUp), [this, hub] { restore(hub); });
  }
  void restore(Eui64 hub) {
    if (!estate_of(hub).restore_supply(hub)) at(simulation_.now() + minutes(1), [this, hub] { restore(hub); });
  }

  void schedule_troubles() {
    const auto on_day = [&](int day, int hour) { return begin_ + hours(24 * (day - 1) + hour); };
    const auto deaf = [&](SimUser& user, UtcTime from, hours length) {
      at(from, [&user] { user.mood = Mood::Dead; });
      at(from + length, [&user] { user.mood = Mood::Well; });
    };
    deaf(*users_[1], on_day(6, 9), hours(40));
    deaf(*users_[kCrowd.suppliers], on_day(17, 2), hours(44));
    const auto away = [&](std::size_t region, UtcTime from, hours length) {
      at(from, [this, region] { estates_[region]->crash(); });
      at(from + length, [this, region] { estates_[region]->start(); });
      counter_.away(kRegions[region], from, from + length);
    };
    away(1, on_day(9, 3), hours(6));
    away(2, on_day(20, 8), hours(48));
  }

  /// What was asked and refused for its counter, overtaken while the platform was away, is asked for anew.
  Status top_up() {
    for (int i = 0; i < 100 && !broken_; ++i) {
      advance(simulation_.now() + minutes(1));
      const auto sent = counter_.sent();
      if (sent == settings_.requests()) return {};
      if (sent > settings_.requests()) break;
      for (auto missing = settings_.requests() - sent; missing > 0; --missing) ask();
    }
    return broken_ ? Status(Unexpected{*broken_}) : fail(ErrorCode::Conflict, counter_.sent(), "requests of the month");
  }

  void plant() {
    if (settings_.plant == MonthPlant::None || !node_.machine().running()) return;
    const auto done = node_.store().write([&](store::WriteView& view) -> Status {
      const RequestId never{kSupplier, SmallWorld::meter(0), {1}};
      if (settings_.plant == MonthPlant::CountTwice) {
        METERWAY_TRY(
            const auto sequence,
            store::append_event(
                view, {0, simulation_.now(), never.text(), "authorise", "passed", "service 7.4 for supplier", {}}));
        (void)sequence;
        return {};
      }
      std::string victim;
      METERWAY_TRY(const auto events, store::events_from(view, 1'000, 2'000));
      for (const auto& event : events) {
        if (event.time >= begin_ && event.step == "authorise") victim = event.request_id;
      }
      for (std::uint64_t from = 0;;) {
        METERWAY_TRY(from, store::remove_events(view, from, simulation_.now(), 1'000,
                                                [&](std::string_view key) -> Result<bool> { return key != victim; }));
        if (from == 0) break;
      }
      return view.erase("event-removed", "");  // and not so that anybody could know of it
    });
    if (!done) broken_ = done.error();
  }

  const MonthSettings settings_;
  const std::unique_ptr<SmallWorld> world_;
  const UtcTime begin_, end_;
  History history_, kept_;
  Simulation simulation_;
  Internet internet_;
  SimNode node_;
  std::vector<std::unique_ptr<SimEstate>> estates_;  ///< by region
  std::vector<std::unique_ptr<SimUser>> users_;
  OwnCounter counter_;
  microseconds piece_{};
  std::uint64_t crashes_ = 0;
  std::optional<Error> broken_;
  OwnCount own_;
  Verdict verdict_;
};

}  // namespace

Result<std::unique_ptr<Month>> Month::run(const MonthSettings& settings) {
  METERWAY_TRY(auto world, SmallWorld::make(kHomes, UtcTime(settings.month) - hours(1), kCrowd));
  auto road = std::make_unique<Road>(settings, std::move(world));
  METERWAY_CHECK(road->run());
  return std::unique_ptr<Month>(std::move(road));
}

}  // namespace meterway::lab
