#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace meterway::tests {

/// One place of a message: where it stands, what it is, and what it says.
///
/// Structure is all that the form of an answer makes: names, types, tags, lengths, result and status codes, attribute
/// identifiers, what is present. Value is the rest: numbers, octets, times.
struct Leaf {
  std::string place;
  std::string structure;
  std::string value;
  friend bool operator==(const Leaf&, const Leaf&) = default;
};

/// The places of a document as standard/gbcs/document.h makes it, explanations left out. A MAC or a signature is there
/// or not; an encrypted block counts by what it holds.
inline void add_leaves(const nlohmann::json& node, const std::string& place, std::vector<Leaf>& out) {
  const auto text = [](const nlohmann::json& json) { return json.is_string() ? json.get<std::string>() : json.dump(); };
  if (node.is_array()) {
    out.push_back({place + ".length", std::to_string(node.size()), ""});
    for (std::size_t i = 0; i < node.size(); ++i) add_leaves(node[i], place + "." + std::to_string(i), out);
    return;
  }
  // Results and statuses are part of the answer's form, wherever the layout puts them.
  const std::string type = node.value("type", "");
  const bool code = type == "status" || type == "attr" || node.value("tag", "") == "0a" ||
                    (node.value("name", "") == "result" && node.contains("tag"));
  for (const auto& [key, member] : node.items()) {
    const std::string here = place.empty() ? key : place + "." + key;
    if (key == "note" || key == "name" || key.ends_with("_name") || key.ends_with("_note") || key == "use_case" ||
        key == "text" || key == "obis" || key == "unit") {
      continue;
    }
    if (key == "mac" || key == "signature") {
      out.push_back({here, member.empty() || text(member).empty() ? "absent" : "present", ""});
    } else if (key == "ciphered") {
      out.push_back({here, "a block", ""});
    } else if (key == "data" && node.contains("decrypted")) {
      std::vector<Leaf> block;
      add_leaves(member, here, block);
      for (auto& leaf : block) {
        const bool cipher = leaf.place.ends_with(".items.1.hex");
        out.push_back(cipher ? Leaf{leaf.place, "a block", ""} : leaf);
      }
    } else if (member.is_object() || member.is_array()) {
      add_leaves(member, here, out);
    } else if (code) {
      out.push_back({here, text(member), ""});
    } else if (key == "hex") {
      out.push_back({here, std::to_string(text(member).size() / 2) + " octets", text(member)});
    } else if (key == "value") {
      out.push_back({here, "number", text(member)});
    } else if (key == "counter" || key == "supplementary_counter" || key == "supplementary_originator_counter" ||
               key == "date_time") {
      out.push_back({here, "present", text(member)});
    } else {
      out.push_back({here, text(member), ""});
    }
  }
}

}  // namespace meterway::tests
