#include "flow/outage/board.h"

#include <algorithm>
#include <map>
#include <set>

#include "flow/outage/percentile.h"

namespace meterway::flow::outage {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t kPage = 5000;
constexpr std::chrono::seconds kTarget{60};

bool is_one_of(std::string_view words, std::string_view word) {
  if (words.empty()) return true;
  while (!words.empty()) {
    const auto one = words.substr(0, words.find(','));
    if (one == word) return true;
    words.remove_prefix(std::min(one.size() + 1, words.size()));
  }
  return false;
}

bool is_his(const registry::Device& meter, const Selection& selection, UtcTime at) {
  if (!selection.users) return true;
  return std::any_of(meter.responsible.begin(), meter.responsible.end(), [&](const registry::Responsibility& one) {
    return selection.takes(one.user) && (!one.from || *one.from <= at) && (!one.until || at < *one.until);
  });
}

/// Of those told, or where nobody was (yet) by the inventory.
Result<std::size_t> meters_of(const store::ReadView& view, const Outage& outage, const Selection& selection) {
  if (!outage.told.empty()) {
    std::set<Eui64> meters;
    for (const auto& told : outage.told) {
      if (selection.takes(told.user)) meters.insert(told.meter);
    }
    return meters.size();
  }
  METERWAY_TRY(const auto devices, registry::devices_of_hub(view, outage.hub));
  return static_cast<std::size_t>(std::count_if(devices.begin(), devices.end(), [&](const registry::Device& device) {
    return device.type == DeviceType::ESME && is_his(device, selection, outage.lost);
  }));
}

std::string region_of(const std::string& region) { return region.empty() ? "unknown" : region; }

double milliseconds(UtcTime from, UtcTime to) { return static_cast<double>((to - from).count()) / 1000; }

/// What a row of the board counts.
struct Group {
  std::size_t hubs_off = 0, losses = 0, largest_event = 0, restored = 0, repeats = 0;
  std::size_t owed = 0, within = 0, open = 0;
  std::map<State, std::size_t> by_state;
  std::size_t nobody_to_tell = 0;
  std::vector<double> delivered, acknowledged;
  std::map<std::string, std::vector<double>> hops;

  void add(const Row& row) {
    const auto state = state_of(row.outage);
    ++losses;
    ++by_state[state];
    hubs_off += state == State::Off || state == State::Waiting ? 1 : 0;
    restored += row.outage.restored ? 1 : 0;
    repeats += row.outage.repeats;
    nobody_to_tell += row.outage.progress == Progress::Raised && row.outage.told.empty() ? 1 : 0;
  }
  void add(const Figure& figure) {
    largest_event = std::max(largest_event, figure.event_size);
    if (figure.kind != Figure::Kind::Loss) return;
    ++owed;
    if (figure.delivered != UtcTime()) delivered.push_back(milliseconds(figure.owed, figure.delivered));
    if (figure.acknowledged == UtcTime()) {
      ++open;
    } else {
      acknowledged.push_back(milliseconds(figure.owed, figure.acknowledged));
      within += figure.acknowledged - figure.owed <= kTarget ? 1 : 0;
    }
    for (const auto& [name, at] : {std::pair{"hub_sent", figure.hub_sent},
                                   {"region_received", figure.region_received},
                                   {"region_sent", figure.region_sent},
                                   {"accepted", figure.accepted},
                                   {"raised", figure.raised},
                                   {"delivered", figure.delivered},
                                   {"acknowledged", figure.acknowledged}}) {
      if (at != UtcTime()) hops[name].push_back(milliseconds(figure.owed, at));
    }
  }
  std::size_t count(State state) const {
    const auto found = by_state.find(state);
    return found == by_state.end() ? 0 : found->second;
  }
};

Json to_json(const std::string& region, Group& group) {
  Json hops = Json::object();
  for (const auto* name :
       {"hub_sent", "region_received", "region_sent", "accepted", "raised", "delivered", "acknowledged"})
    hops[name] = percentiles(std::move(group.hops[name]));
  const Json share =
      group.owed == 0 ? Json(nullptr) : Json(static_cast<double>(group.within) / static_cast<double>(group.owed));
  return {{"region", region},
          {"hubs_off", group.hubs_off},
          {"losses", group.losses},
          {"largest_event", group.largest_event},
          {"restored", group.restored},
          {"repeats", group.repeats},
          {"owed", group.owed},
          {"within_target", group.within},
          {"share", share},
          {"not_acknowledged", group.open},
          {"left_out",
           {{"short", group.count(State::Short)},
            {"waiting", group.count(State::Waiting)},
            {"nobody_to_tell", group.nobody_to_tell},
            {"return_only", group.count(State::ReturnOnly)}}},
          {"to_acknowledged_ms", percentiles(std::move(group.acknowledged))},
          {"to_delivered_ms", percentiles(std::move(group.delivered))},
          {"hops_ms", std::move(hops)}};
}

}  // namespace

std::string_view to_string(State state) {
  constexpr std::string_view kNames[] = {"waiting", "off", "restored", "short", "return_only"};
  return kNames[static_cast<std::size_t>(state)];
}

State state_of(const Outage& outage) {
  if (!outage.loss_report) return State::ReturnOnly;
  if (outage.progress == Progress::NotOwed) return State::Short;
  if (outage.restored) return State::Restored;
  return outage.progress == Progress::Waiting ? State::Waiting : State::Off;
}

Result<std::vector<Row>> rows(const store::ReadView& view, const BoardQuery& query) {
  std::vector<Row> out;
  const auto& selection = query.selection;
  auto from = query.hub ? query.hub->plain() : std::string();
  for (bool more = true; more;) {
    METERWAY_TRY(auto page, outages_from(view, from, kPage));
    more = page.size() == kPage;
    for (auto& outage : page) {
      from = outage.key() + '\0';
      if (query.hub && outage.hub != *query.hub) {
        more = false;
        break;
      }
      if ((selection.from && outage.lost < *selection.from) || (selection.until && outage.lost >= *selection.until))
        continue;
      if (!is_one_of(query.region, region_of(outage.region))) continue;
      if (!is_one_of(query.state, to_string(state_of(outage)))) continue;
      METERWAY_TRY(const auto meters, meters_of(view, outage, selection));
      if (selection.users && meters == 0) continue;
      out.push_back({std::move(outage), meters});
      if (out.size() > kMostFigures) return fail(ErrorCode::TooLarge, kMostFigures, "outages; ask for a shorter time");
    }
  }
  return out;
}

std::string board_json(const std::vector<Row>& rows, const std::vector<Figure>& figures, UtcTime now) {
  std::map<std::string, Group> regions;
  Group all;
  for (const auto& row : rows) {
    all.add(row);
    regions[region_of(row.outage.region)].add(row);
  }
  for (const auto& figure : figures) {
    all.add(figure);
    regions[region_of(figure.region)].add(figure);
  }
  Json list = Json::array();
  const auto off = all.hubs_off;
  list.push_back(to_json("all", all));
  for (auto& [region, group] : regions) list.push_back(to_json(region, group));
  const Json out = {
      {"as_of", to_iso8601(now)},
      {"target_s", kTarget.count()},
      {"hubs_off", off},
      {"definitions",
       {{"region", "CSPRegion of the hub in the inventory; unknown: it says none"},
        {"hubs_off", "hubs that have reported a loss, and no return"},
        {"owed",
         "alerts AD1 that were owed, one for each meter and User: a loss that had lasted three minutes "
         "(outage_after); the denominator of share"},
        {"within_target", "of those, answered by the User with 204 at most target_s after it was owed"},
        {"left_out",
         "no part of owed: short: back in time; waiting: not owed yet; nobody_to_tell: no meter or nobody "
         "responsible there; return_only: the loss itself was never reported"},
        {"repeats", "reports that came again, or late: counted, and nobody was told twice"},
        {"to_acknowledged_ms", "from owed until the User had answered it with 204"},
        {"to_delivered_ms", "from owed until the push that the User took was begun"},
        {"hops_ms", "from owed until that hop; negative before it"}}},
      {"regions", std::move(list)}};
  return out.dump(1) + "\n";
}

}  // namespace meterway::flow::outage
