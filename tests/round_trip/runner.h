#pragma once
#include "tests/round_trip/road.h"
#include "tests/round_trip/table.h"

namespace meterway::round_trip {

/// One trip by one way, in a home of its own.
struct Journey {
  const Trip* trip = nullptr;
  CommandVariant way = CommandVariant::SendCommand;
  Place place{};
};

class Runner {
 public:
  Runner(const std::vector<Trip>& trips, std::vector<Journey>& journeys, const std::filesystem::path& answers)
      : trips_(trips), road_(settle(journeys), answers) {}

  /// What went otherwise than its row says; nothing when all of it is true.
  std::string run(const Journey& journey) {
    const auto& trip = *journey.trip;
    std::string problems = before(trip, journey.place);
    if (!problems.empty()) return problems;
    Ending earlier;
    if (!trip.read.empty() && !trip.shows_before) {
      earlier = read(trip, journey.place);
      if (earlier.why.empty() && missing(trip.shows, earlier.told, journey.place).empty())
        problems += "what it is to bring about is there before\n";
    }
    const auto end = go(trip, journey.way, journey.place);
    problems += judge(trip, end, journey.place);
    const bool aloud = std::getenv("METERWAY_TRIP_TELLS") != nullptr;  // for whoever writes a row
    if (aloud) std::printf("%s\n%s", trip.name.c_str(), listed(end.told).c_str());
    if (trip.read.empty()) return problems;
    const auto later = read(trip, journey.place);
    if (!later.why.empty()) return problems + trip.read + ": " + later.why + "\n";
    if (aloud) {
      auto changed = later.told;
      std::erase_if(changed, [&](const auto& line) {
        return std::find(earlier.told.begin(), earlier.told.end(), line) != earlier.told.end();
      });
      std::printf("%s effect\n%s", trip.name.c_str(), listed(changed).c_str());
    }
    const auto lacking = missing(trip.shows, later.told, journey.place);
    if (!lacking.empty()) problems += trip.read + " does not show " + lacking + "\n" + listed(later.told);
    return problems;
  }
  std::size_t answers() const { return road_.answers(); }

 private:
  static std::vector<Place> settle(std::vector<Journey>& journeys) {
    std::vector<Place> out;
    for (auto& journey : journeys) {
      auto home = journey.trip->home;
      const bool fresh = home.ends_with('!');
      if (fresh) home.pop_back();
      const auto plus = home.find('+');
      journey.place = {out.size(), home.substr(0, plus), plus == std::string::npos ? "S" : home.substr(plus + 1),
                       !fresh};
      out.push_back(journey.place);
    }
    return out;
  }
  const Trip* find(const std::string& name) const {
    const auto at = std::find_if(trips_.begin(), trips_.end(), [&](const Trip& one) { return one.name == name; });
    return at == trips_.end() ? nullptr : &*at;
  }

  std::string before(const Trip& trip, const Place& place) {
    for (const auto& name : trip.before) {
      if (name.starts_with("alert ")) {  // "alert 8071 GPF"
        const auto words = split(name, " ");
        if (!road_.raise(place, words.at(2), static_cast<std::uint16_t>(std::stoul(words.at(1), nullptr, 16))))
          return "no " + name + "\n";
        continue;
      }
      const auto* first = find(name);
      if (first == nullptr) return "there is no trip " + name + "\n";
      const auto more = before(*first, place);
      if (!more.empty()) return more;
      const auto end = go(*first, ways_of(*first).front(), place);
      const auto why = judge(*first, end, place);
      if (!why.empty()) return "before it, " + name + ": " + why;
    }
    return {};
  }
  Ending go(const Trip& trip, CommandVariant way, const Place& place) {
    auto end = road_.go(trip, way, place);
    if (trip.date.empty() || trip.date.ends_with("!")) return end;
    const auto number = trip.date.find_first_of("0123456789");
    road_.pass(
        std::chrono::seconds(std::strtol(trip.date.c_str() + std::min(number, trip.date.size()), nullptr, 10) + 5));
    for (auto& line : road_.pushed_so_far()) end.told.push_back(std::move(line));
    return end;
  }
  std::string judge(const Trip& trip, const Ending& end, const Place& place) {
    std::string problems = end.why.empty() ? "" : end.why + "\n";
    if (end.code != trip.answer) problems += "ended with " + end.code + " and not with " + trip.answer + "\n";
    const auto lacking = missing(trip.tells, end.told, place);
    if (!lacking.empty()) problems += "it does not tell " + lacking + "\n";
    return problems.empty() ? "" : problems + listed(end.told);
  }
  /// What the row's reading tells: of another request, or of the device's memory.
  Ending read(const Trip& trip, const Place& place) {
    if (trip.read == "memory") return {"", road_.memory(place, trip.device), ""};
    if (trip.read == "record") return {"", road_.record_of_held(), ""};
    const auto* reading = find(trip.read);
    if (reading == nullptr) return {"", {}, "there is no such trip"};
    auto end = road_.go(*reading, ways_of(*reading).front(), place);
    end.told.push_back("code=" + end.code);
    // A reading that is refused shows nothing, unless that is what it is to show.
    const bool awaited =
        std::any_of(trip.shows.begin(), trip.shows.end(), [](const auto& f) { return f.starts_with("code="); });
    if (end.code != reading->answer && !awaited) end.why += "ended with " + end.code;
    return end;
  }
  std::string missing(const std::vector<std::string>& facts, const Lines& told, const Place& place) {
    std::string out;
    for (const auto& fact : facts) {
      const auto said = road_.say_here(fact, place);
      if (!holds(said, told)) out += (out.empty() ? "" : " ; ") + said;
    }
    return out;
  }
  static std::string listed(const Lines& lines) {
    std::string out;
    for (std::size_t i = 0; i < lines.size() && i < 200; ++i) out += "    " + lines[i].substr(0, 200) + "\n";
    return out;
  }

  const std::vector<Trip>& trips_;
  Road road_;
};

}  // namespace meterway::round_trip
