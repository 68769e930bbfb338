#pragma once
#include <array>
#include <optional>
#include <vector>

#include "field/device/state.h"

/// What a gas meter writes down: snapshots of registers and account, top-ups, payments of debt, and volumes by period.
///
/// Source:  GCS15b-e, GCS16a, GCS16b, GCS17, GCS18, GCS61. Capacities are what those use cases ask for at most: 31
/// days, 12
///          billing periods and changes, 5 top-ups, 10 payments, 731 days, thirteen months of half-hours, 41 samples.
/// Kept:    DeviceState::logs under gas/..., as log_book.h has it; volumes are worked out from the load profile and the
///          times in which nothing flowed.
namespace meterway::field {

/// Causes of snapshots: bits of ZigBee Smart Energy.
inline constexpr std::uint32_t kGasDaily = 0x0001, kGasBillingEnd = 0x0002, kGasTariffChange = 0x0008,
                               kGasModeChange = 0x4000;

struct GasSnapshot {
  UtcTime at{};
  std::uint32_t cause = 0;
  std::uint64_t total = 0;  ///< litres, as the next two
  std::array<std::uint64_t, 4> tiers{}, blocks{};
  std::int64_t accumulated_debt = 0, time_debt_1 = 0, time_debt_2 = 0, payment_debt = 0, emergency = 0, balance = 0;
};
/// The meter as it is.
GasSnapshot gas_snapshot(const DeviceState& state, std::uint32_t cause, UtcTime at);
void keep_gas_snapshot(DeviceState& state, const GasSnapshot& snapshot);
/// Those with any of the causes, oldest first.
std::vector<GasSnapshot> gas_snapshots(const DeviceState& state, std::uint32_t causes);

struct GasTopUp {
  UtcTime at{};
  std::int64_t amount = 0;
  Bytes token;
};
void keep_gas_top_up(DeviceState& state, const GasTopUp& top_up);
std::vector<GasTopUp> gas_top_ups(const DeviceState& state);

struct GasDebtPayment {
  UtcTime at{};
  std::int64_t amount = 0, outstanding = 0;
};
void keep_gas_debt_payment(DeviceState& state, const GasDebtPayment& payment);
std::vector<GasDebtPayment> gas_debt_payments(const DeviceState& state);

/// Volumes of periods that follow each other, each known by the moment at which it ends.
struct GasSampling {
  std::uint16_t id = 0;                ///< as commands name it: 0 half-hours, 1 days, 2 the network data log
  std::uint16_t interval_seconds = 0;  ///< as it is told: FFFF when it does not fit
  UtcTime first{};                     ///< end of the first period
  std::chrono::seconds period{};
  std::int64_t capacity = 0;  ///< the newest so many, or of the network data log the first
};
/// Nothing when there is no such log, or it was never started.
std::optional<GasSampling> gas_sampling(const DeviceState& state, std::uint16_t id, UtcTime now);
/// The ends that stand in the log.
struct GasSampleRange {
  std::int64_t begin = 0, end = 0;  ///< numbers of periods since `first`
};
GasSampleRange gas_samples(const GasSampling& sampling, UtcTime now);
inline constexpr const char* kGasSamplingStart = "0702/sampling_start";
inline constexpr const char* kGasSamplingInterval = "0702/sampling_interval";
inline constexpr const char* kGasSamplingCount = "0702/sampling_count";

}  // namespace meterway::field
