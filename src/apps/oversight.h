#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/net/http.h"
#include "base/util/random.h"
#include "oversight/operations/event_months.h"
#include "records/ledger/ledger.h"

namespace meterway::apps {

/// The setting "oversight" of a node (docs/operations/settings.md).
struct OversightSettings {
  rules::Rules rules;
  ledger::Limits limits;
  std::chrono::seconds sweep{60};  ///< how often alarms and candidates are looked for
};
/// {"rules": {name: value}, "attachment_mb": n, "sweep_s": n}; empty text: as it comes. Errors in words, beginning with
/// the member.
Result<OversightSettings, std::string> read_oversight_settings(std::string_view json);

/// The ledger of this node and its routes, with every guard and effect there is. Sharing: serve() from any thread.
class Oversight {
 public:
  Oversight(store::Store& store, const Clock& clock, Random& random, OversightSettings settings);
  ~Oversight();
  /// None: the path is not one of its own.
  std::optional<net::HttpResponse> serve(const net::HttpRequest& http);
  /// The answer of /api/v1/backlog to this request, with the maintenance that is running: of each queue, whether it is
  /// affected.
  void mark_queues(const net::HttpRequest& http, net::HttpResponse& answer);

 private:
  store::Store& store_;
  const Clock& clock_;
  Random& random_;
  const OversightSettings settings_;
  ledger::Ledger ledger_;
  operations::EventMonths events_;
  std::mutex sweeping_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread sweeper_;  ///< looks every so often for what was missed
};

}  // namespace meterway::apps
