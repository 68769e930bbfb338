#include "oversight/operations/incidents.h"

#include <algorithm>

#include "oversight/operations/table.h"

namespace meterway::operations {
namespace {

constexpr std::string_view kQuestions[] = {
    "install_commission", "prepay",       "change_of_supplier", "reads",     "alerts",
    "users_affected",     "estate_share", "workaround",         "data_loss", "financial_loss"};

bool meets(const Record& incident, std::string_view condition) {
  const auto least = condition.find(">=");
  if (least != std::string_view::npos) {
    const auto value = ledger::micro_units(incident.text(condition.substr(0, least)));
    const auto limit = ledger::micro_units(condition.substr(least + 2));
    return value && limit && *value >= *limit;
  }
  const auto equals = condition.find('=');
  return ledger::has_part(condition.substr(equals + 1), incident.text(condition.substr(0, equals)), '|');
}

std::string now_text(const ledger::Change& change) { return to_iso8601(change.now(), 0); }

Result<std::vector<Record>> comments_of(ledger::Change& change, const Record& review) {
  return change.select({"redline", {{"review", review.reference}, {"state", "open"}}});
}

/// Of 100: mandatory fields are there anyway; this is what else a reader looks for.
int quality_of(const Record& sent) {
  int out = 100;
  if (sent.text("what").size() < 20) out -= 25;  // a word is no description
  if (sent.text("workaround") == "none" || sent.text("workaround").size() < 10) out -= 15;
  if (sent.list("srvs").empty()) out -= 20;
  if (sent.text("who").size() < 5) out -= 15;
  return out;
}

}  // namespace

Proposed propose_category(const Record& incident) {
  for (const auto& row : all_categories()) {
    const auto conditions = ledger::parts(row.conditions);
    if (!std::all_of(conditions.begin(), conditions.end(), [&](auto one) { return meets(incident, one); })) continue;
    return {std::string(row.category), "category " + std::string(row.category) + ": " + std::string(row.because) +
                                           " (" + std::string(row.how_sure) + ")"};
  }
  return {"5", "no row of the table holds"};
}

std::string answers_of(const Record& incident) {
  std::string out;
  for (const auto question : kQuestions)
    out += (out.empty() ? "" : ", ") + std::string(question) + "=" + incident.text(question);
  return out;
}

Result<Reasons> incident_times_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  if (*after.instant("raised") > change.now()) out.push_back("raised: that time has not come");
  if (after.state == "open" && after.has("resolved_at")) out.push_back("resolved_at: comes with resolve");
  if (const auto resolved = after.instant("resolved_at"); resolved && *resolved < *after.instant("raised"))
    out.push_back("raised: it was resolved before that");
  const auto from = after.instant("outage_from"), until = after.instant("outage_until");
  if (until && !from) out.push_back("outage_from: an outage that ended has begun");
  if (from && until && *until <= *from) out.push_back("the outage ends before it begins, or with it");
  if (from && !after.has("outage_service")) out.push_back("outage_service: which service was unavailable?");
  if (after.text("availability") == "excluded" && !after.has("availability_reason"))
    out.push_back("availability_reason: an interval is excluded with a reason");
  return out;
}

Result<Reasons> answers_can_be(ledger::Change&, const Record&, const Record& after) {
  Reasons out;
  if (after.integer("users_affected").value_or(0) < 0) out.push_back("users_affected: a count is not negative");
  const auto share = after.number("estate_share").value_or(0);
  if (share < 0 || share > 100) out.push_back("estate_share: expected percent, 0 to 100");
  return out;
}

/// The reason is of this category: what was written for another is none.
Result<Reasons> override_has_reason(ledger::Change&, const Record& before, const Record& after) {
  if (!after.has("override") || after.text("override") == propose_category(after).category) return Reasons();
  const bool other = before.has("override") && before.text("override") != after.text("override");
  const bool stale = other && before.text("override_reason") == after.text("override_reason");
  if (after.has("override_reason") && !stale) return Reasons();
  return Reasons{"override_reason: a category other than the proposed " + propose_category(after).category +
                 " needs a written reason"};
}

Status categorise_incident(ledger::Change& change, const Record&, Record& after) {
  const auto proposed = propose_category(after);
  if (after.text("override") == proposed.category) {
    after.set("override", ledger::Value());
    after.set("override_reason", ledger::Value());
  }
  after.set("proposed_category", proposed.category);
  after.set("rationale", proposed.rationale);
  after.set("category", after.has("override") ? after.text("override") : proposed.category);
  after.set("decided_by", change.actor().id);
  return {};
}

Status resolve_incident(ledger::Change& change, const Record& before, Record& after) {
  if (after.text("resolved_at") == before.text("resolved_at")) after.set("resolved_at", now_text(change));
  const auto at = *after.instant("resolved_at");
  if (at < *after.instant("raised") || at > change.now())
    return change.refuse(ErrorCode::BadValue, "the incident cannot be resolved then",
                         {{"resolved_at", at > change.now() ? "that time has not come" : "it had not been raised"}});
  return {};
}

Status reopen_incident(ledger::Change&, const Record&, Record& after) {
  after.set("resolved_at", ledger::Value());
  return {};
}

Result<Reasons> incident_is_category_1(ledger::Change&, const Record& before, const Record& after) {
  Reasons out;
  if (after.text("category") != "1") out.push_back("a Major Incident is one of category 1");
  if (before.has("declared_at")) out.push_back("it has been declared at " + before.text("declared_at"));
  return out;
}

Status declare_major(ledger::Change& change, const Record&, Record& after) {
  after.set("declared_at", now_text(change));
  return {};
}

Result<Reasons> incident_has_no_loose_end(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  METERWAY_TRY(const auto challenges, change.select({"challenge", {{"incident", after.reference}, {"state", "open"}}}));
  for (const auto& one : challenges) out.push_back(one.reference + " is open: the challenge needs an outcome");
  if (!after.has("declared_at")) return out;
  for (const auto* which : {"review", "summary"}) {
    METERWAY_TRY(const auto reviews, change.select({"review", {{"incident", after.reference}, {"which", which}}}));
    const bool published =
        std::any_of(reviews.begin(), reviews.end(), [](auto& one) { return one.state == "published"; });
    if (!published) out.push_back("the " + std::string(which) + " report of this Major Incident is not published");
  }
  return out;
}

Result<Reasons> challenger_is_affected(ledger::Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto incident, change.find("incident", after.text("incident")));
  Reasons out;
  const auto& actor = change.actor();
  if (!actor.has_role("operator") && !actor.has_role("reporter") && actor.party != after.text("party"))
    out.push_back("party: a challenge is made for one's own party");
  if (!incident) return out;
  const auto& affected = incident->list("affected");
  if (std::find(affected.begin(), affected.end(), after.text("party")) == affected.end())
    out.push_back(after.text("party") + " is not among those that " + incident->reference + " affects");
  if (!incident->has("category")) out.push_back(incident->reference + " has no category yet");
  if (incident->text("category") == after.text("wants")) out.push_back("it has that category");
  return out;
}

Status take_challenged_category(ledger::Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto incident, change.find("incident", after.text("incident")));
  ledger::Draft draft;
  for (const auto question : kQuestions) draft.fields[std::string(question)] = incident->list(question);
  draft.fields["override"] = {after.text("wants")};
  draft.fields["override_reason"] = {after.reference + ", challenge upheld: " + after.text("outcome")};
  draft.why = after.reference + " was upheld";
  const auto done = change.act("incident", incident->reference, {}, "categorise", draft);
  return done ? Status() : Status(Unexpected{done.error()});
}

Result<Reasons> communication_is_complete(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  for (const auto* field : {"what", "who", "regions", "srvs", "since", "workaround"}) {
    if (!after.has(field)) out.push_back(std::string(field) + " is missing");
  }
  const bool last = after.boolean("last").value_or(false);
  const auto next = after.instant("next_update");
  if (!last && !next) out.push_back("next_update is missing: when do Users hear again?");
  if (last && next) out.push_back("next_update: the last communication has none after it");
  if (!last && next && *next <= change.now()) out.push_back("next_update: that time has passed");
  if (last) {
    METERWAY_TRY(const auto incident, change.find("incident", after.text("incident")));
    if (incident && incident->state == "open") out.push_back("last: " + incident->reference + " is open");
  }
  return out;
}

Status send_communication(ledger::Change& change, const Record&, Record& after) {
  after.set("sent_at", now_text(change));
  after.set("quality", std::to_string(quality_of(after)));
  return {};
}

Result<Reasons> incident_is_major(ledger::Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto incident, change.find("incident", after.text("incident")));
  Reasons out;
  if (incident && !incident->has("declared_at")) out.push_back(incident->reference + " is no Major Incident");
  METERWAY_TRY(const auto others,
               change.select({"review", {{"incident", after.text("incident")}, {"which", after.text("which")}}}));
  if (!others.empty()) out.push_back("the " + after.text("which") + " report is " + others.front().reference);
  return out;
}

Result<Reasons> no_comment_is_open(ledger::Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto open, comments_of(change, after));
  Reasons out;
  for (const auto& one : open)
    out.push_back(one.reference + " is open: " + one.text("party") + " on " + one.text("place"));
  return out;
}

Result<Reasons> no_comment_is_open_on_either(ledger::Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto reviews, change.select({"review", {{"incident", after.text("incident")}}}));
  Reasons out;
  for (const auto& review : reviews) {
    METERWAY_TRY(const auto open, no_comment_is_open(change, review, review));
    out.insert(out.end(), open.begin(), open.end());
  }
  return out;
}

Result<Reasons> review_keeps_its_incident(ledger::Change&, const Record& before, const Record& after) {
  Reasons out;
  for (const auto* field : {"incident", "which"}) {
    if (before.text(field) != after.text(field)) out.push_back(std::string(field) + ": stays what it was");
  }
  return out;
}

Result<Reasons> review_takes_comments(ledger::Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto review, change.find("review", after.text("review")));
  Reasons out;
  if (review && review->state == "published") out.push_back(review->reference + " is published");
  if (review && review->state == "draft")
    out.push_back(review->reference + " is a draft: no feedback is asked for yet");
  return out;
}

Status publish_review(ledger::Change& change, const Record&, Record& after) {
  after.set("published_at", now_text(change));
  return {};
}

}  // namespace meterway::operations
