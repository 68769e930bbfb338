#include "tests/executed/read_back.h"

#include <gtest/gtest.h>

#include <iostream>

#include "field/device/times.h"
#include "tests/executed/runs.h"
#include "tests/reference/table.h"

// What a command sets is afterwards what the device gives when it is asked for it.
namespace meterway::tests {
namespace {

using field::ObjectKey;
using gbcs::dlms::Choice;
using gbcs::dlms::Data;

/// Rows of read_back.tsv: what is not read as it was set, each with its reason.
class NotRead {
 public:
  /// Objects of one form: "class/instance/attribute" or "cluster/attribute".
  explicit NotRead(gbcs::PayloadKind form) {
    for (auto& row : read_table(std::string(METERWAY_SOURCE_DIR) + "/tests/executed/read_back.tsv")) {
      EXPECT_FALSE(row.at("reason").empty()) << row.at("object");
      const bool dlms = row.at("object").find(':') != std::string::npos;
      if (dlms == (form == gbcs::PayloadKind::Dlms)) rows_.insert(row.at("device") + " " + row.at("object"));
    }
  }
  bool has(DeviceType type, const std::string& object) {
    const auto key = std::string(to_string(type)) + " " + object;
    if (rows_.count(key) != 0) met_.insert(key);
    return rows_.count(key) != 0;
  }
  void expect_all_met() const {
    for (const auto& row : rows_) EXPECT_TRUE(kSanitized || met_.count(row) != 0) << row << " is in vain";
  }

 private:
  std::set<std::string> rows_, met_;
};

/// Once per subject, however many runs say it.
class Complaints {
 public:
  void say(const OneRun& run, const std::string& what, const std::string& detail = "") {
    if (said_.insert(what).second)
      ADD_FAILURE() << run.form.name() << " " << run.made.use_case << "\t" << what << "\t" << detail;
  }

 private:
  std::set<std::string> said_;
};

/// When the last of what the command dated has come about.
UtcTime after_all(const OneRun& run, const gbcs::Header& header) {
  UtcTime at = executed_now();
  for (const auto& pending : run.device.state().pending) {
    if (pending.code == header.code && pending.counter == header.counter) at = std::max(at, pending.at);
  }
  if (at > executed_now()) run.device.pass(at);
  return at;
}

/// What brings each passive value of the command into force: by a time, or at once by a method. Never: it is kept.
std::map<ObjectKey, field::Activation::Kind> triggers_of(const gbcs::dlms::AccessRequest& asked, DeviceType type) {
  std::map<ObjectKey, field::Activation::Kind> out;
  for (std::size_t i = 0; i < asked.specifications.size(); ++i) {
    const auto& s = asked.specifications[i];
    const ObjectKey key{s.class_id, s.instance, s.index};
    if (s.choice == Choice::Action) out[key] = field::Activation::Kind::Now;
    const auto* row = s.choice == Choice::Set ? field::find_object(type, key, field::kWrite) : nullptr;
    if (row != nullptr && row->source == "activate") out[key] = field::read_activation(asked.data[i].bytes)->kind;
  }
  return out;
}

/// Where the value of a write is found once all has come about; nothing while it is kept for an activation to come.
std::optional<ObjectKey> place_of(const ObjectKey& key, DeviceType type,
                                  const std::map<ObjectKey, field::Activation::Kind>& triggers) {
  for (const auto& row : field::activations()) {
    if (row.device != type || row.from != key) continue;
    const auto trigger = triggers.find(row.trigger);
    if (trigger == triggers.end() || trigger->second == field::Activation::Kind::Never) return std::nullopt;
    return row.to;
  }
  return key;
}

/// A monitor's one threshold is read as a list.
bool is_one_of_a_list(const Data& list, const Data& value) {
  return list.type == gbcs::dlms::Type::Array && list.items.size() == 1 && list.items[0] == value;
}

/// What events lead to: the first half of the value says which bits change, the second half what they become; they are
/// read four objects on.
ObjectKey behaviours_of(ObjectKey key) {
  key.instance[4] = static_cast<std::uint8_t>(key.instance[4] + 4);
  return key;
}
bool behaves(const Data& bits, const Data& value) {
  const std::size_t count = bits.bytes.size();
  if (count == 0 || value.bytes.size() != 2 * count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if ((bits.bytes[i] & value.bytes[i]) != (value.bytes[count + i] & value.bytes[i])) return false;
  }
  return true;
}

/// Steps: the random commands with a set that a meter or hub has carried out; its clock goes past the last date of the
/// command; every attribute that was set, or that an activation copied it to, is asked for. Pass: the value is that of
/// the command. What is not for reading stands in read_back.tsv with its reason, and is kept as it came.
TEST(ReadBack, EveryAttributeOfADlmsDeviceIsAsItWasSet) {
  NotRead not_read(gbcs::PayloadKind::Dlms);
  Complaints complaints;
  std::map<std::string, int> read;
  int commands = 0, values = 0, kept = 0, dated = 0;
  for_each_run(
      [&](const OneRun& run) {
        if (!all_done(run.outcome)) return;
        const Exchange exchange(run.command);
        if (!exchange.asked) return;
        const auto type = run.form.type;
        const auto triggers = triggers_of(*exchange.asked, type);
        std::map<ObjectKey, Data> wanted;
        for (std::size_t i = 0; i < exchange.asked->specifications.size(); ++i) {
          const auto& s = exchange.asked->specifications[i];
          const ObjectKey key{s.class_id, s.instance, s.index};
          if (s.choice == Choice::Set && triggers.count(key) == 0) wanted[key] = exchange.asked->data[i];
        }
        if (wanted.empty()) return;
        ++commands;
        const auto now = after_all(run, exchange.command.header);
        dated += now > executed_now();
        for (const auto& [key, value] : wanted) {
          const auto* row = field::find_object(type, key, field::kWrite);
          ASSERT_NE(row, nullptr) << key.text();
          const bool events = row->source == "behaviours";
          const auto place = events ? behaviours_of(key) : place_of(key, type, triggers);
          const bool readable = place && field::find_object(type, *place, field::kRead) != nullptr;
          if (readable && !not_read.has(type, key.text())) {
            const auto found = get(run.device, *place, now);
            if (!found || !(events ? behaves(*found, value) : *found == value || is_one_of_a_list(*found, value)))
              complaints.say(
                  run, key.text() + " read as " + place->text(),
                  found ? to_hex(gbcs::dlms::write_data(*found)) + " for " + to_hex(gbcs::dlms::write_data(value))
                        : "not given");
            ++read[key.text()];
            ++values;
            continue;
          }
          if (place && !not_read.has(type, key.text())) complaints.say(run, key.text() + " is set and never read");
          const auto& stored = run.device.state().stored;
          const auto at = stored.find(key.text());
          if (row->source != "stored") continue;
          ++kept;
          if (at == stored.end() || at->second != gbcs::dlms::write_data(value))
            complaints.say(run, key.text() + " is not kept");
        }
      },
      {DeviceType::ESME, DeviceType::CHF}, kSanitized ? 5 : 40);
  not_read.expect_all_met();
  EXPECT_GT(read.size(), kSanitized ? 10u : 80u);
  std::cout << commands << " commands, " << dated << " of them dated; " << values << " values of " << read.size()
            << " attributes read as they were set, " << kept << " kept\n";
}

/// The attributes that a command sets: the fields that its row keeps, thresholds of blocks, and prices of tiers (from
/// 1) or blocks (from 0).
void set_by(const field::GbzCommandRow& row, const std::vector<gbcs::zcl::Field>& fields,
            std::map<std::string, gbcs::zcl::Field>& wanted) {
  constexpr std::uint16_t kPrice = 0x0700;
  for (const auto& [key, name] : field::kept_fields(row)) {
    if (const auto* field = gbcs::zcl::find(fields, name)) wanted[key] = *field;
  }
  std::uint16_t threshold = 0x0100;
  for (const auto& field : fields) {
    if (row.rule == "block_thresholds" && field.name == "thresholds")
      wanted[field::attribute_key(kPrice, threshold++)] = field;
    if (row.rule != "price_matrix" || field.name != "prices") continue;
    const bool tiers = (gbcs::zcl::find(fields, "control")->number & 1) != 0;
    for (const auto& entry : field.items) {
      const auto which = entry.at(0).number;
      const auto attribute = tiers ? 0x0400 + 0x10 * which : 0x0400 + which;
      wanted[field::attribute_key(kPrice, static_cast<std::uint16_t>(attribute))] = entry.at(1);
    }
  }
}

/// Steps: as above, of the commands whose fields a gas meter or proxy keeps as attributes. Pass: read attributes gives
/// what the command carried.
TEST(ReadBack, EveryAttributeOfAGasDeviceIsAsItWasSet) {
  NotRead not_read(gbcs::PayloadKind::Gbz);
  constexpr std::int64_t kNever = 0xFFFFFFFE;
  Complaints complaints;
  std::map<std::string, int> read;
  int commands = 0, values = 0, dated = 0;
  for_each_run(
      [&](const OneRun& run) {
        if (!all_done(run.outcome)) return;
        const auto command = gbcs::read_message(run.command).value();
        if (gbcs::find_use_case(command.header.code)->payload != gbcs::PayloadKind::Gbz) return;
        const auto type = run.form.type;
        std::map<std::string, gbcs::zcl::Field> wanted;
        const auto frames = gbcs::gbz::read_frames(command.content).value();
        for (const auto& c : frames.components) {
          const auto* row = field::find_gbz_command(type, command.header.code, c);
          if (row == nullptr || row->rule == "give") continue;
          const auto fields = gbcs::zcl::read_fields(c.cluster, c.frame_control, c.command, c.payload).value();
          const auto* start = gbcs::zcl::find(fields, row->starts);
          if ((start != nullptr && start->number >= kNever) || (c.from && c.from->seconds >= kNever)) continue;
          set_by(*row, fields, wanted);
        }
        if (wanted.empty()) return;
        ++commands;
        const auto now = after_all(run, command.header);
        dated += now > executed_now();
        for (const auto& [key, value] : wanted) {
          constexpr std::size_t kClusterAndAttribute = 9;  // 0705/0031
          if (key.size() != kClusterAndAttribute || key.find_first_not_of("0123456789ABCDEF/") != std::string::npos)
            continue;
          const auto cluster = static_cast<std::uint16_t>(std::stoul(key.substr(0, 4), nullptr, 16));
          const auto attribute = static_cast<std::uint16_t>(std::stoul(key.substr(5), nullptr, 16));
          if (field::find_attribute(type, cluster, attribute) == nullptr) {
            if (!not_read.has(type, key)) complaints.say(run, key + " is set and never read");
            continue;
          }
          const auto found = get(run.device, cluster, attribute, now);
          if (!found || found->number != value.number || found->bytes != value.bytes)
            complaints.say(run, key,
                           found ? std::to_string(found->number) + to_hex(found->bytes) + " for " +
                                       std::to_string(value.number) + to_hex(value.bytes)
                                 : "not given");
          ++read[key];
          ++values;
        }
      },
      {DeviceType::GSME, DeviceType::GPF}, kSanitized ? 5 : 40);
  not_read.expect_all_met();
  EXPECT_GT(read.size(), kSanitized ? 10u : 25u);
  std::cout << commands << " commands, " << dated << " of them dated; " << values << " values of " << read.size()
            << " attributes read as they were set\n";
}

}  // namespace
}  // namespace meterway::tests
