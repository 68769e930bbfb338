#include <cstdint>
#include <cstdlib>

#include "records/audit/verify.h"

/// Who gives somebody an audit to check gives him rows and checkpoints of any bytes. Invariants: no reader runs past
/// its input, and what is read is written as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::audit;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto read = Checkpoint::parse(text);
    if (!read) return 0;
    auto digits = std::string(text.substr(0, text.find_last_not_of(" \r\n") + 1));
    for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (read->text() != digits) std::abort();
    return 0;
  }
  // With the digest that it would have, so that what lies behind it is reached.
  const auto digest = meterway::crypto::sha256(meterway::ByteView(data + 1, size - 1));
  std::string row(text);
  row.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  if (const auto read = read_row(row)) {
    Digest again{};
    if (row_of(read->entry, again) != row) std::abort();
    Verifier verifier({});
    verifier.feed({read->entry.sequence, row});
    verifier.finish({read->entry.sequence, again});
  }
  return 0;
}
