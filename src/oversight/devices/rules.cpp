#include "oversight/devices/rules.h"

#include "oversight/devices/corrections.h"
#include "oversight/devices/directions.h"
#include "oversight/devices/eligibility.h"

namespace meterway::devices {
namespace {

Result<Reasons> devices_stay_as_they_are(ledger::Change&, const Record& before, const Record&) {
  return Reasons{before.reference + " is " + before.state + " and is not rewritten"};
}

constexpr ledger::Named kFunctions[] = {
    {"devices_stay_as_they_are", devices_stay_as_they_are, nullptr},
    {"correction_is_over", correction_is_over, nullptr},
    {"correction_can_be_asked", correction_can_be_asked, nullptr},
    {"give_leave", nullptr, give_leave},
    {"end_correction", nullptr, end_correction},
    {"device_can_be_blocked", device_can_be_blocked, nullptr},
    {"block_device", nullptr, block_device},
    {"release_is_directed", release_is_directed, nullptr},
    {"release_device", nullptr, release_device},
    {"authority_key_can_be", authority_key_can_be, nullptr},
    {"direction_is_signed", direction_is_signed, nullptr},
    {"read_direction", nullptr, read_direction},
    {"direction_can_be_executed", direction_can_be_executed, nullptr},
    {"execute_direction", nullptr, execute_direction},
    {"certificate_request_can_be", certificate_request_can_be, nullptr},
    {"judge_certificate_request", nullptr, judge_certificate_request},
};

}  // namespace

std::span<const ledger::Named> functions() { return kFunctions; }

}  // namespace meterway::devices
