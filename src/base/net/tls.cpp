#include "base/net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/crypto/owned.h"

namespace meterway::net {
namespace {

using crypto::Owned;

constexpr const char* kSuites12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
constexpr const char* kSuites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* kSignatures = "ECDSA+SHA256";
constexpr const char* kGroup = "P-256";
constexpr long kTicketSeconds = 3600;
constexpr int kMostChain = 4;  ///< certificates between a peer's and the root
constexpr unsigned char kSessionContext[] = "meterway";

using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Bio = Owned<BIO, BIO_free_all>;

Bio bio_of(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

/// Where a context keeps its Welcome. (Asio takes the application data of a context for its own.)
int welcome_index() {
  static const int kIndex = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

/// Never asks at the terminal.
int no_password(char*, int, int, void*) { return 0; }

Certificate next_certificate(BIO* from) {
  Certificate out(PEM_read_bio_X509(from, nullptr, no_password, nullptr));
  if (!out) ERR_clear_error();
  return out;
}

Status use_identity(SSL_CTX* context, const TlsIdentity& identity) {
  const auto text = bio_of(identity.certificates);
  const auto own = next_certificate(text.get());
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1)
    return fail(ErrorCode::BadCertificate, 0, "TLS certificate");
  while (auto above = next_certificate(text.get())) {
    if (SSL_CTX_add1_chain_cert(context, above.get()) != 1) return fail(ErrorCode::BadCertificate, 0, "TLS chain");
  }
  const auto key_text = bio_of(identity.private_key);
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::BadKey, 0, "TLS private key");
  }
  return {};
}

Status trust(SSL_CTX* context, const std::string& authorities, bool tell_clients) {
  const auto text = bio_of(authorities);
  auto* store = SSL_CTX_get_cert_store(context);
  int count = 0;
  while (const auto one = next_certificate(text.get())) {
    if (X509_STORE_add_cert(store, one.get()) != 1) return fail(ErrorCode::BadCertificate, 0, "TLS authority");
    if (tell_clients) SSL_CTX_add_client_CA(context, one.get());
    ++count;
  }
  return count == 0 ? Status(fail(ErrorCode::BadCertificate, 0, "TLS authorities")) : Status();
}

Result<std::shared_ptr<SSL_CTX>> profile(const SSL_METHOD* method) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return fail(ErrorCode::CryptoFailure, 0, "TLS");
  auto* raw = context.get();
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify_depth(raw, kMostChain);
  const bool set = SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1 &&
                   SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION) == 1 &&
                   SSL_CTX_set_cipher_list(raw, kSuites12) == 1 && SSL_CTX_set_ciphersuites(raw, kSuites13) == 1 &&
                   SSL_CTX_set1_groups_list(raw, kGroup) == 1 && SSL_CTX_set1_sigalgs_list(raw, kSignatures) == 1 &&
                   SSL_CTX_set_session_id_context(raw, kSessionContext, sizeof kSessionContext - 1) == 1;
  if (!set) return fail(ErrorCode::CryptoFailure, 0, "TLS profile");
  SSL_CTX_set_timeout(raw, kTicketSeconds);
  return context;
}

Bytes der_of(const X509* certificate) {
  std::uint8_t* encoded = nullptr;
  const int size = i2d_X509(certificate, &encoded);
  Bytes out;
  if (size > 0) out.assign(encoded, encoded + size);
  OPENSSL_free(encoded);
  return out;
}

/// The last word of a full handshake: a certificate that is right by itself may still be unwelcome, and the peer is
/// told so by the alert "certificate revoked".
int check_peer(int right, X509_STORE_CTX* store) {
  if (right != 1 || X509_STORE_CTX_get_error_depth(store) != 0) return right;
  const auto* connection =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* welcome = static_cast<const Welcome*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), welcome_index()));
  if (welcome == nullptr || !*welcome || (*welcome)(der_of(X509_STORE_CTX_get_current_cert(store)))) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REVOKED);
  return 0;
}

}  // namespace

Result<TlsContext> TlsContext::server(const TlsIdentity& identity, const std::string& authorities, Welcome welcome) {
  TlsContext out;
  METERWAY_TRY(out.context_, profile(TLS_server_method()));
  auto* raw = out.context_.get();
  METERWAY_CHECK(use_identity(raw, identity));
  METERWAY_CHECK(trust(raw, authorities, true));
  out.welcome_ = std::make_shared<const Welcome>(std::move(welcome));
  SSL_CTX_set_ex_data(raw, welcome_index(), const_cast<Welcome*>(out.welcome_.get()));
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, check_peer);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // the client keeps its ticket; nothing is kept here
  SSL_CTX_set_num_tickets(raw, 1);
  return out;
}

Result<TlsContext> TlsContext::client(const TlsIdentity& identity, const std::string& authorities) {
  TlsContext out;
  METERWAY_TRY(out.context_, profile(TLS_client_method()));
  auto* raw = out.context_.get();
  if (!identity.certificates.empty()) METERWAY_CHECK(use_identity(raw, identity));
  METERWAY_CHECK(trust(raw, authorities, false));
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  return out;
}

Result<Bytes> TlsContext::peer(const SSL* connection) const {
  const Certificate shown(SSL_get1_peer_certificate(connection));
  if (!shown) return fail(ErrorCode::BadCertificate, 0, "the peer shows none");
  // A ticket outlives the dates of the certificate in it, and the welcome.
  if (X509_cmp_current_time(X509_get0_notAfter(shown.get())) < 0) return fail(ErrorCode::Expired, 0, "TLS certificate");
  auto der = der_of(shown.get());
  if (welcome_ && *welcome_) METERWAY_CHECK((*welcome_)(der));
  return der;
}

}  // namespace meterway::net
