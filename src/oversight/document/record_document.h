#pragma once
#include "oversight/document/document.h"
#include "records/ledger/reader.h"

namespace meterway::document {

/// Any record as a document: its fields in the order of the table, attachments by title, what mentions it, its history.
/// As far as the reader's person may see it; of the record's class. Errors: those of Reader::find().
Result<Document> record_document(const ledger::Reader& reader, std::string_view kind, std::string_view reference);

}  // namespace meterway::document
