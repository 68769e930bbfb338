#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/util/result.h"

namespace meterway::apps {

/// Another run of this executable (/proc/self/exe): keys that the platform may not hold are made and used by processes
/// of their own.
class ChildProcess {
 public:
  /// Starts `meterway <arguments>` with the standard streams of this process; with `quiet` its standard output is
  /// dropped, with `output` it goes to that file. Errors: Io.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, bool quiet = false,
                                    const std::string& output = {});
  ChildProcess(ChildProcess&& other) noexcept : pid_(other.pid_) { other.pid_ = -1; }
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  /// Asks it to end (SIGTERM), and after ten seconds ends it.
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  /// False once it has ended.
  bool running();
  /// Waits for its end; its exit status, or 128 and the signal that ended it.
  int wait();
  /// As the destructor; the exit status.
  int stop(std::chrono::milliseconds patience = std::chrono::seconds(10));

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
  int status_ = 0;
};

/// Called first in main: a process that ChildProcess started is asked to end (SIGTERM) when its parent ends, however
/// that comes about.
void end_with_parent();

/// Runs it and waits for its end. Errors: Io.
Result<int> run_self(const std::vector<std::string>& arguments);

/// Blocks SIGINT and SIGTERM in this thread and in those it starts; call before the first thread.
void hold_stop_signals();
/// From now on they end the process at once.
void release_stop_signals();
/// Waits until one of them comes, or `patience` has passed (false).
bool wait_for_stop(std::chrono::milliseconds patience);

}  // namespace meterway::apps
