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

TEST_F(EventLog, ShowsWhatItGivesFromAnySequenceOnWholeAndInOrder) {
  const std::vector<Event> call(5, event("", "step"));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(store_->write([&](WriteView& view) -> Status {
      METERWAY_TRY(const auto done, append_events(view, "A:B:" + std::to_string(i % 7), call));
      static_cast<void>(done);
      return {};
    }));
  }
  for (const std::uint64_t from : {1u, 3u, 64u, 127u, 500u, 501u}) {
    std::vector<Event> seen;
    bool more = true;
    ASSERT_TRUE(store_->read([&](const ReadView& view) -> Status {
      while (more) {
        METERWAY_TRY(more, see_events(view, seen.empty() ? from : seen.back().sequence + 1, 20,
                                      [&](const EventView& one) -> Status {
                                        seen.push_back({one.sequence,
                                                        one.time,
                                                        std::string(one.key),
                                                        std::string(one.step),
                                                        std::string(one.outcome),
                                                        std::string(one.detail),
                                                        {one.bytes.begin(), one.bytes.end()}});
                                        return {};
                                      }));
      }
      return {};
    }));
    EXPECT_EQ(seen, ask([&](const ReadView& view) { return events_from(view, from, 1000); })) << from;
    EXPECT_EQ(seen.size(), 501 - from) << from;
  }
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

TEST_F(EventLog, KeepsTheEventsOfOneCallTogetherAndCountsEach) {
  std::vector<Event> three{event("ignored", "a"), event("ignored", "b"), event("ignored", "c")};
  three[1].time += std::chrono::microseconds(5);
  const auto append_three = [&](std::string_view key) {
    std::uint64_t first = 0;
    EXPECT_TRUE(store_->write([&](WriteView& view) -> Status {
      METERWAY_TRY(first, append_events(view, key, three));
      return {};
    }));
    return first;
  };
  EXPECT_EQ(append_three("A"), 1u);
  EXPECT_EQ(append_three("B"), 4u);
  EXPECT_EQ(append_three("A"), 7u);
  const auto found = of("A");
  ASSERT_EQ(found.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(found[i].sequence, i < 3 ? i + 1 : i + 4);
    EXPECT_EQ(found[i].step, three[i % 3].step);
    EXPECT_EQ(found[i].time, three[i % 3].time) << "every event has its own stamp";
    EXPECT_EQ(found[i].request_id, "A");
  }
  std::vector<std::uint64_t> sequences;  // page by page, beginning in the middle of a call
  for (std::uint64_t from = 2;;) {
    const auto page = ask([&](const ReadView& view) { return events_from(view, from, 2); });
    if (page.empty()) break;
    for (const auto& one : page) sequences.push_back(one.sequence);
    from = page.back().sequence + 1;
  }
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_F(EventLog, FindsEventsOfOneKeyHoweverFarApartTheyAre) {
  ASSERT_TRUE(store_->write([&](WriteView& view) -> Status {
    for (int i = 0; i < 40'000; ++i) {
      METERWAY_TRY(const auto done, append_event(view, event(i % 10'000 == 0 ? "rare" : "often", "s")));
      static_cast<void>(done);
    }
    return {};
  }));
  const auto rare = of("rare");
  ASSERT_EQ(rare.size(), 4u);
  EXPECT_EQ(rare[0].sequence, 1u);
  EXPECT_EQ(rare[3].sequence, 30'001u);
  EXPECT_EQ(of("often").size(), kMaxEventsPerAnswer);
}

TEST_F(EventLog, RemovesWhatIsOldAndNotWantedPieceByPiece) {
  const UtcTime old(std::chrono::microseconds(1'000'000)), young(std::chrono::microseconds(2'000'000));
  for (int i = 0; i < 300; ++i) {  // key "1" is wanted; from 200 on they are young
    auto one = event(std::to_string(i % 5), "s");
    one.time = i < 200 ? old : young;
    ASSERT_TRUE(append(one));
  }
  std::uint64_t from = 0;
  int pieces = 0;
  do {
    ASSERT_TRUE(store_->write([&](WriteView& view) -> Status {
      METERWAY_TRY(from, remove_events(view, from, young, 64, [](std::string_view key) { return key == "1"; }));
      return {};
    }));
    ASSERT_LT(++pieces, 20);
  } while (from != 0);
  EXPECT_GE(pieces, 2);
  for (const auto* key : {"0", "2", "3", "4"}) {
    const auto left = of(key);
    ASSERT_EQ(left.size(), 20u) << key;
    EXPECT_EQ(left.front().time, young);
  }
  EXPECT_EQ(of("1").size(), 60u);
  const auto all = ask([](const ReadView& view) { return events_from(view, 1, 1000); });
  ASSERT_EQ(all.size(), 140u);
  EXPECT_EQ(all[0].sequence, 2u);
  EXPECT_EQ(all[1].sequence, 7u);
  EXPECT_EQ(append(event("1", "s")).value(), 301u);
}

/// Rows as version 2 of the store left them: one for each call.
class EventLogOfVersion2 : public EventLog {
 protected:
  EventLogOfVersion2() {
    EXPECT_TRUE(store_->write([](WriteView& view) -> Status {
      for (char first = 1; first <= 5; first += 2) {  // calls of two events, at 1, 3 and 5
        const std::string number = std::string(7, '\0') + first;
        const std::string time = std::string(7, '\0') + first;
        const std::string key = first == 3 ? "B" : "A";
        const auto one = time + "\x01s\x01o" + std::string(2, '\0');
        METERWAY_CHECK(view.put("events", number, "\x02\x01" + key + "\x02" + one + one));
        METERWAY_CHECK(view.append("events-of", key + std::string(9, '\0'), std::string(1, '\0') + first));
      }
      return view.put("event-next", "", std::string(7, '\0') + '\x07');
    }));
    EXPECT_EQ(append(event("A", "new")).value(), 7u);
    EXPECT_EQ(append(event("B", "new")).value(), 8u);
  }
};

TEST_F(EventLogOfVersion2, IsReadWithWhatCameAfterIt) {
  const auto a = of("A");
  ASSERT_EQ(a.size(), 5u);
  EXPECT_EQ(a[0].sequence, 1u);
  EXPECT_EQ(a[0].step, "s");
  EXPECT_EQ(a[3].sequence, 6u);
  EXPECT_EQ(a[4].sequence, 7u);
  EXPECT_EQ(a[4].step, "new");
  std::vector<std::uint64_t> sequences;
  for (std::uint64_t from = 2;;) {
    const auto page = ask([&](const ReadView& view) { return events_from(view, from, 2); });
    if (page.empty()) break;
    for (const auto& one : page) sequences.push_back(one.sequence);
    from = page.back().sequence + 1;
  }
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(EventLogOfVersion2, IsRemovedFirst) {
  const auto remove = [&](std::uint64_t from, std::size_t limit) {
    std::uint64_t next = 0;
    EXPECT_TRUE(store_->write([&](WriteView& view) -> Status {
      METERWAY_TRY(next, remove_events(view, from, UtcTime::max(), limit, [](std::string_view) { return false; }));
      return {};
    }));
    return next;
  };
  const auto next = remove(0, 2);
  EXPECT_EQ(next, 4u);
  EXPECT_EQ(of("A").size(), 3u);
  EXPECT_EQ(of("B").size(), 1u);
  EXPECT_EQ(remove(next, 2), 64u) << "a block at a time";
  EXPECT_EQ(remove(64, 2), 0u);
  EXPECT_TRUE(of("A").empty());
  EXPECT_TRUE(of("B").empty());
  EXPECT_TRUE(store_->read([](const ReadView& view) -> Status {
    for (const auto* table : {"events", "event-block", "events-of"}) EXPECT_TRUE(view.scan(table, "", "", 9)->empty());
    return {};
  }));
}

TEST_F(EventLog, RefusesMoreEventsInOneCallThanItCanPage) {
  const std::vector<Event> many(kMaxEventsPerCall + 1, event("A", "s"));
  EXPECT_TRUE(store_->write([&](WriteView& view) -> Status {
    EXPECT_EQ(append_events(view, "A", many).error().code, ErrorCode::TooLarge);
    return {};
  }));
}

TEST_F(EventLog, RefusesRequestIdsThatWouldMixWithOthers) {
  EXPECT_EQ(append(event("", "gateway")).error().code, ErrorCode::BadValue);
  EXPECT_EQ(append(event(std::string("A\0B", 3), "gateway")).error().code, ErrorCode::BadValue);
  EXPECT_EQ(append(event(std::string(513, 'A'), "gateway")).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace meterway::store
