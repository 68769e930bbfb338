#pragma once
#include "records/jobs/job.h"

/// The JSON that jobs are kept as. Errors of reading: BadJson.
namespace meterway::jobs {

std::string text_of(const Job& job);
Result<Job> job_of(std::string_view text);
std::string text_of(const std::vector<Cells>& rows);
Result<std::vector<Cells>> cells_of(std::string_view text);
std::string text_of(const std::vector<RowResult>& results);
Result<std::vector<RowResult>> read_results(std::string_view text);

}  // namespace meterway::jobs
