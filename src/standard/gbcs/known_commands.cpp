#include "standard/gbcs/known_commands.h"

#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs {

void KnownCommands::add(const Message& message) {
  const auto& header = message.header;
  const auto* use_case = find_use_case(header.code);
  if (header.kind != Kind::Command || use_case == nullptr || use_case->payload != PayloadKind::Dlms) return;
  auto apdu = dlms::read_apdu(message.content);
  auto* request = apdu ? std::get_if<dlms::AccessRequest>(&*apdu) : nullptr;
  if (request == nullptr) return;
  const Key key{header.code.value, header.originator, header.target, header.counter.value};
  const auto [place, is_new] = commands_.try_emplace(key, *request);
  if (!is_new && place->second != *request) place->second.reset();
}

const dlms::AccessRequest* KnownCommands::answered_by(const Header& response) const {
  const auto found =
      commands_.find({response.code.value, response.target, response.originator, response.counter.value});
  return found != commands_.end() && found->second ? &*found->second : nullptr;
}

}  // namespace meterway::gbcs
