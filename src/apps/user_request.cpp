#include "apps/user_request.h"

#include <fmt/format.h>

#include "base/util/base64.h"
#include "base/util/file.h"
#include "standard/duis/request.h"

namespace meterway::apps {
namespace {

/// Takes the Signature element out of a document that has been read, so one is either not there or whole.
void cut_signature(std::string& text) {
  const auto name = text.rfind("Signature>");
  if (name == std::string::npos) return;
  const auto close = text.rfind("</", name);
  const auto qualified = text.substr(close + 2, name + 9 - (close + 2));
  const auto open = text.find("<" + qualified);
  if (open < close) text.erase(open, name + 10 - open);
}

}  // namespace

/// A token's counter must have a low word of zero; its high word is the time in seconds, so tokens made in the same
/// second are the same token.
OriginatorCounter counter_for(const duis::Service& service, UtcTime now) {
  const auto since = now.time_since_epoch();
  if (service.variant == "2.2") {
    return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(since).count()) << 32};
  }
  return {static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count())};
}

std::string request_document(const RequestId& id, CommandVariant variant, const duis::Service& service,
                             std::string_view body) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
      "schemaVersion=\"5.4\"><sr:Header><sr:RequestID>{}</sr:RequestID><sr:CommandVariant>{}</sr:CommandVariant>"
      "<sr:ServiceReference>{}</sr:ServiceReference><sr:ServiceReferenceVariant>{}</sr:ServiceReferenceVariant></"
      "sr:Header>"
      "<sr:Body>{}</sr:Body></sr:Request>",
      id.text(), static_cast<int>(variant), service.reference, service.variant, body);
}

Result<Draft> draft_request(const Wish& wish, const World& world, const UserKeys& keys, UtcTime now) {
  const auto* service = duis::find_service(wish.service);
  if (service == nullptr) return fail(ErrorCode::NotFound, 0, "service reference variant");
  Draft draft;
  draft.service = service;
  draft.id.originator = keys.user();
  draft.id.target = service->non_device ? world.access_control_broker : wish.target;
  draft.id.counter = counter_for(*service, now);
  draft.variant = service->non_device ? CommandVariant::NonDevice
                  : service->critical ? CommandVariant::Transform
                                      : CommandVariant::SendCommand;
  std::string body;
  if (wish.body_file.empty()) {
    METERWAY_TRY(body, body_of(wish, *service, world, keys, draft.id.counter, now));
  } else {
    METERWAY_TRY(body, read_text_file(wish.body_file));
    if (body.starts_with("<?xml")) body.erase(0, std::min(body.size(), body.find("?>") + 2));
  }
  draft.xml = request_document(draft.id, draft.variant, *service, body);
  return draft;
}

Result<Draft> draft_from_file(const std::string& file, bool keep_counter, UtcTime now) {
  METERWAY_TRY(auto text, read_text_file(file));
  const auto request = duis::read_request(text);
  if (!request) return fail(request.error().code, 0, "request file");
  Draft draft;
  draft.service = duis::find_service(request->service_reference_variant);
  if (draft.service == nullptr) return fail(ErrorCode::NotFound, 0, "service reference variant");
  draft.id = request->id;
  draft.variant = request->command_variant;
  cut_signature(text);
  if (!keep_counter) {
    draft.id.counter = counter_for(*draft.service, now);
    const auto from = text.find('>', text.find("RequestID")) + 1;
    text.replace(from, text.find('<', from) - from, draft.id.text());
  }
  draft.xml = std::move(text);
  return draft;
}

std::string draft_signed_precommand(const Draft& request, ByteView signed_precommand) {
  const auto body = "<sr:SignedPreCommand><sr:GBCSPayload>" + to_base64(signed_precommand) +
                    "</sr:GBCSPayload></sr:SignedPreCommand>";
  return request_document(request.id, CommandVariant::SendSigned, *request.service, body);
}

}  // namespace meterway::apps
