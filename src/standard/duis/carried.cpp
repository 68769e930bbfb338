#include "standard/duis/carried.h"

#include "base/util/base64.h"
#include "base/xml/document.h"

namespace meterway::duis {
namespace {

/// Depth is bounded by xml::Limits.
Status collect(xml::Node at, std::string& service, std::vector<Carried>& out) {
  if (at.name() == "ServiceReferenceVariant") service = at.text();
  if (at.name() == "GBCSPayload") {
    METERWAY_TRY(auto message, from_base64(at.text()));
    out.push_back({std::move(message), service});
  }
  for (auto child = at.first_element(); child; child = child.next_element())
    METERWAY_CHECK(collect(child, service, out));
  return {};
}

}  // namespace

Result<std::vector<Carried>> carried_messages(std::string_view xml) {
  const auto document = xml::Document::parse(xml);
  if (!document) return fail(document.error().code, 0, "document");
  std::vector<Carried> out;
  std::string service;
  METERWAY_CHECK(collect(document->root(), service, out));
  if (out.empty()) return fail(ErrorCode::NotFound, 0, "GBCSPayload");
  return out;
}

}  // namespace meterway::duis
