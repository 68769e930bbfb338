#include "records/registration/point.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/wire/reader.h"
#include "records/registration/tables.h"
#include "records/registry/names.h"
#include "records/registry/octets.h"

namespace meterway::registration {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kRoleBits = 4, kRoleMask = 0x0F;
constexpr std::string_view kDetails[] = {"",
                                         "profile-class",
                                         "meter-operator",
                                         "trading-status",
                                         "energy-direction",
                                         "market-sector",
                                         "energisation",
                                         "service-flag"};

void write_place(wire::Writer& out, const Entry& entry) {
  out.u8(static_cast<std::uint8_t>(entry.source << kRoleBits | static_cast<std::uint8_t>(entry.role)));
  out.u32(static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(entry.from).time_since_epoch().count()));
}

Entry read_place(wire::Reader& in) {
  Entry entry;
  const auto kind = in.u8("source and role");
  if ((kind & kRoleMask) > static_cast<std::uint8_t>(UserRole::GT)) in.fail(ErrorCode::BadValue, "role");
  entry.role = static_cast<UserRole>(kind & kRoleMask);
  entry.source = kind >> kRoleBits;
  entry.from = UtcTime(std::chrono::seconds(in.u32("from")));
  return entry;
}

void write_detail(wire::Writer& out, DetailOf of) {
  out.u8(static_cast<std::uint8_t>(of.source << kRoleBits | static_cast<std::uint8_t>(of.detail)));
}

DetailOf read_detail(wire::Reader& in) {
  const auto both = in.u8("source and detail");
  const std::size_t detail = both & kRoleMask;
  if (detail == 0 || detail >= std::size(kDetails)) in.fail(ErrorCode::BadValue, "detail");
  return {static_cast<Detail>(detail), static_cast<std::uint8_t>(both >> kRoleBits)};
}

void remove(std::vector<Entry>& entries, const Entry& place) {
  entries.erase(
      std::remove_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.is_place_of(place); }),
      entries.end());
}

bool is_there(const std::vector<Entry>& entries, const Entry& wanted) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& one) { return one.is_place_of(wanted) && one.who == wanted.who; });
}

/// Of sources that say more than there is room for, as kMostOfSource says. `entries` are sorted, the latest first.
void keep_most(std::vector<Entry>& entries, UtcTime at) {
  std::array<std::size_t, kRoleMask + 1> of_source{};
  for (const auto& one : entries) ++of_source[one.source & kRoleMask];
  for (std::size_t source = 0; source < of_source.size(); ++source) {
    for (; of_source[source] > kMostOfSource; --of_source[source]) {
      const auto decides_now = [&](auto entry) {
        return std::none_of(entries.begin(), entry, [&](const Entry& later) {
          return later.source == source && later.role == entry->role && later.from <= at;
        });
      };
      auto gone = entries.end();
      for (auto one = entries.begin(); one != entries.end(); ++one) {
        if (one->source == source && one->from <= at && !decides_now(one)) gone = one;  // the oldest is the last
      }
      if (gone == entries.end())
        gone = std::find_if(entries.begin(), entries.end(), [&](const Entry& one) { return one.source == source; });
      entries.erase(gone);
    }
  }
  if (entries.size() > kMostEntries) entries.resize(kMostEntries);
}

int precedence(std::uint8_t source, Date on) {
  const auto* row = find_source(source, on);
  return row == nullptr ? 1000 : row->register_precedence;
}
int precedence(const Entry& entry) { return precedence(entry.source, calendar::date_of(entry.from)); }

/// Whether `a` decides when both have begun.
bool is_over(const Entry& a, const Entry& b) {
  if (a.from != b.from) return a.from > b.from;
  const auto first = precedence(a), second = precedence(b);
  return first != second ? first < second : a.source < b.source;
}

}  // namespace

Result<Detail> parse_detail(std::string_view name) {
  const auto found = std::find(std::begin(kDetails) + 1, std::end(kDetails), name);
  if (found == std::end(kDetails)) return fail(ErrorCode::BadValue, 0, "detail");
  return static_cast<Detail>(found - std::begin(kDetails));
}
std::string_view to_string(Detail detail) { return kDetails[static_cast<std::size_t>(detail)]; }

bool Point::knows(UserRole role) const {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& one) { return one.role == role; });
}

const Entry* Point::at(UserRole role, UtcTime moment) const {
  const Entry* best = nullptr;
  for (const auto& one : entries) {
    if (one.role == role && one.from <= moment && (best == nullptr || is_over(one, *best))) best = &one;
  }
  return best;
}

const std::pair<const DetailOf, std::string>* Point::detail(Detail of, Date on) const {
  const std::pair<const DetailOf, std::string>* best = nullptr;
  for (const auto& one : details) {
    if (one.first.detail != of) continue;
    if (best == nullptr || precedence(one.first.source, on) < precedence(best->first.source, on)) best = &one;
  }
  return best;
}

std::vector<Point::Span> Point::spans(UserRole role) const {
  std::vector<UtcTime> moments;
  for (const auto& one : entries) {
    if (one.role == role) moments.push_back(one.from);
  }
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  std::vector<Span> out;
  for (const auto moment : moments) {
    const auto* entry = at(role, moment);
    if (!out.empty() && !out.back().until) {
      if (out.back().who == entry->who) continue;  // another source says the same, or says it again
      out.back().until = moment;
    }
    if (!entry->who.empty()) out.push_back({role, entry->who, moment, std::nullopt, entry->source, entry->load});
  }
  return out;
}

std::string write_point(const Point& point) {
  wire::Writer out;
  out.u8(kFormat).u8(std::min(point.entries.size(), kMostEntries));
  for (std::size_t i = 0; i < point.entries.size() && i < kMostEntries; ++i) {
    write_place(out, point.entries[i]);
    out.u32(point.entries[i].who.wire()).u32(point.entries[i].load);
  }
  for (const auto& [detail, text] : point.details) {
    const auto kept = std::string_view(text).substr(0, kMostDetailBytes);
    write_detail(out, detail);
    out.u8(kept.size()).bytes(bytes_of(kept));
  }
  return string_of(out);
}

Result<Point> read_point(Mpxn mpxn, std::string_view record) {
  wire::Reader in(bytes_of(record));
  in.expect({kFormat}, "format of a metering point");
  Point out;
  out.mpxn = mpxn;
  const auto entries = in.u8("entries");
  out.entries.reserve(entries);
  for (unsigned i = 0; i < entries && in.ok(); ++i) {
    auto entry = read_place(in);
    entry.who = MarketParticipant::from_wire(in.u32("who"));
    entry.load = in.u32("load");
    out.entries.push_back(entry);
  }
  while (in.ok() && !in.empty()) {
    const auto detail = read_detail(in);
    out.details[detail] = string_of(in.take(in.u8("length"), "detail"));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

std::string write_past(const Was& was) {
  wire::Writer out;
  write_place(out, was.entry);
  return string_of(out.u32(was.entry.who.wire()).u32(was.entry.load).u32(was.by));
}

Result<std::vector<Was>> read_past(std::string_view row) {
  wire::Reader in(bytes_of(row));
  std::vector<Was> out;
  while (in.ok() && !in.empty()) {
    Was one;
    one.entry = read_place(in);
    one.entry.who = MarketParticipant::from_wire(in.u32("who"));
    one.entry.load = in.u32("load");
    one.by = in.u32("by");
    out.push_back(one);
  }
  METERWAY_CHECK(in.finish());
  return out;
}

void append_operation(std::string& to, const Operation& operation) {
  wire::Writer out;
  out.u8(static_cast<std::uint8_t>(operation.kind));
  switch (operation.kind) {
    case Operation::Kind::Clear:
      out.u8(operation.entry.source);
      break;
    case Operation::Kind::Start:
      write_place(out, operation.entry);
      out.u32(operation.entry.who.wire());
      break;
    case Operation::Kind::Cancel:
    case Operation::Kind::End:
      write_place(out, operation.entry);
      break;
    case Operation::Kind::SetDetail:
      write_detail(out, {operation.detail, operation.entry.source});
      out.prefixed(bytes_of(operation.text));
      break;
    case Operation::Kind::SetAddress:
      out.prefixed(bytes_of(operation.text));
      break;
  }
  to += string_of(out);
}

Result<std::vector<Operation>> read_operations(std::string_view bytes) {
  using Kind = Operation::Kind;
  wire::Reader in(bytes_of(bytes));
  std::vector<Operation> out;
  while (in.ok() && !in.empty()) {
    Operation one;
    one.kind = static_cast<Kind>(in.u8("operation"));
    if (one.kind == Kind::Clear) {
      one.entry.source = in.u8("source");
    } else if (one.kind == Kind::Start || one.kind == Kind::Cancel || one.kind == Kind::End) {
      one.entry = read_place(in);
      if (one.kind == Kind::Start) one.entry.who = MarketParticipant::from_wire(in.u32("who"));
    } else if (one.kind == Kind::SetDetail) {
      const auto of = read_detail(in);
      one.detail = of.detail;
      one.entry.source = of.source;
      one.text = string_of(in.prefixed("detail"));
    } else if (one.kind == Kind::SetAddress) {
      one.text = string_of(in.prefixed("address"));
    } else {
      in.fail(ErrorCode::BadValue, "operation");
    }
    out.push_back(std::move(one));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

void apply(Point& point, const std::vector<Operation>& operations, std::uint32_t load, std::vector<Was>* was,
           UtcTime at) {
  const auto before = point.entries;
  auto& entries = point.entries;
  for (const auto& one : operations) {
    auto entry = one.entry;
    entry.load = load;
    switch (one.kind) {
      case Operation::Kind::Clear:
        entries.erase(std::remove_if(entries.begin(), entries.end(),
                                     [&](const Entry& old) { return old.source == entry.source; }),
                      entries.end());
        std::erase_if(point.details, [&](const auto& old) { return old.first.source == entry.source; });
        break;
      case Operation::Kind::Cancel:
        remove(entries, entry);
        break;
      case Operation::Kind::End: {
        const bool taken =
            std::any_of(entries.begin(), entries.end(), [&](const Entry& old) { return old.is_place_of(entry); });
        if (!taken) entries.push_back(entry);
        break;
      }
      case Operation::Kind::Start:
        remove(entries, entry);
        entries.push_back(entry);
        break;
      case Operation::Kind::SetDetail:
        if (one.text.empty())
          point.details.erase({one.detail, entry.source});
        else
          point.details[{one.detail, entry.source}] = one.text;
        break;
      case Operation::Kind::SetAddress:
        break;
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.from, a.role, a.source) > std::tuple(b.from, b.role, b.source);
  });
  keep_most(entries, at);
  // What says the same as before has been there since before.
  for (auto& entry : entries) {
    const auto old = std::find_if(before.begin(), before.end(),
                                  [&](const Entry& one) { return one.is_place_of(entry) && one.who == entry.who; });
    if (old != before.end()) entry.load = old->load;
  }
  if (was == nullptr) return;
  for (const auto& old : before) {
    if (!is_there(entries, old)) was->push_back({old, load});
  }
}

}  // namespace meterway::registration
