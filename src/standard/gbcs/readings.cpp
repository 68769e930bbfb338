#include "standard/gbcs/readings.h"

#include <algorithm>

#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/use_cases.h"
#include "standard/gbcs/zcl.h"

namespace meterway::gbcs {
namespace {

using dlms::Data;
using dlms::Type;

enum class Unit : std::uint8_t { Scaler, WattHours, Money, Volume, Days, LoadSwitch, Valve };

struct ReadingRow {
  bool is_gbz;
  std::uint16_t place;      ///< message code, or cluster
  std::uint16_t attribute;  ///< of a cluster
  std::size_t item;
  std::string_view name;
  Unit unit;
};
constexpr ReadingRow kReadings[] = {
#include "standard/gbcs/readings.inc"
};

/// COSEM units that meters of this standard use, and how people like to read them.
struct CosemUnit {
  std::int64_t code;
  int exponent;
  const char* name;
};
constexpr CosemUnit kCosemUnits[] = {{27, -3, "kW"},    {29, -3, "kvar"}, {30, -3, "kWh"},
                                     {32, -3, "kvarh"}, {35, 0, "V"},     {13, 0, "m3"}};

constexpr const char* kLoadSwitchStates[] = {"open", "closed", "armed"};
constexpr const char* kValveStates[] = {"off", "armed", "on"};

/// `number` times ten to the `exponent`, exactly.
std::string decimal(std::int64_t number, int exponent) {
  std::string digits =
      std::to_string(number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
  if (exponent > 0) digits.append(number == 0 ? 0 : static_cast<std::size_t>(exponent), '0');
  if (exponent < 0) {
    const auto places = static_cast<std::size_t>(-exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
  }
  return (number < 0 ? "-" : "") + digits;
}

template <std::size_t N>
std::string state(const char* const (&states)[N], std::int64_t number) {
  return number >= 0 && number < static_cast<std::int64_t>(N) ? states[number] : std::to_string(number);
}

Reading plain_reading(std::string name, Unit unit, std::int64_t number) {
  switch (unit) {
    case Unit::WattHours:
      return {std::move(name), decimal(number, -3), "kWh"};
    case Unit::Money:
      return {std::move(name), decimal(number, -5), "GBP"};
    case Unit::Days:
      return {std::move(name), std::to_string(number), "days"};
    case Unit::LoadSwitch:
      return {std::move(name), state(kLoadSwitchStates, number), ""};
    case Unit::Valve:
      return {std::move(name), state(kValveStates, number), ""};
    default:
      return {std::move(name), std::to_string(number), ""};
  }
}

const ReadingRow* row_of_item(MessageCode code, std::size_t item) {
  const ReadingRow* found = nullptr;
  for (const auto& row : kReadings) {
    if (!row.is_gbz && row.place == code.value && row.item <= item) found = &row;
  }
  return found;
}

const ReadingRow* row_of_attribute(std::uint16_t cluster, std::int64_t attribute) {
  const auto* row = std::find_if(std::begin(kReadings), std::end(kReadings), [&](const ReadingRow& candidate) {
    return candidate.is_gbz && candidate.place == cluster && candidate.attribute == attribute;
  });
  return row != std::end(kReadings) ? row : nullptr;
}

/// Collects the values of a DLMS response in order, each with the unit that stands after it.
class DlmsReadings {
 public:
  explicit DlmsReadings(MessageCode code) : code_(code) {}

  void add(const Data& data) {
    if (is_scaler_unit(data)) return apply(data);
    if (!data.items.empty()) return add_list(data);
    const auto* row = row_of_item(code_, count_);
    if (data.type == Type::Null || row == nullptr) return;
    readings_.push_back(plain_reading(name(*row), row->unit, data.number));
    pending_.push_back(data.number);
    ++count_;
  }

  /// A value that the meter could not give still has its place in the list.
  void add_failure(std::string_view reason) {
    const auto* row = row_of_item(code_, count_);
    if (row == nullptr) return;
    readings_.push_back({name(*row), std::string(reason), ""});
    ++count_;
    pending_.clear();
  }

  std::vector<Reading> take() { return std::move(readings_); }

 private:
  static bool is_scaler_unit(const Data& data) {
    return data.type == Type::Structure && data.items.size() == 2 && data.items[0].type == Type::Int8 &&
           data.items[1].type == Type::Enum;
  }

  void add_list(const Data& list) {
    for (const auto& item : list.items) add(item);
  }

  /// The scaler and unit of the value before.
  void apply(const Data& scaler_unit) {
    if (pending_.empty() || readings_.empty()) return;
    const auto scaler = static_cast<int>(scaler_unit.items[0].number);
    const auto* unit = std::find_if(std::begin(kCosemUnits), std::end(kCosemUnits), [&](const CosemUnit& candidate) {
      return candidate.code == scaler_unit.items[1].number;
    });
    const bool known = unit != std::end(kCosemUnits);
    readings_.back().value = decimal(pending_.back(), scaler + (known ? unit->exponent : 0));
    readings_.back().unit = known ? unit->name : "unit " + std::to_string(scaler_unit.items[1].number);
    pending_.clear();
  }

  /// A row that serves several values numbers them.
  std::string name(const ReadingRow& row) const {
    const bool is_last_of_many = row.unit == Unit::WattHours || count_ > row.item;
    return std::string(row.name) + (is_last_of_many ? " " + std::to_string(count_ - row.item + 1) : "");
  }

  MessageCode code_;
  std::vector<Reading> readings_;
  std::vector<std::int64_t> pending_;
  std::size_t count_ = 0;
};

Result<Bytes> decrypt(const Message& message, const pki::KeyStore* keys, ByteView block) {
  if (keys == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement");
  METERWAY_TRY(const auto key, encryption_key(message.header, *keys));
  return decrypt_attribute(key, message.header.originator, block);
}

Result<std::vector<Reading>> dlms_readings(const Message& message, const pki::KeyStore* keys) {
  if (row_of_item(message.header.code, 0) == nullptr)
    return fail(ErrorCode::Unsupported, 0, "no readings for this use case");
  METERWAY_TRY(const auto apdu, dlms::read_apdu(message.content));
  const auto* response = std::get_if<dlms::AccessResponse>(&apdu);
  if (response == nullptr) return fail(ErrorCode::Unsupported, 0, "not a response");
  DlmsReadings readings(message.header.code);
  for (std::size_t i = 0; i < response->data.size(); ++i) {
    const auto& data = response->data[i];
    if (response->results[i].code != 0) {
      const auto name = dlms::result_name(response->results[i].code);
      readings.add_failure(name.empty() ? "failed" : name);
    } else if (const auto block = dlms::protected_block(data); !block.empty()) {
      METERWAY_TRY(const auto plain, decrypt(message, keys, block));
      METERWAY_TRY(const auto values, dlms::read_data(plain));
      readings.add(values);
    } else {
      readings.add(data);
    }
  }
  return readings.take();
}

/// What one read-attributes response says about its own numbers.
struct Metering {
  std::int64_t multiplier = 1;
  std::int64_t divisor = 1;
  std::int64_t unit = 1;
};

Reading volume(std::string_view name, std::int64_t number, const Metering& metering) {
  const std::string unit = metering.unit == 0   ? "kWh"
                           : metering.unit == 1 ? "m3"
                                                : "unit " + std::to_string(metering.unit);
  std::int64_t product = 0;
  if (__builtin_mul_overflow(number, metering.multiplier, &product) || metering.divisor <= 0)
    return {std::string(name), "out of range", ""};
  int places = 0;
  std::int64_t rest = metering.divisor;
  for (; rest % 10 == 0; rest /= 10) ++places;
  if (rest == 1) return {std::string(name), decimal(product, -places), unit};
  // A divisor that is no power of ten: three places, cut off, without floating point.
  std::int64_t thousandths = 0;
  if (__builtin_mul_overflow(product, std::int64_t{1000}, &thousandths)) return {std::string(name), "out of range", ""};
  return {std::string(name), decimal(thousandths / metering.divisor, -3), unit};
}

void add_attributes(std::vector<Reading>& readings, std::uint16_t cluster, const zcl::Field& attributes) {
  Metering metering;
  for (const auto& item : attributes.items) {
    if (cluster != 0x0702 || item.size() != 3) continue;
    if (item[0].number == 0x0300) metering.unit = item[2].number;
    if (item[0].number == 0x0301) metering.multiplier = item[2].number;
    if (item[0].number == 0x0302) metering.divisor = item[2].number;
  }
  for (const auto& item : attributes.items) {
    const auto* row = item.empty() ? nullptr : row_of_attribute(cluster, item[0].number);
    if (row == nullptr || item.size() < 2) continue;
    if (item.size() == 2) {
      const auto reason = zcl::status_name(static_cast<std::uint8_t>(item[1].number));
      readings.push_back({std::string(row->name), std::string(reason.empty() ? "failed" : reason), ""});
    } else if (row->unit == Unit::Volume) {
      readings.push_back(volume(row->name, item[2].number, metering));
    } else {
      readings.push_back(plain_reading(std::string(row->name), row->unit, item[2].number));
    }
  }
}

Result<std::vector<Reading>> gbz_readings(const Message& message, const pki::KeyStore* keys) {
  METERWAY_TRY(const auto frames, gbz::read_frames(message.content));
  std::vector<Reading> readings;
  for (const auto& component : frames.components) {
    Bytes payload = component.payload;
    if (component.encrypted_counter) {
      METERWAY_TRY(payload, decrypt(message, keys, component.payload));
    }
    METERWAY_TRY(const auto fields,
                 zcl::read_fields(component.cluster, component.frame_control, component.command, payload));
    const auto* attributes = zcl::find(fields, "attributes");
    if (attributes != nullptr && attributes->type == zcl::FieldType::Group)
      add_attributes(readings, component.cluster, *attributes);
  }
  if (readings.empty()) return fail(ErrorCode::Unsupported, 0, "no readings for this use case");
  return readings;
}

}  // namespace

Result<std::vector<Reading>> decode_readings(const Message& message, const pki::KeyStore* keys) {
  const auto* row = find_use_case(message.header.code);
  if (row == nullptr || message.header.kind != Kind::Response)
    return fail(ErrorCode::Unsupported, 0, "not a known response");
  if (row->payload == PayloadKind::Dlms) return dlms_readings(message, keys);
  if (row->payload == PayloadKind::Gbz) return gbz_readings(message, keys);
  return fail(ErrorCode::Unsupported, 0, "no readings for this use case");
}

}  // namespace meterway::gbcs
