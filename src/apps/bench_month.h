#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <queue>
#include <string>
#include <vector>

#include "base/util/random.h"
#include "records/store/event_log.h"
#include "standard/ids/ids.h"

namespace meterway::apps {

/// What whoever wrote the events knows of them: the count that a report must come to.
struct MonthTruth {
  std::uint64_t events = 0;  ///< of the month
  std::uint64_t sent = 0;
  std::uint64_t on_demand_owed = 0, on_demand_in_time = 0;
  std::uint64_t dated_owed = 0, dated_in_time = 0;
  std::uint64_t alerts_owed = 0, alerts_in_time = 0;
};

/// Traffic as the road writes it: the same steps, keys and calls, each call when it happens, so that those of many
/// requests lie between each other. Readings, answers of the DCC's own, critical requests in their two stages, dated
/// ones, refusals, alerts; some answers late, some missing. The same for a seed. Sharing: one thread.
class BenchMonth {
 public:
  static constexpr std::size_t kUsers = 60, kHomes = 5000, kDevicesOfHome = 4;

  struct Plan {
    UtcTime begin, end;
    std::uint64_t events;        ///< of these days, about
    std::uint64_t first_number;  ///< counters go on from here
    bool tail;                   ///< some days more, with little in them, so that the month can be told to be over
    std::uint64_t seed;
  };
  explicit BenchMonth(const Plan& plan);

  /// Devices with their hubs and the hubs' regions.
  static Status put_inventory(store::WriteView& view, std::size_t first_home, std::size_t homes);
  /// The next calls, some `calls`. False when all has been written.
  Result<bool> write(store::WriteView& view, std::size_t calls);
  const MonthTruth& truth() const { return truth_; }

  static Eui64 user(std::size_t number);
  static std::string_view service(std::size_t number);
  static std::size_t services();

 private:
  enum class What : std::uint8_t { Reading, Dated, OwnAnswer, Critical, Refused, Alert };
  enum class Stage : std::uint8_t { Asked, Signed, Answered, Delivered };
  struct Call {
    UtcTime at;
    std::uint64_t number;
    What what;
    Stage stage;
    std::uint16_t user, service;
    std::uint32_t device;
    UtcTime delivered, due;  ///< when it will be; the date that the User named
    bool operator>(const Call& other) const { return std::pair(at, number) > std::pair(other.at, other.number); }
  };
  using Events = std::vector<store::Event>;

  UtcTime start_of(std::uint64_t happening) const;
  Call begun(std::uint64_t happening);
  Status append(store::WriteView& view, const Call& call);
  /// What comes after it.
  void go_on(Call call);
  void accepted(Call call);
  bool in_month(UtcTime time) const { return time < plan_.end; }
  std::chrono::microseconds between(std::chrono::microseconds least, std::chrono::microseconds most);
  std::uint64_t chance(std::uint64_t of) { return random_.next_u64() % of; }

  const Plan plan_;
  SeededRandom random_;
  const std::uint64_t happenings_, all_;
  std::uint64_t next_ = 0;
  std::priority_queue<Call, std::vector<Call>, std::greater<>> calls_;
  MonthTruth truth_;
};

}  // namespace meterway::apps
