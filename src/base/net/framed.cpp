#include "base/net/framed.h"

#include <netinet/tcp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "base/net/acceptor.h"

namespace meterway::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMaxConnections = 1024;

/// The endpoint's network thread and what its connections share. A connection that outlives its endpoint keeps the
/// io_context alive, which nobody runs any more.
struct Network {
  asio::io_context io{1};
  FramedEvents events;
  std::size_t limit_bytes = 0;
  bool stopping = false;  ///< network thread only
};

class Connection final : public FramedConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Network> network, tcp::socket socket, std::function<void(Connection*)> gone)
      : network_(std::move(network)), socket_(std::move(socket)), gone_(std::move(gone)) {}

  Status send(ByteView frame) override;
  bool open() const override {
    const std::scoped_lock lock(mutex_);
    return open_;
  }
  void close() override;

  void start();
  void shut();  ///< network thread only

 private:
  void read_length();
  void read_frame(std::size_t size);
  void write_next();

  const std::shared_ptr<Network> network_;
  tcp::socket socket_;
  std::function<void(Connection*)> gone_;
  std::uint8_t length_[4] = {};
  Bytes incoming_;
  mutable std::mutex mutex_;  ///< over what follows; the rest belongs to the network thread
  bool open_ = true;
  bool writing_ = false;
  std::size_t queued_bytes_ = 0;
  std::deque<Bytes> queue_;
};

Status Connection::send(ByteView frame) {
  if (frame.size() > network_->limit_bytes) return fail(ErrorCode::TooLarge, frame.size(), "frame");
  Bytes bytes(4 + frame.size());
  for (int i = 0; i < 4; ++i)
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(frame.size() >> (24 - 8 * i));
  std::copy(frame.begin(), frame.end(), bytes.begin() + 4);
  const std::scoped_lock lock(mutex_);
  if (!open_) return fail(ErrorCode::Closed, 0, "connection");
  if (queued_bytes_ + bytes.size() > kFramedQueueBytes) return fail(ErrorCode::Full, queued_bytes_, "send queue");
  queued_bytes_ += bytes.size();
  queue_.push_back(std::move(bytes));
  if (!writing_) {
    writing_ = true;
    // Posted under the lock, while open_: the network thread cannot have finished, so this will run.
    asio::post(network_->io, [me = shared_from_this()] { me->write_next(); });
  }
  return {};
}

void Connection::close() {
  const std::scoped_lock lock(mutex_);
  if (open_) asio::post(network_->io, [me = shared_from_this()] { me->shut(); });
}

void Connection::start() {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  // A dead peer is noticed within a minute: 30 s of silence, then three probes 10 s apart.
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>(30), ignored);
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>(10), ignored);
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>(3), ignored);
  if (network_->events.connected) network_->events.connected(shared_from_this());
  read_length();
}

void Connection::read_length() {
  asio::async_read(socket_, asio::buffer(length_), [me = shared_from_this()](error_code error, std::size_t) {
    if (error) return me->shut();
    std::size_t size = 0;
    for (const auto byte : me->length_) size = size << 8 | byte;
    if (size > me->network_->limit_bytes) return me->shut();
    me->read_frame(size);
  });
}

void Connection::read_frame(std::size_t size) {
  incoming_.resize(size);
  asio::async_read(socket_, asio::buffer(incoming_), [me = shared_from_this()](error_code error, std::size_t) {
    if (error) return me->shut();
    if (me->network_->events.frame && me->open()) me->network_->events.frame(me, std::move(me->incoming_));
    me->incoming_ = {};
    me->read_length();
  });
}

void Connection::write_next() {
  const std::scoped_lock lock(mutex_);
  if (!open_ || queue_.empty()) {
    writing_ = false;
    return;
  }
  const auto sending = std::make_shared<Bytes>(std::move(queue_.front()));
  queue_.pop_front();
  asio::async_write(socket_, asio::buffer(*sending), [me = shared_from_this(), sending](error_code error, std::size_t) {
    {
      const std::scoped_lock sent(me->mutex_);
      me->queued_bytes_ -= sending->size();
    }
    error ? me->shut() : me->write_next();
  });
}

void Connection::shut() {
  {
    const std::scoped_lock lock(mutex_);
    if (!open_) return;
    open_ = false;
    queue_.clear();
  }
  error_code ignored;
  socket_.close(ignored);
  const auto me = shared_from_this();
  if (network_->events.closed) network_->events.closed(me);
  gone_(this);
}

class Endpoint : public FramedEndpoint {
 public:
  Endpoint(FramedEvents events, std::size_t limit_bytes) {
    network_->events = std::move(events);
    network_->limit_bytes = limit_bytes;
  }
  std::uint16_t port() const override { return port_; }

 protected:
  void run() {
    thread_ = std::thread([this] { network_->io.run(); });
  }
  /// Called first in each destructor, while the whole object still stands.
  void stop(std::function<void()> stop_more) {
    if (!thread_.joinable()) return;
    asio::post(network_->io, [this, stop_more = std::move(stop_more)] {
      network_->stopping = true;
      stop_more();
      for (const auto& connection : std::set<std::shared_ptr<Connection>>(connections_)) connection->shut();
    });
    thread_.join();
    network_->events = {};
  }
  std::shared_ptr<Connection> adopt(tcp::socket socket, std::function<void()> gone = {}) {
    auto connection = std::make_shared<Connection>(network_, std::move(socket), [this, gone](Connection* which) {
      connections_.erase(which->shared_from_this());
      if (gone && !network_->stopping) gone();
    });
    connections_.insert(connection);
    connection->start();
    return connection;
  }

  std::shared_ptr<Network> network_ = std::make_shared<Network>();
  std::set<std::shared_ptr<Connection>> connections_;  ///< network thread only
  std::uint16_t port_ = 0;

 private:
  std::thread thread_;
};

class Listener final : public Endpoint {
 public:
  using Endpoint::Endpoint;
  ~Listener() override {
    stop([this] { acceptor_.close(); });
  }
  Status start(const std::string& address, std::uint16_t port) {
    METERWAY_CHECK(acceptor_.listen(address, port));
    port_ = acceptor_.port();
    run();
    return {};
  }

 private:
  Acceptor acceptor_{network_->io, [this](tcp::socket socket) {
                       if (connections_.size() < kMaxConnections) adopt(std::move(socket));
                     }};
};

class Connector final : public Endpoint {
 public:
  Connector(FramedEvents events, std::size_t limit_bytes, tcp::endpoint peer, std::chrono::milliseconds retry)
      : Endpoint(std::move(events), limit_bytes), peer_(std::move(peer)), retry_(retry) {
    port_ = peer_.port();
    connect();
    run();
  }
  ~Connector() override {
    stop([this] {
      error_code ignored;
      socket_.close(ignored);
      timer_.cancel();
    });
  }

 private:
  void connect() {
    socket_ = tcp::socket(network_->io);
    socket_.async_connect(peer_, [this](error_code error) {
      if (network_->stopping) return;
      if (error) return try_later();
      adopt(std::move(socket_), [this] { try_later(); });
    });
  }
  void try_later() {
    timer_.expires_after(retry_);
    timer_.async_wait([this](error_code cancelled) {
      if (!cancelled && !network_->stopping) connect();
    });
  }
  const tcp::endpoint peer_;
  const std::chrono::milliseconds retry_;
  tcp::socket socket_{network_->io};
  asio::steady_timer timer_{network_->io};
};

}  // namespace

Result<std::unique_ptr<FramedEndpoint>> listen_framed(const std::string& address, std::uint16_t port,
                                                      FramedEvents events, std::size_t limit_bytes) {
  auto listener = std::make_unique<Listener>(std::move(events), limit_bytes);
  METERWAY_CHECK(listener->start(address, port));
  return std::unique_ptr<FramedEndpoint>(std::move(listener));
}

Result<std::unique_ptr<FramedEndpoint>> connect_framed(const std::string& address, std::uint16_t port,
                                                       FramedEvents events, std::chrono::milliseconds retry,
                                                       std::size_t limit_bytes) {
  METERWAY_TRY(const auto endpoint, endpoint_of(address, port));
  return std::unique_ptr<FramedEndpoint>(std::make_unique<Connector>(std::move(events), limit_bytes, endpoint, retry));
}

}  // namespace meterway::net
