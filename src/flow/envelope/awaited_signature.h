#pragma once
#include "flow/envelope/context.h"
#include "records/registry/request_record.h"

/// Commands of the transitional change of supplier party (6.23), whose key the platform has not: flow/cos gives them to
/// it and takes them back signed.
///
/// Rows:  "cos-unsigned"   RequestID, as text -> empty
namespace meterway::flow {

inline constexpr std::string_view kUnsigned = "cos-unsigned";

/// The command of this request is that party's, and its signature is not there yet.
bool awaits_signature(const registry::RequestRecord& record, const Context& context);

/// To be written with a request that is accepted; nothing for all others.
Status note_unsigned(store::WriteView& view, const registry::RequestRecord& record, const Context& context);

}  // namespace meterway::flow
