#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "flow/transform/payload.h"
#include "standard/duis/request.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/message.h"
#include "standard/gbcs/use_cases.h"
#include "standard/pki/key_store.h"
#include "tests/support/reference.h"

namespace meterway::flow::transform {
namespace {

/// The clock and the customer identification number of the reference data.
constexpr std::string_view kClock = "2015-01-01T00:00:00Z";
constexpr std::string_view kCin = "1234";

/// Cases whose reference command was not made from their reference request: no rule leads from one to the other.
const std::map<std::string, std::string> kDisagreeing = {
    {"GCS09_3.2_SUCCESS", "restriction date 2016-11-22T02:46:56Z, requested 2015-02-01"},
    {"GCS15c_4.4.3_SUCCESS", "period 2015-01-01T00:00:01Z to 2016-01-01T00:00:01Z, requested 2014-12-01 to 2015-11-01"},
    {"GCS61_4.17_SUCCESS", "log read from 2014-12-22, requested from 2014-12-10"},
    {"GCS59_8.12.2_SUCCESS", "the device log restored is state of the DCC, not of the request"},
    {"CS02bACBByACB_8.5_SUCCESS", "a signing certificate offered as the key agreement certificate"},
    {"CS03CCritical_8.7.1_SUCCESS", "an earlier certificate of the partner than the one its key store holds"},
    {"CS03CNonCritical_8.7.2_SUCCESS", "the certificate of another device than the partner named"},
};

/// The certificates in these requests were renewed (valid from 2025), the commands carry former ones which the key
/// store does not hold. Everything but the certificates must agree, and their number, order and cells.
bool has_renewed_certificates(std::string_view name) {
  return (name.starts_with("CS02b") || name.starts_with("CS02g")) && name.find("6.15.1") != name.npos;
}

/// SEQUENCE of a SEQUENCE that starts with [0] version: nothing else in these contents looks so.
bool is_certificate(const gbcs::asn1::Node& node) {
  return node.items.size() == 3 && !node.items[0].items.empty() && node.items[0].items[0].tag == 0xA0;
}

Bytes without_certificates(gbcs::asn1::Node node) {
  std::vector<gbcs::asn1::Node*> left{&node};
  while (!left.empty()) {
    auto* at = left.back();
    left.pop_back();
    if (is_certificate(*at)) {
      *at = gbcs::asn1::Node{};
      continue;
    }
    for (auto& item : at->items) left.push_back(&item);
  }
  return gbcs::asn1::write(node);
}

bool agree(std::string_view name, const Bytes& built, const Bytes& wanted) {
  if (!has_renewed_certificates(name)) return built == wanted;
  const auto ours = gbcs::asn1::read(built), theirs = gbcs::asn1::read(wanted);
  return ours && theirs && built != wanted && without_certificates(*ours) == without_certificates(*theirs);
}

std::vector<std::map<std::string, std::string>> manifest() {
  std::ifstream in(tests::reference_path() / "manifest.tsv");
  std::vector<std::string> columns;
  std::vector<std::map<std::string, std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> cells;
    std::istringstream split(line);
    for (std::string cell; std::getline(split, cell, '\t');) cells.push_back(cell);
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    for (std::size_t i = 0; i < cells.size() && i < columns.size(); ++i) {
      if (i == 0) rows.emplace_back();
      rows.back()[columns[i]] = cells[i];
    }
  }
  return rows;
}

/// Device types of the reference devices by the last digits of their identifiers; the others are not in its inventory.
DeviceType type_of(Eui64 device) {
  constexpr DeviceType kTypes[] = {DeviceType::ESME,  DeviceType::GSME,   DeviceType::CHF, DeviceType::GPF,
                                   DeviceType::PPMID, DeviceType::HCALCS, DeviceType::SAPC};
  const auto at = device.value() - 0x00DB1234567890A0;
  return at < std::size(kTypes) ? kTypes[at] : DeviceType::Unknown;
}

Result<Bytes> build(const gbcs::Message& message, const duis::Request& request, const pki::KeyStore& keys) {
  const auto* row = gbcs::find_use_case(message.header.code);
  if (row == nullptr) return fail(ErrorCode::UnknownCode);
  const PayloadInput input{request.body,
                           request.service_reference_variant,
                           row->use_case,
                           message.header.code,
                           message.header.originator,
                           message.header.target,
                           message.header.counter,
                           request.id.originator,
                           request.id.counter,
                           *from_iso8601(kClock),
                           kCin,
                           &keys,
                           type_of(message.header.target),
                           DeviceType::Unknown};
  return row->payload == gbcs::PayloadKind::Gbz ? build_gbz(input) : build_asn1(input);
}

TEST(ReferenceContents, OfGbzAndAsn1CommandsFollowFromTheirRequests) {
  METERWAY_NEEDS_REFERENCE();
  const auto root = tests::reference_path();
  const auto keys = pki::open_key_folder(root / "keystore" / "rtds");
  ASSERT_TRUE(keys);
  std::size_t tried = 0, equal = 0;
  for (auto row : manifest()) {
    const auto& file = row["cv"] == "4" ? row["precommand"] : row["command"];
    if (row["duis"] == "-" || file == "-") continue;
    const auto message = gbcs::read_message(*from_hex(*read_text_file(root / "hex" / file.substr(0, file.find(';')))));
    ASSERT_TRUE(message) << row["case"];
    const auto* use_case = gbcs::find_use_case(message->header.code);
    ASSERT_NE(use_case, nullptr) << row["case"];
    if (use_case->payload != gbcs::PayloadKind::Gbz && use_case->payload != gbcs::PayloadKind::Asn1) continue;
    const auto request = duis::read_request(*read_text_file(root / "duis" / row["duis"]));
    ASSERT_TRUE(request) << row["case"] << ": " << request.error().element << ": " << request.error().rule;
    ++tried;
    const auto built = build(*message, *request, **keys);
    const bool same = built && agree(row["case"], *built, message->content);
    equal += same ? 1 : 0;
    const auto excused = kDisagreeing.find(row["case"]);
    if (excused != kDisagreeing.end()) {
      EXPECT_FALSE(same) << row["case"] << " agrees now: take it off the list (" << excused->second << ")";
      continue;
    }
    EXPECT_TRUE(same) << row["case"] << "\n got  " << (built ? to_hex(*built) : describe(built.error())) << "\n want "
                      << to_hex(message->content);
  }
  std::cout << "gas and ASN.1 contents, certificates apart: " << equal << " of " << tried << "\n";
  EXPECT_GE(equal, 91u);
}

}  // namespace
}  // namespace meterway::flow::transform
