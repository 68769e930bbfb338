#pragma once
#include <vector>

#include "base/wire/writer.h"
#include "flow/transform/gbz_table.h"
#include "standard/duis/element.h"

namespace meterway::flow::transform {

/// Appends one of the lists of ZCL commands, made from the children of `list`.
/// Errors: BadRequest, naming the element that makes no sense.
Status write_part(GbzPart part, const duis::Element& list, wire::Writer& out);

/// Sets of alerts that a device shall treat alike: copies of `settings`, each with the children of one set.
///
/// Order: those sent over the WAN first, among them those sent over the HAN first, then the unlogged, then the
/// unalarmed.
std::vector<duis::Element> alike_settings(const duis::Element& settings);

}  // namespace meterway::flow::transform
