#include "apps/sending.h"

#include <nlohmann/json.hpp>

#include "apps/node_client.h"
#include "flow/command_context.h"
#include "flow/transform/transform.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kSignerPatience{10};

Result<portal::Becomes> becomes(const duis::Request& request, const registry::Device& target,
                                const flow::Context& context) {
  auto with = flow::command_context(request, target, context);
  // Drawn and counted when it is sent; any will do to see what it becomes.
  with.cin = "0000";
  with.dcc_counter = OriginatorCounter{1};
  METERWAY_TRY(const auto made, flow::transform::transform(request, with));
  return portal::Becomes{made.use_case, made.message.header.code, made.critical, made.signed_by_broker,
                         made.message.content.size()};
}

}  // namespace

portal::Sending sending_of(const flow::Context& context, const TestSettings& settings) {
  portal::Sending out;
  out.becomes = [&context](const duis::Request& request, const registry::Device& target) {
    return becomes(request, target, context);
  };
  if (settings.signer_url.empty()) return out;
  out.signer = [settings](const std::string& method, const std::string& path, const std::string& body) {
    net::Headers headers{{"authorization", "Bearer " + read_token(settings.signer_token_file)}};
    if (!body.empty()) headers["content-type"] = "application/json";
    return net::http_request(method, settings.signer_url + path, headers, body, kSignerPatience);
  };
  return out;
}

}  // namespace meterway::apps
