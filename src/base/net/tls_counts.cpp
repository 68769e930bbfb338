#include "base/net/tls_counts.h"

#include <openssl/ssl.h>

namespace meterway::net {

TlsCounts counts_of(const TlsContext& context) {
  if (!context) return {};
  return {static_cast<std::uint64_t>(SSL_CTX_sess_accept(context.handle())),
          static_cast<std::uint64_t>(SSL_CTX_sess_accept_good(context.handle()))};
}

}  // namespace meterway::net
