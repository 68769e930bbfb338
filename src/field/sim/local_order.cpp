#include "field/sim/local_order.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace meterway::field {
namespace {

constexpr std::string_view kAt = "at=";
constexpr double kThousandthsPerPenny = 1000;

}  // namespace

Result<LocalAct> parse_local_act(std::string_view verb) {
  for (const auto act : {LocalAct::TopUp, LocalAct::EmergencyCredit, LocalAct::EnableSupply}) {
    if (to_string(act) == verb) return act;
  }
  return fail(ErrorCode::BadValue, 0, "top-up, emergency-credit or enable-supply");
}

std::string write_home_order(const HomeOrder& order) {
  std::string line(to_string(order.order.act));
  line += " " + order.meter.plain();
  if (order.order.act == LocalAct::TopUp) line += " " + order.order.token;
  if (order.display) line += " " + std::string(kAt) + order.display->plain();
  return line;
}

Result<HomeOrder> read_home_order(const std::string& line) {
  std::istringstream words(line);
  std::string verb, meter, word;
  words >> verb >> meter;
  HomeOrder order;
  METERWAY_TRY(order.order.act, parse_local_act(verb));
  METERWAY_TRY(order.meter, Eui64::parse(meter));
  const bool top_up = order.order.act == LocalAct::TopUp;
  if (top_up && !(words >> order.order.token)) return fail(ErrorCode::BadValue, 0, "a token");
  if (!(words >> word)) return order;
  std::string more;
  if (!word.starts_with(kAt) || words >> more) return fail(ErrorCode::BadValue, 0, "at=DISPLAY");
  METERWAY_TRY(order.display, Eui64::parse(word.substr(kAt.size())));
  return order;
}

std::string describe_act(const HomeOrder& order, const Result<LocalResult, std::string>& result) {
  using Json = nlohmann::ordered_json;
  Json out = {{"device", order.meter.plain()}, {"act", to_string(order.order.act)}};
  if (order.display) out["at"] = order.display->plain();
  if (!result) {
    out["error"] = result.error();
  } else if (!result->done()) {
    out["error"] = result->why;
  } else if (order.order.act == LocalAct::TopUp) {
    out["pence"] = static_cast<double>(result->value) / kThousandthsPerPenny;
  }
  return out.dump() + "\n";
}

}  // namespace meterway::field
