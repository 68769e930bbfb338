#include "records/store/schema.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "records/store/event_log.h"
#include "records/store/log_store.h"

namespace meterway::store {
namespace {

class Schema : public testing::Test {
 protected:
  Schema() {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_schema_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Schema() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return (folder_ / "store.db").string(); }
  void sql(const std::string& text) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &db), SQLITE_OK);
    char* why = nullptr;
    EXPECT_EQ(sqlite3_exec(db, text.c_str(), nullptr, nullptr, &why), SQLITE_OK) << why;
    sqlite3_close(db);
  }
  /// What version 0.1 of this program left: two events of one request and one of another, in plain SQL.
  void make_version_1() const {
    const std::string id = "412D42" /* A-B */, other = "43" /* C */;
    sql("CREATE TABLE row(tbl BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(tbl,key)) WITHOUT "
        "ROWID;"
        "PRAGMA user_version=1; PRAGMA journal_mode=WAL;");
    const auto event = [&](const std::string& key, int sequence, const std::string& row) {
      char number[20];
      std::snprintf(number, sizeof number, "%016X", static_cast<unsigned>(sequence));
      sql("INSERT INTO row VALUES(CAST('event' AS BLOB), x'" + std::string(number) + "', x'" + row + "');" +
          "INSERT INTO row VALUES(CAST('event-by-request' AS BLOB), x'" + key + "00" + number + "', x'');");
    };
    // format, time (1790000000000000 us), request id, step "s", outcome "o", detail "d", message DF09 or nothing
    event(id, 1,
          "0100065C01C6C4E000"
          "03" +
              id +
              "0173"
              "016F"
              "0164"
              "02DF09");
    event(other, 2,
          "0100065C01C6C4E001"
          "01" +
              other +
              "0173"
              "016F"
              "0164"
              "00");
    event(id, 3,
          "0100065C01C6C4E002"
          "03" +
              id +
              "0174"
              "0170"
              "00"
              "00");
    sql("INSERT INTO row VALUES(CAST('event-next' AS BLOB), x'', x'0000000000000004');"
        "INSERT INTO row VALUES(CAST('user' AS BLOB), CAST('k' AS BLOB), CAST('kept' AS BLOB));");
  }

  std::filesystem::path folder_;
};

TEST_F(Schema, BringsAFileOfVersion1UpToDate) {
  make_version_1();
  EXPECT_EQ(version_of(path()).value(), 1);
  for (int i = 0; i < 2; ++i) {  // the second opening finds it done
    const auto store = open_sqlite(path());
    ASSERT_TRUE(store) << describe(store.error());
    EXPECT_TRUE((*store)->read([&](const ReadView& view) -> Status {
      METERWAY_TRY(const auto events, events_of(view, "A-B"));
      EXPECT_EQ(events.size(), 2u);
      if (events.size() != 2) return {};
      EXPECT_EQ(events[0].sequence, 1u);
      EXPECT_EQ(events[0].step, "s");
      EXPECT_EQ(events[0].detail, "d");
      EXPECT_EQ(events[0].bytes, (Bytes{0xDF, 0x09}));
      EXPECT_EQ(events[1].sequence, 3u);
      EXPECT_EQ(events[1].step, "t");
      EXPECT_EQ((events[1].time - events[0].time).count(), 2);
      METERWAY_TRY(const auto all, events_from(view, 2, 10));
      EXPECT_EQ(all.size(), 2u);
      METERWAY_TRY(const auto kept, view.get("user", "k"));
      EXPECT_EQ(kept, "kept");
      METERWAY_TRY(const auto old, view.scan("event", "", "", 10));
      EXPECT_TRUE(old.empty());
      METERWAY_TRY(const auto old_index, view.scan("event-by-request", "", "", 10));
      EXPECT_TRUE(old_index.empty());
      return {};
    }));
  }
  EXPECT_EQ(version_of(path()).value(), kStoreVersion);
  const auto store = open_log_store(path());
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->write([](WriteView& view) -> Status {
    Event event;
    event.request_id = "A-B";
    METERWAY_TRY(const auto sequence, append_event(view, event));
    EXPECT_EQ(sequence, 4u) << "counting goes on";
    return {};
  }));
}

TEST_F(Schema, RefusesAFileOfANewerVersionInWords) {
  sql("PRAGMA user_version=99;");
  const auto store = open_sqlite(path());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::Unsupported);
  EXPECT_EQ(store.error().offset, 99u);
  EXPECT_EQ(version_of(path()).value(), 99);
  EXPECT_NE(describe(store.error()).find("store version"), std::string::npos);
}

}  // namespace
}  // namespace meterway::store
