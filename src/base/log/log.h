#pragma once
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/util/clock.h"

/// What a process says of itself, line by line. Every message is a row of spec/log_messages.tsv: its name never
/// changes, so that filters and alarms can go by it.
namespace meterway::logging {

enum class Level : std::uint8_t { Debug, Info, Warning, Error };
std::string_view to_string(Level level);
/// "debug", "info", "warning", "error"; Info for anything else.
Level level_named(std::string_view name);

struct Message {
  std::string_view name;  ///< "request.refused"
  Level level;
  std::string_view area, text;
};
/// Ordered by name.
std::span<const Message> all_messages();

enum class Form : std::uint8_t {
  Text,  ///< 2026-06-01T00:00:00.000000Z warning request.refused: a request was refused request="..." detail="..."
  Json   ///< {"time":...,"level":...,"area":...,"event":"request.refused","message":...,"request":...}
};

/// Something that belongs to a line: a RequestID, an EUI-64, a number. Never keys, tokens or what messages carry.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// Sharing: from any thread; a line is written whole.
class Log {
 public:
  using Out = std::function<void(std::string_view line)>;
  /// `counted`: told of every line. Both are called from any thread.
  Log(const Clock& clock, Form form, Level least, Out out, std::function<void(Level)> counted = {})
      : clock_(clock), form_(form), least_(least), out_(std::move(out)), counted_(std::move(counted)) {}

  /// Whether lines of this level are written: for those that cost something to make.
  bool wants(Level level) const { return level >= least_; }
  /// A name without a row is a mistake in the program.
  void write(std::string_view name, std::initializer_list<Field> fields = {}) const;

 private:
  const Clock& clock_;
  const Form form_;
  const Level least_;
  const Out out_;
  const std::function<void(Level)> counted_;
};

/// To standard error, each line by one write.
Log::Out to_standard_error();

}  // namespace meterway::logging
