#pragma once
#include "field/device/device.h"
#include "standard/gbcs/decoded.h"
#include "tests/forms/maker.h"

/// What stands in an answer, by the names of decode.
namespace meterway::tests {

/// A command and its answer, decoded with the keys of the home. It may be moved, not copied.
struct Exchange {
  gbcs::Message command;
  std::optional<gbcs::dlms::AccessRequest> asked;

  explicit Exchange(ByteView bytes) : command(gbcs::read_message(bytes).value()) {
    const auto* use_case = gbcs::find_use_case(command.header.code);
    if (use_case == nullptr || use_case->payload != gbcs::PayloadKind::Dlms) return;
    if (auto apdu = gbcs::dlms::read_apdu(command.content)) {
      if (auto* request = std::get_if<gbcs::dlms::AccessRequest>(&*apdu)) asked = std::move(*request);
    }
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  gbcs::DecodeOptions to_decode() const { return {&home(), asked ? &*asked : nullptr}; }
};

/// What a table has no name or word for, in words; empty: everything is named.
inline std::string nameless_in(const gbcs::Decoded& message) {
  if (message.instructions.empty()) return "no instruction";
  for (const auto& instruction : message.instructions) {
    if (instruction.name.empty()) return "an instruction without name";
    if (instruction.opened != instruction.encrypted) return std::string(instruction.name) + " stays closed";
  }
  for (const auto& field : message.fields) {
    if (!gbcs::is_known(field)) return "'" + std::string(field.name) + "' = " + gbcs::value_text(field);
  }
  return "";
}

/// Instructions that did not come about: "Meter Balance: object-undefined". What follows from another refusal in the
/// same answer comes after it. A gas device that is asked for more entries than there are says "not found" after the
/// last: that is no refusal.
inline std::vector<std::string> refusals_in(const gbcs::Decoded& answer) {
  std::vector<std::string> out;
  const auto no_answer = [](const gbcs::Instruction& one) { return one.name == "Default Response"; };
  const bool some = !std::all_of(answer.instructions.begin(), answer.instructions.end(), no_answer);
  for (const auto& instruction : answer.instructions) {
    const auto say = [&](std::string_view what) {
      out.push_back(std::string(instruction.name) + ": " + std::string(what));
    };
    if (instruction.result != 0) say(gbcs::dlms::result_name(instruction.result));
    for (const auto& field : answer.fields_of(instruction)) {
      const bool result = field.name == "status" || field.name == "result" || field.name == "clock_status";
      if (!result || field.group || field.number == 0 || instruction.name == "Supply Status Response") continue;
      const auto word = gbcs::value_text(field);
      if (!(some && no_answer(instruction) && word == "not found")) say(word);
    }
  }
  return out;
}

inline bool all_done(const field::Outcome& outcome) {
  if (!outcome.response) return false;
  const auto answer = gbcs::decode(*outcome.response, {&home(), nullptr});
  return answer && refusals_in(*answer).empty();
}

}  // namespace meterway::tests
