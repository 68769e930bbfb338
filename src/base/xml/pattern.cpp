#include "base/xml/pattern.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <string>

namespace meterway::xml {
namespace {

using Set = std::bitset<128>;
constexpr std::size_t kMostStates = 8'000;
constexpr std::size_t kMostStraight = 64;
constexpr int kNone = -1;

/// A state of the non-deterministic automaton: takes one of `accepts` to `next`, or branches freely to both.
struct State {
  Set accepts;
  int next = kNone;
  int other = kNone;
  bool is_branch = false;
};

/// Part of an automaton under construction: its entry, and one exit state (a branch) to be linked onwards.
struct Part {
  int entry;
  int exit;
};

/// Builds the states of a pattern by recursive descent (Thompson's construction).
class Compiler {
 public:
  explicit Compiler(std::string_view source) : source_(source) {}

  Result<Part> run() {
    METERWAY_TRY(const Part whole, alternatives(0));
    if (at_ != source_.size()) return unsupported();
    return whole;
  }
  std::vector<State> states;

 private:
  Unexpected<Error> unsupported() const { return fail(ErrorCode::BadValue, at_, "pattern"); }
  bool more() const { return at_ < source_.size(); }

  int branch() {
    State state;
    state.is_branch = true;
    states.push_back(state);
    return static_cast<int>(states.size()) - 1;
  }

  Part nothing() {
    const int at = branch();
    return {at, at};
  }

  Part join(Part first, Part second) {
    states[static_cast<std::size_t>(first.exit)].next = second.entry;
    return {first.entry, second.exit};
  }

  Part either(Part first, Part second) {
    const int fork = branch();
    const int exit = branch();
    states[static_cast<std::size_t>(fork)].next = first.entry;
    states[static_cast<std::size_t>(fork)].other = second.entry;
    states[static_cast<std::size_t>(first.exit)].next = exit;
    states[static_cast<std::size_t>(second.exit)].next = exit;
    return {fork, exit};
  }

  Part loop(Part body) {
    const int fork = branch();
    const int exit = branch();
    states[static_cast<std::size_t>(fork)].next = body.entry;
    states[static_cast<std::size_t>(fork)].other = exit;
    states[static_cast<std::size_t>(body.exit)].next = fork;
    return {fork, exit};
  }

  Part one_of(const Set& accepts) {
    const int exit = branch();
    State state;
    state.accepts = accepts;
    state.next = exit;
    states.push_back(state);
    return {static_cast<int>(states.size()) - 1, exit};
  }

  Result<Part> alternatives(int depth) {
    if (depth > 16) return unsupported();
    METERWAY_TRY(Part whole, sequence(depth));
    while (more() && source_[at_] == '|') {
      ++at_;
      METERWAY_TRY(const Part next, sequence(depth));
      whole = either(whole, next);
    }
    return whole;
  }

  Result<Part> sequence(int depth) {
    Part whole = nothing();
    while (more() && source_[at_] != '|' && source_[at_] != ')') {
      METERWAY_TRY(const Part next, repeated(depth));
      whole = join(whole, next);
    }
    return whole;
  }

  /// An atom and its quantifier. A counted atom is read again for each copy.
  Result<Part> repeated(int depth) {
    const std::size_t start = at_;
    METERWAY_TRY(const Part once, atom(depth));
    int least = 1;
    int most = 1;
    if (!more()) return once;
    switch (source_[at_]) {
      case '?':
        least = 0;
        break;
      case '*':
        least = 0, most = kNone;
        break;
      case '+':
        most = kNone;
        break;
      case '{':
        METERWAY_CHECK(counts(least, most));
        break;
      default:
        return once;
    }
    ++at_;
    const std::size_t end = at_;
    Part whole = nothing();
    Part body = once;
    for (int i = 0; i < std::max(least, most) + (most == kNone ? 1 : 0); ++i) {
      if (i > 0) {
        at_ = start;
        METERWAY_TRY(body, atom(depth));
      }
      if (i >= least) body = most == kNone ? loop(body) : either(body, nothing());
      whole = join(whole, body);
      if (states.size() > kMostStates) return fail(ErrorCode::TooLarge, start, "pattern");
    }
    at_ = end;
    return whole;
  }

  /// "{n}", "{n,}" or "{n,m}"; stops at the closing brace.
  Status counts(int& least, int& most) {
    ++at_;
    METERWAY_TRY(least, number());
    most = least;
    if (more() && source_[at_] == ',') {
      ++at_;
      most = kNone;
      if (more() && source_[at_] != '}') {
        METERWAY_TRY(most, number());
        if (most < least) return unsupported();
      }
    }
    if (!more() || source_[at_] != '}') return unsupported();
    return {};
  }

  Result<int> number() {
    int value = 0;
    const std::size_t start = at_;
    while (more() && source_[at_] >= '0' && source_[at_] <= '9' && value < 10'000)
      value = value * 10 + (source_[at_++] - '0');
    if (at_ == start) return unsupported();
    return value;
  }

  Result<Part> atom(int depth) {
    static constexpr std::string_view kSpecial = "\\.^$?*+{}]";
    const char c = source_[at_];
    if (c == '(') {
      ++at_;
      METERWAY_TRY(const Part inside, alternatives(depth + 1));
      if (!more() || source_[at_] != ')') return unsupported();
      ++at_;
      return inside;
    }
    if (c == '[') return char_class();
    if (kSpecial.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 128) return unsupported();
    ++at_;
    return one_of(Set().set(static_cast<std::size_t>(c)));
  }

  Result<Part> char_class() {
    Set accepts;
    for (++at_; more() && source_[at_] != ']';) {
      const auto low = static_cast<unsigned char>(source_[at_]);
      if (low >= 128 || low == '\\' || low == '^' || low == '[') return unsupported();
      ++at_;
      unsigned char high = low;
      if (at_ + 1 < source_.size() && source_[at_] == '-' && source_[at_ + 1] != ']') {
        high = static_cast<unsigned char>(source_[at_ + 1]);
        at_ += 2;
      }
      if (high >= 128 || high < low) return unsupported();
      for (unsigned value = low; value <= high; ++value) accepts.set(value);
    }
    if (!more()) return unsupported();
    ++at_;
    return one_of(accepts);
  }

  std::string_view source_;
  std::size_t at_ = 0;
};

}  // namespace

/// Turns the states into a table by the subset construction.
struct Automaton {
  const std::vector<State>& states;
  int exit;
  Pattern out;
  std::map<std::vector<int>, std::uint16_t> places;
  std::vector<std::vector<int>> sets;

  /// Gives bytes that no state tells apart one class, so that the table stays narrow.
  std::vector<unsigned char> classify() {
    std::map<std::string, std::uint8_t> signatures{{std::string(states.size(), '0'), 0}};
    std::vector<unsigned char> example{0};
    for (unsigned byte = 0; byte < 128; ++byte) {
      std::string signature;
      for (const auto& state : states) signature += state.accepts.test(byte) ? '1' : '0';
      const auto [at, fresh] = signatures.emplace(signature, static_cast<std::uint8_t>(signatures.size()));
      if (fresh) example.push_back(static_cast<unsigned char>(byte));
      out.class_of_[byte] = at->second;
    }
    out.classes_ = example.size();
    return example;
  }

  /// The number of the state set reached from these states and what branches freely lead to.
  std::uint16_t place_of(std::vector<int> from) {
    std::vector<bool> seen(states.size());
    std::vector<int> closed;
    while (!from.empty()) {
      const int at = from.back();
      from.pop_back();
      if (at == kNone || seen[static_cast<std::size_t>(at)]) continue;
      seen[static_cast<std::size_t>(at)] = true;
      const State& state = states[static_cast<std::size_t>(at)];
      if (!state.is_branch || at == exit) closed.push_back(at);
      if (state.is_branch) {
        from.push_back(state.next);
        from.push_back(state.other);
      }
    }
    std::sort(closed.begin(), closed.end());
    const auto [place, fresh] = places.emplace(closed, static_cast<std::uint16_t>(sets.size()));
    if (fresh) sets.push_back(std::move(closed));
    return place->second;
  }

  Result<Pattern> run(int entry) {
    const auto example = classify();
    place_of({});  // state 0, the dead end
    place_of({entry});
    for (std::size_t at = 0; at < sets.size(); ++at) {
      if (sets.size() > kMostStates) return fail(ErrorCode::TooLarge, 0, "pattern");
      out.accepting_.push_back(std::find(sets[at].begin(), sets[at].end(), exit) != sets[at].end());
      for (std::size_t c = 0; c < example.size(); ++c) {
        std::vector<int> reached;
        for (const int from : sets[at]) {
          const State& state = states[static_cast<std::size_t>(from)];
          if (c > 0 && !state.is_branch && state.accepts.test(example[c])) reached.push_back(state.next);
        }
        out.next_.push_back(static_cast<std::uint32_t>(place_of(std::move(reached)) * out.classes_));
      }
    }
    out.find_straight();
    return std::move(out);
  }
};

void Pattern::find_straight() {
  std::vector<std::vector<bool>> sets;  // of classes, a bit each
  std::uint32_t at = static_cast<std::uint32_t>(classes_);
  through_.push_back(at);
  while (through_.size() < kMostStraight) {
    std::vector<bool> accepted(classes_);
    std::uint32_t next = 0;
    for (std::size_t c = 1; c < classes_; ++c) {
      const auto reached = next_[at + c];
      if (reached == 0) continue;
      if (next != 0 && next != reached) return;
      accepted[c] = true;
      next = reached;
    }
    const auto known = static_cast<std::size_t>(std::find(sets.begin(), sets.end(), accepted) - sets.begin());
    if (next == 0 || known == 8) return;
    if (known == sets.size()) sets.push_back(accepted);
    for (std::size_t byte = 0; byte < 256; ++byte) {
      if (accepted[class_of_[byte]]) bits_of_[byte] = static_cast<std::uint8_t>(bits_of_[byte] | 1u << known);
    }
    straight_.push_back(static_cast<std::uint8_t>(1u << known));
    through_.push_back(at = next);
  }
}

Result<Pattern> Pattern::compile(std::string_view source) {
  Compiler compiler(source);
  METERWAY_TRY(const Part whole, compiler.run());
  return Automaton{compiler.states, whole.exit, {}, {}, {}}.run(whole.entry);
}

bool Pattern::matches(std::string_view text) const {
  const std::size_t straight = std::min(text.size(), straight_.size());
  bool wrong = false;
  for (std::size_t i = 0; i < straight; ++i)
    wrong |= (bits_of_[static_cast<unsigned char>(text[i])] & straight_[i]) == 0;
  if (wrong) return false;
  std::size_t at = through_[straight];
  for (const char c : text.substr(straight)) {
    at = next_[at + class_of_[static_cast<unsigned char>(c)]];
    if (at == 0) return false;
  }
  return accepting_[at / classes_];
}

}  // namespace meterway::xml
