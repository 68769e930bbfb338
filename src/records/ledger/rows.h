#pragma once
#include "records/audit/entry.h"
#include "records/ledger/record.h"
#include "records/ledger/reference.h"

/// How the ledger lies in the store. Only this folder includes this header (scripts/check_layers.py): everybody else
/// reads through a Reader (reader.h), which knows who is asking, and writes through a Ledger (ledger.h).
///
/// Rows:  "ledger"          kind 00 natural                        -> the record, JSON
///        "ledger-history"  kind 00 natural 00 revision:8          -> the change, JSON
///        "ledger-by"       kind 00 field 00 value 00 natural      -> who may see it ("", "state" and "class" are
///        fields, too) "ledger-word"     word 00 kind 00 natural                -> who may see it "ledger-mention" kind
///        00 reference 00 kind 00 natural   -> who may see it: the second mentions the first "ledger-content"  kind 00
///        natural 00 attachment          -> bytes "ledger-number"   kind 00 text before {n}                -> the last
///        number given:8
/// Who read or asked for what is in the audit of the node (records/audit).
/// natural is natural_key(reference), which ends with the reference; "who may see it" is class:1 and the audience.
namespace meterway::ledger::rows {

std::string key_of(std::string_view kind, std::string_view reference);
/// The reference at the end of a key.
std::string_view reference_of(std::string_view key);

Result<std::optional<Record>> find(const store::ReadView& view, std::string_view kind, std::string_view reference);
/// With every index, in place of `before` (null: it is new).
Status put(store::WriteView& view, const Record* before, const Record& after);

Status append_history(store::WriteView& view, const Record& record, const HistoryEntry& entry);
Result<std::vector<HistoryEntry>> history(const store::ReadView& view, std::string_view kind,
                                          std::string_view reference);

Status put_content(store::WriteView& view, const Record& record, std::string_view attachment, std::string_view bytes);
Result<std::optional<std::string>> content(const store::ReadView& view, std::string_view kind,
                                           std::string_view reference, std::string_view attachment);

/// The last number given under `prefix`, and one more.
Result<std::uint64_t> last_number(const store::ReadView& view, std::string_view kind, std::string_view prefix);
Status set_last_number(store::WriteView& view, std::string_view kind, std::string_view prefix, std::uint64_t number);

/// An entry of an index: which record, and who may see it there.
struct Hit {
  std::string key;  ///< of the row: its place in the order of this index
  Target target;
  Seen seen;
};
/// Entries of "ledger-by" of this kind and field with from <= value < to (`to` empty: no end), in their order.
Result<std::vector<Hit>> by_value(const store::ReadView& view, std::string_view kind, std::string_view field,
                                  std::string_view from, std::string_view to);
Result<std::vector<Hit>> by_exact(const store::ReadView& view, std::string_view kind, std::string_view field,
                                  std::string_view value);
/// Of "ledger-word"; `kind` empty: of all.
Result<std::vector<Hit>> by_word(const store::ReadView& view, std::string_view word, std::string_view kind);
Result<std::vector<Hit>> by_mention(const store::ReadView& view, const Target& target);

/// The words of a text as the index has them: lower case (of ASCII), letters and digits of any language, each once;
/// a reference that it mentions is a word as well.
std::vector<std::string> words_of(std::string_view text);
/// A value in its canonical form as "ledger-by" holds it: numbers and instants in their own order, of long texts the
/// beginning.
std::string index_value(Type type, std::string_view value);

struct AuditEntry {
  std::uint64_t sequence = 0;
  UtcTime at{};
  std::string person, party;
  std::string what;     ///< "read", "list", "content", ...
  std::string outcome;  ///< "read" or "refused"
  Target target;
  Classification level = Classification::White;
  std::uint64_t times = 1;
};
/// As the audit has it.
audit::Entry line_of(const AuditEntry& entry);
/// What the public asks for again within an hour, and what anybody asks for again that he is not given, is the same
/// line, once more: nobody fills a disk by asking.
Status append_audit(store::WriteView& view, const AuditEntry& entry);
/// The last `limit`, the youngest first.
Result<std::vector<AuditEntry>> audit(const store::ReadView& view, std::uint64_t before, std::size_t limit);

}  // namespace meterway::ledger::rows
