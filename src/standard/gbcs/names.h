#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "standard/gbcs/dlms.h"
#include "standard/gbcs/units.h"

/// What the parts of contents are called, what they are made of, what their numbers mean: spec/dlms_objects.tsv,
/// dlms_shapes.tsv, zcl_values.tsv, alert_shapes.tsv, and the words of each kind of content.
namespace meterway::gbcs::names {

/// How a simple value is read; Shape: its members are rows of their own. scripts/names_table.py explains each.
enum class ValueKind : std::uint8_t {
  Number,
  Boolean,
  Text,
  Octets,
  Eui,
  Instance,
  DateTime,
  Date,
  Time,
  Seconds,
  Moment,
  DurationOrTime,
  Flags,
  Channels,
  Events,
  EventSettings,
  Event,
  MessageCode,
  Byte,
  Scaler,
  CosemUnit,
  PriceScale,
  Bitmap,
  Named,  ///< a number whose word comes from a table of its own
  Run,
  Shape,
};
constexpr std::uint16_t kNone = 0xFFFF;

/// What a value is: of which kind, or a list of such; with its unit, list of words, or layout of a run.
struct Form {
  ValueKind kind = ValueKind::Octets;
  bool list = false;
  std::uint16_t shape = kNone;  ///< of ValueKind::Shape; for find_members
  Unit unit = Unit::None;
  std::uint16_t words = kNone;  ///< for find_word
  std::string_view run;         ///< of ValueKind::Run: "name:type name:type=list"
};

struct Member {
  std::string_view name;
  Form form;
};

/// An attribute, the argument of a method, or what a method answers.
enum class Access : std::uint8_t { Attribute, Method, Answer };

struct Object {
  std::uint16_t class_id;
  std::uint64_t instance;  ///< the six bytes of the OBIS code as one number
  Access access;
  std::uint8_t index;  ///< number of the attribute or method
  std::string_view name;
  Form form;

  dlms::Obis obis() const;
};

/// Null when no row names it.
const Object* find_object(std::uint16_t class_id, const dlms::Obis& instance, Access access, std::uint8_t index);
/// The object that one entry of a command names.
const Object* object_of(const dlms::Specification& specification);
/// What the answer to `object` holds: the Answer row of a method where there is one, else the object itself.
const Object* answer_of(const Object* object);
/// All rows, sorted.
std::span<const Object> all_objects();

/// The members of a shape whose value has `size` elements: the row with that number of members, else the first.
std::span<const Member> find_members(std::uint16_t shape, std::size_t size);
/// The shape of that name, for contents that no object names; kNone when there is none.
std::uint16_t find_shape(std::string_view name);
/// The word for a number, or for a bit of flags; empty when the list has none.
std::string_view find_word(std::uint16_t list, std::int64_t value);
/// The same with the number's place in the range that the word serves, where the list counts: "time-of-use register 2".
std::string find_counted_word(std::uint16_t list, std::int64_t value);
/// The words for the bits of a number, in the order of the list; `unnamed` gets the bits that none of them speaks of.
std::string find_bit_words(std::uint16_t list, std::int64_t value, std::int64_t& unnamed);
/// The list of that name; kNone when there is none.
std::uint16_t find_word_list(std::string_view name);

/// What a ZCL field or attribute counts or means; ValueKind::Number without a unit where no row says more.
Form zcl_field(std::uint16_t cluster, std::uint8_t command, std::string_view field);
Form zcl_attribute(std::uint16_t cluster, std::uint16_t attribute);

/// The element of a DLMS alert's body, or (0) the detail of a GBZ alert; without a name where no row speaks of it.
Member alert_element(MessageCode code, std::size_t element);
Member alert_detail(MessageCode code);
/// The attribute whose value the protected block of an alert holds; none for most.
std::span<const Object* const> alert_block(MessageCode code);

/// One item of a message: the object, and, where it is a read of protected attributes, which attributes the block
/// holds.
struct Item {
  const Object* object = nullptr;    ///< null when nothing says which it is
  std::vector<const Object*> block;  ///< attributes of the decrypted block, in order
};

/// The items of a command, which names its objects itself.
std::vector<Item> items_of(const dlms::AccessRequest& command);

/// The items of a response. A response names nothing: its items are those of the command it answers, in their order.
///
///   with the command     item i is what item i of the command names
///   without, fixed       a message code whose commands always ask the same (spec/dlms_commands.tsv, rows without a
///                        condition): item i is row i
///   without, variable    rows that stand there or not, or once for each of several elements: an item has a name when
///                        every way of leaving such rows out that fits number and kind (get, set, action) of the items
///                        puts the same object in its place; otherwise its object is null ("instruction n")
///
/// The result has as many items as the response.
std::vector<Item> items_of(MessageCode code, const dlms::AccessResponse& response,
                           const dlms::AccessRequest* command = nullptr);

}  // namespace meterway::gbcs::names
