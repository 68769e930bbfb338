#pragma once
#include <string>

#include "records/jobs/job.h"
#include "standard/duis/request.h"

/// A row of a job as the service request that it stands for: the columns of spec/job_columns.tsv put into the body of
/// the service and read as a document of the schema, so that what is refused of a request is refused of a row.
namespace meterway::flow::jobs {

/// Why a row is not valid, and in which column.
struct BadCell {
  std::string column, why;
};

/// `counter`: the request's; nobody signs it. Errors: what of the row cannot be.
Result<duis::Request, BadCell> request_of(const meterway::jobs::Kind& kind, std::string_view service,
                                          const meterway::jobs::Job& job, const meterway::jobs::Cells& cells,
                                          Eui64 broker, UtcTime now);

/// The text of a column in this row; empty where the file does not have it.
std::string_view cell(const meterway::jobs::Job& job, const meterway::jobs::Cells& cells, std::string_view column);

}  // namespace meterway::flow::jobs
