#include "base/util/hex.h"
#include "flow/transform/dlms_rows.h"
#include "flow/transform/expression.h"
#include "flow/transform/word_list.h"

namespace meterway::flow::transform {
namespace {

/// "00005e2c{0x74+@index}01" with the byte in its place.
Result<Bytes> instance(std::string_view text, Expression& expression, const duis::Element& at) {
  const auto open = text.find('{');
  if (open == std::string_view::npos) return from_hex(text);
  const auto close = text.find('}');
  METERWAY_TRY(auto bytes, from_hex(text.substr(0, open)));
  METERWAY_TRY(const auto value, expression.number(text.substr(open + 1, close - open - 1), at));
  METERWAY_TRY(const auto rest, from_hex(text.substr(close + 1)));
  bytes.push_back(static_cast<std::uint8_t>(value));
  append(bytes, rest);
  return bytes;
}

/// The two lists of an access-request as they grow.
struct Lists {
  std::size_t count = 0;
  wire::Writer specifications;
  wire::Writer data;
};

Status add(const DlmsRow& row, const PayloadInput& input, const Circumstances& circumstances, const duis::Element& at,
           Lists& lists) {
  Expression expression(input, circumstances);
  METERWAY_TRY(const auto obis, instance(row.instance, expression, at));
  METERWAY_TRY(const auto data, expression.data(row.data, at));
  lists.specifications.u8(static_cast<std::uint64_t>(row.access)).u16(row.class_id).bytes(obis).u8(row.member);
  if (row.access == Access::GetWithSelection) {
    lists.specifications.u8(1).bytes(data);  // access selector 1: range descriptor
    lists.data.u8(0x00);
  } else {
    lists.data.bytes(data);
  }
  ++lists.count;
  return {};
}

}  // namespace

//   D9 | 20 counter:3 | 00 | n specification[n] | n data[n]        access-request, see gbcs/dlms.h
Result<Bytes> build_dlms(const PayloadInput& input) {
  const Circumstances circumstances{input.party_role == PartyRole::NetworkOperator,
                                    input.party_role == PartyRole::LoadController, input.facts, input.other_type};
  Lists lists;
  bool known = false;
  for (const auto& row : dlms_rows()) {
    if (!has_word(row.use_cases, input.use_case)) continue;
    known = true;
    for (const auto* at : select(input.body, row.each == "-" ? "." : row.each)) {
      if (!holds(row.when, *at, circumstances)) continue;
      METERWAY_CHECK(add(row, input, circumstances, *at, lists));
    }
  }
  if (!known) return fail(ErrorCode::Unsupported, 0, "use case");
  if (lists.count == 0) return fail(ErrorCode::BadRequest, 0, "body");  // nothing to ask of the device
  wire::Writer out;
  out.u8(0xD9).u8(0x20).number(input.counter.value & 0xFFFFFF, 3).u8(0x00);
  out.length(lists.count).bytes(lists.specifications.view());
  out.length(lists.count).bytes(lists.data.view());
  return out.take();
}

}  // namespace meterway::flow::transform
