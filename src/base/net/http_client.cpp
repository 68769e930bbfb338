#include "base/net/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <deque>
#include <optional>
#include <set>

#include "base/net/deadlines.h"
#include "base/net/http_message.h"
#include "base/net/stream.h"
#include "base/net/url.h"

namespace meterway::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Done = std::function<void(Result<HttpResponse>)>;

constexpr std::size_t kReadBytes = 16384;
constexpr std::size_t kKeptBuffer = 65536;

class Connection;
using ConnectionPtr = std::shared_ptr<Connection>;

/// One call, on a connection or waiting for one.
struct Exchange {
  HttpCall call;
  Done done;  ///< empty once it has been called
  std::shared_ptr<Deadlines> deadlines;
  std::optional<Deadlines::Entry> deadline;
  Url url;
  std::string origin;
  std::string head;
  std::weak_ptr<Connection> connection;
  bool repeated = false;

  void end(Result<HttpResponse> result) {
    if (const auto entry = std::exchange(deadline, std::nullopt)) deadlines->drop(*entry);
    if (auto tell = std::exchange(done, nullptr)) tell(std::move(result));
  }
  void over();
};
using ExchangePtr = std::shared_ptr<Exchange>;

bool is_field_safe(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::string write_head(const HttpCall& call, const Url& url, bool keep_alive) {
  std::string out = call.method + " " + url.target + " HTTP/1.1\r\nhost: " + url.authority + "\r\n";
  for (const auto& [name, value] : call.headers) {
    if (is_field_safe(name) && is_field_safe(value)) out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!call.body.empty() || (call.method != "GET" && call.method != "HEAD"))
    out.append("content-length: ").append(std::to_string(call.body.size())).append("\r\n");
  if (!keep_alive) out.append("connection: close\r\n");
  return out.append("\r\n");
}

/// What one host and port have: calls that wait, connections without work, and how many there are in all.
struct Host {
  std::deque<ExchangePtr> waiting;
  std::deque<ConnectionPtr> idle;
  std::size_t open = 0;
};

}  // namespace

struct HttpClient::State : std::enable_shared_from_this<State> {
  State(asio::io_context& context, TlsContext with, ClientLimits most)
      : io(context), tls(std::move(with)), limits(most), deadlines(std::make_shared<Deadlines>(context)) {}
  void start(const ExchangePtr& exchange);
  void serve(const std::string& origin);
  bool make_room(const std::string& origin);
  void closed(Connection& connection);
  void free(const ConnectionPtr& connection);
  void stop();

  asio::io_context& io;
  const TlsContext tls;
  const ClientLimits limits;
  const std::shared_ptr<Deadlines> deadlines;
  std::map<std::string, Host> hosts;
  std::set<ConnectionPtr> connections;
  std::size_t waiting = 0;
  bool stopped = false;
};

namespace {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<HttpClient::State> state, std::string origin)
      : origin_(std::move(origin)), state_(std::move(state)), resolver_(state_->io) {}
  const std::string& origin() const { return origin_; }
  void run(ExchangePtr exchange);
  void rest();  ///< without work, until it is given some or the time for that is over
  void close();
  void abandon() { fail_with({ErrorCode::Closed, 0, "network"}); }

 private:
  void connect();
  void connected(tcp::socket socket);
  void send();
  void read();
  void on_read(error_code error, std::size_t size);
  bool take_head();
  void answered();
  void look_at_rest(Deadlines::Clock::time_point when);
  void fail_with(Error error);
  void lost(error_code error, const char* step);

  const std::string origin_;
  std::shared_ptr<HttpClient::State> state_;
  tcp::resolver resolver_;
  Deadlines::Clock::time_point resting_since_{};
  std::optional<Deadlines::Entry> rest_ends_;  ///< when to look whether it has rested too long
  std::unique_ptr<Stream> stream_;
  ExchangePtr exchange_;
  bool used_before_ = false, closed_ = false;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool any_byte_ = false, has_head_ = false;
  error_code write_error_;
  ResponseHead head_;
  BodyReader body_;
};

void Connection::run(ExchangePtr exchange) {
  exchange_ = std::move(exchange);
  begin_ = end_ = 0;
  any_byte_ = has_head_ = false;
  write_error_ = {};
  exchange_->head = write_head(exchange_->call, exchange_->url, state_->limits.keep_alive);
  stream_ ? send() : connect();
}

void Connection::connect() {
  const auto& url = exchange_->url;
  const auto open = [me = shared_from_this()](const auto& endpoints) {
    auto socket = std::make_shared<tcp::socket>(me->state_->io);
    asio::async_connect(*socket, endpoints, [me, socket](error_code error, const tcp::endpoint&) {
      if (me->closed_) return;
      if (error) return me->lost(error, "connect");
      me->connected(std::move(*socket));
    });
  };
  error_code named;
  const auto address = asio::ip::make_address(url.host, named);
  if (!named) return open(std::array<tcp::endpoint, 1>{tcp::endpoint(address, url.port)});
  resolver_.async_resolve(url.host, std::to_string(url.port),
                          [me = shared_from_this(), open](error_code error, const tcp::resolver::results_type& found) {
                            if (me->closed_) return;
                            if (error) return me->lost(error, "resolve");
                            open(found);
                          });
}

void Connection::connected(tcp::socket socket) {
  if (!exchange_->url.secure) {
    stream_ = plain_stream(std::move(socket));
    return send();
  }
  stream_ = tls_client_stream(std::move(socket), state_->tls, exchange_->url.host);
  stream_->handshake([me = shared_from_this()](error_code error) {
    if (me->closed_) return;
    error ? me->lost(error, "TLS handshake") : me->send();
  });
}

void Connection::send() {
  const auto& head = exchange_->head;
  const auto& body = exchange_->call.body;
  const auto sent = stream_->write_now({asio::buffer(head), asio::buffer(body)}, write_error_);
  if (write_error_ || sent == head.size() + body.size()) return read();
  const auto of_head = std::min(sent, head.size());
  stream_->write({asio::buffer(head) + of_head, asio::buffer(body) + (sent - of_head)},
                 [me = shared_from_this(), keep = exchange_](error_code error, std::size_t) {
                   if (me->closed_) return;
                   me->write_error_ = error;  // the server may have answered early (413) and stopped reading
                   me->read();
                 });
}

void Connection::read() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kReadBytes) buffer_.resize(end_ + kReadBytes);
  stream_->read(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                [me = shared_from_this()](error_code error, std::size_t size) { me->on_read(error, size); });
}

void Connection::on_read(error_code error, std::size_t size) {
  if (closed_) return;
  if (error) {
    if (has_head_ && error == asio::error::eof && body_.finish()) return answered();
    return lost(write_error_ ? write_error_ : error, "answer");
  }
  any_byte_ = true;
  end_ += size;
  if (!has_head_ && !take_head()) return;
  const auto taken = body_.take(std::string_view(buffer_.data() + begin_, end_ - begin_));
  if (!taken) {
    const bool large = taken.error().status == 413;
    return fail_with({large ? ErrorCode::TooLarge : ErrorCode::Network, 0, large ? "answer" : taken.error().why});
  }
  begin_ += *taken;
  body_.done() ? answered() : read();
}

/// False when the head is not there yet, or is none.
bool Connection::take_head() {
  for (;;) {
    const std::string_view come(buffer_.data() + begin_, end_ - begin_);
    const auto size = head_size(come);
    if (size.value_or(come.size()) > state_->limits.header_bytes)
      return fail_with({ErrorCode::TooLarge, 0, "header of the answer"}), false;
    if (!size) return read(), false;
    auto head = read_response_head(come.substr(0, *size), exchange_->call.method == "HEAD");
    if (!head) return fail_with({ErrorCode::Network, 0, head.error().why}), false;
    begin_ += *size;
    if (head->status < 200) continue;  // 100: what counts is still to come
    head_ = std::move(*head);
    body_ = BodyReader(head_, state_->limits.answer_bytes);
    has_head_ = true;
    return true;
  }
}

void Connection::answered() {
  HttpResponse response{head_.status, std::move(head_.headers), body_.release()};
  const auto exchange = std::exchange(exchange_, nullptr);
  const bool stay = head_.keep_alive && state_->limits.keep_alive && !write_error_ && begin_ == end_;
  used_before_ = true;
  if (buffer_.size() > kKeptBuffer) buffer_ = {};
  stay ? state_->free(shared_from_this()) : close();
  exchange->end(std::move(response));
}

void Connection::lost(error_code error, const char* step) {
  if (used_before_ && !any_byte_ && exchange_ && !exchange_->repeated) {
    const auto exchange = std::exchange(exchange_, nullptr);
    exchange->repeated = true;
    exchange->connection.reset();
    const auto state = state_;
    close();
    return state->start(exchange);
  }
  if (error.category() == asio::error::get_ssl_category()) return fail_with({ErrorCode::BadCertificate, 0, "TLS"});
  const bool refused = error == asio::error::connection_refused;
  fail_with({ErrorCode::Network, 0, refused ? "nobody listens there" : step});
}

void Connection::fail_with(Error error) {
  const auto me = shared_from_this();
  const auto exchange = std::exchange(exchange_, nullptr);
  close();
  if (exchange) exchange->end(Unexpected<Error>{error});
}

void Connection::rest() {
  resting_since_ = Deadlines::Clock::now();
  if (!rest_ends_) look_at_rest(resting_since_ + state_->limits.idle);
}

/// Set once, not at each exchange: who was given work meanwhile is looked at again when that would be too long ago.
void Connection::look_at_rest(Deadlines::Clock::time_point when) {
  rest_ends_ = state_->deadlines->set(when, [weak = weak_from_this()] {
    const auto me = weak.lock();
    if (!me) return;
    me->rest_ends_.reset();
    if (me->exchange_) return;  // rest() sets it again
    const auto ends = me->resting_since_ + me->state_->limits.idle;
    ends <= Deadlines::Clock::now() ? me->close() : me->look_at_rest(ends);
  });
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  const auto me = shared_from_this();
  if (const auto entry = std::exchange(rest_ends_, std::nullopt)) state_->deadlines->drop(*entry);
  resolver_.cancel();
  if (stream_) stream_->close();
  state_->closed(*this);
}

/// The deadline ends the connection with the call: nobody could tell whose answer came late.
void Exchange::over() {
  deadline.reset();
  const auto on = connection.lock();
  end(fail(ErrorCode::Timeout, 0, on ? "deadline" : "no connection is free"));
  if (on) on->close();
}

}  // namespace

void HttpClient::State::start(const ExchangePtr& exchange) {
  hosts[exchange->origin].waiting.push_back(exchange);
  ++waiting;
  serve(exchange->origin);
}

/// Gives connections to those who wait for this host, as far as the limits go.
void HttpClient::State::serve(const std::string& origin) {
  auto& host = hosts[origin];
  while (!host.waiting.empty() && !stopped) {
    if (!host.waiting.front()->done) {  // its time was over
      host.waiting.pop_front();
      --waiting;
      continue;
    }
    ConnectionPtr connection;
    if (!host.idle.empty()) {
      connection = host.idle.back();  // the one last used is the least likely to have been closed
      host.idle.pop_back();
    } else if (host.open < limits.per_host && make_room(origin)) {
      connection = *connections.insert(std::make_shared<Connection>(shared_from_this(), origin)).first;
      ++host.open;
    } else {
      return;
    }
    const auto exchange = host.waiting.front();
    host.waiting.pop_front();
    --waiting;
    exchange->connection = connection;
    connection->run(exchange);
  }
}

/// Where all connections are taken, an idle one to somebody else closes.
bool HttpClient::State::make_room(const std::string& origin) {
  if (connections.size() < limits.connections) return true;
  for (auto& [name, host] : hosts) {
    if (name == origin || host.idle.empty()) continue;
    const auto oldest = host.idle.front();
    oldest->close();
    return true;
  }
  return false;
}

void HttpClient::State::free(const ConnectionPtr& connection) {
  auto& host = hosts[connection->origin()];
  host.idle.push_back(connection);
  connection->rest();
  if (host.waiting.empty()) return;
  asio::post(io, [me = shared_from_this(), origin = connection->origin()] { me->serve(origin); });
}

void HttpClient::State::closed(Connection& connection) {
  const auto at = hosts.find(connection.origin());
  auto& host = at->second;
  --host.open;
  std::erase_if(host.idle, [&](const ConnectionPtr& one) { return one.get() == &connection; });
  connections.erase(connection.shared_from_this());
  if (stopped) return;
  asio::post(io, [me = shared_from_this(), origin = connection.origin()] {
    me->serve(origin);
    if (me->waiting > 0 && me->connections.size() < me->limits.connections) {
      std::vector<std::string> others;
      for (const auto& [name, other] : me->hosts) {
        if (!other.waiting.empty()) others.push_back(name);
      }
      for (const auto& name : others) me->serve(name);
    }
    const auto now = me->hosts.find(origin);
    if (now != me->hosts.end() && now->second.open == 0 && now->second.waiting.empty()) me->hosts.erase(now);
  });
}

void HttpClient::State::stop() {
  stopped = true;
  std::vector<ExchangePtr> ended;
  for (auto& [name, host] : hosts) {
    for (auto& exchange : host.waiting) ended.push_back(exchange);
    host.waiting.clear();
  }
  for (const auto& exchange : ended) exchange->end(fail(ErrorCode::Closed, 0, "network"));
  for (const auto& connection : std::set<ConnectionPtr>(connections)) connection->abandon();
  deadlines->stop();
}

HttpClient::HttpClient(asio::io_context& io, TlsContext tls, ClientLimits limits)
    : state_(std::make_shared<State>(io, std::move(tls), limits)) {}
HttpClient::~HttpClient() { stop(); }

void HttpClient::call(HttpCall call, std::function<void(Result<HttpResponse>)> done) {
  auto url = parse_url(call.url);
  if (!url) return done(Unexpected{url.error()});
  if (url->secure && !state_->tls) return done(fail(ErrorCode::Unsupported, 0, "https: no authorities are configured"));
  if (state_->stopped) return done(fail(ErrorCode::Closed, 0, "network"));
  if (state_->waiting >= state_->limits.waiting) return done(fail(ErrorCode::Full, 0, "calls that wait"));
  const auto exchange = std::make_shared<Exchange>();
  exchange->call = std::move(call);
  exchange->done = std::move(done);
  exchange->url = std::move(*url);
  exchange->origin = exchange->url.origin();
  exchange->deadlines = state_->deadlines;
  exchange->deadline = state_->deadlines->set(Deadlines::Clock::now() + exchange->call.timeout,
                                              [weak = std::weak_ptr<Exchange>(exchange)] {
                                                if (const auto late = weak.lock()) late->over();
                                              });
  state_->start(exchange);
}

void HttpClient::stop() { state_->stop(); }

Result<HttpResponse> http_request(const std::string& method, const std::string& url, const Headers& headers,
                                  std::string_view body, std::chrono::milliseconds timeout, const TlsContext& tls) {
  asio::io_context io{1};
  ClientLimits limits;
  limits.keep_alive = false;
  HttpClient client(io, tls, limits);
  Result<HttpResponse> result = fail(ErrorCode::Timeout, 0, "deadline");
  client.call({method, url, headers, std::string(body), timeout}, [&](Result<HttpResponse> got) {
    result = std::move(got);
    io.stop();
  });
  io.run_for(timeout + std::chrono::milliseconds(50));  // the call's own deadline comes first unless a name is slow
  return result;
}

}  // namespace meterway::net
