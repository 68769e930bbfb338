#include "records/ledger/value.h"

#include <algorithm>
#include <charconv>

#include "base/util/utf8.h"
#include "records/ledger/reference.h"

namespace meterway::ledger {
namespace {

using Wrong = Unexpected<std::string>;
using Item = Result<std::string, std::string>;

Item plain(std::string_view text, bool lines, std::size_t most) {
  if (text.size() > most) return Wrong{"is longer than " + std::to_string(most) + " bytes"};
  if (!is_utf8(text)) return Wrong{"is no UTF-8"};
  const bool control = std::any_of(text.begin(), text.end(), [&](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && !(lines && (c == '\n' || c == '\t'))) || c == 0x7F;
  });
  if (control) return Wrong{lines ? "holds a control character" : "expected one line without control characters"};
  const bool blank = std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
  if (blank) return Wrong{"is empty; leave it out, or null to remove it"};
  return std::string(text);
}

Item integer(std::string_view text) {
  std::int64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return Wrong{"expected a whole number"};
  return std::to_string(out);
}

Item reference(const Field& field, std::string_view text) {
  if (field.of == "*") {
    const auto target = read_target(text);
    if (!target) return Wrong{"expected the reference of a record"};
    // Where the form alone does not say of what kind it is, the kind stays before it.
    const auto bare = read_target(target->reference);
    return bare && *bare == *target ? target->reference : target->kind + ":" + target->reference;
  }
  const auto* kind = find_kind(field.of);
  const auto read = read_reference(*kind, text);
  if (!read) return Wrong{"expected a reference in the form " + std::string(kind->format)};
  return read->reference;
}

}  // namespace

Item canonical_item(const Field& field, std::string_view text) {
  switch (field.type) {
    case Type::Text:
      return plain(text, false, kMostTextBytes);
    case Type::Long:
      return plain(text, true, kMostLongBytes);
    case Type::Date: {
      const auto read = calendar::parse_date(text);
      if (!read) return Wrong{"expected a date such as 2018-09-14"};
      return calendar::to_text(*read);
    }
    case Type::Instant: {
      const auto read = from_iso8601(text);
      if (!read) return Wrong{"expected an instant such as 2018-09-14T09:30:00Z"};
      const bool whole = read->time_since_epoch().count() % 1'000'000 == 0;
      return to_iso8601(*read, whole ? 0 : 6);
    }
    case Type::Integer:
      return integer(text);
    case Type::Decimal: {
      const auto read = micro_units(text);
      if (!read) return Wrong{"expected a decimal number such as -82.74, six places at most"};
      return decimal_of(*read);
    }
    case Type::Boolean:
      if (text != "true" && text != "false") return Wrong{"expected true or false"};
      return std::string(text);
    case Type::Choice:
      if (!has_part(field.of, text, '|')) {
        std::string choices(field.of);
        std::replace(choices.begin(), choices.end(), '|', ',');
        return Wrong{"expected one of " + choices};
      }
      return std::string(text);
    case Type::Reference:
      return reference(field, text);
    case Type::Attachment:
      return plain(text, false, kMostTextBytes);
  }
  return Wrong{"has no type"};
}

Result<Value, std::string> canonical(const Field& field, const Value& value) {
  if (!field.list && value.size() > 1) return Wrong{"takes one value"};
  if (value.size() > kMostItems) return Wrong{"has more than " + std::to_string(kMostItems) + " items"};
  Value out;
  for (const auto& item : value) {
    auto read = canonical_item(field, item);
    if (!read) return Wrong{read.error()};
    out.push_back(std::move(*read));
  }
  return out;
}

}  // namespace meterway::ledger
