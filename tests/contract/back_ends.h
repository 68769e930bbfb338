#pragma once
#include "records/store/log_store.h"

/// Every back end of the storage contract, for the suites of this folder. A new one adds a row.
namespace meterway::store {

struct BackEnd {
  const char* name;
  Result<std::unique_ptr<Store>> (*open)(const std::string& path, Disk& disk);
};

inline Result<std::unique_ptr<Store>> open_log(const std::string& path, Disk& disk) {
  return open_log_store(path, {}, disk);
}
/// So little memory that every few writes are a checkpoint and a new segment.
inline Result<std::unique_ptr<Store>> open_small_log(const std::string& path, Disk& disk) {
  LogOptions options;
  options.checkpoint_bytes = 2000;
  options.most_bytes = 20000;
  options.allocate_bytes = 4096;
  return open_log_store(path, options, disk);
}

inline const BackEnd kBackEnds[] = {{"Sqlite", open_sqlite}, {"Log", open_log}, {"SmallLog", open_small_log}};

}  // namespace meterway::store
