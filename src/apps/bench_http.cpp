#include "apps/bench_http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace meterway::apps {
namespace {

sockaddr_in address_of(const std::string& address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &out.sin_addr);
  return out;
}

/// The number after "Content-Length:", 0 when there is none.
std::size_t content_length(std::string_view head) {
  static constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t at = 0; at + kName.size() < head.size(); ++at) {
    if (::strncasecmp(head.data() + at, kName.data(), kName.size()) == 0)
      return static_cast<std::size_t>(std::strtoul(head.data() + at + kName.size(), nullptr, 10));
  }
  return 0;
}

}  // namespace

Wire::~Wire() {
  if (fd_ >= 0) ::close(fd_);
}

bool Wire::send(std::string_view bytes) {
  out_.append(bytes);
  return flush();
}

bool Wire::flush() {
  while (sent_ < out_.size()) {
    const auto done = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (done < 0) return errno == EAGAIN;
    sent_ += static_cast<std::size_t>(done);
  }
  out_.clear();
  sent_ = 0;
  return true;
}

bool Wire::receive() {
  in_.erase(0, taken_);
  taken_ = 0;
  char buffer[16384];
  for (;;) {
    const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    in_.append(buffer, static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < sizeof buffer) return true;
  }
}

std::optional<Wire::Message> Wire::next() {
  const std::string_view in = std::string_view(in_).substr(taken_);
  const auto end = in.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto head = in.substr(0, end + 4);
  const auto size = content_length(head);
  if (in.size() < head.size() + size) return std::nullopt;
  taken_ += head.size() + size;
  return Message{head.substr(0, head.find("\r\n")), in.substr(head.size(), size)};
}

int connect_to(const std::string& address, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto peer = address_of(address, port);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
    if (fd >= 0) ::close(fd);
    return -1;
  }
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

int listen_on(const std::string& address, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const auto own = address_of(address, port);
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0 || ::listen(fd, 512) != 0) {
    if (fd >= 0) ::close(fd);
    return -1;
  }
  return fd;
}

std::uint16_t free_port(const std::string& address) {
  const int fd = listen_on(address, 0);
  sockaddr_in own{};
  socklen_t size = sizeof own;
  if (fd < 0 || ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0) return 0;
  ::close(fd);
  return ntohs(own.sin_port);
}

std::string_view text_of(std::string_view document, std::string_view name) {
  const std::string open = "<sr:" + std::string(name) + ">";
  const auto at = document.find(open);
  if (at == std::string_view::npos) return {};
  const auto rest = document.substr(at + open.size());
  return rest.substr(0, rest.find('<'));
}

}  // namespace meterway::apps
