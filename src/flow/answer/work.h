#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "records/audit/log.h"
#include "records/ledger/ledger.h"
#include "records/registry/device_past.h"

/// What the services have in common that change the inventory: the request within the write that answers it, the
/// device that it names, the rows by which a device's state changes.
namespace meterway::flow::answer {

struct Work {
  store::WriteView& view;
  const AuthorisedRequest& request;
  const Context& context;
  Effects& effects;
  UtcTime now;
  std::string person{};  ///< under whose authority it is done, where the User's own systems have not asked for it

  const duis::Element& body() const { return request.verified.request.body; }
  const registry::User& user() const { return request.user; }
  std::string_view service() const { return request.service->variant; }
};
using Service = Step<void> (*)(Work& work);

/// An answer without content (I99) whose work is done in the write that keeps it.
DccAnswer answer_by(Service service, AuthorisedRequest&& authorised, const Context& context);

/// What the inventory has become, for the audit.
audit::Entry line_of(const Work& work);

/// A step fails as the User is told to come back when the store does.
template <class T>
Step<T> kept(Result<T>&& result) {
  if (!result) return refuse(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

/// Errors besides: NoDevice.
Step<registry::Device> named_device(const Work& work);
/// Whether the User may change what the inventory says of it (records/access/claim.h). Refuses: NotResponsible.
Step<void> check_may_change(const Work& work, const registry::Device& device);
/// Whether each metering point that it has `after` and not `before` may be given to it. Refuses: NotResponsible.
Step<void> check_may_have(const Work& work, const registry::Device& before, const registry::Device& after);
/// Whether what stands there is the User's to hear.
Step<bool> is_responsible(const Work& work, const registry::Device& device);

/// Changes the state by its row, keeps the device and tells whom a DCC alert tells of it. Refuses: DeviceState.
Step<void> happen(Work& work, registry::Device& device, registry::DeviceEvent event);
/// The same where the device stays as it is when there is no row.
Step<void> happen_if(Work& work, registry::Device& device, registry::DeviceEvent event);
/// Why the inventory changes, for the history of its devices.
registry::Cause cause_of(const Work& work);
/// Keeps a device as it is now; `before`: the state that it had, for alerts.
Step<void> keep(Work& work, const registry::Device& device, registry::DeviceState before);

/// What a hub takes with it: its GPF is gone as it is, the other devices are in no log any more.
Step<void> end_home(Work& work, const registry::Device& hub);

void note(Work& work, std::string_view outcome, std::string detail);

/// A change to the records of oversight within this write, by the User's party.
class LedgerWork {
 public:
  explicit LedgerWork(Work& work);
  ledger::Change& change() { return change_; }

 private:
  ledger::Surroundings around_;
  registry::Person person_;
  ledger::Change change_;
};

}  // namespace meterway::flow::answer
