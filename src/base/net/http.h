#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/util/result.h"

/// HTTP server and client behind a narrow face; Boost.Beast is seen only by http.cpp.
namespace meterway::net {

/// Header names are lower case.
using Headers = std::map<std::string, std::string>;

struct HttpRequest {
  std::string method;
  std::string path;   ///< without the query
  std::string query;
  Headers headers;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

/// Every queue and message has a limit and a defined answer when it is met.
struct ServerLimits {
  std::size_t body_bytes = 16u << 20;   ///< over it: 413
  std::size_t header_bytes = 16384;     ///< over it: 431
  std::chrono::milliseconds idle{30000};
  unsigned workers = 4;                 ///< threads that run the handler
  std::size_t waiting = 256;            ///< requests waiting for a worker; over it: 503 with Retry-After
};

/// Called on a worker thread, concurrently.
using Handler = std::function<HttpResponse(const HttpRequest&)>;

class HttpServer {
 public:
  virtual ~HttpServer() = default;  ///< stops accepting, lets running handlers finish
  virtual std::uint16_t port() const = 0;
};

/// Listens on address:port (port 0: any free one). Errors: Network when the address is taken.
Result<std::unique_ptr<HttpServer>> serve_http(const std::string& address, std::uint16_t port, Handler handler, ServerLimits limits = {});

/// One request, one answer, in at most `timeout`. `url` is http://host:port/path. Errors: Network, Timeout, TooLarge.
Result<HttpResponse> http_request(const std::string& method, const std::string& url, const Headers& headers, std::string_view body,
                                  std::chrono::milliseconds timeout);

}  // namespace meterway::net
