#include "flow/tracing/curl.h"

#include "standard/duis/services.h"

namespace meterway::flow::tracing {

std::string document_file(registry::Leg leg) {
  return leg == registry::Leg::Request ? "request.xml" : "signed-pre-command.xml";
}

std::vector<std::string> curl_lines(const Story& story) {
  std::vector<std::string> out;
  for (const auto& leg : story.legs) {
    const auto* service = duis::find_service(leg.service);
    if (leg.document.empty() || service == nullptr || !service->permits(leg.command_variant)) continue;
    out.push_back("curl -sS -X POST \"$BENCH/api/v1/service" +
                  std::string(1, static_cast<char>(service->web_service(leg.command_variant))) +
                  "\" -H 'content-type: application/xml' --data-binary @" + document_file(leg.leg));
  }
  return out;
}

}  // namespace meterway::flow::tracing
