#include "apps/message_file.h"

#include "base/util/base64.h"
#include "base/util/hex.h"
#include "standard/duis/carried.h"
#include "standard/gbcs/message.h"

namespace meterway::apps {
namespace {

constexpr std::string_view kBlank = " \t\r\n", kByteOrderMark = "\xEF\xBB\xBF";

/// Nothing unless there are several lines, each of them a message: one message may be broken into lines, too.
std::vector<FiledMessage> message_a_line(std::string_view text) {
  std::vector<FiledMessage> out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(kBlank) == std::string_view::npos) continue;
    auto bytes = from_hex(line);
    if (!bytes || !gbcs::read_message(*bytes)) return {};
    out.push_back({*std::move(bytes), {}});
  }
  return out.size() > 1 ? out : std::vector<FiledMessage>();
}

}  // namespace

Result<std::vector<FiledMessage>> messages_in(const std::string& text) {
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  const auto first = rest.find_first_not_of(kBlank);
  std::vector<FiledMessage> out;
  if (first != std::string_view::npos && rest[first] == '<') {
    METERWAY_TRY(auto carried, duis::carried_messages(rest.substr(first)));
    for (auto& one : carried) out.push_back({std::move(one.message), std::move(one.service)});
    return out;
  }
  if (out = message_a_line(text); !out.empty()) return out;
  auto bytes = from_hex(text);
  if (!bytes) {
    auto coded = from_base64(text);
    if (!coded || !gbcs::read_message(*coded)) return Unexpected{bytes.error()};
    bytes = std::move(coded);
  }
  out.push_back({*std::move(bytes), {}});
  return out;
}

}  // namespace meterway::apps
