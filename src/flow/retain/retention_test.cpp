#include "flow/retain/retention.h"

#include "base/wire/writer.h"
#include "records/anomaly/book.h"
#include "records/registration/loads.h"
#include "records/registry/request_record.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::retain {
namespace {

using registry::Leg;
using registry::Progress;

class Retain : public tests::FlowBench {
 protected:
  RequestId id(std::uint64_t counter) const { return {tests::kSupplier, tests::kMeter, {counter}}; }
  void add(std::uint64_t counter, Progress progress) {
    registry::RequestRecord record;
    record.id = record.header = id(counter);
    record.received_at = clock.now();
    record.progress = progress;
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_request(view, record));
      store::Event event;
      event.time = clock.now();
      event.request_id = record.id.text();
      event.step = "gateway";
      event.outcome = "accepted";
      const auto done = append_event(view, event);
      return done ? Status() : Status(Unexpected{done.error()});
    });
  }
  bool known(std::uint64_t counter) {
    return read<std::optional<registry::RequestRecord>>(
               [&](const auto& view) { return registry::find_request(view, id(counter), Leg::Request); })
        .has_value();
  }
  std::size_t events(std::uint64_t counter) { return trace(id(counter).text()).size(); }
  void one_pass() {
    Retention retention(context());
    for (int i = 0; i < 1000; ++i) {
      const auto more = retention.step();
      ASSERT_TRUE(more) << describe(more.error());
      if (!*more) return;
    }
    FAIL() << "the pass does not end";
  }
};

TEST_F(Retain, RemovesWhatEndedLongAgoAndNothingElse) {
  settings.retention = {30, 30, 0};
  for (std::uint64_t counter = 1; counter <= 250; ++counter) add(counter, Progress::Done);
  add(251, Progress::Sent);
  add(252, Progress::Accepted);
  clock.advance(std::chrono::hours(24 * 20));
  for (std::uint64_t counter = 300; counter < 310; ++counter) add(counter, Progress::Done);
  one_pass();
  EXPECT_TRUE(known(1)) << "not old enough";
  clock.advance(std::chrono::hours(24 * 11));
  one_pass();
  for (std::uint64_t counter = 1; counter <= 250; ++counter) {
    ASSERT_FALSE(known(counter)) << counter;
    ASSERT_EQ(events(counter), 0u) << counter;
  }
  for (const auto counter : {251u, 252u, 300u, 309u}) {
    EXPECT_TRUE(known(counter)) << counter;
    EXPECT_EQ(events(counter), 1u) << counter;
  }
  const auto open =
      read<std::vector<registry::RequestRecord>>([](const auto& view) { return registry::open_requests(view); });
  EXPECT_EQ(open.size(), 2u);
}

TEST_F(Retain, QuarantinedRequestsGoWithTheRequestsAndNoticesWithTheEvents) {
  settings.retention = {30, 30, 0};
  const auto hold = [&](std::uint64_t counter, anomaly::State state, Progress progress) {
    add(counter, progress);
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto record, registry::find_request(view, id(counter), Leg::Request));
      METERWAY_TRY(auto item, anomaly::hold(view, *record, {}, clock.now(), clock.now() + std::chrono::hours(168)));
      item.state = state;
      item.decided_at = clock.now();
      METERWAY_CHECK(anomaly::put_item(view, item));
      return anomaly::append_notice(view, {0, clock.now(), tests::kSupplier, "notice"});
    });
  };
  for (std::uint64_t counter = 1; counter <= 250; ++counter) hold(counter, anomaly::State::Released, Progress::Done);
  hold(251, anomaly::State::Held, Progress::Accepted);
  hold(252, anomaly::State::Released, Progress::Accepted);  // not yet carried out
  clock.advance(std::chrono::hours(24 * 31));
  hold(253, anomaly::State::Deleted, Progress::Done);
  one_pass();
  const auto items = [&](std::optional<anomaly::State> state) {
    std::vector<std::uint64_t> out;
    for (const auto& one : read<std::vector<anomaly::Item>>(
             [&](const auto& view) { return anomaly::items(view, tests::kSupplier, state, 0, 1000); }))
      out.push_back(one.number);
    return out;
  };
  EXPECT_EQ(items({}), (std::vector<std::uint64_t>{251, 252, 253}));
  EXPECT_EQ(items(anomaly::State::Held), std::vector<std::uint64_t>{251});
  const auto notices = read<std::vector<anomaly::Notice>>(
      [](const auto& view) { return anomaly::notices(view, tests::kSupplier, 0, 1000); });
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].number, 253u);
}

TEST_F(Retain, OfThresholdsWhatDecidesNowOrLaterStaysAndAFileStaysAReplay) {
  settings.retention.files_days = 30;
  using anomaly::Level;
  using anomaly::Source;
  const auto user = tests::kSupplier;
  const auto set = [&](const std::string& reference, const std::string& service, UtcTime from) {
    write([&](store::WriteView& view) -> Status {
      Level level{{user, service}, Source::User, {}, 7, 24, from, reference};
      METERWAY_CHECK(anomaly::put_level(view, level, clock.now()));
      const auto received = R"(,"reference":")" + reference + R"(","received":")" + to_iso8601(clock.now());
      METERWAY_CHECK(anomaly::append_history(view, user,
                                             R"({"user":")" + user.dashed_upper() + R"(","service":")" + service +
                                                 R"(","source":"USER","effective_from":")" + to_iso8601(from) + "\"" +
                                                 received + "\"}"));
      return anomaly::put_submission(
          view, user, reference,
          R"({"kind":"thresholds","file":"f","file_signature":"s","receipt":"r")" + received + "\"}");
    });
  };
  set("T-1", "7.4", clock.now());
  set("T-2", "1.5", clock.now());
  set("T-3", "1.5", clock.now() + std::chrono::hours(24 * 300));  // decides only then
  clock.advance(std::chrono::hours(24 * 10));
  set("T-4", "7.4", clock.now());
  clock.advance(std::chrono::hours(24 * 60));
  set("T-5", "7.4", clock.now());  // drops T-1, which T-4 replaced long ago
  const auto history = [&] {
    std::string out;
    read<int>([&](const auto& view) -> Result<int> {
      METERWAY_CHECK(anomaly::each_history(view, user, [&](std::uint64_t, const std::string& row) -> Status {
        out += row.substr(row.find("T-"), 3) + " ";
        return {};
      }));
      return 0;
    });
    return out;
  };
  const auto file_of = [&](const char* reference) {
    const auto row = read<std::optional<std::string>>(
        [&](const auto& view) { return anomaly::find_submission(view, user, reference); });
    return row ? (row->find("\"file\"") == std::string::npos ? "reference" : "whole") : "nothing";
  };
  EXPECT_EQ(history(), "T-1 T-2 T-3 T-4 T-5 ");
  for (int i = 0; i < 2; ++i) {
    one_pass();
    EXPECT_EQ(history(), "T-2 T-3 T-4 T-5 ");
    EXPECT_STREQ(file_of("T-1"), "reference");
    for (const auto* one : {"T-2", "T-3", "T-4", "T-5"}) EXPECT_STREQ(file_of(one), "whole") << one;
  }
}

TEST_F(Retain, OutcomesOfOldLoadsAndOldFlagsGoAndTheLoadsStay) {
  settings.retention.files_days = 30;
  using namespace registration;
  const auto load = [&](std::uint64_t sequence) {
    Load out;
    out.sender = "RDPE";
    out.sequence = sequence;
    write([&](store::WriteView& view) -> Status {
      if (sequence == 1) METERWAY_CHECK(put_sender(view, {"RDPE", "RDP", 0, {}, 1, 1, Route::File, "", false}));
      METERWAY_TRY(out.number, next_load_number(view));
      out.at = clock.now();
      for (std::uint32_t line = 1; line <= 250; ++line)
        METERWAY_CHECK(put_outcome(view, out.number, {line, true, "point", "code", "reason"}));
      out.rejected = 250;
      METERWAY_CHECK(turn_on(view, out));
      std::string key("RDPE");
      key += '\0';
      wire::Writer number, flags;
      number.u64(sequence);
      flags.u8(1).u8(0).u64(static_cast<std::uint64_t>(clock.now().time_since_epoch().count()));
      key.append(number.view().begin(), number.view().end());
      METERWAY_CHECK(view.put("registration-out", key, std::string(flags.view().begin(), flags.view().end())));
      for (std::uint32_t i = 0; i < 150; ++i)
        METERWAY_CHECK(view.put("registration-answer", key + Mpxn::mprn(1000 + i).key(), "why"));
      return {};
    });
    return out.number;
  };
  const auto first = load(1);
  clock.advance(std::chrono::hours(24 * 31));
  const auto second = load(2);
  const auto unfinished = second + 1;  // is being staged: no load has this number yet
  write([&](store::WriteView& view) { return put_outcome(view, unfinished, {1, true, "point", "code", "reason"}); });
  one_pass();
  const auto outcomes = [&](std::uint32_t number) {
    return read<std::vector<Outcome>>([&](const auto& view) { return outcomes_of(view, number, 0, 1000); }).size();
  };
  EXPECT_EQ(outcomes(first), 0u);
  EXPECT_EQ(outcomes(second), 250u);
  EXPECT_EQ(outcomes(unfinished), 1u);
  const auto rows = [&](const char* table) {
    return read<std::vector<store::Row>>([&](const auto& view) { return view.scan(table, "", "", 1000); }).size();
  };
  EXPECT_EQ(rows("registration-out"), 1u);
  EXPECT_EQ(rows("registration-answer"), 150u);
  EXPECT_EQ(rows("registration-load"), 2u);
}

TEST_F(Retain, KeepsEverythingUnlessToldOtherwise) {
  add(1, Progress::Done);
  clock.advance(std::chrono::hours(24 * 3650));
  one_pass();
  EXPECT_TRUE(known(1));
  EXPECT_EQ(events(1), 1u);
  Retention retention(context());
  retention.start();
  EXPECT_EQ(executor.next(), std::nullopt) << "no work for nothing";
}

TEST_F(Retain, NeverRemovesBeforeADeliveryMayHaveEnded) {
  settings.retention = {1, 1, 0};
  settings.delivery.keep = std::chrono::hours(24 * 5);
  add(1, Progress::Done);
  clock.advance(std::chrono::hours(24 * 4));
  one_pass();
  EXPECT_TRUE(known(1));
  clock.advance(std::chrono::hours(24 * 3));
  one_pass();
  EXPECT_FALSE(known(1));
}

TEST_F(Retain, WorksInSmallPiecesBetweenEverythingElse) {
  settings.retention = {1, 1, 0};
  for (std::uint64_t counter = 1; counter <= 350; ++counter) add(counter, Progress::Done);
  clock.advance(std::chrono::hours(24 * 30));
  Retention retention(context());
  retention.start();
  int pieces = 0;
  while (known(350)) {
    ASSERT_TRUE(executor.next());
    clock.set(*executor.next());
    executor.run();
    ASSERT_LT(++pieces, 100);
  }
  EXPECT_GE(pieces, 7) << "events and requests, a hundred rows at a time";
}

}  // namespace
}  // namespace meterway::flow::retain
