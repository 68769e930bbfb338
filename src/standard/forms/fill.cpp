#include "standard/forms/fill.h"

#include <algorithm>
#include <set>

#include "base/xml/text.h"
#include "standard/duis/schema_value.h"
#include "standard/forms/words.h"

namespace meterway::forms {
namespace {

using Kind = Part::Kind;
using Numbered = std::map<unsigned, Given>;
constexpr std::size_t kMostWrong = 200;
constexpr unsigned kAll = 0;

std::string place_of(const std::string& parent, std::string_view name, unsigned number) {
  auto out = parent.empty() ? std::string(name) : parent + "/" + std::string(name);
  if (number > 1) out += "[" + std::to_string(number) + "]";
  return out;
}

/// Names of the elements that stand directly at this part: of groups of none, and of the parts of a choice.
void add_names(const Part& part, std::set<std::string_view>& out) {
  if (!part.name.empty()) {
    out.insert(part.name);
    return;
  }
  for (const auto& one : part.parts) add_names(one, out);
}
std::set<std::string_view> names_at(const Part& part) {
  std::set<std::string_view> out;
  add_names(part, out);
  return out;
}

std::string listed(const std::vector<Part>& parts) {
  std::string out;
  for (const auto& part : parts) {
    const auto names = names_at(part);
    if (names.empty()) continue;
    out += (out.empty() ? "" : " or ");
    bool first = true;
    for (const auto name : names) {
      out += (first ? "" : " with ") + std::string(name);
      first = false;
    }
  }
  return out;
}

/// What of one element was put somewhere; the rest has no place there.
using Used = std::set<std::pair<std::string, unsigned>>;

class Filler {
 public:
  explicit Filler(std::vector<Wrong>& wrong) : wrong_(wrong) {}

  void element(const Part& part, const Given& given, const std::string& place, unsigned number, duis::Element& out) {
    out.name = part.name;
    attributes(part, given, place, number, out);
    if (part.kind == Kind::Field) {
      field(part, given, place, out);
    } else if (given.has_text && given.text.find_first_not_of(" \t\r\n") != std::string::npos) {
      add(place, "it holds no text of its own", part.kind == Kind::Mark ? "nothing" : "the fields in it");
    }
    Used used;
    parts(part.parts, given, place, kAll, used, out);
    left_over(part, given, place, used);
  }

 private:
  void add(const std::string& field, std::string detail, std::string wants) {
    if (wrong_.size() < kMostWrong) wrong_.push_back({field, std::move(detail), std::move(wants)});
  }

  void field(const Part& part, const Given& given, const std::string& place, duis::Element& out) {
    if (!given.has_text && part.default_text.empty()) {
      add(place, "it is missing", type_words(*part.type));
      return;
    }
    out.text = given.has_text ? given.text : std::string(part.default_text);
    if (!xml::is_character_data(out.text)) {
      add(place, "form: a character that XML has no place for", type_words(*part.type));
      return;
    }
    if (const auto rule = duis::schema::broken_rule(*part.type, out.text)) add(place, *rule, type_words(*part.type));
  }

  void attributes(const Part& part, const Given& given, const std::string& place, unsigned number, duis::Element& out) {
    for (const auto& rule : part.attributes) {
      const auto at = place + "/@" + std::string(rule.name);
      const auto found = given.attributes.find(rule.name);
      if (found == given.attributes.end() && !rule.required) continue;
      // All attributes of request bodies number repetitions.
      auto text = found == given.attributes.end() ? std::to_string(number) : found->second;
      if (const auto broken = duis::schema::broken_rule(type_of(rule), text))
        add(at, *broken, type_words(type_of(rule)));
      out.attributes.emplace_back(rule.name, std::move(text));
    }
    for (const auto& [name, text] : given.attributes) {
      const bool known = std::any_of(part.attributes.begin(), part.attributes.end(),
                                     [&name = name](const auto& rule) { return rule.name == name; });
      if (!known) add(place + "/@" + name, "there is no such attribute here", "");
    }
  }

  /// `only`: of each name the repetition of that number, as its group repeats; kAll: every one.
  void parts(const std::vector<Part>& all, const Given& given, const std::string& place, unsigned only, Used& used,
             duis::Element& out) {
    for (const auto& part : all) one(part, given, place, only, used, out);
  }

  void one(const Part& part, const Given& given, const std::string& place, unsigned only, Used& used,
           duis::Element& out) {
    switch (part.kind) {
      case Kind::Choice:
        if (part.least > 0 || is_started(part, given, only)) choice(part, given, place, only, used, out);
        return;
      case Kind::Together:
        together(part, given, place, only, used, out);
        return;
      default:
        elements(part, given, place, only, used, out);
    }
  }

  static bool is_started(const Part& part, const Given& given, unsigned only) {
    return count_started(part, given, only) > 0;
  }
  /// How many of what was given has a place in it.
  static std::size_t count_started(const Part& part, const Given& given, unsigned only) {
    std::size_t out = 0;
    for (const auto name : names_at(part)) {
      const auto found = given.children.find(name);
      if (found != given.children.end() && (only == kAll || found->second.count(only) != 0)) ++out;
    }
    return out;
  }

  void choice(const Part& part, const Given& given, const std::string& place, unsigned only, Used& used,
              duis::Element& out) {
    const Part* best = nullptr;
    std::size_t most = 0;
    for (const auto& alternative : part.parts) {
      const auto here = count_started(alternative, given, only);
      if (here > most) best = &alternative;
      most = std::max(most, here);
    }
    if (best != nullptr) {
      one(*best, given, place, only, used, out);
      return;
    }
    const auto names = names_at(part.parts.front());
    add(place_of(place, names.empty() ? "" : *names.begin(), only), "nothing of a choice is there", listed(part.parts));
  }

  void together(const Part& part, const Given& given, const std::string& place, unsigned only, Used& used,
                duis::Element& out) {
    if (!part.repeats()) {
      if (part.least > 0 || is_started(part, given, only)) parts(part.parts, given, place, only, used, out);
      return;
    }
    unsigned times = part.least;
    for (const auto name : names_at(part)) {
      const auto found = given.children.find(name);
      if (found != given.children.end() && !found->second.empty())
        times = std::max(times, std::min<unsigned>(part.most, found->second.rbegin()->first));
    }
    for (unsigned number = 1; number <= times; ++number) parts(part.parts, given, place, number, used, out);
  }

  void elements(const Part& part, const Given& given, const std::string& place, unsigned only, Used& used,
                duis::Element& out) {
    static const Numbered kNone;
    const auto found = given.children.find(part.name);
    const auto& numbered = found == given.children.end() ? kNone : found->second;
    std::size_t count = 0;
    for (const auto& [number, child] : numbered) {
      if (only != kAll && number != only) continue;
      used.emplace(part.name, number);
      ++count;
      if (count > part.most) {
        add(place_of(place, part.name, number), "there are too many", "at most " + std::to_string(part.most));
        continue;
      }
      element(part, child, place_of(place, part.name, number), only == kAll ? static_cast<unsigned>(count) : only,
              out.children.emplace_back());
    }
    // What must be there and was not given: what it lacks is told; what lacks nothing is there.
    auto last = numbered.empty() ? 0u : numbered.rbegin()->first;
    for (; count < part.least; ++count) {
      const auto number = only == kAll ? ++last : only;
      element(part, {}, place_of(place, part.name, number), only == kAll ? static_cast<unsigned>(count + 1) : only,
              out.children.emplace_back());
    }
  }
  void left_over(const Part& part, const Given& given, const std::string& place, const Used& used) {
    std::set<std::string_view> known;
    for (const auto& one : part.parts) add_names(one, known);
    for (const auto& [name, numbered] : given.children) {
      for (const auto& [number, child] : numbered) {
        if (used.count({name, number}) != 0) continue;
        const bool elsewhere = known.count(name) != 0;
        add(place_of(place, name, number),
            elsewhere ? "it does not stand beside what else was given" : "there is no such field here",
            elsewhere || part.parts.empty() ? "" : listed(part.parts));
      }
    }
  }

  std::vector<Wrong>& wrong_;
};

}  // namespace

Filled fill(const duis::Service& service, const Values& values) {
  Filled out;
  auto given = read_values(values);
  if (!given) {
    out.wrong = std::move(given.error());
    return out;
  }
  Filler(out.wrong).element(form_of(service), *given, "", 1, out.body);
  return out;
}

}  // namespace meterway::forms
