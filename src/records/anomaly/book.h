#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "records/anomaly/weigh.h"
#include "records/registry/person.h"
#include "records/registry/request_record.h"
#include "records/store/store.h"

/// What there is to look at afterwards: quarantined requests, notices, submissions and the audit of every step. Each is
/// written in the transaction of what it tells of.
///
/// Rows:  "anomaly-item"        number:8 -> JSON
///        "anomaly-user"        user:8 number:8 -> state:1
///        "anomaly-held"        user:8 number:8 -> nothing: those that nobody has decided on
///        "anomaly-request"     RequestID, leg:1 -> number:8
///        "anomaly-notice"      user:8 number:8 -> JSON
///        "anomaly-submission"  user:8 reference -> JSON
///        "anomaly-history"     user:8 number:8 -> a level or a limit as it was set, JSON
///        "anomaly-number"      name -> the last number given:8
namespace meterway::anomaly {

enum class State : std::uint8_t { Held, Released, Deleted, Expired };
std::string_view to_string(State state);  ///< "held", ...

/// A request in quarantine, and what became of it.
struct Item {
  std::uint64_t number = 0;  ///< QuarantineEventRef
  RequestId request;
  registry::Leg leg = registry::Leg::Request;
  std::string service;
  UtcTime received_at{}, expires_at{}, decided_at{};
  Breach breach = Breach::None;
  std::string threshold, counted, why;
  State state = State::Held;
  bool told = false;            ///< the User, by the DCC alert
  std::string asked, asked_by;  ///< the first of four eyes: "release" or "delete", and who
  std::vector<std::string> decided_by;
  std::string reason, reference;  ///< of an action file: its reference

  Eui64 user() const { return request.originator; }
};

/// A new item for a request that is written in the same transaction.
Result<Item> hold(store::WriteView& view, const registry::RequestRecord& record, const Verdict& verdict, UtcTime now,
                  UtcTime expires_at);
Result<std::optional<Item>> find_item(const store::ReadView& view, std::uint64_t number);
Result<std::optional<Item>> item_of(const store::ReadView& view, const RequestId& request, registry::Leg leg);
Status put_item(store::WriteView& view, const Item& item);
/// Looks at `batch` of those after a number and removes what was decided on, or expired, before that moment; what is
/// held stays, and so does that of a request that is open. Gives the number to go on after, 0 at the end. The audit
/// keeps what became of them.
Result<std::uint64_t> remove_items(store::WriteView& view, std::uint64_t after, UtcTime before, std::size_t batch);
/// Of one User, or of all; in the order of their numbers, after `after`.
Result<std::vector<Item>> items(const store::ReadView& view, std::optional<Eui64> user, std::optional<State> state,
                                std::uint64_t after, std::size_t limit);

/// One line: who did what to what. `what`: a function of spec/permissions.tsv without its "anomaly.", such as
/// "thresholds.submit"; or what the platform does by itself, "hold" and "expire".
struct AuditLine {
  std::uint64_t number = 0;
  UtcTime at{};
  std::string person, what, about, outcome, detail;
};
/// Into the audit of the node (records/audit), as function anomaly.<what>, with the clause of that function's row.
Status append_audit(store::WriteView& view, AuditLine line);
/// The last ones before a number (0: all), the youngest first.
Result<std::vector<AuditLine>> audit(const store::ReadView& view, std::uint64_t before, std::size_t limit);

struct Notice {
  std::uint64_t number = 0;
  UtcTime at{};
  Eui64 user;
  std::string text;
};
Status append_notice(store::WriteView& view, Notice notice);
/// The same of notices that were given before that moment; by the key to go on from, empty at the end.
Result<std::string> remove_notices(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch);
Result<std::vector<Notice>> notices(const store::ReadView& view, Eui64 user, std::uint64_t after, std::size_t limit);

/// Of submissions that were taken before that moment and set nothing that still stands in "anomaly-level": the file,
/// its signature and the receipt go. The reference stays, so that the file is a replay for ever. By the key to go on
/// from, empty at the end; so the next.
Result<std::string> strip_submissions(store::WriteView& view, const std::string& from, UtcTime before,
                                      std::size_t batch);
/// Removes what was set before that moment, unless it stands in "anomaly-level" or "anomaly-limit" still: what decides
/// now or later is never removed.
Result<std::string> remove_history(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch);

/// JSON rows of "anomaly-history", each with its number: of one User, or of all, each User's oldest first. Read page by
/// page, all of them.
Status append_history(store::WriteView& view, std::optional<Eui64> user, std::string_view json);
Status each_history(const store::ReadView& view, std::optional<Eui64> user,
                    const std::function<Status(std::uint64_t number, const std::string& json)>& take);

Status put_submission(store::WriteView& view, Eui64 user, std::string_view reference, std::string_view json);
Result<std::optional<std::string>> find_submission(const store::ReadView& view, Eui64 user, std::string_view reference);

}  // namespace meterway::anomaly
