#include "records/anomaly/weigh.h"

#include <algorithm>
#include <array>

#include "records/anomaly/book.h"
#include "records/anomaly/counter.h"

namespace meterway::anomaly {
namespace {

constexpr std::string_view kCounters = "anomaly-count";  // scope -> counter.h

std::array<Scope, 4> scopes_of(const Communication& c) {
  const std::string service(c.service), all(kAllServices);
  return {Scope{c.user, service}, Scope{c.user, all}, Scope{std::nullopt, service}, Scope{std::nullopt, all}};
}

std::string words(const Scope& scope) {
  return (scope.user ? "User " + scope.user->dashed_upper() : std::string("all Users")) + ", " +
         (scope.service == kAllServices ? std::string("all services") : "service " + scope.service);
}

/// A scope that has levels, and what came in it.
struct Counted {
  Scope scope;
  std::string key;
  std::vector<Level> levels;
  Counter counter;
  std::chrono::microseconds shortest{}, longest{};
  bool forgot = false;  ///< what a clock that ran ahead had left
};

Result<std::vector<Counted>> read_counted(const store::ReadView& view, const Communication& c) {
  std::vector<Counted> out;
  METERWAY_TRY(const bool any, has_levels(view));
  if (!any) return out;
  for (auto& scope : scopes_of(c)) {
    auto key = scope.key();
    METERWAY_TRY(auto levels, levels_of(view, key));
    if (levels.empty()) continue;
    METERWAY_TRY(const auto row, view.get(kCounters, key));
    Counted one{std::move(scope), std::move(key), std::move(levels), {}, {}, {}, false};
    if (row) {
      METERWAY_TRY(one.counter, Counter::read(*row));
    }
    const auto windows = std::minmax_element(one.levels.begin(), one.levels.end(),
                                             [](const Level& a, const Level& b) { return a.window() < b.window(); });
    one.shortest = windows.first->window();
    one.longest = windows.second->window();
    one.forgot = one.counter.forget_ahead(c.at, one.longest);
    out.push_back(std::move(one));
  }
  return out;
}

void judge(Counted& one, const Communication& c, Source source, Verdict& verdict) {
  const auto* level = deciding(one.levels, source, one.counter.time(c.at));
  if (level == nullptr) return;
  const auto sum = one.counter.within(c.at, level->window());
  const auto counted = sum.passed + sum.held + 1;
  if (level->quarantine && sum.passed + 1 > *level->quarantine && verdict.breach == Breach::None) {
    verdict.breach = source == Source::User ? Breach::User : Breach::Dcc;
    verdict.threshold = std::to_string(*level->quarantine);
    verdict.counted = std::to_string(counted);
    verdict.why = verdict.counted + " in " + std::to_string(level->period_hours) + " h, threshold " +
                  verdict.threshold + " (" + words(one.scope) + ", " + level->reference + ")";
  }
  if (level->warning && counted > *level->warning && !one.counter.warned(c.at, level->window())) {
    verdict.warnings.push_back({one.scope, *level->warning, counted});
    one.counter.warn(c.at);
  }
}

Status judge_values(const store::ReadView& view, const Communication& c, Verdict& verdict) {
  METERWAY_TRY(const bool any, has_limits(view));
  if (!any) return {};
  std::vector<Limit> limits;
  for (const auto& scope : scopes_of(c)) {
    METERWAY_TRY(const auto some, limits_of(view, scope.key()));
    for (const auto& limit : some) {
      const bool later = std::any_of(some.begin(), some.end(), [&](const Limit& o) {
        return o.attribute == limit.attribute && o.from > limit.from && o.from <= c.at;
      });
      if (limit.from <= c.at && !later && (limit.minimum || limit.maximum)) limits.push_back(limit);
    }
  }
  if (limits.empty() || !c.body) return {};
  METERWAY_TRY(const auto body, c.body());
  for (const auto& limit : limits) {
    const auto value = outside(body, limit);
    if (value.empty() || verdict.breach != Breach::None) continue;
    verdict.breach = Breach::Attribute;
    verdict.counted = value;
    verdict.threshold = (limit.minimum ? write_decimal(*limit.minimum) : "") + ".." +
                        (limit.maximum ? write_decimal(*limit.maximum) : "");
    verdict.why = limit.attribute + " is " + value + ", limits " + verdict.threshold + " (" + words(limit.scope) +
                  ", " + limit.reference + ")";
  }
  return {};
}

/// Elements whose names end the way that `attribute` does, by `visit`; `trail` holds those around.
template <class Visit>
void each_value(const duis::Element& element, std::string_view attribute, std::string& trail, const Visit& visit) {
  const auto before = trail.size();
  trail += "/" + element.name;
  const std::string_view now(trail);
  if (element.children.empty() && now.ends_with(attribute) && now[now.size() - attribute.size() - 1] == '/')
    visit(element.text);
  for (const auto& child : element.children) each_value(child, attribute, trail, visit);
  trail.resize(before);
}

}  // namespace

std::string_view to_string(Breach breach) {
  static constexpr std::string_view kNames[] = {"", "USER", "DCC", "ATTRIBUTE"};
  return kNames[static_cast<std::size_t>(breach)];
}

std::string outside(const duis::Element& body, const Limit& limit) {
  std::string wrong, trail;
  each_value(body, limit.attribute, trail, [&](const std::string& text) {
    if (!wrong.empty()) return;
    const auto value = read_decimal(text);
    const bool within =
        value && (!limit.minimum || *value >= *limit.minimum) && (!limit.maximum || *value <= *limit.maximum);
    if (!within) wrong = text.empty() ? "(empty)" : text.substr(0, 40);
  });
  return wrong;
}

Result<Verdict> weigh(store::WriteView& view, const Communication& c) {
  METERWAY_TRY(auto counted, read_counted(view, c));
  Verdict verdict;
  for (const auto source : {Source::User, Source::Dcc}) {
    for (auto& one : counted) judge(one, c, source, verdict);
  }
  METERWAY_CHECK(judge_values(view, c, verdict));
  for (auto& one : counted) {
    if (one.forgot)
      METERWAY_CHECK(append_audit(view, {0, c.at, "platform", "clock", words(one.scope), "forgotten",
                                         "counts of a time far ahead of now: a clock ran ahead"}));
    one.counter.add(c.at, verdict.breach == Breach::None, one.shortest, one.longest);
    METERWAY_CHECK(view.put(kCounters, one.key, one.counter.write()));
  }
  return verdict;
}

}  // namespace meterway::anomaly
