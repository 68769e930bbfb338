#include "flow/transform/transform.h"
#include "apps/command_line.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>

#include "apps/batch.h"
#include "apps/command.h"
#include "apps/inventory.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "base/util/random.h"
#include "standard/gbcs/protect.h"

namespace meterway::apps {
namespace {

using flow::transform::Context;
using flow::transform::Transformed;

struct Options {
  Batch batch;
  std::string at;
  std::string inventory;
  std::string logs;
  std::string use_case;
  std::string cin;
  std::string transitional_cos = "90b3d51f30000004";
  std::optional<std::uint64_t> dcc_counter;
  std::deque<std::string> words;  ///< texts that errors point to
};

/// What the files say that a platform would know.
struct Known {
  Inventory inventory;
  LogBackups logs;
};

/// The error of a document, with the place and the rule in its words.
Unexpected<Error> refuse(Options& options, const std::string& text, const duis::Problem& problem) {
  std::string words = "line " + std::to_string(problem.line) + ", " + problem.element;
  if (!problem.rule.empty()) words += ": " + problem.rule;
  options.words.push_back(std::move(words));
  std::size_t offset = 0;  // of the line
  for (int line = 1; line < problem.line && offset < text.size(); ++line) {
    offset = std::min(text.find('\n', offset), text.size() - 1) + 1;
  }
  return Unexpected<Error>{Error{problem.code, static_cast<std::uint32_t>(offset), options.words.back().c_str()}};
}

/// What the DCC does with a command that no user signs: its own signature where the use case demands one and the ACB
/// originates it, then the MAC.
Status protect(Transformed& made, const pki::KeyStore& keys, Eui64 broker, bool sign) {
  auto& message = made.message;
  if (sign) {
    const auto* key = keys.private_key(message.header.originator, pki::KeyUse::DigitalSignature);
    if (key == nullptr) return fail(ErrorCode::UnknownKey, 0, "signing key of the access control broker");
    METERWAY_CHECK(gbcs::sign(message, *key));
  }
  const auto* own = keys.private_key(broker, pki::KeyUse::KeyAgreement);
  if (own == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement private key of the access control broker");
  const auto* device = keys.public_key(message.header.target, pki::KeyUse::KeyAgreement);
  if (device == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement certificate of the target");
  return gbcs::add_mac(message, *own, *device);
}

/// Four digits, as a DCC draws a customer identification number.
std::string draw_cin() {
  char digits[5];
  SystemRandom random;
  std::snprintf(digits, sizeof digits, "%04u", static_cast<unsigned>(random.next_u64() % 10000));
  return digits;
}

Result<std::string> convert(Options& options, const Known& known, UtcTime now, const std::string& text,
                            const pki::KeyStore& keys, Eui64 broker) {
  const auto request = duis::read_request(text);
  if (!request) return refuse(options, text, request.error());
  Context context;
  context.now = now;
  context.access_control_broker = broker;
  if (const auto party = Eui64::parse(options.transitional_cos)) context.transitional_cos = *party;
  const auto& inventory = known.inventory;
  for (const auto* name : {"OldCHFID", "OldGPFID"}) {
    const auto old = Eui64::parse(request->body.text_at(name));
    if (const auto log = known.logs.find(old.value_or(Eui64())); old && log != known.logs.end())
      context.log = log->second;
  }
  if (const auto device = inventory.find(request->id.target); device != inventory.end()) {
    context.target_type = device->second.type;
    context.facts = device->second.facts;
  }
  if (const auto other = Eui64::parse(request->body.text_at("OtherDeviceID"))) {
    if (const auto device = inventory.find(*other); device != inventory.end()) context.other_type = device->second.type;
  }
  if (!options.use_case.empty()) context.use_case = options.use_case;
  context.cin = options.cin.empty() ? draw_cin() : options.cin;
  if (options.dcc_counter) context.dcc_counter = OriginatorCounter{*options.dcc_counter};
  context.keys = &keys;
  METERWAY_TRY(auto made, flow::transform::transform(*request, context));
  if (!made.critical) METERWAY_CHECK(protect(made, keys, broker, made.signed_by_broker));
  return to_hex(gbcs::write_message(made.message));
}

int run(Options& options) {
  const auto complain = [](const std::string& what, const Error& error) {
    std::fprintf(stderr, "%s\n", batch_error_line(what, error).c_str());
    return 1;
  };
  auto now = SystemClock().now();
  if (!options.at.empty()) {
    const auto time = from_iso8601(options.at);
    if (!time) return complain("--at " + options.at, time.error());
    now = *time;
  }
  Known known;
  if (!options.inventory.empty()) {
    const auto text = read_text_file(options.inventory);
    if (!text) return complain(options.inventory, text.error());
    auto read = read_inventory(*text);
    if (!read) return complain(options.inventory, read.error());
    known.inventory = *std::move(read);
  }
  if (!options.logs.empty()) {
    const auto text = read_text_file(options.logs);
    if (!text) return complain(options.logs, text.error());
    auto read = read_log_backups(*text);
    if (!read) return complain(options.logs, read.error());
    known.logs = *std::move(read);
  }
  return run_keyed_batch(options.batch, ".hex", [&](const std::string& text, const pki::KeyStore& keys, Eui64 broker) {
    return convert(options, known, now, text, keys, broker);
  });
}

}  // namespace

void add_transform(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("transform", "Turn service requests into GBCS pre-commands and commands");
  auto options = std::make_shared<Options>();
  add_batch_options(*command, options->batch, Keystore::Required);
  add_broker_option(*command, options->batch);
  command->add_option("--at", options->at, "Time of transformation, such as 2026-11-22T09:30:00Z (default: now)");
  command->add_option("--dcc-counter", options->dcc_counter, "Counter to use where the DCC is the originator");
  command->add_option("--inventory", options->inventory, "Devices, tab-separated: eui, type, variant, gbcs_version");
  command->add_option("--logs", options->logs,
                      "Device logs for 8.12, tab-separated: owner, network, device, link_key_hash, type");
  command->add_option("--use-case", options->use_case, "Use case, where the inventory leaves a choice: ECS26k");
  command->add_option("--transitional-cos", options->transitional_cos, "Transitional change of supplier party")
      ->capture_default_str();
  command->add_option("--cin", options->cin, "Customer identification number for service 9.1 (default: drawn)")
      ->check([](const std::string& text) {
        const bool good = text.size() == 4 && text.find_first_not_of("0123456789") == std::string::npos;
        return good ? std::string() : std::string("four digits are needed");
      });
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
