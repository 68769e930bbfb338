#include <algorithm>

#include "standard/gbcs/decoded_parts.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs::decoding {
namespace {

using dlms::Data;
using dlms::Type;
using names::Form;
using names::ValueKind;

constexpr Form kUnnamed{};

bool is_composite(Type type) { return type == Type::Array || type == Type::Structure || type == Type::CompactArray; }

bool holds_bytes(Type type) {
  return type == Type::OctetString || type == Type::VisibleString || type == Type::Utf8String ||
         type == Type::BitString;
}

/// What the unit of the Blue Book is among ours, and what the number is to be multiplied with to be in it.
struct CosemUnit {
  std::int64_t code;
  Unit unit;
};
constexpr CosemUnit kCosemUnits[] = {
    {6, Unit::Minutes},  {7, Unit::Seconds},    {27, Unit::Watts},           {28, Unit::VoltAmperes},
    {29, Unit::Vars},    {30, Unit::WattHours}, {31, Unit::VoltAmpereHours}, {32, Unit::VarHours},
    {33, Unit::Amperes}, {35, Unit::Volts},
};

/// A kind that the type on the wire settles.
ValueKind settled(ValueKind kind, Type type) {
  if (kind == ValueKind::Moment) return type == Type::OctetString ? ValueKind::DateTime : ValueKind::Seconds;
  if (kind == ValueKind::DurationOrTime) return type == Type::OctetString ? ValueKind::DateTime : ValueKind::Number;
  return kind;
}

class DlmsFields {
 public:
  explicit DlmsFields(std::vector<Field>& fields) : fields_(fields) {}

  void add(const Data& data, std::string_view name, const Form& form, std::uint8_t depth = 0,
           std::uint32_t position = 0, bool in_list = false) {
    const auto at = fields_.size();
    Field& field = fields_.emplace_back();
    field.name = name;
    field.position = position;
    field.depth = depth;
    field.wire_type = static_cast<std::uint8_t>(data.type);
    field.group = is_composite(data.type);
    field.in_list = in_list;
    field.words = form.words;
    const bool truth = data.type == Type::Boolean && field.words == names::kNone;
    field.kind = truth ? ValueKind::Boolean : settled(form.kind, data.type);
    field.unit = form.unit;
    field.number = data.number;
    field.bytes = data.bytes;
    if (data.type == Type::BitString) field.number = data.bits;
    if (field.group) {
      add_items(data, form, depth);
      if (is_scaler_unit(data)) apply_scale(data);
    } else if (data.type != Type::Null) {
      add_value(data, form);
    }
    fields_[at].extent = static_cast<std::uint32_t>(fields_.size() - at);
  }

 private:
  void add_items(const Data& data, const Form& form, std::uint8_t depth) {
    const auto below = static_cast<std::uint8_t>(depth + 1);
    Form element = form;
    element.list = false;
    const auto name = fields_.back().name;
    std::span<const names::Member> members;
    if (!form.list && form.kind == ValueKind::Shape) members = names::find_members(form.shape, data.items.size());
    for (std::size_t i = 0; i < data.items.size(); ++i) {
      const auto position = static_cast<std::uint32_t>(i);
      if (form.list) {
        add(data.items[i], name, element, below, position, true);
      } else if (i < members.size()) {
        add(data.items[i], members[i].name, members[i].form, below, position);
      } else {
        add(data.items[i], {}, kUnnamed, below, position);
      }
    }
  }

  void add_value(const Data& data, const Form& form) {
    Field& field = fields_.back();
    if (form.list || form.kind == ValueKind::Shape)
      field.kind = holds_bytes(data.type) ? ValueKind::Octets : ValueKind::Number;
    if (field.kind == ValueKind::Byte && data.bytes.size() == 1) field.number = data.bytes[0];
    if (field.unit == Unit::Scaled || field.unit == Unit::ScaledPrice) scaled_ = fields_.size();
    if (field.kind == ValueKind::PriceScale) price_scale_ = static_cast<int>(field.number);
    finish(field);
    if (field.unit == Unit::Price)
      field.exponent = static_cast<std::int8_t>(price_scale_ + unit_exponent(Unit::Pounds));
    if (field.kind == ValueKind::Run && data.type == Type::OctetString) add_run(fields_, form.run);
  }

  static bool is_scaler_unit(const Data& data) {
    return data.type == Type::Structure && data.items.size() == 2 && data.items[0].type == Type::Int8 &&
           data.items[1].type == Type::Enum;
  }

  /// Scaler and unit belong to the value before them, in the same structure or in the item before.
  void apply_scale(const Data& scaler_unit) {
    if (scaled_ == 0) return;
    Field& field = fields_[scaled_ - 1];
    scaled_ = 0;
    const auto scaler = static_cast<int>(scaler_unit.items[0].number);
    Unit unit = field.unit == Unit::ScaledPrice ? Unit::Pounds : Unit::None;
    for (const auto& row : kCosemUnits) {
      if (row.code == scaler_unit.items[1].number) unit = row.unit;
    }
    field.unit = unit;
    field.exponent = static_cast<std::int8_t>(std::clamp(scaler + unit_exponent(unit), -100, 100));
  }

  std::vector<Field>& fields_;
  std::size_t scaled_ = 0;  ///< one more than the index of the value that waits for its scaler
  int price_scale_ = 0;
};

/// Reads a protected block where its key is at hand, and lists what it holds as an element an attribute.
void open_block(Decoded& decoded, Instruction& instruction, const Data& data, const Opener& opener,
                std::span<const names::Object* const> attributes) {
  const auto block = dlms::protected_block(data);
  if (block.empty()) return;
  instruction.encrypted = true;
  instruction.plain = static_cast<std::uint32_t>(decoded.fields.size());
  const auto plain = opener.open(block);
  if (!plain) return;
  auto values = dlms::read_data(*plain);
  if (!values) {
    instruction.block = static_cast<std::uint32_t>(decoded.plain.size());
    decoded.plain.push_back(*plain);
    return;
  }
  instruction.opened = true;
  instruction.block = static_cast<std::uint32_t>(decoded.opened.size());
  const auto& opened = decoded.opened.emplace_back(*std::move(values));
  DlmsFields fields(decoded.fields);
  const bool one_each = opened.type == Type::Structure && opened.items.size() == attributes.size();
  if (opened.type != Type::Structure) return fields.add(opened, {}, kUnnamed);
  for (std::size_t i = 0; i < opened.items.size(); ++i) {
    const auto* object = one_each ? attributes[i] : nullptr;
    fields.add(opened.items[i], object != nullptr ? object->name : std::string_view(),
               object != nullptr ? object->form : kUnnamed, 0, static_cast<std::uint32_t>(i));
  }
}

Instruction begin(const Decoded& decoded, const names::Object* object) {
  Instruction instruction;
  instruction.object = object;
  if (object != nullptr) instruction.name = object->name;
  instruction.first = static_cast<std::uint32_t>(decoded.fields.size());
  return instruction;
}

void end(Decoded& decoded, Instruction instruction) {
  instruction.end = static_cast<std::uint32_t>(decoded.fields.size());
  if (!instruction.encrypted) instruction.plain = instruction.end;
  decoded.instructions.push_back(instruction);
}

void list_request(Decoded& decoded, const dlms::AccessRequest& request) {
  static constexpr std::string_view kRangeDescriptor = "range_descriptor";
  static const auto kRange = names::find_shape(kRangeDescriptor);
  DlmsFields fields(decoded.fields);
  for (std::size_t i = 0; i < request.specifications.size(); ++i) {
    const auto& specification = request.specifications[i];
    auto instruction = begin(decoded, names::object_of(specification));
    instruction.choice = specification.choice;
    if (specification.choice == dlms::Choice::GetSelected) {
      Form form;
      form.kind = ValueKind::Shape;
      form.shape = kRange;
      fields.add(specification.selection, kRangeDescriptor, specification.selector == 1 ? form : kUnnamed);
    }
    if (request.data[i].type != Type::Null)
      fields.add(request.data[i], instruction.name,
                 instruction.object != nullptr ? instruction.object->form : kUnnamed);
    end(decoded, instruction);
  }
}

void list_response(Decoded& decoded, const dlms::AccessResponse& response, const Opener& opener,
                   const dlms::AccessRequest* command) {
  const auto items = names::items_of(decoded.header.code, response, command);
  DlmsFields fields(decoded.fields);
  for (std::size_t i = 0; i < response.data.size(); ++i) {
    auto instruction = begin(decoded, items[i].object);
    instruction.choice = response.results[i].choice;
    instruction.result = response.results[i].code;
    const auto& data = response.data[i];
    if (data.type != Type::Null) {
      fields.add(data, instruction.name, instruction.object != nullptr ? instruction.object->form : kUnnamed);
      open_block(decoded, instruction, data, opener, items[i].block);
    }
    end(decoded, instruction);
  }
}

void list_alert(Decoded& decoded, const dlms::DataNotification& notification, const Opener& opener) {
  auto instruction = begin(decoded, nullptr);
  const auto& body = notification.body;
  if (const auto* use_case = find_use_case(decoded.header.code)) instruction.name = use_case->name;
  DlmsFields fields(decoded.fields);
  for (std::size_t i = 0; i < body.items.size(); ++i) {
    const auto position = static_cast<std::uint32_t>(i);
    const auto named = names::alert_element(decoded.header.code, i);
    fields.add(body.items[i], named.name, named.form, 0, position);
  }
  if (!body.items.empty() && body.items[0].type == Type::Uint16)
    decoded.alert_code = static_cast<std::uint16_t>(body.items[0].number);
  open_block(decoded, instruction, body, opener, names::alert_block(decoded.header.code));
  end(decoded, instruction);
}

}  // namespace

void dlms(Decoded& decoded, ByteView content, const Opener& opener, const dlms::AccessRequest* command) {
  auto apdu = dlms::read_apdu(content);
  if (!apdu) return;
  const auto& kept = decoded.content.emplace<dlms::Apdu>(*std::move(apdu));
  if (const auto* request = std::get_if<dlms::AccessRequest>(&kept)) return list_request(decoded, *request);
  if (const auto* response = std::get_if<dlms::AccessResponse>(&kept))
    return list_response(decoded, *response, opener, command);
  list_alert(decoded, std::get<dlms::DataNotification>(kept), opener);
}

}  // namespace meterway::gbcs::decoding
