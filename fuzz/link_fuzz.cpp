// Covers: src/base/wire/link_frame.cpp
// Whoever reaches the platform's WAN port sends these bytes before anything is authenticated; a broken platform could
// send them to a region. Laws: no crash, and whatever is read is written back byte for byte.
#include <algorithm>
#include <cstdlib>

#include "base/wire/link_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const meterway::ByteView input(data, size);
  const auto frame = meterway::wire::read_link_frame(input);
  if (!frame) {
    if (frame.error().offset > size) std::abort();
    return 0;
  }
  const auto again = meterway::wire::write_link_frame(*frame);
  if (!std::equal(again.begin(), again.end(), input.begin(), input.end())) std::abort();
  return 0;
}
