#include <fmt/format.h>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/hex.h"
#include "standard/gbcs/protect.h"

namespace meterway::apps {
namespace {

std::string_view kind_name(gbcs::Kind kind) {
  return kind == gbcs::Kind::Command ? "command" : kind == gbcs::Kind::Response ? "response" : "alert";
}

Result<std::string> check(const std::string& text, const pki::KeyStore& keys, Eui64 broker) {
  METERWAY_TRY(const auto bytes, from_hex(text));
  METERWAY_TRY(const auto message, gbcs::read_message(bytes));
  const auto& header = message.header;
  return fmt::format("kind={} code={} originator={} target={} counter={} mac={} signature={}", kind_name(header.kind),
                     header.code.hex(), header.originator.plain(), header.target.plain(), header.counter.value,
                     to_string(mac_state(message, keys, broker)), to_string(signature_state(message, keys)));
}

}  // namespace

void add_check(Subcommand& app, int& status) {
  auto* command =
      app.add_subcommand("check", "Print the header of GBCS messages and whether MAC and signature are right");
  auto batch = std::make_shared<Batch>();
  add_batch_options(*command, *batch, Keystore::Required);
  add_broker_option(*command, *batch);
  command->callback([batch, &status] { status = run_keyed_batch(*batch, ".txt", check); });
}

}  // namespace meterway::apps
