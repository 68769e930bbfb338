#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "base/util/file.h"
#include "oversight/registration/service_flags.h"
#include "oversight/registration/signature.h"
#include "portal/server/registration_routes.h"

/// /api/v1/registration: files that come, their responses, and the flags that go out.
namespace meterway::portal {
namespace {

using nlohmann::json;
using registration::Load;

constexpr std::size_t kPage = 1000;
constexpr std::string_view kSignatureHeader = "x-signature";

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
  if (done) return json_answer(200, json_of(*done).dump());
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

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && text.size() < 18 ? std::optional(out)
                                                                                             : std::nullopt;
}

net::HttpResponse nothing_taken() {
  return problem(503, "not_ready", "this node takes no registration data", "no loader");
}

registration::Bringer bringer(const Ask& ask) {
  return {ask.person.id, ask.person.party, ask.person.has_role("operator")};
}

/// Whether the caller may read what concerns a sender.
std::optional<net::HttpResponse> not_of(const Ask& ask, const Portal& portal, const std::string& sender) {
  if (ask.person.has_role("operator") || ask.person.has_role("desk")) return std::nullopt;
  std::optional<registration::Sender> found;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registration::find_sender(view, sender));
    return {};
  });
  if (!read) return failed(read.error());
  if (found && found->party == ask.person.party) return std::nullopt;
  return not_found(sender);
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
  return read ? json_answer(200, json{{"files", all}}.dump()) : failed(read.error());
}

net::HttpResponse take_registration_file(const Ask& ask, const Portal& portal) {
  if (portal.loader == nullptr) return nothing_taken();
  const auto signature = from_base64(ask.header(kSignatureHeader));
  if (!signature || signature->size() > registration::kMostSignatureBytes)
    return problem(400, "bad_signature", "the signature cannot be read",
                   std::string(kSignatureHeader) + ": expected base64");
  const registration::TextContent content(ask.http.body);
  const std::string bytes(signature->begin(), signature->end());
  return answer_to(
      portal.loader->take({content, ask.parameter("name").value_or("").substr(0, 100), bytes, bringer(ask)}));
}

net::HttpResponse import_registration_file(const Ask& ask, const Portal& portal) {
  if (portal.loader == nullptr) return nothing_taken();
  if (portal.registration_folder.empty())
    return problem(404, "no_folder", "this node has no folder for registration data", "setting registration_folder");
  const auto name = ask.parameter("name").value_or("");
  const auto path = registration::path_in(portal.registration_folder, name);
  if (!path) return bad_query("name: expected the bare name of a file: letters, digits and . _ -");
  // A link out of the folder would be another way out of it.
  std::error_code error;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(*path, error))) return not_found(name);
  std::string signature;
  const auto beside = read_text_file(path->string() + ".p7s", registration::kMostSignatureBytes);
  if (beside) signature = *beside;
  if (!beside && beside.error().code != ErrorCode::NotFound) return failed(beside.error());
  return answer_to(portal.loader->take({registration::FileContent(*path), name, signature, bringer(ask)}));
}

net::HttpResponse registration_response(const Ask& ask, const Portal& portal) {
  if (auto refused = not_of(ask, portal, ask.part("sender"))) return std::move(*refused);
  const auto sequence = number_of(ask.part("sequence"));
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
  return json_answer(200, json{{"points", run->points}, {"records", run->records}, {"batches", run->sequences}}.dump());
}

net::HttpResponse registration_flags(const Ask& ask, const Portal& portal) {
  if (auto refused = not_of(ask, portal, ask.part("sender"))) return std::move(*refused);
  const auto sequence = number_of(ask.part("sequence"));
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
  registration::Broken broken;
  const auto may = [&](const std::string& sender) { return !not_of(ask, portal, sender); };
  const auto done = registration::take_answer(portal.store, registration::TextContent(ask.http.body), may, broken);
  if (!done) {
    return broken.why.empty() ? failed(done.error())
                              : problem(400, "bad_file", "the file is broken: nothing of it was taken", broken.why);
  }
  return json_answer(200, json{{"sender", done->sender},
                               {"sequence", done->sequence},
                               {"accepted", done->accepted},
                               {"rejected", done->rejected}}
                              .dump());
}

}  // namespace meterway::portal
