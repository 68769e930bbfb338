#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <list>
#include <optional>
#include <thread>

#include "base/net/http.h"
#include "base/net/worker_pool.h"

// One network thread moves bytes; handlers run on the workers. Everything of a Session belongs to the network thread,
// so nothing here needs a lock but the workers' queue. A handler's answer comes back by asio::post.
namespace meterway::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kStopGrace{5};  ///< for peers to take their last answer when the server stops
constexpr std::chrono::seconds kLinger{2};     ///< for a peer to stop sending after an answer that ends the connection
constexpr std::chrono::milliseconds kAcceptPause{100};  ///< when no descriptor is left

HttpResponse plain(int status, std::string text) {
  return {status, {{"content-type", "text/plain"}}, std::move(text) + "\n"};
}

HttpResponse busy() {
  auto response = plain(503, "too many requests wait: try again");
  response.headers["retry-after"] = "1";
  return response;
}

HttpRequest to_request(const http::request<http::string_body>& message) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  const std::string target(message.target());
  const auto query = target.find('?');
  request.path = target.substr(0, query);
  if (query != std::string::npos) request.query = target.substr(query + 1);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    auto& value = request.headers[name];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  }
  request.body = message.body();
  return request;
}

bool is_header_safe(const std::string& text) { return text.find_first_of("\r\n") == std::string::npos; }

/// `headers_only` for an answer to HEAD: the length is told, the body is not sent.
http::response<http::string_body> to_message(HttpResponse response, unsigned version, bool keep_alive,
                                             bool headers_only) {
  http::response<http::string_body> message;
  message.version(version);
  message.result(static_cast<unsigned>(response.status));
  for (const auto& [name, value] : response.headers) {
    if (is_header_safe(name) && is_header_safe(value)) message.set(name, value);
  }
  message.keep_alive(keep_alive);
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  if (!bodiless) message.body() = std::move(response.body);
  message.prepare_payload();
  if (headers_only) message.body().clear();
  return message;
}

class Server;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Server& server) : stream_(std::move(socket)), server_(server) {}
  void read();
  void refuse();  ///< one connection too many: 503 and close
  void stop();    ///< closes at once unless an answer is under way
  void close();
  std::list<std::shared_ptr<Session>>::iterator self;  ///< in the server's list

 private:
  void on_header(error_code error);
  void on_body(error_code error);
  void hand_over();
  void answer(HttpResponse response, bool keep_alive);
  void read_failed(error_code error);
  void linger();
  void discard();
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  Server& server_;
  bool answering_ = false;
  bool headers_only_ = false;
  unsigned version_ = 11;
};

class Server final : public HttpServer {
 public:
  Server(Handler handler, ServerLimits limits)
      : handler_(std::move(handler)), limits_(limits), workers_(limits.workers, limits.waiting) {}
  ~Server() override;
  std::uint16_t port() const override { return port_; }

  Status listen(const std::string& address, std::uint16_t port);
  void accept();

  asio::io_context io_{1};
  const Handler handler_;
  const ServerLimits limits_;
  std::list<std::shared_ptr<Session>> sessions_;
  bool stopping_ = false;  ///< network thread only
  tcp::acceptor acceptor_{io_};
  asio::steady_timer retry_{io_};
  std::uint16_t port_ = 0;
  WorkerPool workers_;
  std::thread network_;
};

void Session::read() {
  answering_ = false;
  if (server_.stopping_) return close();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(server_.limits_.header_bytes));
  parser_->body_limit(server_.limits_.body_bytes);
  stream_.expires_after(server_.limits_.idle);
  http::async_read_header(stream_, buffer_, *parser_,
                          [me = shared_from_this()](error_code error, std::size_t) { me->on_header(error); });
}

void Session::on_header(error_code error) {
  if (error) return read_failed(error);
  version_ = parser_->get().version();
  if (parser_->content_length() && *parser_->content_length() > server_.limits_.body_bytes)
    return read_failed(http::error::body_limit);
  const auto read_body = [me = shared_from_this()] {
    http::async_read(me->stream_, me->buffer_, *me->parser_,
                     [me](error_code failed, std::size_t) { me->on_body(failed); });
  };
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_body();
  response_ = to_message({100, {}, ""}, version_, true, false);
  http::async_write(stream_, response_, [me = shared_from_this(), read_body](error_code failed, std::size_t) {
    if (failed) return me->close();
    read_body();
  });
}

void Session::on_body(error_code error) {
  if (error) return read_failed(error);
  hand_over();
}

void Session::hand_over() {
  const bool keep_alive = parser_->get().keep_alive();
  headers_only_ = parser_->get().method() == http::verb::head;
  answering_ = true;
  stream_.expires_never();
  // The work guard keeps the network thread alive until the answer has come back to it.
  auto job = [me = shared_from_this(), request = to_request(parser_->get()), keep_alive,
              guard = asio::make_work_guard(server_.io_)] {
    HttpResponse response;
    try {
      response = me->server_.handler_(request);
    } catch (const std::exception&) {
      response = plain(500, "the handler failed");
    }
    asio::post(me->server_.io_, [me, response = std::move(response), keep_alive]() mutable {
      me->answer(std::move(response), keep_alive);
    });
  };
  parser_.reset();
  if (!server_.workers_.offer(std::move(job))) answer(busy(), keep_alive);
}

void Session::answer(HttpResponse response, bool keep_alive) {
  answering_ = true;
  const bool stay = keep_alive && !server_.stopping_;
  response_ = to_message(std::move(response), version_, stay, headers_only_);
  stream_.expires_after(server_.stopping_ ? std::min<std::chrono::milliseconds>(server_.limits_.idle, kStopGrace)
                                          : server_.limits_.idle);
  http::async_write(stream_, response_, [me = shared_from_this(), stay](error_code error, std::size_t) {
    if (error) return me->close();
    stay ? me->read() : me->linger();
  });
}

/// Closing while the peer still sends makes TCP reset the connection, and the peer may lose the answer (a 413, say).
/// So say that no more comes, and take what arrives until the peer closes too.
void Session::linger() {
  answering_ = false;
  if (server_.stopping_) return close();
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kLinger);
  discard();
}

void Session::discard() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16384), [me = shared_from_this()](error_code error, std::size_t) {
    if (error) return me->close();
    me->discard();
  });
}

void Session::read_failed(error_code error) {
  headers_only_ = false;
  if (error == http::error::header_limit) return answer(plain(431, "the header is too large"), false);
  if (error == http::error::body_limit) return answer(plain(413, "the body is too large"), false);
  const bool broken = error.category() == http::make_error_code(http::error::bad_method).category() &&
                      error != http::error::end_of_stream && error != http::error::partial_message;
  if (broken) return answer(plain(400, "this is not HTTP: " + error.message()), false);
  close();
}

void Session::refuse() { answer(busy(), false); }

void Session::stop() {
  if (!answering_) return close();
  stream_.expires_after(kStopGrace);
}

void Session::close() {
  stream_.close();
  if (self != server_.sessions_.end()) {
    server_.sessions_.erase(self);
    self = server_.sessions_.end();
  }
}

Status Server::listen(const std::string& address, std::uint16_t port) {
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return fail(ErrorCode::Network, 0, "address");
  const tcp::endpoint endpoint(ip, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) return fail(ErrorCode::Network, 0, "the port is taken");
  if (error) return fail(ErrorCode::Network, 0, "listen");
  port_ = acceptor_.local_endpoint().port();
  accept();
  network_ = std::thread([this] { io_.run(); });
  return {};
}

void Server::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (stopping_) return;
    if (error) {
      retry_.expires_after(kAcceptPause);
      return retry_.async_wait([this](error_code cancelled) {
        if (!cancelled && !stopping_) accept();
      });
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const bool full = sessions_.size() >= limits_.connections;
    const auto session = std::make_shared<Session>(std::move(socket), *this);
    session->self = sessions_.insert(sessions_.end(), session);
    full ? session->refuse() : session->read();
    accept();
  });
}

Server::~Server() {
  if (!network_.joinable()) return;
  std::promise<void> quiet;  // after it no session hands anything new to the workers
  asio::post(io_, [this, &quiet] {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      const auto session = *at++;  // stop() may take it out of the list
      session->stop();
    }
    quiet.set_value();
  });
  quiet.get_future().wait();
  workers_.finish();
  network_.join();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> serve_http(const std::string& address, std::uint16_t port, Handler handler,
                                               ServerLimits limits) {
  auto server = std::make_unique<Server>(std::move(handler), limits);
  METERWAY_CHECK(server->listen(address, port));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace meterway::net
