#pragma once
#include <string_view>

#include "records/registration/point.h"

/// Names of tables, and the rows that several files here read. See registration.h.
namespace meterway::registration {

inline constexpr std::string_view kPoints = "registration", kWas = "registration-was", kStaged = "registration-staged",
                                  kStagedPostCodes = "registration-staged-postcode", kLive = "registration-live",
                                  kSenders = "registration-sender", kLoads = "registration-load",
                                  kNumbers = "registration-number", kOutcomes = "registration-outcome";
/// Of oversight/registration/service_flags.h: sender 00 sequence:8 -> format:1 format of the file:1 at:8 records; and
/// the same key and a point -> why it was rejected.
inline constexpr std::string_view kFlagBatches = "registration-out", kFlagAnswers = "registration-answer";

std::string write_past(const Was& was);
Result<std::vector<Was>> read_past(std::string_view row);

}  // namespace meterway::registration
