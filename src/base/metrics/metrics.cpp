#include "base/metrics/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace meterway::metrics {
namespace {

#include "base/metrics/metrics.inc"

constexpr double kFixed = 1e9;  // sums are kept in billionths: an integer is added to without a lock

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find(','));
    out.push_back(one);
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return out;
}

std::vector<double> bounds_of(const Row& row) {
  std::vector<double> out;
  for (const auto part : parts_of(row.bounds)) {
    double bound = 0;
    std::from_chars(part.data(), part.data() + part.size(), bound);
    out.push_back(bound);
  }
  return out;
}

/// FNV-1a over the values and the ends between them: nothing is put together to be looked up.
std::size_t hash_of(Labels labels) {
  std::uint64_t hash = 14695981039346656037u;
  const auto take = [&](unsigned char octet) { hash = (hash ^ octet) * 1099511628211u; };
  for (const auto label : labels) {
    for (const char c : label) take(static_cast<unsigned char>(c));
    take(0xFF);
  }
  return static_cast<std::size_t>(hash);
}

}  // namespace

std::span<const Row> all_rows() { return kRows; }

std::string_view to_string(Type type) {
  switch (type) {
    case Type::Counter:
      return "counter";
    case Type::Gauge:
      return "gauge";
    case Type::Histogram:
      break;
  }
  return "histogram";
}

struct Family::Series {
  Series(std::vector<std::string> values, std::size_t buckets_of) : labels(std::move(values)), buckets(buckets_of) {}
  bool is_of(Labels values) const { return std::equal(labels.begin(), labels.end(), values.begin(), values.end()); }
  const std::vector<std::string> labels;
  std::atomic<std::uint64_t> count{0};  ///< of a counter
  std::atomic<double> value{0};         ///< of a gauge, and of a counter that somebody else keeps
  std::vector<std::atomic<std::uint64_t>> buckets;
  std::atomic<std::uint64_t> sum{0};  ///< in billionths
};

Family::Family(const Row& row)
    : row_(row),
      label_count_(parts_of(row.labels).size()),
      bounds_(bounds_of(row)),
      slots_(std::make_unique<std::array<std::atomic<Series*>, kSlots>>()) {
  const auto buckets = row.type == Type::Histogram ? bounds_.size() + 1 : 0;
  other_ = std::make_unique<Series>(
      std::vector<std::string>(label_count_, label_count_ == 0 ? std::string() : std::string(kOther)), buckets);
}

Family::~Family() {
  for (auto& slot : *slots_) delete slot.load();
}

/// The series, or none, and then the slot where it belongs.
Family::Series* Family::find(Labels labels, std::size_t& slot) const {
  for (slot = hash_of(labels) % kSlots;; slot = (slot + 1) % kSlots) {
    auto* const there = (*slots_)[slot].load(std::memory_order_acquire);
    if (there == nullptr || there->is_of(labels)) return there;
  }
}

Family::Series& Family::series(Labels labels) {
  if (labels.size() != label_count_) {
    std::fprintf(stderr, "metric %.*s has other labels\n", static_cast<int>(row_.name.size()), row_.name.data());
    std::abort();
  }
  if (label_count_ == 0) return *other_;
  std::size_t slot = 0;
  if (auto* known = find(labels, slot)) return *known;
  if (used_.fetch_add(1) >= kMostSeries) {
    used_.fetch_sub(1);
    return *other_;
  }
  auto made = std::make_unique<Series>(std::vector<std::string>(labels.begin(), labels.end()),
                                       row_.type == Type::Histogram ? bounds_.size() + 1 : 0);
  for (;;) {
    Series* empty = nullptr;
    if ((*slots_)[slot].compare_exchange_strong(empty, made.get(), std::memory_order_acq_rel)) return *made.release();
    auto* const there = find(labels, slot);
    if (there == nullptr) continue;
    used_.fetch_sub(1);  // another thread was first
    return *there;
  }
}

void Family::add(Labels labels, std::uint64_t n) { series(labels).count.fetch_add(n, std::memory_order_relaxed); }

void Family::set(Labels labels, double value) { series(labels).value.store(value, std::memory_order_relaxed); }

void Family::observe(Labels labels, double value) {
  const double taken = std::isfinite(value) && value > 0 ? value : 0;
  auto& one = series(labels);
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), taken) - bounds_.begin();
  one.buckets[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  one.sum.fetch_add(static_cast<std::uint64_t>(taken * kFixed), std::memory_order_relaxed);
}

std::vector<Family::Sample> Family::samples() const {
  std::vector<Sample> out;
  const auto add_series = [&](const Series& one) {
    Sample sample;
    sample.labels = one.labels;
    sample.value = static_cast<double>(one.count.load()) + one.value.load();
    for (const auto& bucket : one.buckets) sample.buckets.push_back(bucket.load());
    for (const auto n : sample.buckets) sample.value += static_cast<double>(n);
    sample.sum = static_cast<double>(one.sum.load()) / kFixed;
    out.push_back(std::move(sample));
  };
  for (const auto& slot : *slots_) {
    if (const auto* one = slot.load(std::memory_order_acquire)) add_series(*one);
  }
  std::sort(out.begin(), out.end(), [](const Sample& a, const Sample& b) { return a.labels < b.labels; });
  // With no label there is one series, from the beginning; with some, this one once it was needed.
  if (label_count_ == 0 || used_.load() >= kMostSeries) add_series(*other_);
  return out;
}

double Family::value(Labels labels) const {
  const std::vector<std::string> wanted(labels.begin(), labels.end());
  for (const auto& sample : samples()) {
    if (sample.labels == wanted) return sample.value;
  }
  return 0;
}

std::vector<std::string_view> Family::label_names() const { return parts_of(row_.labels); }

Registry::Registry() {
  for (const auto& row : all_rows()) families_.push_back(std::make_unique<Family>(row));
}

Family& Registry::operator[](std::string_view name) {
  const auto found =
      std::find_if(families_.begin(), families_.end(), [&](const auto& family) { return family->row().name == name; });
  if (found == families_.end()) {
    std::fprintf(stderr, "no row of spec/metrics.tsv: %.*s\n", static_cast<int>(name.size()), name.data());
    std::abort();
  }
  return **found;
}

}  // namespace meterway::metrics
