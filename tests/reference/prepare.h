#pragma once
#include <optional>
#include <sstream>

#include "base/util/random.h"
#include "field/device/faults.h"
#include "field/device/gas_logs.h"
#include "field/device/gbz_model.h"
#include "field/device/log_book.h"
#include "field/device/logs.h"
#include "field/device/model.h"
#include "field/device/state.h"
#include "field/device/test_world.h"
#include "field/device/times.h"
#include "standard/pki/issue.h"
#include "tests/reference/notation.h"
#include "tests/reference/table.h"

/// A device with the state that a reference command needs, from the rows of states.tsv.
namespace meterway::tests {

struct Prepared {
  DeviceType type = DeviceType::Unknown;
  UtcTime now{};
  field::DeviceState state;
  std::string variant = "A";
  std::optional<UtcTime> since{};                  ///< when it began to count; without it two days before now
  bool mirror = true;                              ///< of a gas proxy: it has heard of its meter
  std::map<PartyRole, Eui64> holders;              ///< of cells that others hold than in the other tests
  bool first_issuer_is_root = false;               ///< the authority that a replacement carries stands in the root cell
  std::vector<field::LoadProfile::Piece> drawn{};  ///< what was used, where the answer tells
  bool network = false;                            ///< the hub holds a link key with whoever is asked for
};

/// The entries that the reference device answered with, as its log kept them, and before them one of the second before
/// `from`, so that the device has to select.
inline void hold_log(const field::ObjectKey& key, UtcTime from, const gbcs::dlms::Data& answered, Prepared& device) {
  namespace dlms = gbcs::dlms;
  const auto* row = field::find_log(device.type, key.class_id, key.instance);
  if (row == nullptr || answered.type != dlms::Type::CompactArray || answered.items.empty()) return;
  std::vector<dlms::Data> entries = answered.items;
  entries.insert(entries.begin(), entries.front());
  entries.front().items.front().number = field::log_seconds(from) - 1;
  auto& book = device.state.logs[row->key().text()];
  for (auto& entry : entries) {
    auto one = answered;
    one.items = {std::move(entry)};
    // The contents of a compact array of one entry are the entry: they follow the description and a length.
    auto none = one;
    none.items.clear();
    const auto whole = dlms::write_data(one), empty = dlms::write_data(none);
    wire::Reader in(ByteView(whole).subspan(empty.size() - 1));
    const auto packed = in.prefixed("entry");
    field::append_entry(book, packed, row->capacity + 1);
  }
}

/// What the reference device held, where the command reads it and the factory or a command fills it: the answer says
/// so. Objects that the device works out (registers, clock, supply) have rows of their own.
inline void hold_what_is_answered(const gbcs::Message& command, const gbcs::Message& answer, const pki::KeyStore& keys,
                                  Prepared& device) {
  namespace dlms = gbcs::dlms;
  const auto hold = [&](const field::ObjectKey& key, const dlms::Data& value) {
    const auto* row = field::find_object(device.type, key, field::kRead);
    if (row != nullptr && (row->source == "stored" || row->source == "fixed"))
      device.state.stored[key.text()] = dlms::write_data(value);
  };
  const auto request = std::get<dlms::AccessRequest>(dlms::read_apdu(command.content).value());
  const auto response = std::get<dlms::AccessResponse>(dlms::read_apdu(answer.content).value());
  for (std::size_t i = 0; i < request.specifications.size() && i < response.data.size(); ++i) {
    const auto& s = request.specifications[i];
    if (response.results[i].code != 0) continue;
    if (s.choice == dlms::Choice::GetSelected && s.selection.items.size() == 4) {
      const auto from = field::log_time(static_cast<std::uint32_t>(s.selection.items[1].number));
      hold_log({s.class_id, s.instance, s.index}, from, response.data[i], device);
    }
    if (s.choice == dlms::Choice::Get) hold({s.class_id, s.instance, s.index}, response.data[i]);
    // get protected attributes: a selection each, and the values in the encrypted block
    const ByteView block = dlms::protected_block(response.data[i]);
    const auto key = gbcs::encryption_key(answer.header, keys);
    if (s.choice != dlms::Choice::Action || s.class_id != 30 || block.empty() || !key) continue;
    const auto plain = gbcs::decrypt_attribute(*key, answer.header.originator, block);
    const auto values = plain ? dlms::read_data(*plain).value() : dlms::Data();
    const auto& selections = request.data[i].items.at(0).items;
    for (std::size_t n = 0; n < values.items.size() && n < selections.size(); ++n) {
      const auto& part = selections[n].items;
      field::ObjectKey one{
          static_cast<std::uint16_t>(part.at(0).number), {}, static_cast<std::uint8_t>(part.at(2).number)};
      std::copy(part.at(1).bytes.begin(), part.at(1).bytes.end(), one.instance.begin());
      hold(one, values.items[n]);
      if (part.at(4).items.size() != 2 || part.at(4).items[1].items.size() != 2) continue;
      const auto from = field::read_activation(part.at(4).items[1].items[0].bytes);
      if (from) hold_log(one, from->at, values.items[n], device);
    }
  }
}

inline field::LogEntry log_entry(Eui64 eui, const std::string& value) {
  // key hash / install code / last contact; each may be empty
  std::vector<std::string> parts{""};
  for (const char c : value) {
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  parts.resize(3);
  return {eui, from_hex(parts[0]).value(), from_hex(parts[1]).value(),
          from_iso8601(parts[2].empty() ? "2015-01-01T00:00:00Z" : parts[2]).value()};
}

/// "15,176,.." into the first registers, whole units.
template <std::size_t N>
void fill_registers(std::array<std::uint64_t, N>& registers, const std::string& values) {
  std::istringstream in(values);
  std::string one;
  for (std::size_t i = 0; std::getline(in, one, ','); ++i) registers.at(i) = 1000 * std::stoull(one);
}

/// The pair of its own that a device waits to have certified, and the use of its key.
inline const crypto::PrivateKey& asked_key() {
  static const auto key = crypto::PrivateKey::generate().value();
  return key;
}

/// For the key that we have given a device.
inline Bytes agreement_certificate(Eui64 who) {
  SeededRandom random{7};
  const auto from = from_iso8601("2014-01-01T00:00:00Z").value();
  const auto authority = pki::issue_root("ROOT", pki::Validity::years(from, 10), random).value();
  return pki::issue_device(authority, {who, pki::KeyUse::KeyAgreement}, from,
                           field::test::keys_of(who).agreement.public_key(), random)
      .value()
      .der;
}

/// One row. Throws std::runtime_error for a row that says nothing we know.
inline void apply_state(const Row& row, Prepared& device) {
  auto& state = device.state;
  const std::string& what = row.at("what");
  const std::string& value = row.at("value");
  const auto blank = what.find(' ');
  const std::string kind = what.substr(0, blank), key = blank == std::string::npos ? "" : what.substr(blank + 1);
  const auto eui = [&] { return Eui64::parse(key).value(); };
  if (kind == "device") {
    device.type = parse_device_type(value).value();
  } else if (kind == "clock") {
    device.now = from_iso8601(value).value();
  } else if (kind == "time_status") {
    state.time_status = static_cast<field::TimeStatus>(std::stoi(value));
  } else if (kind == "firmware") {
    state.firmware = from_hex(value).value();
  } else if (kind == "image") {
    const auto slash = value.find('/');
    state.image = field::HeldImage{from_hex(value.substr(0, slash)).value(), from_hex(value.substr(slash + 1)).value(),
                                   field::test::kSupplier};
  } else if (kind == "supply") {
    state.supply = value == "off" ? field::Supply::Off : value == "armed" ? field::Supply::Armed : field::Supply::On;
  } else if (kind == "import") {
    state.registers.import_milli = 1000 * std::stoull(value);
  } else if (kind == "reactive") {
    state.registers.reactive_milli = 1000 * std::stoull(value);
  } else if (kind == "tariffs") {
    fill_registers(state.registers.tariff_milli, value);
  } else if (kind == "secondary") {
    fill_registers(state.registers.secondary_milli, value);
  } else if (kind == "blocks") {
    fill_registers(state.registers.block_milli, value);
  } else if (kind == "block_registers") {
    fill_registers(state.registers.block_total_milli, value);
  } else if (kind == "account") {
    auto& a = state.account;
    const std::map<std::string, std::int64_t*> members{{"emergency", &a.emergency_left},
                                                       {"time_debt_1", &a.time_debt[0]},
                                                       {"time_debt_2", &a.time_debt[1]},
                                                       {"payment_debt", &a.payment_debt},
                                                       {"accumulated_debt", &a.accumulated_debt}};
    *members.at(key) = std::stoll(value);
  } else if (kind == "balance") {
    state.registers.balance = std::stoll(value);
  } else if (kind == "bill_to_date") {
    state.registers.bill_to_date = std::stoll(value);
  } else if (kind == "object") {
    state.stored[key] = gbcs::dlms::write_data(data_of(value));
  } else if (kind == "snapshots") {
    // daily ones of a gas meter, before those that the answer brings
    for (int i = std::stoi(value); i > 0; --i)
      field::keep_gas_snapshot(state, {device.now - std::chrono::days(10 + i), field::kGasDaily, {}, {}, {}});
  } else if (kind == "since") {
    device.since = from_iso8601(value).value();
  } else if (kind == "mirror") {
    device.mirror = value == "yes";
  } else if (kind == "account") {
    auto& a = state.account;
    const std::map<std::string, std::int64_t*> members{{"emergency", &a.emergency_left},
                                                       {"time_debt_1", &a.time_debt[0]},
                                                       {"time_debt_2", &a.time_debt[1]},
                                                       {"payment_debt", &a.payment_debt},
                                                       {"accumulated_debt", &a.accumulated_debt}};
    *members.at(key) = std::stoll(value);
  } else if (kind == "attribute") {
    field::keep_number(state, key, std::stoll(value));
  } else if (kind == "log") {
    state.device_log.push_back(log_entry(eui(), value));
  } else if (kind == "historic") {
    state.historic_log.push_back(log_entry(eui(), value));
  } else if (kind == "network") {
    device.network = value == "yes";
  } else if (kind == "variant") {
    device.variant = value;
  } else if (kind == "holder") {
    device.holders[static_cast<PartyRole>(std::stoi(key))] = value == "nobody" ? Eui64() : Eui64::parse(value).value();
  } else if (kind == "root") {
    device.first_issuer_is_root = value == "issuer";
  } else if (kind == "own_key") {
    const auto use = key == "ds" ? pki::KeyUse::DigitalSignature : pki::KeyUse::KeyAgreement;
    state.own_keys.push_back({use, field::OwnKey::Stage::Asked, asked_key().to_pkcs8(), {}});
  } else if (kind == "fault") {
    const auto fault = field::read_fault(key, value).value();
    state.faults[fault.at] = fault.code;
  } else if (kind == "token") {
    state.tokens.add({std::stoull(value)});
  } else if (kind == "joined") {
    state.joined.push_back(
        {eui(), static_cast<std::uint8_t>(value.at(0) - '0'), static_cast<std::uint8_t>(value.at(2) - '0')});
    // method C, with the other's key: /certified
    if (value.size() > 3) state.joined.back().certificate = agreement_certificate(eui());
  } else if (kind != "answer") {
    throw std::runtime_error("states.tsv: " + what);
  }
}

}  // namespace meterway::tests
