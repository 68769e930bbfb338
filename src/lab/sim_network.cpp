#include "lab/sim_network.h"

namespace meterway::lab {

/// One side of a connection. It does not outlive the life of its machine that opened it, as far as events go.
class Internet::End final : public net::FramedConnection, public std::enable_shared_from_this<Internet::End> {
 public:
  End(Internet& internet, Machine& machine, const net::FramedEvents& events, std::weak_ptr<int> alive,
      std::size_t limit_bytes)
      : internet_(internet), machine_(machine), events_(events), alive_(std::move(alive)), limit_bytes_(limit_bytes) {
    internet_.ends_[number_] = this;
  }
  ~End() override { internet_.ends_.erase(number_); }

  Status send(ByteView frame) override {
    if (!open_) return fail(ErrorCode::Closed, 0, "connection");
    if (frame.size() > limit_bytes_) return fail(ErrorCode::TooLarge, frame.size(), "frame");
    if (!machine_.heard()) return {};  // nobody hears the dead
    auto& simulation = internet_.simulation_;
    const auto& weather = internet_.faults;
    if (simulation.happens(weather.break_connection)) {
      cut();
      return {};
    }
    if (simulation.happens(weather.lose_frame)) return {};
    const int times = simulation.happens(weather.repeat_frame) ? 2 : 1;
    for (int i = 0; i < times; ++i) travel(Bytes(frame.begin(), frame.end()));
    return {};
  }
  bool open() const override { return open_; }
  void close() override { cut(); }

  /// Both sides notice, each in its own time.
  void cut() {
    if (!open_) return;
    const auto peer = peer_.lock();
    shut();
    if (peer) peer->shut();
  }
  void open_to(const std::shared_ptr<End>& peer) {
    peer_ = peer;
    tell([self = shared_from_this()] {
      if (self->open_ && self->events_.connected) self->events_.connected(self);
    });
  }

 private:
  void travel(Bytes frame) {
    const auto peer = peer_.lock();
    if (!peer) return;
    auto& simulation = internet_.simulation_;
    last_ = std::max(internet_.arrival(), last_ + std::chrono::microseconds(1));
    simulation.at(last_, peer->machine_, [peer, frame = std::move(frame)] {
      if (peer->open_ && !peer->alive_.expired() && peer->events_.frame) peer->events_.frame(peer, frame);
    });
  }
  void shut() {
    if (!open_) return;
    open_ = false;
    tell([self = shared_from_this()] {
      if (self->events_.closed) self->events_.closed(self);
    });
  }
  void tell(std::function<void()> what) {
    internet_.simulation_.at(internet_.arrival(), machine_, [self = shared_from_this(), what = std::move(what)] {
      if (!self->alive_.expired()) what();
    });
  }

  Internet& internet_;
  Machine& machine_;
  const net::FramedEvents events_;
  const std::weak_ptr<int> alive_;
  const std::size_t limit_bytes_;
  std::weak_ptr<End> peer_;
  const std::uint64_t number_ = ++internet_.last_end_;
  bool open_ = true;
  UtcTime last_{};
};

/// Keeps what it has opened, and closes it when it goes.
class Internet::Listener final : public net::FramedEndpoint {
 public:
  Listener(Internet& internet, Machine& owner, std::uint16_t port, net::FramedEvents tell, std::size_t limit)
      : internet_(internet), machine(owner), events(std::move(tell)), limit_bytes(limit), port_(port) {
    internet_.listeners_[port] = this;
  }
  ~Listener() override {
    internet_.listeners_.erase(port_);
    alive.reset();
    for (const auto& end : ends) end->cut();
  }
  std::uint16_t port() const override { return port_; }

 private:
  Internet& internet_;

 public:
  Machine& machine;
  const net::FramedEvents events;
  const std::size_t limit_bytes;
  std::shared_ptr<int> alive = std::make_shared<int>();
  std::vector<std::shared_ptr<End>> ends;

 private:
  const std::uint16_t port_;
};

class Internet::Connector final : public net::FramedEndpoint {
 public:
  Connector(Internet& internet, Machine& machine, std::uint16_t port, net::FramedEvents events,
            std::chrono::milliseconds retry, std::size_t limit_bytes)
      : internet_(internet),
        machine_(machine),
        port_(port),
        events_(std::move(events)),
        retry_(retry),
        limit_bytes_(limit_bytes) {
    try_soon();
  }
  ~Connector() override {
    const auto end = std::move(end_);
    alive_.reset();
    if (end) end->cut();
  }
  std::uint16_t port() const override { return port_; }

 private:
  void try_soon() {
    internet_.simulation_.at(internet_.simulation_.now() + retry_, machine_,
                             [this, alive = std::weak_ptr<int>(alive_)] {
                               if (!alive.expired()) connect();
                             });
  }
  void connect() {
    try_soon();
    if (end_ && end_->open()) return;
    const auto found = internet_.listeners_.find(port_);
    if (found == internet_.listeners_.end() || !found->second->machine.running()) return;
    auto& listener = *found->second;
    end_ = std::make_shared<End>(internet_, machine_, events_, alive_, limit_bytes_);
    auto other =
        std::make_shared<End>(internet_, listener.machine, listener.events, listener.alive, listener.limit_bytes);
    std::erase_if(listener.ends, [](const auto& end) { return !end->open(); });
    listener.ends.push_back(other);
    other->open_to(end_);
    end_->open_to(other);
  }

  Internet& internet_;
  Machine& machine_;
  const std::uint16_t port_;
  const net::FramedEvents events_;
  const std::chrono::milliseconds retry_;
  const std::size_t limit_bytes_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  std::shared_ptr<End> end_;
};

class Internet::Port final : public net::Network {
 public:
  Port(Internet& internet, Machine& machine) : internet_(internet), machine_(machine) {}

  Result<std::unique_ptr<net::FramedEndpoint>> listen_framed(const std::string&, std::uint16_t port,
                                                             net::FramedEvents events,
                                                             std::size_t limit_bytes) override {
    if (port == 0) port = ++internet_.next_port_;
    if (internet_.listeners_.count(port) != 0) return fail(ErrorCode::Network, 0, "port is taken");
    return std::unique_ptr<net::FramedEndpoint>(
        std::make_unique<Listener>(internet_, machine_, port, std::move(events), limit_bytes));
  }
  Result<std::unique_ptr<net::FramedEndpoint>> connect_framed(const std::string&, std::uint16_t port,
                                                              net::FramedEvents events, std::chrono::milliseconds retry,
                                                              std::size_t limit_bytes) override {
    return std::unique_ptr<net::FramedEndpoint>(
        std::make_unique<Connector>(internet_, machine_, port, std::move(events), retry, limit_bytes));
  }
  void call(net::HttpCall call, std::function<void(Result<net::HttpResponse>)> done) override {
    if (stopped_) return;
    internet_.call(machine_, std::move(call),
                   [alive = std::weak_ptr<int>(alive_), done = std::move(done)](auto answer) {
                     if (!alive.expired()) done(std::move(answer));
                   });
  }
  void stop() override {
    stopped_ = true;
    alive_.reset();
  }

 private:
  Internet& internet_;
  Machine& machine_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
  bool stopped_ = false;
};

std::unique_ptr<net::Network> Internet::join(Machine& machine) { return std::make_unique<Port>(*this, machine); }

UtcTime Internet::arrival() { return simulation_.now() + simulation_.between(faults.least, faults.most); }

void Internet::serve(const std::string& host, Machine& machine, Serve serve) {
  hosts_[host] = {&machine, machine.life(), std::move(serve)};
}

void Internet::break_links() {
  std::vector<std::shared_ptr<End>> ends;
  for (const auto& [number, end] : ends_) ends.push_back(end->shared_from_this());
  for (const auto& end : ends) end->cut();
}

void Internet::call(Machine& caller, net::HttpCall call, std::function<void(Result<net::HttpResponse>)> done) {
  using Done = std::function<void(Result<net::HttpResponse>)>;
  // Called once, whichever comes first; the others find it empty.
  auto once = std::make_shared<Done>(std::move(done));
  const auto tell = [this, &caller, once](UtcTime at, Result<net::HttpResponse> answer) {
    simulation_.at(at, caller, [once, answer = std::move(answer)]() mutable {
      if (const auto told = std::exchange(*once, nullptr)) told(std::move(answer));
    });
  };
  if (!caller.heard()) return;
  constexpr std::string_view kScheme = "http://";
  const auto slash = call.url.find('/', kScheme.size());
  if (!call.url.starts_with(kScheme) || slash == std::string::npos)
    return tell(simulation_.now(), fail(ErrorCode::BadRequest, 0, "url"));
  const auto host = call.url.substr(kScheme.size(), slash - kScheme.size());
  net::HttpRequest request;
  request.method = std::move(call.method);
  request.path = call.url.substr(slash);
  for (auto& [name, value] : call.headers) request.headers[name] = value;
  request.body = std::move(call.body);
  tell(simulation_.now() + call.timeout, fail(ErrorCode::Timeout, 0, "answer"));
  if (simulation_.happens(faults.lose_call)) return;
  const auto found = hosts_.find(host);
  if (found == hosts_.end() || !found->second.serve || !found->second.machine->running() ||
      found->second.machine->life() != found->second.life)
    return tell(arrival(), fail(ErrorCode::Network, 0, "nobody listens"));
  auto& server = *found->second.machine;
  const auto reply = [this, &server, tell](net::HttpResponse response) {
    if (!server.heard() || simulation_.happens(faults.lose_answer)) return;
    tell(arrival(), std::move(response));
  };
  simulation_.at(arrival(), server, [serve = found->second.serve, request = std::move(request), reply]() mutable {
    serve(std::move(request), reply);
  });
}

}  // namespace meterway::lab
