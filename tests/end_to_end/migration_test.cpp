#include <sqlite3.h>

#include "base/util/hex.h"
#include "records/registry/request_record.h"
#include "records/store/log_store.h"
#include "tests/end_to_end/supplier.h"

// A folder that version 0.1 left behind: what it had accepted ends, what it owed is delivered, what it counted counts.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;

/// A store as version 0.1 made it, by its own SQL: one table, keys and records as text, no append log beside it.
class StoreOfVersion1 {
 public:
  explicit StoreOfVersion1(const fs::path& file) {
    EXPECT_EQ(sqlite3_open(file.c_str(), &db_), SQLITE_OK);
    exec("PRAGMA journal_mode=WAL");
    exec(
        "CREATE TABLE row(tbl BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(tbl,key)) WITHOUT "
        "ROWID; PRAGMA user_version=1;");
  }
  ~StoreOfVersion1() { sqlite3_close(db_); }
  StoreOfVersion1(const StoreOfVersion1&) = delete;
  StoreOfVersion1& operator=(const StoreOfVersion1&) = delete;

  void put(const std::string& table, const std::string& key, const std::string& value) {
    sqlite3_stmt* insert = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, "INSERT INTO row VALUES(?1,?2,?3)", -1, &insert, nullptr), SQLITE_OK);
    int at = 0;
    for (const auto* text : {&table, &key, &value})
      sqlite3_bind_blob(insert, ++at, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
    EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE) << sqlite3_errmsg(db_);
    sqlite3_finalize(insert);
  }

 private:
  void exec(const char* sql) { EXPECT_EQ(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql; }
  sqlite3* db_ = nullptr;
};

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }

std::string padded(std::uint64_t number) {
  auto text = std::to_string(number);
  return std::string(20 - text.size(), '0') + text;
}
std::string pair_of(const RequestId& id) { return id.originator.plain() + ":" + id.target.plain(); }
std::string key_of(const RequestId& id) { return pair_of(id) + ":" + padded(id.counter.value); }

std::string record_of_version_1(const registry::RequestRecord& r) {
  const json object = {{"id", r.id.text()},
                       {"leg", static_cast<int>(r.leg)},
                       {"digest", r.digest},
                       {"service_reference", r.service_reference},
                       {"service", r.service},
                       {"command_variant", static_cast<int>(r.command_variant)},
                       {"use_case", r.use_case},
                       {"critical", r.critical},
                       {"received_at", micros(r.received_at)},
                       {"deadline", micros(r.deadline)},
                       {"progress", static_cast<int>(r.progress)},
                       {"message", to_hex(r.message)},
                       {"header", r.header.text()},
                       {"code", r.code.value},
                       {"answer", r.answer},
                       {"document", r.document}};
  return object.dump();
}

/// 01 | time:8 | then with a length each: key, step, outcome, detail, message
std::string event_of_version_1(const RequestId& id, UtcTime time) {
  std::string out(1, '\x01');
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(micros(time) >> shift);
  for (const auto& text :
       {id.text(), std::string("gateway"), std::string("accepted"), std::string("I99"), std::string()})
    out += static_cast<char>(text.size()) + text;
  return out;
}

/// The record of an accepted request, as this version's store has it.
registry::RequestRecord accepted(const Node& node, const RequestId& id) {
  const auto store = store::open_log_store(node.data() + "/platform/store.db");
  EXPECT_TRUE(store);
  std::optional<registry::RequestRecord> record;
  EXPECT_TRUE((*store)->read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(record, registry::find_request(view, id, registry::Leg::Request));
    return {};
  }));
  EXPECT_TRUE(record);
  return record.value_or(registry::RequestRecord{});
}

TEST(Migration, WhatVersion1HadAcceptedCountedAndOwedIsCarriedOnFromItsFolder) {
  Node node({{"reach_timeout_ms", 60000}, {"device_timeout_ms", 20000}});
  Supplier user(node);
  const auto id = user.next_id(kEsme);
  const auto request = user.request(id, CommandVariant::SendCommand, "7.4");
  node.start_platform();
  const auto answer = node.post('S', request);
  ASSERT_EQ(code_of(answer), "I99") << answer.body;
  node.stop_platform(SIGKILL);
  const auto record = accepted(node, id);

  // The same node, had version 0.1 run it.
  for (const auto& entry : fs::directory_iterator(fs::path(node.data()) / "platform")) {
    if (entry.path().filename().string().starts_with("store.db")) fs::remove(entry.path());
  }
  const auto now = SystemClock().now();
  const std::string owed = "<owed/>";
  {
    StoreOfVersion1 old(fs::path(node.data()) / "platform" / "store.db");
    const auto leg = key_of(id) + ":R";
    old.put("request", leg, record_of_version_1(record));
    old.put("open", leg, "");
    old.put("command", key_of(id), leg);
    old.put("counter", "O:" + pair_of(id), std::to_string(id.counter.value));
    const std::string first("\0\0\0\0\0\0\0\1", 8);
    old.put("event", first, event_of_version_1(id, now));
    old.put("event-by-request", id.text() + '\0' + first, "");
    old.put("event-next", "", std::string("\0\0\0\0\0\0\0\2", 8));
    old.put("delivery", std::string(kSupplier) + ":R:" + padded(static_cast<std::uint64_t>(micros(now))) + ":0102",
            json{{"user", kSupplier},
                 {"trace_key", "owed:1"},
                 {"document", owed},
                 {"failures", 1},
                 {"created", micros(now)},
                 {"due", micros(now)}}
                .dump());
    old.put("device", kSpare,
            json{{"eui", kSpare},
                 {"type", "ESME"},
                 {"state", "Withdrawn"},
                 {"details", {{"UPRN", "123456789012"}}},
                 {"responsible", json::array()}}
                .dump());
  }
  node.start_platform();
  EXPECT_TRUE(node.traced(id.text(), "gateway", "accepted")) << "its events: " << node.trace(id.text()).dump(1);
  EXPECT_EQ(node.post('S', request).body, answer.body) << "the same request, the same answer";
  auto stale = id;
  --stale.counter.value;
  EXPECT_EQ(code_of(node.post('S', user.request(stale, CommandVariant::SendCommand, "7.4"))), "E100");
  const auto spare = node.run({"device", "show", "--data", node.data(), kSpare});
  EXPECT_TRUE(has(spare.out, "Withdrawn") && has(spare.out, "123456789012")) << spare.out;
  EXPECT_TRUE(Node::eventually([&] { return node.traced("owed:1", "deliver", "pushed"); }, 10))
      << node.trace("owed:1").dump(1);
  node.start_estate();
  EXPECT_TRUE(Node::eventually([&] { return node.traced(id.text(), "correlate", "matched"); }, 15))
      << node.trace(id.text()).dump(1);
  EXPECT_EQ(arrivals_of(node, id).size(), 1u);
  node.stop_platform();
  node.start_platform();
  EXPECT_EQ(node.post('S', request).body, answer.body) << "a second start finds nothing to do";
}

TEST(Migration, AStoreOfALaterVersionIsLeftAloneWithAWordWhy) {
  Node node;
  const auto file = fs::path(node.data()) / "platform" / "store.db";
  { StoreOfVersion1 later(file); }
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  const auto before = slurp(file);
  const auto said = node.run({"serve", "--data", node.data(), "--no-estate"});
  EXPECT_NE(said.status, 0);
  EXPECT_TRUE(has(said.out, "store version")) << said.out;
  EXPECT_EQ(slurp(file), before);
}

}  // namespace
}  // namespace meterway::end_to_end
