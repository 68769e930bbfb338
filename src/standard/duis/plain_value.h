#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/xml/pattern.h"
#include "standard/duis/schema_tables.h"

namespace meterway::duis::schema {

/// One simple type, prepared so that a usual text is checked in a few steps: bounds as machine integers, patterns as
/// automata, allowed values by a number made from each.
///
/// Law (plain_value_test.cpp): a text that is plainly valid breaks no rule (broken_rule) and has no white space that
/// the type would take away. What is not plainly valid may still be right: broken_rule has the last word.
/// Sharing: immutable, safe between threads.
class PlainValue {
 public:
  explicit PlainValue(const SimpleType& type);
  bool is_valid(std::string_view text) const;

 private:
  enum class Form : std::uint8_t { Unusual, Text, OneOf, Integer, Uri, Boolean, DateTime, Date, Time, Hex, Base64 };
  struct Value {
    std::uint64_t key = 0;  ///< text_key
    std::string_view text;  ///< empty: none
  };

  static Form form_of(Builtin base);
  bool has_form(std::string_view text) const;
  bool is_integer(std::string_view text) const;
  bool has_length(std::size_t octets) const;
  bool has_characters(std::string_view text) const;
  bool fits_patterns(std::string_view text) const;
  bool is_one_of_values(std::string_view text) const;
  void prepare_values(std::span<const std::string_view> allowed);
  void prepare_integer(const SimpleType& type);
  void narrow(std::string_view low, std::string_view high, bool low_excluded, bool high_excluded);

  Form form_ = Form::Unusual;
  std::int64_t low_;  ///< of integers, each inclusive: the type's own range, its built-in's and its digits' in one
  std::int64_t high_;
  std::size_t shortest_ = 0;
  std::size_t longest_;
  std::vector<xml::Pattern> patterns_;
  std::vector<Value> values_;  ///< of OneOf: those that are plainly valid, in slots by their keys
};

/// Those of simple_types(), at the same places.
const std::vector<PlainValue>& plain_values();

}  // namespace meterway::duis::schema
