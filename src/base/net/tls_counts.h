#pragma once
#include <cstdint>

#include "base/net/tls.h"

namespace meterway::net {

/// Handshakes of a server's context since it was made.
struct TlsCounts {
  std::uint64_t begun = 0;
  std::uint64_t completed = 0;
};
/// Of a context that speaks no TLS: nothing. Sharing: from any thread.
TlsCounts counts_of(const TlsContext& context);

}  // namespace meterway::net
