#pragma once
#include <string>
#include <vector>

#include "standard/gbcs/message.h"
#include "standard/pki/key_store.h"

namespace meterway::gbcs {

/// One value that a meter answered, for people: "active import energy", "0.010", "kWh".
struct Reading {
  std::string name;
  std::string value;  ///< decimal number, a state ("closed"), or why there is none ("object-unavailable")
  std::string unit;   ///< kWh, kvarh, kW, m3, GBP, days; empty for states and failures
  friend bool operator==(const Reading&, const Reading&) = default;
};

/// The readings of a response, decrypted with the keys of whoever may read it (`keys` may be null when nothing is
/// encrypted). spec/readings.tsv says which use cases have readings and what they are called.
/// Errors: Unsupported (not a response, or no rows for its use case), UnknownKey, BadMac (encrypted for someone else or
/// damaged), and those of reading the content.
Result<std::vector<Reading>> decode_readings(const Message& message, const pki::KeyStore* keys);

}  // namespace meterway::gbcs
