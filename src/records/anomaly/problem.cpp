#include "records/anomaly/problem.h"

#include <iterator>

namespace meterway::anomaly {
namespace {

struct Row {
  std::string_view name;
  int http;
};
constexpr Row kRows[] = {
    {"bad_file", 400},
    {"bad_signature", 403},
    {"untrusted_signer", 403},
    {"expired_signer", 403},
    {"revoked_signer", 403},
    {"signer_of_another", 403},
    {"signer_without_role", 403},
    {"wrong_role", 403},
    {"replayed_reference", 409},
    {"no_item", 404},
    {"already_decided", 409},
    {"same_person", 409},
    {"no_submission", 404},
    {"busy", 503},
};
static_assert(std::size(kRows) == static_cast<std::size_t>(Reason::Busy) + 1);

}  // namespace

std::string_view name(Reason reason) { return kRows[static_cast<std::size_t>(reason)].name; }
int http_status(Reason reason) { return kRows[static_cast<std::size_t>(reason)].http; }

}  // namespace meterway::anomaly
