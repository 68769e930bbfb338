#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "apps/oversight_settings.h"
#include "base/log/log.h"
#include "base/net/http.h"
#include "base/util/random.h"
#include "oversight/operations/event_months.h"
#include "oversight/registration/loader.h"
#include "portal/server/identity.h"
#include "portal/server/sending.h"
#include "records/anomaly/desk.h"
#include "records/audit/held.h"
#include "records/ledger/ledger.h"

namespace meterway::apps {

/// The ledger of this node and its routes, with every guard and effect there is. Sharing: serve() from any thread.
class Oversight {
 public:
  /// `dcc`: what receipts are signed by; `audit_key`: what checkpoints of the audit are; `transitional_cos`: who signs
  /// changes of supplier; `look`: something was decided for this device; `audit_record`: apps/audit_record.h.
  Oversight(store::Store& store, const Clock& clock, Random& random, OversightSettings settings,
            const pki::CertificateRecord& dcc, const crypto::PrivateKey& audit_key, Eui64 transitional_cos,
            std::function<void(Eui64)> look, std::filesystem::path audit_record, const logging::Log& log);
  ~Oversight();
  /// What forms of requests and their previews ask; before the first serve().
  void use(portal::Sending sending) { sending_ = std::move(sending); }
  /// None: the path is not one of its own; then it was let in, where there is a row of it.
  std::optional<net::HttpResponse> serve(net::HttpRequest& http);
  /// The answer of /api/v1/backlog to this request, with the maintenance that is running: of each queue, whether it is
  /// affected.
  void mark_queues(const net::HttpRequest& http, net::HttpResponse& answer);

 private:
  void sweep_once();
  void seal();
  void record();

  store::Store& store_;
  const Clock& clock_;
  Random& random_;
  const OversightSettings settings_;
  const Eui64 transitional_cos_;
  const portal::Replay replay_;
  ledger::Ledger ledger_;
  operations::EventMonths events_;
  registration::Loader loader_;
  anomaly::Desk anomaly_;
  portal::WrongTokens wrong_tokens_;
  portal::Sending sending_;
  audit::Held held_lines_;
  std::mutex sweeping_, sealing_;
  std::condition_variable wake_, wake_sealer_;
  std::atomic<bool> ending_ = false;
  const crypto::PrivateKey audit_key_;
  const std::filesystem::path audit_record_;
  const logging::Log& log_;
  bool record_is_told_ = false;     ///< of the sealer: that the audit does not go on from its record
  std::thread sealer_;              ///< writes lines of the audit that were held back, makes checkpoints of it
  std::uint64_t unread_cells_ = 0;  ///< as last told; of the sweeper
  std::thread sweeper_;             ///< looks every so often for what was missed
};

}  // namespace meterway::apps
