#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/net/network.h"

namespace meterway::net {

/// Each limit has its answer: over `waiting` a call ends with Full; over the others it waits, within its own time.
struct ClientLimits {
  std::size_t per_host = 8;               ///< connections to one host and port, so that a dead one cannot hold them all
  std::size_t connections = 512;          ///< in all; idle ones make room
  std::size_t waiting = 10000;            ///< calls not yet on a connection
  std::chrono::milliseconds idle{15000};  ///< an unused connection closes
  std::size_t answer_bytes = 64u << 20;
  std::size_t header_bytes = 65536;
  bool keep_alive = true;
};

/// The asynchronous client: connections that are kept, one exchange at a time on each. A call that meets a kept
/// connection just as its server closes it is made once more on a new one, provided that no byte of an answer came.
/// All on the thread that runs `io`.
class HttpClient {
 public:
  HttpClient(boost::asio::io_context& io, TlsContext tls, ClientLimits limits);
  ~HttpClient();
  void call(HttpCall call, std::function<void(Result<HttpResponse>)> done);
  /// Ends every call with Closed and closes every connection.
  void stop();

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace meterway::net
