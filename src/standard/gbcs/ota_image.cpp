#include "standard/gbcs/ota_image.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::gbcs {
namespace {

constexpr std::uint32_t kIdentifier = 0x0BEEF11E;
constexpr std::uint16_t kHeaderVersion = 0x0100;
constexpr std::uint16_t kHardwareVersions = 0x0004;  ///< field control: the header names hardware versions
constexpr std::uint16_t kStackVersion = 0x0002;
constexpr std::size_t kTextBytes = 32, kSignatureBytes = 64, kTrailerBytes = 2 + kSignatureBytes;

std::string trimmed(ByteView bytes) {
  std::string text(bytes.begin(), bytes.end());
  text.erase(std::find_if(text.rbegin(), text.rend(), [](char c) { return c != ' ' && c != '\0'; }).base(), text.end());
  return text;
}

}  // namespace

std::array<std::uint8_t, 32> OtaImage::hash() const { return crypto::sha256(manufacturer_image); }

Result<OtaImage> read_ota_image(ByteView bytes, ImageKind kind) {
  if (bytes.size() > OtaImage::kMostBytes) return fail(ErrorCode::TooLarge, OtaImage::kMostBytes, "image");
  wire::Reader in(bytes);
  OtaImage image;
  if (in.u32_le("identifier") != kIdentifier) in.fail_at(ErrorCode::BadTag, 0, "identifier");
  if (in.u16_le("header version") != kHeaderVersion) in.fail_at(ErrorCode::Unsupported, 4, "header version");
  if (in.u16_le("header length") != OtaImage::kHeaderBytes) in.fail_at(ErrorCode::BadLength, 6, "header length");
  if (in.u16_le("field control") != kHardwareVersions) in.fail_at(ErrorCode::Unsupported, 8, "field control");
  image.manufacturer = in.u16_le("manufacturer");
  image.image_type = in.u16_le("image type");
  const auto version = in.u32_le("file version");
  for (std::size_t i = 0; i < 4; ++i) image.version[i] = static_cast<std::uint8_t>(version >> (24 - 8 * i));
  in.u16_le("stack version");
  image.text = trimmed(in.take(kTextBytes, "text"));
  if (in.u32_le("total size") != bytes.size()) in.fail_at(ErrorCode::BadLength, 52, "total size");
  image.least_hardware = in.u16_le("least hardware version");
  image.greatest_hardware = in.u16_le("greatest hardware version");
  if (image.least_hardware > image.greatest_hardware) in.fail_at(ErrorCode::BadValue, 56, "hardware versions");
  const std::size_t trailer = kind == ImageKind::Signed ? kTrailerBytes : 0;
  if (in.ok() && in.left() <= trailer) in.fail(ErrorCode::BadLength, "manufacturer image");
  const auto inside = in.ok() ? in.take(in.left() - trailer, "manufacturer image") : ByteView();
  image.manufacturer_image.assign(inside.begin(), inside.end());
  if (kind == ImageKind::Signed) {
    image.hub_flag = in.u8("hub flag");
    if (in.u8("length of the signature") != kSignatureBytes) in.fail(ErrorCode::BadValue, "length of the signature");
    const auto signature = in.take(kSignatureBytes, "signature");
    if (in.ok()) std::copy(signature.begin(), signature.end(), image.signature.emplace().begin());
  }
  METERWAY_CHECK(in.finish("image"));
  return image;
}

Bytes write_ota_image(const OtaImage& image) {
  const std::size_t total =
      OtaImage::kHeaderBytes + image.manufacturer_image.size() + (image.signature ? kTrailerBytes : 0);
  std::uint32_t version = 0;
  for (const auto octet : image.version) version = version << 8 | octet;
  Bytes text(image.text.begin(), image.text.end());
  text.resize(kTextBytes, 0);
  wire::Writer out;
  out.u32_le(kIdentifier)
      .u16_le(kHeaderVersion)
      .u16_le(OtaImage::kHeaderBytes)
      .u16_le(kHardwareVersions)
      .u16_le(image.manufacturer)
      .u16_le(image.image_type)
      .u32_le(version)
      .u16_le(kStackVersion)
      .bytes(text)
      .u32_le(static_cast<std::uint32_t>(total))
      .u16_le(image.least_hardware)
      .u16_le(image.greatest_hardware)
      .bytes(image.manufacturer_image);
  if (image.signature) out.u8(image.hub_flag).u8(kSignatureBytes).bytes(ByteView(*image.signature));
  return out.take();
}

}  // namespace meterway::gbcs
