#include <algorithm>
#include <nlohmann/json.hpp>

#include "oversight/governance/functions.h"
#include "oversight/governance/view.h"

/// How many of a committee have access, and whom a survey may ask.
namespace meterway::governance {

using document::plain;
using nlohmann::json;

Result<View> adoption(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto committee, reader.find("committee", asked.reference));
  METERWAY_TRY(const auto seats, all(reader, {"seat", {{"committee", committee.reference}}}, &out));
  const auto on = asked.on.value_or(asked.today);
  std::size_t members = 0, with_access = 0;
  document::Table table{"Members", {"Seat", "Holder", "Access"}, {}};
  for (const auto& seat : seats) {
    if (!in_term(seat, on) || !seat.has("holder")) continue;
    ++members;
    with_access += seat.has("person") ? 1 : 0;
    table.rows.push_back({{document::figure(seat.reference, {"seat", seat.reference})},
                          {plain(seat.text("holder"))},
                          {plain(seat.has("person") ? "yes" : "no")}});
  }
  const auto percent = members == 0 ? json(nullptr) : json(100.0 * static_cast<double>(with_access) / members);
  out.title = committee.text("name") + ": who has access";
  out.reference = committee.reference;
  out.about = {{"Members", std::to_string(members)},
               {"With access", std::to_string(with_access)},
               {"Adoption", members == 0 ? "not recorded" : percent.dump() + " %"}};
  out.table(std::move(table));
  const json body = {
      {"committee", committee.reference}, {"members", members}, {"with_access", with_access}, {"percent", percent}};
  return View{std::move(out), body.dump()};
}

/// The one way in which contacts leave: of a survey that has been shared, which needs everybody's consent. Once
/// somebody takes it back, nothing leaves until it is shared without him.
Result<View> survey(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto record, reader.find("survey", asked.reference));
  raise(out, record.level);
  if (record.state != "shared") return fail(ErrorCode::BadRequest, 0, "contacts of a survey that is not shared");
  out.title = record.text("title") + ": contacts for " + record.text("company");
  out.reference = record.reference;
  document::Table table{"Contacts", {"Name", "Party", "Address"}, {}};
  json list = json::array();
  for (const auto& reference : record.list("contacts")) {
    METERWAY_TRY(const auto contact, reader.find("contact", reference));
    raise(out, contact.level);
    const auto& consented = contact.list("consented");
    if (std::find(consented.begin(), consented.end(), record.reference) == consented.end())
      return fail(ErrorCode::BadRequest, 0, "a contact has taken the consent back");
    table.rows.push_back(
        {{plain(contact.text("name"))}, {plain(contact.text("party"))}, {plain(contact.text("email"))}});
    list.push_back({{"reference", reference}, {"name", contact.text("name")}, {"email", contact.text("email")}});
  }
  out.table(std::move(table));
  const json body = {{"survey", record.reference}, {"contacts", list}};
  return View{std::move(out), body.dump()};
}

}  // namespace meterway::governance
