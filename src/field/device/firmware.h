#pragma once
#include "field/device/context.h"
#include "standard/gbcs/asn1.h"

namespace meterway::field {

/// What a device says of an image that came over its network.
struct ImageVerdict {
  bool taken = false;
  std::vector<AlertRequest> alerts;
};

/// An upgrade image has come over the home area network whole.
///
/// A meter checks the signature of its supplier over the manufacturer image, keeps hash, version and signer, and says
/// so: 8F72, or 8F1C when the image is none or the signature is not its supplier's; both carry the hash. A PPMID or
/// HCALCS takes the image into use at once and says so with 8F8B (CS09).
/// An image that cannot be read has no manufacturer image: then the hash is of everything that came (ours).
///
/// Source: device rules 8.
ImageVerdict take_image(const Identity& self, const TrustAnchors& anchors, DeviceState& state, ByteView image,
                        UtcTime now);

/// CS06, Activate Firmware: SEQ{ hash, originator counter, [time] } -> SEQ{ result, version }, or NULL when it is dated
/// or cancelled. A later instruction takes the place of one that waits.
Result<gbcs::asn1::Node> activate_firmware(const gbcs::asn1::Node& request, CommandContext& context);

/// Carries out the dated activations whose time has come: message code 00CA, 8F66 or 8F67, to whoever asked.
void activate_dated_firmware(DeviceState& state, UtcTime now, std::vector<AlertRequest>& alerts);

/// Pending::trigger of a dated activation.
inline constexpr std::string_view kFirmwareTrigger = "firmware";

}  // namespace meterway::field
