#pragma once
#include "field/device/context.h"
#include "standard/gbcs/asn1.h"

/// The device's own key pairs, one for signatures and one for key agreement, as they are renewed.
///
///     CS02c   { key usage } -> a request for a certificate (PKCS#10), of a pair that the device has just made
///     CS02d   a certificate -> INTEGER 0; it belongs to the pair that waits for it, which is in use from now on
///     CS02e   { key usage } -> the certificate in use
///
/// What is refused is answered with a number of its use case (asn1_words.tsv), whose order is not public.
///
/// Source:  GBCS use cases CS02c, CS02d, CS02e; the reference messages. Ours, because nothing public says it: a pair
/// that
///          waits gives way to the next one asked for; a certificate has to come from the authority that issued the one
///          before it, as far as the device has that one; the answer to CS02d still goes by the keys that its command
///          was written for, all that comes later by the new one; commands and their answers go by the agreement key
///          before it as long as none has come by the new one, so that nobody is locked out whose answer was lost.
namespace meterway::field {

inline constexpr MessageCode kUpdateCertificate{0x000B};

Result<gbcs::asn1::Node> issue_credentials(const gbcs::asn1::Node& request, CommandContext& context);
Result<gbcs::asn1::Node> update_certificate(const gbcs::asn1::Node& request, CommandContext& context);
Result<gbcs::asn1::Node> provide_certificate(const gbcs::asn1::Node& request, CommandContext& context);

/// The keys that the state has in use instead of those the device was delivered with; what cannot be read is left out.
void adopt_own_keys(const DeviceState& state, Identity& identity);
/// The agreement key before the one in use, while the broker has not written by the new one; none otherwise.
std::optional<crypto::PrivateKey> former_agreement(const DeviceState& state);
/// A command has come by the new agreement key.
void forget_former_agreement(DeviceState& state);

}  // namespace meterway::field
