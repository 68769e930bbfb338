#pragma once
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/net/tls.h"

namespace meterway::net {

/// One TCP connection, plain or with TLS inside: what server and client have in common. One reading and one writing at
/// a time; callbacks come on the network thread.
class Stream {
 public:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;
  using Done = std::function<void(error_code, std::size_t)>;
  using Two = std::array<boost::asio::const_buffer, 2>;

  virtual ~Stream() = default;
  virtual tcp::socket& socket() = 0;
  virtual void handshake(std::function<void(error_code)> done) = 0;
  virtual void read(boost::asio::mutable_buffer into, Done done) = 0;
  /// Writes both whole; they must stay where they are until `done`.
  virtual void write(Two parts, Done done) = 0;
  /// As much as goes at once without waiting; 0 where that cannot be said.
  virtual std::size_t write_now(Two parts, error_code& error) = 0;
  /// Says that no more comes from this side, where that leaves the other side its say. (TLS does not: there the peer
  /// ends it.)
  virtual void finish() = 0;
  virtual bool secure() const = 0;
  /// After the handshake: the peer's certificate, empty on a plain stream. Errors: see TlsContext::peer.
  virtual Result<Bytes> peer() const = 0;

  void close() {
    error_code ignored;
    socket().close(ignored);
  }
};

std::unique_ptr<Stream> plain_stream(Stream::tcp::socket socket);
std::unique_ptr<Stream> tls_server_stream(Stream::tcp::socket socket, const TlsContext& tls);
/// `host` is what the server's certificate must name: a DNS name or a numeric address.
std::unique_ptr<Stream> tls_client_stream(Stream::tcp::socket socket, const TlsContext& tls, const std::string& host);

}  // namespace meterway::net
