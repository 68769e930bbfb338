#pragma once
#include <string>
#include <vector>

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/message.h"

namespace meterway::gbcs::asn1 {

/// Where an element stands in the content of a message: the way down from the content, each step by index and tag.
class Place {
 public:
  explicit Place(const Header& header) : code_(header.code), kind_(header.kind) {}
  Place child(std::size_t index, std::uint8_t tag) const;
  /// True when the steps are those of a path of spec/asn1_fields.tsv: "0.ta2.1", "*.0".
  bool matches(std::string_view path) const;
  MessageCode code() const { return code_; }
  Kind kind() const { return kind_; }

 private:
  struct Step {
    std::size_t index;
    std::uint8_t tag;
  };
  MessageCode code_;
  Kind kind_;
  std::vector<Step> steps_;
};

/// "SEQUENCE"; empty for context tags.
std::string_view tag_name(std::uint8_t tag);
/// "authorising_role"; empty when no row names the place.
std::string_view field_name(const Place& place);
/// What a primitive value says: the number and what it means at that place, the text of a time or string.
std::string value_note(const Node& node, const Place& place);

}  // namespace meterway::gbcs::asn1
