#include <algorithm>
#include <map>

#include "records/anomaly/counter.h"
#include "records/anomaly/desk.h"
#include "records/anomaly/roles.h"
#include "records/registry/party.h"
#include "records/registry/request_record.h"
#include "standard/duis/services.h"

namespace meterway::anomaly {
namespace {

constexpr std::size_t kPage = 500;

struct Past {
  UtcTime at{};
  std::string_view service;
};

/// What of this User's became, or was to become, a command. Pages are reads of their own.
Result<std::vector<Past>, Problem> past_of(const store::Store& store, Eui64 user, UtcTime from, UtcTime until,
                                           std::size_t most) {
  std::vector<Past> out;
  for (std::string next;;) {
    registry::RequestPage page;
    const auto read = store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(page, registry::requests_of(view, user, next, kPage));
      return {};
    });
    if (!read) return refuse(read.error());
    for (const auto& record : page.records) {
      const auto cv = record.command_variant;
      const bool command = cv != CommandVariant::Transform && cv != CommandVariant::NonDevice;
      const auto* service = duis::find_service(record.service);
      if (!command || service == nullptr || record.received_at < from || record.received_at >= until) continue;
      if (out.size() == most)
        return refuse(Reason::TooMany, "more than " + std::to_string(most) + ": from and until make them fewer");
      out.push_back({record.received_at, service->variant});
    }
    if (page.next.empty()) break;
    next = page.next;
  }
  std::sort(out.begin(), out.end(), [](const Past& a, const Past& b) { return a.at < b.at; });
  return out;
}

}  // namespace

Result<std::vector<PreviewDay>, Problem> Desk::preview(const registry::Person& caller, std::string_view file,
                                                       UtcTime from, UtcTime until) const {
  METERWAY_TRY(const auto proposed, read_thresholds(file, usual_hours()));
  bool allowed = false;
  const auto read = around_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto user, registry::find_user(view, proposed.user));
    allowed = user && may(caller, What::Preview, user->name);
    return {};
  });
  if (!read) return refuse(read.error());
  if (!allowed) return refuse(Reason::WrongRole, caller.id);
  METERWAY_TRY(const auto past, past_of(around_.store, proposed.user, from, until, around_.most_previewed));

  // As if they had always held: of several dates of one scope the latest is what is proposed.
  std::map<std::string, std::pair<Level, Counter>> scopes;
  for (const auto& level : proposed.levels) {
    const auto at = scopes.try_emplace(level.scope.service, level, Counter()).first;
    if (level.from > at->second.first.from) at->second.first = level;
  }
  std::map<std::pair<std::string, std::string>, PreviewDay> days;
  for (const auto& one : past) {
    const std::string service(one.service);
    auto& day = days[{to_iso8601(one.at, 0).substr(0, 10), service}];
    ++day.counted;
    bool held = false;
    for (const auto& name : {service, std::string(kAllServices)}) {
      const auto found = scopes.find(name);
      if (found == scopes.end()) continue;
      auto& [level, counter] = found->second;
      const auto sum = counter.within(one.at, level.window());
      held = held || (level.quarantine && sum.passed + 1 > *level.quarantine);
      if (level.warning && sum.passed + sum.held + 1 > *level.warning && !counter.warned(one.at, level.window())) {
        ++day.warnings;
        counter.warn(one.at);
      }
    }
    if (held) ++day.quarantined;
    for (const auto& name : {service, std::string(kAllServices)}) {
      const auto found = scopes.find(name);
      if (found == scopes.end()) continue;
      auto& [level, counter] = found->second;
      counter.add(one.at, !held, level.window(), level.window());
    }
  }
  std::vector<PreviewDay> out;
  for (auto& [key, day] : days) {
    day.day = key.first;
    day.service = key.second;
    out.push_back(day);
  }
  return out;
}

}  // namespace meterway::anomaly
