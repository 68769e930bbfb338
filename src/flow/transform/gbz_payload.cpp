#include <list>
#include <string>
#include <vector>

#include "base/wire/writer.h"
#include "flow/transform/gbz_parts.h"
#include "flow/transform/gbz_table.h"
#include "flow/transform/gbz_values.h"
#include "flow/transform/payload.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

constexpr std::uint8_t kLastComponent = 0x01;
constexpr std::uint8_t kFromDateTime = 0x10;
constexpr std::size_t kMaxComponents = 0xFF;

constexpr std::uint64_t largest(std::uint8_t size) { return size >= 8 ? ~0ull : (1ull << (8 * size)) - 1; }

/// The parent path and the last name of a path: elements of that name under that parent are counted and repeated.
std::pair<std::string, std::string_view> split(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", path};
  return {std::string(path.substr(0, slash)), path.substr(slash + 1)};
}

std::vector<const Element*> all_at(const Element& in, std::string_view path) {
  const auto [parent, name] = split(path);
  std::vector<const Element*> found;
  if (const auto* list = in.find(parent)) {
    for (const auto& child : list->children) {
      if (child.name == name) found.push_back(&child);
    }
  }
  return found;
}

/// Where a row stands: the element that its paths start from, and which repetition it is.
struct Place {
  const PayloadInput& input;
  const Element& element;
  std::size_t index;
};

Result<std::uint64_t> start_time(const PayloadInput& input, std::uint32_t cancelled) {
  METERWAY_TRY(const auto execution, execution_of(input.body));
  if (execution.kind == Execution::Kind::Immediate) return std::uint64_t{0};
  if (execution.kind == Execution::Kind::Cancelled) return std::uint64_t{cancelled};
  METERWAY_TRY(const auto seconds, zcl_time(execution.time, "ExecutionDateTime"));
  if (seconds == 0 || seconds == kZclLast) return fail(ErrorCode::BadRequest, 0, "ExecutionDateTime");
  return std::uint64_t{seconds};
}

/// The word at a path, or the words at paths with a comma between; booleans are read as such.
Result<std::uint64_t> mapped(const Place& at, const GbzField& field) {
  std::string word;
  std::string_view left = field.path;
  while (!left.empty()) {
    const auto comma = left.find(',');
    const auto* element = at.element.find(left.substr(0, comma));
    if (element == nullptr) return fail(ErrorCode::BadRequest, 0, field.path);
    const bool several = comma != std::string_view::npos || !word.empty();
    if (!word.empty()) word += ',';
    if (several) {
      const auto yes = boolean_at(*element, "");
      if (!yes) return fail(ErrorCode::BadRequest, 0, field.path);
      word += *yes ? "true" : "false";
    } else {
      word += element->text;
    }
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
  }
  const auto* found = gbz_word(field.value, word);
  if (found == nullptr) return fail(ErrorCode::BadRequest, 0, field.path);
  return std::uint64_t{found->value};
}

Result<std::uint64_t> number_of(const Place& at, const GbzField& field) {
  const auto max = largest(field.size);
  switch (field.op) {
    case GbzOp::Constant:
      return field.value;
    case GbzOp::Now: {
      METERWAY_TRY(const auto seconds, zcl_time(at.input.now, "now"));
      return std::uint64_t{seconds};
    }
    case GbzOp::Start:
      return start_time(at.input, kZclNever);
    case GbzOp::StartLast:
      return start_time(at.input, kZclLast);
    case GbzOp::Time: {
      METERWAY_TRY(const auto time, time_at(at.element, field.path));
      METERWAY_TRY(const auto seconds, zcl_time(time, field.path));
      return std::uint64_t{seconds};
    }
    case GbzOp::Unsigned:
      return unsigned_at(at.element, field.path, max);
    case GbzOp::Optional:
      if (at.element.find(field.path) == nullptr) return std::uint64_t{0};
      return unsigned_at(at.element, field.path, max);
    case GbzOp::Signed: {
      METERWAY_TRY(const auto number, signed_at(at.element, field.path));
      return std::uint64_t{number};
    }
    case GbzOp::Decimal:
      return decimal_at(at.element, field.path, static_cast<unsigned>(field.value), max);
    case GbzOp::Count: {
      const auto count = all_at(at.element, field.path).size();
      if (count > max || count < field.value) return fail(ErrorCode::BadRequest, 0, field.path);
      return std::uint64_t{count - field.value};
    }
    case GbzOp::Map:
      return mapped(at, field);
    case GbzOp::Index:
      return std::uint64_t{at.index};
    case GbzOp::Text:
    case GbzOp::Cin:
    case GbzOp::Part:
      break;
  }
  return fail(ErrorCode::Unsupported, 0, "field");
}

Status write_text(std::string_view text, const char* field, wire::Writer& out) {
  if (text.size() >= 0xFF) return fail(ErrorCode::BadRequest, 0, field);  // FF means "no string"
  out.u8(text.size()).bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return {};
}

Status write_field(const Place& at, const GbzField& field, wire::Writer& out) {
  if (field.op == GbzOp::Cin) {
    if (at.input.cin.empty()) return fail(ErrorCode::BadRequest, 0, "customer identification number");
    return write_text(at.input.cin, "customer identification number", out);
  }
  if (field.op == GbzOp::Text || field.op == GbzOp::Part) {
    METERWAY_TRY(const auto* element, element_at(at.element, field.path));
    if (field.op == GbzOp::Text) return write_text(element->text, field.path, out);
    return write_part(static_cast<GbzPart>(field.value), *element, out);
  }
  METERWAY_TRY(const auto number, number_of(at, field));
  out.number_le(number, field.size);
  return {};
}

/// Everything after the length of a component:  [From Date Time:4] frame:1 sequence:1 command:1 ZCL payload
Result<Bytes> component_body(const Place& at, const GbzComponent& row, std::size_t sequence) {
  wire::Writer out;
  if (row.from.size != 0) {
    METERWAY_TRY(const auto from, number_of(at, row.from));
    out.u32(from);
  }
  out.u8(row.frame).u8(sequence).u8(row.command);
  for (const auto& field : gbz_fields(row)) METERWAY_CHECK(write_field(at, field, out));
  if (out.size() > 0xFFFF) return fail(ErrorCode::TooLarge, 0, "component");
  return out.take();
}

/// The elements that a row is repeated for; those that stand nowhere in the body are kept in `made`.
std::vector<const Element*> elements_of(const GbzComponent& row, const Element& body, std::list<Element>& made) {
  if (row.each == nullptr) return std::vector<const Element*>(row.times, &body);
  if (!row.alike) return all_at(body, row.each);
  std::vector<const Element*> sets;
  if (const auto* settings = body.find(row.each)) {
    for (auto& set : alike_settings(*settings)) sets.push_back(&made.emplace_back(std::move(set)));
  }
  return sets;
}

struct Component {
  const GbzComponent* row;
  Bytes body;
};

}  // namespace

/// Content of a GBZ message; the rows of spec/gbz_commands.tsv say which components it has.
///
///     01 09 | count:1 | { control:1 cluster:2 length:2 body }*
Result<Bytes> build_gbz(const PayloadInput& input) {
  const auto rows = gbz_components(input.code);
  if (rows.empty()) return fail(ErrorCode::Unsupported, 0, "use case");
  std::vector<Component> components;
  std::list<Element> made;
  for (const auto& row : rows) {
    if (row.when != nullptr && input.body.find(row.when) == nullptr) continue;
    const auto elements = elements_of(row, input.body, made);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      METERWAY_TRY(auto body, component_body(Place{input, *elements[i], i}, row, components.size()));
      components.push_back({&row, std::move(body)});
    }
  }
  if (components.empty()) return fail(ErrorCode::BadRequest, 0, "body is not one of a gas device");
  if (components.size() > kMaxComponents) return fail(ErrorCode::TooLarge, 0, "components");

  wire::Writer out;
  out.bytes({0x01, 0x09}).u8(components.size());
  for (const auto& [row, body] : components) {
    const bool last = row == components.back().row && &body == &components.back().body;
    out.u8((last ? kLastComponent : 0) | (row->from.size != 0 ? kFromDateTime : 0)).u16(row->cluster);
    out.u16(body.size()).bytes(body);
  }
  return out.take();
}

}  // namespace meterway::flow::transform
