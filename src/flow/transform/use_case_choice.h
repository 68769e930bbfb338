#pragma once
#include <optional>
#include <span>

#include "flow/transform/select.h"
#include "standard/ids/ids.h"

namespace meterway::flow::transform {

/// Who originates the command; see the head of spec/transform_use_cases.tsv.
enum class Route : std::uint8_t { User, Broker, BrokerAlone, TransitionalCos };

/// One row of spec/transform_use_cases.tsv.
struct UseCaseChoice {
  std::string_view service;   ///< service reference variant
  std::string_view devices;   ///< types of the target separated by blanks, or "*"
  std::string_view when;      ///< conditions, see select.h
  std::string_view use_case;  ///< "ECS17b"
  MessageCode code;
  Route route;
};

std::span<const UseCaseChoice> use_case_choices();

/// The row for a request. `use_case`, when given, must be the row's. With an unknown device type the row must be the
/// only one that the conditions leave, its versions apart. Errors: Unsupported (no use case of this service for this
/// device, or not the named one), BadRequest (there are use cases for the device, but the body asks for none of them).
Result<UseCaseChoice> choose_use_case(std::string_view service, DeviceType target,
                                      const std::optional<std::string_view>& use_case, const duis::Element& body,
                                      const Circumstances& circumstances);

}  // namespace meterway::flow::transform
