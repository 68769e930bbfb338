#pragma once
#include <sys/types.h>

#include <memory>
#include <optional>

#include "apps/process.h"
#include "apps/world.h"

namespace meterway::apps {

/// A node for a bench: as many homes as there are lanes of load, each process on ports of chance. Its processes end and
/// its folder goes with it.
class BenchNode {
 public:
  /// In `folder`, which is made when nothing is there; empty: in a temporary one. Errors: Io.
  static Result<std::unique_ptr<BenchNode>> open(const std::filesystem::path& folder, std::size_t homes);
  ~BenchNode();

  /// `settings`: a JSON object, as of --config. Returns when it is ready. Errors: Io, Timeout.
  Status start_platform(const std::string& settings);
  /// Homes kept in `folder`; more arguments of `meterway estate`. Errors: Io.
  Result<ChildProcess> start_estate(const std::filesystem::path& folder,
                                    const std::vector<std::string>& arguments = {}) const;

  const DataFolder& data() const { return data_; }
  bool is_temporary() const { return temporary_; }
  const World& world() const { return world_; }
  pid_t platform() const { return platform_->pid(); }

 private:
  BenchNode() = default;
  Status make(std::size_t homes);

  DataFolder data_;
  bool temporary_ = false;
  World world_;
  std::optional<ChildProcess> platform_;
};

/// Runs this executable quietly. Errors: Io when it did not end well.
Status must_run(const std::vector<std::string>& arguments);
/// Processor time of a process so far, microseconds.
double cpu_us(pid_t process);

}  // namespace meterway::apps
