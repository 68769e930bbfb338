#include "records/access/leave.h"

#include "base/crypto/digest.h"
#include "records/registry/octets.h"

namespace meterway::access {
namespace {

/// With lengths before what has none of its own: no two trees are written alike.
void write(const duis::Element& element, std::string& out) {
  std::string text;
  for (const char c : element.text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') text += c;
  }
  out += element.name + " " + std::to_string(text.size()) + ' ' + text + std::to_string(element.children.size()) + ' ';
  for (const auto& one : element.children) write(one, out);
}

}  // namespace

std::string body_digest(const duis::Element& body) {
  std::string text;
  write(body, text);
  const auto digest = crypto::sha256(registry::bytes_of(text));
  return {digest.begin(), digest.end()};
}

bool is_prepared(const duis::Element& body, const registry::Correction& leave) {
  return leave.body.empty() || leave.body == body_digest(body);
}

}  // namespace meterway::access
