// Who sends these bytes: a device, or whoever hands a message to `decode --format mmc`.
// Laws: what is made of a message is a document that the schema accepts, whatever the device put into its values.
// Covers: src/standard/mmc
#include <cstdlib>

#include "standard/duis/schema.h"
#include "standard/mmc/mmc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const auto text = mmc::to_mmc(ByteView(data, size), {});
  if (!text) return 0;
  const auto document = xml::Document::parse(*text);
  if (!document || !duis::validate_mapped(*document)) std::abort();
  return 0;
}
