#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>

#include "base/net/http.h"

namespace meterway::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kAnswerLimitBytes = 64u << 20;

struct Url {
  std::string host;  ///< without brackets
  std::string authority;
  std::uint16_t port = 80;
  std::string target;
};

Result<Url> parse_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (text.starts_with("https://")) return fail(ErrorCode::Unsupported, 0, "https");
  if (!text.starts_with(scheme)) return fail(ErrorCode::BadRequest, 0, "url");
  if (text.find_first_of(" \r\n\t") != std::string_view::npos)
    return fail(ErrorCode::BadRequest, text.find_first_of(" \r\n\t"), "url");
  const auto slash = std::min(text.find_first_of("/?", scheme.size()), text.size());
  Url url;
  url.authority = text.substr(scheme.size(), slash - scheme.size());
  url.target = text.substr(slash);
  if (url.target.empty() || url.target[0] == '?') url.target.insert(0, 1, '/');
  std::string_view rest = url.authority;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return fail(ErrorCode::BadRequest, scheme.size(), "url host");
    url.host = rest.substr(1, end - 1);
    rest = rest.substr(end + 1);
  } else {
    url.host = rest.substr(0, rest.find(':'));
    rest = rest.substr(url.host.size());
  }
  if (url.host.empty()) return fail(ErrorCode::BadRequest, scheme.size(), "url host");
  if (rest.empty()) return url;
  const auto [end, bad] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), url.port);
  if (rest[0] != ':' || bad != std::errc() || end != rest.data() + rest.size())
    return fail(ErrorCode::BadRequest, scheme.size() + url.host.size(), "url port");
  return url;
}

Unexpected<Error> failure(error_code error, const char* field) {
  if (error == beast::error::timeout) return fail(ErrorCode::Timeout, 0, field);
  if (error == http::error::body_limit || error == http::error::header_limit)
    return fail(ErrorCode::TooLarge, 0, field);
  if (error == asio::error::connection_refused) return fail(ErrorCode::Network, 0, "nobody listens there");
  return fail(ErrorCode::Network, 0, field);
}

/// One exchange. Each step starts the next; the stream's one deadline covers them all, and `outcome` says how it ended.
struct Exchange {
  explicit Exchange(std::chrono::milliseconds timeout) : stream(io) { stream.expires_after(timeout); }

  void start(const Url& url) {
    error_code numeric;
    const auto address = asio::ip::make_address(url.host, numeric);
    if (!numeric) return connect({tcp::endpoint(address, url.port)});
    resolver.async_resolve(url.host, std::to_string(url.port),
                           [this](error_code error, const tcp::resolver::results_type& found) {
                             if (error) return end(error, "resolve");
                             connect({found.begin(), found.end()});
                           });
  }
  void connect(std::vector<tcp::endpoint> endpoints) {
    peers = std::move(endpoints);
    stream.async_connect(peers, [this](error_code error, const tcp::endpoint&) {
      if (error) return end(error, "connect");
      http::async_write(stream, request, [this](error_code unsent, std::size_t) {
        if (unsent) write_error = unsent;  // the peer may have answered early (413) and stopped reading
        http::async_read(stream, buffer, parser, [this](error_code bad, std::size_t) {
          end(bad && write_error ? write_error : bad, "answer");
        });
      });
    });
  }
  void end(error_code error, const char* step) {
    failed = error;
    field = step;
  }

  asio::io_context io{1};
  beast::tcp_stream stream;
  tcp::resolver resolver{io};
  std::vector<tcp::endpoint> peers;
  http::request<http::string_body> request;
  http::response_parser<http::string_body> parser;
  beast::flat_buffer buffer;
  error_code failed = beast::error::timeout;
  error_code write_error;
  const char* field = "deadline";
};

}  // namespace

Result<HttpResponse> http_request(const std::string& method, const std::string& url_text, const Headers& headers,
                                  std::string_view body, std::chrono::milliseconds timeout) {
  METERWAY_TRY(const Url url, parse_url(url_text));
  Exchange exchange(timeout);
  exchange.request.method_string(method);
  exchange.request.target(url.target);
  exchange.request.version(11);
  exchange.request.set(http::field::host, url.authority);
  for (const auto& [name, value] : headers) exchange.request.set(name, value);
  exchange.request.keep_alive(false);
  exchange.request.body() = std::string(body);
  if (!body.empty() || (method != "GET" && method != "HEAD")) exchange.request.content_length(body.size());
  exchange.parser.body_limit(kAnswerLimitBytes);
  if (method == "HEAD") exchange.parser.skip(true);
  exchange.start(url);
  exchange.io.run_for(timeout +
                      std::chrono::milliseconds(50));  // the stream's deadline comes first unless a name is slow
  if (exchange.failed) return failure(exchange.failed, exchange.field);

  auto message = exchange.parser.release();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    auto& value = response.headers[name];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  }
  response.body = std::move(message.body());
  return response;
}

}  // namespace meterway::net
