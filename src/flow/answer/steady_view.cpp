#include "flow/answer/steady_view.h"

#include "base/util/bytes.h"

namespace meterway::flow::answer {
namespace {

constexpr std::size_t kKeyBytes = 8;

/// In whole rounds, and one at least.
std::size_t whole(std::size_t count, std::size_t round) {
  return count == 0 ? round : (count + round - 1) / round * round;
}

/// Keys all over a table, the same ones every time.
class Keys {
 public:
  std::string next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    std::string out;
    for (std::size_t i = 0; i < kKeyBytes; ++i) out += static_cast<char>(state_ >> (8 * i));
    return out;
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace

Result<std::optional<std::string>> SteadyView::get(std::string_view table, std::string_view key) const {
  auto found = view_.get(table, key);
  auto& count = counts_[{false, std::string(table)}];
  ++count.reads;
  if (found && *found) ++count.rows;
  return found;
}

Result<std::vector<store::Row>> SteadyView::scan(std::string_view table, std::string_view from, std::string_view to,
                                                 std::size_t limit) const {
  auto found = view_.scan(table, from, to, limit);
  auto& count = counts_[{true, std::string(table)}];
  ++count.reads;
  if (found) count.rows += found->size();
  return found;
}

Status SteadyView::even_out(std::span<const Step> steps) const {
  Keys keys;
  auto left = counts_;
  for (const auto& step : steps) {
    const auto key = std::pair(step.is_scan, std::string(step.table));
    const auto count = left[key];
    left.erase(key);
    for (auto at = count.reads, wanted = whole(at, step.reads); at < wanted; ++at) {
      const auto place = keys.next();
      if (step.is_scan) {
        METERWAY_CHECK(view_.scan(step.table, place, place + '\x10', 16));
      } else {
        METERWAY_CHECK(view_.get(step.table, place));
      }
    }
    if (step.rows == 0) continue;
    for (auto at = count.rows, wanted = whole(at, step.rows); at < wanted; ++at) step.take_apart();
  }
  return left.empty() ? Status() : Status(fail(ErrorCode::Unsupported, 0, "a table that has no step"));
}

}  // namespace meterway::flow::answer
