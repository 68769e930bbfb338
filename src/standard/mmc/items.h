#pragma once
#include <string_view>
#include <vector>

#include "standard/ids/ids.h"

namespace meterway::mmc {

/// What the instructions of a response are: "class/instance/index", in order. A response does not say; instruction i
/// answers instruction i of the command, whose rows stand in spec/dlms_commands.tsv. Where rows are conditional, the
/// list is known when its length is that of all rows or of the unconditional ones; otherwise nothing is named.
std::vector<std::string_view> item_names(MessageCode code, std::size_t count);

}  // namespace meterway::mmc
