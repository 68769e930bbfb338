#include "flow/transform/use_case_choice.h"

#include "base/util/result.h"
#include "flow/transform/word_list.h"

namespace meterway::flow::transform {
namespace {

constexpr UseCaseChoice kChoices[] = {
#include "flow/transform/transform_use_cases.inc"
};

bool serves(std::string_view devices, DeviceType type) { return devices == "*" || has_word(devices, to_string(type)); }

}  // namespace

std::span<const UseCaseChoice> use_case_choices() { return kChoices; }

Result<UseCaseChoice> choose_use_case(std::string_view service, DeviceType target,
                                      const std::optional<std::string_view>& use_case, const duis::Element& body,
                                      const Circumstances& circumstances) {
  bool for_device = false;
  const UseCaseChoice* found = nullptr;
  for (const auto& row : kChoices) {
    if (row.service != service || (use_case && row.use_case != *use_case)) continue;
    // A named use case settles the device type as well.
    if (!use_case && target != DeviceType::Unknown && !serves(row.devices, target)) continue;
    for_device = true;
    if (!holds(row.when, body, circumstances)) continue;
    if (found == nullptr) {
      found = &row;
      if (use_case || target != DeviceType::Unknown) break;
    } else if (found->devices != row.devices) {
      return fail(ErrorCode::Unsupported, 0, "device type not in the inventory");
    }
  }
  if (found != nullptr) return *found;
  if (for_device) return fail(ErrorCode::BadRequest, 0, "body for this type of device");
  return fail(ErrorCode::Unsupported, 0, use_case ? "use case for this service" : "service for this type of device");
}

}  // namespace meterway::flow::transform
