#pragma once
#include "field/device/gbz_rules.h"
#include "tests/executed/answers.h"
#include "tests/executed/home_at_work.h"

/// Asking a device of the home for single attributes, whatever it was told before: by a read of the broker's that the
/// device takes, with items of our choice.
namespace meterway::tests {

/// A command of the type's that reads in plain and goes under the broker's MAC alone.
inline MessageCode reading_code(DeviceType type, gbcs::PayloadKind payload) {
  for (const auto& use_case : gbcs::use_cases()) {
    const auto* row = field::find_use_case_row(type, use_case.code);
    if (row != nullptr && row->allows(PartyRole::AccessControlBroker) && use_case.payload == payload &&
        use_case.command == gbcs::Protection::Mac && !use_case.encrypted &&
        use_case.name.find("Read") != std::string::npos)
      return use_case.code;
  }
  return {};
}

/// The content of what the device answers; empty when it is silent.
inline Bytes ask(field::Device& device, gbcs::PayloadKind payload, UtcTime now,
                 const std::function<Bytes(OriginatorCounter)>& content) {
  static std::uint64_t counter = 1ULL << 40;
  gbcs::Message message;
  message.header.kind = gbcs::Kind::Command;
  message.header.counter = OriginatorCounter{++counter};
  message.header.originator = kFormsBroker;
  message.header.target = device.identity().eui;
  message.header.code = reading_code(device.identity().type, payload);
  message.content = content(message.header.counter);
  message.signature_field = gbcs::SignatureField::Empty;
  if (!gbcs::add_mac(message, *home().private_key(kFormsBroker, pki::KeyUse::KeyAgreement),
                     *home().public_key(message.header.target, pki::KeyUse::KeyAgreement)))
    return {};
  const auto outcome = device.take(gbcs::write_message(message), now, anybody);
  return outcome.response ? gbcs::read_message(*outcome.response).value().content : Bytes();
}

/// The value of an attribute of an electricity meter or hub; nothing when it is not given.
inline std::optional<gbcs::dlms::Data> get(field::Device& device, const field::ObjectKey& key, UtcTime now) {
  namespace dlms = gbcs::dlms;
  const auto answer = ask(device, gbcs::PayloadKind::Dlms, now, [&](OriginatorCounter counter) {
    dlms::Specification one;
    one.class_id = key.class_id;
    one.instance = key.instance;
    one.index = key.index;
    return dlms::write_apdu(dlms::AccessRequest{dlms::invoke_id(counter), {one}, {dlms::Data::null()}});
  });
  const auto apdu = dlms::read_apdu(answer);
  const auto* response = apdu ? std::get_if<dlms::AccessResponse>(&*apdu) : nullptr;
  if (response == nullptr || response->results.size() != 1 || response->results[0].code != 0) return std::nullopt;
  return response->data[0];
}

/// The same of a gas device: the value as a field, a number or a text.
inline std::optional<gbcs::zcl::Field> get(field::Device& device, std::uint16_t cluster, std::uint16_t attribute,
                                           UtcTime now) {
  const auto answer = ask(device, gbcs::PayloadKind::Gbz, now, [&](OriginatorCounter) {
    gbcs::gbz::Component one;
    one.cluster = cluster;
    one.payload = {static_cast<std::uint8_t>(attribute), static_cast<std::uint8_t>(attribute >> 8)};
    return gbcs::gbz::write_frames({{one}});
  });
  const auto frames = gbcs::gbz::read_frames(answer);
  if (!frames || frames->components.size() != 1) return std::nullopt;
  const auto& c = frames->components[0];
  const auto fields = gbcs::zcl::read_fields(c.cluster, c.frame_control, c.command, c.payload);
  if (!fields || fields->empty() || fields->front().items.size() != 1) return std::nullopt;
  const auto& item = fields->front().items[0];
  return item.size() > 2 && item[1].number == 0 ? std::optional(item[2]) : std::nullopt;
}

}  // namespace meterway::tests
