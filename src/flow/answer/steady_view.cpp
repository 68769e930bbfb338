#include "flow/answer/steady_view.h"

#include "base/util/bytes.h"

namespace meterway::flow::answer {
namespace {

constexpr std::size_t kKeyBytes = 8;

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
  ++counts_[{false, std::string(table)}];
  return view_.get(table, key);
}

Result<std::vector<store::Row>> SteadyView::scan(std::string_view table, std::string_view from, std::string_view to,
                                                 std::size_t limit) const {
  ++counts_[{true, std::string(table)}];
  return view_.scan(table, from, to, limit);
}

Status SteadyView::even_out(std::span<const Step> steps) const {
  Keys keys;
  auto left = counts_;
  for (const auto& step : steps) {
    const auto key = std::pair(step.is_scan, std::string(step.table));
    const auto count = left[key];
    left.erase(key);
    const auto wanted = count == 0 ? step.reads : (count + step.reads - 1) / step.reads * step.reads;
    for (auto at = count; at < wanted; ++at) {
      const auto place = keys.next();
      if (step.is_scan) {
        METERWAY_CHECK(view_.scan(step.table, place, place + '\x10', 16));
      } else {
        METERWAY_CHECK(view_.get(step.table, place));
      }
    }
  }
  return left.empty() ? Status() : Status(fail(ErrorCode::Unsupported, 0, "a table that has no step"));
}

}  // namespace meterway::flow::answer
