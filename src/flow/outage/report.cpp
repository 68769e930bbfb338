#include "flow/outage/report.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "flow/outage/percentile.h"
#include "records/registry/device.h"
#include "records/store/event_log.h"

namespace meterway::flow::outage {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Figure::Kind;

constexpr std::size_t kPage = 10'000;
constexpr std::size_t kMostAlertsOfMeter = 10'000;
constexpr std::chrono::seconds kTarget{60};
constexpr std::chrono::minutes kSkew{2};  // how far the clocks of a hub and of the platform may be apart

/// Stamps of the push that the User took.
void read_delivery(const std::vector<store::Event>& events, Figure& figure) {
  UtcTime begun{};
  for (const auto& event : events) {
    if (event.step != "deliver") continue;
    if (event.outcome == "queued" && figure.raised == UtcTime()) figure.raised = event.time;
    if (event.outcome == "pushed") begun = event.time;
    if (event.outcome != "delivered" || figure.acknowledged != UtcTime()) continue;
    figure.acknowledged = event.time;
    figure.delivered = begun == UtcTime() ? event.time : begun;
  }
}

void read_report(const std::optional<Stamps>& report, Figure& figure) {
  if (!report) return;
  figure.hub_sent = report->hub_sent;
  figure.region_received = report->region_received;
  figure.region_sent = report->region_sent;
  figure.accepted = report->accepted;
}

/// What the meter itself said of the return: its alert 8F36 or 8F35 of about that time, the first of them.
Status read_return(const store::ReadView& view, Eui64 meter, Figure& figure) {
  const auto name = "alert:" + meter.plain() + ":";
  auto end = name;
  end.back() = ';';
  METERWAY_TRY(const auto alerts, view.scan("alert", name, end, kMostAlertsOfMeter));
  UtcTime best{};
  for (const auto& alert : alerts) {
    METERWAY_TRY(const auto events, store::events_of(view, alert.key));
    const auto came = std::find_if(events.begin(), events.end(), [](const store::Event& event) {
      return event.step == "correlate" &&
             (event.detail.starts_with("alert 8f35") || event.detail.starts_with("alert 8f36"));
    });
    if (came == events.end() || came->time + kSkew < figure.restored) continue;
    if (best != UtcTime() && came->time >= best) continue;
    best = came->time;
    figure.raised = figure.delivered = figure.acknowledged = UtcTime();
    figure.accepted = came->time;
    read_delivery(events, figure);
  }
  return {};
}

Status add_return(const store::ReadView& view, const Outage& outage, const std::vector<registry::Device>& devices,
                  const Selection& selection, std::vector<Figure>& out) {
  for (const auto& meter : devices) {
    if (meter.type != DeviceType::ESME || meter.detail("ImportMPxN").empty()) continue;
    for (const auto& entry : meter.responsible) {
      if (entry.role != UserRole::ED || !selection.takes(entry.user)) continue;
      Figure figure;
      figure.kind = Kind::Return;
      figure.hub = outage.hub;
      figure.user = entry.user;
      figure.mpxn = meter.detail("ImportMPxN");
      figure.region = outage.region;
      figure.lost = outage.lost;
      figure.restored = figure.owed = *outage.restored;
      read_report(outage.return_report, figure);
      METERWAY_CHECK(read_return(view, meter.eui, figure));
      out.push_back(std::move(figure));
    }
  }
  return {};
}

/// Losses that follow each other closely are one event; its size is its hubs.
void count_events(std::vector<Figure>& figures) {
  std::sort(figures.begin(), figures.end(), [](const Figure& a, const Figure& b) {
    return std::tie(a.lost, a.hub, a.kind, a.mpxn, a.user) < std::tie(b.lost, b.hub, b.kind, b.mpxn, b.user);
  });
  for (std::size_t begin = 0; begin < figures.size();) {
    std::size_t end = begin + 1;
    while (end < figures.size() && figures[end].lost - figures[end - 1].lost <= kOneEvent) ++end;
    std::vector<Eui64> hubs;
    for (std::size_t i = begin; i < end; ++i) hubs.push_back(figures[i].hub);
    std::sort(hubs.begin(), hubs.end());
    const auto size = static_cast<std::size_t>(std::unique(hubs.begin(), hubs.end()) - hubs.begin());
    for (std::size_t i = begin; i < end; ++i) figures[i].event_size = size;
    begin = end;
  }
}

std::string_view size_bucket(std::size_t hubs) {
  return hubs <= 1 ? "1" : hubs < 10 ? "2-9" : hubs < 100 ? "10-99" : hubs < 1000 ? "100-999" : "1000+";
}

std::string_view name_of(Kind kind) { return kind == Kind::Loss ? "loss" : "return"; }

double milliseconds(UtcTime from, UtcTime to) { return static_cast<double>((to - from).count()) / 1000; }

/// A stamp that a figure has, and the one before it.
struct HopRow {
  const char* name;
  UtcTime Figure::*at;
};
constexpr HopRow kHops[] = {{"hub_sent", &Figure::hub_sent},
                            {"region_received", &Figure::region_received},
                            {"region_sent", &Figure::region_sent},
                            {"accepted", &Figure::accepted},
                            {"raised", &Figure::raised},
                            {"delivered", &Figure::delivered},
                            {"acknowledged", &Figure::acknowledged}};

Json group_json(std::string_view alert, std::string_view region, std::string_view size,
                const std::vector<const Figure*>& members) {
  std::vector<double> delivered, acknowledged;
  std::size_t within = 0;
  for (const auto* figure : members) {
    if (figure->delivered != UtcTime()) delivered.push_back(milliseconds(figure->owed, figure->delivered));
    if (figure->acknowledged == UtcTime()) continue;
    acknowledged.push_back(milliseconds(figure->owed, figure->acknowledged));
    within += figure->acknowledged - figure->owed <= kTarget ? 1 : 0;
  }
  Json hops = Json::object();
  for (const auto& row : kHops) {
    std::vector<double> values;
    for (const auto* figure : members) {
      if (figure->*row.at != UtcTime()) values.push_back(milliseconds(figure->owed, figure->*row.at));
    }
    hops[row.name] = percentiles(std::move(values));
  }
  return {{"alert", alert},
          {"region", region},
          {"hubs", size},
          {"owed", members.size()},
          {"delivered", delivered.size()},
          {"acknowledged", acknowledged.size()},
          {"within_target", within},
          {"to_delivered_ms", percentiles(std::move(delivered))},
          {"to_acknowledged_ms", percentiles(std::move(acknowledged))},
          {"hops_ms", std::move(hops)}};
}

}  // namespace

bool Selection::takes(Eui64 user) const {
  return !users || std::find(users->begin(), users->end(), user) != users->end();
}

Result<std::vector<Figure>> figures(const store::ReadView& view, const Selection& selection, const Context& context) {
  std::vector<Figure> out;
  std::string from;
  for (;;) {
    METERWAY_TRY(const auto page, outages_from(view, from, kPage));
    std::vector<Eui64> returned;
    for (const auto& outage : page) {
      if (outage.restored) returned.push_back(outage.hub);
    }
    METERWAY_TRY(const auto devices, devices_behind(view, returned));
    for (const auto& outage : page) {
      if ((selection.from && outage.lost < *selection.from) || (selection.until && outage.lost >= *selection.until))
        continue;
      for (const auto& told : outage.told) {
        if (!selection.takes(told.user)) continue;
        Figure figure;
        figure.hub = outage.hub;
        figure.user = told.user;
        figure.mpxn = told.mpxn;
        figure.region = outage.region;
        figure.lost = outage.lost;
        figure.restored = outage.restored.value_or(UtcTime());
        figure.owed = outage.owed(context.settings.outage_after);
        figure.raised = outage.raised;
        read_report(outage.loss_report, figure);
        METERWAY_TRY(const auto events, store::events_of(view, told.trace_key));
        read_delivery(events, figure);
        out.push_back(std::move(figure));
      }
      if (outage.restored) METERWAY_CHECK(add_return(view, outage, devices.at(outage.hub), selection, out));
      if (out.size() > kMostFigures) return fail(ErrorCode::TooLarge, kMostFigures, "figures; ask for a shorter time");
    }
    if (page.size() < kPage) break;
    from = page.back().key() + '\0';
  }
  count_events(out);
  return out;
}

std::string report_json(const std::vector<Figure>& figures) {
  using GroupKey = std::tuple<Kind, std::string, std::string_view>;
  std::map<GroupKey, std::vector<const Figure*>> groups;
  std::map<Kind, std::vector<const Figure*>> all;
  for (const auto& figure : figures) {
    groups[{figure.kind, figure.region, size_bucket(figure.event_size)}].push_back(&figure);
    all[figure.kind].push_back(&figure);
  }
  Json list = Json::array();
  for (const auto& [kind, members] : all) list.push_back(group_json(name_of(kind), "all", "all", members));
  for (const auto& [key, members] : groups) {
    const auto& [kind, region, size] = key;
    list.push_back(group_json(name_of(kind), region.empty() ? "unknown" : region, size, members));
  }
  const Json out = {
      {"target_s", kTarget.count()},
      {"definitions",
       {{"owed", "loss: when it had lasted three minutes (outage_after); return: the moment the supply was back"},
        {"to_delivered_ms", "from owed until the push that the User took was begun"},
        {"to_acknowledged_ms", "from owed until the User had answered it with 204"},
        {"within_target", "acknowledged at most target_s after owed"},
        {"hubs", "hubs that lost their supply together, each within a minute of another"},
        {"hops_ms", "from owed until that hop; negative before it"}}},
      {"groups", std::move(list)}};
  return out.dump(1) + "\n";
}

std::string report_csv(const std::vector<Figure>& figures) {
  std::string out = "alert,hub,region,hubs,mpxn,user,lost,restored,owed";
  for (const auto& row : kHops) out += std::string(",") + row.name;
  out += "\n";
  const auto add = [&](UtcTime time) { out += "," + (time == UtcTime() ? std::string() : to_iso8601(time, 6)); };
  for (const auto& figure : figures) {
    out += std::string(name_of(figure.kind)) + "," + figure.hub.plain() + "," + figure.region + "," +
           std::to_string(figure.event_size) + "," + figure.mpxn + "," + figure.user.plain();
    for (const auto time : {figure.lost, figure.restored, figure.owed}) add(time);
    for (const auto& row : kHops) add(figure.*row.at);
    out += "\n";
  }
  return out;
}

}  // namespace meterway::flow::outage
