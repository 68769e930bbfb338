#include "field/device/log_book.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::field {
namespace {

Bytes pack(ByteView entry) {
  Bytes out;
  for (std::size_t i = 0; i < entry.size();) {
    if (entry[i] != 0) {
      out.push_back(entry[i++]);
      continue;
    }
    std::size_t run = 0;
    while (run < 255 && i + run < entry.size() && entry[i + run] == 0) ++run;
    out.push_back(0);
    out.push_back(static_cast<std::uint8_t>(run));
    i += run;
  }
  return out;
}

Bytes unpack(ByteView packed) {
  Bytes out;
  for (std::size_t i = 0; i < packed.size(); ++i) {
    if (packed[i] != 0) {
      out.push_back(packed[i]);
    } else if (++i < packed.size()) {
      out.insert(out.end(), packed[i], std::uint8_t{0});
    }
  }
  return out;
}

/// Calls `use` with what each entry is packed into, its size in front.
void each_packed(ByteView book, const std::function<void(ByteView)>& use) {
  wire::Reader in(book);
  while (in.ok() && !in.empty()) {
    const auto start = in.offset();
    const auto size = in.u16("entry size");
    in.take(size, "entry");
    if (in.ok()) use(book.subspan(start, 2 + size));
  }
}

}  // namespace

void append_entry(Bytes& book, ByteView entry, std::size_t capacity) {
  const Bytes packed = pack(entry);
  if (packed.size() > 0xFFFF || capacity == 0) return;
  const auto kept = count_entries(book);
  std::size_t drop = kept >= capacity ? kept - capacity + 1 : 0, cut = 0;
  if (drop > 0) {
    each_packed(book, [&](ByteView one) {
      if (drop == 0) return;
      cut += one.size();
      --drop;
    });
    book.erase(book.begin(), book.begin() + static_cast<std::ptrdiff_t>(cut));
  }
  append(book, wire::Writer().u16(packed.size()).bytes(packed).view());
}

void each_entry(ByteView book, const std::function<void(ByteView)>& use) {
  each_packed(book, [&](ByteView one) { use(unpack(one.subspan(2))); });
}

std::size_t count_entries(ByteView book) {
  std::size_t count = 0;
  each_packed(book, [&](ByteView) { ++count; });
  return count;
}

}  // namespace meterway::field
