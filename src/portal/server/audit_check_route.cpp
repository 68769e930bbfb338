#include <nlohmann/json.hpp>

#include "portal/server/door.h"
#include "records/audit/log.h"
#include "records/audit/verify.h"

/// /api/v1/audit/verification: the platform walks its own audit. Whoever doubts the platform has `meterway audit
/// verify`.
namespace meterway::portal {
namespace {

constexpr std::size_t kRowsAtOnce = 10'000;

/// All of it as it is at one moment.
Status walk_audit(const store::ReadView& view, audit::Evidence evidence, std::optional<audit::Verifier>& verifier) {
  for (std::uint64_t next = 0;;) {
    METERWAY_TRY(const auto page, audit::checkpoints(view, next, kRowsAtOnce));
    evidence.checkpoints.insert(evidence.checkpoints.end(), page.begin(), page.end());
    if (page.size() < kRowsAtOnce) break;
    next = page.back().sequence + 1;
  }
  verifier.emplace(std::move(evidence));
  for (auto next = verifier->first();;) {
    METERWAY_TRY(const auto rows, audit::raw(view, next, kRowsAtOnce));
    for (const auto& row : rows) {
      if (!verifier->feed(row)) return {};
    }
    if (rows.size() < kRowsAtOnce) break;
    next = rows.back().sequence + 1;
  }
  METERWAY_TRY(const auto end, audit::head(view));
  verifier->finish(end);
  return {};
}

}  // namespace

net::HttpResponse audit_verification(const Ask&, const Portal& portal) {
  if (const auto written = write_held(portal); !written) return failed(written.error());
  audit::Evidence evidence;
  if (portal.audit_key != nullptr) evidence.key = *portal.audit_key;
  std::optional<audit::Verifier> verifier;
  const auto read =
      portal.store.read([&](const store::ReadView& view) { return walk_audit(view, std::move(evidence), verifier); });
  if (!read) return failed(read.error());
  const auto& fault = verifier->fault();
  nlohmann::json body{{"good", !fault},
                      {"as_of", to_iso8601(portal.clock.now())},
                      {"entries", verifier->entries()},
                      {"checkpoints", verifier->checkpoints()},
                      {"unsealed", verifier->unsealed()},
                      {"signatures", portal.audit_key != nullptr}};
  if (fault) body["wrong"] = {{"sequence", fault->sequence}, {"why", fault->why}};
  return json_answer(200, dumped(body));
}

}  // namespace meterway::portal
