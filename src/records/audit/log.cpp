#include "records/audit/log.h"

#include <algorithm>

#include "records/registry/octets.h"

namespace meterway::audit {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kEntries = "audit-entry", kHead = "audit-head", kTopics = "audit-topic",
                           kRepeats = "audit-repeat", kHour = "audit-hour", kLedger = "ledger.";
/// Beyond what summer time or a clock set back explain; and how long it can be seen how often a thing was met.
constexpr std::uint64_t kHoursAhead = 7 * 24, kHoursKept = 31 * 24;
constexpr std::size_t kRepeatBytes = 16, kMostClosed = 64, kPage = 500;

std::string number_key(std::uint64_t number) { return string_of(wire::Writer().u64(number)); }
Result<std::uint64_t> read_number(std::string_view bytes) {
  wire::Reader in(bytes_of(bytes));
  const auto number = in.u64("number");
  METERWAY_CHECK(in.finish());
  return number;
}

/// "ledger.read" is a read, "ledger.direction.create" and "anomaly.thresholds.submit" are what they begin with.
std::string_view topic_of(std::string_view function) {
  if (function.starts_with(kLedger) && function.find('.', kLedger.size()) == std::string_view::npos) return "read";
  return function.substr(0, function.find('.'));
}
std::string topic_key(std::string_view topic, std::uint64_t sequence) {
  return std::string(topic) + '\0' + number_key(sequence);
}

std::uint64_t hour_of(UtcTime at) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count());
}
std::string repeat_key(const Entry& entry) {
  wire::Writer what;
  for (const std::string_view text : {entry.person, entry.function, entry.about, entry.outcome, entry.rule})
    what.prefixed(bytes_of(text.substr(0, kMostTextBytes)));
  const auto digest = crypto::sha256(what.view());
  return number_key(hour_of(entry.at)) + string_of(ByteView(digest).first(kRepeatBytes));
}
struct Repeat {
  std::uint64_t first = 0, times = 0;
};
Result<Repeat> read_repeat(std::string_view row) {
  wire::Reader in(bytes_of(row));
  const Repeat out{in.u64("first"), in.u64("times")};
  METERWAY_CHECK(in.finish());
  return out;
}
std::string row_of(const Repeat& repeat) { return string_of(wire::Writer().u64(repeat.first).u64(repeat.times)); }

Status write_entry(store::WriteView& view, Entry& entry) {
  METERWAY_TRY(const auto last, head(view));
  entry.sequence = last.sequence + 1;
  entry.previous = last.digest;
  Digest digest{};
  METERWAY_CHECK(view.put(kEntries, number_key(entry.sequence), row_of(entry, digest)));
  METERWAY_CHECK(view.put(kTopics, topic_key(topic_of(entry.function), entry.sequence), ""));
  return view.put(kHead, "", string_of(wire::Writer().u64(entry.sequence).bytes(digest)));
}

/// Of hours that have passed, how often things were met: some at a time, so that no write becomes long.
Status close_hours(store::WriteView& view, UtcTime now) {
  const auto hour = hour_of(now);
  METERWAY_TRY(const auto row, view.get(kHour, ""));
  std::string from;
  if (row) {
    // The hour itself, or a place within the hours before. One that is far ahead is of a clock that ran ahead.
    const bool ran_ahead = *row > number_key(hour + kHoursAhead);
    if (!ran_ahead && row->size() == number_key(hour).size() && *row >= number_key(hour)) return {};
    if (!ran_ahead) from = *row;
  }
  METERWAY_TRY(const auto rows, view.scan(kRepeats, from, number_key(hour), kMostClosed));
  for (const auto& one : rows) {
    METERWAY_TRY(const auto repeat, read_repeat(one.value));
    if (repeat.times < 2) continue;
    Entry entry;
    entry.at = now;
    entry.person = "platform";
    entry.function = "audit.repeats";
    entry.about = "entry " + std::to_string(repeat.first);
    entry.outcome = std::to_string(repeat.times) + " times";
    METERWAY_CHECK(write_entry(view, entry));
  }
  if (!from.empty()) {  // what is before it has been told
    METERWAY_TRY(const auto old, view.scan(kRepeats, "", std::min(from, number_key(hour - kHoursKept)), kMostClosed));
    for (const auto& one : old) METERWAY_CHECK(view.erase(kRepeats, one.key));
  }
  return view.put(kHour, "", rows.size() < kMostClosed ? number_key(hour) : rows.back().key + '\0');
}

bool fits(const Entry& entry, const Filter& filter) {
  if (entry.level > filter.clearance) return false;
  if (!filter.person.empty() && entry.person != filter.person) return false;
  const auto& wanted = filter.function;
  if (!wanted.empty() && entry.function != wanted &&
      !(entry.function.starts_with(wanted) && entry.function[wanted.size()] == '.'))
    return false;
  return (!filter.from || entry.at >= *filter.from) && (!filter.to || entry.at < *filter.to);
}

Result<std::optional<Entry>> find(const store::ReadView& view, std::uint64_t sequence) {
  METERWAY_TRY(const auto row, view.get(kEntries, number_key(sequence)));
  if (!row) return std::optional<Entry>();
  if (auto read = read_row(*row)) return std::optional(std::move(read->entry));
  Entry damaged;  // the others are readable all the same
  damaged.sequence = sequence;
  damaged.outcome = "damaged";
  return std::optional(std::move(damaged));
}

}  // namespace

Result<Head> head(const store::ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kHead, ""));
  Head out;
  if (!row) return out;
  wire::Reader in(bytes_of(*row));
  out.sequence = in.u64("sequence");
  const auto digest = in.take(out.digest.size(), "digest");
  if (!in.finish()) return fail(ErrorCode::BadDigest, 0, "head of the audit");
  std::copy(digest.begin(), digest.end(), out.digest.begin());
  return out;
}

Status append(store::WriteView& view, Entry entry) {
  entry.counted = false;
  return write_entry(view, entry);
}

Status append_counted(store::WriteView& view, Entry entry, std::uint64_t times) {
  METERWAY_CHECK(close_hours(view, entry.at));
  entry.counted = true;
  const auto key = repeat_key(entry);
  METERWAY_TRY(const auto before, view.get(kRepeats, key));
  Repeat repeat{0, times};
  if (before) {
    METERWAY_TRY(repeat, read_repeat(*before));
    repeat.times += times;
  } else {
    METERWAY_CHECK(write_entry(view, entry));
    repeat.first = entry.sequence;
  }
  return view.put(kRepeats, key, row_of(repeat));
}

Result<std::uint64_t> times_of(const store::ReadView& view, const Entry& entry) {
  if (!entry.counted) return 1;
  METERWAY_TRY(const auto row, view.get(kRepeats, repeat_key(entry)));
  if (!row) return 1;
  METERWAY_TRY(const auto repeat, read_repeat(*row));
  return repeat.times;
}

Result<Page> list(const store::ReadView& view, const Filter& filter, std::uint64_t before, std::size_t limit,
                  std::size_t most_read) {
  METERWAY_TRY(const auto last, head(view));
  Page out;
  auto sequence = before == 0 ? last.sequence : std::min(last.sequence, before - 1);
  for (std::size_t read = 0; sequence > 0 && out.entries.size() < limit && read < most_read; --sequence, ++read) {
    METERWAY_TRY(auto entry, find(view, sequence));
    if (entry && fits(*entry, filter)) out.entries.push_back(std::move(*entry));
  }
  out.next = sequence > 0 ? sequence + 1 : 0;
  return out;
}

Result<std::vector<Entry>> list_topic(const store::ReadView& view, std::string_view topic, std::uint64_t before,
                                      std::size_t limit) {
  // Tables are read forwards: windows that grow backwards, until there is enough or nothing before.
  METERWAY_TRY(const auto last, head(view));
  auto end = before == 0 ? last.sequence + 1 : std::min(last.sequence + 1, before);
  std::vector<Entry> out;
  for (std::uint64_t width = kPage; end > 1 && out.size() < limit; width *= 4) {
    const auto begin = end > width ? end - width : 1;
    std::vector<std::uint64_t> found;
    auto from = topic_key(topic, begin);
    while (true) {
      METERWAY_TRY(const auto rows, view.scan(kTopics, from, topic_key(topic, end), kPage));
      for (const auto& row : rows) {
        METERWAY_TRY(const auto sequence, read_number(std::string_view(row.key).substr(topic.size() + 1)));
        found.push_back(sequence);
      }
      if (rows.size() < kPage) break;
      from = rows.back().key + '\0';
    }
    for (auto one = found.rbegin(); one != found.rend() && out.size() < limit; ++one) {
      METERWAY_TRY(auto entry, find(view, *one));
      if (entry) out.push_back(std::move(*entry));
    }
    end = begin;
  }
  return out;
}

Result<std::vector<RawEntry>> raw(const store::ReadView& view, std::uint64_t from, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kEntries, number_key(from), "", limit));
  std::vector<RawEntry> out;
  for (const auto& row : rows) {
    METERWAY_TRY(const auto sequence, read_number(row.key));
    out.push_back({sequence, row.value});
  }
  return out;
}

}  // namespace meterway::audit
