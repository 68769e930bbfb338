#include "base/net/acceptor.h"

namespace meterway::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr std::chrono::milliseconds kPause{100};  ///< when no descriptor is left
}

Result<asio::ip::tcp::endpoint> endpoint_of(const std::string& address, std::uint16_t port) {
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(ErrorCode::Network, 0, "address");
  return asio::ip::tcp::endpoint(ip, port);
}

Status Acceptor::listen(const std::string& address, std::uint16_t port) {
  METERWAY_TRY(const auto endpoint, endpoint_of(address, port));
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) return fail(ErrorCode::Network, 0, "the port is taken");
  if (error) return fail(ErrorCode::Network, 0, "listen");
  port_ = acceptor_.local_endpoint().port();
  accept();
  return {};
}

void Acceptor::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (closed_) return;
    if (error) {
      pause_.expires_after(kPause);
      return pause_.async_wait([this](error_code cancelled) {
        if (!cancelled && !closed_) accept();
      });
    }
    accepted_(std::move(socket));
    accept();
  });
}

void Acceptor::close() {
  closed_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace meterway::net
