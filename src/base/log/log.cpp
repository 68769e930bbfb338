#include "base/log/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/util/utf8.h"

namespace meterway::logging {
namespace {

#include "base/log/messages.inc"

constexpr std::size_t kLongestValue = 2000;  // a line stays one that a collector takes
constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};

const Message& message_named(std::string_view name) {
  const auto* found = std::lower_bound(std::begin(kMessages), std::end(kMessages), name,
                                       [](const Message& row, std::string_view one) { return row.name < one; });
  if (found == std::end(kMessages) || found->name != name) {
    std::fprintf(stderr, "no row of spec/log_messages.tsv: %.*s\n", static_cast<int>(name.size()), name.data());
    std::abort();
  }
  return *found;
}

/// In quotation marks, as JSON has it; what is no UTF-8, and what comes after kLongestValue, is left out.
void quote_into(std::string& out, std::string_view text) {
  const bool cut = text.size() > kLongestValue;
  if (cut) text = text.substr(0, kLongestValue);
  while (cut && !text.empty() && !is_utf8(text)) text.remove_suffix(1);  // not in the middle of a character
  const bool readable = is_utf8(text);
  out += '"';
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (value < 0x20 || value == 0x7F || (!readable && value > 0x7F)) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", value);
      out += escaped.data();
    } else {
      out += c;
    }
  }
  out += cut ? "...\"" : "\"";
}

void add_json(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '{' : ',';
  quote_into(out, name);
  out += ':';
  quote_into(out, value);
}

}  // namespace

std::span<const Message> all_messages() { return kMessages; }

std::string_view to_string(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

Level level_named(std::string_view name) {
  const auto* found = std::find(kLevels.begin(), kLevels.end(), name);
  return found == kLevels.end() ? Level::Info : static_cast<Level>(found - kLevels.begin());
}

void Log::write(std::string_view name, std::initializer_list<Field> fields) const {
  const auto& message = message_named(name);
  if (message.level < least_) return;
  if (counted_) counted_(message.level);
  const auto time = to_iso8601(clock_.now(), 6);
  std::string line;
  if (form_ == Form::Json) {
    add_json(line, "time", time);
    add_json(line, "level", to_string(message.level));
    add_json(line, "area", message.area);
    add_json(line, "event", message.name);
    add_json(line, "message", message.text);
    for (const auto& field : fields) add_json(line, field.name, field.value);
    line += '}';
  } else {
    line.append(time).append(" ").append(to_string(message.level)).append(" ").append(message.name);
    line.append(": ").append(message.text);
    for (const auto& field : fields) {
      line.append(" ").append(field.name).append("=");
      quote_into(line, field.value);
    }
  }
  out_(line += '\n');
}

Log::Out to_standard_error() {
  return [](std::string_view line) {
    // One call a line: those of several threads do not mix. Where nobody reads, nothing is to be done about it.
    while (!line.empty()) {
      const auto written = ::write(STDERR_FILENO, line.data(), line.size());
      if (written <= 0) return;
      line.remove_prefix(static_cast<std::size_t>(written));
    }
  };
}

}  // namespace meterway::logging
