#pragma once
#include <filesystem>
#include <string>

#include "base/util/result.h"

namespace meterway::apps {

/// Another process of the bench, which makes the reports of a folder that has been filled.
struct ReportsReading {
  std::filesystem::path store;  ///< the store's file
  std::filesystem::path into;   ///< a folder: each report in each format, and seen.json
  std::string way;              ///< "each": a pass over the events for each report; "shared": one for all, as a node
                                ///< does; "beside": shared, while a writer goes on with the next month; "sqlite":
                                ///< shared, by the other back end
};
/// The exit status.
int read_reports(const ReportsReading& reading);

}  // namespace meterway::apps
