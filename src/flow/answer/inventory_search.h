#pragma once
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
};
/// By identifier: the homes of what bears it, as far as the User may be told of them. By address: the one home at
/// exactly this post code and house that the User may be told of; several are none. The address of a home is that of
/// registration data, of the source with precedence; that of its own devices' records where they have none.
Result<SearchResult> search(const store::ReadView& view, const duis::Element& read_inventory,
                            const registry::User& user, UtcTime at);

/// Writes down who searched by what kind of key, its keyed hash and what came of it ("search:<user>" in the event log),
/// and counts: false when it is one more than rule inventory.search.limit allows in an hour. When so many found nothing
/// as rule inventory.search.misses says, an event and a notice tell of it, once an hour.
///
/// Rows:  "inventory-search"  user:8 -> begin of the hour:8 by address:4 misses:4 told:1;  "" -> salt of the hashes:32
Result<bool> note_search(store::WriteView& view, const AuthorisedRequest& request, const SearchKey& key,
                         SearchClass value, const Context& context);

}  // namespace meterway::flow::answer
