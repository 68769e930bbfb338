#include "flow/jobs/row_request.h"

#include <algorithm>
#include <optional>

#include "standard/duis/services.h"

namespace meterway::flow::jobs {
namespace {

using meterway::jobs::Cells;
using meterway::jobs::Column;
using meterway::jobs::Form;
using meterway::jobs::Job;
using meterway::jobs::Kind;
using Bad = Unexpected<BadCell>;

Bad bad(std::string_view column, std::string why) { return Bad{BadCell{std::string(column), std::move(why)}}; }

/// As the schema writes it.
Result<std::string, BadCell> value_of(const Column& column, std::string_view text, UtcTime now) {
  if (column.form == Form::Eui) {
    const auto eui = Eui64::parse(text);
    if (!eui) return bad(column.name, "expected an EUI-64, as 00-DB-12-34-56-78-90-A2 or without the dashes");
    return eui->dashed_upper();
  }
  if (column.form == Form::Moment) {
    auto moment = from_iso8601(text);
    if (!moment) moment = from_iso8601(std::string(text) + "T00:00:00Z");
    if (!moment) return bad(column.name, "expected a date (2026-06-01), or a date and time (2026-06-01T12:00:00Z)");
    if (*moment > now) return bad(column.name, "that time has not come");
    return to_iso8601(*moment, 0);
  }
  return std::string(text);
}

/// The column whose element the reader of the schema stopped at.
std::string column_of(const Kind& kind, std::string_view service, std::string_view path) {
  const auto name = path.substr(path.find_last_of(":/") + 1);
  for (const auto* column : kind.columns()) {
    if (column->is_of(service) && column->element == name) return std::string(column->name);
  }
  return {};
}

bool has_own(const std::vector<const Column*>& columns, std::string_view name, std::string_view service) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const Column* one) { return one->name == name && one->is_of(service); });
}

}  // namespace

std::string_view cell(const Job& job, const Cells& cells, std::string_view column) {
  for (std::size_t i = 0; i < job.columns.size() && i < cells.size(); ++i) {
    if (job.columns[i] == column) return cells[i];
  }
  return {};
}

Result<duis::Request, BadCell> request_of(const Kind& kind, std::string_view service, const Job& job,
                                          const Cells& cells, Eui64 broker, UtcTime now) {
  const auto* row = duis::find_service(service);
  if (row == nullptr) return bad({}, "there is no service " + std::string(service));
  duis::Request request;
  request.schema_version = "5.4";
  request.id = {job.user, broker, {1}};
  request.command_variant = CommandVariant::NonDevice;
  request.service_reference = row->reference;
  request.service_reference_variant = row->variant;
  request.body.name = row->body_element;
  const auto columns = kind.columns();
  for (const auto* column : columns) {
    const auto text = cell(job, cells, column->name);
    if (!column->is_of(service)) {
      if (!text.empty() && !has_own(columns, column->name, service))
        return bad(column->name, "is not for " + std::string(service) + " (" + std::string(row->name) + ")");
      continue;
    }
    if (text.empty()) {
      if (column->needed) return bad(column->name, "is empty");
      continue;
    }
    METERWAY_TRY(auto value, value_of(*column, text, now));
    duis::Element element;
    element.name = column->element;
    element.text = std::move(value);
    request.body.children.push_back(std::move(element));
  }
  auto read = duis::read_request(duis::write_request(request));
  if (!read) return bad(column_of(kind, service, read.error().element), read.error().rule);
  return std::move(*read);
}

}  // namespace meterway::flow::jobs
