#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// As much of HTTP/1.1 as a load generator needs: whole messages with a Content-Length over sockets that do not wait.
namespace meterway::apps {

/// One connection; reads and writes what the socket takes.
class Wire {
 public:
  explicit Wire(int fd) : fd_(fd) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  int fd() const { return fd_; }
  /// What does not fit goes out with flush(). False when the connection is broken.
  bool send(std::string_view bytes);
  bool flush();
  bool waits_to_send() const { return sent_ < out_.size(); }
  /// Takes in what there is. False at the end of the connection.
  bool receive();
  /// The next whole message: its first line and body, valid until the next call of receive().
  struct Message {
    std::string_view first_line;
    std::string_view body;
  };
  std::optional<Message> next();

 private:
  int fd_;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  std::size_t taken_ = 0;
};

/// A connection that does not wait, or -1.
int connect_to(const std::string& address, std::uint16_t port);
/// A port that was free a moment ago.
std::uint16_t free_port(const std::string& address);
/// A listening socket, or -1.
int listen_on(const std::string& address, std::uint16_t port);
/// The text of the first <sr:name> in a document without white space; empty when there is none.
std::string_view text_of(std::string_view document, std::string_view name);

}  // namespace meterway::apps
