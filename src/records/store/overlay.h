#pragma once
#include <map>

#include "records/store/store.h"

namespace meterway::store {

/// Changes on top of a view that is not changed: what would be, if they were made. Reading sees them; pour() makes
/// them, or they are forgotten with the object. So several changes of one write can be taken back one by one, and what
/// a change would do can be told without any write. The view outlives it. Errors: as the view's.
class Overlay final : public WriteView {
 public:
  explicit Overlay(const ReadView& under) : under_(under) {}
  Overlay(const Overlay&) = delete;  // one on another is laid on its ReadView
  Overlay& operator=(const Overlay&) = delete;

  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override;
  Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit) const override;
  Status put(std::string_view table, std::string_view key, std::string_view value) override;
  Status erase(std::string_view table, std::string_view key) override;
  Status append(std::string_view table, std::string_view key, std::string_view value) override;

  /// Makes all changes in `view`, which is what lies under it, and forgets them.
  Status pour(WriteView& view);

 private:
  /// What is known of a row: all of it, that it is gone, or what comes behind what lies under it.
  enum class Kind : std::uint8_t { Whole, Gone, Behind };
  struct Entry {
    Kind kind = Kind::Whole;
    std::string value;
  };
  using Table = std::map<std::string, Entry, std::less<>>;
  Result<std::optional<std::string>> seen(std::string_view table, const Row* under, const Entry& entry,
                                          std::string_view key) const;

  const ReadView& under_;
  std::map<std::string, Table, std::less<>> tables_;
};

}  // namespace meterway::store
