#include "portal/server/form_json.h"

#include <nlohmann/json.hpp>

#include "base/xml/document.h"
#include "records/access/tables.h"
#include "standard/duis/integer_kind.h"
#include "standard/duis/schema.h"
#include "standard/duis/xml_text.h"
#include "standard/forms/form.h"
#include "standard/forms/words.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::portal {
namespace {

using duis::schema::Builtin;
using forms::Part;
using nlohmann::json;

std::string_view base_name(Builtin base) {
  if (const auto* kind = duis::schema::integer_kind(base); kind != nullptr) return "integer";
  switch (base) {
    case Builtin::Boolean:
      return "boolean";
    case Builtin::Decimal:
      return "decimal";
    case Builtin::DateTime:
      return "dateTime";
    case Builtin::Date:
      return "date";
    case Builtin::Time:
      return "time";
    case Builtin::HexBinary:
      return "hex";
    case Builtin::Base64Binary:
      return "base64";
    default:
      return "text";
  }
}

void add_type(json& out, const duis::schema::SimpleType& type) {
  out["type"] = base_name(type.base);
  out["wants"] = forms::type_words(type);
  const auto* kind = duis::schema::integer_kind(type.base);
  const auto low = type.low.empty() && kind != nullptr ? kind->low : type.low;
  const auto high = type.high.empty() && kind != nullptr ? kind->high : type.high;
  if (!low.empty()) out["low"] = low;
  if (!high.empty()) out["high"] = high;
  if (type.low_excluded) out["low_excluded"] = true;
  if (type.high_excluded) out["high_excluded"] = true;
  if (type.shortest >= 0) out["shortest"] = type.shortest;
  if (type.longest >= 0) out["longest"] = type.longest;
  if (type.fraction_digits >= 0) out["fraction_digits"] = type.fraction_digits;
  for (std::size_t i = 0; i < type.pattern_count; ++i)
    out["patterns"].push_back(duis::schema::patterns()[type.first_pattern + i]);
}

void add_values(json& out, const duis::schema::SimpleType& type, const forms::FieldWords& words) {
  const auto word_of = [&](std::string_view value) {
    for (const auto& [one, word] : words.words) {
      if (one == value) return word;
    }
    return std::string_view();
  };
  for (const auto value : duis::schema::values_of(type)) {
    json one = {{"value", value}};
    if (const auto word = word_of(value); !word.empty()) one["word"] = word;
    out["values"].push_back(std::move(one));
  }
  if (out.contains("values")) return;
  for (const auto& [value, word] : words.words) out["values"].push_back({{"value", value}, {"word", word}});
}

std::string_view name_of(Part::Kind kind) {
  constexpr std::string_view kNames[] = {"field", "mark", "group", "choice", "together"};
  return kNames[static_cast<std::size_t>(kind)];
}

json to_json(const Part& part, const duis::Service& service, const duis::SampleOf& about) {
  json out = {{"kind", name_of(part.kind)}, {"least", part.least}};
  out["most"] = part.most == duis::schema::kUnbounded ? json(nullptr) : json(part.most);
  if (!part.name.empty()) {
    out["name"] = part.name;
    out["path"] = part.path;
    out["label"] = forms::label_of(part.name);
  }
  const auto words = forms::field_words(service, part.path);
  if (!part.name.empty() && !words.help.empty()) out["help"] = words.help;
  if (part.kind == Part::Kind::Field) {
    add_type(out, *part.type);
    add_values(out, *part.type, words);
    if (!words.unit.empty()) out["unit"] = words.unit;
    if (!words.how_sure.empty()) out["how_sure"] = words.how_sure;
    if (!part.default_text.empty()) out["default"] = part.default_text;
    out["sample"] = duis::sample_text(service, *part.type, part.path, about);
  }
  for (const auto& rule : part.attributes) {
    json one = {{"name", rule.name}, {"required", rule.required}, {"numbers_repetitions", true}};
    add_type(one, forms::type_of(rule));
    out["attributes"].push_back(std::move(one));
  }
  for (const auto& one : part.parts) out["parts"].push_back(to_json(one, service, about));
  return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (!word.empty()) out.push_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return out;
}

std::string_view words_of(duis::WebService service) {
  switch (service) {
    case duis::WebService::Send:
      return "Send Command Service";
    case duis::WebService::Transform:
      return "Transform Service";
    case duis::WebService::DccOnly:
      return "DCC Only Service";
  }
  return {};
}

json use_cases_of(const duis::Service& service) {
  json out = json::array();
  for (const auto tag : words_of(service.use_cases)) {
    const auto* use_case = gbcs::find_use_case(tag);
    json one = {{"use_case", tag}};
    if (use_case != nullptr) {
      one["name"] = use_case->name;
      one["code"] = use_case->code.hex();
      one["devices"] = use_case->device_types;
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// Those of which access control lets it be asked, whoever asks.
json device_types_of(const duis::Service& service, UtcTime now) {
  json out = json::array();
  const auto& tables = access::Tables::standard();
  const auto place = static_cast<std::size_t>(&service - duis::all_services().data());
  const auto* row =
      access::row_on(tables.cells[static_cast<std::size_t>(access::Question::Type)][place], calendar::date_of(now));
  if (row == nullptr || service.non_device) return out;
  for (std::size_t type = 1; type < access::kTypes; ++type) {
    if ((row->may >> type & 1u) != 0) out.push_back(to_string(static_cast<DeviceType>(type)));
  }
  return out;
}

}  // namespace

json to_json(const duis::Service& service, UtcTime now) {
  json variants = json::array(), roles = json::array();
  for (int cv = 1; cv <= 8; ++cv) {
    const auto variant = static_cast<CommandVariant>(cv);
    if (!service.permits(variant)) continue;
    const auto web = service.web_service(variant);
    variants.push_back({{"cv", cv}, {"web_service", std::string(1, static_cast<char>(web))}, {"name", words_of(web)}});
  }
  for (std::size_t role = 0; role < access::kRoles; ++role) {
    if (service.eligible(static_cast<UserRole>(role))) roles.push_back(to_string(static_cast<UserRole>(role)));
  }
  constexpr std::string_view kDating[] = {"no", "device", "DCC", "device or DCC"};
  return {{"service", service.variant},
          {"reference", service.reference},
          {"name", service.name},
          {"body_element", service.body_element},
          {"critical", service.critical},
          {"non_device", service.non_device},
          {"on_demand", service.on_demand},
          {"future_dated", kDating[static_cast<std::size_t>(service.future_dating)]},
          {"schedulable", service.schedulable},
          {"command_variants", std::move(variants)},
          {"roles", std::move(roles)},
          {"device_types", device_types_of(service, now)},
          {"use_cases", use_cases_of(service)}};
}

json form_json(const duis::Service& service, const duis::SampleOf& about) {
  return to_json(forms::form_of(service), service, about);
}

json sample_json(const duis::Service& service, const duis::SampleOf& about) {
  // One element, written by us, so that it reads back.
  std::string text = "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\">" +
                     duis::sample_body(service, {}, about) + "</sr:Request>";
  const auto document = xml::Document::parse(text);
  json out = json::object();
  if (!document) return out;
  std::function<duis::Element(xml::Node)> read = [&](xml::Node node) {
    duis::Element element;
    element.name = node.name();
    for (const auto& one : node.attributes()) element.attributes.emplace_back(one.name, one.value);
    for (auto child = node.first_element(); child; child = child.next_element())
      element.children.push_back(read(child));
    if (element.children.empty()) element.text = node.text();
    return element;
  };
  for (const auto& [place, value] : forms::values_of(read(document->root().first_element()))) out[place] = value;
  return out;
}

json to_json(const std::vector<forms::Wrong>& wrong) {
  json out = json::array();
  for (const auto& one : wrong) {
    json item = {{"field", one.field}, {"detail", one.detail}};
    if (!one.wants.empty()) item["wants"] = one.wants;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace meterway::portal
