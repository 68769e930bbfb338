#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/util/clock.h"
#include "standard/ids/ids.h"

/// What those outside the platform saw of it: its Users and its estate. Nothing in here reads the platform's store, so
/// that a platform which lies to itself is found out all the same.
namespace meterway::lab {

/// One thing seen. As a line of text, fields between tabs:
///
///     <microseconds> <kind> <who> <RequestID> <leg> <code> <content>
///
/// | kind     | who    | RequestID               | leg  | code                         | content             |
/// |----------|--------|-------------------------|------|------------------------------|---------------------|
/// | sent     | User   | of the request          | R, S |                              | service[@date]      |
/// | told     | User   | of the request          | R, S | I99, I0, E..; 503; "nothing" |                     |
/// | received | User   | of the request or alert | R    | I0, E..; "alert"             | digest of the whole |
/// | scheduled | User  | User, device, counter   | R    |                              | first moment, daily |
/// | run      | User   | that the DCC gave it    | R    | I0, E..                      | digest of the whole |
/// | arrived  | device | header of the command   | -    |                              |                     |
/// | executed | device | header of the command   | -    |                              |                     |
/// | refused  | device | header of the command   | -    | why                          |                     |
/// | lost     | hub    | -                       | -    |                              | Users to be told    |
/// | restored | hub    | -                       | -    |                              |                     |
///
/// An alert of a loss of supply is received as "AD1", with hub:microseconds:digest as content; one of a device has
/// microseconds:digest, the time being the device's own, and where it sums up a storm :number:count behind them.
struct Seen {
  enum class Kind : std::uint8_t { Sent, Told, Received, Arrived, Executed, Refused, Lost, Restored, Scheduled, Run };
  Kind kind = Kind::Sent;
  UtcTime at{};
  Eui64 who;
  RequestId id;
  char leg = '-';
  std::string code;
  std::string content;
};
using History = std::vector<Seen>;

std::string write_history(const History& history);
/// Errors: BadValue with the number of the line that is none, from 1, as offset.
Result<History> read_history(std::string_view text);

/// What the histories together say. `broken` names each rule that does not hold, with the request or device it is
/// about:
///   - a request told I99 ends in one final outcome at its User; a repeat is the same document, byte by byte;
///   - a request told anything else final ends there; what no User asked for is neither answered nor carried, unless a
///     schedule of his made it;
///   - a schedule makes no more requests than it has had moments, and each ends once; one that was accepted makes one
///     for its first moment, when that is far enough from then for a wrong clock;
///   - a command arrives at its device at most once, and is carried out at most once;
///   - of two commands a device carries out first the one that was accepted before the other was sent;
///   - of a loss of supply that lasts three minutes each User who is to be told is told once, of a shorter one never.
struct Verdict {
  std::vector<std::string> broken;
  std::size_t sent = 0;         ///< requests, CV 4 and its CV 5 as one
  std::size_t accepted = 0;     ///< of them told I99
  std::size_t ended = 0;        ///< of those accepted, with their one outcome
  std::size_t with_result = 0;  ///< of those, with I0
  std::size_t redelivered = 0;  ///< documents received more than once
  std::size_t arrivals = 0;
  std::size_t executions = 0;
  std::size_t outages = 0;  ///< losses of supply that had to be told
  std::size_t runs = 0;     ///< requests that schedules made
  bool holds() const { return broken.empty(); }
  std::string text() const;
};
/// `end`: until when it was watched, where that is later than the last thing seen.
Verdict judge(const History& history, UtcTime end = {});

}  // namespace meterway::lab
