#pragma once
#include "records/ledger/ledger.h"
#include "standard/ids/ids.h"

/// Devices that a problem of their certificates keeps from working, and the signed directions of a policy authority
/// that let them go. Seed A49. The signed text is in docs/wire/direction.md.
namespace meterway::devices {

using ledger::Record;
using Reasons = std::vector<std::string>;

/// What a direction says.
struct DirectionText {
  std::string authority, number, action;
  UtcTime from{}, until{};
  std::vector<Eui64> scope;  ///< ascending, no device twice
};
inline constexpr std::size_t kMostInScope = 20'000;
/// Errors in words, beginning with the line.
Result<DirectionText, std::string> read_direction_text(std::string_view text);
std::string write_direction_text(const DirectionText& direction);

Result<Reasons> device_can_be_blocked(ledger::Change& change, const Record& before, const Record& after);
Status block_device(ledger::Change& change, const Record& before, Record& after);
Result<Reasons> release_is_directed(ledger::Change& change, const Record& before, const Record& after);
Status release_device(ledger::Change& change, const Record& before, Record& after);
Result<Reasons> authority_key_can_be(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> direction_is_signed(ledger::Change& change, const Record& before, const Record& after);
Status read_direction(ledger::Change& change, const Record& before, Record& after);
Result<Reasons> direction_can_be_executed(ledger::Change& change, const Record& before, const Record& after);
Status execute_direction(ledger::Change& change, const Record& before, Record& after);

}  // namespace meterway::devices
