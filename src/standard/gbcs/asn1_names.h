#pragma once
#include <array>
#include <span>

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/message.h"

namespace meterway::gbcs::asn1 {

struct FieldRow;

/// Where an element stands in the content of a message: the way down from the content, or from the certificate or
/// certification request that it stands in.
class Place {
 public:
  explicit Place(const Header& header);
  Place child(const Node& parent, std::size_t index) const;
  /// The row of spec/asn1_fields.tsv that names the place; null when there is none.
  const FieldRow* row() const { return row_; }

 private:
  struct Step {
    std::uint16_t index = 0;
    std::uint16_t ordinal = 0;  ///< among the elements of its tag
    std::uint8_t tag = 0;
  };
  const FieldRow* find() const;
  bool matches(std::string_view path) const;

  std::span<const FieldRow> rows_;
  std::array<Step, kMaxDepth> steps_;
  std::size_t depth_ = 0;
  const FieldRow* row_ = nullptr;
};

/// "SEQUENCE"; empty for context tags.
std::string_view tag_name(std::uint8_t tag);
/// "authorising_role"; empty when no row names the place.
std::string_view field_name(const Place& place);
/// The list of words for the number that stands there; empty when there is none.
std::string_view field_words(const Place& place);

}  // namespace meterway::gbcs::asn1
