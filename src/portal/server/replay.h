#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::portal {

/// Has the emulated device that a command is for say what it would answer, by a copy of it: the estate's answer to
/// "replay MESSAGE" (field/sim/replay_order.h). Empty where no estate is at hand.
using Replay = std::function<Result<std::string>(ByteView command)>;

/// What is different between two documents, in the order of the first: [{"path", "original", "replayed"}], null where a
/// value is missing.
nlohmann::json differences(const nlohmann::json& original, const nlohmann::json& replayed);

}  // namespace meterway::portal
