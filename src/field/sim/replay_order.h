#pragma once
#include <string>

#include "field/device/device.h"

namespace meterway::field {

/// "what does the device answer to this command", as one line for a running estate:
///
///     replay df0901...       the message in hexadecimal; its target is the device
///
/// A copy of the device as it is now carries it out and is forgotten: neither its state nor its counters change, and
/// what it would tell others is told to nobody. Errors: BadHex, those of gbcs::read_message.
struct ReplayOrder {
  Eui64 device;
  Bytes message;
};
std::string write_replay_order(ByteView message);
Result<ReplayOrder> read_replay_order(const std::string& line);

/// {"device", "response": hexadecimal or null, "alerts": [hexadecimal...], "refusal"?}, or why nobody can say
/// ("error"): JSON, one line.
std::string describe_replayed(const ReplayOrder& order, const Result<Outcome, std::string>& outcome);

}  // namespace meterway::field
