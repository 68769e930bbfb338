#include "standard/mmc/mmc.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/xml/document.h"
#include "base/xml/text.h"
#include "standard/duis/element.h"
#include "standard/duis/schema.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/use_cases.h"
#include "standard/mmc/body.h"
#include "standard/mmc/debug.h"
#include "standard/mmc/form.h"
#include "standard/mmc/tables.h"

namespace meterway::mmc {
namespace {

using duis::Element;
using gbcs::Header;

constexpr std::string_view kNamespace = "http://www.dccinterface.co.uk/ResponseAndAlert";
constexpr std::string_view kVersion = "5.4";

Element named(std::string_view name, std::string text = {}) {
  Element element;
  element.name = name;
  element.text = std::move(text);
  return element;
}

std::string code_text(std::uint16_t code) { return fmt::format("{:04X}", code); }

/// The last byte of the header's date-time: 00, 01 and 02 say how the clock stands, FF nothing; 04 marks a time that
/// the gas proxy function took over from the gas meter (read from reference messages, unconfirmed).
void add_timestamp(Element& header, ByteView date_time) {
  auto text = text_of("time", Value::of(date_time), nullptr);
  if (!text) return;
  auto element = named("Timestamp", *std::move(text));
  if (const auto status = date_time[11]; status != 0xFF) {
    const auto word = word_of("clock_status", status & 0x03);
    if (!word.empty()) element.attributes.emplace_back("ClockStatus", word);
    element.attributes.emplace_back("isFromGSME", (status & 0x04) != 0 ? "true" : "false");
  }
  header.children.push_back(std::move(element));
}

Element header_element(const Header& header, std::string_view service) {
  auto element = named("Header");
  const auto add = [&](std::string_view name, std::string text) {
    element.children.push_back(named(name, std::move(text)));
  };
  add("BusinessOriginatorID", header.originator.dashed_upper());
  add("BusinessTargetID", header.target.dashed_upper());
  add("OriginatorCounter", std::to_string(header.counter.value));
  if (header.supplementary_party) add("SupplementaryRemotePartyID", header.supplementary_party->dashed_upper());
  if (header.supplementary_counter)
    add("SupplementaryRemotePartyCounter", std::to_string(header.supplementary_counter->value));
  if (header.supplementary_originator_counter)
    add("SupplementaryOriginatorCounter", std::to_string(header.supplementary_originator_counter->value));
  add("GBCSHexadecimalMessageCode", code_text(header.code.value));
  if (!service.empty()) {
    const auto dot = service.find('.');
    add("ServiceReference", std::string(service.substr(0, std::min(service.find('.', dot + 1), service.size()))));
    add("ServiceReferenceVariant", std::string(service));
  }
  if (header.date_time) add_timestamp(element, *header.date_time);
  return element;
}

/// The service that a response answers: told, the only one of its code, or by spec/mmc_messages.tsv; empty when the
/// response does not say which.
Result<std::string_view> service_of(const Header& header, const Options& options) {
  const auto* use_case = gbcs::find_use_case(header.code);
  if (use_case == nullptr) return fail(ErrorCode::UnknownCode, 0, "message code");
  if (!options.service.empty()) {
    if (!use_case->serves(options.service)) return fail(ErrorCode::Unsupported, 0, "service of this message code");
    return options.service;
  }
  if (header.kind == gbcs::Kind::Alert) return std::string_view();
  if (use_case->services.find(' ') == std::string_view::npos) return use_case->services;
  for (const auto& row : message_rows()) {
    if (row.code != header.code) continue;
    const bool fits = row.when.empty() || (row.when == "supplementary" && header.supplementary_party) ||
                      (row.when == "to-broker" && header.target == options.broker);
    if (fits) return row.service;
  }
  return std::string_view();
}

bool is_success(const Content& content, const ServiceRow& service, Sources& sources) {
  if (content.format != Content::Format::Asn1) return all_went_well(content);
  if (service.success.empty()) return true;
  const auto found = sources.find(service.success, content.root, 1);
  return std::all_of(found.begin(), found.end(), [](const Value* value) { return value->number == 0; });
}

Element response_body(const Header& header, const Content& content, std::string_view service) {
  auto body = named("ResponseMessage");
  const auto* row = find_service(service);
  bool is_told = false;
  if (row != nullptr && !row->element.empty()) {
    Sources sources(content.root);
    auto answer = named(row->element);
    is_told = is_success(content, *row, sources);
    answer.attributes.emplace_back("MessageSuccess", is_told ? "true" : "false");
    fill(answer, header.code.hex(), sources, content.root);
    auto data = named("SMETSData");
    data.children.push_back(std::move(answer));
    body.children.push_back(std::move(data));
  }
  if (!is_told) {
    if (auto info = debug_info(content)) body.children.push_back(*std::move(info));
  }
  return body;
}

Result<Element> alert_body(const Header& header, const Content& content) {
  Sources sources(content.root);
  auto inside = named("DeviceAlertContent");
  fill(inside, "alert", sources, content.root);
  const auto* code = inside.child("GBCSHexAlertCode");
  if (code == nullptr || inside.child("Timestamp") == nullptr)
    return fail(ErrorCode::BadValue, 0, "code and time of an alert");
  if (inside.child("AlertDescription") == nullptr)
    inside.children.push_back(named("AlertDescription", "Alert " + code->text));
  fill(inside, "a:" + header.code.hex(), sources, content.root);
  auto body = named("DeviceAlertMessage");
  body.children.push_back(std::move(inside));
  return body;
}

void write(std::string& out, const Element& element, std::size_t depth) {
  out.append(2 * depth, ' ').append("<ra:").append(element.name);
  for (const auto& [name, value] : element.attributes) {
    out.append(" ").append(name).append("=\"");
    xml::append_attribute_value(out, value);
    out += '"';
  }
  if (element.children.empty() && element.text.empty()) {
    out.append("/>\n");
    return;
  }
  out += '>';
  xml::append_text(out, element.text);
  if (!element.children.empty()) {
    out += '\n';
    for (const auto& child : element.children) write(out, child, depth + 1);
    out.append(2 * depth, ' ');
  }
  out.append("</ra:").append(element.name).append(">\n");
}

std::string text_of_document(const Element& root) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  write(out, root, 0);
  return out;
}

bool is_valid(const std::string& text) {
  const auto document = xml::Document::parse(text);
  return document && duis::validate_mapped(*document);
}

/// A device may answer what the schema has no room for (a thirteenth month, a hundred and one entries of a log).
void leave_out_content(Element& root, const Content& content) {
  auto& message = root.children.back().children.front();
  std::erase_if(message.children, [](const Element& child) { return child.name != "DeviceAlertContent"; });
  for (auto& inside : message.children)
    std::erase_if(inside.children, [](const Element& child) { return child.name == "Payload"; });
  if (message.name != "ResponseMessage") return;
  if (auto info = debug_info(content)) message.children.push_back(*std::move(info));
}

}  // namespace

Result<std::string> to_mmc(ByteView bytes, const Options& options) {
  METERWAY_TRY(const auto message, gbcs::read_message(bytes));
  const auto& header = message.header;
  METERWAY_TRY(const auto service, service_of(header, options));
  const auto decrypt = [&](ByteView block) -> Result<Bytes> {
    if (options.keys == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement");
    METERWAY_TRY(const auto key, gbcs::encryption_key(header, *options.keys));
    return gbcs::decrypt_attribute(key, header.originator, block);
  };
  METERWAY_TRY(const auto content, read_content(message, decrypt, options.command));
  auto root = named("GBCSResponse");
  root.attributes = {{"xmlns:ra", std::string(kNamespace)}, {"schemaVersion", std::string(kVersion)}};
  root.children.push_back(header_element(header, service));
  auto body = named("Body");
  if (header.kind == gbcs::Kind::Alert) {
    METERWAY_TRY(auto inside, alert_body(header, content));
    body.children.push_back(std::move(inside));
  } else {
    body.children.push_back(response_body(header, content, service));
  }
  root.children.push_back(std::move(body));
  in_schema_order(root, "ra:GBCSResponse");
  auto text = text_of_document(root);
  if (is_valid(text)) return text;
  leave_out_content(root, content);
  return text_of_document(root);
}

}  // namespace meterway::mmc
