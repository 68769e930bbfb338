
#include "apps/batch.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/hex.h"
#include "standard/gbcs/document.h"

namespace meterway::apps {
namespace {

Result<std::string> encode(const std::string& json) {
  METERWAY_TRY(const auto bytes, gbcs::from_json(json));
  return to_hex(bytes);
}

}  // namespace

void add_encode(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("encode", "Write GBCS messages from the JSON that `decode --format json` prints");
  auto batch = std::make_shared<Batch>();
  add_batch_options(*command, *batch, Keystore::None);
  command->callback([batch, &status] { status = run_batch(*batch, ".hex", encode); });
}

}  // namespace meterway::apps
