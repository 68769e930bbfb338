#pragma once
#include <map>
#include <memory>
#include <vector>

#include "base/net/network.h"
#include "lab/simulation.h"

namespace meterway::lab {

/// How bad the network is. Shares of frames and exchanges, 0 .. 1.
struct NetworkFaults {
  std::chrono::microseconds least{500}, most{20'000};  ///< latency
  double lose_frame = 0;                               ///< a frame of a link never comes; the connection stays
  double repeat_frame = 0;                             ///< it comes twice
  double break_connection = 0;  ///< with this frame its connection breaks; what is under way is lost
  double lose_call = 0;         ///< an HTTP request never arrives
  double lose_answer = 0;       ///< it arrives and is answered, and the answer is lost
};

/// What connects the machines of a simulation: links of frames and HTTP exchanges, in memory. Frames of a connection
/// keep their order; those of different connections overtake each other.
class Internet {
 public:
  using Reply = std::function<void(net::HttpResponse)>;
  using Serve = std::function<void(net::HttpRequest, Reply)>;

  explicit Internet(Simulation& simulation) : simulation_(simulation) {}

  NetworkFaults faults;

  /// A machine's end of it, for one life of the machine.
  std::unique_ptr<net::Network> join(Machine& machine);
  /// Who answers http://<host>/...; until the machine ends. An empty `serve`: nobody listens.
  void serve(const std::string& host, Machine& machine, Serve serve);
  /// Breaks every connection of links there is.
  void break_links();

 private:
  class End;
  class Port;
  class Listener;
  class Connector;
  struct Host {
    Machine* machine = nullptr;
    std::uint64_t life = 0;
    Serve serve;
  };
  UtcTime arrival();
  void connect(const std::weak_ptr<int>& alive, Connector& connector);
  void call(Machine& caller, net::HttpCall call, std::function<void(Result<net::HttpResponse>)> done);

  Simulation& simulation_;
  std::map<std::uint16_t, Listener*> listeners_;
  std::map<std::string, Host> hosts_;
  std::map<std::uint64_t, End*> ends_;  // in the order they were opened
  std::uint64_t last_end_ = 0;
  std::uint16_t next_port_ = 1024;
};

}  // namespace meterway::lab
