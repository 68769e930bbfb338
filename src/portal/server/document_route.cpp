#include "oversight/document/record_document.h"
#include "portal/server/ask.h"

namespace meterway::portal {

net::HttpResponse document(const Ask& ask, const Portal& portal) {
  const auto format = ask.parameter("format").value_or("html");
  if (format != "md" && format != "html" && format != "pdf") return bad_query("format: expected md, html or pdf");
  const auto made =
      document::record_document(portal.ledger.reader(ask.person), ask.part("kind"), ask.part("reference"));
  if (!made) return failed(made.error());
  net::HttpResponse out{
      200, {{"cache-control", "no-store"}, {"x-classification", std::string(to_string(made->level))}}, ""};
  if (format == "md") {
    out.headers["content-type"] = "text/markdown; charset=utf-8";
    out.body = document::to_markdown(*made);
  } else if (format == "html") {
    out.headers["content-type"] = "text/html; charset=utf-8";
    out.body = document::to_html(*made);
  } else {
    auto pdf = document::to_pdf(*made);
    if (!pdf) return failed(pdf.error());
    out.headers["content-type"] = "application/pdf";
    out.body = std::move(*pdf);
  }
  return out;
}

}  // namespace meterway::portal
