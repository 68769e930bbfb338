#pragma once
#include <functional>
#include <string>
#include <vector>

#include "standard/gbcs/dlms.h"
#include "standard/gbcs/message.h"

namespace meterway::mmc {

/// What a message says, whatever encoding it came in: a tree that the rows of spec/mmc.tsv address by names and places.
///
///     DLMS   children of the root are the instructions of a response, named "class/instance/attribute" or
///            "class/instance!method" where gbcs::names::items_of tells which they are; below, the elements of arrays
///            and structures
///     GBZ    ZCL commands "0702/06" with their fields by name, attributes "0702/0300"; a field that is repeated
///            stands as often, the entries of a group are its children
///     ASN.1  elements in their order
struct Value {
  enum class Kind : std::uint8_t { Absent, Number, Bytes, List };

  std::string name;
  Kind kind = Kind::Absent;
  std::uint8_t tag = 0;     ///< of an ASN.1 element
  std::int64_t number = 0;  ///< of Number; of Bytes up to eight, read as an unsigned big-endian number
  Bytes bytes;              ///< of Bytes; of a List from ASN.1, its DER
  std::uint32_t bits = 0;   ///< of a bit string
  std::vector<Value> items;

  static Value of(std::int64_t number);
  static Value of(ByteView bytes);
};

/// How one instruction of a command went.
struct Outcome {
  std::size_t position = 0;   ///< DLMS: from 1
  bool is_action = false;     ///< DLMS: an action, not a get or set
  std::uint16_t cluster = 0;  ///< GBZ
  int command = -1;           ///< GBZ: of a default response or of a response of its own; -1 for an attribute
  std::uint16_t attribute = 0;
  std::uint8_t code = 0;  ///< 0: success
};

struct Content {
  enum class Format : std::uint8_t { Dlms, Gbz, Asn1 };
  Format format = Format::Dlms;
  Value root;
  std::vector<Outcome> outcomes;  ///< none for ASN.1
};

/// Decrypts a protected block of the message; gives nothing where no key is at hand or the tag is wrong.
using Decrypt = std::function<Result<Bytes>(ByteView block)>;

/// Reads the content of a response or alert. What is encrypted and cannot be opened is absent. `command` may be null;
/// with it, a DLMS response is known to answer what it asks. Errors: Unsupported (a command, a code without a use
/// case); as the readers of the three encodings.
Result<Content> read_content(const gbcs::Message& message, const Decrypt& decrypt,
                             const gbcs::dlms::AccessRequest* command);

}  // namespace meterway::mmc
