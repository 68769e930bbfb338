#include "field/device/device.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/wire/writer.h"
#include "field/device/alert_routing.h"
#include "field/device/behaviours.h"
#include "field/device/billing_alert.h"
#include "field/device/credentials.h"
#include "field/device/display.h"
#include "field/device/firmware.h"
#include "field/device/gas_account.h"
#include "field/device/gbz_rules.h"
#include "field/device/hub_log.h"
#include "field/device/load_control.h"
#include "field/device/load_limit.h"
#include "field/device/logs.h"
#include "field/device/own_keys.h"
#include "field/device/times.h"
#include "standard/gbcs/gbz.h"
#include "standard/pki/certificate.h"

namespace meterway::field {
namespace {

using gbcs::Protection;
using pki::KeyUse;

constexpr std::uint16_t kIntegrityCheckFailed = 0x8F1E, kNotSupported = 0x8F85;
constexpr MessageCode kNotSupportedAlert{0x0120};
constexpr std::uint16_t kSupplyRestored = 0x8F35, kSupplyRestoredAfterThreeMinutes = 0x8F36;
constexpr std::uint16_t kCommandDone = 0x8154, kCommandNotDone = 0x8155;  // event log alone, with the message code
constexpr std::chrono::minutes kLongOutage{3};
constexpr std::uint16_t kTransferFailed = 0x8F89, kTransferSucceeded = 0x8F8A;
constexpr MessageCode kTransferAlert{0x0128};
constexpr const char* kTenancy = "0708/tenancy";  // GCS09 is for the gas proxy alone
constexpr MessageCode kTopUpElectricity{0x0007}, kTopUpGas{0x0097};

bool is_token(MessageCode code) { return code == kTopUpElectricity || code == kTopUpGas; }
/// The form of an alert is its use case's; generic ones are written in the device's own. (0120 is a DLMS message, also
/// of a gas device, of which no example is known.)
bool is_dlms(MessageCode alert, DeviceType type) {
  const auto* use_case = gbcs::find_use_case(alert);
  if (use_case != nullptr && use_case->payload != gbcs::PayloadKind::ByDevice)
    return use_case->payload == gbcs::PayloadKind::Dlms;
  return type == DeviceType::ESME || type == DeviceType::CHF || type == DeviceType::SAPC;
}

/// Gas readings carry how far their time can be trusted: 00 reliable, 02 doubtful, 04 when the gas proxy gives the
/// meter's time instead of its own. Everything else says FF, "not specified".
std::uint8_t clock_status(const gbcs::UseCase& use_case, bool mirrored, TimeStatus status) {
  if (use_case.payload != gbcs::PayloadKind::Gbz || use_case.critical() || is_token(use_case.code)) return 0xFF;
  if (mirrored) return 0x04;
  return status == TimeStatus::Reliable ? 0x00 : 0x02;
}

}  // namespace

Device::Device(Identity identity, TrustAnchors anchors, LoadProfile profile, DeviceState state)
    : identity_(std::move(identity)), anchors_(std::move(anchors)), profile_(profile), state_(std::move(state)) {
  restore_cells(state_, anchors_);
  adopt_own_keys(state_, identity_);
  former_agreement_ = former_agreement(state_);
}

Result<Device::Checked> Device::check(const gbcs::Message& message) const {
  const gbcs::Header& h = message.header;
  if (h.kind != gbcs::Kind::Command) return fail(ErrorCode::BadValue, 0, "kind of message");
  if (h.target != identity_.eui) return fail(ErrorCode::BadValue, 0, "business target");

  const UseCaseRow* row = find_use_case_row(identity_.type, h.code);
  Checked checked{row == nullptr ? nullptr : gbcs::find_use_case(h.code), PartyRole::Other};
  const bool known = checked.use_case != nullptr;
  // A replacement is authorised by one cell, whoever sits in it: the broker too, where it was delivered in another
  // party's.
  const auto* replacement = known ? find_replacement_rule(identity_.type, h.code) : nullptr;
  for (const PartyRole role : anchors_.roles_of(h.originator)) {
    if (replacement != nullptr ? role != replacement->authoriser : known && !row->allows(role)) continue;
    // The broker acts as itself even where it also holds another party's cells.
    if (checked.role == PartyRole::Other || role == PartyRole::AccessControlBroker) checked.role = role;
  }
  const Joined* display = nullptr;
  if (known && row->for_display()) display = certified_partner(state_, h.originator);
  if (display != nullptr) {
    METERWAY_TRY(checked.display, partner_key(*display));
  } else if (checked.role == PartyRole::Other) {
    return fail(ErrorCode::Refused, 0, "role of the originator");
  }

  const bool token = known && is_token(h.code);
  const bool fresh = display != nullptr ? h.counter > display->counter
                     : token            ? (h.counter.value & 0xFFFFFFFF) == 0
                                        : state_.replay.fresh(checked.role, h.counter);
  if (!fresh) {
    return fail(ErrorCode::StaleCounter, 0, "originator counter");
  }

  const bool has_mac = message.mac.has_value();
  const bool has_signature = message.signature_field == gbcs::SignatureField::Present;
  // What is not asked for is wrong as well: it would not have been checked by whoever let it pass.
  Protection wanted = known ? checked.use_case->command : Protection::Any;
  // A hub has a signing cell of the broker, the others have none.
  if (replacement != nullptr && !replacement->by_mac && wanted == Protection::Mac) wanted = Protection::SignAndMac;
  if (wanted != Protection::Any && wanted != Protection::None) {
    if (has_mac != (wanted != Protection::Sign)) return fail(ErrorCode::BadMac, 0, "MAC, present or not");
    if (has_signature != (wanted != Protection::Mac))
      return fail(ErrorCode::NoSignature, 0, "signature, present or not");
  } else if (!has_mac && !has_signature) {
    return fail(ErrorCode::NoSignature, 0, "neither MAC nor signature");
  }
  if (has_mac) {
    const Cell* broker = anchors_.find(PartyRole::AccessControlBroker, KeyUse::KeyAgreement);
    if (broker == nullptr) return fail(ErrorCode::UnknownKey, 0, "access control broker's cell");
    const auto& other = checked.display ? *checked.display : broker->key;
    const auto fits = [&](const crypto::PrivateKey& own) -> Result<bool> {
      METERWAY_TRY(const auto key, gbcs::mac_key(h, own, other));
      const auto mac = gbcs::compute_mac(key, h.originator, gbcs::write_signed_part(message));
      return crypto::equal_constant_time(mac, *message.mac);
    };
    METERWAY_TRY(bool right, fits(identity_.agreement));
    if (!right && former_agreement_) {
      METERWAY_TRY(right, fits(*former_agreement_));
      checked.by_former_key = right;
    }
    if (!right) return fail(ErrorCode::BadMac, 0, "MAC");
  }
  if (has_signature) {
    const Cell* signer = anchors_.find(checked.role, KeyUse::DigitalSignature);
    if (signer == nullptr || signer->holder != h.originator) return fail(ErrorCode::UnknownKey, 0, "signer's cell");
    if (!gbcs::verify_signature(message, signer->key)) return fail(ErrorCode::BadSignature, 0, "signature");
  }
  return checked;
}

gbcs::Header Device::response_header(const gbcs::Message& message, const gbcs::UseCase& use_case, UtcTime now) {
  const gbcs::Header& command = message.header;
  gbcs::Header header;
  header.kind = gbcs::Kind::Response;
  header.counter = command.counter;
  header.originator = identity_.eui;
  header.target = command.originator;
  header.code = command.code;
  header.supplementary_party = command.supplementary_party;
  header.supplementary_counter = command.supplementary_counter;
  // The command's counter was the broker's: what a DLMS device encrypts for an unknown party takes one of its own.
  if (use_case.encrypted && use_case.payload == gbcs::PayloadKind::Dlms && !command.supplementary_certificate.empty()) {
    header.supplementary_originator_counter = OriginatorCounter{++state_.alert_counter};
  }
  if (use_case.date_time) {
    // A gas proxy that has heard of its meter gives the meter's time, else its own.
    const bool mirrored = identity_.type == DeviceType::GPF && state_.registers.read_at > state_.commissioned;
    header.date_time =
        dlms_date_time(mirrored ? state_.registers.read_at : now, clock_status(use_case, mirrored, state_.time_status));
  }
  return header;
}

Result<Bytes> Device::carry_out(const gbcs::Message& message, const gbcs::UseCase& use_case, UtcTime now,
                                const Network& network, std::vector<AlertRequest>& alerts) {
  gbcs::Message response;
  response.header = response_header(message, use_case, now);
  std::optional<crypto::AesKey> encryption;
  if (use_case.encrypted) {
    const Eui64 reader = response.header.supplementary_party.value_or(response.header.target);
    std::optional<crypto::PublicKey> key;
    if (!message.header.supplementary_certificate.empty()) {
      METERWAY_TRY(const auto certificate, pki::parse_certificate(message.header.supplementary_certificate));
      if (certificate.owner() == reader) key = certificate.public_key;
    } else if (const Cell* cell = anchors_.held_by(reader, KeyUse::KeyAgreement)) {
      key = cell->key;
    }
    if (key) {
      METERWAY_TRY(encryption, gbcs::encryption_key(response.header, identity_.agreement, *key));
    }
  }
  CommandContext context{message.header,
                         response.header,
                         now,
                         identity_,
                         anchors_,
                         state_,
                         use_case.encrypted,
                         encryption ? &*encryption : nullptr,
                         {},
                         &network,
                         &profile_};
  switch (use_case.payload) {
    case gbcs::PayloadKind::Dlms: {
      METERWAY_TRY(response.content, serve_dlms(message.content, context));
      break;
    }
    case gbcs::PayloadKind::Gbz: {
      METERWAY_TRY(response.content, serve_gbz(message.content, context));
      break;
    }
    case gbcs::PayloadKind::Asn1: {
      METERWAY_TRY(response.content, serve_asn1(message.content, context));
      break;
    }
    default:
      return fail(ErrorCode::Unsupported, 0, "use case");
  }
  settle_account(identity_.type, state_, now, context.told);
  alerts = std::move(context.alerts);
  add_alerts(context.told, alerts);
  record_event(identity_.type, state_, now, context.done ? kCommandDone : kCommandNotDone,
               wire::Writer().u16(message.header.code.value).view());
  const bool mirror_command =
      use_case.response == Protection::Any && message.signature_field != gbcs::SignatureField::Present;
  return protect(std::move(response), use_case.response != Protection::Mac && !mirror_command);
}

Result<Bytes> Device::protect(gbcs::Message message, bool sign) const {
  message.signature_field = gbcs::SignatureField::Empty;
  const Cell* recipient = anchors_.held_by(message.header.target, KeyUse::KeyAgreement);
  const Joined* display = recipient == nullptr ? certified_partner(state_, message.header.target) : nullptr;
  if (!sign && display != nullptr) {
    METERWAY_TRY(const auto key, partner_key(*display));
    METERWAY_CHECK(gbcs::add_mac(message, identity_.agreement, key));
  } else if (sign || recipient == nullptr) {
    METERWAY_CHECK(gbcs::sign(message, identity_.signing));
  } else {
    METERWAY_CHECK(gbcs::add_mac(message, identity_.agreement, recipient->key));
  }
  return gbcs::write_message(message);
}

std::vector<Bytes> Device::send(std::vector<AlertRequest> alerts, UtcTime now) {
  namespace dlms = gbcs::dlms;
  std::vector<Bytes> out;
  for (auto& alert : alerts) {
    const UtcTime at = alert.at.value_or(now);
    if (alert.recipient == Eui64()) continue;  // nobody sits in the cell
    if (!alert.forced && !behaviour_of(identity_.type, state_, alert.alert).alerts) {
      state_.log(at, alert.alert, "alert switched off");
      record_event(identity_.type, state_, at, alert.alert);
      continue;
    }
    if (alert.billed != nullptr) {
      const OriginatorCounter counter{state_.alert_counter + 1};
      const Cell* reader = anchors_.held_by(alert.recipient, KeyUse::KeyAgreement);
      if (reader == nullptr || !add_billing_data(alert, identity_, reader->key, *alert.billed, counter, at)) continue;
      alert.count = alert.detail.empty() ? 0 : 1;
    }
    gbcs::Message message;
    message.header.kind = gbcs::Kind::Alert;
    message.header.counter = OriginatorCounter{++state_.alert_counter};
    message.header.originator = identity_.eui;
    message.header.target = alert.recipient;
    message.header.code = alert.code;
    message.header.supplementary_party = alert.supplementary_party;
    message.header.supplementary_counter = alert.supplementary_counter;
    if (!alert.asn1.empty()) {
      message.content = alert.asn1;
    } else if (is_dlms(alert.code, identity_.type)) {
      std::vector<dlms::Data> body{dlms::Data::of(dlms::Type::Uint16, alert.alert),
                                   dlms::Data::octets(dlms_date_time(at))};
      body.insert(body.end(), alert.elements.begin(), alert.elements.end());
      message.content = dlms::write_apdu(
          dlms::DataNotification{dlms::invoke_id(message.header.counter), dlms::Data::structure(std::move(body))});
    } else {
      gbcs::gbz::Alert body;
      body.code = alert.alert;
      body.time = gbcs::gbz::ZigbeeTime::from(at);
      body.detail = alert.detail;
      body.count = alert.count;
      message.content = gbcs::gbz::write_alert(body);
    }
    state_.log(at, alert.alert, "alert sent");
    record_event(identity_.type, state_, at, alert.alert);
    if (auto bytes = protect(std::move(message), alert.signed_by_device)) out.push_back(*std::move(bytes));
  }
  return out;
}

void Device::integrity_alert(const char* reason, UtcTime now, Outcome& outcome) {
  outcome.refusal = reason;
  state_.log(now, kIntegrityCheckFailed, reason);
  const auto* route = gbcs::find_alert_route(kIntegrityCheckFailed, identity_.type);
  auto alert = route == nullptr ? AlertRequest() : routed(*route, anchors_);
  if (alert.recipient == Eui64())  // else the alert leaves its own entry
    record_event(identity_.type, state_, now, kIntegrityCheckFailed);
  for (auto& one : send({std::move(alert)}, now)) outcome.alerts.push_back(std::move(one));
}

Outcome Device::take(ByteView bytes, UtcTime now, const Network& network) {
  Outcome outcome;
  outcome.alerts = pass(now);
  const auto message = gbcs::read_message(bytes);
  if (!message) {
    integrity_alert(message.error().field, now, outcome);
    return outcome;
  }
  const gbcs::Header& header = message->header;
  outcome.command = {header.originator, header.target, header.counter};
  const auto checked = check(*message);
  if (!checked) {
    integrity_alert(checked.error().field, now, outcome);
    return outcome;
  }
  // From here on the command is authentic. Its counter is used up whatever comes of it.
  if (checked->display) {
    certified_partner(state_, header.originator)->counter = header.counter;
  } else if (!is_token(header.code)) {
    state_.replay.accept(checked->role, header.counter);
  }
  // Whoever writes by the agreement key before the last change is answered by it; whoever knows the new one is not
  // asked to keep the old.
  const bool former = checked->by_former_key;
  if (former) std::swap(identity_.agreement, *former_agreement_);
  if (!former && !checked->display && message->mac && former_agreement_) {
    former_agreement_.reset();
    forget_former_agreement(state_);
  }
  obey(*message, *checked, now, network, outcome);
  if (former) std::swap(identity_.agreement, *former_agreement_);
  if (header.code == kUpdateCertificate) {
    adopt_own_keys(state_, identity_);
    former_agreement_ = former_agreement(state_);
  }
  return outcome;
}

Outcome Device::rehearse(ByteView bytes, UtcTime now, const Network& network) const {
  Device copy(*this);
  copy.state_.replay = ReplayGuard();
  copy.state_.tokens.start_over();
  if (const auto message = gbcs::read_message(bytes)) {
    if (auto* partner = certified_partner(copy.state_, message->header.originator)) partner->counter = {};
  }
  return copy.take(bytes, now, network);
}

void Device::obey(const gbcs::Message& message, const Checked& checked, UtcTime now, const Network& network,
                  Outcome& outcome) {
  const gbcs::Header& header = message.header;
  std::vector<AlertRequest> alerts;
  Result<Bytes> response = fail(ErrorCode::Unsupported, 0, "use case");
  if (checked.use_case != nullptr) response = carry_out(message, *checked.use_case, now, network, alerts);
  if (response) {
    outcome.response = *std::move(response);
  } else if (response.error().code == ErrorCode::Unsupported) {
    outcome.refusal = response.error().field;
    const Bytes which = wire::Writer().u16(header.code.value).u64(header.counter.value).take();
    alerts.push_back({kNotSupported,
                      kNotSupportedAlert,
                      header.originator,
                      true,
                      {gbcs::dlms::Data::octets(which)},
                      {},
                      header.supplementary_party,
                      header.supplementary_counter});
  } else {
    integrity_alert(response.error().field, now, outcome);
  }
  for (auto& alert : send(alerts, now)) outcome.alerts.push_back(std::move(alert));
}

void Device::add_alerts(const std::vector<Told>& told, std::vector<AlertRequest>& alerts) const {
  for (const auto& one : told) {
    const auto* route = gbcs::find_alert_route(one.alert, identity_.type);
    if (route == nullptr || route->logged_only()) continue;
    alerts.push_back(routed(*route, anchors_));
    alerts.back().at = one.at;
    alerts.back().billed = one.billed;
  }
}

std::vector<Bytes> Device::pass(UtcTime now) {
  std::vector<AlertRequest> alerts;
  std::vector<Told> told;
  // Dated instructions change what is metered from their own moment on, not from when somebody next looks.
  for (;;) {
    const auto& pending = state_.pending;
    const auto next = std::min_element(pending.begin(), pending.end(),
                                       [](const Pending& a, const Pending& b) { return a.at < b.at; });
    if (next == pending.end() || next->at > now) break;
    const UtcTime at = next->at;
    meter(profile_, identity_.type, state_, at, identity_.twin(), &told);
    run_auxiliaries(identity_, anchors_, state_, at, alerts);
    activate(identity_.type, state_, at, alerts, identity_.twin());
    activate_gbz(identity_.type, state_, at, alerts, told);
    activate_credentials(identity_.type, anchors_, state_, at, alerts);
    activate_dated_firmware(state_, at, alerts);
    settle_account(identity_.type, state_, at, told);
  }
  // The account is looked at as half-hours end, so that nothing depends on when somebody asks.
  meter(profile_, identity_.type, state_, now, identity_.twin(), &told);
  run_auxiliaries(identity_, anchors_, state_, now, alerts);
  add_alerts(told, alerts);
  return send(alerts, now);
}

std::optional<UtcTime> Device::notices_next() const {
  constexpr std::chrono::hours kStep{6};  // a tariff is read for each
  constexpr int kSteps = 4;
  const bool limited = state_.limit_restores || read_load_limit(state_).threshold_watts != 0;
  const bool electricity = identity_.type == DeviceType::ESME && (prepays(state_) || limited);
  const bool gas = identity_.type == DeviceType::GSME && gas_account_rules(state_, 0).mode == PaymentMode::Prepayment;
  const auto bill = next_billing(identity_.type, state_);
  if (!electricity && !gas) return bill;
  DeviceState later = state_;
  later.logs.clear();
  std::vector<Told> told;
  for (int i = 0; i < kSteps && told.empty(); ++i)
    meter(profile_, identity_.type, later, later.registers.read_at + kStep, identity_.twin(), &told);
  const UtcTime next = told.empty() ? later.registers.read_at : told.front().at;
  return bill ? std::min(*bill, next) : next;
}

std::vector<Bytes> Device::supply_returns(UtcTime lost, UtcTime restored, UtcTime now) {
  if (identity_.type != DeviceType::ESME) return {};
  using gbcs::dlms::Data;
  record_idle(state_, state_.registers.read_at, restored);
  state_.registers.read_at = std::max(state_.registers.read_at, restored);
  const std::vector<Data> times{Data::octets(dlms_date_time(lost)), Data::octets(dlms_date_time(restored))};
  std::vector<AlertRequest> alerts;
  for (const auto code : {kSupplyRestored, kSupplyRestoredAfterThreeMinutes}) {
    if (code == kSupplyRestoredAfterThreeMinutes && restored - lost < kLongOutage) continue;
    alerts.push_back(routed(*gbcs::find_alert_route(code, identity_.type), anchors_));
    alerts.back().elements = times;
  }
  return send(alerts, now);
}

Device::Acted Device::act(const LocalOrder& order, bool by_display, UtcTime now) {
  if (identity_.type != DeviceType::ESME && identity_.type != DeviceType::GSME)
    return {{"no meter, and without keys"}, {}};
  Acted out{{}, pass(now)};
  std::vector<Told> told;
  std::vector<AlertRequest> alerts;
  out.result = act_locally(order, by_display, {identity_, anchors_, state_, now, told, alerts});
  settle_account(identity_.type, state_, now, told);
  add_alerts(told, alerts);
  for (auto& alert : send(alerts, now)) out.messages.push_back(std::move(alert));
  return out;
}

Result<Bytes> Device::order_gas_meter(const LocalOrder& order, Eui64 meter) {
  const Joined* partner = certified_partner(state_, meter);
  if (partner == nullptr) return fail(ErrorCode::NotFound, 0, "the gas meter among those joined with the display");
  return order_of_display(order, identity_, state_, *partner);
}

Result<LocalResult> Device::hear_gas_meter(ByteView response, Eui64 meter) {
  const Joined* partner = certified_partner(state_, meter);
  if (partner == nullptr) return fail(ErrorCode::NotFound, 0, "the gas meter among those joined with the display");
  return read_gas_answer(response, identity_, *partner);
}

void Device::set_fault(const Fault& fault) {
  if (fault.code != 0) {
    state_.faults[fault.at] = fault.code;
  } else if (fault.at.empty()) {
    state_.faults.clear();
  } else {
    state_.faults.erase(fault.at);
  }
}

Device::Hearing Device::hears(Eui64 device, ByteView install_code, UtcTime now) {
  switch (heard(identity_, state_, device, install_code, now)) {
    case Heard::Stranger:
      return {};
    case Heard::Known:
      return {true, {}};
    case Heard::Joined:
      break;
  }
  return {true, send({log_changed(identity_, state_, holder_of(anchors_, PartyRole::AccessControlBroker), now)}, now)};
}

std::vector<Bytes> Device::take_image(ByteView image, UtcTime now) {
  return send(field::take_image(identity_, anchors_, state_, image, now).alerts, now);
}

std::vector<Bytes> Device::tell_of_transfer(Eui64 device, ByteView version, TransferOutcome outcome, UtcTime now) {
  using gbcs::asn1::Node;
  AlertRequest alert;
  alert.alert = outcome == TransferOutcome::Success ? kTransferSucceeded : kTransferFailed;
  alert.code = kTransferAlert;
  alert.recipient = holder_of(anchors_, PartyRole::AccessControlBroker);
  alert.asn1 = gbcs::asn1::write(
      Node::sequence({Node::integer(alert.alert), generalized_time(now), Node::of(0x04, device.wire()),
                      Node::of(0x04, version), Node::integer(static_cast<std::uint64_t>(outcome))}));
  return send({alert}, now);
}

void Device::mirror(const Device& gas_meter) {
  const DeviceState& meter = gas_meter.state();
  state_.registers = meter.registers;
  state_.supply = meter.supply;
  state_.account = meter.account;
  state_.idle = meter.idle;
  profile_ = gas_meter.profile_;
  // What was set on the meter is read here as well, but for what commands set here alone.
  auto mirrored = meter.stored;
  const auto own = state_.stored.find(kTenancy);
  if (own != state_.stored.end()) mirrored.insert(*own);
  if (state_.stored != mirrored) state_.stored = std::move(mirrored);
  // The logs of consumption and account; events are each device's own.
  constexpr std::string_view kGasLogs = "gas/";
  for (const auto& [key, book] : meter.logs) {
    if (key.starts_with(kGasLogs) && state_.logs[key] != book) state_.logs[key] = book;
  }
}

}  // namespace meterway::field
