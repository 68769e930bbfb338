#pragma once
#include <map>

#include "records/store/store.h"

namespace meterway::flow::answer {

/// A read view that counts what is read from each table, so that a search can be brought to the same number of reads,
/// and of rows taken apart, whatever it met on its way: who measures it learns nothing of what he is not told.
class SteadyView : public store::ReadView {
 public:
  /// Reads of one kind from one table are brought to a multiple of `reads`, and to one at least; the rows that they
  /// gave to a multiple of `rows`, by taking a row of its kind apart as often as there were fewer.
  struct Step {
    bool is_scan;
    std::string_view table;
    std::size_t reads;
    std::size_t rows = 0;  ///< zero: taking one apart costs nothing worth it
    void (*take_apart)() = nullptr;
  };
  explicit SteadyView(const store::ReadView& view) : view_(view) {}
  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override;
  Result<std::vector<store::Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                       std::size_t limit) const override;
  /// Reads what is missing; every table that was read must have its step (Unsupported otherwise: a test would see it).
  Status even_out(std::span<const Step> steps) const;

 private:
  struct Count {
    std::size_t reads = 0, rows = 0;
  };
  const store::ReadView& view_;
  mutable std::map<std::pair<bool, std::string>, Count> counts_;
};

}  // namespace meterway::flow::answer
