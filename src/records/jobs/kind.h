#pragma once
#include <span>
#include <string_view>
#include <vector>

/// Kinds of bulk work that a person brings as a CSV file: rows of spec/job_kinds.tsv, and the columns of their files,
/// rows of spec/job_columns.tsv.
namespace meterway::jobs {

/// What a cell holds. `Moment`: a date, or date and time, UTC.
enum class Form : std::uint8_t { Eui, Moment, Text };

/// A cell as an element of a service's body.
struct Column {
  std::string_view kind, name;
  std::string_view service;  ///< of the kind's; empty: of each of them
  std::string_view element;
  bool needed = false;  ///< in each row of that service
  Form form = Form::Text;
  std::string_view meaning, source;

  bool is_of(std::string_view variant) const { return service.empty() || service == variant; }
};

struct Kind {
  std::string_view name;
  std::string_view services;        ///< by commas
  std::string_view delivery_class;  ///< the rule jobs.rate.<class> says how fast
  std::string_view again;           ///< outcome of a row whose work was done before
  std::string_view what, clause, how_sure;

  /// In the order of the schema within each service; a column that two services have differently stands there twice.
  std::vector<const Column*> columns() const;
  bool has_column(std::string_view column) const;
  /// That no file can do without: every service of the kind needs them.
  std::vector<std::string_view> needed_columns() const;
};

std::span<const Kind> all_kinds();
/// Null: there is none.
const Kind* find_kind(std::string_view name);

}  // namespace meterway::jobs
