#include <algorithm>

#include "standard/gbcs/decoded_parts.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs::decoding {
namespace {

using names::Form;
using names::ValueKind;
using zcl::FieldType;

constexpr std::uint16_t kMetering = 0x0702, kPrice = 0x0700;

bool holds_bytes(const zcl::Field& field) {
  const bool is_string_value = field.type == FieldType::Typed && (field.value_type == 0x41 || field.value_type == 0x42);
  return is_string_value || field.type == FieldType::String || field.type == FieldType::Date ||
         field.type == FieldType::Bytes;
}

bool is_printable(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; });
}

/// Numbers of the price cluster whose digits after the point the same component tells: in the upper half of another
/// attribute or field. Source: ZigBee SE, price cluster (conversion factor, calorific value).
struct Trailing {
  std::uint16_t attribute, digits;  ///< of a response to a read
  std::string_view field;           ///< of a command, beside trailing_digit
};
constexpr Trailing kTrailing[] = {{0x0302, 0x0303, "conversion_factor"}, {0x0304, 0x0306, "calorific_value"}};

/// What a type of the ZCL says by itself, where no row says more.
ValueKind kind_of(const zcl::Field& field, const Form& form) {
  if (field.type == FieldType::Utc) return ValueKind::Seconds;
  if (field.type == FieldType::Date) return ValueKind::Date;
  if (!holds_bytes(field)) return form.kind;
  return is_printable(field.bytes) ? ValueKind::Text : ValueKind::Octets;
}

class ZclFields {
 public:
  ZclFields(std::vector<Field>& fields, const gbz::Component& component)
      : fields_(fields), component_(component), start_(fields.size()) {}

  void add(const std::vector<zcl::Field>& list, std::uint8_t depth) {
    std::uint32_t position = 0;
    std::uint16_t attribute = 0;
    for (const auto& item : list) {
      if (item.type == FieldType::Attribute) attribute = static_cast<std::uint16_t>(item.number);
      add_one(item, depth, position++, attribute);
    }
  }

  /// Volumes are in thousandths of m3, unless the same component holds the divisor (and price thresholds theirs).
  void apply_divisor() {
    const auto id = component_.cluster == kMetering ? 0x0302 : component_.cluster == kPrice ? 0x0203 : -1;
    int places = -1;
    for (std::size_t i = start_; i + 2 < fields_.size(); ++i) {
      const bool is_divisor =
          fields_[i].wire_type == static_cast<std::uint8_t>(FieldType::Attribute) && fields_[i].number == id;
      if (is_divisor && fields_[i + 2].number > 0) places = zeros(fields_[i + 2].number);
    }
    if (places < 0) return;
    for (std::size_t i = start_; i < fields_.size(); ++i) {
      if (fields_[i].unit == Unit::Volume) fields_[i].exponent = static_cast<std::int8_t>(-places);
    }
  }

  void apply_trailing() {
    for (const auto& row : kTrailing) {
      auto* value = find(row.attribute, row.field);
      const auto* digits = find(row.digits, "trailing_digit");
      if (value != nullptr && digits != nullptr)
        value->exponent = static_cast<std::int8_t>(-(digits->number >> 4 & 0xF));
    }
  }

 private:
  /// The value of an attribute that was read, or the field of a command; null where the component has neither.
  Field* find(std::uint16_t attribute, std::string_view name) {
    for (std::size_t i = start_; i < fields_.size(); ++i) {
      if (fields_[i].name == name) return &fields_[i];
      const bool read = i + 2 < fields_.size() && fields_[i].number == attribute &&
                        fields_[i].wire_type == static_cast<std::uint8_t>(FieldType::Attribute) &&
                        fields_[i + 2].wire_type == static_cast<std::uint8_t>(FieldType::Typed);
      if (read) return &fields_[i + 2];
    }
    return nullptr;
  }

  static int zeros(std::int64_t divisor) {
    int places = 0;
    for (; divisor % 10 == 0; divisor /= 10) ++places;
    return divisor == 1 ? places : -1;
  }

  void add_one(const zcl::Field& item, std::uint8_t depth, std::uint32_t position, std::uint16_t attribute) {
    const auto at = fields_.size();
    Field& field = fields_.emplace_back();
    field.name = item.name;
    field.position = position;
    field.depth = depth;
    field.wire_type = static_cast<std::uint8_t>(item.type);
    field.number = item.number;
    field.bytes = item.bytes;
    if (item.type == FieldType::Group) {
      field.group = true;
      add_groups(item, depth);
    } else {
      add_value(item, field, attribute);
    }
    fields_[at].extent = static_cast<std::uint32_t>(fields_.size() - at);
  }

  void add_value(const zcl::Field& item, Field& field, std::uint16_t attribute) {
    const bool typed = item.type == FieldType::Typed;
    const auto form = typed ? names::zcl_attribute(component_.cluster, attribute)
                            : names::zcl_field(component_.cluster, component_.command, item.name);
    field.kind = kind_of(item, form);
    field.unit = form.unit;
    field.words = form.words;
    finish(field);
    if (item.type == FieldType::Attribute) {
      field.kind = ValueKind::Named;
      field.word = zcl::attribute_name(component_.cluster, attribute);
    } else if (item.type == FieldType::Status) {
      field.kind = ValueKind::Named;
      field.word = zcl::status_name(static_cast<std::uint8_t>(item.number));
    }
    if (typed) field.name = zcl::attribute_name(component_.cluster, attribute);
    if (is_default_response() && item.name == "command") field.word = answered_name(item.number);
  }

  /// A default response speaks of a cluster command that went the other way; a reference answer (GCS20r, refused) has
  /// the direction of its command. FF: the answer to a part after the one that failed.
  std::string_view answered_name(std::int64_t command) const {
    constexpr std::int64_t kNone = 0xFF;
    if (command == kNone) return "not looked at";
    const auto number = static_cast<std::uint8_t>(command);
    const auto name = zcl::command_name(component_.cluster, 0x01 | ((component_.frame_control & 0x08) ^ 0x08), number);
    return name.empty() ? zcl::command_name(component_.cluster, 0x01 | (component_.frame_control & 0x08), number)
                        : name;
  }

  void add_groups(const zcl::Field& item, std::uint8_t depth) {
    for (std::size_t i = 0; i < item.items.size(); ++i) {
      const auto at = fields_.size();
      Field& group = fields_.emplace_back();
      group.name = item.name;
      group.position = static_cast<std::uint32_t>(i);
      group.depth = static_cast<std::uint8_t>(depth + 1);
      group.wire_type = static_cast<std::uint8_t>(FieldType::Group);
      group.group = true;
      group.in_list = true;
      add(item.items[i], static_cast<std::uint8_t>(depth + 2));
      fields_[at].extent = static_cast<std::uint32_t>(fields_.size() - at);
    }
  }

  bool is_default_response() const { return (component_.frame_control & 0x03) == 0 && component_.command == 0x0B; }

  std::vector<Field>& fields_;
  const gbz::Component& component_;
  std::size_t start_;
};

/// The fields of a payload; nothing where no row describes it or it would not be written back as it was.
std::vector<zcl::Field> read_payload(const gbz::Component& component, ByteView payload) {
  auto fields = zcl::read_fields(component.cluster, component.frame_control, component.command, payload);
  return fields ? *std::move(fields) : std::vector<zcl::Field>();
}

void list_component(Decoded& decoded, const gbz::Component& component, std::vector<zcl::Field>& payload,
                    const Opener& opener) {
  Instruction instruction;
  instruction.name = zcl::command_name(component.cluster, component.frame_control, component.command);
  instruction.cluster = component.cluster;
  instruction.frame_control = component.frame_control;
  instruction.command = component.command;
  instruction.encrypted = component.encrypted_counter.has_value();
  instruction.first = static_cast<std::uint32_t>(decoded.fields.size());
  instruction.plain = instruction.first;
  if (!instruction.encrypted) {
    payload = read_payload(component, component.payload);
  } else if (const auto plain = opener.open(component.payload)) {
    instruction.opened = true;
    instruction.block = static_cast<std::uint32_t>(decoded.plain.size());
    decoded.plain.push_back(*plain);
    payload = read_payload(component, decoded.plain.back());
  }
  ZclFields fields(decoded.fields, component);
  fields.add(payload, 0);
  if (component.cluster == kMetering || component.cluster == kPrice) fields.apply_divisor();
  if (component.cluster == kPrice) fields.apply_trailing();
  instruction.end = static_cast<std::uint32_t>(decoded.fields.size());
  if (!instruction.encrypted) instruction.plain = instruction.end;
  decoded.instructions.push_back(instruction);
}

/// Code and time of an alert, and the detail of one that carries no component.
void list_alert(Decoded& decoded, const gbz::Alert& alert) {
  Instruction instruction;
  if (const auto* use_case = find_use_case(decoded.header.code)) instruction.name = use_case->name;
  instruction.first = static_cast<std::uint32_t>(decoded.fields.size());
  const std::int64_t numbers[] = {alert.code, alert.time.seconds};
  for (std::uint32_t i = 0; i < std::size(numbers); ++i) {
    const auto named = names::alert_element(decoded.header.code, i);
    Field field;
    field.name = named.name;
    field.position = i;
    field.kind = i == 0 ? ValueKind::Event : ValueKind::Seconds;
    field.number = numbers[i];
    finish(field);
    decoded.fields.push_back(field);
  }
  if (!alert.detail.empty()) {
    const auto named = names::alert_detail(decoded.header.code);
    Field& field = decoded.fields.emplace_back();
    field.name = named.name;
    field.position = 2;
    field.bytes = alert.detail;
    if (named.form.kind == ValueKind::Run) add_run(decoded.fields, named.form.run);
  }
  instruction.end = instruction.plain = static_cast<std::uint32_t>(decoded.fields.size());
  decoded.instructions.push_back(instruction);
}

}  // namespace

void gbz(Decoded& decoded, ByteView content, const Opener& opener) {
  GbzContent read;
  if (decoded.header.kind == gbcs::Kind::Alert) {
    auto alert = gbz::read_alert(content, decoded.header.code);
    if (!alert) return;
    decoded.alert_code = alert->code;
    read.form = *std::move(alert);
  } else {
    auto frames = gbz::read_frames(content);
    if (!frames) return;
    read.form = *std::move(frames);
  }
  auto& kept = decoded.content.emplace<GbzContent>(std::move(read));
  kept.payloads.resize(kept.components().size());
  for (std::size_t i = 0; i < kept.payloads.size(); ++i)
    list_component(decoded, kept.components()[i], kept.payloads[i], opener);
  if (const auto* alert = std::get_if<gbz::Alert>(&kept.form)) list_alert(decoded, *alert);
}

}  // namespace meterway::gbcs::decoding
