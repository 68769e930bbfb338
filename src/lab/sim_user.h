#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "lab/history.h"
#include "lab/sim_network.h"
#include "lab/world.h"
#include "standard/duis/services.h"

namespace meterway::lab {

/// How a User's system takes what is pushed to it.
enum class Mood { Well, Dead, Slow, Failing };

/// How a request is made, beyond its service and device.
struct Wish {
  std::optional<UtcTime> date;                       ///< ExecutionDateTime; of 5.1 the first moment
  std::optional<std::chrono::microseconds> again{};  ///< so long afterwards the same document goes once more
  bool forged = false;                               ///< signed with the key of another use
  std::string body{};                                ///< instead of the plainest one of the service
};

/// A User's system: asks, signs what comes back to be signed, repeats what got no answer, and writes down what it sees.
/// It never forgets: what a User loses is not the platform's doing.
class SimUser {
 public:
  SimUser(Simulation& simulation, Internet& internet, const SmallWorld& world, Eui64 self, std::string host,
          History& history);

  /// Asks for one service of one device; goes on until it is told something for good.
  void ask(std::string_view service, Eui64 device, const Wish& wish = {});
  Eui64 self() const { return self_; }
  Mood mood = Mood::Well;
  /// Called with every document that comes; may be empty.
  std::function<void(const std::string& document)> reads{};
  /// Requests that have not been told anything for good yet.
  std::size_t open() const { return open_; }

 private:
  struct Asked {
    RequestId id;
    const duis::Service* service = nullptr;
    CommandVariant variant = CommandVariant::SendCommand;
    std::string document;
    std::string what;     ///< service, and date
    bool repeat = false;  ///< of one that is asked anyway: what comes of it is written down, and that is all
    char leg = 'R';
    unsigned attempts = 0;
    Bytes signed_precommand;
  };
  using Shared = std::shared_ptr<Asked>;
  void post(const Shared& asked);
  void again(const Shared& asked);
  void told(const Shared& asked, const Result<net::HttpResponse>& answer);
  void sign_precommand(const Shared& asked, ByteView payload);
  std::string sign(const std::string& xml, bool forged = false) const;
  /// What nobody asked for and yet is no alert: a schedule made it.
  bool is_run(const RequestId& id) const { return id.originator == self_ && asked_.count(id) == 0; }
  bool is_authentic(const std::string& document) const;
  void take(const net::HttpRequest& request, const Internet::Reply& reply);
  void write(Seen::Kind kind, const RequestId& id, char leg, std::string code, std::string content = {});

  Simulation& simulation_;
  const SmallWorld& world_;
  const Eui64 self_;
  History& history_;
  Machine machine_;
  std::unique_ptr<net::Network> network_;
  std::uint64_t last_counter_ = 0;
  std::set<RequestId> asked_;
  std::size_t open_ = 0;
};

}  // namespace meterway::lab
