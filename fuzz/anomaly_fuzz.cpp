#include <cstdint>
#include <cstdlib>

#include "records/anomaly/counter.h"
#include "records/anomaly/files.h"
#include "standard/pki/cms.h"

/// An officer of any User hands in files and detached signatures; the first byte chooses the reader. Invariants: no
/// reader runs past its input, nobody makes a signature by turning bytes (the seeds hold none of the empty file), and a
/// counter's row that can be read is written as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const ByteView bytes(data + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      (void)anomaly::read_thresholds(text, 24);
      break;
    case 1:
      (void)anomaly::read_actions(text);
      break;
    case 2:
      (void)anomaly::read_dcc_thresholds(text, 24);
      break;
    case 3:
      (void)anomaly::read_limits(text);
      break;
    case 4:
      if (pki::verify_detached(pki::content_of(bytes.first(0)), bytes)) std::abort();
      break;
    default:
      if (const auto counter = anomaly::Counter::read(text); counter && counter->write() != text) std::abort();
  }
  return 0;
}
