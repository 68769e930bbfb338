#include "portal/server/table.h"

#include <nlohmann/json.hpp>
#include <set>

#include "portal/server/csv.h"

namespace meterway::portal {
namespace {

constexpr std::size_t kMostErrors = 200;

csv::Cells columns_of(const ledger::Kind& kind, const ledger::Person& person) {
  csv::Cells columns{"reference", "state", "class"};
  for (const auto& field : kind.fields) {
    if (field.least_class <= person.clearance) columns.emplace_back(field.name);
  }
  return columns;
}

std::string joined(const ledger::Value& value) {
  std::string out;
  for (const auto& item : value) out += (out.empty() ? "" : "\n") + item;
  return out;
}

/// One row over the draft of a record. An empty cell leaves a new record without the field, and an old one with it.
Result<ledger::Draft, std::string> read_row(const ledger::Kind& kind, const csv::Cells& columns,
                                            const csv::Cells& cells) {
  ledger::Draft draft;
  draft.why = "imported";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& cell = cells[i];
    if (cell.empty() || columns[i] == "state") continue;
    if (columns[i] == "reference") {
      draft.reference = cell;
    } else if (columns[i] == "class") {
      const auto level = registry::classification_of(cell);
      if (!level) return Unexpected<std::string>{"class: expected White, Green, Amber or Red"};
      draft.level = *level;
    } else if (kind.field(columns[i])->list) {
      ledger::Value value;
      for (const auto item : ledger::parts(cell, '\n')) value.emplace_back(item);
      draft.fields[columns[i]] = std::move(value);
    } else {
      draft.fields[columns[i]] = {cell};
    }
  }
  return draft;
}

std::string wrong_columns(const ledger::Kind& kind, const csv::Cells& columns) {
  std::set<std::string> seen;
  for (const auto& column : columns) {
    if (!seen.insert(column).second) return "row 1: the column " + column + " stands there twice";
    if (column != "reference" && column != "state" && column != "class" && kind.field(column) == nullptr)
      return "row 1: " + column + " is no field of a " + std::string(kind.name);
  }
  return {};
}

void add(std::vector<ledger::FieldProblem>& errors, std::size_t row, const ledger::Problem& problem) {
  const auto place = "row " + std::to_string(row);
  if (problem.fields.empty()) errors.push_back({place, problem.detail});
  for (const auto& one : problem.fields)
    errors.push_back({place, one.field.empty() ? one.detail : one.field + ": " + one.detail});
}

}  // namespace

net::HttpResponse csv_answer(const ledger::Reader& reader, const ledger::Kind& kind, ledger::Query query) {
  const auto columns = columns_of(kind, reader.person());
  std::string body = csv::line(columns);
  query.limit = ledger::kMostListed;
  while (true) {
    const auto page = reader.list(query);
    if (!page) return failed(page.error());
    for (const auto& record : page->records) {
      csv::Cells cells{record.reference, record.state, std::string(to_string(record.level))};
      for (std::size_t i = cells.size(); i < columns.size(); ++i) cells.push_back(joined(record.list(columns[i])));
      body += csv::line(cells);
    }
    if (page->next.empty()) break;
    query.after = page->next;
  }
  return {200, {{"content-type", "text/csv; charset=utf-8"}, {"cache-control", "no-store"}}, std::move(body)};
}

/// A row whose reference there is changes that record; every other row makes one. Every row is tried, so that all that
/// is wrong is told at once; nothing is kept unless all is well.
net::HttpResponse import(const Ask& ask, const Portal& portal) {
  const auto* kind = ledger::find_kind(ask.part("kind"));
  if (kind == nullptr) return not_found(ask.part("kind"));
  const auto rows = csv::read(ask.http.body);
  if (!rows) return problem(400, "bad_csv", "the table cannot be read", rows.error());
  if (rows->size() < 2)
    return problem(400, "bad_csv", "the table cannot be read", "row 1 names the columns; there are no others");
  const auto& columns = rows->front();
  if (const auto wrong = wrong_columns(*kind, columns); !wrong.empty())
    return problem(400, "bad_csv", "the table cannot be read", wrong);
  std::vector<ledger::FieldProblem> errors;
  std::size_t made = 0, changed = 0;
  const auto done = portal.ledger.write(ask.person, [&](ledger::Change& change) -> Result<ledger::Record> {
    ledger::Record last;
    made = changed = 0;
    errors.clear();
    for (std::size_t i = 1; i < rows->size() && errors.size() < kMostErrors; ++i) {
      auto draft = read_row(*kind, columns, (*rows)[i]);
      if (!draft) {
        errors.push_back({"row " + std::to_string(i + 1), draft.error()});
        continue;
      }
      bool there = false;
      if (!draft->reference.empty()) {
        const auto as_we_write = ledger::read_reference(*kind, draft->reference);
        if (as_we_write) {
          METERWAY_TRY(const auto known, change.find(kind->name, as_we_write->reference));
          there = known.has_value();
        }
      }
      auto record =
          there ? change.change(kind->name, draft->reference, std::nullopt, *draft) : change.create(kind->name, *draft);
      if (!record) {
        add(errors, i + 1, change.take_problem(record.error()));
        continue;
      }
      (there ? changed : made) += 1;
      last = std::move(*record);
    }
    if (!errors.empty()) return change.refuse(ErrorCode::BadValue, "nothing was imported", errors);
    return last;
  });
  if (!done) return failed(done.error());
  return json_answer(200, nlohmann::json{{"made", made}, {"changed", changed}}.dump());
}

}  // namespace meterway::portal
