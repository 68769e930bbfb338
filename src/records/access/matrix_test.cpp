// Every answer of access control: 129 services, seven roles (and the load controller), device types, states; against
// the published matrix as it lies in spec/services.tsv, and cell by cell.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "records/access/decide.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::access {
namespace {

const UtcTime kNow = *from_iso8601("2026-06-01T00:00:00Z");
constexpr std::size_t kPlaces = kRoles * kTypes * kStates;

/// Nothing but the cell decides: the User is live and registered.
Facts facts(std::size_t service, std::size_t role, std::size_t type, std::size_t state, UtcTime at = kNow) {
  Facts out;
  out.service = &duis::all_services()[service];
  out.user_known = true;
  out.roles = duis::role_bit(static_cast<UserRole>(role));
  out.to_dcc = out.service->non_device;
  out.device_known = !out.service->non_device;
  out.type = static_cast<DeviceType>(type);
  out.state = static_cast<DeviceState>(state);
  out.standing.fill(Standing::Registered);
  out.at = at;
  return out;
}

std::vector<Reason> answers(const Tables& tables, std::size_t service, UtcTime at = kNow) {
  std::vector<Reason> out;
  out.reserve(kPlaces);
  for (std::size_t role = 0; role < kRoles; ++role)
    for (std::size_t type = 0; type < kTypes; ++type)
      for (std::size_t state = 0; state < kStates; ++state)
        out.push_back(decide(facts(service, role, type, state, at), tables).reason);
  return out;
}
std::vector<std::vector<Reason>> all_answers(const Tables& tables, UtcTime at = kNow) {
  std::vector<std::vector<Reason>> out;
  for (std::size_t service = 0; service < duis::all_services().size(); ++service)
    out.push_back(answers(tables, service, at));
  return out;
}

using TableRow = std::map<std::string, std::string>;
std::vector<TableRow> read_table(const std::string& name) {
  std::ifstream file(std::string(METERWAY_SOURCE_DIR) + "/spec/" + name);
  std::vector<std::string> head;
  std::vector<TableRow> out;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '\t')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    if (head.empty()) {
      head = cells;
      continue;
    }
    TableRow row;
    for (std::size_t i = 0; i < head.size() && i < cells.size(); ++i) row[head[i]] = cells[i];
    out.push_back(std::move(row));
  }
  return out;
}
std::set<std::string> words(const std::string& text, char separator = ' ') {
  std::istringstream in(text);
  std::set<std::string> out;
  for (std::string word; std::getline(in, word, separator);) out.insert(word);
  return out;
}

/// What the published tables say of one service, yes or no in each cell.
struct Cells {
  bool non_device = false;
  std::array<bool, kRoles> role{};
  std::array<bool, kTypes> type{};
  std::array<bool, kStates> state{};

  bool& at(Question question, std::size_t column) {
    return question == Question::Role ? role[column] : question == Question::Type ? type[column] : state[column];
  }
  /// In the order of answers() above.
  std::vector<Reason> answers() const {
    std::vector<Reason> out;
    out.reserve(kPlaces);
    for (const bool may : role)
      for (const bool fits : type)
        for (const bool works : state)
          out.push_back(!may         ? Reason::RoleNotEligible
                        : non_device ? Reason::Allowed
                        : !fits      ? Reason::DeviceType
                        : !works     ? Reason::DeviceState
                                     : Reason::Allowed);
    return out;
  }
};

/// The published tables, read without the generator and without decide().
class Published {
 public:
  Published() {
    for (auto& row : read_table("services.tsv")) services_[row["service_reference_variant"]] = row;
    for (auto& row : read_table("access_states.tsv")) states_[row["service"]] = row;
    for (auto& row : read_table("use_cases.tsv")) devices_.emplace(row["use_case"], words(row["devices"], '/'));
  }
  std::size_t size() const { return services_.size(); }
  Cells cells(const std::string& variant) {
    const auto& row = services_.at(variant);
    Cells out;
    out.non_device = row.at("non_device") == "Yes";
    const auto roles = words(row.at("eligible_user_roles"));
    for (std::size_t role = 0; role < kRoles; ++role)
      out.role[role] = roles.count(std::string(meterway::to_string(static_cast<UserRole>(role)))) != 0;
    if (out.non_device) return out;
    for (const auto& tag : words(row.at("gbcs_use_case_tags"))) {
      if (devices_.count(tag) == 0) {
        without_devices_.insert(tag);
        continue;
      }
      const bool common = tag.rfind("CS", 0) == 0 && tag.rfind("CS01", 0) != 0;
      for (std::size_t type = 1; type < kTypes; ++type)
        out.type[type] |=
            common || devices_[tag].count(std::string(meterway::to_string(static_cast<DeviceType>(type)))) != 0;
    }
    for (std::size_t state = 0; state < kStates; ++state)
      out.state[state] =
          states_.at(variant).at(std::string(registry::to_string(static_cast<DeviceState>(state)))) == "yes";
    return out;
  }
  /// Use cases of services for which no table names the devices.
  std::size_t without_devices() const { return without_devices_.size(); }

 private:
  std::map<std::string, TableRow> services_, states_;
  std::map<std::string, std::set<std::string>> devices_;
  std::set<std::string> without_devices_;
};

std::string variant_of(std::size_t service) { return std::string(duis::all_services()[service].variant); }

TEST(AccessMatrix, AnswersEveryCellAsThePublishedTablesDo) {
  Published published;
  ASSERT_EQ(published.size(), 129u);
  std::map<Reason, std::size_t> seen;
  for (std::size_t service = 0; service < duis::all_services().size(); ++service) {
    const auto wanted = published.cells(variant_of(service)).answers();
    ASSERT_EQ(answers(Tables::standard(), service), wanted) << variant_of(service);
    for (const auto one : wanted) ++seen[one];
  }
  EXPECT_EQ(seen.size(), 4u) << "allowed, and each of the three refusals";
  EXPECT_EQ(published.without_devices(), 22u);
}

constexpr std::size_t columns_of(Question question) {
  return question == Question::Role ? kRoles : question == Question::Type ? kTypes : kStates;
}
constexpr Question kAll[] = {Question::Role, Question::Type, Question::State};

/// Every question of every service, a column after the other: what the tables answer to each by itself.
std::vector<bool> asked_one_by_one(const Tables& tables, Date day) {
  std::vector<bool> out;
  for (const auto& service : duis::all_services())
    for (const auto question : kAll)
      for (std::size_t column = 0; column < columns_of(question); ++column)
        out.push_back(ask(tables, question, service, static_cast<UserRole>(column % kRoles),
                          static_cast<DeviceType>(column % kTypes), static_cast<DeviceState>(column % kStates), day)
                          .yes);
  return out;
}

TEST(AccessMatrix, OneCellOfATableChangesExactlyOneAnswer) {
  Published published;
  const auto day = calendar::date_of(kNow);
  const auto before = all_answers(Tables::standard());
  const auto one_by_one = asked_one_by_one(Tables::standard(), day);
  auto tables = Tables::standard();
  std::size_t cells = 0;
  for (const auto question : kAll) {
    auto& of = tables.cells[static_cast<std::size_t>(question)];
    for (std::size_t service = 0; service < of.size(); ++service) {
      if (of[service].empty()) continue;
      for (std::size_t column = 0; column < columns_of(question); ++column, ++cells) {
        of[service][0].may ^= static_cast<std::uint16_t>(1u << column);
        const auto now = asked_one_by_one(tables, day);
        std::size_t different = 0;
        for (std::size_t at = 0; at < now.size(); ++at) different += now[at] != one_by_one[at] ? 1 : 0;
        ASSERT_EQ(different, 1u) << variant_of(service) << " " << column;
        // What is decided: as the published tables with that one cell the other way round.
        auto wanted = published.cells(variant_of(service));
        wanted.at(question, column) = !wanted.at(question, column);
        ASSERT_EQ(answers(tables, service), wanted.answers()) << variant_of(service) << " " << column;
        if (cells % 97 == 0) {
          const auto everything = all_answers(tables);
          for (std::size_t other = 0; other < everything.size(); ++other)
            ASSERT_TRUE(other == service || everything[other] == before[other]);
        }
        of[service][0].may ^= static_cast<std::uint16_t>(1u << column);
      }
    }
  }
  EXPECT_EQ(cells, 129 * kRoles + 113 * (kTypes + kStates));
  EXPECT_EQ(all_answers(tables), before);
}

ChangeRow change(std::size_t service, std::size_t role, std::size_t type, std::size_t state, bool allowed) {
  const auto bit = [](std::size_t place) { return static_cast<std::uint16_t>(1u << place); };
  ChangeRow out;
  out.row = {"change.test", "", "S", "a test", "", Date(), Date::max(), 0};
  out.service = static_cast<int>(service);
  out.asks = Question::State;
  out.roles = bit(role);
  out.types = bit(type);
  out.states = bit(state);
  out.named = 4;
  out.allowed = allowed;
  return out;
}

TEST(AccessMatrix, AnExceptionThatNamesOneCellChangesExactlyOneAnswerAndNamesItself) {
  const auto before = all_answers(Tables::standard());
  std::size_t tried = 0;
  for (std::size_t service = 0; service < before.size(); ++service) {
    for (std::size_t at = service % 7; at < kPlaces; at += 7) {
      const auto was = before[service][at];
      if (duis::all_services()[service].non_device || (was != Reason::Allowed && was != Reason::DeviceState)) continue;
      if (++tried % 20 != 0) continue;
      auto tables = Tables::standard();
      tables.changes = {
          change(service, at / kStates / kTypes, at / kStates % kTypes, at % kStates, was != Reason::Allowed)};
      auto wanted = before;
      wanted[service][at] = was == Reason::Allowed ? Reason::DeviceState : Reason::Allowed;
      ASSERT_EQ(all_answers(tables), wanted);
      const auto asked = facts(service, at / kStates / kTypes, at / kStates % kTypes, at % kStates);
      ASSERT_TRUE(was != Reason::Allowed || decide(asked, tables).rule->rule == "change.test");
    }
  }
  EXPECT_GT(tried, 1000u);
}

constexpr const char* kDay = "2026-07-01";
const UtcTime kMidnight = *from_iso8601("2026-07-01T00:00:00Z");
const UtcTime kJustBefore = kMidnight - std::chrono::microseconds(1);
Date day_of(const char* text) { return *calendar::parse_date(text); }

/// A later row for the first, from that day on.
template <class RowOf, class Rows>
auto& follow(Rows& rows, RowOf row_of) {
  auto later = rows.at(0);
  row_of(rows[0]).to = row_of(later).from = day_of(kDay);
  row_of(later).rule = "later";
  rows.push_back(later);
  return rows.back();
}

TEST(AccessMatrix, ARowOfEachTableDecidesFromItsDayUntilTheDayBeforeItsLast) {
  const auto service = index_of(*duis::find_service("4.1.1"));
  const auto type = static_cast<std::size_t>(DeviceType::ESME);
  const auto state = static_cast<std::size_t>(DeviceState::Commissioned);
  constexpr Reason kRefusals[] = {Reason::RoleNotEligible, Reason::DeviceType, Reason::DeviceState};
  for (const auto question : kAll) {
    auto tables = Tables::standard();
    auto& rows = tables.cells[static_cast<std::size_t>(question)][service];
    auto& later = follow(rows, [](Row& row) -> Row& { return row; });
    const auto column = question == Question::Role ? 0 : question == Question::Type ? type : state;
    later.may ^= static_cast<std::uint16_t>(1u << column);
    const auto at = [&](UtcTime time) { return decide(facts(service, 0, type, state, time), tables); };
    const auto refusal = kRefusals[static_cast<std::size_t>(question)];
    EXPECT_TRUE(at(kJustBefore).allowed());
    EXPECT_EQ(at(kMidnight).reason, refusal);
    EXPECT_EQ(at(kMidnight).rule->rule, "later");
    EXPECT_FALSE(at(*from_iso8601("2001-01-01T00:00:00Z")).allowed()) << "before the first row nobody may";
    // Nothing but that column, on either side of the day.
    const auto before = all_answers(Tables::standard());
    EXPECT_EQ(all_answers(tables, kJustBefore), before);
    Published published;
    auto wanted = published.cells("4.1.1");
    wanted.at(question, column) = false;
    EXPECT_EQ(answers(tables, service, kMidnight), wanted.answers());
    // Where no row follows nobody may.
    rows.pop_back();
    EXPECT_TRUE(at(kJustBefore).allowed());
    EXPECT_EQ(at(kMidnight).reason, refusal);
    EXPECT_EQ(at(kMidnight).rule, nullptr);
  }
}

TEST(AccessMatrix, AnExceptionHoldsFromItsDayUntilTheDayBeforeItsLast) {
  const auto service = index_of(*duis::find_service("4.1.1"));
  const auto type = static_cast<std::size_t>(DeviceType::ESME);
  const auto state = static_cast<std::size_t>(DeviceState::Commissioned);
  for (const auto question : kAll) {
    auto tables = Tables::standard();
    auto one = change(service, 0, type, state, false);
    one.asks = question;
    one.row.from = day_of(kDay);
    one.row.to = day_of("2026-07-03");
    tables.changes = {one};
    const auto at = [&](UtcTime time) { return decide(facts(service, 0, type, state, time), tables).allowed(); };
    EXPECT_TRUE(at(kJustBefore));
    EXPECT_FALSE(at(kMidnight));
    EXPECT_FALSE(at(kJustBefore + std::chrono::hours(48)));
    EXPECT_TRUE(at(kMidnight + std::chrono::hours(48)));
  }
}

TEST(AccessMatrix, ARuleDecidesFromItsDayUntilTheDayBeforeItsLast) {
  const auto service = index_of(*duis::find_service("6.15.1"));
  const auto asked = [&](std::size_t role, Standing standing, UtcTime time, const Tables& tables) {
    auto out = facts(service, role, static_cast<std::size_t>(DeviceType::ESME),
                     static_cast<std::size_t>(DeviceState::Commissioned), time);
    out.standing.fill(standing);
    out.leave = standing == Standing::Another;
    return decide(out, tables);
  };
  const auto row_of = [](RuleRow& one) -> Row& { return one.row; };
  auto tables = Tables::standard();
  for (std::size_t role = 0; role < kRoles; ++role)
    follow(tables.rules[static_cast<std::size_t>(of_role(RuleName::Responsible, static_cast<UserRole>(role)))], row_of)
        .value = "eligible";
  std::size_t roles = 0;
  for (std::size_t role = 0; role < kRoles; ++role) {
    const auto before = asked(role, Standing::NotNamed, kJustBefore, tables);
    if (before.reason == Reason::RoleNotEligible) continue;
    ++roles;
    EXPECT_EQ(before.reason, Reason::NotResponsible);
    EXPECT_EQ(asked(role, Standing::NotNamed, kMidnight, tables).rule->rule, "later");
    EXPECT_TRUE(asked(role, Standing::NotNamed, kMidnight, tables).allowed());
  }
  EXPECT_EQ(roles, 4u);
  for (const auto& [name, standing] :
       {std::pair{RuleName::Unsaid, Standing::Unsaid}, std::pair{RuleName::Leave, Standing::Another}}) {
    tables = Tables::standard();
    follow(tables.rules[static_cast<std::size_t>(name)], row_of).value = "refused";
    EXPECT_TRUE(asked(3, standing, kJustBefore, tables).allowed()) << to_string(name);
    EXPECT_EQ(asked(3, standing, kMidnight, tables).reason, Reason::NotResponsible) << to_string(name);
  }
}

TEST(AccessMatrix, TheCompiledRowsHaveTheDatesOfTheirTables) {
  const auto date = [](const std::string& text) { return text == "-" ? Date::max() : day_of(text.c_str()); };
  const auto& tables = Tables::standard();
  std::size_t rows = 0;
  for (auto& row : read_table("access_states.tsv")) {
    const auto* found =
        row_on(tables.cells[static_cast<std::size_t>(Question::State)][index_of(*duis::find_service(row["service"]))],
               date(row["from"]));
    ASSERT_NE(found, nullptr) << row["service"];
    EXPECT_EQ(found->from, date(row["from"])) << row["service"];
    EXPECT_EQ(found->to, date(row["to"])) << row["service"];
    ++rows;
  }
  for (auto& row : read_table("access_rules.tsv")) {
    const RuleRow* found = nullptr;
    for (const auto& chain : tables.rules) {
      for (const auto& one : chain) {
        if (one.row.rule == row["rule"] && one.row.from == date(row["from"])) found = &one;
      }
    }
    ASSERT_NE(found, nullptr) << row["rule"];
    EXPECT_EQ(found->row.to, date(row["to"])) << row["rule"];
    EXPECT_EQ(found->value, row["value"]) << row["rule"];
    ++rows;
  }
  std::size_t compiled = 0;
  for (const auto& chain : tables.cells[static_cast<std::size_t>(Question::State)]) compiled += chain.size();
  for (const auto& chain : tables.rules) compiled += chain.size();
  EXPECT_EQ(rows, compiled);
  EXPECT_EQ(tables.changes.size(), read_table("access_changes.tsv").size());
}

TEST(AccessMatrix, OfTwoExceptionsTheOneThatNamesMoreDecides) {
  const auto service = index_of(*duis::find_service("4.1.1"));
  const auto type = static_cast<std::size_t>(DeviceType::ESME);
  const auto commissioned = static_cast<std::size_t>(DeviceState::Commissioned);
  auto tables = Tables::standard();
  auto broad = change(service, 0, type, commissioned, false);
  broad.roles = broad.types = 0xFFFF;
  broad.named = 2;
  auto role = change(service, static_cast<std::size_t>(UserRole::OU), 0, 0, true);
  role.asks = Question::Role;
  role.types = role.states = 0xFFFF;
  role.named = 2;
  tables.changes = {broad, change(service, 0, type, commissioned, true), role};
  EXPECT_TRUE(decide(facts(service, 0, type, commissioned), tables).allowed());
  EXPECT_EQ(decide(facts(service, 2, static_cast<std::size_t>(DeviceType::GSME), commissioned), tables).reason,
            Reason::DeviceState);
  const auto asked = facts(service, static_cast<std::size_t>(UserRole::OU), type, 2);
  EXPECT_EQ(decide(asked).reason, Reason::RoleNotEligible);
  EXPECT_TRUE(decide(asked, tables).allowed());
}

}  // namespace
}  // namespace meterway::access
