#pragma once
#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meterway::net {

/// Header fields in the order they came; names are lower case. A message has about ten: looking along them is quicker
/// than a tree, and costs one allocation.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  using iterator = std::vector<Field>::iterator;
  using const_iterator = std::vector<Field>::const_iterator;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  iterator begin() { return fields_.begin(); }
  iterator end() { return fields_.end(); }
  const_iterator begin() const { return fields_.begin(); }
  const_iterator end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }

  const_iterator find(std::string_view name) const {
    return std::find_if(begin(), end(), [&](const Field& field) { return field.first == name; });
  }
  std::size_t count(std::string_view name) const { return find(name) == end() ? 0 : 1; }
  const std::string& at(std::string_view name) const {
    const auto found = find(name);
    if (found == end()) throw std::out_of_range("no such header");
    return found->second;
  }
  std::string& operator[](std::string_view name) {
    const auto found = std::find_if(begin(), end(), [&](const Field& field) { return field.first == name; });
    if (found != end()) return found->second;
    return fields_.emplace_back(std::string(name), std::string()).second;
  }
  /// A field that came before grows by ", value" (RFC 9110 5.3).
  void add(std::string name, std::string_view value) {
    const auto found = std::find_if(begin(), end(), [&](const Field& field) { return field.first == name; });
    if (found == end()) {
      fields_.emplace_back(std::move(name), std::string(value));
    } else {
      found->second.append(", ").append(value);
    }
  }
  friend bool operator==(const Headers&, const Headers&) = default;

 private:
  std::vector<Field> fields_;
};

}  // namespace meterway::net
