#include "oversight/operations/report.h"

#include <algorithm>

#include "oversight/operations/intervals.h"
#include "oversight/operations/tables.h"

namespace meterway::operations {
namespace {

using document::Inline;
using document::plain;

/// A dated explanation of this figure: with reasons, and below the minimum with preventive steps.
Status look_for_explanation(Books& books, const Figure& figure, std::vector<ledger::FieldProblem>& missing) {
  if (figure.standing != Standing::BelowTarget && figure.standing != Standing::BelowMinimum) return {};
  METERWAY_TRY(const auto given, books.all({"explanation",
                                            {{"figure", std::string(figure.row->name)},
                                             {"month", calendar::to_text(figure.month.first)},
                                             {"state", "given"}}}));
  const bool steps_needed = figure.standing == Standing::BelowMinimum;
  bool explained = false, steps = false;
  for (const auto& one : given) {
    if (one.has("group") && one.text("group") != figure.counted.group) continue;
    if (*one.date("dated") > books.as_at()) continue;
    explained = true;
    steps = steps || one.has("steps");
  }
  const auto what = figure.value + ", " + std::string(to_string(figure.standing)) + " (target " + figure.target +
                    (figure.minimum.empty() ? "" : ", minimum " + figure.minimum) + "): ";
  if (!explained) missing.push_back({figure.title(), what + "a dated explanation with reasons is missing"});
  if (steps_needed && !steps) missing.push_back({figure.title(), what + "preventive steps are missing"});
  return {};
}

Status look_for_unmatched(Books& books, Period month, std::vector<ledger::FieldProblem>& missing) {
  METERWAY_TRY(const auto intervals, unavailable_in(books, month));
  for (const auto& one : intervals) {
    if (one.treatment != Treatment::Unmatched) continue;
    missing.push_back({one.record.reference, "unmatched: " + one.service + " from " + to_iso8601(one.from, 0) +
                                                 " until " + to_iso8601(one.until, 0) + ", seen by " + one.seen_by +
                                                 ", is neither counted nor excluded with a reason"});
  }
  return {};
}

/// An incident that has been open for over a month is chased, and that is on record.
Status look_for_chases(Books& books, Period month, std::vector<ledger::FieldProblem>& missing) {
  ledger::Query query{"incident"};
  query.range_field = "raised";
  query.to = to_iso8601(month.begin(), 0);
  METERWAY_TRY(const auto incidents, books.all(query));
  for (const auto& one : incidents) {
    const auto resolved = one.instant("resolved_at");
    if (!one.has("rdp") || (resolved && *resolved < month.end())) continue;
    METERWAY_TRY(const auto chases, books.all({"chase", {{"incident", one.reference}}}));
    const bool chased = std::any_of(chases.begin(), chases.end(),
                                    [&](const Record& chase) { return *chase.date("on") <= books.as_at(); });
    if (!chased) missing.push_back({one.reference, "open for over a month, and no dated chase is recorded"});
  }
  return {};
}

/// No green headline over a red figure, nor over an interval that nobody has accounted for.
void write_headline(Report& report, std::size_t unmatched) {
  std::string red, unknown;
  std::size_t reds = 0, tracked = 0, unknowns = 0;
  for (const auto* figure : report.figures()) {
    if (!figure->row->headline || figure->standing == Standing::NoTarget) continue;  // nothing to measure
    ++tracked;
    if (figure->standing == Standing::BelowTarget || figure->standing == Standing::BelowMinimum) {
      ++reds;
      red += (red.empty() ? "" : "; ") + figure->title() + ": " + figure->value + " against " + figure->target + " %";
    }
    if (figure->standing == Standing::NotRecorded) {
      ++unknowns;
      unknown += (unknown.empty() ? "" : ", ") + std::string(figure->row->title);
    }
  }
  report.all_green = tracked > 0 && reds == 0 && unmatched == 0 && unknowns == 0;
  if (tracked == 0) {
    report.headline = "This report has no measure with a target and something to measure.";
    return;
  }
  report.headline = reds == 0 ? ""
                              : std::to_string(reds) + " of " + std::to_string(tracked) +
                                    (tracked == 1 ? " measure" : " measures") + (reds == 1 ? " is" : " are") +
                                    " below target: " + red + ".";
  if (unmatched > 0)
    report.headline +=
        (report.headline.empty() ? "" : " ") + std::to_string(unmatched) +
        (unmatched == 1 ? " interval of unavailability is unmatched." : " intervals of unavailability are unmatched.");
  if (unknowns > 0)
    report.headline += (report.headline.empty() ? "No recorded measure is below target. " : " ") +
                       std::string("Not recorded: ") + unknown + ".";
  if (report.all_green)
    report.headline = tracked == 1 ? "The one measure is on target or above."
                                   : "All " + std::to_string(tracked) + " measures are on target or above.";
}

/// "40: planned maintenance and intervals excluded with a reason".
std::string left_out(const Figure& figure) {
  const auto excluded = figure.counted.excluded;
  return excluded == 0 ? "none" : grouped(excluded) + ": " + std::string(figure.row->exclusions);
}

/// "7 incidents", "1 incident": of one, the first word that is a plural loses its s.
std::string of_them(std::int64_t number, std::string_view what) {
  std::string words(what);
  const auto first = words.substr(0, words.find(' '));
  if (number == 1 && first.ends_with("ies"))
    words.replace(first.size() - 3, 3, "y");
  else if (number == 1 && first.ends_with('s'))
    words.erase(first.size() - 1, 1);
  return grouped(number) + " " + words;
}

document::Table figure_table(const std::vector<Figure>& figures, const std::vector<Record>& records, std::size_t& at) {
  document::Table out{
      "", {"Figure", "Value", "Target", "Minimum", "Standing", "Counted", "Of", "Left out", "Note"}, {}};
  for (const auto& figure : figures) {
    const auto& row = *figure.row;
    auto value = at < records.size() ? document::figure(figure.value, {"figure", records[at].reference})
                                     : document::strong(figure.value);
    ++at;
    const auto count = [](const std::optional<std::int64_t>& number, std::string_view of) {
      if (of.empty()) return Inline();
      return Inline{plain(number ? of_them(*number, of) : "not recorded")};
    };
    const bool red = figure.standing == Standing::BelowTarget || figure.standing == Standing::BelowMinimum;
    const auto standing = std::string(to_string(figure.standing));
    auto note = figure.counted.note;
    if (figure.counted.last_event > 0)
      note += (note.empty() ? "" : "; ") + std::string("events ") + std::to_string(figure.counted.first_event) +
              " to " + std::to_string(figure.counted.last_event);
    out.rows.push_back(
        {{plain(std::string(row.title) + (figure.counted.group.empty() ? "" : ", " + figure.counted.group))},
         {std::move(value)},
         {plain(figure.target.empty() ? "none" : figure.target + " %")},
         {plain(figure.minimum.empty() ? "none" : figure.minimum + " %")},
         {red ? document::strong(standing) : plain(standing)},
         count(figure.counted.counted, row.numerator),
         count(figure.counted.of, row.denominator),
         {plain(left_out(figure))},
         {plain(std::move(note))}});
  }
  return out;
}

Result<Record> freeze_figure(ledger::Change& change, const Figure& figure, ledger::Classification level) {
  const auto& row = *figure.row;
  ledger::Draft draft;
  draft.level = level;
  const auto set = [&](const char* name, std::string value) {
    if (!value.empty()) draft.fields[name] = {std::move(value)};
  };
  set("name", std::string(row.name));
  set("group", figure.counted.group);
  set("month", calendar::to_text(figure.month.first));
  set("value", figure.value);
  set("unit", std::string(row.unit));
  set("query", std::string(row.query));
  set("numerator", grouped(figure.counted.counted) + " " + std::string(row.numerator));
  if (!row.denominator.empty()) set("denominator", grouped(figure.counted.of) + " " + std::string(row.denominator));
  set("exclusions", left_out(figure));
  set("target", figure.target);
  set("minimum", figure.minimum);
  set("status", std::string(to_string(figure.standing)));
  if (figure.counted.last_event > 0) {
    set("first_event", std::to_string(figure.counted.first_event));
    set("last_event", std::to_string(figure.counted.last_event));
  }
  return change.create_by_rule("figure", draft);
}

Result<Record> freeze(ledger::Change& change, const Report& report) {
  std::vector<Record> figures;
  for (const auto* figure : report.figures()) {
    METERWAY_TRY(auto record, freeze_figure(change, *figure, report.level));
    figures.push_back(std::move(record));
  }
  const auto document = document_of(report, figures);
  ledger::Draft draft;
  draft.level = report.level;
  draft.fields = {{"form", {report.form}},
                  {"title", {document.title}},
                  {"month", {calendar::to_text(report.month.first)}},
                  {"as_at", {calendar::to_text(report.as_at)}},
                  {"headline", {report.headline.substr(0, 900)}},
                  {"content", {frozen(document)}}};
  for (const auto& figure : figures) draft.fields["figures"].push_back(figure.reference);
  if (report.last_event > 0) {
    draft.fields["first_event"] = {std::to_string(report.first_event)};
    draft.fields["last_event"] = {std::to_string(report.last_event)};
  }
  return change.create_by_rule("edition", draft);
}

}  // namespace

std::vector<const Figure*> Report::figures() const {
  std::vector<const Figure*> out;
  for (const auto& section : sections) {
    for (const auto& figure : section.figures) out.push_back(&figure);
  }
  return out;
}

Result<Report> make_report(Books& books, std::string_view form, Period month) {
  const auto rows = sections_of(form);
  if (rows.empty()) return fail(ErrorCode::NotFound, 0, "form of a report");
  Report out;
  out.form = std::string(form);
  out.title = std::string(rows.front().title);
  out.clause = std::string(rows.front().clause);
  out.month = month;
  out.as_at = books.as_at();
  std::size_t unmatched = 0;
  for (const auto& row : rows) {
    Section section{std::string(row.section), month_back(month, row.months_back), {}, {}};
    constexpr std::string_view kTable = "table ";
    if (row.content.starts_with(kTable)) {
      const auto name = row.content.substr(kTable.size());
      const auto tables = all_tables();
      const auto table =
          std::find_if(tables.begin(), tables.end(), [&](const NamedTable& one) { return one.name == name; });
      if (table == tables.end()) return fail(ErrorCode::NotFound, 0, "table of a report");
      METERWAY_TRY(section.table, table->make(books, section.month));
      if (name == "intervals") {
        const auto before = out.missing.size();
        METERWAY_CHECK(look_for_unmatched(books, section.month, out.missing));
        unmatched += out.missing.size() - before;
      }
      if (name == "rdp_incidents") METERWAY_CHECK(look_for_chases(books, section.month, out.missing));
    } else {
      for (const auto name : ledger::parts(row.content)) {
        METERWAY_TRY(auto figures, figures_of(books, *find_figure(name), section.month));
        for (auto& figure : figures) section.figures.push_back(std::move(figure));
      }
    }
    out.sections.push_back(std::move(section));
  }
  for (const auto* figure : out.figures()) {
    METERWAY_CHECK(look_for_explanation(books, *figure, out.missing));
    if (const auto& open = figure->counted.unresolved; !open.empty()) out.missing.push_back({figure->title(), open});
    const auto first = figure->counted.first_event;
    if (first > 0 && (out.first_event == 0 || first < out.first_event)) out.first_event = first;
    out.last_event = std::max(out.last_event, figure->counted.last_event);
  }
  if (!out.figures().empty() && books.as_at() <= month.last)
    out.missing.push_back({"month", month_in_words(month) + " has not ended on " + calendar::in_words(books.as_at())});
  write_headline(out, unmatched);
  out.level = books.level();
  return out;
}

document::Document document_of(const Report& report, const std::vector<Record>& figures) {
  document::Document out;
  out.title = report.title + ", " + month_in_words(report.month);
  out.reference = report.form + " " + calendar::to_text(report.month.first).substr(0, 7);
  out.level = report.level;
  out.about = {{"Month", month_in_words(report.month)},
               {"As at", calendar::in_words(report.as_at)},
               {"State", figures.empty() ? "draft" : "published"}};
  if (!report.clause.empty()) out.about.insert(out.about.begin(), {"Clause", report.clause});
  out.paragraph({document::strong(report.headline)});
  if (!report.missing.empty()) {
    out.heading(2, "What publication waits for");
    std::vector<Inline> items;
    for (const auto& one : report.missing) items.push_back(document::linked(one.field + ": " + one.detail));
    out.bullets(std::move(items));
  }
  std::size_t at = 0;
  for (const auto& section : report.sections) {
    out.heading(2, section.title + (section.month == report.month ? "" : " (" + month_in_words(section.month) + ")"));
    if (!section.table) {
      auto table = figure_table(section.figures, figures, at);
      out.table(std::move(table));
    } else if (section.table->rows.empty()) {
      out.paragraph({plain("None.")});
    } else {
      auto table = *section.table;
      if (table.caption == section.title) table.caption.clear();  // the heading has said it
      out.table(std::move(table));
    }
  }
  return out;
}

Result<Record, ledger::Problem> publish(ledger::Ledger& ledger, const EventMonths& events, const ledger::Person& who,
                                        std::string_view form, Period month, Date as_at) {
  using Wrong = Unexpected<ledger::Problem>;
  if (!who.has_role("operator") && !who.has_role("reporter") && !who.has_role("secretary"))
    return Wrong{{ErrorCode::Refused, "a report is published by: reporter, secretary", {}}};
  // The pass over the events is made here, and not while writers wait.
  auto draft_books = books_of(ledger, events, as_at);
  const auto draft = make_report(draft_books, form, month);
  if (!draft) return Wrong{{draft.error().code, describe(draft.error()), {}}};
  if (draft->level > who.clearance)
    return Wrong{{ErrorCode::Refused, "what the report is made from is above your clearance", {}}};
  return ledger.write(who, [&](ledger::Change& change) -> Result<Record> {
    auto books = books_of(change, events, as_at);
    METERWAY_TRY(const auto report, make_report(books, form, month));
    if (!report.missing.empty())
      return change.refuse(ErrorCode::BadRequest, "the report cannot be published yet", report.missing);
    if (report.level > who.clearance)
      return change.refuse(ErrorCode::Refused, "what the report is made from is above your clearance");
    return freeze(change, report);
  });
}

}  // namespace meterway::operations
