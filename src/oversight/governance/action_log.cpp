#include <nlohmann/json.hpp>

#include "oversight/governance/action_line.h"
#include "oversight/governance/view.h"

namespace meterway::governance {

using document::figure;
using document::linked;
using document::plain;
using nlohmann::json;

Result<View> action_log(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto committee, reader.find("committee", asked.reference));
  METERWAY_TRY(const auto actions, all(reader, {"action", {{"committee", committee.reference}}}, &out));
  out.title = committee.text("name") + ": action log";
  out.reference = committee.reference;
  json list = json::array();
  document::Table open{"Open", {"Action", "Owner", "What", "Latest update", "Meetings", "Status"}, {}};
  document::Table closed{"Closed", {"Action", "Owner", "What", "Closed by"}, {}};
  for (const auto& one : actions) {
    const auto line = line_of_action(one, PartIn::Outstanding);
    const auto meetings = one.list("carried_to").size();
    list.push_back({{"reference", one.reference},
                    {"owner", line.owner},
                    {"text", line.text},
                    {"update", line.update},
                    {"state", one.state},
                    {"meetings_carried", meetings},
                    {"disputed", one.boolean("disputed").value_or(false)},
                    {"escalated", one.boolean("escalated").value_or(false)}});
    const document::Inline name{figure(one.reference, {"action", one.reference})};
    if (one.state == "open") {
      open.rows.push_back({name,
                           {plain(line.owner)},
                           linked(line.text),
                           linked(line.update),
                           {plain(std::to_string(meetings))},
                           {plain(line.status)}});
    } else {
      const auto by = one.has("decision") ? one.text("decision") : one.text("evidence");
      closed.rows.push_back({name, {plain(line.owner)}, linked(line.text), linked(by)});
    }
  }
  out.about = {{"Open", std::to_string(open.rows.size())}, {"Closed", std::to_string(closed.rows.size())}};
  for (auto* table : {&open, &closed}) {
    if (!table->rows.empty()) out.table(std::move(*table));
  }
  const json body = {{"committee", committee.reference}, {"actions", list}};
  return View{std::move(out), body.dump()};
}

}  // namespace meterway::governance
