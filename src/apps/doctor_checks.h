#pragma once
#include <sys/types.h>

#include <cstdint>

#include "apps/doctor_report.h"
#include "apps/world.h"
#include "base/util/clock.h"

/// What `meterway doctor` looks at in the place where a node lives, without a running platform. Nothing is changed.
namespace meterway::apps {

/// Counters and dates of certificates depend on it.
Findings check_clock(UtcTime now);
Findings check_crypto();
/// The data folder and its parts belong to `account`, who the doctor is run by.
Findings check_owner(const DataFolder& data, uid_t account);
/// Key files that others can read.
Findings check_keys(const DataFolder& data);
/// The folder can be written, and `least_mb` are free.
Findings check_disk(const DataFolder& data, std::uint64_t least_mb);
/// Connections are files.
Findings check_open_files(std::uint64_t most);
/// The store's version; it is not opened.
Findings check_store(const DataFolder& data);
/// config.json is what serve would take.
Findings check_settings(const DataFolder& data);
/// The XML-signing certificate of the DCC with its key.
Findings check_signer(const DataFolder& data, const World& world, UtcTime now);
/// Certificates for TLS: none is past its date, nor will be within a month.
Findings check_tls(const DataFolder& data, UtcTime now);

}  // namespace meterway::apps
