#include "lab/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace meterway::lab {
namespace {

using Kind = Seen::Kind;
constexpr std::array<std::string_view, 10> kNames{"sent",    "told", "received", "arrived",   "executed",
                                                  "refused", "lost", "restored", "scheduled", "run"};
constexpr std::chrono::minutes kOutage{3};      // a loss that lasts as long is told
constexpr std::chrono::hours kLate{6};          // by so much a later moment of a schedule may be made late
constexpr std::chrono::minutes kWrongClock{5};  // by so much it may have been wrong when a schedule was made
constexpr std::chrono::seconds kAboutThen{3};   // and one that ends just then may be
constexpr Eui64 kNobody;
constexpr std::size_t kMostBroken = 50;  // what one fault breaks a thousand times need not be printed so often

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

std::optional<Seen> read_line(std::string_view line) {
  const auto fields = split(line);
  if (fields.size() != 7 || fields[4].size() != 1) return std::nullopt;
  Seen seen;
  std::int64_t micros = 0;
  const auto number = std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), micros);
  if (number.ec != std::errc() || number.ptr != fields[0].data() + fields[0].size()) return std::nullopt;
  seen.at = UtcTime(std::chrono::microseconds(micros));
  std::size_t kind = 0;
  while (kind < kNames.size() && kNames[kind] != fields[1]) ++kind;
  const auto who = Eui64::parse(fields[2]);
  const auto id = RequestId::parse(fields[3]);
  if (kind == kNames.size() || !who || !id) return std::nullopt;
  seen.kind = static_cast<Kind>(kind);
  seen.who = *who;
  seen.id = *id;
  seen.leg = fields[4][0];
  seen.code = fields[5];
  seen.content = fields[6];
  return seen;
}

/// One exchange as its User saw it.
struct Exchange {
  std::optional<UtcTime> first_sent;
  std::optional<UtcTime> command_sent;  ///< what carries the command: the request, or the signed pre-command
  std::optional<UtcTime> accepted;      ///< when the User heard I99 first
  bool signed_sent = false;
  bool dated = false;                        ///< held until its date: it keeps no order with others
  bool schedules = false;                    ///< 5.1
  std::optional<UtcTime> accepted_for_good;  ///< when the User heard final_reply first
  std::string final_reply;                   ///< told at once and for good: I0 of a CV 8, an E code
  std::map<std::string, std::string> ends;   ///< content -> code
};

/// One command as its device saw it.
struct Command {
  std::size_t arrived = 0, executed = 0;
  std::optional<UtcTime> executed_at;
  std::size_t place = 0;  ///< among all executions, in the order the estate saw them
};

/// The schedules of a User for a device, and the requests that they made.
struct Series {
  struct Scheduled {
    RequestId request;  ///< that asked for it
    UtcTime moment;
  };
  std::vector<Scheduled> schedules;
  std::map<RequestId, std::map<std::string, std::string>> runs;  ///< content -> code
};
using UserAndDevice = std::pair<Eui64, Eui64>;

/// One loss of supply at a hub, and what came of it: User -> contents of the alerts.
struct Darkness {
  std::optional<UtcTime> lost, restored;
  std::string users;
  std::map<Eui64, std::map<std::string, std::size_t>> told;
};
using HubAndTime = std::pair<std::string, std::int64_t>;  // milliseconds, as documents have them

std::int64_t millis(UtcTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

class Judge {
 public:
  Judge(const History& history, UtcTime end) : end_(end) {
    if (!history.empty()) end_ = std::max(end_, history.back().at);
    for (const auto& seen : history) take(seen);
  }
  Verdict verdict() {
    for (const auto& [id, exchange] : exchanges_) check(id, exchange);
    for (const auto& [header, command] : commands_) check(header, command);
    for (const auto& [where, darkness] : darknesses_) check(where, darkness);
    for (const auto& [whose, series] : series_) check(whose, series);
    check_order();
    return std::move(out_);
  }

 private:
  void breaks(std::string what) {
    if (out_.broken.size() < kMostBroken) out_.broken.push_back(std::move(what));
  }

  void take(const Seen& seen) {
    switch (seen.kind) {
      case Kind::Sent: {
        auto& exchange = exchanges_[seen.id];
        if (!exchange.first_sent) exchange.first_sent = exchange.command_sent = seen.at;
        exchange.schedules = seen.content == "5.1";
        exchange.dated = seen.content.find('@') != std::string::npos;
        if (seen.leg == 'S' && !std::exchange(exchange.signed_sent, true)) exchange.command_sent = seen.at;
        break;
      }
      case Kind::Told: {
        auto& exchange = exchanges_[seen.id];
        if (seen.code == "I99" && !exchange.accepted) exchange.accepted = seen.at;
        if (seen.code.starts_with("E") || (seen.code == "I0" && seen.content == "final"))
          exchange.final_reply = seen.code;
        if (!exchange.final_reply.empty() && !exchange.accepted_for_good) exchange.accepted_for_good = seen.at;
        break;
      }
      case Kind::Received:
        if (seen.code == "alert") break;
        if (seen.code == "AD1") {
          take_outage_alert(seen);
          break;
        }
        if (!exchanges_[seen.id].ends.emplace(seen.content, seen.code).second) ++out_.redelivered;
        break;
      case Kind::Scheduled:
        series_[{seen.who, seen.id.target}].schedules.push_back(
            {{seen.who, kNobody, seen.id.counter}, from_iso8601(seen.content).value_or(UtcTime())});
        break;
      case Kind::Run:
        if (!series_[{seen.who, seen.id.target}].runs[seen.id].emplace(seen.content, seen.code).second)
          ++out_.redelivered;
        break;
      case Kind::Arrived:
        ++out_.arrivals;
        ++commands_[seen.id].arrived;
        break;
      case Kind::Executed: {
        auto& command = commands_[seen.id];
        ++command.executed;
        command.executed_at = seen.at;
        command.place = ++out_.executions;
        break;
      }
      case Kind::Refused:
        break;
      case Kind::Lost: {
        auto& darkness = darknesses_[{seen.who.plain(), millis(seen.at)}];
        darkness.lost = seen.at;
        darkness.users = seen.content;
        break;
      }
      case Kind::Restored: {
        auto after = darknesses_.upper_bound({seen.who.plain(), millis(seen.at)});
        if (after != darknesses_.begin() && (--after)->first.first == seen.who.plain())
          after->second.restored = seen.at;
        break;
      }
    }
  }

  void take_outage_alert(const Seen& seen) {
    const auto first = seen.content.find(':'), second = seen.content.find(':', first + 1);
    std::int64_t micros = 0;
    if (second != std::string::npos) std::from_chars(&seen.content[first + 1], &seen.content[second], micros);
    const auto lost = UtcTime(std::chrono::microseconds(micros));
    auto& copies = darknesses_[{seen.content.substr(0, first), millis(lost)}].told[seen.who][seen.content];
    if (++copies > 1) ++out_.redelivered;
  }

  void check(const HubAndTime& where, const Darkness& darkness) {
    const auto& hub = where.first;
    if (!darkness.lost) return breaks(fmt::format("an alert tells of a loss of supply at {} that was none", hub));
    const auto lasted = darkness.restored ? *darkness.restored - *darkness.lost : UtcTime::duration::max();
    const bool owed = lasted >= kOutage + kAboutThen;
    if (owed) ++out_.outages;
    for (const auto& [user, contents] : darkness.told) {
      if (darkness.users.find(user.plain()) == std::string::npos)
        breaks(fmt::format("{} was told of a loss of supply at {} that is not his", user.plain(), hub));
      if (contents.size() > 1) breaks(fmt::format("{} was told {} times of {}", user.plain(), contents.size(), hub));
      if (lasted < kOutage) breaks(fmt::format("{} was told of a short loss of supply at {}", user.plain(), hub));
    }
    for (std::string_view users = darkness.users; owed && !users.empty();) {
      const auto comma = std::min(users.find(','), users.size());
      const auto user = Eui64::parse(users.substr(0, comma));
      if (!user || darkness.told.count(*user) == 0)
        breaks(fmt::format("{} was never told that {} lost its supply", users.substr(0, comma), hub));
      users.remove_prefix(std::min(users.size(), comma + 1));
    }
  }

  void check(const RequestId& id, const Exchange& exchange) {
    if (!exchange.first_sent) return breaks(fmt::format("{} was answered, but no User sent it", id.text()));
    ++out_.sent;
    if (exchange.accepted) ++out_.accepted;
    if (exchange.accepted && exchange.ends.empty())
      return breaks(fmt::format("{} was accepted, and no outcome came", id.text()));
    if (exchange.ends.size() > 1)
      return breaks(fmt::format("{} has {} outcomes: {} and {}", id.text(), exchange.ends.size(),
                                exchange.ends.begin()->second, std::next(exchange.ends.begin())->second));
    if (!exchange.final_reply.empty() && !exchange.ends.empty())
      return breaks(fmt::format("{} was told {} and got an outcome all the same", id.text(), exchange.final_reply));
    if (!exchange.accepted || exchange.ends.empty()) return;
    ++out_.ended;
    if (exchange.ends.begin()->second == "I0") ++out_.with_result;
  }

  void check(const RequestId& header, const Command& command) {
    if (command.arrived > 1) breaks(fmt::format("{} arrived {} times", header.text(), command.arrived));
    if (command.executed > 1) breaks(fmt::format("{} was carried out {} times", header.text(), command.executed));
    if (command.executed > command.arrived) breaks(fmt::format("{} was carried out and never arrived", header.text()));
    if (users_.empty())
      for (const auto& [id, exchange] : exchanges_) users_[id.originator] = true;
    // What the broker originates has a header of its own.
    if (users_.count(header.originator) == 0 || exchanges_.count(header) != 0) return;
    const auto series = series_.find({header.originator, header.target});
    if (series == series_.end()) return breaks(fmt::format("{} arrived, but no User sent it", header.text()));
    series->second.runs[header];  // of a schedule: it has to end too
  }

  /// The exchange that asked for a schedule: it went to the DCC, so its target is another.
  const Exchange* asked_for(const RequestId& request) const {
    for (auto it = exchanges_.lower_bound({request.originator, Eui64(), {}});
         it != exchanges_.end() && it->first.originator == request.originator; ++it) {
      if (it->first.counter == request.counter && it->second.schedules) return &it->second;
    }
    return nullptr;
  }

  void check(const UserAndDevice& whose, const Series& series) {
    std::size_t moments = 0, certain = 0;
    for (const auto& one : series.schedules) {
      const auto* asked = asked_for(one.request);
      const bool made = asked != nullptr && asked->final_reply == "I0";
      if (one.moment > end_) continue;
      moments += 1 + static_cast<std::size_t>((end_ - one.moment) / std::chrono::hours(24));
      if (!made || !asked->accepted_for_good || *asked->accepted_for_good + kWrongClock >= one.moment) continue;
      // The first by now; the next ones are given time, as the node may have been down and its clock wrong.
      ++certain;
      const auto later = end_ - kLate - one.moment;
      if (later >= std::chrono::hours(24)) certain += static_cast<std::size_t>(later / std::chrono::hours(24));
    }
    const auto name = whose.first.plain() + " at " + whose.second.plain();
    out_.runs += series.runs.size();
    if (series.runs.size() > moments)
      breaks(fmt::format("schedules of {} made {} requests at {} moments", name, series.runs.size(), moments));
    if (series.runs.size() < certain)
      breaks(fmt::format("schedules of {} made {} requests and {} were due", name, series.runs.size(), certain));
    for (const auto& [id, ends] : series.runs) {
      if (ends.size() != 1) breaks(fmt::format("{} of a schedule has {} outcomes", id.text(), ends.size()));
    }
  }

  /// By device, in the order of execution: whoever comes later must not have been accepted before the earlier was sent.
  void check_order() {
    std::map<Eui64, std::map<std::size_t, RequestId>> by_device;
    for (const auto& [header, command] : commands_) {
      const auto exchange = exchanges_.find(header);
      if (command.executed == 1 && exchange != exchanges_.end() && !exchange->second.dated)
        by_device[header.target][command.place] = header;
    }
    for (const auto& [device, executions] : by_device) {
      // Going back: the earliest acceptance among those carried out later.
      std::optional<std::pair<UtcTime, RequestId>> earliest;
      for (auto it = executions.rbegin(); it != executions.rend(); ++it) {
        const auto& exchange = exchanges_[it->second];
        if (earliest && exchange.command_sent && *exchange.command_sent > earliest->first)
          breaks(fmt::format("{} was carried out before {}, which was accepted before the other was sent",
                             it->second.text(), earliest->second.text()));
        if (exchange.accepted && (!earliest || *exchange.accepted < earliest->first))
          earliest = {*exchange.accepted, it->second};
      }
    }
  }

  Verdict out_;
  std::map<RequestId, Exchange> exchanges_;
  std::map<RequestId, Command> commands_;
  std::map<HubAndTime, Darkness> darknesses_;
  std::map<Eui64, bool> users_;
  std::map<UserAndDevice, Series> series_;
  UtcTime end_;
};

}  // namespace

std::string write_history(const History& history) {
  std::string out;
  for (const auto& seen : history) {
    fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t{}\t{}\t{}\t{}\n", seen.at.time_since_epoch().count(),
                   kNames[static_cast<std::size_t>(seen.kind)], seen.who.plain(), seen.id.text(), seen.leg, seen.code,
                   seen.content);
  }
  return out;
}

Result<History> read_history(std::string_view text) {
  History history;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    auto seen = read_line(text.substr(0, end));
    if (!seen) return fail(ErrorCode::BadValue, number, "line of a history");
    history.push_back(std::move(*seen));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return history;
}

std::string Verdict::text() const {
  std::string out = fmt::format(
      "{} sent, {} accepted, {} ended, {} with I0 ({:.1f} %), {} redelivered; {} arrivals, {} executions, {} outages, "
      "{} "
      "runs; {}\n",
      sent, accepted, ended, with_result, accepted == 0 ? 0.0 : 100.0 * double(with_result) / double(accepted),
      redelivered, arrivals, executions, outages, runs, holds() ? "every rule holds" : "BROKEN");
  for (const auto& line : broken) out += "  " + line + "\n";
  return out;
}

Verdict judge(const History& history, UtcTime end) { return Judge(history, end).verdict(); }

}  // namespace meterway::lab
