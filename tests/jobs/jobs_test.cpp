// Bulk work: what comes in a file is checked, tried, carried out and told row by row. Seed B33.
#include "tests/jobs/jobs_bench.h"

namespace meterway::jobs {
namespace {

using Outcomes = std::map<std::string, std::uint64_t>;
using registry::DeviceState;

class Jobs : public JobsBench {};

TEST_F(Jobs, EachRowIsCheckedTriedAndCarriedOutAndSaysWhatHasBecomeOfIt) {
  ASSERT_TRUE(world(60));
  const auto id = submitted(draft(hubs(1, 60)));
  EXPECT_EQ(job(id).state(), "checking");
  ASSERT_TRUE(settle());
  EXPECT_EQ(job(id).state(), "checked");
  EXPECT_EQ(outcomes(id), (Outcomes{{"valid", 60}}));
  EXPECT_EQ(asked(id, "dry-run"), "dry running");
  ASSERT_TRUE(settle());
  EXPECT_EQ(job(id).state(), "dry run done");
  EXPECT_EQ(outcomes(id), (Outcomes{{"would be done", 60}}));
  EXPECT_EQ(rows(id)[7].from, "Commissioned");
  EXPECT_EQ(rows(id)[7].to, "Decommissioned");
  EXPECT_EQ(state(hub(8)), DeviceState::Commissioned) << "a dry run changes nothing";
  EXPECT_TRUE(returns().empty());
  EXPECT_EQ(asked(id, "run"), "running");
  ASSERT_TRUE(settle());
  EXPECT_EQ(job(id).state(), "done");
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 60}}));
  EXPECT_EQ(job(id).counts, outcomes(id));
  for (std::uint64_t n = 1; n <= 60; ++n) EXPECT_EQ(state(hub(n)), DeviceState::Decommissioned);
  EXPECT_EQ(returns().size(), 60u);
  const auto row = rows(id)[7];
  EXPECT_EQ(row.row, 9u) << "below the heading";
  EXPECT_EQ(row.key, hub(8).plain());
  EXPECT_EQ(row.service, "8.14.4");
  EXPECT_TRUE(row.reference.starts_with("HR")) << row.reference;
  EXPECT_TRUE(row.rule.starts_with("responsible") || !row.rule.empty()) << row.rule;
}

TEST_F(Jobs, WhatIsDoneIsDoneByThePersonForHisUserInInventoryAuditAndTrace) {
  ASSERT_TRUE(world(1));
  const auto id = submitted(draft(hubs(1, 1)));
  ASSERT_TRUE(settle());
  asked(id, "run");
  ASSERT_TRUE(settle());
  const auto past = look<registry::Past>([](const auto& view) { return registry::past_of(view, hub(1)); });
  ASSERT_FALSE(past.changes.empty());
  EXPECT_EQ(past.changes.back().what, "8.14.4");
  EXPECT_EQ(past.changes.back().who, "tester for user-" + kSupplier.plain());
  const auto page =
      look<audit::Page>([](const auto& view) { return audit::list(view, {.function = "service"}, 0, 10); });
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(page.entries[0].person, "tester");
  EXPECT_EQ(page.entries[0].party, "Supplier");
  EXPECT_EQ(page.entries[0].about, "device:" + hub(1).plain());
  EXPECT_TRUE(page.entries[0].detail.starts_with("job:1:2; rule ")) << page.entries[0].detail;
  const auto events =
      look<std::vector<store::Event>>([](const auto& view) { return store::events_of(view, "job:1:2"); });
  std::vector<std::string> steps;
  for (const auto& one : events) steps.push_back(one.step + " " + one.outcome);
  EXPECT_EQ(steps, (std::vector<std::string>{"job row", "authorise passed", "answer inventory", "answer returned",
                                             "answer recorded"}));
  EXPECT_EQ(lines("jobs.create"), (std::map<std::string, int>{{"job:1", 1}}));
  EXPECT_EQ(lines("jobs.act"), (std::map<std::string, int>{{"job:1", 3}})) << "check ended, run asked, run ended";
}

TEST_F(Jobs, ABadRowSaysItsColumnAndReasonAndTheGoodOnesRun) {
  ASSERT_TRUE(world(9));
  auto name = [](std::uint64_t n) { return hub(n).plain(); };
  const Cells columns{"hub", "reason", "found", "other_device", "connection", "date", "incident"};
  const std::string found = "Fault identified post installation";
  const auto id = submitted(draft({{name(1), "SM WAN fault", found, name(7), "Cradle", "2026-05-01", "INC1"},
                                   {"no hub", "no fault", "", "", "", "", ""},
                                   {name(2), "bored of it", "", "", "", "", ""},
                                   {name(3), "no fault", "", "", "Cradle", "", ""},
                                   {name(4), "LED Fault", found, "", "Cradle", "", ""},
                                   {name(5), "no fault", "", "", "", "2027-01-01", ""},
                                   {name(6), "no fault", "", "", "", "", "far more than fifteen"},
                                   {name(7), "LED Fault", "yesterday", name(8), "Cradle", "", ""},
                                   {hub(1).dashed_upper(), "no fault", "", "", "", "", ""}},
                                  columns));
  ASSERT_TRUE(settle());
  const std::vector<std::pair<std::string, std::string>> expected{{"valid", ""},
                                                                  {"not valid", "hub"},
                                                                  {"not valid", "reason"},
                                                                  {"not valid", "connection"},
                                                                  {"not valid", "other_device"},
                                                                  {"not valid", "date"},
                                                                  {"not valid", "incident"},
                                                                  {"not valid", "found"},
                                                                  {"duplicate", ""}};
  const auto checked = rows(id);
  ASSERT_EQ(checked.size(), expected.size());
  for (std::size_t i = 0; i < checked.size(); ++i) {
    EXPECT_EQ(checked[i].outcome, expected[i].first) << i;
    EXPECT_EQ(checked[i].column, expected[i].second) << i;
    EXPECT_EQ(checked[i].why.empty(), i == 0) << i;
  }
  EXPECT_EQ(checked[8].why, "stands in row 2");
  asked(id, "run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 1}, {"duplicate", 1}, {"not valid", 7}}));
  EXPECT_EQ(rows(id)[0].service, "8.14.3");
  EXPECT_EQ(returns(), (std::map<std::string, int>{{hub(1).plain(), 1}}));
}

TEST_F(Jobs, WhatIsRefusedOfARequestIsRefusedOfARowByTheSameRule) {
  ASSERT_TRUE(world(3));
  ASSERT_TRUE(change([](store::WriteView& view) -> Status {
    METERWAY_CHECK(put_hub(view, hub(50), kOtherSupplier));
    return put_hub(view, hub(51), kSupplier, DeviceType::ESME);
  }));
  const auto id = submitted(draft({{hub(1).plain(), "no fault"},
                                   {hub(50).plain(), "no fault"},
                                   {hub(51).plain(), "no fault"},
                                   {hub(99).plain(), "no fault"},
                                   {hub(2).plain(), "lost or stolen"}}));
  ASSERT_TRUE(settle());
  for (const auto* phase : {"dry-run", "run"}) {
    asked(id, phase);
    ASSERT_TRUE(settle());
    const auto all = rows(id);
    EXPECT_EQ(all[1].rule, "not_responsible");
    EXPECT_EQ(all[2].rule, "device_type");
    EXPECT_EQ(all[3].rule, "no_device");
    for (const auto n : {1, 2, 3}) {
      EXPECT_EQ(all[n].outcome, std::string(phase) == "run" ? "refused" : "would be refused");
      EXPECT_FALSE(all[n].why.empty());
    }
  }
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 2}, {"refused", 3}}));
  EXPECT_EQ(state(hub(50)), DeviceState::Commissioned);
  const auto refused = lines("service.8.14.4");
  EXPECT_EQ(refused.count("not_responsible"), 1u);
}

TEST_F(Jobs, TheSameFileOfTheSamePersonIsTheSameJobAndWhatHasComeBackIsNotReturnedAgain) {
  ASSERT_TRUE(world(30));
  const auto id = submitted(draft(hubs(1, 20)));
  EXPECT_EQ(submitted(draft(hubs(1, 20))), id);
  ASSERT_TRUE(settle());
  asked(id, "run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(submitted(draft(hubs(1, 20))), id);
  EXPECT_EQ(asked(id, "run"), "done") << "once";
  const auto overlapping = submitted(draft(hubs(11, 30)), person("colleague"));
  EXPECT_NE(overlapping, id);
  ASSERT_TRUE(settle());
  asked(overlapping, "dry-run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(overlapping), (Outcomes{{"already returned", 10}, {"would be done", 10}}));
  asked(overlapping, "run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(overlapping), (Outcomes{{"already returned", 10}, {"done", 10}}));
  EXPECT_NE(rows(overlapping)[0].why.find("by tester for user-"), std::string::npos) << rows(overlapping)[0].why;
  const auto records = returns();
  EXPECT_EQ(records.size(), 30u);
  for (const auto& [hub, times] : records) EXPECT_EQ(times, 1) << hub;
  // Another party is told what it would be told of any hub that is not its.
  const auto others = submitted(draft(hubs(1, 1)), person("stranger", "Other"));
  ASSERT_TRUE(settle());
  asked(others, "run", person("stranger", "Other"));
  ASSERT_TRUE(settle());
  EXPECT_EQ(rows(others)[0].rule, "not_responsible");
}

TEST_F(Jobs, AllOrNoneBeginsNothingUnlessADryRunFoundNoRowThatCannotBe) {
  ASSERT_TRUE(world(2));
  auto bad = draft({{hub(1).plain(), "no fault"}, {"x", "no fault"}});
  bad.all_or_none = true;
  const auto never = submitted(std::move(bad));
  ASSERT_TRUE(settle());
  EXPECT_EQ(asked(never, "run"), "refused: all or none: 1 of 2 rows cannot be");
  auto unknown = draft({{hub(1).plain(), "no fault"}, {hub(77).plain(), "no fault"}});
  unknown.all_or_none = true;
  const auto id = submitted(std::move(unknown));
  ASSERT_TRUE(settle());
  EXPECT_EQ(asked(id, "run"), "refused: all or none: a dry run of all rows comes first");
  asked(id, "dry-run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(asked(id, "run"), "refused: all or none: 1 of 2 rows cannot be");
  EXPECT_EQ(state(hub(1)), DeviceState::Commissioned);
  ASSERT_TRUE(change([](store::WriteView& view) { return put_hub(view, hub(77), kSupplier); }));
  asked(id, "dry-run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(asked(id, "run"), "running");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 2}}));
}

TEST_F(Jobs, APausedJobStaysSoOverARestartAndGoesOnWhereItWas) {
  ASSERT_TRUE(world(200));
  const auto id = submitted(draft(hubs(1, 200)));
  ASSERT_TRUE(settle());
  asked(id, "run");
  while (job(id).cursor < 75) {
    if (!executor.step()) clock.set(*executor.next());
  }
  EXPECT_EQ(asked(id, "pause"), "paused");
  ASSERT_TRUE(settle());
  EXPECT_EQ(job(id).cursor, 75u);
  crash(1);
  ASSERT_TRUE(settle());
  EXPECT_EQ(job(id).state(), "paused");
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 75}, {"valid", 125}}));
  EXPECT_EQ(asked(id, "resume"), "running");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 200}}));
  EXPECT_EQ(returns().size(), 200u);
}

TEST_F(Jobs, ACancelledJobDoesNothingMoreAndItsFileMayComeAgain) {
  ASSERT_TRUE(world(60));
  const auto id = submitted(draft(hubs(1, 60)));
  ASSERT_TRUE(settle());
  asked(id, "run");
  while (job(id).cursor == 0) {
    if (!executor.step()) clock.set(*executor.next());
  }
  EXPECT_EQ(asked(id, "cancel"), "cancelled");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(id), (Outcomes{{"done", 25}, {"valid", 35}}));
  EXPECT_EQ(asked(id, "resume"), "refused: job 1 is cancelled: nothing more is done of it");
  const auto again = submitted(draft(hubs(1, 60)));
  EXPECT_NE(again, id);
  ASSERT_TRUE(settle());
  asked(again, "run");
  ASSERT_TRUE(settle());
  EXPECT_EQ(outcomes(again), (Outcomes{{"already returned", 25}, {"done", 35}}));
}

TEST_F(Jobs, RunAtTheRateOfTheRuleAndTakeTurns) {
  ASSERT_TRUE(world(200));
  ASSERT_TRUE(settings.rules.set("jobs.rate.bulk", "100"));
  const auto one = submitted(draft(hubs(1, 100))), other = submitted(draft(hubs(101, 200)));
  ASSERT_TRUE(settle());
  const auto begun = clock.now();
  asked(one, "run");
  asked(other, "run");
  while (job(one).cursor < 50) {
    if (!executor.step()) clock.set(*executor.next());
  }
  EXPECT_GE(job(other).cursor, 25u) << "jobs take turns";
  const auto pace = pace_of(job(one), clock.now());
  EXPECT_GT(pace.rows_per_second, 0);
  ASSERT_TRUE(pace.estimated_end);
  EXPECT_GT(*pace.estimated_end, clock.now());
  ASSERT_TRUE(settle());
  const auto took = std::chrono::duration<double>(job(other).ended - begun).count();
  EXPECT_GE(took, 1.7);
  EXPECT_LE(took, 2.1) << "200 rows, 100 a second";
}

TEST_F(Jobs, AreTheirPartysAndASubmissionThatCannotBeSaysWhy) {
  ASSERT_TRUE(world(1));
  const auto id = submitted(draft(hubs(1, 1)));
  const auto stranger = person("stranger", "Other");
  EXPECT_EQ(asked(id, "cancel", stranger), "refused: job 1");
  EXPECT_FALSE(may_see(stranger, job(id)));
  EXPECT_TRUE(may_see(person("colleague"), job(id)));
  auto desk = person("desk", "DCC");
  desk.roles = {"desk"};
  EXPECT_TRUE(may_see(desk, job(id)));
  EXPECT_EQ(asked(id, "cancel", desk), "refused: job 1 is another party's");
  const auto why = [&](Draft one, const registry::Person& by = person()) {
    const auto done = submit(kept(), by, std::move(one), clock.now());
    return done ? std::string() : done.error().detail;
  };
  EXPECT_EQ(why(draft({{"x"}}, {"hub"})), "row 1: the column reason is missing");
  EXPECT_EQ(why(draft({{"x", "y", "z"}}, {"hub", "reason", "colour"})),
            "row 1, column 3: there is no column colour in a file of hub-returns");
  EXPECT_EQ(why(draft({{"x", "y", "z"}}, {"hub", "reason", "hub"})), "row 1, column 3: hub stands there twice");
  EXPECT_EQ(why(draft({})), "the file has no row below its heading");
  EXPECT_EQ(why(draft({{std::string(3000, 'x'), "no fault"}})), "row 2, column hub: more than 2000 bytes");
  EXPECT_EQ(why(draft(hubs(1, 1)), person("nobody", "A party without a User")),
            "his party has no User that may ask for 8.14.3,8.14.4");
  auto others = draft(hubs(1, 1));
  others.user = kOtherSupplier;
  EXPECT_EQ(why(others), "user: " + kOtherSupplier.plain() + " is no User of his party");
}

}  // namespace
}  // namespace meterway::jobs
