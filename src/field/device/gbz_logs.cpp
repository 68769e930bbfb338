#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/device/gas_logs.h"
#include "field/device/gbz_rules.h"
#include "field/device/log_book.h"
#include "field/device/logs.h"

/// Reading what a gas meter has written down. Periods include both ends; what is not there is answered "not found".
namespace meterway::field {
namespace {

using gbcs::gbz::ZigbeeTime;

UtcTime time_in(const GbzCall& call, std::string_view field) {
  return ZigbeeTime{static_cast<std::uint32_t>(call.number(field))}.utc();
}

std::uint32_t wire_time(UtcTime time) { return ZigbeeTime::from(time).seconds; }
std::uint64_t wire_money(std::int64_t money) { return static_cast<std::uint32_t>(money); }

/// Which of the snapshots is meant: the one that `offset` others of the period and the causes precede. How many are
/// found is, as the reference meter counts, how many of the causes there are at all.
GbzAnswers give_snapshot(const GbzCall& call, void (*write)(wire::Writer&, const GasSnapshot&)) {
  const auto all = gas_snapshots(call.state, static_cast<std::uint32_t>(call.number("cause")));
  const UtcTime from = time_in(call, "earliest_start"), to = time_in(call, "latest_end");
  auto offset = call.number("offset");
  for (const auto& s : all) {
    if (s.at < from || s.at > to || offset-- > 0) continue;
    wire::Writer out;
    out.u32_le(static_cast<std::uint64_t>(call.number("offset"))).u32_le(wire_time(s.at)).u8(all.size());
    out.u8(0).u8(1).u32_le(s.cause);  // command 0 of 1
    write(out, s);
    return gbz_answer(call, out.take());
  }
  return gbz_status(call, GbzStatus::NotFound);
}

void write_registers(wire::Writer& out, const GasSnapshot& s) {
  constexpr std::uint8_t kTiersAndBlocks = 6, kFour = 4, kOneTierFourBlocks = 0x14;
  out.u8(kTiersAndBlocks).u48_le(s.total).u8(kFour);
  for (const auto litres : s.tiers) out.u48_le(litres);
  out.u8(kOneTierFourBlocks);
  for (const auto litres : s.blocks) out.u48_le(litres);
}

void write_account(wire::Writer& out, const GasSnapshot& s) {
  out.u8(0);
  for (const auto money : {s.accumulated_debt, s.time_debt_1, s.time_debt_2, s.payment_debt, s.emergency, s.balance})
    out.u32_le(wire_money(money));
}

GbzAnswers get_snapshot(const GbzCall& call) { return give_snapshot(call, write_registers); }
GbzAnswers get_prepay_snapshot(const GbzCall& call) { return give_snapshot(call, write_account); }

/// One at a time; FFFF while one runs.
GbzAnswers start_sampling(const GbzCall& call) {
  constexpr std::uint16_t kNetworkDataLog = 2, kBusy = 0xFFFF;
  const auto start = kept_number(call.state, kGasSamplingStart);
  const auto length = kept_number(call.state, kGasSamplingInterval).value_or(0) *
                      kept_number(call.state, kGasSamplingCount).value_or(0);
  const bool runs = start && static_cast<std::int64_t>(wire_time(call.now)) < *start + length;
  if (runs || call.number("interval_seconds") == 0) return gbz_answer(call, wire::Writer().u16_le(kBusy).take());
  const auto wanted = call.number("start");
  keep_number(call.state, kGasSamplingStart, wanted == 0 ? static_cast<std::int64_t>(wire_time(call.now)) : wanted);
  keep_number(call.state, kGasSamplingInterval, call.number("interval_seconds"));
  keep_number(call.state, kGasSamplingCount, call.number("maximum_samples"));
  return gbz_answer(call, wire::Writer().u16_le(kNetworkDataLog).take());
}

/// Litres of each period that ends at or after `earliest`.
GbzAnswers get_samples(const GbzCall& call) {
  const auto sampling = gas_sampling(call.state, static_cast<std::uint16_t>(call.number("sample_id")), call.now);
  const LoadProfile* profile = call.context->profile;
  if (!sampling || profile == nullptr) return gbz_status(call, GbzStatus::NotFound);
  auto range = gas_samples(*sampling, call.now);
  const UtcTime earliest = time_in(call, "earliest");
  if (earliest > sampling->first) {
    const auto skipped =
        (earliest - sampling->first + sampling->period - std::chrono::microseconds(1)) / sampling->period;
    range.begin = std::max<std::int64_t>(range.begin, skipped);
  }
  // What is asked for is a period, of which the log may not have the beginning.
  const UtcTime last = earliest + sampling->period * (call.number("number_of_samples") - 1);
  const UtcTime begin = sampling->first + sampling->period * range.begin;
  std::int64_t count = std::min(range.end - range.begin, call.number("number_of_samples"));
  if (sampling->id != 2 && last >= begin) count = std::min<std::int64_t>(count, (last - begin) / sampling->period + 1);
  if (count <= 0 || (sampling->id != 2 && last < begin)) return gbz_status(call, GbzStatus::NotFound);
  wire::Writer out;
  out.u16_le(sampling->id).u32_le(wire_time(begin)).u8(0).u16_le(sampling->interval_seconds);
  out.u16_le(static_cast<std::uint64_t>(count));
  constexpr std::uint64_t kMost = 0xFFFFFF;
  for (std::int64_t i = 0; i < count; ++i) {
    const UtcTime end = begin + sampling->period * i;
    out.u24_le(std::min(drawn_milli(*profile, call.state.idle, end - sampling->period, end) / 1000, kMost));
  }
  return gbz_answer(call, out.take());
}

UtcTime component_from(const GbzCall& call) { return call.request.from.value_or(ZigbeeTime{}).utc(); }

/// The newest first.
GbzAnswers get_top_ups(const GbzCall& call) {
  auto all = gas_top_ups(call.state);
  std::reverse(all.begin(), all.end());
  const UtcTime from = component_from(call), to = time_in(call, "latest_end");
  auto left = call.number("number_of_records");
  wire::Writer out;
  out.u8(0).u8(1);
  const auto before = out.size();
  for (const auto& t : all) {
    if (t.at < from || t.at > to || left-- <= 0) continue;
    out.u8(t.token.size()).bytes(t.token).u32_le(wire_money(t.amount)).u32_le(wire_time(t.at));
  }
  return out.size() == before ? gbz_status(call, GbzStatus::NotFound) : gbz_answer(call, out.take());
}

/// Payments of the payment-based debt, type 2: the only ones that are written down.
GbzAnswers get_debts(const GbzCall& call) {
  constexpr std::int64_t kPaymentDebt = 2;
  const UtcTime from = component_from(call), to = time_in(call, "latest_end");
  auto left = call.number("debt_type") == kPaymentDebt ? call.number("number_of_debts") : 0;
  wire::Writer out;
  out.u8(0).u8(1);
  const auto before = out.size();
  for (const auto& p : gas_debt_payments(call.state)) {
    if (p.at < from || p.at > to || left-- <= 0) continue;
    out.u32_le(wire_time(p.at)).u32_le(wire_money(p.amount)).u8(kPaymentDebt).u32_le(wire_money(p.outstanding));
  }
  return out.size() == before ? gbz_status(call, GbzStatus::NotFound) : gbz_answer(call, out.take());
}

constexpr std::int64_t kEventLog = 3, kSecurityLog = 4;  // as ZigBee numbers logs

const LogRow* log_of(DeviceType device, std::int64_t number) {
  constexpr std::uint16_t kProfile = 7;
  return find_log(device, kProfile, {0, 0, 99, 98, static_cast<std::uint8_t>(number == kEventLog ? 0 : 1), 255});
}

GbzAnswers get_event_log(const GbzCall& call) {
  const auto log = call.number("control_and_log") & 0x0F;
  const LogRow* row = log == kEventLog || log == kSecurityLog ? log_of(call.device, log) : nullptr;
  if (row == nullptr) return gbz_status(call, GbzStatus::NotFound);
  const UtcTime from = time_in(call, "start"), to = time_in(call, "end");
  const auto wanted = call.number("event_id"), most = call.number("number_of_events");
  auto skip = call.number("offset");
  std::uint16_t matching = 0;
  wire::Writer events;
  each_entry(call.state.logs[row->key().text()], [&](ByteView entry) {
    wire::Reader in(entry);
    const UtcTime at = log_time(in.u32("time"));
    const std::uint16_t code = in.u16("code");
    const ByteView other = in.empty() ? ByteView() : in.prefixed("other");
    if (!in.ok() || at < from || at > to || (wanted != 0 && wanted != code)) return;
    ++matching;
    if (skip-- > 0 || (most != 0 && matching > call.number("offset") + most)) return;
    events.u8(static_cast<std::uint64_t>(log)).u16_le(code).u32_le(wire_time(at)).u8(other.size()).bytes(other);
  });
  if (matching == 0) return gbz_status(call, GbzStatus::NotFound);
  return gbz_answer(call, wire::Writer().u16_le(matching).u8(0).u8(1).u8(0).bytes(events.view()).take());
}

/// The event log alone: nobody empties the security log.
GbzAnswers clear_event_log(const GbzCall& call) {
  const auto log = call.number("log_id") & 0x0F;
  const LogRow* row = log == kEventLog || log == 0 ? log_of(call.device, kEventLog) : nullptr;
  if (row != nullptr && row->clears) call.state.logs.erase(row->key().text());
  return gbz_answer(call, {static_cast<std::uint8_t>(row != nullptr && row->clears ? 1u << kEventLog : 0u)});
}

constexpr GbzRuleRow kLogRules[] = {
    {"get_snapshot", get_snapshot},     {"get_prepay_snapshot", get_prepay_snapshot},
    {"start_sampling", start_sampling}, {"get_samples", get_samples},
    {"get_top_ups", get_top_ups},       {"get_debts", get_debts},
    {"get_event_log", get_event_log},   {"clear_event_log", clear_event_log},
};

}  // namespace

std::span<const GbzRuleRow> gbz_log_rules() { return kLogRules; }

}  // namespace meterway::field
