#pragma once
#include <string>

#include "base/xml/canonical.h"
#include "base/xml/document.h"

namespace meterway::tests {

/// How two elements, and what they hold, differ; empty when they do not.
inline std::string difference(xml::Node a, xml::Node b) {
  const std::string name(a.name());
  if (a.name() != b.name() || a.prefix() != b.prefix() || a.namespace_uri() != b.namespace_uri())
    return name + ": name, " + std::string(b.name());
  if (a.line() != b.line()) return name + ": line " + std::to_string(a.line()) + ", " + std::to_string(b.line());
  if (a.text() != b.text() || a.has_visible_text() != b.has_visible_text()) return name + ": text";
  const auto ours = a.attributes();
  const auto theirs = b.attributes();
  if (ours.size() != theirs.size()) return name + ": number of attributes";
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (ours[i].name != theirs[i].name || ours[i].value != theirs[i].value || ours[i].prefix != theirs[i].prefix ||
        ours[i].namespace_uri != theirs[i].namespace_uri)
      return name + ": attribute " + std::string(ours[i].name);
    if (a.namespace_of(ours[i].prefix) != b.namespace_of(ours[i].prefix)) return name + ": namespace_of";
  }
  for (const auto* prefix : {"", "p", "q", "ds", "sr", "xsi", "xml"}) {
    if (a.namespace_of(prefix) != b.namespace_of(prefix)) return name + ": namespace_of " + prefix;
  }
  auto x = a.first_element();
  auto y = b.first_element();
  for (; x && y; x = x.next_element(), y = y.next_element()) {
    if (x.parent() != a || y.parent() != b) return name + ": parent";
    if (auto found = difference(x, y); !found.empty()) return name + "/" + found;
  }
  return x || y ? name + ": number of children" : "";
}

/// How the canonical forms differ, of the whole and with each element left out or looked at.
inline std::string difference_of_forms(const xml::Document& a, const xml::Document& b, xml::Node x, xml::Node y) {
  const std::string name(x.name());
  const auto left_out = x.parent() ? x : xml::Node();
  const auto one = xml::canonical_without(a, left_out);
  const auto other = xml::canonical_without(b, y.parent() ? y : xml::Node());
  if (!one || !other) return name + ": no canonical form";
  if (*one != *other) return name + " left out:\n" + *one + "\n" + *other;
  const ByteView bytes{reinterpret_cast<const std::uint8_t*>(one->data()), one->size()};
  if (*xml::digest_without(a, left_out) != crypto::sha256(bytes)) return name + " left out: digest";
  const auto mine = xml::exclusive_canonical(x);
  const auto yours = xml::exclusive_canonical(y);
  if (!mine || !yours) return name + ": no exclusive canonical form";
  if (*mine != *yours) return name + " alone:\n" + *mine + "\n" + *yours;
  x = x.first_element();
  y = y.first_element();
  for (; x && y; x = x.next_element(), y = y.next_element()) {
    if (auto found = difference_of_forms(a, b, x, y); !found.empty()) return found;
  }
  return {};
}

/// How two readings of one document differ; empty when they do not.
inline std::string difference(const xml::Document& a, const xml::Document& b) {
  auto found = difference(a.root(), b.root());
  return found.empty() ? difference_of_forms(a, b, a.root(), b.root()) : found;
}

}  // namespace meterway::tests
