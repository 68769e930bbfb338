#include <fmt/format.h>

#include "base/util/hex.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/document_parts.h"
#include "standard/gbcs/use_cases.h"

// A message for people: a line a value, indented by what holds it.
namespace meterway::gbcs {
namespace {

constexpr const char* kKinds[] = {"", "command", "response", "alert"};
constexpr const char* kChoices[] = {"", "get", "set", "action", "get selected"};

class TextWriter {
 public:
  explicit TextWriter(const Decoded& decoded) : decoded_(decoded) {}

  std::string write() && {
    header();
    if (decoded_.alert_code != 0) {
      const auto name = alert_name(decoded_.alert_code);
      line(0, "alert", fmt::format("{:04x}{}{}", decoded_.alert_code, name.empty() ? "" : " ", name));
    }
    line(0, "content", decoded_.instructions.empty() ? "of no known shape" : "");
    for (std::size_t i = 0; i < decoded_.instructions.size(); ++i) {
      if (std::holds_alternative<dlms::Apdu>(decoded_.content) && decoded_.header.kind != Kind::Alert) {
        dlms_item(i);
      } else if (std::holds_alternative<GbzContent>(decoded_.content)) {
        gbz_component(i);
      } else {
        fields(decoded_.fields_of(decoded_.instructions[i]), 1);
        closed(decoded_.instructions[i], 1);
      }
    }
    return std::move(out_);
  }

 private:
  void header() {
    const auto& header = decoded_.header;
    line(0, "kind", kKinds[static_cast<std::size_t>(header.kind)]);
    line(0, "code", header.code.hex());
    if (const auto* row = find_use_case(header.code)) line(0, "use case", row->name);
    line(0, "originator", header.originator.plain());
    line(0, "target", header.target.plain());
    line(0, "counter", std::to_string(header.counter.value));
    if (header.date_time) {
      Field field;
      field.kind = names::ValueKind::DateTime;
      field.bytes = *header.date_time;
      line(0, "date time", value_text(field));
    }
    if (!header.supplementary_party) return;
    line(0, "supplementary party", header.supplementary_party->plain());
    if (header.supplementary_counter)
      line(0, "supplementary counter", std::to_string(header.supplementary_counter->value));
    if (header.supplementary_originator_counter)
      line(0, "supplementary originator counter", std::to_string(header.supplementary_originator_counter->value));
  }

  /// "LoadLimitPeriod: 300 s  [get, class 71, 0-0:17.0.0.255, attribute 6] success"
  void dlms_item(std::size_t index) {
    const auto& instruction = decoded_.instructions[index];
    auto where = std::string(kChoices[static_cast<std::size_t>(instruction.choice)]);
    auto label = std::string(instruction.name);
    const auto& apdu = std::get<dlms::Apdu>(decoded_.content);
    if (const auto* request = std::get_if<dlms::AccessRequest>(&apdu)) {
      const auto& asked = request->specifications[index];
      where += place(asked.class_id, asked.instance, asked.choice == dlms::Choice::Action, asked.index);
    } else if (instruction.object != nullptr) {
      const auto& object = *instruction.object;
      where += place(object.class_id, object.obis(), object.access != names::Access::Attribute, object.index);
    }
    std::string result;
    if (std::holds_alternative<dlms::AccessResponse>(apdu)) {
      const auto word = dlms::result_name(instruction.result);
      result = " " + (word.empty() ? fmt::format("result {}", instruction.result) : std::string(word));
    }
    if (label.empty()) label = "instruction " + std::to_string(index + 1);
    const auto values = decoded_.values_of(instruction);
    const bool one = values.size() == 1 && !values[0].group;
    out_ += "  " + label + (one ? ": " + value_text(values[0]) : "") + "  [" + where + "]" + result + "\n";
    if (!one) fields(values, 2);
    closed(instruction, 2);
  }

  static std::string place(std::uint16_t class_id, const dlms::Obis& instance, bool method, std::uint8_t index) {
    return fmt::format(", class {}, {}, {} {}", class_id, dlms::to_string(instance), method ? "method" : "attribute",
                       index);
  }

  void gbz_component(std::size_t index) {
    const auto& instruction = decoded_.instructions[index];
    const auto& content = std::get<GbzContent>(decoded_.content);
    const auto& components = content.components();
    if (index >= components.size()) return fields(decoded_.fields_of(instruction), 1);
    const auto& component = components[index];
    const auto name =
        instruction.name.empty() ? "instruction " + std::to_string(index + 1) : std::string(instruction.name);
    out_ += fmt::format("  {}  [{} {:04x}, command {:02x}]\n", name, zcl::cluster_name(component.cluster),
                        component.cluster, component.command);
    if (component.from) line(2, "from", document::seconds_text(component.from->seconds));
    fields(decoded_.values_of(instruction), 2);
    closed(instruction, 2);
  }

  void closed(const Instruction& instruction, std::size_t depth) {
    if (instruction.encrypted && !instruction.opened) line(depth, "encrypted", "for another party, or no key at hand");
  }

  void fields(std::span<const Field> list, std::size_t depth) {
    for (const auto& field : list) {
      auto label = field.name.empty() ? std::to_string(field.position) : std::string(field.name);
      if (field.in_list) label += " " + std::to_string(field.position + 1);
      line(depth + field.depth, label, field.group ? std::string() : value_text(field));
    }
  }

  void line(std::size_t depth, std::string_view label, std::string_view value) {
    out_.append(2 * depth, ' ');
    out_ += label;
    out_ += ":";
    if (!value.empty()) out_ += " ";
    out_ += value;
    out_ += "\n";
  }

  const Decoded& decoded_;
  std::string out_;
};

}  // namespace

Result<std::string> to_text(ByteView message, const DecodeOptions& options) {
  METERWAY_TRY(const auto decoded, decode(message, options));
  return TextWriter(decoded).write();
}

Result<std::string> to_text(ByteView message, const pki::KeyStore* keys) {
  return to_text(message, DecodeOptions{keys, nullptr});
}

}  // namespace meterway::gbcs
