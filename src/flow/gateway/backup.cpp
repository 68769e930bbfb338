#include "flow/gateway/backup.h"

#include <nlohmann/json.hpp>

#include "flow/gateway/access.h"

namespace meterway::flow::gateway {
namespace {

using nlohmann::json;

net::HttpResponse answer(int status, const json& body) {
  net::HttpResponse out{status,
                        {{"content-type", status < 300 ? "application/json" : "application/problem+json"}},
                        body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
  if (status == 503) out.headers["retry-after"] = "1";
  if (status == 405) out.headers["allow"] = "POST";
  return out;
}

net::HttpResponse problem(int status, const std::string& title, const std::string& detail) {
  return answer(status, {{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
}

/// "store-20260601T000000123456Z.db"
std::string file_name(UtcTime now) {
  std::string name = "store-";
  for (const char c : to_iso8601(now, 6)) {
    if (c != '-' && c != ':' && c != '.') name += c;
  }
  return name + ".db";
}

}  // namespace

net::HttpResponse make_backup(const net::HttpRequest& http, const std::filesystem::path& folder,
                              const Context& context) {
  if (http.method != "POST") return problem(405, "a back-up is asked for with POST", http.method);
  const auto caller = who_calls(http, context);
  if (!caller) return problem(503, "the caller cannot be looked up now", describe(caller.error()));
  if (!caller->is_operator()) return problem(403, "back-ups are made for the operator", caller->name());
  std::error_code error;
  if (std::filesystem::create_directories(folder, error))
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) return problem(503, "the back-up cannot be written", folder.string() + ": " + error.message());
  const auto name = file_name(context.clock.now());
  if (const auto done = context.store.backup((folder / name).string()); !done)
    return problem(503, "the back-up cannot be written", describe(done.error()));
  return answer(201, {{"file", name}});
}

}  // namespace meterway::flow::gateway
