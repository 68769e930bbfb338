#include "records/anomaly/files.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/util/utf8.h"
#include "standard/duis/sample_body.h"
#include "standard/duis/services.h"

namespace meterway::anomaly {
namespace {

using Cells = std::vector<std::string>;
constexpr std::size_t kMostCellBytes = 500;
constexpr std::uint32_t kMostHours = 31 * 24, kMostCount = 1'000'000'000;

Unexpected<Problem> wrong(std::size_t row, std::string_view column, std::string_view why) {
  return refuse(Reason::BadFile, "row " + std::to_string(row) + ", " + std::string(column) + ": " + std::string(why));
}

/// One row from the front of `text`. A cell in quotes may hold commas and doubled quotes, no line breaks.
Result<Cells, Problem> take_row(std::string_view& text, std::size_t row) {
  Cells cells(1);
  std::size_t at = 0;
  bool quoted = false, closed = false;
  for (;; ++at) {
    if (at == text.size()) return wrong(row, "end", quoted ? "a quote that nobody closes" : "no CR LF at the end");
    const char c = text[at];
    auto& cell = cells.back();
    if (cell.size() > kMostCellBytes) return wrong(row, "cell", "too long");
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += text[++at];
      } else {
        quoted = false;
        closed = true;
      }
      continue;
    }
    if (c == '\r') break;
    if (c == ',') {
      cells.emplace_back();
      closed = false;
    } else if (closed) {
      return wrong(row, "cell", "something after its closing quote");
    } else if (c == '"') {
      if (!cell.empty()) return wrong(row, "cell", "a quote inside a plain cell");
      quoted = true;
    } else {
      cell += c;
    }
  }
  if (at + 1 >= text.size() || text[at + 1] != '\n') return wrong(row, "end", "no CR LF at the end");
  text.remove_prefix(at + 2);
  for (const auto& cell : cells) {
    if (!is_one_line(cell)) return wrong(row, "cell", "not UTF-8 text");
  }
  return cells;
}

/// Every row below the header, with as many cells as that has; `visit` gives a Result.
template <class Visit>
Result<void, Problem> each_row(std::string_view text, std::string_view header, const Visit& visit) {
  if (text.size() > kMaxFileBytes) return refuse(Reason::BadFile, "too large");
  const auto columns = static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1;
  if (!text.starts_with(std::string(header) + "\r\n"))
    return refuse(Reason::BadFile, "row 1: expected " + std::string(header));
  text.remove_prefix(header.size() + 2);
  std::size_t row = 2;
  for (; !text.empty(); ++row) {
    if (row > kMostFileRows + 1) return wrong(row, "file", "too many rows");
    METERWAY_TRY(const auto cells, take_row(text, row));
    if (cells.size() != columns) return wrong(row, "row", "expected " + std::to_string(columns) + " cells");
    METERWAY_CHECK(visit(cells, row));
  }
  if (row == 2) return refuse(Reason::BadFile, "no rows");
  return {};
}

Result<std::string, Problem> read_reference(const std::string& cell, std::size_t row, std::string& of_file) {
  const bool fits =
      !cell.empty() && cell[0] != '.' && cell.size() <= 64 && std::all_of(cell.begin(), cell.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
               c == '.';
      });
  if (!fits) return wrong(row, "reference", "expected 1 to 64 of A-Z a-z 0-9 . _ -, the first not a point");
  if (of_file.empty()) of_file = cell;
  if (of_file != cell) return wrong(row, "reference", "another than that of the first row");
  return cell;
}

Result<std::optional<std::uint32_t>, Problem> read_count(const std::string& cell, std::size_t row,
                                                         std::string_view column, std::uint32_t least,
                                                         std::uint32_t most) {
  if (cell.empty()) return std::optional<std::uint32_t>();
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || value < least || value > most ||
      (cell.size() > 1 && cell[0] == '0'))
    return wrong(row, column,
                 "expected nothing or a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::optional(value);
}

Result<UtcTime, Problem> read_time(const std::string& cell, std::size_t row) {
  const auto time = from_iso8601(cell);
  if (!time) return wrong(row, "effective_from", "expected a date and time, 2026-12-01T00:00:00Z");
  return *time;
}

/// "ALL", or a service that has commands: only those are counted.
Result<std::string, Problem> read_service(const std::string& cell, std::size_t row) {
  if (cell == kAllServices) return cell;
  const auto* service = duis::find_service(cell);
  if (service == nullptr) return wrong(row, "service_reference_variant", "there is no such service");
  if (service->non_device) return wrong(row, "service_reference_variant", "the DCC answers it itself: no command");
  return cell;
}

Result<Eui64, Problem> read_user(const std::string& cell, std::size_t row) {
  const auto eui = Eui64::parse(cell);
  if (!eui || eui->value() == 0) return wrong(row, "user_id", "expected an EUI-64");
  return *eui;
}
Result<std::optional<Eui64>, Problem> read_user_or_all(const std::string& cell, std::size_t row) {
  if (cell == "ALL") return std::optional<Eui64>();
  METERWAY_TRY(const auto eui, read_user(cell, row));
  return std::optional(eui);
}

Result<std::optional<Micros>, Problem> read_bound(const std::string& cell, std::size_t row, std::string_view column) {
  if (cell.empty()) return std::optional<Micros>();
  const auto value = read_decimal(cell);
  if (!value) return wrong(row, column, "expected nothing or a decimal number");
  return std::optional(*value);
}

/// Of "attribute": what a request of this service, or of one at least, can say.
bool is_attribute(const std::string& cell, std::string_view service) {
  if (cell.empty()) return false;
  return std::any_of(duis::all_services().begin(), duis::all_services().end(), [&](const duis::Service& one) {
    return !one.non_device && (service == kAllServices || service == one.variant) && duis::may_hold(one, cell);
  });
}

std::string date_key(const Scope& scope, UtcTime from) { return scope.key() + '\0' + to_iso8601(from, 6); }

/// Digits from 1; none otherwise.
std::optional<std::uint64_t> read_number(const std::string& cell) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  const bool whole = error == std::errc() && end == cell.data() + cell.size() && value > 0 && cell[0] != '0';
  return whole ? std::optional(value) : std::nullopt;
}

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace

Result<ThresholdsFile, Problem> read_thresholds(std::string_view text, std::uint32_t usual_hours) {
  ThresholdsFile file;
  std::set<std::string> seen;
  const auto visit = [&](const Cells& cells, std::size_t row) -> Result<void, Problem> {
    Level level;
    METERWAY_TRY(level.reference, read_reference(cells[0], row, file.reference));
    METERWAY_TRY(const auto user, read_user(cells[1], row));
    if (row > 2 && user != file.user) return wrong(row, "user_id", "another than that of the first row");
    file.user = user;
    level.scope.user = user;
    const auto role = parse_user_role(cells[2]);
    if (!role) return wrong(row, "user_role", "expected a User role");
    file.roles.push_back(*role);
    METERWAY_TRY(level.scope.service, read_service(cells[3], row));
    METERWAY_TRY(level.warning, read_count(cells[4], row, "warning_threshold", 0, kMostCount));
    METERWAY_TRY(level.quarantine, read_count(cells[5], row, "quarantine_threshold", 0, kMostCount));
    if (level.warning && level.quarantine && *level.warning > *level.quarantine)
      return wrong(row, "warning_threshold", "above the quarantine threshold");
    METERWAY_TRY(const auto hours, read_count(cells[6], row, "period_hours", 1, kMostHours));
    level.period_hours = hours.value_or(usual_hours);
    METERWAY_TRY(level.from, read_time(cells[7], row));
    if (!seen.insert(date_key(level.scope, level.from)).second)
      return wrong(row, "service_reference_variant", "a second time for this date");
    file.levels.push_back(std::move(level));
    return {};
  };
  METERWAY_CHECK(each_row(text, kThresholdsHeader, visit));
  return file;
}

Result<DccFile, Problem> read_dcc_thresholds(std::string_view text, std::uint32_t usual_hours) {
  DccFile file;
  std::set<std::string> seen;
  const auto visit = [&](const Cells& cells, std::size_t row) -> Result<void, Problem> {
    Level level;
    level.source = Source::Dcc;
    METERWAY_TRY(level.reference, read_reference(cells[0], row, file.reference));
    METERWAY_TRY(level.scope.user, read_user_or_all(cells[1], row));
    METERWAY_TRY(level.scope.service, read_service(cells[2], row));
    METERWAY_TRY(level.quarantine, read_count(cells[3], row, "quarantine_threshold", 0, kMostCount));
    METERWAY_TRY(const auto hours, read_count(cells[4], row, "period_hours", 1, kMostHours));
    level.period_hours = hours.value_or(usual_hours);
    METERWAY_TRY(level.from, read_time(cells[5], row));
    if (!seen.insert(date_key(level.scope, level.from)).second)
      return wrong(row, "service_reference_variant", "a second time for this date");
    file.levels.push_back(std::move(level));
    return {};
  };
  METERWAY_CHECK(each_row(text, kDccThresholdsHeader, visit));
  return file;
}

Result<DccFile, Problem> read_limits(std::string_view text) {
  DccFile file;
  std::set<std::string> seen, known;  // rows; attributes that were found in the schema
  const auto visit = [&](const Cells& cells, std::size_t row) -> Result<void, Problem> {
    Limit limit;
    METERWAY_TRY(limit.reference, read_reference(cells[0], row, file.reference));
    METERWAY_TRY(limit.scope.user, read_user_or_all(cells[1], row));
    METERWAY_TRY(limit.scope.service, read_service(cells[2], row));
    const auto place = limit.scope.service + '\0' + cells[3];
    if (!known.contains(place) && !is_attribute(cells[3], limit.scope.service))
      return wrong(row, "attribute", "no request of the service holds a value there");
    known.insert(place);
    limit.attribute = cells[3];
    METERWAY_TRY(limit.minimum, read_bound(cells[4], row, "minimum"));
    METERWAY_TRY(limit.maximum, read_bound(cells[5], row, "maximum"));
    if (limit.minimum && limit.maximum && *limit.minimum > *limit.maximum)
      return wrong(row, "minimum", "above the maximum");
    METERWAY_TRY(limit.from, read_time(cells[6], row));
    if (!seen.insert(date_key(limit.scope, limit.from) + '\0' + limit.attribute).second)
      return wrong(row, "attribute", "a second time for this date");
    file.limits.push_back(std::move(limit));
    return {};
  };
  METERWAY_CHECK(each_row(text, kLimitsHeader, visit));
  return file;
}

Result<ActionsFile, Problem> read_actions(std::string_view text) {
  ActionsFile file;
  std::set<std::uint64_t> seen;
  const auto visit = [&](const Cells& cells, std::size_t row) -> Result<void, Problem> {
    METERWAY_CHECK(read_reference(cells[0], row, file.reference));
    Action action;
    const auto number = read_number(cells[1]);
    if (!number) return wrong(row, "quarantine_id", "expected a number");
    action.number = *number;
    if (!seen.insert(action.number).second) return wrong(row, "quarantine_id", "a second time");
    const auto request = RequestId::parse(cells[2]);
    if (!request) return wrong(row, "request_id", "expected a RequestID");
    action.request = *request;
    if (cells[3] != "PROCESS" && cells[3] != "DELETE") return wrong(row, "action", "expected PROCESS or DELETE");
    action.process = cells[3] == "PROCESS";
    action.reason = cells[4];
    file.actions.push_back(std::move(action));
    return {};
  };
  METERWAY_CHECK(each_row(text, kActionsHeader, visit));
  return file;
}

std::string write_report(const std::vector<Item>& items) {
  std::string out = std::string(kReportHeader) + "\r\n";
  for (const auto& item : items) {
    const std::string cells[] = {std::to_string(item.number),
                                 item.user().dashed_upper(),
                                 item.request.text(),
                                 item.service,
                                 item.request.target.dashed_upper(),
                                 to_iso8601(item.received_at),
                                 std::string(to_string(item.breach)),
                                 item.threshold,
                                 item.counted,
                                 to_iso8601(item.expires_at)};
    for (const auto& cell : cells) out += (&cell == cells ? "" : ",") + quoted(cell);
    out += "\r\n";
  }
  return out;
}

}  // namespace meterway::anomaly
