#pragma once
#include "records/store/store.h"

/// Every back end of the storage contract, for the suites of this folder. A new one adds a row.
namespace meterway::store {

struct BackEnd {
  const char* name;
  Result<std::unique_ptr<Store>> (*open)(const std::string& path, Disk& disk);
};

inline const BackEnd kBackEnds[] = {{"Sqlite", open_sqlite}};

}  // namespace meterway::store
