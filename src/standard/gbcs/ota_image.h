#pragma once
#include <array>
#include <optional>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::gbcs {

/// A firmware upgrade image as it crosses the home area network: what Update Firmware (11.1, 11.4) carries.
///
///     image        = header manufacturer-image [hub-flag:1 40 signature:64]
///     header       = 1EF1EE0B header-version:2 header-length:2 field-control:2 manufacturer:2 image-type:2
///     file-version:4
///                    stack-version:2 text:32 total-size:4 least-hardware:2 greatest-hardware:2
///
/// Numbers of the header are little-endian (ZigBee). The signature is that of the authorising party over the
/// manufacturer image; images of PPMIDs and HCALCSs have none. The hash that Activate Firmware (11.3) names is SHA-256
/// of the manufacturer image alone.
///
/// Source: device rules 8; ZigBee over-the-air upgrade file format.
struct OtaImage {
  static constexpr std::size_t kHeaderBytes = 60;
  static constexpr std::size_t kMostBytes = 10'240'000;  ///< schema: FirmwareImage

  std::uint16_t manufacturer = 0;
  std::uint16_t image_type = 0;
  std::array<std::uint8_t, 4> version{};  ///< file version, most significant octet first: as devices report it
  std::uint16_t least_hardware = 0;
  std::uint16_t greatest_hardware = 0;
  std::string text;  ///< of the header, without the blanks and zeros that fill it
  Bytes manufacturer_image;
  std::uint8_t hub_flag = 0;
  std::optional<std::array<std::uint8_t, 64>> signature;
  friend bool operator==(const OtaImage&, const OtaImage&) = default;

  std::array<std::uint8_t, 32> hash() const;
};

enum class ImageKind : std::uint8_t {
  Signed,    ///< for a meter or hub: ends in flag and signature
  Unsigned,  ///< for a PPMID or HCALCS
};

/// Errors: Truncated, BadTag (identifier), BadLength (header, the total size it names, no room for the signature),
/// Unsupported (header version, field control), BadValue (hardware versions the wrong way round, length of the
/// signature), TooLarge.
Result<OtaImage> read_ota_image(ByteView bytes, ImageKind kind);
Bytes write_ota_image(const OtaImage& image);

}  // namespace meterway::gbcs
