#pragma once
#include "flow/envelope/context.h"
#include "records/registry/request_record.h"

/// Commands of the transitional change of supplier party (6.23), whose key the platform has not: flow/cos gives them to
/// it and takes them back signed.
///
/// Rows:  "cos-unsigned"   RequestID, as text -> empty
///        "cos-refused"    RequestID, as text -> why the party will not sign it, until its User has been told
namespace meterway::flow {

inline constexpr std::string_view kUnsigned = "cos-unsigned", kSignatureRefused = "cos-refused";

/// The command of this request is that party's, and its signature is not there yet.
bool awaits_signature(const registry::RequestRecord& record, const Context& context);

/// To be written with a request that is accepted; nothing for all others.
Status note_unsigned(store::WriteView& view, const registry::RequestRecord& record, const Context& context);

/// The party will not sign it; whoever owns the device's queue ends it. `why`: for the User.
Status refuse_signature(store::WriteView& view, const RequestId& id, std::string_view why);
/// None while the party has not said that it will not.
Result<std::optional<std::string>> why_not_signed(const RequestId& id, const Context& context);
/// It has ended without a signature.
Status forget_unsigned(store::WriteView& view, const RequestId& id);

}  // namespace meterway::flow
