#include "flow/envelope/refusal.h"

#include <algorithm>

namespace meterway::flow {
namespace {

struct RefusalRow {
  std::string_view name;
  std::string_view sentence;
  int http;
  std::string_view code;
  bool configurable;
};
struct ResponseCodeRow {
  std::string_view code;
  std::string_view meaning;
};

#include "flow/envelope/refusals.inc"

const RefusalRow& row(Refusal why) { return kRefusals[static_cast<std::size_t>(why)]; }

const ResponseCodeRow* find_code(std::string_view code) {
  const auto at = std::lower_bound(std::begin(kResponseCodes), std::end(kResponseCodes), code,
                                   [](const ResponseCodeRow& r, std::string_view wanted) { return r.code < wanted; });
  return at != std::end(kResponseCodes) && at->code == code ? at : nullptr;
}

}  // namespace

std::string_view name(Refusal why) { return row(why).name; }
std::string_view sentence(Refusal why) { return row(why).sentence; }
int http_status(Refusal why) { return row(why).http; }
std::string_view response_code(Refusal why) { return row(why).code; }

Status set_code(RefusalCodes& codes, std::string_view refusal, std::string_view code) {
  for (std::size_t i = 0; i < std::size(kRefusals); ++i) {
    if (kRefusals[i].name != refusal) continue;
    if (!kRefusals[i].configurable) return fail(ErrorCode::BadValue, 0, "a refusal whose code the standard fixes");
    if (!is_response_code(code)) return fail(ErrorCode::BadValue, 0, "response code");
    codes[static_cast<Refusal>(i)] = code;
    return {};
  }
  return fail(ErrorCode::BadValue, 0, "name of a refusal");
}

std::string_view meaning_of(std::string_view code) {
  const auto* found = find_code(code);
  return found == nullptr ? std::string_view() : found->meaning;
}

bool is_response_code(std::string_view code) { return find_code(code) != nullptr; }

}  // namespace meterway::flow
