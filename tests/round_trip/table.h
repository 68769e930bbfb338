#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "standard/duis/services.h"
#include "tests/reference/table.h"

/// The trips of trips.tsv, whose heading explains the columns.
namespace meterway::round_trip {

/// Text between separators, blanks around it taken off; nothing for "-" and "".
inline std::vector<std::string> split(const std::string& text, std::string_view separator) {
  std::vector<std::string> out;
  if (text.empty() || text == "-") return out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(separator, from), text.size());
    auto part = text.substr(from, end - from);
    const auto first = part.find_first_not_of(' ');
    const auto last = part.find_last_not_of(' ');
    if (first != std::string::npos) out.push_back(part.substr(first, last - first + 1));
    from = end + separator.size();
  }
  return out;
}

struct Trip {
  std::string name;
  const duis::Service* service = nullptr;
  std::string user, device, home;
  std::string only;                 ///< command variants; empty: all that the service permits
  std::vector<std::string> before;  ///< names of trips
  std::string date;                 ///< seconds from now, "never", or nothing
  std::vector<std::string> body;    ///< path=value, or one "@file"
  std::string answer;
  std::vector<std::string> tells;
  std::string read;  ///< name of a trip, or "memory" of the device
  std::vector<std::string> shows;
  bool shows_before = false;  ///< the facts need not be false before
  std::string open;           ///< why it fails, when it does
};

inline std::vector<Trip> read_trips() {
  std::vector<Trip> out;
  for (auto& row : tests::read_table(std::filesystem::path(METERWAY_SOURCE_DIR) / "tests/round_trip/trips.tsv")) {
    Trip trip;
    trip.name = row["trip"];
    trip.service = duis::find_service(row["service"]);
    EXPECT_NE(trip.service, nullptr) << trip.name;
    if (trip.service == nullptr) continue;
    trip.user = row["user"];
    trip.device = row["device"];
    trip.home = row["home"];
    trip.only = row["cv"] == "all" ? "" : row["cv"];
    trip.before = split(row["before"], ";");
    trip.date = row["date"] == "-" ? "" : row["date"];
    trip.body = split(row["body"], " ; ");
    trip.answer = row["answer"];
    trip.tells = split(row["tells"], " ; ");
    trip.read = row["read"] == "-" ? "" : row["read"];
    trip.shows_before = trip.read.starts_with("=");
    if (trip.shows_before) trip.read.erase(0, 1);
    trip.shows = split(row["shows"], " ; ");
    trip.open = row["open"] == "-" ? "" : row["open"];
    out.push_back(std::move(trip));
  }
  return out;
}

/// How a trip is made: by the command variant that ends it (4 comes before 5, 6 and 7).
inline std::vector<CommandVariant> ways_of(const Trip& trip) {
  std::vector<CommandVariant> out;
  for (int cv = 1; cv <= 8; ++cv) {
    const auto variant = static_cast<CommandVariant>(cv);
    if (!trip.service->permits(variant) || variant == CommandVariant::Transform) continue;
    if (!trip.only.empty() && trip.only.find(static_cast<char>('0' + cv)) == std::string::npos) continue;
    out.push_back(variant);
  }
  return out;
}

}  // namespace meterway::round_trip
