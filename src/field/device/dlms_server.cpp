#include "field/device/dlms_server.h"

#include <algorithm>

#include "field/device/faults.h"

namespace meterway::field {
namespace {

namespace dlms = gbcs::dlms;
using dlms::Data;
using dlms::Type;

constexpr std::uint16_t kDataProtection = 30;
constexpr std::uint8_t kGetProtectedAttributes = 1;
/// 0-0:43.2.x.255: one object a kind of protected read.
bool is_protected_read(const dlms::Specification& s) {
  return s.choice == dlms::Choice::Action && s.class_id == kDataProtection && s.index == kGetProtectedAttributes &&
         s.instance[2] == 43 && s.instance[3] == 2;
}

/// Null when the device, being what it is, has no such object.
const ObjectRow* find(const ObjectKey& key, Access access, const CommandContext& context) {
  const ObjectRow* row = find_object(context.self.type, key, access);
  return row != nullptr && context.self.has(row->needs) ? row : nullptr;
}

std::uint8_t absent(const ObjectKey& key, const CommandContext& context) {
  for (const Access access : {kRead, kWrite, kAction}) {
    if (find(key, access, context) != nullptr) return access::kReadWriteDenied;
  }
  return access::kObjectUndefined;
}

std::uint8_t get(const ObjectKey& key, CommandContext& context, Data& value) {
  const ObjectRow* row = find(key, kRead, context);
  return row != nullptr ? get_object(*row, context, value) : absent(key, context);
}

std::uint8_t set(const ObjectKey& key, CommandContext& context, const Data& value) {
  const ObjectRow* row = find(key, kWrite, context);
  return row != nullptr ? set_object(*row, context, value) : absent(key, context);
}

/// structure{ array of selections, protection parameters }; a selection names class, instance, attribute, data index
/// and a restriction. The answer is the structure of the values, encrypted for whoever asked.
std::uint8_t protected_read(const Data& argument, CommandContext& context, Data& value) {
  if (argument.type != Type::Structure || argument.items.size() != 2) return access::kTypeUnmatched;
  const Eui64 asker = context.command.supplementary_party.value_or(context.command.originator);
  if (!(argument.items[1] == dlms::protection_parameters({context.command.counter, asker, context.self.eui})))
    return access::kOtherReason;
  if (context.encryption == nullptr) return access::kOtherReason;
  std::vector<Data> values;
  for (const auto& selection : argument.items[0].items) {
    const auto& part = selection.items;
    if (selection.type != Type::Structure || part.size() != 5 || part[1].bytes.size() != 6)
      return access::kTypeUnmatched;
    ObjectKey key{static_cast<std::uint16_t>(part[0].number), {}, static_cast<std::uint8_t>(part[2].number)};
    std::copy(part[1].bytes.begin(), part[1].bytes.end(), key.instance.begin());
    Data one;
    const auto of_log = get_restricted(key, part[4], context, one);
    if (const auto code = of_log ? *of_log : get(key, context, one); code != access::kSuccess) return code;
    values.push_back(std::move(one));
  }
  const Bytes block = gbcs::encrypt_attribute(*context.encryption, context.self.eui,
                                              dlms::write_data(Data::structure(std::move(values))));
  value = dlms::protected_attributes({context.command.counter, context.self.eui, context.command.originator}, block);
  return access::kSuccess;
}

std::uint8_t act(const dlms::Specification& s, const Data& argument, CommandContext& context, Data& value) {
  if (is_protected_read(s)) return protected_read(argument, context, value);
  if (const auto cleared = clear_log({s.class_id, s.instance, s.index}, context)) return *cleared;
  const ObjectRow* row = find({s.class_id, s.instance, s.index}, kAction, context);
  return row == nullptr ? access::kObjectUndefined : act_on_object(*row, context, argument, value);
}

}  // namespace

Result<Bytes> serve_dlms(ByteView content, CommandContext& context) {
  METERWAY_TRY(const auto apdu, dlms::read_apdu(content));
  const auto* request = std::get_if<dlms::AccessRequest>(&apdu);
  if (request == nullptr) return fail(ErrorCode::BadTag, 0, "access request");
  if (request->invoke_id != dlms::invoke_id(context.command.counter))
    return fail(ErrorCode::BadValue, 1, "long invoke id");
  dlms::AccessResponse response{request->invoke_id, {}, {}};
  // Lists are of one length: read_apdu has checked it. Entries are carried out in order, none after the first that
  // fails: that is what the invoke id asks for (bit 29, DLMS Green Book: break on error) and the reference errors show.
  bool ended = false;
  for (std::size_t i = 0; i < request->specifications.size(); ++i) {
    const auto& s = request->specifications[i];
    const auto choice = s.choice == dlms::Choice::GetSelected ? dlms::Choice::Get : s.choice;
    if (const auto refused = ended ? access::kOtherReason : fault_of(context.state, s, request->data[i])) {
      response.data.push_back(Data::null());
      response.results.push_back({choice, refused});
      context.done = false;
      ended = true;
      continue;
    }
    const ObjectKey key{s.class_id, s.instance, s.index};
    Data value;
    std::uint8_t code = access::kOtherReason;
    switch (s.choice) {
      case dlms::Choice::Get:
        code = get(key, context, value);
        break;
      case dlms::Choice::Set:
        code = set(key, context, request->data[i]);
        break;
      case dlms::Choice::Action:
        code = act(s, request->data[i], context, value);
        break;
      case dlms::Choice::GetSelected:
        code = get_selected(s, context, value);
        break;
    }
    if (code != access::kSuccess) {
      value = Data::null();
      context.done = false;
    }
    response.data.push_back(std::move(value));
    response.results.push_back({choice, code});
    ended = code != access::kSuccess;
  }
  return dlms::write_apdu(response);
}

}  // namespace meterway::field
