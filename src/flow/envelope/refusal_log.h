#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow {

/// The one durable event that everything refused leaves: under the RequestID that the document names, or under a key of
/// its own ("refused:<16 hex digits>") where none can be read.
///
/// Anybody may send what is refused, so the log is bounded: of one source (a User whose signature is right, a device,
/// or everybody unknown together) `refusal_events_per_minute` are written one by one. What comes after them in the same
/// minute (or of all together ten times as many) is counted, and when the minute is over becomes one event under
/// "refused:<source>" with the numbers, and a line of the audit where access control refused some. (A crash loses the
/// numbers of its minute.) Sharing: from any thread.
class RefusalLog {
 public:
  explicit RefusalLog(const Context& context) : context_(context) {}
  /// Everybody unknown.
  static constexpr Eui64 kNobody{0};

  /// Durable when it returns, unless the disk fails: that is no reason to leave the sender without an answer.
  /// `key` empty: one of its own. Returns the key.
  std::string write(Eui64 source, std::string key, const Refused& refused, UtcTime received);
  /// The same of a request that is its originator's: what access control refuses is counted in the audit as well, in
  /// the same write.
  void write(const RequestId& id, std::string_view service, const Refused& refused, UtcTime received);
  /// A key for what names none.
  std::string new_key() const;
  /// The same for any step's hop: `what` is how it is counted. Errors: those of the store.
  Status write(Eui64 source, std::string_view key, std::string_view what, const Hop& hop);

 private:
  struct Source {
    std::int64_t minute = 0;
    std::uint64_t written = 0;
    std::map<std::string, std::uint64_t> counted;
  };
  /// False when it has been counted instead.
  bool take(Eui64 source, std::string_view what);
  Hop hop_of(const Refused& refused, UtcTime received) const;
  Status write_refusal(Eui64 source, std::string_view key, std::string_view service, const Refused& refused,
                       UtcTime received);
  /// So that a search finds it. `believed`: its signature is its originator's.
  static Status note(store::WriteView& view, const RequestId& id, std::string_view service, const Refused& refused,
                     UtcTime received, bool believed);
  void close_minute(Eui64 source);

  const Context& context_;
  std::mutex mutex_;
  std::map<Eui64, Source> sources_;
  std::int64_t minute_ = 0;  ///< now
  std::uint64_t all_ = 0;    ///< written in it
};

/// The RequestID in a document that has not been understood, as far as one stands there: to name what was refused, not
/// to believe it. Empty when there is none.
std::string claimed_request_id(std::string_view document);

}  // namespace meterway::flow
