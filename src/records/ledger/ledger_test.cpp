#include "records/ledger/ledger.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "records/audit/log.h"
#include "records/ledger/agreeable.h"

namespace meterway::ledger {
namespace {

Person person(std::string id, std::string party, std::vector<std::string> roles, Classification clearance) {
  return {id, id, std::move(party), std::move(roles), clearance, true};
}

Result<std::vector<std::string>> in_order(Change&, const Record&, const Record& after) {
  if (after.instant("start") < after.instant("end")) return std::vector<std::string>();
  return std::vector<std::string>{"the window ends before it begins"};
}

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_ledger_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
    ledger_.emplace(
        Surroundings{*store_, clock, rules, agreeable_but_for({{"window_is_in_order", in_order, nullptr}}), {}});
    made("committee", {{"code", {"CSC"}}, {"name", {"Change Sub-Committee"}}});
  }
  ~LedgerTest() override { std::filesystem::remove_all(folder_); }

  Ledger& ledger() { return *ledger_; }
  Record made(std::string_view kind, Fields fields, Classification level = Classification::White,
              std::string reference = {}) {
    const auto record = ledger_->create(secretary, kind, {std::move(reference), std::move(fields), level, ""});
    if (!record) {
      ADD_FAILURE() << text(record.error());
      return {};
    }
    return *record;
  }
  static std::string text(const Problem& problem) {
    std::string out = problem.detail;
    for (const auto& one : problem.fields) out += "; " + one.field + ": " + one.detail;
    return out;
  }
  Record action(std::string owner = "DCC", Classification level = Classification::White) {
    return made("action",
                {{"committee", {"CSC"}}, {"number", {"12"}}, {"text", {"Meet about DP096"}}, {"owner", {owner}}},
                level);
  }

  const Person secretary = person("secretary", "SECAS", {"secretary", "reporter"}, Classification::Red);
  const Person dcc = person("dcc.one", "DCC", {"reporter"}, Classification::Green);
  ManualClock clock{*from_iso8601("2020-02-25T10:00:00Z")};
  rules::Rules rules;
  std::unique_ptr<store::Store> store_;

 private:
  std::filesystem::path folder_;
  std::optional<Ledger> ledger_;
};

TEST_F(LedgerTest, RangesGoByTimeAndByNumberNotByLetters) {
  for (const auto* raised : {"2018-08-31T23:59:59.900000Z", "2018-09-01T00:00:00Z", "2018-09-01T00:00:00.500000Z"})
    made("incident", {{"title", {"t"}}, {"raised", {raised}}, {"description", {"d"}}});
  Query query{"incident"};
  query.range_field = "raised";
  query.to = "2018-09-01T00:00:00Z";
  EXPECT_EQ(ledger().reader(secretary).count(query).value(), 1u);
  query.from = std::exchange(query.to, "");
  EXPECT_EQ(ledger().reader(secretary).count(query).value(), 2u) << "half a second after midnight is of the new month";

  for (const auto* number : {"100", "61", "9"})
    made("paper", {{"title", {"t"}},
                   {"number", {number}},
                   {"held", {"2018-10-12"}},
                   {"item", {"19"}},
                   {"decision_type", {"note"}}});
  Query papers{"paper"};
  papers.range_field = "number";
  papers.from = "10";
  const auto page = ledger().reader(secretary).list(papers).value();
  ASSERT_EQ(page.total, 2u);
  EXPECT_EQ(page.records.front().text("number"), "61");
}

TEST_F(LedgerTest, NumbersRecordsInTheFormOfTheirKind) {
  EXPECT_EQ(action().reference, "CSC 12/01");
  EXPECT_EQ(action().reference, "CSC 12/02");
  const Fields proposal{{"title", {"t"}}, {"proposer", {"Utilita"}}, {"raised", {"2020-01-01"}}, {"issue", {"i"}}};
  EXPECT_EQ(made("proposal", proposal, Classification::White, "DP116").reference, "DP116");
  EXPECT_EQ(made("proposal", proposal).reference, "DP117");
  EXPECT_EQ(made("proposal", proposal, Classification::White, "SECMP0063").reference, "SECMP0063");
  EXPECT_EQ(made("proposal", proposal).reference, "DP118") << "the old numbering is not ours to go on with";
  EXPECT_EQ(made("meeting", {{"committee", {"CSC"}}, {"number", {"12"}}, {"held", {"2020-02-25"}}}).reference,
            "CSC 12_2502");
  EXPECT_EQ(made("paper", {{"title", {"t"}},
                           {"number", {"61"}},
                           {"held", {"2018-10-12"}},
                           {"item", {"19"}},
                           {"decision_type", {"information"}}})
                .reference,
            "SECP_61_1210_19");
  const auto reader = ledger().reader(secretary);
  EXPECT_EQ(reader.find("proposal", "MP116")->reference, "DP116") << "it keeps its number as a modification";
  const auto taken = ledger().create(secretary, "proposal", {"DP116", proposal, {}, ""});
  EXPECT_EQ(taken.error().code, ErrorCode::Conflict);
}

TEST_F(LedgerTest, SaysEverythingThatIsWrongWithADraftAndKeepsNothing) {
  const auto made = ledger().create(
      secretary, "action",
      {"",
       {{"committee", {"TAG"}}, {"number", {"x"}}, {"due", {"2020-02-30"}}, {"tea", {"1"}}, {"evidence", {}}},
       {},
       ""});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::BadValue);
  EXPECT_EQ(text(made.error()),
            "what is said of the action cannot be; committee: there is no TAG; due: expected a date such as "
            "2018-09-14; number: expected a whole number; tea: is no field of a action");
  const auto missing = ledger().create(secretary, "action", {"", {{"committee", {"CSC"}}}, {}, ""});
  EXPECT_EQ(missing.error().fields.size(), 3u) << text(missing.error());
  EXPECT_EQ(ledger().reader(secretary).count({"action"}).value(), 0u);
}

TEST_F(LedgerTest, GivesTheSecondOfTwoRacingChangesAConflict) {
  const auto record = action();
  std::vector<std::thread> racers;
  std::atomic<int> won{0}, stale{0};
  for (int i = 0; i < 4; ++i) {
    racers.emplace_back([&, i] {
      const auto done = ledger().change(secretary, "action", record.reference, record.revision,
                                        {"", {{"text", {"text " + std::to_string(i)}}}, {}, ""});
      (done ? won : stale)++;
      if (!done) {
        EXPECT_EQ(done.error().code, ErrorCode::StaleCounter);
      }
    });
  }
  for (auto& racer : racers) racer.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(stale, 3);
  EXPECT_EQ(ledger().reader(secretary).history("action", record.reference)->size(), 2u);
}

TEST_F(LedgerTest, KeepsWhoChangedWhatWhenFromWhatToWhatAndWhy) {
  const auto record = action();
  clock.advance(std::chrono::hours(1));
  ASSERT_TRUE(ledger().act(dcc, "action", record.reference, record.revision, "close",
                           {"", {{"evidence", {"minutes of 3 March"}}}, {}, "done"}));
  const auto history = *ledger().reader(dcc).history("action", record.reference);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].by, "dcc.one");
  EXPECT_EQ(history[1].party, "DCC");
  EXPECT_EQ(history[1].action, "close");
  EXPECT_EQ(history[1].from, "open");
  EXPECT_EQ(history[1].to, "closed");
  EXPECT_EQ(history[1].why, "done");
  EXPECT_EQ(history[1].at, clock.now());
  ASSERT_EQ(history[1].changes.size(), 1u);
  EXPECT_EQ(history[1].changes[0].field, "evidence");
  EXPECT_TRUE(history[1].changes[0].before.empty());
  EXPECT_EQ(history[1].changes[0].after, Value{"minutes of 3 March"});
}

TEST_F(LedgerTest, LetsDoOnlyWhatTheRowsAllowToThoseWhomTheyName) {
  const auto record = action("EDF");
  const auto close = [&](const Person& who, Fields fields) {
    return ledger().act(who, "action", record.reference, {}, "close", {"", std::move(fields), {}, ""});
  };
  EXPECT_EQ(close(dcc, {{"evidence", {"e"}}}).error().code, ErrorCode::Refused) << "neither secretary nor owner";
  EXPECT_EQ(text(close(secretary, {}).error()), "what is said of the action cannot be; evidence: comes with close");
  const auto edf = person("edf", "EDF", {"party"}, Classification::White);
  EXPECT_EQ(ledger()
                .change(edf, "action", record.reference, {}, {"", {{"evidence", {"e"}}}, {}, ""})
                .error()
                .fields[0]
                .detail,
            "is set together with an action only");
  EXPECT_TRUE(close(edf, {{"evidence", {"e"}}})) << "the owner";
  EXPECT_EQ(text(close(edf, {{"evidence", {"e"}}}).error()),
            "CSC 12/01 is closed: what can be done is dispute, reopen");
  EXPECT_EQ(ledger().create(registry::public_reader(), "action", {}).error().code, ErrorCode::Refused);
}

TEST_F(LedgerTest, AsksTheGuardThatTheRowNamesAlsoWhenFieldsChangeLater) {
  const Fields reversed{{"title", {"t"}},
                        {"provider", {"DSP"}},
                        {"start", {"2020-03-01T23:00:00Z"}},
                        {"end", {"2020-03-01T22:00:00Z"}},
                        {"services", {"DUIS"}}};
  const auto refused = ledger().create(dcc, "maintenance", {"", reversed, {}, ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::BadRequest);
  EXPECT_EQ(text(refused.error()), "create: not yet; : the window ends before it begins");
  EXPECT_FALSE(ledger().create(dcc, "maintenance", {"", reversed, {}, ""})) << "again within the hour";
  audit::Page noted;
  EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(noted, audit::list(view, {"dcc.one"}, 0, 10));
    return {};
  }));
  ASSERT_EQ(noted.entries.size(), 1u);
  EXPECT_EQ(noted.entries[0].function, "ledger.maintenance.create");
  EXPECT_EQ(noted.entries[0].outcome, "refused");
  EXPECT_EQ(noted.entries[0].detail, "the window ends before it begins");
  auto fields = reversed;
  fields["end"] = {"2020-03-02T01:00:00+01:00"};
  const auto window = made("maintenance", fields, Classification::Green);
  const auto now = ledger().act(dcc, "maintenance", window.reference, {}, "confirm", {});
  ASSERT_TRUE(now) << text(now.error());
  EXPECT_EQ(now->text("end"), "2020-03-02T00:00:00Z");
  const Draft back{"", {{"end", {"2020-03-01T22:00:00Z"}}}, {}, ""};
  EXPECT_EQ(ledger().change(dcc, "maintenance", window.reference, {}, back).error().code, ErrorCode::BadRequest);
  EXPECT_EQ(ledger().act(dcc, "maintenance", window.reference, {}, "change", back).error().code, ErrorCode::Conflict)
      << "a change is no action";
  EXPECT_EQ(ledger().reader(dcc).find("maintenance", window.reference)->text("end"), "2020-03-02T00:00:00Z");
}

TEST_F(LedgerTest, ListsByStateOwnerDateWordsAndMentionAPageAtATime) {
  for (int i = 0; i < 12; ++i) action(i % 3 == 0 ? "EDF" : "DCC");
  const auto reader = ledger().reader(secretary);
  EXPECT_EQ(reader.count({"action", {{"owner", "EDF"}}}).value(), 4u);
  EXPECT_EQ(reader.count({"action", {{"owner", "EDF"}, {"state", "closed"}}}).value(), 0u);
  EXPECT_EQ(reader.count({"action", {}, "", "", "", "meet ABOUT"}).value(), 12u);
  EXPECT_EQ(reader.count({"action", {}, "", "", "", "", "DP096"}).value(), 12u);
  EXPECT_EQ(reader.count({"action", {{"tea", "1"}}}).error().code, ErrorCode::BadValue);
  Query query{"action"};
  query.limit = 5;
  std::vector<std::string> seen;
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = *reader.list(query);
    EXPECT_EQ(page.total, 12u);
    for (const auto& record : page.records) seen.push_back(record.reference);
    if (page.next.empty()) break;
    query.after = page.next;
  }
  ASSERT_EQ(seen.size(), 12u);
  EXPECT_EQ(seen[0], "CSC 12/01");
  EXPECT_EQ(seen[11], "CSC 12/12");
}

TEST_F(LedgerTest, SaysWhereARecordIsMentioned) {
  made("proposal",
       {{"title", {"Power outage alerts"}}, {"proposer", {"ENWL"}}, {"raised", {"2019-11-12"}}, {"issue", {"late"}}},
       Classification::White, "DP096");
  action();
  action("DCC", Classification::Red);
  EXPECT_EQ(ledger().reader(secretary).mentioned_in("proposal", "DP096")->size(), 2u);
  EXPECT_EQ(ledger().reader(dcc).mentioned_in("proposal", "MP096")->size(), 1u) << "the Red one is not there for him";
}

TEST_F(LedgerTest, SumsWhatIsRecordedAndCountsWhatIsNot) {
  made("meeting", {{"committee", {"CSC"}}, {"number", {"12"}}, {"held", {"2020-02-25"}}});
  made("meeting", {{"committee", {"CSC"}}, {"number", {"13"}}, {"held", {"2020-03-31"}}});
  const auto sum = *ledger().reader(dcc).sum({"meeting"}, "number");
  EXPECT_EQ(sum.total, "25");
  EXPECT_EQ(sum.counted, 2u);
  EXPECT_EQ(sum.not_recorded, 0u);
  EXPECT_EQ(ledger().reader(dcc).sum({"meeting"}, "held").error().code, ErrorCode::BadValue);
}

TEST_F(LedgerTest, ListsARedAttachmentByItsTitleAndWritesDownWhoTriedToReadIt) {
  const auto paper = made("paper", {{"title", {"Report"}},
                                    {"number", {"61"}},
                                    {"held", {"2018-10-12"}},
                                    {"item", {"19"}},
                                    {"decision_type", {"information"}}});
  const auto attached = ledger().attach(secretary, "paper", paper.reference, paper.revision,
                                        {"Appendix A", "text/plain", Classification::Red, "who failed\n", ""});
  ASSERT_TRUE(attached) << text(attached.error());
  const auto reader = ledger().reader(registry::public_reader());
  const auto seen = *reader.find("paper", paper.reference);
  ASSERT_EQ(seen.attachments.size(), 1u);
  EXPECT_EQ(seen.attachments[0].title, "Appendix A");
  EXPECT_EQ(seen.attachments[0].size_bytes, 0u);
  EXPECT_TRUE(seen.attachments[0].sha256.empty());
  EXPECT_EQ(reader.content("paper", paper.reference, "1").error().code, ErrorCode::Refused);
  EXPECT_EQ(ledger().reader(secretary).content("paper", paper.reference, "1").value(), "who failed\n");
  const auto audit = *ledger().reader(secretary).audit(0, 10);
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_EQ(audit[0].person, "secretary");
  EXPECT_EQ(audit[0].outcome, "read");
  EXPECT_EQ(audit[1].person, "public");
  EXPECT_EQ(audit[1].outcome, "refused");
  EXPECT_EQ(reader.audit(0, 10).error().code, ErrorCode::Refused);
}

TEST_F(LedgerTest, CountsWhatThePublicAsksForAgainInOneLineAnHour) {
  action("DCC", Classification::Red);
  const auto reader = ledger().reader(registry::public_reader());
  for (int i = 1; i <= 20; ++i) {
    EXPECT_FALSE(reader.find("action", "CSC 12/01"));
    EXPECT_FALSE(reader.find("action", "CSC 13/" + std::to_string(10 + i)));
  }
  auto audit = *ledger().reader(secretary).audit(0, 100);
  ASSERT_EQ(audit.size(), 2u);
  EXPECT_EQ(audit[0].target.reference, "") << "made up";
  EXPECT_EQ(audit[0].times, 20u);
  EXPECT_EQ(audit[1].target.reference, "CSC 12/01");
  EXPECT_EQ(audit[1].outcome, "refused");
  clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(reader.find("action", "CSC 12/01"));
  EXPECT_EQ(ledger().reader(secretary).audit(0, 100)->size(), 3u);
}

TEST_F(LedgerTest, CountsWhatAPersonIsNotGivenInOneLineAnHourAndKeepsEveryReadOfWhatIsRed) {
  action("DCC", Classification::Red);
  const auto other = person("eon", "E.ON", {"party"}, Classification::Green);
  for (int i = 1; i <= 20; ++i) {
    for (const auto& who : {dcc, other}) {
      EXPECT_FALSE(ledger().reader(who).find("action", "CSC 12/01"));
      EXPECT_FALSE(ledger().reader(who).find("action", "CSC 13/" + std::to_string(10 + i)));
    }
    EXPECT_TRUE(ledger().reader(secretary).find("action", "CSC 12/01"));
  }
  std::uint64_t reads = 0, refused = 0, made_up = 0, lines = 0;
  const auto audit = *ledger().reader(secretary).audit(0, 100);
  for (const auto& line : audit) {
    reads += line.outcome == "read" ? line.times : 0;
    refused += line.outcome == "refused" && line.target.reference == "CSC 12/01" ? line.times : 0;
    made_up += line.outcome == "not there" && line.target.reference.empty() ? line.times : 0;
    lines += line.outcome == "read" ? 0 : 1;
    EXPECT_EQ(line.times, line.outcome == "read" ? 1u : 20u) << line.person;
  }
  EXPECT_EQ(reads, 20u);
  EXPECT_EQ(refused, 40u);
  EXPECT_EQ(made_up, 40u);
  EXPECT_EQ(lines, 4u) << "two persons, two lines each";
  clock.advance(std::chrono::hours(1));
  EXPECT_FALSE(ledger().reader(dcc).find("action", "CSC 12/01"));
  EXPECT_EQ(ledger().reader(secretary).audit(0, 1)->front().times, 1u);
}

TEST_F(LedgerTest, ReadsNoMoreRecordsForAFilterWithoutAnIndexThanItMay) {
  for (int i = 0; i < 5; ++i) action(i == 0 ? "DCC" : "SECAS");
  Query query{"action", {{"text", "Meet about DP096"}}};
  query.most_read = 4;
  const auto reader = ledger().reader(secretary);
  EXPECT_EQ(reader.list(query).error().code, ErrorCode::BadValue);
  query.filters.push_back({"owner", "SECAS"});
  ASSERT_TRUE(reader.list(query)) << "an index leaves few enough";
  EXPECT_EQ(reader.count(query).value(), 4u);
  query.filters = {{"text", "Meet about DP096"}, {"class", "Red"}};
  EXPECT_EQ(reader.count(query).value(), 0u);
  query.filters = {{"class", "White"}, {"text", "Meet about DP096"}};
  EXPECT_EQ(reader.list(query).error().code, ErrorCode::BadValue);
  query.most_read = 0;
  EXPECT_EQ(reader.count(query).value(), 5u) << "no bound";
}

TEST(Kinds, AreListedByTheirOwnerAndDateWithAnIndex) {
  for (const auto& kind : all_kinds()) {
    for (const auto field : {kind.owner, kind.date}) {
      const bool indexed = field.empty() || kind.field(field)->indexed;
      EXPECT_TRUE(indexed) << kind.name << "." << field;
    }
  }
}

TEST_F(LedgerTest, RefusesAnAttachmentThatIsNotWhatItIsSaidToBe) {
  const auto record = action();
  const auto attach = [&](std::string type, std::string bytes) {
    const auto done =
        ledger().attach(secretary, "action", record.reference, {}, {"a", std::move(type), {}, std::move(bytes), ""});
    return done ? std::string() : text(done.error());
  };
  EXPECT_EQ(attach("application/pdf", "<html>"),
            "the attachment cannot be; content: is said to be application/pdf, and is not");
  EXPECT_EQ(attach("image/png", "%PDF-1.4"), "the attachment cannot be; content: is said to be image/png, and is not");
  EXPECT_EQ(attach("text/plain", std::string("a\0b", 3)),
            "the attachment cannot be; content: is said to be text/plain, and is not");
  EXPECT_NE(attach("text/html", "<script>").find("not taken"), std::string::npos);
  EXPECT_EQ(attach("application/pdf", "%PDF-1.4\n"), "");
}

TEST_F(LedgerTest, WantsAReasonForAnotherClassAndKeepsWhatWasSaidWhileItWasRed) {
  const auto record = action("DCC", Classification::Red);
  EXPECT_EQ(ledger().reader(dcc).find("action", record.reference).error().code, ErrorCode::NotFound);
  EXPECT_EQ(ledger().change(dcc, "action", record.reference, {}, {}).error().code, ErrorCode::NotFound)
      << "not even by changing it";
  const Draft open{"", {{"text", {"harmless"}}}, Classification::White, ""};
  EXPECT_EQ(ledger().change(secretary, "action", record.reference, {}, open).error().fields[0].field, "why");
  ASSERT_TRUE(
      ledger().change(secretary, "action", record.reference, {}, {"", open.fields, open.level, "agreed by the Panel"}));
  EXPECT_EQ(ledger().reader(dcc).find("action", record.reference)->text("text"), "harmless");
  EXPECT_EQ(ledger().reader(dcc).history("action", record.reference)->size(), 0u) << "both entries tell what was Red";
  EXPECT_EQ(ledger().reader(secretary).history("action", record.reference)->size(), 2u);
  EXPECT_EQ(ledger()
                .change(dcc, "action", record.reference, {}, {"", {}, Classification::Red, "why"})
                .error()
                .fields[0]
                .detail,
            "is above your clearance");
}

TEST_F(LedgerTest, KeepsAnAmberRecordToThoseItNames) {
  auto fields = Fields{
      {"committee", {"CSC"}}, {"number", {"12"}}, {"text", {"x"}}, {"owner", {"DCC"}}, {"audience", {"EDF", "chair"}}};
  made("action", fields, Classification::Amber);
  const auto count = [&](const Person& who) { return ledger().reader(who).count({"action"}).value(); };
  EXPECT_EQ(count(person("a", "EDF", {"party"}, Classification::Amber)), 1u);
  EXPECT_EQ(count(person("a", "E.ON", {"chair"}, Classification::Red)), 1u);
  EXPECT_EQ(count(person("a", "E.ON", {"party"}, Classification::Red)), 0u);
  EXPECT_EQ(count(person("a", "EDF", {"party"}, Classification::Green)), 0u);
}

TEST(Unmatched, TellsOfNamesThatNobodyHasAndOfNamesThatNobodyUses) {
  const Named mine[] = {{"tea", in_order, nullptr}};
  const auto found = unmatched(mine);
  EXPECT_NE(std::find(found.missing.begin(), found.missing.end(), "window_is_in_order"), found.missing.end());
  EXPECT_EQ(found.unused, std::vector<std::string>{"tea"});
}

}  // namespace
}  // namespace meterway::ledger
