#include "records/installation/products.h"

#include <algorithm>

#include "records/registry/products.h"

namespace meterway::installation {
namespace {

registry::Product product_of(const Record& record) {
  return {record.text("manufacturer"), record.text("model"), record.text("version")};
}

Status put(ledger::Change& change, const Record& record, std::string_view field, bool listed) {
  const auto at = record.instant(field);
  if (!at) return change.refuse(ErrorCode::BadValue, std::string(field) + ": missing");
  return registry::put_listing(change.registry(), product_of(record), {*at, listed});
}

Result<Reasons> changes_list(ledger::Change& change, const Record& record, std::string_view field, bool listed) {
  METERWAY_TRY(auto listings, registry::listings_of(change.registry(), product_of(record)));
  const auto at = record.instant(field);
  if (!at) return Reasons{};
  const auto name = std::string(field);
  if (registry::is_listed(listings, *at).value_or(false) == listed)
    return Reasons{name + ": at that moment it is " + (listed ? "on" : "not on") + " the list"};
  std::erase_if(listings, [&](const registry::Listing& one) { return one.at == *at; });
  listings.insert(std::upper_bound(listings.begin(), listings.end(), *at,
                                   [](UtcTime moment, const registry::Listing& one) { return moment < one.at; }),
                  {*at, listed});
  if (registry::is_listed(listings, std::max(*at, change.now())) != listed)
    return Reasons{name + ": the list has a later entry, which decides now"};
  return Reasons{};
}

}  // namespace

Result<Reasons> product_can_be_listed(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  for (const auto* field : {"manufacturer", "model", "version"}) {
    const auto& text = after.text(field);
    const auto most = std::string_view(field) == "version" ? 8u : 30u;
    if (text.empty() || text.size() > most)
      out.push_back(std::string(field) + ": expected 1 to " + std::to_string(most) + " characters");
  }
  const auto from = after.instant("from"), removed_on = after.instant("removed_on");
  if (from && removed_on && *removed_on <= *from) out.push_back("removed_on: comes after from");
  METERWAY_TRY(const auto same, change.select({"certified_product", {{"model", after.text("model")}}}));
  for (const auto& one : same) {
    if (one.reference != after.reference && product_of(one) == product_of(after))
      out.push_back(one.reference + " is this product: take it off the list, or put it back");
  }
  return out;
}

Result<Reasons> removal_takes_it_off(ledger::Change& change, const Record&, const Record& after) {
  return changes_list(change, after, "removed_on", false);
}

Result<Reasons> return_puts_it_back(ledger::Change& change, const Record&, const Record& after) {
  return changes_list(change, after, "returned_on", true);
}

Status list_product(ledger::Change& change, const Record&, Record& after) {
  METERWAY_CHECK(put(change, after, "from", true));
  if (!after.has("removed_on")) return {};
  after.state = "removed";  // a list that is loaded whole has such rows
  return put(change, after, "removed_on", false);
}

Status take_off_list(ledger::Change& change, const Record&, Record& after) {
  return put(change, after, "removed_on", false);
}

Status put_back_on_list(ledger::Change& change, const Record&, Record& after) {
  return put(change, after, "returned_on", true);
}

}  // namespace meterway::installation
