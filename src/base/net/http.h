#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/net/headers.h"
#include "base/net/tls.h"
#include "base/util/bytes.h"
#include "base/util/result.h"

/// HTTP/1.1 server and client behind a narrow face; Boost.Asio is seen only by the files beside this one.
namespace meterway::net {

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

/// Every queue, message and wait has a limit and a defined answer when it is met.
struct ServerLimits {
  std::size_t body_bytes = 16u << 20;          ///< over it: 413
  std::size_t header_bytes = 16384;            ///< over it: 431
  std::chrono::milliseconds idle{30000};       ///< between requests, and for an answer to be taken: then it closes
  std::chrono::milliseconds header{10000};     ///< from a request's first byte to the end of its header: then 408
  std::chrono::milliseconds body{30000};       ///< from there to the end of its body: then 408
  std::chrono::milliseconds handshake{10000};  ///< of TLS: then it closes
  unsigned workers = 4;                        ///< threads that run the handler
  std::size_t waiting = 256;                   ///< requests waiting for a worker; over it: 503 with Retry-After
  std::size_t connections = 1024;              ///< open at once; over it: 503 with Retry-After, and it closes
  std::size_t handshakes = 64;                 ///< of TLS at once; over it the connection closes
};

/// Called on a worker thread, concurrently. 404 and 405 are its business; what it throws becomes 500.
using Handler = std::function<HttpResponse(HttpRequest&&)>;

/// Told of what the server refuses by itself: the status it answers with, and why. Gives a name under which the sender
/// may ask about it (header X-Event), or nothing. Called on the network thread: hand on, do not work.
using Faulted = std::function<std::string(int status, const char* why)>;

class HttpServer {
 public:
  /// Stops accepting, lets every request that has arrived whole be answered, then returns. Not to be called from a
  /// handler.
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
};

/// Listens on address:port (port 0: any free one), with `tls` for https alone.
/// Errors: Network when the address is taken.
Result<std::unique_ptr<HttpServer>> serve_http(const std::string& address, std::uint16_t port, Handler handler,
                                               ServerLimits limits = {}, TlsContext tls = {}, Faulted faulted = {});

/// One request, one answer, in at most `timeout`, on a connection of its own. `url` is
/// http[s]://host[:port]/path[?query]; redirects are not followed.
/// Errors: BadRequest (url), Unsupported (https without `tls`), Network, Timeout, TooLarge (answer over 64 MiB),
/// BadCertificate (the server's is not believed).
Result<HttpResponse> http_request(const std::string& method, const std::string& url, const Headers& headers,
                                  std::string_view body, std::chrono::milliseconds timeout, const TlsContext& tls = {});

}  // namespace meterway::net
