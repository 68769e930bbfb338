#pragma once
#include "base/wire/writer.h"
#include "flow/transform/gbz_table.h"
#include "standard/duis/element.h"

namespace meterway::flow::transform {

/// Appends one of the lists of ZCL commands, made from the children of `list`.
/// Errors: BadRequest, naming the element that makes no sense.
Status write_part(GbzPart part, const duis::Element& list, wire::Writer& out);

}  // namespace meterway::flow::transform
