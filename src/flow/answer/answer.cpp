#include "flow/answer/answer.h"

#include "flow/answer/firmware.h"
#include "flow/answer/inventory.h"
#include "flow/answer/schedules.h"
#include "flow/answer/services.h"

namespace meterway::flow::answer {
namespace {

/// A service that the DCC answers itself, and the function that does.
struct Row {
  std::string_view service;
  Step<DccAnswer> (*answer)(AuthorisedRequest&& authorised, const Context& context);
};
constexpr Row kRows[] = {
    {"5.1", create_schedule}, {"5.2", read_schedule},    {"5.3", delete_schedule},  {"8.2", read_inventory},
    {"8.3", decommission},    {"8.4", update_inventory}, {"8.6", opt_in},           {"8.14.1", hub_status},
    {"8.14.2", hub_status},   {"8.14.3", hub_status},    {"8.14.4", hub_status},    {"12.1", wan_matrix},
    {"12.2", prenotify},      {"11.1", update_firmware}, {"11.4", update_firmware},
};

}  // namespace

Step<DccAnswer> answer(AuthorisedRequest&& authorised, const Context& context) {
  for (const auto& row : kRows) {
    if (row.service == authorised.service->variant) return row.answer(std::move(authorised), context);
  }
  return refuse(Refusal::NotCarried,
                "service " + std::string(authorised.service->variant) + " is understood but not carried yet");
}

}  // namespace meterway::flow::answer
