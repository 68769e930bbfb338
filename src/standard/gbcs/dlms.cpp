#include "standard/gbcs/dlms.h"

#include <algorithm>

namespace meterway::gbcs::dlms {
namespace {

constexpr std::uint8_t kAccessRequest = 0xD9;
constexpr std::uint8_t kAccessResponse = 0xDA;
constexpr std::uint8_t kDataNotification = 0x0F;

struct ResultRow {
  std::uint8_t code;
  std::string_view name;
};
/// Data access results and action results share their numbers.
constexpr ResultRow kResults[] = {
    {0x00, "success"},
    {0x01, "hardware-fault"},
    {0x02, "temporary-failure"},
    {0x03, "read-write-denied"},
    {0x04, "object-undefined"},
    {0x09, "object-class-inconsistent"},
    {0x0B, "object-unavailable"},
    {0x0C, "type-unmatched"},
    {0x0D, "scope-of-access-violated"},
    {0x0E, "data-block-unavailable"},
    {0x0F, "long-get-aborted"},
    {0x10, "no-long-get-in-progress"},
    {0x11, "long-set-aborted"},
    {0x12, "no-long-set-in-progress"},
    {0x13, "data-block-number-invalid"},
    {0xFA, "other-reason"},
};

Choice take_choice(wire::Reader& in, std::uint8_t last) {
  const auto at = in.offset();
  const auto choice = in.u8("choice");
  if (in.ok() && (choice < 1 || choice > last)) in.fail_at(ErrorCode::BadValue, at, "choice");
  return static_cast<Choice>(choice);
}

Specification take_specification(wire::Reader& in) {
  Specification specification;
  specification.choice = take_choice(in, 4);
  specification.class_id = in.u16("class");
  const auto instance = in.take(6, "instance");
  std::copy(instance.begin(), instance.end(), specification.instance.begin());
  specification.index = in.u8("attribute or method");
  if (in.ok() && specification.choice == Choice::GetSelected) {
    specification.selector = in.u8("access selector");
    specification.selection = take_data(in);
  }
  return specification;
}

template <class Item, class Take>
std::vector<Item> take_list(wire::Reader& in, Take take) {
  std::vector<Item> items;
  const auto count = in.length("list count");
  for (std::size_t i = 0; i < count && in.ok(); ++i) items.push_back(take(in));
  return items;
}

/// The lists of one APDU speak of the same entries.
void must_match(wire::Reader& in, std::size_t first, std::size_t second, std::size_t at) {
  if (in.ok() && first != second) in.fail_at(ErrorCode::BadLength, at, "list count");
}

AccessRequest take_request(wire::Reader& in) {
  AccessRequest request;
  request.invoke_id = in.u32("invoke id");
  in.expect({0x00}, "date-time");
  request.specifications = take_list<Specification>(in, take_specification);
  const auto at = in.offset();
  request.data = take_list<Data>(in, [](wire::Reader& reader) { return take_data(reader); });
  must_match(in, request.specifications.size(), request.data.size(), at);
  return request;
}

AccessResponse take_response(wire::Reader& in) {
  AccessResponse response;
  response.invoke_id = in.u32("invoke id");
  in.expect({0x00}, "date-time").expect({0x00}, "request specification");
  response.data = take_list<Data>(in, [](wire::Reader& reader) { return take_data(reader); });
  const auto at = in.offset();
  response.results = take_list<AccessResult>(in, [](wire::Reader& reader) {
    const auto choice = take_choice(reader, 3);
    return AccessResult{choice, reader.u8("result")};
  });
  must_match(in, response.data.size(), response.results.size(), at);
  return response;
}

DataNotification take_notification(wire::Reader& in) {
  DataNotification notification;
  notification.invoke_id = in.u32("invoke id");
  in.expect({0x00}, "date-time");
  notification.body = take_data(in);
  return notification;
}

void put(wire::Writer& out, const AccessRequest& request) {
  out.u8(kAccessRequest).u32(request.invoke_id).u8(0).length(request.specifications.size());
  for (const auto& specification : request.specifications) {
    out.u8(static_cast<std::uint8_t>(specification.choice)).u16(specification.class_id);
    out.bytes(specification.instance).u8(specification.index);
    if (specification.choice != Choice::GetSelected) continue;
    out.u8(specification.selector);
    put_data(out, specification.selection);
  }
  out.length(request.data.size());
  for (const auto& data : request.data) put_data(out, data);
}

void put(wire::Writer& out, const AccessResponse& response) {
  out.u8(kAccessResponse).u32(response.invoke_id).u8(0).u8(0).length(response.data.size());
  for (const auto& data : response.data) put_data(out, data);
  out.length(response.results.size());
  for (const auto& result : response.results) out.u8(static_cast<std::uint8_t>(result.choice)).u8(result.code);
}

void put(wire::Writer& out, const DataNotification& notification) {
  out.u8(kDataNotification).u32(notification.invoke_id).u8(0);
  put_data(out, notification.body);
}

}  // namespace

std::string to_string(const Obis& obis) {
  return std::to_string(obis[0]) + "-" + std::to_string(obis[1]) + ":" + std::to_string(obis[2]) + "." +
         std::to_string(obis[3]) + "." + std::to_string(obis[4]) + "." + std::to_string(obis[5]);
}

std::string_view result_name(std::uint8_t code) {
  for (const auto& row : kResults) {
    if (row.code == code) return row.name;
  }
  return {};
}

Result<Apdu> read_apdu(ByteView content) {
  wire::Reader in(content);
  Apdu apdu;
  switch (in.u8("apdu tag")) {
    case kAccessRequest:
      apdu = take_request(in);
      break;
    case kAccessResponse:
      apdu = take_response(in);
      break;
    case kDataNotification:
      apdu = take_notification(in);
      break;
    default:
      in.fail_at(ErrorCode::BadTag, 0, "apdu tag");
  }
  METERWAY_CHECK(in.finish("apdu"));
  return apdu;
}

Bytes write_apdu(const Apdu& apdu) {
  wire::Writer out;
  std::visit([&](const auto& form) { put(out, form); }, apdu);
  return out.take();
}

Data protection_parameters(const ProtectionParameters& parameters) {
  const auto transaction = wire::Writer().u8(4).u64(parameters.counter.value).take();
  const Bytes ecc_cdh{0x02};
  const auto key_info =
      Data::structure({Data::of(Type::Enum, 2), Data::structure({Data::octets(ecc_cdh), Data::octets({})})});
  return Data::array(
      {Data::structure({Data::of(Type::Enum, 2),
                        Data::structure({Data::octets(transaction), Data::octets(parameters.originator.wire()),
                                         Data::octets(parameters.recipient.wire()), Data::octets({}), key_info})})});
}

Data protected_attributes(const ProtectionParameters& parameters, ByteView block) {
  return Data::structure({protection_parameters(parameters), Data::octets(block)});
}

ByteView protected_block(const Data& data) {
  if (data.type != Type::Structure || data.items.size() < 2) return {};
  const auto& parameters = data.items[data.items.size() - 2];
  const auto& block = data.items.back();
  if (parameters.type != Type::Array || block.type != Type::OctetString) return {};
  static constexpr std::uint8_t kStart[] = {0x31, 0, 0, 0, 0};
  if (block.bytes.size() < std::size(kStart) || !std::equal(std::begin(kStart), std::end(kStart), block.bytes.begin()))
    return {};
  return block.bytes;
}

}  // namespace meterway::gbcs::dlms
