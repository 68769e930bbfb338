#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "base/util/file.h"
#include "oversight/registration/service_flags.h"
#include "oversight/registration/signature.h"
#include "portal/server/door.h"
#include "portal/server/registration_routes.h"

/// /api/v1/registration: files that come, their responses, and the flags that go out.
namespace meterway::portal {
namespace {

using nlohmann::json;
using registration::Load;

constexpr std::size_t kPage = 1000;
constexpr std::string_view kSignatureHeader = "x-signature";
constexpr const char* kBareName = "name: expected the bare name of a file: at most 100 letters, digits and . _ -";

json json_of(const Load& load) {
  return {
      {"sender", load.sender},
      {"sequence", load.sequence},
      {"kind", registration::to_string(load.kind)},
      {"format", registration::to_string(static_cast<registration::Format>(load.format))},
      {"name", load.name},
      {"by", load.by},
      {"at", to_iso8601(load.at)},
      {"signed", load.is_signed},
      {"records", load.records},
      {"accepted", load.records - load.rejected},
      {"rejected", load.rejected},
      {"warned", load.warned},
      {"response", "/api/v1/registration/files/" + load.sender + "/" + std::to_string(load.sequence) + "/response"}};
}

net::HttpResponse answer_to(const Result<Load, registration::NotTaken>& done) {
  if (done) return json_answer(200, dumped(json_of(*done)));
  const auto& why = done.error();
  switch (why.code) {
    case ErrorCode::BadRequest:
      return problem(400, "bad_file", "the file is broken: nothing of it was taken", why.why);
    case ErrorCode::NotFound:
      return problem(404, "no_sender", "the file was not taken", why.why);
    case ErrorCode::Refused:
      return problem(403, "not_taken", "the file was not taken", why.why);
    case ErrorCode::Conflict:
      return why.incident.empty()
                 ? problem(409, "sequence", "the file was not taken", why.why)
                 : problem(409, "sequence_gap", "the file was not taken", why.why, {{"incident", why.incident}});
    default:
      return failed(ledger::Problem{why.code, why.why, {}});
  }
}

net::HttpResponse nothing_taken() {
  return problem(503, "not_ready", "this node takes no registration data", "no loader");
}

registration::Bringer bringer(const Ask& ask) {
  return {ask.person.id, ask.person.party, ask.person.has_role("operator")};
}

/// What came in the header of a signature; empty: none.
Result<std::string, net::HttpResponse> signature_of(const Ask& ask) {
  const auto bytes = from_base64(ask.header(kSignatureHeader));
  if (bytes && bytes->size() <= registration::kMostSignatureBytes) return std::string(bytes->begin(), bytes->end());
  return Unexpected<net::HttpResponse>{problem(400, "bad_signature", "the signature cannot be read",
                                               std::string(kSignatureHeader) + ": expected base64")};
}

/// Whether what concerns a sender is the caller's: everybody's is, or those of his party are. Otherwise it is told as
/// if there were none, and noted.
std::optional<net::HttpResponse> not_of(const Ask& ask, const Portal& portal, const std::string& sender) {
  if (permission::may_all(ask.person, ask.route.function)) return std::nullopt;
  std::optional<registration::Sender> found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registration::find_sender(view, sender));
    return {};
  });
  if (!read) return failed(read.error());
  if (found && found->party == ask.person.party) return std::nullopt;
  return refused_inside(ask, portal, not_found(sender), "a sender of another party");
}

net::HttpResponse text_answer(std::string text) {
  const bool is_message = !text.empty() && text.front() == '{';
  return {200,
          {{"content-type", is_message ? "application/json" : "text/plain; charset=utf-8"},
           {"cache-control", "no-store"},
           {"x-content-type-options", "nosniff"}},
          std::move(text)};
}

}  // namespace

net::HttpResponse registration_loads(const Ask& ask, const Portal& portal) {
  const auto sender = ask.parameter("sender").value_or("");
  if (auto refused = not_of(ask, portal, sender)) return std::move(*refused);
  const auto limit = read_limit(ask, 50, 500);
  if (!limit) return bad_query("limit: expected 1 to 500");
  json all = json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto loads, registration::loads_of(view, sender, *limit));
    for (const auto& load : loads) all.push_back(json_of(load));
    return {};
  });
  return read ? json_answer(200, dumped({{"files", all}})) : failed(read.error());
}

net::HttpResponse take_registration_file(const Ask& ask, const Portal& portal) {
  if (portal.loader == nullptr) return nothing_taken();
  const auto signature = signature_of(ask);
  if (!signature) return signature.error();
  // It is told in lists and in the audit: the same names as of what lies in the folder.
  const auto name = ask.parameter("name").value_or("");
  if (!name.empty() && !registration::path_in({}, name)) return bad_query(kBareName);
  const registration::TextContent content(ask.http.body);
  return answer_to(portal.loader->take({content, name, *signature, bringer(ask)}));
}

net::HttpResponse import_registration_file(const Ask& ask, const Portal& portal) {
  if (portal.loader == nullptr) return nothing_taken();
  if (portal.registration_folder.empty())
    return problem(404, "no_folder", "this node has no folder for registration data", "setting registration_folder");
  const auto name = ask.parameter("name").value_or("");
  const auto path = registration::path_in(portal.registration_folder, name);
  if (!path) return bad_query(kBareName);
  // A link out of the folder would be another way out of it.
  const auto kind = [](const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::symlink_status(file, error).type();
  };
  using std::filesystem::file_type;
  const std::filesystem::path beside = path->string() + ".p7s";
  if (kind(*path) != file_type::regular) return not_found(name);
  std::string signature;
  if (kind(beside) != file_type::not_found) {
    if (kind(beside) != file_type::regular) return not_found(beside.filename().string());
    const auto read = read_text_file(beside, registration::kMostSignatureBytes);
    if (!read) return failed(read.error());
    signature = *read;
  }
  return answer_to(portal.loader->take({registration::FileContent(*path), name, signature, bringer(ask)}));
}

net::HttpResponse registration_response(const Ask& ask, const Portal& portal) {
  if (auto refused = not_of(ask, portal, ask.part("sender"))) return std::move(*refused);
  const auto sequence = read_number(ask.part("sequence"));
  std::optional<Load> load;
  std::string text;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    if (!sequence) return {};
    METERWAY_TRY(load, registration::find_load(view, ask.part("sender"), *sequence));
    if (!load) return {};
    return registration::write_response(view, *load, kPage, [&](std::string_view piece) -> Status {
      text += piece;
      return text.size() > (64u << 20) ? Status(fail(ErrorCode::TooLarge, 0, "response")) : Status();
    });
  });
  if (!read) return failed(read.error());
  return load ? text_answer(std::move(text)) : not_found(ask.part("sequence"));
}

net::HttpResponse make_registration_flags(const Ask& ask, const Portal& portal) {
  const auto all = ask.parameter("all").value_or("false");
  if (all != "true" && all != "false") return bad_query("all: expected true or false");
  if (portal.loader != nullptr) {
    if (const auto done = portal.loader->finish_earlier(); !done) return failed(done.error());
  }
  const auto run = registration::make_flags(portal.store, ask.part("sender"), all == "true", portal.clock.now());
  if (!run) return failed(run.error());
  json told{{"points", run->points}, {"records", run->records}, {"batches", run->sequences}};
  const auto noted = portal.store.write([&](store::WriteView& view) {
    return note_done(view, ask, portal, "sender " + ask.part("sender"), dumped(told));
  });
  return noted ? json_answer(200, dumped(told)) : failed(noted.error());
}

net::HttpResponse registration_flags(const Ask& ask, const Portal& portal) {
  if (auto refused = not_of(ask, portal, ask.part("sender"))) return std::move(*refused);
  const auto sequence = read_number(ask.part("sequence"));
  std::optional<registration::FlagBatch> batch;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    if (!sequence) return {};
    METERWAY_TRY(batch, registration::find_batch(view, ask.part("sender"), *sequence));
    return {};
  });
  if (!read) return failed(read.error());
  if (!batch) return not_found(ask.part("sequence"));
  if (ask.parameter("format").value_or("") != "json") return text_answer(registration::write_batch(*batch));
  json records = json::array();
  for (const auto& one : batch->records)
    records.push_back({{"mpxn", one.mpxn.text()},
                       {"flag", std::string(1, one.flag)},
                       {"from", calendar::to_text(one.from)},
                       {"answer", registration::to_string(one.answer)}});
  return json_answer(200, json{{"sender", batch->sender},
                               {"sequence", batch->sequence},
                               {"format", registration::to_string(batch->format)},
                               {"at", to_iso8601(batch->at)},
                               {"records", records}}
                              .dump());
}

net::HttpResponse take_registration_answer(const Ask& ask, const Portal& portal) {
  const auto signature = signature_of(ask);
  if (!signature) return signature.error();
  registration::Broken broken;
  const registration::TextContent content(ask.http.body);
  const auto may = [&](const std::string& sender) { return !not_of(ask, portal, sender); };
  const auto done = registration::take_answer(portal.store, {content, *signature, portal.clock.now()}, may, broken);
  if (!done) {
    if (done.error().code == ErrorCode::Refused && !broken.why.empty())
      return refused_inside(ask, portal, problem(403, "not_taken", "the file was not taken", broken.why), broken.why);
    return broken.why.empty() ? failed(done.error())
                              : problem(400, "bad_file", "the file is broken: nothing of it was taken", broken.why);
  }
  const json told{{"sender", done->sender},
                  {"sequence", done->sequence},
                  {"accepted", done->accepted},
                  {"rejected", done->rejected}};
  const auto noted = portal.store.write(
      [&](store::WriteView& view) { return note_done(view, ask, portal, "sender " + done->sender, dumped(told)); });
  return noted ? json_answer(200, dumped(told)) : failed(noted.error());
}

}  // namespace meterway::portal
