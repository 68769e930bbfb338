#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <future>
#include <list>
#include <mutex>
#include <thread>

#include "base/net/acceptor.h"
#include "base/net/http.h"
#include "base/net/http_message.h"
#include "base/net/inside.h"
#include "base/net/stream.h"
#include "base/net/worker_pool.h"

// One network thread waits for bytes; handlers run on the workers, and the worker that has an answer sends it itself,
// as far as it goes without waiting: the road back over the network thread would cost as much as the exchange. So a
// session changes hands, and its lock guards it: whoever holds it finds the session in one phase, with at most one
// reading or writing under way.
namespace meterway::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kStopGrace{5};           ///< for peers to take their last answer when the server stops
constexpr std::chrono::seconds kLinger{2};              ///< for a peer to stop sending after an answer that ends it all
constexpr std::chrono::milliseconds kLongestTick{250};  ///< between two looks at the deadlines
constexpr std::chrono::milliseconds kStoppingTick{10};
constexpr std::size_t kReadBytes = 16384;  ///< of a body at a time

HttpResponse plain(int status, std::string text) {
  return {status, {{"content-type", "text/plain"}, {"x-content-type-options", "nosniff"}}, std::move(text) + "\n"};
}

HttpResponse busy() {
  auto response = plain(503, "too many requests wait: try again");
  response.headers["retry-after"] = "1";
  return response;
}

bool is_header_safe(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

/// Status line and fields. The length stands there for an answer to HEAD too, though no body follows.
std::string write_head(const HttpResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (is_header_safe(name) && is_header_safe(value)) out.append(name).append(": ").append(value).append("\r\n");
  }
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  if (!bodiless) out.append("content-length: ").append(std::to_string(response.body.size())).append("\r\n");
  if (!keep_alive) out.append("connection: close\r\n");
  return out.append("\r\n");
}

class Server;

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::unique_ptr<Stream> stream, Server& server) : stream_(std::move(stream)), server_(server) {
    error_code ignored;
    const auto peer = stream_->socket().remote_endpoint(ignored);
    if (!ignored) source_ = peer.address().to_string();
  }
  void start();
  void refuse();                                       ///< one connection too many: 503 and close
  void stop();                                         ///< closes at once unless an answer is under way
  void look(Clock::time_point now);                    ///< at the deadline
  std::list<std::shared_ptr<Session>>::iterator self;  ///< in the server's list, while `listed`
  bool listed = false;

 private:
  enum class Phase : std::uint8_t { Handshake, Idle, Head, Body, Handling, Writing, Lingering, Closed };
  using Lock = std::lock_guard<std::mutex>;

  // All with the lock held.
  void read();
  void advance();
  bool take_head();
  bool take_body();
  void hand_over();
  bool respond(HttpResponse response, bool keep_alive);
  bool written();
  void fault(const HttpFault& what);
  void linger();
  void discard();
  void close();
  void enter(Phase phase, std::chrono::milliseconds limit);
  // On the network thread, or on a worker.
  void on_handshake(error_code error);
  void on_read(error_code error, std::size_t size);
  void on_written(error_code error);
  void answer(HttpResponse response, bool keep_alive);

  std::mutex mutex_;
  const std::unique_ptr<Stream> stream_;
  std::string source_;  ///< the peer's address
  Server& server_;
  Phase phase_ = Phase::Idle;
  bool timed_out_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();
  Bytes peer_;
  std::string buffer_;  ///< its first end_ bytes have come, those before begin_ are used up
  std::size_t begin_ = 0, end_ = 0, seen_ = 0;
  RequestHead head_;
  BodyReader body_;
  std::string head_out_, body_out_;
  bool stay_ = false;
};

class Server final : public HttpServer {
 public:
  Server(Handler handler, ServerLimits limits, TlsContext tls, Faulted faulted)
      : handler_(std::move(handler)),
        faulted_(std::move(faulted)),
        limits_(limits),
        tls_(std::move(tls)),
        acceptor_(io_, [this](tcp::socket socket) { accepted(std::move(socket)); }),
        workers_(limits.workers, limits.waiting) {
    const auto shortest = std::min({limits_.idle, limits_.header, limits_.body, limits_.handshake});
    tick_ = std::clamp<std::chrono::milliseconds>(shortest / 4, kStoppingTick, kLongestTick);
  }
  ~Server() override;
  std::uint16_t port() const override { return acceptor_.port(); }
  Status listen(const std::string& address, std::uint16_t port);
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
  void forget(Session& session);

  asio::io_context io_{1};
  const Handler handler_;
  const Faulted faulted_;
  const ServerLimits limits_;
  const TlsContext tls_;
  std::atomic<int> handshakes_{0};

 private:
  void accepted(tcp::socket socket);
  void tick();
  std::vector<std::shared_ptr<Session>> sessions();

  std::mutex mutex_;  ///< over the list
  std::list<std::shared_ptr<Session>> sessions_;
  std::atomic<bool> stopping_{false};
  asio::steady_timer timer_{io_};
  std::chrono::milliseconds tick_{kLongestTick};
  Acceptor acceptor_;

 public:
  WorkerPool workers_;

 private:
  std::thread network_;
};

void Session::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  deadline_ = Clock::now() + limit;
}

void Session::start() {
  const Lock lock(mutex_);
  if (!stream_->secure()) return advance();
  enter(Phase::Handshake, server_.limits_.handshake);
  ++server_.handshakes_;
  stream_->handshake([me = shared_from_this()](error_code error) { me->on_handshake(error); });
}

void Session::on_handshake(error_code error) {
  --server_.handshakes_;
  const Lock lock(mutex_);
  if (phase_ == Phase::Closed) return;
  if (error) return close();
  auto peer = stream_->peer();
  if (!peer) return close();
  peer_ = std::move(*peer);
  advance();
}

void Session::read() {
  const auto room = std::max(kReadBytes, phase_ == Phase::Body ? std::size_t{0} : server_.limits_.header_bytes);
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + room) buffer_.resize(end_ + room);
  stream_->read(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                [me = shared_from_this()](error_code error, std::size_t size) { me->on_read(error, size); });
}

void Session::on_read(error_code error, std::size_t size) {
  const Lock lock(mutex_);
  if (phase_ == Phase::Closed) return;
  if (timed_out_) return fault({408, "the request does not arrive in time"});
  if (error) return close();
  end_ += size;
  advance();
}

/// From what has come to the next thing to wait for.
void Session::advance() {
  if (phase_ != Phase::Head && phase_ != Phase::Body) enter(Phase::Idle, server_.limits_.idle);
  for (;;) {
    if (server_.stopping() && phase_ == Phase::Idle) return close();
    if (phase_ != Phase::Body && !take_head()) return;
    if (!take_body()) return;
  }
}

/// False when nothing more is to be done now. Otherwise a head has been taken.
bool Session::take_head() {
  while (begin_ < end_ && seen_ == 0 && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;  // RFC 9112 2.2
  const std::string_view come(buffer_.data() + begin_, end_ - begin_);
  if (come.empty()) return read(), false;
  if (phase_ == Phase::Idle) enter(Phase::Head, server_.limits_.header);
  const auto size = head_size(come, seen_);
  seen_ = come.size();
  if (size.value_or(come.size()) > server_.limits_.header_bytes) return fault({431, "the header is too large"}), false;
  if (!size) return read(), false;
  auto head = read_request_head(come.substr(0, *size));
  if (!head) return fault(head.error()), false;
  head_ = std::move(*head);
  begin_ += *size;
  seen_ = 0;
  if (head_.framing == Framing::Length && head_.length > server_.limits_.body_bytes)
    return fault({413, "the body is too large"}), false;
  body_ = BodyReader(head_, server_.limits_.body_bytes);
  enter(Phase::Body, server_.limits_.body);
  if (!head_.expects_continue || begin_ < end_ || body_.done()) return true;
  head_out_ = write_head({100, {}, ""}, true);
  stream_->write({asio::buffer(head_out_), asio::const_buffer()},
                 [me = shared_from_this()](error_code error, std::size_t) {
                   const Lock lock(me->mutex_);
                   if (me->phase_ == Phase::Closed) return;
                   error || me->timed_out_ ? me->close() : me->advance();
                 });
  return false;
}

/// False when nothing more is to be done now. Otherwise the request has been answered, and the next may be looked for.
bool Session::take_body() {
  const auto taken = body_.take(std::string_view(buffer_.data() + begin_, end_ - begin_));
  if (!taken) return fault(taken.error()), false;
  begin_ += *taken;
  if (!body_.done()) return read(), false;
  HttpRequest request{std::move(head_.method),  std::move(head_.path), std::move(head_.query),
                      std::move(head_.headers), body_.release(),       peer_};
  if (!source_.empty()) request.headers[std::string(kSource)] = source_;
  phase_ = Phase::Handling;
  deadline_ = Clock::time_point::max();
  head_.method = request.method;  // an answer to HEAD has no body
  // The work guard keeps the network thread alive until the answer has been sent.
  const bool taken_on =
      server_.workers_.offer([me = shared_from_this(), request = std::move(request), stay = head_.keep_alive,
                              guard = asio::make_work_guard(server_.io_)]() mutable {
        HttpResponse response;
        try {
          response = me->server_.handler_(std::move(request));
        } catch (const std::exception&) {
          response = plain(500, "the handler failed");
        }
        me->answer(std::move(response), stay);
      });
  return !taken_on && respond(busy(), head_.keep_alive);
}

void Session::answer(HttpResponse response, bool keep_alive) {
  const Lock lock(mutex_);
  if (phase_ != Phase::Closed && respond(std::move(response), keep_alive)) advance();
}

/// True when the answer is out already and the connection stays.
bool Session::respond(HttpResponse response, bool keep_alive) {
  stay_ = keep_alive && !server_.stopping();
  head_out_ = write_head(response, stay_);
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  body_out_ = bodiless || head_.method == "HEAD" ? std::string() : std::move(response.body);
  enter(Phase::Writing, server_.stopping() ? std::min<std::chrono::milliseconds>(server_.limits_.idle, kStopGrace)
                                           : server_.limits_.idle);
  error_code error;
  auto sent = stream_->write_now({asio::buffer(head_out_), asio::buffer(body_out_)}, error);
  if (error) return close(), false;
  if (sent == head_out_.size() + body_out_.size()) return written();
  const auto of_head = std::min(sent, head_out_.size());
  stream_->write({asio::buffer(head_out_) + of_head, asio::buffer(body_out_) + (sent - of_head)},
                 [me = shared_from_this()](error_code failed, std::size_t) { me->on_written(failed); });
  return false;
}

void Session::on_written(error_code error) {
  const Lock lock(mutex_);
  if (phase_ == Phase::Closed) return;
  if (error) return close();
  if (written()) advance();
}

/// True when the connection stays.
bool Session::written() {
  body_out_.clear();
  if (!stay_) return linger(), false;
  phase_ = Phase::Idle;
  return true;
}

void Session::fault(const HttpFault& what) {
  head_.method.clear();             // whatever it was, this has a body
  const std::string why(what.why);  // words of our own: nothing in them needs escaping
  std::string detail;
  if (what.status == 413)
    detail = R"(,"detail":"a body may have )" + std::to_string(server_.limits_.body_bytes) + R"( bytes")";
  HttpResponse response{what.status,
                        {{"content-type", "application/problem+json"},
                         {"x-content-type-options", "nosniff"},
                         {"cache-control", "no-store"}},
                        R"({"status":)" + std::to_string(what.status) + R"(,"title":")" + why + "\"" + detail +
                            R"(,"type":"about:blank"})" + "\n"};
  if (server_.faulted_) response.headers["x-event"] = server_.faulted_(what.status, what.why);
  (void)respond(std::move(response), false);
}

/// Closing while the peer still sends makes TCP reset the connection, and the peer may lose the answer (a 413, say).
/// So say that no more comes, and take what arrives until the peer closes too.
void Session::linger() {
  if (server_.stopping()) return close();
  enter(Phase::Lingering, kLinger);
  stream_->finish();
  discard();
}

void Session::discard() {
  begin_ = end_ = 0;
  if (buffer_.size() < kReadBytes) buffer_.resize(kReadBytes);
  stream_->read(asio::buffer(buffer_), [me = shared_from_this()](error_code error, std::size_t) {
    const Lock lock(me->mutex_);
    if (me->phase_ == Phase::Closed) return;
    error ? me->close() : me->discard();
  });
}

void Session::refuse() {
  const Lock lock(mutex_);
  if (stream_->secure()) return close();
  (void)respond(busy(), false);
}

void Session::stop() {
  const Lock lock(mutex_);
  if (phase_ == Phase::Writing) deadline_ = std::min(deadline_, Clock::now() + kStopGrace);
  if (phase_ != Phase::Handling && phase_ != Phase::Writing) close();
}

void Session::look(Clock::time_point now) {
  const Lock lock(mutex_);
  if (phase_ == Phase::Closed || now < deadline_) return;
  if (timed_out_ || (phase_ != Phase::Head && phase_ != Phase::Body)) return close();
  timed_out_ = true;  // the reading under way ends, and says so
  deadline_ = now + kLinger;
  error_code ignored;
  stream_->socket().cancel(ignored);
}

void Session::close() {
  phase_ = Phase::Closed;
  stream_->close();
  server_.forget(*this);
}

void Server::forget(Session& session) {
  const std::lock_guard lock(mutex_);
  if (!session.listed) return;
  session.listed = false;
  sessions_.erase(session.self);
}

std::vector<std::shared_ptr<Session>> Server::sessions() {
  const std::lock_guard lock(mutex_);
  return {sessions_.begin(), sessions_.end()};
}

Status Server::listen(const std::string& address, std::uint16_t port) {
  METERWAY_CHECK(acceptor_.listen(address, port));
  tick();
  network_ = std::thread([this] { io_.run(); });
  return {};
}

void Server::tick() {
  timer_.expires_after(stopping() ? kStoppingTick : tick_);
  timer_.async_wait([this](error_code) {
    const auto now = Clock::now();
    const auto all = sessions();
    for (const auto& session : all) session->look(now);
    if (!stopping() || !sessions().empty()) tick();
  });
}

void Server::accepted(tcp::socket socket) {
  if (tls_ && handshakes_ >= static_cast<int>(limits_.handshakes)) return;
  const auto session = std::make_shared<Session>(
      tls_ ? tls_server_stream(std::move(socket), tls_) : plain_stream(std::move(socket)), *this);
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = sessions_.size() >= limits_.connections;
    session->self = sessions_.insert(sessions_.end(), session);
    session->listed = true;
  }
  full ? session->refuse() : session->start();
}

Server::~Server() {
  if (!network_.joinable()) return;
  std::promise<void> quiet;  // after it no session hands anything new to the workers
  asio::post(io_, [this, &quiet] {
    stopping_ = true;
    acceptor_.close();
    for (const auto& session : sessions()) session->stop();
    timer_.cancel();
    quiet.set_value();
  });
  quiet.get_future().wait();
  workers_.finish();
  network_.join();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> serve_http(const std::string& address, std::uint16_t port, Handler handler,
                                               ServerLimits limits, TlsContext tls, Faulted faulted) {
  auto server = std::make_unique<Server>(std::move(handler), limits, std::move(tls), std::move(faulted));
  METERWAY_CHECK(server->listen(address, port));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace meterway::net
