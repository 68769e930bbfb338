#include "records/ledger/reference.h"

#include <algorithm>
#include <cstdio>

namespace meterway::ledger {
namespace {

constexpr std::size_t kMostDigits = 15, kMostWord = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return is_digit(c) || is_capital(c) || (c >= 'a' && c <= 'z') || c == '_'; }

struct Part {
  enum class What : std::uint8_t { Literal, Number, Digits, DayMonth, Word } what;
  std::string_view text;   ///< the literal, or the field
  std::string_view other;  ///< of {field.other}
  std::size_t width = 1;
};

std::vector<Part> parts_of(const Kind& kind, std::string_view format) {
  std::vector<Part> out;
  while (!format.empty()) {
    const auto open = format.find('{');
    if (open != 0) out.push_back({Part::What::Literal, format.substr(0, open), {}, 1});
    if (open == std::string_view::npos) break;
    const auto close = format.find('}', open);
    auto inner = format.substr(open + 1, close - open - 1);
    format.remove_prefix(close + 1);
    const auto colon = inner.find(':');
    const auto spec = colon == std::string_view::npos ? std::string_view() : inner.substr(colon + 1);
    inner = inner.substr(0, colon);
    if (inner == "n") {
      std::size_t width = 0;
      for (const char c : spec) width = width * 10 + static_cast<std::size_t>(c - '0');
      out.push_back({Part::What::Number, {}, {}, std::max<std::size_t>(width, 1)});
      continue;
    }
    const auto dot = inner.find('.');
    const auto other = dot == std::string_view::npos ? std::string_view() : inner.substr(dot + 1);
    inner = inner.substr(0, dot);
    const auto* field = kind.field(inner);
    auto what = field != nullptr && field->type == Type::Integer ? Part::What::Digits : Part::What::Word;
    if (!other.empty() && field != nullptr) {
      const auto* target = find_kind(field->of);
      const auto* named = target == nullptr ? nullptr : target->field(other);
      what = named != nullptr && named->type == Type::Integer ? Part::What::Digits : Part::What::Word;
    }
    out.push_back({spec == "ddmm" ? Part::What::DayMonth : what, inner, other, 1});
  }
  return out;
}

/// How much of `text` from `at` the parts take; 0: they do not fit. The longest digits and words are taken.
std::size_t fit(const std::vector<Part>& parts, std::string_view text, std::size_t at, std::uint64_t& number) {
  const auto begin = at;
  const auto run = [&](auto belongs, std::size_t most) {
    std::size_t size = 0;
    while (at + size < text.size() && size < most && belongs(text[at + size])) ++size;
    return size;
  };
  for (const auto& part : parts) {
    std::size_t size = 0;
    switch (part.what) {
      case Part::What::Literal:
        if (text.substr(at, part.text.size()) != part.text) return 0;
        size = part.text.size();
        break;
      case Part::What::Number:
        size = run(is_digit, kMostDigits);
        if (size < part.width) return 0;
        number = 0;
        for (std::size_t i = 0; i < size; ++i) number = number * 10 + static_cast<std::uint64_t>(text[at + i] - '0');
        if (size > part.width && text[at] == '0') return 0;  // one spelling for one number
        break;
      case Part::What::Digits:
        size = run(is_digit, kMostDigits);
        if (size == 0) return 0;
        break;
      case Part::What::DayMonth:
        size = run(is_digit, 4);
        if (size != 4) return 0;
        break;
      case Part::What::Word:
        if (at >= text.size() || !is_capital(text[at])) return 0;
        size = run([](char c) { return is_capital(c) || is_digit(c); }, kMostWord);
        if (size < 2) return 0;
        break;
    }
    at += size;
  }
  return at - begin;
}

struct Form {
  const Kind* kind;
  std::vector<Part> parts;
  bool alias;
  bool mentioned;
};

const std::vector<Form>& forms() {
  static const std::vector<Form> kForms = [] {
    std::vector<Form> out;
    for (const auto& kind : all_kinds()) {
      const auto add = [&](std::string_view list, bool alias) {
        for (const auto format : parts(list, '|')) {
          auto read = parts_of(kind, format);
          const bool clear = read.size() > 1;  // more than one word that may be anything
          out.push_back({&kind, std::move(read), alias, clear});
        }
      };
      add(kind.format, false);
      add(kind.alias, true);
    }
    return out;
  }();
  return kForms;
}

std::string with_number(const std::vector<Part>& parts, std::uint64_t number) {
  std::string out;
  for (const auto& part : parts) {
    if (part.what == Part::What::Literal) out += part.text;
    if (part.what != Part::What::Number) continue;
    auto digits = std::to_string(number);
    if (digits.size() < part.width) digits.insert(0, part.width - digits.size(), '0');
    out += digits;
  }
  return out;
}

ReadReference as_we_write(const Form& form, std::string_view text, std::uint64_t number) {
  if (!form.alias) return {std::string(text), number};
  return {with_number(parts_of(*form.kind, parts(form.kind->format, '|').front()), number), number};
}

}  // namespace

std::optional<ReadReference> read_reference(const Kind& kind, std::string_view text) {
  for (const auto& form : forms()) {
    std::uint64_t number = 0;
    if (form.kind == &kind && !text.empty() && fit(form.parts, text, 0, number) == text.size())
      return as_we_write(form, text, number);
  }
  return std::nullopt;
}

bool is_numbered(const Kind& kind) { return kind.format.find("{n") != std::string_view::npos; }

Result<std::string, std::string> make_reference(const Kind& kind, const Fields& fields, std::uint64_t number,
                                                const LookUp& look_up) {
  std::string out;
  for (const auto& part : parts_of(kind, parts(kind.format, '|').front())) {
    if (part.what == Part::What::Literal) {
      out += part.text;
      continue;
    }
    if (part.what == Part::What::Number) {
      out += with_number({part}, number);
      continue;
    }
    const auto found = fields.find(part.text);
    if (found == fields.end() || found->second.empty())
      return Unexpected<std::string>{std::string(part.text) + ": is needed for the reference"};
    std::optional<std::string> value = found->second.front();
    if (!part.other.empty()) {
      value = look_up(*kind.field(part.text), *value, part.other);
      if (!value)
        return Unexpected<std::string>{std::string(part.text) + ": has no " + std::string(part.other) +
                                       " for the reference"};
    }
    if (part.what == Part::What::DayMonth) value = value->substr(8, 2) + value->substr(5, 2);
    out += *value;
  }
  return out;
}

std::optional<Target> read_target(std::string_view text) {
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const auto* kind = find_kind(text.substr(0, colon));
    if (kind == nullptr) return std::nullopt;
    const auto read = read_reference(*kind, text.substr(colon + 1));
    return read ? std::optional(Target{std::string(kind->name), read->reference}) : std::nullopt;
  }
  for (const auto& form : forms()) {
    std::uint64_t number = 0;
    if (form.mentioned && !text.empty() && fit(form.parts, text, 0, number) == text.size())
      return Target{std::string(form.kind->name), as_we_write(form, text, number).reference};
  }
  return std::nullopt;
}

std::vector<Mention> mentions_in(std::string_view text) {
  std::vector<Mention> out;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = is_capital(text[at]) && (at == 0 || !is_word(text[at - 1]));
    std::optional<Mention> best;
    for (const auto& form : forms()) {
      if (!begins || !form.mentioned) continue;
      std::uint64_t number = 0;
      const auto size = fit(form.parts, text, at, number);
      if (size == 0 || (at + size < text.size() && is_word(text[at + size]))) continue;
      if (best && best->size >= size) continue;
      best =
          Mention{at, size, {std::string(form.kind->name), as_we_write(form, text.substr(at, size), number).reference}};
    }
    if (best) {
      at += best->size;
      out.push_back(std::move(*best));
    } else {
      ++at;
    }
  }
  return out;
}

std::string natural_key(std::string_view reference) {
  std::string out;
  for (std::size_t at = 0; at < reference.size();) {
    if (!is_digit(reference[at])) {
      out += reference[at++];
      continue;
    }
    std::size_t zeros = 0, size = 0;
    while (at + zeros < reference.size() && reference[at + zeros] == '0') ++zeros;
    while (at + zeros + size < reference.size() && is_digit(reference[at + zeros + size])) ++size;
    out += static_cast<char>('0' + std::min<std::size_t>(size, 40));  // a longer number is greater
    out += reference.substr(at + zeros, size);
    at += zeros + size;
  }
  out += '\x01';  // then the reference itself: 01 and 1 are two
  out += reference;
  return out;
}

}  // namespace meterway::ledger
