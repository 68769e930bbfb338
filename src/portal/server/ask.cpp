#include "portal/server/ask.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/net/url.h"

namespace meterway::portal {
namespace {

using nlohmann::json;

struct Meaning {
  ErrorCode code;
  int status;
  std::string_view name, title;
};
constexpr Meaning kMeanings[] = {
    {ErrorCode::NotFound, 404, "not_found", "there is no such thing"},
    {ErrorCode::Refused, 403, "not_allowed", "this is not for the caller"},
    {ErrorCode::BadValue, 400, "invalid", "this cannot be"},
    {ErrorCode::OutOfRange, 400, "invalid", "this cannot be"},
    {ErrorCode::BadRequest, 409, "not_yet", "a rule does not allow it as things stand"},
    {ErrorCode::Conflict, 409, "conflict", "this cannot be done as things stand"},
    {ErrorCode::StaleCounter, 412, "changed_since", "it has been changed since it was read"},
    {ErrorCode::TooLarge, 413, "too_large", "this is too large"},
};

}  // namespace

std::optional<std::string> Ask::parameter(std::string_view name) const {
  const auto found = std::find_if(query.begin(), query.end(), [&](const auto& one) { return one.first == name; });
  return found == query.end() ? std::nullopt : std::optional(found->second);
}

std::string Ask::header(std::string_view name) const {
  const auto found = http.headers.find(name);
  return found == http.headers.end() ? std::string() : found->second;
}

Parameters read_query(std::string_view query) {
  Parameters out;
  for (auto part : ledger::parts(query, '&')) {
    std::string plain(part);
    std::replace(plain.begin(), plain.end(), '+', ' ');
    const auto equals = plain.find('=');
    if (equals == std::string::npos) {
      out.emplace_back(net::percent_decoded(plain), "");
    } else {
      out.emplace_back(net::percent_decoded(std::string_view(plain).substr(0, equals)),
                       net::percent_decoded(std::string_view(plain).substr(equals + 1)));
    }
  }
  return out;
}

std::optional<std::size_t> read_limit(const Ask& ask, std::size_t usual, std::size_t most) {
  const auto text = ask.parameter("limit");
  if (!text) return usual;
  const auto limit = read_number(*text);
  return limit && *limit > 0 && *limit <= most ? std::optional<std::size_t>(*limit) : std::nullopt;
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

std::string dumped(const json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace); }

net::HttpResponse json_answer(int status, std::string body) {
  return {status, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, std::move(body) + "\n"};
}

net::HttpResponse problem(int status, std::string_view name, std::string_view title, const std::string& detail,
                          const std::vector<ledger::FieldProblem>& errors) {
  json body = {
      {"type", "urn:meterway:refusal:" + std::string(name)}, {"title", title}, {"status", status}, {"detail", detail}};
  for (const auto& error : errors) {
    json item = {{"detail", error.detail}};
    if (!error.field.empty()) item["field"] = error.field;
    body["errors"].push_back(std::move(item));
  }
  net::HttpResponse out{
      status, {{"content-type", "application/problem+json"}, {"cache-control", "no-store"}}, dumped(body) + "\n"};
  if (status == 401) out.headers["www-authenticate"] = "Bearer";
  if (status == 503) out.headers["retry-after"] = "1";
  return out;
}

net::HttpResponse bad_query(const std::string& detail) {
  return problem(400, "bad_query", "the query cannot be read", detail);
}
net::HttpResponse not_found(const std::string& what) {
  return problem(404, "not_found", "there is no such thing", what);
}

net::HttpResponse failed(const Error& error) { return failed(ledger::Problem{error.code, describe(error), {}}); }

net::HttpResponse failed(const ledger::Problem& error) {
  for (const auto& meaning : kMeanings) {
    if (meaning.code == error.code)
      return problem(meaning.status, meaning.name, meaning.title, error.detail, error.fields);
  }
  return problem(503, "busy", "the store cannot do this now", error.detail);
}

}  // namespace meterway::portal
