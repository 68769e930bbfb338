#include "standard/gbcs/names.h"

#include <algorithm>
#include <tuple>

namespace meterway::gbcs::names {
namespace {

struct WordRow {
  std::int64_t first;
  std::int64_t last;
  std::int64_t mask;  ///< 0, or the bits that `first` is the value of
  std::string_view word;
  int count_from;     ///< what `first` counts as in a text; -1: the number is not told
  bool number_first;  ///< before the word
};
struct WordListRow {
  std::string_view name;
  std::uint16_t first;
  std::uint16_t count;
};
struct ShapeRow {
  std::string_view name;
  std::uint16_t first;
  std::uint16_t count;
  bool more;  ///< the next row is the same shape with more members
};
struct ItemRow {
  std::uint16_t object;
  dlms::Choice choice;
  bool optional;
  std::uint16_t first_protected;
  std::uint16_t protected_count;
};
struct CommandItems {
  std::uint16_t code;
  std::uint16_t first;
  std::uint16_t count;
};

struct ZclFieldRow {
  std::uint16_t cluster;
  std::string_view field;
  std::uint16_t command;  ///< kEveryCommand, or the number of one
  Form form;
};
struct ZclAttributeRow {
  std::uint16_t cluster;
  std::uint16_t first;
  std::uint16_t last;
  Form form;
};
struct AlertElementRow {
  std::uint16_t code;  ///< 0: of every alert
  std::uint8_t element;
  std::string_view name;
  Form form;
  std::uint16_t block;  ///< object whose value the protected block holds, or kNone
};
constexpr std::uint16_t kEveryCommand = 0x100;

#include "standard/gbcs/names.inc"

constexpr auto key(const Object& object) {
  return std::tuple(object.class_id, object.instance, object.access, object.index);
}
static_assert(std::is_sorted(std::begin(kObjects), std::end(kObjects),
                             [](const Object& a, const Object& b) { return key(a) < key(b); }));

std::uint64_t number_of(const dlms::Obis& instance) {
  std::uint64_t number = 0;
  for (const auto byte : instance) number = number << 8 | byte;
  return number;
}

const Object* find(std::uint16_t class_id, std::uint64_t instance, Access access, std::uint8_t index) {
  const auto wanted = std::tuple(class_id, instance, access, index);
  const auto* found = std::lower_bound(std::begin(kObjects), std::end(kObjects), wanted,
                                       [](const Object& object, const auto& sought) { return key(object) < sought; });
  return found != std::end(kObjects) && key(*found) == wanted ? found : nullptr;
}

/// The attributes that an argument of "get protected attributes" lists.
std::vector<const Object*> protected_attributes_of(const dlms::Data& argument) {
  std::vector<const Object*> objects;
  if (argument.items.empty()) return objects;
  for (const auto& selection : argument.items[0].items) {
    dlms::Obis instance{};
    const Object* object = nullptr;
    if (selection.items.size() >= 3 && selection.items[1].bytes.size() == instance.size()) {
      std::copy(selection.items[1].bytes.begin(), selection.items[1].bytes.end(), instance.begin());
      object = find_object(static_cast<std::uint16_t>(selection.items[0].number), instance, Access::Attribute,
                           static_cast<std::uint8_t>(selection.items[2].number));
    }
    objects.push_back(object);
  }
  return objects;
}

constexpr std::uint16_t kDataProtection = 30;

Item item_of(const ItemRow& row) {
  Item item{answer_of(&kObjects[row.object]), {}};
  for (std::size_t i = 0; i < row.protected_count; ++i)
    item.block.push_back(&kObjects[kProtected[row.first_protected + i]]);
  return item;
}

/// Which items a row may be is found from both ends: `from_start[r][i]`, that rows before r can make the items before
/// i; `to_end[r][i]`, that the rows from r on can make the items from i on.
class Placement {
 public:
  Placement(std::span<const ItemRow> rows, const std::vector<dlms::AccessResult>& results)
      : rows_(rows), results_(results), width_(results.size() + 1), from_start_((rows.size() + 1) * width_) {
    to_end_.resize(from_start_.size());
    at(from_start_, 0, 0) = true;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t item = 0; item < width_; ++item) {
        if (!at(from_start_, row, item)) continue;
        if (rows[row].optional) at(from_start_, row + 1, item) = true;
        if (fits(row, item)) at(from_start_, row + 1, item + 1) = true;
      }
    }
    at(to_end_, rows.size(), results.size()) = true;
    for (std::size_t row = rows.size(); row-- > 0;) {
      for (std::size_t item = 0; item < width_; ++item) {
        at(to_end_, row, item) =
            (rows[row].optional && at(to_end_, row + 1, item)) || (fits(row, item) && at(to_end_, row + 1, item + 1));
      }
    }
  }

  /// The row whose object every placement gives the item; null when they differ or there is none.
  const ItemRow* row_of(std::size_t item) {
    const ItemRow* found = nullptr;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (!at(from_start_, row, item) || !fits(row, item) || !at(to_end_, row + 1, item + 1)) continue;
      if (found != nullptr && found->object != rows_[row].object) return nullptr;
      found = &rows_[row];
    }
    return found;
  }

 private:
  bool fits(std::size_t row, std::size_t item) const {
    return item < results_.size() && rows_[row].choice == results_[item].choice;
  }
  std::vector<bool>::reference at(std::vector<bool>& table, std::size_t row, std::size_t item) {
    return table[row * width_ + item];
  }

  std::span<const ItemRow> rows_;
  const std::vector<dlms::AccessResult>& results_;
  std::size_t width_;
  std::vector<bool> from_start_;
  std::vector<bool> to_end_;
};

/// Beyond this many items a response is none of a known command, and placing its items would cost more than it tells.
constexpr std::size_t kMostItems = 256;

}  // namespace

dlms::Obis Object::obis() const {
  dlms::Obis octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::uint8_t>(instance >> (8 * (5 - i)));
  return octets;
}

const Object* find_object(std::uint16_t class_id, const dlms::Obis& instance, Access access, std::uint8_t index) {
  return find(class_id, number_of(instance), access, index);
}

const Object* object_of(const dlms::Specification& specification) {
  const auto access = specification.choice == dlms::Choice::Action ? Access::Method : Access::Attribute;
  return find_object(specification.class_id, specification.instance, access, specification.index);
}

const Object* answer_of(const Object* object) {
  if (object == nullptr || object->access != Access::Method) return object;
  const auto* answer = find(object->class_id, object->instance, Access::Answer, object->index);
  return answer != nullptr ? answer : object;
}

std::span<const Object> all_objects() { return kObjects; }

std::span<const Member> find_members(std::uint16_t shape, std::size_t size) {
  if (shape >= std::size(kShapes)) return {};
  std::size_t row = shape;
  while (kShapes[row].count != size && kShapes[row].more) ++row;
  if (kShapes[row].count != size) row = shape;
  return std::span(kMembers).subspan(kShapes[row].first, kShapes[row].count);
}

std::uint16_t find_shape(std::string_view name) {
  const auto* row =
      std::find_if(std::begin(kShapes), std::end(kShapes), [&](const auto& shape) { return shape.name == name; });
  return row != std::end(kShapes) ? static_cast<std::uint16_t>(row - kShapes) : kNone;
}

namespace {

const WordRow* find_word_row(std::uint16_t list, std::int64_t value) {
  if (list >= std::size(kWordLists)) return nullptr;
  const auto words = std::span(kWords).subspan(kWordLists[list].first, kWordLists[list].count);
  auto row = std::upper_bound(words.begin(), words.end(), value,
                              [](std::int64_t sought, const WordRow& word) { return sought < word.first; });
  if (row == words.begin() || value > (--row)->last) return nullptr;
  return &*row;
}

}  // namespace

std::string_view find_word(std::uint16_t list, std::int64_t value) {
  const auto* row = find_word_row(list, value);
  return row == nullptr ? std::string_view() : row->word;
}

std::string find_counted_word(std::uint16_t list, std::int64_t value) {
  const auto* row = find_word_row(list, value);
  if (row == nullptr) return {};
  const std::string word(row->word);
  if (row->count_from < 0) return word;
  const auto number = std::to_string(value - row->first + row->count_from);
  return row->number_first ? number + " " + word : word + " " + number;
}

std::string find_bit_words(std::uint16_t list, std::int64_t value, std::int64_t& unnamed) {
  std::string text;
  unnamed = value;
  if (list >= std::size(kWordLists)) return text;
  for (const auto& row : std::span(kWords).subspan(kWordLists[list].first, kWordLists[list].count)) {
    if (row.mask == 0 || (value & row.mask) != row.first) continue;
    if (!text.empty()) text += ", ";
    text += row.word;
    unnamed &= ~row.mask;
  }
  return text;
}

std::uint16_t find_word_list(std::string_view name) {
  const auto* row =
      std::find_if(std::begin(kWordLists), std::end(kWordLists), [&](const auto& list) { return list.name == name; });
  return row != std::end(kWordLists) ? static_cast<std::uint16_t>(row - kWordLists) : kNone;
}

Form zcl_field(std::uint16_t cluster, std::uint8_t command, std::string_view field) {
  const auto before = [](const ZclFieldRow& row, const auto& sought) {
    return std::tie(row.cluster, row.field) < sought;
  };
  const auto wanted = std::tie(cluster, field);
  const auto* row = std::lower_bound(std::begin(kZclFields), std::end(kZclFields), wanted, before);
  for (; row != std::end(kZclFields) && row->cluster == cluster && row->field == field; ++row) {
    if (row->command == command || row->command == kEveryCommand) return row->form;
  }
  return {ValueKind::Number, false, kNone, Unit::None, kNone, {}};
}

Form zcl_attribute(std::uint16_t cluster, std::uint16_t attribute) {
  for (const auto& row : kZclAttributes) {
    if (row.cluster == cluster && row.first <= attribute && attribute <= row.last) return row.form;
  }
  return {ValueKind::Number, false, kNone, Unit::None, kNone, {}};
}

namespace {

const AlertElementRow* find_alert_row(std::uint16_t code, std::size_t element) {
  for (const auto& row : kAlertElements) {
    if (row.code == code && row.element == element) return &row;
  }
  return nullptr;
}

}  // namespace

Member alert_element(MessageCode code, std::size_t element) {
  const auto* row = find_alert_row(element < 2 ? 0 : code.value, element);
  return row != nullptr ? Member{row->name, row->form} : Member{};
}

Member alert_detail(MessageCode code) {
  const auto* row = find_alert_row(code.value, 0);
  return row != nullptr ? Member{row->name, row->form} : Member{};
}

std::span<const Object* const> alert_block(MessageCode code) {
  static const std::vector<std::pair<std::uint16_t, const Object*>> blocks = [] {
    std::vector<std::pair<std::uint16_t, const Object*>> found;
    for (const auto& row : kAlertElements) {
      if (row.block != kNone) found.emplace_back(row.code, &kObjects[row.block]);
    }
    return found;
  }();
  for (const auto& [row_code, object] : blocks) {
    if (row_code == code.value) return {&object, 1};
  }
  return {};
}

std::vector<Item> items_of(const dlms::AccessRequest& command) {
  std::vector<Item> items(command.specifications.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& specification = command.specifications[i];
    items[i].object = object_of(specification);
    if (specification.class_id == kDataProtection && i < command.data.size())
      items[i].block = protected_attributes_of(command.data[i]);
  }
  return items;
}

std::vector<Item> items_of(MessageCode code, const dlms::AccessResponse& response, const dlms::AccessRequest* command) {
  const auto count = response.results.size();
  if (command != nullptr && command->specifications.size() == count) {
    auto items = items_of(*command);
    for (auto& item : items) item.object = answer_of(item.object);
    return items;
  }
  std::vector<Item> items(count);
  const auto* known = std::lower_bound(std::begin(kCommands), std::end(kCommands), code.value,
                                       [](const CommandItems& row, std::uint16_t sought) { return row.code < sought; });
  if (known == std::end(kCommands) || known->code != code.value || count > kMostItems) return items;
  const auto rows = std::span(kItems).subspan(known->first, known->count);
  const auto same_choice = [](const ItemRow& row, const dlms::AccessResult& result) {
    return row.choice == result.choice;
  };
  if (std::equal(rows.begin(), rows.end(), response.results.begin(), response.results.end(), same_choice)) {
    std::transform(rows.begin(), rows.end(), items.begin(), item_of);
    return items;
  }
  Placement placement(rows, response.results);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto* row = placement.row_of(i)) items[i] = item_of(*row);
  }
  return items;
}

}  // namespace meterway::gbcs::names
