#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/net/framed.h"
#include "base/net/http.h"

namespace meterway::net {

/// One exchange as a client.
struct HttpCall {
  std::string method = "POST";
  std::string url;  ///< http[s]://host[:port]/path[?query]; redirects are not followed
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout{10000};
};

/// All that leaves the process, and the links that come into it. Handed in, so that a whole node can run on a network
/// of memory and seed. (The HTTP server is wired by the executable: what it calls takes a request and gives an answer.)
/// Sharing: from any thread.
class Network {
 public:
  virtual ~Network() = default;
  /// As the functions of the same name in framed.h.
  virtual Result<std::unique_ptr<FramedEndpoint>> listen_framed(const std::string& address, std::uint16_t port,
                                                                FramedEvents events, std::size_t limit_bytes) = 0;
  virtual Result<std::unique_ptr<FramedEndpoint>> connect_framed(const std::string& address, std::uint16_t port,
                                                                 FramedEvents events, std::chrono::milliseconds retry,
                                                                 std::size_t limit_bytes) = 0;
  /// Starts an exchange. `done` is called exactly once, on a thread of the network: hand on, do not work. After stop()
  /// it is called with Closed. Errors: BadRequest (url), Network, Timeout, TooLarge (answer over 64 MiB), Full (too
  /// many wait already), Closed.
  virtual void call(HttpCall call, std::function<void(Result<HttpResponse>)> done) = 0;
  /// Ends calls under way; no callback runs after it returns.
  virtual void stop() = 0;
};

/// Sockets, and one thread of its own for all calls. With `tls` for calls to https addresses.
std::unique_ptr<Network> system_network(TlsContext tls = {});

}  // namespace meterway::net
