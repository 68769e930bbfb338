#include <cstdio>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/hex.h"
#include "standard/gbcs/document.h"

namespace meterway::apps {
namespace {

struct DecodeOptions {
  Batch batch;
  std::string format = "text";
};

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
  return run_batch(options.batch, json ? ".json" : ".txt", [&](const std::string& text) -> Result<std::string> {
    METERWAY_TRY(const auto bytes, from_hex(text));
    return json ? gbcs::to_json(bytes, keys.get()) : gbcs::to_text(bytes, keys.get());
  });
}

}  // namespace

void add_decode(Subcommand& app, int& status) {
  auto* command =
      app.add_subcommand("decode", "Print GBCS messages as a tree with names, decrypted where a key is at hand");
  auto options = std::make_shared<DecodeOptions>();
  add_batch_options(*command, options->batch, Keystore::Optional);
  command->add_option("--format", options->format, "text, or json as `encode` reads it")
      ->one_of({"text", "json"})
      ->capture_default_str();
  command->callback([options, &status] { status = decode(*options); });
}

}  // namespace meterway::apps
