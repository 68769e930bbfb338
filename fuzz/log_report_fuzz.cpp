// Who sends these bytes: any hub or gas proxy function, as the content of alert 8F12 or 8071; any device, as what it
// says of its firmware. Laws: what is read stays within its limits, and a command that restores it can be made; a
// version is eight digits. Covers: src/flow/correlate/log_report.cpp, src/flow/correlate/firmware_report.cpp
#include <cstdlib>

#include "flow/correlate/firmware_report.h"
#include "flow/correlate/log_report.h"
#include "flow/transform/transform.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  gbcs::Message alert;
  alert.content.assign(data, data + size);
  for (const auto kind : {gbcs::Kind::Response, gbcs::Kind::Alert}) {
    for (const std::uint16_t code : {0x0012, 0x00CA, 0x0059, 0x0084, 0x0129, 0x012B}) {
      alert.header.kind = kind;
      alert.header.code = MessageCode{code};
      const auto version = flow::correlate::reported_firmware(alert);
      if (version && version->size() != 8) std::abort();
    }
  }
  const auto log = flow::correlate::read_log_report(alert);
  if (!log) return 0;
  if (log->entries.size() > registry::kMostLogEntries) std::abort();
  duis::Request request;
  request.id = {Eui64(1), Eui64(2), {1}};
  flow::transform::Context context;
  context.access_control_broker = Eui64(3);
  context.dcc_counter = OriginatorCounter{1};
  context.log = *log;
  const bool hub = !log->network.empty();
  context.target_type = hub ? DeviceType::CHF : DeviceType::GPF;
  request.service_reference_variant = hub ? "8.12.1" : "8.12.2";
  request.body.name = hub ? "RestoreHANDeviceLog" : "RestoreGPFDeviceLog";
  if (!flow::transform::transform(request, context)) std::abort();
  return 0;
}
