#include "standard/gbcs/asn1.h"

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::gbcs::asn1 {
namespace {

constexpr std::uint8_t kBoolean = 0x01;
constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kNull = 0x05;
constexpr std::uint8_t kEnumerated = 0x0A;
constexpr std::uint8_t kSequence = 0x30;

/// Two's complement without a byte that only repeats the sign.
bool is_shortest(ByteView value) {
  if (value.empty()) return false;
  if (value.size() == 1) return true;
  const bool negative = (value[1] & 0x80) != 0;
  return value[0] != (negative ? 0xFF : 0x00);
}

bool is_der(std::uint8_t tag, ByteView value) {
  switch (tag) {
    case kBoolean:
      return value.size() == 1 && (value[0] == 0x00 || value[0] == 0xFF);
    case kInteger:
    case kEnumerated:
      return is_shortest(value);
    case kNull:
      return value.empty();
    default:
      return true;
  }
}

std::size_t shortest_length_size(std::size_t value) { return wire::Writer().length(value).size(); }

/// A definite length; `size` receives the bytes it took when that is more than it needs.
std::size_t take_length(wire::Reader& in, Lengths lengths, std::uint8_t& size) {
  const std::size_t count = in.peek() & 0x7F;
  if (lengths == Lengths::Shortest || in.peek() < 0x81 || count > 4) return in.length("der length");
  in.u8("der length");
  const auto value = static_cast<std::size_t>(in.number(count, "der length"));
  if (shortest_length_size(value) != count + 1) size = static_cast<std::uint8_t>(count + 1);
  return value;
}

void put_length(wire::Writer& out, std::size_t value, std::size_t size) {
  if (size < 2) {
    out.length(value);
  } else {
    out.u8(0x80 | (size - 1)).number(value, size - 1);
  }
}

Node take(wire::Reader& in, Lengths lengths, std::size_t depth, std::size_t& nodes) {
  Node node;
  const auto at = in.offset();
  if (depth >= kMaxDepth) in.fail(ErrorCode::TooDeep, "der");
  if (++nodes > kMaxNodes) in.fail(ErrorCode::TooLarge, "der");
  node.tag = in.u8("der tag");
  if (in.ok() && ((node.tag & 0x1F) == 0x1F || node.tag == 0)) in.fail_at(ErrorCode::BadTag, at, "der tag");
  const auto value = in.take(take_length(in, lengths, node.length_size), "der value");
  if (!in.ok()) return node;
  if (!node.constructed()) {
    if (!is_der(node.tag, value)) in.fail_at(ErrorCode::BadValue, in.offset() - value.size(), "der value");
    node.value.assign(value.begin(), value.end());
    return node;
  }
  wire::Reader inner(value, in.offset() - value.size());
  while (inner.ok() && !inner.empty()) node.items.push_back(take(inner, lengths, depth + 1, nodes));
  if (!inner.ok()) in.fail_at(inner.error().code, inner.error().offset, inner.error().field);
  return node;
}

void put(wire::Writer& out, const Node& node) {
  out.u8(node.tag);
  if (!node.constructed()) {
    put_length(out, node.value.size(), node.length_size);
    out.bytes(node.value);
    return;
  }
  wire::Writer inner;
  for (const auto& item : node.items) put(inner, item);
  put_length(out, inner.size(), node.length_size);
  out.bytes(inner.view());
}

}  // namespace

Node Node::of(std::uint8_t tag, ByteView value) {
  Node node;
  node.tag = tag;
  node.value.assign(value.begin(), value.end());
  return node;
}

Node Node::sequence(std::vector<Node> items) {
  Node node;
  node.tag = kSequence;
  node.items = std::move(items);
  return node;
}

Node Node::integer(std::uint64_t value, std::uint8_t tag) {
  std::size_t size = 1;
  while (size < 8 && value >> (8 * size - 1) != 0) ++size;
  wire::Writer out;
  if (value >> 63 != 0) out.u8(0);  // eight bytes with the top bit set: a ninth keeps it positive
  return of(tag, out.number(value, size).view());
}

Result<Node> read(ByteView bytes, Lengths lengths) {
  wire::Reader in(bytes);
  std::size_t nodes = 0;
  Node node = take(in, lengths, 0, nodes);
  METERWAY_CHECK(in.finish("der"));
  return node;
}

Bytes write(const Node& node) {
  wire::Writer out;
  put(out, node);
  return out.take();
}

Result<std::uint64_t> integer_value(const Node& node) {
  if (node.constructed() || !is_shortest(node.value) || (node.value[0] & 0x80) != 0)
    return fail(ErrorCode::BadValue, 0, "integer");
  if (node.value.size() > 9 || (node.value.size() == 9 && node.value[0] != 0))
    return fail(ErrorCode::OutOfRange, 0, "integer");
  std::uint64_t value = 0;
  for (const auto byte : node.value) value = value << 8 | byte;
  return value;
}

}  // namespace meterway::gbcs::asn1
