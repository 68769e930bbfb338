#pragma once
#include <string>
#include <vector>

#include "standard/gbcs/message.h"

namespace meterway::flow::tracing {

/// One part of a message on the wire: for who reads its bytes beside their meaning.
struct Part {
  std::size_t offset = 0, size = 0;
  std::string name;   ///< "originator"
  std::string value;  ///< as people write it; empty for what the content's own tree says
};

/// The parts of a whole message in the order of its bytes: the wrapper of the MAC, the members of the grouping header,
/// the content, the signature, the MAC. They cover every byte once, without a gap. Errors: those of gbcs::read_message.
Result<std::vector<Part>> parts_of(ByteView message);

}  // namespace meterway::flow::tracing
