#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "standard/mmc/value.h"

namespace meterway::mmc {

/// The text of a value as an element of the Message Mapping Catalogue says it; nothing when the value does not fit the
/// form (absent, wild, of another kind), so that the element is left out.
///
///     integer        the number
///     boolean        "false" for 0, else "true"
///     decimal:N      the number divided by ten to the N, without trailing zeros
///     scaled         the number times ten to the number of `with` (a COSEM scaler)
///     trailing       the number with as many decimals as the high half of `with` says (a ZigBee trailing digit)
///     divided        the number divided by `with`, when that is a power of ten
///     time           xs:dateTime: a COSEM date-time, seconds since 2000, or a GeneralizedTime
///     clock          xs:time: a COSEM time, or minutes since midnight
///     day            xs:date of a COSEM date
///     text           characters of an octet string, those that XML cannot hold left out
///     hex, hex:N     bytes; a number with N digits, nothing where it has more
///     eui            eight bytes with dashes
///     base64         bytes
///     word:LIST      the word of spec/mmc_words.tsv
///     plus:N         the number and N
///     within:A-B     the number's place among A to B, from 1; nothing beyond
///     signed32       a number of 32 bits as a signed one
///     trailing_scale the high half of a ZigBee trailing digit as a scale: 50 is -5
///     member:NAME    the number, 0 to 100, that a JSON text has under that name, in quotation marks or not
///     alert          the name of an alert code
///     const:TEXT     that text, where the source is there
///     empty          no text, where the source is there
std::optional<std::string> text_of(std::string_view form, const Value& value, const Value* with);

}  // namespace meterway::mmc
