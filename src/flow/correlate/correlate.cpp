#include "flow/correlate/correlate.h"

#include <algorithm>

#include "base/util/base64.h"
#include "flow/correlate/alert_content.h"
#include "flow/correlate/alert_recipients.h"
#include "flow/correlate/dated_answer.h"
#include "flow/correlate/device_keys.h"
#include "flow/correlate/firmware_report.h"
#include "flow/correlate/log_report.h"
#include "flow/correlate/news.h"
#include "flow/envelope/meters.h"
#include "standard/duis/request.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/credentials.h"
#include "standard/gbcs/instructions.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::CheckState;
using registry::DeviceEvent;
using registry::Progress;
using registry::RequestRecord;

constexpr MessageCode kDeviceLogAlert{0x8F12};
constexpr std::string_view kResult = "I0";

std::string alert_name(const gbcs::Header& header) {
  return "alert:" + header.originator.plain() + ":" + std::to_string(header.counter.value);
}

Unexpected<Unmatched> unmatched(std::string key, std::string_view outcome, std::string why, Bytes bytes,
                                bool repeat = false) {
  return {Unmatched{std::move(key), {"correlate", outcome, std::move(why), std::move(bytes), {}}, repeat}};
}

/// What the DCC can check: the device's signature where there must be one, the MAC where the broker is the recipient.
/// Returns what was checked, or what is wrong; into `shown`, which new keys of its own the device has used.
Result<std::string, std::string> check(const gbcs::Message& message, bool critical, const Context& context,
                                       Shown& shown) {
  std::string checked;
  if (critical) {
    const auto state = gbcs::signature_state(message, context.keys);
    if (state != CheckState::Valid && !signed_by_pending(message, context, shown))
      return Unexpected<std::string>{"signature of the device: " + std::string(gbcs::to_string(state))};
    checked = "signature valid";
  }
  if (message.header.target == context.broker && message.mac) {
    const auto state = gbcs::mac_state(message, context.keys, context.broker);
    if (state != CheckState::Valid && !mac_by_pending(message, context, shown))
      return Unexpected<std::string>{"MAC for the broker: " + std::string(gbcs::to_string(state))};
    checked += checked.empty() ? "MAC valid" : ", MAC valid";
  }
  if (message.header.target == context.broker && !message.mac && !critical)
    return Unexpected<std::string>{"neither MAC nor signature"};
  return checked.empty() ? std::string("MAC is the User's to check") : checked;
}

/// Not critical services alone are answered under a signature: so is a meter whose broker replaces itself under a MAC
/// (0104), and its answer has no MAC.
bool signed_answer(const RequestRecord& record) {
  const auto* use_case = gbcs::find_use_case(record.code);
  return record.critical || (use_case != nullptr && use_case->response == gbcs::Protection::Sign);
}

duis::Element device_content(const RequestRecord& record, ByteView message) {
  if (record.schedule != 0) return duis::scheduled_message(message, record.schedule);
  return record.cin.empty() ? duis::gbcs_payload(message) : duis::cin_message(message, record.cin);
}

RequestId response_id(const RequestRecord& record) {
  return {record.header.target, record.id.originator, record.id.counter};
}

/// What a message says of the cells of the device it comes from, as far as it is checked: signed, or for the broker.
/// What cannot be read says nothing; the User gets it as it is.
void note_slots(const gbcs::Message& message, bool signature_checked, UtcTime at, const Context& context,
                Outcome& out) {
  const auto& header = message.header;
  if (!signature_checked && header.target != context.broker) return;
  const bool details = header.kind == gbcs::Kind::Response && gbcs::reads_credentials(header.code);
  const bool outcome = header.kind == gbcs::Kind::Response ? gbcs::replaces_credentials(header.code)
                                                           : gbcs::reports_replacement(header.code);
  if (!details && !outcome) return;
  const auto cells =
      details ? gbcs::read_credentials_details(message.content) : gbcs::read_replacement_outcome(message.content);
  if (!cells || cells->empty()) return;
  for (const auto& cell : *cells) out.slots.push_back({cell.role, cell.use, cell.holder, at, cell.key_id});
  out.slots_of = header.originator;
}

/// Commands of the same User and kind that this device holds to a date: the one it has just accepted replaces them, so
/// that no report on them will come. Nobody is told: the User gave the new one.
Result<std::vector<Outcome>> superseded_by(const store::ReadView& view, const RequestRecord& record) {
  std::vector<Outcome> out;
  METERWAY_TRY(auto dated, registry::dated_requests_of(view, record.header.target));
  for (auto& earlier : dated) {
    if (earlier.id == record.id || earlier.code != record.code || earlier.header.originator != record.header.originator)
      continue;
    Outcome one;
    one.trace_key = earlier.id.text();
    one.response_code = earlier.outcome;
    one.hops.push_back(
        {"correlate", "superseded", "the device has taken " + record.id.text() + " in its place", {}, {}});
    one.request = std::move(earlier);
    out.push_back(std::move(one));
  }
  return out;
}

Result<Outcome, Unmatched> take_response(const gbcs::Message& message, InboundMessage&& inbound,
                                         const Context& context) {
  const RequestId header{message.header.target, message.header.originator, message.header.counter};
  std::optional<RequestRecord> record;
  Installed installed;
  std::vector<DccNews> news;
  std::vector<Outcome> superseded;
  const bool refused = keeps_no_date(message);
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(record, registry::find_by_command(view, header));
    if (record && record->device_date != UtcTime{} && !refused) {
      METERWAY_TRY(superseded, superseded_by(view, *record));
    }
    // Without a date the same form says what was carried out at once.
    if (record && (!refused || record->device_date == UtcTime{})) {
      METERWAY_TRY(installed, after_response(view, *record, message, context, inbound.received_at));
      METERWAY_CHECK(note_firmware(view, message, installed));
      METERWAY_TRY(news, news_of(view, *record, message, installed, inbound.received_at));
    }
    return {};
  });
  if (!read) return unmatched(header.text(), "failed", describe(read.error()), {});
  if (!record)
    return unmatched(header.text(), "unmatched", "a response that no request waits for", std::move(inbound.message));
  const auto key = record->id.text();
  const bool told = record->progress == Progress::Done || record->progress == Progress::Dated;
  if (told && (record->outcome.empty() || record->outcome == kResult))
    return unmatched(key, "repeated", "the request has its outcome already", {}, true);
  if (message.header.code != record->code)
    return unmatched(key, "refused",
                     "response of code " + message.header.code.hex() + " to a command of code " + record->code.hex(),
                     std::move(inbound.message));
  Shown shown;
  const bool is_signed = signed_answer(*record);
  const auto checked = check(message, is_signed, context, shown);
  if (!checked) return unmatched(key, "refused", checked.error(), std::move(inbound.message));
  // One request has one outcome, and the User has been told; whoever asks what became of the command finds it here.
  if (record->progress == Progress::Done)
    return unmatched(key, "late", "the User was told " + record->outcome + " before; " + *checked,
                     std::move(inbound.message));

  Outcome out;
  out.user = record->id.originator;
  out.trace_key = key;
  out.response_id = response_id(*record);
  out.response_code = kResult;
  out.body =
      duis::response_message(record->service_reference, record->service, device_content(*record, inbound.message));
  out.seen = std::move(installed.seen);
  out.inventory = std::move(installed.inventory);
  out.news = std::move(news);
  out.cause = "answer to " + record->service;
  out.joins = std::move(installed.joins);
  out.also = std::move(superseded);
  note_slots(message, is_signed, inbound.received_at, context, out);
  note_keys(message, record->message, shown, out);
  if (!refused && record->instructions < record->total_instructions) out.becomes = Progress::Dated;
  out.hops.push_back({"correlate", "matched",
                      "response of " + message.header.originator.dashed_upper() + ", " + *checked,
                      std::move(inbound.message), inbound.received_at});
  out.request = std::move(record);
  return out;
}

/// In the log of another hub that is at work, or a hub itself: no hub's word takes it from there. Who wants it moved
/// asks for it (8.11), and may be refused.
Result<bool> is_elsewhere(const store::ReadView& view, const registry::Device& device, Eui64 hub) {
  if (device.type == DeviceType::CHF && device.eui != hub) return true;
  if (!device.hub || *device.hub == hub || *device.hub == device.eui) return false;
  METERWAY_TRY(const auto other, registry::find_device(view, *device.hub));
  return other && other->state != registry::DeviceState::Decommissioned &&
         other->state != registry::DeviceState::Withdrawn;
}

/// The schema counts instructions in 16 bits.
std::uint16_t short_number(unsigned number) { return static_cast<std::uint16_t>(std::min(number, 0xFFFFu)); }

/// An alert on a future-dated instruction goes to the User as part of the request that it stood in.
Outcome future_dated_outcome(RequestRecord&& record, const AlertContent& content, const Bytes& message) {
  Outcome out;
  out.response_id = response_id(record);
  const auto command = gbcs::read_message(record.message);
  ++record.instructions;
  const auto total = std::max(record.instructions, command ? gbcs::count_instructions(*command) : 1u);
  // Reports may overtake the answer that the date was accepted: then the answer ends it.
  out.becomes = record.progress == Progress::Dated && record.instructions >= record.total_instructions
                    ? Progress::Done
                    : record.progress;
  out.response_code = kResult;
  out.body = duis::response_message(
      record.service_reference, record.service,
      duis::future_dated_device_alert(content.code, message, short_number(record.instructions), short_number(total)));
  out.request = std::move(record);
  return out;
}

/// Whoever else is told gets the same, under one trace: the second party of an alert for two, with the counter that it
/// carries for it, and those who are told by responsibility.
void tell_also(Outcome& out, const gbcs::Header& header, Eui64 user, OriginatorCounter counter) {
  Outcome copy;
  copy.user = user;
  copy.delivery_class = out.delivery_class;
  copy.response_code = out.response_code;
  copy.body = out.body;
  copy.response_id = {header.originator, user, counter};
  copy.trace_key = out.trace_key;
  copy.alert_key = out.alert_key + ":" + user.plain();
  out.also.push_back(std::move(copy));
}

Result<Outcome, Unmatched> take_alert(const gbcs::Message& message, InboundMessage&& inbound, const Context& context) {
  const auto key = alert_name(message.header);
  const auto content = read_alert_content(message);
  if (!content) return unmatched(key, "refused", "alert: " + describe(content.error()), std::move(inbound.message));
  const bool critical = message.signature_field == gbcs::SignatureField::Present;
  if (!critical && !message.mac)
    return unmatched(key, "refused", "neither MAC nor signature", std::move(inbound.message));
  Shown shown;
  const auto checked = check(message, critical, context, shown);
  if (!checked) return unmatched(key, "refused", checked.error(), std::move(inbound.message));

  AlertRecipients told;
  std::optional<RequestRecord> record;
  Installed installed;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(told, alert_recipients(view, message, content->code, context, inbound.received_at));
    if (content->of_command) {
      METERWAY_TRY(record, registry::find_by_command(
                               view, {message.header.target, message.header.originator, *content->of_command}));
    }
    if (content->code == kDeviceLogAlert && message.header.target == context.broker) {
      METERWAY_TRY(installed, after_device_log_report(view, message, inbound.received_at));
    }
    METERWAY_CHECK(note_firmware(view, message, installed));
    return {};
  });
  if (!read) return unmatched(key, "failed", describe(read.error()), std::move(inbound.message));
  // What a row says that a device signs is not believed without: its words would go to Users who cannot tell.
  const auto* route = told.route;
  if (route != nullptr && route->sure == gbcs::AlertSure::Firm && !critical &&
      route->protection == gbcs::AlertProtection::Signature)
    return unmatched(key, "refused", "alert " + content->code.hex() + " without the device's signature",
                     std::move(inbound.message));
  const bool for_dcc = told.kept || message.header.target == context.broker || (route != nullptr && route->to_dcc());
  if (!told.addressee && !told.second && told.responsible.empty() && !record && !for_dcc)
    return unmatched(key, "unmatched", message.header.target.dashed_upper() + " is no User",
                     std::move(inbound.message));

  Outcome out;
  if (record) {
    out = future_dated_outcome(std::move(*record), *content, inbound.message);
  } else {
    out.delivery_class = class_of_device_alert(content->code);
    out.response_code = kResult;
    out.body = duis::device_alert_message(content->code, inbound.message);
    // Device alerts carry the same form of identifier as responses, with the alert's own counter.
    out.response_id = {message.header.originator, message.header.target, message.header.counter};
  }
  note_slots(message, critical, inbound.received_at, context, out);
  out.user = told.addressee;
  // A report to the transitional change of supplier party is owed to the User it acted for.
  if (!out.user && out.request) out.user = out.request->id.originator;
  out.trace_key = out.request ? out.request->id.text() : key;
  out.alert_key = key;
  out.cause = "alert " + content->code.hex();
  if (message.header.target == context.broker) out.change = keep_log_report(message, content->code);
  note_keys(message, {}, shown, out);
  out.seen = std::move(installed.seen);
  out.inventory = std::move(installed.inventory);
  out.hops.push_back({"correlate", "alert",
                      "alert " + content->code.hex() + " of " + message.header.originator.dashed_upper() + ", " +
                          *checked + "; " + told.words,
                      std::move(inbound.message), inbound.received_at});
  for (const auto device : installed.claimed) {
    out.hops.push_back({"correlate",
                        "claimed",
                        device.dashed_upper() + " is in another hub's log by the inventory, which is not changed",
                        {},
                        inbound.received_at});
  }
  if (out.request) return out;
  const auto& header = message.header;
  if (told.second) tell_also(out, header, *told.second, header.supplementary_counter.value_or(header.counter));
  for (const auto other : told.responsible) tell_also(out, header, other, header.counter);
  return out;
}

}  // namespace

Result<Outcome, Unmatched> correlate(InboundMessage&& inbound, const Context& context) {
  const auto device_key = "device:" + inbound.device.plain();
  const auto message = gbcs::read_message(inbound.message);
  if (!message)
    return unmatched(device_key, "refused", "not a GBCS message: " + describe(message.error()),
                     std::move(inbound.message));
  if (message->header.originator != inbound.device) {
    return unmatched(device_key, "refused",
                     "the header names " + message->header.originator.dashed_upper() + " as originator",
                     std::move(inbound.message));
  }
  switch (message->header.kind) {
    case gbcs::Kind::Response:
      return take_response(*message, std::move(inbound), context);
    case gbcs::Kind::Alert:
      return take_alert(*message, std::move(inbound), context);
    case gbcs::Kind::Command:
      break;
  }
  return unmatched(device_key, "refused", "a device sends no commands to the DCC", std::move(inbound.message));
}

Step<std::optional<Outcome>> returned(const duis::Request& request, const Context& context) {
  const auto wrong = [](std::string why) { return refuse(Refusal::LocalResponse, std::move(why)); };
  auto bytes = from_base64(request.body.text_at("DeviceGBCSResponse"));
  if (!bytes) return wrong("DeviceGBCSResponse: " + describe(bytes.error()));
  const auto message = gbcs::read_message(*bytes);
  if (!message) return wrong("DeviceGBCSResponse: " + describe(message.error()));
  const auto& header = message->header;
  if (header.kind != gbcs::Kind::Response) return wrong("DeviceGBCSResponse is no response of a device");
  std::optional<RequestRecord> record;
  OriginatorCounter last;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(record, registry::find_by_command(view, {header.target, header.originator, header.counter}));
    METERWAY_TRY(
        last, registry::last_counter(view, request.id.originator, request.id.target, registry::CounterKind::Ordinary));
    return {};
  });
  if (!read) return refuse(read.error());
  if (!record || record->id.originator != request.id.originator || !is_local(record->command_variant))
    return wrong("no local command of this User has this response");
  if (const auto named = request.body.text_at("OriginalRequestID"); !named.empty()) {
    const auto id = RequestId::parse(named);
    if (!id || *id != record->id) return wrong("the response belongs to " + record->id.text());
  }
  // Judged again with the commit; here so that what will be refused changes nothing.
  if (request.id.counter.value <= last.value)
    return refuse(Refusal::StaleCounter, "a counter as great was used before");
  const bool handed = record->progress == Progress::Handed;
  auto outcome = take_response(*message, {{}, header.originator, std::move(*bytes), context.clock.now()}, context);
  if (!outcome) {
    if (outcome.error().repeat) return std::optional<Outcome>();  // by the WAN, or brought before: it has ended with it
    return wrong(outcome.error().hop.detail);
  }
  outcome->hops.insert(outcome->hops.begin(), Hop{"correlate", "returned", "by " + request.id.text(), {}, {}});
  // Who asked for local delivery alone has the answer in hand; the others were promised a push, and get it from here.
  if (handed) outcome->user.reset();
  return std::optional<Outcome>(std::move(*outcome));
}

Outcome give_up(RequestRecord&& record, Refusal why, const Context& context) {
  // The date that the DCC was to keep could not be met.
  if (record.dcc_dated && why == Refusal::Unreachable) why = Refusal::FutureDatedTimeout;
  if (context.meters != nullptr) context.meters->given_up.add({name(why)});
  Outcome out;
  out.user = record.id.originator;
  out.trace_key = record.id.text();
  const auto own = context.settings.refusal_codes.find(why);
  out.response_code = own == context.settings.refusal_codes.end() ? std::string(response_code(why)) : own->second;
  out.body = duis::response_message(record.service_reference, record.service);
  out.hops.push_back({"correlate", "given up", std::string(sentence(why)) + ", " + out.response_code, {}, {}});
  out.request = std::move(record);
  return out;
}

Result<Installed> after_device_log_report(const store::ReadView& view, const gbcs::Message& alert, UtcTime at) {
  const auto log = read_device_log(alert);
  if (!log) return Unexpected{log.error()};
  const auto hub = alert.header.originator;
  METERWAY_TRY(auto near, registry::devices_of_hub(view, hub));
  for (const auto& entry : *log) {
    if (std::any_of(near.begin(), near.end(), [&](const auto& device) { return device.eui == entry.device; })) continue;
    METERWAY_TRY(auto device, registry::find_device(view, entry.device));
    if (device) near.push_back(std::move(*device));
  }
  Installed out;
  for (auto& before : near) {
    const auto entry =
        std::find_if(log->begin(), log->end(), [&](const LogEntry& e) { return e.device == before.eui; });
    auto device = before;
    if (entry != log->end()) {
      METERWAY_TRY(const bool elsewhere, is_elsewhere(view, before, hub));
      if (elsewhere) {
        out.claimed.push_back(before.eui);
        continue;
      }
      device.hub = hub;
      (void)registry::happens(device, DeviceEvent::LogAdded, at);
      if (entry->has_link_key) (void)registry::happens(device, DeviceEvent::LinkKey, at);
    } else if (device.hub == hub && device.type != DeviceType::CHF && device.type != DeviceType::GPF) {
      // The hub does not list itself, nor need it list the GPF that is a part of it.
      device.hub.reset();
      (void)registry::happens(device, DeviceEvent::LogRemoved, at);
    }
    if (before.hub == device.hub && before.state == device.state) continue;
    out.seen.push_back(std::move(before));
    out.inventory.push_back(std::move(device));
  }
  return out;
}

}  // namespace meterway::flow::correlate
