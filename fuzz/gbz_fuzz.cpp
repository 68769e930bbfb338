// Who sends these bytes: a GSME or a gas proxy, as content of a response or alert, and as the plaintext of an encrypted
// component; a User, as content of a signed pre-command.
// Laws: decode(encode(x)) == x for frames, alerts and the named fields of every plain payload.
// Covers: src/standard/gbcs/gbz.cpp, src/standard/gbcs/zcl.cpp
#include <cstdlib>

#include "standard/gbcs/gbz.h"
#include "standard/gbcs/zcl.h"

namespace {

using namespace meterway;

void check_fields(const std::vector<gbcs::gbz::Component>& components) {
  for (const auto& component : components) {
    const auto fields =
        gbcs::zcl::read_fields(component.cluster, component.frame_control, component.command, component.payload);
    if (fields && gbcs::zcl::write_fields(*fields) != component.payload) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const Bytes bytes(input.begin(), input.end());
  if (const auto frames = gbcs::gbz::read_frames(input)) {
    if (gbcs::gbz::write_frames(*frames) != bytes) std::abort();
    check_fields(frames->components);
  }
  for (const auto code : {0x1000, 0x008B, 0x00CD}) {
    if (const auto alert = gbcs::gbz::read_alert(input, MessageCode{static_cast<std::uint16_t>(code)})) {
      if (gbcs::gbz::write_alert(*alert) != bytes) std::abort();
      check_fields(alert->components);
    }
  }
  return 0;
}
