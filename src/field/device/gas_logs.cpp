#include "field/device/gas_logs.h"

#include <algorithm>
#include <optional>

#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/device/gbz_model.h"
#include "field/device/log_book.h"
#include "field/device/logs.h"

namespace meterway::field {
namespace {

using std::chrono::seconds;

struct SnapshotLog {
  const char* key;
  std::uint32_t causes;
  std::size_t capacity;
};
constexpr SnapshotLog kSnapshotLogs[] = {
    {"gas/daily", kGasDaily, 31},
    {"gas/billing", kGasBillingEnd, 12},
    {"gas/change", ~(kGasDaily | kGasBillingEnd), 12},
};
constexpr const char *kTopUps = "gas/top_up", *kDebtPayments = "gas/debt";
constexpr std::size_t kMostTopUps = 5, kMostDebtPayments = 10;

/// Calls `use` with a reader of each entry of the book under that key.
template <class Use>
void read_book(const DeviceState& state, const char* key, Use use) {
  const auto book = state.logs.find(key);
  if (book == state.logs.end()) return;
  each_entry(book->second, [&](ByteView entry) {
    wire::Reader in(entry);
    use(in);
  });
}

std::int64_t signed_number(wire::Reader& in) { return static_cast<std::int32_t>(in.u32("money")); }

}  // namespace

GasSnapshot gas_snapshot(const DeviceState& state, std::uint32_t cause, UtcTime at) {
  const Registers& r = state.registers;
  const Account& a = state.account;
  GasSnapshot out{at,
                  cause,
                  r.import_milli / 1000,
                  {},
                  {},
                  a.accumulated_debt,
                  a.time_debt[0],
                  a.time_debt[1],
                  a.payment_debt,
                  a.emergency_left,
                  r.balance};
  for (std::size_t i = 0; i < out.tiers.size(); ++i) {
    out.tiers[i] = r.tariff_milli[i] / 1000;
    out.blocks[i] = r.block_milli[i] / 1000;
  }
  return out;
}

// time:4 cause:4 total:6 tiers:4x6 blocks:4x6 money:6x4
void keep_gas_snapshot(DeviceState& state, const GasSnapshot& s) {
  wire::Writer out;
  out.u32(log_seconds(s.at)).u32(s.cause).number(s.total, 6);
  for (const auto litres : s.tiers) out.number(litres, 6);
  for (const auto litres : s.blocks) out.number(litres, 6);
  for (const auto money : {s.accumulated_debt, s.time_debt_1, s.time_debt_2, s.payment_debt, s.emergency, s.balance})
    out.u32(static_cast<std::uint32_t>(money));
  for (const auto& log : kSnapshotLogs) {
    if ((log.causes & s.cause) != 0) append_entry(state.logs[log.key], out.view(), log.capacity);
  }
}

std::vector<GasSnapshot> gas_snapshots(const DeviceState& state, std::uint32_t causes) {
  std::vector<GasSnapshot> out;
  for (const auto& log : kSnapshotLogs) {
    if ((log.causes & causes) == 0) continue;
    read_book(state, log.key, [&](wire::Reader& in) {
      GasSnapshot s;
      s.at = log_time(in.u32("time"));
      s.cause = in.u32("cause");
      s.total = in.number(6, "total");
      for (auto& litres : s.tiers) litres = in.number(6, "tier");
      for (auto& litres : s.blocks) litres = in.number(6, "block");
      for (auto* money :
           {&s.accumulated_debt, &s.time_debt_1, &s.time_debt_2, &s.payment_debt, &s.emergency, &s.balance})
        *money = signed_number(in);
      if (in.ok() && (s.cause & causes) != 0) out.push_back(s);
    });
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

void keep_gas_top_up(DeviceState& state, const GasTopUp& t) {
  wire::Writer out;
  out.u32(log_seconds(t.at)).u32(static_cast<std::uint32_t>(t.amount)).prefixed(t.token);
  append_entry(state.logs[kTopUps], out.view(), kMostTopUps);
}

std::vector<GasTopUp> gas_top_ups(const DeviceState& state) {
  std::vector<GasTopUp> out;
  read_book(state, kTopUps, [&](wire::Reader& in) {
    GasTopUp t;
    t.at = log_time(in.u32("time"));
    t.amount = signed_number(in);
    const ByteView token = in.prefixed("token");
    t.token.assign(token.begin(), token.end());
    if (in.ok()) out.push_back(std::move(t));
  });
  return out;
}

void keep_gas_debt_payment(DeviceState& state, const GasDebtPayment& p) {
  wire::Writer out;
  out.u32(log_seconds(p.at)).u32(static_cast<std::uint32_t>(p.amount)).u32(static_cast<std::uint32_t>(p.outstanding));
  append_entry(state.logs[kDebtPayments], out.view(), kMostDebtPayments);
}

std::vector<GasDebtPayment> gas_debt_payments(const DeviceState& state) {
  std::vector<GasDebtPayment> out;
  read_book(state, kDebtPayments, [&](wire::Reader& in) {
    const UtcTime at = log_time(in.u32("time"));
    const auto amount = signed_number(in), outstanding = signed_number(in);
    if (in.ok()) out.push_back({at, amount, outstanding});
  });
  return out;
}

std::optional<GasSampling> gas_sampling(const DeviceState& state, std::uint16_t id, UtcTime now) {
  constexpr std::int64_t kThirteenMonths = 19'056, kTwoYears = 731;
  const auto aligned = [&](seconds period) {  // the first end that a clock shows after the meter began
    return UtcTime((std::chrono::floor<seconds>(state.commissioned).time_since_epoch() / period + 1) * period);
  };
  if (id == 0) return GasSampling{0, 1800, aligned(seconds(1800)), seconds(1800), kThirteenMonths};
  if (id == 1) return GasSampling{1, 0xFFFF, aligned(seconds(86400)), seconds(86400), kTwoYears};
  const auto start = kept_number(state, kGasSamplingStart), interval = kept_number(state, kGasSamplingInterval);
  if (id != 2 || !start || !interval || *interval <= 0) return std::nullopt;
  const UtcTime first = gbcs::gbz::ZigbeeTime{static_cast<std::uint32_t>(*start)}.utc();
  if (first > now) return std::nullopt;
  return GasSampling{2, static_cast<std::uint16_t>(*interval), first, seconds(*interval),
                     kept_number(state, kGasSamplingCount).value_or(0)};
}

GasSampleRange gas_samples(const GasSampling& s, UtcTime now) {
  if (now < s.first) return {};
  const std::int64_t past = (now - s.first) / s.period + 1;
  if (s.id == 2) return {0, std::min(past, s.capacity)};
  return {std::max<std::int64_t>(past - s.capacity, 0), past};
}

}  // namespace meterway::field
