#pragma once
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "base/util/file.h"
#include "oversight/registration/service_flags.h"

/// Files of registration data for tests.
namespace meterway::registration {

inline const char* const kPoints[] = {"1200023305967", "2000050773706"};
inline const char* const kGasPoint = "1000000001";

inline UtcTime at(const char* text) { return *from_iso8601(text); }

/// An electricity file of these records. `sequence` and count come right unless the text is changed.
inline std::string electricity_file(std::uint64_t sequence, const std::vector<std::string>& records, bool full = false,
                                    const std::string& sender = "RDPE") {
  const auto id = sender + "-" + std::to_string(sequence);
  std::string out = "ZHV|" + id + "|" + (full ? "MWREF001" : "MWUPD001") + "|" + sender + "|DCC|20261120060000|" +
                    std::to_string(sequence) + "|\r\n";
  for (const auto& one : records) out += one + "\r\n";
  return out + "ZPT|" + id + "|" + std::to_string(records.size()) + "|\r\n";
}
inline std::string gas_file(std::uint64_t sequence, const std::vector<std::string>& records, bool full = false) {
  std::string out = "\"A00\",1000000007,\"" + std::string(full ? "RF1" : "UP1") + "\",20261120,060000," +
                    std::to_string(sequence) + "\r\n";
  for (const auto& one : records) out += one + "\r\n";
  return out + "\"Z99\"," + std::to_string(records.size()) + "\r\n";
}
inline std::string css_message(std::uint64_t sequence, const std::string& records) {
  return R"({"format":"meterway-css-1","kind":"update","sender":"CSS","sequence":)" + std::to_string(sequence) +
         R"(,"records":[)" + records + "]}";
}

}  // namespace meterway::registration
