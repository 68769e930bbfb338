// Who sends these bytes: a User whose keys are right, and the platform that carries them: contents behind a valid MAC
// and signature, which no other target reaches. The first byte chooses the device, the next two the use case; the rest
// is the content. The input as a whole is also given to the device as it is: whoever holds the link can send that.
// Laws: what answers is a message of the same counter; the same command again is not carried out again; the memory
// survives a file.
// Covers: src/field/device/dlms_server.cpp src/field/device/gbz_server.cpp src/field/device/asn1_server.cpp
#include <cstdlib>

#include "field/device/device.h"

namespace {

using namespace meterway;
using namespace meterway::field;

constexpr UtcTime kNow{std::chrono::hours(24 * 365 * 50)};
constexpr Eui64 kBroker{2}, kSupplier{3}, kDevice{4};

const crypto::PrivateKey& key(int which) {
  static const crypto::PrivateKey keys[] = {crypto::PrivateKey::generate().value(),
                                            crypto::PrivateKey::generate().value(),
                                            crypto::PrivateKey::generate().value()};
  return keys[which];
}

Device make(DeviceType type) {
  TrustAnchors anchors;
  for (const auto& kind : cells_of(type)) {
    const bool broker = kind.role == PartyRole::AccessControlBroker;
    if (!broker && kind.role != PartyRole::Supplier) continue;
    anchors.put({kind.role, kind.use, broker ? kBroker : kSupplier, key(broker ? 0 : 1).public_key(), {}});
  }
  DeviceState state;
  state.registers.read_at = kNow;  // no decades of consumption to add up
  return Device({kDevice, type, key(2), key(2), Eui64(5)}, anchors, LoadProfile(Fuel::Electricity, 1), state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr DeviceType kTypes[] = {DeviceType::ESME, DeviceType::GSME, DeviceType::CHF, DeviceType::GPF,
                                   DeviceType::PPMID};
  if (size < 3) return 0;
  const DeviceType type = kTypes[data[0] % 5];
  Device device = make(type);
  if (device.take(ByteView(data, size), kNow).response) std::abort();

  gbcs::Message message;
  message.header.code = {static_cast<std::uint16_t>(data[1] << 8 | data[2])};
  const UseCaseRow* row = find_use_case_row(type, message.header.code);
  message.header.originator =
      row != nullptr && row->allows(PartyRole::Supplier) && type != DeviceType::CHF ? kSupplier : kBroker;
  message.header.target = kDevice;
  message.header.counter = {1ull << 32};
  message.content.assign(data + 3, data + size);
  const auto* use_case = gbcs::find_use_case(message.header.code);
  if (use_case != nullptr && use_case->critical() &&
      !gbcs::sign(message, key(message.header.originator == kBroker ? 0 : 1)))
    std::abort();
  if (!gbcs::add_mac(message, key(0), key(2).public_key())) std::abort();
  const Bytes command = gbcs::write_message(message);
  const auto first = device.take(command, kNow);
  if (first.response) {
    const auto response = gbcs::read_message(*first.response);
    if (!response || response->header.counter != message.header.counter) std::abort();
  }
  device.pass(kNow + std::chrono::hours(30));
  const auto text = write_state(device.state());
  const auto again = read_state(text);
  if (!again || write_state(*again) != text) std::abort();
  const bool token = message.header.code == MessageCode{0x0007} || message.header.code == MessageCode{0x0097};
  if (!token && device.take(command, kNow + std::chrono::hours(30)).response) std::abort();
  return 0;
}
