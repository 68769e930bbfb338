#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a process counts of itself, for Prometheus. Names, types, labels and help are rows of spec/metrics.tsv.
namespace meterway::metrics {

enum class Type : std::uint8_t { Counter, Gauge, Histogram };
/// "counter", "gauge", "histogram".
std::string_view to_string(Type type);

struct Row {
  std::string_view name;  ///< "meterway_steps_total"
  Type type;
  std::string_view labels;  ///< their names by commas
  std::string_view bounds;  ///< of a histogram: upper bounds by commas, in its unit
  std::string_view help;
};
/// Ordered by name.
std::span<const Row> all_rows();

using Labels = std::initializer_list<std::string_view>;

/// One metric: a series for each combination of label values that was met, at most kMostSeries of them; what comes
/// after those is counted in one whose labels all say "other". So nobody's names fill the memory.
/// Sharing: from any thread, without a lock.
class Family {
 public:
  static constexpr std::size_t kMostSeries = 768;
  static constexpr std::string_view kOther = "other";

  explicit Family(const Row& row);
  ~Family();
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  const Row& row() const { return row_; }
  /// Of a counter. `labels`: values in the order of the row's names.
  void add(Labels labels, std::uint64_t n = 1);
  /// Of a counter that somebody else keeps, or of a gauge.
  void set(Labels labels, double value);
  /// Of a histogram: a value in its unit; less than nothing counts as nothing.
  void observe(Labels labels, double value);
  void observe(Labels labels, std::chrono::nanoseconds time) {
    observe(labels, std::chrono::duration<double>(time).count());
  }

  /// A series as it stands.
  struct Sample {
    std::vector<std::string> labels;
    double value = 0;
    std::vector<std::uint64_t> buckets{};  ///< of a histogram: in each bucket alone, the last without bound
    double sum = 0;
  };
  std::vector<Sample> samples() const;
  /// The number of one series, a histogram's is how many there were; 0 when it was not met.
  double value(Labels labels) const;
  const std::vector<double>& bounds() const { return bounds_; }
  std::vector<std::string_view> label_names() const;

 private:
  struct Series;
  static constexpr std::size_t kSlots = 1024;
  Series& series(Labels labels);
  Series* find(Labels labels, std::size_t& slot) const;

  const Row& row_;
  const std::size_t label_count_;
  const std::vector<double> bounds_;
  std::atomic<std::size_t> used_{0};
  std::unique_ptr<Series> other_;
  std::unique_ptr<std::array<std::atomic<Series*>, kSlots>> slots_;
};

/// All metrics of one process. Sharing: from any thread.
class Registry {
 public:
  Registry();
  /// The metric of this name, which has to be a row: another name is a mistake in the program.
  Family& operator[](std::string_view name);
  const std::vector<std::unique_ptr<Family>>& families() const { return families_; }

 private:
  std::vector<std::unique_ptr<Family>> families_;  ///< ordered by name
};

}  // namespace meterway::metrics
