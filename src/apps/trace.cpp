#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "apps/user_precommand.h"
#include "apps/user_problem.h"
#include "apps/world.h"
#include "base/net/http.h"
#include "base/net/url.h"
#include "base/util/clock.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/known_commands.h"
#include "standard/mmc/mmc.h"
#include "standard/pki/key_store.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

std::string text_of(const json& event, const char* key) {
  const auto at = event.find(key);
  if (at == event.end() || at->is_null()) return "";
  return at->is_string() ? at->get<std::string>() : at->dump();
}

constexpr std::size_t kShownDigits = 96;
constexpr std::size_t kIndent = 36;

void print_indented(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    fmt::print("{:{}}{}\n", "", kIndent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// How the bytes of a trace are told in full, and by which keys what is encrypted is opened: the User's own, where the
/// User is who looks.
struct Telling {
  std::string format = "text";
  std::string service{};
  const pki::KeyStore* keys = nullptr;
  gbcs::KnownCommands commands{};

  Result<std::string> tell(ByteView bytes) const {
    METERWAY_TRY(const auto message, gbcs::read_message(bytes));
    const auto* command = commands.answered_by(message.header);
    if (format == "json") return gbcs::to_json(bytes, {keys, command});
    if (format == "text" || message.header.kind == gbcs::Kind::Command) return gbcs::to_text(bytes, {keys, command});
    mmc::Options options;
    options.keys = keys;
    options.command = command;
    options.service = service;
    return mmc::to_mmc(bytes, options);
  }
};

/// The bytes of a hop: what the header says and how the hex begins; in full, the whole hex and the content as a tree.
void print_bytes(const std::string& hex, bool full, const Telling& telling) {
  const auto bytes = from_hex(hex);
  if (!bytes) return;
  if (const auto message = gbcs::read_message(*bytes)) {
    print_indented(describe_message(*message) +
                   (message->signature_field == gbcs::SignatureField::Present ? ", signed" : "") +
                   (message->mac ? ", with a MAC" : ""));
  }
  print_indented(full || hex.size() <= kShownDigits
                     ? hex
                     : fmt::format("{}... ({} bytes)", hex.substr(0, kShownDigits), bytes->size()));
  if (!full) return;
  if (const auto tree = telling.tell(*bytes)) print_indented(*tree);
}

/// Time since the first hop, so that a reader sees where it went.
std::string since(const std::optional<UtcTime>& first, const Result<UtcTime>& time) {
  if (!first || !time) return "";
  return fmt::format("+{:.3f}s", std::chrono::duration<double>(*time - *first).count());
}

/// Whose move it is, before everything else.
void print_verdict(const json& root) {
  const auto verdict = root.find("verdict");
  if (verdict == root.end() || !verdict->is_object()) return;
  const auto code = text_of(*verdict, "code");
  fmt::print("{}{} since {}\n  {} can mend it: {}\n", text_of(*verdict, "state"), code.empty() ? "" : " (" + code + ")",
             text_of(*verdict, "since"), text_of(*verdict, "who_words"), text_of(*verdict, "next"));
}

/// In full: how long it took, and by which rule it was decided.
void print_decision(const json& event) {
  if (const auto took = text_of(event, "duration_us"); !took.empty())
    print_indented(fmt::format("{} us ({})", took, text_of(event, "spent")));
  const auto rule = event.find("rule");
  if (rule == event.end() || !rule->is_object()) return;
  print_indented(fmt::format("rule {}: {} ({}, {})", text_of(*rule, "name"), text_of(*rule, "says"),
                             text_of(*rule, "clause"), text_of(*rule, "how_sure")));
}

/// The bytes of a line of the timeline stand with its event; a line without a header has none of its own.
std::string bytes_of_step(const json& root, const json& step) {
  if (!step.contains("event")) return text_of(step, "bytes");
  const auto event = step["event"].is_number_unsigned() ? step["event"].get<std::size_t>() : SIZE_MAX;
  const bool own = step.contains("size") && event < root["events"].size();
  return own ? text_of(root["events"][event], "bytes") : std::string();
}

int print_trace(const std::string& body, bool full, Telling telling) {
  const auto root = json::parse(body, nullptr, false);
  if (!root.is_object() || !root.contains("events") || !root["events"].is_array()) {
    fmt::print(stderr, "trace: the platform's answer is not a trace\n");
    return 1;
  }
  fmt::print("{}\n", text_of(root, "request_id"));
  print_verdict(root);
  telling.service = text_of(root, "service");
  for (const auto& event : root["events"]) {
    const auto bytes = from_hex(text_of(event, "bytes"));
    if (const auto message = bytes ? gbcs::read_message(*bytes) : Result<gbcs::Message>(Unexpected{bytes.error()}))
      telling.commands.add(*message);
  }
  std::optional<UtcTime> first;
  const auto& lines = root.contains("steps") ? root["steps"] : root["events"];
  for (const auto& event : lines) {
    const auto time = from_iso8601(text_of(event, "time"));
    if (!first && time) first = *time;
    fmt::print("{:26} {:>9} {:10} {:10} {}\n", text_of(event, "time").substr(0, 26), since(first, time),
               text_of(event, "step"), text_of(event, "outcome"), text_of(event, "detail"));
    if (full) print_decision(event);
    if (const auto hex = bytes_of_step(root, event); !hex.empty()) print_bytes(hex, full, telling);
  }
  return 0;
}

struct Options {
  std::string data;
  std::string url;
  std::string as;
  std::string request_id;
  std::string format = "text";
  std::string keystore;
  std::string evidence;
  bool json = false;
  bool full = false;
  bool tls = false;
};

/// RequestIDs in any form, alerts, searches, what operators changed: the platform says whether there is such a key.
bool may_be_key(std::string_view key) { return key == "import" || key.find(':') != std::string_view::npos; }

int run(const Options& options) {
  const auto id = RequestId::parse(options.request_id);
  if (!id && !may_be_key(options.request_id)) {
    fmt::print(stderr, "trace: {}: {}\n", options.request_id, describe(id.error()));
    return 1;
  }
  std::optional<Eui64> as;
  if (!options.as.empty()) {
    const auto user = Eui64::parse(options.as);
    if (!user) {
      fmt::print(stderr, "trace: --as {}: {}\n", options.as, describe(user.error()));
      return 1;
    }
    as = *user;
  }
  NodeClient client(DataFolder{options.data}, as, options.url);
  if (const auto ready = options.tls ? client.use_tls() : Status(); !ready) {
    fmt::print(stderr, "trace: --tls: {}\n", describe(ready.error()));
    return 1;
  }
  const auto path = "/api/v1/trace/" + (id ? id->text() : net::percent_encoded(options.request_id)) +
                    (options.evidence.empty() ? "" : "/evidence");
  const auto target = client.url() + path;
  const auto answer = client.ask("GET", path);
  if (!answer) {
    fmt::print(stderr, "trace: {}: {}\n", target, describe(answer.error()));
    return 1;
  }
  if (answer->status != 200) {
    fmt::print(stderr, "trace: {}: {}\n", target, describe_problem(*answer));
    return 1;
  }
  if (!options.evidence.empty()) {
    if (const auto written = write_text_file(options.evidence, answer->body); !written) {
      fmt::print(stderr, "trace: {}: {}\n", options.evidence, describe(written.error()));
      return 1;
    }
    return 0;
  }
  if (options.json) {
    fmt::print("{}\n", answer->body);
    return 0;
  }
  std::unique_ptr<pki::KeyStore> keys;
  if (!options.keystore.empty()) {
    auto opened = pki::open_key_folder(options.keystore);
    if (!opened) {
      fmt::print(stderr, "trace: --keystore {}: {}\n", options.keystore, describe(opened.error()));
      return 1;
    }
    keys = *std::move(opened);
  }
  Telling telling;
  telling.format = options.format;
  telling.keys = keys.get();
  return print_trace(answer->body, options.full || options.format != "text" || keys != nullptr, std::move(telling));
}

}  // namespace

void add_trace(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("trace", "Show every hop of a request: time, decision, bytes");
  auto options = std::make_shared<Options>();
  command
      ->add_option("request-id", options->request_id,
                   "ORIGINATOR:TARGET:COUNTER, or another key: alert:DEVICE:COUNTER, device:EUI, search:USER")
      ->required();
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "The platform; from the data folder, or http://127.0.0.1:8079");
  command->add_option("--as", options->as, "Ask as this User, with its token, instead of as the operator");
  command->add_flag("--tls", options->tls, "Over TLS, with the certificate of the User or of the node");
  command->add_flag("--full", options->full, "The bytes whole, and their content as a tree");
  command
      ->add_option(
          "--format", options->format,
          "How contents are told in full: text, json, or mmc (responses and alerts as XML of the Message Mapping "
          "Catalogue)")
      ->one_of({"text", "json", "mmc"});
  command->add_option("--keystore", options->keystore, "In full, and opened with the keys of this folder");
  command->add_option("--evidence", options->evidence,
                      "Write all that is known of it to this file, a ZIP archive: documents, messages, a capture for "
                      "Wireshark, lines of the audit, sums");
  command->add_flag("--json", options->json, "The platform's answer as it is");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
