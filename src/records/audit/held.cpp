#include "records/audit/held.h"

#include <utility>

namespace meterway::audit {

void Held::count(const Entry& line, std::uint64_t times) {
  std::string what;
  for (const auto* text : {&line.person, &line.function, &line.about, &line.outcome, &line.rule}) what += *text + '\0';
  auto& waiting = waiting_[what];
  waiting.line = line;
  waiting.times += times;
}

Status Held::add(store::Store& store, const Entry& line) {
  {
    const std::lock_guard lock(mutex_);
    count(line, 1);
  }
  return write_due(store, line.at);
}

Status Held::write_due(store::Store& store, UtcTime now, bool all) {
  Lines lines;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || !(all || is_due(now))) return {};
    lines = std::exchange(waiting_, {});
    written_ = now;
  }
  auto done = store.write([&](store::WriteView& view) -> Status {
    for (const auto& [what, one] : lines) METERWAY_CHECK(append_counted(view, one.line, one.times));
    return {};
  });
  if (done) return done;
  const std::lock_guard lock(mutex_);
  for (const auto& [what, one] : lines) count(one.line, one.times);
  return done;
}

}  // namespace meterway::audit
