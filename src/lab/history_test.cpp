#include "lab/history.h"

#include <gtest/gtest.h>

namespace meterway::lab {
namespace {

constexpr Eui64 kUser{0x90B3D51F30010000}, kOther{0x90B3D51F30020000}, kMeter{0x00DB1234567890A0};

/// A history as a story of one line each: second, what, counter, and a code.
class Story {
 public:
  Story& sent(int at, std::uint64_t counter, Eui64 user = kUser) {
    return add(Seen::Kind::Sent, at, user, counter, "");
  }
  Story& told(int at, std::uint64_t counter, const char* code, const char* content = "final", Eui64 user = kUser) {
    return add(Seen::Kind::Told, at, user, counter, code, content);
  }
  Story& received(int at, std::uint64_t counter, const char* code, const char* content, Eui64 user = kUser) {
    return add(Seen::Kind::Received, at, user, counter, code, content);
  }
  Story& arrived(int at, std::uint64_t counter, Eui64 user = kUser) {
    return add(Seen::Kind::Arrived, at, user, counter, "");
  }
  Story& executed(int at, std::uint64_t counter, Eui64 user = kUser) {
    return add(Seen::Kind::Executed, at, user, counter, "");
  }
  /// The whole road of a request that goes well, in one second.
  Story& served(int at, std::uint64_t counter) {
    return sent(at, counter)
        .told(at, counter, "I99")
        .arrived(at, counter)
        .executed(at, counter)
        .received(at, counter, "I0", std::to_string(counter).c_str());
  }
  const History& history() const { return history_; }
  Verdict verdict() const { return judge(history_); }

 private:
  Story& add(Seen::Kind kind, int at, Eui64 user, std::uint64_t counter, std::string code, std::string content = {}) {
    const bool at_device = kind >= Seen::Kind::Arrived;
    history_.push_back({kind,
                        UtcTime(std::chrono::seconds(at)),
                        at_device ? kMeter : user,
                        {user, kMeter, {counter}},
                        at_device ? '-' : 'R',
                        std::move(code),
                        std::move(content)});
    return *this;
  }
  History history_;
};

bool says(const Verdict& verdict, std::string_view part) {
  for (const auto& line : verdict.broken) {
    if (line.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST(History, HoldsWhereEveryRequestEndsOnce) {
  const auto verdict = Story().served(1, 1000).served(2, 1001).received(3, 1000, "I0", "1000").verdict();
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.accepted, 2u);
  EXPECT_EQ(verdict.with_result, 2u);
  EXPECT_EQ(verdict.redelivered, 1u);
}

TEST(History, HoldsWhereNothingWasAccepted) {
  EXPECT_TRUE(Story().sent(1, 1000).told(1, 1000, "503", "").sent(2, 1000).told(2, 1000, "E4").verdict().holds());
  EXPECT_TRUE(Story().sent(1, 1000).told(1, 1000, "nothing", "").verdict().holds());
}

TEST(History, BreaksWhereAnAcceptedRequestHasNoOutcome) {
  EXPECT_TRUE(says(Story().sent(1, 1000).told(1, 1000, "I99").verdict(), "no outcome"));
}

TEST(History, BreaksWhereARequestHasTwoOutcomes) {
  EXPECT_TRUE(says(Story().served(1, 1000).received(2, 1000, "E21", "other").verdict(), "2 outcomes"));
}

TEST(History, BreaksWhereARefusedRequestIsAnsweredAllTheSame) {
  EXPECT_TRUE(says(Story().sent(1, 1000).told(1, 1000, "E4").received(2, 1000, "I0", "x").verdict(), "all the same"));
}

TEST(History, BreaksWhereNobodyAsked) {
  EXPECT_TRUE(says(Story().received(1, 1000, "I0", "x").verdict(), "no User sent it"));
  EXPECT_TRUE(says(Story().served(1, 1000).arrived(2, 1001).verdict(), "no User sent it"));
}

TEST(History, BreaksWhereACommandArrivesOrIsCarriedOutTwice) {
  EXPECT_TRUE(says(Story().served(1, 1000).arrived(2, 1000).verdict(), "arrived 2 times"));
  EXPECT_TRUE(says(Story().served(1, 1000).executed(2, 1000).verdict(), "carried out 2 times"));
}

TEST(History, BreaksWhereALaterRequestOfAnotherUserIsCarriedOutFirst) {
  Story story;
  story.sent(1, 1000).told(2, 1000, "I99").sent(3, 7, kOther).told(4, 7, "I99", "final", kOther);
  story.arrived(5, 7, kOther).executed(5, 7, kOther).arrived(6, 1000).executed(6, 1000);
  story.received(7, 1000, "I0", "a").received(7, 7, "I0", "b", kOther);
  EXPECT_TRUE(says(story.verdict(), "accepted before")) << story.verdict().text();
}

TEST(History, IsReadBackAsItWasWritten) {
  const auto history = Story().served(1, 1000).sent(2, 1001).told(3, 1001, "E4").history();
  const auto text = write_history(history);
  const auto again = read_history(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(write_history(*again), text);
  EXPECT_EQ(again->size(), history.size());
}

TEST(History, NamesTheLineThatIsNone) {
  const auto text = write_history(Story().served(1, 1000).history());
  for (const char* line : {"x\n", "1\tsent\t-\n", "1\tgone\t90b3d51f30010000\tx\tR\t\t\n"}) {
    const auto read = read_history(text + line);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().offset, 6u) << line;
  }
}

constexpr Eui64 kHub{0x00DB1234567890A2};

/// A loss of supply at second 10, back at `back` (0: never), and who was told of it with which document.
History darkness(int back, const std::vector<std::pair<Eui64, const char*>>& told) {
  History history;
  const auto add = [&](Seen::Kind kind, int at, Eui64 who, std::string code, std::string content) {
    history.push_back({kind, UtcTime(std::chrono::seconds(at)), who, {}, '-', std::move(code), std::move(content)});
  };
  add(Seen::Kind::Lost, 10, kHub, "", kUser.plain() + "," + kOther.plain());
  for (const auto& [user, document] : told)
    add(Seen::Kind::Received, 200, user, "AD1", kHub.plain() + ":10000000:" + document);
  if (back != 0) add(Seen::Kind::Restored, back, kHub, "", "");
  return history;
}

TEST(History, HoldsWhenBothUsersAreToldOfALongLossOfSupplyOrNobodyOfAShortOne) {
  EXPECT_TRUE(judge(darkness(0, {{kUser, "a"}, {kOther, "b"}})).holds());
  EXPECT_TRUE(judge(darkness(500, {{kUser, "a"}, {kUser, "a"}, {kOther, "b"}})).holds()) << "redelivered";
  EXPECT_TRUE(judge(darkness(60, {})).holds());
  EXPECT_TRUE(judge(darkness(191, {})).holds()) << "over just then";
  EXPECT_EQ(judge(darkness(0, {{kUser, "a"}, {kOther, "b"}})).outages, 1u);
}

TEST(History, FindsALossOfSupplyThatSomebodyIsNotToldOfOrTwiceOrInVain) {
  EXPECT_TRUE(says(judge(darkness(0, {{kUser, "a"}})), kOther.plain() + " was never told"));
  EXPECT_TRUE(says(judge(darkness(0, {{kUser, "a"}, {kUser, "c"}, {kOther, "b"}})), "was told 2 times"));
  EXPECT_TRUE(says(judge(darkness(60, {{kUser, "a"}})), "short loss"));
  EXPECT_TRUE(says(judge(darkness(0, {{kUser, "a"}, {kOther, "b"}, {kMeter, "d"}})), "not his"));
  auto elsewhere = darkness(0, {{kUser, "a"}, {kOther, "b"}});
  elsewhere.back().content = kMeter.plain() + ":10000000:b";
  EXPECT_TRUE(says(judge(elsewhere), "was none"));
  const auto text = write_history(darkness(60, {}));
  EXPECT_EQ(write_history(*read_history(text)), text);
}

}  // namespace
}  // namespace meterway::lab
