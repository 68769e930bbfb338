#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/api_client.h"
#include "apps/audit_key.h"
#include "apps/audit_record.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "base/net/url.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "records/audit/verify.h"
#include "records/registry/octets.h"
#include "records/store/log_store.h"

/// meterway audit: the log of who did what, read and checked; over the network, or in the store of a platform that does
/// not run.
namespace meterway::apps {
namespace {

using nlohmann::json;

constexpr std::size_t kPage = 1000;

struct Options {
  std::string data, url, token_file;
  std::string who, function, from, to, since, key, record, out;
  std::size_t limit = 100;
  std::uint64_t unsealed = audit::Evidence{}.most_unsealed, at_least = 0;
};
using Shared = std::shared_ptr<Options>;

int complain(const std::string& what, const Error& error) {
  fmt::print(stderr, "audit: {}: {}\n", what, describe(error));
  return 1;
}

/// What is walked, and where its rows come from.
struct Walk {
  audit::Evidence evidence;
  std::string key_from;  ///< who says which key it is
};

Status read_outside(const Options& options, Walk& walk) {
  walk.evidence.most_unsealed = options.unsealed;
  walk.evidence.at_least = options.at_least;
  if (!options.key.empty()) {
    METERWAY_TRY(walk.evidence.key, read_audit_key(options.key));
    walk.key_from = options.key;
  }
  if (options.since.empty()) return {};
  METERWAY_TRY(const auto text, read_text_file(options.since));
  METERWAY_TRY(walk.evidence.outside, audit::Checkpoint::parse(text));
  return {};
}

int tell(const audit::Verifier& verifier, const Walk& walk, std::uint64_t first) {
  if (const auto& fault = verifier.fault()) {
    fmt::print("entry {} is wrong: {}\n", fault->sequence, fault->why);
    return 1;
  }
  if (verifier.entries() == 0) {
    fmt::print("the audit is empty, and nothing at hand says that it had ever an entry (--since, --at-least)\n");
    return 0;
  }
  fmt::print("entries {} to {} follow from each other; {} checkpoints among them are signed", first,
             first + verifier.entries() - 1, verifier.checkpoints());
  if (walk.evidence.key) fmt::print(" by key {} ({})", to_hex(audit::id_of(*walk.evidence.key)), walk.key_from);
  fmt::print("; {} entries after the last", verifier.unsealed());
  if (const auto& record = walk.evidence.record)
    fmt::print("; the platform's own record is of entry {}", record->sequence);
  fmt::print("\n");
  return 0;
}

int verify_store(store::Store& store, const Options& options, Walk walk) {
  if (!walk.evidence.key) {
    const auto file = DataFolder{options.data}.audit_key();
    const auto key = read_audit_key(file);
    if (!key) return complain(file.string(), key.error());
    walk.evidence.key = *key;
    walk.key_from = file.string();
  }
  std::optional<audit::Verifier> verifier;
  std::uint64_t first = 0;
  const auto read = store.read([&](const store::ReadView& view) -> Status {
    const auto from = walk.evidence.outside ? walk.evidence.outside->sequence : 0;
    for (auto next = from;;) {
      METERWAY_TRY(const auto page, audit::checkpoints(view, next, kPage));
      walk.evidence.checkpoints.insert(walk.evidence.checkpoints.end(), page.begin(), page.end());
      if (page.size() < kPage) break;
      next = page.back().sequence + 1;
    }
    verifier.emplace(walk.evidence);
    first = verifier->first();
    for (auto next = first;;) {
      METERWAY_TRY(const auto rows, audit::raw(view, next, kPage));
      for (const auto& row : rows) {
        if (!verifier->feed(row)) return {};
      }
      if (rows.size() < kPage) break;
      next = rows.back().sequence + 1;
    }
    METERWAY_TRY(const auto end, audit::head(view));
    verifier->finish(end);
    return {};
  });
  if (!read) return complain("the store", read.error());
  return tell(*verifier, walk, first);
}

/// The JSON of a GET; the error is told already.
std::optional<json> got(const ApiClient& client, const std::string& path) {
  const auto answer = client.ask("GET", path);
  if (!answer || answer->status != 200) {
    apps::complain("audit", answer);
    return std::nullopt;
  }
  auto body = json::parse(answer->body, nullptr, false);
  if (body.is_object()) return body;
  fmt::print(stderr, "audit: {}: the answer is no JSON\n", path);
  return std::nullopt;
}

int bad_answer() {
  fmt::print(stderr, "audit: the platform's answer cannot be read\n");
  return 1;
}

int verify_node(const Options& options, Walk walk) {
  const ApiClient client(options.data, options.url, options.token_file);
  auto& evidence = walk.evidence;
  for (auto next = evidence.outside ? evidence.outside->sequence : 0;;) {
    const auto body = got(client, fmt::format("/api/v1/audit/checkpoints?limit={}&from={}", kPage, next));
    if (!body) return 1;
    if (!evidence.key && body->contains("key")) {
      const auto key = parse_audit_key(body->at("key").value("point", ""));
      if (!key) return bad_answer();
      evidence.key = *key;
      walk.key_from = "as the platform says";
    }
    const auto list = body->value("checkpoints", json::array());
    for (const auto& one : list) {
      const auto checkpoint = audit::Checkpoint::parse(one.value("text", ""));
      if (!checkpoint) return bad_answer();
      evidence.checkpoints.push_back(*checkpoint);
    }
    if (list.size() < kPage) break;
    next = evidence.checkpoints.back().sequence + 1;
  }
  if (!evidence.key) {
    fmt::print(stderr, "audit: the platform says no key: without --key no signature can be checked\n");
    return 1;
  }
  audit::Verifier verifier(evidence);
  const auto first = verifier.first();
  for (auto after = first - 1;;) {
    const auto body = got(client, fmt::format("/api/v1/audit/entries?format=chain&limit={}&after={}", kPage, after));
    if (!body) return 1;
    const auto rows = body->value("rows", json::array());
    for (const auto& row : rows) {
      if (!row.is_array() || row.size() != 2 || !row[0].is_number_unsigned() || !row[1].is_string())
        return bad_answer();
      const auto bytes = from_hex(row[1].get_ref<const std::string&>());
      if (!bytes) return bad_answer();
      after = row[0].get<std::uint64_t>();
      if (!verifier.feed({after, registry::string_of(*bytes)})) return tell(verifier, walk, first);
    }
    if (rows.size() == kPage) continue;
    audit::Head end;
    const auto digest = from_hex(body->at("end").value("digest", ""));
    if (!digest || digest->size() != end.digest.size()) return bad_answer();
    std::copy(digest->begin(), digest->end(), end.digest.begin());
    end.sequence = body->at("end").value("sequence", std::uint64_t{0});
    verifier.finish(end);
    return tell(verifier, walk, first);
  }
}

/// Of a data folder whose platform does not run, in its store; of one that runs, and of a URL, by asking.
int verify(const Options& options) {
  Walk walk;
  if (const auto done = read_outside(options, walk); !done)
    return complain(options.since.empty() ? options.key : options.since, done.error());
  const DataFolder data{options.data};
  // Of a platform by its URL there is no folder, unless the record of it was brought.
  const auto file = !options.record.empty() ? std::filesystem::path(options.record)
                    : options.url.empty()   ? data.audit_record()
                                            : std::filesystem::path();
  if (!file.empty()) {
    const auto record = read_audit_record(file);
    if (!record) return complain(file.string(), record.error());
    walk.evidence.record = *record;
  }
  if (!options.url.empty()) return verify_node(options, std::move(walk));
  if (!std::filesystem::exists(data.store()))
    return complain(data.store().string(), Error{ErrorCode::NotFound, 0, "store"});
  const auto store = store::open_log_store(data.store().string());
  if (store) return verify_store(**store, options, std::move(walk));
  if (store.error().code != ErrorCode::Conflict) return complain(data.store().string(), store.error());
  return verify_node(options, std::move(walk));
}

int show(const Options& options) {
  const ApiClient client(options.data, options.url, options.token_file);
  std::string query;
  for (const auto& [name, value] : {std::pair{"who", &options.who}, std::pair{"function", &options.function},
                                    std::pair{"from", &options.from}, std::pair{"to", &options.to}}) {
    if (!value->empty()) query += std::string("&") + name + "=" + net::percent_encoded(*value);
  }
  std::size_t shown = 0;
  for (std::uint64_t before = 0; shown < options.limit;) {
    const auto body = got(client, fmt::format("/api/v1/audit/entries?limit={}&before={}{}",
                                              std::min<std::size_t>(options.limit - shown, kPage), before, query));
    if (!body) return 1;
    for (const auto& one : body->value("entries", json::array())) {
      ++shown;
      const auto times = one.value("times", std::uint64_t{1});
      fmt::print("{:8}  {}  {:16}  {:32}  {:28}  {}{}{}\n", one.value("sequence", std::uint64_t{0}),
                 one.value("at", ""), one.value("person", ""), one.value("function", ""), one.value("about", ""),
                 one.value("outcome", ""), times > 1 ? fmt::format(" ({} times)", times) : "",
                 one.value("detail", "").empty() ? "" : "  " + one.value("detail", ""));
    }
    before = body->value("next", std::uint64_t{0});
    if (before == 0) break;
  }
  return 0;
}

/// The last one, to be kept where the platform does not reach.
int checkpoint(const Options& options) {
  const ApiClient client(options.data, options.url, options.token_file);
  const auto body = got(client, "/api/v1/audit/checkpoints?limit=1");
  if (!body) return 1;
  if (!body->contains("last") || body->at("last").is_null()) {
    fmt::print(stderr, "audit checkpoint: there is none yet\n");
    return 1;
  }
  const auto text = body->at("last").value("text", "") + "\n";
  if (options.out.empty()) {
    fmt::print("{}", text);
    return 0;
  }
  const auto written = write_text_file(options.out, text);
  return written ? 0 : complain(options.out, written.error());
}

Subcommand* add(Subcommand& parent, const char* name, const char* about, int& status, int (*run)(const Options&),
                const Shared& options) {
  auto* command = parent.add_subcommand(name, about);
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "The platform; from the data folder unless it is said here");
  command->add_option("--token-file", options->token_file, "Who is asking: the operator unless it is said here");
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

}  // namespace

void add_audit(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("audit", "The log of who did what: show it, check it, keep a checkpoint of it");
  command->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  auto* checker =
      add(*command, "verify", "Walk the chain and say the first entry that is wrong", status, verify, options);
  checker->add_option("--since", options->since, "A checkpoint that was kept elsewhere: the walk begins with its entry")
      ->existing_file();
  checker->add_option("--key", options->key, "The key of the audit, kept elsewhere; the node's own unless it is said")
      ->existing_file();
  checker
      ->add_option("--record", options->record,
                   "The platform's own record of how far the audit had got; the data folder's unless it is said")
      ->existing_file();
  checker->add_option("--at-least", options->at_least, "How many entries there must be, for who knows");
  checker
      ->add_option("--unsealed", options->unsealed,
                   "How many entries may stand after the last checkpoint: twice the rule audit.checkpoint.entries")
      ->capture_default_str();
  auto* shower = add(*command, "show", "Entries, the youngest first", status, show, options);
  shower->add_option("--who", options->who, "A person's");
  shower->add_option("--function", options->function, "One function, or all that begin with it: anomaly");
  shower->add_option("--from", options->from, "From this time on, such as 2026-06-01T00:00:00Z");
  shower->add_option("--to", options->to, "Before this time");
  shower->add_option("--limit", options->limit, "How many")->between(1, 1'000'000)->capture_default_str();
  add(*command, "checkpoint", "The last signed checkpoint, to be kept elsewhere", status, checkpoint, options)
      ->add_option("-o,--out", options->out, "File to write it to");
}

}  // namespace meterway::apps
