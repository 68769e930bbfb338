#include "flow/correlate/firmware_report.h"

#include <algorithm>

#include "base/util/hex.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::Kind;

constexpr std::size_t kVersionBytes = 4;
constexpr MessageCode kActivate{0x0012}, kActivated{0x00CA}, kReadMeter{0x0059}, kReadGasMeter{0x0084},
    kReadDisplay{0x0129}, kDisplayActivated{0x012B};
constexpr std::uint16_t kVersionAttribute = 0x0206;

/// In an ASN.1 content: where the octets stand, and the number that must be 0 for them to be what runs.
struct Place {
  Kind kind;
  MessageCode code;
  bool nested;  ///< in the last element of the content
  std::size_t version;
  std::size_t result;  ///< kNoMatter: an activation names the version that runs, done or not
};
constexpr std::size_t kNoMatter = 99;
constexpr Place kPlaces[] = {
    {Kind::Response, kActivate, false, 1, kNoMatter},
    {Kind::Alert, kActivated, true, 1, kNoMatter},
    {Kind::Response, kReadDisplay, false, 0, 1},
    {Kind::Alert, kDisplayActivated, false, 2, 3},
};

Bytes from_asn1(const Place& place, ByteView content) {
  const auto root = gbcs::asn1::read(content);
  if (!root || root->items.empty()) return {};
  const auto& items = place.nested ? root->items.back().items : root->items;
  if (place.version >= items.size() || items[place.version].constructed()) return {};
  if (place.result != kNoMatter) {
    const auto result = place.result < items.size() ? gbcs::asn1::integer_value(items[place.result])
                                                    : fail(ErrorCode::BadValue, 0, "result");
    if (!result || *result != 0) return {};
  }
  return items[place.version].value;
}

Bytes from_meter(ByteView content) {
  const auto apdu = gbcs::dlms::read_apdu(content);
  const auto* answer = apdu ? std::get_if<gbcs::dlms::AccessResponse>(&*apdu) : nullptr;
  return answer == nullptr || answer->data.size() != 1 ? Bytes() : answer->data.front().bytes;
}

/// The one attribute that GCS38 reads, at the end: 0206, status 00, type 41, length 04, and the octets.
Bytes from_gas_meter(ByteView content) {
  constexpr std::uint8_t kHead[] = {kVersionAttribute & 0xFF, kVersionAttribute >> 8, 0x00, 0x41, kVersionBytes};
  const auto at = std::search(content.begin(), content.end(), std::begin(kHead), std::end(kHead));
  if (content.end() - at != static_cast<std::ptrdiff_t>(sizeof kHead + kVersionBytes)) return {};
  return Bytes(at + sizeof kHead, content.end());
}

}  // namespace

std::optional<std::string> reported_firmware(const gbcs::Message& message) {
  const auto& header = message.header;
  Bytes version;
  for (const auto& place : kPlaces) {
    if (place.kind == header.kind && place.code == header.code) version = from_asn1(place, message.content);
  }
  if (header.kind == Kind::Response && header.code == kReadMeter) version = from_meter(message.content);
  if (header.kind == Kind::Response && header.code == kReadGasMeter) version = from_gas_meter(message.content);
  if (version.size() != kVersionBytes) return std::nullopt;
  auto text = to_hex(version);
  for (auto& c : text) c = static_cast<char>(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
  return text;
}

Status note_firmware(const store::ReadView& view, const gbcs::Message& message, Installed& out) {
  const auto version = reported_firmware(message);
  if (!version) return {};
  METERWAY_TRY(auto device, registry::find_device(view, message.header.originator));
  if (!device || device->detail(kFirmwareDetail) == *version) return {};
  auto after = *device;
  after.details[kFirmwareDetail] = *version;
  out.seen.push_back(std::move(*device));
  out.inventory.push_back(std::move(after));
  return {};
}

}  // namespace meterway::flow::correlate
