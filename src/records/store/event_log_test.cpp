#include "records/store/event_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace meterway::store {
namespace {

class EventLog : public testing::Test {
 protected:
  EventLog()
      : path_((std::filesystem::temp_directory_path() / ("meterway_event_log_" + std::to_string(::getpid()) + ".db"))
                  .string()) {
    clean();
    store_ = *open_sqlite(path_);
  }
  ~EventLog() override {
    store_.reset();
    clean();
  }
  void clean() {
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }
  Result<std::uint64_t> append(Event event) {
    Result<std::uint64_t> sequence = fail(ErrorCode::Database);
    const auto status = store_->write([&](WriteView& view) -> Status {
      sequence = append_event(view, event);
      if (!sequence) return Unexpected{sequence.error()};
      return {};
    });
    EXPECT_EQ(status.has_value(), sequence.has_value());
    return sequence;
  }
  template <class Question>
  std::vector<Event> ask(Question question) {
    std::vector<Event> events;
    const auto status = store_->read([&](const ReadView& view) -> Status {
      METERWAY_TRY(events, question(view));
      return {};
    });
    EXPECT_TRUE(status) << describe(status.error());
    return events;
  }
  std::vector<Event> of(std::string_view id) {
    return ask([&](const ReadView& view) { return events_of(view, id); });
  }

  std::string path_;
  std::unique_ptr<Store> store_;
};

Event event(std::string id, std::string step) {
  return {0,
          UtcTime(std::chrono::microseconds(1'790'000'000'123'456)),
          std::move(id),
          std::move(step),
          "accepted",
          "why {}",
          {0xDF, 0x09, 0x00}};
}

TEST_F(EventLog, GivesTheEventsOfOneRequestInOrderAndWhole) {
  ASSERT_EQ(append(event("A:B:1", "gateway")).value(), 1u);
  ASSERT_EQ(append(event("A:B:10", "gateway")).value(), 2u);
  ASSERT_EQ(append(event("A:B:1", "verify")).value(), 3u);
  auto first = event("A:B:1", "gateway"), second = event("A:B:1", "verify");
  first.sequence = 1;
  second.sequence = 3;
  EXPECT_EQ(of("A:B:1"), (std::vector<Event>{first, second})) << "an id is not found by its prefix";
  EXPECT_EQ(of("A:B:10").size(), 1u);
  EXPECT_TRUE(of("A:B").empty());
}

TEST_F(EventLog, GivesTheEventsOfAllRequestsFromASequenceOn) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(append(event("A:B:" + std::to_string(i % 7), "step")));
  const auto some = ask([](const ReadView& view) { return events_from(view, 250, 10); });
  ASSERT_EQ(some.size(), 10u);
  EXPECT_EQ(some.front().sequence, 250u) << "beyond 255 the order must still be that of numbers";
  EXPECT_EQ(some.back().sequence, 259u);
}

TEST_F(EventLog, GoesOnCountingAfterReopening) {
  ASSERT_TRUE(append(event("A:B:1", "gateway")));
  store_.reset();
  store_ = *open_sqlite(path_);
  EXPECT_EQ(append(event("A:B:1", "verify")).value(), 2u);
  EXPECT_EQ(of("A:B:1").size(), 2u);
}

TEST_F(EventLog, RefusesRequestIdsThatWouldMixWithOthers) {
  EXPECT_EQ(append(event("", "gateway")).error().code, ErrorCode::BadValue);
  EXPECT_EQ(append(event(std::string("A\0B", 3), "gateway")).error().code, ErrorCode::BadValue);
  EXPECT_EQ(append(event(std::string(513, 'A'), "gateway")).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace meterway::store
