#pragma once
#include <filesystem>
#include <string>

#include "apps/node_client.h"

namespace meterway::apps {

struct Imported {
  std::size_t added = 0;
  std::size_t changed = 0;
  std::size_t certificates = 0;
};

/// Reads a tab-separated table and has the platform take its devices over, `batch` of them in one write. The first line
/// names the columns: eui and type are needed; state, hub, any detail of the inventory record (UPRN, ImportMPxN, ...)
/// and responsible (entries of read_responsible, separated by semicolons) may be there. An empty cell says nothing.
/// With a folder, <eui>-ds.pem and <eui>-ka.pem of each device are added where they are there.
/// The error names the line. What was imported before it stays; a second run changes it to the same.
Result<Imported, std::string> import_devices(const NodeClient& client, const std::filesystem::path& table,
                                             const std::filesystem::path& certificates, std::size_t batch);

/// "ED:90b3d51f30020000,from=2026-01-01T00:00:00Z,until=..." as the JSON object of the API.
Result<std::string, std::string> read_responsible(std::string_view text);

}  // namespace meterway::apps
