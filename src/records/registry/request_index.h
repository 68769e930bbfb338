#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "records/registry/request_record.h"
#include "records/store/store.h"

/// Which requests came, the youngest first, of whom and when: what a search goes through. Written in the change that
/// accepts or refuses a request, by appending some 40 bytes to a row that the next request of the same minute and
/// originator appends to as well; nothing is read to do so.
///
/// Rows:  "request-index"  originator:8, ~minute:8 -> entry...
///        entry: time in microseconds:8 | originator:8 target:8 counter:8 | leg:1 | service | refusal   (texts: a
///        length and the bytes)
/// The originator of the key is 0 where nobody's signature stands behind the RequestID.
namespace meterway::registry {

struct IndexEntry {
  UtcTime at{};
  RequestId id;
  Leg leg = Leg::Request;
  std::string service;  ///< service reference variant; empty where it was not read
  std::string refusal;  ///< of spec/refusals.tsv, where it was refused at once; empty: it was taken
  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

/// `believed`: its signature is its originator's. Errors: those of the store.
Status note_request(store::WriteView& view, const IndexEntry& entry, bool believed);

/// What is asked for.
struct RequestsAsked {
  std::optional<std::vector<Eui64>> users;              ///< whose, in order; none: everybody's
  std::optional<UtcTime> from, to;                      ///< from <= at < to
  std::function<Result<bool>(const IndexEntry&)> fits;  ///< looked at only within the others; none: all
};
struct FoundRequests {
  std::vector<IndexEntry> entries;  ///< the youngest first
  std::string next;                 ///< `after` of the next page; empty: there is none
  std::size_t looked_at = 0;        ///< so many stood within users and time
};
/// At most `limit` that fit, of at most `most` that are looked at: a page may be short, or empty, and have a next one.
/// `after`: the `next` of the page before; empty: the first. Errors: those of the store; BadValue (after).
Result<FoundRequests> recent_requests(const store::ReadView& view, const RequestsAsked& asked, std::string_view after,
                                      std::size_t limit, std::size_t most);

/// Removes rows whose minute ended before `before`; looks at some `limit` of them from `from` on (empty: the first),
/// and gives where to go on, empty at the end.
Result<std::string> remove_index(store::WriteView& view, const std::string& from, UtcTime before, std::size_t limit);

}  // namespace meterway::registry
