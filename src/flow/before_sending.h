#pragma once
#include <optional>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

/// What decides when a command goes, and what ends it without going: the steps hold and authorise, put together for
/// whoever owns the device's queue.
namespace meterway::flow {

/// Neither `go` nor `ends`: look again at `wake`, or when something of the device changes.
struct Verdict {
  std::vector<Outcome> tell{};                 ///< to be stored first, in any case
  std::optional<std::uint64_t> quarantined{};  ///< its number there, when `tell` was to be told for the first time
  bool go = false;
  UtcTime wake{};
  std::optional<Outcome> ends{};
};
/// For a record that is Accepted. One that the DCC held is authorised again: the User may have lost the device since.
/// `behind`: one of the same originator before it is in quarantine: what is held itself is told or ended, and none
/// goes. Errors: those of the store.
Result<Verdict> before_sending(registry::RequestRecord& record, const Context& context, bool behind = false);

/// Of the commands that a device holds to a date: what ends because it let the date pass in silence (E30), and when to
/// look again.
struct Silent {
  std::vector<Outcome> ends;
  std::optional<UtcTime> wake;
};
Result<Silent> silent_on_their_date(Eui64 device, const Context& context);

}  // namespace meterway::flow
