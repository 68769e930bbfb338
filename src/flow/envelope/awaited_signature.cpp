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

}  // namespace meterway::flow
