#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace meterway::flow::transform {

/// Choices of the DLMS access-request that commands use.
enum class Access : std::uint8_t { Get = 1, Set = 2, Action = 3, GetWithSelection = 4 };

/// One row of spec/dlms_commands.tsv: one access specification and its data, in the order of the command.
struct DlmsRow {
  std::string_view use_cases;  ///< separated by blanks
  Access access;
  std::uint16_t class_id;
  std::string_view instance;  ///< twelve hexadecimal digits; {n} stands for the byte that n evaluates to
  std::uint8_t member;        ///< attribute or method
  std::string_view each;      ///< path: the row is there once per such element; "-" = once, at the body
  std::string_view when;      ///< conditions on that element, see select.h
  std::string_view data;      ///< expression; of a get with selection: the selection
};

std::span<const DlmsRow> dlms_rows();

/// A row of spec/dlms_expressions.tsv by name; empty when there is none.
std::string_view dlms_expression(std::string_view name);

}  // namespace meterway::flow::transform
