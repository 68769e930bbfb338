#include "apps/user_inbox.h"

#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "base/util/disk.h"
#include "base/util/gzip.h"

namespace meterway::apps {
namespace {

net::HttpResponse say(int status, std::string text) {
  return {status, {{"content-type", "text/plain"}}, std::move(text) + "\n"};
}

constexpr const char* kRefused = "refused";
constexpr std::size_t kMostBytes = 1u << 20;

/// Content and name are on disk when this returns success.
Status write_durably(const std::string& folder, const std::string& name, std::string_view content) {
  auto& disk = system_disk();
  METERWAY_TRY(const auto file, disk.open(folder + "/" + name, Disk::Open::MayCreate));
  METERWAY_CHECK(file->write_at(0, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}));
  METERWAY_CHECK(file->sync());
  return disk.sync_folder(folder);
}

bool is_xml(const net::HttpRequest& request) {
  const auto type = request.headers.find("content-type");
  return type != request.headers.end() && type->second.substr(0, type->second.find(';')) == "application/xml";
}

/// The document as it was before it was compressed.
Result<std::string> plain_body(const net::HttpRequest& request) {
  const auto coding = request.headers.find("content-encoding");
  if (coding == request.headers.end() || coding->second == "identity") return request.body;
  if (coding->second != "gzip") return fail(ErrorCode::Unsupported, 0, "content coding");
  return gunzip(request.body, kMostBytes);
}

}  // namespace

Inbox::Inbox(const UserKeys& keys, const World& world, std::string folder, Seen seen)
    : keys_(keys),
      world_(world),
      path_(world.user(keys.user()) != nullptr ? world.user(keys.user())->push_path : "/smartdcc/duis"),
      folder_(std::move(folder)),
      seen_(std::move(seen)) {}

Result<std::unique_ptr<Inbox>> Inbox::open(const UserKeys& keys, const World& world, std::uint16_t port,
                                           std::string folder, Seen seen, net::TlsContext tls,
                                           InboxBehaviour behaviour) {
  std::unique_ptr<Inbox> inbox(new Inbox(keys, world, std::move(folder), std::move(seen)));
  inbox->behaviour_ = behaviour;
  if (!inbox->folder_.empty()) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(inbox->folder_) / kRefused, error);
    if (error) return fail(ErrorCode::Io, 0, "folder of the inbox");
  }
  net::ServerLimits limits;
  limits.body_bytes = kMostBytes;
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
  std::this_thread::sleep_for(behaviour_.delay);
  if (behaviour_.fail_every != 0 && ++pushes_ % behaviour_.fail_every == 0) return say(500, "failing, as told to");
  const auto body = plain_body(request);
  if (!body) return say(body.error().code == ErrorCode::Unsupported ? 415 : 400, describe(body.error()));
  const auto answer = read_answer(*body, keys_);
  if (!answer) return refuse(*body, answer.error());
  std::optional<Result<Opened>> opened;
  if (!answer->payload.empty() && answer->carrier != "PreCommand")
    opened = open_payload(answer->payload, keys_, world_, answer->request_id);
  if (opened && !*opened) {
    keep(*answer, &*opened);
    return refuse(*body, opened->error());
  }
  if (!folder_.empty()) {
    if (const auto written = write_durably(folder_, new_name() + ".xml", *body); !written)
      return say(503, describe(written.error()));
  }
  keep(*answer, opened ? &*opened : nullptr);
  return {204, {}, ""};
}

net::HttpResponse Inbox::refuse(const std::string& body, const Error& why) {
  const auto text = describe(why);
  if (!folder_.empty()) {
    const auto folder = (std::filesystem::path(folder_) / kRefused).string();
    const auto name = new_name();
    if (!write_durably(folder, name + ".xml", body) || !write_durably(folder, name + ".txt", text + "\n"))
      return say(503, "it is wrong, and cannot be recorded: " + text);
  }
  return say(400, text);
}

std::string Inbox::new_name() { return fmt::format("{}-{:06}", to_iso8601(SystemClock().now()), ++number_); }

void Inbox::keep(const Answer& answer, const Result<Opened>* opened) {
  const std::scoped_lock lock(mutex_);
  if (seen_) seen_(answer, opened);
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
