// Every reference message is decoded with the reference keys and, where it is a response, with the command it answers:
// no value without a name, no state without a word, and no name that is not in a table of spec/.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "standard/gbcs/decoded.h"
#include "standard/gbcs/known_commands.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::gbcs {
namespace {

/// The names that the tables of spec/ give, with the parts of layouts ("name:type name{member:type}").
std::set<std::string, std::less<>> names_of_tables() {
  std::set<std::string, std::less<>> names;
  for (const auto* table : {"dlms_objects", "dlms_shapes", "asn1_fields", "zcl_commands", "zcl_attributes",
                            "alert_contents", "use_cases"}) {
    const auto text =
        read_text_file(std::filesystem::path(METERWAY_SOURCE_DIR) / "spec" / (std::string(table) + ".tsv"));
    EXPECT_TRUE(text) << table;
    std::istringstream lines(text.value_or(""));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('#')) continue;
      std::string cell;
      for (const char c : line + "\t") {
        if (c == '\t') names.insert(cell);
        const bool part = c == '\t' || c == ' ' || c == ':' || c == '{' || c == '}';
        if (part && !cell.empty()) names.insert(cell.substr(cell.find_last_of(" :{}") + 1));
        cell = c == '\t' ? std::string() : cell + c;
      }
    }
  }
  return names;
}

TEST(Names, EveryFieldOfEveryReferenceMessageHasOne) {
  METERWAY_NEEDS_REFERENCE();
  const auto keys = pki::open_key_folder(tests::reference_path() / "keystore" / "rtds").value();
  const auto messages = tests::reference_messages();
  EXPECT_GE(messages.size(), 972u);
  KnownCommands commands;
  for (const auto& message : messages) commands.add(read_message(message.bytes).value());
  const auto names = names_of_tables();
  std::size_t fields = 0;
  for (const auto& message : messages) {
    const auto read = read_message(message.bytes).value();
    const auto decoded = decode(read, {keys.get(), commands.answered_by(read.header)});
    EXPECT_FALSE(decoded.instructions.empty()) << message.name;
    for (const auto& instruction : decoded.instructions) {
      EXPECT_TRUE(names.contains(instruction.name)) << message.name << ": instruction '" << instruction.name << "'";
      EXPECT_EQ(instruction.opened, instruction.encrypted) << message.name;
    }
    for (const auto& field : decoded.fields) {
      EXPECT_TRUE(is_known(field)) << message.name << ": " << field.name << " = " << value_text(field);
      EXPECT_TRUE(names.contains(field.name)) << message.name << ": '" << field.name << "'";
    }
    fields += decoded.fields.size();
  }
  EXPECT_GT(fields, 20000u);
}

}  // namespace
}  // namespace meterway::gbcs
