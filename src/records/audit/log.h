#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "records/audit/entry.h"

/// How the audit is written and read. Written in the write of what it tells of; what was refused has a write of its
/// own. Writers take turns in the store, so there is one order.
///
/// Rows:  "audit-entry"       sequence:8              -> the entry (entry.h)
///        "audit-head"        ""                      -> last sequence:8, its digest:32
///        "audit-topic"       topic 00 sequence:8     -> nothing: where to look for entries of one topic
///        "audit-repeat"      hour:8 digest:16        -> first entry:8, how often:8
///        "audit-hour"        ""                      -> hour:8: repeats of all hours before are told by an entry
///        "audit-checkpoint"  sequence:8              -> checkpoint.h; "audit-last" "" -> the last of them
/// The topic is the first word of the function ("anomaly"), and "read" for what was read in the ledger.
namespace meterway::audit {

/// Numbers it, and ties it to the one before.
Status append(store::WriteView& view, Entry entry);
/// The same by the same person, with the same outcome, within one hour is one entry, and beside it how often. When the
/// hour has passed the number becomes an entry of its own (function "audit.repeats").
/// `times`: it was met so often since it was last written.
Status append_counted(store::WriteView& view, Entry entry, std::uint64_t times = 1);

struct Head {
  std::uint64_t sequence = 0;
  Digest digest{};
};
/// Of an empty log: 0 and zeros. Errors: BadDigest when it is not readable.
Result<Head> head(const store::ReadView& view);

/// How often a counted entry was met, itself included.
Result<std::uint64_t> times_of(const store::ReadView& view, const Entry& entry);

struct Filter {
  std::string person{};    ///< empty: everybody's
  std::string function{};  ///< this one, or all that begin with it and a dot
  std::optional<UtcTime> from{}, to{};
  registry::Classification clearance = registry::Classification::Red;
};
struct Page {
  std::vector<Entry> entries;  ///< the youngest first
  std::uint64_t next = 0;      ///< `before` of the next page; 0: this is the last
};
/// Entries before a sequence (0: the youngest). At most `most_read` are looked at: a page may be short, or empty, and
/// have a next one.
Result<Page> list(const store::ReadView& view, const Filter& filter, std::uint64_t before, std::size_t limit,
                  std::size_t most_read = 10'000);
/// Of one topic alone.
Result<std::vector<Entry>> list_topic(const store::ReadView& view, std::string_view topic, std::uint64_t before,
                                      std::size_t limit);

/// Rows as they are stored, from this sequence on, oldest first: for who checks the chain.
struct RawEntry {
  std::uint64_t sequence = 0;
  std::string bytes;
};
Result<std::vector<RawEntry>> raw(const store::ReadView& view, std::uint64_t from, std::size_t limit);

}  // namespace meterway::audit
