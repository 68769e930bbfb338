#pragma once
#include <functional>
#include <optional>
#include <string>

#include "base/net/http.h"
#include "records/registry/device.h"
#include "standard/duis/request.h"

namespace meterway::portal {

/// What would become of a request if it were sent now.
struct Becomes {
  std::string use_case;  ///< "ECS82"
  MessageCode code;
  bool critical = false;          ///< a pre-command that the User signs
  bool signed_by_broker = false;  ///< a critical use case that no User signs
  std::size_t bytes = 0;          ///< of content, before it is protected
};

/// What forms and previews need of the platform and of the User's side, handed in. Sharing: from any thread.
struct Sending {
  /// Stores nothing and uses up no counter. Errors: those of transformation.
  std::function<Result<Becomes>(const duis::Request& request, const registry::Device& target)> becomes;
  /// Asks the process that holds the Users' keys (docs/wire/signer.md); path from the root, body of JSON. Empty: this
  /// is no test node, and nobody signs here.
  std::function<Result<net::HttpResponse>(const std::string& method, const std::string& path, const std::string& body)>
      signer;
};

}  // namespace meterway::portal
