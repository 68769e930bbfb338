#pragma once
#include <optional>

#include "base/wire/writer.h"
#include "flow/transform/payload.h"
#include "flow/transform/select.h"

namespace meterway::flow::transform {

/// Evaluates the small language in which spec/dlms_commands.tsv says how DLMS data is made from a request.
///
///     data  null | { item, ... } a structure | [ item, ... ] an array | @name, a row of spec/dlms_expressions.tsv or
///           a builder | u8(n) u16(n) u32(n) i8(n) i16(n) i32(n) enum(n) bool(n) octets(o) visible(o) bits(count, o)
///     item  data | each(path, item, ...), once per element, which becomes the current one |
///           when(conditions, item, ...)
///     n     sum of products of 12, 0x1F, a path (its text), @attribute, pick(path; TEXT=1 OTHER=2), if(path, n, n),
///           has(path) 0 or 1, count(path) of elements, position() in the each around, from 1, hundredths(path) of a
///           decimal, seconds(path) from 2000 to a date-time
///     o     concatenation by + of #0a0b, text(path), hex(path), eui(path), byte(n), now(), cin(), target(),
///           if(path, o, o), party() who asked, transaction() 04 and the header's counter, execution() now, then or
///           never, datetime(path), later(path, path of seconds), date(path), xsdate(path), time(path), and the bit
///           maps weekdays(path), marked(path, count), channels(path, page, first)
///     path  A/B from the current element, A/@b an attribute of it, /A/B from the body, "." the current element; where
///           one is wanted, the first that matches
///
/// Errors: BadRequest when a path has nothing, or a value that the type cannot hold (`field` names the path);
/// Unsupported for text that is not of this language (a broken row, which the tests exclude).
class Expression {
 public:
  Expression(const PayloadInput& input, const Circumstances& circumstances)
      : input_(input), circumstances_(circumstances) {}

  /// One Data element, with its tag. `at` is the current element.
  Result<Bytes> data(std::string_view text, const duis::Element& at);
  /// A number, such as a byte of an instance identifier.
  Result<std::int64_t> number(std::string_view text, const duis::Element& at);

 private:
  // Recursive descent over `rest_`. The first error is kept and everything after it yields zero.
  void item(wire::Writer& out, int& count);
  void each(wire::Writer& out, int& count);
  void when(wire::Writer& out, int& count);
  void items(wire::Writer& out, int& count, char end);
  void sequence(wire::Writer& out, std::uint8_t tag, char end);
  void one(wire::Writer& out);
  void named(wire::Writer& out);
  void integer(wire::Writer& out, std::uint8_t tag, std::size_t size, bool is_signed);
  std::int64_t sum();
  std::int64_t product();
  std::int64_t factor();
  std::int64_t pick();
  std::int64_t choose();
  Bytes octets();
  Bytes piece();
  Bytes date_piece(std::string_view name);
  Bytes either();
  Bytes marked();
  Bytes weekdays();
  Bytes channels();
  std::int64_t hundredths(std::string_view path);

  std::string_view word();  ///< letters, digits and the marks of paths
  bool take(char wanted);
  void expect(char wanted);
  std::string_view path();  ///< the path in "(path)"
  std::vector<const duis::Element*> select_all(std::string_view path);
  const duis::Element* find(std::string_view path);
  std::string_view text_of(std::string_view path);
  std::int64_t value_of(std::string_view path);
  void refuse(ErrorCode code, std::string_view field);
  template <class T>
  T checked(Result<T> result, std::string_view field) {
    if (result) return *std::move(result);
    if (live_) refuse(ErrorCode::BadRequest, field);
    return T();
  }

  const PayloadInput& input_;
  const Circumstances& circumstances_;
  std::string_view rest_;
  const duis::Element* at_ = nullptr;
  std::int64_t position_ = 0;
  bool live_ = true;  ///< false while text is read that does not apply: nothing is looked up, nothing refused
  int depth_ = 0;
  std::optional<Error> error_;
};

/// A copy of the text that lives as long as the process, for Error::field. Only for texts of the tables.
const char* permanent(std::string_view text);

}  // namespace meterway::flow::transform
