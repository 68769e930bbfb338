#include "apps/user_inbox.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/util/file.h"

namespace meterway::apps {
namespace {

net::HttpResponse say(int status, std::string text) {
  return {status, {{"content-type", "text/plain"}}, std::move(text) + "\n"};
}

bool is_xml(const net::HttpRequest& request) {
  const auto type = request.headers.find("content-type");
  return type != request.headers.end() && type->second.substr(0, type->second.find(';')) == "application/xml";
}

}  // namespace

Inbox::Inbox(const UserKeys& keys, const World& world, std::string folder, Seen seen)
    : keys_(keys),
      broker_(world.access_control_broker),
      path_(world.user(keys.user()) != nullptr ? world.user(keys.user())->push_path : "/smartdcc/duis"),
      folder_(std::move(folder)),
      seen_(std::move(seen)) {}

Result<std::unique_ptr<Inbox>> Inbox::open(const UserKeys& keys, const World& world, std::uint16_t port,
                                           std::string folder, Seen seen, net::TlsContext tls) {
  std::unique_ptr<Inbox> inbox(new Inbox(keys, world, std::move(folder), std::move(seen)));
  net::ServerLimits limits;
  limits.body_bytes = 1u << 20;
  limits.workers = 2;
  METERWAY_TRY(
      inbox->server_,
      net::serve_http(
          world.address, port, [raw = inbox.get()](const net::HttpRequest& request) { return raw->handle(request); },
          limits, std::move(tls)));
  return inbox;
}

net::HttpResponse Inbox::handle(const net::HttpRequest& request) {
  if (request.path.starts_with("/inbox/")) return request.method == "GET" ? give(request) : say(405, "GET only");
  if (request.path != path_) return say(404, "no such path; pushes go to " + path_);
  if (request.method != "POST") return say(405, "POST only");
  if (!is_xml(request)) return say(404, "only application/xml is taken");
  return take(request);
}

net::HttpResponse Inbox::take(const net::HttpRequest& request) {
  const auto answer = read_answer(request.body, keys_);
  if (!answer) return say(400, describe(answer.error()));
  if (answer->payload.empty() || answer->carrier == "PreCommand") {
    keep(*answer, nullptr);
    return {204, {}, ""};
  }
  const auto opened = open_payload(answer->payload, keys_, broker_, answer->request_id);
  keep(*answer, &opened);
  if (!opened) return say(400, describe(opened.error()));
  return {204, {}, ""};
}

void Inbox::keep(const Answer& answer, const Result<Opened>* opened) {
  const std::scoped_lock lock(mutex_);
  if (seen_) seen_(answer, opened);
  if (!folder_.empty()) {
    const auto name = fmt::format("{}-{:06}.xml", to_iso8601(SystemClock().now()), ++number_);
    static_cast<void>(write_text_file(std::filesystem::path(folder_) / name, answer.xml));
  }
  if (!answer.request_id || (opened != nullptr && !*opened)) return;
  if (kept_.size() >= kKept) kept_.erase(kept_.begin());
  kept_.emplace(*answer.request_id, answer.xml);
  arrived_.notify_all();
}

net::HttpResponse Inbox::give(const net::HttpRequest& request) const {
  const auto id = RequestId::parse(std::string_view(request.path).substr(std::string_view("/inbox/").size()));
  if (!id) return say(400, describe(id.error()));
  const std::size_t n =
      request.query.starts_with("n=") ? static_cast<std::size_t>(std::atoi(request.query.c_str() + 2)) : 0;
  const std::scoped_lock lock(mutex_);
  if (kept_.count(*id) <= n) return say(404, "nothing yet");
  return {200,
          {{"content-type", "application/xml"}},
          std::next(kept_.lower_bound(*id), static_cast<std::ptrdiff_t>(n))->second};
}

Result<std::string> Inbox::wait(const RequestId& id, std::size_t n, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, patience, [&] { return kept_.count(id) > n; }))
    return fail(ErrorCode::Timeout, 0, "answer of the device");
  return std::next(kept_.lower_bound(id), static_cast<std::ptrdiff_t>(n))->second;
}

}  // namespace meterway::apps
