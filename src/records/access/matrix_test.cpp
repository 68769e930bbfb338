// Every answer of access control: 129 services, seven roles (and the load controller), device types, states; against
// the published matrix as it lies in spec/services.tsv, and cell by cell.
#include <gtest/gtest.h>

#include <algorithm>
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

/// The answer as the published tables have it, found without the generator and without decide().
class Published {
 public:
  Published() {
    for (auto& row : read_table("services.tsv")) services_[row["service_reference_variant"]] = row;
    for (auto& row : read_table("access_states.tsv")) states_[row["service"]] = row;
    for (auto& row : read_table("use_cases.tsv")) devices_.emplace(row["use_case"], words(row["devices"], '/'));
  }
  std::size_t size() const { return services_.size(); }
  Reason answer(const std::string& variant, UserRole role, DeviceType type, DeviceState state) {
    const auto& row = services_.at(variant);
    if (words(row.at("eligible_user_roles")).count(std::string(meterway::to_string(role))) == 0)
      return Reason::RoleNotEligible;
    if (row.at("non_device") == "Yes") return Reason::Allowed;
    bool fits = false;
    for (const auto& tag : words(row.at("gbcs_use_case_tags"))) {
      if (devices_.count(tag) == 0) continue;
      const bool common = tag.rfind("CS", 0) == 0 && tag.rfind("CS01", 0) != 0;
      fits = fits ||
             (common ? type != DeviceType::Unknown : devices_[tag].count(std::string(meterway::to_string(type))) != 0);
    }
    if (!fits) return Reason::DeviceType;
    return states_.at(variant).at(std::string(registry::to_string(state))) == "yes" ? Reason::Allowed
                                                                                    : Reason::DeviceState;
  }

 private:
  std::map<std::string, TableRow> services_, states_;
  std::map<std::string, std::set<std::string>> devices_;
};

TEST(AccessMatrix, AnswersEveryCellAsThePublishedTablesDo) {
  Published published;
  ASSERT_EQ(published.size(), 129u);
  std::map<Reason, std::size_t> seen;
  for (std::size_t service = 0; service < duis::all_services().size(); ++service) {
    const std::string variant(duis::all_services()[service].variant);
    const auto all = answers(Tables::standard(), service);
    std::size_t at = 0;
    for (std::size_t role = 0; role < kRoles; ++role)
      for (std::size_t type = 0; type < kTypes; ++type)
        for (std::size_t state = 0; state < kStates; ++state, ++at) {
          const auto wanted = published.answer(variant, static_cast<UserRole>(role), static_cast<DeviceType>(type),
                                               static_cast<DeviceState>(state));
          ASSERT_EQ(all[at], wanted) << variant << " " << role << " " << type << " " << state;
          ++seen[wanted];
        }
  }
  EXPECT_EQ(seen.size(), 4u) << "allowed, and each of the three refusals";
}

TEST(AccessMatrix, OneCellOfATableChangesTheAnswersOfThatCellAlone) {
  const auto before = all_answers(Tables::standard());
  auto tables = Tables::standard();
  std::size_t cells = 0, changed_cells = 0;
  for (const auto question : {Question::Role, Question::Type, Question::State}) {
    const auto columns = question == Question::Role ? kRoles : question == Question::Type ? kTypes : kStates;
    auto& of = tables.cells[static_cast<std::size_t>(question)];
    for (std::size_t service = 0; service < of.size(); ++service) {
      if (of[service].empty()) continue;
      for (std::size_t column = 0; column < columns; ++column, ++cells) {
        of[service][0].may ^= static_cast<std::uint16_t>(1u << column);
        const auto now = answers(tables, service);
        bool changed = false;
        for (std::size_t at = 0; at < kPlaces; ++at) {
          const auto place = question == Question::Role   ? at / kStates / kTypes
                             : question == Question::Type ? at / kStates % kTypes
                                                          : at % kStates;
          if (now[at] == before[service][at]) {
            // Where an earlier question refuses, this cell is not reached; the role's is always.
            ASSERT_FALSE(question == Question::Role && place == column);
            continue;
          }
          changed = true;
          ASSERT_EQ(place, column) << duis::all_services()[service].variant;
        }
        changed_cells += changed ? 1 : 0;
        // All others, for some: a table of another service is another vector.
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
  EXPECT_GT(changed_cells, cells * 9 / 10) << "a state of a service that no type fits changes nothing";
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

TEST(AccessMatrix, ARowDecidesFromItsDayUntilTheDayBeforeItsLast) {
  const auto service = index_of(*duis::find_service("4.1.1"));
  const auto day = calendar::date_of(*from_iso8601("2026-07-01T00:00:00Z"));
  auto tables = Tables::standard();
  auto& rows = tables.cells[static_cast<std::size_t>(Question::State)][service];
  auto later = rows[0];
  rows[0].to = later.from = day;
  later.may = 0;
  later.rule = "state.later";
  rows.push_back(later);
  const auto at = [&](const char* time) {
    return decide(facts(service, 0, static_cast<std::size_t>(DeviceType::ESME),
                        static_cast<std::size_t>(DeviceState::Commissioned), *from_iso8601(time)),
                  tables);
  };
  EXPECT_TRUE(at("2026-06-30T23:59:59.999Z").allowed());
  EXPECT_EQ(at("2026-07-01T00:00:00Z").reason, Reason::DeviceState);
  EXPECT_EQ(at("2026-07-01T00:00:00Z").rule->rule, "state.later");
  EXPECT_TRUE(at("2001-01-01T00:00:00Z").allowed()) << "before the first row as in the first";
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
