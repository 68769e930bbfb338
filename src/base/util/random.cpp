#include "base/util/random.h"

#include <sys/random.h>

#include <cstdlib>

namespace meterway {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count = ::getrandom(out.data() + done, out.size() - done, 0);
    if (count < 0) std::abort();  // the kernel's generator cannot fail after boot
    done += static_cast<std::size_t>(count);
  }
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size();) {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    for (int byte = 0; byte < 8 && i < out.size(); ++byte, ++i) out[i] = static_cast<std::uint8_t>(z >> (8 * byte));
  }
}

}  // namespace meterway
