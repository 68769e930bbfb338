#include "flow/tracing/keys.h"

#include <algorithm>

#include "records/registry/certificates.h"
#include "standard/gbcs/message.h"

namespace meterway::flow::tracing {
namespace {

using pki::KeyUse;

/// "12345" of "...signed with certificate 12345".
std::optional<pki::SmkiSerial> serial_in(std::string_view detail) {
  constexpr std::string_view kWords = "signed with certificate ";
  const auto at = detail.rfind(kWords);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = detail.substr(at + kWords.size());
  const auto serial = pki::SmkiSerial::from_decimal(rest.substr(0, rest.find_first_not_of("0123456789")));
  return serial ? std::optional(*serial) : std::nullopt;
}

class Names {
 public:
  explicit Names(const store::ReadView& view) : view_(view) {}

  void add(KeyName name) {
    const auto same = [&](const KeyName& one) {
      return one.role == name.role && one.owner == name.owner && one.serial == name.serial;
    };
    if (std::none_of(out_.begin(), out_.end(), same)) out_.push_back(std::move(name));
  }
  Status add_in_use(std::string role, Eui64 owner, KeyUse use) {
    METERWAY_TRY(const auto stored, registry::certificate_in_use(view_, owner, use));
    add({std::move(role), owner, stored ? stored->serial.hex() : std::string(), true});
    return {};
  }
  std::vector<KeyName> take() { return std::move(out_); }

 private:
  const store::ReadView& view_;
  std::vector<KeyName> out_;
};

/// A MAC is between two: the broker and the device of a command; the device and the target of what comes back.
Status add_message(Names& names, const gbcs::Message& message, Eui64 broker) {
  const auto& header = message.header;
  const std::string what = header.kind == gbcs::Kind::Command    ? "command"
                           : header.kind == gbcs::Kind::Response ? "response"
                                                                 : "alert";
  if (message.signature_field == gbcs::SignatureField::Present)
    METERWAY_CHECK(names.add_in_use("signed the " + what, header.originator, KeyUse::DigitalSignature));
  if (!message.mac) return {};
  const bool command = header.kind == gbcs::Kind::Command;
  METERWAY_CHECK(names.add_in_use("MAC of the " + what, command ? broker : header.originator, KeyUse::KeyAgreement));
  return names.add_in_use("MAC of the " + what, header.target, KeyUse::KeyAgreement);
}

}  // namespace

Result<std::vector<KeyName>> keys_of(const store::ReadView& view, const Story& story) {
  Names names(view);
  for (const auto& event : story.events) {
    if (const auto serial = serial_in(event.detail); serial && story.id)
      names.add({"signed the request", story.id->originator, serial->hex(), false});
    if (event.bytes.empty()) continue;
    if (const auto message = gbcs::read_message(event.bytes))
      METERWAY_CHECK(add_message(names, *message, story.broker));
  }
  return names.take();
}

}  // namespace meterway::flow::tracing
