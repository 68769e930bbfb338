#pragma once
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "base/util/result.h"

namespace meterway::flow::tracing {

/// A file of an archive. Times are to two seconds, as ZIP has them.
struct ArchivedFile {
  std::string name;
  std::string content;
  UtcTime at{};
};

/// A ZIP archive in memory: the same files give the same bytes, whatever the clock and the time zone. Errors: Io.
Result<std::string> write_zip(const std::vector<ArchivedFile>& files);

}  // namespace meterway::flow::tracing
