#include <cstdio>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/user_precommand.h"
#include "apps/world.h"
#include "base/util/hex.h"

namespace meterway::apps {
namespace {

struct Options {
  Batch batch;
  std::string data;
  std::string from;
  bool quiet = false;
};

/// `--keystore DIR`, or the folder of the User `--from` in the data folder.
Result<std::string> key_folder(const Options& options) {
  if (!options.batch.keystore.empty()) return options.batch.keystore;
  if (options.from.empty()) return fail(ErrorCode::BadRequest, 0, "give --keystore DIR, or --from EUI with --data DIR");
  METERWAY_TRY(const auto eui, Eui64::parse(options.from));
  return DataFolder{options.data}.user(eui).string();
}

int run(const Options& options) {
  const auto folder = key_folder(options);
  if (!folder) {
    std::fprintf(stderr, "%s\n", batch_error_line("sign", folder.error()).c_str());
    return 1;
  }
  const auto keys = pki::open_key_folder(*folder);
  if (!keys) {
    std::fprintf(stderr, "%s\n", batch_error_line(*folder, keys.error()).c_str());
    return 1;
  }
  return run_batch(options.batch, ".hex", [&](const std::string& text) -> Result<std::string> {
    METERWAY_TRY(const auto bytes, from_hex(text));
    METERWAY_TRY(auto message, gbcs::read_message(bytes));
    METERWAY_CHECK(sign_precommand(message, **keys));
    if (!options.quiet) std::fprintf(stderr, "signed: %s\n", describe_message(message).c_str());
    return to_hex(gbcs::write_message(message));
  });
}

}  // namespace

void add_sign(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("sign", "Sign pre-commands as the User that asked for them; one line of hex each");
  auto options = std::make_shared<Options>();
  add_batch_options(*command, options->batch, Keystore::Optional);
  add_data_option(*command, options->data);
  command->add_option("--from", options->from, "EUI-64 of the User in the data folder");
  command->add_flag("--quiet", options->quiet, "Do not tell on standard error what is signed");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
