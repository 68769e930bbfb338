#include "apps/ledger_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "apps/api_client.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/net/url.h"
#include "base/util/file.h"

namespace meterway::apps {
namespace {

using nlohmann::json;
struct Options {
  std::string data, url, token_file;
  std::string kind;
  std::string reference, action;
  std::vector<std::string> fields;
  std::string level, why, revision;
  std::vector<std::string> where;
  std::string state, words, from, to, range, mentions;
  bool newest = false, as_json = false;
  std::string format = "json", out;
  std::string file, title, media_type;
  bool any_kind = false;                       // the command says which
  std::string method, path;                    // of a fetch
  std::map<std::string, std::string> queries;  // and its parameters
  std::string view, on;
};
using Shared = std::shared_ptr<Options>;

ApiClient client_of(const Options& options) { return {options.data, options.url, options.token_file}; }
std::string kind_path(const Options& options) { return "/api/v1/ledger/" + options.kind; }
std::string path_of(const Options& options) {
  return kind_path(options) + "/" + net::percent_encoded(options.reference);
}

int complain(const Options& options, const Result<net::HttpResponse>& answer) {
  return apps::complain(options.kind, answer);
}

std::string line_of(const json& value) {
  if (value.is_array()) {
    std::string out;
    for (const auto& item : value) out += (out.empty() ? "" : ", ") + line_of(item);
    return out;
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// A person wants the beginning of what is long; --json gives all of it.
std::string shortened(std::string text) {
  constexpr std::size_t kMost = 400;
  if (text.size() <= kMost) return text;
  auto end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + fmt::format("... ({} bytes)", text.size());
}

void print_record(const json& record) {
  fmt::print("{}  {}  {}  revision {}\n", record.value("reference", ""), record.value("state", ""),
             record.value("class", ""), record.value("revision", 0));
  for (const auto& [name, value] : record.at("fields").items())
    fmt::print("  {:16} {}\n", name, shortened(line_of(value)));
  for (const auto& file : record.at("attachments"))
    fmt::print("  attachment {}: {} ({})\n", file.value("id", ""), file.value("title", ""), file.value("class", ""));
}

int tell_record(const Options& options, const Result<net::HttpResponse>& answer) {
  if (!answer || answer->status / 100 != 2) return complain(options, answer);
  const auto record = json::parse(answer->body, nullptr, false);
  if (options.as_json || !record.is_object()) {
    fmt::print("{}", answer->body);
  } else {
    print_record(record);
  }
  return 0;
}

int put_out(const Options& options, const net::HttpResponse& answer) {
  if (options.out.empty()) {
    fmt::print("{}", answer.body);
    return 0;
  }
  const auto written = write_text_file(options.out, answer.body);
  if (written) return 0;
  fmt::print(stderr, "{}: {}\n", options.out, describe(written.error()));
  return 1;
}

/// NAME=VALUE; NAME=@FILE the text of a file; NAME= removes; a name that comes again makes a list. Nothing: not such.
std::optional<json> read_body(const Options& options) {
  json fields = json::object();
  for (const auto& pair : options.fields) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      fmt::print(stderr, "{}: expected NAME=VALUE, not {}\n", options.kind, pair);
      return std::nullopt;
    }
    const auto name = pair.substr(0, equals);
    json value = pair.substr(equals + 1);
    if (equals + 1 == pair.size()) value = nullptr;
    if (pair.size() > equals + 2 && pair[equals + 1] == '@') {
      const auto text = read_text_file(pair.substr(equals + 2));
      if (!text) {
        fmt::print(stderr, "{}: {}\n", pair.substr(equals + 2), describe(text.error()));
        return std::nullopt;
      }
      value = *text;
    }
    if (!fields.contains(name)) {
      fields[name] = value;
    } else {
      if (!fields[name].is_array()) fields[name] = json::array({fields[name]});
      fields[name].push_back(value);
    }
  }
  json body = {{"fields", fields}};
  if (!options.level.empty()) body["class"] = options.level;
  if (!options.why.empty()) body["why"] = options.why;
  return body;
}

std::string query_of(const Options& options) {
  std::string out;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      out += (out.empty() ? "?" : "&") + net::percent_encoded(name) + "=" + net::percent_encoded(value);
  };
  add("state", options.state);
  add("class", options.level);
  add("q", options.words);
  add("mentions", options.mentions);
  add("range", options.range);
  add("from", options.from);
  add("to", options.to);
  if (options.newest) add("order", "newest");
  for (const auto& pair : options.where) {
    const auto equals = pair.find('=');
    add(pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1));
  }
  return out;
}

int list(const Options& options) {
  const ApiClient client = client_of(options);
  const auto about = client.ask("GET", "/api/v1/kinds/" + options.kind);
  if (!about || about->status != 200) return complain(options, about);
  const auto label = json::parse(about->body).value("label", "");
  const auto query = query_of(options);
  for (std::string after;;) {
    const auto more = after.empty() ? "" : (query.empty() ? "?after=" : "&after=") + net::percent_encoded(after);
    const auto answer = client.ask("GET", kind_path(options) + query + more);
    if (!answer || answer->status != 200) return complain(options, answer);
    const auto page = json::parse(answer->body);
    for (const auto& record : page.at("records")) {
      if (options.as_json) {
        fmt::print("{}\n", record.dump());
        continue;
      }
      const auto& fields = record.at("fields");
      fmt::print("{:18}  {:14}  {:6}  {}\n", record.value("reference", ""), record.value("state", ""),
                 record.value("class", ""), fields.contains(label) ? line_of(fields[label]) : "");
    }
    after = page.value("next", "");
    if (after.empty()) return 0;
  }
}

int show(const Options& options) {
  const ApiClient client = client_of(options);
  if (options.format == "json" || options.format == "text") {
    auto as_said = options;
    as_said.as_json = options.format == "json" && options.as_json;
    return tell_record(as_said, client.ask("GET", path_of(options)));
  }
  const auto answer = client.ask("GET", path_of(options) + "/document?format=" + options.format);
  return answer && answer->status == 200 ? put_out(options, *answer) : complain(options, answer);
}

int make(const Options& options) {
  auto body = read_body(options);
  if (!body) return 1;
  if (!options.reference.empty()) (*body)["reference"] = options.reference;
  return tell_record(options, client_of(options).ask("POST", kind_path(options), body->dump()));
}

/// Over the revision that there is now, unless it is said which was seen.
int set(const Options& options) {
  const auto body = read_body(options);
  if (!body) return 1;
  const ApiClient client = client_of(options);
  auto revision = options.revision;
  if (revision.empty()) {
    const auto now = client.ask("GET", path_of(options));
    if (!now || now->status != 200) return complain(options, now);
    revision = now->headers.at("etag");
  }
  return tell_record(options, client.ask("PATCH", path_of(options), body->dump(), "application/json", revision));
}

int act(const Options& options) {
  const auto body = read_body(options);
  if (!body) return 1;
  return tell_record(options,
                     client_of(options).ask("POST", path_of(options) + "/" + net::percent_encoded(options.action),
                                            body->dump(), "application/json", options.revision));
}

std::string type_of(const std::string& file) {
  static const std::map<std::string, std::string> kTypes{
      {".pdf", "application/pdf"},   {".png", "image/png"},       {".jpg", "image/jpeg"},
      {".txt", "text/plain"},        {".md", "text/markdown"},    {".csv", "text/csv"},
      {".json", "application/json"}, {".xml", "application/xml"}, {".zip", "application/zip"}};
  const auto found = kTypes.find(std::filesystem::path(file).extension().string());
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

int attach(const Options& options) {
  const auto bytes = read_text_file(options.file);
  if (!bytes) {
    fmt::print(stderr, "{}: {}\n", options.file, describe(bytes.error()));
    return 1;
  }
  const auto title = options.title.empty() ? std::filesystem::path(options.file).filename().string() : options.title;
  auto path = path_of(options) + "/attachments?title=" + net::percent_encoded(title);
  if (!options.level.empty()) path += "&class=" + net::percent_encoded(options.level);
  if (!options.why.empty()) path += "&why=" + net::percent_encoded(options.why);
  const auto type = options.media_type.empty() ? type_of(options.file) : options.media_type;
  return tell_record(options, client_of(options).ask("POST", path, *bytes, type));
}

int history(const Options& options) {
  const auto answer = client_of(options).ask("GET", path_of(options) + "/history");
  if (!answer || answer->status != 200) return complain(options, answer);
  const auto body = json::parse(answer->body);
  for (const auto& entry : body.at("history")) {
    fmt::print("{:3}  {}  {}  {}  {}\n", entry.value("revision", 0), entry.value("at", ""), entry.value("by", ""),
               entry.value("action", ""), entry.value("why", ""));
    for (const auto& change : entry.at("changes"))
      fmt::print("       {}: {} -> {}\n", change.value("field", ""), line_of(change.at("before")),
                 line_of(change.at("after")));
  }
  return 0;
}

int mentions(const Options& options) {
  const auto answer = client_of(options).ask("GET", path_of(options) + "/mentions");
  if (!answer || answer->status != 200) return complain(options, answer);
  const auto body = json::parse(answer->body);
  for (const auto& one : body.at("records"))
    fmt::print("{:12} {:18}  {}\n", one.value("kind", ""), one.value("reference", ""), one.value("label", ""));
  return 0;
}

/// "CSC-12": the meeting of that committee with that number. Whatever else is a reference as it stands.
Result<net::HttpResponse> with_meeting(const ApiClient& client, Options& options) {
  const auto dash = options.reference.rfind('-');
  if (options.view == "action-log" || dash == std::string::npos) return net::HttpResponse{200, {}, ""};
  const auto query = "?committee=" + net::percent_encoded(options.reference.substr(0, dash)) +
                     "&number=" + net::percent_encoded(options.reference.substr(dash + 1));
  auto answer = client.ask("GET", "/api/v1/ledger/meeting" + query);
  if (!answer || answer->status != 200) return answer;
  const auto page = json::parse(answer->body, nullptr, false);
  if (page.is_object() && page.value("total", 0) == 1) options.reference = page["records"][0].value("reference", "");
  return answer;
}

int render(const Options& asked) {
  auto options = asked;
  const ApiClient client = client_of(options);
  const auto found = with_meeting(client, options);
  if (!found || found->status != 200) return complain(options, found);
  auto path = "/api/v1/governance/" + options.view + "/" + net::percent_encoded(options.reference) +
              "?format=" + options.format;
  if (!options.on.empty()) path += "&on=" + net::percent_encoded(options.on);
  const auto answer = client.ask("GET", path);
  return answer && answer->status == 200 ? put_out(options, *answer) : complain(options, answer);
}

int export_all(const Options& options) {
  const auto query = query_of(options);
  const auto answer =
      client_of(options).ask("GET", kind_path(options) + query + (query.empty() ? "?" : "&") + "format=csv");
  return answer && answer->status == 200 ? put_out(options, *answer) : complain(options, answer);
}

int fetch(const Options& options) {
  std::string path = options.path;
  char separator = '?';
  for (const auto& [name, value] : options.queries) {
    if (value.empty()) continue;
    if (const auto place = path.find("{" + name + "}"); place != std::string::npos) {
      path.replace(place, name.size() + 2, net::percent_encoded(value));
      continue;
    }
    auto parameter = name;
    std::replace(parameter.begin(), parameter.end(), '-', '_');
    path += separator + parameter + "=" + net::percent_encoded(value);
    separator = '&';
  }
  if (options.method == "GET" && !options.format.empty()) path += separator + ("format=" + options.format);
  const auto answer = client_of(options).ask(options.method, path);
  if (!answer || answer->status / 100 != 2) return complain(options, answer);
  if (options.method == "GET") return put_out(options, *answer);
  return tell_record(options, answer);
}

int import(const Options& options) {
  const auto text = read_text_file(options.file);
  if (!text) {
    fmt::print(stderr, "{}: {}\n", options.file, describe(text.error()));
    return 1;
  }
  const auto answer = client_of(options).ask("POST", kind_path(options), *text, "text/csv");
  if (!answer || answer->status != 200) return complain(options, answer);
  const auto body = json::parse(answer->body);
  fmt::print("{} made, {} changed\n", body.value("made", 0), body.value("changed", 0));
  return 0;
}

Subcommand* add(Subcommand& parent, const char* name, const char* about, int& status, int (*run)(const Options&),
                const Shared& options) {
  auto* command = parent.add_subcommand(name, about);
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "The platform; from the data folder unless it is said here");
  command->add_option("--token-file", options->token_file,
                      "Whose token; the operator's of the data folder unless it is said here");
  command->add_flag("--json", options->as_json, "The answer as it comes");
  if (options->any_kind)
    command->add_option("--kind", options->kind, "Kind of record, as in /api/v1/kinds")->required();
  command->callback([options, run, &status] { status = run(*options); });
  return command;
}

Subcommand* of_one(Subcommand* command, const Shared& options) {
  command->add_option("reference", options->reference, "Its reference, such as \"CSC 12/01\"")->required();
  return command;
}

Subcommand* with_fields(Subcommand* command, const Shared& options) {
  command->add_option("fields", options->fields,
                      "NAME=VALUE; again for a list; NAME= removes; NAME=@FILE reads a file");
  command->add_option("--class", options->level, "White, Green, Amber or Red");
  command->add_option("--why", options->why, "Reason, for the history");
  return command;
}

void with_query(Subcommand* command, const Shared& options) {
  command->add_option("--state", options->state, "In this state");
  command->add_option("--class", options->level, "Of this class");
  command->add_option("--where", options->where, "FIELD=VALUE, several times for several");
  command->add_option("--words", options->words, "Holding all these words");
  command->add_option("--mentions", options->mentions, "Mentioning this record");
  command->add_option("--range", options->range, "Field that --from and --to mean; the kind's date unless it is said");
  command->add_option("--from", options->from, "From this value on");
  command->add_option("--to", options->to, "Before this value");
  command->add_flag("--newest", options->newest, "The last first");
}

}  // namespace

void add_fetch_command(Subcommand& parent, const FetchCommand& command, int& status) {
  const auto options = std::make_shared<Options>();
  options->kind = command.name;
  options->method = command.method;
  options->path = command.path;
  options->format = command.format;
  auto* added = add(parent, command.name.c_str(), command.about.c_str(), status, fetch, options);
  for (const auto& name : command.queries) {
    auto* option = added->add_option("--" + name, options->queries[name], "");
    if (std::find(command.needed.begin(), command.needed.end(), name) != command.needed.end()) option->required();
  }
  added->add_option("-o,--out", options->out, "File to write to");
  if (command.format.empty()) return;
  added->add_option("--format", options->format, "json, md, html or pdf")->one_of({"json", "md", "html", "pdf"});
}

Subcommand* add_ledger_command(Subcommand& app, LedgerCommand command, int& status) {
  auto* parent = app.add_subcommand(command.name, command.about);
  parent->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  options->kind = command.kind;
  options->any_kind = options->kind.empty();
  with_query(add(*parent, "list", "Records, one a line", status, list, options), options);
  auto* one = of_one(add(*parent, "show", "One record, or as a document", status, show, options), options);
  one->add_option("--format", options->format, "json, md, html or pdf")->one_of({"json", "md", "html", "pdf"});
  one->add_option("-o,--out", options->out, "File to write to");
  auto* make_one = with_fields(add(*parent, "new", "Make a record", status, make, options), options);
  make_one->add_option("--reference", options->reference, "The reference it has already");
  auto* set_one = of_one(add(*parent, "set", "Change fields", status, set, options), options);
  with_fields(set_one, options)->add_option("--revision", options->revision, "The revision that was seen");
  auto* do_one = of_one(add(*parent, "do", "Do what the state allows", status, act, options), options);
  do_one->add_option("action", options->action, "publish, close, ...")->required();
  with_fields(do_one, options)->add_option("--revision", options->revision, "The revision that was seen");
  auto* file = of_one(add(*parent, "attach", "Attach a file", status, attach, options), options);
  file->add_option("file", options->file, "What to attach")->required()->existing_file();
  file->add_option("--title", options->title, "The file's name unless it is said");
  file->add_option("--type", options->media_type, "Media type; by the file's name unless it is said");
  file->add_option("--class", options->level, "The record's unless it is said");
  file->add_option("--why", options->why, "Reason, for the history");
  of_one(add(*parent, "history", "Every change of one", status, history, options), options);
  of_one(add(*parent, "mentions", "What mentions one", status, mentions, options), options);
  auto* all = add(*parent, "export", "A table (CSV)", status, export_all, options);
  with_query(all, options);
  all->add_option("-o,--out", options->out, "File to write to");
  add(*parent, "import", "Make or change what a table (CSV) says, all or nothing", status, import, options)
      ->add_option("file", options->file, "The first row names the fields")
      ->required()
      ->existing_file();
  return parent;
}

Subcommand* add_view_command(Subcommand& parent, ViewCommand command, int& status) {
  const auto options = std::make_shared<Options>();
  options->kind = parent.name();
  options->view = command.view;
  options->format = "md";
  options->reference = command.usual;
  auto* one = add(parent, command.name, command.about, status, render, options);
  auto* reference = one->add_option("reference", options->reference, command.of);
  if (options->reference.empty()) reference->required();
  one->add_option("--format", options->format, "md, html, pdf or json")->one_of({"json", "md", "html", "pdf"});
  one->add_option("--on", options->on, "As of this day; today unless it is said");
  one->add_option("-o,--out", options->out, "File to write to");
  return one;
}

}  // namespace meterway::apps
