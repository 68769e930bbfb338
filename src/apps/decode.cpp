#include <cstdio>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/known_commands.h"
#include "standard/mmc/mmc.h"

namespace meterway::apps {
namespace {

struct DecodeOptions {
  Batch batch;
  std::string format = "text";
  std::string service;
  std::vector<std::string> commands;
};

/// Commands name the objects of their responses: those asked for, and those among the input. A file that does not
/// read is told of when its turn comes.
gbcs::KnownCommands known_commands(const DecodeOptions& options) {
  gbcs::KnownCommands commands;
  for (const auto* files : {&options.commands, &options.batch.files}) {
    for (const auto& file : *files) {
      const auto text = read_text_file(file);
      const auto bytes = text ? from_hex(*text) : Result<Bytes>(Unexpected{text.error()});
      if (!bytes) continue;
      if (const auto message = gbcs::read_message(*bytes)) commands.add(*message);
    }
  }
  return commands;
}

int decode(const DecodeOptions& options) {
  std::unique_ptr<pki::KeyStore> keys;
  if (!options.batch.keystore.empty()) {
    auto opened = pki::open_key_folder(options.batch.keystore);
    if (!opened) {
      std::fprintf(stderr, "%s\n", batch_error_line(options.batch.keystore, opened.error()).c_str());
      return 1;
    }
    keys = *std::move(opened);
  }
  const bool json = options.format == "json";
  const auto commands = known_commands(options);
  const bool mapped = options.format == "mmc";
  const auto* extension = json ? ".json" : mapped ? ".xml" : ".txt";
  const auto broker = Eui64::parse(options.batch.broker);
  return run_batch(options.batch, extension, [&](const std::string& text) -> Result<std::string> {
    METERWAY_TRY(const auto bytes, from_hex(text));
    if (mapped) {
      METERWAY_CHECK(broker);
      return mmc::to_mmc(bytes, {.keys = keys.get(), .broker = *broker, .service = options.service});
    }
    METERWAY_TRY(const auto message, gbcs::read_message(bytes));
    const gbcs::DecodeOptions how{keys.get(), commands.answered_by(message.header)};
    return json ? gbcs::to_json(bytes, how) : gbcs::to_text(bytes, how);
  });
}

}  // namespace

void add_decode(Subcommand& app, int& status) {
  auto* command =
      app.add_subcommand("decode", "Print GBCS messages as a tree with names, decrypted where a key is at hand");
  auto options = std::make_shared<DecodeOptions>();
  add_batch_options(*command, options->batch, Keystore::Optional);
  command
      ->add_option(
          "--format", options->format,
          "text, json as `encode` reads it, or mmc: XML of the Message Mapping Catalogue (responses and alerts)")
      ->one_of({"text", "json", "mmc"})
      ->capture_default_str();
  command->add_option("--service", options->service,
                      "mmc: the service reference variant that was asked, where a message code serves several");
  add_broker_option(*command, options->batch);
  command->add_option("--command", options->commands, "Commands that the responses answer, beside those in the input");
  command->callback([options, &status] { status = decode(*options); });
}

}  // namespace meterway::apps
