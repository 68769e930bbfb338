#include "apps/device_import.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/user_problem.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "standard/pki/certificate.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

using nlohmann::json;
using Wrong = Unexpected<std::string>;
constexpr std::array<const char*, 2> kCertificateColumns{"signing", "agreement"};

std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = line.find(separator);
    parts.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos) return parts;
    line.remove_prefix(end + 1);
  }
}

Result<json, std::string> read_line(const std::vector<std::string>& columns, const std::vector<std::string>& cells) {
  if (cells.size() > columns.size()) return Wrong{"more cells than columns"};
  json device = json::object();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    const auto& column = columns[i];
    if (column == "eui" || column == "type" || column == "state" || column == "hub") {
      device[column] = cells[i];
    } else if (column == kCertificateColumns[0] || column == kCertificateColumns[1]) {
      const auto der = from_base64(cells[i]);
      if (!der) return Wrong{column + ": expected a certificate in base64"};
      device[column] = pki::to_pem(*der, pki::kPemCertificate);
    } else if (column == "responsible") {
      for (const auto& text : split(cells[i], ';')) {
        const auto entry = read_responsible(text);
        if (!entry) return Wrong{"responsible: " + entry.error()};
        device["responsible"].push_back(json::parse(*entry));
      }
    } else {
      device["details"][column] = cells[i];
    }
  }
  return device;
}

/// What the line itself brings has been put aside by read_line.
void add_certificates(const std::filesystem::path& folder, json& device, json& list) {
  for (const auto* column : kCertificateColumns) {
    if (!device.contains(column)) continue;
    list.push_back({{"certificate", device[column]}, {"name", device.value("eui", "") + " " + column}});
    device.erase(column);
  }
  const auto eui = Eui64::parse(device.value("eui", ""));
  if (folder.empty() || !eui) return;
  for (const auto* use : {"-ds", "-ka"}) {
    const auto name = eui->plain() + use;
    const auto text = read_text_file(folder / (name + ".pem"), pki::kMaxCertificateBytes);
    if (text) list.push_back({{"certificate", *text}, {"name", name}});
  }
}

struct Batch {
  json devices = json::array();
  json certificates = json::array();
  std::size_t first_line = 0;
};

/// "devices[3].type: ..." of a batch that began at line 7 is about line 10; certificates say their place themselves.
std::string with_line(const std::string& problem, std::size_t first_line) {
  const auto at = problem.find("devices[");
  if (at == std::string::npos) return "from line " + std::to_string(first_line) + " on: " + problem;
  const auto index = std::strtoull(problem.c_str() + at + 8, nullptr, 10);
  return "line " + std::to_string(first_line + index) + ": " + problem;
}

Result<Imported, std::string> post(const NodeClient& client, const Batch& batch) {
  const json body = {{"devices", batch.devices}, {"certificates", batch.certificates}};
  const auto answer = client.ask("POST", "/api/v1/devices", body.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!answer) return Wrong{client.url() + ": " + describe(answer.error())};
  if (answer->status != 200) return Wrong{with_line(describe_problem(*answer), batch.first_line)};
  const auto told = json::parse(answer->body, nullptr, false);
  return Imported{told.value("added", std::size_t{0}), told.value("changed", std::size_t{0}),
                  told.value("certificates", std::size_t{0})};
}

}  // namespace

Result<std::string, std::string> read_responsible(std::string_view text) {
  const auto parts = split(text, ',');
  const auto colon = parts.front().find(':');
  if (colon == std::string::npos) return Wrong{"expected ROLE:EUI[,from=TIME][,until=TIME]"};
  json entry = {{"role", parts.front().substr(0, colon)}, {"user", parts.front().substr(colon + 1)}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    const auto key = parts[i].substr(0, equals);
    if (equals == std::string::npos || (key != "from" && key != "until")) return Wrong{"expected from= or until="};
    entry[key] = parts[i].substr(equals + 1);
  }
  return entry.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Imported, std::string> import_devices(const NodeClient& client, const std::filesystem::path& table,
                                             const std::filesystem::path& certificates, std::size_t batch_size) {
  std::ifstream in(table);
  std::string line;
  if (!in || !std::getline(in, line)) return Wrong{table.string() + ": cannot be read"};
  const auto columns = split(line, '\t');
  Imported all;
  Batch batch;
  const auto flush = [&]() -> Result<Imported, std::string> {
    auto done = batch.devices.empty() ? Result<Imported, std::string>(Imported{}) : post(client, batch);
    batch = {};
    if (!done) return done;
    all.added += done->added;
    all.changed += done->changed;
    all.certificates += done->certificates;
    return all;
  };
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    auto device = read_line(columns, split(line, '\t'));
    if (!device) return Wrong{"line " + std::to_string(number) + ": " + device.error()};
    if (line.empty()) return Wrong{"line " + std::to_string(number) + ": empty"};
    if (batch.devices.empty()) batch.first_line = number;
    add_certificates(certificates, *device, batch.certificates);
    batch.devices.push_back(std::move(*device));
    if (batch.devices.size() < batch_size) continue;
    if (auto done = flush(); !done) return done;
  }
  return flush();
}

}  // namespace meterway::apps
