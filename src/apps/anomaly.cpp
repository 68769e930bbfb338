#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/anomaly_keys.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/user_problem.h"
#include "base/util/base64.h"
#include "base/util/file.h"

/// meterway anomaly: thresholds, limits and quarantine, a thin client of /api/v1/anomaly.
namespace meterway::apps {
namespace {

using nlohmann::json;
constexpr std::chrono::seconds kPatience{60};

struct Options {
  std::string data, url, token_file;
  std::string file, signature, out, user, state, reason, reference, from, until;
  std::uint64_t number = 0;
  bool back_up = false, as_csv = false;
};
using Shared = std::shared_ptr<Options>;

Result<net::HttpResponse> ask(const Options& options, const std::string& method, const std::string& path,
                              std::string_view body = {}, const std::string& type = "text/csv",
                              const std::string& signature = {}) {
  const DataFolder data{options.data};
  auto headers =
      called_by(options.token_file.empty() ? data.operator_token() : std::filesystem::path(options.token_file));
  if (!body.empty()) headers["content-type"] = type;
  if (!signature.empty()) headers["x-signature"] = signature;
  const auto url = platform_url(data, options.url);
  return net::http_request(method, url + "/api/v1/anomaly/" + path, headers, body, kPatience);
}

int complain(const std::string& what, const Error& error) {
  fmt::print(stderr, "anomaly: {}: {}\n", what, describe(error));
  return 1;
}

/// The text of a file, and of the signature beside it in base64 (empty: there is none).
struct SignedFile {
  std::string text, signature;
};
Result<SignedFile> read_signed(const Options& options) {
  METERWAY_TRY(auto text, read_text_file(options.file));
  const auto path = options.signature.empty() ? options.file + ".p7s" : options.signature;
  METERWAY_TRY(const auto bytes, read_file(path, 64 * 1024));
  return SignedFile{std::move(text), to_base64(bytes)};
}

/// Sends a signed file; with --out the receipt and its signature are written there.
int send_signed(const Options& options, const std::string& path) {
  const auto file = read_signed(options);
  if (!file) return complain(options.file, file.error());
  const auto answer =
      ask(options, "POST", path + (options.back_up ? "?channel=back-up" : ""), file->text, "text/csv", file->signature);
  if (answer && answer->status == 201 && !options.out.empty()) {
    const auto body = json::parse(answer->body, nullptr, false);
    const auto signature = from_base64(body.value("receipt_signature", ""));
    const auto text = write_text_file(options.out, body.value("receipt", ""));
    if (!text) return complain(options.out, text.error());
    if (signature) {
      if (const auto done = write_file(options.out + ".p7s", *signature, 0644); !done)
        return complain(options.out, done.error());
    }
  }
  return tell(answer, "anomaly");
}

int send_plain(const Options& options, const std::string& path, const std::string& method = "POST") {
  const auto text = read_text_file(options.file);
  if (!text) return complain(options.file, text.error());
  return tell(ask(options, method, path, *text), "anomaly");
}

int preview(const Options& options) {
  const auto text = read_text_file(options.file);
  if (!text) return complain(options.file, text.error());
  std::string query;
  if (!options.from.empty()) query += (query.empty() ? "?from=" : "&from=") + options.from;
  if (!options.until.empty()) query += (query.empty() ? "?until=" : "&until=") + options.until;
  const auto answer = ask(options, "POST", "preview" + query, *text);
  if (!answer || answer->status != 200) return tell(answer, "anomaly");
  const auto body = json::parse(answer->body, nullptr, false);
  for (const auto& day : body.at("days"))
    fmt::print("{}  {:8}  {:8} requests  {:4} warnings  {:8} quarantined\n", day.value("day", ""),
               day.value("service_reference_variant", ""), day.value("counted", 0), day.value("warnings", 0),
               day.value("quarantined", 0));
  fmt::print("in all: {} requests, {} warnings, {} quarantined\n", body.value("counted", 0), body.value("warnings", 0),
             body.value("quarantined", 0));
  return 0;
}

std::string quarantine_query(const Options& options) {
  std::string query;
  if (!options.user.empty()) query += "&user=" + options.user;
  if (!options.state.empty()) query += "&state=" + options.state;
  return query;
}

/// A list that is given in pages: the answer with all of them. `member`: of the answer, the list; `number`: of a row,
/// by which the next page goes on with the parameter `cursor`.
struct Paged {
  const char *member, *number, *cursor;
};
Result<net::HttpResponse> ask_all(const Options& options, const std::string& path, const Paged& paged) {
  constexpr std::size_t kPage = 1000;
  const std::string base = path + (path.find('?') == std::string::npos ? "?" : "&") + "limit=" + std::to_string(kPage);
  auto all = json::array();
  for (std::string from;;) {
    auto answer = ask(options, "GET", base + (from.empty() ? "" : "&" + std::string(paged.cursor) + "=" + from));
    if (!answer || answer->status != 200) return answer;
    const auto body = json::parse(answer->body, nullptr, false);
    if (!body.is_object() || !body.contains(paged.member) || !body[paged.member].is_array())
      return fail(ErrorCode::BadJson, 0, "answer of the platform");
    const auto& page = body[paged.member];
    for (const auto& one : page) all.push_back(one);
    if (page.size() < kPage) {
      answer->body = json{{paged.member, all}}.dump() + "\n";
      return answer;
    }
    from = std::to_string(page.back().value(paged.number, std::uint64_t{0}));
  }
}

int list(const Options& options) {
  const auto query = quarantine_query(options);
  const auto answer = ask_all(options, "quarantine" + (query.empty() ? "" : "?" + query.substr(1)),
                              {"requests", "quarantine_id", "after"});
  if (!answer || answer->status != 200) return tell(answer, "anomaly");
  const auto body = json::parse(answer->body, nullptr, false);
  for (const auto& item : body.at("requests"))
    fmt::print("{:6}  {:8}  {}  {:8}  {}{}\n", item.value("quarantine_id", 0), item.value("state", ""),
               item.value("request_id", ""), item.value("service_reference_variant", ""), item.value("why", ""),
               item.value("asked", "").empty()
                   ? ""
                   : "  (" + item.value("asked_by", "") + " asks to " + item.value("asked", "") + ")");
  return 0;
}

/// The report file to --out, and its signature beside it; otherwise to standard output.
int report(Options options) {
  if (options.state.empty()) options.state = "held";
  const auto answer = ask(options, "GET", "quarantine?format=csv" + quarantine_query(options));
  if (!answer || answer->status != 200) return tell(answer, "anomaly");
  if (options.out.empty()) {
    fmt::print("{}", answer->body);
    return 0;
  }
  const auto found = answer->headers.find("x-signature");
  const auto signature = from_base64(found == answer->headers.end() ? std::string() : found->second);
  if (!signature) return complain("signature of the report", signature.error());
  if (const auto done = write_text_file(options.out, answer->body); !done) return complain(options.out, done.error());
  const auto done = write_file(options.out + ".p7s", *signature, 0644);
  return done ? 0 : complain(options.out, done.error());
}

int decide(const Options& options, const std::string& action) {
  const auto body = json{{"reason", options.reason}}.dump();
  return tell(
      ask(options, "POST", "quarantine/" + std::to_string(options.number) + "/" + action, body, "application/json"),
      "anomaly");
}

Subcommand* add(Subcommand& parent, const Shared& options, const char* name, const char* about, int& status,
                std::function<int(const Options&)> work) {
  auto* command = parent.add_subcommand(name, about);
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "The platform; from the data folder unless it is said here");
  command->add_option("--token-file", options->token_file, "Who is asking: the operator unless it is said here");
  command->callback([options, &status, work = std::move(work)] { status = work(*options); });
  return command;
}

void add_files(Subcommand& command, const Shared& options, int& status) {
  const auto signed_file = [&](Subcommand* sub) {
    sub->add_option("file", options->file, "The file")->required();
    sub->add_option("--signature", options->signature, "Its detached signature; FILE.p7s unless it is said here");
    sub->add_flag("--back-up", options->back_up, "By the back-up channel: the operator brings what an officer signed");
    sub->add_option("--out", options->out, "Where the receipt goes, with its signature in OUT.p7s");
  };
  signed_file(add(command, options, "set", "Hand in a signed thresholds file", status,
                  [](const Options& o) { return send_signed(o, "thresholds"); }));
  const auto plain = [&](const char* name, const char* about, std::function<int(const Options&)> work) {
    auto* sub = add(command, options, name, about, status, std::move(work));
    sub->add_option("file", options->file, "The file")->required();
    return sub;
  };
  plain("set-dcc", "Set the DCC's own thresholds", [](const Options& o) { return send_plain(o, "dcc-thresholds"); });
  plain("limits", "Set limits of values in requests", [](const Options& o) { return send_plain(o, "limits"); });
  plain("trust", "Set whose certificates for signing files are believed (PEM)",
        [](const Options& o) { return send_plain(o, "authorities", "PUT"); });
  auto* previewer = plain("preview", "What a thresholds file would have done to the requests on record", preview);
  previewer->add_option("--from", options->from, "Only from then on");
  previewer->add_option("--until", options->until, "Only before then");
  auto* revoker = add(command, options, "revoke", "Take back a certificate for signing files", status,
                      [](const Options& o) { return tell(ask(o, "DELETE", "signers/" + o.reference), "anomaly"); });
  revoker->add_option("serial", options->reference, "Its serial number, hexadecimal")->required();
}

}  // namespace

void add_anomaly(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("anomaly", "Anomaly detection: thresholds, limits, quarantined requests");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  add_files(*command, options, status);
  const auto look = [&](Subcommand& parent, const char* name, const char* about,
                        std::function<int(const Options&)> work) {
    auto* sub = add(parent, options, name, about, status, std::move(work));
    sub->add_option("--user", options->user, "Only of this User");
    return sub;
  };
  look(*command, "thresholds", "Every threshold and limit that was set", [](const Options& o) {
    return tell(
        ask_all(o, "thresholds" + (o.user.empty() ? "" : "?user=" + o.user), {"thresholds", "number", "before"}),
        "anomaly");
  });
  look(*command, "notices", "Warnings that were given", [](const Options& o) {
    return tell(ask_all(o, "notices" + (o.user.empty() ? "" : "?user=" + o.user), {"notices", "number", "after"}),
                "anomaly");
  });
  add(*command, options, "audit", "Every step, what was refused included", status, [](const Options& o) {
    return tell(ask_all(o, "audit", {"audit", "number", "before"}), "anomaly");
  });
  auto* receipt =
      add(*command, options, "receipt", "A file that was taken, with its receipt", status,
          [](const Options& o) { return tell(ask(o, "GET", "submissions/" + o.user + "/" + o.reference), "anomaly"); });
  receipt->add_option("user", options->user, "EUI-64 of the User")->required();
  receipt->add_option("reference", options->reference, "That of the file")->required();

  auto* quarantine = command->add_subcommand("quarantine", "Requests that wait for a decision");
  quarantine->require_subcommand(1);
  look(*quarantine, "list", "List them", list)
      ->add_option("--state", options->state, "held, released, deleted or expired");
  auto* reporter = look(*quarantine, "report", "The quarantined communications report, signed by the DCC", report);
  reporter->add_option("--state", options->state, "held unless it is said here; released, deleted or expired");
  reporter->add_option("--out", options->out, "Where it goes, with its signature in OUT.p7s");
  for (const auto* action : {"release", "delete"}) {
    auto* sub =
        add(*quarantine, options, action, "Ask for it; when another person has asked for the same before, it is done",
            status, [action](const Options& o) { return decide(o, action); });
    sub->add_option("number", options->number, "Number of the quarantined request")
        ->required()
        ->between(std::uint64_t{1}, std::uint64_t{1} << 62);
    sub->add_option("--reason", options->reason, "Why");
  }
  auto* act = add(*quarantine, options, "act", "Hand in a signed action file", status,
                  [](const Options& o) { return send_signed(o, "actions"); });
  act->add_option("file", options->file, "The file")->required();
  act->add_option("--signature", options->signature, "Its detached signature; FILE.p7s unless it is said here");
  act->add_flag("--back-up", options->back_up, "By the back-up channel");
  act->add_option("--out", options->out, "Where the receipt goes");

  add_signer_commands(*command, status);
}

}  // namespace meterway::apps
