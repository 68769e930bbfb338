#include "base/net/deadlines.h"

#include <gtest/gtest.h>

#include <string>

namespace meterway::net {
namespace {

using namespace std::chrono_literals;

struct Stage {
  boost::asio::io_context io{1};
  std::shared_ptr<Deadlines> deadlines = std::make_shared<Deadlines>(io);
  std::string seen;
  Deadlines::Entry set(std::chrono::milliseconds in, char name) {
    return deadlines->set(Deadlines::Clock::now() + in, [this, name] { seen += name; });
  }
};

TEST(Deadlines, ComeInTheirOrderWhateverTheOrderTheyWereSetIn) {
  Stage stage;
  stage.set(30ms, 'c');
  stage.set(10ms, 'a');
  stage.set(20ms, 'b');
  stage.io.run();
  EXPECT_EQ(stage.seen, "abc");
}

TEST(Deadlines, ADroppedOneDoesNotComeAndTheNextDoesInItsTime) {
  Stage stage;
  const auto first = stage.set(1ms, 'a');
  stage.set(40ms, 'b');
  stage.deadlines->drop(first);
  const auto begin = Deadlines::Clock::now();
  stage.io.run();
  EXPECT_EQ(stage.seen, "b");
  EXPECT_GE(Deadlines::Clock::now() - begin, 30ms);
}

TEST(Deadlines, OneMayBeSetWhileAnotherComes) {
  Stage stage;
  stage.deadlines->set(Deadlines::Clock::now(), [&] {
    stage.seen += 'a';
    stage.set(5ms, 'b');
  });
  stage.io.run();
  EXPECT_EQ(stage.seen, "ab");
}

TEST(Deadlines, NothingComesAfterStopAndNothingKeepsTheThread) {
  Stage stage;
  stage.set(1h, 'a');
  stage.deadlines->stop();
  stage.io.run();
  EXPECT_EQ(stage.seen, "");
}

TEST(Deadlines, NothingComesOnceTheyAreGone) {
  Stage stage;
  stage.set(1ms, 'a');
  stage.deadlines.reset();
  stage.io.run();
  EXPECT_EQ(stage.seen, "");
}

}  // namespace
}  // namespace meterway::net
