#include "flow/tracing/tables.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "flow/envelope/event_area.h"
#include "flow/envelope/refusal.h"

namespace meterway::flow::tracing {
namespace {

TEST(NextMoves, EveryRefusalHasARowThatSaysWhoCanMendIt) {
  for (unsigned i = 0; i <= static_cast<unsigned>(Refusal::NoSchedule); ++i) {
    const auto refusal = static_cast<Refusal>(i);
    const auto* move = find_move("refusal", name(refusal));
    ASSERT_NE(move, nullptr) << name(refusal);
    EXPECT_NE(move->who, "done") << name(refusal);
    EXPECT_NE(move->who, "in_progress") << name(refusal);
    EXPECT_TRUE(is_event_area(move->area)) << name(refusal) << " " << move->area;
  }
}

TEST(NextMoves, EveryResponseCodeHasARowAndOnlyThoseOfSuccessAreNobodys) {
  std::size_t codes = 0;
  for (const auto& move : all_moves()) {
    constexpr std::string_view kCode = "code.";
    if (!move.name.starts_with(kCode)) continue;
    const auto code = move.name.substr(kCode.size());
    EXPECT_TRUE(is_response_code(code)) << code;
    EXPECT_EQ(move.who == "done" || move.who == "in_progress", code.front() != 'E') << code;
    ++codes;
  }
  EXPECT_GT(codes, 190u);
  for (const auto* code : {"I0", "I99", "E1", "E4", "E21", "E100", "E1000", "E060801", "W050201"}) {
    ASSERT_TRUE(is_response_code(code)) << code;
    EXPECT_NE(find_move("code", code), nullptr) << code;
  }
  EXPECT_EQ(find_move("code", "E1000")->who, "operations");
  EXPECT_EQ(find_move("code", "E21")->who, "device") << "its own row, not the general one";
  EXPECT_EQ(find_move("code", "E9999"), nullptr);
}

TEST(NextMoves, WhoIsAlwaysSomebodyThatHasWords) {
  for (const auto& move : all_moves()) {
    EXPECT_NE(words_of(move.who), move.who) << move.name;
    EXPECT_TRUE(move.next.ends_with('.')) << move.name;
  }
}

TEST(TraceSteps, AStepsOwnRowGoesBeforeThatOfItsOthers) {
  EXPECT_EQ(step_row("wan", "arrived").title, "The device has it");
  EXPECT_EQ(step_row("wan", "accepted").outcome, "*");
  EXPECT_EQ(step_row("of tomorrow", "done").title, "Noted");
  for (const auto& row : all_steps()) {
    EXPECT_FALSE(row.title.empty());
    if (row.step != "*" && row.outcome != "*") {
      EXPECT_EQ(&step_row(row.step, row.outcome), &row);
    }
  }
}

}  // namespace
}  // namespace meterway::flow::tracing
