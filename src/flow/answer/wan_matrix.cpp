#include "flow/answer/services.h"
#include "records/installation/hubs.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::answer {
namespace {

using duis::Element;
using duis::text_element;
using ledger::Record;

constexpr std::string_view kNoData = "E100";  // of a region: general, as the specific codes' meaning is unknown

Element region_without_data() {
  Element out;
  out.name = "DSPWANMatrixResponse";
  out.children = {text_element("CSPRegion", "Unknown"), text_element("CSPRegionResponseCode", kNoData)};
  return out;
}

/// The schema has no coverage without likelihood: a record that does not say it tells nothing.
Element region_of(const Record& coverage) {
  if (!coverage.has("likelihood") || !coverage.has("available")) return region_without_data();
  Element out;
  out.name = "DSPWANMatrixResponse";
  const auto add = [&](const char* element, const std::string& text) {
    if (!text.empty()) out.children.push_back(text_element(element, text));
  };
  const auto& region = coverage.text("region");
  add("CSPRegion", region.empty() ? "Unknown" : region);
  add("CSPRegionResponseCode", "I0");
  add("CoverageAvailability", coverage.text("available"));
  add("AnticipatedCoverageDate", coverage.text("anticipated"));
  add("WANTechnology", coverage.text("technology").substr(0, 30));
  add("ConnectivityLikelihood", coverage.text("likelihood"));
  add("AuxiliaryEquipmentRequired", coverage.text("auxiliary"));
  add("AdditionalInformation", coverage.boolean("mesh").value_or(false) ? "a hub with mesh is needed" : "");
  return out;
}

}  // namespace

Step<DccAnswer> wan_matrix(AuthorisedRequest&& authorised, const Context& context) {
  const auto& query = authorised.verified.request.body;
  const installation::Premises premises{std::string(query.text_at("UPRN")),
                                        std::string(query.text_at("PartialAddress/PostCode"))};
  const ledger::Ledger ledger({context.store, context.clock, context.settings.rules, {}, {}});
  const auto found = installation::coverage_at(ledger.whole(), premises, calendar::date_of(context.clock.now()));
  if (!found) return refuse(found.error());
  Element matrix;
  matrix.name = "DSPWANMatrix";
  Element request = query;
  request.name = "Request";
  matrix.children.push_back(std::move(request));
  for (const auto& one : *found) matrix.children.push_back(region_of(one));
  if (found->empty()) matrix.children.push_back(region_without_data());
  authorised.verified.received.hops.push_back(
      {"answer", "coverage", found->empty() ? "no coverage data" : found->front().reference, {}, context.clock.now()});
  return DccAnswer{std::move(authorised), std::move(matrix)};
}

}  // namespace meterway::flow::answer
