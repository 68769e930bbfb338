#include <fmt/format.h>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/hex.h"
#include "standard/gbcs/protect.h"

namespace meterway::apps {
namespace {

Result<std::string> add_mac(const std::string& text, const pki::KeyStore& keys, Eui64 broker) {
  METERWAY_TRY(const auto bytes, from_hex(text));
  METERWAY_TRY(auto message, gbcs::read_message(bytes));
  if (message.header.kind != gbcs::Kind::Command)
    return fail(ErrorCode::BadValue, 2, "cra flag: only commands get a MAC here");
  if (message.mac) return fail(ErrorCode::BadTag, 0, "general signing: the message has a MAC already");
  const auto* own = keys.private_key(broker, pki::KeyUse::KeyAgreement);
  if (own == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement private key of the access control broker");
  const auto* device = keys.public_key(message.header.target, pki::KeyUse::KeyAgreement);
  if (device == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement certificate of the target");
  METERWAY_CHECK(gbcs::add_mac(message, *own, *device));
  return to_hex(gbcs::write_message(message));
}

}  // namespace

void add_addmac(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("addmac", "Give signed pre-commands the MAC of the access control broker");
  auto batch = std::make_shared<Batch>();
  add_batch_options(*command, *batch, Keystore::Required);
  add_broker_option(*command, *batch);
  command->callback([batch, &status] { status = run_keyed_batch(*batch, ".hex", add_mac); });
}

}  // namespace meterway::apps
