#pragma once
#include <string_view>
#include <vector>

#include "records/store/store.h"
#include "standard/ids/ids.h"

/// Which Users a person acts for: those that his party is. A User belongs to the party whose name it bears, so one
/// party may be several Users; whoever asks on behalf of a person of a party (scope "the Users of his own party" of
/// spec/permissions.tsv) asks here. That the name joins them is ours: unconfirmed.
namespace meterway::registry {

/// In the order of their EUI-64s, in whatever state they are; none for a party without a name.
/// Errors: Database; of find_user().
Result<std::vector<Eui64>> users_of_party(const store::ReadView& view, std::string_view party);

}  // namespace meterway::registry
