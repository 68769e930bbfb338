#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "standard/duis/schema_tables.h"
#include "standard/duis/services.h"

namespace meterway::forms {

/// "Start date time" for StartDateTime, "UTRN" for UTRN; for x8F0A what the alert of that code is called.
std::string label_of(std::string_view element);

/// What a simple type wants, in words: "a whole number from 0 to 100", "one of GBP, ECB".
std::string type_words(const duis::schema::SimpleType& type);

/// What spec/field_words.tsv says of a field; empty where it says nothing.
struct FieldWords {
  std::string_view unit, help, how_sure;
  std::vector<std::pair<std::string_view, std::string_view>> words;  ///< value and word
};
FieldWords field_words(const duis::Service& service, std::string_view path);

}  // namespace meterway::forms
