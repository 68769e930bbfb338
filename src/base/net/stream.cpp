#include "base/net/stream.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

namespace meterway::net {
namespace {

namespace asio = boost::asio;

class Plain final : public Stream {
 public:
  explicit Plain(tcp::socket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
  }
  tcp::socket& socket() override { return socket_; }
  void handshake(std::function<void(error_code)> done) override { done({}); }
  void read(asio::mutable_buffer into, Done done) override { socket_.async_read_some(into, std::move(done)); }
  void write(Two parts, Done done) override { asio::async_write(socket_, parts, std::move(done)); }
  std::size_t write_now(Two parts, error_code& error) override {
    const auto size = socket_.write_some(parts, error);
    if (error == asio::error::would_block) error = {};
    return size;
  }
  void finish() override {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  bool secure() const override { return false; }
  Result<Bytes> peer() const override { return Bytes(); }

 private:
  tcp::socket socket_;
};

class Tls final : public Stream {
 public:
  Tls(tcp::socket socket, const TlsContext& tls, asio::ssl::stream_base::handshake_type side)
      : tls_(tls), context_(share(tls)), stream_(std::move(socket), context_), side_(side) {
    error_code ignored;
    stream_.next_layer().set_option(tcp::no_delay(true), ignored);
  }
  tcp::socket& socket() override { return stream_.next_layer(); }
  void handshake(std::function<void(error_code)> done) override { stream_.async_handshake(side_, std::move(done)); }
  void read(asio::mutable_buffer into, Done done) override { stream_.async_read_some(into, std::move(done)); }
  void write(Two parts, Done done) override {
    // One record rather than two: a record costs its own tag, and a small one its own packet.
    const auto whole = std::make_shared<std::string>();
    whole->reserve(parts[0].size() + parts[1].size());
    for (const auto& part : parts) whole->append(static_cast<const char*>(part.data()), part.size());
    asio::async_write(stream_, asio::buffer(*whole),
                      [whole, done = std::move(done)](error_code error, std::size_t size) { done(error, size); });
  }
  std::size_t write_now(Two, error_code&) override { return 0; }
  void finish() override {}
  bool secure() const override { return true; }
  Result<Bytes> peer() const override { return tls_.peer(const_cast<Tls*>(this)->stream_.native_handle()); }
  SSL* native() { return stream_.native_handle(); }

 private:
  static asio::ssl::context share(const TlsContext& tls) {
    SSL_CTX_up_ref(tls.handle());
    return asio::ssl::context(tls.handle());
  }
  const TlsContext tls_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
  const asio::ssl::stream_base::handshake_type side_;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(Stream::tcp::socket socket) { return std::make_unique<Plain>(std::move(socket)); }

std::unique_ptr<Stream> tls_server_stream(Stream::tcp::socket socket, const TlsContext& tls) {
  return std::make_unique<Tls>(std::move(socket), tls, asio::ssl::stream_base::server);
}

std::unique_ptr<Stream> tls_client_stream(Stream::tcp::socket socket, const TlsContext& tls, const std::string& host) {
  auto stream = std::make_unique<Tls>(std::move(socket), tls, asio::ssl::stream_base::client);
  auto* expected = SSL_get0_param(stream->native());
  boost::system::error_code named;
  asio::ip::make_address(host, named);
  if (!named) {
    X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    SSL_set_tlsext_host_name(stream->native(), host.c_str());
  }
  return stream;
}

}  // namespace meterway::net
