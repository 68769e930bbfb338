#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/user_keys.h"
#include "standard/duis/services.h"

/// What a User's system does before it posts: choose the body, the counter, the command variant; write the document.
namespace meterway::apps {

/// What the person asked for on the command line.
struct Wish {
  std::string service;                                          ///< service reference variant, "4.1.1"
  Eui64 target;                                                 ///< `--to`
  std::vector<std::pair<std::string, std::string>> parameters;  ///< `--param Path/Of/Element=text`, in order
  std::string body_file;                                        ///< `--body`: the one element inside Body
  std::optional<unsigned> pounds, pence;                        ///< the worth of a 2.2 token
};

/// A request as it will be sent, not yet signed.
struct Draft {
  RequestId id;
  const duis::Service* service = nullptr;
  CommandVariant variant = CommandVariant::SendCommand;
  std::string xml;
};

/// Counter: milliseconds of the clock, except for a token: seconds in the high word.
/// Errors: NotFound (no such service), BadRequest (a body that must be given), UnknownKey (token), those of the body
/// file.
Result<Draft> draft_request(const Wish& wish, const World& world, const UserKeys& keys, UtcTime now);

/// A whole request from a file: any signature in it is dropped and, unless `keep_counter`, its counter becomes the
/// clock's. Errors: those of the file; BadXml, BadRequest when it is no request of schema 5.4; NotFound.
Result<Draft> draft_from_file(const std::string& file, bool keep_counter, UtcTime now);

/// The counter that a request of this moment has, see draft_request.
OriginatorCounter counter_for(const duis::Service& service, UtcTime now);

/// The token of 2.2 for the meter `wish.target`, worth `wish.pounds` or `wish.pence`: ten pounds when neither is given.
/// Errors: UnknownKey, OutOfRange.
Result<std::string> make_token(const Wish& wish, const UserKeys& keys, OriginatorCounter counter);

/// CV 5: the signed pre-command under the same RequestID.
std::string draft_signed_precommand(const Draft& request, ByteView signed_precommand);

/// The document around a body element, without white space between elements.
std::string request_document(const RequestId& id, CommandVariant variant, const duis::Service& service,
                             std::string_view body);

/// The body element of a service: the parameters where the schema has them, by path or by name, and around them as
/// little as it allows (duis/sample_body.h). A token for 2.2, a tariff for 1.1.1 of an electricity meter.
Result<std::string> body_of(const Wish& wish, const duis::Service& service, const World& world, const UserKeys& keys,
                            OriginatorCounter counter, UtcTime now);

/// A two-rate import tariff for an electricity meter: day and night price, one season, one block.
std::string default_tariff();

}  // namespace meterway::apps
