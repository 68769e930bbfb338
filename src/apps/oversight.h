#pragma once
#include <optional>
#include <string>

#include "base/net/http.h"
#include "base/util/random.h"
#include "records/ledger/ledger.h"

namespace meterway::apps {

/// The setting "oversight" of a node (docs/operations/settings.md).
struct OversightSettings {
  rules::Rules rules;
  ledger::Limits limits;
};
/// {"rules": {name: value}, "attachment_mb": n}; empty text: as it comes. Errors in words, beginning with the member.
Result<OversightSettings, std::string> read_oversight_settings(std::string_view json);

/// The ledger of this node and its routes, with every guard and effect there is. Sharing: serve() from any thread.
class Oversight {
 public:
  Oversight(store::Store& store, const Clock& clock, Random& random, OversightSettings settings);
  /// None: the path is not one of its own.
  std::optional<net::HttpResponse> serve(const net::HttpRequest& http);

 private:
  store::Store& store_;
  const Clock& clock_;
  Random& random_;
  const OversightSettings settings_;
  ledger::Ledger ledger_;
};

}  // namespace meterway::apps
