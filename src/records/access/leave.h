#pragma once
#include "records/registry/slots.h"
#include "standard/duis/element.h"

/// What a leave to correct a cell is for: one body, prepared by the platform, and no other.
namespace meterway::access {

/// Of names and texts, element by element in their order, without blanks (which base64 may be broken with).
std::string body_digest(const duis::Element& body);
/// Whether the leave is for this body.
bool is_prepared(const duis::Element& body, const registry::Correction& leave);

}  // namespace meterway::access
