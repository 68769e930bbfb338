#pragma once
#include <string>
#include <vector>

#include "flow/tracing/story.h"

namespace meterway::flow::tracing {

/// The lines that send the same again to another bench: $BENCH is its address; the documents are the files of the
/// evidence. The signature stands in the document, so no key is needed, and it is good as long as its certificate is
/// known there; a bench that has had it before gives its first answer again.
std::vector<std::string> curl_lines(const Story& story);

/// The file of a leg's document among the evidence: "request.xml", "signed-pre-command.xml".
std::string document_file(registry::Leg leg);

}  // namespace meterway::flow::tracing
