#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

namespace meterway::registry {

/// The two messages that one RequestID may bring: the request itself (CV 1 to 4, 8), and the signed pre-command (CV 5
/// to 7) that answers a CV 4. They are one exchange: the second reuses the first one's counter.
enum class Leg : std::uint8_t { Request, SignedPreCommand };

/// How far a leg has come. Answered: nothing follows (CV 4, 8, refusals). Accepted: acknowledged, the command is yet to
/// be sent. Sent: on its way to the device. Done: the outcome is known and queued for delivery. Handed: the User has
/// the command and takes it to the device himself (CV 2, 6); 8.13 may bring the answer back. Dated: the device has
/// accepted it, the User has been told, and the device reports again when the date has come.
enum class Progress : std::uint8_t { Answered, Accepted, Sent, Done, Handed, Dated };

/// The durable record of one leg, written before the User hears "accepted". Everything after that reads it again, so
/// any step may be repeated and a restart continues where the store stands. What never changes is written once; the
/// members that say "changes" make a small row of their own (some 25 bytes), which each step rewrites until the leg has
/// ended; then they are appended to the first.
struct RequestRecord {
  RequestId id;
  Leg leg = Leg::Request;
  std::string digest;  ///< of the document without its signature, as the User signed it (base64)
  std::string service_reference;
  std::string service;  ///< service reference variant
  CommandVariant command_variant = CommandVariant::SendCommand;
  std::string use_case;
  bool critical = false;  ///< the device signs its response
  UtcTime received_at{};
  UtcTime send_at{};   ///< not before; later than received_at when the DCC holds it until its date; changes
  UtcTime deadline{};  ///< when to give up waiting for the device (Accepted, Sent); changes
  Progress progress = Progress::Answered;  ///< changes
  Bytes message;                           ///< pre-command, or the command without its MAC
  RequestId header;  ///< originator, target and counter of that message; the originator may be the broker
  std::uint64_t transaction =
      0;  ///< of a command: its place among all, in the order of acceptance; its number on the link
  MessageCode code;
  bool arrived = false;                ///< the device has the command; changes
  unsigned instructions = 0;           ///< future-dated instructions of it that the device has reported on; changes
  unsigned total_instructions = 0;     ///< that it will report on; 0: the command takes effect at once
  UtcTime device_date{};               ///< when they take effect, kept by the device
  bool dcc_dated = false;              ///< the User named the date and the DCC keeps it: send_at
  std::optional<RequestId> preceding;  ///< to be held until that request has succeeded
  bool released = false;               ///< it has; changes
  bool held = false;                   ///< in quarantine, until records/anomaly says otherwise; changes
  std::uint64_t schedule = 0;          ///< made by the DCC itself, for this schedule of its originator's
  std::string outcome;                 ///< response code that ended it; empty until it is Done; changes
  std::string cin;                     ///< customer identification number that the command carries, for 9.1
  std::string answer;                  ///< the DUIS document answered; a repeated request gets the same
  std::string document;                ///< the request as it came
};

/// Errors: Database; of wire::Reader when a stored record cannot be read.
Result<std::optional<RequestRecord>> find_request(const store::ReadView& view, const RequestId& id, Leg leg);
/// The same for a request that has just come, and is new as a rule: when its counter is greater than all that were
/// taken of this User for this target (advance_counter is called with the put_request of a new one), no leg can have
/// its name, and none is searched for among all requests.
Result<std::optional<RequestRecord>> find_earlier(const store::ReadView& view, const RequestId& id, Leg leg);
/// Writes a new record whole.
Status put_request(store::WriteView& view, const RequestRecord& record);
/// Writes one that is open again, whole: its command, not sent yet, has another header than `before`.
Status put_with_header(store::WriteView& view, const RequestRecord& record, const RequestId& before);
/// Writes again what changes of a record that is there; of the rest only its names and its transaction are looked
/// at. Does nothing for one that has been removed.
Status put_progress(store::WriteView& view, const RequestRecord& record);

/// Finds who waits for a device's answer: the command with this header (originator, target, counter).
Result<std::optional<RequestRecord>> find_by_command(const store::ReadView& view, const RequestId& header);

/// The next number for RequestRecord::transaction: 1, 2, 3... Given out in the transaction that accepts the command, so
/// that it stays the same over a restart and tells which of two was accepted first.
Result<std::uint64_t> next_transaction(store::WriteView& view);

/// After a restore: goes on with numbers that cannot have been given out since the back-up.
Status skip_transactions(store::WriteView& view);

/// Of commands that the DCC holds to a date: the last one accepted of a User, service and device supersedes those
/// before it. Written when one is accepted.
Status put_last_dated(store::WriteView& view, const RequestRecord& record);
/// Its transaction, 0 when there is none.
Result<std::uint64_t> last_dated(const store::ReadView& view, const RequestRecord& record);

/// The legs that wait for reports of this device on future-dated instructions (Dated), and every device that has such.
Result<std::vector<RequestRecord>> dated_requests_of(const store::ReadView& view, Eui64 device);
Result<std::vector<Eui64>> devices_with_dated_requests(const store::ReadView& view);

/// An open leg, that is Accepted or Sent, without its record.
struct OpenRequest {
  std::uint64_t transaction = 0;
  RequestId id;
  Leg leg = Leg::Request;
  Eui64 device;     ///< target of the command
  std::string key;  ///< where it stands, for the next page
};
inline constexpr std::size_t kOpenPage = 1000;
/// The open legs after the one with this key (empty: from the first), by device, and for each in the order of
/// acceptance. Their documents are not read.
Result<std::vector<OpenRequest>> open_page(const store::ReadView& view, const std::string& after, std::size_t limit);
/// Those whose command is for this device, in the order of acceptance; the first `limit` of them after this key.
Result<std::vector<OpenRequest>> open_requests_of(const store::ReadView& view, Eui64 device, const std::string& after,
                                                  std::size_t limit);
/// Every open leg with its record, in the order of open_page: for few.
Result<std::vector<RequestRecord>> open_requests(const store::ReadView& view);

/// A page of what came of one originator, in the order of its keys: `after` empty is the first, and what is given back
/// with it names the next (empty: there is none).
struct RequestPage {
  std::vector<RequestRecord> records;
  std::string next;
};
Result<RequestPage> requests_of(const store::ReadView& view, Eui64 originator, const std::string& after,
                                std::size_t limit);

/// True while one of its legs is Accepted, Sent or Dated.
Result<bool> is_open(const store::ReadView& view, const RequestId& id);

/// Removes legs that came before `before` and are neither open nor Dated: looks at `limit` of them from `from` on
/// (empty: the first), and gives where to go on, empty at the end. Counters stay, so that such a request is still
/// refused as a replay.
Result<std::string> remove_requests(store::WriteView& view, const std::string& from, UtcTime before, std::size_t limit);

/// Replay protection: counters strictly increase per originator and target; those of prepayment top-ups, which are
/// tokens' counters, on their own. Errors: StaleCounter.
enum class CounterKind : std::uint8_t { Ordinary, Prepayment };
Status advance_counter(store::WriteView& view, const RequestId& id, CounterKind kind);
/// The greatest counter taken so far for this pair, 0 when none.
Result<OriginatorCounter> last_counter(const store::ReadView& view, Eui64 originator, Eui64 target, CounterKind kind);

}  // namespace meterway::registry
