// Who sends these bytes: a User, as the image of Update Firmware; the network, to a device.
// Laws: what is read writes back to the same bytes but for the text that fills the header and the stack version.
// Covers: src/standard/gbcs/ota_image.cpp
#include <cstdlib>

#include "standard/gbcs/ota_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::gbcs;
  for (const auto kind : {ImageKind::Signed, ImageKind::Unsigned}) {
    const auto image = read_ota_image({data, size}, kind);
    if (!image) continue;
    const auto written = write_ota_image(*image);
    if (written.size() != size) std::abort();
    if (!(read_ota_image(written, kind).value() == *image)) std::abort();
  }
  return 0;
}
