#include "flow/envelope/awaited_signature.h"

#include "standard/gbcs/message.h"

namespace meterway::flow {

bool awaits_signature(const registry::RequestRecord& record, const Context& context) {
  if (record.header.originator != context.settings.transitional_cos) return false;
  const auto message = gbcs::read_message(record.message);
  return message && message->signature_field != gbcs::SignatureField::Present;
}

Status note_unsigned(store::WriteView& view, const registry::RequestRecord& record, const Context& context) {
  if (!awaits_signature(record, context)) return {};
  return view.put(kUnsigned, record.id.text(), "");
}

Status refuse_signature(store::WriteView& view, const RequestId& id, std::string_view why) {
  METERWAY_CHECK(view.erase(kUnsigned, id.text()));
  return view.put(kSignatureRefused, id.text(), why);
}

Result<std::optional<std::string>> why_not_signed(const RequestId& id, const Context& context) {
  std::optional<std::string> why;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(why, view.get(kSignatureRefused, id.text()));
    return {};
  }));
  return why;
}

Status forget_unsigned(store::WriteView& view, const RequestId& id) {
  METERWAY_CHECK(view.erase(kUnsigned, id.text()));
  return view.erase(kSignatureRefused, id.text());
}

}  // namespace meterway::flow
