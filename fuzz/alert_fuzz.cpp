// Who sends these bytes: any device, as alert (a message whole); whoever may open an estate's socket, as an order to
// raise one. Laws: what is told of an alert is valid by the schema, as device alert and as DCC alert; an order that is
// read is written back alike. Covers: src/flow/correlate/alert_content.cpp, src/flow/alert/dcc_form.cpp,
// src/field/sim/alert_order.cpp
#include <cstdlib>

#include "field/sim/alert_order.h"
#include "flow/alert/dcc_form.h"
#include "flow/correlate/alert_content.h"
#include "standard/duis/response.h"

namespace {

using namespace meterway;

void expect_valid(duis::Element body) {
  duis::Response response;
  response.response_id = RequestId{Eui64(1), Eui64(2), {3}};
  response.code = "I0";
  response.body = std::move(body);
  if (!duis::read_response(duis::write_response(response))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  if (const auto message = gbcs::read_message(input)) {
    (void)flow::correlate::read_device_log(*message);
    const auto content = flow::correlate::read_alert_content(*message);
    if (content) expect_valid(duis::device_alert_message(content->code, input, duis::Throttled{1, 2}));
    for (const std::uint16_t code : {0x8F20, 0x8F89, 0x8F8B}) {
      if (auto form = flow::alert::dcc_form(*message, code)) expect_valid(duis::dcc_alert_message("N1", *form));
    }
  }
  const std::string line(reinterpret_cast<const char*>(data), size);
  if (const auto order = field::read_alert_order(line)) {
    const auto again = field::read_alert_order(field::write_alert_order(*order));
    if (!again || again->alert != order->alert || again->parameters != order->parameters) std::abort();
  }
  return 0;
}
