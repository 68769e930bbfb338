#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/util/bytes.h"
#include "base/util/result.h"

/// HTTP/1.1 server and client behind a narrow face; Boost.Beast is seen only by the .cpp files beside this one.
namespace meterway::net {

/// Header names are lower case.
using Headers = std::map<std::string, std::string>;

struct HttpRequest {
  std::string method;
  std::string path;  ///< as it came, without the query
  std::string query;
  Headers headers;
  std::string body;
  Bytes peer_certificate{};  ///< DER of the client certificate that TLS has verified; empty on a plain port
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

/// Every queue and message has a limit and a defined answer when it is met.
struct ServerLimits {
  std::size_t body_bytes = 16u << 20;     ///< over it: 413
  std::size_t header_bytes = 16384;       ///< over it: 431
  std::chrono::milliseconds idle{30000};  ///< for a whole request to arrive, or an answer to be taken; then it closes
  unsigned workers = 4;                   ///< threads that run the handler
  std::size_t waiting = 256;              ///< requests waiting for a worker; over it: 503 with Retry-After
  std::size_t connections = 1024;         ///< open at once; over it: 503 with Retry-After and the connection closes
};

/// Called on a worker thread, concurrently. 404 and 405 are its business; what it throws becomes 500.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

class HttpServer {
 public:
  /// Stops accepting, lets every request that has arrived whole be answered, then returns. Not to be called from a
  /// handler.
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
};

/// Listens on address:port (port 0: any free one). Errors: Network when the address is taken.
Result<std::unique_ptr<HttpServer>> serve_http(const std::string& address, std::uint16_t port, Handler handler,
                                               ServerLimits limits = {});

/// One request, one answer, in at most `timeout`. `url` is http://host[:port]/path[?query]; redirects are not followed.
/// Errors: BadRequest (url), Unsupported (https), Network, Timeout, TooLarge (answer over 64 MiB).
Result<HttpResponse> http_request(const std::string& method, const std::string& url, const Headers& headers,
                                  std::string_view body, std::chrono::milliseconds timeout);

}  // namespace meterway::net
