#include "flow/dispatch/dispatch.h"

#include "base/util/base64.h"
#include "flow/envelope/dating.h"
#include "standard/duis/request.h"
#include "standard/gbcs/instructions.h"
#include "standard/gbcs/protect.h"

namespace meterway::flow::dispatch {
namespace {

Unexpected<Refused> other(std::string why) { return refuse(Refusal::OtherPreCommand, std::move(why)); }

bool same_content(gbcs::Message signed_one, gbcs::Message made) {
  signed_one.signature_field = made.signature_field = gbcs::SignatureField::Absent;
  return gbcs::write_message(signed_one) == gbcs::write_message(made);
}

}  // namespace

Step<Command> accept_signed(AuthorisedRequest&& authorised, const Context& context) {
  const auto& request = authorised.verified.request;
  std::optional<registry::RequestRecord> first;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(first, registry::find_request(view, request.id, registry::Leg::Request));
    return {};
  });
  if (!read) return refuse(read.error());
  if (!first || first->command_variant != CommandVariant::Transform)
    return other("no pre-command was made for this RequestID");
  if (first->service != request.service_reference_variant)
    return other("the pre-command was made for service " + first->service);

  const auto bytes = from_base64(request.body.text_at("GBCSPayload"));
  if (!bytes) return other("GBCSPayload: " + describe(bytes.error()));
  auto message = gbcs::read_message(*bytes);
  if (!message) return other("GBCSPayload: " + describe(message.error()));
  if (message->mac) return other("the signed pre-command carries a MAC; that is the broker's to add");
  if (message->signature_field != gbcs::SignatureField::Present) return other("the pre-command is not signed");
  auto made = gbcs::read_message(first->message);
  if (!made) return refuse(made.error());
  if (!same_content(*message, *made)) return other("header or content differs from the pre-command that was made");
  const auto* key = context.keys.public_key(message->header.originator, pki::KeyUse::DigitalSignature);
  if (key == nullptr) return other("no signing certificate is known of " + message->header.originator.dashed_upper());
  if (!gbcs::verify_signature(*message, *key))
    return other("the signature is not that of " + message->header.originator.dashed_upper());
  Command command{std::move(authorised), first->use_case, true, std::move(*message), first->cin};
  if (command.request.service->future_dating == duis::FutureDating::Device) {
    // The date is in what the User asked for first; the pre-command carries it in the device's words.
    const auto asked = duis::read_request(first->document);
    const auto date = from_iso8601(asked ? asked->body.text_at("ExecutionDateTime") : std::string_view());
    if (date) command.device_date = *date;
    if (date && !is_never(*date)) command.instructions = gbcs::count_instructions(command.message);
  }
  return command;
}

Result<Bytes> protect(gbcs::Message& message, bool critical, const Context& context) {
  if (critical && message.header.originator == context.broker &&
      message.signature_field != gbcs::SignatureField::Present) {
    // The broker signs what it originates; nobody else's key is at hand here.
    const auto* own = context.keys.private_key(context.broker, pki::KeyUse::DigitalSignature);
    if (own == nullptr) return fail(ErrorCode::UnknownKey, 0, "signing key of the broker");
    METERWAY_CHECK(gbcs::sign(message, *own));
  }
  const auto* own = context.keys.private_key(context.broker, pki::KeyUse::KeyAgreement);
  const auto* other = context.keys.public_key(message.header.target, pki::KeyUse::KeyAgreement);
  if (own == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement key of the broker");
  if (other == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement certificate of the device");
  auto complete = message;
  METERWAY_CHECK(gbcs::add_mac(complete, *own, *other));
  return gbcs::write_message(complete);
}

Step<Command> add_local(Command&& command, const Context& context) {
  if (!is_local(command.request.verified.request.command_variant)) return Step<Command>(std::move(command));
  auto bytes = protect(command.message, command.critical, context);
  if (!bytes) return refuse(Refusal::NoLocalCommand, describe(bytes.error()));
  command.local = std::move(*bytes);
  return Step<Command>(std::move(command));
}

Result<OutboundCommand> dispatch(registry::RequestRecord&& record, const Context& context) {
  METERWAY_TRY(auto message, gbcs::read_message(record.message));
  std::optional<registry::Device> device;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(device, registry::find_device(view, record.header.target));
    return {};
  }));
  if (!device || !device->hub) return fail(ErrorCode::NotFound, 0, "hub of the device");
  METERWAY_TRY(auto bytes, protect(message, record.critical, context));
  return OutboundCommand{std::move(record), *device->hub, std::move(bytes)};
}

}  // namespace meterway::flow::dispatch
