#include "flow/live/lines.h"

#include <algorithm>

namespace meterway::flow::live {
namespace {

store::Event copy_of(const store::EventView& event) {
  return {event.sequence,
          event.time,
          std::string(event.key),
          std::string(event.step),
          std::string(event.outcome),
          std::string(event.detail),
          {}};
}

void follow(Line& line, const store::EventView& event, std::size_t size_bytes) {
  ++line.events;
  line.first = std::min(line.first, event.time);
  if (event.sequence < line.event.sequence) return;
  line.event = copy_of(event);
  line.size_bytes = size_bytes;
}

}  // namespace

bool Lines::add(const store::EventView& event, std::size_t size_bytes, const KeyFacts& facts) {
  if (grouped_) {
    const auto known = keys_.find(std::string(event.key));
    if (known != keys_.end()) {
      ++fitted_;
      const auto at = std::lower_bound(places_.begin(), places_.end(), known->second);
      if (at != places_.end() && *at == known->second)
        follow(lines_[static_cast<std::size_t>(at - places_.begin())], event, size_bytes);
      return true;
    }
  }
  if (full()) return false;
  ++fitted_;
  const auto place = next_place_++;
  if (grouped_) keys_.emplace(std::string(event.key), place);
  if (place % one_in_ != 0) return true;
  if (lines_.size() == most_) thin();
  if (place % one_in_ != 0) return true;
  Line line;
  line.event = copy_of(event);
  line.size_bytes = size_bytes;
  line.first = event.time;
  line.facts = facts;
  lines_.push_back(std::move(line));
  places_.push_back(place);
  return true;
}

void Lines::thin() {
  while (lines_.size() >= most_) {
    one_in_ *= 2;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (places_[i] % one_in_ != 0) continue;
      if (kept != i) {
        lines_[kept] = std::move(lines_[i]);
        places_[kept] = places_[i];
      }
      ++kept;
    }
    lines_.resize(kept);
    places_.resize(kept);
    if (most_ == 1) break;  // the first of all stays
  }
}

}  // namespace meterway::flow::live
