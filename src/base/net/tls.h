#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/util/bytes.h"
#include "base/util/result.h"

struct ssl_st;
struct ssl_ctx_st;

/// TLS as the DCC's user gateway has it: TLS 1.2 with ECDHE-ECDSA-AES128-GCM-SHA256 (or AES256-GCM-SHA384), TLS 1.3
/// with the same ciphers, keys and exchange on P-256 alone, no renegotiation, no compression.
///
/// Sessions resume by ticket, with the client's identity in it. The key of the tickets is made with the context and
/// never written: it lives as long as the process. A resumed client is asked about again (`welcome`).
namespace meterway::net {

/// A certificate (then those that lead from it to the authority) and its private key, as PEM text.
struct TlsIdentity {
  std::string certificates;
  std::string private_key;
};

/// Says whether the holder of this certificate (DER; it leads to the authority and is within its dates) may still come
/// in. Called on the network thread at each handshake, resumed ones included.
using Welcome = std::function<Status(ByteView certificate)>;

/// One side's settings, ready for any number of connections. Sharing: immutable, cheap to copy.
class TlsContext {
 public:
  TlsContext() = default;  ///< none: speaks no TLS
  /// A server that takes only clients whose certificate leads to one of `authorities` (PEM).
  /// Errors: BadCertificate, BadKey (or a key that is not the certificate's), CryptoFailure.
  static Result<TlsContext> server(const TlsIdentity& identity, const std::string& authorities, Welcome welcome = {});
  /// A client that believes only servers whose certificate leads to one of `authorities` and names the host that was
  /// asked for. Without an identity it shows none. Errors: as server().
  static Result<TlsContext> client(const TlsIdentity& identity, const std::string& authorities);

  explicit operator bool() const { return context_ != nullptr; }
  ssl_ctx_st* handle() const { return context_.get(); }
  /// For a handshake that ended well: the peer's certificate (DER), or why it is not welcome.
  Result<Bytes> peer(const ssl_st* connection) const;

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<const Welcome> welcome_;
};

}  // namespace meterway::net
