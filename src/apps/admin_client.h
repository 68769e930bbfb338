#pragma once
#include <optional>
#include <string>

#include "apps/node_client.h"

/// What the operator's commands (user, device, certificate) share: which node, and how its answers are told.
namespace meterway::apps {

class Subcommand;

struct AdminTarget {
  std::string data;
  std::string url;
  NodeClient client() const { return NodeClient(DataFolder{data}, std::nullopt, url); }
};
void add_admin_options(Subcommand& command, AdminTarget& target);

/// Prints the JSON of a good answer, or what is wrong to standard error; the exit status.
int tell(const Result<net::HttpResponse>& answer, const std::string& what);

/// The JSON text of a GET. The error is told already.
std::optional<std::string> fetch(const NodeClient& client, const std::string& path);

}  // namespace meterway::apps
