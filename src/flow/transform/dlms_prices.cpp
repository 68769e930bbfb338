#include "flow/transform/dlms_prices.h"

#include <limits>
#include <map>

#include "base/wire/writer.h"
#include "flow/transform/integers.h"
#include "flow/transform/select.h"

namespace meterway::flow::transform {
namespace {

constexpr int kRegisters = 48;
constexpr int kBlocks = 4;
constexpr int kBlockRegisters = 8;
constexpr int kSecondaryRegisters = 4;

using Prices = std::map<std::uint8_t, std::int64_t>;  // by charge table index, in the order of the wire

std::int64_t integer(std::string_view text) {
  return read_integer(text).value_or(std::numeric_limits<std::int64_t>::max());
}

/// A1 for block 1, register 1.
std::uint8_t block_index(std::int64_t block, std::int64_t block_register) {
  return static_cast<std::uint8_t>((0xA + block - 1) * 16 + block_register);
}

Status put(Prices& prices, std::int64_t index, const duis::Element& price, const char* field) {
  const auto value = integer(price.text);
  const auto place = index < 0 || index > 0xFF ? prices.end() : prices.find(static_cast<std::uint8_t>(index));
  if (place == prices.end() || value < -0x8000 || value > 0x7FFF) return fail(ErrorCode::BadRequest, 0, field);
  place->second = value;
  return {};
}

Bytes write(const Prices& prices) {
  wire::Writer out;
  out.u8(0x01).length(prices.size());
  for (const auto& [index, price] : prices) {
    out.bytes({0x02, 0x02, 0x09, 0x01, index, 0x10}).u16(static_cast<std::uint64_t>(price));
  }
  return out.take();
}

}  // namespace

Result<Bytes> primary_prices(const duis::Element& at) {
  Prices prices;
  for (int i = 1; i <= kRegisters; ++i) prices[static_cast<std::uint8_t>(i)] = 0;
  for (int block = 1; block <= kBlocks; ++block) {
    for (int i = 1; i <= kBlockRegisters; ++i) prices[block_index(block, i)] = 0;
  }
  for (const auto* tariff : {"BlockTariff", "TOUTariff", "HybridTariff"}) {
    const auto* element = at.child(tariff);
    if (element == nullptr) continue;
    for (const auto* price : select(*element, "TOUPrice")) {
      METERWAY_CHECK(put(prices, integer(price->attribute("index")), *price, "TOUPrice"));
    }
    for (const auto* of_register : select(*element, "BlockPrices")) {
      for (const auto* price : select(*of_register, "BlockPrice")) {
        const auto block = integer(price->attribute("index"));
        const auto block_register = integer(of_register->attribute("index"));
        if (block < 1 || block > kBlocks || block_register < 1 || block_register > kBlockRegisters) {
          return fail(ErrorCode::BadRequest, 0, "BlockPrice");
        }
        METERWAY_CHECK(put(prices, block_index(block, block_register), *price, "BlockPrice"));
      }
    }
  }
  return write(prices);
}

Result<Bytes> secondary_prices(const duis::Element& at) {
  Prices prices;
  for (int i = 1; i <= kSecondaryRegisters; ++i) prices[static_cast<std::uint8_t>(i)] = 0;
  for (const auto* price : select(at, "ElectricityPriceElement")) {
    METERWAY_CHECK(put(prices, integer(price->attribute("index")), *price, "ElectricityPriceElement"));
  }
  return write(prices);
}

}  // namespace meterway::flow::transform
