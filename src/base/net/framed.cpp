#include "base/net/framed.h"

#include <netinet/tcp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
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
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kReadBytes = 16384;      ///< at a time; a larger frame gets a buffer of its size
constexpr std::size_t kKeptBytes = 65536;      ///< of a buffer that has been larger
constexpr std::chrono::milliseconds kSoon{5};  ///< as long as send_soon() waits for company

/// The endpoint's network thread and what its connections share. A connection that outlives its endpoint keeps the
/// io_context alive, which nobody runs any more.
struct Network {
  asio::io_context io{1};
  FramedEvents events;
  std::size_t limit_bytes = 0;
  bool stopping = false;  ///< network thread only
};

/// Whoever sends writes to the socket himself, as far as it takes it, and along with it what others have queued
/// meanwhile; the network thread reads, and writes only what the socket did not take at once.
class Connection final : public FramedConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Network> network, tcp::socket socket, std::function<void(Connection*)> gone)
      : network_(std::move(network)), socket_(std::move(socket)), tick_(network_->io), gone_(std::move(gone)) {}

  Status send(ByteView frame) override { return put(frame, false); }
  Status send_soon(ByteView frame) override { return put(frame, true); }
  bool open() const override {
    const std::scoped_lock lock(mutex_);
    return open_;
  }
  void close() override;

  void start();
  void shut();  ///< network thread only

 private:
  using Lock = std::unique_lock<std::mutex>;
  Status put(ByteView frame, bool may_wait);
  void flush(Lock& lock);
  // On the network thread.
  void read();
  bool take_frames();
  void await_room();
  void tick();

  const std::shared_ptr<Network> network_;
  tcp::socket socket_;
  Bytes buffer_;  ///< its first end_ bytes have come
  std::size_t end_ = 0;
  asio::steady_timer tick_;
  const std::function<void(Connection*)> gone_;
  mutable std::mutex mutex_;  ///< over what follows; the rest belongs to the network thread
  bool open_ = true;          ///< changed on the network thread only
  bool flushing_ = false;     ///< a thread writes `going_`, without the lock; the socket stays open until it is done
  bool stuck_ = false;        ///< the socket takes no more for now
  bool has_slow_ = false;     ///< send_soon() has been used
  bool ticks_ = false;        ///< tick() will look within kSoon
  bool busy_ = false;         ///< frames came since the last tick
  Bytes out_;                 ///< queued
  Bytes going_;               ///< taken from there, sent up to sent_
  std::size_t sent_ = 0;
};

Status Connection::put(ByteView frame, bool may_wait) {
  if (frame.size() > network_->limit_bytes) return fail(ErrorCode::TooLarge, frame.size(), "frame");
  Lock lock(mutex_);
  if (!open_) return fail(ErrorCode::Closed, 0, "connection");
  const auto queued = out_.size() + going_.size() - sent_;
  if (queued + kLengthBytes + frame.size() > kFramedQueueBytes) return fail(ErrorCode::Full, queued, "send queue");
  for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<std::uint8_t>(frame.size() >> shift));
  out_.insert(out_.end(), frame.begin(), frame.end());
  has_slow_ = has_slow_ || may_wait;
  // Whoever is writing takes this along, or the socket's room does, or the tick.
  if (!flushing_ && !stuck_ && !(may_wait && ticks_)) flush(lock);
  return {};
}

/// The lock is held before and after, not while the socket is written to.
void Connection::flush(Lock& lock) {
  flushing_ = true;
  error_code error;
  while (open_ && !error && (sent_ < going_.size() || !out_.empty())) {
    if (sent_ == going_.size()) {
      going_.clear();
      going_.swap(out_);
      sent_ = 0;
    }
    lock.unlock();
    const auto size = socket_.write_some(asio::buffer(going_) + sent_, error);
    lock.lock();
    sent_ += size;
  }
  flushing_ = false;
  if (!open_) {  // shut meanwhile, which left the closing to us
    error_code ignored;
    socket_.close(ignored);
  } else if (error == asio::error::would_block || error == asio::error::try_again) {
    stuck_ = true;
    // Posted under the lock, while open_: the network thread cannot have finished, so this will run.
    asio::post(network_->io, [me = shared_from_this()] { me->await_room(); });
  } else if (error) {
    asio::post(network_->io, [me = shared_from_this()] { me->shut(); });
  } else if (going_.capacity() > kKeptBytes) {
    going_ = {};
    sent_ = 0;
  }
}

void Connection::await_room() {
  if (!open_) return;
  socket_.async_wait(tcp::socket::wait_write, [me = shared_from_this()](error_code error) {
    if (!me->open_) return;
    if (error) return me->shut();
    Lock lock(me->mutex_);
    me->stuck_ = false;
    me->flush(lock);
  });
}

/// While frames come, what may wait is looked at every kSoon; with no traffic nothing ticks, and nothing waits.
void Connection::tick() {
  tick_.expires_after(kSoon);
  tick_.async_wait([me = shared_from_this()](error_code) {
    Lock lock(me->mutex_);
    me->ticks_ = me->open_ && std::exchange(me->busy_, false);
    if (me->open_ && !me->flushing_ && !me->stuck_) me->flush(lock);
    if (me->ticks_) me->tick();
  });
}

void Connection::close() {
  const std::scoped_lock lock(mutex_);
  if (open_) asio::post(network_->io, [me = shared_from_this()] { me->shut(); });
}

void Connection::start() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  // A dead peer is noticed within a minute: 30 s of silence, then three probes 10 s apart.
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>(30), ignored);
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>(10), ignored);
  socket_.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>(3), ignored);
  if (network_->events.connected) network_->events.connected(shared_from_this());
  buffer_.resize(kReadBytes);
  read();
}

void Connection::read() {
  const auto room = asio::buffer(buffer_) + end_;
  socket_.async_read_some(room, [me = shared_from_this()](error_code error, std::size_t size) {
    if (!me->open_) return;
    me->end_ += size;
    if (error || !me->take_frames()) return me->shut();
    me->read();
  });
}

/// False when a frame is too large.
bool Connection::take_frames() {
  std::size_t at = 0, wanted = kLengthBytes;
  bool any = false;
  while (end_ - at >= kLengthBytes) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) size = size << 8 | buffer_[at + i];
    if (size > network_->limit_bytes) return false;
    wanted = kLengthBytes + size;
    if (end_ - at < wanted) break;
    const auto frame = ByteView(buffer_).subspan(at + kLengthBytes, size);
    if (network_->events.frame) network_->events.frame(shared_from_this(), Bytes(frame.begin(), frame.end()));
    at += wanted;
    wanted = kLengthBytes;
    any = true;
  }
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at), buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
            buffer_.begin());
  end_ -= at;
  if (buffer_.size() < wanted) {
    buffer_.resize(wanted);
  } else if (buffer_.size() > kReadBytes && wanted <= kReadBytes && end_ <= kReadBytes) {
    buffer_.resize(kReadBytes);
    buffer_.shrink_to_fit();
  }
  if (!any) return true;
  const Lock lock(mutex_);
  busy_ = true;
  if (has_slow_ && !std::exchange(ticks_, true)) tick();
  return true;
}

void Connection::shut() {
  {
    const std::scoped_lock lock(mutex_);
    if (!open_) return;
    open_ = false;
    error_code ignored;
    if (flushing_) {
      socket_.shutdown(tcp::socket::shutdown_both, ignored);
    } else {
      if (!stuck_ && !out_.empty()) socket_.write_some(asio::buffer(out_), ignored);  // what was to go soon
      socket_.close(ignored);
    }
    out_.clear();
    tick_.cancel();
  }
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
