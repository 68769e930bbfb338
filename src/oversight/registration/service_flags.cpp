#include "oversight/registration/service_flags.h"

#include <algorithm>
#include <map>

#include "base/wire/reader.h"
#include "oversight/registration/signature.h"
#include "records/registration/tables.h"
#include "records/registry/octets.h"
#include "standard/calendar/civil_time.h"

namespace meterway::registration {
namespace {

using registry::bytes_of;
using registry::string_of;

struct FlagRow {
  std::string_view state;
  char flag;
  Date from, to;
  std::string_view how_sure;
};
constexpr Date day(int year, unsigned month, unsigned number) {
  return Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)));
}

#include "oversight/registration/flags.inc"

constexpr std::string_view kTold = "registration-flag", kOut = kFlagBatches, kAnswers = kFlagAnswers;
constexpr std::string_view kAnswerNames[] = {"none", "accepted", "rejected"};
constexpr std::uint8_t kBatchFormat = 1;
constexpr std::size_t kPage = 1000, kRecordBytes = Mpxn::kKeyBytes + 6;
constexpr std::string_view kNoMeter = "none";

std::string batch_key(std::string_view sender, std::uint64_t sequence) {
  wire::Writer out;
  return string_of(out.bytes(bytes_of(sender)).u8(0).u64(sequence));
}

/// What one sender was told says nothing of another, who may speak of the same point.
std::string told_key(std::string_view sender, std::string_view point) {
  wire::Writer out;
  return string_of(out.bytes(bytes_of(sender)).u8(0).bytes(bytes_of(point)));
}

std::string write_row(const FlagBatch& batch) {
  wire::Writer out;
  out.u8(kBatchFormat).u8(static_cast<std::uint8_t>(batch.format));
  out.u64(static_cast<std::uint64_t>(batch.at.time_since_epoch().count()));
  for (const auto& one : batch.records) {
    out.bytes(bytes_of(one.mpxn.key())).u8(static_cast<std::uint8_t>(one.flag));
    out.u32(static_cast<std::uint64_t>(one.from.time_since_epoch().count())).u8(static_cast<std::uint8_t>(one.answer));
  }
  return string_of(out);
}

Result<FlagBatch> read_row(std::string_view sender, std::uint64_t sequence, std::string_view row) {
  FlagBatch out{std::string(sender), sequence, {}, {}, {}};
  wire::Reader in(bytes_of(row));
  in.expect({kBatchFormat}, "format of a batch");
  out.format = registry::read_enum(in, Format::Message, "format of its file");
  out.at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("at"))));
  out.records.reserve(in.left() / kRecordBytes);
  while (in.ok() && !in.empty()) {
    FlagRecord one;
    METERWAY_TRY(one.mpxn, Mpxn::from_key(string_of(in.take(Mpxn::kKeyBytes, "point"))));
    one.flag = static_cast<char>(in.u8("flag"));
    one.from = Date(std::chrono::days(in.u32("day")));
    one.answer = registry::read_enum(in, Answer::Rejected, "answer");
    out.records.push_back(one);
  }
  METERWAY_CHECK(in.finish());
  return out;
}

std::string_view code_of(Format format) {
  return format == Format::Electricity ? "DC01" : format == Format::Gas ? "E46" : "FLG";
}

/// [from, to) of the keys that a sender is told of.
std::vector<std::pair<std::string, std::string>> ranges_of(const Sender& sender, Date on) {
  const auto* source = find_source(sender.source, on);
  std::vector<std::pair<std::string, std::string>> out;
  const std::string electricity(1, '\0'), gas(1, '\1'), end(1, '\2');
  if (source != nullptr && source->electricity) {
    for (const auto& network : sender.networks) {
      const auto first = std::stoull(network) * 10'000'000'000ull;
      const auto after = network == "99" ? gas : Mpxn::mpan(first + 10'000'000'000ull).key();
      out.emplace_back(Mpxn::mpan(first).key(), after);
    }
    if (sender.networks.empty()) out.emplace_back(electricity, gas);
  }
  if (source != nullptr && source->gas) out.emplace_back(gas, end);
  return out;
}

Format format_of(const Sender& sender, Date on) {
  if (sender.route == Route::Message) return Format::Message;
  const auto* source = find_source(sender.source, on);
  return source != nullptr && source->electricity && !source->gas   ? Format::Electricity
         : source != nullptr && source->gas && !source->electricity ? Format::Gas
                                                                    : Format::Message;
}

/// Of one page of points, those whose flag the sender is to be told. Gives the key to go on from, empty at the end.
Result<std::string> look_at(const store::ReadView& view, const std::string& sender, const std::string& from,
                            const std::string& to, bool all, Date on, FlagRun& run, std::vector<FlagRecord>& out) {
  METERWAY_TRY(const auto points, points_from(view, from, to, kPage));
  for (const auto& point : points) {
    ++run.points;
    METERWAY_TRY(const char flag, flag_at(view, point.mpxn, on));
    if (flag == '-') continue;
    METERWAY_TRY(const auto told, view.get(kTold, told_key(sender, point.mpxn.key())));
    if (all || !told || told->empty() || told->front() != flag) out.push_back({point.mpxn, flag, on, Answer::None});
  }
  return points.size() < kPage ? std::string() : points.back().mpxn.key() + '\0';
}

Status keep(store::WriteView& view, const std::string& id, FlagBatch& batch) {
  METERWAY_TRY(auto sender, find_sender(view, id));
  if (!sender) return fail(ErrorCode::NotFound, 0, "sender");
  batch.sender = id;
  batch.sequence = sender->next_out++;
  batch.format = format_of(*sender, calendar::civil_day(batch.at));
  METERWAY_CHECK(put_sender(view, *sender));
  for (const auto& one : batch.records) {
    wire::Writer told;
    told.u8(static_cast<std::uint8_t>(one.flag)).u64(batch.sequence);
    METERWAY_CHECK(view.put(kTold, told_key(id, one.mpxn.key()), string_of(told)));
  }
  return view.put(kOut, batch_key(id, batch.sequence), write_row(batch));
}

}  // namespace

std::string_view to_string(Answer answer) { return kAnswerNames[static_cast<std::size_t>(answer)]; }

char flag_of(const std::vector<registry::DeviceState>& meters, Date on) {
  for (const auto& row : kFlags) {
    if (on < row.from || on >= row.to) continue;
    if (row.state == kNoMeter) return meters.empty() ? row.flag : '-';
    const bool fits = std::any_of(meters.begin(), meters.end(),
                                  [&](registry::DeviceState one) { return registry::to_string(one) == row.state; });
    if (fits) return row.flag;
  }
  return '-';
}

Result<char> flag_at(const store::ReadView& view, Mpxn mpxn, Date on) {
  METERWAY_TRY(const auto devices, registry::devices_with(view, registry::DeviceProperty::MeteringPoint, mpxn.text()));
  std::vector<registry::DeviceState> meters;
  for (const auto& one : devices) {
    if (one.type == DeviceType::ESME || one.type == DeviceType::GSME) meters.push_back(one.state);
  }
  return flag_of(meters, on);
}

Result<FlagRun> make_flags(store::Store& store, std::string_view id, bool all, UtcTime now) {
  FlagRun run;
  std::optional<Sender> sender;
  const auto found = store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(sender, find_sender(view, id));
    return {};
  });
  METERWAY_CHECK(found);
  if (!sender) return fail(ErrorCode::NotFound, 0, "sender");
  const auto on = calendar::civil_day(now);
  FlagBatch batch;
  const auto flush = [&]() -> Status {
    if (batch.records.empty()) return {};
    batch.at = now;
    auto kept = store.write([&](store::WriteView& view) { return keep(view, sender->id, batch); });
    METERWAY_CHECK(kept);
    run.sequences.push_back(batch.sequence);
    run.records += batch.records.size();
    batch.records.clear();
    return {};
  };
  for (const auto& range : ranges_of(*sender, on)) {
    for (std::string from = range.first; !from.empty();) {
      const auto looked = store.read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(from, look_at(view, sender->id, from, range.second, all, on, run, batch.records));
        return {};
      });
      METERWAY_CHECK(looked);
      if (batch.records.size() + kPage > kMostFlagRecords) METERWAY_CHECK(flush());
    }
  }
  METERWAY_CHECK(flush());
  return run;
}

Result<std::optional<FlagBatch>> find_batch(const store::ReadView& view, std::string_view sender,
                                            std::uint64_t sequence) {
  METERWAY_TRY(const auto row, view.get(kOut, batch_key(sender, sequence)));
  if (!row) return std::optional<FlagBatch>();
  METERWAY_TRY(auto batch, read_row(sender, sequence, *row));
  return std::optional<FlagBatch>(std::move(batch));
}

std::string write_batch(const FlagBatch& batch) {
  FileWriter out({batch.format, "flags", batch.sender, batch.sequence, true}, batch.at);
  for (const auto& one : batch.records)
    out.line(code_of(batch.format), {one.mpxn.text(), std::string(1, one.flag), calendar::to_compact(one.from)});
  return out.finish();
}

Result<FlagBatch> read_batch(const Content& content, Broken& broken) {
  FlagBatch out;
  const auto begin = [&](const Head& head) {
    out.sender = head.sender;
    out.sequence = head.sequence;
    out.format = head.format;
    return head.kind == "flags" ? Status() : Status(fail(ErrorCode::BadValue, 0, "kind"));
  };
  const auto take = [&](const Line& line) -> Status {
    if (line.code != code_of(out.format) || line.fields.size() != 3 || line.fields[1].size() != 1)
      return fail(ErrorCode::BadValue, line.number, "record of flags");
    METERWAY_TRY(const auto mpxn, Mpxn::parse(line.fields[0]));
    METERWAY_TRY(const auto from, calendar::parse_compact_date(line.fields[2]));
    out.records.push_back({mpxn, line.fields[1][0], from, Answer::None});
    return {};
  };
  const auto file = read_file(content, begin, take, broken);
  if (!file) return Unexpected{file.error()};
  return out;
}

Result<Answered> take_answer(store::Store& store, const IncomingAnswer& incoming,
                             const std::function<bool(const std::string&)>& may, Broken& broken) {
  Answered out;
  struct Reason {
    std::string code, words;
  };
  std::map<std::string, Reason> rejected;  // by key of the point
  const auto read = read_file(
      incoming.content,
      [&](const Head& head) -> Status {
        if (head.kind != "response" || head.is_ours) return fail(ErrorCode::BadRequest, 0, "no response to the DCC");
        out.sender = head.sender;
        out.sequence = head.sequence;
        return may(head.sender) ? Status() : Status(fail(ErrorCode::Refused, 0, "another party's sender"));
      },
      [&](const Line& line) -> Status {
        if (line.code != "RJ") return {};
        if (line.fields.size() != 4) return fail(ErrorCode::BadRequest, line.number, "record RJ");
        METERWAY_TRY(const auto mpxn, Mpxn::parse(line.fields[1]));
        if (rejected.size() >= kMostFlagRecords) return fail(ErrorCode::TooLarge, line.number, "records RJ");
        rejected[mpxn.key()] = {line.fields[2].substr(0, 40), line.fields[3].substr(0, 200)};
        return {};
      },
      broken);
  if (!read) return Unexpected{read.error()};
  std::optional<Sender> sender;
  const auto found = store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(sender, find_sender(view, out.sender));
    return {};
  });
  METERWAY_CHECK(found);
  if (!sender) return fail(ErrorCode::NotFound, 0, "sender");
  const auto checked = check_as_set(incoming.content, read->digest, incoming.signature, *sender, incoming.now);
  if (!checked) {
    broken.why = checked.error();
    return fail(ErrorCode::Refused, 0, "signature");
  }
  const auto done = store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto batch, find_batch(view, out.sender, out.sequence));
    if (!batch) return fail(ErrorCode::NotFound, 0, "batch of flags");
    std::size_t named = 0;
    bool is_new = false;
    const auto key = batch_key(out.sender, out.sequence);
    for (auto& one : batch->records) {
      const auto reason = rejected.find(one.mpxn.key());
      const auto answer = reason == rejected.end() ? Answer::Accepted : Answer::Rejected;
      if (one.answer != Answer::None && one.answer != answer) return fail(ErrorCode::Conflict, 0, "answer to flags");
      is_new = is_new || one.answer == Answer::None;
      one.answer = answer;
      (answer == Answer::Rejected ? out.rejected : out.accepted)++;
      if (reason != rejected.end()) ++named;
    }
    if (named != rejected.size()) return fail(ErrorCode::BadRequest, 0, "a point that the batch does not have");
    if (!is_new) return {};
    for (const auto& [point, reason] : rejected) {
      wire::Writer row;
      row.prefixed(bytes_of(reason.code)).prefixed(bytes_of(reason.words));
      METERWAY_CHECK(view.put(kAnswers, key + point, string_of(row)));
      METERWAY_CHECK(
          view.erase(kTold, told_key(out.sender, point)));  // it has not taken it: it is told again with the next run
    }
    return view.put(kOut, key, write_row(*batch));
  });
  METERWAY_CHECK(done);
  return out;
}

}  // namespace meterway::registration
