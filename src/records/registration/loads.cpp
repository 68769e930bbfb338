#include "records/registration/loads.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "records/registration/overlay.h"
#include "records/registration/tables.h"
#include "records/registry/names.h"
#include "records/registry/octets.h"

namespace meterway::registration {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kKinds[] = {"update", "refresh"};
constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kCounter = "counter";  // in kNumbers: the last number given

std::string number_key(std::uint32_t number) {
  wire::Writer out;
  return string_of(out.u32(number));
}
std::string load_key(std::string_view sender, std::uint64_t sequence) {
  wire::Writer out;
  out.bytes(bytes_of(sender)).u8(0).u64(sequence);
  return string_of(out);
}

std::string write_load(const Load& load) {
  wire::Writer out;
  out.u8(kFormat).u32(load.number).u8(static_cast<std::uint8_t>(load.kind)).u8(load.format).bytes(load.digest);
  out.u32(load.records).u32(load.rejected).u32(load.warned);
  out.u64(static_cast<std::uint64_t>(load.at.time_since_epoch().count())).u8(load.is_signed ? 1 : 0);
  return string_of(out.prefixed(bytes_of(load.name)).prefixed(bytes_of(load.by)));
}

Result<Load> read_load(std::string_view key, std::string_view row) {
  Load out;
  wire::Reader name(bytes_of(key));
  const auto end = key.find('\0');
  if (end == std::string_view::npos) return fail(ErrorCode::BadValue, 0, "load");
  out.sender = string_of(name.take(end, "sender"));
  name.expect({0}, "end of the sender");
  out.sequence = name.u64("sequence");
  METERWAY_CHECK(name.finish());
  wire::Reader in(bytes_of(row));
  in.expect({kFormat}, "format of a load");
  out.number = in.u32("number");
  out.kind = registry::read_enum(in, LoadKind::Refresh, "kind of load");
  out.format = in.u8("format of its file");
  const auto digest = in.take(out.digest.size(), "digest");
  std::copy(digest.begin(), digest.end(), out.digest.begin());
  out.records = in.u32("records");
  out.rejected = in.u32("rejected");
  out.warned = in.u32("warned");
  out.at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("at"))));
  out.is_signed = in.u8("signed") != 0;
  out.name = string_of(in.prefixed("name"));
  out.by = string_of(in.prefixed("by"));
  METERWAY_CHECK(in.finish());
  return out;
}

Status put_live(store::WriteView& view, const std::vector<Live>& live) {
  if (live.empty()) return view.erase(kLive, "");
  wire::Writer out;
  for (const auto& one : live) out.u32(one.load).u64(static_cast<std::uint64_t>(one.at.time_since_epoch().count()));
  return view.put(kLive, "", string_of(out));
}

/// One point: the staged row goes, its own takes what it said.
Status bring_in_point(store::WriteView& view, const Live& live, const store::Row& staged) {
  const auto load = live.load;
  METERWAY_TRY(const auto mpxn, Mpxn::from_key(std::string_view(staged.key).substr(4)));
  METERWAY_TRY(const auto operations, read_operations(staged.value));
  METERWAY_TRY(const auto row, view.get(kPoints, mpxn.key()));
  Point point{mpxn, {}, {}};
  if (row) {
    METERWAY_TRY(point, read_point(mpxn, *row));
  }
  std::vector<Was> was;
  apply(point, operations, load, &was, live.at);
  METERWAY_CHECK(view.put(kPoints, mpxn.key(), write_point(point)));
  for (const auto& one : was) METERWAY_CHECK(view.append(kWas, mpxn.key(), write_past(one)));
  // Of a source that says several things of an address the last counts: one change of its rows.
  std::map<std::uint8_t, std::optional<Address>> addresses;
  METERWAY_CHECK(apply_addresses(operations, load, [&](std::uint8_t source, const std::optional<Address>& now) {
    addresses[source] = now;
    return Status();
  }));
  for (const auto& [source, now] : addresses) METERWAY_CHECK(put_address(view, mpxn, source, now));
  METERWAY_CHECK(erase_staged_post_codes(view, load, mpxn, operations));
  return view.erase(kStaged, staged.key);
}

Status bring_in_load(store::Store& store, const Live& on, std::size_t batch) {
  const auto load = on.load;
  std::string from = number_key(load);
  const auto end = number_key(load + 1);
  for (bool more = true; more;) {
    const auto written = store.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto rows, view.scan(kStaged, from, end, batch));
      for (const auto& row : rows) METERWAY_CHECK(bring_in_point(view, on, row));
      more = rows.size() == batch;
      if (more) {
        from = rows.back().key + '\0';
        return {};
      }
      METERWAY_TRY(auto live, live_loads(view));
      std::erase_if(live, [&](const Live& one) { return one.load == load; });
      return put_live(view, live);
    });
    METERWAY_CHECK(written);
  }
  return {};
}

Status remove_all(store::Store& store, std::string_view table, std::size_t batch) {
  std::string from;
  for (bool more = true; more;) {
    const auto written = store.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto rows, view.scan(table, from, "", batch));
      for (const auto& row : rows) METERWAY_CHECK(view.erase(table, row.key));
      more = rows.size() == batch;
      if (more) from = rows.back().key + '\0';
      return {};
    });
    METERWAY_CHECK(written);
  }
  return {};
}

/// Staged rows and outcomes of numbers that no load has.
Status remove_leftovers(store::Store& store, std::size_t batch) {
  METERWAY_CHECK(remove_all(store, kStaged, batch));
  METERWAY_CHECK(remove_all(store, kStagedPostCodes, batch));
  // Outcomes: only the numbers given since the last load that came on can be without one.
  for (std::uint32_t number = 0;;) {
    bool done = false;
    const auto written = store.write([&](store::WriteView& view) -> Status {
      if (number == 0) {
        METERWAY_TRY(const auto last, view.get(kNumbers, kCounter));
        if (!last) return done = true, Status();
        wire::Reader in(bytes_of(*last));
        number = in.u32("number");
      }
      METERWAY_TRY(const auto load, load_of_number(view, number));
      if (load || number == 0) return done = true, Status();
      METERWAY_TRY(const auto rows, view.scan(kOutcomes, number_key(number), number_key(number + 1), batch));
      for (const auto& row : rows) METERWAY_CHECK(view.erase(kOutcomes, row.key));
      if (rows.size() < batch) done = --number == 0;
      return {};
    });
    METERWAY_CHECK(written);
    if (done) return {};
  }
}

}  // namespace

std::string_view to_string(LoadKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<std::optional<Load>> find_load(const store::ReadView& view, std::string_view sender, std::uint64_t sequence) {
  const auto key = load_key(sender, sequence);
  METERWAY_TRY(const auto row, view.get(kLoads, key));
  if (!row) return std::optional<Load>();
  METERWAY_TRY(auto load, read_load(key, *row));
  return std::optional<Load>(std::move(load));
}

Result<std::optional<Load>> load_of_number(const store::ReadView& view, std::uint32_t number) {
  METERWAY_TRY(const auto key, view.get(kNumbers, number_key(number)));
  if (!key) return std::optional<Load>();
  METERWAY_TRY(const auto row, view.get(kLoads, *key));
  if (!row) return std::optional<Load>();
  METERWAY_TRY(auto load, read_load(*key, *row));
  return std::optional<Load>(std::move(load));
}

Result<std::vector<Load>> loads_of(const store::ReadView& view, std::string_view sender, std::size_t limit) {
  METERWAY_TRY(const auto known, find_sender(view, sender));
  std::vector<Load> out;
  if (!known) return out;
  const auto first = known->next > limit ? known->next - limit : 0;
  METERWAY_TRY(const auto rows,
               view.scan(kLoads, load_key(sender, first), load_key(sender, ~std::uint64_t(0)), limit + 1));
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    METERWAY_TRY(auto load, read_load(row->key, row->value));
    out.push_back(std::move(load));
  }
  return out;
}

Result<std::vector<Outcome>> outcomes_of(const store::ReadView& view, std::uint32_t load, std::uint32_t from_line,
                                         std::size_t limit) {
  METERWAY_TRY(const auto rows,
               view.scan(kOutcomes, number_key(load) + number_key(from_line), number_key(load + 1), limit));
  std::vector<Outcome> out;
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(row.key).subspan(4));
    Outcome one;
    one.line = key.u32("line");
    METERWAY_CHECK(key.finish());
    wire::Reader in(bytes_of(row.value));
    one.rejected = in.u8("kind") != 0;
    one.point = string_of(in.prefixed("point"));
    one.code = string_of(in.prefixed("code"));
    one.reason = string_of(in.prefixed("reason"));
    METERWAY_CHECK(in.finish());
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::string> remove_outcomes(store::WriteView& view, const std::string& from, UtcTime before,
                                    std::size_t batch) {
  METERWAY_TRY(const auto rows, view.scan(kOutcomes, from, "", batch));
  std::uint32_t last = 0;
  bool goes = false;
  for (const auto& row : rows) {
    wire::Reader key(bytes_of(row.key));
    const auto number = key.u32("load");
    if (!key.ok()) return Unexpected{key.error()};
    if (number != last) {
      // A load that is not on yet has no row: its outcomes are being written.
      METERWAY_TRY(const auto load, load_of_number(view, number));
      goes = load && load->at < before;
      last = number;
      if (!goes) return number_key(number + 1);
    }
    METERWAY_CHECK(view.erase(kOutcomes, row.key));
  }
  return rows.size() == batch ? rows.back().key + '\0' : std::string();
}

Result<std::string> remove_flags(store::WriteView& view, const std::string& from, UtcTime before, std::size_t batch) {
  METERWAY_TRY(const auto rows, view.scan(kFlagBatches, from, "", 1));
  if (rows.empty()) return std::string();
  const auto& row = rows.front();
  wire::Reader in(bytes_of(row.value));
  (void)in.u8("format");
  (void)in.u8("format of its file");
  const auto at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("at"))));
  if (!in.ok()) return Unexpected{in.error()};
  const auto next = row.key + '\0';
  if (at >= before) return next;
  METERWAY_TRY(const auto answers, view.scan(kFlagAnswers, row.key, row.key + '\xff', batch));
  for (const auto& one : answers) METERWAY_CHECK(view.erase(kFlagAnswers, one.key));
  if (answers.size() == batch) return row.key;
  METERWAY_CHECK(view.erase(kFlagBatches, row.key));
  return next;
}

Result<std::uint32_t> next_load_number(store::WriteView& view) {
  METERWAY_TRY(const auto row, view.get(kNumbers, kCounter));
  std::uint32_t number = 0;
  if (row) {
    wire::Reader in(bytes_of(*row));
    number = in.u32("number");
    METERWAY_CHECK(in.finish());
  }
  if (number >= 0xFFFFFFF0) return fail(ErrorCode::Full, 0, "numbers of loads");
  METERWAY_CHECK(view.put(kNumbers, kCounter, number_key(number + 1)));
  return number + 1;
}

Result<bool> stage(store::WriteView& view, std::uint32_t load, LoadKind kind, std::uint8_t source, Mpxn mpxn,
                   const std::vector<Operation>& operations) {
  const auto key = number_key(load) + mpxn.key();
  METERWAY_TRY(const auto row, view.get(kStaged, key));
  std::string bytes;
  if (row) {
    METERWAY_TRY(const auto before, read_operations(*row));
    if (before.size() + operations.size() > kMostOperations) return false;
  } else if (kind == LoadKind::Refresh) {
    Operation clear{Operation::Kind::Clear};
    clear.entry.source = source;
    append_operation(bytes, clear);
  }
  for (const auto& one : operations) append_operation(bytes, one);
  if (bytes.empty()) return true;
  METERWAY_CHECK(put_staged_post_codes(view, load, mpxn, operations));
  METERWAY_CHECK(view.append(kStaged, key, bytes));
  return true;
}

Status unstage(store::WriteView& view, std::uint32_t load, Mpxn mpxn) {
  METERWAY_TRY(const auto operations, staged_operations(view, load, mpxn));
  METERWAY_CHECK(erase_staged_post_codes(view, load, mpxn, operations));
  return view.erase(kStaged, number_key(load) + mpxn.key());
}

Status put_outcome(store::WriteView& view, std::uint32_t load, const Outcome& outcome) {
  wire::Writer out;
  out.u8(outcome.rejected ? 1 : 0).prefixed(bytes_of(outcome.point)).prefixed(bytes_of(outcome.code));
  return view.put(kOutcomes, number_key(load) + number_key(outcome.line),
                  string_of(out.prefixed(bytes_of(outcome.reason))));
}

Status turn_on(store::WriteView& view, const Load& load) {
  METERWAY_TRY(auto sender, find_sender(view, load.sender));
  if (!sender || sender->next != load.sequence) return fail(ErrorCode::Conflict, 0, "sequence of the sender");
  ++sender->next;
  METERWAY_CHECK(put_sender(view, *sender));
  const auto key = load_key(load.sender, load.sequence);
  METERWAY_CHECK(view.put(kLoads, key, write_load(load)));
  METERWAY_CHECK(view.put(kNumbers, number_key(load.number), key));
  METERWAY_TRY(auto live, live_loads(view));
  live.push_back({load.number, load.at});
  return put_live(view, live);
}

Status bring_in(store::Store& store, std::size_t batch) {
  for (;;) {
    std::vector<Live> live;
    const auto written = store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(live, live_loads(view));
      return {};
    });
    METERWAY_CHECK(written);
    if (live.empty()) return remove_leftovers(store, batch);
    METERWAY_CHECK(bring_in_load(store, live.front(), batch));
  }
}

}  // namespace meterway::registration
