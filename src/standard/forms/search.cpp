#include "standard/forms/search.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "standard/gbcs/use_cases.h"

namespace meterway::forms {
namespace {

constexpr std::size_t kMostWords = 12, kLongestWord = 40;

// What it counts, when one word of the query is met like this. Ours: exact before beginning before alike, and what the
// service is called before what its use cases are called.
constexpr unsigned kSameNumber = 1000, kNumberBegins = 500, kSameUseCase = 400, kUseCaseBegins = 200;
constexpr unsigned kSame = 60, kBegins = 40, kInside = 20, kAlike = 12, kOfUseCase = 4;  // the last: a part of it
constexpr unsigned kInOrder = 100;  // the query stands in the name as it is

bool is_part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// In small letters; everything between words is one blank.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_part_of_word(c)) {
      out += lower(c);
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  const auto all = plain(text);
  for (std::size_t from = 0; from < all.size();) {
    const auto end = std::min(all.find(' ', from), all.size());
    auto word = all.substr(from, end - from);
    while (!word.empty() && word.back() == '.') word.pop_back();
    if (!word.empty()) out.push_back(std::move(word));
    from = end + 1;
  }
  return out;
}

/// Letters that must be changed, left out, put in, or changed over with the next; 3 stands for more than two.
unsigned wrong_letters(std::string_view a, std::string_view b) {
  constexpr unsigned kMany = 3;
  if (a.size() > kLongestWord || b.size() > kLongestWord) return kMany;
  std::array<std::array<unsigned, kLongestWord + 1>, 3> rows{};  // of the distances, by i % 3
  for (std::size_t i = 0; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& before = rows[(i + 2) % 3];
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        row[j] = static_cast<unsigned>(i + j);
        continue;
      }
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
    }
  }
  return std::min(kMany, rows[a.size() % 3][b.size()]);
}

unsigned how_met(std::string_view asked, const std::vector<std::string>& words) {
  unsigned best = 0;
  for (const auto& word : words) {
    if (word == asked) return kSame;
    if (word.starts_with(asked)) {
      best = std::max(best, kBegins);
    } else if (asked.size() > 2 && word.find(asked) != std::string::npos) {
      best = std::max(best, kInside);
    } else if (asked.size() > 3 && wrong_letters(asked, word) <= (asked.size() > 6 ? 2u : 1u)) {
      best = std::max(best, kAlike);
    }
  }
  return best;
}

/// What is known of a service, ready for comparison.
struct Entry {
  const duis::Service* service;
  std::string name, number;
  std::vector<std::string> words, use_cases, words_of_use_cases;
};

Entry entry_of(const duis::Service& service) {
  Entry out{&service, plain(service.name), std::string(service.variant), words_of(service.name), {}, {}};
  out.use_cases = words_of(service.use_cases);
  for (const auto& use_case : gbcs::use_cases()) {
    const auto tag = plain(use_case.use_case);
    if (std::find(out.use_cases.begin(), out.use_cases.end(), tag) == out.use_cases.end()) continue;
    const auto more = words_of(use_case.name);
    out.words_of_use_cases.insert(out.words_of_use_cases.end(), more.begin(), more.end());
  }
  return out;
}

const std::vector<Entry>& entries() {
  static const auto all = [] {
    std::vector<Entry> out;
    for (const auto& service : duis::all_services()) out.push_back(entry_of(service));
    std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return stands_before(a.number, b.number); });
    return out;
  }();
  return all;
}

unsigned score_of(std::string_view asked, const Entry& entry) {
  unsigned best = how_met(asked, entry.words);
  if (asked == entry.number || asked == plain(entry.service->reference)) best = std::max(best, kSameNumber);
  if (entry.number.starts_with(std::string(asked) + ".")) best = std::max(best, kNumberBegins);
  for (const auto& use_case : entry.use_cases) {
    if (use_case == asked) best = std::max(best, kSameUseCase);
    if (asked.size() > 2 && use_case.starts_with(asked)) best = std::max(best, kUseCaseBegins);
  }
  return std::max(best, how_met(asked, entry.words_of_use_cases) / kOfUseCase);
}

}  // namespace

bool stands_before(std::string_view variant, std::string_view other) {
  while (!variant.empty() && !other.empty()) {
    unsigned a = 0, b = 0;
    const auto read_a = std::from_chars(variant.data(), variant.data() + variant.size(), a);
    const auto read_b = std::from_chars(other.data(), other.data() + other.size(), b);
    if (a != b) return a < b;
    variant.remove_prefix(std::min(variant.size(), static_cast<std::size_t>(read_a.ptr - variant.data()) + 1));
    other.remove_prefix(std::min(other.size(), static_cast<std::size_t>(read_b.ptr - other.data()) + 1));
  }
  return variant.empty() && !other.empty();
}

std::vector<Found> search_services(std::string_view query) {
  auto asked = words_of(query.substr(0, kMostWords * kLongestWord));
  if (asked.size() > kMostWords) asked.resize(kMostWords);
  std::vector<std::pair<std::size_t, Found>> all;
  std::size_t most = 0;
  for (const auto& entry : entries()) {
    std::size_t met = 0;
    Found found{entry.service, 0};
    for (const auto& word : asked) {
      const auto score = score_of(word, entry);
      met += score > 0 ? 1 : 0;
      found.score += score;
    }
    if (asked.size() > 1 && entry.name.find(plain(query)) != std::string::npos) found.score += kInOrder;
    if (!asked.empty() && met == 0) continue;
    most = std::max(most, met);
    all.emplace_back(met, found);
  }
  std::vector<Found> out;
  for (const auto& [met, found] : all) {
    if (met == most) out.push_back(found);
  }
  std::stable_sort(out.begin(), out.end(), [](const Found& a, const Found& b) { return a.score > b.score; });
  return out;
}

}  // namespace meterway::forms
