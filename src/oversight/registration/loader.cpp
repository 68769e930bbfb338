#include "oversight/registration/loader.h"

#include <algorithm>

#include "oversight/registration/signature.h"
#include "records/audit/log.h"

namespace meterway::registration {
namespace {

NotTaken not_taken(const Error& error) { return {error.code, describe(error), {}}; }
NotTaken not_taken(ErrorCode code, std::string why) { return {code, std::move(why), {}}; }

audit::Entry line_of(const Incoming& incoming, std::string about, std::string outcome, std::string detail,
                     UtcTime now) {
  audit::Entry out;
  out.at = now;
  out.person = incoming.by.id;
  out.party = incoming.by.party;
  out.function = "registration.files.take";
  out.about = std::move(about);
  out.outcome = std::move(outcome);
  out.rule = "E";
  out.detail = std::move(detail);
  return out;
}

std::string point_of(const Line& line) { return line.fields.empty() ? std::string() : line.fields[0].substr(0, 20); }

Status changed(Broken& broken) {
  broken.why = "the file changed while it was read";
  return fail(ErrorCode::BadRequest, 0, "file");
}

}  // namespace

/// What the first reading finds out.
struct Loader::Look {
  ReadFile file;
  Sender sender;
  std::optional<Load> before;  ///< the load that has this number
};

Result<Loader::Look, NotTaken> Loader::look_at(const Incoming& incoming) {
  Broken broken;
  std::optional<Sender> sender;
  NotTaken why;
  // Whom it comes from is asked as soon as it is known: nobody else's file is read to its end.
  const auto file = read_file(
      incoming.content,
      [&](const Head& head) -> Status {
        if (head.is_ours || (head.kind != "refresh" && head.kind != "update")) {
          why = not_taken(ErrorCode::BadRequest, "a file of kind " + head.kind + " is no load");
          return fail(ErrorCode::BadRequest);
        }
        const auto read = store_.read([&](const store::ReadView& view) -> Status {
          METERWAY_TRY(sender, find_sender(view, head.sender));
          return {};
        });
        METERWAY_CHECK(read);
        if (!sender) why = not_taken(ErrorCode::NotFound, "there is no sender " + head.sender);
        if (sender && !incoming.by.is_operator && sender->party != incoming.by.party)
          why = not_taken(ErrorCode::Refused, head.sender + " is another party's");
        if (sender && !why.why.empty()) sender.reset();
        return sender ? Status() : Status(fail(why.code));
      },
      [](const Line&) { return Status(); }, broken);
  if (!file) {
    if (!why.why.empty()) return Unexpected<NotTaken>{why};
    if (!broken.why.empty()) return Unexpected<NotTaken>{not_taken(ErrorCode::BadRequest, broken.why)};
    return Unexpected<NotTaken>{not_taken(file.error())};
  }
  const auto checked = check_as_set(incoming.content, file->digest, incoming.signature, *sender, clock_.now());
  if (!checked) return Unexpected<NotTaken>{not_taken(ErrorCode::Refused, checked.error())};
  Look out{*file, *sender, {}};
  const auto read = store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(out.before, find_load(view, file->head.sender, file->head.sequence));
    return {};
  });
  if (!read) return Unexpected<NotTaken>{not_taken(read.error())};
  return out;
}

Result<Load, NotTaken> Loader::gap(const Sender& sender, const Head& head) {
  const auto came = std::to_string(head.sequence), expected = std::to_string(sender.next);
  const auto title = "Sequence gap of " + sender.id + ": " + expected + " is missing";
  const auto why = "number " + came + " came where " + expected + " was expected";
  NotTaken out = not_taken(ErrorCode::Conflict, why);
  const auto done = store_.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(out.incident, raise_(view, sender, title, why));
    return {};
  });
  return done ? Unexpected<NotTaken>{out} : Unexpected<NotTaken>{not_taken(done.error())};
}

Status Loader::stage_all(const Incoming& incoming, const Sender& sender, const crypto::Sha256Digest& digest, Load& load,
                         Broken& broken) {
  const auto on = calendar::date_of(load.at);
  std::vector<Said> batch;
  std::vector<std::uint32_t> lines;
  std::vector<std::string> points;
  std::vector<Mpxn> refused;
  const auto flush = [&]() -> Status {
    if (batch.empty()) return {};
    auto done = store_.write([&](store::WriteView& view) -> Status {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& said = batch[i];
        if (!said.refused) {
          METERWAY_TRY(const bool fits, stage(view, load.number, load.kind, sender.source, said.mpxn, said.operations));
          if (!fits) said.refused = Remark{"too-many", "more than a file may say of one metering point"};
        }
        const auto& remark = said.refused ? said.refused : said.note;
        if (remark)
          METERWAY_CHECK(put_outcome(view, load.number,
                                     {lines[i], said.refused.has_value(), points[i], remark->code, remark->reason}));
      }
      return {};
    });
    for (const auto& said : batch) {
      if (said.refused) ++load.rejected;
      if (!said.refused && said.note) ++load.warned;
      if (said.refused && said.is_its_own) refused.push_back(said.mpxn);
    }
    batch.clear();
    lines.clear();
    points.clear();
    return done;
  };
  const auto read = read_file(
      incoming.content, [](const Head&) { return Status(); },
      [&](const Line& line) {
        batch.push_back(read_record(line, sender, rules_, on));
        lines.push_back(line.number);
        points.push_back(point_of(line));
        return batch.size() < options_.batch ? Status() : flush();
      },
      broken);
  if (!read) return Unexpected{read.error()};
  METERWAY_CHECK(flush());
  if (read->digest != digest) return changed(broken);
  if (load.kind == LoadKind::Refresh && !refused.empty())
    return leave_out(incoming, sender, digest, std::move(refused), load, broken);
  return {};
}

Status Loader::leave_out(const Incoming& incoming, const Sender& sender, const crypto::Sha256Digest& digest,
                         std::vector<Mpxn> points, Load& load, Broken& broken) {
  const auto on = calendar::date_of(load.at);
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  for (std::size_t at = 0; at < points.size(); at += options_.batch) {
    const auto done = store_.write([&](store::WriteView& view) -> Status {
      for (auto i = at; i < std::min(points.size(), at + options_.batch); ++i)
        METERWAY_CHECK(unstage(view, load.number, points[i]));
      return {};
    });
    METERWAY_CHECK(done);
  }
  std::vector<Outcome> batch;
  const auto flush = [&]() -> Status {
    std::uint32_t rejected = 0, warned = 0;
    const auto done = store_.write([&](store::WriteView& view) -> Status {
      rejected = warned = 0;
      for (const auto& one : batch) {
        METERWAY_TRY(const auto before, outcomes_of(view, load.number, one.line, 1));
        const bool has_one = !before.empty() && before.front().line == one.line;
        if (has_one && before.front().rejected) continue;
        ++rejected;
        warned += has_one ? 1 : 0;
        METERWAY_CHECK(put_outcome(view, load.number, one));
      }
      return {};
    });
    METERWAY_CHECK(done);
    load.rejected += rejected;
    load.warned -= warned;
    batch.clear();
    return {};
  };
  const auto read = read_file(
      incoming.content, [](const Head&) { return Status(); },
      [&](const Line& line) {
        const auto said = read_record(line, sender, rules_, on);
        if (said.refused || !std::binary_search(points.begin(), points.end(), said.mpxn)) return Status();
        batch.push_back({line.number, true, point_of(line), "point",
                         "another record of the metering point was refused: it stays as it was"});
        return batch.size() < options_.batch ? Status() : flush();
      },
      broken);
  if (!read) return Unexpected{read.error()};
  METERWAY_CHECK(flush());
  return read->digest == digest ? Status() : changed(broken);
}

/// One load at a time: whoever comes while another is taken waits a little, and no worker for as long as that takes.
class Loader::Turn {
 public:
  explicit Turn(Loader& loader) : loader_(loader) {
    std::unique_lock lock(loader_.guard_);
    is_ours_ = loader_.free_.wait_for(lock, loader_.options_.wait, [&] { return !loader_.busy_; });
    loader_.busy_ = loader_.busy_ || is_ours_;
  }
  ~Turn() {
    if (!is_ours_) return;
    {
      const std::lock_guard lock(loader_.guard_);
      loader_.busy_ = false;
    }
    loader_.free_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool is_ours() const { return is_ours_; }

 private:
  Loader& loader_;
  bool is_ours_ = false;
};

Result<Load, NotTaken> Loader::take(const Incoming& incoming) {
  const Turn turn(*this);
  if (!turn.is_ours())
    return Unexpected<NotTaken>{not_taken(ErrorCode::Timeout, "another file is being taken: try again")};
  auto taken = take_one(incoming);
  if (taken) return taken;
  const auto noted = store_.write([&](store::WriteView& view) {
    return audit::append(view, line_of(incoming, incoming.name, "refused", taken.error().why, clock_.now()));
  });
  if (!noted) return Unexpected<NotTaken>{not_taken(noted.error())};
  return taken;
}

Result<Load, NotTaken> Loader::take_one(const Incoming& incoming) {
  const auto look = look_at(incoming);
  if (!look) return Unexpected<NotTaken>{look.error()};
  const auto& [file, sender, before] = *look;
  if (before) {
    if (std::equal(file.digest.begin(), file.digest.end(), before->digest.begin())) return *before;
    return Unexpected<NotTaken>{not_taken(
        ErrorCode::Conflict, "number " + std::to_string(file.head.sequence) + " was another file, " + before->name)};
  }
  if (file.head.sequence < sender.next)
    return Unexpected<NotTaken>{not_taken(ErrorCode::Conflict, "number " + std::to_string(file.head.sequence) +
                                                                   " has passed, " + std::to_string(sender.next) +
                                                                   " is the next")};
  if (file.head.sequence > sender.next) return gap(sender, file.head);

  Load load;
  load.sender = sender.id;
  load.sequence = file.head.sequence;
  load.kind = file.head.kind == "refresh" ? LoadKind::Refresh : LoadKind::Update;
  load.format = static_cast<std::uint8_t>(file.head.format);
  load.digest = file.digest;
  load.records = file.records;
  load.name = incoming.name;
  load.by = incoming.by.id;
  load.is_signed = !incoming.signature.empty();
  load.at = clock_.now();  // by which its records are judged; turned on, it has the moment of that
  Broken broken;
  auto done = bring_in(store_, options_.batch);
  if (done) {
    done = store_.write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(load.number, next_load_number(view));
      return {};
    });
  }
  if (done) done = stage_all(incoming, sender, file.digest, load, broken);
  if (done) {
    load.at = clock_.now();
    done = store_.write([&](store::WriteView& view) -> Status {
      const auto counts = std::to_string(load.records) + " records, " + std::to_string(load.rejected) + " rejected";
      METERWAY_CHECK(audit::append(
          view, line_of(incoming, load.sender + " " + std::to_string(load.sequence), "done", counts, load.at)));
      return turn_on(view, load);
    });
  }
  if (!done) {
    return Unexpected<NotTaken>{broken.why.empty() ? not_taken(done.error())
                                                   : not_taken(ErrorCode::BadRequest, broken.why)};
  }
  // It is on. What is not brought in now is with the next file, or when the platform starts again.
  (void)bring_in(store_, options_.batch);
  return load;
}

Status Loader::finish_earlier() {
  const Turn turn(*this);
  if (!turn.is_ours()) return fail(ErrorCode::Timeout, 0, "a file of registration data is being taken");
  return bring_in(store_, options_.batch);
}

Status write_response(const store::ReadView& view, const Load& load, std::size_t page,
                      const std::function<Status(std::string_view)>& take) {
  const Head head{static_cast<Format>(load.format), "response", load.sender, load.sequence, true};
  FileWriter out(head, load.at);
  const bool is_message = head.format == Format::Message;
  out.line(head.format == Format::Electricity ? "DC90" : "SUM",
           {std::to_string(load.records), std::to_string(load.records - load.rejected), std::to_string(load.rejected)});
  std::uint64_t told = 0;
  for (std::uint32_t from = 0;;) {
    METERWAY_TRY(const auto outcomes, outcomes_of(view, load.number, from, page));
    told += outcomes.size();
    for (const auto& one : outcomes)
      out.line(one.rejected ? "RJ" : "WN", {std::to_string(one.line), one.point, one.code, one.reason});
    if (!is_message) METERWAY_CHECK(take(out.take()));
    if (outcomes.size() < page) break;
    from = outcomes.back().line + 1;
  }
  if (told < load.rejected + load.warned) return fail(ErrorCode::NotFound, 0, "outcomes, which are kept no longer");
  return take(out.finish());
}

}  // namespace meterway::registration
