#include "oversight/devices/corrections.h"

#include <algorithm>
#include <map>

#include "base/util/base64.h"
#include "records/access/leave.h"
#include "records/registration/registration.h"
#include "records/registry/broker.h"
#include "records/registry/certificates.h"
#include "records/registry/party.h"
#include "records/registry/request_record.h"
#include "records/registry/slots.h"
#include "records/store/event_log.h"
#include "standard/pki/certificate.h"

namespace meterway::devices {
namespace {

using registry::Slot;

/// Who decides on recovery and contingency.
constexpr const char* kRecoveryAuthority = "SMKI PMA";
constexpr std::string_view kPeriod = "certificate.network_operator.sweep", kLeave = "correction.leave";
/// When all were compared last; how far a pass over all has come.
constexpr std::string_view kTable = "slots-pass", kLast = "last", kAt = "at";

std::string device_text(Eui64 eui) { return eui.plain(); }

/// "networkOperator (90-B3-..)", or the identifier alone.
Result<std::string> name_of(const store::ReadView& view, Eui64 eui) {
  METERWAY_TRY(const auto user, registry::find_user(view, eui));
  return user && !user->name.empty() ? user->name : eui.plain();
}

struct Mismatch {
  registry::Device device;
  Slot slot;
  Eui64 rightful;
};

/// What the cells and registration say of each other. Unknown: one of them says nothing, or names no User.
enum class Answer { Unknown, Agree, Differ };
struct Comparison {
  Answer answer = Answer::Unknown;
  bool read = false;              ///< the device has said who sits in its cells
  std::optional<Mismatch> wrong;  ///< when they differ
};

Result<Comparison> compare_cells(const store::ReadView& view, const registry::Device& device, UtcTime now) {
  METERWAY_TRY(const auto slots, registry::slots_of(view, device.eui));
  const auto slot = std::find_if(slots.begin(), slots.end(), [](const Slot& s) {
    return s.role == PartyRole::NetworkOperator && s.use == pki::KeyUse::DigitalSignature;
  });
  Comparison out;
  if (slot == slots.end()) return out;
  out.read = true;
  METERWAY_TRY(const auto rightful, registration::network_operators(view, device, now));
  if (rightful.empty()) return out;
  const auto is_rightful = [&](Eui64 user) {
    return std::find(rightful.begin(), rightful.end(), user) != rightful.end();
  };
  // Both cells have to be right, or what the operator reads it cannot check.
  for (const auto& one : slots) {
    if (one.role != PartyRole::NetworkOperator || is_rightful(one.holder)) continue;
    // Of several that act for the operator, the one who is in a cell already.
    const auto user = is_rightful(slot->holder) ? slot->holder : rightful.front();
    out.answer = Answer::Differ;
    out.wrong = Mismatch{device, *slot, user};
    return out;
  }
  out.answer = Answer::Agree;
  return out;
}

/// Who can put it right, and how.
struct Remedy {
  std::string route, able;
  std::string explanation;
};

Result<Remedy> remedy_for(const store::ReadView& view, const Mismatch& wrong) {
  METERWAY_TRY(const auto holder, name_of(view, wrong.slot.holder));
  METERWAY_TRY(const auto rightful, name_of(view, wrong.rightful));
  const auto device = std::string(to_string(wrong.device.type)) + " " + wrong.device.eui.dashed_upper();
  const auto facts = "The network operator cell of " + device + " holds " + holder + " (" +
                     wrong.slot.holder.dashed_upper() + "), as the device said at " + to_iso8601(wrong.slot.at, 0) +
                     "; registration names " + rightful + " (" + wrong.rightful.dashed_upper() + "). ";
  METERWAY_TRY(const auto certificate,
               registry::certificate_in_use(view, wrong.slot.holder, pki::KeyUse::DigitalSignature));
  METERWAY_TRY(const auto broker, registry::find_broker(view));
  if (broker && *broker == wrong.slot.holder) {
    return Remedy{"handover", "DCC",
                  facts +
                      "The device was delivered so: the DCC hands the cell over when the supplier asks for it by "
                      "6.21."};
  }
  if (wrong.slot.holder == wrong.rightful) {
    return Remedy{"holder", rightful,
                  facts + "Its key agreement cell names another; " + rightful + " can replace that itself (6.15.1)."};
  }
  METERWAY_TRY(const auto user, registry::find_user(view, wrong.slot.holder));
  if (!user || user->state != registry::UserState::Live || !certificate) {
    const std::string why = !user                                           ? " is no User any more"
                            : user->state == registry::UserState::Suspended ? " is suspended"
                            : user->state != registry::UserState::Live      ? " is no live User"
                                                                            : " has no certificate in use";
    return Remedy{"recovery", "recovery",
                  facts + holder + why +
                      ", and nobody else can sign for it. The device accepts a replacement from the " +
                      "recovery key, or by contingency, which the SMKI Policy Management Authority (" +
                      kRecoveryAuthority + ") decides on. " + rightful + " may ask for it."};
  }
  return Remedy{"holder", holder,
                facts + "The device accepts a replacement from " + holder + " alone (6.15.1): " + rightful +
                    " cannot correct it by itself, whatever the platform allows. " + rightful +
                    " may ask for the correction; then " + holder + " may send it, and nothing else."};
}

Result<std::string> certificate_text(const store::ReadView& view, Eui64 owner, pki::KeyUse use, Bytes& issuer) {
  METERWAY_TRY(const auto stored, registry::certificate_in_use(view, owner, use));
  if (!stored) return std::string();
  METERWAY_TRY(const auto certificate, pki::parse_certificate(stored->der));
  METERWAY_TRY(const auto found, registry::find_issuer(view, certificate.authority_key_identifier));
  if (found) issuer = *found;
  return to_base64(stored->der);
}

duis::Element leaf(std::string_view name, std::string text) {
  duis::Element out;
  out.name = name;
  out.text = std::move(text);
  return out;
}

duis::Element branch(std::string_view name, std::vector<duis::Element> children) {
  duis::Element out;
  out.name = name;
  out.children = std::move(children);
  return out;
}

std::string text_of(const duis::Element& element) {
  std::string inside = element.text;
  for (const auto& one : element.children) inside += text_of(one);
  return "<sr:" + element.name + ">" + inside + "</sr:" + element.name + ">";
}

/// The body of 6.15.1 (or, for a handover, of 6.21) with the rightful party's certificates; none when they are not all
/// at hand. The floor is the rightful party's last counter for this device: what it sent in vain cannot come again.
Result<std::optional<duis::Element>> offer_for(const store::ReadView& view, const Mismatch& wrong,
                                               const std::string& route) {
  std::optional<duis::Element> none;
  if (route == "recovery") return none;
  Bytes issuer;
  METERWAY_TRY(const auto signing, certificate_text(view, wrong.rightful, pki::KeyUse::DigitalSignature, issuer));
  METERWAY_TRY(const auto agreement, certificate_text(view, wrong.rightful, pki::KeyUse::KeyAgreement, issuer));
  if (signing.empty() || agreement.empty() || issuer.empty()) return none;
  METERWAY_TRY(const auto last,
               registry::last_counter(view, wrong.rightful, wrong.device.eui, registry::CounterKind::Ordinary));
  const bool handover = route == "handover";
  std::vector<duis::Element> certificates{leaf("DigitalSigningCertificate", signing),
                                          leaf("KeyAgreementCertificate", agreement)};
  if (!handover) certificates = {branch("SupplierOrNetworkOperatorCertificates", std::move(certificates))};
  return std::optional(
      branch(handover ? "RequestHandoverOfDCCControlledDevice" : "UpdateSecurityCredentialsKRP",
             {leaf("RemotePartyRole", "NetworkOperator"), leaf("RemotePartyFloorSeqNumber", std::to_string(last.value)),
              branch("ReplacementCertificates", std::move(certificates)),
              branch("CertificationPathCertificates", {leaf("Certificate", to_base64(issuer))}),
              leaf("ApplyTimeBasedCPVChecks", "true")}));
}

Status tell(ledger::Change& change, const std::string& to, const Record& about, const std::string& text) {
  if (to.empty() || to == "DCC") return {};
  const auto whom = to == "recovery" ? std::string(kRecoveryAuthority) : to;
  ledger::Draft draft;
  draft.fields = {{"to", {whom}},
                  {"about", {about.reference}},
                  {"text", {text}},
                  {"sent", {to_iso8601(change.now(), 0)}},
                  {"audience", {whom, "reporter", "desk"}}};
  METERWAY_TRY(const auto made, change.create_by_rule("notice", draft));
  (void)made;
  return {};
}

Result<std::optional<Record>> open_case(ledger::Change& change, Eui64 device) {
  METERWAY_TRY(auto all, change.select({"correction_case", {{"device", device_text(device)}}}));
  for (auto& one : all) {
    if (one.state != "closed") return std::optional<Record>(std::move(one));
  }
  return std::optional<Record>();
}

ledger::Fields fields_of(const Mismatch& wrong, const Remedy& remedy, const std::string& rightful, std::string offer) {
  const auto type = std::string(to_string(wrong.device.type));
  ledger::Fields fields = {
      {"title", {"Network operator certificates of " + type + " " + wrong.device.eui.dashed_upper()}},
      {"device", {device_text(wrong.device.eui)}},
      {"device_type", {type}},
      {"slot_holder", {wrong.slot.holder.plain()}},
      {"slot_known_at", {to_iso8601(wrong.slot.at, 6)}},
      {"able", {remedy.able}},
      {"route", {remedy.route}},
      {"rightful", {rightful}},
      {"rightful_eui", {wrong.rightful.plain()}},
      {"explanation", {remedy.explanation}},
      {"offer", {}},
      {"audience", {rightful, remedy.able, "reporter", "desk", "panel"}}};
  if (!offer.empty()) fields["offer"] = {std::move(offer)};
  // What can be read as one: a device may have been told anything, and a record holds one line.
  const auto mpxn = Mpxn::parse(wrong.device.detail("ImportMPxN"));
  if (mpxn) fields["mpxn"] = {mpxn->text()};
  return fields;
}

Status open(ledger::Change& change, const Mismatch& wrong, Compared& out) {
  auto& view = change.registry();
  METERWAY_TRY(const auto remedy, remedy_for(view, wrong));
  METERWAY_TRY(const auto rightful, name_of(view, wrong.rightful));
  METERWAY_TRY(const auto offer, offer_for(view, wrong, remedy.route));
  auto fields = fields_of(wrong, remedy, rightful, offer ? text_of(*offer) : "");
  METERWAY_TRY(auto existing, open_case(change, wrong.device.eui));
  if (!existing) {
    fields["found"] = {to_iso8601(change.now(), 0)};
    if (fields["offer"].empty()) fields.erase("offer");
    ledger::Draft draft;
    draft.fields = std::move(fields);
    METERWAY_TRY(const auto made, change.create_by_rule("correction_case", draft));
    ++out.opened;
    METERWAY_CHECK(tell(change, remedy.able, made, remedy.explanation));
    return tell(change, rightful, made, remedy.explanation);
  }
  // An offer that could not be prepared before, as certificates were missing, is news as well.
  const bool can_now = existing->text("offer").empty() && !fields["offer"].empty();
  if (existing->text("able") == remedy.able && existing->text("rightful") == rightful &&
      existing->text("slot_holder") == wrong.slot.holder.plain() && !can_now)
    return {};
  fields["leave_until"] = {};  // the leave was another's, or for another
  fields["asked_by"] = {};
  METERWAY_TRY(const auto changed, change.act_with("correction_case", existing->reference, "update", fields));
  METERWAY_CHECK(registry::end_correction(view, wrong.device.eui, change.now()));
  ++out.changed;
  METERWAY_CHECK(tell(change, remedy.able, changed, remedy.explanation));
  return tell(change, rightful, changed, remedy.explanation);
}

Status compare(ledger::Change& change, Eui64 eui, Compared& out) {
  auto& view = change.registry();
  METERWAY_CHECK(registry::looked_at_slots(view, eui));
  METERWAY_TRY(const auto device, registry::find_device(view, eui));
  Comparison compared;
  if (device) {
    METERWAY_TRY(compared, compare_cells(view, *device, change.now()));
  }
  METERWAY_CHECK(registry::note_unread(view, eui, device && !compared.read && should_be_read(*device)));
  if (compared.wrong) return open(change, *compared.wrong, out);
  if (device && compared.answer == Answer::Unknown) return {};  // a case that is open stays
  METERWAY_TRY(const auto existing, open_case(change, eui));
  if (!existing) return {};
  METERWAY_TRY(const auto closed, change.act_with("correction_case", existing->reference, "close", {}));
  (void)closed;
  ++out.closed;
  return {};
}

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

/// The next devices of a pass over all; empty when none is due. Notes how far it has come.
Result<std::vector<Eui64>> next_of_all(store::WriteView& view, const rules::Rules& rules, UtcTime now,
                                       std::size_t most) {
  METERWAY_TRY(const auto ruling, rules.on(kPeriod, calendar::date_of(now)));
  METERWAY_TRY(const auto period, ruling.integer());
  METERWAY_TRY(const auto last, view.get(kTable, kLast));
  METERWAY_TRY(const auto at, view.get(kTable, kAt));
  // A clock that was set back starts a new pass: what was done in the future does not count.
  if (!at && last) {
    const auto done = UtcTime(std::chrono::microseconds(std::stoll(*last)));
    if (done <= now && now - done < std::chrono::hours(period)) return std::vector<Eui64>{};
  }
  const Eui64 from(at ? std::stoull(*at) : 0);
  // Those that have said something, whether or not the inventory still has them, and those of the inventory, of which
  // something should be known: each list is complete as far as the other goes, or it is the end of it.
  METERWAY_TRY(auto out, registry::devices_with_slots(view, from, most));
  METERWAY_TRY(const auto inventory, registry::devices_from(view, from, most));
  for (const auto& one : inventory) out.push_back(one.eui);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.size() > most) out.resize(most);
  if (out.size() < most) {
    METERWAY_CHECK(view.put(kTable, kLast, std::to_string(micros(now))));
    METERWAY_CHECK(view.erase(kTable, kAt));
  } else {
    METERWAY_CHECK(view.put(kTable, kAt, std::to_string(out.back().value() + 1)));
  }
  return out;
}

/// Devices that could not be compared, and why.
using Failed = std::map<Eui64, std::string>;

/// It is looked at again when something happens to it, or by the next pass over all.
Status pass_over(ledger::Change& change, Eui64 eui, const std::string& why, Compared& out) {
  ++out.failed;
  METERWAY_CHECK(registry::looked_at_slots(change.registry(), eui));
  const store::Event event{0, change.now(), "device:" + eui.plain(), "correction", "failed", why, {}};
  METERWAY_TRY(const auto sequence, store::append_event(change.registry(), event));
  (void)sequence;
  return {};
}

/// The next devices in one write, without those that have failed. `devices`: which they are, whatever becomes of it.
Result<Compared, ledger::Problem> compare_next(ledger::Ledger& ledger, std::size_t most, const Failed& failed,
                                               std::vector<Eui64>& devices) {
  Compared out;
  const auto done = ledger.write(registry::platform_person(), [&](ledger::Change& change) -> Result<Record> {
    out = {};
    METERWAY_TRY(devices, registry::slots_to_look_at(change.registry(), most));
    METERWAY_TRY(const auto more, next_of_all(change.registry(), change.rules(), change.now(), most));
    devices.insert(devices.end(), more.begin(), more.end());
    std::sort(devices.begin(), devices.end());
    devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
    out.more = devices.size() >= most;
    for (const Eui64 device : devices) {
      const auto why = failed.find(device);
      METERWAY_CHECK(why == failed.end() ? compare(change, device, out) : pass_over(change, device, why->second, out));
    }
    METERWAY_TRY(out.unread, registry::unread_count(change.registry()));
    return Record();
  });
  if (!done) return Unexpected{done.error()};
  return out;
}

/// Each of these in a write of its own; those that cannot be go to `failed`. Errors: the store's, which are no
/// device's.
Result<Compared, ledger::Problem> compare_each(ledger::Ledger& ledger, const std::vector<Eui64>& devices,
                                               Failed& failed) {
  Compared out;
  for (const Eui64 device : devices) {
    Compared one;
    const auto done = ledger.write(registry::platform_person(), [&](ledger::Change& change) -> Result<Record> {
      one = {};
      METERWAY_CHECK(compare(change, device, one));
      return Record();
    });
    if (done) {
      out += one;
      continue;
    }
    const auto& problem = done.error();
    if (problem.code >= ErrorCode::Io) return Unexpected{problem};
    auto& why = failed[device];
    why = problem.detail;
    for (const auto& field : problem.fields) why += "; " + field.field + ": " + field.detail;
  }
  return out;
}

/// How a case ends as things stand.
struct Ending {
  std::string outcome;  ///< empty: it does not
  std::string why_not;
};

Result<Ending> ending_of(ledger::Change& change, const Record& record) {
  METERWAY_TRY(const auto eui, Eui64::parse(record.text("device")));
  METERWAY_TRY(const auto device, registry::find_device(change.registry(), eui));
  if (!device) return Ending{"The device has left the inventory.", ""};
  METERWAY_TRY(const auto compared, compare_cells(change.registry(), *device, change.now()));
  if (compared.answer == Answer::Agree)
    return Ending{"The network operator cell of the device and registration agree.", ""};
  if (!compared.wrong)
    return Ending{"", "nobody has said that the cell is right: " +
                          std::string(compared.read ? "registration names no User as network operator"
                                                    : "the device has not said who sits in it")};
  METERWAY_TRY(const auto remedy, remedy_for(change.registry(), *compared.wrong));
  return Ending{"", remedy.explanation};
}

}  // namespace

Compared& Compared::operator+=(const Compared& other) {
  opened += other.opened;
  closed += other.closed;
  changed += other.changed;
  failed += other.failed;
  unread = other.unread;
  more = other.more;
  return *this;
}

Result<Compared, ledger::Problem> compare_slots(ledger::Ledger& ledger, std::size_t most) {
  // Nothing to do, the usual case, costs no write.
  Compared out;
  bool idle = true;
  const auto looked = ledger.around().store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto some, registry::slots_to_look_at(view, 1));
    METERWAY_TRY(const auto last, view.get(kTable, kLast));
    METERWAY_TRY(const auto at, view.get(kTable, kAt));
    const auto now = ledger.around().clock.now();
    METERWAY_TRY(const auto ruling, ledger.around().rules.on(kPeriod, calendar::date_of(now)));
    METERWAY_TRY(const auto period, ruling.integer());
    const auto done = last ? UtcTime(std::chrono::microseconds(std::stoll(*last))) : UtcTime();
    idle = some.empty() && !at && last && done <= now && now - done < std::chrono::hours(period);
    METERWAY_TRY(out.unread, registry::unread_count(view));
    return {};
  });
  if (!looked) return Unexpected{ledger::Problem{looked.error().code, describe(looked.error()), {}}};
  if (idle) return out;
  // One device that cannot be written does not keep the others from it: what fails together is tried one by one.
  Failed failed;
  std::vector<Eui64> devices;
  for (;;) {
    auto done = compare_next(ledger, most, failed, devices);
    if (done) return out += *done;
    const auto before = failed.size();
    const auto alone = compare_each(ledger, devices, failed);
    if (!alone) return Unexpected{alone.error()};
    out += *alone;
    if (failed.size() == before) return Unexpected{done.error()};
  }
}

/// ESME and GPF, once they are installed. Of a GSME the public documents do not say that it has these cells, and one of
/// the published answers says that it has not (status 19).
bool should_be_read(const registry::Device& device) {
  using registry::DeviceState;
  if (device.type != DeviceType::ESME && device.type != DeviceType::GPF) return false;
  switch (device.state) {
    case DeviceState::Pending:
    case DeviceState::Whitelisted:
    case DeviceState::Decommissioned:
    case DeviceState::Withdrawn:
      return false;
    default:
      return true;
  }
}

Result<Reasons> correction_is_over(ledger::Change& change, const Record& before, const Record&) {
  METERWAY_TRY(const auto ending, ending_of(change, before));
  return ending.outcome.empty() ? Reasons{ending.why_not} : Reasons{};
}

Result<Reasons> correction_can_be_asked(ledger::Change& change, const Record& before, const Record&) {
  Reasons out;
  const auto& route = before.text("route");
  if (route == "handover") out.push_back("nobody in the cell could send it: " + before.text("explanation"));
  if (route == "recovery" && before.has("asked_by"))
    out.push_back("it was asked for, and is with the " + std::string(kRecoveryAuthority));
  if (route == "holder" && before.text("offer").empty())
    out.push_back("the certificates of " + before.text("rightful") + " are not at hand");
  if (const auto until = before.instant("leave_until"); until && change.now() < *until)
    out.push_back("it was asked for, and " + before.text("able") + " may send it until " + before.text("leave_until"));
  METERWAY_TRY(const auto device, Eui64::parse(before.text("device")));
  METERWAY_TRY(const auto entry, registry::find_device(change.registry(), device));
  if (!entry) {
    out.push_back("the device has left the inventory");
    return out;
  }
  // Registration decides at this moment, not when the case was opened.
  METERWAY_TRY(const auto now, registration::network_operators(change.registry(), *entry, change.now()));
  METERWAY_TRY(const auto rightful, Eui64::parse(before.text("rightful_eui")));
  if (std::find(now.begin(), now.end(), rightful) == now.end())
    out.push_back(before.text("rightful") + " is not the network operator by registration any more");
  return out;
}

/// On the route of recovery nobody gets leave: that it is asked for goes to whoever decides.
Status give_leave(ledger::Change& change, const Record& before, Record& after) {
  if (before.text("route") == "recovery") {
    after.set("asked_by", change.actor().id);
    return tell(change, "recovery", before,
                before.text("rightful") + " asks for the correction of " + before.reference + " by recovery or " +
                    "contingency: " + after.text("reason") + ". " + before.text("explanation"));
  }
  METERWAY_TRY(const auto device, Eui64::parse(before.text("device")));
  METERWAY_TRY(const auto holder, Eui64::parse(before.text("slot_holder")));
  METERWAY_TRY(const auto rightful, Eui64::parse(before.text("rightful_eui")));
  METERWAY_TRY(const auto ruling, change.rules().on(kLeave, change.today()));
  METERWAY_TRY(const auto days, ruling.integer());
  const auto until = change.now() + std::chrono::days(days);
  METERWAY_TRY(const auto entry, registry::find_device(change.registry(), device));
  if (!entry) return change.refuse(ErrorCode::NotFound, "the device has left the inventory");
  METERWAY_TRY(const auto compared, compare_cells(change.registry(), *entry, change.now()));
  if (!compared.wrong) return change.refuse(ErrorCode::Conflict, "the cell and registration do not differ by now");
  if (compared.wrong->slot.holder != holder)
    return change.refuse(ErrorCode::Conflict, "the cell holds another than when the case was last looked at");
  // As counters and certificates are now.
  METERWAY_TRY(const auto offer, offer_for(change.registry(), *compared.wrong, before.text("route")));
  if (!offer)
    return change.refuse(ErrorCode::Conflict, "the certificates of " + before.text("rightful") + " are not at hand");
  after.set("offer", text_of(*offer));
  METERWAY_CHECK(
      registry::put_correction(change.registry(), device,
                               {holder, rightful, until, before.reference, change.now(), access::body_digest(*offer)}));
  after.set("leave_until", to_iso8601(until, 6));
  after.set("asked_by", change.actor().id);
  return tell(change, before.text("able"), before,
              before.text("rightful") + " asks for the correction of " + before.reference +
                  ". Please sign and send the prepared 6.15.1 (field offer) to " + before.text("device") + " before " +
                  to_iso8601(until, 0) + "; registration does not stand against it. " + ruling.explain(change.today()));
}

Status end_correction(ledger::Change& change, const Record& before, Record& after) {
  METERWAY_TRY(const auto ending, ending_of(change, before));
  after.set("closed_at", to_iso8601(change.now(), 0));
  after.set("outcome", ending.outcome);
  if (const auto until = before.instant("leave_until"); until && change.now() < *until)
    after.set("leave_until", to_iso8601(change.now(), 6));
  METERWAY_TRY(const auto device, Eui64::parse(before.text("device")));
  METERWAY_CHECK(registry::end_correction(change.registry(), device, change.now()));
  const auto words = before.reference + " is closed. " + ending.outcome;
  METERWAY_CHECK(tell(change, before.text("able"), before, words));
  return tell(change, before.text("rightful"), before, words);
}

}  // namespace meterway::devices
