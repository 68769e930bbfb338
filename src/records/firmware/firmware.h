#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// Firmware that Users have asked to be brought to devices (11.1, 11.4): the images, and which device still waits for
/// one.
///
/// Rows:  "firmware-image"  hash:32 -> size:4 devices:4
///        "firmware-block"  hash:32 number:4 -> kBlockBytes of it, the last one less
///        "firmware"        device:8 -> the transfer
///        "firmware-due"    moment:8 device:8 -> nothing: what is due is read from the front
namespace meterway::firmware {

using Hash = std::array<std::uint8_t, 32>;  ///< SHA-256 of the whole upgrade image
inline constexpr std::size_t kBlockBytes = 1u << 15;

/// A device that waits for an image; one at a time.
struct Transfer {
  Eui64 device;
  RequestId request;
  std::string version;  ///< as the request names it
  Hash image{};
  UtcTime asked{};
  UtcTime deadline{};  ///< then it is given up
  UtcTime due{};       ///< when it is tried next
  std::uint32_t attempts = 0;
  friend bool operator==(const Transfer&, const Transfer&) = default;
};

/// Errors of all: Database; of wire::Reader when a stored record cannot be read.
Result<std::optional<Transfer>> find_transfer(const store::ReadView& view, Eui64 device);
/// The earliest first.
Result<std::vector<Transfer>> due_transfers(const store::ReadView& view, UtcTime now, std::size_t limit);
Result<std::optional<UtcTime>> next_due(const store::ReadView& view);
/// Of all devices, after this one.
Result<std::vector<Transfer>> transfers_after(const store::ReadView& view, Eui64 device, std::size_t limit);

/// Puts the image where it is not there yet. Errors besides: Truncated when it is empty.
Status put_image(store::WriteView& view, const Hash& hash, ByteView image);
/// New or changed; a new one counts for its image, which must be there (NotFound). Conflict when the device waits for
/// another.
Status put_transfer(store::WriteView& view, const Transfer& transfer);
/// With its image, when no other device waits for that.
Status erase_transfer(store::WriteView& view, const Transfer& transfer);

/// Bytes of the image; none when it is not there.
Result<std::optional<std::uint32_t>> image_size(const store::ReadView& view, const Hash& hash);
/// Block `number`, counted from 0. Errors besides: NotFound.
Result<Bytes> image_block(const store::ReadView& view, const Hash& hash, std::uint32_t number);

}  // namespace meterway::firmware
