#pragma once
#include <concepts>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace meterway::duis {

/// The name of an element. Names of a document that was read are views of the schema's tables, which last as long as
/// the program, so reading copies none; every other name is a text of its own.
class ElementName {
 public:
  ElementName() = default;
  ElementName(std::string_view text) : text_(text) { own(); }    // NOLINT
  ElementName(const std::string& text) : text_(text) { own(); }  // NOLINT
  ElementName(const char* text) : text_(text) { own(); }         // NOLINT
  ElementName(const ElementName& other) : text_(other.text_) {
    if (other.owns_) own();
  }
  ElementName(ElementName&& other) noexcept
      : text_(std::exchange(other.text_, {})), owns_(std::exchange(other.owns_, false)) {}
  ElementName& operator=(ElementName other) noexcept {
    std::swap(text_, other.text_);
    std::swap(owns_, other.owns_);
    return *this;
  }
  ~ElementName() {
    if (owns_) delete[] text_.data();
  }
  /// Takes no copy: the text must never end.
  static ElementName lasting(std::string_view text) {
    ElementName out;
    out.text_ = text;
    return out;
  }

  operator std::string_view() const { return text_; }  // NOLINT
  std::string str() const { return std::string(text_); }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  const char* data() const { return text_.data(); }
  bool ends_with(std::string_view end) const { return text_.ends_with(end); }

  friend bool operator==(const ElementName& a, const ElementName& b) { return a.text_ == b.text_; }
  template <std::convertible_to<std::string_view> Text>
  friend bool operator==(const ElementName& a, const Text& b) {
    return a.text_ == std::string_view(b);
  }
  friend std::string operator+(const ElementName& a, std::string_view b) { return a.str().append(b); }
  friend std::string operator+(std::string_view a, const ElementName& b) { return std::string(a).append(b.text_); }
  friend std::ostream& operator<<(std::ostream& out, const ElementName& name) { return out << name.text_; }

 private:
  void own() {
    if (text_.empty()) return;
    char* const copy = new char[text_.size()];
    std::memcpy(copy, text_.data(), text_.size());
    text_ = {copy, text_.size()};
    owns_ = true;
  }

  std::string_view text_;
  bool owns_ = false;
};

}  // namespace meterway::duis
