#include "records/registry/request_index.h"

#include <algorithm>
#include <tuple>

#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kIndex = "request-index";
constexpr std::size_t kRowKeyBytes = 16, kCursorBytes = 33;
constexpr std::size_t kMinutesAtOnce = 16;  // of one originator, read together

std::uint64_t micros_of(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t micros) { return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(micros))); }
std::uint64_t minute_of(UtcTime time) {
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count());
}

/// Minutes stand the other way round, so that a scan meets the youngest first.
std::string row_key(Eui64 originator, std::uint64_t minute) {
  return string_of(wire::Writer().u64(originator.value()).u64(~minute));
}
std::string end_of(Eui64 originator) {
  return originator.value() == UINT64_MAX ? std::string() : row_key(Eui64(originator.value() + 1), UINT64_MAX);
}

struct RowName {
  Eui64 originator;
  std::uint64_t minute = 0;
};
Result<RowName> read_row_key(const std::string& key) {
  wire::Reader in(bytes_of(key));
  RowName out;
  out.originator = Eui64(in.u64("originator"));
  out.minute = ~in.u64("minute");
  METERWAY_CHECK(in.finish());
  return out;
}

Result<std::vector<IndexEntry>> read_row(const std::string& value) {
  wire::Reader in(bytes_of(value));
  std::vector<IndexEntry> out;
  while (in.ok() && in.left() > 0) {
    IndexEntry entry;
    entry.at = time_of(in.u64("time"));
    entry.id.originator = Eui64(in.u64("originator"));
    entry.id.target = Eui64(in.u64("target"));
    entry.id.counter.value = in.u64("counter");
    entry.leg = in.u8("leg") == 0 ? Leg::Request : Leg::SignedPreCommand;
    entry.service = string_of(in.prefixed("service"));
    entry.refusal = string_of(in.prefixed("refusal"));
    out.push_back(std::move(entry));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

/// A total order, the youngest first.
auto order_of(const IndexEntry& one) { return std::tuple(~micros_of(one.at), one.id, one.leg); }
bool is_before(const IndexEntry& a, const IndexEntry& b) { return order_of(a) < order_of(b); }

std::string cursor_of(const IndexEntry& one) {
  wire::Writer out;
  out.u64(micros_of(one.at)).u64(one.id.originator.value()).u64(one.id.target.value()).u64(one.id.counter.value);
  return to_hex(out.u8(static_cast<std::uint8_t>(one.leg)).view());
}
Result<IndexEntry> read_cursor(std::string_view text) {
  METERWAY_TRY(const auto bytes, from_hex(text));
  if (bytes.size() != kCursorBytes) return fail(ErrorCode::BadValue, 0, "after");
  wire::Reader in(bytes);
  IndexEntry out;
  out.at = time_of(in.u64("time"));
  out.id.originator = Eui64(in.u64("originator"));
  out.id.target = Eui64(in.u64("target"));
  out.id.counter.value = in.u64("counter");
  out.leg = in.u8("leg") == 0 ? Leg::Request : Leg::SignedPreCommand;
  METERWAY_CHECK(in.finish());
  return out;
}

/// The rows of one originator, minute by minute, the youngest first.
class Minutes {
 public:
  Minutes(const store::ReadView& view, Eui64 of, std::uint64_t begin)
      : view_(view), end_(end_of(of)), from_(row_key(of, begin)) {}
  /// Null when there are no more.
  Result<const store::Row*> front() {
    if (at_ == rows_.size() && !over_) {
      METERWAY_TRY(rows_, view_.scan(kIndex, from_, end_, kMinutesAtOnce));
      at_ = 0;
      over_ = rows_.size() < kMinutesAtOnce;
      if (!rows_.empty()) from_ = rows_.back().key + '\0';
    }
    return at_ < rows_.size() ? &rows_[at_] : nullptr;
  }
  void pop() { ++at_; }

 private:
  const store::ReadView& view_;
  std::string end_, from_;
  std::vector<store::Row> rows_;
  std::size_t at_ = 0;
  bool over_ = false;
};

/// Everybody of whom something stands there; one look each.
Result<std::vector<Eui64>> all_originators(const store::ReadView& view) {
  std::vector<Eui64> out;
  for (std::string from;;) {
    METERWAY_TRY(const auto rows, view.scan(kIndex, from, "", 1));
    if (rows.empty()) return out;
    METERWAY_TRY(const auto name, read_row_key(rows.front().key));
    out.push_back(name.originator);
    from = end_of(name.originator);
    if (from.empty()) return out;
  }
}

class Search {
 public:
  Search(const store::ReadView& view, const RequestsAsked& asked, std::size_t limit, std::size_t most)
      : view_(view), asked_(asked), limit_(limit), most_(most) {}

  Result<FoundRequests> run(std::string_view after) {
    if (!after.empty()) {
      METERWAY_TRY(after_, read_cursor(after));
    }
    METERWAY_CHECK(begin());
    for (;;) {
      METERWAY_TRY(const auto minute, youngest());
      if (!minute || (asked_.from && *minute < minute_of(*asked_.from))) break;
      METERWAY_TRY(const auto entries, of_minute(*minute));
      for (const auto& entry : entries) {
        if (out_.looked_at == most_ || out_.entries.size() == limit_) return stop();
        METERWAY_CHECK(look(entry));
      }
    }
    return std::move(out_);
  }

 private:
  Status begin() {
    auto last = UINT64_MAX;
    if (asked_.to) last = minute_of(*asked_.to);
    if (after_) last = std::min(last, minute_of(after_->at));
    std::vector<Eui64> whose;
    if (asked_.users) {
      whose = *asked_.users;
      whose.push_back(Eui64(0));  // what names one of them without a signature
    } else {
      METERWAY_TRY(whose, all_originators(view_));
    }
    for (const auto one : whose) minutes_.emplace_back(view_, one, last);
    return {};
  }
  /// The minute that comes next; none: there are no more.
  Result<std::optional<std::uint64_t>> youngest() {
    std::optional<std::uint64_t> out;
    for (auto& one : minutes_) {
      METERWAY_TRY(const auto* row, one.front());
      if (row == nullptr) continue;
      METERWAY_TRY(const auto name, read_row_key(row->key));
      if (!out || name.minute > *out) out = name.minute;
    }
    return out;
  }
  /// All that stand in a minute within users and time, in order.
  Result<std::vector<IndexEntry>> of_minute(std::uint64_t minute) {
    std::vector<IndexEntry> out;
    for (auto& one : minutes_) {
      METERWAY_TRY(const auto* row, one.front());
      if (row == nullptr) continue;
      METERWAY_TRY(const auto name, read_row_key(row->key));
      if (name.minute != minute) continue;
      METERWAY_TRY(auto entries, read_row(row->value));
      for (auto& entry : entries) {
        if (is_asked(entry)) out.push_back(std::move(entry));
      }
      one.pop();
    }
    std::sort(out.begin(), out.end(), is_before);
    return out;
  }
  bool is_asked(const IndexEntry& entry) const {
    if (after_ && !is_before(*after_, entry)) return false;
    if ((asked_.from && entry.at < *asked_.from) || (asked_.to && entry.at >= *asked_.to)) return false;
    if (!asked_.users) return true;
    const auto& users = *asked_.users;
    return std::find(users.begin(), users.end(), entry.id.originator) != users.end();
  }
  Status look(const IndexEntry& entry) {
    ++out_.looked_at;
    last_ = entry;
    bool fits = true;
    if (asked_.fits) {
      METERWAY_TRY(fits, asked_.fits(entry));
    }
    if (fits) out_.entries.push_back(entry);
    return {};
  }
  FoundRequests stop() {
    if (last_) out_.next = cursor_of(*last_);
    return std::move(out_);
  }

  const store::ReadView& view_;
  const RequestsAsked& asked_;
  const std::size_t limit_, most_;
  std::optional<IndexEntry> after_, last_;
  std::vector<Minutes> minutes_;
  FoundRequests out_;
};

}  // namespace

Status note_request(store::WriteView& view, const IndexEntry& entry, bool believed) {
  wire::Writer out;
  out.u64(micros_of(entry.at)).u64(entry.id.originator.value()).u64(entry.id.target.value());
  out.u64(entry.id.counter.value).u8(static_cast<std::uint8_t>(entry.leg));
  out.prefixed(bytes_of(entry.service)).prefixed(bytes_of(entry.refusal));
  const auto whose = believed ? entry.id.originator : Eui64(0);
  return view.append(kIndex, row_key(whose, minute_of(entry.at)), string_of(out));
}

Result<FoundRequests> recent_requests(const store::ReadView& view, const RequestsAsked& asked, std::string_view after,
                                      std::size_t limit, std::size_t most) {
  return Search(view, asked, limit, most).run(after);
}

Result<std::string> remove_index(store::WriteView& view, const std::string& from, UtcTime before, std::size_t limit) {
  METERWAY_TRY(const auto first, view.scan(kIndex, from, "", 1));
  if (first.empty()) return std::string();
  METERWAY_TRY(const auto name, read_row_key(first.front().key));
  const auto end = end_of(name.originator);
  const auto oldest_kept = minute_of(before);
  if (oldest_kept == 0) return end;
  METERWAY_TRY(const auto rows, view.scan(kIndex, row_key(name.originator, oldest_kept - 1), end, limit));
  for (const auto& row : rows) METERWAY_CHECK(view.erase(kIndex, row.key));
  return rows.size() < limit ? end : first.front().key;
}

}  // namespace meterway::registry
