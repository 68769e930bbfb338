#include "flow/alert/dcc_form.h"

#include <array>

#include "base/util/base64.h"
#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"

namespace meterway::flow::alert {
namespace {

using duis::Element;
using duis::text_element;
using gbcs::dlms::Data;

/// Words of the schema by their number in the message; that they are numbered in its order is inferred.
constexpr std::array<std::string_view, 4> kTransferResponses{"FileTransferSuccess", "FirmwareImageDiscarded",
                                                             "HardwareVersionMismatch", "FileTransferFailure"};
constexpr std::array<std::string_view, 2> kActivations{"ActivationSuccess", "ActivationFailure"};
constexpr std::array<std::string_view, 8> kScanStatuses{
    "ScanRequestAccepted",         "HHTConnected",      "DutyCycleUsageIsTooHigh", "JoiningIsCurrentlyPermitted",
    "GSMEOTADistributionUnderway", "TooManyScansToday", "TooManyCommandsToday",    "TooManyScansThisWeek"};
constexpr std::array<std::string_view, 6> kScanTriggers{"RemotePartyCommand",
                                                        "GSMERequest",
                                                        "GSMEMissedItsCurfew",
                                                        "GSMEMissingForTheLastDay",
                                                        "CHDetectedMessageFailureProblems",
                                                        "CHDetectedMessageRetryProblems"};
constexpr std::array<std::string_view, 3> kKinds{"Command", "Response", "Alert"};  // from 1, as the header numbers them

constexpr std::size_t kContent = 2;  // element of a notification behind code and time

template <std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, std::uint64_t number) {
  return number < N ? words[number] : std::string_view();
}

Element holding(std::string_view name, std::vector<Element> children) {
  Element out;
  out.name = name;
  out.children = std::move(children);
  return out;
}

std::string code_text(std::uint16_t code) {
  auto text = MessageCode{code}.hex();
  for (auto& c : text) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  return text;
}

std::uint64_t byte_of(const Data& data) { return data.bytes.size() == 1 ? data.bytes[0] : ~std::uint64_t{0}; }

/// The element behind the notification's code and time; null data when there is none.
Data content_of(const gbcs::Message& alert) {
  auto apdu = gbcs::dlms::read_apdu(alert.content);
  auto* body = apdu ? std::get_if<gbcs::dlms::DataNotification>(&*apdu) : nullptr;
  if (body == nullptr || body->body.items.size() <= kContent) return Data::null();
  return std::move(body->body.items[kContent]);
}

std::optional<Element> discarded(const Data& data) {
  wire::Reader in(data.bytes);
  const Eui64 originator(in.u64("originator")), target(in.u64("target"));
  const auto kind = in.u8("kind");
  const OriginatorCounter counter{in.u64("counter")};
  const auto kind_word = kind == 0 ? std::string_view() : word(kKinds, kind - 1u);
  if (!in.finish() || kind_word.empty()) return std::nullopt;
  return holding(
      "MessageDiscardedDueToDutyCycleManagement",
      {text_element("RequestID", RequestId{originator, target, counter}.text()), text_element("CRAFlag", kind_word)});
}

/// What DualBandCHAlert says beside the code. Channels and configurations have maps of bits whose order in these
/// alerts no document shows: they are left out.
std::optional<Element> radio_content(const gbcs::Message& alert) {
  const auto data = content_of(alert);
  const auto device = data.bytes.size() == 8 ? Eui64::from_wire_or_zero(data.bytes).dashed_upper() : std::string();
  switch (alert.header.code.value) {
    case 0x0110:
      if (device.empty()) return std::nullopt;
      return holding("LimitedDutyCycleActionTaken", {text_element("DeviceIDToSuspend", device)});
    case 0x0112: {
      if (data.items.size() != 2) return std::nullopt;
      const auto status = word(kScanStatuses, byte_of(data.items[0]));
      const auto trigger = word(kScanTriggers, byte_of(data.items[1]));
      if (status.empty() || trigger.empty()) return std::nullopt;
      return holding("SubGHzChannelScanRequestAssessmentOutcome",
                     {text_element("StatusCode", status), text_element("ScanTrigger", trigger)});
    }
    case 0x0114:
      return discarded(data);
    case 0x0115:
      if (device.empty()) return std::nullopt;
      return holding("NoMoreSubGHzDeviceCapacity", {text_element("DeviceID", device)});
    default:
      return std::nullopt;
  }
}

std::string version_of(const gbcs::asn1::Node& node) {
  std::string out;
  for (const auto byte : node.value) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out.substr(0, 8);
}

/// SEQ{ code, time, device, version, outcome }
std::optional<Element> transfer(const gbcs::Message& alert) {
  const auto root = gbcs::asn1::read(alert.content);
  if (!root || root->items.size() != 5 || root->items[2].value.size() != 8) return std::nullopt;
  const auto outcome = gbcs::asn1::integer_value(root->items[4]);
  const auto response = outcome ? word(kTransferResponses, *outcome) : std::string_view();
  if (response.empty() || root->items[3].value.empty()) return std::nullopt;
  return holding(
      "FirmwareTransferAlert",
      {text_element("OtherDeviceID", Eui64::from_wire_or_zero(root->items[2].value).dashed_upper()),
       text_element("FirmwareVersion", version_of(root->items[3])), text_element("TransferResponseCode", response)});
}

/// SEQ{ code, time, version, result }
std::optional<Element> activation(const gbcs::Message& alert) {
  const auto root = gbcs::asn1::read(alert.content);
  if (!root || root->items.size() != 4) return std::nullopt;
  const auto result = gbcs::asn1::integer_value(root->items[3]);
  const auto code = result ? word(kActivations, *result) : std::string_view();
  if (code.empty() || root->items[2].value.empty()) return std::nullopt;
  return holding("PPMIDFirmwareUpgradeAlert", {text_element("FirmwareVersion", version_of(root->items[2])),
                                               text_element("ActivateImageResultCode", code)});
}

}  // namespace

std::optional<DccEvent> dcc_event_of(std::uint16_t code) {
  if (code >= 0x8F20 && code <= 0x8F2D) return DccEvent::HubRadio;
  if (code == 0x8F89 || code == 0x8F8A) return DccEvent::HubFirmware;
  if (code == 0x8F8B) return DccEvent::DisplayFirmware;
  return std::nullopt;
}

std::optional<Element> dcc_form(const gbcs::Message& alert, std::uint16_t code) {
  const auto event = dcc_event_of(code);
  if (!event) return std::nullopt;
  const auto device = alert.header.originator.dashed_upper();
  std::optional<Element> content;
  Element out;
  if (*event == DccEvent::HubRadio) {
    out = holding("DualBandCHAlert",
                  {text_element("CHFDeviceID", device), text_element("DeviceAlertCode", code_text(code)),
                   text_element("GBCSHexadecimalMessageCode", code_text(alert.header.code.value))});
    content = radio_content(alert);
  } else if (*event == DccEvent::HubFirmware) {
    out = holding("CommsHubAlert",
                  {text_element("CommsHubDeviceID", device), text_element("AlertCode", code_text(code))});
    content = transfer(alert);
  } else {
    out = holding("PPMIDAlert", {text_element("DeviceID", device), text_element("DeviceAlertCode", code_text(code))});
    content = activation(alert);
  }
  if (content) out.children.push_back(*std::move(content));
  return out;
}

Element told_body(std::uint16_t code, const Bytes& bytes, const std::optional<duis::Throttled>& storm,
                  const Context& context) {
  const auto event = dcc_event_of(code);
  const auto dcc_code = event ? alert_code(*event, context.settings.dcc_alert_codes) : std::string_view();
  const auto message = gbcs::read_message(bytes);
  if (!dcc_code.empty() && message && message->header.target == context.broker) {
    if (auto form = dcc_form(*message, code)) return duis::dcc_alert_message(dcc_code, *std::move(form), storm);
  }
  return duis::device_alert_message({code}, bytes, storm);
}

void tell_as_dcc_alert(Outcome& outcome, const Context& context) {
  // What is passed on stands beside an outcome that tells nobody itself: the broker is no User.
  if (outcome.request || outcome.user || outcome.also.empty() || outcome.body.name != "DeviceAlertMessage") return;
  const auto message = from_base64(outcome.body.text_at("GBCSPayload"));
  const auto code = from_hex(outcome.body.text_at("AlertCode"));
  if (!message || !code || code->size() != 2) return;
  const auto body =
      told_body(static_cast<std::uint16_t>((*code)[0] << 8 | (*code)[1]), *message, std::nullopt, context);
  if (body.name == outcome.body.name) return;
  for (auto& also : outcome.also) also.body = body;
  outcome.hops.push_back({"alert",
                          "raised",
                          std::string(body.text_at("DCCAlertCode")) + " in place of the device's own message",
                          {},
                          context.clock.now()});
}

}  // namespace meterway::flow::alert
