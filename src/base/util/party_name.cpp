#include "base/util/party_name.h"

namespace meterway {

std::string one_line(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c != ' ' && c != '\t')
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string folded(std::string_view name) {
  auto out = one_line(name);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace meterway
