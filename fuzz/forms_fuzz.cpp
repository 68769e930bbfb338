// Who sends these bytes: whoever may preview a request: the first byte says of which service, then lines of place, tab
// and text; and whoever searches services. Laws: what fills a form without complaint fits the schema, and is filled in
// by its own values again. Covers: src/standard/forms
#include <cstdlib>

#include "standard/duis/request.h"
#include "standard/forms/fill.h"
#include "standard/forms/search.h"

using namespace meterway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)forms::search_services(text);
  const auto all = duis::all_services();
  const auto& service = all[data[0] % all.size()];
  forms::Values values;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto tab = line.find('\t');
    values[std::string(line.substr(0, tab))] = tab == line.npos ? "" : std::string(line.substr(tab + 1));
  }
  const auto filled = forms::fill(service, values);
  if (!filled.wrong.empty()) return 0;
  duis::Request request;
  request.id = {Eui64(1), Eui64(2), {3}};
  request.command_variant = service.non_device ? CommandVariant::NonDevice : CommandVariant::SendCommand;
  request.service_reference = service.reference;
  request.service_reference_variant = service.variant;
  request.body = filled.body;
  const auto read = duis::read_request(duis::write_request(request));
  if (!read) std::abort();
  if (!forms::fill(service, forms::values_of(read->body)).wrong.empty()) std::abort();
  return 0;
}
