#include "flow/transform/asn1_table.h"

#include <algorithm>
#include <iterator>

namespace meterway::flow::transform {
namespace {

#include "flow/transform/asn1_table.inc"

/// Every content is one element: its braces match and nothing follows the outermost.
constexpr bool contents_are_one_element() {
  for (const auto& content : kContents) {
    int depth = 0, elements = 0;
    for (std::size_t i = content.first_item; i < std::size_t{content.first_item} + content.item_count; ++i) {
      if (kItems[i].op == Asn1Op::End) {
        if (--depth < 0) return false;
        continue;
      }
      if (depth == 0) ++elements;
      if (kItems[i].op == Asn1Op::Begin) ++depth;
    }
    if (depth != 0 || elements != 1) return false;
  }
  return true;
}
static_assert(contents_are_one_element(), "a content of spec/asn1_commands.tsv is not one element");

template <class Rows, class Match>
constexpr auto* find_row(const Rows& rows, Match match) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows), match);
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace

std::span<const Asn1Item> asn1_items(MessageCode code) {
  const auto* row = find_row(kContents, [&](const auto& content) { return content.code == code.value; });
  if (row == nullptr) return {};
  return {kItems + row->first_item, row->item_count};
}

const ReplacementMode* replacement_mode(MessageCode code) {
  return find_row(kModes, [&](const auto& mode) { return mode.code == code.value; });
}

const CredentialBody* credential_body(std::string_view body) {
  return find_row(kBodies, [&](const auto& row) { return row.body == body; });
}

}  // namespace meterway::flow::transform
