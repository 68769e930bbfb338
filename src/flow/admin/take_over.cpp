#include "flow/admin/take_over.h"

#include "flow/envelope/trace.h"
#include "records/registry/certificates.h"
#include "records/registry/products.h"

namespace meterway::flow::admin {
namespace {

constexpr std::string_view kTaken = "taken-over";  // "user:..." or "device:..." -> empty

/// True the first time that `name` is asked about.
Result<bool> is_first(store::WriteView& view, const std::string& name) {
  METERWAY_TRY(const auto known, view.get(kTaken, name));
  if (!known) METERWAY_CHECK(view.put(kTaken, name, ""));
  return !known;
}

Status note(store::WriteView& view, const Context& context, const std::string& name) {
  return trace(view, context, name, {{"admin", "added", "by configuration", {}, {}}});
}

Status take_users(store::WriteView& view, const Context& context) {
  for (const auto& user : context.settings.users) {
    const auto name = "user:" + user.eui.plain();
    METERWAY_TRY(const bool first, is_first(view, name));
    METERWAY_TRY(const auto known, registry::find_user(view, user.eui));
    if (!first || known) continue;
    METERWAY_CHECK(registry::put_user(view, user));
    METERWAY_CHECK(note(view, context, name));
  }
  return {};
}

Status take_devices(store::WriteView& view, const Context& context) {
  for (auto device : context.settings.devices) {
    const auto name = "device:" + device.eui.plain();
    METERWAY_TRY(const bool first, is_first(view, name));
    METERWAY_TRY(const auto known, registry::find_device(view, device.eui));
    if (!first || known) continue;
    METERWAY_CHECK(registry::enter_device(view, device, context.clock.now()));
    METERWAY_CHECK(note(view, context, name));
  }
  return {};
}

}  // namespace

Status take_over(const std::vector<std::filesystem::path>& certificates, const Context& context) {
  std::vector<pki::CertificateRecord> records;
  for (const auto& folder : certificates) {
    METERWAY_TRY(auto found, pki::read_certificate_folder(folder));
    for (auto& record : found) records.push_back(std::move(record));
  }
  const auto taken = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(take_users(view, context));
    METERWAY_CHECK(take_devices(view, context));
    for (const auto& record : records) {
      if (context.certificates.holds(record.certificate.serial)) continue;
      METERWAY_TRY(const bool added, registry::add_certificate(view, record.certificate, record.use, record.name));
      if (added) METERWAY_CHECK(note(view, context, "certificate:" + record.certificate.serial.hex()));
    }
    return {};
  });
  context.certificates.forget_all();
  return taken;
}

}  // namespace meterway::flow::admin
