#pragma once
#include "records/ledger/reader.h"
#include "records/ledger/rows.h"

/// What a Reader and a Change share: selecting among what a person may see. Only this folder includes it.
namespace meterway::ledger {

/// In the order of the query; of nothing that he may not see, by a field that he may not see.
Result<std::vector<rows::Hit>> select(const store::ReadView& view, const Person& person, const Query& query);
/// Without those that he may not see.
std::vector<rows::Hit> visible(std::vector<rows::Hit> hits, const Person& person);
/// Without the fields, and what is known of attachments, that are above him.
Record shown(Record record, const Person& person);
/// Sees everything: guards and effects judge by what is true, whoever acts.
const Person& the_ledger_itself();

}  // namespace meterway::ledger
