#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "records/audit/upgrade.h"
#include "records/audit/verify.h"
#include "records/registry/octets.h"

namespace meterway::audit {
namespace {

UtcTime noon() { return *from_iso8601("2026-06-01T12:00:00Z"); }

class Audit : public ::testing::Test {
 protected:
  Audit() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_audit_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
  }
  ~Audit() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  static Entry entry(const std::string& about, const std::string& person = "anna") {
    Entry out;
    out.at = noon();
    out.person = person;
    out.party = "supplier";
    out.function = "anomaly.thresholds.submit";
    out.about = about;
    out.outcome = "done";
    out.rule = "seed B30";
    return out;
  }
  void write(const std::function<Status(store::WriteView&)>& work) {
    const auto done = store_->write(work);
    ASSERT_TRUE(done) << describe(done.error());
  }
  void add(const std::string& about) {
    write([&](store::WriteView& view) { return append(view, entry(about)); });
  }
  template <class Work>
  auto read(Work work) {
    typename std::decay_t<decltype(work(std::declval<const store::ReadView&>()))>::value_type out{};
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, work(view));
      return {};
    }));
    return out;
  }
  std::vector<RawEntry> rows() {
    return read([](const store::ReadView& view) { return raw(view, 1, 1000); });
  }
  Head end() {
    return read([](const store::ReadView& view) { return head(view); });
  }
  Evidence evidence() {
    return {key.public_key(), read([](const store::ReadView& view) { return checkpoints(view, 0, 1000); }), {}};
  }
  static std::optional<Fault> fault_of(const std::vector<RawEntry>& rows, const Head& end, Evidence evidence) {
    Verifier verifier(std::move(evidence));
    for (const auto& row : rows) {
      if (row.sequence >= verifier.first()) verifier.feed(row);
    }
    verifier.finish(end);
    return verifier.fault();
  }
  /// Eight entries, with checkpoints after the third and the sixth.
  void fill() {
    for (int i = 1; i <= 8; ++i) {
      add("file " + std::to_string(i));
      if (i % 3 == 0) {
        ASSERT_TRUE(*make_checkpoint(*store_, key, noon()));
      }
    }
  }

  const crypto::PrivateKey key = *crypto::PrivateKey::generate();
  std::unique_ptr<store::Store> store_;
  std::filesystem::path folder_;
};

/// A log that somebody wrote anew from this entry on, digests and all.
std::vector<RawEntry> rewritten(std::vector<RawEntry> rows, std::size_t from, Head& end) {
  Digest previous = read_row(rows[from].bytes)->entry.previous;
  for (std::size_t i = from; i < rows.size(); ++i) {
    auto one = read_row(rows[i].bytes)->entry;
    if (i == from) one.outcome = "never happened";
    one.previous = previous;
    rows[i].bytes = row_of(one, previous);
  }
  end.digest = previous;
  return rows;
}

TEST_F(Audit, IsNumberedWithoutAGapAndEachEntryHoldsTheDigestOfTheOneBefore) {
  fill();
  const auto all = rows();
  ASSERT_EQ(all.size(), 8u);
  Digest before{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto one = read_row(all[i].bytes).value();
    EXPECT_EQ(one.entry.sequence, i + 1);
    EXPECT_EQ(one.entry.previous, before);
    EXPECT_EQ(one.entry.about, "file " + std::to_string(i + 1));
    before = one.digest;
  }
  EXPECT_FALSE(fault_of(all, end(), evidence()));
}

TEST_F(Audit, IsWrittenWithWhatItTellsOfOrNotAtAll) {
  add("kept");
  EXPECT_FALSE(store_->write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(append(view, entry("not kept")));
    return fail(ErrorCode::Conflict, 0, "the change itself");
  }));
  EXPECT_EQ(rows().size(), 1u);
  EXPECT_EQ(end().sequence, 1u);
}

TEST_F(Audit, EveryByteThatIsFlippedIsFoundAtItsEntry) {
  fill();
  const auto good = rows();
  const auto stands = end();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::size_t at = 0; at < good[i].bytes.size(); ++at) {
      for (const int bit : {0, 3, 7}) {
        auto rows = good;
        rows[i].bytes[at] = static_cast<char>(rows[i].bytes[at] ^ (1 << bit));
        const auto fault = fault_of(rows, stands, evidence());
        ASSERT_TRUE(fault) << "entry " << i + 1 << ", byte " << at;
        ASSERT_EQ(fault->sequence, i + 1) << fault->why;
      }
    }
  }
  for (std::size_t at = 0; at < stands.digest.size(); ++at) {
    auto other = stands;
    other.digest[at] ^= 1;
    EXPECT_TRUE(fault_of(good, other, evidence()));
  }
}

TEST_F(Audit, ThatItWasEmptiedWithItsCheckpointsIsSaidByWhatIsKeptOutside) {
  fill();
  const auto last = *read([](const store::ReadView& view) { return last_checkpoint(view); });
  const auto whole = rows();
  const auto with_record = [&](Evidence out) {
    out.record = last;
    return out;
  };
  EXPECT_FALSE(fault_of(whole, end(), with_record(evidence())));
  Evidence nothing{key.public_key(), {}, {}};
  EXPECT_FALSE(fault_of({}, {}, nothing)) << "of itself an empty log says nothing";
  const auto emptied = fault_of({}, {}, with_record(nothing));
  ASSERT_TRUE(emptied);
  EXPECT_EQ(emptied->sequence, 1u);
  EXPECT_NE(emptied->why.find("the platform's own record is of entry 6"), std::string::npos) << emptied->why;
  // Cut off before it, and written anew beyond it.
  EXPECT_EQ(fault_of({whole.begin(), whole.begin() + 5}, {5, read_row(whole[4].bytes)->digest}, with_record(nothing))
                ->sequence,
            6u);
  auto stands = end();
  const auto anew = rewritten(whole, 0, stands);
  EXPECT_FALSE(fault_of(anew, stands, nothing));
  const auto replaced = fault_of(anew, stands, with_record(nothing));
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->sequence, 6u);
  // Nobody else's record, and none that was changed.
  auto changed = with_record(evidence());
  changed.record->sequence = 5;
  EXPECT_TRUE(fault_of(whole, end(), changed));
  nothing.at_least = 3;
  EXPECT_TRUE(fault_of({}, {}, nothing));
  EXPECT_FALSE(fault_of({whole.begin(), whole.begin() + 3}, {3, read_row(whole[2].bytes)->digest}, nothing));
}

TEST_F(Audit, WhetherItGoesOnFromACheckpointIsSaidByTheEntryItself) {
  fill();
  const auto of_six = *read([](const store::ReadView& view) { return last_checkpoint(view); });
  const auto goes_on = [&] { return read([&](const store::ReadView& view) { return has_entry_of(view, of_six); }); };
  EXPECT_TRUE(goes_on());
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto all, view.scan("audit-entry", "", "", 100));
    return view.put("audit-entry", all[5].key, all[6].value);
  });
  EXPECT_FALSE(goes_on());
  write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto all, view.scan("audit-entry", "", "", 100));
    for (std::size_t i = 5; i < all.size(); ++i) METERWAY_CHECK(view.erase("audit-entry", all[i].key));
    return {};
  });
  EXPECT_FALSE(goes_on());
}

TEST_F(Audit, AClockSetBackPutsNoCheckpointOff) {
  const Pace pace{1000, std::chrono::minutes(5)};
  const auto kept = [&](UtcTime now) { return keep_pace(*store_, key, now, pace)->has_value(); };
  add("1");
  EXPECT_TRUE(kept(noon()));
  EXPECT_FALSE(kept(noon())) << "there is nothing new";
  add("2");
  EXPECT_FALSE(kept(noon() + std::chrono::minutes(1)));
  EXPECT_TRUE(kept(noon() - std::chrono::hours(48))) << "not only when that time comes again";
  add("3");
  EXPECT_FALSE(kept(noon() - std::chrono::hours(48) + std::chrono::minutes(4)));
  EXPECT_TRUE(kept(noon() - std::chrono::hours(48) + std::chrono::minutes(5)));
  EXPECT_FALSE(fault_of(rows(), end(), evidence())) << "times that run backwards are no fault";
}

TEST_F(Audit, EveryByteOfACheckpointThatIsFlippedIsFound) {
  fill();
  const auto good = evidence();
  ASSERT_EQ(good.checkpoints.size(), 2u);
  const auto text = good.checkpoints[0].text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto changed = text;
    changed[at] = changed[at] == '0' ? '1' : '0';
    const auto read = Checkpoint::parse(changed);
    if (!read) continue;  // its format
    auto with = good;
    with.checkpoints[0] = *read;
    EXPECT_TRUE(fault_of(rows(), end(), with)) << "digit " << at;
  }
  EXPECT_FALSE(Checkpoint::parse(text.substr(2)));
  EXPECT_EQ(Checkpoint::parse(text + "\n")->text(), text);
}

TEST_F(Audit, ACheckpointThatStandsThereTwiceDoesNotEndTheCheckOfThoseBehindIt) {
  fill();
  const auto good = evidence();
  for (const std::size_t twice : {0u, 1u}) {
    auto with = good;
    with.checkpoints.insert(with.checkpoints.begin() + static_cast<std::ptrdiff_t>(twice), good.checkpoints[twice]);
    auto stands = end();
    const auto made_anew = rewritten(rows(), 3, stands);
    const auto fault = fault_of(made_anew, stands, with);
    ASSERT_TRUE(fault) << twice;
    EXPECT_TRUE(fault_of(rows(), end(), with)) << "nor does it pass where nothing else is wrong";
  }
  auto with = good;
  std::swap(with.checkpoints[0], with.checkpoints[1]);
  EXPECT_TRUE(fault_of(rows(), end(), with));
}

TEST_F(Audit, MoreEntriesThanAreEverLeftUnsignedAreWrongWithoutACheckpoint) {
  const auto most = Evidence{}.most_unsealed;
  write([&](store::WriteView& view) -> Status {
    for (std::uint64_t i = 0; i < most; ++i) METERWAY_CHECK(append(view, entry("x")));
    return {};
  });
  const auto all = [&] { return read([&](const store::ReadView& view) { return raw(view, 1, most + 10); }); };
  EXPECT_FALSE(fault_of(all(), end(), evidence())) << "as many as may be";
  add("one more");
  const auto fault = fault_of(all(), end(), evidence());
  ASSERT_TRUE(fault) << "somebody took the checkpoints away";
  EXPECT_EQ(fault->sequence, 1u);
  ASSERT_TRUE(*make_checkpoint(*store_, key, noon()));
  EXPECT_FALSE(fault_of(all(), end(), evidence()));
}

TEST_F(Audit, AnEntryTakenOutTwoThatChangedPlacesAndACutTailAreFound) {
  fill();
  const auto good = rows();
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto rows = good;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
    const auto fault = fault_of(rows, end(), evidence());
    ASSERT_TRUE(fault) << i;
    EXPECT_EQ(fault->sequence, i + 1) << fault->why;
  }
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    auto rows = good;
    std::swap(rows[i].bytes, rows[i + 1].bytes);
    const auto fault = fault_of(rows, end(), evidence());
    ASSERT_TRUE(fault) << i;
    EXPECT_EQ(fault->sequence, i + 1) << fault->why;
  }
  // The tail is cut, and the log made to say so, checkpoints and all: only who kept one outside can tell.
  auto outside = evidence().checkpoints[1];
  auto rows = good;
  rows.resize(4);
  const Head lies{4, read_row(rows[3].bytes)->digest};
  auto with = evidence();
  with.checkpoints.pop_back();
  EXPECT_FALSE(fault_of(rows, lies, with));
  with.outside = outside;
  const auto fault = fault_of(rows, lies, with);
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->why.find("kept outside"), std::string::npos) << fault->why;
}

TEST_F(Audit, AChainThatWasMadeAnewIsFoundByTheNextCheckpoint) {
  fill();
  for (std::size_t from = 0; from < 6; ++from) {
    auto stands = end();
    const auto rows = rewritten(this->rows(), from, stands);
    const auto fault = fault_of(rows, stands, evidence());
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->sequence, from < 3 ? 3u : 6u) << fault->why;
  }
  // With checkpoints made anew by a key of his own it is found all the same.
  auto stands = end();
  const auto rows = rewritten(this->rows(), 1, stands);
  auto with = evidence();
  const auto stranger = *crypto::PrivateKey::generate();
  write([&](store::WriteView& view) -> Status {
    for (const auto& row : rows)
      METERWAY_CHECK(view.put("audit-entry", registry::string_of(wire::Writer().u64(row.sequence)), row.bytes));
    return view.put("audit-head", "", registry::string_of(wire::Writer().u64(8).bytes(stands.digest)));
  });
  ASSERT_TRUE(*make_checkpoint(*store_, stranger, noon()));
  EXPECT_TRUE(fault_of(this->rows(), end(),
                       {key.public_key(), {*read([](const auto& view) { return last_checkpoint(view); })}, {}}));
}

TEST_F(Audit, AWalkMayBeginWithACheckpointThatWasKeptOutside) {
  fill();
  auto with = evidence();
  with.outside = with.checkpoints[0];
  Verifier verifier(with);
  EXPECT_EQ(verifier.first(), 3u);
  for (const auto& row : rows()) {
    if (row.sequence >= 3) verifier.feed(row);
  }
  verifier.finish(end());
  EXPECT_FALSE(verifier.fault());
  EXPECT_EQ(verifier.entries(), 6u);
  EXPECT_EQ(verifier.unsealed(), 2u);
}

TEST_F(Audit, KeepsPaceByEntriesAndByTime) {
  const Pace pace{3, std::chrono::minutes(5)};
  auto now = noon();
  EXPECT_FALSE(*keep_pace(*store_, key, now, pace)) << "there is nothing to sign";
  add("1");
  EXPECT_TRUE(*keep_pace(*store_, key, now, pace)) << "the first entry";
  EXPECT_FALSE(*keep_pace(*store_, key, now + std::chrono::hours(1), pace)) << "nothing has happened since";
  add("2");
  add("3");
  EXPECT_FALSE(*keep_pace(*store_, key, now, pace));
  add("4");
  const auto made = *keep_pace(*store_, key, now, pace);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->sequence, 4u);
  add("5");
  EXPECT_FALSE(*keep_pace(*store_, key, now + std::chrono::minutes(4), pace));
  EXPECT_TRUE(*keep_pace(*store_, key, now + std::chrono::minutes(5), pace));
  EXPECT_FALSE(fault_of(rows(), end(), evidence()));
}

TEST_F(Audit, WhatIsMetAgainWithinTheHourIsCountedAndToldWhenTheHourHasPassed) {
  auto one = entry("committee CSC", "public");
  one.outcome = "refused";
  const auto meet = [&] { write([&](store::WriteView& view) { return append_counted(view, one); }); };
  for (int i = 0; i < 5; ++i) meet();
  EXPECT_EQ(rows().size(), 1u);
  const auto first = read_row(rows()[0].bytes)->entry;
  EXPECT_EQ(read([&](const store::ReadView& view) { return times_of(view, first); }), 5u);
  one.at += std::chrono::hours(1);
  meet();
  const auto all = rows();
  ASSERT_EQ(all.size(), 3u);
  const auto told = read_row(all[1].bytes)->entry;
  EXPECT_EQ(told.function, "audit.repeats");
  EXPECT_EQ(told.about, "entry 1");
  EXPECT_EQ(told.outcome, "5 times");
  for (int i = 0; i < 3; ++i) meet();
  EXPECT_EQ(rows().size(), 3u);
  EXPECT_FALSE(fault_of(rows(), end(), evidence()));
}

TEST_F(Audit, RepeatsAreToldAfterAClockRanAheadAndNotKeptForEver) {
  auto one = entry("committee CSC", "public");
  const auto meet = [&](UtcTime at) {
    one.at = at;
    write([&](store::WriteView& view) { return append_counted(view, one); });
  };
  const auto kept = [&] {
    return read([](const store::ReadView& view) { return view.scan("audit-repeat", "", "", 1000); }).size();
  };
  meet(noon() + std::chrono::hours(24 * 365));  // by a clock that ran ahead
  meet(noon());
  meet(noon());
  meet(noon() + std::chrono::hours(1));
  const auto told = read([](const store::ReadView& view) { return list(view, {"", "audit.repeats"}, 0, 10); });
  EXPECT_EQ(told.entries.size(), 1u);
  EXPECT_EQ(kept(), 3u);
  for (int day = 1; day < 80; ++day) meet(noon() + std::chrono::hours(24 * day));
  EXPECT_LT(kept(), 40u) << "a month of them";
  EXPECT_FALSE(fault_of(rows(), end(), evidence()));
}

TEST_F(Audit, ManyWritersHaveOneOrder) {
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([this, w] {
      for (int i = 0; i < 50; ++i) add(std::to_string(w) + "/" + std::to_string(i));
    });
  }
  for (auto& one : writers) one.join();
  EXPECT_EQ(rows().size(), 200u);
  EXPECT_FALSE(fault_of(rows(), end(), evidence()));
}

TEST_F(Audit, IsListedByPersonFunctionTimeAndClearance) {
  add("1");
  write([&](store::WriteView& view) -> Status {
    auto one = entry("2", "bob");
    one.function = "ledger.read";
    one.level = registry::Classification::Red;
    one.at += std::chrono::hours(2);
    return append(view, one);
  });
  const auto about = [&](Filter filter) {
    std::string out;
    for (const auto& one : read([&](const store::ReadView& view) { return list(view, filter, 0, 10); }).entries)
      out += one.about;
    return out;
  };
  EXPECT_EQ(about({}), "21");
  EXPECT_EQ(about({"anna"}), "1");
  EXPECT_EQ(about({"", "anomaly"}), "1");
  EXPECT_EQ(about({"", "anomaly.thresholds.submit"}), "1");
  EXPECT_EQ(about({"", "anomaly.thresh"}), "");
  EXPECT_EQ(about({"", "", noon() + std::chrono::hours(1)}), "2");
  EXPECT_EQ(about({"", "", {}, noon() + std::chrono::hours(1)}), "1");
  EXPECT_EQ(about({"", "", {}, {}, registry::Classification::Amber}), "1");
  const auto topic = [&](const char* name) {
    return read([&](const store::ReadView& view) { return list_topic(view, name, 0, 10); }).size();
  };
  EXPECT_EQ(topic("read"), 1u);
  EXPECT_EQ(topic("anomaly"), 1u);
  EXPECT_EQ(topic("ledger"), 0u);
  const auto page = read([&](const store::ReadView& view) { return list(view, {}, 0, 1); });
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(read([&](const store::ReadView& view) { return list(view, {}, page.next, 1); }).entries[0].about, "1");
}

TEST_F(Audit, TakesInWhatTheAuditsOfEarlierVersionsHold) {
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(view.put("ledger-public", "x", "12345678"));
    METERWAY_CHECK(view.put("anomaly-audit", "00000001",
                            R"({"at":7,"person":"anna","what":"submit","about":"t","outcome":"done","detail":"d"})"));
    for (int i = 0; i < 1200; ++i) {
      METERWAY_CHECK(view.put("ledger-audit", registry::string_of(wire::Writer().u64(i)),
                              R"([5,"sec","SECAS","read","refused","paper","P1",3,20])"));
    }
    return {};
  });
  ASSERT_TRUE(upgrade_from_earlier(*store_));
  ASSERT_TRUE(upgrade_from_earlier(*store_)) << "nothing is left to do";
  const auto all = read([](const store::ReadView& view) { return raw(view, 1, 5000); });
  ASSERT_EQ(all.size(), 1201u);
  const auto first = read_row(all.front().bytes)->entry, last = read_row(all.back().bytes)->entry;
  EXPECT_EQ(first.function + " " + first.about + " " + first.outcome, "ledger.read paper P1 refused");
  EXPECT_EQ(first.level, registry::Classification::Red);
  EXPECT_NE(first.detail.find("20 times"), std::string::npos);
  EXPECT_EQ(last.function, "anomaly.submit");
  EXPECT_FALSE(fault_of(all, end(), evidence()));
  write([](store::WriteView& view) { return view.put("anomaly-audit", "1", "{}"); });
  EXPECT_EQ(upgrade_from_earlier(*store_).error().code, ErrorCode::BadJson);
}

TEST(Entry, IsCutWhereATextIsTooLongAndRefusesEveryShorterRow) {
  Entry entry;
  entry.detail = std::string(5000, 'x');
  Digest digest{};
  const auto row = row_of(entry, digest);
  EXPECT_EQ(read_row(row)->entry.detail.size(), kMostTextBytes);
  EXPECT_EQ(read_row(row)->digest, digest);
  for (std::size_t size = 0; size < row.size(); ++size) EXPECT_FALSE(read_row(std::string_view(row).substr(0, size)));
}

}  // namespace
}  // namespace meterway::audit
