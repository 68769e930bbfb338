#include "flow/transform/body_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/util/base64.h"
#include "base/util/clock.h"
#include "flow/transform/dlms_time.h"
#include "flow/transform/integers.h"
#include "flow/transform/select.h"
#include "flow/transform/word_list.h"
#include "standard/pki/certificate.h"

namespace meterway::flow::transform {
namespace {

constexpr BodyRule kRules[] = {
#include "flow/transform/body_rules.inc"
};

using Texts = std::vector<std::string_view>;

/// The texts at a path, or with P@a those of an attribute; from the body where the path begins with /.
Texts texts_at(const duis::Element& at, const duis::Element& body, std::string_view path) {
  const auto mark = path.find('@');
  const auto attribute = mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1);
  path = path.substr(0, mark);
  const bool from_body = path.starts_with('/');
  Texts out;
  for (const auto* element : select(from_body ? body : at, from_body ? path.substr(1) : path)) {
    out.push_back(attribute.empty() ? std::string_view(element->text) : element->attribute(attribute));
  }
  return out;
}

/// Numbers by their value, moments by the moment, times of day as the device gets them, in UTC; dates by their text.
/// A date whose year is left open (65535, as the DUIS calendars write it) comes before none and after none.
bool comes_before(std::string_view left, std::string_view right) {
  for (const auto text : {left, right}) {
    if (text.starts_with("65535-")) return false;
  }
  const auto a = read_integer(left), b = read_integer(right);
  if (a && b) return *a < *b;
  const auto from = from_iso8601(left), until = from_iso8601(right);
  if (from && until) return *from < *until;
  const auto first = dlms_time(left), second = dlms_time(right);
  if (first && second) return *first < *second;
  return left < right;
}

bool is_among(std::string_view text, std::span<const std::string_view> others) {
  return std::any_of(others.begin(), others.end(), [text](const auto other) { return same_value(text, other); });
}

bool all_different(const Texts& texts) {
  for (std::size_t i = 1; i < texts.size(); ++i) {
    if (is_among(texts[i], std::span(texts).first(i))) return false;
  }
  return true;
}

/// 1, 2, 3 ... in some order.
bool numbered(const Texts& texts) {
  std::vector<bool> seen(texts.size());
  for (const auto text : texts) {
    const auto place = read_integer(text);
    if (!place || *place < 1 || static_cast<std::size_t>(*place) > seen.size() || seen[*place - 1]) return false;
    seen[*place - 1] = true;
  }
  return true;
}

std::vector<pki::Certificate> certificates(const Texts& texts) {
  std::vector<pki::Certificate> out;
  for (const auto text : texts) {
    const auto der = from_base64(text);
    if (!der) continue;
    if (auto certificate = pki::parse_certificate(*der)) out.push_back(*std::move(certificate));
  }
  return out;
}

/// Each is signed by an authority of the path: any longer way to another authority would begin there. A certificate
/// that cannot be read is refused where it is written into the command.
bool leads_up(const Texts& texts, const Texts& path_texts) {
  const auto path = certificates(path_texts);
  const auto replacements = certificates(texts);
  return std::all_of(replacements.begin(), replacements.end(), [&](const auto& certificate) {
    return std::any_of(path.begin(), path.end(), [&](const auto& issuer) {
      return issuer.authority.value_or(false) && certificate.is_signed_by(issuer);
    });
  });
}

bool keeps(const BodyRule& rule, const duis::Element& at, const duis::Element& body) {
  const auto what = texts_at(at, body, rule.what);
  const auto against = rule.against == "-" ? Texts() : texts_at(at, body, rule.against);
  const auto both_there = !what.empty() && !against.empty();
  switch (rule.kind) {
    case RuleKind::Unique:
      return all_different(what);
    case RuleKind::Unlike:
      return std::set<std::string_view>(what.begin(), what.end()).size() == what.size();
    case RuleKind::Numbered:
      return numbered(what);
    case RuleKind::Refers:
      return std::all_of(what.begin(), what.end(), [&](const auto text) { return is_among(text, against); });
    case RuleKind::Ascending:
      return std::adjacent_find(what.begin(), what.end(),
                                [](const auto a, const auto b) { return !comes_before(a, b); }) == what.end();
    case RuleKind::Ordered:
      return !both_there || !comes_before(against.front(), what.front());
    case RuleKind::Before:
      return !both_there || comes_before(what.front(), against.front());
    case RuleKind::NotBoth:
      return !both_there;
    case RuleKind::OneFewer:
      return what.empty() || read_integer(what.front()) == static_cast<std::int64_t>(against.size()) - 1;
    case RuleKind::LeadsUp:
      return leads_up(what, against);
  }
  return false;
}

}  // namespace

std::span<const BodyRule> body_rules() { return kRules; }

Status judge(const BodyRule& rule, const duis::Element& body) {
  for (const auto* at : select(body, rule.at)) {
    if (!keeps(rule, *at, body)) return fail(ErrorCode::BadRequest, 0, rule.what);
  }
  return {};
}

Status check_body(std::string_view service, const duis::Element& body) {
  for (const auto& rule : kRules) {
    if (rule.services == "*" || has_word(rule.services, service)) METERWAY_CHECK(judge(rule, body));
  }
  return {};
}

}  // namespace meterway::flow::transform
