#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "standard/ids/ids.h"

namespace meterway::flow {

/// Which of a User's queues a delivery stands in: one value per row of spec/delivery_classes.tsv. The numbers are kept
/// in the store. What goes where is spec/delivery_members.tsv.
enum class DeliveryClass : std::uint8_t {
#define METERWAY_DELIVERY_CLASS_ENUM
#include "flow/envelope/delivery_classes.inc"
#undef METERWAY_DELIVERY_CLASS_ENUM
};

inline constexpr std::size_t kDeliveryClasses = 7;  ///< numbered from 1
constexpr std::size_t index(DeliveryClass one) { return static_cast<std::size_t>(one) - 1; }
constexpr DeliveryClass delivery_class_at(std::size_t index) { return static_cast<DeliveryClass>(index + 1); }

/// "on_demand"
std::string_view name(DeliveryClass one);
/// None for a name that no row has.
std::optional<DeliveryClass> delivery_class_named(std::string_view name);
/// The lower goes first; classes of one order take turns.
unsigned order(DeliveryClass one);
/// So many deliveries of other classes may be pushed while one of this class is due; then it is its turn.
unsigned waits_at_most(DeliveryClass one);

/// The class of responses to a service reference variant ("4.1.1"), also of a refusal and of the alerts on a
/// future-dated command; on_demand for a service that the table does not have.
DeliveryClass class_of_service(std::string_view variant);
DeliveryClass class_of_device_alert(MessageCode code);
/// Of a DCC alert code: "AD1", "N24".
DeliveryClass class_of_dcc_alert(std::string_view code);

}  // namespace meterway::flow
