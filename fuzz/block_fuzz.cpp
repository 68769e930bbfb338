// Covers: src/base/wire/general_block.cpp, src/base/wire/block_transfer.cpp, src/base/wire/link_blocks.cpp
// Whoever reaches the platform's WAN port, or plays one to a region, sends blocks of messages before anything in them
// is authenticated; `meterway decode` reads files of them. The input is a sequence of frames, each behind two octets of
// length: a link frame with a block, or an APDU alone. Laws: no crash, an APDU that reads is written back byte for
// byte, what is unfinished keeps its limits, a message has the size that was promised.
#include <algorithm>
#include <cstdlib>

#include "base/wire/link_blocks.h"
#include "base/wire/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  wire::Reader in(ByteView(data, size));
  wire::LinkAssemblies assemblies;
  std::chrono::seconds now{0};
  while (in.ok() && !in.empty()) {
    const auto length = std::min<std::size_t>(in.u16("length"), in.left());
    const auto bytes = in.take(length, "frame");
    if (const auto block = wire::read_general_block(bytes)) {
      const auto again = wire::write_general_block(*block);
      if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
    }
    const auto frame = wire::read_link_frame(bytes);
    const auto* block = frame ? std::get_if<wire::LinkMessageBlock>(&*frame) : nullptr;
    if (block == nullptr || block->acknowledges()) continue;
    const auto taken = assemblies.take(*block, ++now);
    if (taken.message && taken.message->size() != block->total) std::abort();
    if (taken.answer && !taken.answer->acknowledges()) std::abort();
    if (assemblies.unfinished() > wire::LinkAssemblies::Limits{}.messages) std::abort();
  }
  return 0;
}
