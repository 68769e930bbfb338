#pragma once
#include <span>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

/// What a search of the inventory (8.2) may find: homes that this User may be told of, and nothing of others. Whatever
/// else is in the inventory, the answer is the same, and so is the number of reads of each table and of devices, points
/// and addresses taken apart, as long as one round of them is enough (inventory_search.cpp: by address 1,280 devices
/// and 1,024 addresses at the post code, by identifier 48 devices): what needs more is brought to whole rounds, which
/// tells that there is more. Not evened out is what the store itself needs to find a row or not, and how long a scan of
/// the post codes is.
namespace meterway::flow::answer {

/// The one thing that ReadInventory is asked by, in the form in which things are compared.
struct SearchKey {
  enum class Kind : std::uint8_t { DeviceId, Mpxn, Uprn, Address };
  Kind kind = Kind::DeviceId;
  std::string text;  ///< "AB12CD 12 HIGH STREET": post code without blanks, then the house
  bool by_address() const { return kind == Kind::Address; }
};
SearchKey key_of(const duis::Element& read_inventory);
std::string_view to_string(SearchKey::Kind kind);

/// Why a search came out as it did: for the log, never for the User.
enum class SearchClass : std::uint8_t { Found, Nothing, NotTheirs, Ambiguous };
std::string_view to_string(SearchClass value);

struct SearchResult {
  SearchClass value = SearchClass::Nothing;
  std::vector<registry::Device> devices;  ///< of one home, or of several by MPxN or UPRN; hub first, at most 17
  std::size_t left_out = 0;               ///< over those 17
};

/// For whom it is searched: what any of these Users may be told of, or everything (the DCC's own people).
struct Asker {
  std::span<const registry::User> users;
  bool everything = false;
};
/// By identifier: the homes of what bears it, as far as the User may be told of them. By address: the one home at
/// exactly this post code and house that the User may be told of; several are none. The address of a home is that of
/// registration data, of the source with precedence; that of its own devices' records where they have none.
Result<SearchResult> search(const store::ReadView& view, const duis::Element& read_inventory,
                            const registry::User& user, UtcTime at);
Result<SearchResult> search(const store::ReadView& view, const duis::Element& read_inventory, const Asker& asker,
                            UtcTime at);

/// Who is written down, and counted: a User, or a person.
struct Searcher {
  std::string count_key;      ///< of the table
  std::string trace_key;      ///< of the event log
  std::string what;           ///< how it was asked
  std::vector<Eui64> notify;  ///< Users who get the notice of what is suspected
};
/// `what`: by what way it asked: "request ...".
Searcher searcher_of(Eui64 user, std::string what);
/// `person`: his name as the audit has it.
Searcher searcher_of(const std::string& person, std::vector<Eui64> notify);

/// Writes down who searched by what kind of key, its keyed hash and what came of it ("search:<user or person>" in the
/// event log), and counts: false when it is one more than rule inventory.search.limit allows in an hour. When so many
/// found nothing as rule inventory.search.misses says, an event and a notice tell of it, once an hour.
///
/// Rows:  "inventory-search"  user:8, or "person/" and his name and "/" -> begin of the hour:8 by address:4 misses:4
/// told:1;  "" -> salt of the hashes:32
Result<bool> note_search(store::WriteView& view, const Searcher& who, const SearchKey& key, SearchClass value,
                         const Context& context);
/// The keyed hash that a search is written down with: the same for the same key, and of no use without this node's
/// salt.
Result<std::string> hash_of(store::WriteView& view, const SearchKey& key, Random& random);

}  // namespace meterway::flow::answer
