#pragma once
#include <memory>

#include "base/util/file.h"
#include "base/util/random.h"
#include "field/device/own_keys.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/utrn.h"
#include "standard/pki/certificate.h"
#include "standard/pki/issue.h"
#include "tests/reference/leaves.h"
#include "tests/reference/prepare.h"
#include "tests/reference/prepare_gas.h"
#include "tests/support/memory_keys.h"
#include "tests/support/reference.h"

/// Reference commands carried out by emulated devices, and their answers beside the reference answers.
///
/// The devices' private keys of the reference data are not published: commands are protected anew with keys of our own,
/// and what is encrypted is compared decrypted on both sides.
namespace meterway::tests {

struct Case {
  std::string name;
  std::string use_case;  ///< as the manifest names it
  std::string command, response;
};

inline void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

/// Every case of the manifest that has a command and a response; none without the reference data.
inline std::vector<Case> reference_cases() {
  std::vector<Case> cases;
  for (auto& row : read_table(reference_path() / "manifest.tsv")) {
    if (row["command"] != "-" && row["response"] != "-")
      cases.push_back({row["case"], row["use_case"], row["command"], row["response"]});
  }
  return cases;
}

enum class Level : std::uint8_t {
  Differs,    ///< no answer, or one of another form
  Structure,  ///< code, header, structure, types, lengths and results are those of the reference
  Values,     ///< and every value, but for the places that are the device's own (own.tsv)
};

struct Verdict {
  Level level = Level::Differs;
  std::string first_difference;  ///< in words; empty when there is none
  std::vector<std::string> differences;
};

namespace replay_detail {

inline gbcs::Message load(const std::string& file) {
  return gbcs::read_message(from_hex(read_text_file(reference_path() / "hex" / file).value()).value()).value();
}

inline const pki::KeyStore& reference_keys() {
  static const auto store = pki::open_key_folder(reference_path() / "keystore/rtds").value();
  return *store;
}

inline DeviceType type_in_inventory(Eui64 eui) {
  static const auto rows = read_table(reference_path() / "inventory.tsv");
  for (const auto& row : rows) {
    if (Eui64::parse(row.at("eui")).value() == eui)
      return parse_device_type(row.at("type")).value_or(DeviceType::Unknown);
  }
  return DeviceType::Unknown;
}

inline std::vector<Leaf> leaves_of(ByteView message, const pki::KeyStore& keys) {
  std::vector<Leaf> leaves;
  if (const auto text = gbcs::to_json(message, &keys)) add_leaves(nlohmann::json::parse(*text), "", leaves);
  return leaves;
}

inline Prepared prepare(const Case& one, const gbcs::Message& command, const gbcs::Message& expected) {
  static const auto states = read_table(table_path("states.tsv"));
  Prepared device;
  device.type = type_in_inventory(command.header.target);
  // The reference world stands still at the beginning of 2015, or when the answer says.
  device.now = from_iso8601("2015-01-01T00:00:00Z").value();
  std::vector<const Row*> rows;
  for (const auto& row : states) {
    if (matches(row.at("case"), one.name)) rows.push_back(&row);
  }
  for (const auto* row : rows) apply_state(*row, device);
  const bool answer = std::any_of(rows.begin(), rows.end(), [](const Row* row) { return row->at("what") == "answer"; });
  const auto* use_case = gbcs::find_use_case(command.header.code);
  if (answer && use_case != nullptr && use_case->payload == gbcs::PayloadKind::Dlms)
    hold_what_is_answered(command, expected, reference_keys(), device);
  if (answer && use_case != nullptr && use_case->payload == gbcs::PayloadKind::Gbz)
    hold_what_gas_answers(expected, reference_keys(), device);
  device.state.commissioned = device.since.value_or(device.now - std::chrono::hours(48));
  device.state.registers.read_at =
      device.mirror ? device.now : device.state.commissioned;  // nothing has been used since: registers are as prepared
  return device;
}

constexpr MessageCode kTopUpByDisplay{0x009B};

/// A 20-digit token of the supplier in the content, made anew with our keys: same counter, same value.
inline void make_token_anew(gbcs::Message& message, const field::test::Keys& device) {
  const MessageCode code = message.header.code;
  if (code != MessageCode{0x0007} && code != MessageCode{0x0097} && code != kTopUpByDisplay) return;
  for (std::size_t at = 0; at + 20 <= message.content.size(); ++at) {
    const std::string digits(message.content.begin() + at, message.content.begin() + at + 20);
    const auto fields = gbcs::read_utrn(digits);
    if (!fields) continue;
    const auto& h = message.header;
    // A display's message has a counter of its own; of its token's no more is known than the token says.
    const bool display = code == kTopUpByDisplay;
    const Eui64 supplier = display ? field::test::kSupplier : h.originator;
    const OriginatorCounter counter =
        display ? OriginatorCounter{std::uint64_t{fields->truncated_counter} << 32} : h.counter;
    const auto token = gbcs::make_utrn({supplier, h.target, counter}, fields->value, fields->value_class,
                                       field::test::keys_of(supplier).prepayment, device.agreement.public_key());
    if (token) std::copy(token->begin(), token->end(), message.content.begin() + at);
    return;
  }
}

/// The certificate of a device in the content, made anew for a key of ours: the private key of theirs is not published.
inline void make_certificate_anew(gbcs::Message& message) {
  if (message.header.code != field::kUpdateCertificate) return;
  static SeededRandom random(5);
  const auto theirs = pki::parse_certificate(message.content).value();
  const auto use =
      theirs.key_usage == pki::kUsageDigitalSignature ? pki::KeyUse::DigitalSignature : pki::KeyUse::KeyAgreement;
  static const auto issuer = pki::issue_root("E357", pki::Validity::years(theirs.not_before, 10), random).value();
  message.content = pki::issue_device(issuer, {theirs.device_eui.value_or(Eui64()), use}, theirs.not_before,
                                      asked_key().public_key(), random)
                        .value()
                        .der;
}

/// The message again, protected with our keys as it was with theirs.
inline Bytes protect_anew(gbcs::Message message, const field::test::Keys& device) {
  const bool mac = message.mac.has_value();
  make_token_anew(message, device);
  make_certificate_anew(message);
  if (message.signature_field == gbcs::SignatureField::Present) {
    EXPECT_TRUE(gbcs::sign(message, field::test::keys_of(message.header.originator).signing));
  }
  message.mac.reset();
  if (mac) {
    const Eui64 from = message.header.originator;
    const Eui64 by = type_in_inventory(from) == DeviceType::PPMID ? from : field::test::kBroker;
    EXPECT_TRUE(gbcs::add_mac(message, field::test::keys_of(by).agreement, device.agreement.public_key()));
  }
  return gbcs::write_message(message);
}

/// Who sits in the cells: our keys, with the certificates of the reference parties, whose key identifiers are shown.
inline field::TrustAnchors anchors_of(const Prepared& device, const gbcs::Message& command) {
  field::TrustAnchors anchors;
  const auto delivered = field::test::anchors_of(device.type);
  for (auto cell : delivered.cells()) {
    if (const auto other = device.holders.find(cell.role); other != device.holders.end()) {
      const auto& keys = field::test::keys_of(other->second);
      cell.holder = other->second;
      if (cell.holder == Eui64()) continue;
      cell.key = (cell.use == pki::KeyUse::DigitalSignature ? keys.signing
                  : cell.use == pki::KeyUse::KeyAgreement   ? keys.agreement
                                                            : keys.prepayment)
                     .public_key();
    }
    // The broker has no key for top-ups: a gas proxy is delivered with its other one in that cell.
    auto certificate = reference_keys().certificate(cell.holder, cell.use);
    if (certificate.empty() && cell.use == pki::KeyUse::PrepaymentKeyAgreement)
      certificate = reference_keys().certificate(cell.holder, pki::KeyUse::KeyAgreement);
    cell.certificate.assign(certificate.begin(), certificate.end());
    if (cell.role == PartyRole::Root && device.first_issuer_is_root) {
      const auto content = gbcs::asn1::read(command.content).value();
      const auto issuer = pki::parse_certificate(gbcs::asn1::write(content.items.at(2).items.at(0))).value();
      cell = {PartyRole::Root, pki::KeyUse::DigitalSignature, Eui64(), issuer.public_key, issuer.der};
    }
    anchors.put(std::move(cell));
  }
  return anchors;
}

/// Keys with which our answer is read: the device's own, and the public key of whoever asked.
inline MemoryKeys keys_to_read(const gbcs::Header& command, const field::test::Keys& device) {
  MemoryKeys keys;
  keys.add(command.target, pki::KeyUse::KeyAgreement, device.agreement);
  const Eui64 reader = command.supplementary_party.value_or(command.originator);
  const auto* certified = command.supplementary_certificate.empty()
                              ? nullptr
                              : reference_keys().public_key(reader, pki::KeyUse::KeyAgreement);
  keys.add_public(reader, pki::KeyUse::KeyAgreement,
                  certified != nullptr ? *certified : field::test::keys_of(reader).agreement.public_key());
  return keys;
}

inline bool is_own(const Case& one, const std::string& place) {
  static const auto rows = read_table(table_path("own.tsv"));
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
    return matches(row.at("case"), one.name) && matches(row.at("place"), place);
  });
}

inline Verdict compare(const Case& one, const std::vector<Leaf>& ours, const std::vector<Leaf>& theirs) {
  Verdict verdict{Level::Values, "", {}};
  bool structure = true;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    if (i >= ours.size() || i >= theirs.size() || ours[i].place != theirs[i].place) {
      verdict.differences.push_back(
          (i < theirs.size() ? theirs[i].place + " is missing" : ours[i].place + " is too much"));
      structure = false;
      break;  // what follows stands elsewhere
    }
    const auto say = [&](const std::string& x, const std::string& y) {
      return ours[i].place + ": " + x + ", reference " + y;
    };
    if (is_own(one, ours[i].place)) continue;
    if (ours[i].structure != theirs[i].structure) {
      verdict.differences.push_back(
          say(ours[i].structure + " " + ours[i].value, theirs[i].structure + " " + theirs[i].value));
      structure = false;
    } else if (ours[i].value != theirs[i].value) {
      values.push_back(say(ours[i].value, theirs[i].value));
    }
  }
  if (!values.empty()) verdict.level = Level::Structure;
  if (!structure) verdict.level = Level::Differs;
  verdict.differences.insert(verdict.differences.end(), values.begin(), values.end());
  if (!verdict.differences.empty()) verdict.first_difference = verdict.differences.front();
  return verdict;
}

inline field::LoadProfile profile_of(const Prepared& device) {
  const auto fuel = device.type == DeviceType::ESME ? field::Fuel::Electricity : field::Fuel::Gas;
  return device.drawn.empty() ? field::LoadProfile(fuel, 1) : field::LoadProfile(fuel, device.drawn);
}

}  // namespace replay_detail

inline Verdict replay(const Case& one) {
  using namespace replay_detail;
  const auto command = load(one.command), expected = load(one.response);
  const auto prepared = prepare(one, command, expected);
  const Eui64 target = command.header.target;
  const auto& keys = field::test::keys_of(target);
  const auto certificate = [&](pki::KeyUse use) {
    if (command.header.code == field::kUpdateCertificate) return Bytes();  // made anew, by an issuer of ours
    const auto der = reference_keys().certificate(target, use);
    return Bytes(der.begin(), der.end());
  };
  field::Device device({target, prepared.type, keys.signing, keys.agreement, field::test::kGpf, prepared.variant,
                        certificate(pki::KeyUse::DigitalSignature), certificate(pki::KeyUse::KeyAgreement)},
                       anchors_of(prepared, command), profile_of(prepared), prepared.state);
  const auto outcome = device.take(protect_anew(command, keys), prepared.now, [&](Eui64) { return prepared.network; });
  if (!outcome.response) {
    const auto why = std::string("no answer: ") + outcome.refusal;
    return {Level::Differs, why, {why}};
  }
  const auto reader = keys_to_read(command.header, keys);
  return compare(one, leaves_of(*outcome.response, reader), leaves_of(gbcs::write_message(expected), reference_keys()));
}

}  // namespace meterway::tests
