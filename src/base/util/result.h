#pragma once
#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/util/error.h"

namespace meterway {

/// Marks a failed Result, as std::unexpected does.
template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

/// Short for the common case: `return fail(ErrorCode::BadTag, offset, "cra flag");`
inline Unexpected<Error> fail(ErrorCode code, std::size_t offset = 0, const char* field = "") {
  return {Error{code, static_cast<std::uint32_t>(offset), field}};
}

/// A value or the reason why there is none: the surface of std::expected that we use, until C++23.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}                        // NOLINT
  Result(Unexpected<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT
  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const E& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  T value_or(T other) const { return has_value() ? value() : std::move(other); }

 private:
  std::variant<T, E> state_;
};

/// Success without a value, or the reason.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  Result() : ok_(true), error_{} {}
  Result(Unexpected<E> failure) : ok_(false), error_(std::move(failure.error)) {}  // NOLINT
  bool has_value() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const E& error() const {
    assert(!ok_);
    return error_;
  }

 private:
  bool ok_;
  E error_;
};

using Status = Result<void>;

}  // namespace meterway

#define METERWAY_CONCAT_(a, b) a##b
#define METERWAY_CONCAT(a, b) METERWAY_CONCAT_(a, b)
#define METERWAY_TRY_(tmp, declaration, expression)     \
  auto tmp = (expression);                              \
  if (!tmp) return ::meterway::Unexpected{tmp.error()}; \
  declaration = *std::move(tmp)
/// METERWAY_TRY(const auto key, load(path)); returns the error from the enclosing function, or declares the value.
#define METERWAY_TRY(declaration, expression) \
  METERWAY_TRY_(METERWAY_CONCAT(try_result_, __LINE__), declaration, expression)
/// METERWAY_CHECK(write(file)); returns the error from the enclosing function.
#define METERWAY_CHECK(expression)                                                                               \
  do {                                                                                                           \
    if (auto check_result_ = (expression); !check_result_) return ::meterway::Unexpected{check_result_.error()}; \
  } while (false)
