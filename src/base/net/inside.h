#pragma once
#include <string_view>

/// What the parts of this process tell each other along with a request, among its headers. The names begin with a
/// colon, which no name of the wire can: a header line that begins so has no name, and is refused (http_message.h).
namespace meterway::net {

/// The address that the connection comes from; said by the server.
inline constexpr std::string_view kSource = ":source";
/// The person whom the table of permissions has let in; said by who asked the table to who serves the request.
/// Empty: the operator.
inline constexpr std::string_view kLetIn = ":let-in";
/// With it where the table has let him in to what is his party's and no more: the party, empty for who has none.
inline constexpr std::string_view kOfParty = ":of-party";

}  // namespace meterway::net
