#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/util/result.h"

namespace meterway::flow {

/// Why a request is not served: one value per row of spec/refusals.tsv. Steps say why; what the User is told (HTTP
/// status, DUIS response code) is looked up at the edges only.
enum class Refusal : std::uint8_t {
#define METERWAY_REFUSAL_ENUM
#include "flow/envelope/refusals.inc"
#undef METERWAY_REFUSAL_ENUM
};

/// A refusal and, for the person who must put it right, what exactly is wrong. Never carries key material.
struct Refused {
  Refusal why;
  std::string detail;
};

template <class T>
using Step = Result<T, Refused>;

inline Unexpected<Refused> refuse(Refusal why, std::string detail = {}) { return {Refused{why, std::move(detail)}}; }
/// A step that fails for a reason of our own (the disk, a full queue) asks the User to come back.
inline Unexpected<Refused> refuse(const Error& error) { return {Refused{Refusal::Busy, describe(error)}}; }

/// Name in configuration files and logs: "stale_counter".
std::string_view name(Refusal why);
/// The row's sentence.
std::string_view sentence(Refusal why);
/// HTTP status of the answer; 200 when it is a DUIS response, 0 when it is pushed later.
int http_status(Refusal why);
/// The DUIS response code of the table; empty when the answer is no DUIS response.
std::string_view response_code(Refusal why);

/// Response codes that configuration puts in place of the table's, for rows marked configurable.
using RefusalCodes = std::map<Refusal, std::string>;
/// Errors: BadValue for an unknown or fixed refusal, or a code that the schema does not have.
Status set_code(RefusalCodes& codes, std::string_view refusal, std::string_view code);

/// What a response code means, as far as that is known; empty when it is unconfirmed. Null data for unknown codes.
std::string_view meaning_of(std::string_view code);
bool is_response_code(std::string_view code);

}  // namespace meterway::flow
