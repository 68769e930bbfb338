#pragma once
#include <map>
#include <optional>
#include <tuple>

#include "standard/gbcs/dlms.h"
#include "standard/gbcs/message.h"

namespace meterway::gbcs {

/// The DLMS commands that are at hand while responses are decoded: what a response answers names its objects (names.h).
/// A response answers the command of its message code whose parties are its own, the other way round, and whose
/// counter it repeats.
class KnownCommands {
 public:
  /// Messages that are no DLMS command are passed over. Two commands that differ under one code, counter and pair of
  /// parties say nothing.
  void add(const Message& message);
  /// Null when no command is known, or none for sure.
  const dlms::AccessRequest* answered_by(const Header& response) const;

 private:
  using Key = std::tuple<std::uint16_t, Eui64, Eui64, std::uint64_t>;  ///< code, originator, target, counter
  std::map<Key, std::optional<dlms::AccessRequest>> commands_;
};

}  // namespace meterway::gbcs
