#include "oversight/document/record_document.h"
#include "oversight/operations/report.h"
#include "portal/server/ask.h"

namespace meterway::portal {
namespace {

/// A published report is shown as it was; of any other record a document is made.
Result<document::Document> document_of(const Ask& ask, const ledger::Reader& reader) {
  if (ask.part("kind") != "edition") return document::record_document(reader, ask.part("kind"), ask.part("reference"));
  METERWAY_TRY(const auto edition, reader.find(ask.part("kind"), ask.part("reference")));
  METERWAY_TRY(auto out, operations::thawed(edition.text("content")));
  out.reference += ", " + edition.reference;
  return out;
}

}  // namespace

bool is_document_format(std::string_view format) { return format == "md" || format == "html" || format == "pdf"; }

net::HttpResponse document_answer(const document::Document& document, std::string_view format) {
  net::HttpResponse out{
      200, {{"cache-control", "no-store"}, {"x-classification", std::string(to_string(document.level))}}, ""};
  if (format == "md") {
    out.headers["content-type"] = "text/markdown; charset=utf-8";
    out.body = document::to_markdown(document);
  } else if (format == "html") {
    out.headers["content-type"] = "text/html; charset=utf-8";
    out.body = document::to_html(document);
  } else {
    auto pdf = document::to_pdf(document);
    if (!pdf) return failed(pdf.error());
    out.headers["content-type"] = "application/pdf";
    out.headers["content-disposition"] = "attachment";  // a sandbox shows no PDF
    out.body = std::move(*pdf);
  }
  return out;
}

net::HttpResponse document(const Ask& ask, const Portal& portal) {
  const auto format = ask.parameter("format").value_or("html");
  if (!is_document_format(format)) return bad_query("format: expected md, html or pdf");
  const auto made = document_of(ask, portal.ledger.reader(ask.person));
  if (!made) return failed(made.error());
  return document_answer(*made, format);
}

}  // namespace meterway::portal
