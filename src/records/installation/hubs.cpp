#include "records/installation/hubs.h"

#include <algorithm>
#include <cctype>

#include "base/util/party_name.h"

namespace meterway::installation {
namespace {

constexpr std::string_view kRule =
    "Communications Hub Installation and Maintenance Support Materials, SEC Appendix I: a hub with mesh where coverage "
    "needs it";

constexpr ReturnReason kReasons[] = {
    {"Damaged case", "damaged case", true},
    {"Damaged Connector", "damaged connector", true},
    {"Illegal interference or missing seals", "seals", true},
    {"Environmental conditions exceeded", "environment exceeded", true},
    {"SM WAN Fault", "SM WAN fault", true},
    {"SMHAN Interface Fault", "HAN fault", true},
    {"LED Fault", "LED fault", true},
    {"Aerial fault", "aerial fault", true},
    {"Manufacturing defect", "manufacturing defect", true},
    {"No Fault Return (general)", "no fault", false},
    {"No Fault Return (non-dom opt out)", "opt-out", false},
    {"No Fault Return (dual supplier HAN variant replacement)", "HAN variant", false},
    {"No Fault Return (SM WAN variant replacement requested by DCC)", "WAN variant", false},
    {"Lost or Stolen Hub", "lost or stolen", false}};

/// "SW1A 1AA" is "SW1A1AA".
std::string plain_postcode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

/// What is known of the place on that day: the premises before the postcode, the latest before an earlier one.
Result<std::optional<Record>> coverage_of(ledger::Change& change, const Record& notice) {
  const auto day = calendar::date_of(*notice.instant("at"));
  const auto best = [&](const char* field, const std::string& value) -> Result<std::optional<Record>> {
    std::optional<Record> found;
    if (value.empty()) return found;
    METERWAY_TRY(auto all, change.select({"coverage", {{field, value}}}));
    for (auto& one : all) {
      const auto until = one.date("until");
      const bool holds = *one.date("from") <= day && !(until && *until <= day);
      if (holds && (!found || *found->date("from") <= *one.date("from"))) found = std::move(one);
    }
    return found;
  };
  METERWAY_TRY(auto found, best("uprn", notice.text("uprn")));
  if (found) return found;
  return best("postcode", plain_postcode(notice.text("postcode")));
}

/// A hub is one hub however its identifier is written; an order line is itself.
std::string plain_hub(const std::string& text) {
  const auto eui = Eui64::parse(text);
  return eui ? eui->plain() : text;
}

std::string place_of(const Record& notice) {
  std::string out = notice.has("uprn") ? "UPRN " + notice.text("uprn") : "";
  if (notice.has("postcode")) out += (out.empty() ? "" : ", ") + notice.text("postcode");
  return out;
}

bool is_same_place(const Record& one, const Record& other) {
  for (const auto* field : {"uprn", "postcode"}) {
    if (one.has(field) && other.has(field)) return plain_postcode(one.text(field)) == plain_postcode(other.text(field));
  }
  return true;  // one hub is in one place, however it was named
}

/// The exception that this notice repeats: of the same hub, stage, installer and premises, and not one that was seen to
/// before the time that the notice speaks of.
Result<std::optional<Record>> same_exception(ledger::Change& change, const Record& notice) {
  std::optional<Record> none;
  std::vector<std::string> names{notice.text("hub")};
  if (const auto eui = Eui64::parse(notice.text("hub")))
    names = {eui->plain(), eui->dashed_upper(), eui->dashed_lower()};
  for (const auto& name : names) {
    METERWAY_TRY(auto all, change.select({"compliance_exception", {{"hub", name}, {"stage", notice.text("stage")}}}));
    for (auto& one : all) {
      if (folded(one.text("installer")) != folded(notice.text("installer"))) continue;
      if (one.state == "closed" && one.changed < *notice.instant("at")) continue;
      METERWAY_TRY(const auto first, change.find("hub_notice", one.text("notice")));
      if (!first || is_same_place(*first, notice)) return std::optional(std::move(one));
    }
  }
  return none;
}

}  // namespace

Result<Reasons> coverage_names_a_place(ledger::Change&, const Record&, const Record& after) {
  Reasons out;
  if (after.has("postcode") == after.has("uprn")) out.push_back("expected a postcode or a uprn, one of them");
  if (after.has("postcode") && plain_postcode(after.text("postcode")) != after.text("postcode"))
    out.push_back("postcode: capitals and digits without blanks");
  const auto until = after.date("until");
  if (until && *until <= *after.date("from")) out.push_back("until: before it begins");
  return out;
}

Result<Reasons> hub_notice_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  if (!after.has("postcode") && !after.has("uprn")) out.push_back("expected a postcode or a uprn");
  const auto& stage = after.text("stage");
  if (stage != "ordered" && !Eui64::parse(after.text("hub"))) out.push_back("hub: expected an EUI-64");
  if (*after.instant("at") > change.now()) out.push_back("at: that time has not come");
  const auto& actor = change.actor();
  const bool for_all = actor.has_role("operator") || actor.has_role("reporter");
  if (!for_all && folded(actor.party) != folded(after.text("installer")))
    out.push_back("installer: a Party notifies of its own hubs");
  return out;
}

Status judge_hub_notice(ledger::Change& change, const Record&, Record& after) {
  const auto& party = change.actor().party;
  const bool own = folded(party) == folded(after.text("installer"));
  after.set("installer", own ? party : one_line(after.text("installer")));
  METERWAY_TRY(const auto product, change.find("hub_product", after.text("model")));
  METERWAY_TRY(const auto coverage, coverage_of(change, after));
  if (!product || !coverage) {
    after.set("finding", "no coverage data for " + place_of(after));
    return {};
  }
  const bool needed = coverage->boolean("mesh").value_or(false);
  const bool fits = !needed || product->boolean("mesh").value_or(false);
  const auto finding = coverage->reference + ": " + coverage->text("technology") + ", mesh " +
                       (needed ? "needed" : "not needed") + "; " + product->text("variant") +
                       (fits ? " fits" : " has none");
  after.set("finding", finding);
  if (fits) return {};
  METERWAY_TRY(const auto same, same_exception(change, after));
  if (same) {
    after.set("finding", finding + "; said before: " + same->reference);
    return {};
  }
  ledger::Draft draft;
  draft.fields = {{"hub", {plain_hub(after.text("hub"))}},
                  {"stage", {after.text("stage")}},
                  {"installer", {after.text("installer")}},
                  {"at", {after.text("at")}},
                  {"premises", {place_of(after)}},
                  {"rule", {std::string(kRule)}},
                  {"explanation", {finding}},
                  {"notice", {after.reference}}};
  METERWAY_TRY(const auto made, change.create_by_rule("compliance_exception", draft));
  (void)made;
  return {};
}

Result<Premises> premises_of_notices(const ledger::Change& change, Eui64 hub) {
  std::optional<Record> latest;
  for (const auto& name : {hub.plain(), hub.dashed_upper(), hub.dashed_lower()}) {
    METERWAY_TRY(auto all, change.select({"hub_notice", {{"hub", name}}}));
    for (auto& one : all) {
      if (!latest || *latest->instant("at") <= *one.instant("at")) latest = std::move(one);
    }
  }
  if (!latest) return Premises{};
  return Premises{latest->text("uprn"), latest->text("postcode")};
}

Result<std::string> note_hub(ledger::Change& change, const HubHeard& heard) {
  if (!heard.premises.known()) return std::string("premises not known: coverage is not looked at");
  METERWAY_TRY(const auto product, change.find("hub_product", heard.model));
  if (!product) return "no hub product " + heard.model + ": coverage is not looked at";
  ledger::Draft draft;
  draft.fields = {{"hub", {heard.hub.plain()}},
                  {"stage", {std::string(heard.stage)}},
                  {"model", {heard.model}},
                  {"installer", {heard.installer}},
                  {"at", {to_iso8601(heard.at, 0)}}};
  if (!heard.premises.uprn.empty()) draft.fields["uprn"] = {heard.premises.uprn};
  if (!heard.premises.postcode.empty()) draft.fields["postcode"] = {heard.premises.postcode};
  METERWAY_TRY(const auto made, change.create_by_rule("hub_notice", draft));
  return made.reference + ": " + made.text("finding");
}

Result<Reasons> hub_has_returned(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  if (*after.date("returned") > change.today()) out.push_back("returned: that day has not come");
  return out;
}

std::span<const ReturnReason> return_reasons() { return kReasons; }

Result<std::string> note_return(ledger::Change& change, const HubReturned& back) {
  const auto& words = back.fault.empty() ? back.kind : back.fault;
  const auto found =
      std::find_if(std::begin(kReasons), std::end(kReasons), [&](const auto& one) { return one.word == words; });
  if (found == std::end(kReasons)) return fail(ErrorCode::BadValue, 0, "reason of a return");
  ledger::Draft draft;
  draft.fields = {{"hub", {back.hub.plain()}},
                  {"returned", {to_iso8601(back.at, 0).substr(0, 10)}},
                  {"responsible", {back.responsible}},
                  {"reason", {std::string(found->recorded)}}};
  if (!back.region.empty()) draft.fields["region"] = {back.region};
  METERWAY_TRY(const auto made, change.create_by_rule("hub_return", draft));
  return made.reference;
}

Result<std::vector<Record>> coverage_at(const ledger::Reader& reader, const Premises& premises, calendar::Date day) {
  const auto best = [&](const char* field, const std::string& value) -> Result<std::vector<Record>> {
    std::vector<Record> out;
    if (value.empty()) return out;
    ledger::Query query{.kind = "coverage", .filters = {{field, value}}};
    METERWAY_TRY(auto page, reader.list(query));
    for (auto& one : page.records) {
      const auto until = one.date("until");
      if (*one.date("from") <= day && !(until && *until <= day)) out.push_back(std::move(one));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return *a.date("from") > *b.date("from"); });
    return out;
  };
  METERWAY_TRY(auto found, best("uprn", premises.uprn));
  if (!found.empty()) return found;
  return best("postcode", plain_postcode(premises.postcode));
}

}  // namespace meterway::installation
