#pragma once
#include <optional>

#include "flow/deliver/deliver.h"
#include "flow/jobs/row_request.h"

/// Rows of the kind hub-returns: Communications Hubs that come back, by the code and the rules of 8.14.3 and 8.14.4.
namespace meterway::flow::jobs {

/// 8.14.3 where the reason is a fault, else 8.14.4. Reasons are words of the schema, or those of the record
/// (kind hub_return), in either case; `cells` has the schema's afterwards. Errors: a reason that there is not.
Result<std::string_view, BadCell> service_of_return(const meterway::jobs::Job& job, meterway::jobs::Cells& cells);

/// What has become of a row.
struct Carried {
  meterway::jobs::RowResult result;
  std::optional<Refused> refused{};
};
/// What a refusal is of a row.
Carried refused_row(meterway::jobs::RowResult result, Refused refused);

/// What it would be, or is, within `view`. What Users are to be told of is in `effects`. A refusal may leave changes in
/// `view` that are not to be kept. Errors: Busy alone, when it could not be decided now.
Step<Carried> carry_return(store::WriteView& view, const AuthorisedRequest& request, const meterway::jobs::Job& job,
                           meterway::jobs::RowResult result, const Context& context, Effects& effects);

}  // namespace meterway::flow::jobs
