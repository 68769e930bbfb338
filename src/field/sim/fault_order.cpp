#include "field/sim/fault_order.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace meterway::field {

std::string write_fault_order(const FaultOrder& order, const std::string& result) {
  const std::string device = order.device.plain();
  switch (order.what) {
    case FaultOrder::What::Break:
      return "fault " + device + " " + order.fault.at + (result.empty() ? "" : " " + result);
    case FaultOrder::What::Mend:
      return "mend " + device + (order.fault.at.empty() ? "" : " " + order.fault.at);
    default:
      return "faults " + device;
  }
}

Result<FaultOrder> read_fault_order(const std::string& line) {
  std::istringstream words(line);
  std::string verb, device, place, result;
  words >> verb >> device >> place >> std::ws;
  std::getline(words, result);  // a name may be two words
  FaultOrder order;
  METERWAY_TRY(order.device, Eui64::parse(device));
  if (verb == "fault") {
    order.what = FaultOrder::What::Break;
    METERWAY_TRY(order.fault, read_fault(place, result));
  } else if (verb == "mend") {
    order.what = FaultOrder::What::Mend;
    order.fault.at = place;
  } else if (verb != "faults") {
    return fail(ErrorCode::BadValue, 0, "fault, mend or faults");
  }
  return order;
}

std::string describe_faults(Eui64 device, const Result<std::map<std::string, std::uint8_t>, std::string>& faults) {
  using Json = nlohmann::ordered_json;
  if (!faults) return Json{{"error", faults.error()}}.dump() + "\n";
  Json broken = Json::object();
  for (const auto& [place, code] : *faults) broken[place] = code;
  return Json{{"device", device.plain()}, {"faults", broken}}.dump() + "\n";
}

}  // namespace meterway::field
