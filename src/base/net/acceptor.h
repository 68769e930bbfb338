#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "base/util/result.h"

namespace meterway::net {

/// Listens, and hands on each connection that comes. Beside close() everything belongs to the network thread.
class Acceptor {
 public:
  using tcp = boost::asio::ip::tcp;
  Acceptor(boost::asio::io_context& io, std::function<void(tcp::socket)> accepted)
      : acceptor_(io), pause_(io), accepted_(std::move(accepted)) {}
  /// Errors: Network when the address is none or taken.
  Status listen(const std::string& address, std::uint16_t port);
  std::uint16_t port() const { return port_; }
  void close();

 private:
  void accept();
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  const std::function<void(tcp::socket)> accepted_;
  std::uint16_t port_ = 0;
  bool closed_ = false;
};

/// A numeric address. Errors: Network.
Result<boost::asio::ip::tcp::endpoint> endpoint_of(const std::string& address, std::uint16_t port);

}  // namespace meterway::net
