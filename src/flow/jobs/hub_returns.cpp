#include "flow/jobs/hub_returns.h"

#include <algorithm>

#include "base/util/party_name.h"
#include "flow/answer/hub_return.h"
#include "flow/envelope/decision_line.h"
#include "records/installation/hubs.h"

namespace meterway::flow::jobs {

using meterway::jobs::Cells;
using meterway::jobs::Job;
using meterway::jobs::RowResult;

Result<std::string_view, BadCell> service_of_return(const Job& job, Cells& cells) {
  constexpr std::string_view kReason = "reason";
  const auto at = std::find(job.columns.begin(), job.columns.end(), kReason);
  const auto index = static_cast<std::size_t>(at - job.columns.begin());
  const std::string text = index < cells.size() ? folded(cells[index]) : std::string();
  if (text.empty()) return Unexpected<BadCell>{BadCell{std::string(kReason), "is empty"}};
  for (const auto& reason : installation::return_reasons()) {
    if (folded(reason.word) != text && folded(reason.recorded) != text) continue;
    cells[index] = reason.word;
    return std::string_view(reason.is_fault ? "8.14.3" : "8.14.4");
  }
  return Unexpected<BadCell>{BadCell{std::string(kReason), "there is no reason of these words: " + cells[index]}};
}

Carried refused_row(RowResult result, Refused refused) {
  result.outcome = meterway::jobs::kRefused;
  result.rule = name(refused.why);
  result.why = refused.detail.empty() ? std::string(sentence(refused.why)) : refused.detail;
  return {std::move(result), std::move(refused)};
}

Step<Carried> carry_return(store::WriteView& view, const AuthorisedRequest& request, const Job& job, RowResult result,
                           const Context& context, Effects& effects) {
  const auto hub = Eui64::parse(request.verified.request.body.text_at("DeviceID"));
  const auto before = answer::returned_before(view, hub ? *hub : Eui64(), job.user);
  if (!before) return refuse(before.error());
  if (*before) {
    result.outcome = meterway::jobs::find_kind(job.kind)->again;
    result.why = **before;
    return Carried{std::move(result)};
  }
  const auto key = "job:" + std::to_string(job.id) + ":" + std::to_string(result.row);
  auto back = answer::return_hub(view, request, context, effects, job.person, key);
  if (!back) {
    if (back.error().why == Refusal::Busy) return Unexpected<Refused>{back.error()};
    return refused_row(std::move(result), back.error());
  }
  result.rule = rule_in(request.decided);
  result.outcome = meterway::jobs::kDone;
  result.from = registry::to_string(back->from);
  result.to = registry::to_string(back->to);
  result.reference = back->reference;
  return Carried{std::move(result)};
}

}  // namespace meterway::flow::jobs
