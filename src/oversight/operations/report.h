#pragma once
#include "oversight/document/document.h"
#include "oversight/operations/figures.h"

/// Reports: forms are rows of spec/report_forms.tsv. A draft is what the books say now; a published one is frozen, each
/// of its figures a record of its own, and nothing that happens later changes it.
namespace meterway::operations {

struct Section {
  std::string title;
  Period month;
  std::vector<Figure> figures;
  std::optional<document::Table> table;
};

struct Report {
  std::string form, title, clause;
  Period month;
  Date as_at;
  std::vector<Section> sections;
  std::string headline;
  bool all_green = false;
  std::vector<ledger::FieldProblem> missing;  ///< why it cannot be published: the place, and what it waits for
  std::uint64_t first_event = 0, last_event = 0;
  ledger::Classification level = ledger::Classification::White;

  std::vector<const Figure*> figures() const;
};

/// Errors: NotFound for a form that there is not; those of the store, of rules and of the calendar.
Result<Report> make_report(Books& books, std::string_view form, Period month);
/// `figures`: the records of its figures, in the order of Report::figures(); empty for a draft.
document::Document document_of(const Report& report, const std::vector<Record>& figures = {});

/// Freezes the report as an edition, with a record of each figure. Errors: Refused for whom it is not to publish;
/// BadRequest with everything that is missing.
Result<Record, ledger::Problem> publish(ledger::Ledger& ledger, const EventMonths& events, const ledger::Person& who,
                                        std::string_view form, Period month, Date as_at);

/// A document as text and back, the same to the byte when it is rendered.
std::string frozen(const document::Document& document);
Result<document::Document> thawed(std::string_view text);

}  // namespace meterway::operations
