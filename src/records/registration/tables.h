#pragma once
#include <string_view>

#include "records/registration/point.h"

/// Names of tables, and the rows that several files here read. See registration.h.
namespace meterway::registration {

inline constexpr std::string_view kPoints = "registration", kWas = "registration-was", kStaged = "registration-staged",
                                  kStagedPostCodes = "registration-staged-postcode", kLive = "registration-live",
                                  kSenders = "registration-sender", kLoads = "registration-load",
                                  kNumbers = "registration-number", kOutcomes = "registration-outcome";

std::string write_past(const Was& was);
Result<std::vector<Was>> read_past(std::string_view row);

}  // namespace meterway::registration
