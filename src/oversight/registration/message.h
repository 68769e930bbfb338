#pragma once
#include "oversight/registration/file.h"

/// The same records as JSON: a message of the Central Switching Service, and flags that go to it.
///
///   { "format" : "meterway-css-1" , "kind" , "sender" , "sequence" , "records" : [ { "type" , its fields by name } ] }
namespace meterway::registration {

/// Names of a record's fields in a message, in the order in which a file has them; empty for a code that is none.
struct RecordRow {
  std::string_view code, type;
  std::vector<std::string_view> fields;
};
const std::vector<RecordRow>& record_rows();

Status read_message(std::string_view text, ReadFile& out, const std::function<Status(const Head&)>& begin,
                    const std::function<Status(const Line&)>& take, Broken& broken);
std::string message_record(std::string_view code, const std::vector<std::string>& fields);
std::string whole_message(const Head& head, UtcTime at, const std::string& records);

}  // namespace meterway::registration
