#pragma once
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/util/result.h"

namespace meterway::field {

/// How a running estate is told what to do from another process of the same user: a socket in its folder (mode 0600).
/// One line in, one answer, end.
class ControlServer {
 public:
  using Answer = std::function<std::string(const std::string& line)>;
  /// `answer` is called on the server's thread. A socket that a dead process left is replaced.
  /// Errors: TooLarge when the path does not fit a socket address; Io.
  static Result<std::unique_ptr<ControlServer>> open(const std::filesystem::path& path, Answer answer);
  ~ControlServer();

 private:
  ControlServer(std::filesystem::path path, int socket, Answer answer);
  void run();
  void serve(int client);

  std::filesystem::path path_;
  int socket_;
  Answer answer_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// Asks the estate that listens there. Errors: NotFound (nobody does), Io, Timeout.
Result<std::string> ask_control(const std::filesystem::path& path, const std::string& line);

}  // namespace meterway::field
