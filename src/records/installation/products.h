#pragma once
#include "records/ledger/ledger.h"

/// The certified product list as records: each change also tells the list that decisions read (registry/products.h), in
/// the same write. A removal holds from its own moment, whenever it is entered.
namespace meterway::installation {

using ledger::Record;
using Reasons = std::vector<std::string>;

Result<Reasons> product_can_be_listed(ledger::Change& change, const Record& before, const Record& after);
/// What the record will say of the product the list says, too: at the moment that is entered and from now on.
Result<Reasons> removal_takes_it_off(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> return_puts_it_back(ledger::Change& change, const Record& before, const Record& after);
Status list_product(ledger::Change& change, const Record& before, Record& after);
Status take_off_list(ledger::Change& change, const Record& before, Record& after);
Status put_back_on_list(ledger::Change& change, const Record& before, Record& after);

}  // namespace meterway::installation
