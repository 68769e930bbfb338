#pragma once
#include <string>
#include <vector>

#include "records/anomaly/book.h"
#include "records/anomaly/problem.h"

/// The files of anomaly detection (docs/wire/anomaly-files.md; no layout is public, this one is ours): UTF-8, a header
/// row, commas, cells in quotes where they need them (RFC 4180), CR LF at the end of every row.
/// Errors: BadFile, with the number of the row (the header is 1) and the column. A file is right as a whole or not
/// taken.
namespace meterway::anomaly {

inline constexpr std::size_t kMaxFileBytes = 4u << 20, kMostFileRows = 20'000;
inline constexpr std::string_view kThresholdsHeader =
    "reference,user_id,user_role,service_reference_variant,warning_threshold,quarantine_threshold,period_hours,"
    "effective_from";
inline constexpr std::string_view kDccThresholdsHeader =
    "reference,user_id,service_reference_variant,quarantine_threshold,period_hours,effective_from";
inline constexpr std::string_view kLimitsHeader =
    "reference,user_id,service_reference_variant,attribute,minimum,maximum,effective_from";
inline constexpr std::string_view kActionsHeader = "reference,quarantine_id,request_id,action,reason";
inline constexpr std::string_view kReportHeader =
    "quarantine_id,user_id,request_id,service_reference_variant,device_id,received_at,breach,threshold,counted_value,"
    "expires_at";

/// A User's thresholds: one User, one reference, no scope twice for one date.
struct ThresholdsFile {
  std::string reference;
  Eui64 user;
  std::vector<Level> levels;    ///< without what `from` becomes when it is past
  std::vector<UserRole> roles;  ///< that the rows name; the User must have them
};
/// `usual_hours`: the window of a row that names none.
Result<ThresholdsFile, Problem> read_thresholds(std::string_view text, std::uint32_t usual_hours);

/// The DCC's own, of many Users or "ALL".
struct DccFile {
  std::string reference;
  std::vector<Level> levels;
  std::vector<Limit> limits;
};
Result<DccFile, Problem> read_dcc_thresholds(std::string_view text, std::uint32_t usual_hours);
Result<DccFile, Problem> read_limits(std::string_view text);

/// What is to become of quarantined requests, each named twice.
struct Action {
  std::uint64_t number = 0;
  RequestId request;
  bool process = false;
  std::string reason;
};
struct ActionsFile {
  std::string reference;
  std::vector<Action> actions;
};
Result<ActionsFile, Problem> read_actions(std::string_view text);

/// The quarantined communications report.
std::string write_report(const std::vector<Item>& items);

}  // namespace meterway::anomaly
