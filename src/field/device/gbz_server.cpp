#include <algorithm>
#include <charconv>

#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/device/context.h"
#include "standard/gbcs/gbz.h"

namespace meterway::field {
namespace {

namespace gbz = gbcs::gbz;

enum Status : std::uint8_t {
  kSuccess = 0x00,
  kFailure = 0x01,
  kMalformed = 0x80,
  kUnsupportedCluster = 0x81,
  kUnsupportedGeneral = 0x82,
  kInvalidField = 0x85,
  kUnsupportedAttribute = 0x86,
  kNotAuthorised = 0x7E,
};
constexpr std::uint8_t kReadAttributes = 0x00, kReadAttributesResponse = 0x01, kDefaultResponse = 0x0B;
constexpr std::uint8_t kClusterCommand = 0x01, kServerToClient = 0x08, kNoDefaultResponse = 0x10;
constexpr std::uint16_t kMetering = 0x0702, kPrepayment = 0x0705;

/// The component that answers: same cluster and sequence, no payload yet.
gbz::Component answer_to(const gbz::Component& request, std::uint8_t frame_control, std::uint8_t command) {
  gbz::Component out;
  out.cluster = request.cluster;
  out.sequence = request.sequence;
  out.frame_control = frame_control;
  out.command = command;
  return out;
}

gbz::Component default_response(const gbz::Component& request, std::uint8_t status) {
  // It goes the other way than the request did.
  const std::uint8_t direction = (request.frame_control & kServerToClient) != 0 ? 0 : kServerToClient;
  auto out = answer_to(request, direction, kDefaultResponse);
  out.payload = {request.command, status};
  return out;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Bytes of a number of this ZCL type; 0 for strings.
std::size_t size_of(std::uint8_t type) {
  if (type == 0x18 || type == 0x19) return type - 0x17u;
  if (type >= 0x20 && type <= 0x27) return type - 0x1Fu;
  if (type >= 0x28 && type <= 0x2F) return type - 0x27u;
  return type == 0x30 ? 1 : 0;
}

/// Supply status of ZigBee: 0 off, 1 off but armed, 2 on.
std::uint64_t supply_status(Supply supply) { return supply == Supply::On ? 2 : supply == Supply::Armed ? 1 : 0; }

std::uint64_t number_from(const AttributeRow& row, const DeviceState& state) {
  const Registers& r = state.registers;
  if (row.source == "volume") return r.import_milli / 1000;
  if (row.source == "supply_status") return supply_status(state.supply);
  if (row.source == "balance") return static_cast<std::uint64_t>(r.balance);
  if (row.source == "bill_to_date") return static_cast<std::uint64_t>(r.bill_to_date);
  return number_of(row.value);
}

void put_value(wire::Writer& out, const AttributeRow& row, const DeviceState& state) {
  if (const std::size_t size = size_of(row.type)) {
    out.number_le(number_from(row, state), size);
    return;
  }
  constexpr std::string_view kHex = "hex:";
  Bytes text(row.value.begin(), row.value.end());
  if (row.value.substr(0, kHex.size()) == kHex) text = *from_hex(row.value.substr(kHex.size()));
  out.u8(text.size()).bytes(text);
}

/// id:2 status:1, then type:1 and the value when the status is success.
Result<gbz::Component> read_attributes(const gbz::Component& request, CommandContext& context) {
  wire::Reader in(request.payload);
  wire::Writer out;
  while (!in.empty()) {
    const std::uint16_t id = in.u16_le("attribute id");
    const AttributeRow* row = find_attribute(context.self.type, request.cluster, id);
    out.u16_le(id).u8(row == nullptr ? kUnsupportedAttribute : kSuccess);
    if (row != nullptr) {
      out.u8(row->type);
      put_value(out, *row, context.state);
    }
  }
  METERWAY_CHECK(in.finish("attribute ids"));
  auto answer = answer_to(request, kServerToClient, kReadAttributesResponse);
  answer.payload = out.take();
  return answer;
}

/// Supply off or armed; on is for the consumer at the meter.
gbz::Component change_supply(const gbz::Component& request, CommandContext& context) {
  wire::Reader in(request.payload);
  const auto provider = in.u32_le("provider");
  const auto event = in.u32_le("issuer event");
  in.u32_le("request time");
  const auto implementation = in.u32_le("implementation time");
  const auto status = in.u8("proposed status");
  in.u8("control bits");
  if (!in.finish("change supply")) return default_response(request, kMalformed);
  if (status > 1 || implementation != 0) return default_response(request, kInvalidField);
  if (status == 1 && context.state.supply == Supply::On) return default_response(request, kFailure);
  context.state.supply = status == 0 ? Supply::Off : Supply::Armed;
  auto answer = answer_to(request, kClusterCommand | kServerToClient, 0x0C);
  answer.payload = wire::Writer().u32_le(provider).u32_le(event).u32_le(implementation).u8(status).take();
  return answer;
}

gbz::Component top_up(const gbz::Component& request, CommandContext& context) {
  wire::Reader in(request.payload);
  const auto source = in.u8("originating device");
  const ByteView digits = in.take(in.u8("string length"), "token");
  if (!in.finish("consumer top up")) return default_response(request, kMalformed);
  const auto limit = [](std::uint16_t id) {
    return static_cast<std::int64_t>(number_of(find_attribute(DeviceType::GSME, kPrepayment, id)->value));
  };
  const auto result =
      take_token({reinterpret_cast<const char*>(digits.data()), digits.size()}, context, limit(0x0022), limit(0x0021));
  // ZigBee result codes of a top-up: 0 accepted, 1 rejected (invalid), 2 rejected (duplicate), 4 rejected (cap
  // reached).
  const std::uint8_t code = result.verdict == TopUp::Accepted    ? 0
                            : result.verdict == TopUp::Duplicate ? 2
                            : result.verdict == TopUp::OverLimit ? 4
                                                                 : 1;
  const std::int64_t value = result.verdict == TopUp::Accepted ? result.value : 0;
  auto answer = answer_to(request, kClusterCommand | kServerToClient, 0x03);
  answer.payload = wire::Writer()
                       .u8(code)
                       .u32_le(static_cast<std::uint32_t>(value))
                       .u8(source)
                       .u32_le(static_cast<std::uint32_t>(context.state.registers.balance))
                       .take();
  return answer;
}

/// Type 0: add to the prepayment balance; 1: reset it; 2: reset the bill to date; 3: take off the bill to date.
gbz::Component adjust_credit(const gbz::Component& request, CommandContext& context) {
  wire::Reader in(request.payload);
  in.u32_le("issuer event");
  in.u32_le("start");
  const auto type = in.u8("type");
  const auto value = static_cast<std::int32_t>(in.u32_le("value"));
  if (!in.finish("credit adjustment")) return default_response(request, kMalformed);
  Registers& r = context.state.registers;
  switch (type) {
    case 0:
      r.balance += value;
      break;
    case 1:
      r.balance = 0;
      break;
    case 2:
      r.bill_to_date = 0;
      break;
    case 3:
      r.bill_to_date -= value;
      break;
    default:
      return default_response(request, kInvalidField);
  }
  return default_response(request, kSuccess);
}

struct CommandRow {
  DeviceType device;
  std::uint16_t cluster;
  std::uint8_t command;
  gbz::Component (*carry_out)(const gbz::Component&, CommandContext&);
};
constexpr CommandRow kCommands[] = {
    {DeviceType::GSME, kMetering, 0x0B, change_supply},
    {DeviceType::GSME, kPrepayment, 0x04, top_up},
    {DeviceType::GSME, kPrepayment, 0x05, adjust_credit},
};

Result<gbz::Component> carry_out(const gbz::Component& request, CommandContext& context) {
  if ((request.frame_control & kClusterCommand) == 0) {
    if (request.command == kReadAttributes) return read_attributes(request, context);
    return default_response(request, kUnsupportedGeneral);
  }
  for (const auto& row : kCommands) {
    const bool to_server = (request.frame_control & kServerToClient) == 0;
    if (to_server && row.device == context.self.type && row.cluster == request.cluster &&
        row.command == request.command) {
      return row.carry_out(request, context);
    }
  }
  return default_response(request, kUnsupportedCluster);
}

}  // namespace

Result<Bytes> serve_gbz(ByteView content, CommandContext& context) {
  METERWAY_TRY(const auto request, gbz::read_frames(content));
  gbz::Frames response;
  std::uint8_t encrypted = 0;
  for (const auto& component : request.components) {
    if (component.encrypted_counter) return fail(ErrorCode::BadValue, 0, "encrypted command");
    METERWAY_TRY(auto answer, carry_out(component, context));
    // What a read brings out is the consumer's own and goes to whoever asked under their key alone.
    if (context.encrypted && answer.command == kReadAttributesResponse &&
        (answer.frame_control & kClusterCommand) == 0) {
      if (context.encryption == nullptr) {
        response.components.push_back(default_response(component, kNotAuthorised));
        continue;
      }
      answer.frame_control |= kNoDefaultResponse;
      answer.payload = gbcs::encrypt_attribute(*context.encryption, context.self.eui, answer.payload);
      answer.encrypted_counter = encrypted++;
    }
    response.components.push_back(std::move(answer));
  }
  return gbz::write_frames(response);
}

}  // namespace meterway::field
