#pragma once
#include <nlohmann/json.hpp>

#include "flow/tracing/story.h"
#include "flow/tracing/zip_file.h"

/// All that is known of a request in one file, for who was not there: documents as they came, messages byte by byte and
/// decoded, a capture for Wireshark, the lines of the audit, and the sums of it all. The same trace gives the same
/// bytes.
namespace meterway::flow::tracing {

/// Lines of the audit that name the request, with their digests, and the first checkpoint that covers the last of them.
struct AuditProof {
  nlohmann::json lines = nlohmann::json::array();
  nlohmann::json checkpoint;  ///< null: none covers them yet
};
/// Errors: those of the store.
Result<AuditProof> audit_proof_of(const store::ReadView& view, const Story& story);

/// The files of the evidence, SHA256SUMS last. `trace` is the answer of GET /api/v1/trace/<key>?format=json.
std::vector<ArchivedFile> evidence_of(const Story& story, const nlohmann::json& trace, const AuditProof& proof);

}  // namespace meterway::flow::tracing
