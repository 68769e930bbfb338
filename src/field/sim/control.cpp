#include "field/sim/control.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace meterway::field {
namespace {

constexpr std::size_t kMostLine = 256u << 10;  // a command of 64 KiB in hexadecimal
constexpr std::size_t kMostAnswer = 1u << 20;
constexpr int kLookAgainMs = 200;     // how soon the server notices that it is to end
constexpr int kMostSilenceMs = 2000;  // of a client that does not finish its line
constexpr int kMostWaitMs = 120000;   // for an answer

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& text = path.native();
  if (text.size() >= sizeof address.sun_path) return fail(ErrorCode::TooLarge, text.size(), "path of a socket");
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  return address;
}

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool readable(int socket, int wait_ms) {
  pollfd one{socket, POLLIN, 0};
  return ::poll(&one, 1, wait_ms) > 0;
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::open(const std::filesystem::path& path, Answer answer) {
  METERWAY_TRY(const auto address, address_of(path));
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail(ErrorCode::Io, 0, "control socket");
  const auto before = ::umask(0177);
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(before);
  if (!bound || ::listen(socket, 8) != 0) {
    ::close(socket);
    return fail(ErrorCode::Io, 0, "control socket");
  }
  return std::unique_ptr<ControlServer>(new ControlServer(path, socket, std::move(answer)));
}

ControlServer::ControlServer(std::filesystem::path path, int socket, Answer answer)
    : path_(std::move(path)), socket_(socket), answer_(std::move(answer)), thread_([this] { run(); }) {}

ControlServer::~ControlServer() {
  stop_ = true;
  thread_.join();
  ::close(socket_);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void ControlServer::run() {
  while (!stop_) {
    if (!readable(socket_, kLookAgainMs)) continue;
    const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    serve(client);
    ::close(client);
  }
}

void ControlServer::serve(int client) {
  std::string line;
  char part[512];
  while (line.find('\n') == std::string::npos) {
    if (line.size() > kMostLine || !readable(client, kMostSilenceMs)) return;
    const auto got = ::recv(client, part, sizeof part, 0);
    if (got <= 0) return;
    line.append(part, static_cast<std::size_t>(got));
  }
  line.resize(line.find('\n'));
  send_all(client, answer_(line));
}

Result<std::string> ask_control(const std::filesystem::path& path, const std::string& line) {
  METERWAY_TRY(const auto address, address_of(path));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail(ErrorCode::Io, 0, "control socket");
  const struct Close {
    int file;
    ~Close() { ::close(file); }
  } close{socket};
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(ErrorCode::NotFound, 0, "a running estate in this folder");
  if (!send_all(socket, line + "\n")) return fail(ErrorCode::Io, 0, "control socket");
  std::string answer;
  char part[4096];
  for (;;) {
    if (answer.size() > kMostAnswer) return fail(ErrorCode::TooLarge, 0, "answer of the estate");
    if (!readable(socket, kMostWaitMs)) return fail(ErrorCode::Timeout, 0, "answer of the estate");
    const auto got = ::recv(socket, part, sizeof part, 0);
    if (got <= 0) break;
    answer.append(part, static_cast<std::size_t>(got));
  }
  if (answer.empty()) return fail(ErrorCode::Io, 0, "answer of the estate");
  return answer;
}

}  // namespace meterway::field
