#include "field/device/faults.h"

#include <algorithm>
#include <charconv>

#include "field/device/gbz_model.h"
#include "field/device/model.h"
#include "standard/gbcs/zcl.h"

namespace meterway::field {
namespace {

namespace dlms = gbcs::dlms;

enum class Kind { Object, Zigbee, UseCase };

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

std::string hex_digits(unsigned value, int digits) {
  std::string out;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789ABCDEF"[value >> shift & 15];
  return out;
}

template <class Number>
bool is_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

/// "3/1-0:32.7.0.255/2"
bool is_object(std::string_view at) {
  const auto first = at.find('/'), last = at.rfind('/');
  ObjectKey key;
  if (first == last || !is_number(at.substr(0, first), key.class_id) || !is_number(at.substr(last + 1), key.index))
    return false;
  std::string_view rest = at.substr(first + 1, last - first - 1);
  for (std::size_t i = 0; i < key.instance.size(); ++i) {
    const auto end = rest.find_first_of("-:.");
    if (!is_number(rest.substr(0, end), key.instance[i]) || (end == std::string_view::npos) != (i == 5)) return false;
    rest.remove_prefix(std::min(end == std::string_view::npos ? rest.size() : end + 1, rest.size()));
  }
  return key.text() == at;  // one spelling each, so that it is found again
}

/// "0702/0A00", "0702/06", "0702/06/29"; of the last the place is written as a number is, without zeros before it.
bool is_zigbee(std::string_view at) {
  if (at.size() < 7 || at[4] != '/' || !is_hex(at.substr(0, 4), 4)) return false;
  if (at.size() <= 9 && at.find('/', 5) == std::string_view::npos)
    return is_hex(at.substr(5), 4) || is_hex(at.substr(5), 2);
  std::uint32_t place = 0;
  return at.size() > 8 && is_hex(at.substr(5, 2), 2) && at[7] == '/' && is_number(at.substr(8), place) &&
         std::to_string(place) == at.substr(8);
}

Result<Kind> kind_of(std::string_view at) {
  if (is_hex(at, 4)) return Kind::UseCase;
  if (is_zigbee(at)) return Kind::Zigbee;
  if (is_object(at)) return Kind::Object;
  return fail(ErrorCode::BadValue, 0, "place of a fault");
}

}  // namespace

Result<Fault> read_fault(std::string_view at, std::string_view result) {
  METERWAY_TRY(const Kind kind, kind_of(at));
  constexpr std::uint8_t kHardwareFault = 0x01, kHardwareFailure = 0xC0;
  Fault fault{std::string(at), kind == Kind::Zigbee ? kHardwareFailure : kHardwareFault};
  if (result.empty()) return fault;
  unsigned number = 0;
  if (is_number(result, number) && number > 0 && number < 256) {
    fault.code = static_cast<std::uint8_t>(number);
    return fault;
  }
  for (unsigned code = 1; code < 256 && kind != Kind::UseCase; ++code) {
    const auto one = static_cast<std::uint8_t>(code);
    const auto name = kind == Kind::Object ? dlms::result_name(one) : gbcs::zcl::status_name(one);
    if (name.empty() || name != result) continue;
    fault.code = one;
    return fault;
  }
  return fail(ErrorCode::UnknownCode, 0, "result of a fault");
}

std::uint8_t fault_at(const DeviceState& state, const std::string& place) {
  const auto found = state.faults.find(place);
  return found == state.faults.end() ? 0 : found->second;
}

std::uint8_t fault_of(const DeviceState& state, const dlms::Specification& what, const dlms::Data& argument) {
  if (state.faults.empty()) return 0;
  if (const auto code = fault_at(state, ObjectKey{what.class_id, what.instance, what.index}.text())) return code;
  if (what.choice != dlms::Choice::Action || argument.items.empty()) return 0;
  // get protected attributes: structure{ array of {class, instance, attribute, ..}, protection parameters }
  for (const auto& selection : argument.items.front().items) {
    const auto& part = selection.items;
    if (part.size() != 5 || part[1].bytes.size() != 6) continue;
    ObjectKey key{static_cast<std::uint16_t>(part[0].number), {}, static_cast<std::uint8_t>(part[2].number)};
    std::copy(part[1].bytes.begin(), part[1].bytes.end(), key.instance.begin());
    if (const auto code = fault_at(state, key.text())) return code;
  }
  return 0;
}

std::uint8_t fault_of(const DeviceState& state, std::uint16_t cluster, std::uint8_t command,
                      std::optional<std::int64_t> place) {
  if (state.faults.empty()) return 0;
  const auto key = command_key(cluster, command);
  if (const auto code = fault_at(state, key); code != 0 || !place) return code;
  return fault_at(state, key + "/" + std::to_string(*place));
}

std::uint8_t fault_of(const DeviceState& state, MessageCode use_case) {
  return state.faults.empty() ? std::uint8_t{0} : fault_at(state, hex_digits(use_case.value, 4));
}

std::uint8_t fault_of(const DeviceState& state, MessageCode use_case, std::uint8_t part) {
  if (state.faults.empty()) return 0;
  return fault_at(state, hex_digits(use_case.value, 4) + "/" + hex_digits(part, 2));
}

}  // namespace meterway::field
