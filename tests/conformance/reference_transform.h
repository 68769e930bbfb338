#pragma once
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "flow/transform/transform.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/protect.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::tests {

using flow::transform::Context;

/// The rows of a tab-separated file under the names of its columns; lines that start with # are comments.
using Row = std::map<std::string, std::string>;
inline std::vector<Row> rows_of(const std::filesystem::path& file) {
  std::vector<Row> rows;
  std::vector<std::string> names;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells;
    std::istringstream words(line);
    for (std::string cell; std::getline(words, cell, '\t');) cells.push_back(cell);
    if (names.empty()) {
      names = cells;
      continue;
    }
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < cells.size() && i < names.size(); ++i) row[names[i]] = cells[i];
  }
  return rows;
}

/// What the reference data was made with: its clock, its keys, its devices, and an ACB with the counter of each case.
class Reference {
 public:
  Reference() : keys_(pki::open_key_folder(reference_path() / "keystore" / "rtds").value()) {
    for (const auto& row : rows_of(reference_path() / "inventory.tsv")) {
      const auto type = parse_device_type(row.at("type"));
      if (type) types_[Eui64::parse(row.at("eui")).value()] = *type;
    }
  }

  /// Empty when our message is that of the reference: every byte of the signed part but the signature, and the MAC
  /// where no signature enters it. Otherwise the difference in words. `correct` may change what the case was made with.
  using Correct = std::function<void(const gbcs::Message& wanted, duis::Request&, Context&)>;
  std::string difference(const Row& row, const Correct& correct = {}) const {
    const auto text = read_text_file(reference_path() / "duis" / row.at("duis"));
    auto request = duis::read_request(text.value());
    if (!request) return "request: " + request.error().element + " " + request.error().rule;
    auto want = wanted(row);
    auto with = context(row, *request);
    if (correct) correct(want, *request, with);
    auto made = flow::transform::transform(*request, with);
    if (!made) return describe(made.error());
    const bool was_signed = want.signature_field == gbcs::SignatureField::Present;
    want.signature_field = gbcs::SignatureField::Empty;
    if (gbcs::write_signed_part(made->message) != gbcs::write_signed_part(want)) return "bytes differ";
    if (!want.mac || was_signed) return "";
    const auto* own = keys_->private_key(kBroker, pki::KeyUse::KeyAgreement);
    const auto* device = keys_->public_key(want.header.target, pki::KeyUse::KeyAgreement);
    if (!gbcs::add_mac(made->message, *own, *device)) return "no MAC";
    return made->message.mac == want.mac ? "" : "MAC differs";
  }

  static bool has_both(const Row& row) {
    return row.at("duis") != "-" && row.at(row.at("cv") == "4" ? "precommand" : "command") != "-";
  }

 private:
  static constexpr Eui64 kBroker{0x90b3d51f30000002};

  Context context(const Row& row, const duis::Request& request) const {
    Context context;
    context.now = from_iso8601("2015-01-01T00:00:00Z").value();
    context.access_control_broker = kBroker;
    context.transitional_cos = Eui64(0x90B3D51F30000004);
    if (const auto type = types_.find(request.id.target); type != types_.end()) context.target_type = type->second;
    if (row.at("also") != "-") context.use_case = row.at("use_case");
    context.cin = "1234";
    // Where the user is the originator this counter must not be seen.
    context.dcc_counter = OriginatorCounter{row.at("match") == "direct" ? 4242 : std::stoull(row.at("counter"))};
    context.keys = keys_.get();
    return context;
  }

  static gbcs::Message wanted(const Row& row) {
    const auto& files = row.at("cv") == "4" ? row.at("precommand") : row.at("command");
    const auto text = read_text_file(reference_path() / "hex" / files.substr(0, files.find(';')));
    return gbcs::read_message(from_hex(text.value()).value()).value();
  }

  std::unique_ptr<pki::KeyStore> keys_;
  std::map<Eui64, DeviceType> types_;
};

}  // namespace meterway::tests
