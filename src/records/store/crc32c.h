#pragma once
#include <cstdint>

#include "base/util/bytes.h"

namespace meterway::store {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4: "123456789" gives E3069283). `before` continues an earlier one.
std::uint32_t crc32c(ByteView bytes, std::uint32_t before = 0);

}  // namespace meterway::store
