#include <cstdio>
#include <functional>
#include <optional>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/decode_blocks.h"
#include "apps/message_file.h"
#include "base/util/file.h"
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

/// What a file holds; nothing of one that does not read, which is told of when its turn comes.
std::vector<FiledMessage> contents_of(const std::string& file) {
  const auto text = read_text_file(file);
  if (!text) return {};
  return messages_in(*text).value_or(std::vector<FiledMessage>());
}

BlockFiles blocks_among(const DecodeOptions& options) {
  BlockFiles blocks;
  for (const auto* files : {&options.commands, &options.batch.files}) {
    for (const auto& file : *files) {
      for (const auto& one : contents_of(file)) blocks.add(one.bytes);
    }
  }
  return blocks;
}

/// What a file holds: a message, or one that its block is the last of.
std::optional<Bytes> message_of(ByteView bytes, const BlockFiles& blocks) {
  if (!BlockFiles::is_block(bytes)) return Bytes(bytes.begin(), bytes.end());
  const auto block = BlockFiles::read(bytes);
  auto whole = block ? blocks.whole_behind(*block) : Result<std::optional<Bytes>>(std::nullopt);
  return whole ? *std::move(whole) : std::nullopt;
}

/// Commands name the objects of their responses: those asked for, and those among the input.
gbcs::KnownCommands known_commands(const DecodeOptions& options, const BlockFiles& blocks) {
  gbcs::KnownCommands commands;
  for (const auto* files : {&options.commands, &options.batch.files}) {
    for (const auto& file : *files) {
      for (const auto& one : contents_of(file)) {
        const auto whole = message_of(one.bytes, blocks);
        if (!whole) continue;
        if (const auto message = gbcs::read_message(*whole)) commands.add(*message);
      }
    }
  }
  return commands;
}

/// A block as it is, and with the last of a message the message; of the mapped form there is only the message.
Result<std::string> decode_block(ByteView bytes, const BlockFiles& blocks, const DecodeOptions& options,
                                 const std::function<Result<std::string>(const Bytes&)>& decode_message) {
  METERWAY_TRY(const auto block, BlockFiles::read(bytes));
  METERWAY_TRY(const auto whole, blocks.whole_behind(block));
  if (options.format == "mmc") {
    if (!whole) return fail(ErrorCode::Unsupported, 0, "not the last block of a message that is all there");
    return decode_message(*whole);
  }
  std::string message;
  if (whole) {
    METERWAY_TRY(message, decode_message(*whole));
  }
  if (options.format == "json") return "{" + block_json(block) + (whole ? ",\"message\":" + message : "") + "}";
  return block_text(block) + (whole ? "message of " + std::to_string(whole->size()) + " octets:\n" + message : "");
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
  const auto blocks = blocks_among(options);
  const auto commands = known_commands(options, blocks);
  const bool mapped = options.format == "mmc";
  const auto* extension = json ? ".json" : mapped ? ".xml" : ".txt";
  const auto broker = Eui64::parse(options.batch.broker);
  std::string service = options.service;
  const auto decode_message = [&](const Bytes& bytes) -> Result<std::string> {
    if (mapped) {
      METERWAY_CHECK(broker);
      return mmc::to_mmc(bytes, {.keys = keys.get(), .broker = *broker, .service = service});
    }
    METERWAY_TRY(const auto message, gbcs::read_message(bytes));
    const gbcs::DecodeOptions how{keys.get(), commands.answered_by(message.header)};
    return json ? gbcs::to_json(bytes, how) : gbcs::to_text(bytes, how);
  };
  return run_batch(options.batch, extension, [&](const std::string& text) -> Result<std::string> {
    METERWAY_TRY(const auto messages, messages_in(text));
    std::string all;
    for (const auto& one : messages) {
      if (options.service.empty()) service = one.service;
      METERWAY_TRY(const auto shown, BlockFiles::is_block(one.bytes)
                                         ? decode_block(one.bytes, blocks, options, decode_message)
                                         : decode_message(one.bytes));
      if (!all.empty()) all += all.back() == '\n' ? "\n" : "\n\n";
      all += shown;
    }
    return all;
  });
}

}  // namespace

void add_decode(Subcommand& app, int& status) {
  auto* command = app.add_subcommand(
      "decode", "Print GBCS messages as a tree with names, decrypted where a key is at hand; blocks of messages, too");
  command->footer("A file holds a message in hexadecimal or base64, one a line, or a DUIS document that carries some.");
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
