#include "standard/pki/pem.h"

#include "base/util/base64.h"

namespace meterway::pki {
namespace {

std::string line(std::string_view word, std::string_view label) {
  return "-----" + std::string(word) + " " + std::string(label) + "-----";
}

}  // namespace

bool has_pem(std::string_view text, std::string_view label) {
  return text.find(line("BEGIN", label)) != std::string_view::npos;
}

Result<Bytes> pem_body(std::string_view text, std::string_view label) {
  const std::string begin = line("BEGIN", label);
  const std::size_t start = text.find(begin);
  if (start == std::string_view::npos) return fail(ErrorCode::NotFound, 0, "PEM block");
  const std::string_view rest = text.substr(start + begin.size());
  const std::size_t end = rest.find(line("END", label));
  if (end == std::string_view::npos) return fail(ErrorCode::Truncated, text.size(), "PEM block");
  return from_base64(rest.substr(0, end));
}

std::string to_pem(ByteView der, std::string_view label) {
  const std::string body = to_base64(der);
  std::string text = line("BEGIN", label) + "\n";
  for (std::size_t at = 0; at < body.size(); at += 64) text += body.substr(at, 64) + "\n";
  return text + line("END", label) + "\n";
}

}  // namespace meterway::pki
