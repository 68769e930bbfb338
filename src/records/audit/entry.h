#pragma once
#include <string>

#include "base/crypto/digest.h"
#include "records/registry/person.h"

/// The audit: who did what to what, with which outcome and by which rule; one log for the whole node, which only grows.
/// Each entry holds the digest of the one before it, so that none can be changed, taken out or moved unseen; signed
/// checkpoints say how the log stood (checkpoint.h). Source: seed A02, B30; layout ours, docs/wire/audit-log.md.
namespace meterway::audit {

using Digest = crypto::Sha256Digest;

struct Entry {
  std::uint64_t sequence = 0;  ///< from 1, without a gap
  UtcTime at{};
  std::string person, party;  ///< who; "platform": nobody asked for it
  std::string function;       ///< of spec/permissions.tsv, or ledger.<kind>.<action>
  std::string about;          ///< what it was done to: "direction DIR0001"
  std::string outcome;        ///< "done", "refused", "read", ...
  std::string rule;           ///< the clause, or the row, that decided
  std::string detail;
  registry::Classification level = registry::Classification::White;  ///< who may read of it
  bool counted = false;  ///< the same again within the hour makes no entry of its own
  Digest previous{};     ///< of the entry before; zeros for the first
};

inline constexpr std::size_t kMostTextBytes = 1000;  ///< of each text; what is longer is cut

/// Wire: format:1 flags:1 level:1 sequence:8 at:8 (microseconds) then person, party, function, about, outcome, rule and
/// detail, each with its length, then previous:32. The digest of an entry is the SHA-256 of these bytes.
Bytes canonical(const Entry& entry);
/// As it is stored: the canonical bytes and their digest.
std::string row_of(const Entry& entry, Digest& digest);
struct StoredEntry {
  Entry entry;
  Digest digest{};
};
/// Errors: BadDigest when the digest is not that of the bytes; those of Reader.
Result<StoredEntry> read_row(std::string_view row);

}  // namespace meterway::audit
