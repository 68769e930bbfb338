// Every kind of record and every row of spec/ledger_transitions.tsv for every job type, over HTTP: whom the row does
// not name gets 403 and changes nothing. Beside it, by name, who may do what the gatekeeper's own records are for.
#include "base/net/url.h"
#include "records/ledger/rows.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using Row = Rows::value_type;

/// A record of this kind in this state, of which every field says something: `text`, where no type says what.
std::optional<ledger::Record> record_of(const ledger::Kind& kind, const std::string& state, const std::string& owner,
                                        const std::string& text) {
  ledger::Record out;
  out.kind = std::string(kind.name);
  out.state = state;
  out.revision = 1;
  for (const auto& field : kind.fields) {
    switch (field.type) {
      case ledger::Type::Date:
        out.set(field.name, "2026-01-01");
        break;
      case ledger::Type::Instant:
        out.set(field.name, "2026-01-01T00:00:00Z");
        break;
      case ledger::Type::Choice:
        out.set(field.name, std::string(ledger::parts(field.of, '|').front()));
        break;
      case ledger::Type::Text:
      case ledger::Type::Reference:
        out.set(field.name, text);
        break;
      default:
        out.set(field.name, "1");
    }
  }
  if (kind.field("device") != nullptr) out.set("device", tests::kMeter.dashed_upper());
  // Whose it is, unless it is named by that.
  if (!kind.owner.empty() && kind.format.find("{" + std::string(kind.owner)) == std::string_view::npos)
    out.set(kind.owner, owner);
  const auto made = ledger::make_reference(kind, out.fields, 1, [&](const auto&, const auto&, auto) { return text; });
  out.reference = made.value_or("");
  return ledger::read_reference(kind, out.reference) ? std::optional(out) : std::nullopt;
}
ledger::Record record_of(const ledger::Kind& kind, const std::string& state, const std::string& owner) {
  for (const auto* text : {"1", "CSC"}) {
    if (auto made = record_of(kind, state, owner, text)) return *made;
  }
  ADD_FAILURE() << kind.name << ": no reference";
  return {};
}

class LedgerPermissions : public PortalBench {
 protected:
  LedgerPermissions() {
    for (const auto& row : table("ledger_transitions.tsv")) rows_[row.at("kind")].push_back(row);
  }
  static bool names(const std::string& who, const std::string& job_type, bool owns) {
    if (job_type == "operator") return true;
    const std::set<std::string> his = job_type == "user" ? std::set<std::string>{"user", "party"} : std::set{job_type};
    std::stringstream words(who);
    for (std::string word; std::getline(words, word, ',');) {
      if (his.count(word) || word == "anyone" || (word == "owner" && owns)) return true;
    }
    return false;
  }
  /// One in which this row decides: for a row of any state one that has no row of its own.
  std::string state_for(const std::string& kind, const Row& row) const {
    if (row.at("from") != "*") return row.at("from");
    for (const auto& one : rows_.at(kind)) {
      const auto& state = one.at("to");
      const auto own = [&](const Row& other) {
        return other.at("from") == state && other.at("action") == row.at("action");
      };
      if (state != "=" && std::none_of(rows_.at(kind).begin(), rows_.at(kind).end(), own)) return state;
    }
    ADD_FAILURE() << kind << " " << row.at("action");
    return "";
  }
  void put(const ledger::Record& record) {
    ASSERT_TRUE(store_.write([&](store::WriteView& view) { return ledger::rows::put(view, nullptr, record); }));
  }
  /// Asks as everybody who has a name.
  void expect(const std::string& what, const std::string& method, const std::string& path, const std::string& who,
              bool owns, const std::optional<ledger::Record>& record) {
    for (const auto& job_type : job_types_) {
      if (job_type == "public") continue;
      if (record) put(*record);
      const auto answer = ask(method, path, job_type, "{}", {{"if-match", "*"}, {"content-type", "application/json"}});
      const auto says = what + " as " + job_type + ": " + answer.body;
      EXPECT_LT(answer.status, 500) << says;
      const bool refused = answer.status == 403 && (answer.body.find(" by: ") != std::string::npos);
      EXPECT_EQ(refused, !names(who, job_type, owns)) << says;
      (refused ? refused_ : let_in_)++;
      if (refused) no_change(says);
    }
  }

  std::map<std::string, std::vector<Row>> rows_;
  std::size_t refused_ = 0, let_in_ = 0;
};

TEST_F(LedgerPermissions, ARecordIsMadeChangedAndActedOnByWhomItsRowsName) {
  const std::string base = "/api/v1/ledger/";
  for (const auto& row : table("ledger_kinds.tsv")) {
    const auto& name = row.at("kind");
    const auto* kind = ledger::find_kind(name);
    ASSERT_NE(kind, nullptr) << name;
    for (const std::string owner : {"supplier", "another"}) {
      const auto owns = [&](const ledger::Record& one) {
        return !kind->owner.empty() && one.text(kind->owner) == "supplier";
      };
      if (owner == "another" && kind->owner.empty()) continue;
      const auto path = [&](const ledger::Record& one) {
        return base + name + "/" + net::percent_encoded(one.reference);
      };
      const auto standing = record_of(*kind, rows_.at(name).front().at("to"), owner);
      // Of another's record only those rows say something else that name its owner.
      const auto asks_whose = [&](const std::string& who) {
        return owner == "supplier" || ledger::has_part(who, "owner");
      };
      if (asks_whose(row.at("changes")))
        expect(name + " change", "PATCH", path(standing), row.at("changes"), owns(standing), standing);
      for (const auto& transition : rows_.at(name)) {
        const auto& action = transition.at("action");
        if (action == "change") continue;
        if (action == "create") {
          // Both rows have to name him.
          if (owner == "supplier") {
            for (const auto& job_type : job_types_) {
              if (job_type == "public") continue;
              const auto answer = ask("POST", base + name, job_type, "{}", {{"content-type", "application/json"}});
              const bool refused = answer.body.find("is made by: ") != std::string::npos;
              EXPECT_EQ(refused,
                        !names(row.at("creates"), job_type, false) || !names(transition.at("who"), job_type, false))
                  << name << " create as " << job_type << ": " << answer.body;
              if (refused) no_change(name + " create as " + job_type);
            }
          }
          continue;
        }
        if (!asks_whose(transition.at("who"))) continue;
        const auto there = record_of(*kind, state_for(name, transition), owner);
        expect(name + " " + there.state + " " + action, "POST", path(there) + "/" + action, transition.at("who"),
               owns(there), there);
      }
    }
  }
  EXPECT_GT(refused_, 2000u);
  EXPECT_GT(let_in_, 500u);
}

TEST_F(LedgerPermissions, WhatTheGatekeeperGoesByIsMadeByTheseAlone) {
  // By name, not read from the tables: a cell that lets in one more is seen here.
  const std::map<std::string, std::string> kWho{
      {"authority_key create", "operator"},
      {"signed_direction create", "reporter,operator"},
      {"signed_direction execute", "reporter,operator,desk"},
      {"signed_direction withdraw", "operator"},
      {"blocked_device create", "reporter,operator"},
      {"blocked_device release", "reporter,operator,desk"},
      {"certified_product create", "reporter,operator"},
      {"certified_product remove", "reporter,operator"},
      {"certified_product return", "reporter,operator"},
      {"coverage create", "reporter,operator"},
      {"hub_product create", "reporter,operator"},
      {"hub_notice create", "party,reporter,operator"},
      {"compliance_exception create", "operator"},
      {"compliance_exception close", "reporter,desk"},
      {"correction_case create", "operator"},
      {"correction_case request", "owner,reporter,operator"},
      {"correction_case again", "owner,reporter,operator"},
      {"correction_case update", "operator"},
      {"correction_case close", "operator"},
      {"notice create", "operator"},
      {"subscriber create", "secretary,operator"},
      {"certificate_request create", "party,reporter,operator"},
  };
  std::size_t met = 0;
  for (const auto& [name, who] : kWho) {
    const auto space = name.find(' ');
    for (const auto& row : rows_.at(name.substr(0, space))) {
      if (row.at("action") != name.substr(space + 1)) continue;
      EXPECT_EQ(row.at("who"), who) << name;
      ++met;
    }
  }
  EXPECT_GE(met, kWho.size());
  for (const auto& row : table("ledger_kinds.tsv")) {
    const auto made = kWho.find(row.at("kind") + " create");
    if (made == kWho.end()) continue;
    EXPECT_EQ(row.at("creates"), made->second) << row.at("kind");
  }
}

}  // namespace
}  // namespace meterway::portal
