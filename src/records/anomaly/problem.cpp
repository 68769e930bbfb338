#include "records/anomaly/problem.h"

#include <iterator>

namespace meterway::anomaly {
namespace {

struct Row {
  std::string_view name;
  int http;
  std::string_view title;
};
constexpr Row kRows[] = {
    {"bad_file", 400, "the file is not of its layout"},
    {"bad_signature", 403, "this is not a signature of these bytes"},
    {"untrusted_signer", 403, "the signer is not known to the file-signing authority"},
    {"expired_signer", 403, "the signer's certificate is not valid now"},
    {"revoked_signer", 403, "the signer's certificate was taken back"},
    {"signer_of_another", 403, "the signer is an officer of another User"},
    {"signer_without_role", 403, "the signer has not the job type"},
    {"wrong_role", 403, "the caller may not do this"},
    {"replayed_reference", 409, "the reference was used before"},
    {"no_item", 404, "there is no such quarantined request"},
    {"already_decided", 409, "this request was decided before"},
    {"same_person", 409, "two different people are needed"},
    {"no_submission", 404, "nothing came under this reference"},
    {"too_many_requests", 413, "more requests than one answer takes"},
    {"busy", 503, "the store does not answer"},
};
static_assert(std::size(kRows) == static_cast<std::size_t>(Reason::Busy) + 1);

}  // namespace

std::string_view name(Reason reason) { return kRows[static_cast<std::size_t>(reason)].name; }
std::string_view title(Reason reason) { return kRows[static_cast<std::size_t>(reason)].title; }
int http_status(Reason reason) { return kRows[static_cast<std::size_t>(reason)].http; }

}  // namespace meterway::anomaly
