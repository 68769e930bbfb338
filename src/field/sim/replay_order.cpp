#include "field/sim/replay_order.h"

#include <nlohmann/json.hpp>

#include "base/util/hex.h"

namespace meterway::field {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view kVerb = "replay ";

}  // namespace

std::string write_replay_order(ByteView message) { return std::string(kVerb) + to_hex(message); }

Result<ReplayOrder> read_replay_order(const std::string& line) {
  const std::string_view text = line;
  if (!text.starts_with(kVerb)) return fail(ErrorCode::BadValue, 0, "replay MESSAGE");
  ReplayOrder order;
  METERWAY_TRY(order.message, from_hex(text.substr(kVerb.size())));
  METERWAY_TRY(const auto message, gbcs::read_message(order.message));
  order.device = message.header.target;
  return order;
}

std::string describe_replayed(const ReplayOrder& order, const Result<Outcome, std::string>& outcome) {
  if (!outcome) return Json{{"error", outcome.error()}}.dump() + "\n";
  Json out = {{"device", order.device.plain()}, {"response", nullptr}, {"alerts", Json::array()}};
  if (outcome->response) out["response"] = to_hex(*outcome->response);
  for (const auto& alert : outcome->alerts) out["alerts"].push_back(to_hex(alert));
  if (*outcome->refusal != 0) out["refusal"] = outcome->refusal;
  return out.dump() + "\n";
}

}  // namespace meterway::field
